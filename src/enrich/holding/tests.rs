use proptest::prelude::*;

use super::super::testing::{Made, OBJECTS, TREES, made};
use super::*;

proptest! {
    #[test]
    fn commits_and_trees_hold_what_a_plain_walk_finds(made in made()) {
        let (graph, seen) = (made.graph(), made.seen());
        let order = children_first(&graph.trees);
        let holding = Holding::new(&graph, &order, &seen.iter().collect::<Vec<_>>());
        for (bit, secret) in seen.iter().enumerate() {
            let mut holders = Vec::new();
            for number in TREES..OBJECTS {
                let commit = graph.commits.of_object(u32::from(number)).expect("because it is one");
                prop_assert_eq!(holding.holds(commit, bit), made.holds(number, bit));
                prop_assert_eq!(holding.holds_in_history(commit, bit), made.holds_in_history(number, bit));
                let before = made.parents_of(number).iter().any(|parent| made.holds_in_history(*parent, bit));
                prop_assert_eq!(holding.is_in_ancestor(commit, bit), before);
                holders.extend(made.holds(number, bit).then_some(commit));
            }
            prop_assert_eq!(holding.commits_of(bit), holders);
            for number in Made::trees() {
                let tree = graph.trees.of_object(u32::from(number)).expect("because it is one");
                prop_assert_eq!(holding.is_in_tree(tree, bit), !made.paths(number, bit).is_empty());
                let in_chunks = graph.trees.chunks(tree).iter().any(|chunk| holding.is_in_chunk(*chunk, bit));
                prop_assert_eq!(in_chunks, holding.is_in_tree(tree, bit));
            }
            for holder in &secret.holders {
                match (holder.part, holder.name) {
                    (HistoryPart::Blob, Some(name)) => prop_assert!(holding.is_hit(holder.object, name, bit) && holding.is_blob_hit(holder.object, bit)),
                    (HistoryPart::FileName, Some(name)) => prop_assert!(holding.is_named(name, bit)),
                    _ => {}
                }
            }
        }
    }

    #[test]
    fn every_tree_comes_once_and_behind_those_that_it_holds(made in made()) {
        let trees = made.graph().trees;
        let order = children_first(&trees);
        let mut seen = Bits::new(trees.len());
        for tree in &order {
            let entries = trees.chunks(TreeIndex(*tree)).iter().flat_map(|chunk| trees.entries(*chunk));
            let mut folders = entries.filter(|entry| entry.kind == EntryKind::Tree).filter_map(|entry| trees.of_object(entry.object));
            prop_assert!(folders.all(|folder| seen.contains(folder.0)));
            prop_assert!(seen.insert(*tree));
        }
        prop_assert_eq!(order.len(), trees.len());
    }
}
