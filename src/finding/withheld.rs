//! A secret that a report knows of and does not list.

use super::{Finding, LocationKind, Subject};
use crate::secret::Secret;

/// A secret that was found and is no part of the report, such as one of a disabled rule. Nobody may see it all the same where it stands in a
/// path, a name or a subject that the report shows with something else.
#[derive(Clone, Debug)]
pub struct Withheld {
    /// The secret, and the other bytes by which it stands somewhere.
    pub spellings: Vec<Secret>,
    /// The secret as it may be shown.
    pub masked: String,
    /// The kinds of its places, each once.
    pub kinds: Vec<LocationKind>,
}

impl Withheld {
    /// A secret that stands in places of `kinds`.
    pub fn new(spellings: Vec<Secret>, masked: String, kinds: impl IntoIterator<Item = LocationKind>) -> Self {
        let mut kinds: Vec<LocationKind> = kinds.into_iter().collect();
        kinds.sort_unstable();
        kinds.dedup();
        Self { spellings, masked, kinds }
    }

    /// What is left of a finding that is not reported; none of one that is about a file, whose path is no secret.
    pub fn of(finding: Finding) -> Option<Self> {
        let Finding { subject, secret, written, masked, locations, .. } = finding;
        let spellings = std::iter::once(secret).chain(written).collect();
        (subject != Subject::File).then(|| Self::new(spellings, masked, locations.iter().map(|location| location.kind)))
    }
}
