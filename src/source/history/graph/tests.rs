use std::collections::BTreeSet;
use std::hash::RandomState;

use proptest::prelude::*;

use super::super::commits::{RawCommit, Tag};
use super::super::trees::Builder;
use super::*;

const WIDTH: usize = 20;
const OBJECTS: u8 = 20;
/// Ids behind those that are there.
const NAMED: u8 = 26;

/// What an object is and what it names, by number.
#[derive(Clone, Debug)]
enum Made {
    Blob,
    Tree(Vec<u8>),
    Commit(u8, Vec<u8>),
    Tag(u8),
}

fn made() -> impl Strategy<Value = Vec<Made>> {
    let names = |most| prop::collection::vec(0..NAMED, 0..most);
    let one = prop_oneof![
        Just(Made::Blob),
        names(9).prop_map(Made::Tree),
        (0..NAMED, names(3)).prop_map(|(tree, parents)| Made::Commit(tree, parents)),
        (0..NAMED).prop_map(Made::Tag),
    ];
    prop::collection::vec(one, usize::from(OBJECTS))
}

fn id(number: u8) -> [u8; WIDTH] {
    [number; WIDTH]
}

fn graph(made: &[Made], ids: &Ids) -> Graph {
    let (mut commits, mut tags) = (Vec::new(), Vec::new());
    let mut trees = Builder::new(ids, RandomState::new());
    for (object, one) in (0..).zip(made) {
        match one {
            Made::Blob => {}
            Made::Tree(names) => {
                trees.add(object, &names.iter().flat_map(|name| [&b"100644 n\0"[..], &id(*name)].concat()).collect::<Vec<_>>());
            }
            Made::Commit(tree, parents) => {
                let parents = parents.iter().map(|parent| Box::from(id(*parent))).collect();
                commits.push(RawCommit { object, tree: Box::from(id(*tree)), parents, seconds: 0 });
            }
            Made::Tag(target) => tags.push(Tag { object, target: Box::from(id(*target)) }),
        }
    }
    let trees = Trees::join(vec![trees.finish()], ids.len());
    let tags = tags.into_iter().filter_map(|tag| Some((tag.object, ids.find(&tag.target)?))).collect();
    Graph { commits: Commits::new(commits, ids), trees, tags, lost_tags: Vec::new() }
}

/// Everything below `number`, by id; of what is not there only what a tree names is told.
fn plain(made: &[Made], number: u8, seen: &mut BTreeSet<u8>) {
    if !seen.insert(number) {
        return;
    }
    match made.get(usize::from(number)) {
        Some(Made::Tree(names)) => names.iter().for_each(|name| plain(made, *name, seen)),
        Some(Made::Commit(tree, parents)) => {
            let parents = parents.iter().filter(|parent| matches!(made.get(usize::from(**parent)), Some(Made::Commit(..))));
            let tree = Some(tree).filter(|tree| **tree < OBJECTS);
            parents.chain(tree).for_each(|one| plain(made, *one, seen));
        }
        Some(Made::Tag(target)) if *target < OBJECTS => plain(made, *target, seen),
        _ => {}
    }
}

proptest! {
    #[test]
    fn what_is_reached_is_what_a_plain_walk_reaches(made in made(), roots in prop::collection::vec(0..OBJECTS, 0..4), later in 0..OBJECTS) {
        let ids = Ids::new((0..OBJECTS).flat_map(id).collect(), WIDTH);
        let graph = graph(&made, &ids);
        let missing: Vec<(u32, u8)> = graph.trees.missing().map(|(number, id)| (number, id[0])).collect();
        let mut reached = Reached::new(&graph, ids.len());
        let mut expected = BTreeSet::new();
        for roots in [roots, vec![later]] {
            graph.reach(roots.iter().map(|root| u32::from(*root)), &mut reached);
            roots.iter().for_each(|root| plain(&made, *root, &mut expected));
            let there = (0..u32::from(OBJECTS)).filter(|object| reached.contains(*object)).map(|object| object as u8);
            let lost = missing.iter().filter(|(number, _)| reached.contains(*number)).map(|(_, id)| *id);
            prop_assert_eq!(there.chain(lost).collect::<BTreeSet<u8>>(), expected.clone());
            prop_assert_eq!(reached.len(), expected.len());
            prop_assert_eq!(reached.is_empty(), expected.is_empty());
        }
    }

    #[test]
    fn tags_are_followed_to_their_end(made in made(), object in 0..OBJECTS) {
        let ids = Ids::new((0..OBJECTS).flat_map(id).collect(), WIDTH);
        let graph = graph(&made, &ids);
        let mut at = object;
        let mut is_circle = true;
        for _ in 0..OBJECTS {
            match made[usize::from(at)] {
                Made::Tag(target) if target < OBJECTS => at = target,
                _ => {
                    is_circle = false;
                    break;
                }
            }
        }
        let peeled = graph.peeled(u32::from(object));
        prop_assert!(is_circle || peeled == u32::from(at));
        let commit = graph.commits.of_object(peeled);
        prop_assert_eq!(graph.commit_of(&ids, &id(object)), commit);
        prop_assert_eq!(graph.commit_of(&ids, &id(NAMED)), None);
    }

    #[test]
    fn bits_are_a_set(count in 0..200usize, numbers in prop::collection::vec(0..300u32, 0..40)) {
        let mut bits = Bits::new(count);
        let mut expected = BTreeSet::new();
        let room = count.div_ceil(64) * 64;
        for number in numbers {
            let fits = (number as usize) < room;
            prop_assert_eq!(bits.insert(number), fits && expected.insert(number));
        }
        prop_assert!((0..300).all(|number| bits.contains(number) == expected.contains(&number)));
        prop_assert_eq!((bits.len(), bits.is_empty()), (expected.len(), expected.is_empty()));
        prop_assert!(bits.iter().eq(expected));
    }
}
