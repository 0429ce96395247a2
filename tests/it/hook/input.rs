//! What a hook may be called with by mistake, or by somebody who means harm.

use std::io::Write as _;
use std::path::Path;
use std::process::Stdio;

use super::{RULE, commit, hooked, install};
use crate::support::{Folder, Said, assigned, keysieve_in};

fn fed(cwd: &Path, hook: &str, input: &[u8]) -> Said {
    let mut command = keysieve_in(cwd);
    command.args(["hook", hook]).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("because the program was just built");
    // A program that does not read all of its input closes the pipe.
    let _ = child.stdin.take().expect("because it is piped").write_all(input);
    Said::from(child.wait_with_output().expect("because the program ends"))
}

#[test]
fn outside_of_a_repository_nothing_passes() {
    let folder = Folder::new();
    folder.write("message", "subject\n");
    let id = "1".repeat(40);
    for said in [
        folder.keysieve(["hook", "pre-commit"]),
        folder.keysieve(["hook", "commit-msg", "message"]),
        fed(&folder.path, "pre-push", format!("main {id} refs/heads/main {id}\n").as_bytes()),
        fed(&folder.path, "pre-receive", format!("{id} {id} refs/heads/main\n").as_bytes()),
    ] {
        let said = said.ends_with(2);
        assert!(said.stderr.contains("is not in a git repository"), "{said:?}");
    }
}

#[test]
fn an_empty_input_says_that_there_was_nothing() {
    let folder = Folder::committed();
    for (hook, words) in [("pre-push", "no ref is pushed"), ("pre-receive", "no ref is updated")] {
        for input in ["", "\n", "\r\n\n"] {
            let said = fed(&folder.path, hook, input.as_bytes()).ends_with(0);
            assert_eq!(said.stdout, format!("keysieve: {words}, so there is nothing to scan\n"));
        }
    }
}

#[cfg(unix)]
#[test]
fn an_input_that_git_did_not_write_is_not_taken_for_an_empty_push() {
    let folder = Folder::committed();
    for hook in ["pre-push", "pre-receive"] {
        let said = folder.keysieve(["hook", hook]).ends_with(2);
        assert!(said.stderr.contains("nobody tells anything here") && said.stderr.contains("use_stdin: true"), "{said:?}");
    }
}

#[test]
fn garbage_is_refused_and_not_repeated() {
    let folder = Folder::committed();
    let head = folder.git(["rev-parse", "HEAD"]);
    for hook in ["pre-push", "pre-receive"] {
        let short = format!("main {head} refs/heads/main");
        for garbage in ["garbage", "\0\0\0", "a b c d e f", &head, &short, "\u{1b}[31m x y z"] {
            let said = fed(&folder.path, hook, garbage.as_bytes()).ends_with(2);
            assert!(said.stderr.starts_with("keysieve: line 1 of standard input is not `"), "{said:?}");
            assert!(!said.stderr.contains('\u{1b}'), "{said:?}");
        }
        fed(&folder.path, hook, &[0xff; 4096]).ends_with(2);
    }
}

#[test]
fn an_id_that_is_not_there_stops_the_push() {
    let folder = Folder::committed();
    let (missing, zeros) = ("1".repeat(40), "0".repeat(40));
    let said = fed(&folder.path, "pre-push", format!("refs/heads/main {missing} refs/heads/main {zeros}\n").as_bytes()).ends_with(2);
    assert!(said.stderr.contains(&missing), "{said:?}");
}

#[test]
fn a_locale_that_is_not_utf_8_changes_nothing() {
    let folder = hooked(Folder::committed());
    folder.write("größe.env", assigned("locale")).git(["add", "."]);
    for locale in ["C", "POSIX", "de_DE.ISO-8859-1", "nonsense"] {
        let mut git = crate::support::git_in(&folder.path);
        let said = Said::of(git.env("LC_ALL", locale).env("LANG", locale).args(["commit", "--message=m"])).ends_with(1);
        assert!(said.stderr.contains(&format!("{RULE}  größe.env:1:3")), "{said:?}");
    }
}

#[cfg(unix)]
#[test]
fn names_forge_nothing() {
    let folder = hooked(Folder::committed());
    for name in ["a\nkeysieve: no secrets found", "\u{1b}[2Jx", "\u{202e}vne.x", "::error::x", "$(touch pwned)", "; touch pwned;", "--all"]
    {
        folder.write(name, assigned(name));
    }
    folder.git(["add", "."]);
    let said = commit(&folder.path, &[]).ends_with(1);
    assert!(!said.stderr.contains('\u{1b}') && !said.stderr.contains('\u{202e}'), "{said:?}");
    assert!(!said.stderr.lines().any(|line| line.starts_with("::") || line == "keysieve: no secrets found"), "{said:?}");
    assert!(said.stderr.contains("7 secrets in 7 places"), "{said:?}");
    for command in said.stderr.lines().filter(|line| line.contains("git restore --staged")) {
        let words = command.split_once("--staged ").expect("because it stands there").1;
        let is_word = words == "FILE" || (words.starts_with('\'') && words.ends_with('\''));
        assert!(is_word, "{command}");
    }
    assert!(!folder.path.join("pwned").exists());
}

#[cfg(unix)]
#[test]
fn a_repository_that_cannot_be_written_is_scanned_all_the_same() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = Folder::committed();
    folder.write("a.env", assigned("read-only")).git(["add", "."]);
    let mode =
        |mode| std::fs::set_permissions(folder.path.join(".git"), std::fs::Permissions::from_mode(mode)).expect("because it is ours");
    mode(0o555);
    let said = folder.keysieve(["hook", "pre-commit"]);
    mode(0o755);
    assert!(said.stdout.contains(RULE), "{said:?}");
    assert_eq!(said.code, 1);
}

#[test]
fn a_subfolder_is_as_good_as_the_top() {
    let folder = Folder::committed();
    folder.write("sub/deep/a.env", assigned("deep")).git(["add", "."]);
    let said = Said::of(keysieve_in(&folder.path.join("sub")).args(["hook", "pre-commit"])).ends_with(1);
    assert!(said.stdout.contains(&format!("{RULE}  sub/deep/a.env:1:3")), "{said:?}");
}

#[test]
fn the_exception_that_is_advised_lets_the_commit_pass() {
    let folder = hooked(Folder::committed());
    folder.write("app.py", format!("A = 1\n{}", assigned("advice"))).git(["add", "."]);
    let said = commit(&folder.path, &[]).ends_with(1);
    let advised =
        |begin: &str| said.stderr.lines().map(str::trim).find(|line| line.starts_with(begin)).expect("because it is advised").to_owned();
    let comment = advised("# keysieve:allow ").replace('…', "sample");
    let print = advised("- fingerprint: ");
    folder.write("app.py", format!("A = 1\n{comment}\n{}", assigned("advice"))).git(["add", "."]);
    let passed = commit(&folder.path, &["--dry-run"]);
    assert!(passed.stdout.contains("app.py"), "{passed:?}");
    let passed = commit(&folder.path, &[]).ends_with(0);
    assert!(passed.stderr.contains("1 suppressed by exceptions"), "{passed:?}");
    folder.write("other.json", format!("[\"{}\"]\n", crate::support::token("advice"))).git(["add", "."]);
    commit(&folder.path, &[]).ends_with(1);
    folder.write("keysieve.yaml", format!("exceptions:\n  {print}\n    reason: \"sample\"\n"));
    commit(&folder.path, &[]).ends_with(0);
}

#[test]
fn nothing_that_is_said_holds_the_secret() {
    let folder = hooked(Folder::committed());
    install(&folder.path, &["--hook", "commit-msg"]);
    let secret = crate::support::token("silent");
    folder.write("a.env", format!("T={secret}\n")).write(format!("{secret}.txt"), "x\n").git(["add", "."]);
    for arguments in [&[][..], &["--no-verify", "--allow-empty"]] {
        let said = commit(&folder.path, arguments);
        assert!(!said.stderr.contains(&secret) && !said.stdout.contains(&secret) || arguments.len() > 1, "{arguments:?}");
    }
}
