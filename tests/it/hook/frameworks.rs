//! What pre-commit and prek set in the environment. `tests/hooks/frameworks.sh` runs the real ones.

use crate::support::{Folder, Said, assigned, keysieve_in};

fn under(folder: &Folder, hook: &str, variables: &[(&str, &str)]) -> Said {
    let mut command = keysieve_in(&folder.path);
    Said::of(command.env("PRE_COMMIT", "1").envs(variables.iter().copied()).args(["hook", hook]))
}

#[test]
fn with_nothing_staged_a_run_by_hand_scans_the_tree_and_says_so() {
    let folder = Folder::committed();
    let said = under(&folder, "pre-commit", &[]).ends_with(0);
    assert!(said.stdout.starts_with("keysieve: nothing is staged, so this is a scan of all files of the working tree\n"), "{said:?}");
    folder.write("a.env", assigned("tree")).commit_all();
    let said = under(&folder, "pre-commit", &[]).ends_with(1);
    assert!(said.stdout.contains("a.env:1:3"), "{said:?}");
}

#[test]
fn a_configuration_does_not_hide_that_nothing_is_staged() {
    let folder = Folder::committed();
    folder.write("keysieve.yaml", "rules:\n  disable: [\"slack.*\"]\n").commit_all();
    let said = under(&folder, "pre-commit", &[]).ends_with(0);
    assert!(said.stdout.contains("this is a scan of all files"), "{said:?}");
}

#[test]
fn with_nothing_staged_a_run_by_git_scans_nothing() {
    let folder = Folder::committed();
    folder.write("a.env", assigned("empty commit")).commit_all();
    let said = under(&folder, "pre-commit", &[("GIT_INDEX_FILE", ".git/index")]).ends_with(0);
    assert_eq!(said.stdout, "nothing staged: no content was scanned\n");
    let said = folder.keysieve(["hook", "pre-commit"]).ends_with(0);
    assert_eq!(said.stdout, "nothing staged: no content was scanned\n");
}

#[test]
fn what_is_staged_counts_in_a_run_by_hand() {
    let folder = Folder::committed();
    folder.write("b.env", assigned("staged")).git(["add", "."]);
    let said = under(&folder, "pre-commit", &[]).ends_with(1);
    assert!(said.stdout.contains("b.env:1:3") && said.stdout.contains("staged changes: 1 file"), "{said:?}");
}

#[test]
fn two_refs_are_a_range() {
    let folder = Folder::committed();
    folder.write("a.env", assigned("range")).commit_all();
    folder.write("a.env", "clean\n").commit_all();
    for hook in ["pre-commit", "pre-push"] {
        let said = under(&folder, hook, &[("PRE_COMMIT_FROM_REF", "HEAD~2"), ("PRE_COMMIT_TO_REF", "HEAD")]).ends_with(1);
        assert!(said.stdout.contains("a.env:1:3 in "), "{said:?}");
        under(&folder, hook, &[("PRE_COMMIT_FROM_REF", "HEAD~1"), ("PRE_COMMIT_TO_REF", "HEAD")]).ends_with(0);
        under(&folder, hook, &[("PRE_COMMIT_FROM_REF", "nonsense"), ("PRE_COMMIT_TO_REF", "HEAD")]).ends_with(if hook == "pre-commit" {
            2
        } else {
            1
        });
    }
}

#[test]
fn a_first_push_names_no_commits_and_is_scanned_from_its_beginning() {
    let folder = Folder::repository();
    folder.write("a.env", assigned("root")).commit_all();
    folder.write("a.env", "clean\n").commit_all();
    let push = [
        ("PRE_COMMIT_LOCAL_BRANCH", "refs/heads/main"),
        ("PRE_COMMIT_REMOTE_BRANCH", "refs/heads/main"),
        ("PRE_COMMIT_REMOTE_NAME", "origin"),
        ("PRE_COMMIT_REMOTE_URL", "/nowhere"),
    ];
    for hook in ["pre-commit", "pre-push"] {
        let said = under(&folder, hook, &push).ends_with(1);
        assert!(said.stdout.contains("a.env:1:3 in ") && said.stdout.contains("push to origin"), "{said:?}");
    }
    let said = under(&folder, "pre-push", &[]).ends_with(1);
    assert!(said.stdout.contains("a.env:1:3 in "), "{said:?}");
}

#[test]
fn the_placeholder_package_wants_the_wheel_of_this_version() {
    let text = std::fs::read_to_string(crate::source_text::package().join("setup.py")).expect("because it is checked in");
    assert!(text.contains(concat!("\"keysieve==", env!("CARGO_PKG_VERSION"), "\"")), "setup.py names another version");
}
