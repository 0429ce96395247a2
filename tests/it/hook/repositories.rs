//! Repositories of every shape: without a commit, merging, linked, nested, with long ids, without a user.

use super::{RULE, blocks, commit, head, hooked, install, passes};
use crate::support::{Folder, Said, assigned, git_in, keysieve_in, list, text};

#[test]
fn the_very_first_commit_blocks() {
    let folder = hooked(Folder::repository());
    folder.write("a.env", assigned("first")).git(["add", "."]);
    let said = commit(&folder.path, &[]).ends_with(1);
    assert!(said.stderr.contains(&format!("{RULE}  a.env:1:3")), "{said:?}");
    assert_ne!(folder.try_git(["rev-parse", "--verify", "--quiet", "HEAD"]).code, 0);
}

/// A repository in which `main` and `side` have both changed `README` or not, and `side` has `side.env` with a secret.
fn two_sides(conflict: bool) -> Folder {
    let folder = Folder::committed();
    folder.git(["checkout", "--quiet", "-b", "side"]);
    folder.write("side.env", assigned("merge"));
    if conflict {
        folder.write("README", "side\n");
    }
    folder.commit_all();
    folder.git(["checkout", "--quiet", "main"]);
    folder.write(if conflict { "README" } else { "MAIN" }, "main\n").commit_all();
    folder
}

#[test]
fn a_merge_with_a_conflict_blocks_for_what_the_other_side_brings() {
    let folder = hooked(two_sides(true));
    assert_eq!(folder.try_git(["merge", "side"]).code, 1);
    folder.write("README", "both\n").git(["add", "README"]);
    blocks(&folder.path, &[], "side.env");
}

#[test]
fn a_merge_with_a_conflict_blocks_for_its_resolution() {
    let folder = Folder::committed();
    folder.git(["checkout", "--quiet", "-b", "side"]);
    folder.write("README", "side\n").commit_all();
    folder.git(["checkout", "--quiet", "main"]);
    folder.write("README", "main\n").commit_all();
    let folder = hooked(folder);
    assert_eq!(folder.try_git(["merge", "side"]).code, 1);
    folder.write("README", assigned("resolution")).git(["add", "README"]);
    blocks(&folder.path, &[], "README");
    folder.write("README", "both\n").git(["add", "README"]);
    passes(&folder.path, &[], "no secrets found");
}

#[test]
fn a_merge_without_a_conflict_blocks_in_its_own_hook() {
    let folder = two_sides(false);
    install(&folder.path, &[]);
    let before = head(&folder.path);
    let said = folder.try_git(["merge", "--no-edit", "side"]);
    assert_ne!(said.code, 0, "{said:?}");
    assert!(said.stderr.contains(&format!("{RULE}  side.env:1:3")), "{said:?}");
    assert_eq!(head(&folder.path), before);
}

#[test]
fn a_linked_worktree_blocks_for_its_own_index() {
    let folder = hooked(Folder::committed());
    let linked = Folder::new();
    let linked = linked.path.join("linked");
    folder.git(["worktree".as_ref(), "add".as_ref(), "--quiet".as_ref(), linked.as_os_str()]);
    // The main worktree's index has a secret that is none of the linked one's business.
    folder.write("main.env", assigned("main worktree")).git(["add", "."]);
    std::fs::write(linked.join("README"), "second\n").expect("because git made the folder");
    passes(&linked, &["--all"], "staged changes: 1 file");
    std::fs::write(linked.join("README"), assigned("linked")).expect("because git made the folder");
    blocks(&linked, &["--all"], "README");
}

#[test]
fn a_submodule_blocks_and_its_new_commit_passes_in_the_outer_repository() {
    let inner = Folder::committed();
    let outer = hooked(Folder::committed());
    outer.git(["submodule".as_ref(), "add".as_ref(), "--quiet".as_ref(), inner.path.as_os_str(), "sub".as_ref()]);
    install(&outer.path.join("sub"), &[]);
    passes(&outer.path, &[], "staged changes: 1 file");
    outer.write("sub/README", assigned("submodule"));
    blocks(&outer.path.join("sub"), &["--all"], "README");
    outer.write("sub/README", "second\n");
    passes(&outer.path.join("sub"), &["--all"], "staged changes: 1 file");
    // What the submodule has in its working tree is not in the outer repository.
    outer.write("sub/untracked.env", assigned("untracked in submodule"));
    passes(&outer.path, &["--all"], "nothing staged");
}

#[test]
fn no_user_identity_is_needed() {
    let folder = hooked(Folder::committed());
    folder.write("a.env", assigned("identity")).git(["add", "."]);
    let mut git = git_in(&folder.path);
    for name in ["GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL", "GIT_COMMITTER_NAME", "GIT_COMMITTER_EMAIL"] {
        git.env_remove(name);
    }
    // With an author given, git asks for the committer only after the hook.
    git.args(["-c", "user.useConfigOnly=true", "commit", "--message=m", "--author=A <a@example.org>"]);
    let said = Said::of(&mut git).ends_with(1);
    assert!(said.stderr.contains(&format!("{RULE}  a.env:")), "{said:?}");
}

#[test]
fn a_repository_with_sha256_blocks() {
    let folder = Folder::new();
    folder.git(["init", "--quiet", "--initial-branch=main", "--object-format=sha256"]);
    let folder = hooked(folder);
    folder.write("README", "first\n").commit_all();
    folder.write("README", "first\nsecond\n").write("a.env", assigned("sha256")).git(["add", "."]);
    blocks(&folder.path, &[], "a.env");
    let report = folder.scan(["--staged"]).report();
    assert_eq!(text(&report["findings"][0]["locations"][0]["blob"]).len(), 64);
    folder.git(["rm", "--quiet", "--cached", "a.env"]);
    passes(&folder.path, &[], "staged changes: 1 file");
}

#[test]
fn a_git_folder_that_lies_elsewhere_blocks() {
    let git_dir = Folder::new();
    let folder = Folder::new();
    let separate = format!("--separate-git-dir={}", git_dir.path.join("g").display());
    folder.git(["init", "--quiet", "--initial-branch=main", &separate]);
    install(&folder.path, &[]);
    folder.write("README", "first\n").commit_all();
    folder.write("README", assigned("elsewhere"));
    blocks(&folder.path, &["--all"], "README");
}

#[test]
fn a_commit_from_a_subfolder_blocks_with_paths_from_the_top() {
    let folder = hooked(Folder::committed());
    folder.write("sub/deep/a.env", assigned("subfolder")).git(["add", "."]);
    blocks(&folder.path.join("sub/deep"), &[], "sub/deep/a.env");
    let said = Said::of(keysieve_in(&folder.path.join("sub")).args(["scan", "--staged", "--format", "json"]));
    let said = said.finds(&["sub/deep/a.env: github.personal-access-token"]);
    assert_eq!(text(&list(&said.report()["scope"]["target"])[0]), folder.path.to_str().expect("because it is text"));
}
