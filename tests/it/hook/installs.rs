//! `keysieve install` and `keysieve uninstall`: what is there afterwards, and that what was there before comes back.

use std::collections::BTreeMap;
use std::path::Path;

use super::{RULE, blocks, commit, install, make_executable, passes, setup};
use crate::support::{Folder, Said, assigned, git_in};

/// Every file below the hooks of `folder`, but for the samples: content and permissions.
pub fn hooks(folder: &Path) -> BTreeMap<String, (Vec<u8>, u32)> {
    let mut found = BTreeMap::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten() {
        let entry = entry.expect("because the folder can be read");
        let name = entry.file_name().to_string_lossy().into_owned();
        #[cfg(unix)]
        let mode = std::os::unix::fs::MetadataExt::mode(&entry.metadata().expect("because it is there"));
        #[cfg(not(unix))]
        let mode = 0;
        if !name.ends_with(".sample") {
            found.insert(name, (std::fs::read(entry.path()).unwrap_or_default(), mode));
        }
    }
    found
}

fn uninstall(cwd: &Path, arguments: &[&str]) -> Said {
    Said::of(setup(cwd).arg("uninstall").args(arguments)).ends_with(0)
}

/// A hook that notes its name and its arguments in `.git/ran`, and ends with `code`.
pub fn other_hook(folder: &Folder, name: &str, code: u8) {
    folder.write(format!(".git/hooks/{name}"), format!("#!/bin/sh\necho {name} \"$@\" >>.git/ran\nexit {code}\n"));
    make_executable(&folder.path.join(".git/hooks").join(name));
}

#[test]
fn installing_twice_is_installing_once() {
    let folder = Folder::committed();
    let before = hooks(&folder.path.join(".git/hooks"));
    install(&folder.path, &[]);
    let once = hooks(&folder.path.join(".git/hooks"));
    assert_eq!(once.keys().collect::<Vec<_>>(), ["pre-commit", "pre-merge-commit"]);
    let said = Said::of(setup(&folder.path).arg("install")).ends_with(0);
    assert!(said.stdout.starts_with("there already: "), "{said:?}");
    assert_eq!(hooks(&folder.path.join(".git/hooks")), once);
    uninstall(&folder.path, &[]);
    assert_eq!(hooks(&folder.path.join(".git/hooks")), before);
    let said = uninstall(&folder.path, &[]);
    assert_eq!(said.stdout, "there is no hook of keysieve here\n");
}

#[test]
fn a_hook_that_was_there_runs_first_and_comes_back() {
    let folder = Folder::committed();
    other_hook(&folder, "pre-commit", 0);
    let before = hooks(&folder.path.join(".git/hooks"));
    let said = Said::of(setup(&folder.path).arg("install")).ends_with(0);
    assert!(said.stdout.contains("what was there runs as well: "), "{said:?}");
    install(&folder.path, &[]);
    folder.write("a", "clean\n").git(["add", "."]);
    passes(&folder.path, &[], "no secrets found");
    assert_eq!(folder.read(".git/ran"), "pre-commit\n");
    folder.write("b.env", assigned("chained")).git(["add", "."]);
    blocks(&folder.path, &[], "b.env");
    uninstall(&folder.path, &[]);
    assert_eq!(hooks(&folder.path.join(".git/hooks")), before);
}

#[test]
fn a_hook_that_was_there_and_fails_stops_the_commit() {
    let folder = Folder::committed();
    other_hook(&folder, "pre-commit", 7);
    install(&folder.path, &[]);
    folder.write("a", "clean\n").git(["add", "."]);
    assert_ne!(commit(&folder.path, &[]).code, 0);
}

#[test]
fn a_hook_that_stages_something_is_scanned_after() {
    let folder = Folder::committed();
    folder.write(".git/generated", assigned("generated"));
    folder.write(".git/hooks/pre-commit", "#!/bin/sh\ncp .git/generated generated.env\ngit add generated.env\n");
    make_executable(&folder.path.join(".git/hooks/pre-commit"));
    install(&folder.path, &[]);
    blocks(&folder.path, &["--allow-empty"], "generated.env");
}

#[test]
fn a_hook_that_git_does_not_run_is_kept_and_not_run() {
    let folder = Folder::committed();
    folder.write(".git/hooks/pre-commit", "#!/bin/sh\nexit 1\n");
    let before = hooks(&folder.path.join(".git/hooks"));
    let said = Said::of(setup(&folder.path).arg("install")).ends_with(0);
    if cfg!(unix) {
        assert!(said.stdout.contains("it is not executable, so git did not run it either"), "{said:?}");
        folder.write("a", "clean\n").git(["add", "."]);
        passes(&folder.path, &[], "no secrets found");
    }
    uninstall(&folder.path, &[]);
    assert_eq!(hooks(&folder.path.join(".git/hooks")), before);
}

#[cfg(unix)]
#[test]
fn a_hook_that_is_a_link_stays_one() {
    let folder = Folder::committed();
    folder.write("scripts/hook.sh", "#!/bin/sh\necho linked >>.git/ran\n");
    make_executable(&folder.path.join("scripts/hook.sh"));
    std::os::unix::fs::symlink("../../scripts/hook.sh", folder.path.join(".git/hooks/pre-commit")).expect("because the folder is ours");
    install(&folder.path, &[]);
    passes(&folder.path, &["--allow-empty"], "nothing staged");
    assert_eq!(folder.read(".git/ran"), "linked\n");
    uninstall(&folder.path, &[]);
    assert_eq!(std::fs::read_link(folder.path.join(".git/hooks/pre-commit")).ok(), Some("../../scripts/hook.sh".into()));
    assert_eq!(folder.read("scripts/hook.sh"), "#!/bin/sh\necho linked >>.git/ran\n");
}

#[test]
fn a_hook_of_ours_that_was_edited_is_not_lost() {
    let folder = Folder::committed();
    install(&folder.path, &[]);
    let script = folder.read(".git/hooks/pre-commit");
    folder.write(".git/hooks/pre-commit", format!("{script}# mine\n"));
    for command in ["install", "uninstall"] {
        let said = Said::of(setup(&folder.path).arg(command)).ends_with(2);
        assert!(said.stderr.contains("was edited after `keysieve install` wrote it; --force"), "{said:?}");
    }
    Said::of(setup(&folder.path).args(["install", "--force"])).ends_with(0);
    assert_eq!(folder.read(".git/hooks/pre-commit"), script);
}

#[test]
fn a_second_hook_in_the_way_is_not_written_over() {
    let folder = Folder::committed();
    other_hook(&folder, "pre-commit", 0);
    install(&folder.path, &[]);
    other_hook(&folder, "pre-commit", 0);
    let before = hooks(&folder.path.join(".git/hooks"));
    let said = Said::of(setup(&folder.path).arg("install")).ends_with(2);
    assert!(said.stderr.contains("is there already, so there is no name to keep"), "{said:?}");
    assert_eq!(hooks(&folder.path.join(".git/hooks")), before);
}

#[test]
fn the_folder_for_hooks_is_made_and_goes_again() {
    let folder = Folder::committed();
    std::fs::remove_dir_all(folder.path.join(".git/hooks")).expect("because it is ours");
    install(&folder.path, &["--hook", "pre-commit", "--hook", "pre-push", "--hook", "commit-msg"]);
    folder.write("a.env", assigned("made")).git(["add", "."]);
    blocks(&folder.path, &[], "a.env");
    uninstall(&folder.path, &[]);
    assert!(!folder.path.join(".git/hooks").exists());
}

#[test]
fn one_hook_of_several_can_be_taken_out() {
    let folder = Folder::committed();
    install(&folder.path, &["--hook", "pre-commit", "--hook", "commit-msg"]);
    uninstall(&folder.path, &["--hook", "pre-commit"]);
    let left = hooks(&folder.path.join(".git/hooks"));
    assert_eq!(left.keys().collect::<Vec<_>>(), ["commit-msg"]);
}

#[test]
fn paths_with_spaces_and_quotes_work() {
    let above = Folder::new();
    let folder = above.path.join("my repository's folder");
    std::fs::create_dir(&folder).expect("because the folder can be written");
    let program = folder.join("it's a program");
    std::fs::copy(env!("CARGO_BIN_EXE_keysieve"), &program).expect("because the folder can be written");
    for arguments in [&["init", "--quiet"][..], &["commit", "--quiet", "--allow-empty", "--message=m"]] {
        Said::of(git_in(&folder).args(arguments)).ends_with(0);
    }
    let mut command = setup(&folder);
    let mut own = std::process::Command::new(&program);
    own.current_dir(&folder).arg("install").env_clear();
    own.envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
    Said::of(&mut own).ends_with(0);
    std::fs::write(folder.join("a.env"), assigned("spaces")).expect("because the folder can be written");
    Said::of(git_in(&folder).args(["add", "a.env"])).ends_with(0);
    blocks(&folder, &[], "a.env");
    // Gone with the program, nothing passes any more, not even what is clean.
    std::fs::remove_file(&program).expect("because it is ours");
    std::fs::write(folder.join("a.env"), "clean\n").expect("because the folder can be written");
    let said = commit(&folder, &["--all"]).ends_with(1);
    assert!(said.stderr.contains("the pre-commit hook does not find the program, so nothing was scanned"), "{said:?}");
    assert!(said.stderr.contains("`keysieve install`"), "{said:?}");
    command.arg("uninstall");
    Said::of(&mut command).ends_with(0);
    assert_eq!(commit(&folder, &["--all"]).code, 0);
}

#[test]
fn a_program_that_has_moved_is_found_on_the_path() {
    let folder = Folder::committed();
    install(&folder.path, &[]);
    let script = folder.read(".git/hooks/pre-commit").replace(env!("CARGO_BIN_EXE_keysieve"), "/nowhere/keysieve");
    folder.write(".git/hooks/pre-commit", script);
    folder.write("a.env", assigned("path")).git(["add", "."]);
    let programs = Path::new(env!("CARGO_BIN_EXE_keysieve")).parent().expect("because it is in a folder");
    let path = std::env::join_paths(
        std::iter::once(programs.to_owned()).chain(std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default())),
    );
    let mut git = git_in(&folder.path);
    let said = Said::of(git.env("PATH", path.expect("because it is a list of folders")).args(["commit", "--message=m"])).ends_with(1);
    assert!(said.stderr.contains(RULE), "{said:?}");
}

#[test]
fn all_worktrees_share_the_hook() {
    let folder = Folder::committed();
    let above = Folder::new();
    let linked = above.path.join("linked");
    folder.git(["worktree".as_ref(), "add".as_ref(), "--quiet".as_ref(), linked.as_os_str()]);
    install(&linked, &[]);
    folder.write("README", assigned("main"));
    blocks(&folder.path, &["--all"], "README");
    std::fs::write(linked.join("README"), assigned("linked")).expect("because git made the folder");
    blocks(&linked, &["--all"], "README");
}

#[test]
fn a_folder_that_the_configuration_names_is_used() {
    let folder = Folder::committed();
    folder.write("own hooks/commit-msg", "#!/bin/sh\n").git(["config", "core.hooksPath", "own hooks"]);
    std::fs::create_dir(folder.path.join("sub")).expect("because the folder can be written");
    let said = Said::of(setup(&folder.path.join("sub")).arg("install")).ends_with(0);
    assert!(said.stdout.contains("The folder belongs to the working tree"), "{said:?}");
    // Others have the program elsewhere.
    assert!(!folder.read("own hooks/pre-commit").contains(env!("CARGO_BIN_EXE_keysieve")));
    assert!(!folder.path.join(".git/hooks/pre-commit").exists());
    let said = commit(&folder.path, &["--allow-empty"]).ends_with(1);
    assert!(said.stderr.contains("does not find the program"), "{said:?}");
    uninstall(&folder.path, &[]);
    assert_eq!(hooks(&folder.path.join("own hooks")).keys().collect::<Vec<_>>(), ["commit-msg"]);
}

#[test]
fn hooks_that_git_would_never_run_are_refused() {
    let folder = Folder::committed();
    for (value, words) in [("", "core.hooksPath is empty"), ("/dev/null", "which is no folder, so git runs no hooks")] {
        folder.git(["config", "core.hooksPath", value]);
        let said = Said::of(setup(&folder.path).arg("install")).ends_with(2);
        assert!(said.stderr.contains(words), "{said:?}");
    }
    let bare = Folder::new();
    bare.git(["init", "--quiet", "--bare"]);
    let said = Said::of(setup(&bare.path).args(["install", "--hook", "pre-commit"])).ends_with(2);
    assert!(said.stderr.contains("pre-commit never runs in a bare repository"), "{said:?}");
    let outside = Folder::new();
    let said = Said::of(setup(&outside.path).arg("install")).ends_with(2);
    assert!(said.stderr.contains("not a git repository"), "{said:?}");
}
