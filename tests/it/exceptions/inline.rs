//! `keysieve:allow RULE reason="…"` in the scanned text.

use crate::support::{Folder, Said, assigned, at, list, text, token};

const RULE: &str = "github.personal-access-token";

fn allowed(seed: &str) -> String {
    format!("T={} # keysieve:allow {RULE} reason=\"sample of the manual\"\n", token(seed))
}

/// Paths of the findings that exceptions cover.
fn suppressed(said: &Said) -> Vec<String> {
    let report = said.report();
    list(&report["suppressed"]).iter().map(|finding| text(&finding["locations"][0]["path"]).to_owned()).collect()
}

fn notes(said: &Said) -> String {
    list(&said.report()["findings"]).iter().map(|finding| finding["status"]["notes"].to_string()).collect()
}

#[test]
fn it_hides_the_rule_on_its_line_or_the_next_in_a_tree() {
    let folder = Folder::repository();
    folder.write("same.env", allowed("a"));
    folder.write("next.env", format!("# keysieve:allow {RULE} reason=\"sample\"\nT={}\n", token("b")));
    folder.write("other.env", format!("# keysieve:allow {RULE} reason=\"sample\"\n\nT={}\n", token("c")));
    let said = folder.scan(["."]).finds(&[&at("other.env")]);
    assert_eq!(suppressed(&said), ["next.env", "same.env"]);
    let status = &said.report()["suppressed"][1]["status"];
    assert_eq!((text(&status["state"]), text(&status["reason"])), ("suppressed", "sample of the manual"));
    let origin = &status["suppressions"][0];
    assert_eq!((text(&origin["kind"]), text(&origin["file"]), origin["line"].as_u64()), ("in-source", "same.env", Some(1)));
}

#[test]
fn it_works_on_what_is_staged_on_standard_input_in_a_range_and_in_a_history() {
    let folder = Folder::committed();
    folder.write("a.env", "# first\n").commit_all();
    folder.write("a.env", format!("# keysieve:allow {RULE} reason=\"sample\"\nT={}\n", token("a")));
    folder.git(["add", "--all"]);
    assert_eq!(suppressed(&folder.scan(["--staged"]).finds(&[])), ["a.env"]);
    let input = folder.read("a.env");
    assert_eq!(suppressed(&folder.scan_stdin(input.as_bytes(), ["--path", "a.env"]).finds(&[])), ["a.env"]);
    folder.commit_all();
    assert_eq!(suppressed(&folder.scan(["--range", "HEAD~1..HEAD"]).finds(&[])), ["a.env"]);
    assert_eq!(suppressed(&folder.scan(["--history"]).finds(&[])), ["a.env"]);
}

#[test]
fn a_comment_that_was_there_before_counts_for_a_staged_line_below_it() {
    let folder = Folder::committed();
    folder.write("a.env", format!("# keysieve:allow {RULE} reason=\"sample\"\nT=\n")).commit_all();
    folder.write("a.env", format!("# keysieve:allow {RULE} reason=\"sample\"\n{}", assigned("a")));
    folder.git(["add", "--all"]);
    assert_eq!(suppressed(&folder.scan(["--staged"]).finds(&[])), ["a.env"]);
}

#[test]
fn without_a_reason_the_finding_stays_and_a_note_says_why() {
    let folder = Folder::repository();
    for (name, rest) in [("a", ""), ("b", " reason="), ("c", " reason=\"\""), ("d", " reason=\" \"")] {
        folder.write(format!("{name}.env"), format!("T={} # keysieve:allow {RULE}{rest}\n", token(name)));
    }
    let said = folder.scan(["."]).finds(&["a", "b", "c", "d"].map(|name| at(&format!("{name}.env"))).each_ref().map(String::as_str));
    assert_eq!(notes(&said).matches("it gives no reason").count(), 4);
    let human = folder.keysieve(["scan", "a.env"]).ends_with(1).stdout;
    assert!(human.contains("not excepted: `keysieve:allow` on line 1 hides nothing: it gives no reason"), "{human}");
}

#[test]
fn it_hides_no_other_rule_of_its_line() {
    let folder = Folder::repository();
    let other = format!("T={} # keysieve:allow stripe.secret-key reason=\"sample\"\n", token("a"));
    folder.write("a.env", other).scan(["."]).finds(&[&at("a.env")]);
    let close = format!("T={} # keysieve:allow github.* reason=\"sample\"\n", token("a"));
    folder.write("a.env", close).scan(["."]).finds(&[&at("a.env")]);
}

#[test]
fn a_new_secret_on_its_line_is_found() {
    let folder = Folder::repository();
    folder.write("a.env", allowed("a")).scan(["."]).finds(&[]);
    let two = format!("T={} U={} # keysieve:allow {RULE} reason=\"sample\"\n", token("a"), token("b"));
    let said = folder.write("a.env", &two).scan(["."]).finds(&[&at("a.env"), &at("a.env")]);
    assert!(notes(&said).contains("the line holds 2 secrets of this rule"), "{said:?}");
    let both = two.trim_end().to_owned() + &format!(" keysieve:allow {RULE} reason=\"another\"\n");
    folder.write("a.env", both).scan(["."]).finds(&[]);
}

#[test]
fn a_comment_behind_a_secret_says_nothing_of_the_secret_below() {
    let folder = Folder::repository();
    folder.write("a.env", allowed("a") + &assigned("b"));
    let said = folder.scan(["."]).finds(&[&at("a.env")]);
    assert_eq!(said.report()["findings"][0]["locations"][0]["start"]["line"], 2);
}

#[test]
fn the_same_secret_elsewhere_is_found_with_all_of_its_places() {
    let folder = Folder::repository();
    folder.write("a.env", allowed("a")).write("b.env", assigned("a"));
    let said = folder.scan(["."]).finds(&[&at("a.env"), &at("b.env")]);
    assert!(notes(&said).contains("excepted in 1 of 2 places"), "{said:?}");
}

#[test]
fn a_history_scan_from_a_cache_says_the_same() {
    let folder = Folder::committed();
    folder.write("a.env", allowed("a")).write("b.env", assigned("b")).commit_all();
    let cache = Folder::new();
    let scan = || {
        let mut command = crate::support::keysieve_in(&folder.path);
        command.env("XDG_CACHE_HOME", &cache.path).args(["scan", "--history", "--format", "json"]);
        let mut report = Said::of(&mut command).report();
        for list in ["findings", "suppressed"] {
            for finding in report[list].as_array_mut().expect("because it is a list") {
                finding.as_object_mut().and_then(|finding| finding.remove("exposure"));
            }
        }
        report
    };
    let first = scan();
    assert_eq!((list(&first["findings"]).len(), list(&first["suppressed"]).len()), (1, 1));
    assert_eq!(scan(), first);
    // The comment goes: what was kept of the earlier scan does not hide it.
    folder.write("a.env", assigned("a")).commit_all();
    assert_eq!(list(&scan()["findings"]).len(), 2);
}
