//! INI, TOML, properties and environment files by their lines: heads of sections and assignments.

use super::tree::Tree;
use crate::location::ByteSpan;

/// Longest head or key, in bytes.
const LONGEST: usize = 300;

/// Reads the text of `tree` into it.
pub fn read(tree: &mut Tree<'_>) {
    let text = tree.text();
    let mut start = 0;
    for line in text.split(|byte| *byte == b'\n') {
        read_line(tree, start, line);
        start += line.len() + 1;
    }
}

fn read_line(tree: &mut Tree<'_>, start: usize, line: &[u8]) {
    let lead = line.len() - line.trim_ascii_start().len();
    let rest = line.trim_ascii();
    match rest.first() {
        None => {}
        // Documents of a properties file.
        Some(b'#' | b'!') if matches!(rest, b"#---" | b"!---") => begin(tree, ByteSpan::new(start, start), start),
        Some(b'#' | b';') => {}
        Some(b'[') => {
            let head = rest.iter().take(LONGEST).position(|byte| *byte == b']');
            if let Some(end) = head {
                let brackets = rest.iter().take_while(|byte| **byte == b'[').count();
                begin(tree, ByteSpan::new(start + lead + brackets.min(end), start + lead + end), start);
            }
        }
        Some(_) => assignment(tree, start + lead, rest),
    }
}

/// Begins a section, which ends the one before it.
fn begin(tree: &mut Tree<'_>, name: ByteSpan, start: usize) {
    while tree.depth() > 1 {
        tree.pop(start);
    }
    tree.push(name, start);
}

fn assignment(tree: &mut Tree<'_>, start: usize, line: &[u8]) {
    let operator = line.iter().take(LONGEST).position(|byte| matches!(byte, b'=' | b':'));
    let Some(operator) = operator else { return };
    let key = line[..operator].trim_ascii();
    let key = key.strip_prefix(b"export ").unwrap_or(key).trim_ascii();
    let is_around = |byte: &u8| matches!(byte, b' ' | b'\t' | b'"' | b'\'' | b'\r');
    let lead = line[operator + 1..].iter().take_while(|byte| is_around(byte)).count();
    let behind = &line[operator + 1 + lead..];
    let length = behind.iter().position(|byte| matches!(byte, b'"' | b'\'' | b'#')).unwrap_or(behind.len());
    let value = behind[..length].trim_ascii_end();
    let at = start + operator + 1 + lead;
    tree.assign(tree.top(), key, ByteSpan::new(at, at + value.len()));
}
