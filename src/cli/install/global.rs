//! Hooks for all repositories of the user: one folder that `core.hooksPath` names.
//!
//! git then no longer looks into a repository's own folder. So the folder has a script for every hook that git knows, and each hands on to
//! the repository's own: nothing is shadowed.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};

use super::files::{self, Put};
use super::script::Script;
use super::{Asked, Installed, files_of};
use crate::cli::args::HookName;
use crate::cli::git;

/// Every hook of `git help hooks` that is looked for by its name, up to git 2.50.
const ALL: [&str; 25] = [
    "applypatch-msg",
    "pre-applypatch",
    "post-applypatch",
    "pre-commit",
    "pre-merge-commit",
    "prepare-commit-msg",
    "commit-msg",
    "post-commit",
    "pre-rebase",
    "post-checkout",
    "post-merge",
    "pre-push",
    "pre-receive",
    "update",
    "proc-receive",
    "post-receive",
    "post-update",
    "reference-transaction",
    "push-to-checkout",
    "pre-auto-gc",
    "post-rewrite",
    "sendemail-validate",
    "post-index-change",
    "p4-changelist",
    "p4-pre-submit",
];

/// The folder that is made for it.
///
/// # Errors
/// The environment names no home.
pub fn folder() -> anyhow::Result<PathBuf> {
    let path = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let config = path("XDG_CONFIG_HOME").or_else(|| path("APPDATA")).or_else(|| Some(path("HOME")?.join(".config")));
    let config = config.context("neither XDG_CONFIG_HOME nor HOME says where your configuration is")?;
    Ok(std::path::absolute(config)?.join("keysieve").join("hooks"))
}

/// What git's configuration outside of any repository says.
fn configured() -> anyhow::Result<Option<PathBuf>> {
    let said = git::asked(Path::new("/"), ["config", "--global", "--type=path", "--get", "core.hooksPath"])?;
    Ok(said.map(PathBuf::from))
}

/// Installs hooks for all repositories.
///
/// # Errors
/// A file or git's configuration cannot be written.
pub fn put(asked: &Asked, program: &Path) -> anyhow::Result<Installed> {
    let own = folder()?;
    let folder = configured()?;
    if let Some(folder) = folder.filter(|folder| *folder != own) {
        if !folder.is_absolute() {
            bail!(
                "core.hooksPath of your git configuration is {}, a folder of each repository: install in the repositories",
                folder.display()
            );
        }
        // The user's own folder for all repositories: it is for them to say what it shadows.
        return super::put_into(&folder, asked, Some(program));
    }
    let mut done = Installed { folder: own.clone(), ..Installed::default() };
    let wanted: Vec<(&str, HookName)> = asked.hooks.iter().flat_map(|hook| files_of(*hook).iter().map(|file| (*file, *hook))).collect();
    for hook in ALL {
        let scans = wanted.iter().find(|(file, _)| *file == hook).map(|(_, scans)| *scans);
        let known = files::ours(&own.join(hook))?;
        if scans.is_none() && known.is_some() {
            continue;
        }
        let script = Script { hook, scans, program: Some(program), flags: &asked.flags, is_global: true, made_folder: true };
        let put = files::put(&own, script, asked.force)?;
        if scans.is_some() {
            done.files.push((hook.to_owned(), put));
        }
    }
    if configured()?.is_none() {
        let path = own.to_str().context("git's configuration can only name folders whose names are text")?;
        git::run(Path::new("/"), ["config", "--global", "core.hooksPath", path])?;
    }
    Ok(done)
}

/// Takes `hooks` out again, or all.
///
/// # Errors
/// A script was edited, or a file or git's configuration cannot be written.
pub fn take(hooks: &[HookName], force: bool) -> anyhow::Result<Vec<PathBuf>> {
    let own = folder()?;
    let configured = configured()?;
    if let Some(folder) = configured.as_ref().filter(|folder| **folder != own) {
        return super::take_from(folder, hooks, force);
    }
    let mut taken = Vec::new();
    for hook in hooks.iter().flat_map(|hook| files_of(*hook)) {
        if files::ours(&own.join(hook))?.is_some_and(|known| known.scans) {
            let script = Script { hook, scans: None, program: None, flags: "", is_global: true, made_folder: true };
            files::put(&own, script, force)?;
            taken.push(own.join(hook));
        }
    }
    let mut scans = false;
    for hook in ALL {
        scans |= files::ours(&own.join(hook))?.is_some_and(|known| known.scans);
    }
    if scans || !own.is_dir() {
        return Ok(taken);
    }
    if configured.is_some() {
        git::run(Path::new("/"), ["config", "--global", "--unset", "core.hooksPath"])?;
    }
    for hook in ALL {
        files::take(&own.join(hook), force)?;
    }
    // Made for it, and by now empty unless somebody put something into it.
    let _ = fs::remove_dir(&own);
    let _ = own.parent().map(fs::remove_dir);
    Ok(taken)
}

/// Whether a put did nothing new.
pub fn is_same(done: &Installed) -> bool {
    done.files.iter().all(|(_, put)| *put == Put::Same)
}
