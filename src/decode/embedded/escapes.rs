//! Escapes of string literals, as JSON, JavaScript, C, Python and their kin write them.

use super::{Coding, Marked, hex, is_written};

pub(super) struct Escapes;

impl Marked for Escapes {
    const CODING: Coding = Coding::Escapes;
    const MARK: u8 = b'\\';

    fn read(text: &[u8], at: usize, mut each: impl FnMut(u8)) -> Option<usize> {
        let simple = match text.get(at + 1)? {
            b'n' => b'\n',
            b'r' => b'\r',
            b't' => b'\t',
            sign @ (b'\\' | b'/' | b'"' | b'\'' | b'`') => *sign,
            b'x' => {
                each(hex::byte(text.get(at + 2..at + 4)?)?);
                return Some(4);
            }
            _ => {
                let (character, length) = unicode(text, at)?;
                character.encode_utf8(&mut [0; 4]).bytes().for_each(each);
                return Some(length);
            }
        };
        each(simple);
        Some(2)
    }

    /// Line ends and quotes alone are everywhere, and read without this.
    fn begins(text: &[u8], at: usize) -> bool {
        match text.get(at + 1) {
            // As in URLs, where some writers of JSON escape every slash.
            Some(b'/') => at > 0 && text[at - 1] == b':',
            Some(b'x') => text.get(at + 2..at + 4).and_then(hex::byte).is_some_and(is_written),
            Some(b'u' | b'U') => unicode(text, at).is_some_and(|(character, _)| u8::try_from(character).is_ok_and(is_written)),
            _ => false,
        }
    }

    /// A run is a string literal or a line: up to quotes that are not escaped.
    fn is_border(text: &[u8], at: usize) -> bool {
        match text[at] {
            b'\n' | b'\r' => true,
            b'"' | b'\'' | b'`' => at == 0 || text[at - 1] != b'\\',
            _ => false,
        }
    }
}

/// The character that `\u0041`, `\u{41}` or `\U00000041` at `at` stands for, and the length of that. Half a surrogate pair is none.
fn unicode(text: &[u8], at: usize) -> Option<(char, usize)> {
    if text.get(at + 1) == Some(&b'U') {
        return Some((char::from_u32(hex::number(text.get(at + 2..at + 10)?)?)?, 10));
    }
    if text.get(at + 1) != Some(&b'u') {
        return None;
    }
    if text.get(at + 2) == Some(&b'{') {
        let digits = text[at + 3..].iter().take(7).take_while(|byte| byte.is_ascii_hexdigit()).count();
        let end = at + 3 + digits;
        let is_closed = digits > 0 && text.get(end) == Some(&b'}');
        return if is_closed { Some((char::from_u32(hex::number(&text[at + 3..end])?)?, end + 1 - at)) } else { None };
    }
    let unit = |at: usize| hex::number(text.get(at..at + 4)?);
    let first = unit(at + 2)?;
    if let Some(character) = char::from_u32(first) {
        return Some((character, 6));
    }
    let second = if text.get(at + 6..at + 8) == Some(b"\\u") { unit(at + 8)? } else { return None };
    let is_pair = (0xd800..0xdc00).contains(&first) && (0xdc00..0xe000).contains(&second);
    let code = if is_pair { 0x1_0000 + ((first - 0xd800) << 10) + (second - 0xdc00) } else { return None };
    Some((char::from_u32(code)?, 12))
}
