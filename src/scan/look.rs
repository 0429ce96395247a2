//! What one item holds: in its bytes as they stand, and in the text that they encode.
//!
//! Knows nothing of threads, or of where the item comes from.

use super::sighting::{self, Sighting};
use crate::coverage::Gap;
use crate::decode::{self, Decoded};
use crate::detect::{Detector, Input};
use crate::finding::Snippet;
use crate::source::Item;

/// Most places of secrets that are recorded of one item. Each takes about 2.5 kB until the report is written, so a few megabytes of nothing
/// but URLs with passwords would take gigabytes; and nobody works through more of them one by one.
pub const MOST_PLACES: usize = 10_000;
const TOO_MANY: &str = "more than 10,000 credentials in one file: the rest was not recorded";

const TOO_DEEP: &str = "text in it is encoded so often, one encoding inside of another, that not all of it was decoded";

/// What was seen in one item.
#[derive(Debug, Default)]
pub struct Seen {
    /// Every place of every secret, at most [`MOST_PLACES`].
    pub sightings: Vec<Sighting>,
    /// Whether there are more.
    pub is_cut: bool,
    /// Whether encodings stand in each other deeper or at more length than is decoded.
    pub is_limited: bool,
}

impl Seen {
    /// What must be said of the item called `what` if not everything was recorded or decoded.
    pub fn gaps(&self, what: impl Fn() -> String) -> impl Iterator<Item = Gap> {
        let cut = self.is_cut.then(|| Gap::new(what(), TOO_MANY, "scan it in parts, with `keysieve scan --stdin`"));
        let limited = self.is_limited.then(|| Gap::new(what(), TOO_DEEP, "decode it, and scan that with `keysieve scan --stdin`"));
        cut.into_iter().chain(limited)
    }
}

/// Looks for every secret in `item`.
pub fn at(detector: &Detector, item: &Item<'_>) -> Seen {
    let mut seen = within(detector, item, MOST_PLACES);
    if let Some(decoded) = decode::decode(item.bytes) {
        // Next to the bytes as they stand and not in their place: a file can begin in UTF-16 and go on in another encoding, as one does to
        // which two programs append.
        let more = within_decoded(detector, item, &decoded, MOST_PLACES.saturating_sub(seen.sightings.len()));
        seen.sightings.extend(more.sightings);
        seen.is_cut |= more.is_cut;
        seen.is_limited |= more.is_limited;
    }
    seen
}

fn within(detector: &Detector, item: &Item<'_>, most: usize) -> Seen {
    let matches = detector.scan_up_to(Input { bytes: item.bytes, path: &item.path }, most);
    let mut sightings = sighting::all(item, &matches.list);
    if matches.cut {
        // A line could show a secret that is not recorded, and so not masked.
        sightings.iter_mut().for_each(|sighting| sighting.location.snippet = Snippet::default());
    }
    Seen { sightings, is_cut: matches.cut, is_limited: matches.limited }
}

fn within_decoded(detector: &Detector, item: &Item<'_>, decoded: &Decoded, most: usize) -> Seen {
    let text = Item {
        bytes: decoded.text(),
        path: item.path.clone(),
        origin: item.origin.clone(),
        // Added lines are counted in the bytes, where an end of line is any 0x0A, half of a character or not: their numbers are not those of
        // the text. git itself takes such content for binary and compares no lines. So every line counts.
        added_lines: None,
    };
    let mut seen = within(detector, &text, most);
    for sighting in &mut seen.sightings {
        let location = &mut sighting.location;
        location.byte_range = decoded.original_span(location.byte_range);
        location.decoded_via.insert(0, decoded.encoding().name().to_owned());
        // Code scanning reads every file as UTF-8, so its hash of the line is another one.
        location.line_hash = None;
    }
    seen
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_gap_names_the_limit() {
        assert!(TOO_MANY.replace(',', "").contains(&format!("more than {MOST_PLACES} ")), "{TOO_MANY}");
    }
}
