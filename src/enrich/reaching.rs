//! Through which refs any of some objects can be reached.

use super::holding::children_first;
use super::refs::kind_of;
use crate::finding::{RefKind, RefName};
use crate::source::history::History;
use crate::source::history::graph::{Bits, Graph};
use crate::source::history::trees::TreeIndex;

/// The refs through whose history one of `objects` can be reached, sorted.
pub fn reaching(history: &History, graph: &Graph, objects: &Bits) -> Vec<RefName> {
    let order = children_first(&graph.trees);
    let mut trees = Bits::new(graph.trees.len());
    for tree in order {
        let index = TreeIndex(tree);
        let mut entries = graph.trees.chunks(index).iter().flat_map(|chunk| graph.trees.entries(*chunk));
        let is_below = |object: u32| graph.trees.of_object(object).is_some_and(|below| trees.contains(below.0));
        if objects.contains(graph.trees.object(index)) || entries.any(|entry| objects.contains(entry.object) || is_below(entry.object)) {
            trees.insert(tree);
        }
    }
    let is_tree = |object: u32| graph.trees.of_object(object).is_some_and(|tree| trees.contains(tree.0));
    let mut commits = Bits::new(graph.commits.len());
    for commit in graph.commits.in_order() {
        let own = objects.contains(graph.commits.object(commit)) || graph.commits.tree(commit).is_some_and(is_tree);
        if own || graph.commits.parents(commit).any(|parent| commits.contains(parent.0)) {
            commits.insert(commit.0);
        }
    }
    let holds = |object: u32| {
        objects.contains(object) || is_tree(object) || graph.commits.of_object(object).is_some_and(|commit| commits.contains(commit.0))
    };
    let ids = &history.store.ids;
    let reaches = |object: u32| super::refs::chain(graph, object).any(holds);
    let roots = history.roots.refs.iter().filter(|root| ids.find(&root.id).is_some_and(reaches));
    let mut found: Vec<RefName> = roots.map(|root| RefName { kind: kind_of(&root.name), name: root.name.clone() }).collect();
    // HEAD is one more name for a branch, unless it is detached.
    if history.roots.refs.iter().any(|root| kind_of(&root.name) == RefKind::Branch && Some(&root.id) == history.roots.head.as_ref()) {
        found.retain(|name| name.name != "HEAD");
    }
    found.sort();
    found.dedup();
    found
}
