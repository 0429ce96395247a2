//! How the bytes of one secret may be written: as they are, in another character encoding, escaped for a format, or in pieces.
//!
//! Makes candidates only. Which of them stand in a repository is [`measure`](super::measure())'s business.

use std::fmt::Write as _;

use data_encoding::{BASE64, BASE64_NOPAD, BASE64URL_NOPAD, HEXLOWER, HEXUPPER};

use crate::secret::Secret;

/// Shortest form that is looked for, in bytes. What is shorter stands in other text by chance, and replacing it would destroy that text.
pub const LEAST_BYTES: usize = 8;
/// Shortest line of a key that is taken for the key, in bytes.
const LEAST_LINE: usize = 24;

/// One way to write a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Form {
    /// In words, such as `as it is` or `base64`.
    pub how: String,
    /// The bytes.
    pub bytes: Secret,
    /// Which bytes of a code unit the low byte stands at.
    pub unit: Unit,
}

/// The code unit of a form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unit {
    /// Bytes of a unit: 1, 2 or 4.
    pub bytes: usize,
    /// Whether the high byte comes first.
    pub is_big_endian: bool,
}

impl Unit {
    /// Single bytes.
    pub const BYTE: Self = Self { bytes: 1, is_big_endian: false };

    /// ASCII text in such units.
    pub fn text(self, text: &str) -> Vec<u8> {
        text.chars().flat_map(|character| self.character(u32::from(character))).collect()
    }

    fn character(self, code: u32) -> Vec<u8> {
        let mut bytes = code.to_le_bytes()[..self.bytes].to_vec();
        if self.is_big_endian {
            bytes.reverse();
        }
        bytes
    }
}

/// Every form of `secret`, each once; the first is the secret as it is. None of a secret of less than [`LEAST_BYTES`] bytes.
pub fn forms(secret: &[u8]) -> Vec<Form> {
    let mut list = Forms::default();
    if secret.len() < LEAST_BYTES {
        return list.0;
    }
    for (how, text) in line_ends(secret) {
        list.add(&how, &text, Unit::BYTE);
        list.encoded(&how, &text);
    }
    for (number, line) in key_lines(secret) {
        list.add(&format!("line {number} alone"), &line, Unit::BYTE);
    }
    list.0
}

#[derive(Default)]
struct Forms(Vec<Form>);

impl Forms {
    fn add(&mut self, how: &str, bytes: &[u8], unit: Unit) {
        let is_known = self.0.iter().any(|form| form.bytes.expose() == bytes);
        if bytes.len() >= LEAST_BYTES && !is_known {
            self.0.push(Form { how: how.to_owned(), bytes: Secret::new(bytes), unit });
        }
    }

    fn encoded(&mut self, base: &str, text: &[u8]) {
        let how = |name: &str| if base == AS_IS { name.to_owned() } else { format!("{base}, {name}") };
        let bytes = |list: &mut Self, name: &str, bytes: &[u8]| list.add(&how(name), bytes, Unit::BYTE);
        bytes(self, "base64", BASE64.encode(text).as_bytes());
        for shift in 0..3 {
            bytes(self, "within base64", &within_base64(text, shift, &BASE64_NOPAD));
            bytes(self, "within base64url", &within_base64(text, shift, &BASE64URL_NOPAD));
        }
        bytes(self, "hex", HEXLOWER.encode(text).as_bytes());
        bytes(self, "hex", HEXUPPER.encode(text).as_bytes());
        for (upper, plus) in [(true, false), (false, false), (true, true)] {
            bytes(self, "percent-encoded", percent(text, upper, plus).as_bytes());
        }
        let Ok(text) = std::str::from_utf8(text) else { return };
        for (name, escaped) in escaped(text) {
            bytes(self, name, escaped.as_bytes());
        }
        for (name, unit) in UNITS {
            let written: Vec<u8> = match unit.bytes {
                2 => text.encode_utf16().flat_map(|code| unit.character(u32::from(code))).collect(),
                _ => text.chars().flat_map(|character| unit.character(u32::from(character))).collect(),
            };
            self.add(&how(name), &written, unit);
        }
    }
}

const AS_IS: &str = "as it is";

const UNITS: [(&str, Unit); 4] = [
    ("utf-16le", Unit { bytes: 2, is_big_endian: false }),
    ("utf-16be", Unit { bytes: 2, is_big_endian: true }),
    ("utf-32le", Unit { bytes: 4, is_big_endian: false }),
    ("utf-32be", Unit { bytes: 4, is_big_endian: true }),
];

/// The secret itself, and what has several lines with each kind of line end. A key that was found with escaped line ends is unescaped first.
fn line_ends(secret: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut list = vec![(AS_IS.to_owned(), secret.to_vec())];
    let lines = unescaped_lines(secret);
    if lines.len() > 1 {
        for (name, end) in [("LF", "\n"), ("CRLF", "\r\n"), ("\\n", "\\n"), ("\\r\\n", "\\r\\n"), ("\\\\n", "\\\\n")] {
            list.push((format!("lines ending with {name}"), lines.join(end.as_bytes())));
        }
    }
    list
}

/// The lines of a secret, whether their ends are real or escaped.
fn unescaped_lines(secret: &[u8]) -> Vec<Vec<u8>> {
    let is_escaped = secret.starts_with(b"-----BEGIN ") && !secret.contains(&b'\n');
    let mut text = secret.to_vec();
    if is_escaped {
        for escape in [&b"\\\\r"[..], b"\\\\n", b"\\r", b"\\n"] {
            let with: &[u8] = if escape.ends_with(b"r") { b"" } else { b"\n" };
            text = replaced(&text, escape, with);
        }
    }
    text.split(|byte| *byte == b'\n').map(|line| line.strip_suffix(b"\r").unwrap_or(line).to_vec()).collect()
}

fn replaced(text: &[u8], what: &[u8], with: &[u8]) -> Vec<u8> {
    let mut made = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = memchr::memmem::find(rest, what) {
        made.extend_from_slice(&rest[..at]);
        made.extend_from_slice(with);
        rest = &rest[at + what.len()..];
    }
    made.extend_from_slice(rest);
    made
}

/// Lines by which a key is known even without the others, with their numbers from 1: indented, quoted, or joined. The first line of several says
/// little but which algorithm it is, the same for many keys; neither do borders and headers belong to this key alone.
fn key_lines(secret: &[u8]) -> Vec<(usize, Vec<u8>)> {
    let lines = unescaped_lines(secret);
    if lines.len() < 2 || !secret.starts_with(b"-----BEGIN ") {
        return Vec::new();
    }
    let is_base64 = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=');
    let bodies = (1..).zip(&lines).map(|(number, line)| (number, line.trim_ascii().to_vec()));
    let bodies: Vec<_> = bodies.filter(|(_, line)| !line.is_empty() && line.iter().all(is_base64)).collect();
    let skipped = usize::from(bodies.len() > 1);
    bodies.into_iter().skip(skipped).filter(|(_, line)| line.len() >= LEAST_LINE).collect()
}

/// The characters that `text` alone decides when it stands in something larger that is encoded, `shift` bytes behind a multiple of three.
fn within_base64(text: &[u8], shift: usize, encoding: &data_encoding::Encoding) -> Vec<u8> {
    let padded = [&[0; 2][..shift], text].concat();
    let mut encoded = encoding.encode(&padded).into_bytes();
    if !padded.len().is_multiple_of(3) {
        encoded.pop();
    }
    // The first bits of the first character kept are those of the byte before.
    encoded.drain(..[0, 2, 3][shift].min(encoded.len()));
    encoded
}

fn percent(text: &[u8], upper: bool, plus: bool) -> String {
    let mut made = String::new();
    for byte in text {
        match byte {
            byte if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') => made.push(char::from(*byte)),
            b' ' if plus => made.push('+'),
            byte if upper => drop(write!(made, "%{byte:02X}")),
            byte => drop(write!(made, "%{byte:02x}")),
        }
    }
    made
}

/// `text` as JSON and XML write it.
fn escaped(text: &str) -> [(&'static str, String); 4] {
    let json = serde_json::to_string(text).expect("because a string is JSON");
    let json = json[1..json.len() - 1].to_owned();
    let slashes = json.replace('/', "\\/");
    let html =
        json.replace('<', "\\u003c").replace('>', "\\u003e").replace('&', "\\u0026").replace('\'', "\\u0027").replace('=', "\\u003d");
    let xml = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;").replace('\'', "&#39;");
    [("escaped for JSON", json), ("escaped for JSON", slashes), ("escaped for JSON in HTML", html), ("escaped for XML", xml)]
}
