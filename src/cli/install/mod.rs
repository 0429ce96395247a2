//! `keysieve install` and `keysieve uninstall`: hooks that call `keysieve hook`, in front of or behind what was there.

pub mod files;
pub mod global;
pub mod husky;
pub mod managers;
mod others;
pub mod script;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, bail};
use clap::Parser as _;

use super::args::{Cli, HookName, InstallArgs, UninstallArgs};
use super::git::Repository;
use super::{exit, output};
use files::Put;
use managers::Manager;
use script::Script;

/// Every hook that can be installed.
pub const ALL: [HookName; 4] = [HookName::PreCommit, HookName::PrePush, HookName::CommitMsg, HookName::PreReceive];

/// The files of a hook. A merge without a conflict asks another hook than a commit.
pub fn files_of(hook: HookName) -> &'static [&'static str] {
    match hook {
        HookName::PreCommit => &["pre-commit", "pre-merge-commit"],
        HookName::PrePush => &["pre-push"],
        HookName::CommitMsg => &["commit-msg"],
        HookName::PreReceive => &["pre-receive"],
    }
}

/// What was installed where.
#[derive(Debug, Default)]
pub struct Installed {
    /// The folder of the hooks.
    pub folder: PathBuf,
    /// Each file, and what became of it.
    pub files: Vec<(String, Put)>,
}

/// What is to be installed.
#[derive(Debug)]
pub struct Asked {
    /// Each once.
    pub hooks: Vec<HookName>,
    /// Flags for the program, as a shell reads them.
    pub flags: String,
    /// Whether edits are written over.
    pub force: bool,
}

impl Asked {
    /// Takes it from the command line.
    ///
    /// # Errors
    /// A hook would not understand the flags.
    fn of(args: &InstallArgs, is_bare: bool) -> anyhow::Result<Self> {
        let mut hooks = match args.hook.as_slice() {
            [] if is_bare => vec![HookName::PreReceive],
            [] => vec![HookName::PreCommit],
            asked => asked.to_vec(),
        };
        hooks.sort_unstable();
        hooks.dedup();
        for hook in &hooks {
            let file = (*hook == HookName::CommitMsg).then_some("FILE");
            let words = ["keysieve", "hook", hook.as_str()].into_iter().chain(file).chain(args.flags.iter().map(String::as_str));
            if let Err(error) = Cli::try_parse_from(words) {
                let words = error.to_string();
                bail!(
                    "the {} hook cannot be called so: {}",
                    hook.as_str(),
                    words.lines().next().unwrap_or_default().trim_start_matches("error: ")
                );
            }
        }
        if args.flags.iter().any(|flag| flag.contains('\n')) {
            bail!("a hook's flags are written on one line");
        }
        let flags: Vec<String> = args.flags.iter().map(|flag| script::quoted(flag)).collect();
        Ok(Self { hooks, flags: flags.join(" "), force: args.force })
    }
}

/// Installs hooks.
///
/// # Errors
/// Nothing was installed: no repository, another program keeps the hooks, or a file cannot be written.
pub fn run(args: &InstallArgs) -> anyhow::Result<ExitCode> {
    let program = program()?;
    if args.global {
        let done = global::put(&Asked::of(args, false)?, &program)?;
        tell(&done)?;
        if !global::is_same(&done) {
            output::print(
                "It counts in all repositories of yours whose own configuration does not set core.hooksPath; their own hooks run as well.\n",
            )?;
        }
        return Ok(ExitCode::from(exit::CLEAN));
    }
    let repository = Repository::find(&std::env::current_dir().context("cannot read the current folder")?)?;
    let asked = Asked::of(args, repository.is_bare)?;
    let hooks = asked.hooks.as_slice();
    others::refuse_nonsense(&repository, hooks)?;
    match managers::find(&repository)? {
        Some(Manager::Husky(folder)) if !args.force => return others::into_husky(&repository, &folder, &asked),
        Some(manager @ (Manager::Lefthook(_) | Manager::PreCommit(..))) if !args.force => return others::leave_to(&manager, hooks),
        _ => {}
    }
    let folder = repository.hooks();
    let (program, is_shared) = match (&repository.hooks_path, &repository.top) {
        (Some((scope, _)), _) if matches!(scope.as_str(), "global" | "system") => {
            if folder == global::folder()? {
                return others::covered(&folder, hooks);
            }
            others::refuse_other_folder(&folder, scope, args.force)?;
            (Some(program), false)
        }
        // Others get the folder with the repository, and have the program elsewhere.
        (Some(_), Some(top)) if folder.starts_with(top) && !folder.starts_with(&repository.common_dir) => (None, true),
        _ => (Some(program), false),
    };
    let done = put_into(&folder, &asked, program.as_deref())?;
    tell(&done)?;
    if is_shared {
        output::print("The folder belongs to the working tree: commit the files, and everybody has them who sets core.hooksPath.\n")?;
    }
    if repository.top.as_ref().is_some_and(|top| top.join(".gitmodules").is_file()) {
        output::print("Submodules are repositories of their own: run `keysieve install` in each of them as well.\n")?;
    }
    output::print("`keysieve doctor` proves that it works.\n")?;
    Ok(ExitCode::from(exit::CLEAN))
}

/// Takes out what was installed.
///
/// # Errors
/// A hook was edited, or a file cannot be written.
pub fn undo(args: &UninstallArgs) -> anyhow::Result<ExitCode> {
    let hooks = if args.hook.is_empty() { ALL.to_vec() } else { args.hook.clone() };
    let taken = if args.global {
        global::take(&hooks, args.force)?
    } else {
        let repository = Repository::find(&std::env::current_dir().context("cannot read the current folder")?)?;
        let mut taken = Vec::new();
        let own = repository.common_dir.join("hooks");
        let current = repository.hooks();
        let is_global = repository.hooks_path.as_ref().is_some_and(|(scope, _)| matches!(scope.as_str(), "global" | "system"));
        if !is_global {
            taken.extend(take_from(&current, &hooks, args.force)?);
        }
        if own != current {
            taken.extend(take_from(&own, &hooks, args.force)?);
        }
        if let Some(top) = &repository.top {
            for path in hooks.iter().flat_map(|hook| files_of(*hook)).map(|file| top.join(".husky").join(file)) {
                if husky::take(&path)? {
                    taken.push(path);
                }
            }
        }
        taken
    };
    let mut text: String = taken.iter().map(|path| format!("taken out: {}\n", shown(path))).collect();
    if taken.is_empty() {
        text.push_str("there is no hook of keysieve here\n");
    }
    output::print(&text)?;
    Ok(ExitCode::from(exit::CLEAN))
}

/// Puts scripts into a folder of git hooks, and ends with the first that cannot be.
///
/// # Errors
/// As [`files::put`].
pub fn put_into(folder: &Path, asked: &Asked, program: Option<&Path>) -> anyhow::Result<Installed> {
    let mut made_folder = !files::is_there(folder);
    for hook in ALL.iter().flat_map(|hook| files_of(*hook)) {
        made_folder |= files::ours(&folder.join(hook))?.is_some_and(|known| known.made_folder);
    }
    let mut done = Installed { folder: folder.to_owned(), files: Vec::new() };
    for hook in &asked.hooks {
        for file in files_of(*hook) {
            let legacy = folder.join(format!("{file}.legacy"));
            if files::ours(&legacy)?.is_some() && managers::is_generated(&folder.join(file)) {
                done.files.push((format!("{file}.legacy"), Put::Same));
                continue;
            }
            let script = Script { hook: file, scans: Some(*hook), program, flags: &asked.flags, is_global: false, made_folder };
            done.files.push(((*file).to_owned(), files::put(folder, script, asked.force)?));
        }
    }
    Ok(done)
}

/// Takes our scripts out of a folder of git hooks.
fn take_from(folder: &Path, hooks: &[HookName], force: bool) -> anyhow::Result<Vec<PathBuf>> {
    let mut taken = Vec::new();
    for file in hooks.iter().flat_map(|hook| files_of(*hook)) {
        // pre-commit keeps what was there before it under that name, and runs it.
        for path in [folder.join(file), folder.join(format!("{file}.legacy"))] {
            if files::take(&path, force)? {
                taken.push(path);
            }
        }
    }
    Ok(taken)
}

fn program() -> anyhow::Result<PathBuf> {
    let program = std::env::current_exe().context("cannot find out where this program is")?;
    if program.to_str().is_none_or(|path| path.contains('\n')) {
        bail!("a shell script cannot name {}: move the program to a folder whose name is text on one line", program.display());
    }
    Ok(program)
}

fn tell(done: &Installed) -> anyhow::Result<()> {
    let mut text = String::new();
    for (file, put) in &done.files {
        let path = done.folder.join(file);
        let what = match put {
            Put::New => "installed",
            Put::Chained => "installed",
            Put::Renewed => "brought up to date",
            Put::Same => "there already",
        };
        text.push_str(&format!("{what}: {}\n", shown(&path)));
        let before = files::beside(&path);
        if files::is_there(&before) {
            let runs =
                if files::is_executable(&before) { "runs as well" } else { "is kept; it is not executable, so git did not run it either" };
            text.push_str(&format!("  what was there {runs}: {}\n", shown(&before)));
        }
    }
    output::print(&text)
}

fn shown(path: &Path) -> String {
    keysieve::report::escaped(&path.to_string_lossy()).into_owned()
}
