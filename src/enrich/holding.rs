//! Which commits hold which of up to 64 secrets: one bit of a word for each, from the blobs up.

use std::collections::HashMap;

use crate::scan::history::{Holder, Seen};
use crate::source::HistoryPart;
use crate::source::history::commits::CommitIndex;
use crate::source::history::graph::{Bits, Graph};
use crate::source::history::names::Name;
use crate::source::history::trees::{Entry, EntryKind, TreeIndex, Trees};

/// Who holds what.
pub struct Holding {
    /// By chunk of trees.
    chunks: Vec<u64>,
    /// By tree.
    trees: Vec<u64>,
    /// By commit: its own tree or text.
    commits: Vec<u64>,
    /// By commit: it or any commit before it.
    histories: Vec<u64>,
    /// By commit: any commit before it.
    ancestors: Vec<u64>,
    blobs: HashMap<(u32, Name), u64>,
    names: HashMap<Name, u64>,
}

/// Whether a part is the content of a blob.
pub fn is_blob(part: HistoryPart) -> bool {
    matches!(part, HistoryPart::Blob | HistoryPart::SymlinkTarget | HistoryPart::Note)
}

/// All trees, those that others hold before them.
pub fn children_first(trees: &Trees) -> Vec<u32> {
    enum Step {
        Enter(u32),
        Leave(u32),
    }
    let mut entered = Bits::new(trees.len());
    let mut order = Vec::with_capacity(trees.len());
    let mut steps = Vec::new();
    for root in 0..trees.len() as u32 {
        steps.push(Step::Enter(root));
        while let Some(step) = steps.pop() {
            match step {
                Step::Leave(tree) => order.push(tree),
                Step::Enter(tree) if entered.insert(tree) => {
                    steps.push(Step::Leave(tree));
                    let entries = trees.chunks(TreeIndex(tree)).iter().flat_map(|chunk| trees.entries(*chunk));
                    let folders = entries.filter(|entry| entry.kind == EntryKind::Tree).filter_map(|entry| trees.of_object(entry.object));
                    steps.extend(folders.filter(|folder| !entered.contains(folder.0)).map(|folder| Step::Enter(folder.0)));
                }
                Step::Enter(_) => {}
            }
        }
    }
    order
}

impl Holding {
    /// Follows the secrets of `batch`, at most 64; the first has bit 0. `order` is that of [`children_first`].
    pub fn new(graph: &Graph, order: &[u32], batch: &[&Seen]) -> Self {
        let holders: Vec<&[Holder]> = batch.iter().map(|seen| seen.holders.as_slice()).collect();
        Self::of_holders(graph, order, &holders)
    }

    /// Follows what at most 64 lists of holders have; the first list has bit 0.
    pub fn of_holders(graph: &Graph, order: &[u32], batch: &[&[Holder]]) -> Self {
        let mut holding = Self {
            chunks: vec![0; graph.trees.chunk_count()],
            trees: vec![0; graph.trees.len()],
            commits: vec![0; graph.commits.len()],
            histories: vec![0; graph.commits.len()],
            ancestors: vec![0; graph.commits.len()],
            blobs: HashMap::new(),
            names: HashMap::new(),
        };
        for (bit, holders) in batch.iter().enumerate() {
            for holder in *holders {
                let mask = 1 << bit;
                match (holder.part, holder.name) {
                    (HistoryPart::FileName, Some(name)) => *holding.names.entry(name).or_default() |= mask,
                    (part, Some(name)) if is_blob(part) => *holding.blobs.entry((holder.object, name)).or_default() |= mask,
                    _ => {
                        if let Some(commit) = graph.commits.of_object(holder.object) {
                            holding.commits[commit.0 as usize] |= mask;
                        }
                    }
                }
            }
        }
        holding.raise(graph, order);
        holding.pass_on(graph);
        holding
    }

    /// Follows at most 64 things of which it is known what commits hold them: one mask for each commit. Says nothing of trees and blobs.
    pub fn of_commits(graph: &Graph, commits: Vec<u64>) -> Self {
        let mut holding = Self {
            chunks: Vec::new(),
            trees: vec![0; graph.trees.len()],
            histories: vec![0; commits.len()],
            ancestors: vec![0; commits.len()],
            commits,
            blobs: HashMap::new(),
            names: HashMap::new(),
        };
        holding.pass_on(graph);
        holding
    }

    fn raise(&mut self, graph: &Graph, order: &[u32]) {
        let trees = &graph.trees;
        let mut objects = Bits::new(self.blobs.keys().map(|(object, _)| *object as usize + 1).max().unwrap_or(0));
        for (object, _) in self.blobs.keys() {
            objects.insert(*object);
        }
        let mut done = Bits::new(trees.chunk_count());
        for tree in order {
            for chunk in trees.chunks(TreeIndex(*tree)) {
                if done.insert(*chunk) {
                    let mut mask = 0;
                    for entry in trees.entries(*chunk) {
                        if entry.kind == EntryKind::Tree {
                            mask |= trees.of_object(entry.object).map_or(0, |tree| self.trees[tree.0 as usize]);
                        } else if objects.contains(entry.object) {
                            mask |= self.blobs.get(&(entry.object, entry.name)).copied().unwrap_or(0);
                        }
                        if !self.names.is_empty() {
                            mask |= self.names.get(&entry.name).copied().unwrap_or(0);
                        }
                    }
                    self.chunks[*chunk as usize] = mask;
                }
                self.trees[*tree as usize] |= self.chunks[*chunk as usize];
            }
        }
        for commit in graph.commits.in_order() {
            let at = commit.0 as usize;
            let tree = graph.commits.tree(commit).and_then(|tree| trees.of_object(tree));
            self.commits[at] |= tree.map_or(0, |tree| self.trees[tree.0 as usize]);
        }
    }

    /// Passes what commits hold on to those that come after them.
    fn pass_on(&mut self, graph: &Graph) {
        for commit in graph.commits.in_order() {
            let at = commit.0 as usize;
            self.ancestors[at] = graph.commits.parents(commit).fold(0, |mask, parent| mask | self.histories[parent.0 as usize]);
            self.histories[at] = self.ancestors[at] | self.commits[at];
        }
    }

    /// Every commit that holds a secret, by number.
    pub fn commits_of(&self, bit: usize) -> Vec<CommitIndex> {
        let holds = |(at, mask): (usize, &u64)| (mask & (1 << bit) != 0).then_some(CommitIndex(at as u32));
        self.commits.iter().enumerate().filter_map(holds).collect()
    }

    /// Whether a commit holds a secret.
    pub fn holds(&self, commit: CommitIndex, bit: usize) -> bool {
        self.commits[commit.0 as usize] & (1 << bit) != 0
    }

    /// Whether a commit or one before it holds a secret.
    pub fn holds_in_history(&self, commit: CommitIndex, bit: usize) -> bool {
        self.histories[commit.0 as usize] & (1 << bit) != 0
    }

    /// Whether a commit before this one holds a secret.
    pub fn is_in_ancestor(&self, commit: CommitIndex, bit: usize) -> bool {
        self.ancestors[commit.0 as usize] & (1 << bit) != 0
    }

    /// Whether a tree holds a secret.
    pub fn is_in_tree(&self, tree: TreeIndex, bit: usize) -> bool {
        self.trees[tree.0 as usize] & (1 << bit) != 0
    }

    /// The chunks of trees that hold a secret.
    pub fn chunks_of(&self, bit: usize) -> impl Iterator<Item = u32> + '_ {
        self.chunks.iter().enumerate().filter(move |(_, mask)| **mask & (1 << bit) != 0).map(|(chunk, _)| chunk as u32)
    }

    /// The entry with a name in a tree, if a chunk that holds the secret has it.
    pub fn find(&self, trees: &Trees, tree: TreeIndex, name: Name, bit: usize) -> Option<Entry> {
        let chunks = trees.chunks(tree).iter().filter(|chunk| self.is_in_chunk(**chunk, bit));
        chunks.flat_map(|chunk| trees.entries(*chunk)).find(|entry| entry.name == name).copied()
    }

    /// Whether a chunk of a tree holds a secret.
    pub fn is_in_chunk(&self, chunk: u32, bit: usize) -> bool {
        self.chunks[chunk as usize] & (1 << bit) != 0
    }

    /// Whether a blob holds a secret when it has a name.
    pub fn is_hit(&self, object: u32, name: Name, bit: usize) -> bool {
        self.blobs.get(&(object, name)).is_some_and(|mask| mask & (1 << bit) != 0)
    }

    /// Whether a name holds a secret.
    pub fn is_named(&self, name: Name, bit: usize) -> bool {
        self.names.get(&name).is_some_and(|mask| mask & (1 << bit) != 0)
    }

    /// Whether some blob holds a secret, whatever its name.
    pub fn is_blob_hit(&self, object: u32, bit: usize) -> bool {
        self.blobs.iter().any(|((held, _), mask)| *held == object && mask & (1 << bit) != 0)
    }
}

#[cfg(test)]
mod tests;
