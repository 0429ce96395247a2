//! A baseline on disk: read with a limit, replaced as a whole, by one process at a time.

use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};

use keysieve::exceptions::baseline::{Baseline, LARGEST};

/// How long to wait for another process that writes the same baseline.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long to wait before looking again.
const PAUSE: Duration = Duration::from_millis(20);

/// Reads a baseline.
///
/// # Errors
/// It is not there, is no regular file, or is not a whole baseline.
pub fn read(path: &Path) -> anyhow::Result<Baseline> {
    let name = || path.display().to_string();
    let meta = match std::fs::metadata(path) {
        Ok(meta) => meta,
        Err(error) if error.kind() == ErrorKind::NotFound => {
            bail!("{}: there is no such baseline; `keysieve baseline create` makes one", name())
        }
        Err(error) => return Err(error).with_context(name),
    };
    anyhow::ensure!(meta.is_file(), "{}: not a regular file", name());
    let mut bytes = Vec::new();
    File::open(path).and_then(|file| file.take(LARGEST as u64 + 1).read_to_end(&mut bytes)).with_context(name)?;
    Baseline::parse(&bytes).with_context(name)
}

/// The right to replace a file, which one process at a time can have.
pub struct Locked {
    path: PathBuf,
    /// Holds the right by being there, and becomes the file.
    lock: PathBuf,
    file: Option<File>,
}

impl Locked {
    /// Waits for the right to replace `path`.
    ///
    /// # Errors
    /// Another process does not let go of it, or nothing can be written there.
    pub fn take(path: &Path) -> anyhow::Result<Self> {
        // A link stays one.
        let path = path.canonicalize().unwrap_or_else(|_| path.to_owned());
        let mut name = path.file_name().context("a baseline must have a name")?.to_owned();
        name.push(".lock");
        let lock = path.with_file_name(name);
        let began = Instant::now();
        loop {
            match OpenOptions::new().write(true).create_new(true).open(&lock) {
                Ok(file) => return Ok(Self { path, lock, file: Some(file) }),
                Err(error) if error.kind() == ErrorKind::AlreadyExists && began.elapsed() < PATIENCE => std::thread::sleep(PAUSE),
                Err(error) if error.kind() == ErrorKind::AlreadyExists => bail!(
                    "{}: another process is writing the baseline; if none is, one was interrupted: remove this file and try again",
                    lock.display()
                ),
                Err(error) => return Err(error).with_context(|| format!("cannot write {}", lock.display())),
            }
        }
    }

    /// Puts `text` in the place of the file: whoever reads it has all of the old text or all of the new one.
    ///
    /// # Errors
    /// It cannot be written; the file is as it was.
    pub fn replace(mut self, text: &str) -> anyhow::Result<()> {
        let mut file = self.file.take().context("a lock is used once")?;
        let permissions = std::fs::metadata(&self.path).ok().map(|meta| meta.permissions());
        let written = file.write_all(text.as_bytes()).and_then(|()| {
            if let Some(permissions) = permissions {
                file.set_permissions(permissions)?;
            }
            file.sync_all()
        });
        drop(file);
        let replaced = written.and_then(|()| std::fs::rename(&self.lock, &self.path));
        replaced.with_context(|| format!("cannot write {}; it is as it was", self.path.display()))?;
        // The name is the file's now, or another process's: nothing is left to remove.
        self.lock = PathBuf::new();
        Ok(())
    }
}

impl Drop for Locked {
    fn drop(&mut self) {
        if !self.lock.as_os_str().is_empty() {
            // Windows removes no file that is open.
            self.file = None;
            let _ = std::fs::remove_file(&self.lock);
        }
    }
}
