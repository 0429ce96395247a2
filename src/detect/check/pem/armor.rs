//! From the text of an armored block to its label and bytes, however the text is written down: as it is, in one line with escapes, indented,
//! quoted line by line and joined, in a comment, an XML attribute, a diff or a log.

use crate::detect::check::encoding;

/// What stands between the dashes.
pub struct Armor {
    /// Such as `RSA PRIVATE KEY`.
    pub label: String,
    /// The decoded body.
    pub body: Vec<u8>,
    /// Whether a `Proc-Type` header says that the body is encrypted.
    pub encrypted: bool,
    /// The CRC-24 of an OpenPGP block.
    pub sum: Option<u32>,
}

const BEGIN: &[u8] = b"-----BEGIN ";
const END: &[u8] = b"-----END ";
const DASHES: &[u8] = b"-----";
const LONGEST_LABEL: usize = 40;

/// Reads the first block in `text`. `None`: there is none, or its body is no base64.
pub fn read(text: &[u8]) -> Option<Armor> {
    let text = unescaped(text);
    let rest = &text[memchr::memmem::find(&text, BEGIN)? + BEGIN.len()..];
    let label_end = memchr::memmem::find(&rest[..rest.len().min(LONGEST_LABEL + DASHES.len())], DASHES)?;
    let label = std::str::from_utf8(&rest[..label_end]).ok()?.to_owned();
    let rest = &rest[label_end + DASHES.len()..];
    let body = &rest[..memchr::memmem::find(rest, END)?];
    let mut content = Content { is_pgp: label.starts_with("PGP "), ..Content::default() };
    let lines: Vec<&[u8]> = body.split(|&b| b == b'\n').filter(|line| !line.is_empty()).collect();
    // No key begins with `+`, so if every line does, they were added in a diff.
    let is_diff = lines.len() > 1 && lines.iter().all(|line| line.starts_with(b"+"));
    let logged = log_columns(&lines);
    for line in &lines {
        let line = &line[usize::from(is_diff)..];
        content.add_line(logged.map_or(line, |columns| words(line).nth(columns).unwrap_or_default()));
    }
    let body = encoding::base64(&content.words.concat())?;
    Some(Armor { label, body, encrypted: content.encrypted, sum: content.sum })
}

/// Turns escape sequences into what they stand for; every kind of line end becomes one line feed.
fn unescaped(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        match byte {
            b'\r' => out.push(b'\n'),
            b'\\' => {
                let backslashes = after.iter().take_while(|&&b| b == b'\\').count();
                rest = &after[backslashes..];
                let (byte, length) = escape(rest);
                out.push(byte);
                rest = &rest[length..];
            }
            b'&' => {
                let length =
                    ["#10;", "#13;", "#xA;", "#xD;"].iter().find(|entity| after.starts_with(entity.as_bytes())).map(|entity| entity.len());
                out.push(if length.is_some() { b'\n' } else { byte });
                rest = &after[length.unwrap_or(0)..];
            }
            _ => out.push(byte),
        }
    }
    out
}

/// What the escape means that begins with `rest` behind its backslashes, and its length.
fn escape(rest: &[u8]) -> (u8, usize) {
    let code = |digits: &[u8]| {
        let code = u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?;
        Some(if code == b'\r' { b'\n' } else { code })
    };
    match rest {
        [b'n' | b'r' | b'\n' | b'\r', ..] => (b'\n', 1),
        [b't', ..] => (b' ', 1),
        [sign @ (b'/' | b'"' | b'\''), ..] => (*sign, 1),
        [b'u', b'0', b'0', a, b, ..] => code(&[*a, *b]).map_or((b'\\', 0), |byte| (byte, 5)),
        [b'x', a, b, ..] => code(&[*a, *b]).map_or((b'\\', 0), |byte| (byte, 3)),
        _ => (b' ', 0),
    }
}

/// How many words a log put before every line of the body, such as a time; `None` for none. The line that the last dashes stand on has no
/// more than these words.
fn log_columns(lines: &[&[u8]]) -> Option<usize> {
    const SHORTEST: usize = 32;
    let (last, body) = lines.split_last()?;
    let columns = words(body.first()?).count().checked_sub(1).filter(|&columns| columns > 0)?;
    let is_logged = |line: &&[u8]| words(line).count() == columns + 1;
    let is_long = words(body[0]).nth(columns)?.len() >= SHORTEST;
    (is_long && body.iter().all(is_logged) && words(last).count() == columns).then_some(columns)
}

fn words(line: &[u8]) -> impl Iterator<Item = &[u8]> {
    line.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty())
}

#[derive(Default)]
struct Content<'a> {
    is_pgp: bool,
    words: Vec<&'a [u8]>,
    encrypted: bool,
    sum: Option<u32>,
}

impl<'a> Content<'a> {
    /// Takes from a line what belongs to the block. In a line with quotes, what stands outside of them joins strings or assigns them; which
    /// side is outside cannot be told after an escaped line end, so everything counts that can be a part of the body.
    fn add_line(&mut self, line: &'a [u8]) {
        let is_quote = |b: &u8| matches!(b, b'"' | b'\'' | b'`');
        if line.iter().any(is_quote) {
            let is_body = |piece: &&[u8]| piece.contains(&b':') || *piece != b"+" && piece.iter().all(|&b| is_base64(b));
            line.split(is_quote).map(undressed).filter(is_body).for_each(|piece| self.add(piece));
        } else {
            self.add(undressed(line));
        }
    }

    fn add(&mut self, line: &'a [u8]) {
        let is_header = line.contains(&b':');
        if self.is_pgp && is_header {
            return;
        }
        if let (true, [b'=', sum @ ..]) = (self.is_pgp && line.len() == 5, line) {
            self.sum = encoding::base64(sum).map(|sum| sum.iter().fold(0, |sum, &byte| sum << 8 | u32::from(byte)));
            return;
        }
        let mut words = words(line);
        while let Some(word) = words.next() {
            if is_header && word.contains(&b':') {
                let value = if word.ends_with(b":") { words.next().unwrap_or_default() } else { word };
                self.encrypted |= value.ends_with(b",ENCRYPTED");
            } else {
                self.words.push(word);
            }
        }
    }
}

fn is_base64(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=')
}

/// A line without indentation, the signs that mark comments, quotations, list items and removed lines, and those that end a list or call.
fn undressed(line: &[u8]) -> &[u8] {
    let mut line = line.trim_ascii();
    loop {
        line = match line {
            [b'#' | b'*' | b'>' | b'|' | b';' | b',' | b'(' | b'[' | b'-', rest @ ..] => rest,
            [b'/', b'/', b' ', rest @ ..] => rest,
            [b'/', b'/'] => &[],
            [rest @ .., b',' | b';' | b')' | b']'] => rest,
            _ => return line,
        }
        .trim_ascii();
    }
}
