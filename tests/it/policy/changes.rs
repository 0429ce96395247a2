//! `scan --staged` and `scan --range`: what a change brings, not what was there.

use super::{STORE, at, env_file, fingerprint, key_file, told};
use crate::support::{Folder, NOTHING, Said, list, text};

fn staged(folder: &Folder) -> Said {
    folder.git(["add", "--all", "--force"]);
    folder.scan(["--staged"])
}

fn commit(folder: &Folder) -> String {
    folder.commit_all();
    folder.git(["rev-parse", "HEAD"])
}

#[test]
fn a_staged_file_is_a_finding() {
    let folder = Folder::committed();
    folder.write(".env", env_file("a")).write("x/server.key", key_file("k")).write("x/y.p12", STORE).write(".env.example", env_file("e"));
    let said = staged(&folder).ends_with(1);
    assert_eq!(told(&said), [".env: env-file", "x/server.key: private-key-file", "x/y.p12: keystore"]);
    let finding = at(&said, ".env");
    assert_eq!(text(&finding["locations"][0]["kind"]), "staged");
    assert_eq!(text(&finding["locations"][0]["blob"]), folder.git(["rev-parse", ":.env"]));
    assert_eq!(fingerprint(&said, ".env"), fingerprint(&folder.scan(NOTHING), ".env"), "as in a tree");
    folder.git(["reset", "--quiet"]);
    assert_eq!(told(&folder.scan(["--staged"])), [""; 0], "no longer staged");
}

#[test]
fn a_file_that_was_there_before_is_not_brought_by_a_change() {
    let folder = Folder::committed();
    folder.write(".env", env_file("before")).commit_all();
    folder.write(".env", env_file("before") + "PORT=4000\n");
    assert_eq!(told(&staged(&folder)), [""; 0]);
    folder.commit_all();
    assert_eq!(told(&folder.scan(["--range", "HEAD~1..HEAD"])), [""; 0]);
    assert_eq!(told(&folder.scan(["--range", "HEAD~2..HEAD"])), [".env: env-file"]);
}

#[test]
fn a_file_that_gets_its_values_is_brought_by_that_change() {
    let folder = Folder::committed();
    folder.write(".env", "DB_PASSWORD=\n");
    staged(&folder).ends_with(0);
    folder.commit_all();
    folder.write(".env", env_file("filled"));
    assert_eq!(told(&staged(&folder)), [".env: env-file"]);
    let filled = commit(&folder);
    let said = folder.scan(["--range", "HEAD"]);
    assert_eq!(told(&said), [".env: env-file"]);
    assert_eq!(text(&at(&said, ".env")["locations"][0]["commit"]), filled);
}

#[test]
fn what_one_commit_adds_and_the_next_removes_is_found() {
    let folder = Folder::committed();
    folder.write("a/id_ed25519", key_file("gone"));
    let added = commit(&folder);
    folder.remove("a/id_ed25519").commit_all();
    let said = folder.scan(["--range", "HEAD~2..HEAD"]);
    assert_eq!(told(&said), ["a/id_ed25519: private-key-file"]);
    let place = &at(&said, "a/id_ed25519")["locations"][0];
    assert_eq!((text(&place["commit"]), text(&place["kind"])), (added.as_str(), "blob"));
    assert_eq!(list(&at(&said, "a/id_ed25519")["locations"]).len(), 1);
}

#[test]
fn a_merge_brings_no_file_that_a_parent_has() {
    let folder = Folder::committed();
    folder.git(["checkout", "--quiet", "-b", "side"]);
    folder.write(".env", env_file("side")).commit_all();
    folder.git(["checkout", "--quiet", "main"]);
    folder.write("main.txt", "x\n").commit_all();
    folder.git(["merge", "--quiet", "--no-edit", "side"]);
    assert_eq!(told(&folder.scan(["--range", "HEAD^!"])), [""; 0]);
    assert_eq!(told(&folder.scan(["--range", "HEAD~1..HEAD"])), [".env: env-file"]);
}
