//! Lines and columns of rising offsets in one text, in one pass over it.
//!
//! A minified file has ten thousand secrets on one line: counting each one's column from the line's beginning would take the square of its
//! length. Knows nothing of secrets.

use crate::location::{ByteSpan, Position, utf16_len};

/// A place in a text that moves forward.
pub struct Walk<'a> {
    text: &'a [u8],
    line: u32,
    line_start: usize,
    line_end: Option<usize>,
    /// Where the walk stands, never inside of a character, and the UTF-16 units between the line's beginning and there.
    at: usize,
    units: u32,
}

impl<'a> Walk<'a> {
    /// Begins with the first line of `text`.
    pub fn new(text: &'a [u8]) -> Self {
        Self { text, line: 1, line_start: 0, line_end: None, at: 0, units: 0 }
    }

    /// Position of the byte at `offset`, the same as [`crate::location::LineIndex::position`] gives. Going back costs a walk from the
    /// beginning.
    pub fn to(&mut self, offset: usize) -> Position {
        if offset < self.at {
            *self = Self::new(self.text);
        }
        let passed = &self.text[self.at..offset];
        if let Some(last) = memchr::memrchr(b'\n', passed) {
            let lines = u32::try_from(memchr::memchr_iter(b'\n', passed).count()).unwrap_or(u32::MAX);
            self.line = self.line.saturating_add(lines);
            self.line_start = self.at + last + 1;
            (self.line_end, self.at, self.units) = (None, self.line_start, 0);
        }
        let units = self.units.saturating_add(utf16_len(&self.text[self.at..offset]));
        let is_inside_character = self.text.get(offset).is_some_and(|byte| matches!(byte, 0x80..=0xbf));
        if !is_inside_character {
            (self.at, self.units) = (offset, units);
        }
        Position { line: self.line, column_utf16: units.saturating_add(1) }
    }

    /// Bytes of the line that the walk is on, without its line end (LF or CR LF).
    pub fn line(&mut self) -> ByteSpan {
        let (text, at, start) = (self.text, self.at, self.line_start);
        let end = *self.line_end.get_or_insert_with(|| memchr::memchr(b'\n', &text[at..]).map_or(text.len(), |lf| at + lf));
        let has_return = end > start && text[end - 1] == b'\r';
        ByteSpan::new(start, if has_return { end - 1 } else { end })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::location::LineIndex;

    proptest! {
        #[test]
        fn every_offset_is_where_the_index_says(
            parts in prop::collection::vec(prop::sample::select(vec![&b"a"[..], b"\n", b"\r\n", b"\r", "é".as_bytes(), "😀".as_bytes(), b"\xff", b"\xf0\x9f"]), 0..30),
            mut offsets in prop::collection::vec(0..1000usize, 1..12),
            rising in any::<bool>(),
        ) {
            let text = parts.concat();
            if rising {
                offsets.sort_unstable();
            }
            let index = LineIndex::new(&text);
            let mut walk = Walk::new(&text);
            for offset in offsets {
                let offset = offset % (text.len() + 1);
                let expected = index.position(offset);
                prop_assert_eq!(walk.to(offset), expected, "{} of {:?}", offset, text);
                prop_assert_eq!(walk.line(), index.span(expected.line), "{} of {:?}", offset, text);
            }
        }
    }
}
