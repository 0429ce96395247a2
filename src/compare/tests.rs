use super::*;

/// What names a key.
const KEYED_BY: &str = "0011223344556677";

fn finding(family: &str, digit: char, more: &str) -> String {
    let digits = digit.to_string().repeat(32);
    format!(
        r#"{{"fingerprint": "v1:{family}:{digits}", {more} "rule": {{"id": "{family}.x", "name": "X"}}, "severity": "high", "confidence": "high",
           "secret": {{"masked": "****"}}, "locations": [{{"path": "a.env", "start": {{"line": 3, "column": 1}}}}]}}"#
    )
}

fn report(keyed_by: &str, findings: &[String], suppressed: &[String]) -> String {
    format!(
        r#"{{"version": 1, "tool": {{"name": "keysieve", "ruleset": {{"digest": "sha256:0"}}, "fingerprints": {{"keyed_by": "{keyed_by}"}}}}, "scope": {{"target": ["."]}},
           "coverage": {{"incomplete": []}}, "findings": [{}], "suppressed": [{}]}}"#,
        findings.join(","),
        suppressed.join(",")
    )
}

fn named(file: &str, text: &str) -> Named {
    Named { file: file.to_owned(), report: Saved::parse(text.as_bytes()).expect("because it is a report") }
}

#[test]
fn what_two_reports_have_is_shared_and_what_one_has_is_counted() {
    let (a, b, c) = (finding("x", 'a', ""), finding("x", 'b', ""), finding("y", 'a', ""));
    let reports = [
        named("one", &report(KEYED_BY, &[a.clone(), b], &[])),
        named("two", &report(KEYED_BY, &[a, c], &[])),
        named("three", &report(KEYED_BY, &[], &[])),
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
    let file = finding("acme", 'a', r#""subject": "file","#);
    let old = finding("policy", 'b', "");
    let text = report(KEYED_BY, &[file, old], &[]);
    assert_eq!(compare(&[named("a", &text), named("b", &text)]).map(|compared| compared.shared()), Ok(0));
}

#[test]
fn what_all_except_is_counted_only() {
    let own = finding("x", 'a', "");
    let (open, excepted) = (report(KEYED_BY, std::slice::from_ref(&own), &[]), report(KEYED_BY, &[], &[own]));
    let both = compare(&[named("a", &excepted), named("b", &excepted)]).expect("because the keys are the same");
    assert_eq!((both.shared(), both.excepted), (0, 1));
    let one = compare(&[named("a", &open), named("b", &excepted)]).expect("because the keys are the same");
    assert_eq!((one.shared(), one.excepted), (1, 0));
    assert!(one.text(false).contains("(excepted there)"));
}

#[test]
fn other_keys_and_other_files_are_errors() {
    let own = report(KEYED_BY, &[], &[]);
    let other = report("ffffffffffffffff", &[], &[]);
    let error = compare(&[named("a", &own), named("b", &other)]).expect_err("because the keys differ");
    assert!(error.starts_with("a and b were made with different fingerprint keys"), "{error}");
    let parse = |text: &str| Saved::parse(text.as_bytes()).map(drop).map_err(|error| error.to_string());
    for text in ["", "{}", "[]", "null", "\u{0}", "{\"version\": 1}", &own.replace("keysieve", "other"), &own.replace(']', "")] {
        assert!(parse(text).is_err_and(|error| error.starts_with("is no JSON report")), "{text}");
    }
    assert!(parse(&own.replace("\"version\": 1", "\"version\": 2")).is_err_and(|error| error.contains("version 2")));
    assert!(parse(&own.replace("fingerprints", "x")).is_err_and(|error| error.contains("older")));
    let wrong = finding("x", 'a', "").replace("aaaa", "zzzz");
    assert!(parse(&report(KEYED_BY, &[wrong], &[])).is_err_and(|error| error.contains("no fingerprint")));
}

#[test]
fn foreign_text_is_shown_harmless_and_cut() {
    let own = finding("x", 'a', "").replace("a.env", &"\\u001b[31m".repeat(500));
    let text = report(KEYED_BY, &[own], &[]);
    let compared = compare(&[named("a\n", &text), named("b", &text)]).expect("because the keys are the same");
    let human = compared.text(false);
    assert!(!human.contains('\u{1b}') && human.lines().all(|line| line.chars().count() < 4_000), "{human}");
    assert!(serde_json::from_str::<serde_json::Value>(&compared.json()).is_ok());
}
