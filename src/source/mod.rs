//! Where bytes come from: a working tree, the index, a range of commits, standard input.
//!
//! All file and git reading happens here, and nothing is ever written or started. A source knows nothing of rules, findings or threads:
//! it lists cheap entries from one thread, and turns an entry into bytes on whichever thread asks.

use std::borrow::Cow;
use std::path::Path;

use crate::coverage::{Gap, Skip};
pub use limit::too_large;
pub use sha1::sha1_hex;

pub mod commit_files;
pub mod committed;
mod diff;
pub mod excludes;
mod file;
pub mod history;
mod limit;
pub(crate) mod names;
pub mod range;
pub mod repository;
mod sha1;
pub mod staged;
pub mod stdin;
pub mod worktree;

#[cfg(test)]
mod testing;

/// Somewhere to read items from.
pub trait Source: Sync {
    /// A cheap description of one item, such as its path, made while listing.
    type Entry: Send;

    /// Lists all entries, in any order, and everything that is left out or cannot be listed. One bad folder does not end the listing.
    ///
    /// # Errors
    /// Only when nothing at all can be listed: the path is not there, it is not a repository, the index is corrupt.
    fn list(&self, each: &mut dyn FnMut(Listed<Self::Entry>)) -> Result<(), SourceError>;

    /// The entry as messages name it, without reading it.
    fn name(&self, entry: &Self::Entry) -> String;

    /// The path of the entry as reports name it, without reading it; none for what has no path, such as a commit's message.
    fn path<'e>(&self, _entry: &'e Self::Entry) -> Option<Cow<'e, [u8]>> {
        None
    }

    /// Reads one entry. `buffer` is reused between calls on one thread; its old content means nothing.
    ///
    /// # Errors
    /// What could not be read, with the reason and the remedy. `Ok(None)` when the entry is gone and so nothing is left to scan.
    fn read<'b>(&self, entry: &Self::Entry, buffer: &'b mut Vec<u8>) -> Result<Option<Item<'b>>, Gap>;

    /// As [`Item::added_lines`], for a source that finds them at a cost. Asked only for an item in which something was found, with its
    /// bytes: most hold nothing, and comparing two texts takes longer than scanning one.
    fn added_lines(&self, _entry: &Self::Entry, _bytes: &[u8]) -> Option<Vec<std::ops::Range<u32>>> {
        None
    }

    /// What git stores an entry as; `None` for what it does not store as a file. Asked only for a file whose name calls for it, because it
    /// may take a look into the index.
    ///
    /// # Errors
    /// There is a repository, and it does not say what it tracks.
    fn stored(&self, _entry: &Self::Entry) -> Result<Option<Stored>, Gap> {
        Ok(None)
    }
}

/// A file as git stores it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    /// Path from the top of its repository, `/` between parts.
    pub path: Vec<u8>,
    /// Where a change brings the file: what stood at that path before it, for each side of the change that had something there.
    pub before: Vec<Vec<u8>>,
}

/// Reads a regular file of at most `limit` bytes, through a symbolic link only if told to; none if it is not there.
///
/// # Errors
/// Why it cannot be read.
pub fn read_bounded(path: &Path, follow_links: bool, limit: u64) -> Result<Option<Vec<u8>>, String> {
    let links = if follow_links { file::Links::Follow } else { file::Links::Refuse };
    let mut buffer = Vec::new();
    match file::read(path, links, limit, &mut buffer) {
        Ok(file::FileRead::Whole(length)) => {
            buffer.truncate(length);
            Ok(Some(buffer))
        }
        Ok(file::FileRead::Gone) => Ok(None),
        Ok(file::FileRead::TooLarge) => Err(format!("it is larger than {} KiB", limit >> 10)),
        Ok(file::FileRead::NotAFile) => Err("it is not a regular file".to_owned()),
        Err(error) => Err(error.to_string()),
    }
}

/// One step of a listing.
#[derive(Debug)]
pub enum Listed<E> {
    /// An item to read and scan.
    Entry(E),
    /// Left out on purpose.
    Skip(Skip),
    /// Asked for but impossible to scan.
    Gap(Gap),
}

/// Bytes to scan, and where they stand.
#[derive(Debug)]
pub struct Item<'b> {
    /// The content.
    pub bytes: &'b [u8],
    /// Path relative to the root that the user named (or to the top of the worktree), `/` between parts, as raw bytes.
    pub path: Vec<u8>,
    /// What kind of content it is.
    pub origin: Origin,
    /// Lines (from 1, half-open, sorted, not touching) that count; a finding must touch one of them. `None`: all count.
    pub added_lines: Option<Vec<std::ops::Range<u32>>>,
}

/// What kind of content an item is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// A file in a working tree.
    File,
    /// A blob that the index holds, with its object id in hex.
    Staged { blob: String },
    /// Standard input.
    Stdin,
    /// The text a symbolic link in a working tree points to.
    SymlinkTarget,
    /// Something that the history of a repository holds.
    History {
        /// What of it.
        part: HistoryPart,
        /// Object id of the blob in hex, if it stands in one.
        blob: Option<String>,
        /// Object id in hex of the commit or tag that brought it, if known.
        commit: Option<String>,
    },
}

/// What of a history an item is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum HistoryPart {
    /// Content of a file.
    Blob,
    /// Where a symbolic link points.
    SymlinkTarget,
    /// Content of a note.
    Note,
    /// A commit's message.
    CommitMessage,
    /// A tag's message.
    TagMessage,
    /// Name and e-mail of an author, committer or tagger.
    Person,
    /// Name of a file or folder.
    FileName,
}

/// Why a source cannot be scanned at all. Exit code 2.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SourceError {
    /// The named path does not exist or cannot be opened.
    #[error("cannot scan {path}: {reason}")]
    Path {
        /// As the user gave it.
        path: String,
        /// The system's words.
        reason: String,
    },
    /// No such commit, branch or tag.
    #[error("cannot scan revision {revision}: {reason}. {remedy}")]
    Revision {
        /// As the user wrote it.
        revision: String,
        /// What it does not name.
        reason: String,
        /// What the user can do.
        remedy: String,
    },
    /// There is no git repository where one is needed.
    #[error("{path} is not in a git repository: {reason}. Run this inside a repository, or use `keysieve scan PATH` for plain folders")]
    NotARepository {
        /// Where the search began.
        path: String,
        /// What git's rules say.
        reason: String,
    },
    /// The repository is there but a part of it that everything depends on cannot be read.
    #[error("cannot read {what}: {reason}. {remedy}")]
    Repository {
        /// The index, HEAD or an object, by path or id.
        what: String,
        /// What went wrong.
        reason: String,
        /// What the user can do.
        remedy: String,
    },
}
