//! Why the outbox could not be used, and what to do about it.

use std::path::{Path, PathBuf};

use rusqlite::ErrorCode;

/// `SQLITE_IOERR_SHMSIZE`: the file that processes share beside the database cannot be made large enough.
const NO_ROOM_BESIDE: i32 = 4_874;

/// Why the outbox could not be used. Nothing was half done: each change is a transaction.
#[derive(Debug, thiserror::Error)]
pub enum OutboxError {
    /// Another process writes.
    #[error("{}: another process has been writing to the state file for 15 s; try again, or end that process", path.display())]
    Busy {
        /// The file.
        path: PathBuf,
    },
    /// It is no database, or one that is broken.
    #[error(
        "{}: the state file is damaged ({why}); move it away and restore it from a backup, or begin with a new one: receivers know repeated \
         events by their ids",
        path.display()
    )]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        why: &'static str,
    },
    /// It may not be written.
    #[error("{}: the state file or its folder cannot be written; name another one with --state", path.display())]
    ReadOnly {
        /// The file.
        path: PathBuf,
    },
    /// There is no room.
    #[error("{}: there is no room left for the state file; nothing was changed", path.display())]
    Full {
        /// The file.
        path: PathBuf,
    },
    /// A newer keysieve made it.
    #[error("{}: the state file is of version {version}, which a newer keysieve made; use that one, or name another file with --state", path.display())]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its version.
        version: i64,
    },
    /// Another program made it.
    #[error("{}: this is a database of another program; name another file with --state", path.display())]
    Foreign {
        /// The file.
        path: PathBuf,
    },
    /// There is something else in its place.
    #[error("{}: the state is a file, and this is none; name another one with --state", path.display())]
    NoFile {
        /// What is there.
        path: PathBuf,
    },
    /// What should be the key of the state file is none.
    #[error("{}: this is no key of a state file; restore it, or move it away: secrets that wait to be sent are then found again by a scan", path.display())]
    Key {
        /// The file.
        path: PathBuf,
    },
    /// Anything else.
    #[error("{}: the state file cannot be used: {why}", path.display())]
    Other {
        /// The file.
        path: PathBuf,
        /// What the system says.
        why: String,
    },
}

impl OutboxError {
    pub(super) fn of(path: &Path, error: rusqlite::Error) -> Self {
        let path = path.to_owned();
        let failure = error.sqlite_error();
        match failure.map(|failure| failure.code) {
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Busy { path },
            Some(ErrorCode::DatabaseCorrupt) => Self::Damaged { path, why: "its content contradicts itself" },
            Some(ErrorCode::NotADatabase) => Self::Damaged { path, why: "it is no database" },
            Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied | ErrorCode::CannotOpen) => Self::ReadOnly { path },
            Some(ErrorCode::DiskFull) => Self::Full { path },
            Some(ErrorCode::SystemIoFailure) if failure.is_some_and(|failure| failure.extended_code == NO_ROOM_BESIDE) => {
                Self::Full { path }
            }
            _ => Self::Other { path, why: error.to_string() },
        }
    }

    pub(super) fn io(path: &Path, error: &std::io::Error) -> Self {
        let path = path.to_owned();
        match error.kind() {
            std::io::ErrorKind::PermissionDenied | std::io::ErrorKind::ReadOnlyFilesystem => Self::ReadOnly { path },
            std::io::ErrorKind::StorageFull => Self::Full { path },
            _ => Self::Other { path, why: error.to_string() },
        }
    }
}
