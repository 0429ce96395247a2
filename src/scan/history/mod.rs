//! Scans everything that a repository stores, in the order in which packs store it.
//!
//! Two rounds over all objects: [`gather`] reads trees, commits and tags, then [`blobs`] reads the content of files, knowing their names. What
//! holds a secret is only counted ([`tally`]); the few places that a report shows are looked at once more ([`show`]).

mod blobs;
pub mod cache;
mod gather;
mod reuse;
mod round;
mod show;
mod tally;
mod titles;

use std::hash::RandomState;
use std::sync::atomic::Ordering;

use self::blobs::{Blobs, Look};
use self::cache::{Known, Learned};
use self::gather::{Gather, Gathered};
use self::reuse::Start;
use self::round::{MOST_MENDED, Task as _, Trouble};
pub use self::show::{Spot, show};
pub use self::tally::{Holder, Seen};
use self::tally::{Tally, TextOf};
use self::titles::Titles;
use super::Counters;
use super::look::MOST_PLACES;
use crate::coverage::{Coverage, Gap, Skip};
use crate::detect::{Detector, Input};
use crate::finding::Confidence;
use crate::source::history::commits::{self, Commits};
use crate::source::history::graph::{Bits, Graph, Reached};
use crate::source::history::pack::{Broken, Limits};
use crate::source::history::trees::Trees;
use crate::source::history::{History, Kind};
use crate::source::{HistoryPart, SourceError};

/// How to scan a history.
#[derive(Clone, Debug)]
pub struct Options {
    /// Threads; 0 means as many as there are cores.
    pub threads: usize,
    /// Search every byte of every version instead of what differs. Slower, with the same result.
    pub full_scan: bool,
    /// Leave out what no ref reaches.
    pub reachable_only: bool,
    /// Largest blob that is scanned, in bytes.
    pub max_file_size: u64,
    /// Most bytes of objects that are held so that others can be made from them, over all threads.
    pub memory: u64,
    /// What is less sure is counted, not shown.
    pub min_confidence: Confidence,
}

/// What a history holds.
pub struct HistoryScan {
    /// Who holds what.
    pub graph: Graph,
    /// What refs reach.
    pub by_refs: Reached,
    /// What refs, reflogs, the index and the like reach.
    pub by_any: Reached,
    /// Every secret with what holds it, in no order.
    pub seen: Vec<Seen>,
    /// What was and was not looked at.
    pub coverage: Coverage,
    /// What a later scan can begin with; none if nothing new was learned.
    pub learned: Option<Vec<u8>>,
    /// Whether what an earlier scan learned could not be used because it is damaged.
    pub was_damaged: bool,
}

/// Scans `history`, beginning with what an earlier scan `learned` of it; `counters` tells how far it is.
///
/// # Errors
/// No threads can be started.
pub fn scan(
    history: &mut History,
    detector: &Detector,
    options: &Options,
    learned: Option<&[u8]>,
    counters: &Counters,
) -> Result<HistoryScan, SourceError> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(options.threads).thread_name(|n| format!("scan-{n}")).build();
    let pool = pool.map_err(|error| SourceError::Path { path: "threads".to_owned(), reason: error.to_string() })?;
    counters.total.store(history.store.ids.len() as u64, Ordering::Relaxed);
    let limits = limits(options, pool.current_num_threads());
    let key = format!("{} {} {}", env!("CARGO_PKG_VERSION"), detector.rules().digest(), options.max_file_size);
    let known = learned.map(|bytes| Known::decode(bytes, &key));
    let was_damaged = matches!(known, Some(Err(cache::Unusable::Damaged)));
    let mut start = match known {
        Some(Ok(known)) => Start::new(history, known),
        _ => Start::empty(history),
    };
    counters.items.fetch_add(start.sizes.len() as u64, Ordering::Relaxed);
    history.relate(&|object| !start.looked.contains(object));
    let history = &*history;

    let gathering = Gathering { pool: &pool, history, detector, limits, counters };
    let (graph, mut all) = gathering.graph(&mut start);
    let (by_refs, by_any) = reach(history, &graph);
    let titles = Titles::new(&graph.trees, graph.trees.staged(), history.store.ids.len());
    start.note_staged(&graph.trees, history.store.ids.len());
    let (mut settled, mut again) = (Vec::new(), Bits::default());
    if !start.is_empty() {
        (settled, again) = start.settle(history, detector, &titles, graph.trees.names(), options);
        gathering.look_again(&again, &mut all);
    }

    let wanted = wanted(history, options, &by_refs, &start.looked);
    let shared = Blobs { history, detector, counters, options, titles: &titles, names: graph.trees.names(), wanted: &wanted };
    look_at_blobs(&pool, &shared, limits, &mut all);
    look_at_known_blobs(&Blobs { wanted: &again, ..shared }, limits, &mut all);
    let is_new = !all.sizes.is_empty();
    settled.into_iter().for_each(|seen| all.tally.take(seen));
    let sizes = sizes(history, start.sizes.iter().chain(&all.sizes), &all.trouble);

    let names = scan_names(&graph.trees, detector);
    let learned = if is_new && names.is_empty() { learn(history, &graph, &sizes, &all.tally, &key) } else { None };
    all.tally.absorb(names);
    let mut seen = all.tally.into_seen();
    if options.reachable_only {
        keep_reached(&mut seen, &graph, &by_refs);
    }
    let coverage = covered(&sizes, options, &by_refs);
    let mut scan = HistoryScan { graph, by_refs, by_any, seen, coverage, learned, was_damaged };
    scan.note_trouble(history, all.trouble, options);
    scan.note_missing(history);
    scan.coverage.incomplete.extend(history.store.gaps.iter().chain(&history.roots.gaps).cloned());
    scan.coverage.sort();
    Ok(scan)
}

/// Objects over the limit for files are still read where others are made from them.
fn limits(options: &Options, threads: usize) -> Limits {
    const LEAST: u64 = 16 << 20;
    let share = (options.memory / threads.max(1) as u64).max(LEAST);
    Limits { object: options.max_file_size.max(options.memory / 2), held: usize::try_from(share).unwrap_or(usize::MAX) }
}

/// The first round.
struct Gathering<'s> {
    pool: &'s rayon::ThreadPool,
    history: &'s History,
    detector: &'s Detector,
    limits: Limits,
    counters: &'s Counters,
}

impl Gathering<'_> {
    /// Reads trees, commits and tags that are not known yet, and puts all together.
    fn graph(&self, start: &mut Start) -> (Graph, Gathered) {
        let history = self.history;
        let hasher = RandomState::new();
        let new = || Gather::new(history, self.detector, self.counters, &start.looked, hasher.clone());
        let needs = |object: u32| !start.looked.contains(object);
        let mut tasks = round::run(self.pool, history, self.limits, &[Kind::Commit, Kind::Tag, Kind::Tree], &needs, new);
        let mut again = new();
        let mut broken: Vec<_> = tasks.iter_mut().flat_map(|task| std::mem::take(&mut task.trouble().broken)).collect();
        let reader = history.reader();
        // The kind of what hangs on nothing is known only if another copy tells it.
        broken.extend(history.store.broken.iter().map(|one| {
            let one = Broken { object: one.object, why: one.why.clone(), size: one.size };
            let kind = reader.kind(history, one.object).unwrap_or(Kind::Blob);
            (one, kind)
        }));
        let (blobs, broken): (Vec<_>, Vec<_>) = broken.into_iter().partition(|(_, kind)| *kind == Kind::Blob);
        let lost = round::retry(history, self.limits, broken, MOST_MENDED, &mut again);
        tasks.push(again);
        let (mut more, mut all) = (Vec::new(), Gathered::default());
        for task in tasks {
            let (part, gathered) = task.finish();
            more.push(part);
            all.absorb(gathered);
        }
        start.note_titles(&more, history.store.ids.len());
        // Names keep the numbers under which the places of known secrets have them: these trees come first.
        let parts = start.trees.take().into_iter().chain(more).collect();
        all.trouble.broken.extend(blobs);
        all.trouble.damaged.extend(lost);
        all.commits.append(&mut start.commits);
        all.tags.append(&mut start.tags);
        let ids = &history.store.ids;
        let commits = Commits::new(std::mem::take(&mut all.commits), ids);
        let mut graph = Graph { commits, trees: Trees::join(parts, ids.len()), ..Graph::default() };
        graph.trees.name_staged(history.roots.staged.iter().filter_map(|(id, path)| Some((ids.find(id)?, path.as_slice()))));
        for tag in std::mem::take(&mut all.tags) {
            match ids.find(&tag.target) {
                Some(target) => {
                    graph.tags.insert(tag.object, target);
                }
                None => graph.lost_tags.push((tag.object, tag.target)),
            }
        }
        (graph, all)
    }

    /// Looks once more at the texts of commits and tags that were looked at before.
    fn look_again(&self, again: &Bits, all: &mut Gathered) {
        let none = Bits::default();
        let mut task = Gather::new(self.history, self.detector, self.counters, &none, RandomState::new());
        let reader = self.history.reader();
        let texts = again.iter().filter_map(|object| Some((object, reader.kind(self.history, object)?)));
        let texts = texts.filter(|(_, kind)| matches!(kind, Kind::Commit | Kind::Tag));
        let wanted = texts.map(|(object, kind)| (Broken { object, why: "it cannot be read again".to_owned(), size: None }, kind)).collect();
        let lost = round::retry(self.history, self.limits, wanted, usize::MAX, &mut task);
        let (_, gathered) = task.finish();
        all.tally.absorb(gathered.tally);
        all.trouble.absorb(gathered.trouble);
        all.trouble.damaged.extend(lost);
    }
}

/// What refs reach, and what anything reaches.
fn reach(history: &History, graph: &Graph) -> (Reached, Reached) {
    let ids = &history.store.ids;
    let mut reached = Reached::new(graph, ids.len());
    graph.reach(history.roots.refs.iter().filter_map(|root| ids.find(&root.id)), &mut reached);
    let by_refs = reached.clone();
    graph.reach(history.roots.fleeting.iter().filter_map(|id| ids.find(id)), &mut reached);
    graph.reach(history.roots.staged.iter().filter_map(|(id, _)| ids.find(id)), &mut reached);
    (by_refs, reached)
}

/// Looks at the names of all files and folders themselves.
fn scan_names(trees: &Trees, detector: &Detector) -> Tally {
    let mut tally = Tally::default();
    let used = trees.used_names();
    for (name, bytes) in trees.names().iter().filter(|(name, _)| used.contains(name.0)) {
        let holder = Holder { object: name.0, part: HistoryPart::FileName, name: Some(name) };
        for found in &detector.scan_up_to(Input { bytes, path: b"" }, MOST_PLACES).list {
            tally.add(found, bytes, holder, TextOf::Whole, bytes);
        }
    }
    tally
}

/// The blobs to scan.
fn wanted(history: &History, options: &Options, by_refs: &Reached, looked: &Bits) -> Bits {
    let mut wanted = Bits::new(history.store.ids.len());
    for object in 0..history.store.ids.len() as u32 {
        if !looked.contains(object) && (!options.reachable_only || by_refs.contains(object)) {
            wanted.insert(object);
        }
    }
    wanted
}

fn look_at_blobs(pool: &rayon::ThreadPool, shared: &Blobs<'_>, limits: Limits, all: &mut Gathered) {
    let needs = |object: u32| shared.wanted.contains(object);
    let mut tasks = round::run(pool, shared.history, limits, &[Kind::Blob], &needs, || Look::new(shared));
    let mut broken: Vec<_> = tasks.iter_mut().flat_map(|task| std::mem::take(&mut task.trouble.broken)).collect();
    broken.append(&mut all.trouble.broken);
    let mut again = Look::new(shared);
    let lost = round::retry(shared.history, limits, broken, MOST_MENDED, &mut again);
    again.trouble.damaged.extend(lost);
    tasks.push(again);
    for task in tasks {
        all.tally.absorb(task.tally);
        all.sizes.extend(task.sizes);
        all.trouble.absorb(task.trouble);
    }
}

/// Looks once more at blobs that were looked at before, such as those that got another name. Their packs need not be open, and they are few.
fn look_at_known_blobs(shared: &Blobs<'_>, limits: Limits, all: &mut Gathered) {
    let mut task = Look::new(shared);
    let reader = shared.history.reader();
    let is_blob = |object: &u32| reader.kind(shared.history, *object) == Some(Kind::Blob);
    let broken = |object| (Broken { object, why: "it cannot be read again".to_owned(), size: None }, Kind::Blob);
    let wanted = shared.wanted.iter().filter(is_blob).map(broken).collect();
    let lost = round::retry(shared.history, limits, wanted, usize::MAX, &mut task);
    all.tally.absorb(task.tally);
    all.trouble.absorb(task.trouble);
    all.trouble.damaged.extend(lost);
    all.sizes.extend(task.sizes);
}

/// Size of each object that was looked at, now or before.
struct Sizes {
    all: Vec<Option<u32>>,
    /// Those of which a later scan needs to know no more.
    settled: Vec<Option<u32>>,
}

fn sizes<'s>(history: &History, looked: impl Iterator<Item = &'s (u32, u32)>, trouble: &Trouble) -> Sizes {
    let mut all = vec![None; history.store.ids.len()];
    for (object, size) in looked {
        all[*object as usize] = Some(*size);
    }
    let mut settled = all.clone();
    for object in trouble.cut.iter().chain(trouble.damaged.iter().map(|broken| &broken.object)) {
        settled[*object as usize] = None;
    }
    Sizes { all, settled }
}

fn covered(sizes: &Sizes, options: &Options, by_refs: &Reached) -> Coverage {
    let mut coverage = Coverage::default();
    for (object, size) in sizes.all.iter().enumerate() {
        if let Some(size) = size
            && (!options.reachable_only || by_refs.contains(object as u32))
        {
            coverage.items += 1;
            coverage.bytes += u64::from(*size);
        }
    }
    coverage
}

/// What a later scan can begin with. None if a name holds a secret: names are kept, and secrets are not.
fn learn(history: &History, graph: &Graph, sizes: &Sizes, tally: &Tally, key: &str) -> Option<Vec<u8>> {
    if tally.is_part_of(graph.trees.names().parts().0) {
        return None;
    }
    let seen: Vec<_> = tally.iter().map(Seen::without_secret).collect();
    Some(Learned { ids: &history.store.ids, sizes: &sizes.settled, graph, seen: &seen }.encode(key))
}

/// Leaves only what refs reach.
fn keep_reached(seen: &mut Vec<Seen>, graph: &Graph, by_refs: &Reached) {
    let mut names = Bits::new(graph.trees.names().len());
    for entry in graph.trees.reached_entries(by_refs) {
        names.insert(entry.name.0);
    }
    for one in seen.iter_mut() {
        one.holders.retain(|holder| match holder.part {
            HistoryPart::FileName => names.contains(holder.object),
            _ => by_refs.contains(holder.object),
        });
    }
    seen.retain(|one| !one.holders.is_empty());
}

/// Gaps of one kind that are named one by one; the rest is counted.
const NAMED_GAPS: usize = 200;

impl HistoryScan {
    /// Says what could not be scanned, unless only unreachable things want it and those were not asked for.
    fn note_trouble(&mut self, history: &History, trouble: Trouble, options: &Options) {
        let counts = |object: u32| !options.reachable_only || self.by_refs.contains(object);
        let mut gaps = Vec::new();
        for broken in trouble.damaged.into_iter().chain(trouble.broken.into_iter().map(|(broken, _)| broken)) {
            if counts(broken.object) {
                match broken.size {
                    Some(_) => gaps.push(Gap::new(self.what(history, broken.object), broken.why, "raise --max-file-size")),
                    None => gaps.push(Gap { what: self.what(history, broken.object), ..history.gap(broken.object, &broken.why) }),
                }
            }
        }
        for object in trouble.too_large.into_iter().filter(|object| counts(*object)) {
            gaps.push(crate::source::too_large(self.what(history, object), options.max_file_size));
        }
        for object in trouble.cut.into_iter().filter(|object| counts(*object)) {
            gaps.extend(super::look::Seen { sightings: Vec::new(), is_cut: true }.gap(|| self.what(history, object)));
        }
        for object in trouble.defects.into_iter().filter(|object| counts(*object)) {
            let remedy = "please report this as a bug, with the kind of file";
            gaps.push(Gap::new(
                format!("{} and what is derived from it", self.what(history, object)),
                "scanning it failed inside keysieve",
                remedy,
            ));
        }
        self.push_gaps(gaps, "objects");
    }

    /// An object as a gap names it: by its id, and a name if it has one.
    fn what(&self, history: &History, object: u32) -> String {
        format!("object {}", history.hex(object))
    }

    /// Says what is not there: the parents of a shallow clone's first commits, objects that were never fetched, objects that are lost.
    fn note_missing(&mut self, history: &History) {
        let (why, remedy) = if history.is_partial() {
            ("it was never fetched: this is a partial clone", "clone it without --filter, or `git fetch --refetch` with the filter unset")
        } else {
            ("it is missing", crate::source::history::store::FSCK)
        };
        let hex = |id: &[u8]| data_encoding::HEXLOWER.encode(id);
        let mut gaps = Vec::new();
        let mut unreached = 0u64;
        for (object, id) in self.graph.trees.missing().filter(|(_, id)| !history.is_built_in(id)) {
            if self.by_any.contains(object) {
                gaps.push(Gap::new(format!("object {}", hex(id)), why, remedy));
            } else {
                unreached += 1;
            }
        }
        let mut boundary = Vec::new();
        for commits::Missing { commit, id, .. } in self.graph.commits.missing.iter().filter(|missing| !history.is_built_in(&missing.id)) {
            let object = self.graph.commits.object(*commit);
            if history.roots.shallow.iter().any(|shallow| **shallow == *history.store.ids.raw(object)) {
                boundary.push(history.hex(object));
            } else if self.by_any.contains(object) {
                gaps.push(Gap::new(format!("object {}", hex(id)), why, remedy));
            } else {
                unreached += 1;
            }
        }
        for (tag, id) in &self.graph.lost_tags {
            if self.by_any.contains(*tag) {
                gaps.push(Gap::new(format!("object {}", hex(id)), why, remedy));
            } else {
                unreached += 1;
            }
        }
        for root in history.roots.refs.iter().filter(|root| history.store.ids.find(&root.id).is_none()) {
            gaps.push(Gap::new(format!("object {}, which {} names", hex(&root.id), root.name), why, remedy));
        }
        if unreached > 0 {
            let why = "only what nothing reaches names them: git may have removed them long ago";
            self.coverage.skip(Skip { what: "missing objects".to_owned(), why: why.to_owned(), count: unreached });
        }
        gaps.sort();
        gaps.dedup();
        self.push_gaps(gaps, "missing objects");
        boundary.sort();
        boundary.dedup();
        if let Some(first) = boundary.first() {
            let what = match boundary.len() {
                1 => format!("the history before commit {first}"),
                count => format!("the history before {count} commits, {first} among them"),
            };
            let why = "this is a shallow clone: what came before was not fetched";
            let remedy = "`git fetch --unshallow`; in a workflow, `fetch-depth: 0` for actions/checkout";
            self.coverage.incomplete.push(Gap::new(what, why, remedy));
        }
    }

    fn push_gaps(&mut self, mut gaps: Vec<Gap>, noun: &str) {
        gaps.sort();
        let more = gaps.len().saturating_sub(NAMED_GAPS);
        gaps.truncate(NAMED_GAPS);
        self.coverage.incomplete.extend(gaps);
        if more > 0 {
            let what = format!("{more} more {noun}");
            self.coverage.incomplete.push(Gap::new(what, "as with those named", crate::source::history::store::FSCK));
        }
    }
}
