//! The JSON report, version 1, as it is read: `docs/report.schema.json` with all that is not needed left out.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use crate::finding::{Confidence, LocationKind, Phase, Reach, RefKind, Severity, StatusState, SuppressionKind};
use crate::report::ScopeKind;

/// What says of which kind a document is.
#[derive(Deserialize)]
pub struct Probe {
    pub version: Option<Value>,
    pub tool: Option<Value>,
}

#[derive(Deserialize)]
pub struct Document {
    pub tool: Tool,
    pub scope: Scope,
    pub coverage: Coverage,
    pub findings: Vec<Finding>,
    #[serde(default)]
    pub suppressed: Vec<Finding>,
    pub below_threshold: u64,
    pub min_confidence: Confidence,
    pub fail_on: Option<FailOn>,
}

#[derive(Deserialize)]
pub struct Tool {
    pub version: String,
    pub ruleset: RuleSet,
    pub fingerprints: Fingerprints,
}

#[derive(Deserialize)]
pub struct Fingerprints {
    pub keyed_by: String,
}

#[derive(Deserialize)]
pub struct RuleSet {
    pub count: u64,
    pub digest: String,
}

#[derive(Deserialize)]
pub struct Scope {
    pub kind: ScopeKind,
    pub target: Vec<String>,
    pub range: Option<String>,
}

#[derive(Deserialize)]
pub struct Coverage {
    pub items: u64,
    pub bytes: u64,
    pub skipped: Vec<Skip>,
    pub incomplete: Vec<Gap>,
}

#[derive(Deserialize)]
pub struct Skip {
    pub what: String,
    pub why: String,
    pub count: u64,
}

#[derive(Deserialize)]
pub struct Gap {
    pub what: String,
    pub why: String,
    pub remedy: String,
}

#[derive(Deserialize)]
pub struct FailOn {
    pub severity: Severity,
    pub confidence: Confidence,
}

#[derive(Deserialize)]
pub struct Finding {
    pub fingerprint: String,
    #[serde(default)]
    pub subject: Subject,
    pub rule: Rule,
    pub severity: Severity,
    pub confidence: Confidence,
    pub evidence: Vec<Evidence>,
    pub status: Status,
    pub secret: Secret,
    pub identity: BTreeMap<String, String>,
    pub locations: Vec<Location>,
    pub exposure: Option<Exposure>,
    pub remediation: Remediation,
    pub sharing: Option<Sharing>,
}

#[derive(Deserialize)]
pub struct Sharing {
    pub environments: Vec<String>,
    pub findings: Vec<String>,
}

#[derive(Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Subject {
    #[default]
    Secret,
    File,
    Sharing,
}

#[derive(Deserialize)]
pub struct Rule {
    pub id: String,
    pub name: String,
    pub provider: String,
    pub description: String,
}

#[derive(Deserialize)]
pub struct Evidence {
    pub kind: String,
    pub note: String,
    pub supports: bool,
}

#[derive(Deserialize)]
pub struct Status {
    pub state: StatusState,
    pub reason: Option<String>,
    #[serde(default)]
    pub suppressions: Vec<Suppression>,
    #[serde(default)]
    pub notes: Vec<String>,
}

#[derive(Deserialize)]
pub struct Suppression {
    pub kind: SuppressionKind,
    pub reason: Option<String>,
    pub owner: Option<String>,
    pub expires: Option<String>,
    pub approved_by: Option<String>,
    pub file: String,
    pub line: u32,
}

#[derive(Deserialize)]
pub struct Secret {
    pub masked: String,
    pub length: String,
    pub value: Option<String>,
}

#[derive(Deserialize)]
pub struct Location {
    pub path: String,
    pub path_base64: Option<String>,
    pub start: Position,
    pub end: Position,
    pub byte_range: ByteRange,
    #[serde(default)]
    pub decoded_via: Vec<String>,
    pub kind: LocationKind,
    pub blob: Option<String>,
    pub commit: Option<String>,
    pub submodule: Option<String>,
    pub line_hash: Option<String>,
    pub snippet: Option<Snippet>,
    pub environment: Option<String>,
}

#[derive(Deserialize)]
pub struct Position {
    pub line: u32,
    pub column: u32,
}

#[derive(Deserialize)]
pub struct ByteRange {
    pub start: usize,
    pub end: usize,
}

#[derive(Deserialize)]
pub struct Snippet {
    pub text: String,
    pub mark_start_chars: usize,
    pub mark_end_chars: usize,
}

#[derive(Deserialize)]
pub struct Exposure {
    pub first: Option<Commit>,
    pub last: Option<Commit>,
    pub days: Option<u64>,
    pub in_head: bool,
    pub reach: Reach,
    pub pushed: bool,
    pub commits: u64,
    pub blobs: u64,
    pub path_count: u64,
    pub held_by_count: u64,
    pub reachable_from_count: u64,
    pub paths: Option<Vec<String>>,
    pub held_by: Option<Vec<Ref>>,
    pub reachable_from: Option<Vec<Ref>>,
}

#[derive(Deserialize)]
pub struct Commit {
    pub id: String,
    pub author: String,
    pub email: String,
    pub seconds: i64,
    pub subject: String,
}

#[derive(Deserialize)]
pub struct Ref {
    pub kind: RefKind,
    pub name: String,
}

#[derive(Deserialize)]
pub struct Remediation {
    pub url: Option<String>,
    pub steps: Vec<String>,
    pub references: Vec<String>,
    /// Reports of older versions have none.
    #[serde(default)]
    pub playbook: Playbook,
}

#[derive(Default, Deserialize)]
pub struct Playbook {
    #[serde(default)]
    pub steps: Vec<Step>,
    #[serde(default)]
    pub breaks: String,
    pub revoke_first: Option<String>,
}

#[derive(Deserialize)]
pub struct Step {
    pub phase: Phase,
    pub text: String,
    pub command: Option<String>,
    pub template: Option<String>,
    pub reversible: Option<bool>,
    #[serde(default)]
    pub added: bool,
}
