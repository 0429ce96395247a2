//! UTF-16 and UTF-32 in both byte orders: code units to characters, and how many units a text took.
//!
//! Knows nothing of how an encoding is recognized.

use std::iter;

/// How a text was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Encoding {
    /// UTF-16, low byte first: what Windows writes.
    Utf16Le,
    /// UTF-16, high byte first.
    Utf16Be,
    /// UTF-32, low byte first.
    Utf32Le,
    /// UTF-32, high byte first.
    Utf32Be,
}

impl Encoding {
    /// All of them, those with the longer byte order mark first: UTF-32's begins as UTF-16's does when the low byte comes first.
    pub const ALL: [Self; 4] = [Self::Utf32Le, Self::Utf32Be, Self::Utf16Le, Self::Utf16Be];

    /// Its name as IANA lists it, in lower case: `utf-16le`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Utf16Le => "utf-16le",
            Self::Utf16Be => "utf-16be",
            Self::Utf32Le => "utf-32le",
            Self::Utf32Be => "utf-32be",
        }
    }

    /// The byte order mark: U+FEFF in this encoding.
    pub(super) fn mark(self) -> &'static [u8] {
        match self {
            Self::Utf16Le => &[0xff, 0xfe],
            Self::Utf16Be => &[0xfe, 0xff],
            Self::Utf32Le => &[0xff, 0xfe, 0, 0],
            Self::Utf32Be => &[0, 0, 0xfe, 0xff],
        }
    }

    /// Bytes of a code unit.
    pub(super) fn unit_bytes(self) -> usize {
        match self {
            Self::Utf16Le | Self::Utf16Be => 2,
            Self::Utf32Le | Self::Utf32Be => 4,
        }
    }

    /// Code units that the characters took which begin in `text`, a part of what [`Encoding::text`] gave. U+FFFD always stands for one unit.
    pub(super) fn units(self, text: &[u8]) -> usize {
        let characters = text.iter().filter(|byte| !is_continuation(**byte)).count();
        match self {
            // A character of four bytes is a surrogate pair.
            Self::Utf16Le | Self::Utf16Be => characters + text.iter().filter(|byte| **byte >= 0xf0).count(),
            Self::Utf32Le | Self::Utf32Be => characters,
        }
    }

    /// All of `bytes`, which have no mark, as text without NULs.
    pub(super) fn text(self, bytes: &[u8]) -> String {
        let mut text = String::new();
        let mut length = 0;
        self.each(bytes, |character| {
            length += shown(character).len_utf8();
            true
        });
        // Growing by doubling could take twice as much.
        text.reserve_exact(length);
        self.each(bytes, |character| {
            text.push(shown(character));
            true
        });
        text
    }

    /// Gives each character of `bytes` to `visit` until that says to stop; `None` for what is none.
    pub(super) fn each(self, bytes: &[u8], visit: impl FnMut(Option<char>) -> bool) {
        match self {
            Self::Utf16Le => each_of_16(bytes, u16::from_le_bytes, visit),
            Self::Utf16Be => each_of_16(bytes, u16::from_be_bytes, visit),
            Self::Utf32Le => each_of_32(bytes, u32::from_le_bytes, visit),
            Self::Utf32Be => each_of_32(bytes, u32::from_be_bytes, visit),
        }
    }
}

/// Whether a byte of UTF-8 goes on with a character.
pub(super) fn is_continuation(byte: u8) -> bool {
    matches!(byte, 0x80..=0xbf)
}

fn shown(character: Option<char>) -> char {
    match character {
        None => char::REPLACEMENT_CHARACTER,
        Some('\0') => ' ',
        Some(other) => other,
    }
}

fn each_of_16(bytes: &[u8], read: impl Fn([u8; 2]) -> u16, visit: impl FnMut(Option<char>) -> bool) {
    let (units, rest) = bytes.as_chunks();
    let characters = char::decode_utf16(units.iter().map(|unit| read(*unit))).map(Result::ok);
    visit_all(characters, rest, visit);
}

fn each_of_32(bytes: &[u8], read: impl Fn([u8; 4]) -> u32, visit: impl FnMut(Option<char>) -> bool) {
    let (units, rest) = bytes.as_chunks();
    visit_all(units.iter().map(|unit| char::from_u32(read(*unit))), rest, visit);
}

/// `rest` is what is left of the bytes, less than a unit.
fn visit_all(characters: impl Iterator<Item = Option<char>>, rest: &[u8], mut visit: impl FnMut(Option<char>) -> bool) {
    let last = iter::repeat_n(None, usize::from(!rest.is_empty()));
    for character in characters.chain(last) {
        if !visit(character) {
            return;
        }
    }
}
