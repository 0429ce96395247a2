//! One place of one secret, cut loose from the bytes it was found in.

use super::snippet::{self, Covers};
use crate::detect::Match;
use crate::finding::{Confidence, Evidence, Identity, Location, LocationKind};
use crate::location::LineIndex;
use crate::rules::RuleIndex;
use crate::secret::Secret;
use crate::source::{Item, Origin};

/// One place of one secret.
#[derive(Clone, Debug)]
pub struct Sighting {
    /// Which rule saw it.
    pub rule: RuleIndex,
    /// The credential.
    pub secret: Secret,
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

/// The sightings of an item's matches, without those that touch no line that counts.
pub fn all(item: &Item<'_>, matches: &[Match]) -> Vec<Sighting> {
    if matches.is_empty() {
        return Vec::new();
    }
    let lines = LineIndex::new(item.bytes);
    let covers = Covers::new(matches);
    matches.iter().filter(|found| counts(item, found, &lines)).map(|found| sighting(item, found, &covers, &lines)).collect()
}

fn counts(item: &Item<'_>, found: &Match, lines: &LineIndex<'_>) -> bool {
    let Some(added) = &item.added_lines else { return true };
    let first = lines.line(found.secret.start);
    let last = lines.line(found.secret.end.saturating_sub(1).max(found.secret.start));
    added.iter().any(|range| range.start <= last && first < range.end)
}

fn sighting(item: &Item<'_>, found: &Match, covers: &Covers<'_>, lines: &LineIndex<'_>) -> Sighting {
    let secret = Secret::new(found.secret.of(item.bytes));
    let (kind, blob) = match &item.origin {
        Origin::File => (LocationKind::File, None),
        Origin::Staged { blob } => (LocationKind::Staged, Some(blob.clone())),
        Origin::Stdin => (LocationKind::Stdin, None),
        Origin::SymlinkTarget => (LocationKind::SymlinkTarget, None),
    };
    Sighting {
        rule: found.rule,
        masked: secret.masked(found.public_prefix),
        secret,
        confidence: found.confidence,
        evidence: found.evidence.clone(),
        identity: found.identity.clone(),
        location: Location {
            path: item.path.clone(),
            start: lines.position(found.secret.start),
            end: lines.position(found.secret.end),
            byte_range: found.secret,
            kind,
            blob,
            line_hash: None,
            snippet: snippet::around(item.bytes, found, covers, lines),
        },
    }
}
