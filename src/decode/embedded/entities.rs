//! Character references of XML and HTML.
//!
//! Names: those of XML 1.0, and of HTML those for characters of ASCII (https://html.spec.whatwg.org/multipage/named-characters.html).

use super::{Coding, Marked, hex, is_written};

pub(super) struct Entities;

pub(super) const NAMES: [(&str, u8); 34] = [
    ("amp", b'&'),
    ("lt", b'<'),
    ("gt", b'>'),
    ("quot", b'"'),
    ("apos", b'\''),
    ("AMP", b'&'),
    ("LT", b'<'),
    ("GT", b'>'),
    ("QUOT", b'"'),
    ("excl", b'!'),
    ("num", b'#'),
    ("dollar", b'$'),
    ("percnt", b'%'),
    ("lpar", b'('),
    ("rpar", b')'),
    ("ast", b'*'),
    ("plus", b'+'),
    ("comma", b','),
    ("period", b'.'),
    ("sol", b'/'),
    ("colon", b':'),
    ("semi", b';'),
    ("equals", b'='),
    ("quest", b'?'),
    ("commat", b'@'),
    ("lsqb", b'['),
    ("bsol", b'\\'),
    ("rsqb", b']'),
    ("Hat", b'^'),
    ("lowbar", b'_'),
    ("grave", b'`'),
    ("lcub", b'{'),
    ("verbar", b'|'),
    ("rcub", b'}'),
];
const LONGEST: usize = 10;

impl Marked for Entities {
    const CODING: Coding = Coding::Entities;
    const MARK: u8 = b'&';

    fn read(text: &[u8], at: usize, mut each: impl FnMut(u8)) -> Option<usize> {
        let (character, length) = character(text, at)?;
        character.encode_utf8(&mut [0; 4]).bytes().for_each(&mut each);
        Some(length)
    }

    fn begins(text: &[u8], at: usize) -> bool {
        character(text, at).is_some_and(|(character, _)| u8::try_from(character).is_ok_and(is_written))
    }

    /// A run is what stands between two tags, or a tag, on one line.
    fn is_border(text: &[u8], at: usize) -> bool {
        matches!(text[at], b'<' | b'>' | b'\n' | b'\r')
    }
}

/// The character that the reference at `at` stands for, and its length.
fn character(text: &[u8], at: usize) -> Option<(char, usize)> {
    let rest = &text[at + 1..text.len().min(at + 1 + LONGEST)];
    let body = &rest[..rest.iter().position(|byte| *byte == b';')?];
    let character = match body {
        [b'#', b'x' | b'X', digits @ ..] => char::from_u32(hex::number(digits)?)?,
        [b'#', digits @ ..] if digits.iter().all(u8::is_ascii_digit) => char::from_u32(std::str::from_utf8(digits).ok()?.parse().ok()?)?,
        name => char::from(NAMES.iter().find(|(known, _)| known.as_bytes() == name)?.1),
    };
    Some((character, body.len() + 2))
}
