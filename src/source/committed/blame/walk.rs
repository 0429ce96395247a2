//! From HEAD back through the commits, each of which hands the lines that its parents have on to them. What is left is its own.

use std::collections::{BinaryHeap, HashMap, HashSet};

use gix::ObjectId;
use gix::objs::Kind;

use super::Blamed;
use crate::source::committed::author::{Author, Step};
use crate::source::diff::added_lines::{self, kept_lines};
use crate::source::diff::moved::Origins;
use crate::source::range::Trees;
use crate::source::repository::{ObjectError, Objects};

/// Most commits that are looked at.
const MOST_COMMITS: usize = 200_000;
/// Most bytes of texts that are compared.
const MOST_BYTES: usize = 1 << 30;
/// Most commits in which the old place of a file is looked for.
const MOST_MOVES: usize = 1_000;

/// One line that was asked for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Thing {
    /// Its number among all that were asked for.
    pub(super) at: usize,
    /// Its line in this version of the file.
    pub(super) line: u32,
}

/// A version of a file, and the lines of it whose commit is looked for.
struct Asked {
    blob: ObjectId,
    things: Vec<Thing>,
}

/// By path.
type Files = HashMap<Vec<u8>, Asked>;

struct Node {
    seconds: i64,
    tree: ObjectId,
    parents: Vec<ObjectId>,
    author: Author,
    files: Files,
}

pub(super) struct Walk<'a> {
    objects: &'a Objects,
    shallow: &'a HashSet<ObjectId>,
    trees: Trees<'a>,
    nodes: HashMap<ObjectId, Node>,
    queue: BinaryHeap<(i64, ObjectId)>,
    first: Vec<(ObjectId, Vec<u8>, Asked)>,
    bytes: usize,
    moves: usize,
}

impl<'a> Walk<'a> {
    pub(super) fn new(objects: &'a Objects, shallow: &'a HashSet<ObjectId>) -> Self {
        let (nodes, queue, trees) = (HashMap::new(), BinaryHeap::new(), Trees::new(objects, ""));
        Self { objects, shallow, trees, nodes, queue, first: Vec::new(), bytes: 0, moves: 0 }
    }

    /// Looks for the commits of `things`, lines of the file at `path` in `commit`.
    pub(super) fn ask(&mut self, commit: ObjectId, path: &[u8], blob: ObjectId, things: Vec<Thing>) {
        if !things.is_empty() {
            self.first.push((commit, path.to_vec(), Asked { blob, things }));
        }
    }

    pub(super) fn run(mut self, found: &mut [Blamed]) {
        for (commit, path, asked) in std::mem::take(&mut self.first) {
            match self.load(commit) {
                Ok(()) => self.pass_on(commit, Files::from([(path, asked)])),
                Err(why) => give_up(found, &asked.things, &why),
            }
        }
        let mut steps = 0;
        while let Some((_, commit)) = self.queue.pop() {
            let Some(mut node) = self.nodes.remove(&commit) else { continue };
            steps += 1;
            let stepped = if steps > MOST_COMMITS {
                Err(format!("it lies more than {MOST_COMMITS} commits back"))
            } else if self.bytes > MOST_BYTES {
                Err(format!("more than {} MiB of older versions would have to be compared", MOST_BYTES >> 20))
            } else {
                self.step(commit, &mut node)
            };
            let left = || node.files.values().flat_map(|asked| asked.things.iter());
            match stepped {
                Ok(()) => left().for_each(|thing| found[thing.at] = Blamed::By(node.author.clone())),
                Err(why) => left().for_each(|thing| found[thing.at] = Blamed::Unknown(why.clone())),
            }
        }
    }

    /// Hands on what parents have; what is left is the commit's own. The files that a commit did not change are handed on as a whole: their number
    /// costs nothing.
    fn step(&mut self, commit: ObjectId, node: &mut Node) -> Result<(), String> {
        if self.shallow.contains(&commit) {
            return Err(format!("this clone is shallow and ends at commit {}; `git fetch --unshallow` gets the rest", node.author.commit));
        }
        for parent in &node.parents {
            self.load(*parent)?;
        }
        let mut changes = Vec::new();
        for parent in &node.parents {
            let tree = self.nodes[parent].tree;
            let changed = self.changed(tree, node.tree)?;
            let differ: Files = changed.keys().filter_map(|path| node.files.remove_entry(path)).collect();
            let same = std::mem::replace(&mut node.files, differ);
            self.pass_on(*parent, same);
            if node.files.is_empty() {
                return Ok(());
            }
            changes.push((*parent, changed));
        }
        for (parent, changed) in &changes {
            for (path, asked) in &mut node.files {
                let Some(Some(old)) = changed.get(path) else { continue };
                let Some(text) = self.text(*old)? else { continue };
                self.hand_on(*parent, (path, *old, &text), asked)?;
            }
        }
        if let [(parent, changed)] = changes.as_slice() {
            node.files.retain(|_, asked| !asked.things.is_empty());
            let new: Vec<Vec<u8>> = node.files.keys().filter(|path| changed.get(*path).is_some_and(Option::is_none)).cloned().collect();
            if !new.is_empty() {
                self.moved(*parent, node.tree, &new, &mut node.files)?;
            }
        }
        Ok(())
    }

    /// What `tree` has and `old` has not, with what that has there.
    fn changed(&mut self, old: ObjectId, tree: ObjectId) -> Result<HashMap<Vec<u8>, Option<ObjectId>>, String> {
        let mut gaps = Vec::new();
        let brought = self.trees.brought(tree, &[old], &mut gaps);
        match gaps.into_iter().next() {
            Some(gap) => Err(gap.why),
            None => Ok(brought.into_iter().map(|own| (own.path, own.old.into_iter().next().flatten())).collect()),
        }
    }

    /// Takes the lines out of `asked` that another version of it has, which `parent` has at `path`, and hands them on.
    fn hand_on(&mut self, parent: ObjectId, old: (&[u8], ObjectId, &[u8]), asked: &mut Asked) -> Result<(), String> {
        let (path, blob, text) = old;
        let Some(new) = self.text(asked.blob)? else { return Ok(()) };
        let numbers: Vec<u32> = asked.things.iter().map(|thing| thing.line).collect();
        let Some(lines) = kept_lines(text, &new, &numbers) else { return Ok(()) };
        let (mut own, mut kept) = (Vec::new(), Vec::new());
        for (thing, line) in asked.things.iter().zip(lines) {
            match line {
                Some(line) => kept.push(Thing { at: thing.at, line }),
                None => own.push(*thing),
            }
        }
        asked.things = own;
        if !kept.is_empty() {
            self.pass_on(parent, Files::from([(path.to_vec(), Asked { blob, things: kept })]));
        }
        Ok(())
    }

    /// A text; none where it is too large to be compared.
    fn text(&mut self, blob: ObjectId) -> Result<Option<Vec<u8>>, String> {
        let mut buffer = Vec::new();
        match self.objects.read(&blob, Kind::Blob, added_lines::LARGEST, &mut buffer) {
            Ok(bytes) => {
                self.bytes += bytes.len();
                Ok(Some(bytes.to_vec()))
            }
            Err(ObjectError::TooLarge(_)) => Ok(None),
            Err(error) => Err(format!("blob {blob} {error}")),
        }
    }

    /// Hands on what files at the paths `new`, which `parent` does not have, have from where they were before.
    fn moved(&mut self, parent: ObjectId, tree: ObjectId, new: &[Vec<u8>], files: &mut Files) -> Result<(), String> {
        self.moves += 1;
        if self.moves > MOST_MOVES {
            return Err(format!("files were moved in more than {MOST_MOVES} commits"));
        }
        let removed = self.trees.removed(self.nodes[&parent].tree, tree);
        let mut similar = Vec::new();
        for path in new {
            let Some(asked) = files.get_mut(path) else { continue };
            match removed.iter().find(|removed| removed.blob == asked.blob) {
                Some(same) => {
                    let things = std::mem::take(&mut asked.things);
                    self.pass_on(parent, Files::from([(same.path.clone(), Asked { blob: same.blob, things })]));
                }
                None => similar.push(path),
            }
        }
        let origins = Origins::new(removed, similar.len());
        for path in similar {
            let Some(asked) = files.get_mut(path) else { continue };
            let Some(text) = self.text(asked.blob)? else { continue };
            let Some((removed, old)) = origins.origin(path, &text, self.objects) else { continue };
            self.hand_on(parent, (&removed.path, removed.blob, &old), asked)?;
        }
        Ok(())
    }

    /// Looks at `files` in `commit` later.
    fn pass_on(&mut self, commit: ObjectId, mut files: Files) {
        let Some(node) = self.nodes.get_mut(&commit).filter(|_| !files.is_empty()) else { return };
        if node.files.is_empty() {
            self.queue.push((node.seconds, commit));
        }
        if node.files.len() < files.len() {
            std::mem::swap(&mut node.files, &mut files);
        }
        for (path, asked) in files {
            // A commit has one version at a path.
            node.files.entry(path).or_insert_with(|| Asked { blob: asked.blob, things: Vec::new() }).things.extend(asked.things);
        }
    }

    /// Reads a commit, unless it is known.
    fn load(&mut self, commit: ObjectId) -> Result<(), String> {
        if self.nodes.contains_key(&commit) {
            return Ok(());
        }
        let Step { author, seconds, parents, tree } = Step::read(self.objects, commit)?;
        self.nodes.insert(commit, Node { seconds, tree, parents, author, files: Files::new() });
        Ok(())
    }
}

fn give_up(found: &mut [Blamed], things: &[Thing], why: &str) {
    things.iter().for_each(|thing| found[thing.at] = Blamed::Unknown(why.to_owned()));
}
