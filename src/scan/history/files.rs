//! Files that a history should not store, told by their names and a look at each version of them.
//!
//! Not part of the rounds: a few names of a history call for a look, and their versions are read one by one. Nothing of it is kept for the next
//! scan. Under which paths they stand is found out later.

use std::collections::{BTreeMap, BTreeSet};

use super::tally::{Holder, Place, Seen, TextOf};
use crate::detect::policy::{self, FileMatch};
use crate::detect::{Detector, Input};
use crate::finding::{Confidence, Identity};
use crate::location::ByteSpan;
use crate::scan::policy::shown_as;
use crate::secret::Secret;
use crate::source::HistoryPart;
use crate::source::history::graph::{Bits, Graph};
use crate::source::history::names::Name;
use crate::source::history::trees::EntryKind;
use crate::source::history::{History, Kind};

/// Versions that one thread reads in a row.
const AT_ONCE: usize = 32;

/// What the files of a history are, as far as their names call for a look.
pub struct Files<'d> {
    detector: &'d Detector,
    /// By number and name of a blob.
    versions: BTreeMap<(u32, Name), Vec<FileMatch>>,
    /// By path, what an index holds.
    staged: BTreeMap<Vec<u8>, (u32, Vec<FileMatch>)>,
}

/// Reads every version of every file that has such a name, of at most `limit` bytes. What cannot be read or is larger is named by the scan.
pub fn files<'d>(history: &History, graph: &Graph, detector: &'d Detector, threads: usize, limit: u64) -> Files<'d> {
    let named = in_trees(graph, detector, history.store.ids.len());
    let staged: BTreeMap<&[u8], u32> = history
        .roots
        .staged
        .iter()
        .filter(|(_, path)| detector.policies().is_named(last_part(path)))
        .filter_map(|(id, path)| Some((path.as_slice(), history.store.ids.find(id)?)))
        .collect();
    let wanted: Vec<(u32, Option<Name>, &[u8])> = named
        .into_iter()
        .map(|(object, name)| (object, Some(name), last_part(graph.trees.names().get(name))))
        .chain(staged.iter().map(|(path, object)| (*object, None, *path)))
        .collect();
    let batches: Vec<_> = wanted.chunks(AT_ONCE).collect();
    let judged = crate::scan::on_threads(threads, &batches, |batch| {
        let (reader, mut buffer) = (history.reader(), Vec::new());
        let mut judge = |(object, name, path): &(u32, Option<Name>, &[u8])| {
            let bytes = reader.read(history, *object, Kind::Blob, limit, &mut buffer).ok()?;
            let found = detector.policies().by_content(detector.rules(), Input { bytes, path });
            (!found.is_empty()).then(|| (*object, *name, path.to_vec(), found))
        };
        batch.iter().filter_map(&mut judge).collect::<Vec<_>>()
    });
    let mut files = Files { detector, versions: BTreeMap::new(), staged: BTreeMap::new() };
    for (object, name, path, found) in judged.into_iter().flatten() {
        match name {
            Some(name) => drop(files.versions.insert((object, name), found)),
            None => drop(files.staged.insert(path, (object, found))),
        }
    }
    files
}

/// The blobs that trees have under such a name.
fn in_trees(graph: &Graph, detector: &Detector, objects: usize) -> BTreeSet<(u32, Name)> {
    let names = graph.trees.names();
    let mut called = Bits::new(names.len());
    for (name, bytes) in names.iter().filter(|(_, bytes)| detector.policies().is_named(bytes)) {
        debug_assert!(!bytes.is_empty());
        called.insert(name.0);
    }
    let files = graph.trees.all_entries().iter().filter(|entry| entry.kind == EntryKind::File && (entry.object as usize) < objects);
    files.filter(|entry| called.contains(entry.name.0)).map(|entry| (entry.object, entry.name)).collect()
}

fn last_part(path: &[u8]) -> &[u8] {
    path.rsplit(|byte| *byte == b'/').next().unwrap_or(path)
}

impl Files<'_> {
    /// The versions that some rule may be about.
    pub fn holders(&self) -> Vec<Holder> {
        let holder = |(object, name): &(u32, Name)| Holder { object: *object, part: HistoryPart::Blob, name: Some(*name) };
        self.versions.keys().map(holder).collect()
    }

    /// What the file at `path` is, which is called `name` and had the blobs `objects`: the surest version speaks for it, and those versions
    /// hold it that are at least as sure as `least`, or as that one.
    pub fn judge(&self, path: &[u8], name: Name, objects: &BTreeSet<u32>, least: Confidence) -> Option<Seen> {
        let policies = self.detector.policies();
        let versions = objects.iter().filter_map(|object| Some((*object, self.versions.get(&(*object, name))?)));
        let all: Vec<(u32, FileMatch)> = versions
            .flat_map(|(object, found)| found.iter().map(move |found| (object, found)))
            .filter_map(|(object, found)| Some((object, policies.in_place(found.clone(), path)?)))
            .collect();
        let best = policy::best(self.detector.rules(), all.iter().map(|(_, found)| found.clone()))?;
        let least = least.min(best.confidence);
        let counts = all.iter().filter(|(_, found)| found.rule == best.rule && found.confidence >= least);
        let holders = counts.map(|(object, _)| Holder { object: *object, part: HistoryPart::Blob, name: Some(name) }).collect();
        Some(seen(path, best, holders))
    }

    /// The files that an index holds.
    pub fn staged(&self) -> impl Iterator<Item = (&[u8], Seen)> {
        self.staged.iter().filter_map(|(path, (object, found))| {
            let in_place = found.iter().filter_map(|found| self.detector.policies().in_place(found.clone(), path));
            let best = policy::best(self.detector.rules(), in_place)?;
            let holder = Holder { object: *object, part: HistoryPart::Blob, name: None };
            Some((path.as_slice(), seen(path, best, vec![holder])))
        })
    }
}

/// What stands for the secret is the path.
fn seen(path: &[u8], found: FileMatch, holders: Vec<Holder>) -> Seen {
    let first = holders.first().copied().unwrap_or(Holder { object: 0, part: HistoryPart::Blob, name: None });
    let place = Place { holder: first, text: TextOf::Whole, span: ByteSpan::new(0, 0), is_encoded: false };
    Seen {
        rule: found.rule,
        secret: Secret::new(path),
        masked: shown_as(path),
        confidence: found.confidence,
        evidence: found.evidence,
        identity: Identity::default(),
        best: (Vec::new(), place),
        holders,
    }
}
