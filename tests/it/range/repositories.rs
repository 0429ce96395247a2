//! Repositories of every kind, and where in them a scan begins.

use std::path::Path;

use super::{found, id};
use crate::support::{Folder, Said, assigned, keysieve_in};

/// A clean commit and one with a secret.
fn history(mut options: Vec<&str>) -> Folder {
    let folder = Folder::new();
    options.splice(0..0, ["init", "--quiet", "--initial-branch=main"]);
    folder.git(options);
    folder.write("README", "first\n").commit_all();
    folder.write("d/a.env", assigned("kind")).commit_all();
    folder
}

#[track_caller]
fn finds(cwd: &Path, arguments: &[&str]) {
    let said = Said::of(keysieve_in(cwd).args(["scan", "--format", "json"]).args(arguments)).ends_with(1);
    assert_eq!((found(&said), said.gaps()), (vec!["blob d/a.env".to_owned()], vec![]), "{arguments:?}");
}

#[test]
fn a_bare_repository_has_ranges() {
    let folder = history(vec![]);
    folder.git(["clone", "--quiet", "--bare", ".", "bare.git"]);
    finds(&folder.path.join("bare.git"), &["--range", "HEAD~1..HEAD"]);
    finds(&folder.path, &["--branch", "main", "bare.git"]);
}

#[test]
fn subfolders_linked_worktrees_and_named_folders_have_the_ranges_of_their_repository() {
    let folder = history(vec![]);
    finds(&folder.path.join("d"), &["--range", "HEAD~1.."]);
    folder.git(["worktree", "add", "--quiet", "-b", "linked", "linked"]);
    finds(&folder.path.join("linked"), &["--range", "main~1.."]);
    finds(&std::env::temp_dir(), &["--range", "HEAD~1..", &folder.path.display().to_string()]);
    let elsewhere = Folder::committed();
    let mut hook = keysieve_in(&elsewhere.path);
    hook.env("GIT_DIR", ".git").args(["scan", "--format", "json", "--range", "HEAD~1.."]).arg(&folder.path);
    assert_eq!(found(&Said::of(&mut hook).ends_with(1)), ["blob d/a.env"]);
}

#[test]
fn a_sha_256_repository_has_ranges() {
    let folder = history(vec!["--object-format=sha256"]);
    assert_eq!(id(&folder, "HEAD").len(), 64);
    finds(&folder.path, &["--range", "HEAD~1..HEAD"]);
    finds(&folder.path, &["--range", &format!("{}..{}", id(&folder, "HEAD~1"), id(&folder, "HEAD"))]);
    finds(&folder.path, &["--range", &format!("{}..HEAD", "0".repeat(64))]);
    finds(&folder.path, &["--range", &format!("{}..HEAD", "0".repeat(40))]);
}

#[test]
fn alternates_are_read() {
    let folder = history(vec![]);
    folder.git(["clone", "--quiet", "--shared", ".", "shared"]);
    finds(&folder.path.join("shared"), &["--range", "HEAD~1..HEAD"]);
}

#[test]
fn replaced_objects_are_read_as_they_are() {
    let folder = history(vec![]);
    folder.write("clean", "clean\n").git(["add", "clean"]);
    let clean = folder.git(["rev-parse", "HEAD:README"]);
    folder.git(["replace", &id(&folder, "HEAD:d/a.env"), &clean]);
    finds(&folder.path, &["--range", "HEAD~1..HEAD"]);
}

/// git keeps what is pushed apart from the repository until the hook has agreed to it.
#[cfg(unix)]
#[test]
fn a_server_can_refuse_a_push() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = history(vec![]);
    folder.git(["init", "--quiet", "--bare", "server.git"]);
    folder.git(["push", "--quiet", "server.git", "main~1:refs/heads/main"]);
    let hook = folder.path.join("server.git/hooks/pre-receive");
    let script = "#!/bin/sh\nwhile read old new name; do '{}' scan --range \"$old..$new\" || exit 1; done\n";
    std::fs::write(&hook, script.replace("{}", env!("CARGO_BIN_EXE_keysieve"))).expect("because git made the folder");
    std::fs::set_permissions(&hook, std::fs::Permissions::from_mode(0o755)).expect("because it is ours");
    for branch in ["main", "new"] {
        let said = folder.try_git(["push", "server.git", &format!("main:refs/heads/{branch}")]);
        assert_ne!(said.code, 0, "{said:?}");
        assert!(said.stderr.contains("github.personal-access-token  d/a.env:1:3"), "{said:?}");
    }
    folder.git(["commit", "--quiet", "--amend", "--message=m", "--allow-empty"]);
    folder.git(["reset", "--quiet", "--hard", "HEAD~1"]);
    folder.write("clean", "clean\n").commit_all();
    let said = folder.try_git(["push", "server.git", "main:refs/heads/main", "main:refs/heads/new"]);
    assert_eq!(said.code, 0, "{said:?}");
    assert!(said.stderr.contains("no secrets found"), "{said:?}");
}

#[test]
fn neither_threads_nor_packing_change_a_byte() {
    let folder = Folder::repository();
    for number in 0..150_u32 {
        let content: String = (0..number % 7).map(|line| format!("{line}\n{}", assigned(&format!("{}", number * line % 50)))).collect();
        folder.write(format!("d{}/{}.env", number % 5, number % 20), content);
        if number.is_multiple_of(3) {
            folder.commit_all();
        }
    }
    let report = |threads: &str| folder.scan(["--range", "HEAD~30..HEAD", "-j", threads]).ends_with(1).stdout;
    let expected = report("1");
    assert!(expected.len() > 10_000);
    for threads in ["2", "8", "0"] {
        assert!(report(threads) == expected, "{threads} threads");
    }
    folder.git(["repack", "--quiet", "-a", "-d", "-f"]);
    folder.git(["pack-refs", "--all"]);
    assert!(report("2") == expected, "packed");
}

#[test]
fn refs_that_cannot_be_read_are_refused() {
    let folder = history(vec![]);
    folder.git(["config", "core.repositoryFormatVersion", "1"]);
    folder.git(["config", "extensions.refStorage", "reftable"]);
    let said = Said::of(keysieve_in(&folder.path).args(["scan", "--range", "HEAD~1.."])).ends_with(2);
    assert!(said.stderr.contains("reftable"), "{said:?}");
}
