//! Since when and where files stand in a history that it should not store, each path by itself.
//!
//! A secret is followed wherever its bytes stand. A file is its path: the same blob at another path is another file, and the same path with another
//! blob is the same one.

use std::collections::{BTreeSet, HashMap};

use foldhash::quality::RandomState;

use super::holding::{Holding, children_first};
use super::paths::{self, Paths};
use super::refs::Refs;
use super::{AT_ONCE, Exposed, One, Place};
use crate::finding::{Confidence, Exposure, Reach};
use crate::scan::history::{Files, HistoryScan, Seen, Spot};
use crate::source::HistoryPart;
use crate::source::history::History;
use crate::source::history::commits::CommitIndex;
use crate::source::history::graph::Graph;
use crate::source::history::names::Name;
use crate::source::history::trees::{EntryKind, TreeIndex};

/// A file of a history.
pub struct ExposedFile {
    /// What it is.
    pub seen: Seen,
    /// Since when and where.
    pub exposed: Exposed,
}

/// Follows each of `files` that is at least as sure as `least` through the history, on as many threads as asked for, and counts the others.
/// `now` is the time of the scan in seconds since 1970.
pub fn expose_files(
    history: &History,
    scan: &HistoryScan,
    files: &Files<'_>,
    least: Confidence,
    how: (usize, i64),
) -> (Vec<ExposedFile>, u64) {
    let (threads, now) = how;
    let paths: Vec<Vec<Name>> = all_paths(&scan.graph, files).into_iter().collect();
    let traced = crate::scan::on_threads(threads, &paths, |path| traced(&scan.graph, files, path, least));
    let traced: Vec<Traced> = traced.into_iter().flatten().collect();
    let known: BTreeSet<&[u8]> = traced.iter().map(|one| one.seen.secret.expose()).collect();
    let staged: Vec<_> = files.staged().filter(|(path, _)| !known.contains(path)).map(|(_, seen)| seen).collect();
    let total = traced.len() + staged.len();
    let traced: Vec<&Traced> = traced.iter().filter(|one| one.seen.confidence >= least).collect();
    let refs = Refs::new(history, &scan.graph);
    let batches: Vec<&[&Traced]> = traced.chunks(AT_ONCE).collect();
    let exposed = crate::scan::on_threads(threads, &batches, |batch| expose(history, scan, &refs, batch, now));
    let staged = staged.into_iter().filter(|seen| seen.confidence >= least).map(only_staged);
    let found: Vec<ExposedFile> = exposed.into_iter().flatten().chain(staged).collect();
    let below = (total - found.len()) as u64;
    (found, below)
}

/// Every path under which a version stands that a rule may be about.
fn all_paths(graph: &Graph, files: &Files<'_>) -> BTreeSet<Vec<Name>> {
    let holders = files.holders();
    if holders.is_empty() {
        return BTreeSet::new();
    }
    let (order, roots) = (children_first(&graph.trees), paths::root_chunks(graph));
    let mut all = BTreeSet::new();
    for batch in holders.chunks(AT_ONCE) {
        let lists: Vec<&[_]> = batch.iter().map(Vec::as_slice).collect();
        let holding = Holding::of_holders(graph, &order, &lists);
        for bit in 0..batch.len() {
            all.extend(Paths::new(graph, &holding, bit).of(&roots));
        }
    }
    all
}

/// A file, and the versions of it that count.
struct Traced {
    seen: Seen,
    path: Vec<u8>,
    /// By commit, the blob at the path, if it counts.
    by_commit: HashMap<CommitIndex, u32, RandomState>,
}

/// Looks at the path in every commit.
fn traced(graph: &Graph, files: &Files<'_>, path: &[Name], least: Confidence) -> Option<Traced> {
    let name = *path.last()?;
    let mut trace = Trace { graph, path, known: HashMap::default() };
    let blob = |commit: CommitIndex| {
        let tree = graph.commits.tree(commit).and_then(|tree| graph.trees.of_object(tree))?;
        Some((commit, trace.tree(tree, 0)?))
    };
    let mut by_commit: HashMap<CommitIndex, u32, RandomState> = graph.commits.in_order().filter_map(blob).collect();
    let objects: BTreeSet<u32> = by_commit.values().copied().collect();
    let bytes = path.iter().map(|name| graph.trees.names().get(*name)).collect::<Vec<_>>().join(&b'/');
    let seen = files.judge(&bytes, name, &objects, least)?;
    let counting: BTreeSet<u32> = seen.holders.iter().map(|holder| holder.object).collect();
    by_commit.retain(|_, object| counting.contains(object));
    Some(Traced { seen, path: bytes, by_commit })
}

/// A look-up of one path in many trees, most of whose parts are the same.
struct Trace<'g> {
    graph: &'g Graph,
    path: &'g [Name],
    /// By chunk, and by how many folders stand above it.
    known: HashMap<(u32, usize), Option<u32>, RandomState>,
}

impl Trace<'_> {
    /// The blob that stands at the rest of the path in a tree `depth` folders down.
    fn tree(&mut self, tree: TreeIndex, depth: usize) -> Option<u32> {
        let graph = self.graph;
        graph.trees.chunks(tree).iter().find_map(|chunk| self.chunk(*chunk, depth))
    }

    fn chunk(&mut self, chunk: u32, depth: usize) -> Option<u32> {
        if let Some(known) = self.known.get(&(chunk, depth)) {
            return *known;
        }
        let (graph, wanted) = (self.graph, self.path[depth]);
        let is_last = depth + 1 == self.path.len();
        let entry = graph.trees.entries(chunk).iter().find(|entry| entry.name == wanted);
        let found = match entry {
            Some(entry) if is_last => Some(entry.object).filter(|_| entry.kind == EntryKind::File),
            Some(entry) if entry.kind == EntryKind::Tree => {
                graph.trees.of_object(entry.object).and_then(|folder| self.tree(folder, depth + 1))
            }
            _ => None,
        };
        self.known.insert((chunk, depth), found);
        found
    }
}

fn expose(history: &History, scan: &HistoryScan, refs: &Refs, batch: &[&Traced], now: i64) -> Vec<ExposedFile> {
    let graph = &scan.graph;
    let mut masks = vec![0; graph.commits.len()];
    for (bit, one) in batch.iter().enumerate() {
        one.by_commit.keys().for_each(|commit| masks[commit.0 as usize] |= 1 << bit);
    }
    let holding = Holding::of_commits(graph, masks);
    let (mut known, reader, roots) = (HashMap::new(), history.reader(), Default::default());
    let one = |(bit, file): (usize, &&Traced)| {
        let commits = holding.commits_of(bit);
        let reader = &reader;
        let one = One { history, scan, refs, roots: &roots, holding: &holding, seen: &file.seen, bit, commits, reader, is_file: true };
        let place = |holding: &[CommitIndex], last: Option<CommitIndex>| file.place(graph, refs.head, holding, last);
        let exposed = one.exposed(now, &mut known, |holding, last| place(holding, last).into_iter().collect());
        ExposedFile { seen: file.seen.clone(), exposed }
    };
    batch.iter().enumerate().map(one).collect()
}

impl Traced {
    /// Where it stands: the commit that first brought it, and what HEAD or the last commit has.
    fn place(&self, graph: &Graph, head: Option<CommitIndex>, holding: &[CommitIndex], last: Option<CommitIndex>) -> Option<Place> {
        let newest = head.iter().chain(&last).find_map(|commit| self.by_commit.get(commit));
        let since = graph.commits.age(*holding.first()?);
        Some(Place { since, path: self.path.clone(), object: *newest?, part: HistoryPart::Blob })
    }
}

/// A file that an index holds and no commit.
fn only_staged(seen: Seen) -> ExposedFile {
    let path = seen.secret.expose().to_vec();
    let object = seen.holders.first().map_or(0, |holder| holder.object);
    let exposure = Exposure {
        first: None,
        last: None,
        paths: vec![path.clone()],
        in_head: false,
        held_by: Vec::new(),
        reachable_from: Vec::new(),
        reach: Reach::Reflog,
        pushed: false,
        days: None,
        commits: 0,
        blobs: 1,
    };
    let spots = vec![Spot { part: HistoryPart::Blob, object, path, commit: None }];
    ExposedFile { seen, exposed: Exposed { exposure, spots } }
}
