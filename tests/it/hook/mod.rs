//! The hooks for real: `keysieve install`, then git runs them, and what it was about to do comes about or it does not.
//!
//! Sources of the cases: `git help hooks`, and what is known to go wrong with hooks that read the working tree or `.git/index`.

mod blocks;
mod doctor;
mod frameworks;
mod globals;
mod input;
mod installs;
mod managers;
mod messages;
mod passes;
mod pushes;
mod receives;
mod repositories;

use std::path::Path;
use std::process::Command;

use crate::support::{Folder, Said, git_in, keysieve_in};

const RULE: &str = "github.personal-access-token";

/// The program with a `PATH` to start git by, and a home of its own.
fn setup(cwd: &Path) -> Command {
    let mut command = keysieve_in(cwd);
    command.envs(std::env::var_os("PATH").map(|path| ("PATH", path)));
    command
}

/// Makes the program the hooks of the repository of `cwd`.
fn install(cwd: &Path, arguments: &[&str]) {
    Said::of(setup(cwd).arg("install").args(arguments)).ends_with(0);
}

/// `folder` with the hooks for commits and merges.
fn hooked(folder: Folder) -> Folder {
    install(&folder.path, &[]);
    folder
}

fn commit(cwd: &Path, arguments: &[&str]) -> Said {
    Said::of(git_in(cwd).args(["commit", "--message=m"]).args(arguments))
}

fn head(cwd: &Path) -> String {
    Said::of(git_in(cwd).args(["rev-parse", "HEAD"])).stdout
}

/// `git commit` in `cwd` must be refused because of a token in `place` (as the report shows it).
#[track_caller]
fn blocks(cwd: &Path, arguments: &[&str], place: &str) {
    let before = head(cwd);
    let said = commit(cwd, arguments).ends_with(1);
    assert!(said.stderr.contains(&format!("{RULE}  {place}:")), "{said:?}");
    assert_eq!(head(cwd), before);
}

/// `git commit` in `cwd` must come about, and the hook must say `words`.
#[track_caller]
fn passes(cwd: &Path, arguments: &[&str], words: &str) {
    let before = head(cwd);
    let said = commit(cwd, arguments).ends_with(0);
    assert!(said.stderr.contains(words), "{said:?}");
    assert_ne!(head(cwd), before);
}

/// Lets git run a file.
fn make_executable(path: &Path) {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).expect("because it is ours");
    }
    #[cfg(not(unix))]
    let _ = path;
}
