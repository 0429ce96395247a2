//! Commits that must not come about.

use super::{blocks, commit, hooked, passes};
use crate::support::{Folder, assigned, token};

#[test]
fn a_staged_secret_blocks() {
    let folder = hooked(Folder::committed());
    folder.write("a.env", assigned("plain")).git(["add", "."]);
    blocks(&folder.path, &[], "a.env");
}

#[test]
fn commit_all_blocks() {
    let folder = hooked(Folder::committed());
    folder.write("README", assigned("all"));
    blocks(&folder.path, &["--all"], "README");
}

#[test]
fn commit_of_a_path_blocks_for_that_path() {
    let folder = hooked(Folder::committed());
    folder.write("README", assigned("path")).write("other", "clean\n").git(["add", "other"]);
    blocks(&folder.path, &["README"], "README");
}

#[test]
fn commit_of_a_path_does_not_block_for_what_else_is_staged() {
    let folder = hooked(Folder::committed());
    folder.write("other", assigned("else")).git(["add", "other"]);
    folder.write("README", "second\n");
    passes(&folder.path, &["README"], "staged changes: 1 file");
    blocks(&folder.path, &[], "other");
}

#[test]
fn commit_with_include_blocks_for_both() {
    let folder = hooked(Folder::committed());
    folder.write("other", assigned("include")).git(["add", "other"]);
    folder.write("README", "second\n");
    blocks(&folder.path, &["--include", "README"], "other");
}

#[test]
fn a_secret_in_the_index_blocks_although_the_file_is_clean_again() {
    let folder = hooked(Folder::committed());
    folder.write("README", assigned("index")).git(["add", "."]);
    folder.write("README", "clean\n");
    blocks(&folder.path, &[], "README");
}

#[test]
fn a_secret_in_the_index_blocks_although_the_file_is_gone() {
    let folder = hooked(Folder::committed());
    folder.write("a.env", assigned("gone")).git(["add", "."]);
    folder.remove("a.env");
    blocks(&folder.path, &[], "a.env");
}

#[test]
fn a_renamed_and_edited_file_blocks() {
    let folder = Folder::repository();
    let lines: String = (0..50).map(|n| format!("line {n}\n")).collect();
    folder.write("old.txt", &lines).commit_all();
    let folder = hooked(folder);
    folder.git(["mv", "old.txt", "new.txt"]);
    folder.write("new.txt", lines + &assigned("rename")).git(["add", "."]);
    assert!(folder.git(["diff", "--cached", "--name-status", "--find-renames"]).starts_with('R'));
    blocks(&folder.path, &[], "new.txt:51");
}

#[test]
fn spaces_in_a_name_block() {
    let folder = hooked(Folder::committed());
    folder.write("my secret file .env", assigned("space")).git(["add", "."]);
    blocks(&folder.path, &[], "my secret file .env");
}

#[cfg(unix)]
#[test]
fn line_feeds_quotes_and_bytes_that_are_no_text_in_a_name_block() {
    use std::os::unix::ffi::OsStrExt as _;
    let folder = hooked(Folder::committed());
    folder.write("two\nlines", assigned("newline")).git(["add", "."]);
    blocks(&folder.path, &[], r"two\nlines");
    folder.git(["rm", "--quiet", "--force", "two\nlines"]);
    folder.write("a\"b'c\\d", assigned("quotes")).git(["add", "."]);
    blocks(&folder.path, &[], r#"a"b'c\d"#);
    folder.git(["rm", "--quiet", "--force", "a\"b'c\\d"]);
    folder.write(std::ffi::OsStr::from_bytes(b"caf\xe9"), assigned("bytes")).git(["add", "."]);
    blocks(&folder.path, &[], r"caf\xe9");
}

#[cfg(unix)]
#[test]
fn a_link_with_a_secret_in_its_target_blocks() {
    let folder = hooked(Folder::committed());
    std::os::unix::fs::symlink(format!("/srv/{}", token("link")), folder.path.join("link")).expect("because the folder can be written");
    folder.git(["add", "."]);
    blocks(&folder.path, &[], "link");
}

#[test]
fn a_secret_that_is_copied_blocks() {
    let folder = Folder::repository();
    folder.write("a.env", assigned("copied")).commit_all();
    let folder = hooked(folder);
    folder.write("b.env", assigned("copied")).git(["add", "."]);
    blocks(&folder.path, &[], "b.env");
}

#[test]
fn a_blob_that_is_missing_stops_the_commit_and_is_named() {
    let folder = hooked(Folder::committed());
    folder.write("a.txt", "clean\n").git(["add", "."]);
    let blob = folder.git(["rev-parse", ":a.txt"]);
    folder.remove(format!(".git/objects/{}/{}", &blob[..2], &blob[2..]));
    let said = commit(&folder.path, &[]);
    assert_ne!(said.code, 0, "{said:?}");
    assert!(said.stderr.contains("incomplete: a.txt: its staged blob ") && said.stderr.contains("is missing"), "{said:?}");
}
