//! `pre-push`: what is on its way is scanned, and nothing is sent if there is a credential in it.

use super::{RULE, install, setup};
use crate::support::{Folder, Said, assigned, git_in, token};

/// A repository with one commit that its remote has, and the hook.
struct Clone {
    folder: Folder,
    _remote: Folder,
}

impl Clone {
    fn new() -> Self {
        let remote = Folder::new();
        remote.git(["init", "--quiet", "--bare", "--initial-branch=main"]);
        let folder = Folder::committed();
        folder.git(["remote".as_ref(), "add".as_ref(), "origin".as_ref(), remote.path.as_os_str()]);
        folder.git(["push", "--quiet", "origin", "main"]);
        install(&folder.path, &["--hook", "pre-push"]);
        Self { folder, _remote: remote }
    }

    fn push(&self, arguments: &[&str]) -> Said {
        Said::of(git_in(&self.folder.path).args(["push", "origin"]).args(arguments))
    }

    #[track_caller]
    fn blocks(&self, arguments: &[&str], place: &str) {
        let said = self.push(arguments);
        assert_ne!(said.code, 0, "{said:?}");
        assert!(said.stderr.contains(&format!("{RULE}  {place}:")), "{said:?}");
        assert!(said.stderr.contains("keysieve stopped the push, nothing was sent"), "{said:?}");
    }

    #[track_caller]
    fn passes(&self, arguments: &[&str], words: &str) {
        let said = self.push(arguments).ends_with(0);
        assert!(said.stderr.contains(words), "{said:?}");
    }

    /// A commit with a secret, and one that removes it.
    fn removed_again(&self, seed: &str) {
        self.folder.write("app.env", assigned(seed)).commit_all();
        self.folder.write("app.env", "clean\n").commit_all();
    }
}

#[test]
fn a_secret_that_the_next_commit_removes_blocks() {
    let clone = Clone::new();
    clone.removed_again("removed");
    clone.blocks(&["main"], "app.env");
}

#[test]
fn what_the_remote_has_already_does_not_count() {
    let clone = Clone::new();
    clone.removed_again("known");
    clone.folder.git(["push", "--quiet", "--no-verify", "origin", "main"]);
    clone.folder.write("other", "clean\n").commit_all();
    clone.passes(&["main"], "no secrets found · push to origin: ");
    clone.folder.git(["branch", "again", "main~1"]);
    clone.passes(&["again"], "the other side has all of these commits already");
}

#[test]
fn a_new_branch_blocks_for_its_own_commits() {
    let clone = Clone::new();
    clone.folder.git(["checkout", "--quiet", "-b", "side"]);
    clone.removed_again("side");
    clone.blocks(&["side"], "app.env");
}

#[test]
fn all_refs_of_a_push_count() {
    let clone = Clone::new();
    clone.folder.write("a", "clean\n").commit_all();
    clone.folder.git(["checkout", "--quiet", "-b", "side"]);
    clone.folder.write("side.env", assigned("second ref")).commit_all();
    clone.blocks(&["main", "side"], "side.env");
    clone.blocks(&["--all"], "side.env");
}

#[test]
fn a_message_and_an_annotated_tag_count() {
    let clone = Clone::new();
    clone.folder.git(["commit", "--quiet", "--allow-empty", "--message", &format!("use {}", token("message"))]);
    let said = clone.push(&["main"]);
    assert!(said.code != 0 && said.stderr.contains("message:1:5"), "{said:?}");
    clone.folder.git(["reset", "--quiet", "--hard", "HEAD~1"]);
    clone.folder.git(["tag", "--annotate", "--message", &assigned("tag"), "v1"]);
    let said = clone.push(&["v1"]);
    assert!(said.code != 0 && said.stderr.contains(RULE), "{said:?}");
}

#[test]
fn a_push_that_deletes_has_nothing_to_scan() {
    let clone = Clone::new();
    clone.folder.git(["push", "--quiet", "--no-verify", "origin", "main:refs/heads/old"]);
    clone.passes(&[":old"], "the push only deletes refs, so there is nothing to scan");
    clone.passes(&["main"], "no ref is pushed, so there is nothing to scan");
}

#[test]
fn a_delete_beside_a_secret_does_not_hide_it() {
    let clone = Clone::new();
    clone.folder.git(["push", "--quiet", "--no-verify", "origin", "main:refs/heads/old"]);
    clone.removed_again("beside");
    clone.blocks(&[":old", "main"], "app.env");
}

#[test]
fn a_forced_push_over_commits_that_are_not_here_blocks() {
    let clone = Clone::new();
    let other = Folder::new();
    let remote = clone.folder.git(["remote", "get-url", "origin"]);
    other.git(["clone", "--quiet", &remote, "."]);
    other.write("theirs", "x\n").commit_all();
    other.git(["push", "--quiet", "origin", "main"]);
    clone.removed_again("forced");
    clone.blocks(&["--force", "main"], "app.env");
    clone.folder.git(["reset", "--quiet", "--hard", "HEAD~2"]);
    clone.folder.write("ours", "clean\n").commit_all();
    clone.passes(&["--force", "main"], "no secrets found");
}

#[test]
fn a_rewritten_history_counts_anew() {
    let clone = Clone::new();
    clone.folder.git(["checkout", "--quiet", "--orphan", "fresh"]);
    clone.removed_again("orphan");
    clone.blocks(&["--force", "fresh:main"], "app.env");
}

#[test]
fn a_blob_that_is_pushed_as_a_tag_is_named_as_not_scanned() {
    let clone = Clone::new();
    clone.folder.write("x", assigned("blob"));
    let blob = clone.folder.git(["hash-object", "-w", "x"]);
    let said = clone.push(&[&format!("{blob}:refs/tags/x")]);
    assert_ne!(said.code, 0, "{said:?}");
    assert!(said.stderr.contains("incomplete: refs/tags/x: it is to point to a blob"), "{said:?}");
}

#[test]
fn the_advice_tells_the_last_commit_from_an_earlier_one() {
    let clone = Clone::new();
    clone.folder.write("last.env", assigned("last")).commit_all();
    let last = clone.folder.git(["rev-parse", "HEAD"]);
    let said = clone.push(&["main"]);
    assert!(said.stderr.contains(&format!("{} is the last one:  edit the file, git add it, git commit --amend", &last[..10])), "{said:?}");
    clone.folder.write("later", "x\n").commit_all();
    let said = clone.push(&["main"]);
    assert!(said.stderr.contains(&format!("{0}:  git rebase --interactive {0}^", &last[..10])), "{said:?}");
    assert!(said.stderr.contains("rotate it first") && said.stderr.contains(&format!("keysieve explain {RULE}")), "{said:?}");
}

#[test]
fn a_shallow_clone_scans_what_it_has_made() {
    let clone = Clone::new();
    clone.folder.write("more", "x\n").commit_all();
    clone.folder.git(["push", "--quiet", "--no-verify", "origin", "main"]);
    let remote = clone.folder.git(["remote", "get-url", "origin"]);
    let shallow = Folder::new();
    shallow.git(["clone", "--quiet", "--depth=1", &format!("file://{remote}"), "."]);
    install(&shallow.path, &["--hook", "pre-push"]);
    shallow.write("mine", "clean\n").commit_all();
    let said = Said::of(git_in(&shallow.path).args(["push", "origin", "main:side"])).ends_with(0);
    assert!(said.stderr.contains("no secrets found"), "{said:?}");
    shallow.write("mine", assigned("shallow")).commit_all();
    let said = Said::of(git_in(&shallow.path).args(["push", "origin", "main:side"]));
    assert!(said.code != 0 && said.stderr.contains(RULE), "{said:?}");
}

#[test]
fn a_hook_that_was_there_reads_the_same_refs() {
    let clone = Clone::new();
    Said::of(setup(&clone.folder.path).arg("uninstall")).ends_with(0);
    let seen = clone.folder.path.join("seen by the other hook");
    let script = format!("#!/bin/sh\necho \"$1\" >'{0}'\ncat >>'{0}'\n", seen.display());
    clone.folder.write(".git/hooks/pre-push", script);
    super::make_executable(&clone.folder.path.join(".git/hooks/pre-push"));
    install(&clone.folder.path, &["--hook", "pre-push"]);
    clone.folder.write("a", "clean\n").commit_all();
    clone.folder.git(["branch", "side"]);
    clone.passes(&["main", "side"], "no secrets found");
    let seen = std::fs::read_to_string(&seen).expect("because the hook has run");
    assert_eq!((seen.lines().next(), seen.lines().count()), (Some("origin"), 3), "{seen}");
    clone.removed_again("chained");
    clone.blocks(&["main"], "app.env");
}

#[test]
fn an_address_with_a_password_is_not_repeated() {
    let clone = Clone::new();
    let id = clone.folder.git(["rev-parse", "HEAD"]);
    clone.folder.write("lines", format!("refs/heads/x {id} refs/heads/x {}\n", "0".repeat(id.len())));
    clone.folder.git(["update-ref", "-d", "refs/remotes/origin/main"]);
    let password = token("address");
    let address = format!("https://user:{password}@git.example/x");
    let lines = std::fs::File::open(clone.folder.path.join("lines")).expect("because it was written");
    let mut command = crate::support::keysieve_in(&clone.folder.path);
    let said = Said::of(command.args(["hook", "pre-push", "--", &address, &address]).stdin(lines)).ends_with(0);
    assert!(said.stdout.contains("no secrets found · push: ") && !said.stdout.contains(&password), "{said:?}");
}
