//! What one item holds: in its bytes as they stand, and in the text that they encode.
//!
//! Knows nothing of threads, or of where the item comes from.

use super::sighting::{self, Sighting};
use crate::decode::{self, Decoded};
use crate::detect::{Detector, Input};
use crate::source::Item;

/// Every place of every secret in `item`.
pub fn at(detector: &Detector, item: &Item<'_>) -> Vec<Sighting> {
    let mut seen = within(detector, item);
    if let Some(decoded) = decode::decode(item.bytes) {
        // Next to the bytes as they stand and not in their place: a file can begin in UTF-16 and go on in another encoding, as one does to
        // which two programs append.
        seen.extend(within_decoded(detector, item, &decoded));
    }
    seen
}

fn within(detector: &Detector, item: &Item<'_>) -> Vec<Sighting> {
    let matches = detector.scan(Input { bytes: item.bytes, path: &item.path });
    sighting::all(item, &matches)
}

fn within_decoded(detector: &Detector, item: &Item<'_>, decoded: &Decoded) -> Vec<Sighting> {
    let text = Item {
        bytes: decoded.text(),
        path: item.path.clone(),
        origin: item.origin.clone(),
        // Added lines are counted in the bytes, where an end of line is any 0x0A, half of a character or not: their numbers are not those of
        // the text. git itself takes such content for binary and compares no lines. So every line counts.
        added_lines: None,
    };
    let mut seen = within(detector, &text);
    for sighting in &mut seen {
        let location = &mut sighting.location;
        location.byte_range = decoded.original_span(location.byte_range);
        location.decoded_via = vec![decoded.encoding().name().to_owned()];
    }
    seen
}
