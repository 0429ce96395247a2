//! One result for each place of a finding.

use std::collections::BTreeMap;

use serde_json::json;

use super::limits::{self, clip};
use super::model::{ArtifactLocation, Location, PhysicalLocation, Region, Result, Text};
use super::{SOURCE_ROOT, rules, uri};
use crate::finding::{self, Finding, LocationKind};
use crate::report::escape;

/// Key under which code scanning looks for the hash of the line.
const LINE_HASH_KEY: &str = "primaryLocationLineHash";
/// Key of this program's own fingerprint.
const OWN_KEY: &str = "keysieve/v1";

/// The result for place number `at` of `finding`.
pub fn result(finding: &Finding, at: usize, rule_index: usize) -> Option<Result> {
    let place = finding.locations.get(at)?;
    let others =
        || finding.locations.iter().enumerate().filter(move |(other, _)| *other != at).map(|(_, other)| other).take(limits::RELATED);
    let hash = place.line_hash.iter().map(|hash| (LINE_HASH_KEY, hash.clone()));
    Some(Result {
        rule_id: finding.rule.id.clone(),
        rule_index,
        level: rules::level(finding.severity),
        message: Text { text: message(finding, place, &others().collect::<Vec<_>>()) },
        locations: [location(place, None)],
        related_locations: others().enumerate().map(|(id, other)| location(other, Some(id + 1))).collect(),
        partial_fingerprints: hash.chain([(OWN_KEY, finding.fingerprint.as_str().to_owned())]).collect::<BTreeMap<_, _>>(),
        properties: json!({ "confidence": finding.confidence.as_str(), "severity": finding.severity.as_str() }),
    })
}

/// Name of the rule, masked secret, why it is believed, links to other places. Code scanning shows a related location only where the
/// message links to it.
fn message(finding: &Finding, place: &finding::Location, others: &[&finding::Location]) -> String {
    let mut message = format!("{}: {}.", plain(&finding.rule.name), plain(&finding.masked));
    if place.kind == LocationKind::SymlinkTarget {
        message.push_str(" It stands in the target of a symbolic link.");
    }
    let notes: Vec<String> = finding.evidence.iter().filter(|reason| reason.supports).map(|reason| plain(&reason.note)).collect();
    let reasons = if notes.is_empty() { String::new() } else { format!(" ({})", notes.join(", ")) };
    message.push_str(&format!(" Confidence: {}{reasons}.", finding.confidence.as_str()));
    if others.is_empty() {
        return clip(&message, limits::TEXT_CHARS);
    }
    let more = finding.locations.len() - 1 - others.len();
    let and_more = if more > 0 { format!(" and {more} more") } else { String::new() };
    let mut links = String::new();
    for (at, other) in others.iter().enumerate() {
        let shown = clip(&escape::path(&other.path), LINK_CHARS);
        let link = format!("{} [{}:{}]({})", if at > 0 { "," } else { "" }, bracketed(&shown), other.start.line, at + 1);
        if message.chars().count() + links.chars().count() + link.chars().count() + and_more.len() > limits::TEXT_CHARS - 20 {
            break;
        }
        links.push_str(&link);
    }
    message.push_str(&format!(" Also at{links}{and_more}."));
    clip(&message, limits::TEXT_CHARS)
}

/// Characters of a path in a link.
const LINK_CHARS: usize = 80;

fn plain(text: &str) -> String {
    bracketed(&escape::text(text))
}

/// Brackets make links in SARIF messages; a backslash takes their meaning away (section 3.11.6).
fn bracketed(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, '[' | ']' | '\\') {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}

fn location(place: &finding::Location, id: Option<usize>) -> Location {
    let region = Region {
        start_line: place.start.line,
        start_column: place.start.column_utf16,
        end_line: place.end.line,
        end_column: place.end.column_utf16,
    };
    let message = id.map(|_| Text { text: "The same secret".to_owned() });
    Location { id, physical_location: PhysicalLocation { artifact_location: artifact(place), region }, message }
}

/// A relative path hangs on the root of the sources; an absolute one must not.
fn artifact(place: &finding::Location) -> ArtifactLocation {
    match place.path.as_slice() {
        b"" | b"-" if place.kind == LocationKind::Stdin => ArtifactLocation { uri: "stdin".to_owned(), uri_base_id: None },
        path if path.starts_with(b"/") => ArtifactLocation { uri: format!("file://{}", uri::encode(path)), uri_base_id: None },
        path => ArtifactLocation { uri: uri::encode(path), uri_base_id: Some(SOURCE_ROOT) },
    }
}
