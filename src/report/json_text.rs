//! JSON text that is safe to print: what a terminal or a build service could take for a command stands there as a `\u` escape.
//!
//! A parser reads the same strings either way. Knows nothing of reports.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::ser::{CompactFormatter, Formatter, PrettyFormatter, Serializer};

use super::escape;

/// `value` over several lines, indented by two spaces, with a line feed at the end.
pub fn pretty(value: &impl Serialize) -> String {
    write(value, PrettyFormatter::new())
}

/// `value` on one line, with a line feed at the end.
pub fn line(value: &impl Serialize) -> String {
    write(value, CompactFormatter)
}

/// The same for a `<script>` of a page: no `<` stands in it, so nothing in it can end the element.
pub fn in_page(value: &impl Serialize) -> String {
    // JSON has these characters in strings only.
    line(value).replace('<', "\\u003c").replace('>', "\\u003e").replace('&', "\\u0026")
}

fn write(value: &impl Serialize, inner: impl Formatter) -> String {
    let mut bytes = Vec::new();
    let mut serializer = Serializer::with_formatter(&mut bytes, Careful(inner));
    value.serialize(&mut serializer).expect("because a report's document has string keys only and a Vec takes every write");
    bytes.push(b'\n');
    String::from_utf8(bytes).expect("because serde_json writes UTF-8")
}

/// A formatter that escapes hidden characters and log commands, and leaves all layout to another one.
struct Careful<F>(F);

impl<F: Formatter> Formatter for Careful<F> {
    fn write_string_fragment<W: ?Sized + Write>(&mut self, writer: &mut W, fragment: &str) -> io::Result<()> {
        let mut written = 0;
        for (at, c) in fragment.char_indices() {
            if escape::is_hidden(c) || (c == '#' && escape::completes_log_command(fragment, at)) {
                writer.write_all(&fragment.as_bytes()[written..at])?;
                for unit in c.encode_utf16(&mut [0; 2]) {
                    write!(writer, "\\u{unit:04x}")?;
                }
                written = at + c.len_utf8();
            }
        }
        writer.write_all(&fragment.as_bytes()[written..])
    }

    fn begin_array<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_array(writer)
    }

    fn end_array<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_array(writer)
    }

    fn begin_array_value<W: ?Sized + Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        self.0.begin_array_value(writer, first)
    }

    fn end_array_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_array_value(writer)
    }

    fn begin_object<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_object(writer)
    }

    fn end_object<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_object(writer)
    }

    fn begin_object_key<W: ?Sized + Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        self.0.begin_object_key(writer, first)
    }

    fn begin_object_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_object_value(writer)
    }

    fn end_object_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_object_value(writer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_escaped_and_reads_back_the_same() {
        let value = ["\u{1b}[31m\u{9b}1m\u{7f}", "\u{202e}\u{e0041}", "##[error]x ##vso[y]", "é\u{1f511}\"\\\n"];
        let text = line(&value);
        assert!(text.trim_end().chars().all(|c| !escape::is_hidden(c)), "{text}");
        assert!(!text.contains("##"), "{text}");
        assert!(text.contains("\\udb40\\udc41") && text.contains('\u{1f511}'), "{text}");
        assert_eq!(serde_json::from_str::<Vec<String>>(&text).expect("because it is JSON"), value);
        assert_eq!(pretty(&[1]), "[\n  1\n]\n");
        assert_eq!(in_page(&["</script><!-- &amp;"]), "[\"\\u003c/script\\u003e\\u003c!-- \\u0026amp;\"]\n");
    }
}
