//! Keeps what scans of histories learned in the user's cache folder.

use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};

use keysieve::run::{Cache, CacheKey};

/// Largest cache that is read or kept, in bytes.
const LARGEST: u64 = 2 << 30;

/// A folder with a file for each repository.
pub struct HistoryCache {
    folder: PathBuf,
}

impl HistoryCache {
    /// The one in the user's cache folder; none if there is no such folder.
    pub fn of_user() -> Option<Box<dyn Cache>> {
        let folder = user_cache()?.join("keysieve").join("history");
        Some(Box::new(Self { folder }))
    }

    /// The file for a repository. None if it would lie in the repository itself or in the one around it, where nothing is ever written.
    fn file(&self, key: CacheKey<'_>) -> Option<PathBuf> {
        let repository = fs::canonicalize(key.repository).ok()?;
        let worktree = repository.parent().filter(|_| repository.file_name().is_some_and(|name| name == ".git"));
        let existing = self.folder.ancestors().find(|folder| folder.exists())?;
        let folder = fs::canonicalize(existing).ok()?;
        let place = fs::canonicalize(key.place).ok()?;
        if folder.starts_with(worktree.unwrap_or(&repository)) || folder.starts_with(place) {
            return None;
        }
        let digest = Sha256::digest(repository.as_os_str().as_encoded_bytes());
        Some(self.folder.join(format!("{}.bin", data_encoding::HEXLOWER.encode(&digest[..16]))))
    }

    fn try_save(&self, file: &Path, learned: &[u8]) -> std::io::Result<()> {
        fs::create_dir_all(&self.folder)?;
        // Another scan may be writing at the same time; who is done last wins.
        let draft = file.with_extension(format!("{}.tmp", std::process::id()));
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let written = options.open(&draft).and_then(|mut out| out.write_all(learned)).and_then(|()| fs::rename(&draft, file));
        if written.is_err() {
            let _ = fs::remove_file(&draft);
        }
        written
    }
}

impl Cache for HistoryCache {
    fn load(&self, key: CacheKey<'_>) -> Option<Vec<u8>> {
        let file = self.file(key)?;
        let size = fs::metadata(&file).ok().filter(fs::Metadata::is_file)?.len();
        if size > LARGEST { None } else { fs::read(&file).ok() }
    }

    fn save(&self, key: CacheKey<'_>, learned: &[u8]) {
        // A full disk or a read-only home makes the next scan slower and changes nothing else.
        if let Some(file) = self.file(key).filter(|_| learned.len() as u64 <= LARGEST) {
            let _ = self.try_save(&file, learned);
        }
    }

    fn damaged(&self, key: CacheKey<'_>) {
        if let Some(file) = self.file(key) {
            anstream::eprintln!("note: the cache {} is damaged; the repository was scanned without it", file.display());
        }
    }
}

/// Where programs keep what they can make again, as the system's conventions say.
fn user_cache() -> Option<PathBuf> {
    let variable = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let absolute = |path: &PathBuf| path.is_absolute();
    if cfg!(windows) {
        return variable("LOCALAPPDATA").filter(absolute);
    }
    let home = || variable("HOME").filter(absolute);
    let standard = if cfg!(target_os = "macos") { "Library/Caches" } else { ".cache" };
    variable("XDG_CACHE_HOME").filter(absolute).or_else(|| Some(home()?.join(standard)))
}
