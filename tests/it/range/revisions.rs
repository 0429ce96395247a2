//! Which commits the words name, and what is said when they name none.

use super::{id, scan, scan_with};
use crate::support::{Folder, assigned, git_in, text};

const ZERO: &str = "0000000000000000000000000000000000000000";

/// `main` and `side` fork from the first commit; each adds one secret.
fn forked() -> Folder {
    let folder = Folder::committed();
    folder.git(["checkout", "--quiet", "-b", "side"]);
    folder.write("side.env", assigned("side")).commit_all();
    folder.git(["checkout", "--quiet", "main"]);
    folder.write("main.env", assigned("main")).commit_all();
    folder
}

#[test]
fn two_and_three_dots_mean_what_they_mean_to_git() {
    let folder = forked();
    scan(&folder, "side..main", &["blob main.env"]);
    scan(&folder, "main..side", &["blob side.env"]);
    scan(&folder, "main...side", &["blob main.env", "blob side.env"]);
    scan(&folder, "side..", &["blob main.env"]);
    scan(&folder, "..side", &["blob side.env"]);
    scan(&folder, "main..main", &[]);
    scan(&folder, "side", &["blob side.env"]);
    scan(&folder, "side^!", &["blob side.env"]);
    scan(&folder, "main~1", &[]);
    let short = &id(&folder, "side")[..8];
    scan(&folder, &format!("{}..{short}", id(&folder, "main")), &["blob side.env"]);
    let said = folder.keysieve(["scan", "--range", "main..main~1"]).ends_with(0);
    assert_eq!(said.stdout, "the range introduces nothing: no content was scanned\n");
}

#[test]
fn a_revision_that_is_not_there_is_2_and_is_named() {
    let folder = forked();
    let missing = "1".repeat(40);
    folder.git(["update-ref", "refs/remotes/origin/feature/x", "side"]);
    let tree = id(&folder, "HEAD^{tree}");
    for (range, named) in [
        ("no-such..main", "`no-such`: there is no such branch, tag or commit in this repository. `git fetch` brings"),
        ("main..no-such", "`no-such`"),
        ("no-such", "`no-such`"),
        ("main..feature/x", "There is a remote-tracking branch `origin/feature/x`"),
        (&format!("{missing}..main"), &format!("`{missing}`: this repository has no such object")),
        ("main:main.env", "it names a blob, not a commit"),
        (&tree, "it names a tree, not a commit"),
        ("^main", "it only leaves out"),
        ("HEAD@{", "`HEAD@{`"),
        ("main..side..main", "`side..main`"),
    ] {
        let said = folder.scan(["--range", range]).ends_with(2);
        assert!(said.stderr.starts_with("keysieve: cannot scan revision ") && said.stderr.contains(named), "{range}: {said:?}");
        assert_eq!(said.stdout, "");
    }
    let said = folder.scan(["--branch", "no-such"]).ends_with(2);
    assert!(said.stderr.contains("`no-such`: there is no such branch"), "{said:?}");
    let said = Folder::repository().scan(["--range", "HEAD"]).ends_with(2);
    assert!(said.stderr.contains("`HEAD`: it has no commit yet"), "{said:?}");
    let said = Folder::new().scan(["--range", "HEAD"]).ends_with(2);
    assert!(said.stderr.contains("is not in a git repository"), "{said:?}");
}

#[test]
fn wrong_usage_is_2() {
    let folder = forked();
    for arguments in [
        &["--range", "main", "--staged"][..],
        &["--range", "main", "--stdin"],
        &["--range", "main", "--branch", "main"],
        &["--range", "main", "--include-ignored"],
        &["--branch", "main", "--staged"],
        &["--since", "2020-01-01", "--staged"],
        &["--since", "2 weks ago"],
        &["--since", "someday"],
        &["--range", "main", ".", "."],
    ] {
        let said = folder.scan(arguments).ends_with(2);
        assert!(said.stdout.is_empty() && !said.stderr.is_empty(), "{arguments:?}: {said:?}");
    }
}

#[test]
fn a_branch_is_everything_that_it_reaches() {
    let folder = forked();
    folder.git(["update-ref", "refs/remotes/origin/other", "side"]);
    folder.git(["tag", "only-a-tag"]);
    scan_with(&folder, &["--branch", "side"], &["blob side.env"]);
    scan_with(&folder, &["--branch", "origin/other"], &["blob side.env"]);
    scan_with(&folder, &["--branch", "refs/heads/main"], &["blob main.env"]);
    folder.scan(["--branch", "only-a-tag"]).ends_with(2);
    folder.scan(["--branch", "main~1"]).ends_with(2);
}

fn commit_at(folder: &Folder, date: &str, name: &str) {
    folder.write(name, assigned(name)).git(["add", "."]);
    let mut git = git_in(&folder.path);
    git.env("GIT_COMMITTER_DATE", date).args(["commit", "--quiet", "--message=m"]);
    crate::support::Said::of(&mut git).ends_with(0);
}

#[test]
fn since_a_date_counts_by_the_committers_time() {
    let folder = Folder::committed();
    commit_at(&folder, "2021-06-01T00:00:00Z", "a.env");
    // A commit with a wrong date hides nothing that is behind it.
    commit_at(&folder, "1999-01-01T00:00:00Z", "b.env");
    commit_at(&folder, "2022-06-01T00:00:00Z", "c.env");
    folder.git(["branch", "old", "HEAD~2"]);
    let said = scan_with(&folder, &["--since", "2021-01-01"], &["blob a.env", "blob c.env"]);
    assert_eq!(text(&said.report()["scope"]["range"]), "HEAD since 2021-01-01");
    scan_with(&folder, &["--since", "2021-06-01T00:00:01Z"], &["blob c.env"]);
    scan_with(&folder, &["--since", "2021-06-01T02:00:00+02:00"], &["blob a.env", "blob c.env"]);
    scan_with(&folder, &["--since", "2021-01-01", "--branch", "old"], &["blob a.env"]);
    scan_with(&folder, &["--since", "2021-01-01", "--range", "old..HEAD"], &["blob c.env"]);
    scan_with(&folder, &["--since", "yesterday"], &[]);
    scan_with(&folder, &["--since", "100 years ago"], &["blob a.env", "blob b.env", "blob c.env"]);
}

#[test]
fn from_zeros_on_is_what_no_remote_tracking_branch_has() {
    let folder = forked();
    let zero_to = |tip: &str| format!("{ZERO}..{tip}");
    scan(&folder, &zero_to("side"), &["blob side.env"]);
    folder.git(["checkout", "--quiet", "side"]);
    folder.write("new.env", assigned("new")).commit_all();
    // The remote has main and what side was.
    folder.git(["update-ref", "refs/remotes/origin/main", "main"]);
    folder.git(["update-ref", "refs/remotes/origin/side", "side~1"]);
    folder.git(["symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/main"]);
    scan(&folder, &zero_to("side"), &["blob new.env"]);
    // A job that a push of the new branch started has fetched the branch itself, and maybe what grew out of it.
    folder.git(["update-ref", "refs/remotes/origin/side", "side"]);
    folder.git(["checkout", "--quiet", "-b", "later"]);
    folder.git(["commit", "--quiet", "--allow-empty", "--message=later"]);
    folder.git(["update-ref", "refs/remotes/origin/later", "HEAD"]);
    scan(&folder, &zero_to("side~1"), &["blob side.env"]);
    scan(&folder, &zero_to("side"), &["blob new.env", "blob side.env"]);
    scan(&folder, &zero_to("main"), &["blob main.env"]);
    scan(&folder, &format!("main..{ZERO}"), &[]);
}

#[test]
fn from_zeros_on_in_a_bare_repository_is_what_no_other_branch_has() {
    let folder = forked();
    folder.git(["clone", "--quiet", "--bare", ".", "bare.git"]);
    let bare = folder.path.join("bare.git");
    let mut scan = crate::support::keysieve_in(&bare);
    scan.args(["scan", "--format", "json", "--range", &format!("{ZERO}..side")]);
    assert_eq!(super::found(&crate::support::Said::of(&mut scan).ends_with(1)), ["blob side.env"]);
}
