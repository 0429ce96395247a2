//! What a scan of a history kept for the next one, after anyone could write to it: it is refused, or all of it can be used and kept again.

#![no_main]

use std::sync::LazyLock;

use keysieve::scan::history::cache::{Known, Learned};
use keysieve::source::history::commits::{Commits, parse_commit};
use keysieve::source::history::graph::{Graph, Reached};
use keysieve::source::history::ids::Ids;
use keysieve::source::history::trees::{Builder, Trees};
use libfuzzer_sys::{fuzz_mutator, fuzz_target, fuzzer_mutate};

const KEY: &str = "key";
const WIDTH: usize = 20;
/// Bytes of the checksum at the end.
const CHECKSUM: usize = 4;

/// What is kept of a small history: a commit of a tree with a folder, two files and what is missing.
static SMALL: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let ids = Ids::new((0..5).flat_map(|number| [number; WIDTH]).collect(), WIDTH);
    let mut builder = Builder::new(&ids, Default::default());
    builder.add(1, &[&b"100644 a\0"[..], &[3; WIDTH], b"40000 b\0", &[2; WIDTH], b"120000 c\0", &[9; WIDTH]].concat());
    builder.add(2, &[&b"100644 d\0"[..], &[4; WIDTH]].concat());
    let trees = Trees::join(vec![builder.finish()], ids.len());
    let text = format!("tree {}\nparent {}\ncommitter C <c> 7 +0000\n", "01".repeat(WIDTH), "07".repeat(WIDTH));
    let commits = Commits::new(parse_commit(0, text.as_bytes(), WIDTH).into_iter().collect(), &ids);
    let graph = Graph { commits, trees, ..Graph::default() };
    let mut bytes = Learned { ids: &ids, sizes: &[None; 5], graph: &graph, seen: &[] }.encode(KEY);
    bytes.truncate(bytes.len() - CHECKSUM);
    bytes
});

fuzz_target!(|data: &[u8]| {
    let _ = Known::decode(data, KEY);
    // With the checksum that fits, or nothing else would be looked at.
    let whole = [data, &crc32fast::hash(data).to_le_bytes()].concat();
    let Ok(known) = Known::decode(&whole, KEY) else { return };
    let Known { ids, sizes, trees, commits, seen, .. } = known;
    let commits = Commits::new(commits, &ids);
    assert_eq!(commits.in_order().count(), commits.len());
    let graph = Graph { commits, trees, ..Graph::default() };
    let mut reached = Reached::new(&graph, ids.len());
    graph.reach(0..ids.len() as u32, &mut reached);
    let again = Learned { ids: &ids, sizes: &sizes, graph: &graph, seen: &seen }.encode(KEY);
    assert!(Known::decode(&again, KEY).is_ok_and(|again| again.ids == ids && again.seen == seen && again.sizes == sizes));
    // Every second object went away.
    let left = Ids::new(ids.as_bytes().chunks_exact(ids.width()).step_by(2).flatten().copied().collect(), ids.width());
    let numbers = left.numbers_of(&ids);
    let trees = graph.trees.renumbered(&numbers, &ids, &left);
    let graph = Graph { trees, ..Graph::default() };
    graph.reach(0..left.len() as u32, &mut Reached::new(&graph, left.len()));
});

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    if size > 12 && !seed.is_multiple_of(64) {
        return fuzzer_mutate(data, size, max_size);
    }
    let kept = SMALL.len().min(max_size);
    data[..kept].copy_from_slice(&SMALL[..kept]);
    kept
});
