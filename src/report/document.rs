//! The JSON report, version 1, as serializable types: `docs/report.schema.json` in Rust.
//!
//! Fields stand in the order in which they are written. Everything optional is left out rather than `null`. Knows nothing of text layout.

mod exposure;

use std::collections::BTreeMap;

use serde::Serialize;

use super::playbook::Filled;
use super::{Outcome, Report, Scope, Style, Tool};
use crate::coverage::Coverage;
use crate::finding::{self, Confidence, Evidence, LocationKind, RuleRef, Severity, Sharing, Status, Subject, Threshold};
use crate::location::{ByteSpan, Position};
pub use exposure::Exposure;

/// Version of the document: raised when a reader of the old one could misread the new one.
pub const VERSION: u32 = 1;

/// All of a report but its findings; the two halves of the JSON document, the last line of JSON Lines.
#[derive(Serialize)]
pub struct Head<'r> {
    /// [`VERSION`].
    pub version: u32,
    /// Which program and rules.
    pub tool: &'r Tool,
    /// What was asked for.
    pub scope: &'r Scope,
    /// The answer in one word.
    pub outcome: Outcome,
    /// What was and was not looked at.
    pub coverage: &'r Coverage,
}

/// What was held back.
#[derive(Serialize)]
pub struct Tail {
    /// Findings that are less sure than asked for.
    pub below_threshold: u64,
    /// The least confidence that was asked for.
    pub min_confidence: Confidence,
    /// From where on a finding makes the scan fail; none if every finding does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fail_on: Option<FailOn>,
}

/// From where on a finding makes the scan fail.
#[derive(Serialize)]
pub struct FailOn {
    severity: Severity,
    confidence: Confidence,
    /// Number of findings that do.
    failing: usize,
}

impl<'r> Head<'r> {
    /// The first half of `report`.
    pub fn of(report: &'r Report) -> Self {
        Self { version: VERSION, tool: &report.tool, scope: &report.scope, outcome: report.outcome(), coverage: &report.coverage }
    }
}

impl Tail {
    /// The second half of `report`.
    pub fn of(report: &Report) -> Self {
        let Threshold { severity, confidence } = report.fail_on;
        let fail_on = (!report.fail_on.is_lowest()).then(|| FailOn { severity, confidence, failing: report.failing() });
        Self { below_threshold: report.below_threshold, min_confidence: report.min_confidence, fail_on }
    }
}

/// One finding.
#[derive(Serialize)]
pub struct Finding<'r> {
    fingerprint: &'r str,
    /// What it is about, if that is no secret.
    #[serde(skip_serializing_if = "Option::is_none")]
    subject: Option<&'static str>,
    rule: &'r RuleRef,
    severity: Severity,
    confidence: Confidence,
    evidence: &'r [Evidence],
    status: &'r Status,
    secret: Secret<'r>,
    identity: BTreeMap<&'r str, &'r str>,
    locations: Vec<Location<'r>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    exposure: Option<Exposure<'r>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sharing: Option<&'r Sharing>,
    remediation: Remediation<'r>,
}

#[derive(Serialize)]
struct Secret<'r> {
    masked: &'r str,
    /// The class, not the length: the exact length would help to guess a password.
    length: &'static str,
    digest: &'r str,
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<String>,
}

#[derive(Serialize)]
struct Location<'r> {
    path: std::borrow::Cow<'r, str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    path_base64: Option<String>,
    start: Position,
    end: Position,
    byte_range: ByteSpan,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    decoded_via: &'r [String],
    columns_in: &'static str,
    kind: LocationKind,
    #[serde(skip_serializing_if = "Option::is_none")]
    blob: Option<&'r str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    commit: Option<&'r str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    submodule: Option<&'r str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    environment: Option<&'r str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    line_hash: Option<&'r str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    snippet: Option<&'r finding::Snippet>,
}

#[derive(Serialize)]
struct Remediation<'r> {
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<&'r str>,
    steps: &'r [String],
    references: &'r [String],
    #[serde(skip_serializing_if = "is_without_steps")]
    playbook: Filled,
}

fn is_without_steps(playbook: &Filled) -> bool {
    playbook.steps.is_empty()
}

impl<'r> Finding<'r> {
    /// `finding` as it is written in `style`.
    pub fn of(finding: &'r finding::Finding, style: Style<'_>) -> Self {
        let is_shown = style.show_secrets && finding.subject != Subject::File && !finding.secret.is_empty();
        let value = is_shown.then(|| String::from_utf8_lossy(finding.secret.expose()).into_owned());
        let (masked, length, digest) = (finding.masked.as_str(), finding.secret.length_class(), finding.fingerprint.digest());
        let remediation = &finding.remediation;
        Self {
            fingerprint: finding.fingerprint.as_str(),
            subject: match finding.subject {
                Subject::Secret => None,
                Subject::File => Some("file"),
                Subject::Sharing => Some("sharing"),
            },
            rule: &finding.rule,
            severity: finding.severity,
            confidence: finding.confidence,
            evidence: &finding.evidence,
            status: &finding.status,
            secret: Secret { masked, length, digest, value },
            identity: finding.identity.iter().collect(),
            locations: finding.locations.iter().map(Location::of).collect(),
            exposure: finding.exposure.as_ref().and_then(|exposure| Exposure::of(exposure, style.exposure.unwrap_or_default())),
            sharing: finding.sharing.as_ref(),
            remediation: Remediation {
                url: remediation.url.as_deref(),
                steps: &remediation.steps,
                references: &remediation.references,
                playbook: Filled::of(finding),
            },
        }
    }
}

impl<'r> Location<'r> {
    fn of(location: &'r finding::Location) -> Self {
        let is_text = std::str::from_utf8(&location.path).is_ok();
        Self {
            path: location.path_lossy(),
            path_base64: (!is_text).then(|| data_encoding::BASE64.encode(&location.path)),
            start: location.start,
            end: location.end,
            byte_range: location.byte_range,
            decoded_via: &location.decoded_via,
            columns_in: "utf16",
            kind: location.kind,
            blob: location.blob.as_deref(),
            commit: location.commit.as_deref(),
            submodule: location.submodule.as_deref(),
            environment: location.environment.as_deref(),
            line_hash: location.line_hash.as_deref(),
            snippet: (!location.snippet.text.is_empty()).then_some(&location.snippet),
        }
    }
}
