//! Walks the tree of a YAML file and gathers everything that is wrong with it. Knows no key.

use std::sync::Arc;

use crate::config::yaml::{Content, Key, Node, Place};
use crate::config::{Origin, Problem, Text, shown};
use crate::suggest;

/// What is wrong so far.
pub struct Walk {
    file: Arc<Text>,
    problems: Vec<(Place, String, String)>,
    /// What may not be shown.
    hidden: Vec<Place>,
}

impl Walk {
    /// Begins with a file.
    pub fn new(file: Arc<Text>) -> Self {
        Self { file, problems: Vec::new(), hidden: Vec::new() }
    }

    /// Number of things that are wrong so far.
    pub fn count(&self) -> usize {
        self.problems.len()
    }

    /// Everything that is wrong, in the order in which it was noted. What is hidden is not shown with any of it.
    pub fn finish(self) -> Vec<Problem> {
        let Text { path, folder, text } = &*self.file;
        let text = text.lines().zip(1..).map(|(line, number)| hidden(line, number, &self.hidden) + "\n").collect();
        let text = Arc::new(Text { path: path.clone(), folder: folder.clone(), text });
        let origin = |place| Origin::File { text: text.clone(), place: Some(place), is_repository: false };
        self.problems.iter().map(|(place, message, hint)| Problem::new(&origin(*place), message, hint)).collect()
    }

    /// The file that is walked.
    pub fn file(&self) -> &Text {
        &self.file
    }

    /// Notes what is wrong at `place`, and what to do about it.
    pub fn complain(&mut self, place: Place, message: impl Into<String>, hint: impl Into<String>) {
        self.problems.push((place, message.into(), hint.into()));
    }

    /// The same about a value that may be a secret, which is not shown.
    pub fn complain_hidden(&mut self, place: Place, message: impl Into<String>, hint: impl Into<String>) {
        self.hidden.push(place);
        self.complain(place, message, hint);
    }

    /// The entries of a map whose keys are all among `known`; others are complained about and left out.
    pub fn map<'n>(&mut self, node: &'n Node, what: &str, known: &[&str]) -> Vec<(&'n Key, &'n Node)> {
        let Content::Map(entries) = &node.content else {
            let message = format!("{what} is a map of keys, not {}", kind(&node.content));
            self.complain(node.place, message, format!("it takes `{}`", known.join("`, `")));
            return Vec::new();
        };
        let (fine, unknown): (Vec<_>, Vec<_>) = entries.iter().partition(|(key, _)| known.contains(&key.name.as_str()));
        for (key, _) in unknown {
            let near = suggest::nearest(&key.name.to_lowercase().replace('-', "_"), known.iter().copied());
            let hint = near.map_or_else(|| format!("known are `{}`", known.join("`, `")), |near| format!("did you mean `{near}`?"));
            self.complain(key.place, format!("unknown key `{}` in {what}", shown(&key.name)), hint);
        }
        fine.into_iter().map(|(key, node)| (key, node)).collect()
    }

    /// The items of a list; a lone value is no list.
    pub fn list<'n>(&mut self, key: &Key, node: &'n Node, hint: &str) -> &'n [Node] {
        match &node.content {
            Content::List(items) => items,
            other => {
                self.complain(node.place, format!("`{}` takes a list, not {}", shown(&key.name), kind(other)), hint);
                &[]
            }
        }
    }

    /// The text behind `key`. Numbers count as text where `bare` says so.
    pub fn text(&mut self, key: &Key, node: &Node, bare: bool) -> Option<String> {
        self.text_of(&format!("`{}`", shown(&key.name)), node, bare)
    }

    /// The same for a node without a key, such as the item of a list.
    pub fn text_of(&mut self, what: &str, node: &Node, bare: bool) -> Option<String> {
        match &node.content {
            Content::Text(text) if !text.trim().is_empty() => return Some(text.clone()),
            Content::Bare(text) if bare => return Some(text.clone()),
            Content::Text(_) | Content::Null => self.complain(node.place, format!("{what} says nothing"), "write a value, or leave it out"),
            other => {
                let hint = if matches!(other, Content::Bare(_)) { "write it in quotes if it is meant" } else { "" };
                self.complain(node.place, format!("{what} takes a text, not {}", kind(other)), hint);
            }
        }
        None
    }

    /// `true` or `false`.
    pub fn truth(&mut self, key: &Key, node: &Node) -> Option<bool> {
        match &node.content {
            Content::Bare(text) if text.eq_ignore_ascii_case("true") => Some(true),
            Content::Bare(text) if text.eq_ignore_ascii_case("false") => Some(false),
            _ => {
                self.complain(node.place, format!("`{}` takes `true` or `false`", shown(&key.name)), "without quotes");
                None
            }
        }
    }

    /// One of `words`.
    pub fn word<'w>(&mut self, what: &str, node: &Node, words: &[&'w str]) -> Option<&'w str> {
        let text = self.text_of(what, node, true)?;
        let found = words.iter().find(|word| **word == text);
        if found.is_none() {
            let known = format!("known are `{}`", words.join("`, `"));
            let near = suggest::nearest(&text.to_lowercase(), words.iter().copied());
            let hint = near.map_or_else(|| known.clone(), |near| format!("did you mean `{near}`? {known}"));
            self.complain(node.place, format!("{what}: there is no `{}`", shown(&text)), hint);
        }
        found.copied()
    }

    /// What `parse` makes of a text; where it makes nothing, `hint` says what would do.
    pub fn parsed<T>(&mut self, key: &Key, node: &Node, hint: &str, parse: impl FnOnce(&str) -> Option<T>) -> Option<T> {
        let text = self.text(key, node, true)?;
        let value = parse(&text);
        if value.is_none() {
            self.complain(node.place, format!("`{}` cannot be `{}`", shown(&key.name), shown(&text)), hint);
        }
        value
    }
}

/// A line with stars for what is hidden on it. What goes on behind the line is hidden up to its end.
fn hidden(line: &str, number: u32, places: &[Place]) -> String {
    let hides = |place: &Place, column: usize| {
        let begin = place.column as usize;
        place.line == number && column >= begin && (place.width == 1 || column < begin + place.width as usize)
    };
    line.chars().zip(1..).map(|(c, column)| if places.iter().any(|place| hides(place, column)) { '*' } else { c }).collect()
}

/// What a node is, for people.
pub fn kind(content: &Content) -> &'static str {
    match content {
        Content::Null => "nothing",
        Content::Bare(_) => "a number or a truth value",
        Content::Text(_) => "a text",
        Content::List(_) => "a list",
        Content::Map(_) => "a map",
    }
}
