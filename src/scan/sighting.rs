//! One place of one secret, cut loose from the bytes it was found in.

use super::snippet::{self, Hidden};
use super::walk::Walk;
use crate::detect::Match;
use crate::environments::outline::Outline;
use crate::exceptions::inline::LineMarkers;
use crate::finding::{Confidence, Evidence, Identity, Location, LocationKind};
use crate::rules::RuleIndex;
use crate::secret::Secret;
use crate::source::{HistoryPart, Item, Origin};

/// One place of one secret.
#[derive(Clone, Debug)]
pub struct Sighting {
    /// Which rule saw it.
    pub rule: RuleIndex,
    /// The credential.
    pub secret: Secret,
    /// The bytes that stand there for the credential, where it is encoded.
    pub written: Option<Secret>,
    /// The credential as it may be shown.
    pub masked: String,
    /// How sure.
    pub confidence: Confidence,
    /// Why.
    pub evidence: Vec<Evidence>,
    /// What it says about itself.
    pub identity: Identity,
    /// Where.
    pub location: Location,
}

/// The sightings of an item's matches, without those that touch no line that counts. Matches come by place, none overlapping another.
pub fn all(item: &Item<'_>, matches: &[Match]) -> Vec<Sighting> {
    if matches.is_empty() {
        return Vec::new();
    }
    let hidden = Hidden::new(matches);
    let mut reading =
        Reading { walk: Walk::new(item.bytes), markers: LineMarkers::default(), outline: Outline::new(&item.path, item.bytes) };
    matches.iter().filter_map(|found| sighting(item, found, &hidden, &mut reading)).collect()
}

/// What is known of the text up to the place that was looked at last.
struct Reading<'t> {
    walk: Walk<'t>,
    markers: LineMarkers,
    outline: Outline<'t>,
}

fn sighting(item: &Item<'_>, found: &Match, hidden: &Hidden<'_>, reading: &mut Reading<'_>) -> Option<Sighting> {
    let Reading { walk, markers, outline } = reading;
    let start = walk.to(found.secret.start);
    let line = walk.line();
    let last = walk.to(found.secret.end.saturating_sub(1).max(found.secret.start));
    if !counts(item, start.line, last.line) {
        return None;
    }
    let end = walk.to(found.secret.end);
    let secret = Secret::new(found.secret_in(item.bytes));
    let (kind, blob, commit) = origin(&item.origin);
    Some(Sighting {
        rule: found.rule,
        written: written(found, item.bytes),
        masked: secret.masked(found.public_prefix),
        secret,
        confidence: found.confidence,
        evidence: found.evidence.clone(),
        identity: found.identity.clone(),
        location: Location {
            path: item.path.clone(),
            start,
            end,
            byte_range: found.secret,
            decoded_via: via(found),
            kind,
            blob,
            commit,
            submodule: None,
            line_hash: None,
            snippet: snippet::around(item.bytes, found, line, hidden),
            markers: markers.of(item.bytes, line, start.line),
            surroundings: outline.around(found.secret.start, line),
            environment: None,
        },
    })
}

/// What an item is to a reader, the id of its blob and that of its commit.
pub(super) fn origin(origin: &Origin) -> (LocationKind, Option<String>, Option<String>) {
    match origin {
        Origin::File => (LocationKind::File, None, None),
        Origin::Staged { blob } => (LocationKind::Staged, Some(blob.clone()), None),
        Origin::Stdin => (LocationKind::Stdin, None, None),
        Origin::SymlinkTarget => (LocationKind::SymlinkTarget, None, None),
        Origin::History { part, blob, commit } => (kind_of(*part), blob.clone(), commit.clone()),
    }
}

/// Longer ones stand in no path, name or subject, which are all that a report shows besides snippets.
const LONGEST_WRITTEN: usize = 8_192;

fn written(found: &Match, text: &[u8]) -> Option<Secret> {
    let written = found.secret.of(text);
    (found.encoded.is_some() && written.len() <= LONGEST_WRITTEN && written != found.secret_in(text)).then(|| Secret::new(written))
}

/// The encodings that a match was found behind.
fn via(found: &Match) -> Vec<String> {
    found.encoded.iter().flat_map(|encoded| &encoded.via).map(|name| (*name).to_owned()).collect()
}

pub(super) fn kind_of(part: HistoryPart) -> LocationKind {
    match part {
        HistoryPart::Blob => LocationKind::Blob,
        HistoryPart::SymlinkTarget => LocationKind::SymlinkTarget,
        HistoryPart::Note => LocationKind::Note,
        HistoryPart::CommitMessage => LocationKind::CommitMessage,
        HistoryPart::TagMessage => LocationKind::TagMessage,
        HistoryPart::Person => LocationKind::Person,
        HistoryPart::FileName => LocationKind::FileName,
    }
}

/// Whether one of the lines from `first` to `last` counts.
fn counts(item: &Item<'_>, first: u32, last: u32) -> bool {
    let Some(added) = &item.added_lines else { return true };
    let next = added.partition_point(|range| range.end <= first);
    added.get(next).is_some_and(|range| range.start <= last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_counts_if_a_range_holds_it() {
        let ranges = vec![2..3, 5..8, 10..11];
        let item = Item { bytes: b"", path: Vec::new(), origin: Origin::File, added_lines: Some(ranges.clone()) };
        for first in 1..13 {
            for last in first..13 {
                let expected = ranges.iter().any(|range| range.start <= last && first < range.end);
                assert_eq!(counts(&item, first, last), expected, "{first} to {last}");
            }
        }
    }
}
