//! Comments that except nothing any more.

use crate::support::{Folder, NOTHING, assigned, list, text};

const RULE: &str = "github.personal-access-token";

/// A comment beside a secret, one whose secret is gone, and words that are no exceptions.
fn commented() -> Folder {
    let folder = Folder::repository();
    let marker = format!("keysieve:allow {RULE} reason=\"sample\"");
    folder.write("a.py", format!("# {marker}\n{}", assigned("a")));
    folder.write("b/c.py", format!("x = 1\ny = 2  # {marker}\n"));
    folder.write("notes.md", "Write `keysieve:allow RULE reason=\"…\"` beside it. It is not keysieve:allowed everywhere.\n");
    folder
}

#[test]
fn comments_are_listed_and_those_of_no_use_are_named() {
    let folder = commented();
    let all = folder.keysieve(["exceptions", "--format", "json"]).ends_with(0).report();
    let told: Vec<_> = list(&all).iter().map(|own| (text(&own["file"]), own["line"].as_u64(), own["used"] == true)).collect();
    assert_eq!(told, [("a.py", Some(1), true), ("b/c.py", Some(2), false)]);
    assert!(list(&all).iter().all(|own| own["source"] == "comment" && own["state"] == "in-force" && own["reason"] == "sample"));
    let human = folder.keysieve(["exceptions", "--unused"]).ends_with(0).stdout;
    assert_eq!(human, format!("b/c.py:2  keysieve:allow {RULE}  sample  [unused]\n1 exception\n"));
}

#[test]
fn strict_exceptions_fail_on_comments_of_no_use() {
    let folder = commented();
    folder.scan(NOTHING).finds(&[]);
    let said = folder.keysieve(["scan", "--strict-exceptions"]).ends_with(1);
    let expected =
        format!("keysieve: b/c.py:2: the exception for keysieve:allow {RULE} is of no use: what it is about is no longer found\n");
    assert!(said.stderr.contains(&expected), "{said:?}");
    // A file says all of its comments, whatever else is scanned.
    folder.keysieve(["scan", "b", "--strict-exceptions"]).ends_with(1);
    folder.keysieve(["scan", "a.py", "notes.md", "--strict-exceptions"]).ends_with(0);
    folder.keysieve(["exceptions", "--strict-exceptions"]).ends_with(1);
    folder.git(["add", "--all"]);
    folder.keysieve(["scan", "--staged", "--strict-exceptions"]).ends_with(0);
    folder.write("b/c.py", "y = 2\n");
    folder.keysieve(["scan", "--strict-exceptions"]).ends_with(0);
}

#[test]
fn a_comment_that_hides_nothing_says_why() {
    let folder = commented();
    folder.write("b/c.py", format!("# keysieve:allow {RULE}\n{}# keysieve:allow {RULE} reason=\"x\"", assigned("b")));
    let human = folder.keysieve(["exceptions"]).ends_with(0).stdout;
    let expected = format!("b/c.py:1  keysieve:allow {RULE}  [hides nothing: it gives no reason; write reason=\"…\" behind the rule]\n");
    assert!(human.contains(&expected) && human.contains("b/c.py:3  ") && human.contains("[unused]"), "{human}");
    assert!(folder.keysieve(["exceptions", "--expired"]).ends_with(0).stdout.ends_with("\n1 exception\n"));
}
