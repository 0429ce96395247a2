//! The outbox and the ledger: a SQLite file that several processes may use at once.
//!
//! Every change is one transaction, with what the audit log is to say of it. Knows nothing of sending. All times are milliseconds since
//! 1970, and come from the caller.

mod change;
mod claim;
mod enqueue;
mod error;
mod journal;
mod lookup;
mod owned;
mod query;
mod schema;
mod settle;
#[cfg(test)]
pub mod tests;
mod vault;

use std::path::{Path, PathBuf};

use rusqlite::{Connection, OpenFlags, Transaction, TransactionBehavior};

pub use change::{Closed, Who};
pub use claim::{Claim, Lease, Mode, Wait};
pub use enqueue::{Enqueued, Given};
pub use error::OutboxError;
pub use lookup::Found;
pub use owned::Right;
pub use query::{Counts, EventRow, ExposureRow, State, TargetRow};
pub use settle::{Answer, AnswerState, Outcome, Settled};

/// Milliseconds to wait for another process that writes.
const BUSY_MS: u64 = 15_000;

/// Column values of an event that needs its secret no longer; of one that never had any it stays as it is.
const ERASED: &str = "sealed = CASE WHEN sealed IS NULL THEN NULL ELSE x'' END";

/// An open state file.
pub struct Outbox {
    connection: Connection,
    path: PathBuf,
}

impl Outbox {
    /// Opens the file at `path`, and makes it, for its owner alone, if it is not there. Its folder must be there.
    ///
    /// # Errors
    /// It cannot be read or written, is damaged, is held by another process, or is of another program or of a newer version.
    pub fn open(path: &Path) -> Result<Self, OutboxError> {
        schema::create_private(path).map_err(|error| OutboxError::io(path, &error))?;
        Self::opened(path)
    }

    /// The same for a file that is there; none if there is none.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub fn open_existing(path: &Path) -> Result<Option<Self>, OutboxError> {
        match path.symlink_metadata() {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(OutboxError::io(path, &error)),
            Ok(_) => Self::opened(path).map(Some),
        }
    }

    fn opened(path: &Path) -> Result<Self, OutboxError> {
        if !path.is_file() {
            return Err(OutboxError::NoFile { path: path.to_owned() });
        }
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let opened = Connection::open_with_flags(path, flags).and_then(|mut connection| {
            schema::prepare(&mut connection, BUSY_MS)?;
            Ok(connection)
        });
        match opened {
            Ok(connection) => {
                let outbox = Self { connection, path: path.to_owned() };
                outbox.check_version()?;
                Ok(outbox)
            }
            Err(error) => Err(OutboxError::of(path, error)),
        }
    }

    fn check_version(&self) -> Result<(), OutboxError> {
        let (application, version) = self.told(schema::identity(&self.connection))?;
        match () {
            () if application != schema::APPLICATION => Err(OutboxError::Foreign { path: self.path.clone() }),
            () if version > schema::VERSION => Err(OutboxError::Newer { path: self.path.clone(), version }),
            () => Ok(()),
        }
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Where its audit log is.
    pub fn log_path(&self) -> PathBuf {
        let mut name = self.path.file_name().unwrap_or_default().to_owned();
        name.push(".audit.jsonl");
        self.path.with_file_name(name)
    }

    /// Runs `change` in a transaction that has the right to write from the start on.
    fn write<T>(&mut self, change: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<T>) -> Result<T, OutboxError> {
        let path = &self.path;
        let done = self.connection.transaction_with_behavior(TransactionBehavior::Immediate).and_then(|transaction| {
            let value = change(&transaction)?;
            transaction.commit()?;
            Ok(value)
        });
        done.map_err(|error| OutboxError::of(path, error))
    }

    fn told<T>(&self, result: rusqlite::Result<T>) -> Result<T, OutboxError> {
        result.map_err(|error| OutboxError::of(&self.path, error))
    }
}
