//! `keysieve install --global`: one folder for all repositories, in front of the hooks that each has.

use super::installs::{hooks, other_hook};
use super::{RULE, install, setup};
use crate::support::{Folder, Said, assigned, git_in};

/// The program, and git, with a global configuration in `home`.
fn at_home(home: &Folder, mut command: std::process::Command) -> std::process::Command {
    command.env("HOME", &home.path).env("XDG_CONFIG_HOME", home.path.join("config")).env("GIT_CONFIG_GLOBAL", home.path.join("gitconfig"));
    command
}

#[test]
fn hooks_for_all_repositories_hand_on_to_each_ones_own() {
    let home = Folder::new();
    home.write("gitconfig", "[user]\n\tname = A\n");
    let before = home.read("gitconfig");
    let folder = Folder::committed();
    other_hook(&folder, "pre-commit", 0);
    other_hook(&folder, "prepare-commit-msg", 0);
    other_hook(&folder, "post-commit", 0);
    let global = |arguments: &[&str]| Said::of(at_home(&home, setup(&folder.path)).args(arguments));
    let said = global(&["install", "--global"]).ends_with(0);
    assert!(said.stdout.contains("their own hooks run as well"), "{said:?}");
    assert!(global(&["install", "--global"]).ends_with(0).stdout.starts_with("there already: "));
    assert!(global(&["install"]).ends_with(0).stdout.starts_with("there already, for all repositories: "));
    let git = |arguments: &[&str]| Said::of(at_home(&home, git_in(&folder.path)).args(arguments));
    git(&["commit", "--allow-empty", "--message=m"]).ends_with(0);
    let ran = folder.read(".git/ran");
    assert_eq!(
        ran.lines().map(|line| line.split(' ').next()).collect::<Vec<_>>(),
        ["pre-commit", "prepare-commit-msg", "post-commit"].map(Some)
    );
    folder.write("a.env", assigned("global")).git(["add", "."]);
    let said = git(&["commit", "--message=m"]).ends_with(1);
    assert!(said.stderr.contains(RULE), "{said:?}");
    // A hook of ours in the repository is not run twice.
    folder.git(["reset", "--quiet", "--hard"]);
    install(&folder.path, &["--hook", "commit-msg"]);
    global(&["install", "--global", "--hook", "commit-msg"]).ends_with(0);
    let said = git(&["commit", "--allow-empty", "--message=m"]).ends_with(0);
    assert_eq!(said.stderr.matches("no secrets in the message").count(), 1, "{said:?}");
    global(&["uninstall", "--global"]).ends_with(0);
    assert_eq!(home.read("gitconfig"), before);
    assert!(!home.path.join("config/keysieve").exists());
}

#[test]
fn a_hook_of_the_repository_behind_those_for_all_is_proved() {
    let home = Folder::new();
    home.write("gitconfig", "");
    let folder = Folder::committed();
    install(&folder.path, &[]);
    let run = |arguments: &[&str]| Said::of(at_home(&home, setup(&folder.path)).args(arguments));
    run(&["install", "--global", "--hook", "pre-push"]).ends_with(0);
    let said = run(&["doctor"]).ends_with(0);
    assert!(said.stdout.contains("by core.hooksPath of the global configuration"), "{said:?}");
    assert!(said.stdout.contains("all 17 as they should be"), "{said:?}");
}

#[test]
fn a_push_into_a_working_tree_works_with_hooks_for_all_repositories() {
    let home = Folder::new();
    home.write("gitconfig", "");
    let target = Folder::committed();
    target.git(["config", "receive.denyCurrentBranch", "updateInstead"]);
    Said::of(at_home(&home, setup(&target.path)).args(["install", "--global"])).ends_with(0);
    let clone = Folder::new();
    clone.git(["clone", "--quiet", &target.path.display().to_string(), "."]);
    clone.write("README", "pushed\n").commit_all();
    Said::of(at_home(&home, git_in(&clone.path)).args(["push", "origin", "main"])).ends_with(0);
    assert_eq!(target.read("README"), "pushed\n");
    target.write("README", "edited\n");
    clone.write("README", "again\n").commit_all();
    let said = Said::of(at_home(&home, git_in(&clone.path)).args(["push", "origin", "main"]));
    assert!(said.code != 0 && said.stderr.contains("Working directory has unstaged changes"), "{said:?}");
}

#[test]
fn a_folder_for_all_repositories_that_is_not_ours_is_asked_for() {
    let home = Folder::new();
    let theirs = home.path.join("my hooks");
    std::fs::create_dir(&theirs).expect("because the folder can be written");
    home.write("gitconfig", format!("[core]\n\thooksPath = {}\n", theirs.display()));
    let folder = Folder::committed();
    let run = |arguments: &[&str]| Said::of(at_home(&home, setup(&folder.path)).args(arguments));
    let said = run(&["install"]).ends_with(2);
    assert!(said.stderr.contains("`keysieve install --global` adds to that folder"), "{said:?}");
    run(&["install", "--global"]).ends_with(0);
    folder.write("a.env", assigned("theirs")).git(["add", "."]);
    let said = Said::of(at_home(&home, git_in(&folder.path)).args(["commit", "--message=m"])).ends_with(1);
    assert!(said.stderr.contains(RULE), "{said:?}");
    run(&["uninstall", "--global"]).ends_with(0);
    assert_eq!(hooks(&theirs).len(), 0);
    assert!(home.read("gitconfig").contains("hooksPath"));
}
