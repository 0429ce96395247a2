//! Files that ignore rules leave out and that git tracks all the same.
//!
//! What is tracked gets committed and pushed, so it must be scanned, whatever the rules say. A submodule in an ignored folder stays
//! left out: git tracks its commit, not its files. Reads the index and nothing else of the repository.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

use gix::index::entry::Mode;

use super::{EntryKind, WorktreeEntry};
use crate::coverage::Gap;
use crate::source::repository::Repository;
use crate::source::{Listed, SourceError, names};

/// One repository that was walked through, wholly or in part, and what was ignored in it.
pub(super) struct Tracked {
    repository: Repository,
    /// Path of the walked folder from the repository's top, with its last `/`; empty for the top itself.
    below_top: Vec<u8>,
    /// The walked folder as reported.
    folder: PathBuf,
    /// Paths from the repository's top that rules left out, folders with a last `/`; nothing below a left out folder.
    ignored: Vec<Vec<u8>>,
}

impl Tracked {
    /// `below_top` leads from the repository's top to `folder`, which is a path as reported.
    pub(super) fn new(repository: Repository, below_top: &Path, folder: PathBuf) -> Self {
        let mut below_top = names::bytes(below_top).into_owned();
        if !below_top.is_empty() {
            below_top.push(b'/');
        }
        Self { repository, below_top, folder, ignored: Vec::new() }
    }

    /// Notes a path, from the repository's top, that rules left out.
    pub(super) fn ignored(&mut self, path: &[u8], is_folder: bool) {
        let mut path = path.to_vec();
        if is_folder {
            path.push(b'/');
        }
        self.ignored.push(path);
    }

    /// Lists what is tracked of it, except what is one of the roots in `separate`, which are real paths. Returns how many there are.
    pub(super) fn list(mut self, separate: &HashSet<Vec<u8>>, each: &mut dyn FnMut(Listed<WorktreeEntry>)) -> u64 {
        if self.ignored.is_empty() {
            return 0;
        }
        let index = match self.repository.index() {
            Ok(Some(index)) => index,
            Ok(None) => return 0,
            Err(error) => {
                each(Listed::Gap(gap(error)));
                return 0;
            }
        };
        self.ignored.sort_unstable();
        let mut listed = 0;
        let mut parents = Parents::default();
        let mut last: &[u8] = b"";
        for entry in index.entries() {
            let path: &[u8] = entry.path(&index);
            // The sides of a conflict are several entries for one file.
            if std::mem::replace(&mut last, path) == path || matches!(entry.mode, Mode::COMMIT | Mode::DIR) {
                continue;
            }
            if self.is_ignored(path)
                && let Some(entry) = self.entry(path, &mut parents)
                && !self.is_separate(path, separate)
            {
                each(Listed::Entry(entry));
                listed += 1;
            }
        }
        listed
    }

    /// Whether rules left the path out, itself or with a folder it is in. With the last `/` of folders nothing else sorts between a
    /// folder and what is in it.
    fn is_ignored(&self, path: &[u8]) -> bool {
        let after = self.ignored.partition_point(|ignored| ignored.as_slice() <= path);
        let Some(ignored) = after.checked_sub(1).map(|at| self.ignored[at].as_slice()) else { return false };
        ignored == path || (ignored.ends_with(b"/") && path.starts_with(ignored))
    }

    /// The entry for a tracked path, when it is a file or link on disk, reached without following links. An index is foreign input:
    /// its paths must not lead out of the folder.
    fn entry(&self, path: &[u8], parents: &mut Parents) -> Option<WorktreeEntry> {
        let below = path.strip_prefix(self.below_top.as_slice())?;
        let is_plain = |part: &[u8]| !matches!(part, b"" | b"." | b"..") && !part.eq_ignore_ascii_case(b".git");
        if !below.split(|&byte| byte == b'/').all(is_plain) || (cfg!(windows) && below.iter().any(|byte| b"\\:".contains(byte))) {
            return None;
        }
        let below = names::path(below);
        if !parents.are_folders(&self.folder, below.parent().unwrap_or(Path::new(""))) {
            return None;
        }
        let path = self.folder.join(&below);
        let kind = fs::symlink_metadata(&path).ok()?.file_type();
        let kind = match () {
            () if kind.is_file() => EntryKind::File,
            () if kind.is_symlink() => EntryKind::Symlink,
            () => return None,
        };
        Some(WorktreeEntry { path, kind })
    }

    fn is_separate(&self, path: &[u8], separate: &HashSet<Vec<u8>>) -> bool {
        if separate.is_empty() {
            return false;
        }
        let Some(top) = self.repository.top().and_then(|top| top.canonicalize().ok()) else { return false };
        // Only what is below the walked folder: the folder itself is one of the roots.
        let full = top.join(names::path(path));
        let levels = path[self.below_top.len()..].split(|&byte| byte == b'/').count();
        full.ancestors().take(levels).any(|above| separate.contains(&*names::bytes(above)))
    }
}

/// Remembers the last folder that was found to be reached without links: the index is sorted, so it is asked again and again.
#[derive(Default)]
struct Parents {
    last: Option<(PathBuf, bool)>,
}

impl Parents {
    fn are_folders(&mut self, base: &Path, below: &Path) -> bool {
        if let Some((_, known)) = self.last.as_ref().filter(|(path, _)| path == below) {
            return *known;
        }
        let mut folders = below.ancestors().filter(|folder| !folder.as_os_str().is_empty());
        let known = folders.all(|folder| fs::symlink_metadata(base.join(folder)).is_ok_and(|meta| meta.is_dir()));
        self.last = Some((below.to_owned(), known));
        known
    }
}

/// The gap for a repository that does not say what it tracks.
pub(super) fn gap(error: SourceError) -> Gap {
    match error {
        SourceError::Repository { what, reason, remedy } => {
            Gap::new(what, format!("{reason}; which files git tracks is not known, those that are ignored were not looked for"), remedy)
        }
        other => Gap::new("the repository", other.to_string(), "scan with --include-ignored"),
    }
}
