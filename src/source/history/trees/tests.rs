use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::*;

const WIDTH: usize = 20;
/// Ids are made of numbers below this one.
const OBJECTS: u8 = 24;

/// An entry as a tree says it: mode, name and the number that makes its id.
type Line = (&'static str, String, u8);
/// What can be compared between numberings.
type Plain = (EntryKind, Vec<u8>, Vec<u8>);

fn id(number: u8) -> [u8; WIDTH] {
    let mut id = [number; WIDTH];
    // Chunks end after some of the ids.
    id[WIDTH - 1] = number.wrapping_mul(5);
    id
}

fn ids(numbers: &BTreeSet<u8>) -> Ids {
    Ids::new(numbers.iter().flat_map(|number| id(*number)).collect(), WIDTH)
}

fn lines() -> impl Strategy<Value = Vec<Line>> {
    let mode = prop::sample::select(vec!["40000", "040000", "100644", "100755", "100664", "120000", "160000", "0", ""]);
    prop::collection::vec((mode, "[a-e ./]{0,3}", 0..OBJECTS), 0..30)
}

fn bytes(lines: &[Line]) -> Vec<u8> {
    lines.iter().flat_map(|(mode, name, number)| [mode.as_bytes(), b" ", name.as_bytes(), b"\0", &id(*number)].concat()).collect()
}

/// What stands in a tree, submodules aside.
fn plain(lines: &[Line]) -> Vec<Plain> {
    let kind = |mode: &str| match mode {
        "40000" | "040000" => EntryKind::Tree,
        "120000" => EntryKind::Link,
        _ => EntryKind::File,
    };
    let kept = lines.iter().filter(|(mode, ..)| *mode != "160000");
    kept.map(|(mode, name, number)| (kind(mode), name.clone().into_bytes(), id(*number).to_vec())).collect()
}

/// By object id the entries of its tree, as `trees` says.
fn told(trees: &Trees, ids: &Ids) -> BTreeMap<Vec<u8>, Vec<Plain>> {
    let missing: BTreeMap<u32, &[u8]> = trees.missing().collect();
    let id = |object: u32| missing.get(&object).copied().unwrap_or_else(|| ids.raw(object)).to_vec();
    let entries = |tree: u32| trees.chunks(TreeIndex(tree)).iter().flat_map(|chunk| trees.entries(*chunk));
    let plain = |entry: &Entry| (entry.kind, trees.names().get(entry.name).to_vec(), id(entry.object));
    // The first tree of an object counts.
    let all = (0..trees.len() as u32).filter(|tree| trees.of_object(trees.object(TreeIndex(*tree))) == Some(TreeIndex(*tree)));
    all.map(|tree| (id(trees.object(TreeIndex(tree))), entries(tree).map(plain).collect())).collect()
}

/// Reads trees of numbered objects on as many builders as `parts`, in turn.
fn build(trees: &BTreeMap<u8, Vec<Line>>, ids: &Ids, parts: usize) -> Trees {
    let hasher = RandomState::default();
    let mut builders: Vec<Builder<'_>> = (0..parts).map(|_| Builder::new(ids, hasher.clone())).collect();
    for (at, (number, lines)) in trees.iter().enumerate() {
        let object = ids.find(&id(*number)).expect("because trees are among the ids");
        assert!(builders[at % parts].add(object, &bytes(lines)));
    }
    Trees::join(builders.into_iter().map(Builder::finish).collect(), ids.len())
}

fn encode(trees: &Trees) -> Vec<Vec<u8>> {
    let mut parts = Vec::new();
    trees.encode(&mut |part| parts.push(part.to_vec()));
    parts
}

fn decode(parts: &[Vec<u8>], objects: usize) -> Option<Trees> {
    let mut parts = parts.iter();
    Trees::decode(&mut || parts.next().map(Vec::as_slice), objects)
}

/// Trees of some objects, and other objects that are there.
fn history() -> impl Strategy<Value = (BTreeMap<u8, Vec<Line>>, BTreeSet<u8>)> {
    let trees = prop::collection::btree_map(0..OBJECTS, lines(), 1..6);
    (trees, prop::collection::btree_set(0..OBJECTS, 0..12)).prop_map(|(trees, mut known)| {
        known.extend(trees.keys());
        (trees, known)
    })
}

proptest! {
    #[test]
    fn trees_hold_what_a_plain_reading_sees((trees, known) in history(), parts in 1..4usize) {
        let ids = ids(&known);
        let joined = build(&trees, &ids, parts);
        let expected: BTreeMap<_, _> = trees.iter().map(|(number, lines)| (id(*number).to_vec(), plain(lines))).collect();
        prop_assert_eq!(told(&joined, &ids), expected);

        let named: BTreeSet<Vec<u8>> = trees.values().flat_map(|lines| plain(lines)).map(|(.., id)| id).collect();
        let lost: Vec<Vec<u8>> = named.into_iter().filter(|id| ids.find(id).is_none()).collect();
        let mut missing: Vec<(u32, Vec<u8>)> = joined.missing().map(|(number, id)| (number, id.to_vec())).collect();
        prop_assert!(missing.iter().map(|(number, _)| *number as usize).eq(ids.len()..ids.len() + lost.len()));
        missing.sort_by(|a, b| a.1.cmp(&b.1));
        prop_assert_eq!(missing.into_iter().map(|(_, id)| id).collect::<Vec<_>>(), lost);
    }

    #[test]
    fn a_tree_that_is_cut_off_keeps_what_stood_before(lines in lines(), cut in any::<prop::sample::Index>(), others in prop::collection::vec(any::<u8>(), 0..9)) {
        let ids = ids(&BTreeSet::from([0]));
        let whole = bytes(&lines);
        let cut = cut.index(whole.len() + 1);
        let mut lengths = lines.iter().scan(0, |end, line| {
            *end += bytes(std::slice::from_ref(line)).len();
            Some(*end)
        });
        let is_between = cut == 0 || lengths.clone().any(|end| end == cut);
        let kept = lengths.position(|end| end > cut).unwrap_or(lines.len());
        let mut builder = Builder::new(&ids, RandomState::default());
        prop_assert_eq!(builder.add(0, &whole[..cut]), is_between);
        // What follows can no more be read, but nothing says that it is not an entry if it looks like one.
        builder.add(0, &[&whole[..cut], &others].concat());
        let trees = Trees::join(vec![builder.finish()], ids.len());
        prop_assert_eq!(&told(&trees, &ids)[&id(0)[..]], &plain(&lines[..kept]));
    }

    #[test]
    fn what_is_kept_is_read_again((trees, known) in history()) {
        let ids = ids(&known);
        let mut trees = build(&trees, &ids, 2);
        trees.name_staged([(0, &b"staged/a"[..]), (ids.len() as u32 - 1, b"b")].into_iter());
        let parts = encode(&trees);
        let again = decode(&parts, ids.len()).expect("because it was just written");
        prop_assert_eq!(told(&again, &ids), told(&trees, &ids));
        prop_assert_eq!(again.staged(), trees.staged());
        prop_assert_eq!(encode(&again), parts);
    }

    #[test]
    fn changed_bytes_are_refused_or_can_be_walked((trees, known) in history(), changes in prop::collection::vec(any::<(usize, usize, u8)>(), 1..4)) {
        let ids = ids(&known);
        let mut parts = encode(&build(&trees, &ids, 1));
        for (part, at, byte) in changes {
            let count = parts.len();
            let part = &mut parts[part % count];
            let at = at % (part.len() + 1);
            match part.get_mut(at) {
                Some(old) if byte % 4 > 0 => *old = byte % 32,
                _ => part.truncate(at),
            }
        }
        if let Some(trees) = decode(&parts, ids.len()) {
            told(&trees, &ids);
            told(&trees.clone().renumbered(&ids.numbers_of(&ids), &ids, &ids), &ids);
        }
    }

    #[test]
    fn arbitrary_bytes_are_refused_or_can_be_walked(parts in prop::collection::vec(prop::collection::vec(0..6u8, 0..24), 14)) {
        let ids = ids(&BTreeSet::from([0, 1]));
        if let Some(trees) = decode(&parts, ids.len()) {
            told(&trees, &ids);
        }
    }

    #[test]
    fn what_is_left_is_what_would_have_been_read((trees, known) in history(), now in prop::collection::btree_set(0..OBJECTS, 0..20)) {
        let (old, new) = (ids(&known), ids(&now));
        let renumbered = build(&trees, &old, 2).renumbered(&new.numbers_of(&old), &old, &new);
        let left: BTreeMap<u8, Vec<Line>> = trees.into_iter().filter(|(number, _)| now.contains(number)).collect();
        let scratch = build(&left, &new, 1);
        prop_assert_eq!(told(&renumbered, &new), told(&scratch, &new));
        let missing = |trees: &Trees| trees.missing().map(|(_, id)| id.to_vec()).collect::<BTreeSet<_>>();
        prop_assert_eq!(missing(&renumbered), missing(&scratch));
        prop_assert_eq!(renumbered.missing().count(), missing(&renumbered).len());
        // Chunks that no tree has any more are gone.
        let used: BTreeSet<u32> = (0..renumbered.len() as u32).flat_map(|tree| renumbered.chunks(TreeIndex(tree)).to_vec()).collect();
        prop_assert_eq!(used.len(), renumbered.chunk_count());
    }
}

#[test]
fn damage_is_told_and_does_no_harm() {
    let ids = ids(&BTreeSet::from([0, 1]));
    let whole = [&b"100644 a\0"[..], &id(1)].concat();
    let long_mode = [&b"1006440 b\0"[..], &id(1)].concat();
    for damage in [&b"100644 b"[..], b"100644", b"100644 b\0", b"\0", b" ", &long_mode] {
        let mut builder = Builder::new(&ids, RandomState::default());
        assert!(!builder.add(0, &[&whole, damage].concat()), "{damage:?}");
        let trees = Trees::join(vec![builder.finish()], ids.len());
        assert_eq!(told(&trees, &ids)[&id(0)[..]], [(EntryKind::File, b"a".to_vec(), id(1).to_vec())], "{damage:?}");
    }
}
