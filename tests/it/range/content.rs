//! Content of files: what counts as introduced.

use super::{id, scan};
use crate::support::{Folder, assigned, list, text, token};

fn lines(count: usize) -> String {
    (0..count).map(|n| format!("line {n}\n")).collect()
}

#[test]
fn what_is_added_and_removed_inside_is_found_with_its_commit() {
    let folder = Folder::committed();
    folder.write("a.env", assigned("gone")).commit_all();
    let (added, blob) = (id(&folder, "HEAD"), id(&folder, "HEAD:a.env"));
    folder.remove("a.env").commit_all();
    let said = scan(&folder, "HEAD~2..HEAD", &["blob a.env"]);
    let report = said.report();
    let place = &list(&report["findings"])[0]["locations"][0];
    assert_eq!((text(&place["commit"]), text(&place["blob"])), (added.as_str(), blob.as_str()));
    assert_eq!((text(&report["scope"]["kind"]), text(&report["scope"]["range"])), ("range", "HEAD~2..HEAD"));
    assert_eq!(text(&report["scope"]["target"][0]), folder.path.display().to_string());
    scan(&folder, "HEAD~1..HEAD", &[]);
}

#[test]
fn a_line_added_and_removed_inside_is_found() {
    let folder = Folder::committed();
    folder.write("README", "first\n".to_owned() + &assigned("line")).commit_all();
    folder.write("README", "first\nlast\n").commit_all();
    scan(&folder, "HEAD~2..", &["blob README"]);
    scan(&folder, "HEAD~1..", &[]);
}

#[test]
fn an_old_secret_on_an_untouched_line_is_not_introduced() {
    let folder = Folder::repository();
    folder.write("a.env", lines(20) + &assigned("old")).commit_all();
    folder.write("a.env", "new first line\n".to_owned() + &lines(20) + &assigned("old")).commit_all();
    scan(&folder, "HEAD~1..HEAD", &[]);
    scan(&folder, "HEAD", &["blob a.env"]);
}

#[test]
fn the_first_commit_introduces_all_of_its_tree() {
    let folder = Folder::repository();
    folder.write("a.env", assigned("root")).write("d/e/b.env", assigned("below")).commit_all();
    folder.write("c", "c\n").commit_all();
    scan(&folder, "HEAD", &["blob a.env", "blob d/e/b.env"]);
    scan(&folder, "HEAD~1", &["blob a.env", "blob d/e/b.env"]);
    scan(&folder, "HEAD~1..", &[]);
}

#[test]
fn a_change_that_comes_again_is_scanned_once_and_is_the_first_commits() {
    let folder = Folder::committed();
    folder.write("a.env", assigned("again")).commit_all();
    let first = id(&folder, "HEAD");
    folder.remove("a.env").commit_all();
    folder.write("a.env", assigned("again")).commit_all();
    let said = scan(&folder, "HEAD~3..HEAD", &["blob a.env"]);
    assert_eq!(text(&said.report()["findings"][0]["locations"][0]["commit"]), first);
    // Three messages, of which each is its own, one blob, one name, two people.
    assert_eq!(said.report()["coverage"]["items"], 7);
}

#[test]
fn a_renamed_file_adds_its_name_and_of_its_content_only_what_is_edited() {
    let folder = Folder::repository();
    folder.write("old.env", lines(30) + &assigned("moved")).commit_all();
    folder.git(["mv", "old.env", "new.env"]);
    folder.commit_all();
    let said = scan(&folder, "HEAD~1..", &[]);
    assert_eq!(text(&said.report()["coverage"]["skipped"][0]["what"]), "moved files");
    std::fs::create_dir(folder.path.join("d")).expect("because the folder can be written");
    folder.git(["mv", "new.env", "d/newer.env"]);
    folder.write("d/newer.env", lines(30) + &assigned("moved") + &assigned("edited")).commit_all();
    assert!(folder.git(["show", "--name-status", "--find-renames", "--format="]).starts_with('R'));
    let said = scan(&folder, "HEAD~1..", &["blob d/newer.env"]);
    assert_eq!(said.report()["findings"][0]["locations"][0]["start"]["line"], 32);
}

#[test]
fn a_copied_secret_is_introduced() {
    let folder = Folder::repository();
    folder.write("a.env", assigned("copied")).commit_all();
    folder.write("b.env", assigned("copied")).commit_all();
    scan(&folder, "HEAD~1..", &["blob b.env"]);
}

#[cfg(unix)]
#[test]
fn the_target_of_a_link_is_introduced() {
    let folder = Folder::committed();
    std::os::unix::fs::symlink(format!("/srv/{}", token("link")), folder.path.join("link")).expect("because the folder can be written");
    folder.commit_all();
    scan(&folder, "HEAD~1..", &["symlink-target link"]);
}

#[cfg(unix)]
#[test]
fn names_may_be_any_bytes() {
    use std::os::unix::ffi::OsStrExt as _;
    let folder = Folder::committed();
    folder.write(std::ffi::OsStr::from_bytes(b"caf\xe9 \n\"x"), assigned("bytes")).commit_all();
    scan(&folder, "HEAD~1..", &["blob caf\u{fffd} \n\"x"]);
}

/// `main` and `side` fork from a commit with `base.txt`; `main` is checked out.
fn forked() -> Folder {
    let folder = Folder::repository();
    folder.write("base.txt", lines(40)).commit_all();
    folder.git(["checkout", "--quiet", "-b", "side"]);
    folder.write("side.env", assigned("side")).commit_all();
    folder.git(["checkout", "--quiet", "main"]);
    folder.write("main.txt", "main\n").commit_all();
    folder
}

#[test]
fn a_merge_brings_what_none_of_its_parents_has() {
    let folder = forked();
    folder.git(["merge", "--quiet", "--no-ff", "--no-commit", "side"]);
    folder.write("base.txt", lines(40) + &assigned("evil")).commit_all();
    assert_eq!(id(&folder, "HEAD^2"), id(&folder, "side"));
    let said = scan(&folder, "HEAD~1..HEAD", &["blob base.txt", "blob side.env"]);
    let merge = id(&folder, "HEAD");
    let report = said.report();
    let commits: Vec<&str> = list(&report["findings"]).iter().map(|finding| text(&finding["locations"][0]["commit"])).collect();
    assert!(commits.contains(&merge.as_str()) && commits.contains(&id(&folder, "side").as_str()), "{commits:?}");
}

#[test]
fn what_a_merge_takes_from_a_parent_outside_of_the_range_is_not_introduced() {
    let folder = forked();
    folder.write("base.txt", "top\n".to_owned() + &lines(40)).commit_all();
    folder.git(["checkout", "--quiet", "side"]);
    folder.write("base.txt", lines(40) + &assigned("outside")).commit_all();
    folder.git(["merge", "--quiet", "main"]);
    // Both sides changed base.txt, so that its content is new and each of its lines is some parent's.
    folder.git(["branch", "merged"]);
    folder.git(["reset", "--quiet", "--hard", "HEAD~1"]);
    scan(&folder, "side..merged", &[]);
    scan(&folder, "main..merged", &["blob base.txt", "blob side.env"]);
}

#[test]
fn what_a_merge_takes_from_a_file_that_the_other_side_renamed_is_not_introduced() {
    let folder = forked();
    folder.git(["mv", "base.txt", "renamed.txt"]);
    folder.commit_all();
    folder.git(["checkout", "--quiet", "side"]);
    folder.write("base.txt", lines(40) + &assigned("outside")).commit_all();
    folder.git(["checkout", "--quiet", "-b", "merged"]);
    folder.git(["merge", "--quiet", "main"]);
    assert!(folder.read("renamed.txt").contains("T="), "git follows the rename");
    scan(&folder, "side..merged", &[]);
}

#[test]
fn submodules_are_no_content_and_a_file_in_their_place_is() {
    let inner = Folder::committed();
    let folder = Folder::committed();
    let inner_path = inner.path.display().to_string();
    folder.git(["submodule", "--quiet", "add", inner_path.as_str(), "sub"]);
    folder.commit_all();
    folder.git(["rm", "--quiet", "-f", "sub"]);
    folder.commit_all();
    folder.write("sub", assigned("in its place")).commit_all();
    scan(&folder, "HEAD~3..", &["blob sub"]);
}
