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
use crate::source::history::graph::{Bits, Graph};
use crate::source::history::names::Name;
use crate::source::history::trees::{EntryKind, TreeIndex};

/// A file of a history.
pub struct ExposedFile {
    /// What it is.
    pub seen: Seen,
    /// Since when and where.
    pub exposed: Exposed,
}

/// How to follow files.
#[derive(Clone, Copy, Debug)]
pub struct Follow {
    /// What is less sure is counted, not followed.
    pub least: Confidence,
    /// Threads; 0 means as many as there are cores.
    pub threads: usize,
    /// The time of the scan in seconds since 1970.
    pub now: i64,
}

/// The files of a history.
pub struct ExposedFiles {
    /// Those that are sure enough.
    pub files: Vec<ExposedFile>,
    /// How many are not.
    pub below: u64,
    /// Whether some stand under more paths than are told.
    pub is_cut: bool,
}

/// Follows each of `files` through the history.
pub fn expose_files(history: &History, scan: &HistoryScan, files: &Files<'_>, how: Follow) -> ExposedFiles {
    let Follow { least, threads, now } = how;
    let (paths, is_cut) = all_paths(&scan.graph, files);
    let paths: Vec<Vec<Name>> = paths.into_iter().collect();
    let refs = Refs::new(history, &scan.graph);
    let traced = crate::scan::on_threads(threads, &paths, |path| traced(&scan.graph, files, path, least, refs.head));
    let traced: Vec<Traced> = traced.into_iter().flatten().collect();
    let known: BTreeSet<&[u8]> = traced.iter().map(|one| one.seen.secret.expose()).collect();
    let staged: Vec<_> = files.staged().filter(|(path, _)| !known.contains(path)).map(|(_, seen)| seen).collect();
    let total = traced.len() + staged.len();
    let traced: Vec<&Traced> = traced.iter().filter(|one| one.seen.confidence >= least).collect();
    let batches: Vec<&[&Traced]> = traced.chunks(AT_ONCE).collect();
    let exposed = crate::scan::on_threads(threads, &batches, |batch| expose(history, scan, &refs, batch, now));
    let staged = staged.into_iter().filter(|seen| seen.confidence >= least).map(only_staged);
    let files: Vec<ExposedFile> = exposed.into_iter().flatten().chain(staged).collect();
    let below = (total - files.len()) as u64;
    ExposedFiles { files, below, is_cut }
}

/// Versions whose paths are looked for together. They mostly stand under one path each, and so many paths are told at once that it is no limit.
const TOGETHER: usize = paths::MOST / 4;

/// Every path under which a version stands that a rule may be about, and whether there are more.
fn all_paths(graph: &Graph, files: &Files<'_>) -> (BTreeSet<Vec<Name>>, bool) {
    let (mut all, mut is_cut) = (BTreeSet::new(), false);
    let holders = files.holders();
    if holders.is_empty() {
        return (all, is_cut);
    }
    let (order, roots) = (children_first(&graph.trees), paths::root_chunks(graph));
    let groups: Vec<&[_]> = holders.chunks(TOGETHER).collect();
    for batch in groups.chunks(AT_ONCE) {
        let holding = Holding::of_holders(graph, &order, batch);
        for bit in 0..batch.len() {
            let paths = Paths::new(graph, &holding, bit).of(&roots);
            is_cut |= paths.len() >= paths::MOST;
            all.extend(paths);
        }
    }
    (all, is_cut)
}

/// A file, and the versions of it that count.
struct Traced {
    seen: Seen,
    path: Vec<u8>,
    /// The commits that have one at the path.
    commits: Bits,
    /// What HEAD has there, or else the last commit that has one.
    newest: u32,
}

/// Looks at the path in every commit.
fn traced(graph: &Graph, files: &Files<'_>, path: &[Name], least: Confidence, head: Option<CommitIndex>) -> Option<Traced> {
    let name = *path.last()?;
    let mut trace = Trace { graph, path, known: HashMap::default() };
    let blob = |commit: CommitIndex| {
        let tree = graph.commits.tree(commit).and_then(|tree| graph.trees.of_object(tree))?;
        Some((commit, trace.tree(tree, 0)?))
    };
    let mut found: Vec<(CommitIndex, u32)> = graph.commits.in_order().filter_map(blob).collect();
    let objects: BTreeSet<u32> = found.iter().map(|(_, object)| *object).collect();
    let bytes = path.iter().map(|name| graph.trees.names().get(*name)).collect::<Vec<_>>().join(&b'/');
    let seen = files.judge(&bytes, name, &objects, least)?;
    let counting: BTreeSet<u32> = seen.holders.iter().map(|holder| holder.object).collect();
    found.retain(|(_, object)| counting.contains(object));
    let (_, newest) = *found.iter().max_by_key(|(commit, _)| (Some(*commit) == head, graph.commits.age(*commit)))?;
    let mut commits = Bits::new(graph.commits.len());
    for (commit, _) in &found {
        commits.insert(commit.0);
    }
    Some(Traced { seen, path: bytes, commits, newest })
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
        one.commits.iter().for_each(|commit| masks[commit as usize] |= 1 << bit);
    }
    let holding = Holding::of_commits(graph, masks);
    let (mut known, reader, roots) = (HashMap::new(), history.reader(), Default::default());
    let one = |(bit, file): (usize, &&Traced)| {
        let commits = holding.commits_of(bit);
        let reader = &reader;
        let one = One { history, scan, refs, roots: &roots, holding: &holding, seen: &file.seen, bit, commits, reader, is_file: true };
        let exposed = one.exposed(now, &mut known, |holding, _| file.place(graph, holding).into_iter().collect());
        ExposedFile { seen: file.seen.clone(), exposed }
    };
    batch.iter().enumerate().map(one).collect()
}

impl Traced {
    /// Where it stands, given the commits that hold it, the oldest one first.
    fn place(&self, graph: &Graph, holding: &[CommitIndex]) -> Option<Place> {
        let since = graph.commits.age(*holding.first()?);
        Some(Place { since, path: self.path.clone(), object: self.newest, part: HistoryPart::Blob })
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
        unlisted: None,
    };
    let spots = vec![Spot { part: HistoryPart::Blob, object, path, commit: None }];
    ExposedFile { seen, exposed: Exposed { exposure, spots } }
}
