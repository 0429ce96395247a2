//! The audit log: one JSON object a line, each with the hash of the line before, so that nothing can be changed or taken out unseen.
//!
//! `prev` of a line is the SHA-256 of all bytes of the line before it, without its line feed, in hex; of the first one 64 zeros. A log that
//! follows another one begins with an entry `log-begun`, whose `prev` is the last hash of that one. Knows nothing of what else the entries
//! are about. Secrets are in it by their fingerprints alone.

mod append;
mod begin;
mod verify;
mod walk;

use std::path::PathBuf;

use sha2::{Digest as _, Sha256};

use super::outbox::OutboxError;

pub use append::append;
pub use begin::{BEGUN, Before, aside, digest, set_aside};
pub use verify::{Follows, Verified, verify};
pub use walk::{Walked, walk};

/// Longest line that is read, in bytes.
const LONGEST_LINE: usize = 64 << 10;

/// Where a log ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// Number of the last entry.
    pub seq: i64,
    /// Hash of its line.
    pub hash: String,
}

/// Why a log could not be written or is not whole.
#[derive(Debug, thiserror::Error)]
pub enum LogError {
    /// It is there no more, or no longer ends where it ended.
    #[error(
        "{}: the audit log was changed from outside: {why}; restore it from a copy, or begin a new one with `keysieve rotate new-log`. \
         What is new stays in the state file until then, and nothing is lost",
        path.display()
    )]
    Changed {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// It cannot be read or written.
    #[error("{}: the audit log cannot be written: {why}; what is new stays in the state file until then", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system says.
        why: String,
    },
    /// The outbox could not be used.
    #[error(transparent)]
    Outbox(Box<OutboxError>),
}

/// Hash of a line without its line feed.
fn hash(line: &[u8]) -> String {
    data_encoding::HEXLOWER.encode(&Sha256::digest(line))
}

/// What stands in place of a hash in the first line.
pub fn nothing() -> String {
    "0".repeat(64)
}

/// Number of the entry in `line`.
fn number(line: &[u8]) -> Option<i64> {
    #[derive(serde::Deserialize)]
    struct Numbered {
        seq: i64,
    }
    serde_json::from_slice::<Numbered>(line).ok().map(|entry| entry.seq)
}
