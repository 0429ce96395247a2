//! Indices of real packs that lie. Either the report is that of the intact repository, or something is named as not scanned.

use std::path::PathBuf;

use super::packing::sha1;
use super::{each, replace};
use crate::history::findings::Findings;
use crate::history::laws::layout;
use crate::history::random::History;
use crate::history::repository::{Repository, UNCACHED};

/// Where the parts of an index of version 2 begin: `git help format-pack`.
const FAN_OUT: usize = 8;
const IDS: usize = FAN_OUT + 256 * 4;

/// An index and the number of objects that it names.
struct Index<'i> {
    bytes: &'i mut Vec<u8>,
    count: usize,
}

impl Index<'_> {
    fn offsets(&mut self) -> &mut [u8] {
        let start = IDS + self.count * 24;
        &mut self.bytes[start..start + self.count * 4]
    }

    fn ids(&mut self) -> &mut [u8] {
        &mut self.bytes[IDS..IDS + self.count * 20]
    }

    fn fan_out(&mut self) -> &mut [u8] {
        &mut self.bytes[FAN_OUT..IDS]
    }
}

type Lie = fn(&mut Index<'_>);

const LIES: &[(&str, Lie)] = &[
    ("offsets in another order", |index| index.offsets().rotate_left(4)),
    ("two offsets changed for each other", |index| {
        let offsets = index.offsets();
        (0..4).for_each(|byte| offsets.swap(byte, 40 + byte));
    }),
    ("all offsets the same", |index| {
        let first = index.offsets()[..4].to_vec();
        index.offsets().chunks_mut(4).for_each(|offset| offset.copy_from_slice(&first));
    }),
    ("an offset in the middle of an entry", |index| index.offsets()[3] ^= 3),
    ("an offset in the header", |index| index.offsets()[..4].copy_from_slice(&[0, 0, 0, 4])),
    ("an offset behind the end", |index| index.offsets()[..4].copy_from_slice(&[0x7f, 0xff, 0xff, 0xff])),
    ("an offset in a table that is not there", |index| index.offsets()[..4].copy_from_slice(&[0x80, 0, 0, 5])),
    ("all offsets in a table that is not there", |index| index.offsets().fill(0xff)),
    ("another id", |index| index.ids()[19] ^= 1),
    ("other ids", |index| index.ids().iter_mut().skip(18).step_by(20).for_each(|byte| *byte ^= 0x55)),
    ("ids in another order", |index| index.ids().rotate_left(20)),
    ("all ids the same", |index| {
        let first = index.ids()[..20].to_vec();
        index.ids().chunks_mut(20).for_each(|id| id.copy_from_slice(&first));
    }),
    ("ids of zeros", |index| index.ids().fill(0)),
    ("a fan-out of zeros", |index| index.fan_out().fill(0)),
    ("a fan-out of ones", |index| index.fan_out().fill(0xff)),
    ("a fan-out that falls", |index| index.fan_out().chunks_mut(4).step_by(2).for_each(|entry| entry.fill(0))),
    ("a fan-out whose middle is too high", |index| index.fan_out()[128 * 4..200 * 4].fill(0x7f)),
    ("one object more", |index| index.fan_out()[255 * 4 + 3] += 1),
    ("one object less", |index| index.fan_out()[255 * 4 + 3] -= 1),
    ("another version", |index| index.bytes[7] = 3),
    ("no magic", |index| index.bytes[..4].fill(b'x')),
    ("an object left out", |index| {
        let count = index.count;
        // From behind, so that the places in front of it stay.
        index.bytes.drain(IDS + count * 24..IDS + count * 24 + 4);
        index.bytes.drain(IDS + count * 20..IDS + count * 20 + 4);
        let first = index.bytes[IDS];
        index.bytes.drain(IDS..IDS + 20);
        for entry in index.bytes[FAN_OUT + usize::from(first) * 4..IDS].chunks_mut(4) {
            let number = u32::from_be_bytes([entry[0], entry[1], entry[2], entry[3]]) - 1;
            entry.copy_from_slice(&number.to_be_bytes());
        }
    }),
];

struct Packed {
    repository: Repository,
    path: PathBuf,
    bytes: Vec<u8>,
    expected: String,
}

impl Packed {
    fn new() -> Self {
        let repository = History::new(41, 60).repository();
        layout::one_pack(&repository);
        let expected = Findings::of(&repository.scan(UNCACHED).ends_with(1)).without_time();
        let path = layout::packs(&repository).remove(0).with_extension("idx");
        let bytes = std::fs::read(&path).expect("because git wrote it");
        // It tells what the index should have said.
        let _ = std::fs::remove_file(path.with_extension("rev"));
        Self { repository, path, bytes, expected }
    }

    /// Fails unless the report is what it was, or something is named as not scanned.
    #[track_caller]
    fn assert_same_or_gap(&self, what: &str, bytes: &[u8]) {
        replace(&self.path, bytes);
        let said = self.repository.scan(UNCACHED);
        let findings = Findings::of(&said);
        let is_same = findings.without_time() == self.expected;
        assert!(is_same || !findings.gaps().is_empty(), "{what}: another report, and nothing named: {:#}", findings.0);
        assert!(said.code == 1 || said.code == 3, "{what}: {said:#?}");
    }
}

#[test]
fn an_index_that_lies_is_noticed_or_not_needed() {
    let packed = Packed::new();
    each(LIES.iter().map(|(name, lie)| ((*name).to_owned(), lie)), |name, lie| {
        let mut bytes = packed.bytes.clone();
        let count = u32::from_be_bytes(bytes[IDS - 4..IDS].try_into().expect("because it has four bytes"));
        lie(&mut Index { bytes: &mut bytes, count: count as usize });
        packed.assert_same_or_gap(&format!("{name}, and its checksum is wrong"), &bytes);
        let end = bytes.len() - 20;
        let checksum = sha1(&bytes[..end]);
        bytes[end..].copy_from_slice(&checksum);
        packed.assert_same_or_gap(&format!("{name}, and its checksum is right"), &bytes);
    });
}

#[test]
fn an_index_that_ends_early_is_noticed_or_not_needed() {
    let packed = Packed::new();
    let total = packed.bytes.len();
    let lengths = [0, 3, 8, 500, IDS - 1, IDS, IDS + 10, total / 2, total - 41, total - 40, total - 20, total - 1];
    each(lengths.map(|length| (format!("the first {length} of {total} bytes"), length)), |what, length| {
        packed.assert_same_or_gap(what, &packed.bytes[..length]);
    });
    packed.assert_same_or_gap("longer", &[&packed.bytes[..], b"something behind"].concat());
    packed.assert_same_or_gap("garbage", &b"garbage".repeat(500));
}

#[test]
fn an_index_over_several_packs_that_lies_is_noticed_or_not_needed() {
    let repository = History::new(42, 60).repository();
    let expected = Findings::of(&repository.scan(UNCACHED).ends_with(1)).without_time();
    let (_, change) = layout::ALL.iter().find(|(name, _)| name.contains("index over")).expect("because there is such a layout");
    change(&repository);
    let path = repository.git_dir().join("objects/pack/multi-pack-index");
    let bytes = std::fs::read(&path).expect("because git wrote it");
    let packed = Packed { repository, path, bytes: bytes.clone(), expected };
    let positions = (0..bytes.len()).step_by(bytes.len() / 30);
    each(positions.map(|position| (format!("byte {position}"), position)), |_, position| {
        let mut changed = bytes.clone();
        changed[position] ^= 0x41;
        packed.assert_same_or_gap(&format!("byte {position} changed"), &changed);
        packed.assert_same_or_gap(&format!("the first {position} bytes"), &bytes[..position]);
    });
}
