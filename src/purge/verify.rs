//! Looks for what is left after a purge.

use super::lines::{self, Line};
use super::plan::LEAST_DISTINCTIVE_BYTES;
use crate::coverage::Gap;
use crate::enrich;
use crate::finding::{Fingerprint, FingerprintKey, Reach, RefName};
use crate::scan::Counters;
use crate::scan::history::{Needle, Searching, search};
use crate::secret::Secret;
use crate::source::SourceError;
use crate::source::history::History;
use crate::source::history::graph::Bits;

/// What is left.
pub struct Verified {
    /// Objects that hold a secret, sorted by id.
    pub left: Vec<LeftOver>,
    /// Refs through which one of them can be reached, sorted. Their names are foreign text.
    pub refs: Vec<RefName>,
    /// Objects that were read.
    pub objects: u64,
    /// Lines of the file that were looked for.
    pub lines: usize,
    /// What could not be looked at.
    pub incomplete: Vec<Gap>,
}

/// An object that holds a secret.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct LeftOver {
    /// Its id in hex.
    pub id: String,
    /// `blob`, `tree`, `commit` or `tag`.
    pub kind: String,
    /// By what it is kept.
    pub reach: Reach,
    /// Numbers of the lines, from 1, whose text it holds; sorted.
    pub lines: Vec<usize>,
}

/// What a purge removed.
pub struct Removed<'r> {
    /// Content of the replace-text file.
    pub replace_text: &'r [u8],
    /// Fingerprints of the secrets for which a person had to write a line.
    pub by_hand: &'r [String],
}

/// Looks in every object of `history` for what `removed` names.
///
/// # Errors
/// No threads can be started, or the lines are too many.
pub fn verify(history: &mut History, removed: &Removed<'_>, how: &Searching, counters: &Counters) -> Result<Verified, SourceError> {
    let mut incomplete = Vec::new();
    let mut wanted: Vec<(Vec<usize>, Needle)> = Vec::new();
    for (number, line) in lines::read(removed.replace_text) {
        let Line::Bytes(bytes) = line else {
            let why = "only patterns that keysieve wrote itself can be looked for";
            incomplete.push(Gap::new(format!("line {number} of the file"), why, "look for it with `git log --all -G` and the pattern"));
            continue;
        };
        match wanted.iter_mut().find(|(_, needle)| needle.bytes.expose() == bytes) {
            Some((numbers, _)) => numbers.push(number),
            None => wanted.push((vec![number], Needle { bytes: Secret::new(&bytes), unit: 1 })),
        }
    }
    for fingerprint in removed.by_hand {
        if !wanted.iter().any(|(_, needle)| holds(needle.bytes.expose(), fingerprint)) {
            let what = format!("the secret {fingerprint}");
            incomplete.push(Gap::new(what, "no line of the file looks for it", "write one by hand: the plan says why"));
        }
    }
    let needles: Vec<Needle> = wanted.iter().map(|(_, needle)| needle.clone()).collect();
    let found = search(history, &needles, how, counters)?;
    let mut objects = Bits::new(history.store.ids.len());
    let mut left: Vec<LeftOver> = Vec::new();
    let history = &*history;
    let reader = history.reader();
    for hits in found.hits.chunk_by(|a, b| a.object == b.object) {
        let object = hits[0].object;
        objects.insert(object);
        let mut numbers: Vec<usize> = hits.iter().flat_map(|hit| wanted[hit.needle].0.iter().copied()).collect();
        numbers.sort_unstable();
        numbers.dedup();
        let reach = match () {
            () if found.scan.by_refs.contains(object) => Reach::Refs,
            () if found.scan.by_any.contains(object) => Reach::Reflog,
            () => Reach::Unreachable,
        };
        let kind = reader.kind(history, object).map_or("object".to_owned(), |kind| kind.to_string());
        left.push(LeftOver { id: history.hex(object), kind, reach, lines: numbers });
    }
    left.sort();
    incomplete.extend(found.scan.coverage.incomplete);
    Ok(Verified {
        left,
        refs: masked(enrich::reaching(history, &found.scan.graph, &objects), &needles),
        objects: found.scan.coverage.items,
        lines: wanted.iter().map(|(numbers, _)| numbers.len()).sum(),
        incomplete,
    })
}

/// A ref may be called like a secret.
fn masked(mut names: Vec<RefName>, needles: &[Needle]) -> Vec<RefName> {
    for name in &mut names {
        if needles.iter().any(|needle| memchr::memmem::find(name.name.as_bytes(), needle.bytes.expose()).is_some()) {
            "(a ref with a secret in its name)".clone_into(&mut name.name);
        }
    }
    names
}

/// Whether a part of `line` is the short secret with a fingerprint.
fn holds(line: &[u8], fingerprint: &str) -> bool {
    /// A line that somebody wrote for a short secret is not longer.
    const LONGEST_LINE: usize = 512;
    let Some(family) = fingerprint.split(':').nth(1).filter(|_| line.len() <= LONGEST_LINE) else { return false };
    let key = FingerprintKey::default();
    let is_it = |part: &[u8]| Fingerprint::new(&key, family, &Secret::new(part)).as_str() == fingerprint;
    (0..line.len()).any(|start| (start + 1..=line.len().min(start + LEAST_DISTINCTIVE_BYTES)).any(|end| is_it(&line[start..end])))
}
