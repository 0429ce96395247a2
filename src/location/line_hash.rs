//! `primaryLocationLineHash`: how code scanning recognizes a line after the lines above it have moved.
//!
//! GitHub's upload action computes it as the `hash` function of `github/codeql-action` does, if it is absent and the file is in the checkout;
//! an upload by other ways has to bring its own. A line's hash covers the 100 UTF-16 code units from its first on, spaces and tabs left
//! out, so it reaches into the lines below.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::ControlFlow;

/// Code units that one hash covers.
const WINDOW_UNITS: usize = 100;
/// Base of the rolling hash.
const BASE: u64 = 37;
/// `BASE` to the power of [`WINDOW_UNITS`], wrapping: the weight of the unit that leaves the window.
const LEAVING_WEIGHT: u64 = BASE.wrapping_pow(WINDOW_UNITS as u32);
/// Fed once after the last unit.
const END_OF_FILE: u16 = u16::MAX;

/// The hash of each of `lines` (from 1) in `text`, in the form `<hex>:<how many lines up to here have that hash>`. A line that `text` does not
/// have is left out. A text that is not UTF-8 is read with U+FFFD for what is not. Memory grows with the number of `lines`, not with `text`.
///
/// Lines end here at LF, CR LF and also at a lone CR, as the original counts them.
pub fn line_hashes(text: &[u8], lines: &BTreeSet<u32>) -> BTreeMap<u32, String> {
    let mut hashes: BTreeMap<u32, u64> = BTreeMap::new();
    let until = lines.last().copied().unwrap_or_default();
    each_line(text, |line, hash| {
        if lines.contains(&line) {
            hashes.insert(line, hash);
        }
        go_on(line < until)
    });
    let mut seen: HashMap<u64, u32> = hashes.values().map(|hash| (*hash, 0)).collect();
    let mut named = BTreeMap::new();
    each_line(text, |line, hash| {
        if let Some(count) = seen.get_mut(&hash) {
            *count += 1;
            if hashes.contains_key(&line) {
                named.insert(line, format!("{hash:x}:{count}"));
            }
        }
        go_on(line < until)
    });
    named
}

fn go_on(wanted: bool) -> ControlFlow<()> {
    if wanted { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
}

/// Calls `each` with number (from 1) and hash of every line, in order, until it breaks.
fn each_line(text: &[u8], each: impl FnMut(u32, u64) -> ControlFlow<()>) {
    let mut ring = Ring { units: [0; WINDOW_UNITS], lines: [0; WINDOW_UNITS], at: 0, hash: 0, each };
    let _ = feed(text, &mut ring);
}

fn feed(text: &[u8], ring: &mut Ring<impl FnMut(u32, u64) -> ControlFlow<()>>) -> ControlFlow<()> {
    let replaced = |invalid: &[u8]| (!invalid.is_empty()).then_some(char::REPLACEMENT_CHARACTER as u16);
    let units = text.utf8_chunks().flat_map(|chunk| chunk.valid().encode_utf16().chain(replaced(chunk.invalid())));
    let (mut line, mut at_line_start, mut after_cr) = (0u32, true, false);
    for unit in units.map(Some).chain([None]) {
        const SPACE: u16 = b' ' as u16;
        const TAB: u16 = b'\t' as u16;
        const LF: u16 = b'\n' as u16;
        const CR: u16 = b'\r' as u16;
        let skipped = matches!(unit, Some(SPACE | TAB)) || (after_cr && unit == Some(LF));
        after_cr = unit == Some(CR);
        if skipped {
            continue;
        }
        let unit = if after_cr { LF } else { unit.unwrap_or(END_OF_FILE) };
        line = line.saturating_add(u32::from(at_line_start));
        ring.push(unit, if at_line_start { line } else { 0 })?;
        at_line_start = unit == LF;
    }
    (0..WINDOW_UNITS).try_for_each(|_| ring.push(0, 0))
}

/// The last [`WINDOW_UNITS`] units, each with the number of the line that it begins, else 0.
struct Ring<E> {
    units: [u16; WINDOW_UNITS],
    lines: [u32; WINDOW_UNITS],
    at: usize,
    hash: u64,
    each: E,
}

impl<E: FnMut(u32, u64) -> ControlFlow<()>> Ring<E> {
    /// Takes in `unit`, which begins line `line` if that is not 0. The oldest unit leaves; if it began a line, that line's window is full.
    fn push(&mut self, unit: u16, line: u32) -> ControlFlow<()> {
        let full = self.lines[self.at];
        if full > 0 {
            (self.each)(full, self.hash)?;
        }
        let leaving = u64::from(self.units[self.at]);
        self.hash = self.hash.wrapping_mul(BASE).wrapping_add(u64::from(unit)).wrapping_sub(LEAVING_WEIGHT.wrapping_mul(leaving));
        self.units[self.at] = unit;
        self.lines[self.at] = line;
        self.at = (self.at + 1) % WINDOW_UNITS;
        ControlFlow::Continue(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn all(text: &[u8]) -> Vec<String> {
        let mut count = 0;
        each_line(text, |_, _| {
            count += 1;
            ControlFlow::Continue(())
        });
        line_hashes(text, &(1..=count).collect()).into_values().collect()
    }

    #[test]
    fn the_known_vectors_come_out() {
        assert_eq!(all(b""), ["c129715d7a2bc9a3:1"]);
        assert_eq!(all(b" a\nb\n  \t\tc\n d"), ["271789c17abda88f:1", "54703d4cd895b18:1", "180aee12dab6264:1", "a23a3dc5e078b07b:1"]);
        let repeated = [
            "e54938cc54b302f1:1",
            "bb609acbe9138d60:1",
            "1131fd5871777f34:1",
            "5c482a0f8b35ea28:1",
            "54517377da7028d2:1",
            "2c644846cb18d53e:1",
            "f1b89f20de0d133:1",
            "c129715d7a2bc9a3:1",
        ];
        assert_eq!(all(b"x = 2\nx = 1\nprint(x)\nx = 3\nprint(x)\nx = 4\nprint(x)\n"), repeated);
    }

    #[test]
    fn line_ends_and_indentation_do_not_count() {
        let unix = all(b"a\n  b\n\nc\n");
        assert_eq!(all(b"a\r\nb\r\n\r\n\tc\r\n"), unix);
        assert_eq!(all(b"a\rb\r\rc\r"), unix);
    }

    #[test]
    fn equal_lines_are_numbered() {
        let text = b"x\n".repeat(300);
        let hashes = all(&text);
        let first = hashes[0].trim_end_matches(":1");
        assert_eq!(hashes[199], format!("{first}:200"));
        assert_eq!(line_hashes(&text, &BTreeSet::from([200])), BTreeMap::from([(200, format!("{first}:200"))]));
    }

    #[test]
    fn a_line_that_is_not_there_has_no_hash() {
        assert_eq!(line_hashes(b"a\nb", &BTreeSet::from([0, 3, u32::MAX])), BTreeMap::new());
        assert_eq!(line_hashes(b"a\nb", &BTreeSet::new()), BTreeMap::new());
    }

    /// The definition without ring and window: the first 100 units from a line's start, the first with the highest weight.
    fn by_definition(text: &str) -> Vec<u64> {
        let text = text.replace("\r\n", "\n").replace('\r', "\n").replace([' ', '\t'], "");
        let mut units: Vec<u16> = text.encode_utf16().chain([END_OF_FILE]).collect();
        let starts = (0..units.len()).filter(|at| *at == 0 || units[at - 1] == u16::from(b'\n')).collect::<Vec<_>>();
        units.extend([0; WINDOW_UNITS]);
        let hash = |start: usize| {
            units[start..start + WINDOW_UNITS].iter().fold(0u64, |hash, unit| hash.wrapping_mul(BASE).wrapping_add(u64::from(*unit)))
        };
        starts.into_iter().map(hash).collect()
    }

    proptest! {
        #[test]
        fn the_ring_computes_the_definition(text in "[a-c \t\néé😀]{0,400}") {
            let mut hashes = Vec::new();
            each_line(text.as_bytes(), |line, hash| {
                assert_eq!(line as usize, hashes.len() + 1);
                hashes.push(hash);
                ControlFlow::Continue(())
            });
            prop_assert_eq!(hashes, by_definition(&text));
        }

        #[test]
        fn no_bytes_do_harm(text in proptest::collection::vec(any::<u8>(), 0..600)) {
            prop_assert!(!all(&text).is_empty());
        }
    }
}
