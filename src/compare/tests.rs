use serde_json::{Value, json};

use super::*;
use crate::report::saved;

/// What names a key.
const KEYED_BY: &str = "0011223344556677";

fn finding(family: &str, digit: char, state: &str) -> Value {
    json!({
        "fingerprint": format!("v1:{family}:{}", digit.to_string().repeat(32)),
        "rule": {"id": format!("{family}.x"), "name": "X", "provider": "X", "description": ""},
        "severity": "high", "confidence": "high", "evidence": [], "status": {"state": state},
        "secret": {"masked": "****", "length": "8-15"}, "identity": {},
        "locations": [{"path": "a.env", "start": {"line": 3, "column": 1}, "end": {"line": 3, "column": 9}, "byte_range": {"start": 0, "end": 8}, "kind": "file"}],
        "remediation": {"steps": [], "references": []},
    })
}

fn report(keyed_by: &str, findings: &[Value]) -> Value {
    let (open, suppressed): (Vec<_>, Vec<_>) = findings.iter().partition(|finding| finding["status"]["state"] == "open");
    json!({
        "version": 1,
        "tool": {"name": "keysieve", "version": "0", "ruleset": {"count": 1, "digest": "sha256:0"}, "fingerprints": {"keyed_by": keyed_by}},
        "scope": {"kind": "worktree", "target": ["."]},
        "coverage": {"items": 1, "bytes": 1, "skipped": [], "incomplete": []},
        "findings": open, "suppressed": suppressed, "below_threshold": 0, "min_confidence": "medium",
    })
}

fn named(file: &str, report: &Value) -> Named {
    let report = saved::read(report.to_string().as_bytes()).expect("because it is a report");
    Named { file: file.to_owned(), report: Compared::from(&report) }
}

#[test]
fn what_two_reports_have_is_shared_and_what_one_has_is_counted() {
    let (a, b, c) = (finding("x", 'a', "open"), finding("x", 'b', "open"), finding("y", 'a', "open"));
    let reports = [
        named("one", &report(KEYED_BY, &[a.clone(), b])),
        named("two", &report(KEYED_BY, &[a, c])),
        named("three", &report(KEYED_BY, &[])),
    ];
    let compared = compare(&reports).expect("because the keys are the same");
    assert_eq!(compared.shared(), 1);
    assert_eq!(compared.reports.iter().map(|own| (own.secrets, own.only_here)).collect::<Vec<_>>(), [(2, 1), (2, 1), (0, 0)]);
    let text = compared.text(false);
    assert!(text.contains("high  x.x  ****\n") && text.contains("1 secret is in more than one of 3 reports\n"), "{text}");
    assert!(text.contains("  one    2 secrets, 1 only there\n"), "{text}");
}

#[test]
fn files_and_sharings_are_no_secrets() {
    let (mut file, mut sharing, old) = (finding("acme", 'a', "open"), finding("acme", 'b', "open"), finding("policy", 'c', "open"));
    file["subject"] = "file".into();
    sharing["subject"] = "sharing".into();
    let text = report(KEYED_BY, &[file, sharing, old]);
    assert_eq!(compare(&[named("a", &text), named("b", &text)]).map(|compared| compared.shared()), Ok(0));
}

#[test]
fn what_all_except_is_counted_only() {
    let (open, excepted) = (report(KEYED_BY, &[finding("x", 'a', "open")]), report(KEYED_BY, &[finding("x", 'a', "suppressed")]));
    let both = compare(&[named("a", &excepted), named("b", &excepted)]).expect("because the keys are the same");
    assert_eq!((both.shared(), both.excepted), (0, 1));
    let one = compare(&[named("a", &open), named("b", &excepted)]).expect("because the keys are the same");
    assert_eq!((one.shared(), one.excepted), (1, 0));
    assert!(one.text(false).contains("(excepted there)"));
}

#[test]
fn other_keys_are_errors() {
    let (own, other) = (report(KEYED_BY, &[]), report("ffffffffffffffff", &[]));
    let error = compare(&[named("a", &own), named("b", &other)]).expect_err("because the keys differ");
    assert!(error.starts_with("a and b were made with different fingerprint keys"), "{error}");
}

#[test]
fn foreign_text_is_shown_harmless_and_cut() {
    let mut own = finding("x", 'a', "open");
    own["locations"][0]["path"] = "\u{1b}[31m".repeat(500).into();
    let text = report(KEYED_BY, &[own]);
    let compared = compare(&[named("a\n", &text), named("b", &text)]).expect("because the keys are the same");
    let human = compared.text(false);
    assert!(!human.contains('\u{1b}') && human.lines().all(|line| line.chars().count() < 4_000), "{human}");
    assert!(serde_json::from_str::<serde_json::Value>(&compared.json()).is_ok());
}
