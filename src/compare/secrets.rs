//! What a comparison takes from a report.

use std::collections::BTreeMap;

use crate::finding::{Confidence, Finding, Severity, StatusState, Subject};
use crate::report::Report;

/// Longest text that is kept of a report, in characters.
const LONGEST_CHARS: usize = 400;
/// Most places of one secret that are kept.
const MOST_PLACES: usize = 100;
/// Family of the rules about files: before their findings said so, only this told them, and `.env` is in every repository.
const POLICY: &str = "v1:policy:";

/// A report, as far as it is compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Compared {
    /// Names the key of its fingerprints.
    pub(super) key: String,
    /// Names its rules.
    pub(super) rules: String,
    /// What was scanned.
    pub(super) target: Vec<String>,
    /// Whether something was not scanned.
    pub(super) is_incomplete: bool,
    /// By fingerprint.
    pub(super) secrets: BTreeMap<String, ComparedSecret>,
}

/// One secret of a report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ComparedSecret {
    /// Id of the rule.
    pub rule: String,
    /// Name of the rule.
    pub name: String,
    /// The worst of its findings.
    pub severity: Severity,
    /// The surest of them.
    pub confidence: Confidence,
    /// The secret as it may be shown.
    pub masked: String,
    /// Whether one of its findings counts.
    pub is_open: bool,
    /// Its places, at most [`MOST_PLACES`].
    pub places: Vec<Place>,
    /// Number of all of them.
    pub place_count: usize,
}

impl ComparedSecret {
    /// The worse and surer, the higher.
    pub(super) fn rank(&self) -> (Severity, Confidence) {
        (self.severity, self.confidence)
    }

    /// Two rules of one provider can find the same secret.
    fn add(&mut self, finding: &Finding) {
        self.severity = self.severity.max(finding.severity);
        self.confidence = self.confidence.max(finding.confidence);
        self.is_open |= finding.status.state == StatusState::Open;
        self.place_count += finding.locations.len();
        let places = finding.locations.iter().take(MOST_PLACES);
        self.places.extend(places.map(|location| Place { path: clip(&location.path_lossy()), line: location.start.line }));
        self.places.sort();
        self.places.dedup();
        self.places.truncate(MOST_PLACES);
    }
}

/// Where it stands.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// Path of the file.
    pub path: String,
    /// Line, from 1.
    pub line: u32,
}

impl From<&Report> for Compared {
    fn from(report: &Report) -> Self {
        let mut secrets = BTreeMap::new();
        let is_secret = |finding: &&Finding| finding.subject == Subject::Secret && !finding.fingerprint.as_str().starts_with(POLICY);
        for finding in report.findings.iter().filter(is_secret) {
            let first = || ComparedSecret {
                rule: clip(&finding.rule.id),
                name: clip(&finding.rule.name),
                severity: finding.severity,
                confidence: finding.confidence,
                masked: clip(&finding.masked),
                is_open: false,
                places: Vec::new(),
                place_count: 0,
            };
            secrets.entry(finding.fingerprint.as_str().to_owned()).or_insert_with(first).add(finding);
        }
        Self {
            key: clip(&report.tool.fingerprints.keyed_by),
            rules: clip(&report.tool.ruleset.digest),
            target: report.scope.target.iter().take(MOST_PLACES).map(|target| clip(target)).collect(),
            is_incomplete: !report.coverage.incomplete.is_empty(),
            secrets,
        }
    }
}

fn clip(text: &str) -> String {
    match text.char_indices().nth(LONGEST_CHARS) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
