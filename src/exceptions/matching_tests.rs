//! Tests of the module `matching`.

use proptest::prelude::*;

use super::baseline::{Baseline, Salt, Scope};
use super::{Day, Exception, ExceptionEntry, Exceptions, Matching, Origin, Policy, Scene, Standing};
use crate::finding::{
    Confidence, Exposure, Finding, Fingerprint, FingerprintKey, Identity, Location, LocationKind, Marker, Reach, Remediation, RuleRef,
    Severity, Status, Subject,
};
use crate::location::{ByteSpan, Position};
use crate::secret::Secret;

const TODAY: &str = "2026-06-15";

fn place(path: &str, line: u32) -> Location {
    let start = Position { line, column_utf16: 1 };
    Location { start, end: start, byte_range: ByteSpan::new(0, 9), ..Location::new(path.as_bytes().to_vec(), LocationKind::File) }
}

fn finding(rule: &str, secret: &str, locations: Vec<Location>) -> Finding {
    let secret = Secret::new(secret.as_bytes());
    let family = rule.split('.').next().unwrap_or_default();
    let rule = RuleRef { id: rule.to_owned(), name: String::new(), provider: String::new(), description: String::new() };
    Finding {
        fingerprint: Fingerprint::new(&FingerprintKey::default(), family, &secret),
        subject: Subject::Secret,
        rule,
        severity: Severity::High,
        confidence: Confidence::High,
        evidence: Vec::new(),
        status: Status::default(),
        masked: secret.masked(0),
        secret,
        written: Vec::new(),
        identity: Identity::default(),
        locations,
        exposure: None,
        sharing: None,
        remediation: Remediation::default(),
    }
}

fn marked(mut location: Location, rule: &str, reason: Option<&str>) -> Location {
    let marker = Marker { rule: rule.to_owned(), reason: reason.map(str::to_owned), line: location.start.line };
    location.markers = location.markers.iter().cloned().chain([marker]).collect();
    location
}

/// `key=value` pairs to an exception.
fn exception(words: &[(&str, &str)]) -> Exception {
    let get = |key: &str| words.iter().find(|(own, _)| *own == key).map(|(_, value)| (*value).to_owned());
    let entry = ExceptionEntry {
        fingerprint: get("fingerprint"),
        rule: get("rule"),
        path: get("path"),
        reason: get("reason"),
        owner: None,
        expires: get("expires").map(|day| day.parse().expect("because it is a day")),
        approved_by: None,
    };
    Exception::new(entry, Origin { file: "keysieve.yaml".to_owned(), line: 3 }).expect("because it is bound")
}

fn listed(exceptions: impl IntoIterator<Item = Exception>) -> Exceptions {
    Exceptions { listed: exceptions.into_iter().collect(), ..Exceptions::default() }
}

/// Which of `findings` are suppressed, and the notes of those that are not.
fn marked_by(exceptions: &Exceptions, findings: &mut [Finding]) -> (Vec<bool>, Vec<String>, Vec<bool>) {
    let today: Day = TODAY.parse().expect("because it is a day");
    let mut matching = Matching::new(exceptions, today);
    matching.apply(findings, &Scene { today, most_places: 5, path: &|location| Some(location.path.clone()) });
    let suppressed = findings.iter().map(|finding| !finding.status.is_open()).collect();
    let notes = findings.iter().flat_map(|finding| finding.status.notes.clone()).collect();
    (suppressed, notes, matching.into_uses(&[], today).iter().map(|own| own.is_used).collect())
}

#[test]
fn a_fingerprint_covers_its_secret_wherever_it_stands() {
    let mut findings = [finding("aws.key", "one", vec![place("a", 1), place("b", 2)]), finding("aws.key", "two", vec![place("a", 1)])];
    let name = findings[0].fingerprint.to_string();
    let exceptions = listed([exception(&[("fingerprint", &name), ("reason", "revoked")])]);
    assert_eq!(marked_by(&exceptions, &mut findings), (vec![true, false], vec![], vec![true]));
    assert_eq!(findings[0].status.reason.as_deref(), Some("revoked"));
    assert_eq!(findings[0].status.suppressions.len(), 1);
}

#[test]
fn with_a_path_it_covers_only_places_there() {
    let mut findings = [finding("aws.key", "one", vec![place("tests/a", 1), place("b", 2)])];
    let name = findings[0].fingerprint.to_string();
    let exceptions = listed([exception(&[("fingerprint", &name), ("path", "tests/**")])]);
    let (suppressed, notes, used) = marked_by(&exceptions, &mut findings);
    assert_eq!((suppressed, used), (vec![false], vec![true]));
    assert_eq!(notes, ["excepted in 1 of 2 places; it counts until all are"]);
    findings[0].locations.pop();
    assert_eq!(marked_by(&exceptions, &mut findings).0, [true]);
}

#[test]
fn a_rule_is_excepted_in_its_path_and_no_other_rule_and_nowhere_else() {
    let mut findings = [
        finding("aws.key", "one", vec![place("docs/a.md", 1)]),
        finding("gcp.key", "two", vec![place("docs/a.md", 1)]),
        finding("aws.key", "three", vec![place("src/a.md", 1)]),
        finding("aws.other", "four", vec![place("docs/b/c.md", 1)]),
    ];
    assert_eq!(marked_by(&listed([exception(&[("rule", "aws.key"), ("path", "docs/**")])]), &mut findings).0, [true, false, false, false]);
    assert_eq!(marked_by(&listed([exception(&[("rule", "aws.*"), ("path", "docs/**")])]), &mut findings).0, [true, false, false, true]);
    assert_eq!(marked_by(&listed([exception(&[("path", "docs/**")])]), &mut findings).0, [true, true, false, true]);
}

#[test]
fn places_may_be_covered_by_different_exceptions() {
    let mut findings = [finding("aws.key", "one", vec![place("docs/a", 1), marked(place("b", 2), "aws.key", Some("sample"))])];
    let exceptions = listed([exception(&[("rule", "aws.key"), ("path", "docs/**"), ("reason", "manual")])]);
    assert_eq!(marked_by(&exceptions, &mut findings).0, [true]);
    assert_eq!(findings[0].status.suppressions.len(), 2);
}

#[test]
fn the_last_day_still_counts_and_the_next_does_not() {
    for (day, expected) in [("2026-06-15", true), ("2026-06-14", false), ("2027-01-01", true)] {
        let mut findings = [finding("aws.key", "one", vec![place("docs/a", 1)])];
        let exceptions = listed([exception(&[("rule", "aws.key"), ("path", "docs/**"), ("expires", day)])]);
        let (suppressed, notes, used) = marked_by(&exceptions, &mut findings);
        assert_eq!((suppressed, used), (vec![expected], vec![true]), "{day}");
        assert_eq!(notes.iter().any(|note| note.contains("expired on 2026-06-14")), !expected, "{notes:?}");
    }
}

#[test]
fn what_the_policy_refuses_hides_nothing() {
    let mut findings = [
        finding("aws.key", "one", vec![place("docs/a", 1)]),
        finding("aws.key", "two", vec![marked(place("b", 1), "aws.key", Some("why"))]),
    ];
    let mut exceptions = listed([exception(&[("rule", "aws.key"), ("path", "docs/**")])]);
    assert_eq!(marked_by(&exceptions, &mut findings).0, [true, true]);
    exceptions.policy = Policy { require_expiry: true, ..Policy::default() };
    let (suppressed, notes, _) = marked_by(&exceptions, &mut findings);
    assert_eq!((suppressed, notes.len()), (vec![false, false], 2), "{notes:?}");
    let today = TODAY.parse().expect("because it is a day");
    assert!(matches!(Matching::new(&exceptions, today).into_uses(&[], today)[0].standing, Standing::Refused(_)));
}

#[test]
fn a_comment_hides_one_secret_of_its_rule_and_only_with_a_reason() {
    let line = |rule, reason| marked(place("a", 4), rule, reason);
    let mut findings =
        [finding("aws.key", "one", vec![line("aws.key", Some("why"))]), finding("gcp.key", "two", vec![line("aws.key", Some("why"))])];
    assert_eq!(marked_by(&Exceptions::default(), &mut findings).0, [true, false]);
    let mut findings = [finding("aws.key", "one", vec![line("aws.key", None)])];
    let (suppressed, notes, _) = marked_by(&Exceptions::default(), &mut findings);
    assert_eq!(suppressed, [false]);
    assert!(notes[0].contains("line 4 hides nothing: it gives no reason"), "{notes:?}");
    // A second secret on the line is not what the comment was written for.
    let mut findings =
        [finding("aws.key", "one", vec![line("aws.key", Some("why"))]), finding("aws.key", "two", vec![line("aws.key", Some("why"))])];
    let (suppressed, notes, _) = marked_by(&Exceptions::default(), &mut findings);
    assert_eq!(suppressed, [false, false]);
    assert!(notes[0].contains("the line holds 2 secrets of this rule"), "{notes:?}");
    for finding in &mut findings {
        finding.locations = finding.locations.drain(..).map(|place| marked(place, "aws.key", Some("so"))).collect();
    }
    assert_eq!(marked_by(&Exceptions::default(), &mut findings).0, [true, true]);
}

#[test]
fn the_baseline_knows_secrets_and_not_lines_or_paths() {
    let mut baseline = Baseline::new(Salt::new([7; 32]), Scope::Worktree);
    baseline.learn(&[finding("aws.key", "one", vec![place("a", 1)])]);
    let exceptions = Exceptions { baseline: Some((baseline, "b.jsonl".to_owned())), ..Exceptions::default() };
    let mut findings = [
        finding("aws.key", "one", vec![place("moved/a", 90)]),
        finding("aws.key", "new", vec![place("a", 1)]),
        finding("aws.other", "one", vec![place("a", 1)]),
    ];
    assert_eq!(marked_by(&exceptions, &mut findings), (vec![true, false, false], vec![], vec![true]));
}

#[test]
fn where_a_history_has_more_places_than_are_told_a_path_does_not_do() {
    let mut findings = [finding("aws.key", "one", (1..=5).map(|line| place("docs/a", line)).collect())];
    findings[0].exposure = Some(Exposure {
        first: None,
        last: None,
        paths: Vec::new(),
        in_head: false,
        held_by: Vec::new(),
        reachable_from: Vec::new(),
        reach: Reach::Refs,
        pushed: false,
        days: None,
        commits: 0,
        blobs: 0,
        unlisted: None,
    });
    let exceptions = listed([exception(&[("path", "docs/**")])]);
    let (suppressed, notes, _) = marked_by(&exceptions, &mut findings);
    assert!(!suppressed[0] && notes[0].contains("more places than are told"), "{notes:?}");
    findings[0].locations.pop();
    assert_eq!(marked_by(&exceptions, &mut findings).0, [true]);
}

#[test]
fn a_path_is_that_of_a_file() {
    let mut location = place("author", 1);
    location.kind = LocationKind::Person;
    let mut findings = [finding("aws.key", "one", vec![location])];
    assert_eq!(marked_by(&listed([exception(&[("path", "author")])]), &mut findings), (vec![false], vec![], vec![false]));
}

proptest! {
    #[test]
    fn exceptions_change_nothing_but_the_status(
        seeds in prop::collection::vec((0..3usize, 0..4usize, prop::collection::vec((0..3usize, 1..3u32, prop::option::of(0..3usize)), 1..4)), 0..6),
        bound in prop::collection::vec((0..3usize, 0..3usize), 0..4),
    ) {
        const RULES: [&str; 3] = ["aws.key", "gcp.key", "aws.other"];
        const PATHS: [&str; 3] = ["docs/a", "src/b", "c"];
        let location = |(path, line, marker): &(usize, u32, Option<usize>)| {
            let place = place(PATHS[*path], *line);
            marker.map_or(place.clone(), |rule| marked(place, RULES[rule], Some("why")))
        };
        let mut findings: Vec<Finding> = seeds
            .iter()
            .map(|(rule, secret, places)| finding(RULES[*rule], &secret.to_string(), places.iter().map(location).collect()))
            .collect();
        let before = format!("{findings:?}");
        let exceptions = listed(bound.iter().map(|(rule, path)| exception(&[("rule", RULES[*rule]), ("path", PATHS[*path])])));
        marked_by(&exceptions, &mut findings);
        for finding in &mut findings {
            prop_assert!(finding.status.is_open() == finding.status.suppressions.is_empty());
            finding.status = Status::default();
        }
        prop_assert_eq!(format!("{findings:?}"), before);
    }
}
