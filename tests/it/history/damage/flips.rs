//! Real packs with one byte changed, or without their end.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::{assert_named, each, replace, scan};
use crate::history::findings::Findings;
use crate::history::laws::layout;
use crate::history::oracle::Oracle;
use crate::history::random::{History, Random, TOKENS, planted};
use crate::history::repository::{Repository, UNCACHED};

struct Entry {
    id: String,
    kind: String,
    base: Option<String>,
}

/// A repository with one pack, and what is where in it.
struct Packed {
    repository: Repository,
    pack: PathBuf,
    bytes: Vec<u8>,
    /// By offset.
    entries: BTreeMap<usize, Entry>,
    /// Token to the blobs that hold it.
    tokens: Vec<(String, Vec<String>)>,
}

impl Packed {
    fn new(seed: u64) -> Self {
        let repository = History::new(seed, 60).repository();
        layout::deep_chains(&repository);
        let pack = layout::packs(&repository).remove(0);
        let listed = repository.git(&["verify-pack", "-v", &pack.with_extension("idx").display().to_string()]);
        // Id, type, size, size in the pack, offset, and for a delta its depth and its base.
        let fields = listed.lines().map(|line| line.split_whitespace().collect::<Vec<_>>());
        let entries = fields.filter(|fields| matches!(fields.len(), 5 | 7) && fields[0].len() == 40).map(|fields| {
            let offset = fields[4].parse().expect("because git writes a number");
            (offset, Entry { id: fields[0].to_owned(), kind: fields[1].to_owned(), base: fields.get(6).map(|base| (*base).to_owned()) })
        });
        let (entries, bytes) = (entries.collect(), std::fs::read(&pack).expect("because git wrote it"));
        let oracle = Oracle::of(&repository);
        let tokens = (0..TOKENS).map(planted);
        let tokens = tokens.filter_map(|token| Some((token.clone(), oracle.expected(&token)?.blobs.into_iter().collect()))).collect();
        Self { repository, pack, bytes, entries, tokens }
    }

    /// The object that has the byte at `position` and all that are made from it.
    fn hit(&self, position: usize) -> Vec<&Entry> {
        let (_, first) = self.entries.range(..=position).next_back().expect("because the position is behind the header");
        let mut hit = vec![first];
        let mut next = 0;
        while let Some(base) = hit.get(next) {
            let base = base.id.clone();
            hit.extend(self.entries.values().filter(|entry| entry.base.as_ref() == Some(&base)));
            next += 1;
        }
        hit
    }

    /// What git reads as this object.
    fn content(&self, entry: &Entry) -> Option<String> {
        let said = crate::support::Said::of(crate::support::git_in(&self.repository.path).args(["cat-file", &entry.kind, &entry.id]));
        (said.code == 0).then_some(said.stdout)
    }

    /// Fails unless each token is found, or lost with what was damaged.
    #[track_caller]
    fn assert_rest_is_found(&self, what: &str, findings: &Findings, damaged: &[String]) {
        for (token, blobs) in &self.tokens {
            let lost = blobs.iter().all(|blob| damaged.contains(blob));
            assert!(lost || findings.of_token(token).is_some(), "{what}: a token in {blobs:?} is not found: {:#}", findings.0);
        }
    }
}

fn flip(packed: &Packed, what: &str, position: usize) {
    replace(&packed.pack, &packed.bytes);
    let hit = packed.hit(position);
    let before: Vec<_> = hit.iter().map(|entry| packed.content(entry)).collect();
    let mut bytes = packed.bytes.clone();
    bytes[position] ^= 1 << (position % 8);
    replace(&packed.pack, &bytes);
    let unreadable = hit.iter().zip(before).filter(|(entry, before)| packed.content(entry) != *before);
    let damaged: Vec<String> = unreadable.map(|(entry, _)| entry.id.clone()).collect();
    if damaged.is_empty() {
        // A bit that no decoder looks at, such as those behind the end of a stream's last block.
        packed.repository.scan(UNCACHED).ends_with(1);
    } else {
        let findings = scan(what, &packed.repository);
        assert_named(what, &findings, &damaged);
        packed.assert_rest_is_found(what, &findings, &damaged);
    }
}

#[test]
fn a_changed_byte_is_noticed_wherever_it_is() {
    for seed in [31, 32] {
        let packed = Packed::new(seed);
        let mut random = Random(seed);
        let end = packed.bytes.len() - 20;
        let mut positions: Vec<usize> = (0..25).map(|_| 12 + random.below(end - 12)).collect();
        // The first bytes of entries say what they are, how large, and what they are made from.
        let starts: Vec<usize> = packed.entries.keys().copied().collect();
        positions.extend((0..25).map(|_| (starts[random.below(starts.len())] + random.below(5)).min(end - 1)));
        let cases = positions.into_iter().map(|position| (format!("seed {seed}, byte {position}"), position));
        each(cases, |what, position| flip(&packed, what, position));
    }
}

#[test]
fn a_changed_header_is_noticed() {
    let packed = Packed::new(33);
    each((0..12).map(|position| (format!("byte {position}"), position)), |what, position| {
        let mut bytes = packed.bytes.clone();
        bytes[position] ^= 0x11;
        replace(&packed.pack, &bytes);
        let findings = scan(what, &packed.repository);
        assert!(!findings.gaps().is_empty(), "{what}: {:#}", findings.0);
    });
}

#[test]
fn a_pack_without_its_end_is_noticed() {
    let packed = Packed::new(34);
    let mut random = Random(34);
    let total = packed.bytes.len();
    let lengths = [0, 4, 11, 12, 31, 32, total - 1, total - 19, total - 20, total - 21];
    let lengths = lengths.into_iter().chain((0..15).map(|_| random.below(total)));
    each(lengths.map(|length| (format!("the first {length} of {total} bytes"), length)), |what, length| {
        replace(&packed.pack, &packed.bytes[..length]);
        let findings = scan(what, &packed.repository);
        if length + 20 >= total && findings.gaps().is_empty() {
            // Only the checksum at the end is cut: every entry is whole.
            return packed.assert_rest_is_found(what, &findings, &[]);
        }
        let name = packed.pack.file_stem().expect("because it has a name").to_string_lossy().into_owned();
        assert!(!findings.gaps().is_empty(), "{what}: {:#}", findings.0);
        let cut = packed.entries.iter().filter(|(offset, _)| **offset >= length).map(|(_, entry)| entry.id.clone());
        let unnamed = cut.filter(|object| !findings.names(object)).count();
        // A list that would be too long ends with how many more there are.
        let summed_up = findings.gaps().iter().any(|gap| gap.starts_with(&format!("{unnamed} more objects")));
        assert!(unnamed == 0 || summed_up || findings.names(&name), "{what}: {unnamed} not named: {:#?}", findings.gaps());
    });
}

#[test]
fn a_pack_without_its_index_and_an_index_without_its_pack_are_noticed() {
    each(["pack", "idx"].map(|extension| (format!("without {extension}"), extension)), |what, extension| {
        let packed = Packed::new(35);
        std::fs::remove_file(packed.pack.with_extension(extension)).expect("because git wrote it");
        let findings = scan(what, &packed.repository);
        assert!(!findings.gaps().is_empty(), "{what}: {:#}", findings.0);
    });
}

#[test]
fn bytes_behind_the_end_change_nothing_that_is_there() {
    let packed = Packed::new(36);
    replace(&packed.pack, &[&packed.bytes[..], b"something behind"].concat());
    let findings = Findings::of(&packed.repository.scan(UNCACHED).ends_with(1));
    if findings.gaps().is_empty() {
        packed.assert_rest_is_found("longer", &findings, &[]);
    }
}
