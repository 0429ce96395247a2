//! Trees of git and trees as they are kept between scans: entries are those that a plain reading sees, and what is kept is read again or refused.

#![no_main]

use keysieve::source::history::ids::Ids;
use keysieve::source::history::trees::{Builder, TreeIndex, Trees};
use libfuzzer_sys::fuzz_target;

const WIDTH: usize = 20;
/// Bytes that say how what is kept is changed: part, place, new byte.
const CHANGE: usize = 4;

fuzz_target!(|data: &[u8]| {
    let Some((&changes, rest)) = data.split_first() else { return };
    let (changes, bytes) = rest.split_at(rest.len().min(usize::from(changes % 8) * CHANGE));
    let (entries, is_whole) = plain(bytes);
    // Half of the objects are there, and the tree itself is the first of all.
    let known = entries.iter().filter(|(_, _, id)| id[0] & 1 == 0).flat_map(|(_, _, id)| id.iter().copied());
    let ids = Ids::new(std::iter::repeat_n(0, WIDTH).chain(known).collect(), WIDTH);
    let mut builder = Builder::new(&ids, Default::default());
    assert_eq!(builder.add(0, bytes), is_whole);
    let trees = Trees::join(vec![builder.finish()], ids.len());
    let seen = walk(&trees, &ids);
    let expected = entries.iter().filter(|(mode, ..)| *mode != b"160000").map(|(_, name, id)| (name.to_vec(), id.to_vec()));
    assert_eq!(seen, expected.collect::<Vec<_>>());

    let mut parts: Vec<Vec<u8>> = Vec::new();
    trees.encode(&mut |part| parts.push(part.to_vec()));
    assert_eq!(decode(&parts, &ids).map(|trees| walk(&trees, &ids)), Some(seen));
    for change in changes.chunks_exact(CHANGE) {
        let part = usize::from(change[0]) % parts.len();
        let part = &mut parts[part];
        let at = usize::from(u16::from_le_bytes([change[1], change[2]])) % (part.len() + 1);
        match part.get_mut(at) {
            Some(byte) if change[0] < 0xc0 => *byte = change[3],
            _ => part.truncate(at),
        }
    }
    if let Some(trees) = decode(&parts, &ids) {
        walk(&trees, &ids);
        let numbers: Vec<Option<u32>> = (0..ids.len() as u32).map(Some).collect();
        walk(&trees.renumbered(&numbers, &ids, &ids), &ids);
    }
});

/// Mode, name and id of the entries up to the first damage, and whether there is none.
fn plain(bytes: &[u8]) -> (Vec<(&[u8], &[u8], &[u8])>, bool) {
    let mut entries = Vec::new();
    let mut rest = bytes;
    while !rest.is_empty() {
        let Some(space) = rest.iter().take(7).position(|byte| *byte == b' ') else { return (entries, false) };
        let Some(length) = rest[space + 1..].iter().position(|byte| *byte == 0) else { return (entries, false) };
        let nul = space + 1 + length;
        let Some(id) = rest.get(nul + 1..nul + 1 + WIDTH) else { return (entries, false) };
        entries.push((&rest[..space], &rest[space + 1..nul], id));
        rest = &rest[nul + 1 + WIDTH..];
    }
    (entries, true)
}

fn decode(parts: &[Vec<u8>], ids: &Ids) -> Option<Trees> {
    let mut parts = parts.iter();
    Trees::decode(&mut || parts.next().map(Vec::as_slice), ids.len())
}

/// Name and id of every entry of every tree.
fn walk(trees: &Trees, ids: &Ids) -> Vec<(Vec<u8>, Vec<u8>)> {
    let missing: Vec<&[u8]> = trees.missing().map(|(_, id)| id).collect();
    let chunks = (0..trees.len() as u32).flat_map(|tree| trees.chunks(TreeIndex(tree)));
    let entries = chunks.flat_map(|chunk| trees.entries(*chunk));
    let id = |object: u32| if (object as usize) < ids.len() { ids.raw(object) } else { missing[object as usize - ids.len()] };
    entries.map(|entry| (trees.names().get(entry.name).to_vec(), id(entry.object).to_vec())).collect()
}
