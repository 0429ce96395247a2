//! Whether some bytes are text in UTF-16 or UTF-32, told from their beginning.
//!
//! Knows nothing of the whole text.

use super::encoding::Encoding;

/// Without a mark, a text must have a NUL among this many first bytes: the upper half of a space, a letter or a line feed.
const NUL_WITHIN: usize = 256;
/// Bytes to judge by. Most of what is no text shows it in the first window.
const WINDOWS: [usize; 2] = [256, 4096];
/// Without a mark, fewer characters than this tell too little, and hold no credential.
const FEWEST: usize = 8;
/// One in so many characters may be broken or belong in no text. In random bytes one in 32 units is half a surrogate pair.
const BAD_ONE_IN: usize = 64;
/// Behind a mark, so many broken ones are taken in any case.
const BAD_BEHIND_MARK: usize = 8;

/// The encoding of `bytes` and the length of their byte order mark in bytes.
pub fn recognize(bytes: &[u8]) -> Option<(Encoding, usize)> {
    let marked = Encoding::ALL.into_iter().find(|encoding| is_marked(bytes, *encoding));
    if let Some(encoding) = marked {
        return Some((encoding, encoding.mark().len()));
    }
    memchr::memchr(0, &bytes[..bytes.len().min(NUL_WITHIN)])?;
    let unmarked = Encoding::ALL.into_iter().find(|encoding| WINDOWS.iter().all(|window| is_text(bytes, *encoding, *window)));
    unmarked.map(|encoding| (encoding, 0))
}

/// Whether `bytes` begin with the encoding's mark and go on in it.
fn is_marked(bytes: &[u8], encoding: Encoding) -> bool {
    let Some(text) = bytes.strip_prefix(encoding.mark()) else { return false };
    let window = whole_units(text, encoding, WINDOWS[1]);
    let allowed = BAD_BEHIND_MARK + window.len() / encoding.unit_bytes() / BAD_ONE_IN;
    let mut broken = 0;
    encoding.each(window, |character| {
        broken += usize::from(character.is_none());
        broken <= allowed
    });
    broken <= allowed
}

/// Whether the first `window` bytes read as text of which at least half is ASCII or western European.
fn is_text(bytes: &[u8], encoding: Encoding, window: usize) -> bool {
    let window = whole_units(bytes, encoding, window);
    let units = window.len() / encoding.unit_bytes();
    let allowed = units / BAD_ONE_IN;
    let (mut latin, mut bad) = (0, 0);
    encoding.each(window, |character| {
        latin += usize::from(character.is_some_and(is_latin));
        bad += usize::from(character.is_none_or(is_bad));
        bad <= allowed
    });
    bad <= allowed && units >= FEWEST && latin * 2 >= units
}

fn whole_units(bytes: &[u8], encoding: Encoding, most: usize) -> &[u8] {
    let length = bytes.len().min(most);
    &bytes[..length - length % encoding.unit_bytes()]
}

fn is_latin(character: char) -> bool {
    matches!(character, '\t' | '\n' | '\r' | ' '..='~' | '\u{a0}'..='\u{17f}')
}

/// What stands in no text that people write: control characters, the private use area, what is no character for ever.
fn is_bad(character: char) -> bool {
    let is_control = character.is_control() && !is_latin(character);
    is_control || matches!(character, '\u{e000}'..='\u{f8ff}' | '\u{fffe}' | '\u{ffff}' | '\u{f0000}'..)
}
