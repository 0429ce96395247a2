//! What of a report has to do with owners.

use crate::finding::{Finding, LocationKind};
use crate::owners::Person;
use crate::report::Report;

/// Most places of one secret whose owners are asked for.
const MOST_PLACES: usize = 200;
/// Most commits of one secret whose authors are asked for.
const MOST_COMMITS: usize = 50;

/// An exposed secret whose owners are asked for.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    /// Names the secret.
    pub fingerprint: String,
    /// Files where it stands.
    pub places: Vec<Place>,
    /// Ids of the commits that brought it, as far as the report knows them.
    pub commits: Vec<String>,
    /// Who made the first of them, as the report says.
    pub first: Option<Person>,
}

/// A line of a file.
#[derive(Clone, Debug)]
pub struct Place {
    /// Path as the report has it.
    pub path: Vec<u8>,
    /// From 1.
    pub line: u32,
    /// The blob that is meant, in hex; none for what lies in a working tree.
    pub blob: Option<String>,
}

/// What to ask about the open findings of `report`.
pub fn asked(report: &Report) -> Vec<Asked> {
    report.open().map(one).collect()
}

fn one(finding: &Finding) -> Asked {
    let first = finding.exposure.as_ref().and_then(|exposure| exposure.first.as_ref());
    let mut commits: Vec<String> = first.map(|first| first.id.clone()).into_iter().collect();
    // Who only moved the file later did not leak it.
    for commit in finding.locations.iter().filter_map(|location| location.commit.as_ref()).filter(|_| first.is_none()) {
        if commits.len() < MOST_COMMITS && !commits.contains(commit) {
            commits.push(commit.clone());
        }
    }
    let is_file = |kind: LocationKind| {
        matches!(
            kind,
            LocationKind::File | LocationKind::Staged | LocationKind::Blob | LocationKind::SymlinkTarget | LocationKind::FileName
        )
    };
    let places = finding.locations.iter().filter(|location| is_file(location.kind) && location.submodule.is_none());
    let place =
        |location: &crate::finding::Location| Place { path: location.path.clone(), line: location.start.line, blob: location.blob.clone() };
    Asked {
        fingerprint: finding.fingerprint.as_str().to_owned(),
        places: places.take(MOST_PLACES).map(place).collect(),
        commits,
        first: first.map(|first| Person { name: first.author.clone(), email: first.email.clone() }),
    }
}
