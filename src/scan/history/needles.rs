//! Known bytes, and where they stand in others.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use aho_corasick::{AhoCorasick, MatchKind};

use crate::location::ByteSpan;
use crate::secret::Secret;

/// Bytes to look for.
#[derive(Clone, Debug)]
pub struct Needle {
    /// The bytes; at least one.
    pub bytes: Secret,
    /// Bytes of a code unit: 2 for UTF-16, whose two byte orders are told apart by where a unit begins; otherwise 1.
    pub unit: usize,
}

/// Finds needles by a piece from the middle of each, and compares the rest: the automaton stays small however long they are. Their beginnings are
/// often the same, as those of keys.
pub struct Automaton<'n> {
    needles: &'n [Needle],
    pieces: AhoCorasick,
}

/// Length of a piece in bytes.
const PIECE: usize = 24;

/// The piece of a needle.
fn piece(needle: &Needle) -> ByteSpan {
    let length = needle.bytes.len().min(PIECE);
    let start = (needle.bytes.len() - length) / 2;
    ByteSpan::new(start, start + length)
}

impl<'n> Automaton<'n> {
    /// For `needles`, none of them empty.
    ///
    /// # Errors
    /// They are too many.
    pub fn new(needles: &'n [Needle]) -> Result<Self, aho_corasick::BuildError> {
        let pieces = needles.iter().map(|needle| piece(needle).of(needle.bytes.expose()));
        Ok(Self { needles, pieces: AhoCorasick::builder().match_kind(MatchKind::Standard).build(pieces)? })
    }

    /// Where needles stand, none over another. Those that begin where their code units do come first: UTF-16 in one byte order, read from the
    /// wrong byte on, looks as if it were in the other.
    pub fn occurrences(&self, bytes: &[u8]) -> Vec<(usize, ByteSpan)> {
        let mut all: Vec<(bool, usize, Reverse<usize>, usize)> = Vec::new();
        for found in self.pieces.find_overlapping_iter(bytes) {
            let number = found.pattern().as_usize();
            let needle = &self.needles[number];
            let Some(start) = found.start().checked_sub(piece(needle).start) else { continue };
            let end = start + needle.bytes.len();
            if bytes.get(start..end) == Some(needle.bytes.expose()) {
                all.push((!start.is_multiple_of(needle.unit.max(1)), start, Reverse(end), number));
            }
        }
        all.sort_unstable();
        let mut taken: BTreeMap<usize, (usize, usize)> = BTreeMap::new();
        for (_, start, Reverse(end), needle) in all {
            let is_free = taken.range(..end).next_back().is_none_or(|(_, (taken_end, _))| *taken_end <= start);
            if is_free {
                taken.insert(start, (end, needle));
            }
        }
        taken.into_iter().map(|(start, (end, needle))| (needle, ByteSpan::new(start, end))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn starts(list: &[(&[u8], usize)], bytes: &[u8]) -> Vec<(usize, usize)> {
        let needles: Vec<Needle> = list.iter().map(|(bytes, unit)| Needle { bytes: Secret::new(bytes), unit: *unit }).collect();
        let automaton = Automaton::new(&needles).expect("because they are few");
        automaton.occurrences(bytes).into_iter().map(|(needle, span)| (needle, span.start)).collect()
    }

    #[test]
    fn long_needles_are_compared_as_a_whole() {
        let long: Vec<u8> = (0..200).collect();
        let mut other = long.clone();
        other[199] = 0;
        let text = [&b"x"[..], &long, &long[..199], b"x", &other, b"x", &long[1..]].concat();
        assert_eq!(starts(&[(&long, 1), (&other, 1)], &text), [(0, 1), (1, 401)]);
    }

    #[test]
    fn the_longest_of_those_that_begin_first_counts() {
        assert_eq!(starts(&[(b"abc", 1), (b"abcdef", 1), (b"cde", 1)], b"xabcdef abc cde"), [(1, 1), (0, 8), (2, 12)]);
    }

    #[test]
    fn byte_orders_are_told_apart() {
        let (little, big) = (b"a\0b\0".as_slice(), b"\0a\0b".as_slice());
        assert_eq!(starts(&[(little, 2), (big, 2)], b"=\0a\0b\0\n\0"), [(0, 2)]);
        assert_eq!(starts(&[(little, 2), (big, 2)], b"\0=\0a\0b\0\n"), [(1, 2)]);
        // In the middle of something else it may begin anywhere.
        assert_eq!(starts(&[(little, 2)], b"xa\0b\0"), [(0, 1)]);
    }
}
