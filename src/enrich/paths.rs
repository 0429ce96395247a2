//! All paths under which a secret stands in some trees.
//!
//! Versions of a folder mostly hold a secret under the same paths, so sets of paths are kept once and joined by number.

use std::collections::{BTreeSet, HashMap};

use super::holding::Holding;
use crate::source::history::graph::Graph;
use crate::source::history::names::Name;
use crate::source::history::trees::{EntryKind, TreeIndex};

/// Most paths that are told of one secret: a repository can be built that has more paths than atoms.
const MOST: usize = 1_000;
/// Deepest path that is told, in folders.
const DEEPEST: usize = 512;

/// Paths of one secret.
pub struct Paths<'g> {
    graph: &'g Graph,
    holding: &'g Holding,
    bit: usize,
    /// A path is its first name and, behind it, another path.
    nodes: Vec<(Name, Option<u32>)>,
    node_numbers: HashMap<(Name, Option<u32>), u32>,
    sets: Vec<BTreeSet<u32>>,
    set_numbers: HashMap<BTreeSet<u32>, u32>,
    of_chunk: HashMap<u32, u32>,
    of_tree: HashMap<u32, u32>,
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
            sets: Vec::new(),
            set_numbers: HashMap::new(),
            of_chunk: HashMap::new(),
            of_tree: HashMap::new(),
        }
    }

    /// The paths below any of `roots`, sorted.
    pub fn of(&mut self, roots: impl Iterator<Item = TreeIndex>) -> Vec<Vec<Name>> {
        let sets: BTreeSet<u32> = roots.map(|root| self.tree(root, 0)).collect();
        let nodes: BTreeSet<u32> = sets.into_iter().flat_map(|set| self.sets[set as usize].iter().copied()).collect();
        let mut paths: Vec<Vec<Name>> = nodes.into_iter().map(|node| self.path(node)).collect();
        let names = self.graph.trees.names();
        paths.sort_by_cached_key(|path| path.iter().map(|name| names.get(*name).to_vec()).collect::<Vec<_>>());
        paths.truncate(MOST);
        paths
    }

    fn path(&self, node: u32) -> Vec<Name> {
        let mut path = Vec::new();
        let mut next = Some(node);
        while let Some(node) = next {
            let (name, rest) = self.nodes[node as usize];
            path.push(name);
            next = rest;
        }
        path
    }

    /// Number of the set of paths in a tree.
    fn tree(&mut self, tree: TreeIndex, depth: usize) -> u32 {
        if let Some(known) = self.of_tree.get(&tree.0) {
            return *known;
        }
        let mut all = BTreeSet::new();
        let (graph, holding, bit) = (self.graph, self.holding, self.bit);
        if depth < DEEPEST {
            for chunk in graph.trees.chunks(tree).iter().filter(|chunk| holding.is_in_chunk(**chunk, bit)) {
                let set = self.chunk(*chunk, depth);
                all.extend(&self.sets[set as usize]);
            }
        }
        let number = self.set(all);
        self.of_tree.insert(tree.0, number);
        number
    }

    fn chunk(&mut self, chunk: u32, depth: usize) -> u32 {
        if let Some(known) = self.of_chunk.get(&chunk) {
            return *known;
        }
        let mut all = BTreeSet::new();
        let graph = self.graph;
        for entry in graph.trees.entries(chunk) {
            if self.holding.is_named(entry.name, self.bit) || self.holding.is_hit(entry.object, entry.name, self.bit) {
                all.insert(self.node(entry.name, None));
            }
            let folder = if entry.kind == EntryKind::Tree { graph.trees.of_object(entry.object) } else { None };
            if let Some(folder) = folder.filter(|folder| self.holding.is_in_tree(*folder, self.bit)) {
                let below = self.tree(folder, depth + 1);
                for rest in self.sets[below as usize].clone() {
                    all.insert(self.node(entry.name, Some(rest)));
                }
            }
            if all.len() > MOST {
                break;
            }
        }
        let number = self.set(all);
        self.of_chunk.insert(chunk, number);
        number
    }

    fn node(&mut self, name: Name, rest: Option<u32>) -> u32 {
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
                    let told = paths.of(some.iter().filter_map(|root| graph.trees.of_object(u32::from(*root))));
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
