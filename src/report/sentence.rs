//! Findings in sentences, for the formats that show one line of text for each place. Everything is escaped; nothing is cut.

use super::sarif::{exposure, location};
use super::{ExposureDetail, Report, Style, escape, human, place};
use crate::finding::{Finding, Location, LocationKind};

/// The findings that are listed: those that count, then the suppressed ones if they are asked for.
pub fn listed<'r>(report: &'r Report, style: Style<'_>) -> impl Iterator<Item = &'r Finding> {
    report.open().chain(report.suppressed().filter(move |_| style.show_suppressed))
}

/// Every place of those, with its finding.
pub fn places<'r>(report: &'r Report, style: Style<'_>) -> impl Iterator<Item = (&'r Finding, &'r Location)> {
    listed(report, style).flat_map(|finding| finding.locations.iter().map(move |place| (finding, place)))
}

/// The path of the file that a place is in, as it is shown; none for what is no file of a tree. Without `./` in front.
pub fn file(place: &Location) -> Option<String> {
    let is_file = matches!(
        place.kind,
        LocationKind::File | LocationKind::Staged | LocationKind::SymlinkTarget | LocationKind::Blob | LocationKind::FileName
    );
    let path = escape::path(&place.path);
    let path = path.trim_start_matches("./");
    (is_file && !path.is_empty()).then(|| path.to_owned())
}

/// The path of the file, or what says where a place is that is in no file.
pub fn file_or_name(place: &Location) -> String {
    file(place).unwrap_or_else(|| place::Words::of(place).name)
}

/// First and last line and column; the first line alone for what has no lines.
pub fn lines(place: &Location) -> [u32; 2] {
    if place.kind == LocationKind::FileName { [1, 1] } else { [place.start.line, place.end.line.max(place.start.line)] }
}

/// What was found, where if that is no file, why it is believed, whose it is, since when it is exposed, why it does not count.
pub fn message(finding: &Finding, place: &Location, style: Style<'_>) -> String {
    let mut message = format!("{}: {}.", escape::text(&finding.rule.name), escape::text(&finding.masked));
    if let Some(words) = location::stands_in(place) {
        let submodule = place::submodule(place).map(|path| format!(", in the submodule {}", escape::text(path))).unwrap_or_default();
        message.push_str(&format!(" It stands in {words}{submodule}."));
    }
    if !place.decoded_via.is_empty() {
        message.push_str(&format!(" It is encoded in {}.", place::encodings(place)));
    }
    message.push_str(&format!(" Confidence: {}{}.", finding.confidence.as_str(), reasons(finding)));
    let facts = facts(finding);
    if !facts.is_empty() {
        message.push_str(&format!(" It says of itself: {}.", facts.join(", ")));
    }
    if style.exposure != Some(ExposureDetail::None) {
        message.extend(exposure::sentence(finding).map(|sentence| format!(" {sentence}")));
    }
    message.extend(suppression(finding).map(|words| format!(" {words}.")));
    message
}

/// ` (checksum valid, next to a user name)`, or nothing.
fn reasons(finding: &Finding) -> String {
    let notes: Vec<_> = finding.evidence.iter().filter(|reason| reason.supports).map(|reason| escape::text(&reason.note)).collect();
    if notes.is_empty() { String::new() } else { format!(" ({})", notes.join(", ")) }
}

/// What the credential says of itself: `account id: 1234`.
pub fn facts(finding: &Finding) -> Vec<String> {
    finding.identity.iter().map(|(key, value)| format!("{}: {}", escape::text(&key.replace('_', " ")), escape::text(value))).collect()
}

/// `Suppressed: reason (keysieve.yaml:7, owner @team, until 2027-01-31)`, of one that is.
pub fn suppression(finding: &Finding) -> Option<String> {
    if finding.status.is_open() {
        return None;
    }
    let reason = finding.status.reason.as_deref().map(|reason| format!(": {}", escape::text(reason))).unwrap_or_default();
    let Some(own) = finding.status.suppressions.first() else { return Some(format!("Suppressed{reason}")) };
    let terms = [("owner ", &own.owner), ("approved by ", &own.approved_by), ("until ", &own.expires)];
    let terms = terms.into_iter().filter_map(|(lead, text)| Some(format!("{lead}{}", escape::text(text.as_deref()?))));
    let terms: Vec<String> = std::iter::once(format!("{}:{}", escape::text(&own.file), own.line)).chain(terms).collect();
    Some(format!("Suppressed{reason} ({})", terms.join(", ")))
}

/// What was found, in one line: `2 secrets in 3 places · 1 high, 1 medium · 4 suppressed by exceptions · 1 part was not scanned`.
pub fn verdict(report: &Report) -> String {
    let mut facts = vec![human::verdict(report)];
    let suppressed = report.suppressed().count() as u64;
    if suppressed > 0 {
        facts.push(format!("{} suppressed by exceptions", super::numbers::thousands(suppressed)));
    }
    let gaps = report.coverage.incomplete.len() as u64;
    if gaps > 0 {
        let were = if gaps == 1 { "was" } else { "were" };
        facts.push(format!("{} {were} not scanned", super::numbers::counted(gaps, "part")));
    }
    facts.join(" · ")
}
