//! Small histories made at random, and plain walks through them.

use std::collections::BTreeSet;
use std::hash::RandomState;

use proptest::prelude::*;

use crate::scan::history::{Holder, Seen};
use crate::source::HistoryPart;
use crate::source::history::commits::{Commits, RawCommit};
use crate::source::history::graph::Graph;
use crate::source::history::ids::Ids;
use crate::source::history::names::Name;
use crate::source::history::trees::{Builder, Trees};

const WIDTH: usize = 20;
const BLOBS: u8 = 6;
pub const TREES: u8 = 14;
pub const OBJECTS: u8 = 22;
const NAMES: [&str; 4] = ["a", "b", "c", "d"];

/// Numbers of objects are first those of blobs, then those of trees, then those of commits; each names only what is before it.
#[derive(Clone, Debug)]
pub struct Made {
    /// Of each tree the entries: position of the name, number of the object.
    trees: Vec<Vec<(usize, u8)>>,
    /// Of each commit its tree and parents.
    commits: Vec<(u8, Vec<u8>)>,
    /// What holds the first secret, the second and so on.
    secrets: Vec<Vec<Held>>,
}

/// Who holds a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Held {
    /// A blob under a name.
    Blob(u8, usize),
    /// A name of anything.
    Name(usize),
    /// The text of a commit.
    Text(u8),
}

pub fn made() -> impl Strategy<Value = Made> {
    let tree = |number: u8| prop::collection::vec((0..NAMES.len(), 0..number), 0..7);
    let trees: Vec<_> = (BLOBS..TREES).map(tree).collect();
    let commit = |number: u8| (BLOBS..TREES, prop::collection::btree_set(TREES - 1..number, 0..3));
    let commits: Vec<_> = (TREES..OBJECTS).map(commit).collect();
    let held = prop_oneof![
        5 => (0..BLOBS, 0..NAMES.len()).prop_map(|(blob, name)| Held::Blob(blob, name)),
        1 => (0..NAMES.len()).prop_map(Held::Name),
        1 => (TREES..OBJECTS).prop_map(Held::Text),
    ];
    let secrets = prop::collection::vec(prop::collection::vec(held, 1..4), 1..5);
    (trees, commits, secrets).prop_map(|(trees, commits, secrets)| {
        // The number before those of commits stands for no parent.
        let parents = |parents: BTreeSet<u8>| parents.into_iter().filter(|parent| *parent >= TREES).collect();
        let commits = commits.into_iter().map(|(tree, all)| (tree, parents(all))).collect();
        Made { trees, commits, secrets }
    })
}

fn id(number: u8) -> [u8; WIDTH] {
    [number; WIDTH]
}

impl Made {
    pub fn graph(&self) -> Graph {
        let ids = Ids::new((0..OBJECTS).flat_map(id).collect(), WIDTH);
        let mut trees = Builder::new(&ids, RandomState::new());
        // All names are known, whether or not something has them.
        let names = NAMES.iter().flat_map(|name| [b"100644 ", name.as_bytes(), b"\0", &id(u8::MAX)].concat()).collect::<Vec<_>>();
        trees.add(0, &names);
        for (number, entries) in (BLOBS..).zip(&self.trees) {
            let mode = |object: u8| if object < BLOBS { "100644" } else { "40000" };
            let entry =
                |(name, object): &(usize, u8)| [mode(*object).as_bytes(), b" ", NAMES[*name].as_bytes(), b"\0", &id(*object)].concat();
            trees.add(u32::from(number), &entries.iter().flat_map(entry).collect::<Vec<_>>());
        }
        let commit = |(object, (tree, parents)): (u8, &(u8, Vec<u8>))| RawCommit {
            object: u32::from(object),
            tree: Box::from(id(*tree)),
            parents: parents.iter().map(|parent| Box::from(id(*parent))).collect(),
            seconds: 0,
        };
        let commits = Commits::new((TREES..).zip(&self.commits).map(commit).collect(), &ids);
        Graph { commits, trees: Trees::join(vec![trees.finish()], ids.len()), ..Graph::default() }
    }

    /// The secrets as a scan tells them.
    pub fn seen(&self) -> Vec<Seen> {
        self.secrets.iter().map(|held| Seen::held_by(held.iter().map(holder).collect())).collect()
    }

    pub fn secrets(&self) -> usize {
        self.secrets.len()
    }

    /// All paths of a secret below a tree.
    pub fn paths(&self, tree: u8, secret: usize) -> BTreeSet<Vec<Name>> {
        let mut paths = BTreeSet::new();
        for (name, object) in &self.trees[usize::from(tree - BLOBS)] {
            let is_held = |held: &Held| *held == Held::Name(*name) || *held == Held::Blob(*object, *name);
            if self.secrets[secret].iter().any(is_held) {
                paths.insert(vec![Name(*name as u32)]);
            }
            if *object >= BLOBS {
                paths.extend(self.paths(*object, secret).into_iter().map(|rest| [vec![Name(*name as u32)], rest].concat()));
            }
        }
        paths
    }

    pub fn tree_of(&self, commit: u8) -> u8 {
        self.commits[usize::from(commit - TREES)].0
    }

    pub fn parents_of(&self, commit: u8) -> &[u8] {
        &self.commits[usize::from(commit - TREES)].1
    }

    /// Whether a commit's tree or text holds a secret.
    pub fn holds(&self, commit: u8, secret: usize) -> bool {
        !self.paths(self.tree_of(commit), secret).is_empty() || self.secrets[secret].contains(&Held::Text(commit))
    }

    /// Whether a commit or one before it holds a secret.
    pub fn holds_in_history(&self, commit: u8, secret: usize) -> bool {
        self.holds(commit, secret) || self.parents_of(commit).iter().any(|parent| self.holds_in_history(*parent, secret))
    }

    /// The trees among all objects.
    pub fn trees() -> std::ops::Range<u8> {
        BLOBS..TREES
    }
}

fn holder(held: &Held) -> Holder {
    match held {
        Held::Blob(blob, name) => Holder { object: u32::from(*blob), part: HistoryPart::Blob, name: Some(Name(*name as u32)) },
        Held::Name(name) => Holder { object: *name as u32, part: HistoryPart::FileName, name: Some(Name(*name as u32)) },
        Held::Text(commit) => Holder { object: u32::from(*commit), part: HistoryPart::CommitMessage, name: None },
    }
}
