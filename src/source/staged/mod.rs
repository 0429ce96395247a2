//! What `git commit` would commit: the index against HEAD.
//!
//! Reads the index that git hands to a hook and objects, never the working tree. Knows nothing of history.

mod beside;
mod tree_diff;

#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::collections::HashSet;
use std::path::{Path, PathBuf};

use gix::objs::Kind;

use super::diff::added_lines;
use super::diff::moved::Origins;
use super::repository::{GitEnvironment, ObjectError, Objects, Repository};
use super::{Item, Listed, Origin, Source, SourceError, Stored, limit, names};
use crate::coverage::{Gap, Skip};
pub use beside::SETTINGS;
use tree_diff::{Changed, Differences};

/// Staged content that HEAD does not have.
///
/// Only lines that the change adds count, see [`Item::added_lines`]. A file that was only moved adds none and is counted, not listed. Before
/// the first commit everything counts. Submodules have no content here; a symbolic link's content is its target.
pub struct Staged {
    repository: Repository,
    top: PathBuf,
    max_file_size: u64,
    changed: Vec<Changed>,
    gaps: Vec<Gap>,
    origins: Origins,
    changed_paths: usize,
    moved_files: usize,
    /// Settings that count as they are on disk and are staged otherwise.
    beside: Vec<Skip>,
}

/// A staged blob, by its position among all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StagedEntry(usize);

impl std::fmt::Debug for Staged {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Staged").field("top", &self.top).field("changed_paths", &self.changed_paths).finish_non_exhaustive()
    }
}

impl Staged {
    /// Compares the index with HEAD, in the repository that `git` names or `cwd` lies in. Blobs of more than `max_file_size` bytes
    /// are reported and not read.
    ///
    /// # Errors
    /// There is no repository, or no index where one must be, or the index or HEAD cannot be read.
    pub fn open(cwd: &Path, git: &GitEnvironment, max_file_size: u64) -> Result<Self, SourceError> {
        Self::open_beside(cwd, git, max_file_size, &[])
    }

    /// The same, where the files called `settings` at the top of the worktree count as they are on disk: if one is staged otherwise, that is
    /// told among what is left out, as [`SETTINGS`].
    ///
    /// # Errors
    /// As [`Staged::open`].
    pub fn open_beside(cwd: &Path, git: &GitEnvironment, max_file_size: u64, settings: &[&str]) -> Result<Self, SourceError> {
        let repository = Repository::open(cwd, git)?;
        let mut beside = Vec::new();
        let found = match repository.index()? {
            Some(index) => {
                refuse_disorder(&repository, &index)?;
                beside = beside::differing(&repository, &index, settings);
                let objects = repository.objects();
                let tree = head_tree(&repository, &objects)?;
                tree_diff::compare(&index, tree.as_deref(), &objects)
            }
            // A repository begins without an index. But an index that was named must be there, and one must be in a bare repository.
            None if git.index_file.is_none() && repository.top().is_some() => Differences::default(),
            None => return Err(no_index(&repository)),
        };
        let top = repository.top().or_else(|| repository.index_path().parent()).unwrap_or(cwd).to_owned();
        Ok(Self { beside, ..Self::new(repository, top, max_file_size, found) })
    }

    fn new(repository: Repository, top: PathBuf, max_file_size: u64, found: Differences) -> Self {
        let mut changed = found.changed;
        let mut paths: Vec<&[u8]> = changed.iter().map(|changed| changed.path.as_slice()).collect();
        paths.dedup();
        let changed_paths = paths.len();
        let new_paths = changed.iter().filter(|changed| changed.old.is_none()).count();
        let origins = Origins::new(found.removed, new_paths);
        let moved: HashSet<_> = origins.blobs().collect();
        let all = changed.len();
        changed.retain(|changed| changed.old.is_some() || !moved.contains(&changed.blob));
        let moved_files = all - changed.len();
        Self { repository, top, max_file_size, changed, gaps: found.gaps, origins, changed_paths, moved_files, beside: Vec::new() }
    }

    /// Top of the worktree. In a bare repository the folder that holds the index.
    pub fn top(&self) -> &Path {
        &self.top
    }

    /// How many paths have content in the index that differs from HEAD's, moved files included. Removed files and submodules do not
    /// count.
    pub fn changed_paths(&self) -> usize {
        self.changed_paths
    }

    fn added_lines(&self, changed: &Changed, new: &[u8], objects: &Objects) -> Option<Vec<std::ops::Range<u32>>> {
        let mut buffer = Vec::new();
        match &changed.old {
            // An old side that cannot be read takes nothing away from what counts.
            Some(old) => {
                let old = objects.read(old, Kind::Blob, added_lines::LARGEST, &mut buffer).ok()?;
                added_lines::added_lines(old, new)
            }
            None => added_lines::added_lines(&self.origins.old_side(&changed.path, new, objects)?, new),
        }
    }
}

impl Source for Staged {
    type Entry = StagedEntry;

    fn list(&self, each: &mut dyn FnMut(Listed<StagedEntry>)) -> Result<(), SourceError> {
        for gap in &self.gaps {
            each(Listed::Gap(gap.clone()));
        }
        for skip in &self.beside {
            each(Listed::Skip(skip.clone()));
        }
        if self.moved_files > 0 {
            let why = "only moved: HEAD has the same content under another name".into();
            each(Listed::Skip(Skip { what: "moved files".into(), why, count: self.moved_files as u64 }));
        }
        for at in 0..self.changed.len() {
            each(Listed::Entry(StagedEntry(at)));
        }
        Ok(())
    }

    fn name(&self, entry: &StagedEntry) -> String {
        self.changed.get(entry.0).map_or_else(String::new, |changed| names::shown(&changed.path))
    }

    fn path<'e>(&self, entry: &'e StagedEntry) -> Option<Cow<'e, [u8]>> {
        self.changed.get(entry.0).map(|changed| Cow::Owned(changed.path.clone()))
    }

    fn read<'b>(&self, entry: &StagedEntry, buffer: &'b mut Vec<u8>) -> Result<Option<Item<'b>>, Gap> {
        let Some(changed) = self.changed.get(entry.0) else { return Ok(None) };
        let objects = self.repository.objects();
        match objects.read(&changed.blob, Kind::Blob, self.max_file_size, buffer) {
            Ok(bytes) => Ok(Some(Item {
                added_lines: self.added_lines(changed, bytes, &objects),
                bytes,
                path: changed.path.clone(),
                origin: Origin::Staged { blob: changed.blob.to_string() },
            })),
            Err(ObjectError::TooLarge(_)) => Err(limit::too_large(names::shown(&changed.path), self.max_file_size)),
            Err(error) => Err(Gap::new(
                names::shown(&changed.path),
                format!("its staged blob {} {error}", changed.blob),
                "`git add` it again; `git fsck` says what else is wrong",
            )),
        }
    }

    fn stored(&self, entry: &StagedEntry) -> Result<Option<Stored>, Gap> {
        let Some(changed) = self.changed.get(entry.0) else { return Ok(None) };
        let mut buffer = Vec::new();
        let objects = self.repository.objects();
        // An old side that cannot be read is none.
        let before = changed.old.and_then(|old| Some(objects.read(&old, Kind::Blob, self.max_file_size, &mut buffer).ok()?.to_vec()));
        Ok(Some(Stored { path: changed.path.clone(), before: before.into_iter().collect() }))
    }
}

/// The tree to compare with; none before the first commit.
fn head_tree(repository: &Repository, objects: &Objects) -> Result<Option<gix::ObjectId>, SourceError> {
    let failed = |what: String, error: &ObjectError| SourceError::Repository {
        what,
        reason: format!("it {error}"),
        remedy: "`git fsck` says what else is wrong; `git fetch` may bring it back".into(),
    };
    let Some(commit) = repository.head()? else { return Ok(None) };
    let tree = objects.tree_of(&commit).map_err(|error| failed(format!("commit {commit}, which is HEAD"), &error))?;
    if !tree.is_empty_tree() {
        objects.size(&tree).map_err(|error| failed(format!("tree {tree} of HEAD"), &error))?;
    }
    Ok(Some(tree))
}

/// The comparison depends on the order that git writes.
fn refuse_disorder(repository: &Repository, index: &gix::index::State) -> Result<(), SourceError> {
    let place = |entry: &gix::index::Entry| (entry.path(index), entry.stage_raw());
    if index.entries().windows(2).all(|pair| place(&pair[0]) < place(&pair[1])) {
        return Ok(());
    }
    Err(repository.damaged_index("its entries are not in order"))
}

fn no_index(repository: &Repository) -> SourceError {
    SourceError::Repository {
        what: format!("the index {}", repository.index_path().display()),
        reason: "there is no such file".into(),
        remedy: if repository.top().is_some() {
            "GIT_INDEX_FILE names it".into()
        } else {
            "This is a bare repository, where nothing is staged; use `keysieve scan PATH` for plain folders".into()
        },
    }
}
