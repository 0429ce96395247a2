//! `commit-msg`: what git keeps of a message is scanned, and nothing else of it.

use std::path::Path;

use super::{RULE, install, make_executable};
use crate::support::{Folder, Said, assigned, git_in, token};

fn hooked() -> Folder {
    let folder = Folder::committed();
    install(&folder.path, &["--hook", "commit-msg"]);
    folder
}

/// An editor that appends `text` to the message, or puts it in front.
fn editor(folder: &Folder, name: &str, text: &str, in_front: bool) -> String {
    folder.write(format!(".git/{name}.txt"), text);
    let text = folder.path.join(format!(".git/{name}.txt"));
    let script = folder.path.join(format!(".git/{name}"));
    let order = if in_front { format!("cat '{}' \"$1\"", text.display()) } else { format!("cat \"$1\" '{}'", text.display()) };
    folder.write(format!(".git/{name}"), format!("#!/bin/sh\n{order} >\"$1.new\" && mv \"$1.new\" \"$1\"\n"));
    make_executable(&script);
    script.display().to_string()
}

fn commit(cwd: &Path, editor: Option<&str>, arguments: &[&str]) -> Said {
    let mut git = git_in(cwd);
    git.envs(editor.map(|editor| ("GIT_EDITOR", editor)));
    Said::of(git.args(["commit", "--allow-empty"]).args(arguments))
}

#[track_caller]
fn blocks(said: &Said, place: &str) {
    assert!(said.code != 0 && said.stderr.contains(&format!("{RULE}  commit message:{place}")), "{said:?}");
    assert!(said.stderr.contains("git commit --edit --file=.git/COMMIT_EDITMSG"), "{said:?}");
}

#[test]
fn a_secret_in_the_message_blocks() {
    let folder = hooked();
    blocks(&commit(&folder.path, None, &["--message", &format!("subject\n\nuse {}", token("m"))]), "3:5");
    let said = commit(&folder.path, None, &["--message=clean"]).ends_with(0);
    assert!(said.stderr.contains("keysieve: no secrets in the message (6 bytes)"), "{said:?}");
}

#[test]
fn a_comment_counts_where_git_keeps_it() {
    let folder = hooked();
    // Nobody edits it: git keeps the comment.
    blocks(&commit(&folder.path, None, &["--message", &format!("x\n\n# {}", assigned("kept"))]), "3:5");
    let editor = editor(&folder, "editor", &format!("# {}subject\n", assigned("dropped")), true);
    commit(&folder.path, Some(&editor), &[]).ends_with(0);
    assert!(!folder.git(["log", "-1", "--format=%B"]).contains(&token("dropped")));
    folder.git(["config", "commit.cleanup", "whitespace"]);
    blocks(&commit(&folder.path, Some(&editor), &[]), "1:5");
}

#[test]
fn another_comment_sign_is_known() {
    let folder = hooked();
    folder.git(["config", "core.commentChar", ";"]);
    let editor = editor(&folder, "editor", &format!("subject\n; {}", assigned("dropped")), true);
    commit(&folder.path, Some(&editor), &[]).ends_with(0);
    folder.git(["config", "core.commentChar", "#"]);
    blocks(&commit(&folder.path, Some(&editor), &[]), "2:5");
}

#[test]
fn the_diff_of_a_verbose_commit_is_not_the_message() {
    let folder = Folder::committed();
    folder.write("old.env", assigned("old")).commit_all();
    install(&folder.path, &["--hook", "commit-msg"]);
    folder.write("old.env", "clean\n").git(["add", "."]);
    let editor = editor(&folder, "editor", "Remove a token\n", true);
    commit(&folder.path, Some(&editor), &["--verbose"]).ends_with(0);
    assert_eq!(folder.git(["log", "-1", "--format=%B"]), "Remove a token");
}

#[test]
fn what_stands_below_a_line_that_a_person_typed_counts() {
    let folder = hooked();
    let text = format!("subject\n\n# ------------------------ >8 ------------------------\n{}", assigned("below"));
    blocks(&commit(&folder.path, None, &["--message", &text]), "4:3");
    let editor = editor(&folder, "editor", &text, true);
    blocks(&commit(&folder.path, Some(&editor), &[]), "4:3");
}

#[test]
fn an_empty_message_says_so_and_a_missing_file_is_an_error() {
    let folder = hooked();
    folder.write("empty", "\n# only a comment\n");
    let said = folder.keysieve(["hook", "commit-msg", "empty"]).ends_with(0);
    assert_eq!(said.stdout, "keysieve: the message is empty, so there is nothing to scan\n");
    let said = folder.keysieve(["hook", "commit-msg", "nothing"]).ends_with(2);
    assert!(said.stderr.contains("there is no message in nothing"), "{said:?}");
}

#[test]
fn what_is_below_the_threshold_is_listed_and_passes() {
    let folder = hooked();
    folder.write("keysieve.yaml", "paths:\n  exclude: [\"commit message\"]\n");
    let said = commit(&folder.path, None, &["--message=clean"]).ends_with(0);
    assert!(said.stderr.contains("the configuration leaves messages out, so nothing was scanned"), "{said:?}");
    folder.write("keysieve.yaml", "rules:\n  override:\n    github.personal-access-token: {severity: low}\nfail_on: {severity: high}\n");
    let said = commit(&folder.path, None, &["--message", &token("low")]).ends_with(0);
    assert!(said.stderr.contains(RULE) && said.stderr.contains("nothing that fail_on stops in the message"), "{said:?}");
}
