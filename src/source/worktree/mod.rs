//! Files and folders as they are on disk now.
//!
//! Lists with the rules of git for ignored files, except that a file that git tracks is listed in any case. Knows nothing of commits
//! or of what has changed.

mod folder;
mod ignored;
mod roots;
mod stored;
mod tracked;
mod walk;

#[cfg(test)]
mod tests;
#[cfg(all(test, unix))]
mod tests_unix;

use std::borrow::Cow;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

pub(crate) use roots::cleaned;

use super::file::{self, FileRead, Links};
use super::repository::GitEnvironment;
use super::{Item, Listed, Origin, Source, SourceError, Stored, limit, names};
use crate::coverage::Gap;
pub use stored::StoredFiles;

/// Folders and files to scan.
///
/// Ignore rules come from `.gitignore` and `.ignore` files, from `info/exclude` of the repository and from the user's excludes file,
/// and count outside of repositories too. `.ignore` files win over the others; apart from that the order is git's. Rules of folders
/// above a root count up to the top of the repository, and not at all outside of one. A root itself is never ignored. Hidden files
/// are listed; what is called `.git` below a root is not; other repositories inside of a root are.
#[derive(Clone, Debug)]
pub struct Worktree {
    /// What to scan, as the user named it. Relative to the current directory. None means that nothing is scanned.
    pub roots: Vec<PathBuf>,
    /// Whether files that ignore rules leave out are listed too.
    pub include_ignored: bool,
    /// Files with more bytes than this are reported and not read.
    pub max_file_size: u64,
    /// Where git keeps what decides over ignored files.
    pub git: GitEnvironment,
    /// What git stores of the files, as far as it was asked for; empty to begin with.
    pub stored: StoredFiles,
}

/// A file or link found below a root.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorktreeEntry {
    path: PathBuf,
    kind: EntryKind,
}

/// What an entry was when it was listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum EntryKind {
    /// A regular file found in a folder.
    File,
    /// A regular file, or a link to one, that the user named.
    NamedFile,
    /// A symbolic link found in a folder.
    Symlink,
}

impl Source for Worktree {
    type Entry = WorktreeEntry;

    fn list(&self, each: &mut dyn FnMut(Listed<WorktreeEntry>)) -> Result<(), SourceError> {
        let roots = roots::resolve(&self.roots, each)?;
        walk::Walk::new(self, &roots, each).run();
        Ok(())
    }

    fn name(&self, entry: &WorktreeEntry) -> String {
        shown(&entry.path)
    }

    fn path<'e>(&self, entry: &'e WorktreeEntry) -> Option<Cow<'e, [u8]>> {
        Some(names::bytes(&entry.path))
    }

    fn read<'b>(&self, entry: &WorktreeEntry, buffer: &'b mut Vec<u8>) -> Result<Option<Item<'b>>, Gap> {
        let links = match entry.kind {
            EntryKind::Symlink => return read_link(&entry.path, buffer),
            EntryKind::File => Links::Refuse,
            EntryKind::NamedFile => Links::Follow,
        };
        match file::read(&entry.path, links, self.max_file_size, buffer) {
            Ok(FileRead::Whole(length)) => Ok(Some(item(&entry.path, Origin::File, &buffer[..length]))),
            Ok(FileRead::Gone) => Ok(None),
            Ok(FileRead::TooLarge) => Err(limit::too_large(shown(&entry.path), self.max_file_size)),
            Ok(FileRead::NotAFile) => {
                Err(Gap::new(shown(&entry.path), "was replaced by something that is not a regular file", "scan again"))
            }
            Err(error) => Err(unreadable(&entry.path, &error)),
        }
    }

    fn stored(&self, entry: &WorktreeEntry) -> Result<Option<Stored>, Gap> {
        if entry.kind == EntryKind::Symlink {
            return Ok(None);
        }
        let path = self.stored.path_of(&entry.path, &self.git)?;
        Ok(path.map(|path| Stored { path, before: Vec::new() }))
    }
}

fn read_link<'b>(path: &Path, buffer: &'b mut Vec<u8>) -> Result<Option<Item<'b>>, Gap> {
    match fs::read_link(path) {
        Ok(target) => {
            buffer.clear();
            buffer.extend_from_slice(&names::bytes(&target));
            Ok(Some(item(path, Origin::SymlinkTarget, buffer)))
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(unreadable(path, &error)),
    }
}

fn item<'b>(path: &Path, origin: Origin, bytes: &'b [u8]) -> Item<'b> {
    Item { bytes, path: names::bytes(path).into_owned(), origin, added_lines: None }
}

/// The gap for a file or folder that the system does not let us read.
fn unreadable(path: &Path, error: &io::Error) -> Gap {
    Gap::new(shown(path), format!("cannot be read: {error}"), "check its permissions")
}

fn shown(path: &Path) -> String {
    names::shown(&names::bytes(path))
}
