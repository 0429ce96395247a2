//! `keysieve exceptions` and `--strict-exceptions`.

use crate::support::{Folder, Said, assigned, at, list, text};

const BASELINE: &str = "keysieve-baseline.jsonl";

/// Two secrets in the baseline, of which one is gone.
fn half_gone() -> Folder {
    let folder = Folder::repository();
    folder.write("a.env", assigned("a")).write("b.env", assigned("b"));
    folder.keysieve(["baseline", "create"]).ends_with(0);
    folder.remove("b.env");
    folder
}

/// Writes a key into each entry of the baseline.
fn with_key(folder: &Folder, key: &str) {
    let text = folder.read(BASELINE).replace("\"paths\":[", &format!("{key},\"paths\":["));
    folder.write(BASELINE, text);
}

fn listed(said: &Said) -> Vec<(String, bool)> {
    let lines = said.report();
    list(&lines).iter().map(|line| (text(&line["state"]).to_owned(), line["used"] == true)).collect()
}

#[test]
fn unused_exceptions_are_listed() {
    let folder = half_gone();
    let own = |used: bool| ("in-force".to_owned(), used);
    let mut all = listed(&folder.keysieve(["exceptions", "--format", "json"]).ends_with(0));
    all.sort();
    assert_eq!(all, [own(false), own(true)]);
    assert_eq!(listed(&folder.keysieve(["exceptions", "--unused", "--format", "json"]).ends_with(0)), [own(false)]);
    let human = folder.keysieve(["exceptions", "--unused"]).ends_with(0).stdout;
    assert!(human.contains("github.personal-access-token") && human.ends_with("  [unused]\n1 exception\n"), "{human}");
}

#[test]
fn strict_exceptions_fail_on_unused_ones_where_all_is_scanned() {
    let folder = half_gone();
    folder.keysieve(["scan", "."]).ends_with(0);
    let said = folder.keysieve(["scan", ".", "--strict-exceptions"]).ends_with(1);
    assert!(said.stderr.contains("keysieve-baseline.jsonl:") && said.stderr.contains("is of no use"), "{said:?}");
    folder.keysieve(["exceptions", "--strict-exceptions"]).ends_with(1);
    // A part of the tree does not show that.
    for part in [&["a.env"][..], &["--staged"], &["--stdin"]] {
        folder.keysieve(["scan", "--strict-exceptions"].iter().chain(part)).ends_with(0);
    }
    folder.keysieve(["baseline", "prune"]).ends_with(0);
    folder.keysieve(["scan", ".", "--strict-exceptions"]).ends_with(0);
}

#[test]
fn expired_exceptions_stop_working_and_say_so() {
    let folder = half_gone();
    with_key(&folder, "\"expires\":\"2020-01-31\"");
    let said = folder.scan(["."]).finds(&[&at("a.env")]);
    let note = said.report()["findings"][0]["status"]["notes"][0].to_string();
    assert!(note.contains("expired on 2020-01-31 and hides nothing"), "{note}");
    let human = folder.keysieve(["scan", "."]).ends_with(1).stdout;
    assert!(human.contains("2 exceptions expired or against the policy hide nothing; see keysieve exceptions --expired"), "{human}");
    assert_eq!(list(&folder.keysieve(["exceptions", "--expired", "--format", "json"]).ends_with(0).report()).len(), 2);
    let said = folder.keysieve(["scan", "--staged", "--strict-exceptions"]).ends_with(1);
    assert!(said.stderr.contains("expired on 2020-01-31"), "{said:?}");
}

#[test]
fn an_exception_counts_until_its_day_has_passed() {
    let folder = half_gone();
    with_key(&folder, "\"expires\":\"2999-01-31\",\"reason\":\"revoked\",\"owner\":\"@org/team\"");
    let said = folder.scan(["."]).finds(&[]);
    let own = said.report()["suppressed"][0]["status"]["suppressions"][0].clone();
    assert_eq!((text(&own["expires"]), text(&own["reason"]), text(&own["owner"])), ("2999-01-31", "revoked", "@org/team"));
}

#[test]
fn without_exceptions_the_list_is_empty() {
    let folder = Folder::repository();
    assert_eq!(folder.keysieve(["exceptions"]).ends_with(0).stdout, "0 exceptions\n");
    assert_eq!(folder.keysieve(["exceptions", "--format", "json"]).ends_with(0).stdout, "[]\n");
}
