//! Pipes in place of git's own files: whoever opens one waits until somebody writes into it, and nobody does.

use std::path::Path;
use std::process::Command;

use super::each;
use crate::history::laws::layout;
use crate::history::repository::Repository;
use crate::support::{Folder, assigned};

/// Everything below the git folder that a scan of a history may want to read.
const FILES: [&str; 16] = [
    "config.worktree",
    "ORIG_HEAD",
    "FETCH_HEAD",
    "gitdir",
    "shallow",
    "info/grafts",
    "info/exclude",
    "logs/HEAD",
    "logs/refs/stash",
    "refs/heads/piped",
    "refs/stash",
    "worktrees/piped/HEAD",
    "worktrees/piped/commondir",
    "objects/info/commit-graph",
    "objects/pack/multi-pack-index",
    "objects/pack/pack-piped.idx",
];

/// Those that gix opens before anything else can look at them.
const FIRST_FILES: [&str; 6] = ["config", "HEAD", "commondir", "index", "packed-refs", "objects/info/alternates"];

fn pipe(path: &Path) {
    std::fs::create_dir_all(path.parent().expect("because it is in the git folder")).expect("because the folder can be written");
    let _ = std::fs::remove_file(path);
    assert!(Command::new("mkfifo").arg(path).status().expect("because every Unix has mkfifo").success());
}

/// What comes of it is not said here, only that something does: `scan` fails when it does not end.
#[test]
fn pipes_are_not_waited_for() {
    each(FILES.map(|file| (file.to_owned(), file)), |_, file| assert_ends(file));
}

#[test]
fn pipes_that_a_repository_begins_with_are_not_waited_for() {
    each(FIRST_FILES.map(|file| (file.to_owned(), file)), |_, file| assert_ends(file));
}

#[track_caller]
fn assert_ends(file: &str) {
    let repository = Repository::new(&[]);
    repository.write("a.env", assigned("pipe")).commit("first");
    pipe(&repository.git_dir().join(file));
    repository.scan(&[]);
}

#[test]
fn packs_that_are_pipes_are_not_waited_for() {
    each(["pack", "idx"].map(|extension| (extension.to_owned(), extension)), |what, extension| {
        let repository = Repository::new(&[]);
        repository.write("a.env", assigned("pipe")).commit("first");
        layout::one_pack(&repository);
        let pack = layout::packs(&repository).remove(0);
        pipe(&pack.with_extension(extension));
        let code = repository.scan(&[]).code;
        assert_ne!(code, 0, "{what}");
    });
}

#[test]
fn a_git_file_that_is_a_pipe_is_not_waited_for() {
    let repository = Repository::new(&[]);
    let folder = Folder::new();
    pipe(&folder.path.join(".git"));
    repository.scan_in(&folder.path, &[]).ends_with(2);
}
