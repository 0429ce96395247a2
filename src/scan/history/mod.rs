//! Scans everything that a repository stores, in the order in which packs store it.
//!
//! Two rounds over all objects: [`gather`] reads trees, commits and tags, then [`blobs`] reads the content of files, knowing their names. What
//! holds a secret is only counted ([`tally`]); the few places that a report shows are looked at once more ([`show`]). [`files`] looks at files
//! that are findings by their names.

mod blobs;
pub mod cache;
mod files;
mod gaps;
mod gather;
mod gathering;
mod needles;
mod reuse;
mod round;
mod search;
mod show;
mod tally;
mod titles;
mod withheld;

use std::sync::atomic::Ordering;

use self::blobs::{Blobs, Look};
use self::cache::{Known, Learned};
pub use self::files::{Files, files};
use self::gather::Gathered;
use self::gathering::Gathering;
pub use self::needles::Needle;
use self::reuse::Start;
use self::round::{MOST_MENDED, Trouble};
pub use self::search::{Hit, Search, Searching, search};
pub use self::show::{Spot, show, unseen};
pub use self::tally::{Holder, Seen};
use self::tally::{Tally, TextOf};
use self::titles::Titles;
pub use self::withheld::withheld;
use super::Counters;
use super::look::MOST_PLACES;
use crate::coverage::Coverage;
use crate::detect::{Detector, Input};
use crate::finding::Confidence;
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
    counters.total.fetch_add(history.store.ids.len() as u64, Ordering::Relaxed);
    let limits = limits(options, pool.current_num_threads());
    let key = format!("{} {} {}", env!("CARGO_PKG_VERSION"), detector.rules().detection_digest(), options.max_file_size);
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
    for object in trouble.cut.iter().chain(&trouble.limited).chain(trouble.damaged.iter().map(|broken| &broken.object)) {
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
