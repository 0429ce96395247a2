//! What bytes stand for: bytes in, the text that they encode out, with the way back from each byte of it to the original ones.
//!
//! Knows nothing of rules, of what is looked for in the text, or of files.

pub mod embedded;
mod encoding;
mod probe;

#[cfg(test)]
mod tests;

pub use encoding::Encoding;

use crate::location::ByteSpan;

/// Bytes of decoded text from one checkpoint to the next: 8 bytes of memory for each, and so many bytes are looked at to map an offset.
const STRIDE: usize = 1024;

/// The text that some bytes stand for.
#[derive(Clone, Debug)]
pub struct Decoded {
    text: Vec<u8>,
    encoding: Encoding,
    /// Bytes of the mark before the text.
    mark: usize,
    /// Bytes of the original.
    original_len: usize,
    /// Code units of the characters that begin before each multiple of [`STRIDE`].
    checkpoints: Vec<usize>,
}

/// Decodes `bytes` if they are text in UTF-16 or UTF-32: behind a byte order mark, or without one if at least half of its beginning is ASCII
/// or western European and next to nothing there is no text. `None` for everything else; for content without a NUL that costs nanoseconds.
///
/// Everything is decoded: what is broken (half a surrogate pair, a number that is no character, bytes left over at the end) becomes U+FFFD. The
/// text has no byte order mark at its beginning and no NUL: U+0000 becomes a space, so that nobody takes the text for binary. It is at most
/// half as long again as `bytes`, plus two bytes.
pub fn decode(bytes: &[u8]) -> Option<Decoded> {
    let (encoding, mark) = probe::recognize(bytes)?;
    Some(Decoded::new(bytes, encoding, mark))
}

impl Decoded {
    fn new(bytes: &[u8], encoding: Encoding, mark: usize) -> Self {
        let text = encoding.text(&bytes[mark..]).into_bytes();
        let mut units = 0;
        let behind = text.chunks(STRIDE).map(|chunk| {
            units += encoding.units(chunk);
            units
        });
        let checkpoints = std::iter::once(0).chain(behind).collect();
        Self { text, encoding, mark, original_len: bytes.len(), checkpoints }
    }

    /// The text in UTF-8.
    pub fn text(&self) -> &[u8] {
        &self.text
    }

    /// What it was decoded from.
    pub fn encoding(&self) -> Encoding {
        self.encoding
    }

    /// Offset of the original byte at which the character begins that the decoded byte at `offset` belongs to; at the end of the text and
    /// behind it, the length of the original.
    pub fn original(&self, offset: usize) -> usize {
        if offset >= self.text.len() {
            return self.original_len;
        }
        let inside = self.text[..=offset].iter().rev().take_while(|byte| encoding::is_continuation(**byte)).count();
        let start = offset - inside;
        let checkpoint = start / STRIDE;
        let units = self.checkpoints[checkpoint] + self.encoding.units(&self.text[checkpoint * STRIDE..start]);
        self.mark + units * self.encoding.unit_bytes()
    }

    /// The original bytes of all characters of which `span`, a part of the text, holds a byte. An empty span stays empty.
    pub fn original_span(&self, span: ByteSpan) -> ByteSpan {
        let start = self.original(span.start);
        if span.is_empty() {
            return ByteSpan::new(start, start);
        }
        let behind = self.text.get(span.end..).unwrap_or_default();
        let inside = behind.iter().take_while(|byte| encoding::is_continuation(**byte)).count();
        ByteSpan::new(start, self.original(span.end + inside))
    }
}
