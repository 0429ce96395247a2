//! All paths under which a secret stands in the trees of commits.
//!
//! Versions of a folder mostly hold a secret under the same paths, so each set of paths is kept once and joined by number.

use std::collections::{BTreeSet, HashMap};

use super::holding::Holding;
use crate::source::history::graph::{Bits, Graph};
use crate::source::history::names::Name;
use crate::source::history::trees::{EntryKind, TreeIndex};

/// Most paths that are told of one secret: a repository can be built that has more paths than atoms.
pub const MOST: usize = 1_000;
/// Deepest path that is told, in folders.
const DEEPEST: usize = 512;
/// No number.
const NONE: u32 = u32::MAX;
/// Number of the set without a path.
const EMPTY: u32 = 0;

/// Chunks of the trees that commits have.
pub fn root_chunks(graph: &Graph) -> Bits {
    let mut chunks = Bits::new(graph.trees.chunk_count());
    let mut seen = Bits::new(graph.trees.len());
    for commit in graph.commits.in_order() {
        let Some(tree) = graph.commits.tree(commit).and_then(|tree| graph.trees.of_object(tree)) else { continue };
        if seen.insert(tree.0) {
            graph.trees.chunks(tree).iter().for_each(|chunk| {
                chunks.insert(*chunk);
            });
        }
    }
    chunks
}

/// Paths of one secret.
pub struct Paths<'g> {
    graph: &'g Graph,
    holding: &'g Holding,
    bit: usize,
    /// A path is its first name and, behind it, another path.
    nodes: Vec<(Name, u32)>,
    node_numbers: HashMap<(Name, u32), u32>,
    sets: Vec<BTreeSet<u32>>,
    set_numbers: HashMap<BTreeSet<u32>, u32>,
    unions: HashMap<Vec<u32>, u32>,
    below: HashMap<(Name, u32), u32>,
    of_chunk: HashMap<u32, u32>,
    /// By tree.
    of_tree: Vec<u32>,
}

impl<'g> Paths<'g> {
    /// For the secret with a bit.
    pub fn new(graph: &'g Graph, holding: &'g Holding, bit: usize) -> Self {
        Self {
            graph,
            holding,
            bit,
            nodes: Vec::new(),
            node_numbers: HashMap::new(),
            sets: vec![BTreeSet::new()],
            set_numbers: HashMap::from([(BTreeSet::new(), EMPTY)]),
            unions: HashMap::new(),
            below: HashMap::new(),
            of_chunk: HashMap::new(),
            of_tree: vec![NONE; graph.trees.len()],
        }
    }

    /// The paths in the trees that consist of `roots`, sorted.
    pub fn of(&mut self, roots: &Bits) -> Vec<Vec<Name>> {
        let (holding, bit) = (self.holding, self.bit);
        let mut sets = BTreeSet::new();
        for chunk in holding.chunks_of(bit).filter(|chunk| roots.contains(*chunk)) {
            sets.insert(self.chunk(chunk, 0));
        }
        let nodes: BTreeSet<u32> = sets.into_iter().flat_map(|set| self.sets[set as usize].iter().copied()).collect();
        let mut paths: Vec<Vec<Name>> = nodes.into_iter().map(|node| self.path(node)).collect();
        let names = self.graph.trees.names();
        paths.sort_by_cached_key(|path| path.iter().map(|name| names.get(*name).to_vec()).collect::<Vec<_>>());
        paths.truncate(MOST);
        paths
    }

    fn path(&self, node: u32) -> Vec<Name> {
        let mut path = Vec::new();
        let mut next = node;
        while let Some((name, rest)) = self.nodes.get(next as usize) {
            path.push(*name);
            next = *rest;
        }
        path
    }

    /// Number of the set of paths in a tree.
    fn tree(&mut self, tree: TreeIndex, depth: usize) -> u32 {
        let known = self.of_tree[tree.0 as usize];
        if known != NONE {
            return known;
        }
        let (graph, holding, bit) = (self.graph, self.holding, self.bit);
        let mut sets = Vec::new();
        if depth < DEEPEST {
            for chunk in graph.trees.chunks(tree).iter().filter(|chunk| holding.is_in_chunk(**chunk, bit)) {
                sets.push(self.chunk(*chunk, depth));
            }
        }
        let number = self.union(sets);
        self.of_tree[tree.0 as usize] = number;
        number
    }

    fn chunk(&mut self, chunk: u32, depth: usize) -> u32 {
        if let Some(known) = self.of_chunk.get(&chunk) {
            return *known;
        }
        let (graph, holding, bit) = (self.graph, self.holding, self.bit);
        let mut sets = Vec::new();
        for entry in graph.trees.entries(chunk) {
            if holding.is_named(entry.name, bit) || holding.is_hit(entry.object, entry.name, bit) {
                let node = self.node(entry.name, NONE);
                sets.push(self.set(BTreeSet::from([node])));
            }
            let folder = if entry.kind == EntryKind::Tree { graph.trees.of_object(entry.object) } else { None };
            if let Some(folder) = folder.filter(|folder| holding.is_in_tree(*folder, bit)) {
                let below = self.tree(folder, depth + 1);
                sets.push(self.prefixed(entry.name, below));
            }
        }
        let number = self.union(sets);
        self.of_chunk.insert(chunk, number);
        number
    }

    /// The paths of all of `sets`, at most [`MOST`].
    fn union(&mut self, mut sets: Vec<u32>) -> u32 {
        sets.sort_unstable();
        sets.dedup();
        match sets.as_slice() {
            [] => EMPTY,
            [one] => *one,
            _ => {
                if let Some(known) = self.unions.get(&sets) {
                    return *known;
                }
                let all = sets.iter().flat_map(|set| self.sets[*set as usize].iter().copied()).take(MOST).collect();
                let number = self.set(all);
                self.unions.insert(sets, number);
                number
            }
        }
    }

    /// The paths of a set in a folder with a name.
    fn prefixed(&mut self, name: Name, set: u32) -> u32 {
        if let Some(known) = self.below.get(&(name, set)) {
            return *known;
        }
        let inner = self.sets[set as usize].clone();
        let all = inner.into_iter().map(|rest| self.node(name, rest)).collect();
        let number = self.set(all);
        self.below.insert((name, set), number);
        number
    }

    fn node(&mut self, name: Name, rest: u32) -> u32 {
        let next = self.nodes.len() as u32;
        *self.node_numbers.entry((name, rest)).or_insert_with(|| {
            self.nodes.push((name, rest));
            next
        })
    }

    fn set(&mut self, set: BTreeSet<u32>) -> u32 {
        let next = self.sets.len() as u32;
        *self.set_numbers.entry(set).or_insert_with_key(|set| {
            self.sets.push(set.clone());
            next
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::holding::children_first;
    use super::super::testing::{Made, made};
    use super::*;

    proptest! {
        #[test]
        fn paths_are_those_that_a_plain_walk_takes(made in made(), roots in prop::collection::vec(Made::trees(), 1..4)) {
            let (graph, seen) = (made.graph(), made.seen());
            let holding = Holding::new(&graph, &children_first(&graph.trees), &seen.iter().collect::<Vec<_>>());
            for bit in 0..made.secrets() {
                let mut paths = Paths::new(&graph, &holding, bit);
                // What was learned of one root must not change what is told of the next.
                for some in [&roots[..1], &roots[..]] {
                    let expected: BTreeSet<Vec<Name>> = some.iter().flat_map(|root| made.paths(*root, bit)).collect();
                    let mut chunks = Bits::new(graph.trees.chunk_count());
                    let trees = some.iter().filter_map(|root| graph.trees.of_object(u32::from(*root)));
                    trees.flat_map(|tree| graph.trees.chunks(tree)).for_each(|chunk| {
                        chunks.insert(*chunk);
                    });
                    let told = paths.of(&chunks);
                    if expected.len() <= MOST {
                        prop_assert_eq!(told, expected.into_iter().collect::<Vec<_>>());
                    } else {
                        prop_assert_eq!(told.len(), MOST);
                    }
                }
            }
        }
    }
}
