//! Foreign text made harmless for a terminal, a log and a reader's eye.
//!
//! File names and file content are chosen by whoever wrote the scanned files. Shown as they are, they could forge lines, move the
//! cursor, reverse the reading order or give commands to a build service. Knows nothing of reports.

use std::borrow::Cow;
use std::fmt::Write as _;

/// `text` with every character that does not show itself written as an escape: `\n`, `\x1b`, `\u{202e}`. A backslash that stands in
/// `text` stays single, so this is for reading, not for parsing back.
///
/// `##[…]` and `##word[…]` are commands to GitHub Actions, Azure Pipelines and TeamCity wherever they stand in a printed line, so the
/// second `#` is escaped as well. The `::word::` form counts only at the start of a line: no writer puts foreign text there.
pub fn text(text: &str) -> Cow<'_, str> {
    if text.bytes().all(|byte| matches!(byte, b' '..=b'~') && byte != b'#') {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 16);
    push_text(&mut shown, text);
    Cow::Owned(shown)
}

/// The same for a path as raw bytes; bytes that are not UTF-8 become `\xff`.
pub fn path(path: &[u8]) -> String {
    let mut shown = String::with_capacity(path.len());
    for chunk in path.utf8_chunks() {
        push_text(&mut shown, chunk.valid());
        for byte in chunk.invalid() {
            push_hex(&mut shown, u32::from(*byte));
        }
    }
    shown
}

fn push_text(shown: &mut String, text: &str) {
    for (at, c) in text.char_indices() {
        if c == '#' && completes_log_command(text, at) { push_hex(shown, u32::from(c)) } else { push_char(shown, c) }
    }
}

/// Appends `c`, escaped if it does not show itself.
pub fn push_char(shown: &mut String, c: char) {
    match c {
        '\n' => shown.push_str("\\n"),
        '\r' => shown.push_str("\\r"),
        '\t' => shown.push_str("\\t"),
        _ if !is_hidden(c) => shown.push(c),
        _ if c.is_ascii() => push_hex(shown, u32::from(c)),
        _ => {
            let _ = write!(shown, "\\u{{{:x}}}", u32::from(c));
        }
    }
}

fn push_hex(shown: &mut String, value: u32) {
    let _ = write!(shown, "\\x{value:02x}");
}

/// Whether `c` changes what a reader sees instead of being seen: control characters, line and paragraph separators, bidirectional
/// controls, zero-width and other invisible format characters, tags (Unicode 16, general categories Cc, Zl, Zp and Cf, and the
/// `Default_Ignorable_Code_Point`s that are letters). The variation selectors of emoji are no danger and stay.
pub fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{ad}' | '\u{34f}' | '\u{600}'..='\u{605}' | '\u{61c}' | '\u{6dd}' | '\u{70f}' | '\u{890}'..='\u{891}' | '\u{8e2}'
                | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}' | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}'
                | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}'
                | '\u{110bd}' | '\u{110cd}' | '\u{13430}'..='\u{1343f}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
                | '\u{e0000}'..='\u{e0fff}'
        )
}

/// Whether the `#` at byte `at` of `text` is the second one of `##[` or `##word[`.
pub fn completes_log_command(text: &str, at: usize) -> bool {
    text[..at].ends_with('#') && text[at + 1..].trim_start_matches(|c: char| c.is_ascii_alphabetic()).starts_with('[')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_text_is_borrowed() {
        assert!(matches!(text("src/main.rs: [a] \\n"), Cow::Borrowed(_)));
        assert_eq!(text("größer/日本/e\u{301}.txt"), "größer/日本/e\u{301}.txt");
    }

    #[test]
    fn what_does_not_show_itself_is_escaped() {
        assert_eq!(text("a\nb\r\tc\0"), "a\\nb\\r\\tc\\x00");
        assert_eq!(text("\x1b[31mred\x7f"), "\\x1b[31mred\\x7f");
        assert_eq!(text("\u{9b}31m\u{202e}txt.exe\u{2066}\u{feff}\u{2028}"), "\\u{9b}31m\\u{202e}txt.exe\\u{2066}\\u{feff}\\u{2028}");
    }

    #[test]
    fn bytes_that_are_no_text_are_hex() {
        assert_eq!(path(b"caf\xe9/\xff\xfe\n.txt"), "caf\\xe9/\\xff\\xfe\\n.txt");
        assert_eq!(path("café".as_bytes()), "café");
    }

    #[test]
    fn commands_to_build_services_are_broken_up() {
        assert_eq!(text("##[error]x ##vso[task] ###[a]"), "#\\x23[error]x #\\x23vso[task] ##\\x23[a]");
        assert_eq!(text("## [1.0.0] #[derive] ##a b["), "## [1.0.0] #[derive] ##a b[");
    }

    #[test]
    fn no_escaped_text_holds_a_hidden_character() {
        for c in '\0'..=char::MAX {
            assert!(!text(c.encode_utf8(&mut [0; 4])).chars().any(is_hidden), "U+{:04X}", u32::from(c));
        }
    }
}
