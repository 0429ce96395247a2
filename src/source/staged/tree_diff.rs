//! What the index holds that HEAD's tree does not.
//!
//! One merge walk over the sorted index and the tree, both in git's order. Whole folders are passed over when the index itself
//! records the tree that it would make of them. Reads trees, never file content.

use std::cmp::Ordering;
use std::ops::Range;

use gix::index::entry::{Flags, Mode, Stage};
use gix::index::extension::Tree as CachedTree;
use gix::index::{Entry, State};
use gix::objs::{Kind, TreeRefIter, tree::EntryRef};
use gix::{ObjectId, oid};

use crate::coverage::Gap;
use crate::source::diff::moved::Removed;
use crate::source::diff::{DEEPEST, LARGEST_TREE, MOST_REMOVED, git_order};
use crate::source::names;
use crate::source::repository::Objects;

/// Everything that differs.
#[derive(Debug, Default)]
pub(super) struct Differences {
    /// Content that HEAD does not have at that path.
    pub(super) changed: Vec<Changed>,
    /// Files that HEAD has and the index does not.
    pub(super) removed: Vec<Removed>,
    /// What could not be compared.
    pub(super) gaps: Vec<Gap>,
}

/// A blob in the index that HEAD does not have at that path.
#[derive(Clone, Debug)]
pub(super) struct Changed {
    pub(super) path: Vec<u8>,
    pub(super) blob: ObjectId,
    /// The blob that HEAD has there.
    pub(super) old: Option<ObjectId>,
}

/// Compares the index with a tree; no tree means an empty one. Index entries must be in order.
pub(super) fn compare(index: &State, tree: Option<&oid>, objects: &Objects) -> Differences {
    let mut comparison = Comparison { index, objects, found: Differences::default(), removed_trees: Vec::new() };
    let all = Side { entries: 0..index.entries().len(), prefix: 0, cached: index.tree() };
    comparison.folder(tree, &all, 0);
    // Only a new path can have been moved from somewhere.
    if comparison.found.changed.iter().any(|changed| changed.old.is_none()) {
        comparison.collect_removed();
    }
    comparison.found
}

struct Comparison<'a> {
    index: &'a State,
    objects: &'a Objects,
    found: Differences,
    /// Folders that HEAD has and the index does not, by path with its last `/`.
    removed_trees: Vec<(Vec<u8>, ObjectId)>,
}

/// One folder as the index has it.
struct Side<'a> {
    /// The entries below the folder.
    entries: Range<usize>,
    /// Length of the folder's path with its last `/`.
    prefix: usize,
    /// What the index remembers of the tree that the folder makes.
    cached: Option<&'a CachedTree>,
}

/// The entries of the index that make up one name in a folder.
struct Group<'a> {
    name: &'a [u8],
    is_folder: bool,
    entries: Range<usize>,
}

impl<'a> Comparison<'a> {
    fn folder(&mut self, tree: Option<&oid>, side: &Side<'a>, depth: u32) {
        let Some(tree) = tree.filter(|tree| !tree.is_empty_tree()) else { return self.add_all(side.entries.clone()) };
        if is_unchanged(side, tree) {
            return;
        }
        if depth > DEEPEST {
            let what = names::shown(self.path(side.entries.start).get(..side.prefix).unwrap_or_default());
            let why = format!("more than {DEEPEST} folders deep");
            return self.found.gaps.push(Gap::new(what, why, "scan the working tree with `keysieve scan`"));
        }
        let mut buffer = Vec::new();
        let data = match self.objects.read(tree, Kind::Tree, LARGEST_TREE, &mut buffer) {
            Ok(data) => data,
            Err(error) => {
                self.found.gaps.push(tree_gap(tree, &error.to_string()));
                return self.add_all(side.entries.clone());
            }
        };
        let mut old = TreeRefIter::from_bytes(data, tree.kind()).peekable();
        let mut at = side.entries.start;
        loop {
            let group = (at < side.entries.end).then(|| self.group(at, side));
            let order = match (old.peek(), &group) {
                (None, None) => return,
                (Some(Err(error)), _) => {
                    self.found.gaps.push(tree_gap(tree, &format!("is damaged: {error}")));
                    return self.add_all(at..side.entries.end);
                }
                (Some(_), None) => Ordering::Less,
                (None, Some(_)) => Ordering::Greater,
                (Some(Ok(old)), Some(new)) => git_order((old.filename, old.mode.is_tree()), (new.name, new.is_folder)),
            };
            let old = if order == Ordering::Greater { None } else { old.next().and_then(Result::ok) };
            let Some(group) = group.filter(|_| order != Ordering::Less) else {
                let prefix = self.prefix(side);
                self.removed(&prefix, old);
                continue;
            };
            at = group.entries.end;
            self.name(old, &group, side, depth);
        }
    }

    /// Compares what stands at one name. If HEAD has it, it is of the same kind there: a folder, or none.
    fn name(&mut self, old: Option<EntryRef<'_>>, group: &Group<'a>, side: &Side<'a>, depth: u32) {
        match old {
            None => self.add_all(group.entries.clone()),
            Some(old) if group.is_folder => {
                let below = Side {
                    entries: group.entries.clone(),
                    prefix: side.prefix + group.name.len() + 1,
                    cached: side.cached.and_then(|cached| child(cached, group.name)),
                };
                if !self.sparse_folder(Some(old.oid), &below) {
                    self.folder(Some(old.oid), &below, depth + 1);
                }
            }
            Some(old) => {
                let mut has_content = false;
                for at in group.entries.clone() {
                    let entry = &self.index.entries()[at];
                    has_content |= holds_content(entry);
                    if holds_content(entry) && entry.id != old.oid {
                        let old = (!old.mode.is_commit()).then(|| old.oid.to_owned());
                        self.found.changed.push(Changed { path: self.path(at).to_vec(), blob: entry.id, old });
                    }
                }
                if !has_content {
                    let prefix = self.prefix(side);
                    self.removed(&prefix, Some(old));
                }
            }
        }
    }

    /// Whether the folder is one entry, as in a sparse index: the id of its tree in place of its files.
    fn sparse_folder(&mut self, old: Option<&oid>, below: &Side<'_>) -> bool {
        let entry = &self.index.entries()[below.entries.start];
        let path = entry.path(self.index);
        if entry.mode != Mode::DIR || path.len() != below.prefix || below.entries.len() != 1 {
            return false;
        }
        if old != Some(&*entry.id) {
            self.found.gaps.push(Gap::new(
                path.to_string(),
                "the sparse index holds a folder that differs from HEAD, without its files",
                "`git sparse-checkout reapply --no-sparse-index` lists the files",
            ));
        }
        true
    }

    fn add_all(&mut self, entries: Range<usize>) {
        for at in entries {
            let entry = &self.index.entries()[at];
            let path = self.path(at);
            if entry.mode == Mode::DIR {
                self.sparse_folder(None, &Side { entries: at..at + 1, prefix: path.len(), cached: None });
            } else if holds_content(entry) {
                self.found.changed.push(Changed { path: path.to_vec(), blob: entry.id, old: None });
            }
        }
    }

    fn removed(&mut self, prefix: &[u8], old: Option<EntryRef<'_>>) {
        let Some(old) = old else { return };
        let mut path = [prefix, old.filename].concat();
        if old.mode.is_tree() {
            path.push(b'/');
            self.removed_trees.push((path, old.oid.to_owned()));
        } else if !old.mode.is_commit() {
            self.found.removed.push(Removed { path, blob: old.oid.to_owned() });
        }
    }

    /// Lists the files of removed folders. A tree that cannot be read hides nothing: what may have been moved from there counts as new.
    fn collect_removed(&mut self) {
        let mut buffer = Vec::new();
        let mut trees = 0;
        while let Some((prefix, tree)) = self.removed_trees.pop() {
            trees += 1;
            if self.found.removed.len() > MOST_REMOVED || trees > MOST_REMOVED || prefix.len() > 1 << 16 {
                return;
            }
            let Ok(data) = self.objects.read(&tree, Kind::Tree, LARGEST_TREE, &mut buffer) else { continue };
            for entry in TreeRefIter::from_bytes(data, tree.kind()).map_while(Result::ok) {
                self.removed(&prefix, Some(entry));
            }
        }
    }

    /// The entries from `at` on that have the same name in the folder.
    fn group(&self, at: usize, side: &Side<'_>) -> Group<'a> {
        let path = self.path(at);
        let below = path.get(side.prefix..).unwrap_or_default();
        let rest = &self.index.entries()[at..side.entries.end];
        let (name, count) = match memchr::memchr(b'/', below) {
            Some(slash) => {
                let folder = &path[..side.prefix + slash + 1];
                (&below[..slash], rest.partition_point(|entry| entry.path(self.index).starts_with(folder)))
            }
            None => (below, rest.iter().take_while(|entry| *entry.path(self.index) == path).count()),
        };
        Group { name, is_folder: name.len() < below.len(), entries: at..at + count.max(1) }
    }

    fn prefix(&self, side: &Side<'_>) -> Vec<u8> {
        self.path(side.entries.start)[..side.prefix].to_vec()
    }

    fn path(&self, at: usize) -> &'a [u8] {
        self.index.entries().get(at).map(|entry| -> &[u8] { entry.path(self.index) }).unwrap_or_default()
    }
}

/// git keeps the tree id of a folder in the index until something in it changes.
fn is_unchanged(side: &Side<'_>, tree: &oid) -> bool {
    let known = side.cached.filter(|cached| cached.num_entries.is_some_and(|count| count as usize == side.entries.len()));
    known.is_some_and(|cached| *cached.id == *tree)
}

fn child<'a>(cached: &'a CachedTree, name: &[u8]) -> Option<&'a CachedTree> {
    cached.children.binary_search_by(|child| child.name.as_slice().cmp(name)).ok().map(|at| &cached.children[at])
}

/// Whether the entry stands for bytes that would be committed, or may be.
///
/// An entry that was only announced (`git add -N`) is not committed. Of a conflict both sides count, ours and theirs: git refuses to
/// commit it, but whoever asks in the middle of a merge asks about what can come out of it. The base is what both had before.
fn holds_content(entry: &Entry) -> bool {
    entry.stage() != Stage::Base && !entry.flags.contains(Flags::INTENT_TO_ADD) && !matches!(entry.mode, Mode::COMMIT | Mode::DIR)
}

fn tree_gap(tree: &oid, what_is_wrong: &str) -> Gap {
    let why = format!("{what_is_wrong}; all that is staged below it counts as new");
    Gap::new(format!("tree {tree} of HEAD"), why, "`git fsck` says what else is missing; `git fetch` may bring it back")
}
