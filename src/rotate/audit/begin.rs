//! A log after another: the old one is kept under a name with the time, and the first entry of the new one says what it was.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::LogError;
use crate::rotate::time;

/// What the first entry of a log is called that follows another one.
pub const BEGUN: &str = "log-begun";

/// A log that was set aside, as the first entry of the next one tells it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Before {
    /// Name of its file, beside the log; none if it was gone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// Number of its entries that were fine.
    pub entries: u64,
    /// SHA-256 of the whole file, in hex; none if it was gone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
    /// What was wrong with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wrong: Option<String>,
}

/// A name beside `log` that nothing has yet: `x.audit.jsonl` becomes `x.audit.20260131T140000Z.jsonl`.
pub fn aside(log: &Path, now_ms: i64) -> PathBuf {
    let stamp: String = time::written(now_ms).chars().filter(|c| c.is_ascii_alphanumeric()).collect();
    let (mut stem, extension) = (log.file_stem().unwrap_or_default().to_owned(), log.extension().unwrap_or_default());
    stem.push(format!(".{stamp}"));
    let named = |more: &str| {
        let mut name = stem.clone();
        name.push(more);
        name.push(".");
        name.push(extension);
        log.with_file_name(name)
    };
    let is_free = |path: &PathBuf| path.symlink_metadata().is_err();
    std::iter::once(named("")).chain((2..1_000).map(|number| named(&format!("-{number}")))).find(is_free).unwrap_or_else(|| named("-more"))
}

/// Renames `log` to `to`, unless that was done before.
///
/// # Errors
/// It cannot be renamed.
pub fn set_aside(log: &Path, to: &Path) -> Result<(), LogError> {
    if to.symlink_metadata().is_ok() {
        return Ok(());
    }
    match std::fs::rename(log, to) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(LogError::Io { path: log.to_owned(), why: error.to_string() }),
        _ => Ok(()),
    }
}

/// SHA-256 of a whole file, in hex.
///
/// # Errors
/// It cannot be read.
pub fn digest(path: &Path) -> std::io::Result<String> {
    let mut file = std::fs::File::open(path)?;
    let mut hash = Sha256::new();
    let mut buffer = vec![0; 64 << 10];
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(data_encoding::HEXLOWER.encode(&hash.finalize())),
            read => hash.update(&buffer[..read]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_aside_is_free_and_says_when() {
        let folder = tempfile::tempdir().expect("because the temporary folder can be written");
        let log = folder.path().join("state.sqlite.audit.jsonl");
        let first = aside(&log, 1_769_868_000_000);
        assert_eq!(first, folder.path().join("state.sqlite.audit.20260131T140000Z.jsonl"));
        std::fs::write(&log, "x").expect("because it can be written");
        set_aside(&log, &first).expect("because it can be renamed");
        assert!(!log.exists() && set_aside(&log, &first).is_ok());
        assert_eq!(aside(&log, 1_769_868_000_000), folder.path().join("state.sqlite.audit.20260131T140000Z-2.jsonl"));
    }
}
