//! Finds literals in a few kilobytes without building an automaton first.
//!
//! A hook looks at two files; building an automaton for a thousand literals would take longer than everything else it does. This table
//! takes a pass over the literals to build, and one look into a bitmap for each byte to search.

/// Bytes that select the literals to compare; no literal is shorter.
const KEY: usize = 3;
/// Bits of the bitmap's index.
const BITS: u32 = 16;

/// Literals by their first three bytes, letter case ignored.
pub struct ShortTable {
    bitmap: Vec<u64>,
    /// Sorted by key.
    entries: Vec<Entry>,
}

struct Entry {
    key: u32,
    pattern: u32,
    literal: Vec<u8>,
}

impl ShortTable {
    /// Takes all literals, three bytes or longer; their position is their pattern id.
    pub fn new<'l>(literals: impl Iterator<Item = &'l [u8]>) -> Self {
        let mut bitmap = vec![0; (1 << BITS) / 64];
        let mut entries: Vec<_> =
            (0..).zip(literals).map(|(pattern, literal)| Entry { key: key(literal), pattern, literal: literal.to_vec() }).collect();
        entries.sort_unstable_by_key(|entry| (entry.key, entry.pattern));
        for entry in &entries {
            let slot = slot(entry.key);
            bitmap[slot / 64] |= 1 << (slot % 64);
        }
        Self { bitmap, entries }
    }

    /// Appends the end offset and pattern id of every match, overlapping ones included, sorted by both.
    pub fn find(&self, text: &[u8], found: &mut Vec<(usize, u32)>) {
        for (at, window) in text.windows(KEY).enumerate() {
            let key = key(window);
            let slot = slot(key);
            if self.bitmap[slot / 64] & (1 << (slot % 64)) == 0 {
                continue;
            }
            let first = self.entries.partition_point(|entry| entry.key < key);
            for entry in self.entries[first..].iter().take_while(|entry| entry.key == key) {
                let end = at + entry.literal.len();
                if text.get(at..end).is_some_and(|here| here.eq_ignore_ascii_case(&entry.literal)) {
                    found.push((end, entry.pattern));
                }
            }
        }
        found.sort_unstable();
    }
}

/// The first three bytes in lower case as one number.
fn key(bytes: &[u8]) -> u32 {
    bytes[..KEY].iter().fold(0, |key, byte| key << 8 | u32::from(byte.to_ascii_lowercase()))
}

fn slot(key: u32) -> usize {
    // Fibonacci hashing: the high bits of the product depend on all bits of the key.
    (key.wrapping_mul(0x9e37_79b1) >> (u32::BITS - BITS)) as usize
}

#[cfg(test)]
mod tests {
    use aho_corasick::AhoCorasick;
    use proptest::prelude::*;

    use super::*;

    const LITERALS: [&str; 7] = ["abc", "abca", "bca", "cabcab", "key", "://", "keykey"];

    proptest! {
        #[test]
        fn the_table_finds_what_an_automaton_finds(text in "[abcAeyKk:/]{0,200}") {
            let oracle = AhoCorasick::builder().ascii_case_insensitive(true).build(LITERALS).expect("because the literals are plain");
            let mut expected: Vec<_> = oracle.find_overlapping_iter(&text).map(|m| (m.end(), m.pattern().as_u32())).collect();
            expected.sort_unstable();
            let mut found = Vec::new();
            ShortTable::new(LITERALS.iter().map(|literal| literal.as_bytes())).find(text.as_bytes(), &mut found);
            prop_assert_eq!(found, expected);
        }
    }
}
