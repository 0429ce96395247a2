//! What a commit's tree holds that none of its parents' trees hold at that path, and what a parent's tree holds that it does not.
//!
//! All trees are walked side by side, and a folder that one of the parents has as it is is passed over. Reads trees, never file
//! content.

use std::cmp::Ordering;
use std::collections::HashMap;
use std::iter::Peekable;
use std::sync::Arc;

use gix::objs::{Kind, TreeRefIter, tree::EntryRef};
use gix::{ObjectId, oid};

use crate::coverage::Gap;
use crate::source::diff::moved::Removed;
use crate::source::diff::{DEEPEST, LARGEST_TREE, MOST_REMOVED, git_order};
use crate::source::names;
use crate::source::repository::{ObjectError, Objects};

/// Bytes of trees that are kept: a commit's trees are its child's old ones.
const KEPT: usize = 32 << 20;

/// A blob that no parent has at that path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::source) struct Brought {
    pub(in crate::source) path: Vec<u8>,
    pub(in crate::source) blob: ObjectId,
    pub(in crate::source) is_link: bool,
    /// What each parent has there instead.
    pub(in crate::source) old: Vec<Option<ObjectId>>,
}

/// Reads trees and keeps some of them.
pub(in crate::source) struct Trees<'a> {
    objects: &'a Objects,
    /// What the user can do about a tree that cannot be read.
    remedy: &'static str,
    kept: HashMap<ObjectId, Arc<[u8]>>,
    kept_bytes: usize,
    buffer: Vec<u8>,
}

impl<'a> Trees<'a> {
    /// A reader that keeps nothing yet.
    pub(in crate::source) fn new(objects: &'a Objects, remedy: &'static str) -> Self {
        Self { objects, remedy, kept: HashMap::new(), kept_bytes: 0, buffer: Vec::new() }
    }

    /// Compares `tree` with those of all parents; without parents everything is brought. What cannot be compared goes to `gaps`.
    pub(in crate::source) fn brought(&mut self, tree: ObjectId, parents: &[ObjectId], gaps: &mut Vec<Gap>) -> Vec<Brought> {
        let mut found = Vec::new();
        let old: Vec<_> = parents.iter().copied().map(Some).collect();
        let mut comparison = Comparison { trees: self, found: &mut found, gaps, path: Vec::new() };
        comparison.folder(tree, &old, 0);
        found
    }

    /// The files of `old` whose path `new` does not have. A tree that cannot be read hides nothing: what may have been moved from
    /// there counts as new.
    pub(in crate::source) fn removed(&mut self, old: ObjectId, new: ObjectId) -> Vec<Removed> {
        let mut found = Vec::new();
        self.collect_removed(old, Some(new), &mut Vec::new(), &mut found, 0);
        found
    }

    fn collect_removed(&mut self, old: ObjectId, new: Option<ObjectId>, path: &mut Vec<u8>, found: &mut Vec<Removed>, depth: u32) {
        if Some(old) == new || depth > DEEPEST || found.len() > MOST_REMOVED {
            return;
        }
        let Ok(old) = self.read(&old) else { return };
        let new = new.and_then(|new| self.read(&new).ok());
        let mut new = new.as_ref().map(|new| Cursor::new(&new.0, new.1));
        for entry in old.entries().map_while(Result::ok) {
            let beside = new.as_mut().and_then(|new| new.find(&entry)).filter(|beside| !beside.mode.is_commit());
            let length = path.len();
            path.extend_from_slice(entry.filename);
            if entry.mode.is_tree() {
                path.push(b'/');
                self.collect_removed(entry.oid.to_owned(), beside.map(|beside| beside.oid.to_owned()), path, found, depth + 1);
            } else if !entry.mode.is_commit() && beside.is_none() {
                found.push(Removed { path: path.clone(), blob: entry.oid.to_owned() });
            }
            path.truncate(length);
        }
    }

    fn read(&mut self, id: &oid) -> Result<Tree, ObjectError> {
        if let Some(kept) = self.kept.get(id) {
            return Ok(Tree(kept.clone(), id.kind()));
        }
        let data: Arc<[u8]> = self.objects.read(id, Kind::Tree, LARGEST_TREE, &mut self.buffer)?.into();
        if self.kept_bytes > KEPT {
            self.kept.clear();
            self.kept_bytes = 0;
        }
        self.kept_bytes += data.len();
        self.kept.insert(id.to_owned(), data.clone());
        Ok(Tree(data, id.kind()))
    }
}

/// The bytes of a tree, and how its ids are made.
struct Tree(Arc<[u8]>, gix::hash::Kind);

impl Tree {
    fn entries(&self) -> TreeRefIter<'_> {
        TreeRefIter::from_bytes(&self.0, self.1)
    }
}

/// A tree in which names are looked up in rising order.
struct Cursor<'a>(Peekable<TreeRefIter<'a>>);

impl<'a> Cursor<'a> {
    fn new(data: &'a [u8], kind: gix::hash::Kind) -> Self {
        Self(TreeRefIter::from_bytes(data, kind).peekable())
    }

    /// What stands at the name of `entry` and is a folder if that is one. Nothing is found behind damage.
    fn find(&mut self, entry: &EntryRef<'_>) -> Option<EntryRef<'a>> {
        while let Some(Ok(here)) = self.0.peek() {
            match git_order((here.filename, here.mode.is_tree()), (entry.filename, entry.mode.is_tree())) {
                Ordering::Less => drop(self.0.next()),
                Ordering::Equal => return self.0.next().and_then(Result::ok),
                Ordering::Greater => return None,
            }
        }
        None
    }
}

struct Comparison<'t, 'a> {
    trees: &'t mut Trees<'a>,
    found: &'t mut Vec<Brought>,
    gaps: &'t mut Vec<Gap>,
    /// Of the folder, with its last `/`.
    path: Vec<u8>,
}

impl Comparison<'_, '_> {
    fn folder(&mut self, tree: ObjectId, old: &[Option<ObjectId>], depth: u32) {
        if old.contains(&Some(tree)) {
            return;
        }
        if depth > DEEPEST {
            let why = format!("more than {DEEPEST} folders deep");
            return self.gaps.push(Gap::new(
                names::shown(&self.path),
                why,
                "check the commit out and scan the folder with `keysieve scan`",
            ));
        }
        let new = match self.trees.read(&tree) {
            Ok(new) => new,
            Err(error) => return self.unread(tree, &error.to_string(), "what is below it was not scanned"),
        };
        let old: Vec<_> = old.iter().map(|old| old.and_then(|old| self.old(old))).collect();
        let mut old: Vec<_> = old.iter().map(|old| old.as_ref().map(|old| Cursor::new(&old.0, old.1))).collect();
        for entry in new.entries() {
            let entry = match entry {
                Ok(entry) => entry,
                Err(error) => return self.unread(tree, &format!("is damaged: {error}"), "the rest of it was not scanned"),
            };
            let beside =
                |old: &mut Option<Cursor<'_>>| old.as_mut()?.find(&entry).filter(|old| !old.mode.is_commit()).map(|old| old.oid.to_owned());
            let old: Vec<Option<ObjectId>> = old.iter_mut().map(beside).collect();
            self.entry(&entry, old, depth);
        }
    }

    fn entry(&mut self, entry: &EntryRef<'_>, old: Vec<Option<ObjectId>>, depth: u32) {
        let blob = entry.oid.to_owned();
        if entry.mode.is_tree() {
            let length = self.path.len();
            self.path.extend_from_slice(entry.filename);
            self.path.push(b'/');
            self.folder(blob, &old, depth + 1);
            self.path.truncate(length);
        } else if !entry.mode.is_commit() && !old.contains(&Some(blob)) {
            let path = [self.path.as_slice(), entry.filename].concat();
            self.found.push(Brought { path, blob, is_link: entry.mode.is_link(), old });
        }
    }

    /// A parent's folder; what stands beside one that cannot be read counts as new.
    fn old(&mut self, tree: ObjectId) -> Option<Tree> {
        let read = self.trees.read(&tree);
        read.map_err(|error| self.unread(tree, &error.to_string(), "all that is beside it counts as new")).ok()
    }

    fn unread(&mut self, tree: ObjectId, what_is_wrong: &str, consequence: &str) {
        let place = if self.path.is_empty() { "the top folder".to_owned() } else { names::shown(&self.path) };
        let why = format!("its tree {tree} {what_is_wrong}; {consequence}");
        self.gaps.push(Gap::new(place, why, self.trees.remedy));
    }
}
