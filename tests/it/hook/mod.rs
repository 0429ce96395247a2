//! The hook for real: git runs `keysieve scan --staged` before each commit, and the commit comes about or it does not.
//!
//! Sources of the cases: `git help hooks`, and what is known to go wrong with hooks that read the working tree or `.git/index`.

mod blocks;
mod passes;
mod repositories;

use std::path::Path;

use crate::support::{Folder, Said, git_in};

const RULE: &str = "github.personal-access-token";

/// Makes the program the hook `name` of the git folder.
fn install(git_dir: &Path, name: &str) {
    let hook = git_dir.join("hooks").join(name);
    std::fs::create_dir_all(git_dir.join("hooks")).expect("because the folder can be written");
    std::fs::write(&hook, format!("#!/bin/sh\nexec '{}' scan --staged\n", env!("CARGO_BIN_EXE_keysieve")))
        .expect("because it can be written");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        std::fs::set_permissions(&hook, std::fs::Permissions::from_mode(0o755)).expect("because it is ours");
    }
}

/// `folder` with the hook.
fn hooked(folder: Folder) -> Folder {
    install(&folder.path.join(".git"), "pre-commit");
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
