//! Percent-encoding, as in URLs and forms (RFC 3986, section 2.1).

use super::{Coding, Marked};

pub(super) struct Percent;

impl Marked for Percent {
    const CODING: Coding = Coding::Percent;
    const MARK: u8 = b'%';

    fn read(text: &[u8], at: usize, mut each: impl FnMut(u8)) -> Option<usize> {
        each(super::hex::byte(text.get(at + 1..at + 3)?)?);
        Some(3)
    }

    /// What is written without need: letters of other scripts alone hide nothing.
    fn begins(text: &[u8], at: usize) -> bool {
        text.get(at + 1..at + 3).and_then(super::hex::byte).is_some_and(super::is_written)
    }

    /// A run is a word: no URL holds blanks, quotes or angle brackets.
    fn is_border(text: &[u8], at: usize) -> bool {
        matches!(text[at], 0..=b' ' | b'"' | b'\'' | b'`' | b'<' | b'>' | 0x7f)
    }
}
