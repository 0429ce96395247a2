//! Holds the findings of rules that have a say about paths against the paths that they stand under.
//!
//! After the scan, because one version of a file in a history has many paths: a secret goes only if it counts under none of them.

use std::collections::BTreeMap;

use crate::detect::search::PathTerms;
use crate::finding::{Finding, Location, LocationKind};
use crate::rules::RuleSet;

/// Paths that a report names of one secret at most; where there are so many, others may be missing.
const MOST_PATHS: usize = 1_000;

/// What rules say about paths.
pub(super) struct Terms {
    /// By rule id.
    rules: BTreeMap<String, PathTerms>,
}

impl Terms {
    /// Of all `rules`.
    pub(super) fn of(rules: &RuleSet) -> Self {
        let terms = |entry: &crate::rules::RuleEntry| Some((entry.rule.id.to_string(), PathTerms::of(&entry.rule)?));
        Self { rules: rules.iter().filter_map(|(_, entry)| terms(entry)).collect() }
    }

    /// Takes out of `findings` what does not count where it stands. `path` tells the path of a reported one from the top of its repository.
    pub(super) fn keep(&self, findings: &mut Vec<Finding>, path: &dyn Fn(&[u8]) -> Option<Vec<u8>>) {
        if !self.rules.is_empty() {
            findings.retain_mut(|finding| self.rules.get(&finding.rule.id).is_none_or(|terms| narrow(finding, terms, path)));
        }
    }
}

/// Whether something of `finding` is left.
fn narrow(finding: &mut Finding, terms: &PathTerms, path: &dyn Fn(&[u8]) -> Option<Vec<u8>>) -> bool {
    let Finding { secret, exposure, locations, .. } = finding;
    let counts = |reported: &[u8]| terms.counts(path(reported).as_deref().or(Some(reported)), secret.expose());
    let counts_at = |location: &Location| {
        if is_file(location.kind) { counts(&location.path) } else { terms.counts(None, secret.expose()) }
    };
    let paths = exposure.as_mut().map(|exposure| &mut exposure.paths);
    let is_cut = paths.as_ref().is_some_and(|paths| paths.len() >= MOST_PATHS);
    let is_left = match paths {
        Some(paths) if !paths.is_empty() => {
            let left = paths.iter().any(|path| counts(path));
            if left {
                paths.retain(|path| counts(path));
            }
            left
        }
        _ => false,
    };
    if !is_left && !is_cut && !locations.iter().any(counts_at) {
        return false;
    }
    if locations.iter().any(counts_at) {
        locations.retain(counts_at);
    }
    true
}

fn is_file(kind: LocationKind) -> bool {
    use LocationKind::{Blob, File, FileName, Staged, Stdin, SymlinkTarget};
    matches!(kind, File | Staged | Stdin | SymlinkTarget | Blob | FileName)
}
