//! The folder of a plan: outside of the repository, for one user alone, never over what is there.

use std::ffi::OsString;
use std::io::Write as _;
use std::path::{Component, Path, PathBuf};

use anyhow::{Context as _, bail};

use keysieve::purge::{CALLBACKS_FILE, REPLACE_TEXT_FILE};
use keysieve::source::history::layout::Layout;

/// Every file that a plan may have.
const FILES: [&str; 4] = ["PLAN.md", "plan.json", CALLBACKS_FILE, REPLACE_TEXT_FILE];

/// A folder that may be written to, not made yet.
pub struct Folder(PathBuf);

/// A folder that is there.
pub struct Made<'f>(&'f Path);

impl Folder {
    /// Checks where `out` is, without making it.
    ///
    /// # Errors
    /// It is inside the repository, or not empty, or others may write to it.
    pub fn check(out: &Path, layout: &Layout, force: bool) -> anyhow::Result<Self> {
        let path = resolved(out).with_context(|| format!("cannot use {} as the folder of the plan", out.display()))?;
        refuse_inside(&path, layout)?;
        if path.exists() {
            if !path.is_dir() {
                bail!("{} is no folder", path.display());
            }
            let entries = std::fs::read_dir(&path).with_context(|| format!("cannot read {}", path.display()))?;
            if !force && entries.count() > 0 {
                bail!("{} is not empty; --force replaces the files of an earlier plan in it", path.display());
            }
            refuse_open(&path)?;
        }
        Ok(Self(path))
    }

    /// Its real path.
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// Makes it, or takes the files of an earlier plan out of it.
    ///
    /// # Errors
    /// It cannot be written, or is not where it was.
    pub fn create(&self, layout: &Layout) -> anyhow::Result<Made<'_>> {
        let path = &self.0;
        make(path).with_context(|| format!("cannot make {}", path.display()))?;
        // Somebody may have put a link in its place meanwhile.
        let real = path.canonicalize().with_context(|| format!("cannot find {}", path.display()))?;
        refuse_inside(&real, layout)?;
        for name in FILES {
            match std::fs::remove_file(path.join(name)) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                    return Err(error).with_context(|| format!("cannot replace {}", path.join(name).display()));
                }
                _ => {}
            }
        }
        Ok(Made(path))
    }
}

impl Made<'_> {
    /// Writes a new file that only its owner may read.
    ///
    /// # Errors
    /// It cannot be written, or is there.
    pub fn file(&self, name: &str, content: &[u8]) -> anyhow::Result<()> {
        let path = self.0.join(name);
        let written = private(&path).and_then(|mut file| {
            file.write_all(content)?;
            file.sync_all()
        });
        written.with_context(|| format!("cannot write {}", path.display()))
    }
}

/// The real path of something whose last parts need not be there.
fn resolved(path: &Path) -> anyhow::Result<PathBuf> {
    let absolute = std::path::absolute(path)?;
    let mut missing: Vec<OsString> = Vec::new();
    let mut there = absolute.as_path();
    // A link that leads nowhere is there, and has no real path.
    while there.symlink_metadata().is_err() {
        let last = match there.components().next_back() {
            Some(Component::Normal(last)) => last.to_owned(),
            _ => bail!("name it without `..`"),
        };
        missing.push(last);
        there = there.parent().context("no part of it is there")?;
    }
    let real = there.canonicalize().with_context(|| format!("{} leads nowhere", there.display()))?;
    Ok(missing.into_iter().rev().fold(real, |path, part| path.join(part)))
}

fn refuse_inside(path: &Path, layout: &Layout) -> anyhow::Result<()> {
    for folder in layout.folders() {
        let real = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
        if path.starts_with(&real) {
            bail!("{} is inside the repository ({}); name a folder outside of it with --out", path.display(), real.display());
        }
    }
    Ok(())
}

#[cfg(unix)]
fn refuse_open(path: &Path) -> anyhow::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = std::fs::metadata(path)?.permissions().mode();
    if mode & 0o022 != 0 {
        bail!("others may write to {} (mode {:o}); name a folder of your own, or one that is not there yet", path.display(), mode & 0o777);
    }
    Ok(())
}

#[cfg(unix)]
fn make(path: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::DirBuilderExt as _;
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(path)
}

#[cfg(unix)]
fn private(path: &Path) -> std::io::Result<std::fs::File> {
    use std::os::unix::fs::OpenOptionsExt as _;
    std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)
}

#[cfg(not(unix))]
fn refuse_open(_path: &Path) -> anyhow::Result<()> {
    Ok(())
}

#[cfg(not(unix))]
fn make(path: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(path)
}

#[cfg(not(unix))]
fn private(path: &Path) -> std::io::Result<std::fs::File> {
    std::fs::OpenOptions::new().write(true).create_new(true).open(path)
}
