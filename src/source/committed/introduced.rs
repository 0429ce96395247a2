//! Whose commits brought what stands in a file.
//!
//! Goes from a commit to those of its parents that have a thing, as long as one has it. Where none has, the commit brought it. A version that
//! cannot be understood may have it or not: both the commit that brought that version and the one that replaced it are named then.

use std::collections::{BinaryHeap, HashMap, HashSet};
use std::rc::Rc;

use gix::ObjectId;
use gix::objs::Kind;

use super::author::{Author, Step};
use super::{SHORT, blobs_at};
use crate::source::repository::{ObjectError, Objects};

/// Most commits that are looked at.
const MOST_COMMITS: usize = 100_000;
/// Most looks at one thing in one commit: fewer commits where there are many things. Each takes a byte.
const MOST_LOOKS: usize = 50_000_000;
/// Most bytes of versions of the file that are understood.
const MOST_BYTES: usize = 64 << 20;
/// Largest version of the file, in bytes.
const LARGEST: u64 = 1 << 20;

/// Where a thing comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Introduced {
    /// HEAD does not have it.
    Uncommitted,
    /// The commits that brought it: one, or several where branches met.
    By(Vec<Author>),
    /// That cannot be told, in words that follow "because".
    Unknown(String),
}

/// What one version of the file says.
enum Version {
    Holds(Vec<bool>),
    Unclear,
}

struct Node {
    seconds: i64,
    parents: Vec<ObjectId>,
    version: Rc<Version>,
    author: Author,
    /// Things that a child has and that were not looked at here.
    pending: Vec<usize>,
    /// Things that were passed on to here.
    met: Vec<bool>,
}

pub(super) struct Walk<'a> {
    objects: &'a Objects,
    shallow: &'a HashSet<ObjectId>,
    places: &'a [Vec<u8>],
    holds: &'a dyn Fn(&[u8]) -> Option<Vec<bool>>,
    versions: HashMap<Vec<Option<ObjectId>>, Rc<Version>>,
    bytes: usize,
    nodes: HashMap<ObjectId, Node>,
    queue: BinaryHeap<(i64, ObjectId)>,
    found: Vec<Introduced>,
}

impl<'a> Walk<'a> {
    pub(super) fn new(
        objects: &'a Objects,
        shallow: &'a HashSet<ObjectId>,
        places: &'a [Vec<u8>],
        holds: &'a dyn Fn(&[u8]) -> Option<Vec<bool>>,
    ) -> Self {
        let (versions, nodes, queue) = (HashMap::new(), HashMap::new(), BinaryHeap::new());
        Self { objects, shallow, places, holds, versions, bytes: 0, nodes, queue, found: Vec::new() }
    }

    /// Where each of `count` things comes from that stand at `head`.
    pub(super) fn run(mut self, head: ObjectId, count: usize) -> Vec<Introduced> {
        self.found = vec![Introduced::Uncommitted; count];
        if let Err(why) = self.load(head) {
            return vec![Introduced::Unknown(why); count];
        }
        let all: Vec<usize> = (0..count).collect();
        let committed = match &*self.nodes[&head].version {
            Version::Unclear => return vec![Introduced::Unknown("the file at HEAD cannot be understood".to_owned()); count],
            Version::Holds(held) => all.into_iter().filter(|at| held.get(*at) == Some(&true)).collect::<Vec<_>>(),
        };
        committed.iter().for_each(|at| self.found[*at] = Introduced::By(Vec::new()));
        self.pass_on(head, &committed);
        let (mut steps, most) = (0, MOST_COMMITS.min(MOST_LOOKS / count.max(1)));
        while let Some((_, commit)) = self.queue.pop() {
            let pending = self.nodes.get_mut(&commit).map(|node| std::mem::take(&mut node.pending)).unwrap_or_default();
            steps += 1;
            if steps > most {
                self.give_up(&pending, &format!("it lies more than {most} commits back"));
            } else if let Err(why) = self.step(commit, &pending) {
                self.give_up(&pending, &why);
            }
        }
        self.found
    }

    /// Looks whether the commit brought what is `pending` of it, or one of its parents has it.
    fn step(&mut self, commit: ObjectId, pending: &[usize]) -> Result<(), String> {
        if pending.is_empty() {
            return Ok(());
        }
        let parents = self.nodes[&commit].parents.clone();
        if self.shallow.contains(&commit) {
            let (commit, name) = (commit.to_hex_with_len(SHORT), self.shown());
            return Err(format!(
                "this clone is shallow and ends at commit {commit}, which has it in {name} already; `git fetch --unshallow` gets the rest, in \
                 GitHub Actions `fetch-depth: 0` for actions/checkout does"
            ));
        }
        for parent in &parents {
            self.load(*parent)?;
        }
        let version = |commit: &ObjectId| &self.nodes[commit].version;
        if let [parent] = parents.as_slice()
            && Rc::ptr_eq(version(parent), version(&commit))
        {
            self.pass_on(*parent, pending);
            return Ok(());
        }
        let mut further: Vec<Vec<usize>> = vec![Vec::new(); parents.len()];
        for &thing in pending {
            let state = |parent: &ObjectId| match &*self.nodes[parent].version {
                Version::Holds(held) => held.get(thing).copied(),
                Version::Unclear => None,
            };
            let states: Vec<Option<bool>> = parents.iter().map(state).collect();
            let is_brought = !states.contains(&Some(true));
            let next = if is_brought { None } else { Some(true) };
            states.iter().zip(&mut further).filter(|(state, _)| **state == next).for_each(|(_, further)| further.push(thing));
            if is_brought && let Introduced::By(authors) = &mut self.found[thing] {
                authors.push(self.nodes[&commit].author.clone());
            }
        }
        parents.iter().zip(&further).for_each(|(parent, things)| self.pass_on(*parent, things));
        Ok(())
    }

    /// Looks at `things` in `commit` later, those that were not looked at there.
    fn pass_on(&mut self, commit: ObjectId, things: &[usize]) {
        let count = self.found.len();
        let Some(node) = self.nodes.get_mut(&commit) else { return };
        node.met.resize(count, false);
        let is_queued = !node.pending.is_empty();
        for &thing in things {
            if !std::mem::replace(&mut node.met[thing], true) {
                node.pending.push(thing);
            }
        }
        if !is_queued && !node.pending.is_empty() {
            self.queue.push((node.seconds, commit));
        }
    }

    fn give_up(&mut self, things: &[usize], why: &str) {
        things.iter().for_each(|thing| self.found[*thing] = Introduced::Unknown(why.to_owned()));
    }

    /// Reads a commit and its version of the file, unless it is known.
    fn load(&mut self, commit: ObjectId) -> Result<(), String> {
        if self.nodes.contains_key(&commit) {
            return Ok(());
        }
        let Step { author, seconds, parents, tree } = Step::read(self.objects, commit)?;
        let version = self.version(tree).map_err(|error| format!("{} in commit {} {error}", self.shown(), author.commit))?;
        self.nodes.insert(commit, Node { seconds, parents, version, author, pending: Vec::new(), met: Vec::new() });
        Ok(())
    }

    fn version(&mut self, tree: ObjectId) -> Result<Rc<Version>, ObjectError> {
        let blobs = blobs_at(self.objects, tree, self.places)?;
        if let Some(known) = self.versions.get(&blobs) {
            return Ok(Rc::clone(known));
        }
        let mut held: Vec<bool> = vec![false; self.found.len()];
        let mut is_clear = true;
        let mut buffer = Vec::new();
        for blob in blobs.iter().flatten() {
            let text = match self.objects.read(blob, Kind::Blob, LARGEST, &mut buffer) {
                Err(ObjectError::TooLarge(_)) => None,
                other => Some(other?),
            };
            self.bytes += text.map_or(0, <[u8]>::len);
            match text.filter(|_| self.bytes <= MOST_BYTES).and_then(self.holds) {
                Some(own) => held.iter_mut().zip(own).for_each(|(held, own)| *held |= own),
                None => is_clear = false,
            }
        }
        let version = Rc::new(if is_clear { Version::Holds(held) } else { Version::Unclear });
        self.versions.insert(blobs, Rc::clone(&version));
        Ok(version)
    }

    /// The file, as messages name it.
    fn shown(&self) -> String {
        self.places.first().map(|path| crate::source::names::shown(path)).unwrap_or_default()
    }
}
