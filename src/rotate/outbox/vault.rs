//! The key beside the state file. What has to be sent as it is waits sealed with it, so that the state file alone gives no secret away.

use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Read as _, Write as _};
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use super::{Outbox, OutboxError};
use crate::rotate::seal::Key;

/// Longest key file, in bytes.
const LONGEST: u64 = 1_000;

impl Outbox {
    /// Where the key is: `STATE.key`.
    pub fn key_path(&self) -> PathBuf {
        let mut name = self.path.file_name().unwrap_or_default().to_owned();
        name.push(".key");
        self.path.with_file_name(name)
    }

    /// The key; none if there is none yet.
    ///
    /// # Errors
    /// It cannot be read, or the file holds something else.
    pub fn key(&self) -> Result<Option<Key>, OutboxError> {
        let path = self.key_path();
        let mut text = Zeroizing::new(String::new());
        let read = fs::File::open(&path).and_then(|file| file.take(LONGEST).read_to_string(&mut text));
        match read {
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(OutboxError::io(&path, &error)),
            Ok(_) => Key::read(&text).map(Some).ok_or(OutboxError::Key { path }),
        }
    }

    /// The key, which is made, for its owner alone, if there is none.
    ///
    /// # Errors
    /// It can neither be read nor written.
    pub fn key_or_new(&self) -> Result<Key, OutboxError> {
        if let Some(key) = self.key()? {
            return Ok(key);
        }
        let path = self.key_path();
        write(&path, &Key::generate()).map_err(|error| OutboxError::io(&path, &error))?;
        // Another process may have been faster: then that one's counts.
        self.key()?.ok_or(OutboxError::Key { path })
    }

    /// Empties the write-ahead log, in which erased pages can still stand.
    pub fn empty_log(&self) {
        // A reader that is in its way does the same when it ends.
        let _ = self.connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()));
    }
}

/// Writes `key` to a file of its own, whole, and gives it its name if that is still free.
fn write(path: &Path, key: &Key) -> std::io::Result<()> {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.tmp", key.name()));
    let beside = path.with_file_name(name);
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let done = options.open(&beside).and_then(|mut file| {
        file.write_all(key.written().as_bytes())?;
        file.sync_all()
    });
    let done = done.and_then(|()| match fs::hard_link(&beside, path) {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
        other => other,
    });
    let _ = fs::remove_file(&beside);
    done
}
