//! Saved reports of several repositories side by side: which secrets stand in more than one of them.
//!
//! Secrets are told apart by their fingerprints, which are keyed hashes: no secret is needed, and none is read. Knows nothing of the repositories,
//! or of how a report is made.

mod human;
mod json;
mod secrets;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

pub use secrets::{Compared, ComparedSecret, Place};

/// A saved report, and what to call it.
#[derive(Clone, Debug)]
pub struct Named {
    /// Its file, as the user named it.
    pub file: String,
    /// What it says.
    pub report: Compared,
}

/// What several reports say together.
#[derive(Clone, Debug)]
pub struct Comparison {
    reports: Vec<Summary>,
    shared: Vec<Shared>,
    /// Shared ones that every report excepts.
    excepted: usize,
    /// What a reader has to know of the reports.
    notes: Vec<String>,
}

/// One report in numbers.
#[derive(Clone, Debug)]
struct Summary {
    file: String,
    target: Vec<String>,
    /// Secrets of any status.
    secrets: usize,
    /// Those that no other report has.
    only_here: usize,
}

/// A secret of several reports.
#[derive(Clone, Debug)]
struct Shared {
    fingerprint: String,
    /// By number of the report, rising; two at least.
    of: Vec<(usize, ComparedSecret)>,
}

impl Shared {
    /// The report's entry that speaks for all: the worst and surest, and of those the first.
    fn best(&self) -> Option<&ComparedSecret> {
        self.of.iter().map(|(_, own)| own).reduce(|best, own| if own.rank() > best.rank() { own } else { best })
    }
}

/// Compares `reports`, two at least.
///
/// # Errors
/// Their fingerprints were made with different keys, so that nothing can be said.
pub fn compare(reports: &[Named]) -> Result<Comparison, String> {
    if let Some((first, rest)) = reports.split_first()
        && let Some(other) = rest.iter().find(|other| other.report.key != first.report.key)
    {
        return Err(format!(
            "{} and {} were made with different fingerprint keys ({} and {}), so none of their fingerprints can be the same; scan both with one key",
            first.file, other.file, first.report.key, other.report.key
        ));
    }
    let mut by_fingerprint: BTreeMap<&str, Vec<(usize, &ComparedSecret)>> = BTreeMap::new();
    for (at, named) in reports.iter().enumerate() {
        for (fingerprint, secret) in &named.report.secrets {
            by_fingerprint.entry(fingerprint).or_default().push((at, secret));
        }
    }
    let only_here = |at: usize| by_fingerprint.values().filter(|of| matches!(of.as_slice(), [(own, _)] if *own == at)).count();
    let summaries = reports.iter().enumerate().map(|(at, named)| Summary {
        file: named.file.clone(),
        target: named.report.target.clone(),
        secrets: named.report.secrets.len(),
        only_here: only_here(at),
    });
    let summaries = summaries.collect();
    let several = by_fingerprint.into_iter().filter(|(_, of)| of.len() > 1);
    let (counting, excepted): (Vec<_>, Vec<_>) = several.partition(|(_, of)| of.iter().any(|(_, own)| own.is_open));
    let owned = |(fingerprint, of): (&str, Vec<(usize, &ComparedSecret)>)| Shared {
        fingerprint: fingerprint.to_owned(),
        of: of.into_iter().map(|(at, own)| (at, own.clone())).collect(),
    };
    let mut shared: Vec<Shared> = counting.into_iter().map(owned).collect();
    // Stable: those that are alike stay sorted by fingerprint.
    shared.sort_by_key(|one| std::cmp::Reverse((one.best().map(ComparedSecret::rank), one.of.len())));
    Ok(Comparison { reports: summaries, shared, excepted: excepted.len(), notes: notes(reports) })
}

fn notes(reports: &[Named]) -> Vec<String> {
    let incomplete = reports.iter().filter(|named| named.report.is_incomplete);
    let mut notes: Vec<String> =
        incomplete.map(|named| format!("{}: not everything was scanned, so it may share more than is known", named.file)).collect();
    let differs = |named: &&Named| reports.first().is_some_and(|first| first.report.rules != named.report.rules);
    if let (Some(first), Some(other)) = (reports.first(), reports.iter().find(differs)) {
        notes.push(format!("{} and {} were made with different rules: what one finds, the other may not", first.file, other.file));
    }
    notes
}

impl Comparison {
    /// Number of secrets that several reports share and not all of them except.
    pub fn shared(&self) -> usize {
        self.shared.len()
    }

    /// What a reader has to know of the reports, a sentence each. Not escaped.
    pub fn notes(&self) -> &[String] {
        &self.notes
    }

    /// For people; `color` with ANSI colors.
    pub fn text(&self, color: bool) -> String {
        human::text(self, color)
    }

    /// One JSON document with a line feed at its end.
    pub fn json(&self) -> String {
        json::text(self)
    }
}
