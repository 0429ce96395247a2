//! Commits that must come about, whatever lies beside them.

use super::{blocks, hooked, passes};
use crate::support::{Folder, assigned};

#[test]
fn staged_content_without_a_secret_passes() {
    let folder = hooked(Folder::committed());
    folder.write("a.env", "T=\n").git(["add", "."]);
    passes(&folder.path, &[], "no secrets found · staged changes: 1 file");
}

#[test]
fn a_pure_rename_passes() {
    let folder = Folder::repository();
    folder.write("old.env", assigned("moved")).commit_all();
    let folder = hooked(folder);
    folder.git(["mv", "old.env", "new.env"]);
    passes(&folder.path, &[], "no staged content was scanned · 1 moved file left out");
}

#[test]
fn a_part_of_a_file_counts_as_far_as_it_is_staged() {
    let folder = hooked(Folder::committed());
    folder.write("README", "second\n").git(["add", "."]);
    folder.write("README", format!("second\n{}", assigned("not staged")));
    passes(&folder.path, &[], "no secrets found");
}

#[test]
fn a_secret_that_is_only_in_the_worktree_passes() {
    let folder = hooked(Folder::committed());
    folder.write("README", assigned("worktree")).write("other", "clean\n").git(["add", "other"]);
    passes(&folder.path, &[], "no secrets found · staged changes: 1 file");
}

#[test]
fn a_secret_in_an_untracked_file_passes() {
    let folder = hooked(Folder::committed());
    folder.write("README", "second\n").write("untracked.env", assigned("untracked"));
    passes(&folder.path, &["--all"], "no secrets found · staged changes: 1 file");
}

#[test]
fn a_file_that_is_only_announced_passes() {
    let folder = hooked(Folder::committed());
    folder.write("announced.env", assigned("announced")).git(["add", "--intent-to-add", "announced.env"]);
    folder.write("README", "second\n").git(["add", "README"]);
    passes(&folder.path, &[], "no secrets found");
}

#[test]
fn the_removal_of_a_secret_passes() {
    let folder = Folder::repository();
    folder.write("line.env", format!("A=1\n{}B=2\n", assigned("line"))).write("file.env", assigned("file")).commit_all();
    let folder = hooked(folder);
    folder.write("line.env", "A=1\nB=2\n").git(["rm", "--quiet", "file.env"]);
    passes(&folder.path, &["--all"], "no secrets found");
}

#[test]
fn an_old_secret_in_a_changed_file_passes_until_its_line_changes() {
    let folder = Folder::repository();
    let old = assigned("old");
    folder.write("app.env", format!("A=1\n{old}B=2\n")).commit_all();
    let folder = hooked(folder);
    folder.write("app.env", format!("NEW=1\nA=1\n{old}B=3\n"));
    passes(&folder.path, &["--all"], "no secrets found");
    folder.write("app.env", format!("NEW=1\nA=1\nexport {old}B=3\n"));
    blocks(&folder.path, &["--all"], "app.env:3");
}

#[test]
fn nothing_staged_says_so() {
    let folder = hooked(Folder::committed());
    passes(&folder.path, &["--allow-empty"], "nothing staged: no content was scanned");
}
