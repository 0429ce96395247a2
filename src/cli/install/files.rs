//! Hook files: put in, with what was there kept and run as well, and taken out again.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};

use super::script::{self, BEFORE, Known, Script};

/// Longest script that is read, in bytes: longer ones are not ours.
const LONGEST: u64 = 1 << 20;

/// What became of a hook.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Put {
    /// It is there now.
    New,
    /// It is there now, and runs the one that was there.
    Chained,
    /// It was there, and is as it should be now.
    Renewed,
    /// It was there already.
    Same,
}

/// What a file is if it is a script of ours; none if it is another one or not there.
///
/// # Errors
/// It cannot be read.
pub fn ours(path: &Path) -> anyhow::Result<Option<Known>> {
    Ok(text(path)?.as_deref().and_then(script::known))
}

/// The text of a file that is not too long for a script.
///
/// # Errors
/// It cannot be read.
pub fn text(path: &Path) -> anyhow::Result<Option<String>> {
    match keysieve::source::read_bounded(path, true, LONGEST) {
        Ok(bytes) => Ok(bytes.and_then(|bytes| String::from_utf8(bytes).ok())),
        Err(_) if is_large_or_odd(path) => Ok(None),
        Err(why) => bail!("cannot read {}: {why}", path.display()),
    }
}

fn is_large_or_odd(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|meta| !meta.is_file() || meta.len() > LONGEST)
}

/// Puts a script into `folder`. A hook that is there is kept beside it under another name, and the script runs it.
///
/// # Errors
/// It cannot be written, what is there was edited, or the name for what is there is taken.
pub fn put(folder: &Path, script: Script<'_>, force: bool) -> anyhow::Result<Put> {
    let path = folder.join(script.hook);
    let known = ours(&path)?;
    if let Some(known) = known {
        if !known.is_intact && !force {
            bail!("{} was edited after `keysieve install` wrote it; --force writes it anew, without the edits", path.display());
        }
        let own = text(&path)?.unwrap_or_default();
        let flags = if script.flags.is_empty() { script::flags(&own) } else { script.flags };
        let wanted = Script { made_folder: known.made_folder, flags, ..script }.text();
        if own == wanted && is_executable(&path) {
            return Ok(Put::Same);
        }
        write(&path, &wanted)?;
        return Ok(Put::Renewed);
    }
    make(folder)?;
    let wanted = script.text();
    if !is_there(&path) {
        write(&path, &wanted)?;
        return Ok(Put::New);
    }
    let before = beside(&path);
    if is_there(&before) {
        bail!("{} is there already, so there is no name to keep {} under: rename one of them", before.display(), path.display());
    }
    fs::rename(&path, &before).with_context(|| format!("cannot rename {}", path.display()))?;
    if let Err(error) = write(&path, &wanted) {
        fs::rename(&before, &path).with_context(|| format!("cannot name {} as it was", before.display()))?;
        return Err(error);
    }
    Ok(Put::Chained)
}

/// Takes a script of ours out and puts back what was there; whether there was one.
///
/// # Errors
/// It was edited, or the folder cannot be written.
pub fn take(path: &Path, force: bool) -> anyhow::Result<bool> {
    let Some(known) = ours(path)? else { return Ok(false) };
    if !known.is_intact && !force {
        bail!("{} was edited after `keysieve install` wrote it; --force takes it out with the edits", path.display());
    }
    let before = beside(path);
    if is_there(&before) {
        fs::rename(&before, path).with_context(|| format!("cannot rename {}", before.display()))?;
    } else {
        fs::remove_file(path).with_context(|| format!("cannot remove {}", path.display()))?;
    }
    if known.made_folder
        && let Some(folder) = path.parent()
    {
        // Somebody may have put something else into it.
        let _ = fs::remove_dir(folder);
    }
    Ok(true)
}

/// The name under which what was at `path` is kept.
pub fn beside(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(BEFORE);
    path.with_file_name(name)
}

/// Whether there is something, a link to nothing included.
pub fn is_there(path: &Path) -> bool {
    path.symlink_metadata().is_ok()
}

/// Makes a folder if it is not there.
///
/// # Errors
/// It cannot be made, or there is something else in its place.
pub fn make(folder: &Path) -> anyhow::Result<()> {
    if folder.is_dir() {
        return Ok(());
    }
    if is_there(folder) {
        bail!("{} is no folder, so git runs no hooks: see core.hooksPath in `git config --list --show-origin`", folder.display());
    }
    fs::create_dir_all(folder).with_context(|| format!("cannot make the folder {}", folder.display()))
}

/// Writes a file that can be run, at once and not bit by bit: git may run it meanwhile.
///
/// # Errors
/// The folder cannot be written.
pub fn write(path: &Path, text: &str) -> anyhow::Result<()> {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.tmp", std::process::id()));
    let beside = path.with_file_name(name);
    let done = fs::write(&beside, text).and_then(|()| make_executable(&beside)).and_then(|()| fs::rename(&beside, path));
    if done.is_err() {
        let _ = fs::remove_file(&beside);
    }
    done.with_context(|| format!("cannot write {}", path.display()))
}

#[cfg(unix)]
fn make_executable(path: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(path, fs::Permissions::from_mode(0o755))
}

#[cfg(not(unix))]
fn make_executable(_: &Path) -> std::io::Result<()> {
    Ok(())
}

/// Whether git runs the file.
pub fn is_executable(path: &Path) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        fs::metadata(path).is_ok_and(|meta| meta.permissions().mode() & 0o111 != 0)
    }
    #[cfg(not(unix))]
    path.is_file()
}
