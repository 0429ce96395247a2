//! Runs the first round on all threads and puts together what they gathered.

use foldhash::quality::RandomState;

use super::gather::{Gather, Gathered};
use super::reuse::Start;
use super::round::{self, MOST_MENDED, Task as _};
use crate::detect::Detector;
use crate::scan::Counters;
use crate::source::history::commits::Commits;
use crate::source::history::graph::{Bits, Graph};
use crate::source::history::pack::{Broken, Limits};
use crate::source::history::trees::Trees;
use crate::source::history::{History, Kind};

/// The first round.
pub struct Gathering<'s> {
    pub pool: &'s rayon::ThreadPool,
    pub history: &'s History,
    pub detector: &'s Detector,
    pub limits: Limits,
    pub counters: &'s Counters,
}

impl Gathering<'_> {
    /// Reads trees, commits and tags that are not known yet, and puts all together.
    pub fn graph(&self, start: &mut Start) -> (Graph, Gathered) {
        let history = self.history;
        let hasher = RandomState::default();
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
    pub fn look_again(&self, again: &Bits, all: &mut Gathered) {
        let none = Bits::default();
        let mut task = Gather::new(self.history, self.detector, self.counters, &none, RandomState::default());
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
