//! Commits, tags and trees of a history and what they reach.

use std::collections::BTreeMap;

use super::commits::{CommitIndex, Commits};
use super::ids::Ids;
use super::trees::Trees;

/// Who holds what in a history.
#[derive(Clone, Debug, Default)]
pub struct Graph {
    /// All commits.
    pub commits: Commits,
    /// All trees.
    pub trees: Trees,
    /// What each annotated tag points to, by object numbers.
    pub tags: BTreeMap<u32, u32>,
    /// Tags that point to objects that are not there: the tag, and the id.
    pub lost_tags: Vec<(u32, Box<[u8]>)>,
}

/// A set of small numbers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bits(Vec<u64>);

impl Bits {
    /// Room for the numbers below `count`.
    pub fn new(count: usize) -> Self {
        Self(vec![0; count.div_ceil(64)])
    }

    /// Puts a number in. Says whether it is new.
    pub fn insert(&mut self, number: u32) -> bool {
        let Some(word) = self.0.get_mut(number as usize / 64) else { return false };
        let bit = 1 << (number % 64);
        let is_new = *word & bit == 0;
        *word |= bit;
        is_new
    }

    /// Whether a number is in.
    pub fn contains(&self, number: u32) -> bool {
        self.0.get(number as usize / 64).is_some_and(|word| word & (1 << (number % 64)) != 0)
    }

    /// The numbers, rising.
    pub fn iter(&self) -> impl Iterator<Item = u32> + '_ {
        self.0
            .iter()
            .enumerate()
            .flat_map(|(at, word)| (0..64).filter(move |bit| word & (1 << bit) != 0).map(move |bit| (at * 64 + bit) as u32))
    }

    /// How many numbers are in.
    pub fn len(&self) -> usize {
        self.0.iter().map(|word| word.count_ones() as usize).sum()
    }

    /// Whether no number is in.
    pub fn is_empty(&self) -> bool {
        self.0.iter().all(|word| *word == 0)
    }
}

/// What was reached so far.
#[derive(Clone, Debug)]
pub struct Reached {
    objects: Bits,
    chunks: Bits,
}

impl Reached {
    /// Nothing yet.
    pub fn new(graph: &Graph, objects: usize) -> Self {
        let missing = graph.trees.missing().count();
        Self { objects: Bits::new(objects + missing), chunks: Bits::new(graph.trees.chunk_count()) }
    }

    /// Whether an object was reached.
    pub fn contains(&self, object: u32) -> bool {
        self.objects.contains(object)
    }

    /// Whether a chunk of a tree was reached.
    pub fn has_chunk(&self, chunk: u32) -> bool {
        self.chunks.contains(chunk)
    }

    /// Number of objects reached, missing ones among them.
    pub fn len(&self) -> usize {
        self.objects.len()
    }

    /// Whether nothing was reached.
    pub fn is_empty(&self) -> bool {
        self.objects.is_empty()
    }
}

impl Graph {
    /// Adds what `roots`, numbers of objects, reach.
    pub fn reach(&self, roots: impl IntoIterator<Item = u32>, reached: &mut Reached) {
        let mut waiting: Vec<u32> = roots.into_iter().collect();
        while let Some(object) = waiting.pop() {
            if !reached.objects.insert(object) {
                continue;
            }
            if let Some(commit) = self.commits.of_object(object) {
                waiting.extend(self.commits.tree(commit));
                waiting.extend(self.commits.parents(commit).map(|parent| self.commits.object(parent)));
            } else if let Some(tree) = self.trees.of_object(object) {
                for chunk in self.trees.chunks(tree) {
                    if reached.chunks.insert(*chunk) {
                        waiting.extend(self.trees.entries(*chunk).iter().map(|entry| entry.object));
                    }
                }
            } else if let Some(target) = self.tags.get(&object) {
                waiting.push(*target);
            }
        }
    }

    /// What an object is after following tags.
    pub fn peeled(&self, object: u32) -> u32 {
        let mut at = object;
        // A chain of tags cannot be longer than there are tags.
        for _ in 0..=self.tags.len() {
            match self.tags.get(&at) {
                Some(target) => at = *target,
                None => break,
            }
        }
        at
    }

    /// The commit that an id names, directly or through tags.
    pub fn commit_of(&self, ids: &Ids, id: &[u8]) -> Option<CommitIndex> {
        self.commits.of_object(self.peeled(ids.find(id)?))
    }
}

#[cfg(test)]
mod tests;
