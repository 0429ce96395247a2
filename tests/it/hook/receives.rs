//! `pre-receive`: a server refuses what holds a credential, while it is still in quarantine.

use super::{RULE, install, setup};
use crate::support::{Folder, Said, assigned, git_in};

/// A server with the hook, and a clone of it.
struct Server {
    folder: Folder,
    clone: Folder,
}

impl Server {
    fn new() -> Self {
        let folder = Folder::new();
        folder.git(["init", "--quiet", "--bare", "--initial-branch=main"]);
        install(&folder.path, &[]);
        let clone = Folder::committed();
        clone.git(["remote".as_ref(), "add".as_ref(), "origin".as_ref(), folder.path.as_os_str()]);
        Self { folder, clone }
    }

    fn push(&self, arguments: &[&str]) -> Said {
        Said::of(git_in(&self.clone.path).args(["push", "origin"]).args(arguments))
    }

    fn refs(&self) -> String {
        self.folder.git(["for-each-ref"])
    }

    #[track_caller]
    fn refuses(&self, arguments: &[&str]) {
        let before = self.refs();
        let said = self.push(arguments);
        assert!(said.code != 0 && said.stderr.contains(RULE), "{said:?}");
        assert!(said.stderr.contains("keysieve refused the push, no ref was changed"), "{said:?}");
        assert_eq!(self.refs(), before);
    }

    /// Installs the hook again with flags for it.
    fn with_flags(&self, flags: &[&str]) {
        install(&self.folder.path, &[&["--"], flags].concat());
    }
}

#[test]
fn the_first_push_is_scanned_in_quarantine() {
    let server = Server::new();
    server.clone.write("app.env", assigned("first")).commit_all();
    server.refuses(&["main"]);
    assert_eq!(server.folder.git(["count-objects"]), "0 objects, 0 kilobytes");
}

#[test]
fn a_secret_that_the_next_commit_removes_is_refused_and_a_clean_push_is_not() {
    let server = Server::new();
    let said = server.push(&["main"]).ends_with(0);
    assert!(said.stderr.contains("remote: no secrets found · push: "), "{said:?}");
    server.clone.write("app.env", assigned("removed")).commit_all();
    server.clone.write("app.env", "clean\n").commit_all();
    server.refuses(&["main"]);
    server.refuses(&["main:refs/heads/other"]);
}

#[test]
fn what_any_ref_of_the_server_has_does_not_count_again() {
    let server = Server::new();
    std::fs::rename(server.folder.path.join("hooks"), server.folder.path.join("aside")).expect("because it is ours");
    server.clone.write("app.env", assigned("known")).commit_all();
    server.push(&["main"]).ends_with(0);
    std::fs::rename(server.folder.path.join("aside"), server.folder.path.join("hooks")).expect("because it is ours");
    let said = server.push(&["main:refs/heads/again"]).ends_with(0);
    assert!(said.stderr.contains("the other side has all of these commits already"), "{said:?}");
    let said = server.push(&[":again"]).ends_with(0);
    assert!(said.stderr.contains("the push only deletes refs"), "{said:?}");
}

#[test]
fn out_of_time_is_incomplete_and_never_clean() {
    let server = Server::new();
    server.with_flags(&["--time-budget", "0.000001"]);
    let said = server.push(&["main"]);
    assert_ne!(said.code, 0, "{said:?}");
    assert!(said.stderr.contains("incomplete: commits: the time budget is used up"), "{said:?}");
    assert!(!said.stderr.contains("no secrets found"), "{said:?}");
    server.with_flags(&["--time-budget", "0.000001", "--allow-incomplete"]);
    let said = server.push(&["main"]).ends_with(0);
    assert!(said.stderr.contains("was not scanned completely, and --allow-incomplete lets it pass"), "{said:?}");
}

#[test]
fn a_budget_that_is_enough_changes_nothing() {
    let server = Server::new();
    server.with_flags(&["--time-budget", "60"]);
    // Installed again without flags, it keeps those that it has.
    install(&server.folder.path, &[]);
    server.push(&["main"]).ends_with(0);
    server.clone.write("app.env", assigned("budget")).commit_all();
    server.refuses(&["main"]);
}

#[test]
fn a_file_that_the_push_brings_excepts_nothing_for_the_server() {
    let server = Server::new();
    server.clone.write("keysieve.yaml", "rules:\n  disable: [\"github.*\"]\n").write("app.env", assigned("own rules")).commit_all();
    server.refuses(&["main"]);
}

#[test]
fn flags_that_a_hook_does_not_know_are_refused_before_it_is_written() {
    let folder = Folder::new();
    folder.git(["init", "--quiet", "--bare"]);
    for flags in [&["--time-budget", "soon"][..], &["--nonsense"], &["--time-budget", "1", "extra"]] {
        let said = Said::of(setup(&folder.path).args(["install", "--"]).args(flags)).ends_with(2);
        assert!(said.stderr.contains("the pre-receive hook cannot be called so: "), "{said:?}");
    }
    assert!(!folder.path.join("hooks/pre-receive").exists());
}
