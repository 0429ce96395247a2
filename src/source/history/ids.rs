//! All object ids of a repository, sorted and numbered.

use gix::{ObjectId, oid};

/// Sorted, different ids of one length, side by side.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ids {
    bytes: Vec<u8>,
    width: usize,
    /// Number of ids whose first `bits` bits are at most the position.
    fan: Vec<u32>,
    bits: u32,
}

impl Ids {
    /// Takes ids in any order; the ids' bytes stand side by side in `bytes`, `width` bytes each. What follows the last whole id is left out.
    pub fn new(bytes: Vec<u8>, width: usize) -> Self {
        let is_sorted = bytes.chunks_exact(width).is_sorted_by(|a, b| a < b);
        let bytes = if is_sorted {
            bytes
        } else {
            let mut all: Vec<&[u8]> = bytes.chunks_exact(width).collect();
            all.sort_unstable();
            all.dedup();
            all.concat()
        };
        // A few ids for each position: they are spread evenly.
        let bits = (bytes.len() / width.max(1)).max(1).ilog2().saturating_sub(1).clamp(8, 22);
        let mut fan = vec![0u32; 1 << bits];
        for id in bytes.chunks_exact(width) {
            fan[first_bits(id, bits)] += 1;
        }
        for at in 1..fan.len() {
            fan[at] += fan[at - 1];
        }
        Self { bytes, width, fan, bits }
    }

    /// How many.
    pub fn len(&self) -> usize {
        self.bytes.len() / self.width
    }

    /// Bytes of one id.
    pub fn width(&self) -> usize {
        self.width
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// The bytes of the id with a number.
    pub fn raw(&self, number: u32) -> &[u8] {
        &self.bytes[number as usize * self.width..][..self.width]
    }

    /// The id with a number.
    pub fn get(&self, number: u32) -> ObjectId {
        oid::from_bytes_unchecked(self.raw(number)).to_owned()
    }

    /// The number of an id.
    pub fn find(&self, id: &[u8]) -> Option<u32> {
        if id.len() != self.width {
            return None;
        }
        let first = first_bits(id, self.bits);
        let mut low = if first == 0 { 0 } else { self.fan[first - 1] };
        let mut high = self.fan[first];
        while low < high {
            let middle = low + (high - low) / 2;
            match self.raw(middle).cmp(id) {
                std::cmp::Ordering::Equal => return Some(middle),
                std::cmp::Ordering::Less => low = middle + 1,
                std::cmp::Ordering::Greater => high = middle,
            }
        }
        None
    }

    /// All of them, side by side.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// For each id of `other` the number it has here.
    pub fn numbers_of(&self, other: &Self) -> Vec<Option<u32>> {
        let mut at = 0;
        let count = u32::try_from(self.len()).unwrap_or(u32::MAX);
        let number = |id: &[u8]| {
            while at < count && self.raw(at) < id {
                at += 1;
            }
            (at < count && self.raw(at) == id).then_some(at)
        };
        other.bytes.chunks_exact(other.width).map(number).collect()
    }
}

/// The first bits of an id as a number; at most 32 of them.
fn first_bits(id: &[u8], bits: u32) -> usize {
    id.first_chunk().map_or(0, |first| (u32::from_be_bytes(*first) >> (32 - bits)) as usize)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn every_id_is_found_under_its_number(mut ids in prop::collection::vec(prop::array::uniform20(0..4u8), 0..60), others in prop::collection::vec(prop::array::uniform20(0..4u8), 0..20)) {
            let table = Ids::new(ids.concat(), 20);
            ids.sort_unstable();
            ids.dedup();
            prop_assert_eq!(table.len(), ids.len());
            for (number, id) in ids.iter().enumerate() {
                prop_assert_eq!(table.find(id), Some(number as u32));
            }
            let other = Ids::new([ids.iter().take(5).copied().collect::<Vec<_>>(), others].concat().concat(), 20);
            let expected: Vec<_> = (0..other.len()).map(|n| ids.iter().position(|id| id == other.raw(n as u32)).map(|at| at as u32)).collect();
            prop_assert_eq!(table.numbers_of(&other), expected);
        }
    }
}
