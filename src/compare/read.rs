//! What a comparison takes from a saved JSON report. Everything in it was written by whoever had the file last, so nothing is believed but its form.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::finding::{Confidence, Severity};

/// Longest text that is kept of a report, in characters.
const LONGEST_CHARS: usize = 400;
/// Most places of one secret that are kept.
const MOST_PLACES: usize = 100;
/// Family of the rules about files: their fingerprints are hashes of paths, and `.env` is in every repository.
const POLICY: &str = "v1:policy:";
/// Hex digits of a fingerprint.
const DIGITS: usize = 32;
/// Hex digits of a key's name.
const KEY_DIGITS: usize = 16;

/// A report, as far as it is compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Saved {
    /// Names the key of its fingerprints.
    pub(super) key: String,
    /// Names its rules.
    pub(super) rules: String,
    /// What was scanned.
    pub(super) target: Vec<String>,
    /// Whether something was not scanned.
    pub(super) is_incomplete: bool,
    /// By fingerprint.
    pub(super) secrets: BTreeMap<String, SavedSecret>,
}

/// One secret of a report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SavedSecret {
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

impl SavedSecret {
    /// The worse and surer, the higher.
    pub(super) fn rank(&self) -> (Severity, Confidence) {
        (self.severity, self.confidence)
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

/// Why a text is no report to compare. In words that follow the name of its file and hold nothing of its content.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SavedError {
    /// It is something else.
    #[error("is no JSON report (line {line}); make one with `keysieve scan --format json`")]
    NoReport {
        /// Where that shows, from 1.
        line: usize,
    },
    /// It is of another version.
    #[error("is a report of version {0}, and this program reads version 1")]
    Version(u64),
    /// It does not name the key of its fingerprints.
    #[error("does not say with which key its fingerprints were made: an older keysieve wrote it; scan once more")]
    NoKey,
    /// A fingerprint has another form.
    #[error("names a secret by something that is no fingerprint; make the report again with `keysieve scan --format json`")]
    NoFingerprint,
}

#[derive(Deserialize)]
struct Document {
    version: u64,
    tool: Tool,
    scope: Scope,
    coverage: Coverage,
    findings: Vec<Finding>,
    #[serde(default)]
    suppressed: Vec<Finding>,
}

#[derive(Deserialize)]
struct Tool {
    name: String,
    ruleset: RuleSet,
    fingerprints: Option<Fingerprints>,
}

#[derive(Deserialize)]
struct Fingerprints {
    keyed_by: String,
}

#[derive(Deserialize)]
struct RuleSet {
    digest: String,
}

#[derive(Deserialize)]
struct Scope {
    target: Vec<String>,
}

#[derive(Deserialize)]
struct Coverage {
    incomplete: Vec<serde::de::IgnoredAny>,
}

#[derive(Deserialize)]
struct Finding {
    fingerprint: String,
    #[serde(default)]
    subject: Option<String>,
    rule: Rule,
    severity: Severity,
    confidence: Confidence,
    secret: Secret,
    locations: Vec<Location>,
}

#[derive(Deserialize)]
struct Rule {
    id: String,
    name: String,
}

#[derive(Deserialize)]
struct Secret {
    masked: String,
}

#[derive(Deserialize)]
struct Location {
    path: String,
    start: Start,
}

#[derive(Deserialize)]
struct Start {
    line: u32,
}

impl Saved {
    /// Reads a JSON report.
    ///
    /// # Errors
    /// It is none, or cannot be compared.
    pub fn parse(bytes: &[u8]) -> Result<Self, SavedError> {
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        // The parser's words could quote the file.
        let document: Document = serde_json::from_slice(bytes).map_err(|error| SavedError::NoReport { line: error.line().max(1) })?;
        if document.tool.name != "keysieve" {
            return Err(SavedError::NoReport { line: 1 });
        }
        if document.version != 1 {
            return Err(SavedError::Version(document.version));
        }
        let key = document.tool.fingerprints.ok_or(SavedError::NoKey)?.keyed_by;
        if key.len() != KEY_DIGITS || !is_hex(&key) {
            return Err(SavedError::NoKey);
        }
        let mut secrets = BTreeMap::new();
        let (open, suppressed) = (document.findings.into_iter(), document.suppressed.into_iter());
        for (finding, is_open) in open.map(|finding| (finding, true)).chain(suppressed.map(|finding| (finding, false))) {
            if !is_fingerprint(&finding.fingerprint) {
                return Err(SavedError::NoFingerprint);
            }
            if finding.subject.is_none() && !finding.fingerprint.starts_with(POLICY) {
                add(&mut secrets, finding, is_open);
            }
        }
        Ok(Self {
            key,
            rules: clip(document.tool.ruleset.digest),
            target: document.scope.target.into_iter().take(MOST_PLACES).map(clip).collect(),
            is_incomplete: !document.coverage.incomplete.is_empty(),
            secrets,
        })
    }
}

/// Two rules of one provider can find the same secret.
fn add(secrets: &mut BTreeMap<String, SavedSecret>, finding: Finding, is_open: bool) {
    let Finding { fingerprint, rule, severity, confidence, secret, locations, .. } = finding;
    let place_count = locations.len();
    let place = |location: Location| Place { path: clip(location.path), line: location.start.line };
    let mut places: Vec<Place> = locations.into_iter().take(MOST_PLACES).map(place).collect();
    let (name, masked) = (clip(rule.name), clip(secret.masked));
    let own = SavedSecret { rule: clip(rule.id), name, severity, confidence, masked, is_open, places: Vec::new(), place_count: 0 };
    let known = secrets.entry(fingerprint).or_insert(own);
    known.severity = known.severity.max(severity);
    known.confidence = known.confidence.max(confidence);
    known.is_open |= is_open;
    known.place_count += place_count;
    known.places.append(&mut places);
    known.places.sort();
    known.places.dedup();
    known.places.truncate(MOST_PLACES);
}

/// `v1:`, a family, `:` and hex digits.
fn is_fingerprint(text: &str) -> bool {
    let parts = text.strip_prefix("v1:").and_then(|rest| rest.split_once(':'));
    parts.is_some_and(|(family, digits)| {
        let is_family =
            !family.is_empty() && family.len() <= 100 && family.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        is_family && digits.len() == DIGITS && is_hex(digits)
    })
}

fn is_hex(text: &str) -> bool {
    text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

fn clip(mut text: String) -> String {
    if let Some((end, _)) = text.char_indices().nth(LONGEST_CHARS) {
        text.truncate(end);
        text.push('…');
    }
    text
}
