//! Where something stands in a text: byte spans, lines from 1, columns with their unit in the name.
//!
//! Knows nothing of files, rules or findings.

pub mod line_hash;

use serde::Serialize;

/// A place in a text as people and editors count it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Position {
    /// Line number, from 1. Lines end at LF.
    pub line: u32,
    /// Column in UTF-16 code units, from 1. Bytes that are not UTF-8 count one unit for each replacement character.
    #[serde(rename = "column")]
    pub column_utf16: u32,
}

/// Half-open range of byte offsets in an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct ByteSpan {
    /// Offset of the first byte.
    pub start: usize,
    /// Offset one past the last byte.
    pub end: usize,
}

impl ByteSpan {
    /// The span from `start` up to, not including, `end`.
    pub fn new(start: usize, end: usize) -> Self {
        debug_assert!(start <= end);
        Self { start, end }
    }

    /// Length in bytes.
    pub fn len(self) -> usize {
        self.end - self.start
    }

    /// Whether the span holds no byte.
    pub fn is_empty(self) -> bool {
        self.start == self.end
    }

    /// Whether both spans share at least one byte.
    pub fn overlaps(self, other: Self) -> bool {
        self.start < other.end && other.start < self.end
    }

    /// Whether `other` lies wholly inside this span.
    pub fn contains(self, other: Self) -> bool {
        self.start <= other.start && other.end <= self.end
    }

    /// The bytes of `text` that the span covers.
    pub fn of(self, text: &[u8]) -> &[u8] {
        &text[self.start..self.end]
    }
}

/// A stretch of bytes that one text took over from another unchanged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CopiedSpan {
    /// First byte in the text it comes from.
    pub from: usize,
    /// First byte in the text that took it over.
    pub to: usize,
    /// Length in bytes, at least 1.
    pub length: usize,
}

impl CopiedSpan {
    /// The stretch in the text that took it over.
    pub fn target(&self) -> ByteSpan {
        ByteSpan::new(self.to, self.to + self.length)
    }
}

/// Line starts of one text, built once when the first match needs a line number.
pub struct LineIndex<'a> {
    text: &'a [u8],
    starts: Vec<usize>,
}

impl<'a> LineIndex<'a> {
    /// Finds all line starts of `text`.
    pub fn new(text: &'a [u8]) -> Self {
        let starts = std::iter::once(0).chain(memchr::memchr_iter(b'\n', text).map(|lf| lf + 1)).collect();
        Self { text, starts }
    }

    /// Line number, from 1, of the byte at `offset`.
    pub fn line(&self, offset: usize) -> u32 {
        u32::try_from(self.starts.partition_point(|&start| start <= offset)).unwrap_or(u32::MAX)
    }

    /// Bytes of line `line` (from 1) without its line end (LF or CR LF); empty span at the end of the text for a line that is not there.
    pub fn span(&self, line: u32) -> ByteSpan {
        let index = line as usize - 1;
        let Some(&start) = self.starts.get(index) else {
            return ByteSpan::new(self.text.len(), self.text.len());
        };
        let end = self.starts.get(index + 1).map_or(self.text.len(), |next| next - 1);
        let end = if end > start && self.text[end - 1] == b'\r' { end - 1 } else { end };
        ByteSpan::new(start, end)
    }

    /// Position of the byte at `offset`. A column beyond 65,535 bytes into a line is counted exactly as well: minified files have such lines.
    pub fn position(&self, offset: usize) -> Position {
        let line = self.line(offset);
        let start = self.starts[line as usize - 1];
        Position { line, column_utf16: utf16_len(&self.text[start..offset]) + 1 }
    }
}

/// UTF-16 code units that `text` takes, each invalid UTF-8 sequence counted as one replacement character.
pub fn utf16_len(text: &[u8]) -> u32 {
    if text.is_ascii() {
        return u32::try_from(text.len()).unwrap_or(u32::MAX);
    }
    let units: usize =
        text.utf8_chunks().map(|chunk| chunk.valid().encode_utf16().count() + usize::from(!chunk.invalid().is_empty())).sum();
    u32::try_from(units).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_count_from_one_and_end_at_line_feeds() {
        let index = LineIndex::new(b"a\r\nbc\n\nd");
        assert_eq!((index.line(0), index.line(2), index.line(3), index.line(6), index.line(7)), (1, 1, 2, 3, 4));
        assert_eq!(index.span(1), ByteSpan::new(0, 1));
        assert_eq!(index.span(2), ByteSpan::new(3, 5));
        assert_eq!(index.span(3), ByteSpan::new(6, 6));
        assert_eq!(index.span(9), ByteSpan::new(8, 8));
    }

    #[test]
    fn columns_are_utf16_units() {
        let text = "é😀x".as_bytes();
        let index = LineIndex::new(text);
        assert_eq!(index.position(text.len() - 1), Position { line: 1, column_utf16: 4 });
        assert_eq!(utf16_len(b"\xff\xffx"), 3);
    }
}
