//! YAML as a tree in which every node knows its place.
//!
//! Takes the part of YAML that a configuration needs: one document of maps, lists and scalars. What makes a small file large or strange is
//! refused: anchors and aliases, tags, keys that are no text, the same key twice, deep nesting. Knows nothing of what the keys mean.

use serde_saphyr::granit_parser::{Event, Parser, ScalarStyle, Span};

/// Deepest nesting of lists and maps.
const DEEPEST: usize = 16;
/// Most nodes of a document. A megabyte holds more, and nobody writes them.
const MOST_NODES: usize = 100_000;

/// A stretch on one line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// Line, from 1.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
    /// Number of characters, at least 1.
    pub width: u32,
}

/// A node and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// Where its first line is.
    pub place: Place,
    /// What it is.
    pub content: Content,
}

/// What a node is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// Nothing, `~` or `null`.
    Null,
    /// `true`, `false` or a number, as written.
    Bare(String),
    /// Any other scalar.
    Text(String),
    /// A list.
    List(Vec<Node>),
    /// A map, in order. No key is there twice.
    Map(Vec<(Key, Node)>),
}

/// A key of a map.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    /// Its text.
    pub name: String,
    /// Where it stands.
    pub place: Place,
}

/// What is wrong with a text, and where.
pub type Wrong = (Place, String);

/// Reads one document; an empty one is [`Content::Null`].
///
/// # Errors
/// The text is no YAML, or uses what is refused.
pub fn parse(text: &str) -> Result<Node, Wrong> {
    let mut reader = Reader { parser: Parser::new_from_str(text), nodes: 0 };
    let first = Place { line: 1, column: 1, width: 1 };
    let mut root = None;
    loop {
        let (event, place) = reader.next()?;
        match event {
            Event::StreamStart | Event::DocumentEnd => {}
            Event::DocumentStart(..) if root.is_some() => {
                return Err((place, "a second document begins here; a configuration is one document".to_owned()));
            }
            Event::DocumentStart(..) => root = Some(reader.next_node(0)?),
            Event::StreamEnd => return Ok(root.unwrap_or(Node { place: first, content: Content::Null })),
            _ => return Err((place, "no document begins here".to_owned())),
        }
    }
}

struct Reader<'t> {
    parser: Parser<'t, serde_saphyr::granit_parser::StrInput<'t>>,
    nodes: usize,
}

impl<'t> Reader<'t> {
    fn next(&mut self) -> Result<(Event<'t>, Place), Wrong> {
        match self.parser.next_event() {
            Some(Ok((event, span))) => Ok((event, place(span))),
            Some(Err(error)) => {
                let marker = error.marker();
                let place = Place { line: number(marker.line()), column: number(marker.col() + 1), width: 1 };
                Err((place, format!("this is no YAML: {}", super::shown(&error.info()))))
            }
            None => Ok((Event::StreamEnd, Place { line: 1, column: 1, width: 1 })),
        }
    }

    fn next_node(&mut self, depth: usize) -> Result<Node, Wrong> {
        let (event, place) = self.next()?;
        self.node(event, place, depth)
    }

    fn node(&mut self, event: Event<'t>, place: Place, depth: usize) -> Result<Node, Wrong> {
        self.nodes += 1;
        if self.nodes > MOST_NODES {
            return Err((place, format!("more than {MOST_NODES} values are more than a configuration can have")));
        }
        if depth > DEEPEST {
            return Err((place, format!("nested more than {DEEPEST} levels deep")));
        }
        if event.is_alias() || event.anchor_id().is_some_and(|id| id != 0) {
            return Err((place, "anchors and aliases (`&`, `*`) cannot be used here; write the value out, or in quotes".to_owned()));
        }
        if event.tag().is_some() {
            return Err((place, "tags (`!`) cannot be used here; a text that begins with `!` needs quotes".to_owned()));
        }
        let content = match event {
            Event::Scalar(text, style, ..) => scalar(&text, style),
            Event::SequenceStart(..) => Content::List(self.list(depth)?),
            Event::MappingStart(..) => Content::Map(self.map(depth)?),
            _ => return Err((place, "a value is missing".to_owned())),
        };
        Ok(Node { place, content })
    }

    fn list(&mut self, depth: usize) -> Result<Vec<Node>, Wrong> {
        let mut items = Vec::new();
        loop {
            match self.next()? {
                (Event::SequenceEnd, _) => return Ok(items),
                (event, place) => items.push(self.node(event, place, depth + 1)?),
            }
        }
    }

    fn map(&mut self, depth: usize) -> Result<Vec<(Key, Node)>, Wrong> {
        let mut entries: Vec<(Key, Node)> = Vec::new();
        let mut lines = std::collections::HashMap::new();
        loop {
            let (event, place) = self.next()?;
            if event == Event::MappingEnd {
                return Ok(entries);
            }
            let name = match self.node(event, place, depth + 1)?.content {
                Content::Text(name) | Content::Bare(name) => name,
                Content::Null => String::new(),
                Content::List(_) | Content::Map(_) => return Err((place, "a key must be a text".to_owned())),
            };
            if let Some(line) = lines.insert(name.clone(), place.line) {
                return Err((place, format!("this key is there twice; line {line} has it first")));
            }
            let value = self.next_node(depth + 1)?;
            entries.push((Key { name, place }, value));
        }
    }
}

/// A scalar, by the core schema of YAML 1.2: only plain ones can be something else than text.
fn scalar(text: &str, style: ScalarStyle) -> Content {
    let is_number = || {
        let digits = text.trim_start_matches(['-', '+']);
        digits.starts_with(|c: char| c.is_ascii_digit() || c == '.') && (text.parse::<f64>().is_ok() || is_based(digits))
    };
    match text {
        _ if style != ScalarStyle::Plain => Content::Text(text.to_owned()),
        "" | "~" | "null" | "Null" | "NULL" => Content::Null,
        "true" | "True" | "TRUE" | "false" | "False" | "FALSE" => Content::Bare(text.to_owned()),
        _ if is_number() => Content::Bare(text.to_owned()),
        _ => Content::Text(text.to_owned()),
    }
}

/// `0x1f` and `0o17`.
fn is_based(digits: &str) -> bool {
    let all = |rest: &str, base: u32| !rest.is_empty() && rest.chars().all(|c| c.is_digit(base));
    digits.strip_prefix("0x").is_some_and(|rest| all(rest, 16)) || digits.strip_prefix("0o").is_some_and(|rest| all(rest, 8))
}

fn place(span: Span) -> Place {
    let (start, end) = (span.start, span.end);
    let width = if start.line() == end.line() { end.col().saturating_sub(start.col()) } else { 1 };
    Place { line: number(start.line()), column: number(start.col() + 1), width: number(width.max(1)) }
}

fn number(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scalars_are_those_of_the_core_schema() {
        let bare = |text: &str| matches!(scalar(text, ScalarStyle::Plain), Content::Bare(_));
        for text in ["true", "False", "0", "-1", "+1.5", ".5", "1e3", "0x1f", "0o17"] {
            assert!(bare(text), "{text}");
            assert!(matches!(scalar(text, ScalarStyle::SingleQuoted), Content::Text(_)), "{text}");
        }
        for text in ["yes", "1.2.3", "64MiB", "0xg", "-", "*.x", "inf", "nan", "1_000"] {
            assert!(!bare(text), "{text}");
        }
        assert_eq!(scalar("~", ScalarStyle::Plain), Content::Null);
    }

    #[test]
    fn every_node_knows_its_place() {
        let root = parse("a:\n  é: [x, 'y z']\n").expect("because it is fine");
        let Content::Map(top) = root.content else { panic!("because it is a map") };
        let Content::Map(inner) = &top[0].1.content else { panic!("because it is a map") };
        let Content::List(items) = &inner[0].1.content else { panic!("because it is a list") };
        assert_eq!(inner[0].0.place, Place { line: 2, column: 3, width: 1 });
        assert_eq!(items[1].place, Place { line: 2, column: 10, width: 5 });
    }

    #[test]
    fn what_is_refused_is_an_error_and_nothing_panics() {
        for text in ["a: &x 1", "a: *x", "a: !!str 1", "a: 1\na: 2", "[1]: 2", "{}\n---\n{}", "a: [", "%YAML 9.9\n", "a: 'b", "\0"] {
            assert!(parse(text).is_err(), "{text:?}");
        }
        assert!(parse(&format!("{}x", "- ".repeat(DEEPEST + 2))).is_err());
        assert!(parse("# only a comment\n").is_ok_and(|node| node.content == Content::Null));
    }
}
