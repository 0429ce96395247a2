//! Several reports as one: what any of them found is found, what any of them did not scan was not scanned.

use std::collections::BTreeMap;

use sha2::{Digest as _, Sha256};

use super::{Report, RuleSetInfo, Scope, ScopeKind};
use crate::finding::{Finding, Status, Threshold};

/// What `reports` say together; `None` if there are none. The order of `reports` decides nothing but that of what was asked for.
pub fn merge(reports: Vec<Report>) -> Option<Report> {
    let mut reports = reports.into_iter();
    let first = reports.next()?;
    let mut all = reports.fold(first, join);
    all.coverage.sort();
    all.findings = by_secret(all.findings);
    Some(all)
}

fn join(mut one: Report, other: Report) -> Report {
    one.tool.ruleset = rules(&one.tool.ruleset, &other.tool.ruleset);
    one.scope = scope(one.scope, other.scope);
    one.coverage.absorb(other.coverage);
    one.findings.extend(other.findings);
    one.withheld.extend(other.withheld);
    one.exceptions.extend(other.exceptions);
    one.below_threshold = one.below_threshold.saturating_add(other.below_threshold);
    one.min_confidence = one.min_confidence.min(other.min_confidence);
    one.fail_on = Threshold {
        severity: one.fail_on.severity.min(other.fail_on.severity),
        confidence: one.fail_on.confidence.min(other.fail_on.confidence),
    };
    one.seconds = one.seconds.zip(other.seconds).map(|(one, other)| one + other);
    one
}

/// The digest of several sets is one over their digests, in an order that is not that of the reports.
fn rules(one: &RuleSetInfo, other: &RuleSetInfo) -> RuleSetInfo {
    if one.digest == other.digest {
        return one.clone();
    }
    let mut digests = [&one.digest, &other.digest];
    digests.sort();
    let hash = Sha256::digest(digests.map(String::as_str).join("\n"));
    RuleSetInfo { count: one.count.max(other.count), digest: format!("sha256:{}", data_encoding::HEXLOWER.encode(&hash)) }
}

fn scope(one: Scope, other: Scope) -> Scope {
    let kind = if one.kind == other.kind { one.kind } else { ScopeKind::Merged };
    let mut target = one.target;
    for path in other.target {
        if !target.contains(&path) {
            target.push(path);
        }
    }
    let range = match (one.range, other.range) {
        (Some(one), Some(other)) if one != other => Some(format!("{one}, {other}")),
        (one, other) => one.or(other),
    };
    Scope { kind, target, range }
}

/// One finding for each secret of a rule, in the order of a report.
fn by_secret(findings: Vec<Finding>) -> Vec<Finding> {
    let mut merged: BTreeMap<(String, String), Finding> = BTreeMap::new();
    for finding in findings {
        let key = (finding.rule.id.clone(), finding.fingerprint.as_str().to_owned());
        let joined = match merged.remove(&key) {
            Some(known) => join_findings(known, finding),
            None => finding,
        };
        merged.insert(key, joined);
    }
    let mut merged: Vec<Finding> = merged.into_values().collect();
    merged.sort_by(Finding::order);
    merged
}

/// The surer one speaks for both.
fn join_findings(one: Finding, other: Finding) -> Finding {
    let (mut kept, other) = if other.confidence > one.confidence { (other, one) } else { (one, other) };
    kept.severity = kept.severity.max(other.severity);
    kept.locations.extend(other.locations);
    kept.locations.sort();
    kept.locations.dedup();
    if kept.secret.is_empty() {
        kept.secret = other.secret;
    }
    kept.written.extend(other.written);
    kept.status = status(kept.status, other.status);
    kept.exposure = match (kept.exposure, other.exposure) {
        (Some(one), Some(other)) if one != other => {
            let mut joined = one;
            joined.join(other);
            Some(joined)
        }
        (one, other) => one.or(other),
    };
    kept
}

/// A secret that counts anywhere counts.
fn status(one: Status, other: Status) -> Status {
    let is_open = [one.is_open(), other.is_open()];
    let (mut kept, other) = if is_open == [false, true] { (other, one) } else { (one, other) };
    kept.notes.extend(other.notes);
    if is_open == [false, false] {
        kept.suppressions.extend(other.suppressions);
        kept.suppressions.sort();
        kept.suppressions.dedup();
        kept.reason = kept.reason.or(other.reason);
    } else if is_open != [true, true] {
        kept.notes.push("excepted in one of the merged reports; it counts until it is in all".to_owned());
    }
    kept.notes.sort();
    kept.notes.dedup();
    kept
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::{Format, Style, sample};

    fn json(report: &Report) -> String {
        Format::Json.render(report, Style::default())
    }

    fn merged(reports: Vec<Report>) -> Report {
        merge(reports).expect("because there are reports")
    }

    #[test]
    fn one_report_alone_stays_what_it_is() {
        let sorted = |report: Report| {
            let mut report = report;
            report.findings.iter_mut().for_each(|finding| finding.locations.sort());
            report.findings.sort_by(Finding::order);
            report.coverage.sort();
            report
        };
        for report in [sample::report(), sample::clean(), sample::history()].map(sorted) {
            assert_eq!(json(&merged(vec![report.clone()])), json(&report));
            let twice = merged(vec![report.clone(), report.clone()]);
            let (twice_text, once) = (Format::Csv.render(&twice, Style::default()), Format::Csv.render(&report, Style::default()));
            assert_eq!(twice_text, once, "what is in both is in the result once");
        }
        assert!(merge(Vec::new()).is_none());
    }

    #[test]
    fn the_order_of_reports_changes_no_finding() {
        let (one, other) = (sample::report(), sample::history());
        let forwards = Format::Csv.render(&merged(vec![one.clone(), other.clone()]), Style { show_suppressed: true, ..Style::default() });
        let backwards = Format::Csv.render(&merged(vec![other, one]), Style { show_suppressed: true, ..Style::default() });
        assert_eq!(forwards, backwards);
    }

    #[test]
    fn places_add_up_and_what_any_did_not_scan_was_not_scanned() {
        let (one, mut other) = (sample::report(), sample::report());
        other.coverage.items = 5;
        other.coverage.incomplete.clear();
        other.findings[0].locations[0].path = b"elsewhere.py".to_vec();
        other.findings[1].confidence = crate::finding::Confidence::Low;
        let all = merged(vec![one.clone(), other]);
        assert_eq!(all.findings[0].locations.len(), one.findings[0].locations.len() + 1);
        assert_eq!((all.coverage.items, all.coverage.incomplete.len()), (one.coverage.items + 5, 2));
        assert_eq!((all.findings.len(), all.scope.kind, all.below_threshold), (one.findings.len(), ScopeKind::Worktree, 6));
        assert!(
            all.findings
                .iter()
                .filter(|finding| finding.rule.id.starts_with("aws"))
                .all(|finding| finding.confidence > crate::finding::Confidence::Low)
        );
        assert_eq!(merged(vec![one, sample::history()]).scope.kind, ScopeKind::Merged);
    }

    #[test]
    fn a_secret_that_counts_in_one_report_counts() {
        let (excepted, mut open) = (sample::report(), sample::report());
        let at = open.findings.iter().position(|finding| !finding.status.is_open()).expect("because one is suppressed");
        open.findings[at].status = Status::default();
        let all = merged(vec![excepted.clone(), open]);
        assert_eq!((all.suppressed().count(), all.open().count()), (0, excepted.findings.len()));
        assert!(all.findings.iter().any(|finding| finding.status.notes.iter().any(|note| note.starts_with("excepted in one"))));
        assert_eq!(merged(vec![excepted.clone(), excepted]).suppressed().count(), 1);
    }
}
