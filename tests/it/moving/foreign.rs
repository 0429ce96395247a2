//! Comments for other scanners: told by default, taken if that is asked for.

use super::reasons;
use crate::support::{Folder, NOTHING, Said, assigned, at, list, token};

const HONOR: &str = "--honor-foreign-allow";

fn notes(said: &Said) -> Vec<String> {
    let report = said.report();
    let all = list(&report["findings"]).iter().flat_map(|finding| list(&finding["status"]["notes"]).to_vec());
    all.map(|note| note.as_str().unwrap_or_default().to_owned()).collect()
}

/// A file with a token of its own beside each comment.
fn folder() -> Folder {
    let folder = Folder::committed();
    for (name, lines) in [
        ("own.py", "T = \"{}\"  # gitleaks:allow\n"),
        ("next.py", "# pragma: allowlist nextline secret\nT = \"{}\"\n"),
        ("hog.js", "t = \"{}\"; // trufflehog:ignore\n"),
    ] {
        folder.write(name, lines.replace("{}", &token(name)));
    }
    folder
}

#[test]
fn by_default_they_are_told_and_hide_nothing() {
    let folder = folder();
    let said = folder.scan(NOTHING).finds(&[&at("hog.js"), &at("next.py"), &at("own.py")]);
    let expected = ["a `trufflehog:ignore` comment stands on line 1", "a `pragma: allowlist nextline secret` comment stands on line 1"];
    for expected in expected {
        let expected = format!("{expected}; keysieve does not take it without --honor-foreign-allow");
        assert!(notes(&said).contains(&expected), "{said:?}");
    }
    let human = folder.keysieve(["scan"]).ends_with(1).stdout;
    let line = "3 findings stand beside comments for other scanners that are not taken; see --honor-foreign-allow\n";
    assert!(human.ends_with(line), "{human}");
    folder.write("keysieve.yaml", "exceptions: [{path: own.py}, {path: next.py}]\n");
    let human = folder.keysieve(["scan"]).ends_with(1).stdout;
    assert!(human.contains("1 finding stands beside comments"), "{human}");
}

#[test]
fn honored_they_suppress_and_are_listed() {
    let folder = folder();
    let expected = ["gitleaks:allow comment", "pragma: allowlist nextline secret comment", "trufflehog:ignore comment"];
    assert_eq!(reasons(&folder.scan([HONOR]).finds(&[])), expected);
    let human = folder.keysieve(["scan", HONOR, "--show-suppressed"]).ends_with(0).stdout;
    assert!(human.contains("suppressed: gitleaks:allow comment (own.py:1)") && !human.contains("not taken"), "{human}");
    folder.git(["add", "--all"]);
    assert_eq!(reasons(&folder.scan(["--staged", HONOR]).finds(&[])), expected);
    folder.commit_all();
    assert_eq!(reasons(&folder.scan(["--history", "--no-cache", HONOR]).finds(&[])), expected);
    let input = folder.read("own.py");
    folder.scan_stdin(input.as_bytes(), [HONOR]).finds(&[]);
    folder.write("own.py", format!("{}\n\n{input}", assigned("new")));
    folder.scan([HONOR]).finds(&[&at("own.py")]);
}

#[test]
fn a_policy_refuses_them_because_they_give_no_reason() {
    let folder = folder();
    folder.write("keysieve.yaml", "policy: {require_reason: true}\n");
    let said = folder.scan([HONOR]).ends_with(1);
    let why = "`gitleaks:allow` on line 1 hides nothing: it gives no reason, which the policy asks for".to_owned();
    assert!(notes(&said).contains(&why), "{said:?}");
}

#[test]
fn a_comment_of_our_own_comes_first() {
    let folder = Folder::committed();
    let own = "keysieve:allow github.personal-access-token reason=\"a sample\"";
    folder.write("a.py", format!("T = \"{}\"  # {own} gitleaks:allow\n", token("a")));
    assert_eq!(reasons(&folder.scan(NOTHING).finds(&[])), ["a sample"]);
    assert_eq!(reasons(&folder.scan([HONOR]).finds(&[])), ["a sample"]);
}
