//! Looks once more at the few places of a history that a report shows, for their lines, columns and snippets.

use std::collections::BTreeMap;

use super::tally::Seen;
use crate::detect::Detector;
use crate::finding::Location;
use crate::scan::look;
use crate::scan::sighting::{self, Sighting};
use crate::source::history::commits;
use crate::source::history::{History, Kind};
use crate::source::{HistoryPart, Item, Origin};

/// A place to show.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Spot {
    /// What of the object holds the secret.
    pub part: HistoryPart,
    /// Number of the blob, commit or tag.
    pub object: u32,
    /// The path it is shown under; empty for what has none.
    pub path: Vec<u8>,
    /// Id in hex of the commit or tag that brought it.
    pub commit: Option<String>,
}

/// The sightings of each of `seen` at its spots, every place of the secret there. `limit` is the largest object that is read, in bytes.
pub fn show(history: &History, detector: &Detector, seen: &[&Seen], spots: &[Vec<Spot>], limit: u64) -> Vec<Vec<Sighting>> {
    // The same blob often holds several secrets.
    let mut by_spot: BTreeMap<&Spot, Vec<usize>> = BTreeMap::new();
    for (at, own) in spots.iter().enumerate() {
        for spot in own {
            by_spot.entry(spot).or_default().push(at);
        }
    }
    let mut shown: Vec<Vec<Sighting>> = seen.iter().map(|_| Vec::new()).collect();
    let (reader, mut buffer) = (history.reader(), Vec::new());
    for (spot, wanted) in by_spot {
        let found = at(history, detector, &reader, spot, limit, &mut buffer);
        for at in wanted {
            let own = |one: &&Sighting| one.rule == seen[at].rule && one.secret == seen[at].secret;
            let before = shown[at].len();
            shown[at].extend(found.iter().filter(own).cloned());
            if shown[at].len() == before {
                // Read a second time it may be gone: git may have collected it meanwhile. It was there.
                shown[at].push(unseen(history, seen[at], spot));
            }
        }
    }
    shown
}

fn at(
    history: &History,
    detector: &Detector,
    reader: &crate::source::history::Reader,
    spot: &Spot,
    limit: u64,
    buffer: &mut Vec<u8>,
) -> Vec<Sighting> {
    let kind = match spot.part {
        HistoryPart::Blob | HistoryPart::SymlinkTarget | HistoryPart::Note => Some(Kind::Blob),
        HistoryPart::CommitMessage => Some(Kind::Commit),
        HistoryPart::TagMessage => Some(Kind::Tag),
        HistoryPart::Person => reader.kind(history, spot.object),
        HistoryPart::FileName => None,
    };
    let name = spot.path.rsplit(|byte| *byte == b'/').next().unwrap_or_default().to_vec();
    let text: &[u8] = match kind {
        None => &name,
        Some(kind) => match reader.read(history, spot.object, kind, limit, buffer) {
            Ok(text) => text,
            Err(_) => return Vec::new(),
        },
    };
    let parts: Vec<&[u8]> = match spot.part {
        HistoryPart::Person => commits::texts(text).people.to_vec(),
        HistoryPart::CommitMessage | HistoryPart::TagMessage => {
            let texts = commits::texts(text);
            vec![texts.message, texts.further]
        }
        _ => vec![text],
    };
    let blob = matches!(spot.part, HistoryPart::Blob | HistoryPart::SymlinkTarget | HistoryPart::Note).then(|| history.hex(spot.object));
    let origin = Origin::History { part: spot.part, blob, commit: spot.commit.clone() };
    let path = if spot.part == HistoryPart::FileName { Vec::new() } else { spot.path.clone() };
    let mut found = Vec::new();
    for bytes in parts {
        let item = Item { bytes, path: path.clone(), origin: origin.clone(), added_lines: None };
        found.extend(look::at(detector, &item).sightings);
    }
    for sighting in &mut found {
        sighting.location.path.clone_from(&spot.path);
    }
    found.dedup_by(|a, b| a.secret == b.secret && a.location == b.location);
    found
}

/// A place without its surroundings.
pub fn unseen(history: &History, seen: &Seen, spot: &Spot) -> Sighting {
    let blob = matches!(spot.part, HistoryPart::Blob | HistoryPart::SymlinkTarget | HistoryPart::Note).then(|| history.hex(spot.object));
    Sighting {
        rule: seen.rule,
        secret: seen.secret.clone(),
        written: None,
        masked: seen.masked.clone(),
        confidence: seen.confidence,
        evidence: seen.evidence.clone(),
        identity: seen.identity.clone(),
        location: Location { blob, commit: spot.commit.clone(), ..Location::new(spot.path.clone(), sighting::kind_of(spot.part)) },
    }
}
