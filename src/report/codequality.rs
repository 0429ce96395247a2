//! GitLab's Code Quality report, which merge requests show in every tier: a list of issues in the form of Code Climate.

use std::collections::BTreeMap;

use serde::Serialize;
use sha2::{Digest as _, Sha256};

use super::sentence::{self, places};
use super::{Report, Style, json_text};
use crate::finding::Severity;

#[derive(Serialize)]
struct Issue<'r> {
    description: String,
    check_name: &'r str,
    fingerprint: String,
    severity: &'static str,
    location: Location,
}

#[derive(Serialize)]
struct Location {
    path: String,
    lines: Lines,
}

#[derive(Serialize)]
struct Lines {
    begin: u32,
}

/// The name under which a part that was not scanned is an issue: an empty list would read as clean.
const INCOMPLETE: &str = "keysieve.incomplete";

pub(super) fn render(report: &Report, style: Style<'_>) -> String {
    let mut seen: BTreeMap<(&str, String), usize> = BTreeMap::new();
    let mut issues: Vec<Issue<'_>> = Vec::new();
    for (finding, place) in places(report, style) {
        let path = sentence::file_or_name(place);
        let number = seen.entry((finding.fingerprint.as_str(), path.clone())).or_default();
        *number += 1;
        issues.push(Issue {
            description: sentence::message(finding, place, style),
            check_name: &finding.rule.id,
            fingerprint: hash(&[finding.fingerprint.as_str(), &path, &number.to_string()]),
            severity: severity(finding.severity),
            location: Location { path, lines: Lines { begin: place.start.line } },
        });
    }
    issues.extend(report.coverage.incomplete.iter().map(|gap| Issue {
        description: format!("Not scanned: {}", super::escape::text(&gap.sentence())),
        check_name: INCOMPLETE,
        fingerprint: hash(&[INCOMPLETE, &gap.what, &gap.why]),
        severity: "info",
        location: Location { path: super::escape::text(&gap.what).into_owned(), lines: Lines { begin: 1 } },
    }));
    json_text::pretty(&issues)
}

fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "blocker",
        Severity::High => "critical",
        Severity::Medium => "major",
        Severity::Low => "minor",
    }
}

/// Names an issue across runs: no line goes into it, so that it survives what is inserted above. GitLab shows one of several that share it.
fn hash(parts: &[&str]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part.as_bytes());
        hash.update([0]);
    }
    data_encoding::HEXLOWER.encode(&hash.finalize()[..16])
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::Value;

    use super::*;
    use crate::report::tests::check_golden;
    use crate::report::{Format, sample};

    fn issues(report: &Report) -> Vec<Value> {
        serde_json::from_str(&Format::Codequality.render(report, Style::default())).expect("because it is a list in JSON")
    }

    #[test]
    fn the_sample_is_written_as_agreed() {
        check_golden("codequality.json", &Format::Codequality.render(&sample::report(), Style::default()));
    }

    #[test]
    fn issues_have_what_gitlab_reads() {
        for report in [sample::report(), sample::history()] {
            let issues = issues(&report);
            assert_eq!(
                issues.len(),
                report.open().map(|finding| finding.locations.len()).sum::<usize>() + report.coverage.incomplete.len()
            );
            let names: BTreeSet<_> = issues.iter().map(|issue| issue["fingerprint"].as_str()).collect();
            assert_eq!(names.len(), issues.len(), "two issues share a fingerprint");
            for issue in &issues {
                let keys: Vec<_> = issue.as_object().into_iter().flatten().map(|(key, _)| key.as_str()).collect();
                assert_eq!(keys, ["check_name", "description", "fingerprint", "location", "severity"]);
                assert!(["info", "minor", "major", "critical", "blocker"].contains(&issue["severity"].as_str().unwrap_or_default()));
                let path = issue["location"]["path"].as_str().unwrap_or_default();
                assert!(!path.is_empty() && !path.starts_with("./"), "{issue}");
                assert!(issue["location"]["lines"]["begin"].as_u64() >= Some(1), "{issue}");
            }
        }
        assert_eq!(issues(&sample::clean()), Vec::<Value>::new());
    }

    #[test]
    fn a_line_that_moves_keeps_its_issue() {
        let mut report = sample::report();
        let before = issues(&report)[0]["fingerprint"].clone();
        report.findings[0].locations[0].start.line += 7;
        assert_eq!(issues(&report)[0]["fingerprint"], before);
    }
}
