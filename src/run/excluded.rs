//! Takes places in excluded paths out of the report of a history.
//!
//! After the scan, because one version of a file has many paths: a secret goes only if all of them are excluded.

use std::collections::BTreeMap;

use crate::finding::{Finding, LocationKind, Withheld};
use crate::report::Report;
use crate::source::excludes::Excludes;

/// Paths that a report names of one secret at most; where there are so many, others may be missing.
const MOST_PATHS: usize = 1_000;

/// Leaves out what stands in paths that `excludes` leave out, and counts it.
pub(super) fn leave_out(report: &mut Report, excludes: &Excludes) {
    if excludes.is_empty() {
        return;
    }
    let mut left_out: BTreeMap<String, u64> = BTreeMap::new();
    for mut finding in std::mem::take(&mut report.findings) {
        match by(&finding, excludes) {
            Some(by) => {
                *left_out.entry(by).or_default() += 1;
                report.withheld.extend(Withheld::of(finding));
            }
            None => {
                take_out_places(&mut finding, excludes);
                report.findings.push(finding);
            }
        }
    }
    left_out.iter().for_each(|(by, count)| report.coverage.skip(Excludes::skip("secrets in excluded files only", by, *count)));
}

/// Who leaves all places of the secret out; none if one of them counts.
fn by(finding: &Finding, excludes: &Excludes) -> Option<String> {
    let paths = finding.exposure.iter().flat_map(|exposure| &exposure.paths);
    if paths.clone().count() >= MOST_PATHS || !finding.locations.iter().all(|location| has_path(location.kind)) {
        return None;
    }
    let mut first = None;
    for path in paths.chain(finding.locations.iter().map(|location| &location.path)) {
        let by = excludes.by(path)?;
        first.get_or_insert(by);
    }
    first.map(str::to_owned)
}

/// Takes the places out that do not count, unless none is left to show.
fn take_out_places(finding: &mut Finding, excludes: &Excludes) {
    let counts = |location: &crate::finding::Location| !has_path(location.kind) || excludes.by(&location.path).is_none();
    if finding.locations.iter().any(counts) {
        finding.locations.retain(counts);
    }
}

fn has_path(kind: LocationKind) -> bool {
    matches!(kind, LocationKind::Blob | LocationKind::SymlinkTarget | LocationKind::FileName)
}
