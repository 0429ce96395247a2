//! Where a scan of a history may begin, and what it says where there is no history.

use super::findings::{Findings, refs};
use super::repository::Repository;
use crate::support::{Folder, assigned, text, token};

#[track_caller]
fn exposure(findings: &Findings, seed: &str) -> serde_json::Value {
    findings.of_token(&token(seed)).unwrap_or_else(|| panic!("{seed} is not found: {:#}", findings.0))["exposure"].clone()
}

#[test]
fn a_bare_repository_in_a_folder_of_another_is_scanned_by_its_path() {
    let repository = Repository::new(&[]);
    repository.write("README", assigned("outer")).commit("outer");
    let inner = Repository::new(&[]);
    inner.write("inner.env", assigned("inner")).commit("inner");
    repository.git(&["clone", "--quiet", "--bare", &inner.path.display().to_string(), "vendor/inner.git"]);
    let findings = Findings::of(&repository.scan(&["vendor/inner.git"]).ends_with(1));
    assert_eq!(findings.len(), 1, "{:#}", findings.0);
    assert_eq!(refs(&exposure(&findings, "inner")["held_by"]), ["branch refs/heads/main"]);
    let findings = Findings::of(&repository.scan(&[]).ends_with(1));
    assert_eq!(findings.len(), 1, "{:#}", findings.0);
    exposure(&findings, "outer");
}

#[test]
fn a_detached_head_is_a_head_of_its_own() {
    let repository = Repository::new(&[]);
    repository.write("README", "first\n").commit("first");
    repository.git(&["checkout", "--quiet", "--detach"]);
    repository.write("a.env", assigned("detached")).commit("detached");
    let exposure = exposure(&Findings::of(&repository.scan(&[]).ends_with(1)), "detached");
    assert_eq!(refs(&exposure["held_by"]), ["head HEAD"]);
    assert_eq!(refs(&exposure["reachable_from"]), ["head HEAD"]);
    assert_eq!((exposure["in_head"].as_bool(), text(&exposure["reach"])), (Some(true), "refs"));
}

/// The main worktree's HEAD keeps what it has checked out, seen from whichever worktree.
#[test]
fn the_main_worktree_is_seen_from_a_linked_one() {
    let repository = Repository::new(&[]);
    repository.write("README", "first\n").commit("first");
    let linked = Folder::new();
    let linked = linked.path.join("linked");
    repository.git(&["worktree", "add", "--quiet", "-b", "linked", &linked.display().to_string()]);
    repository.git(&["checkout", "--quiet", "--detach"]);
    repository.write("a.env", assigned("main worktree")).commit("detached");
    repository.write("b.env", assigned("main index")).git(&["add", "b.env"]);
    let findings = Findings::of(&repository.scan_in(&linked, &[]).ends_with(1));
    let commit = exposure(&findings, "main worktree");
    assert_eq!((text(&commit["reach"]), commit["in_head"].as_bool()), ("refs", Some(false)), "{commit:#}");
    assert_eq!(text(&exposure(&findings, "main index")["reach"]), "reflog");
}

#[test]
fn a_subfolder_stands_for_its_repository() {
    let repository = Repository::new(&[]);
    repository.write("sub/clean", "clean\n").write("a.env", assigned("above")).commit("first");
    for (folder, arguments) in [("sub", &[][..]), (".", &["sub"]), (".git", &[]), (".", &[".git"])] {
        let findings = Findings::of(&repository.scan_in(&repository.path.join(folder), arguments).ends_with(1));
        assert_eq!(findings.len(), 1, "{folder} {arguments:?}");
        assert_eq!(exposure(&findings, "above")["paths"][0], "a.env", "{folder} {arguments:?}");
    }
}

#[test]
fn a_repository_without_a_commit_may_still_hold_something() {
    let repository = Repository::new(&[]);
    let findings = Findings::of(&repository.scan(&[]).ends_with(0));
    assert_eq!((findings.len(), findings.items()), (0, 0));
    repository.git_with_input(&["hash-object", "-w", "--stdin"], assigned("unborn").as_bytes());
    let findings = Findings::of(&repository.scan(&[]).ends_with(1));
    assert_eq!(exposure(&findings, "unborn")["reach"], "unreachable");
}

#[test]
fn a_history_without_a_secret_is_clean() {
    let repository = Repository::new(&[]);
    (0..5).for_each(|number| drop(repository.write("README", format!("{number}\n")).commit("change")));
    let findings = Findings::of(&repository.scan(&[]).ends_with(0));
    // Five commits, their trees, their files.
    assert_eq!((findings.items(), text(&findings.0["outcome"])), (15, "clean"));
}

#[test]
fn a_folder_that_is_no_repository_is_2() {
    let folder = Folder::new();
    let repository = Repository::new(&[]);
    let said = repository.scan_in(&folder.path, &[]).ends_with(2);
    assert!(said.stderr.contains(&format!("{} is not in a git repository", folder.path.display())), "{said:?}");
    assert_eq!(said.stdout, "");
    let said = repository.scan(&["no/such/folder"]).ends_with(2);
    assert!(said.stderr.contains("no/such/folder"), "{said:?}");
}

#[test]
fn what_a_replacement_hides_is_still_there() {
    let repository = Repository::new(&[]);
    repository.write("a.env", assigned("replaced")).commit("secret");
    let secret_commit = repository.git(&["rev-parse", "HEAD"]);
    repository.git(&["checkout", "--quiet", "--orphan", "clean"]);
    repository.write("a.env", "nothing\n").commit("clean");
    let clean = repository.git(&["rev-parse", "HEAD"]);
    repository.git(&["replace", &secret_commit, &clean]);
    let exposure = exposure(&Findings::of(&repository.scan(&[]).ends_with(1)), "replaced");
    assert_eq!((text(&exposure["first"]["id"]), exposure["commits"].as_u64()), (secret_commit.as_str(), Some(1)));
    assert_eq!(refs(&exposure["held_by"]), ["branch refs/heads/main"]);
}

#[test]
fn control_characters_do_not_leave_a_commit() {
    let repository = Repository::new(&[]);
    repository.write("a.env", assigned("control")).git(&["add", "a.env"]);
    let long = format!("\u{1b}[31mred {}", "word ".repeat(100));
    let author = [("GIT_AUTHOR_NAME", "An\u{1b}[2Jn"), ("GIT_AUTHOR_EMAIL", "ann@example.org")];
    repository.git_as(&repository.path, &author, &["commit", "--quiet", "--message", &long]);
    let first = &exposure(&Findings::of(&repository.scan(&[]).ends_with(1)), "control")["first"];
    assert_eq!((text(&first["author"]), text(&first["email"])), ("An[2Jn", "ann@example.org"));
    assert!(text(&first["subject"]).starts_with("[31mred word") && text(&first["subject"]).chars().count() <= 200, "{first}");
}
