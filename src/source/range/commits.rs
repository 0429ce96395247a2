//! Which commits a range holds: those that its tips reach and its excluded commits do not.
//!
//! Both sides are walked at once, newest first, until the excluded side has passed the oldest commit of the other. Where the dates of
//! commits are wrong, a commit too many may come out, never one too few. Reads commits; knows nothing of what they change.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap, HashSet};
use std::ops::Range;
use std::time::Instant;

use gix::ObjectId;
use gix::objs::Kind;

use super::text::CommitText;
use crate::source::repository::{LARGEST_COMMIT, ObjectError, Objects};

/// The excluded side goes on until it is this many seconds older than the oldest commit of the range, and this many commits more.
const SLACK_SECONDS: i64 = 86_400;
const SLACK_COMMITS: usize = 256;

/// Where a walk begins, and what it leaves out with everything below.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Ends {
    pub(super) tips: Vec<ObjectId>,
    pub(super) excluded: Vec<ObjectId>,
}

/// What a walk found.
#[derive(Debug, Default)]
pub(super) struct Commits {
    /// With their committer's time in seconds since 1970-01-01 UTC. A commit comes after its parents, unless dates are wrong.
    pub(super) all: Vec<(ObjectId, i64)>,
    /// Commits of the range that cannot be read, and why.
    pub(super) unread: Vec<(ObjectId, ObjectError)>,
}

/// Everything between `ends`, or some of it when the walk is not at its end at `until`. Commits in `shallow` have no parents here. Takes
/// some hundred bytes of memory for each commit it passes.
pub(super) fn between(ends: &Ends, objects: &Objects, shallow: &HashSet<ObjectId>, until: Option<Instant>) -> Commits {
    let mut walk = Walk { until, ..Walk::new(objects, shallow) };
    let order = walk.run(ends);
    let mut found = Commits::default();
    for node in order.into_iter().rev().map(|at| &walk.nodes[at]).filter(|node| !node.excluded) {
        match walk.unread.remove(&node.id) {
            Some(error) => found.unread.push((node.id, error)),
            None => found.all.push((node.id, node.seconds)),
        }
    }
    found
}

/// Those of `tips` that do not reach `commit`. Walks everything below them.
pub(super) fn without(commit: ObjectId, tips: Vec<ObjectId>, objects: &Objects, shallow: &HashSet<ObjectId>) -> Vec<ObjectId> {
    let mut walk = Walk::new(objects, shallow);
    let order = walk.run(&Ends { tips: tips.clone(), excluded: Vec::new() });
    let mut reaches: Vec<bool> = walk.nodes.iter().map(|node| node.id == commit).collect();
    // Parents first; where wrong dates put a child before its parent, it takes another round.
    loop {
        let mut changed = false;
        for &at in order.iter().rev().filter(|at| walk.nodes[**at].id != commit) {
            let now = walk.parents[walk.nodes[at].parents.clone()].iter().any(|parent| reaches[*parent]);
            changed |= now != reaches[at];
            reaches[at] = now;
        }
        if !changed {
            break;
        }
    }
    tips.into_iter().filter(|tip| !walk.by_id.get(tip).is_some_and(|at| reaches[*at])).collect()
}

struct Walk<'a> {
    objects: &'a Objects,
    shallow: &'a HashSet<ObjectId>,
    until: Option<Instant>,
    nodes: Vec<Node>,
    by_id: HashMap<ObjectId, usize>,
    /// The parents of all nodes, one after the other.
    parents: Vec<usize>,
    unread: HashMap<ObjectId, ObjectError>,
    /// Newest first; among those of one time the one that was met first.
    queue: BinaryHeap<(i64, Reverse<usize>)>,
    /// How many in the queue are not excluded.
    wanted: usize,
    buffer: Vec<u8>,
}

struct Node {
    id: ObjectId,
    seconds: i64,
    /// In [`Walk::parents`]; empty until it is loaded.
    parents: Range<usize>,
    excluded: bool,
    loaded: bool,
    queued: bool,
}

impl<'a> Walk<'a> {
    fn new(objects: &'a Objects, shallow: &'a HashSet<ObjectId>) -> Self {
        Self {
            objects,
            shallow,
            until: None,
            nodes: Vec::new(),
            by_id: HashMap::new(),
            parents: Vec::new(),
            unread: HashMap::new(),
            queue: BinaryHeap::new(),
            wanted: 0,
            buffer: Vec::new(),
        }
    }

    /// Walks and returns the nodes that were not excluded when they were passed, newest first. They may have become so later.
    fn run(&mut self, ends: &Ends) -> Vec<usize> {
        for id in &ends.excluded {
            let at = self.node(*id);
            self.exclude(at);
            self.enqueue(at, i64::MAX);
        }
        for id in &ends.tips {
            let at = self.node(*id);
            self.enqueue(at, i64::MAX);
        }
        let mut passed = Vec::new();
        let (mut oldest, mut slack) = (i64::MAX, SLACK_COMMITS);
        while let Some((seconds, Reverse(at))) = self.queue.pop() {
            if passed.len() % 256 == 0 && self.until.is_some_and(|until| Instant::now() >= until) {
                break;
            }
            self.nodes[at].queued = false;
            let excluded = self.nodes[at].excluded;
            if !excluded {
                self.wanted -= 1;
                oldest = oldest.min(seconds);
                passed.push(at);
            } else if self.wanted == 0 && seconds < oldest.saturating_sub(SLACK_SECONDS) {
                match slack.checked_sub(1) {
                    Some(left) => slack = left,
                    None => break,
                }
            }
            for parent in self.nodes[at].parents.clone() {
                let parent = self.parents[parent];
                if excluded {
                    self.exclude(parent);
                }
                self.enqueue(parent, seconds);
            }
        }
        passed
    }

    fn node(&mut self, id: ObjectId) -> usize {
        *self.by_id.entry(id).or_insert_with(|| {
            self.nodes.push(Node { id, seconds: 0, parents: 0..0, excluded: false, loaded: false, queued: false });
            self.nodes.len() - 1
        })
    }

    /// Excludes a commit and what is known to be below it.
    fn exclude(&mut self, at: usize) {
        let mut pending = vec![at];
        while let Some(at) = pending.pop() {
            let node = &mut self.nodes[at];
            if node.excluded {
                continue;
            }
            node.excluded = true;
            self.wanted -= usize::from(node.queued);
            pending.extend(&self.parents[node.parents.clone()]);
        }
    }

    /// Reads a commit when it is met for the first time. One that cannot be read is as old as the child that led to it.
    fn enqueue(&mut self, at: usize, child_seconds: i64) {
        if self.nodes[at].loaded {
            return;
        }
        let id = self.nodes[at].id;
        let (seconds, parents) = self.load(id).unwrap_or_else(|error| {
            self.unread.insert(id, error);
            (child_seconds, Vec::new())
        });
        let start = self.parents.len();
        for parent in parents {
            let parent = self.node(parent);
            self.parents.push(parent);
        }
        let end = self.parents.len();
        let node = &mut self.nodes[at];
        (node.seconds, node.parents, node.loaded, node.queued) = (seconds, start..end, true, true);
        self.wanted += usize::from(!node.excluded);
        self.queue.push((seconds, Reverse(at)));
    }

    fn load(&mut self, id: ObjectId) -> Result<(i64, Vec<ObjectId>), ObjectError> {
        let bytes = self.objects.read(&id, Kind::Commit, LARGEST_COMMIT, &mut self.buffer)?;
        let text = CommitText::parse(bytes, id.kind()).ok_or_else(|| ObjectError::Damaged("it does not read as a commit".to_owned()))?;
        Ok((text.seconds, if self.shallow.contains(&id) { Vec::new() } else { text.parents }))
    }
}
