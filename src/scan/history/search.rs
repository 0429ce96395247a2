//! Searches every byte of every object that a repository stores for given bytes, reached by something or not.
//!
//! Where [`scan`](super::scan) asks whether something looks like a credential, this asks where known bytes stand. No rule, no name of a file and
//! no limit on places takes part in the answer.

use std::collections::BTreeMap;

use foldhash::quality::RandomState;

use super::needles::{Automaton, Needle};
use super::round::{self, MOST_MENDED, Task, Trouble};
use super::{Counters, HistoryScan, Options, SourceError, limits, reach};
use crate::coverage::Coverage;
use crate::finding::Confidence;
use crate::location::CopiedSpan;
use crate::source::HistoryPart;
use crate::source::history::commits::{self, Commits, RawCommit, Tag};
use crate::source::history::graph::Graph;
use crate::source::history::ids::Ids;
use crate::source::history::pack::{Broken, Visitor};
use crate::source::history::trees::{Builder, Trees};
use crate::source::history::{History, Kind};

/// One needle in one part of one object.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Hit {
    /// Number of the object.
    pub object: u32,
    /// What of it. For a name in a tree, the tree is the object. A blob is [`HistoryPart::Blob`] whatever it is used for.
    pub part: HistoryPart,
    /// Position of the needle in the list.
    pub needle: usize,
    /// How often. Where needles overlap, the one that begins first counts, and of those the longest.
    pub count: u64,
    /// How often a letter or digit stands right beside it.
    pub inside_words: u64,
    /// Whether a NUL stands in the first 8,000 bytes of the object or a little more, which tools take for a sign that it is no text.
    pub is_binary: bool,
}

/// How to search.
#[derive(Clone, Copy, Debug)]
pub struct Searching {
    /// Threads; 0 means as many as there are cores.
    pub threads: usize,
    /// Largest blob that is read, in bytes.
    pub max_file_size: u64,
    /// Most bytes of objects that are held so that others can be made from them, over all threads.
    pub memory: u64,
}

/// What a search saw.
pub struct Search {
    /// The graph, what reaches what, and what could not be read. Nothing in `seen`.
    pub scan: HistoryScan,
    /// Everything found, sorted by object, part and needle.
    pub hits: Vec<Hit>,
}

/// git-filter-repo looks at so many bytes for a NUL, a little more than git does.
const BINARY_PROBE: usize = 8192;

/// Searches all objects of `history` for `needles`; `counters` tells how far it is.
///
/// # Errors
/// No threads can be started, or the needles are too many.
pub fn search(history: &mut History, needles: &[Needle], how: &Searching, counters: &Counters) -> Result<Search, SourceError> {
    let trouble = |what: &str, why: String| SourceError::Path { path: what.to_owned(), reason: why };
    let pool = rayon::ThreadPoolBuilder::new().num_threads(how.threads).thread_name(|n| format!("search-{n}")).build();
    let pool = pool.map_err(|error| trouble("threads", error.to_string()))?;
    let automaton = Automaton::new(needles);
    let automaton = automaton.map_err(|_| trouble("what is searched for", "it is too much".to_owned()))?;
    counters.total.store(history.store.ids.len() as u64, std::sync::atomic::Ordering::Relaxed);
    history.relate(&|_| true);
    let history = &*history;
    let Searching { threads, max_file_size, memory } = *how;
    let min_confidence = Confidence::Low;
    let options = Options { threads, full_scan: true, reachable_only: false, max_file_size, memory, min_confidence };
    let limits = limits(&options, pool.current_num_threads());
    let (shared, hasher) = (Shared { history, automaton, counters, limit: max_file_size }, RandomState::default());
    let new = || Look::new(&shared, hasher.clone());
    let kinds = [Kind::Commit, Kind::Tag, Kind::Tree, Kind::Blob];
    let mut tasks = round::run(&pool, history, limits, &kinds, &|_| true, new);
    let mut broken: Vec<_> = tasks.iter_mut().flat_map(|task| std::mem::take(&mut task.found.trouble.broken)).collect();
    let (reader, mut again) = (history.reader(), new());
    broken.extend(history.store.broken.iter().map(|one| {
        let one = Broken { object: one.object, why: one.why.clone(), size: one.size };
        let kind = reader.kind(history, one.object).unwrap_or(Kind::Blob);
        (one, kind)
    }));
    let lost = round::retry(history, limits, broken, MOST_MENDED, &mut again);
    tasks.push(again);
    let (mut trees, mut all) = (Vec::new(), Found::default());
    for task in tasks {
        trees.push(task.trees.finish());
        all.absorb(task.found);
    }
    all.trouble.damaged.extend(lost);
    let graph = graph_of(&history.store.ids, std::mem::take(&mut all.commits), std::mem::take(&mut all.tags), trees);
    let (by_refs, by_any) = reach(history, &graph);
    let coverage = std::mem::take(&mut all.coverage);
    let mut scan = HistoryScan { graph, by_refs, by_any, seen: Vec::new(), coverage, learned: None, was_damaged: false };
    scan.note_trouble(history, all.trouble, &options);
    scan.note_missing(history);
    scan.coverage.incomplete.extend(history.store.gaps.iter().chain(&history.roots.gaps).cloned());
    scan.coverage.sort();
    all.hits.sort();
    all.hits.dedup();
    Ok(Search { scan, hits: all.hits })
}

/// Puts together what several threads gathered.
fn graph_of(ids: &Ids, commits: Vec<RawCommit>, tags: Vec<Tag>, trees: Vec<Trees>) -> Graph {
    let mut graph = Graph { commits: Commits::new(commits, ids), trees: Trees::join(trees, ids.len()), ..Graph::default() };
    for tag in tags {
        match ids.find(&tag.target) {
            Some(target) => {
                graph.tags.insert(tag.object, target);
            }
            None => graph.lost_tags.push((tag.object, tag.target)),
        }
    }
    graph
}

/// What all threads share.
struct Shared<'s> {
    history: &'s History,
    automaton: Automaton<'s>,
    counters: &'s Counters,
    limit: u64,
}

/// One thread.
struct Look<'s> {
    shared: &'s Shared<'s>,
    kind: Kind,
    pack: Option<usize>,
    trees: Builder<'s>,
    found: Found,
}

/// What one thread found.
#[derive(Default)]
struct Found {
    commits: Vec<RawCommit>,
    tags: Vec<Tag>,
    hits: Vec<Hit>,
    coverage: Coverage,
    trouble: Trouble,
}

impl Found {
    fn absorb(&mut self, other: Self) {
        self.commits.extend(other.commits);
        self.tags.extend(other.tags);
        self.hits.extend(other.hits);
        self.coverage.absorb(other.coverage);
        self.trouble.absorb(other.trouble);
    }
}

impl<'s> Look<'s> {
    fn new(shared: &'s Shared<'s>, hasher: RandomState) -> Self {
        let trees = Builder::new(&shared.history.store.ids, hasher);
        Self { shared, kind: Kind::Blob, pack: None, trees, found: Found::default() }
    }

    fn object(&mut self, object: u32, bytes: &[u8]) {
        let store = &self.shared.history.store;
        if self.pack.is_some_and(|pack| !store.owns(pack, object)) {
            return;
        }
        if self.kind == Kind::Blob && bytes.len() as u64 > self.shared.limit {
            return self.found.trouble.too_large.push(object);
        }
        self.found.coverage.items += 1;
        self.found.coverage.bytes += bytes.len() as u64;
        self.shared.counters.count(bytes.len() as u64);
        let width = store.ids.width();
        let is_sound = match self.kind {
            Kind::Blob => true,
            Kind::Tree => self.trees.add(object, bytes),
            Kind::Commit => commits::parse_commit(object, bytes, width).map(|commit| self.found.commits.push(commit)).is_some(),
            Kind::Tag => commits::parse_tag(object, bytes, width).map(|tag| self.found.tags.push(tag)).is_some(),
        };
        if !is_sound {
            self.found.trouble.damaged.push(Broken { object, why: format!("it is no {}", self.kind), size: None });
        }
        self.look(object, bytes);
    }

    fn look(&mut self, object: u32, bytes: &[u8]) {
        let found = self.shared.automaton.occurrences(bytes);
        if found.is_empty() {
            return;
        }
        let is_binary = memchr::memchr(0, &bytes[..bytes.len().min(BINARY_PROBE)]).is_some();
        let header = memchr::memmem::find(bytes, b"\n\n").unwrap_or(bytes.len());
        let is_word = |at: Option<usize>| at.and_then(|at| bytes.get(at)).is_some_and(u8::is_ascii_alphanumeric);
        let mut counts: BTreeMap<(HistoryPart, usize), (u64, u64)> = BTreeMap::new();
        for (needle, span) in found {
            let part = match self.kind {
                Kind::Blob => HistoryPart::Blob,
                Kind::Tree => HistoryPart::FileName,
                Kind::Commit | Kind::Tag if span.start < header => HistoryPart::Person,
                Kind::Commit => HistoryPart::CommitMessage,
                Kind::Tag => HistoryPart::TagMessage,
            };
            let (count, inside) = counts.entry((part, needle)).or_default();
            *count += 1;
            *inside += u64::from(is_word(span.start.checked_sub(1)) || is_word(Some(span.end)));
        }
        self.shared.counters.found.fetch_add(counts.len() as u64, std::sync::atomic::Ordering::Relaxed);
        let hits = counts.into_iter().map(|((part, needle), (count, inside_words))| Hit {
            object,
            part,
            needle,
            count,
            inside_words,
            is_binary: is_binary && part == HistoryPart::Blob,
        });
        self.found.hits.extend(hits);
    }
}

impl Task for Look<'_> {
    fn begin(&mut self, kind: Kind, pack: Option<usize>) {
        (self.kind, self.pack) = (kind, pack);
    }

    fn trouble(&mut self) -> &mut Trouble {
        &mut self.found.trouble
    }
}

impl Visitor for Look<'_> {
    type Kept = ();

    fn whole(&mut self, object: u32, bytes: &[u8]) {
        self.object(object, bytes);
    }

    fn derived(&mut self, object: u32, bytes: &[u8], _copies: &[CopiedSpan], _base: &()) {
        self.object(object, bytes);
    }

    fn broken(&mut self, broken: Broken) {
        if self.pack.is_none_or(|pack| self.shared.history.store.owns(pack, broken.object)) {
            self.found.trouble.broken.push((broken, self.kind));
        }
    }
}
