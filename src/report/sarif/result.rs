//! One result for each place of a finding.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::limits::{self, clip};
use super::model::{Location, Result, Suppression, SuppressionKind, Text};
use super::{exposure, location, rules};
use crate::finding::{self, Finding, Subject};
use crate::report::document::Exposure;
use crate::report::place::{self, Words};
use crate::report::{ExposureDetail, escape};

/// Key under which code scanning looks for the hash of the line.
const LINE_HASH_KEY: &str = "primaryLocationLineHash";
/// Key of this program's own fingerprint.
const OWN_KEY: &str = "keysieve/v1";
/// Kind of the evidence that a credential is over.
const EXPIRED: &str = "expired";
/// Characters of what a credential says about itself; the properties have all of it.
const IDENTITY_CHARS: usize = 300;
/// Characters of a path in a link.
const LINK_CHARS: usize = 80;
/// Characters of the words around the links: ` Also at … and 4294967295 more.`
const AND_MORE_CHARS: usize = 36;

/// The result for place number `at` of `finding`.
pub fn result(finding: &Finding, at: usize, rule_index: usize, detail: ExposureDetail) -> Option<Result> {
    let place = finding.locations.get(at)?;
    let others =
        || finding.locations.iter().enumerate().filter(move |(other, _)| *other != at).map(|(_, other)| other).take(limits::RELATED);
    let hash = place.line_hash.iter().map(|hash| (LINE_HASH_KEY, hash.clone()));
    Some(Result {
        rule_id: finding.rule.id.clone(),
        rule_index,
        level: rules::level(finding.severity),
        message: Text { text: message(finding, place, &others().collect::<Vec<_>>(), detail) },
        locations: [location::location(place)],
        related_locations: others().enumerate().map(|related| self::related(finding.subject, related)).collect(),
        partial_fingerprints: hash.chain([(OWN_KEY, finding.fingerprint.as_str().to_owned())]).collect::<BTreeMap<_, _>>(),
        suppressions: finding.status.suppressions.iter().map(suppression).collect(),
        // All places of a finding have one exposure: its lists, which can be long, go with the first.
        properties: properties(finding, place, if at == 0 { detail } else { detail.min(ExposureDetail::Brief) }),
    })
}

fn suppression(own: &finding::Suppression) -> Suppression {
    let kind = match own.kind {
        finding::SuppressionKind::InSource => SuppressionKind::InSource,
        finding::SuppressionKind::External => SuppressionKind::External,
    };
    let mut properties = json!({ "file": own.file, "line": own.line });
    for (key, value) in [("owner", &own.owner), ("expires", &own.expires), ("approvedBy", &own.approved_by)] {
        if let Some(value) = value {
            properties[key] = json!(value);
        }
    }
    let justification = own.reason.as_deref().map(|reason| clip(&plain(reason), limits::TEXT_CHARS));
    Suppression { kind, status: "accepted", justification, properties }
}

fn properties(finding: &Finding, place: &finding::Location, detail: ExposureDetail) -> Value {
    let mut properties = json!({ "confidence": finding.confidence.as_str(), "severity": finding.severity.as_str() });
    if !finding.identity.is_empty() {
        properties["identity"] = json!(finding.identity);
    }
    if let Some(commit) = &place.commit {
        properties["commit"] = json!(commit);
    }
    if let Some(sharing) = &finding.sharing {
        properties["environments"] = json!(sharing.environments);
        properties["environment"] = json!(place.environment);
        properties["findings"] = json!(sharing.findings);
    }
    if !place.decoded_via.is_empty() {
        properties["decoded_via"] = json!(place.decoded_via);
    }
    if let Some(exposure) = finding.exposure.as_ref().and_then(|exposure| Exposure::of(exposure, detail)) {
        properties["exposure"] = json!(exposure);
    }
    properties
}

fn related(subject: Subject, (at, place): (usize, &finding::Location)) -> Location {
    let text = if subject == Subject::File { "The same path" } else { "The same secret" };
    let environment = place.environment.as_deref().map(|name| format!(", for {}", plain(name))).unwrap_or_default();
    Location { id: Some(at + 1), message: Some(Text { text: format!("{text}{environment}") }), ..location::location(place) }
}

/// Name of the rule, masked secret, what it stands in, why it is believed, whose it is, since when it is exposed, links to other places. Code scanning shows a related location only where the
/// message links to it.
fn message(finding: &Finding, place: &finding::Location, others: &[&finding::Location], detail: ExposureDetail) -> String {
    let mut message = format!("{}: {}.", plain(&finding.rule.name), plain(&finding.masked));
    if let Some(words) = location::stands_in(place) {
        let submodule = place::submodule(place).map(|path| format!(", in the submodule {}", plain(path))).unwrap_or_default();
        message.push_str(&format!(" It stands in {words}{submodule}."));
    }
    if !place.decoded_via.is_empty() {
        message.push_str(&format!(" It is encoded in {}.", place::encodings(place)));
    }
    let notes: Vec<String> = finding.evidence.iter().filter(|reason| reason.supports).map(|reason| plain(&reason.note)).collect();
    let reasons = if notes.is_empty() { String::new() } else { format!(" ({})", notes.join(", ")) };
    message.push_str(&format!(" Confidence: {}{reasons}.", finding.confidence.as_str()));
    let facts: Vec<String> = finding.identity.iter().map(|(key, value)| format!("{}: {}", key.replace('_', " "), plain(value))).collect();
    if !facts.is_empty() {
        message.push_str(&format!(" It says of itself: {}.", clip(&facts.join(", "), IDENTITY_CHARS)));
    }
    let ends = finding.evidence.iter().filter(|reason| reason.kind == EXPIRED);
    message.extend(ends.map(|reason| format!(" It has {}.", plain(&reason.note))));
    if detail != ExposureDetail::None {
        message.extend(exposure::sentence(finding).map(|sentence| format!(" {sentence}")));
    }
    let room = (limits::TEXT_CHARS - AND_MORE_CHARS).saturating_sub(message.chars().count());
    let links = links(others, room);
    match (links.len(), finding.locations.len() - 1 - links.len()) {
        (0, 0) => {}
        (0, more) => message.push_str(&format!(" In {more} more places.")),
        (_, 0) => message.push_str(&format!(" Also at {}.", links.join(", "))),
        (_, more) => message.push_str(&format!(" Also at {} and {more} more.", links.join(", "))),
    }
    clip(&message, limits::TEXT_CHARS)
}

/// Links to the related locations `others`, as many as fit into `room` characters.
fn links(others: &[&finding::Location], room: usize) -> Vec<String> {
    let mut used = 0;
    let link = |(at, other): (usize, &&finding::Location)| {
        let Words { name, after, has_lines } = Words::of(other);
        let line = if has_lines { format!(":{}", other.start.line) } else { String::new() };
        format!("[{}{line}{}]({})", bracketed(&path_end(&name)), bracketed(&after), at + 1)
    };
    let fits = |link: &String| {
        used += link.chars().count() + ", ".len();
        used <= room
    };
    others.iter().enumerate().map(link).take_while(fits).collect()
}

/// The end of `path`, which holds the file's name, where the whole of it is too long for a link.
fn path_end(path: &str) -> String {
    match path.chars().count().checked_sub(LINK_CHARS) {
        None | Some(0) => path.to_owned(),
        Some(over) => ['…'].into_iter().chain(path.chars().skip(over + 1)).collect(),
    }
}

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
