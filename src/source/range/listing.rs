//! From commits to entries: what each one says and changes, each thing once.
//!
//! Reads commits and trees, never file content. Knows nothing of how the commits were chosen.

use std::collections::HashSet;
use std::sync::Arc;

use gix::ObjectId;
use gix::objs::Kind;
use sha2::{Digest as _, Sha256};

use super::changes::{Brought, Trees};
use super::text::{self, CommitText};
use super::{OldSides, RangeEntry, SHALLOW_REMEDY, What};
use crate::coverage::{Gap, Skip};
use crate::source::Listed;
use crate::source::diff::moved::Origins;
use crate::source::repository::{LARGEST_COMMIT, ObjectError, Objects};

/// Things that are remembered as seen. What comes after is scanned again where it comes again.
const MOST_SEEN: usize = 8 << 20;

type Each<'e> = &'e mut dyn FnMut(Listed<RangeEntry>);

/// Lists what commits bring.
pub(super) struct Listing<'a> {
    objects: &'a Objects,
    shallow: &'a HashSet<ObjectId>,
    remedy: &'static str,
    trees: Trees<'a>,
    seen: Seen,
    /// Commits of the range whose parents the shallow clone does not have.
    boundary: Vec<ObjectId>,
    moved_files: u64,
}

impl<'a> Listing<'a> {
    /// `remedy` is what the user can do about an object that is missing.
    pub(super) fn new(objects: &'a Objects, shallow: &'a HashSet<ObjectId>, remedy: &'static str) -> Self {
        let trees = Trees::new(objects, remedy);
        Self { objects, shallow, remedy, trees, seen: Seen::default(), boundary: Vec::new(), moved_files: 0 }
    }

    /// Lists what one commit brings. Commits come oldest first, so that what several bring is the oldest one's.
    pub(super) fn commit(&mut self, id: ObjectId, each: Each<'_>) {
        let mut buffer = Vec::new();
        let bytes = match self.objects.read(&id, Kind::Commit, LARGEST_COMMIT, &mut buffer) {
            Ok(bytes) => bytes,
            Err(error) => return self.unread(id, &error, each),
        };
        let Some(text) = CommitText::parse(bytes, id.kind()) else { return };
        self.texts(id, &text, each);
        if self.shallow.contains(&id) && !text.parents.is_empty() {
            self.boundary.push(id);
            return;
        }
        let mut parents = Vec::new();
        for parent in &text.parents {
            match self.objects.tree_of(parent) {
                Ok(tree) => parents.push(tree),
                Err(error) => {
                    let why = format!("its parent {parent} {error}, so what it changed is not known");
                    return each(Listed::Gap(Gap::new(format!("commit {id}"), why, self.remedy)));
                }
            }
        }
        self.changes(id, text.tree, &parents, each);
    }

    /// Lists what an annotated tag says.
    pub(super) fn tag(&mut self, id: ObjectId, each: Each<'_>) {
        let mut buffer = Vec::new();
        let Ok(bytes) = self.objects.read(&id, Kind::Tag, LARGEST_COMMIT, &mut buffer) else { return };
        let (tagger, message) = text::tag(bytes);
        if self.seen.is_new(&[b"person", tagger]) {
            each(Listed::Entry(RangeEntry { commit: id, what: What::Person(tagger.to_vec()) }));
        }
        if !message.is_empty() {
            each(Listed::Entry(RangeEntry { commit: id, what: What::TagMessage }));
        }
    }

    /// Says that a commit of the range cannot be read.
    pub(super) fn unread(&self, id: ObjectId, error: &ObjectError, each: Each<'_>) {
        let why = format!("it {error}; neither it nor what came before it was scanned");
        each(Listed::Gap(Gap::new(format!("commit {id}"), why, self.remedy)));
    }

    /// Says what was left out, once all commits are listed.
    pub(super) fn finish(&self, each: Each<'_>) {
        if self.moved_files > 0 {
            let why = "only moved: the commit before has the same content under another name".into();
            each(Listed::Skip(Skip { what: "moved files".into(), why, count: self.moved_files }));
        }
        let Some(first) = self.boundary.iter().min() else { return };
        let what = match self.boundary.len() - 1 {
            0 => format!("commit {first}"),
            more => format!("commit {first} and {more} more"),
        };
        let why = "the shallow clone ends here, inside of the range: what it changed and what came before it was not scanned";
        each(Listed::Gap(Gap::new(what, why, SHALLOW_REMEDY)));
    }

    fn texts(&mut self, commit: ObjectId, text: &CommitText<'_>, each: Each<'_>) {
        if !text.message.is_empty() {
            each(Listed::Entry(RangeEntry { commit, what: What::Message }));
        }
        if !text.merged_tags.is_empty() {
            each(Listed::Entry(RangeEntry { commit, what: What::MergedTags }));
        }
        for person in text.people {
            if self.seen.is_new(&[b"person", person]) {
                each(Listed::Entry(RangeEntry { commit, what: What::Person(person.to_vec()) }));
            }
        }
    }

    fn changes(&mut self, commit: ObjectId, tree: ObjectId, parents: &[ObjectId], each: Each<'_>) {
        let mut gaps = Vec::new();
        let brought = self.trees.brought(tree, parents, &mut gaps);
        gaps.into_iter().for_each(|gap| each(Listed::Gap(gap)));
        let origins = self.origins(tree, parents, &brought);
        let moved: Vec<HashSet<ObjectId>> = origins.iter().map(|origins| origins.iter().flat_map(Origins::blobs).collect()).collect();
        let origins: Option<Arc<[Option<Origins>]>> = origins.iter().any(Option::is_some).then(|| origins.into());
        for change in brought {
            if change.old.iter().all(Option::is_none) && self.seen.is_new(&[b"name", &change.path]) {
                each(Listed::Entry(RangeEntry { commit, what: What::FileName(change.path.clone()) }));
            }
            let came_from = |(old, moved): (&Option<ObjectId>, &HashSet<ObjectId>)| old.is_none() && moved.contains(&change.blob);
            if change.old.iter().zip(&moved).any(came_from) {
                self.moved_files += 1;
                continue;
            }
            let may_be_moved =
                change.old.iter().zip(origins.iter().flat_map(|all| all.iter())).any(|(old, all)| old.is_none() && all.is_some());
            let old = OldSides { blobs: change.old, origins: origins.clone().filter(|_| may_be_moved) };
            if self.is_known(commit, &change.path, &change.blob, &old) {
                continue;
            }
            each(Listed::Entry(RangeEntry {
                commit,
                what: What::Content { path: change.path, blob: change.blob, is_link: change.is_link, old },
            }));
        }
    }

    /// For each parent, the files that went away, if one of them may have become one that is new.
    fn origins(&mut self, tree: ObjectId, parents: &[ObjectId], brought: &[Brought]) -> Vec<Option<Origins>> {
        let mut origins = Vec::new();
        for (at, parent) in parents.iter().enumerate() {
            let new_paths = brought.iter().filter(|change| change.old.get(at).is_some_and(Option::is_none)).count();
            let removed = if new_paths > 0 { self.trees.removed(*parent, tree) } else { Vec::new() };
            origins.push((!removed.is_empty()).then(|| Origins::new(removed, new_paths)));
        }
        origins
    }

    /// Whether the same change was listed before. What may have been moved differs with each commit.
    fn is_known(&mut self, commit: ObjectId, path: &[u8], blob: &ObjectId, old: &OldSides) -> bool {
        let mut parts: Vec<&[u8]> = vec![b"content", path, blob.as_bytes()];
        if old.origins.is_some() {
            parts.push(commit.as_bytes());
        }
        parts.extend(old.blobs.iter().map(|old| old.as_ref().map_or(&b""[..], |old| old.as_bytes())));
        !self.seen.is_new(&parts)
    }
}

/// Remembers things by a hash that nobody can make collide, in 16 bytes each.
#[derive(Default)]
struct Seen(HashSet<[u8; 16]>);

impl Seen {
    fn is_new(&mut self, parts: &[&[u8]]) -> bool {
        let mut hash = Sha256::new();
        for part in parts {
            hash.update((part.len() as u64).to_le_bytes());
            hash.update(part);
        }
        let hash = hash.finalize();
        let short = hash.first_chunk().copied().unwrap_or_default();
        if self.0.len() >= MOST_SEEN { !self.0.contains(&short) } else { self.0.insert(short) }
    }
}
