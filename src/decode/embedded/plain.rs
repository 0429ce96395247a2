//! What a run stands for.

use super::Unit;
use crate::decode::{self, Decoded};
use crate::location::ByteSpan;

/// So many decoded bytes tell whether the rest is worth decoding.
pub(super) const PROBE: usize = 12;

/// The text that a run stands for.
#[derive(Clone, Debug)]
pub struct Plain {
    /// In UTF-8 as far as it was text.
    text: Vec<u8>,
    /// What the bytes were that are text in UTF-16 or UTF-32.
    wide: Option<Decoded>,
    /// Offsets in the text of bytes that are not written as themselves, rising; `None`: all of them.
    encoded: Option<Vec<usize>>,
}

impl Plain {
    /// Bytes of a run that says nothing undecoded. `None`: they are no text.
    pub(super) fn of_opaque(bytes: Vec<u8>) -> Option<Self> {
        let wide = memchr::memchr(0, &bytes[..bytes.len().min(PROBE)]).and_then(|_| decode::decode(&bytes));
        if let Some(wide) = wide {
            return Some(Self { text: wide.text().to_vec(), wide: Some(wide), encoded: None });
        }
        (is_text(&bytes) && is_varied(&bytes)).then_some(Self { text: bytes, wide: None, encoded: None })
    }

    pub(super) fn of_units(units: impl FnOnce(&mut dyn FnMut(Unit))) -> Self {
        let (mut text, mut encoded) = (Vec::new(), Vec::new());
        units(&mut |unit| {
            if unit.is_encoded {
                encoded.push(text.len());
            }
            text.push(unit.byte);
        });
        Self { text, wide: None, encoded: Some(encoded) }
    }

    /// The text.
    pub fn text(&self) -> &[u8] {
        &self.text
    }

    /// The encoding inside of the run, if it is not UTF-8: `utf-16le` and the like.
    pub fn inside(&self) -> Option<&'static str> {
        self.wide.as_ref().map(|wide| wide.encoding().name())
    }

    /// Whether a byte of `span` is not written as itself. The span may end behind the text.
    pub fn is_encoded(&self, span: ByteSpan) -> bool {
        let Some(encoded) = &self.encoded else { return true };
        let next = encoded.partition_point(|at| *at < span.start);
        encoded.get(next).is_some_and(|at| *at < span.end)
    }

    /// The part of the run's own bytes, before they were read as UTF-16.
    pub(super) fn undecoded(&self, span: ByteSpan) -> ByteSpan {
        self.wide.as_ref().map_or(span, |wide| wide.original_span(span))
    }
}

/// Whether `bytes` are mostly printable: one in eight may be something else, or any if all are UTF-8 without control characters.
pub fn is_text(bytes: &[u8]) -> bool {
    let other = bytes.iter().filter(|byte| !is_printable(**byte)).count();
    other * 8 <= bytes.len() || is_utf8(bytes, 0)
}

/// Whether enough different bytes are among them to say something. A long row of one hex digit stands for a row of one character, and that for
/// another.
fn is_varied(bytes: &[u8]) -> bool {
    const LEAST: u32 = 6;
    let mut seen = [0u128; 2];
    bytes.iter().any(|byte| {
        seen[usize::from(byte >> 7)] |= 1 << (byte & 0x7f);
        seen[0].count_ones() + seen[1].count_ones() >= LEAST
    })
}

/// Whether bytes that begin with these may be text.
pub(super) fn may_begin(bytes: &[u8]) -> bool {
    const CUT_CHARACTER: usize = 3;
    let other = bytes.iter().filter(|byte| !is_printable(**byte)).count();
    let is_wide = || (0..2).any(|odd| bytes.iter().skip(odd).step_by(2).filter(|byte| **byte == 0).count() * 3 >= bytes.len());
    other * 4 <= bytes.len() || is_utf8(bytes, CUT_CHARACTER) || is_wide()
}

pub(super) fn is_printable(byte: u8) -> bool {
    matches!(byte, b' '..=b'~' | b'\t' | b'\n' | b'\r')
}

/// Whether all but at most `cut` bytes at the end are UTF-8 without control characters.
fn is_utf8(bytes: &[u8], cut: usize) -> bool {
    let end = match std::str::from_utf8(bytes) {
        Ok(_) => bytes.len(),
        Err(error) => error.valid_up_to(),
    };
    end + cut >= bytes.len() && bytes[..end].iter().all(|byte| is_printable(*byte) || *byte >= 0x80)
}
