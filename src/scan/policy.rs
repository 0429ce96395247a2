//! Files that a repository should not store: whether an item is one, and the place to show for it.
//!
//! What stands for the secret is the file's path from the top of its repository: the same file is one finding whatever its content becomes, and a
//! file at another path is another one. Nothing of the content is kept.

use super::sighting::{self, Sighting};
use crate::coverage::Gap;
use crate::detect::policy::FileMatch;
use crate::detect::{Detector, Input};
use crate::finding::{Identity, Location, LocationKind};
use crate::secret::Secret;
use crate::source::{HistoryPart, Item, Origin, Source};

/// The sighting of `item`, which was read from `entry`, if it is such a file and git stores it. Of a change only what it brings counts: not a
/// file that was such a one before.
///
/// # Errors
/// It would be one, and what git stores is not known.
pub fn at<S: Source>(source: &S, entry: &S::Entry, detector: &Detector, item: &Item<'_>) -> Result<Option<Sighting>, Gap> {
    let is_file = matches!(item.origin, Origin::File | Origin::Staged { .. } | Origin::History { part: HistoryPart::Blob, .. });
    if !is_file || !detector.policies().is_named(name_of(&item.path)) {
        return Ok(None);
    }
    if detector.policies().by_content(detector.rules(), Input { bytes: item.bytes, path: &item.path }).is_empty() {
        return Ok(None);
    }
    let Some(stored) = source.stored(entry)? else { return Ok(None) };
    let look = |bytes: &[u8]| detector.file(Input { bytes, path: &stored.path });
    let Some(found) = look(item.bytes) else { return Ok(None) };
    if stored.before.iter().any(|before| look(before).is_some_and(|before| before.confidence >= found.confidence)) {
        return Ok(None);
    }
    let (kind, blob, commit) = sighting::origin(&item.origin);
    Ok(Some(sighting(&found, &stored.path, place(item.path.clone(), kind, blob, commit))))
}

/// The sighting of the file at `path` from the top of its repository.
pub fn sighting(found: &FileMatch, path: &[u8], location: Location) -> Sighting {
    Sighting {
        rule: found.rule,
        secret: Secret::new(path),
        written: None,
        masked: shown_as(path),
        confidence: found.confidence,
        evidence: found.evidence.clone(),
        identity: Identity::default(),
        location,
    }
}

/// The whole file: its first line, and nothing of it.
pub fn place(path: Vec<u8>, kind: LocationKind, blob: Option<String>, commit: Option<String>) -> Location {
    Location { blob, commit, ..Location::new(path, kind) }
}

/// The name without folders, where a secret would be shown masked.
pub fn shown_as(path: &[u8]) -> String {
    String::from_utf8_lossy(name_of(path)).into_owned()
}

fn name_of(path: &[u8]) -> &[u8] {
    path.rsplit(|byte| *byte == b'/').next().unwrap_or(path)
}
