//! Places where hooks are not simply put into the repository's own folder: kept by other programs, by other folders, or never run.

use std::path::Path;
use std::process::ExitCode;

use anyhow::bail;

use super::files;
use super::managers::Manager;
use super::{Asked, Installed, files_of, husky, shown, tell};
use crate::cli::args::HookName;
use crate::cli::git::Repository;
use crate::cli::{exit, output};

/// Refuses hooks that git would never run.
///
/// # Errors
/// It would not, and why.
pub fn refuse_nonsense(repository: &Repository, hooks: &[HookName]) -> anyhow::Result<()> {
    if repository.is_bare
        && let Some(hook) = hooks.iter().find(|hook| **hook != HookName::PreReceive)
    {
        bail!("{} never runs in a bare repository: install pre-receive there", hook.as_str());
    }
    match &repository.hooks_path {
        Some((_, path)) if path.as_os_str().is_empty() => {
            bail!(
                "core.hooksPath is empty, so git runs no hooks at all: `git config --unset core.hooksPath` (it may be --global) takes it out"
            )
        }
        Some((_, path)) if files::is_there(path) && !path.is_dir() => {
            bail!(
                "core.hooksPath is {}, which is no folder, so git runs no hooks: `git config --show-origin core.hooksPath` says who sets it",
                path.display()
            )
        }
        _ => Ok(()),
    }
}

/// Refuses to change a folder that is for all repositories where one was meant.
///
/// # Errors
/// Unless `force` is set.
pub fn refuse_other_folder(folder: &Path, scope: &str, force: bool) -> anyhow::Result<()> {
    if force {
        return Ok(());
    }
    bail!(
        "core.hooksPath of your {scope} git configuration is {}, so git does not look into this repository's own hooks: `keysieve install \
         --global` adds to that folder, for all repositories",
        folder.display()
    )
}

/// The hooks for all repositories count here.
///
/// # Errors
/// One that is wanted is not among them.
pub fn covered(folder: &Path, hooks: &[HookName]) -> anyhow::Result<ExitCode> {
    for hook in hooks {
        if !files::ours(&folder.join(hook.as_str()))?.is_some_and(|known| known.scans) {
            bail!(
                "the hooks of `keysieve install --global` count here, and {0} is not among them: `keysieve install --global --hook {0}` adds it",
                hook.as_str()
            );
        }
    }
    output::print(&format!("there already, for all repositories: {}\n", shown(folder)))?;
    Ok(ExitCode::from(exit::CLEAN))
}

/// Puts lines into the files of husky.
///
/// # Errors
/// A file cannot be read or written.
pub fn into_husky(repository: &Repository, folder: &Path, asked: &Asked) -> anyhow::Result<ExitCode> {
    let mut done = Installed { folder: folder.to_owned(), files: Vec::new() };
    for hook in &asked.hooks {
        for file in files_of(*hook) {
            done.files.push(((*file).to_owned(), husky::put(folder, *hook, file, &asked.flags)?));
        }
    }
    tell(&done)?;
    let mut text =
        "husky keeps the hooks here, so the lines stand in its files: commit them. `keysieve` must be on everybody's PATH.\n".to_owned();
    if repository.hooks_path.is_none() {
        text.push_str("husky is not set up in this clone, so no hook runs yet: `npx husky` sets it up.\n");
    }
    output::print(&text)?;
    Ok(ExitCode::from(exit::CLEAN))
}

/// Programs that write the hooks themselves would write over ours.
///
/// # Errors
/// What to do instead, unless it is done.
pub fn leave_to(manager: &Manager, hooks: &[HookName]) -> anyhow::Result<ExitCode> {
    let (name, file, then) = match manager {
        Manager::PreCommit(file, true) => {
            output::print(&format!("there already, in {}\n", shown(file)))?;
            return Ok(ExitCode::from(exit::CLEAN));
        }
        Manager::PreCommit(file, false) => ("pre-commit", file, "pre-commit install"),
        Manager::Lefthook(file) | Manager::Husky(file) => ("lefthook", file, "lefthook install"),
    };
    let kinds: String = hooks.iter().flat_map(|hook| files_of(*hook)).map(|file| format!(" --hook-type {file}")).collect();
    let then = if name == "pre-commit" { format!("{then}{kinds}") } else { then.to_owned() };
    let snippet: String = manager.snippet(hooks).lines().map(|line| format!("  {line}\n")).collect();
    bail!(
        "{name} keeps the hooks here, and nothing was changed. Add this to {}, and run `{then}`:\n\n{snippet}\n--force installs beside it all the same",
        shown(file)
    )
}
