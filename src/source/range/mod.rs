//! What a range of commits introduces: content, texts and names that it has and the commits before it do not.
//!
//! Every commit counts by itself, so that what one adds and the next removes is found. Reads objects and refs, never a working tree or
//! the index. Knows nothing of what became of the content later.

mod changes;
mod commits;
mod listing;
mod refs;
mod revisions;
mod since;
mod text;

#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::collections::HashSet;
use std::ops::Range as LineRange;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use gix::ObjectId;
use gix::objs::Kind;

pub use revisions::{Known, Pushed, Update};
pub use since::Since;

use super::diff::added_lines;
use super::diff::moved::Origins;
use super::repository::{GitEnvironment, LARGEST_COMMIT, ObjectError, Objects, Repository};
use super::{HistoryPart, Item, Listed, Origin, Source, SourceError, Stored, limit, names};
use crate::coverage::Gap;
pub(in crate::source) use changes::Trees;
use listing::Listing;
use revisions::Resolved;
pub(in crate::source) use text::CommitText;

const SHALLOW_REMEDY: &str = "`git fetch --unshallow` gets the rest; in GitHub Actions set `fetch-depth: 0` for actions/checkout";
const PARTIAL_REMEDY: &str = "this is a partial clone: `git fetch --refetch --no-filter` gets all objects, or clone without --filter";
const DAMAGED_REMEDY: &str = "`git fsck` says what else is wrong; a new clone may have it";

/// What the user asked for. Without a range and a branch: all that HEAD reaches.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// `A..B`, `A...B`, or one revision for everything that it reaches, as in `git help gitrevisions`.
    pub range: Option<String>,
    /// A branch by its name, for everything that it reaches: `main`, or `origin/main` for a remote-tracking one.
    pub branch: Option<String>,
    /// Of those commits only the ones that their committer made at this time or later.
    pub since: Option<Since>,
    /// What a push brings, in place of a range or a branch.
    pub pushed: Option<Pushed>,
    /// When to stop: what was not read by then is told as not scanned.
    pub until: Option<Instant>,
}

impl Wanted {
    /// The same in words, for the report.
    pub fn words(&self) -> String {
        let pushed = self.pushed.as_ref().map(|pushed| pushed.words.as_str());
        let revisions = pushed.or(self.range.as_deref()).or(self.branch.as_deref()).unwrap_or("HEAD");
        match &self.since {
            Some(since) => format!("{revisions} since {}", since.text()),
            None => revisions.to_owned(),
        }
    }
}

/// The commit that what `wanted` names begins at; none if that is the beginning of history.
///
/// # Errors
/// It names nothing, or a shallow clone does not have that commit; the words say why.
pub(in crate::source) fn base(wanted: &Wanted, repository: &Repository, objects: &Objects) -> Result<Option<ObjectId>, String> {
    let shallow = repository.shallow_commits().map_err(|error| error.to_string())?;
    let resolved = revisions::resolve(wanted, repository, objects, &shallow).map_err(|error| error.to_string())?;
    match resolved.gaps.first() {
        Some(gap) => Err(gap.sentence()),
        // Of `A...B` the last walk is the one from A to B.
        None => Ok(resolved.walks.last().and_then(|walk| walk.excluded.first()).copied()),
    }
}

/// What the commits of a range bring.
///
/// Of a file only those lines count that no parent of its commit has. A merge brings what none of its parents has. A file that was only
/// moved adds nothing but its name. Messages, people, file names and the targets of symbolic links are items too.
pub struct Range {
    repository: Repository,
    root: PathBuf,
    max_file_size: u64,
    since: Option<i64>,
    until: Option<Instant>,
    /// Whether it was said that the time is over: once is enough.
    is_late: AtomicBool,
    shallow: HashSet<ObjectId>,
    resolved: Resolved,
    remedy: &'static str,
}

/// One thing that a commit brings.
#[derive(Debug)]
pub struct RangeEntry {
    commit: ObjectId,
    what: What,
}

#[derive(Debug)]
enum What {
    Content {
        path: Vec<u8>,
        blob: ObjectId,
        is_link: bool,
        old: OldSides,
    },
    FileName(Vec<u8>),
    Person(Vec<u8>),
    Message,
    /// Annotated tags in the commit itself.
    MergedTags,
    /// The entry's id is that of a tag.
    TagMessage,
}

/// What the parents have in place of a content.
#[derive(Debug)]
struct OldSides {
    /// For each parent the blob at the same path.
    blobs: Vec<Option<ObjectId>>,
    /// For each parent the files that went away, for when it has nothing at the path.
    origins: Option<Arc<[Option<Origins>]>>,
}

impl std::fmt::Debug for Range {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Range").field("root", &self.root).field("resolved", &self.resolved).finish_non_exhaustive()
    }
}

impl Range {
    /// Finds out which commits `wanted` names, in the repository that `git` names or `cwd` lies in. Blobs of more than `max_file_size`
    /// bytes are reported and not read.
    ///
    /// # Errors
    /// There is no repository, or no such revision in it.
    pub fn open(cwd: &Path, git: &GitEnvironment, wanted: &Wanted, max_file_size: u64) -> Result<Self, SourceError> {
        let repository = Repository::open(cwd, git)?;
        let shallow = repository.shallow_commits()?;
        let resolved = revisions::resolve(wanted, &repository, &repository.objects(), &shallow)?;
        let root = repository.top().unwrap_or_else(|| repository.common_dir()).to_owned();
        let remedy = if repository.is_partial() { PARTIAL_REMEDY } else { DAMAGED_REMEDY };
        let since = wanted.since.as_ref().map(Since::seconds);
        let (until, is_late) = (wanted.until, AtomicBool::new(false));
        Ok(Self { repository, root, max_file_size, since, until, is_late, shallow, resolved, remedy })
    }

    /// Top of the worktree. In a bare repository the repository itself.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Whether the time is over, and what to say of it where nobody has yet.
    fn late(&self) -> Option<Option<Gap>> {
        self.until.filter(|until| Instant::now() >= *until)?;
        let why = "the time budget is used up: the rest was not scanned";
        let gap = || Gap::new("commits", why, "--time-budget gives it more seconds; several smaller pushes take less each");
        Some((!self.is_late.swap(true, Ordering::Relaxed)).then(gap))
    }

    fn content<'b>(&self, blob: ObjectId, path: &[u8], commit: ObjectId, buffer: &'b mut Vec<u8>) -> Result<&'b [u8], Gap> {
        let read = self.repository.objects().read(&blob, Kind::Blob, self.max_file_size, buffer);
        read.map_err(|error| match error {
            ObjectError::TooLarge(_) => limit::too_large(names::shown(path), self.max_file_size),
            error => Gap::new(names::shown(path), format!("its blob {blob}, which commit {commit} brings, {error}"), self.remedy),
        })
    }

    /// The part of a commit or tag that `part` cuts out of it.
    fn text<'b>(
        &self,
        kind: Kind,
        id: ObjectId,
        buffer: &'b mut Vec<u8>,
        part: impl FnOnce(&'b [u8]) -> Option<&'b [u8]>,
    ) -> Result<&'b [u8], Gap> {
        match self.repository.objects().read(&id, kind, LARGEST_COMMIT, buffer) {
            Ok(bytes) => Ok(part(bytes).unwrap_or(bytes)),
            Err(error) => Err(Gap::new(format!("{kind} {id}"), format!("it {error}"), self.remedy)),
        }
    }
}

impl Source for Range {
    type Entry = RangeEntry;

    fn list(&self, each: &mut dyn FnMut(Listed<RangeEntry>)) -> Result<(), SourceError> {
        for gap in &self.resolved.gaps {
            each(Listed::Gap(gap.clone()));
        }
        let objects = self.repository.objects();
        let mut listing = Listing::new(&objects, &self.shallow, self.remedy);
        for tag in &self.resolved.tags {
            listing.tag(*tag, each);
        }
        for ends in &self.resolved.walks {
            let found = commits::between(ends, &objects, &self.shallow, self.until);
            // The walk itself may have ended early.
            if let Some(gap) = self.late() {
                gap.into_iter().for_each(|gap| each(Listed::Gap(gap)));
                return Ok(());
            }
            for (id, error) in &found.unread {
                listing.unread(*id, error, each);
            }
            for (id, _) in found.all.iter().filter(|(_, seconds)| self.since.is_none_or(|since| *seconds >= since)) {
                if let Some(gap) = self.late() {
                    gap.into_iter().for_each(|gap| each(Listed::Gap(gap)));
                    return Ok(());
                }
                listing.commit(*id, each);
            }
        }
        listing.finish(each);
        Ok(())
    }

    fn name(&self, entry: &RangeEntry) -> String {
        match &entry.what {
            What::Content { path, .. } | What::FileName(path) => names::shown(path),
            What::TagMessage => format!("tag {}", entry.commit),
            What::Person(_) | What::Message | What::MergedTags => format!("commit {}", entry.commit),
        }
    }

    fn path<'e>(&self, entry: &'e RangeEntry) -> Option<Cow<'e, [u8]>> {
        match &entry.what {
            What::Content { path, .. } | What::FileName(path) => Some(Cow::Borrowed(path)),
            What::TagMessage | What::Person(_) | What::Message | What::MergedTags => None,
        }
    }

    fn read<'b>(&self, entry: &RangeEntry, buffer: &'b mut Vec<u8>) -> Result<Option<Item<'b>>, Gap> {
        if let Some(gap) = self.late() {
            return gap.map_or(Ok(None), Err);
        }
        let id = entry.commit;
        let (part, path, bytes) = match &entry.what {
            What::Content { path, blob, is_link, .. } => {
                let part = if *is_link { HistoryPart::SymlinkTarget } else { HistoryPart::Blob };
                (part, path.clone(), self.content(*blob, path, id, buffer)?)
            }
            What::FileName(path) => (HistoryPart::FileName, path.clone(), filled(buffer, path)),
            What::Person(person) => (HistoryPart::Person, Vec::new(), filled(buffer, person)),
            What::Message => {
                let message = self.text(Kind::Commit, id, buffer, |bytes| CommitText::parse(bytes, id.kind()).map(|text| text.message))?;
                (HistoryPart::CommitMessage, Vec::new(), message)
            }
            What::MergedTags => {
                let tags = self.text(Kind::Commit, id, buffer, |bytes| CommitText::parse(bytes, id.kind()).map(|text| text.merged_tags))?;
                (HistoryPart::TagMessage, Vec::new(), tags)
            }
            What::TagMessage => {
                let message = self.text(Kind::Tag, id, buffer, |bytes| Some(text::tag(bytes).1))?;
                (HistoryPart::TagMessage, Vec::new(), message)
            }
        };
        let blob = if let What::Content { blob, .. } = &entry.what { Some(blob.to_string()) } else { None };
        let origin = Origin::History { part, blob, commit: Some(id.to_string()) };
        Ok(Some(Item { bytes, path, origin, added_lines: None }))
    }

    fn added_lines(&self, entry: &RangeEntry, bytes: &[u8]) -> Option<Vec<LineRange<u32>>> {
        let What::Content { path, old, .. } = &entry.what else { return None };
        let objects = self.repository.objects();
        let mut added: Option<Vec<LineRange<u32>>> = None;
        for at in 0..old.blobs.len() {
            let Some(lines) = old.side(at, path, bytes, &objects).and_then(|old| added_lines::added_lines(&old, bytes)) else { continue };
            added = Some(match added {
                Some(known) => added_lines::in_both(&known, &lines),
                None => lines,
            });
        }
        added
    }

    fn stored(&self, entry: &RangeEntry) -> Result<Option<Stored>, Gap> {
        let What::Content { path, is_link: false, old, .. } = &entry.what else { return Ok(None) };
        let (objects, mut buffer) = (self.repository.objects(), Vec::new());
        let mut before = Vec::new();
        for blob in old.blobs.iter().flatten() {
            // A side that cannot be read is none.
            before.extend(objects.read(blob, Kind::Blob, self.max_file_size, &mut buffer).ok().map(<[u8]>::to_vec));
        }
        Ok(Some(Stored { path: path.clone(), before }))
    }
}

impl OldSides {
    /// What the parent `at` has in place of `new`, the content of `path`. A side that cannot be read takes nothing away from what counts.
    fn side(&self, at: usize, path: &[u8], new: &[u8], objects: &Objects) -> Option<Vec<u8>> {
        let mut buffer = Vec::new();
        match self.blobs.get(at)? {
            Some(blob) => objects.read(blob, Kind::Blob, added_lines::LARGEST, &mut buffer).ok().map(<[u8]>::to_vec),
            None => self.origins.as_ref()?.get(at)?.as_ref()?.old_side(path, new, objects),
        }
    }
}

fn filled<'b>(buffer: &'b mut Vec<u8>, bytes: &[u8]) -> &'b [u8] {
    buffer.clear();
    buffer.extend_from_slice(bytes);
    buffer
}
