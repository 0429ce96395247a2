//! Character references of XML and HTML.
//!
//! Names: those of XML 1.0, and of HTML those for characters of ASCII (https://html.spec.whatwg.org/multipage/named-characters.html).

use super::{Coding, Marked, hex};

pub(super) struct Entities;

const NAMES: [(&[u8], u8); 36] = [
    (b"amp", b'&'),
    (b"lt", b'<'),
    (b"gt", b'>'),
    (b"quot", b'"'),
    (b"apos", b'\''),
    (b"AMP", b'&'),
    (b"LT", b'<'),
    (b"GT", b'>'),
    (b"QUOT", b'"'),
    (b"Tab", b'\t'),
    (b"NewLine", b'\n'),
    (b"excl", b'!'),
    (b"num", b'#'),
    (b"dollar", b'$'),
    (b"percnt", b'%'),
    (b"lpar", b'('),
    (b"rpar", b')'),
    (b"ast", b'*'),
    (b"plus", b'+'),
    (b"comma", b','),
    (b"period", b'.'),
    (b"sol", b'/'),
    (b"colon", b':'),
    (b"semi", b';'),
    (b"equals", b'='),
    (b"quest", b'?'),
    (b"commat", b'@'),
    (b"lsqb", b'['),
    (b"bsol", b'\\'),
    (b"rsqb", b']'),
    (b"Hat", b'^'),
    (b"lowbar", b'_'),
    (b"grave", b'`'),
    (b"lcub", b'{'),
    (b"verbar", b'|'),
    (b"rcub", b'}'),
];
const LONGEST: usize = 10;

impl Marked for Entities {
    const CODING: Coding = Coding::Entities;
    const MARK: u8 = b'&';

    fn read(text: &[u8], at: usize, mut each: impl FnMut(u8)) -> Option<usize> {
        let rest = &text[at + 1..text.len().min(at + 1 + LONGEST)];
        let body = &rest[..rest.iter().position(|byte| *byte == b';')?];
        let character = match body {
            [b'#', b'x' | b'X', digits @ ..] => char::from_u32(hex::number(digits)?)?,
            [b'#', digits @ ..] => char::from_u32(std::str::from_utf8(digits).ok()?.parse().ok()?)?,
            name => char::from(NAMES.iter().find(|(known, _)| *known == name)?.1),
        };
        character.encode_utf8(&mut [0; 4]).bytes().for_each(&mut each);
        Some(body.len() + 2)
    }

    fn begins(text: &[u8], at: usize) -> bool {
        Self::read(text, at, |_| {}).is_some()
    }

    /// A run is what stands between two tags, or a tag, on one line.
    fn is_border(text: &[u8], at: usize) -> bool {
        matches!(text[at], b'<' | b'>' | b'\n' | b'\r')
    }
}
