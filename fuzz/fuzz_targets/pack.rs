//! A pack of whatever content with an index that fits or does not: every object is told once, as it is or as one that cannot be read, and the
//! same with little memory.

#![no_main]

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::LazyLock;

use keysieve::location::CopiedSpan;
use keysieve::source::history::pack::{Broken, Limits, Pack, Place, Room, Visitor};
use libfuzzer_sys::fuzz_target;
use tempfile::TempDir;

const HEADER: usize = 12;
const LARGEST: u64 = 1 << 16;

static FOLDER: LazyLock<TempDir> = LazyLock::new(|| tempfile::tempdir().expect("because the temporary folder can be written"));

fuzz_target!(|data: &[u8]| {
    let Some((&how, rest)) = data.split_first() else { return };
    let (entries, offsets) = if how & 1 == 0 { given(rest) } else { built(rest) };
    let bytes = [b"PACK\0\0\0\x02", &(offsets.len() as u32).to_be_bytes()[..], &entries, &[0; 20]].concat();
    let path: PathBuf = FOLDER.path().join("fuzz.pack");
    std::fs::write(&path, &bytes).expect("because the folder can be written");
    let places: Vec<Place> = (0..).zip(&offsets).map(|(object, offset)| Place { offset: *offset, object, crc32: None }).collect();
    // The first byte of an id says where it stands.
    let find = |id: &gix::oid| offsets.get(usize::from(id.as_bytes()[0])).copied();
    let Ok((pack, broken)) = Pack::open(&path, gix::hash::Kind::Sha1, places, find) else { return };
    let told = walk(&pack, 1 << 30);
    assert_eq!(told, walk(&pack, 0), "with little memory");
    let mut times = vec![0; offsets.len()];
    for object in broken.iter().map(|broken| broken.object).chain(told.iter().flat_map(|(object, all)| all.iter().map(|_| *object))) {
        times[object as usize] += 1;
    }
    assert!(times.iter().all(|times| *times == 1), "{times:?}");
});

/// Places and entries as they are given: four offsets and all else.
fn given(data: &[u8]) -> (Vec<u8>, Vec<u64>) {
    let (head, entries) = data.split_at(data.len().min(4));
    let mut offsets: Vec<u64> = head.iter().map(|offset| HEADER as u64 + u64::from(*offset)).collect();
    offsets.sort_unstable();
    offsets.dedup();
    (entries.to_vec(), offsets)
}

/// Entries that are packed as they should be: of each a byte says what it is, one which is its base, one how long it is.
fn built(mut data: &[u8]) -> (Vec<u8>, Vec<u64>) {
    let (mut entries, mut offsets) = (Vec::new(), Vec::new());
    while let [kind, base, length, rest @ ..] = data
        && offsets.len() < 64
    {
        let offset = (HEADER + entries.len()) as u64;
        let kind = kind % 8;
        let (content, rest) = rest.split_at(rest.len().min(usize::from(*length)));
        entries.extend([kind << 4 | (content.len() & 0xf) as u8 | 0x80, (content.len() >> 4) as u8]);
        match kind {
            6 => {
                let known = offsets.get(usize::from(*base)).copied().unwrap_or(offset);
                entries.extend(distance(offset - known));
            }
            7 => entries.extend([*base; 20]),
            _ => {}
        }
        entries.extend(stored(content));
        offsets.push(offset);
        data = rest;
    }
    (entries, offsets)
}

/// How far back a base is, as packs write it.
fn distance(mut distance: u64) -> Vec<u8> {
    let mut bytes = vec![(distance & 0x7f) as u8];
    while distance >= 0x80 {
        distance = (distance >> 7) - 1;
        bytes.push((distance & 0x7f) as u8 | 0x80);
    }
    bytes.reverse();
    bytes
}

/// A zlib stream that holds `content` as it is.
fn stored(content: &[u8]) -> Vec<u8> {
    let length = (content.len() as u16).to_le_bytes();
    let (mut a, mut b) = (1u32, 0u32);
    for byte in content {
        a = (a + u32::from(*byte)) % 65_521;
        b = (b + a) % 65_521;
    }
    [&[0x78, 0x01, 0x01, length[0], length[1], !length[0], !length[1]], content, &(b << 16 | a).to_be_bytes()].concat()
}

/// By object everything that a walk tells of it.
fn walk(pack: &Pack, held: usize) -> BTreeMap<u32, Vec<String>> {
    let mut told = Told::default();
    let mut room = Room::default();
    for root in pack.roots() {
        assert_eq!(pack.descendants(root.entry).count(), root.weight as usize);
        pack.walk(root.entry, Limits { object: LARGEST, held }, &mut room, &mut told);
    }
    told.0
}

#[derive(Default)]
struct Told(BTreeMap<u32, Vec<String>>);

impl Told {
    fn tell(&mut self, object: u32, what: String) {
        self.0.entry(object).or_default().push(what);
    }
}

impl Visitor for Told {
    type Kept = Vec<u8>;

    fn whole(&mut self, object: u32, bytes: &[u8]) -> Vec<u8> {
        self.tell(object, format!("{bytes:?}"));
        bytes.to_vec()
    }

    fn derived(&mut self, object: u32, bytes: &[u8], copies: &[CopiedSpan], base: &Vec<u8>) -> Vec<u8> {
        assert!(bytes.len() as u64 <= LARGEST);
        for copy in copies {
            assert_eq!(copy.target().of(bytes), &base[copy.from..copy.from + copy.length]);
        }
        self.tell(object, format!("{bytes:?} with {copies:?}"));
        bytes.to_vec()
    }

    fn broken(&mut self, broken: Broken) {
        self.tell(broken.object, format!("{broken:?}"));
    }
}
