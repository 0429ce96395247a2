//! Merges two baselines that come from one: each entry for itself.

use std::collections::BTreeSet;

use super::{Baseline, Entry};
use crate::exceptions::Terms;

/// Something that a person has to decide.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Conflict {
    /// They come from two baselines, so neither can read the other's hashes.
    #[error(
        "the two baselines were made independently of each other and have different salts: keep one, then run `keysieve baseline update`"
    )]
    Salts,
    /// Both sides say something else of a secret.
    #[error("both sides changed `{field}` of {rule} {hash}")]
    Field {
        /// Which key.
        field: &'static str,
        /// Id of the rule.
        rule: String,
        /// Hash of the entry.
        hash: String,
    },
}

/// What `ours` and `theirs` come to, which were both made from `base` (none: both are new). An entry that one side dropped and the other did not
/// touch is dropped; one that the other changed stays.
///
/// # Errors
/// Everything that a person has to decide.
pub fn merge(base: Option<&Baseline>, ours: &Baseline, theirs: &Baseline) -> Result<Baseline, Vec<Conflict>> {
    if ours.salt != theirs.salt {
        return Err(vec![Conflict::Salts]);
    }
    let base = base.filter(|base| base.salt == ours.salt);
    let scope = match base {
        Some(base) if base.scope == ours.scope => theirs.scope,
        _ => ours.scope,
    };
    let mut merged = Baseline::new(ours.salt.clone(), scope);
    let mut conflicts = Vec::new();
    let keys: BTreeSet<&(String, String)> = ours.entries.keys().chain(theirs.entries.keys()).collect();
    for key in keys {
        let before = base.and_then(|base| base.entries.get(key));
        let entry = match (ours.entries.get(key), theirs.entries.get(key)) {
            (Some(own), Some(other)) => Some(join(before, own, other).unwrap_or_else(|field| {
                let (hash, rule) = key.clone();
                conflicts.push(Conflict::Field { field, rule, hash });
                own.clone()
            })),
            (Some(left), None) | (None, Some(left)) => before.is_none_or(|before| !before.says_what(left)).then(|| left.clone()),
            (None, None) => None,
        };
        merged.entries.extend(entry.map(|entry| (key.clone(), entry)));
    }
    if conflicts.is_empty() { Ok(merged) } else { Err(conflicts) }
}

impl Entry {
    /// Whether both say the same, wherever they stand.
    fn says_what(&self, other: &Self) -> bool {
        self.paths == other.paths && self.terms == other.terms
    }
}

/// # Errors
/// The key that both sides changed, and not to the same.
fn join(before: Option<&Entry>, own: &Entry, other: &Entry) -> Result<Entry, &'static str> {
    let none = Terms::default();
    let (was, a, b) = (before.map_or(&none, |before| &before.terms), &own.terms, &other.terms);
    let terms = Terms {
        reason: pick(&was.reason, &a.reason, &b.reason).ok_or("reason")?,
        owner: pick(&was.owner, &a.owner, &b.owner).ok_or("owner")?,
        expires: pick(&was.expires, &a.expires, &b.expires).ok_or("expires")?,
        approved_by: pick(&was.approved_by, &a.approved_by, &b.approved_by).ok_or("approved_by")?,
    };
    let empty = BTreeSet::new();
    let known = before.map_or(&empty, |before| &before.paths);
    let is_left = |path: &&String| !known.contains(*path) || (own.paths.contains(*path) && other.paths.contains(*path));
    let paths = own.paths.union(&other.paths).filter(is_left).cloned().collect();
    Ok(Entry { paths, terms, line: 0 })
}

/// What one side made of `was`, if not both made something of it.
fn pick<T: Clone + PartialEq>(was: &T, own: &T, other: &T) -> Option<T> {
    if own == other || other == was {
        Some(own.clone())
    } else if own == was {
        Some(other.clone())
    } else {
        None
    }
}
