//! The file that git-filter-repo takes with `--replace-text` and `--replace-message`: one replacement a line.
//!
//! From git-filter-repo's source (version 2.47): a line ends at LF, and CRs at its end are no part of it. What stands behind the last `==>` takes
//! the place of what stands before. `literal:` is followed by the bytes themselves, `regex:` by a pattern of Python's `re` for bytes. There are
//! no comments: `#` begins a literal. All literals are replaced before all patterns, both in the order of the file.

use std::fmt::Write as _;

use super::forms::{Form, Unit};

/// What takes the place of a secret.
const REPLACEMENT: &str = "***REMOVED***";
const ARROW: &[u8] = b"==>";

/// What a line of such a file looks for.
#[derive(Clone, PartialEq, Eq)]
pub enum Line {
    /// These bytes.
    Bytes(Vec<u8>),
    /// What a pattern matches that this program did not write.
    Pattern,
}

/// One line, with its end. A form is written as a pattern where a line cannot hold its bytes, or if `as_pattern` asks for it.
pub(super) fn line(form: &Form, as_pattern: bool) -> Vec<u8> {
    let bytes = form.bytes.expose();
    let mut line = Vec::new();
    if as_pattern || is_pattern(form) {
        line.extend_from_slice(b"regex:");
        line.extend_from_slice(escaped(bytes).as_bytes());
        line.extend_from_slice(ARROW);
        line.extend_from_slice(replacement(form.unit).as_bytes());
    } else {
        line.extend_from_slice(b"literal:");
        line.extend_from_slice(bytes);
        line.extend_from_slice(ARROW);
        line.extend_from_slice(REPLACEMENT.as_bytes());
    }
    line.push(b'\n');
    line
}

/// Whether a line cannot hold the bytes of a form themselves, or a person could not read it.
pub(super) fn is_pattern(form: &Form) -> bool {
    let bytes = form.bytes.expose();
    form.unit != Unit::BYTE || bytes.iter().any(u8::is_ascii_control) || std::str::from_utf8(bytes).is_err()
}

/// In the form's own code units. In what takes the place of a pattern, Python knows octal escapes and no others for bytes.
fn replacement(unit: Unit) -> String {
    unit.text(REPLACEMENT).iter().fold(String::new(), |mut text, byte| {
        match byte {
            0 => text.push_str("\\000"),
            byte => text.push(char::from(*byte)),
        }
        text
    })
}

/// A pattern for exactly these bytes.
fn escaped(bytes: &[u8]) -> String {
    let mut text = String::new();
    for byte in bytes {
        match byte {
            byte if byte.is_ascii_alphanumeric() || b"_/=:,@ -".contains(byte) => text.push(char::from(*byte)),
            b'\n' => text.push_str("\\n"),
            b'\r' => text.push_str("\\r"),
            byte => drop(write!(text, "\\x{byte:02x}")),
        }
    }
    text
}

/// The bytes of a pattern that [`escaped`] wrote; `None`: somebody else did.
fn unescaped(pattern: &[u8]) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(pattern.len());
    let mut rest = pattern;
    while let Some((first, behind)) = rest.split_first() {
        rest = behind;
        match (first, behind) {
            (b'\\', [b'n', ..]) => bytes.push(b'\n'),
            (b'\\', [b'r', ..]) => bytes.push(b'\r'),
            (b'\\', [b'x', high, low, ..]) => {
                bytes.extend(data_encoding::HEXLOWER_PERMISSIVE.decode(&[*high, *low]).ok()?);
                rest = &behind[2..];
            }
            (byte, _) if byte.is_ascii_alphanumeric() || b"_/=:,@ -".contains(byte) => {
                bytes.push(*byte);
                continue;
            }
            _ => return None,
        }
        rest = &rest[1..];
    }
    Some(bytes)
}

/// What each line of a file looks for, with its number from 1. Lines that look for nothing are left out.
pub fn read(file: &[u8]) -> Vec<(usize, Line)> {
    let lines = (1..).zip(file.split(|byte| *byte == b'\n'));
    let lines = lines.filter_map(|(number, line)| {
        let end = line.iter().rposition(|byte| *byte != b'\r').map_or(0, |at| at + 1);
        let line = &line[..end];
        let wanted = memchr::memmem::rfind(line, ARROW).map_or(line, |at| &line[..at]);
        let wanted = match (wanted.strip_prefix(b"regex:"), wanted.strip_prefix(b"glob:")) {
            (Some(pattern), _) => unescaped(pattern).map_or(Line::Pattern, Line::Bytes),
            (None, Some(_)) => Line::Pattern,
            (None, None) => Line::Bytes(wanted.strip_prefix(b"literal:").unwrap_or(wanted).to_vec()),
        };
        (wanted != Line::Bytes(Vec::new())).then_some((number, wanted))
    });
    lines.collect()
}
