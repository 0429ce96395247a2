//! GitLab's report of secret detection, version 15: a vulnerability for each place.
//!
//! From `secret-detection-report-format.json` 15.0.7 of GitLab's `security-report-schemas`: which keys are required, their patterns and lengths.
//! Texts are shown as GitLab Flavored Markdown, so whatever comes out of scanned files stands in code spans or in `details` of type `text`.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::playbook::Filled;
use super::sarif::limits::clip;
use super::sarif::{exposure, location, rules::is_web};
use super::sentence::{self, places};
use super::{ExposureDetail, Outcome, Report, Style, dates, escape, json_text, markdown};
use crate::finding::{Finding, Location, Severity, Subject};

/// Version of the schema that the report fits.
const VERSION: &str = "15.0.7";
const SCHEMA: &str =
    "https://gitlab.com/gitlab-org/security-products/security-report-schemas/-/raw/v15.0.7/dist/secret-detection-report-format.json";
/// Most characters of a name, and of a solution.
const NAME_CHARS: usize = 255;
const SOLUTION_CHARS: usize = 7_000;
/// What GitLab's own analyzer writes where no commit is known; the key is required.
const NO_COMMIT: &str = "0000000";

#[derive(Serialize)]
struct Document<'r> {
    version: &'static str,
    schema: &'static str,
    scan: Scan<'r>,
    vulnerabilities: Vec<Vulnerability<'r>>,
}

#[derive(Serialize)]
struct Scan<'r> {
    analyzer: Program<'r>,
    scanner: Program<'r>,
    r#type: &'static str,
    start_time: String,
    end_time: String,
    status: &'static str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    messages: Vec<Value>,
}

#[derive(Clone, Serialize)]
struct Program<'r> {
    id: &'static str,
    name: &'static str,
    version: &'r str,
    vendor: BTreeMap<&'static str, &'static str>,
}

#[derive(Serialize)]
struct Vulnerability<'r> {
    id: String,
    name: String,
    description: String,
    severity: &'static str,
    solution: String,
    identifiers: Vec<Value>,
    links: Vec<BTreeMap<&'static str, &'r str>>,
    location: Value,
    details: BTreeMap<&'static str, Value>,
}

pub(super) fn render(report: &Report, style: Style<'_>) -> String {
    let program =
        Program { id: "keysieve", name: "keysieve", version: &report.tool.version, vendor: BTreeMap::from([("name", "keysieve")]) };
    let message = |gap: &crate::coverage::Gap| json!({ "level": "warn", "value": format!("Not scanned: {}", gap.sentence()) });
    let end = style.made_at.unwrap_or_default();
    // Without a clock there is no time that the scan could have begun before.
    let took = style.made_at.and(report.seconds).map_or(0, |seconds| seconds.clamp(0.0, 1e9).ceil() as i64);
    json_text::pretty(&Document {
        version: VERSION,
        schema: SCHEMA,
        scan: Scan {
            analyzer: program.clone(),
            scanner: program,
            r#type: "secret_detection",
            start_time: time(end.saturating_sub(took)),
            end_time: time(end),
            status: if report.outcome() == Outcome::Incomplete { "failure" } else { "success" },
            messages: report.coverage.incomplete.iter().map(message).collect(),
        },
        vulnerabilities: places(report, style).map(|(finding, place)| vulnerability(finding, place, style)).collect(),
    })
}

/// `2026-01-31T12:00:00`, in UTC and without a zone, as the schema wants it.
fn time(seconds: i64) -> String {
    dates::time(seconds).unwrap_or_else(|| "1970-01-01T00:00:00Z".to_owned()).trim_end_matches('Z').to_owned()
}

fn vulnerability<'r>(finding: &'r Finding, place: &Location, style: Style<'_>) -> Vulnerability<'r> {
    let remediation = &finding.remediation;
    let playbook = Filled::of(finding);
    let steps = playbook.steps.iter().enumerate().map(|(at, step)| format!("{}. {}: {}", at + 1, step.phase.as_str(), step.text));
    let links = remediation.url.iter().chain(&remediation.references).filter(|url| is_web(url));
    Vulnerability {
        id: uuid(finding, place),
        name: clip(&escape::text(&finding.rule.name), NAME_CHARS),
        description: description(finding, place, style),
        severity: severity(finding.severity),
        solution: clip(&steps.collect::<Vec<_>>().join("\n"), SOLUTION_CHARS),
        identifiers: identifiers(finding),
        links: links.map(|url| BTreeMap::from([("url", url.as_str())])).collect(),
        location: location(finding, place),
        details: details(finding, place, style),
    }
}

fn description(finding: &Finding, place: &Location, style: Style<'_>) -> String {
    let mut text = format!("{}\n\nFound: {}.", markdown::words(&finding.rule.description), markdown::code(&finding.masked));
    if let Some(words) = location::stands_in(place) {
        text.push_str(&format!(" It stands in {}.", markdown::words(&words)));
    }
    if style.exposure != Some(ExposureDetail::None) {
        text.extend(exposure::sentence(finding).map(|sentence| format!("\n\n{}", markdown::words(&sentence))));
    }
    if finding.locations.len() > 1 {
        text.push_str(&format!("\n\nIt stands in {} places.", finding.locations.len()));
    }
    text
}

fn identifiers(finding: &Finding) -> Vec<Value> {
    let id = &finding.rule.id;
    let cwe = if finding.subject == Subject::File { "540" } else { "798" };
    vec![
        json!({ "type": "keysieve_rule_id", "name": format!("keysieve rule {id}"), "value": id }),
        json!({ "type": "cwe", "name": format!("CWE-{cwe}"), "value": cwe, "url": format!("https://cwe.mitre.org/data/definitions/{cwe}.html") }),
    ]
}

fn location(finding: &Finding, place: &Location) -> Value {
    let [first, last] = sentence::lines(place);
    let known = finding.exposure.iter().flat_map(|exposure| exposure.first.iter().chain(&exposure.last));
    let mut commit = json!({ "sha": place.commit.as_deref().unwrap_or(NO_COMMIT) });
    if let Some(info) = known.into_iter().find(|info| Some(&info.id) == place.commit.as_ref()) {
        commit["author"] = json!(info.author);
        commit["message"] = json!(info.subject);
        if let Some(date) = dates::time(info.seconds) {
            commit["date"] = json!(date);
        }
    }
    json!({ "file": sentence::file_or_name(place), "start_line": first, "end_line": last, "commit": commit })
}

/// What GitLab shows as a list below the description.
fn details(finding: &Finding, place: &Location, style: Style<'_>) -> BTreeMap<&'static str, Value> {
    let text = |name: &str, value: String| json!({ "name": name, "type": "text", "value": value });
    let mut details = BTreeMap::from([
        ("confidence", text("Confidence", finding.confidence.as_str().to_owned())),
        ("fingerprint", text("Fingerprint", finding.fingerprint.as_str().to_owned())),
    ]);
    let notes: Vec<_> = finding.evidence.iter().filter(|reason| reason.supports).map(|reason| escape::text(&reason.note)).collect();
    for (key, name, value) in [
        ("evidence", "Evidence", notes.join(", ")),
        ("identity", "It says of itself", sentence::facts(finding).join(", ")),
        ("encoding", "Encoded in", super::place::encodings(place)),
        ("status", "Status", sentence::suppression(finding).unwrap_or_default()),
    ] {
        if !value.is_empty() {
            details.insert(key, text(name, value));
        }
    }
    let first = finding.exposure.as_ref().filter(|_| style.exposure != Some(ExposureDetail::None)).and_then(|known| known.first.as_ref());
    if let Some(first) = first {
        details.insert("first_commit", json!({ "name": "First commit", "type": "commit", "value": first.id }));
    }
    details
}

fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "Critical",
        Severity::High => "High",
        Severity::Medium => "Medium",
        Severity::Low => "Low",
    }
}

/// A UUID (RFC 9562, version 8: of one's own making) that the same place of the same secret gets each time.
fn uuid(finding: &Finding, place: &Location) -> String {
    let mut hash = Sha256::new();
    let ends = format!("{}:{}:{}:{:?}", place.start.line, place.start.column_utf16, place.byte_range.start, place.kind);
    let ids = [&place.commit, &place.blob].map(|id| id.as_deref().unwrap_or_default());
    for part in [finding.rule.id.as_bytes(), finding.fingerprint.as_str().as_bytes(), &place.path, ends.as_bytes()] {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part);
    }
    ids.iter().for_each(|id| hash.update(id.as_bytes()));
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hash.finalize()[..16]);
    bytes[6] = 0x80 | bytes[6] & 0x0f;
    bytes[8] = 0x80 | bytes[8] & 0x3f;
    let hex = data_encoding::HEXLOWER.encode(&bytes);
    format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
}

#[cfg(test)]
mod tests;
