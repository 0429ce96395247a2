//! The hook for real: git runs `keysieve scan --staged` before each commit, and the commit comes about or it does not.
//!
//! Sources of the cases: `git help hooks`, and what is known to go wrong with hooks that read the working tree or `.git/index`.

use std::path::Path;

use crate::support::{Folder, Said, git_in, keysieve_in, list, text, token};

const RULE: &str = "github.personal-access-token";

fn secret(seed: &str) -> String {
    format!("T={}\n", token(seed))
}

/// Makes the program the hook `name` of the git folder.
fn install(git_dir: &Path, name: &str) {
    let hook = git_dir.join("hooks").join(name);
    std::fs::create_dir_all(git_dir.join("hooks")).expect("because the folder can be written");
    std::fs::write(&hook, format!("#!/bin/sh\nexec '{}' scan --staged\n", env!("CARGO_BIN_EXE_keysieve")))
        .expect("because it can be written");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        std::fs::set_permissions(&hook, std::fs::Permissions::from_mode(0o755)).expect("because it is ours");
    }
}

/// `folder` with the hook.
fn hooked(folder: Folder) -> Folder {
    install(&folder.path.join(".git"), "pre-commit");
    folder
}

fn commit(cwd: &Path, arguments: &[&str]) -> Said {
    Said::of(git_in(cwd).args(["commit", "--message=m"]).args(arguments))
}

fn head(cwd: &Path) -> String {
    Said::of(git_in(cwd).args(["rev-parse", "HEAD"])).stdout
}

/// `git commit` in `cwd` must be refused because of a token in `place` (as the report shows it).
#[track_caller]
fn blocks(cwd: &Path, arguments: &[&str], place: &str) {
    let before = head(cwd);
    let said = commit(cwd, arguments).ends_with(1);
    assert!(said.stderr.contains(&format!("{RULE}  {place}:")), "{said:?}");
    assert_eq!(head(cwd), before);
}

/// `git commit` in `cwd` must come about, and the hook must say `words`.
#[track_caller]
fn passes(cwd: &Path, arguments: &[&str], words: &str) {
    let before = head(cwd);
    let said = commit(cwd, arguments).ends_with(0);
    assert!(said.stderr.contains(words), "{said:?}");
    assert_ne!(head(cwd), before);
}

#[test]
fn a_staged_secret_blocks() {
    let folder = hooked(Folder::committed());
    folder.write("a.env", secret("plain")).git(["add", "."]);
    blocks(&folder.path, &[], "a.env");
}

#[test]
fn staged_content_without_a_secret_passes() {
    let folder = hooked(Folder::committed());
    folder.write("a.env", "T=\n").git(["add", "."]);
    passes(&folder.path, &[], "no secrets found · staged changes: 1 file");
}

#[test]
fn commit_all_blocks() {
    let folder = hooked(Folder::committed());
    folder.write("README", secret("all"));
    blocks(&folder.path, &["--all"], "README");
}

#[test]
fn commit_of_a_path_blocks_for_that_path() {
    let folder = hooked(Folder::committed());
    folder.write("README", secret("path")).write("other", "clean\n").git(["add", "other"]);
    blocks(&folder.path, &["README"], "README");
}

#[test]
fn commit_of_a_path_does_not_block_for_what_else_is_staged() {
    let folder = hooked(Folder::committed());
    folder.write("other", secret("else")).git(["add", "other"]);
    folder.write("README", "second\n");
    passes(&folder.path, &["README"], "staged changes: 1 file");
    blocks(&folder.path, &[], "other");
}

#[test]
fn commit_with_include_blocks_for_both() {
    let folder = hooked(Folder::committed());
    folder.write("other", secret("include")).git(["add", "other"]);
    folder.write("README", "second\n");
    blocks(&folder.path, &["--include", "README"], "other");
}

#[test]
fn a_secret_in_the_index_blocks_although_the_file_is_clean_again() {
    let folder = hooked(Folder::committed());
    folder.write("README", secret("index")).git(["add", "."]);
    folder.write("README", "clean\n");
    blocks(&folder.path, &[], "README");
}

#[test]
fn a_secret_in_the_index_blocks_although_the_file_is_gone() {
    let folder = hooked(Folder::committed());
    folder.write("a.env", secret("gone")).git(["add", "."]);
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
    folder.write("new.txt", lines + &secret("rename")).git(["add", "."]);
    assert!(folder.git(["diff", "--cached", "--name-status", "--find-renames"]).starts_with('R'));
    blocks(&folder.path, &[], "new.txt:51");
}

#[test]
fn a_pure_rename_passes() {
    let folder = Folder::repository();
    folder.write("old.env", secret("moved")).commit_all();
    let folder = hooked(folder);
    folder.git(["mv", "old.env", "new.env"]);
    passes(&folder.path, &[], "no staged content was scanned · 1 moved file left out");
}

#[test]
fn spaces_in_a_name_block() {
    let folder = hooked(Folder::committed());
    folder.write("my secret file .env", secret("space")).git(["add", "."]);
    blocks(&folder.path, &[], "my secret file .env");
}

#[cfg(unix)]
#[test]
fn line_feeds_quotes_and_bytes_that_are_no_text_in_a_name_block() {
    use std::os::unix::ffi::OsStrExt as _;
    let folder = hooked(Folder::committed());
    folder.write("two\nlines", secret("newline")).git(["add", "."]);
    blocks(&folder.path, &[], r"two\nlines");
    folder.git(["rm", "--quiet", "--force", "two\nlines"]);
    folder.write("a\"b'c\\d", secret("quotes")).git(["add", "."]);
    blocks(&folder.path, &[], r#"a"b'c\d"#);
    folder.git(["rm", "--quiet", "--force", "a\"b'c\\d"]);
    folder.write(std::ffi::OsStr::from_bytes(b"caf\xe9"), secret("bytes")).git(["add", "."]);
    blocks(&folder.path, &[], r"caf\xe9");
}

#[test]
fn the_very_first_commit_blocks() {
    let folder = hooked(Folder::repository());
    folder.write("a.env", secret("first")).git(["add", "."]);
    let said = commit(&folder.path, &[]).ends_with(1);
    assert!(said.stderr.contains(&format!("{RULE}  a.env:1:3")), "{said:?}");
    assert_ne!(folder.try_git(["rev-parse", "--verify", "--quiet", "HEAD"]).code, 0);
}

/// A repository in which `main` and `side` have both changed `README` or not, and `side` has `side.env` with a secret.
fn two_sides(conflict: bool) -> Folder {
    let folder = Folder::committed();
    folder.git(["checkout", "--quiet", "-b", "side"]);
    folder.write("side.env", secret("merge"));
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
    folder.write("README", secret("resolution")).git(["add", "README"]);
    blocks(&folder.path, &[], "README");
    folder.write("README", "both\n").git(["add", "README"]);
    passes(&folder.path, &[], "no secrets found");
}

#[test]
fn a_merge_without_a_conflict_blocks_in_its_own_hook() {
    let folder = two_sides(false);
    install(&folder.path.join(".git"), "pre-merge-commit");
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
    folder.write("main.env", secret("main worktree")).git(["add", "."]);
    std::fs::write(linked.join("README"), "second\n").expect("because git made the folder");
    passes(&linked, &["--all"], "staged changes: 1 file");
    std::fs::write(linked.join("README"), secret("linked")).expect("because git made the folder");
    blocks(&linked, &["--all"], "README");
}

#[test]
fn a_submodule_blocks_and_its_new_commit_passes_in_the_outer_repository() {
    let inner = Folder::committed();
    let outer = hooked(Folder::committed());
    outer.git(["submodule".as_ref(), "add".as_ref(), "--quiet".as_ref(), inner.path.as_os_str(), "sub".as_ref()]);
    install(&outer.path.join(".git/modules/sub"), "pre-commit");
    passes(&outer.path, &[], "staged changes: 1 file");
    outer.write("sub/README", secret("submodule"));
    blocks(&outer.path.join("sub"), &["--all"], "README");
    outer.write("sub/README", "second\n");
    passes(&outer.path.join("sub"), &["--all"], "staged changes: 1 file");
    // What the submodule has in its working tree is not in the outer repository.
    outer.write("sub/untracked.env", secret("untracked in submodule"));
    passes(&outer.path, &["--all"], "nothing staged");
}

#[test]
fn no_user_identity_is_needed() {
    let folder = hooked(Folder::committed());
    folder.write("a.env", secret("identity")).git(["add", "."]);
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
    folder.write("README", "first\nsecond\n").write("a.env", secret("sha256")).git(["add", "."]);
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
    install(&git_dir.path.join("g"), "pre-commit");
    folder.write("README", "first\n").commit_all();
    folder.write("README", secret("elsewhere"));
    blocks(&folder.path, &["--all"], "README");
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
fn a_part_of_a_file_counts_as_far_as_it_is_staged() {
    let folder = hooked(Folder::committed());
    folder.write("README", "second\n").git(["add", "."]);
    folder.write("README", format!("second\n{}", secret("not staged")));
    passes(&folder.path, &[], "no secrets found");
}

#[test]
fn a_secret_that_is_only_in_the_worktree_passes() {
    let folder = hooked(Folder::committed());
    folder.write("README", secret("worktree")).write("other", "clean\n").git(["add", "other"]);
    passes(&folder.path, &[], "no secrets found · staged changes: 1 file");
}

#[test]
fn a_secret_in_an_untracked_file_passes() {
    let folder = hooked(Folder::committed());
    folder.write("README", "second\n").write("untracked.env", secret("untracked"));
    passes(&folder.path, &["--all"], "no secrets found · staged changes: 1 file");
}

#[test]
fn a_file_that_is_only_announced_passes() {
    let folder = hooked(Folder::committed());
    folder.write("announced.env", secret("announced")).git(["add", "--intent-to-add", "announced.env"]);
    folder.write("README", "second\n").git(["add", "README"]);
    passes(&folder.path, &[], "no secrets found");
}

#[test]
fn the_removal_of_a_secret_passes() {
    let folder = Folder::repository();
    folder.write("line.env", format!("A=1\n{}B=2\n", secret("line"))).write("file.env", secret("file")).commit_all();
    let folder = hooked(folder);
    folder.write("line.env", "A=1\nB=2\n").git(["rm", "--quiet", "file.env"]);
    passes(&folder.path, &["--all"], "no secrets found");
}

#[test]
fn an_old_secret_in_a_changed_file_passes_until_its_line_changes() {
    let folder = Folder::repository();
    let old = secret("old");
    folder.write("app.env", format!("A=1\n{old}B=2\n")).commit_all();
    let folder = hooked(folder);
    folder.write("app.env", format!("NEW=1\nA=1\n{old}B=3\n"));
    passes(&folder.path, &["--all"], "no secrets found");
    folder.write("app.env", format!("NEW=1\nA=1\nexport {old}B=3\n"));
    blocks(&folder.path, &["--all"], "app.env:3");
}

#[test]
fn a_secret_that_is_copied_blocks() {
    let folder = Folder::repository();
    folder.write("a.env", secret("copied")).commit_all();
    let folder = hooked(folder);
    folder.write("b.env", secret("copied")).git(["add", "."]);
    blocks(&folder.path, &[], "b.env");
}

#[test]
fn nothing_staged_says_so() {
    let folder = hooked(Folder::committed());
    passes(&folder.path, &["--allow-empty"], "nothing staged: no content was scanned");
}

#[test]
fn a_commit_from_a_subfolder_blocks_with_paths_from_the_top() {
    let folder = hooked(Folder::committed());
    folder.write("sub/deep/a.env", secret("subfolder")).git(["add", "."]);
    blocks(&folder.path.join("sub/deep"), &[], "sub/deep/a.env");
    let said = Said::of(keysieve_in(&folder.path.join("sub")).args(["scan", "--staged", "--format", "json"]));
    let said = said.finds(&["sub/deep/a.env: github.personal-access-token"]);
    assert_eq!(text(&list(&said.report()["scope"]["target"])[0]), folder.path.to_str().expect("because it is text"));
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
