//! `keysieve doctor`: it proves what is set up, and notices what is not.

use super::{install, make_executable, setup};
use crate::support::{Folder, Said};

fn doctor(folder: &Folder) -> Said {
    Said::of(setup(&folder.path).arg("doctor"))
}

#[test]
fn what_is_installed_is_proved() {
    let folder = Folder::committed();
    install(&folder.path, &["--hook", "pre-commit", "--hook", "pre-push", "--hook", "commit-msg"]);
    let before = folder.git(["status", "--porcelain", "--ignored"]);
    let said = doctor(&folder).ends_with(0);
    assert!(said.stdout.contains("\nall 18 as they should be\n"), "{said:?}");
    for way in ["git commit --all", "git commit PATH", "a merge without a conflict", "the very first commit", "in a linked worktree"] {
        let line = said.stdout.lines().find(|line| line.starts_with(way)).expect("because it is tried");
        assert!(line.ends_with("  stopped"), "{line}");
    }
    assert_eq!(
        (folder.git(["status", "--porcelain", "--ignored"]), folder.git(["rev-list", "--all", "--count"])),
        (before, "1".to_owned())
    );
}

#[test]
fn a_server_is_proved_as_well() {
    let folder = Folder::new();
    folder.git(["init", "--quiet", "--bare"]);
    install(&folder.path, &[]);
    let said = doctor(&folder).ends_with(0);
    assert!(said.stdout.contains("a push that this server receives") && said.stdout.contains("all 1 as they should be"), "{said:?}");
}

#[test]
fn without_a_hook_there_is_nothing_to_prove() {
    let folder = Folder::committed();
    let said = doctor(&folder).ends_with(2);
    assert!(said.stdout.contains("there is none; `keysieve install` puts keysieve there"), "{said:?}");
    assert!(said.stdout.ends_with("no hook here runs keysieve, so there is nothing to try: `keysieve install`\n"), "{said:?}");
    Said::of(setup(&Folder::new().path).arg("doctor")).ends_with(2);
}

#[test]
fn a_hook_that_is_edited_or_cannot_run_is_noticed() {
    let folder = Folder::committed();
    install(&folder.path, &[]);
    let script = folder.read(".git/hooks/pre-commit");
    folder.write(".git/hooks/pre-commit", script.replace("exec", "exit 0; exec"));
    let said = doctor(&folder).ends_with(1);
    assert!(said.stdout.contains("was edited after `keysieve install` wrote it"), "{said:?}");
    folder.write(".git/hooks/pre-commit", script);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let hook = folder.path.join(".git/hooks/pre-commit");
        std::fs::set_permissions(hook, std::fs::Permissions::from_mode(0o644)).expect("because it is ours");
        let said = doctor(&folder).ends_with(1);
        assert!(said.stdout.contains("is not executable"), "{said:?}");
    }
}

#[test]
fn what_gets_through_is_said() {
    let folder = Folder::committed();
    install(&folder.path, &[]);
    let said = Said::of(setup(&folder.path).arg("doctor").env("KEYSIEVE_FAIL_ON_SEVERITY", "nonsense")).ends_with(1);
    assert!(said.stdout.contains("every hook fails: "), "{said:?}");
    folder.write(".git/config", folder.read(".git/config") + "[core]\n\thooksPath = elsewhere\n");
    let said = doctor(&folder).ends_with(2);
    assert!(said.stdout.contains("git does not run these, because of core.hooksPath: pre-commit, pre-merge-commit"), "{said:?}");
}

#[test]
fn hooks_of_others_are_not_run() {
    let folder = Folder::committed();
    let ran = folder.path.join("ran");
    for name in ["pre-commit", "post-commit", "post-checkout"] {
        folder.write(format!(".git/hooks/{name}"), format!("#!/bin/sh\necho >>'{}'\n", ran.display()));
        make_executable(&folder.path.join(".git/hooks").join(name));
    }
    install(&folder.path, &[]);
    doctor(&folder).ends_with(0);
    assert!(!ran.exists());
}
