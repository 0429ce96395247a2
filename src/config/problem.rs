//! What is wrong with a configuration, said so that a person finds the place.
//!
//! A line is shown only up to the end of what is wrong with it, and long words of letters and digits are cut: the file that was named may
//! not be a configuration at all but one that holds secrets.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use super::Origin;
use super::yaml::Place;

/// Most problems that are told of one configuration.
const MOST: usize = 20;
/// Longest line that is shown, in characters.
const LONGEST: usize = 120;
/// A word of this many characters or more, with letters and digits, may be a secret.
const LONG_WORD: usize = 16;

/// A file as it was read.
#[derive(Debug, PartialEq, Eq)]
pub struct Text {
    /// Its path as it is shown.
    pub path: String,
    /// The folder it stands in.
    pub folder: PathBuf,
    /// What it says.
    pub text: String,
}

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Where.
    pub origin: Origin,
    /// What, in one sentence without a full stop.
    pub message: String,
    /// What to do about it; may be empty.
    pub hint: String,
}

/// Why a configuration cannot be used. Shown, it names every problem with its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigError(pub Vec<Problem>);

impl std::error::Error for ConfigError {}

impl From<Problem> for ConfigError {
    fn from(problem: Problem) -> Self {
        Self(vec![problem])
    }
}

impl Problem {
    /// A problem at `origin`.
    pub fn new(origin: &Origin, message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { origin: origin.clone(), message: message.into(), hint: hint.into() }
    }

    /// A problem with a file as a whole.
    pub fn of_file(path: &str, message: impl Into<String>, hint: impl Into<String>) -> Self {
        let text = Arc::new(Text { path: path.to_owned(), folder: PathBuf::new(), text: String::new() });
        Self::new(&Origin::File { text, place: None, is_repository: false }, message, hint)
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, problem) in self.0.iter().take(MOST).enumerate() {
            if at > 0 {
                f.write_str("\n")?;
            }
            problem.fmt(f)?;
        }
        match self.0.len().checked_sub(MOST) {
            Some(more @ 1..) => write!(f, "\nand {more} more problems"),
            _ => Ok(()),
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.origin, self.message)?;
        match &self.origin {
            Origin::File { text, place: Some(place), .. } => snippet(f, &text.text, *place, &self.hint),
            _ if self.hint.is_empty() => Ok(()),
            _ => write!(f, "; {}", self.hint),
        }
    }
}

fn snippet(f: &mut fmt::Formatter<'_>, text: &str, place: Place, hint: &str) -> fmt::Result {
    let line = text.lines().nth(place.line as usize - 1).unwrap_or_default();
    let before = place.column as usize - 1;
    let end = before + place.width as usize;
    let rest = if line.chars().nth(end).is_some() { " …" } else { "" };
    let lead: String = line.chars().take(before).collect();
    let wrong: String = line.chars().skip(before).take(place.width as usize).collect();
    let (lead, wrong) = (shown(&lead), shown(&wrong));
    let (indent, width) = (lead.chars().count(), wrong.chars().count().max(1));
    let number = place.line.to_string();
    let gap = " ".repeat(number.len());
    let space = if hint.is_empty() { "" } else { " " };
    if indent + width > LONGEST {
        return write!(f, "\n  {gap} |{space}{hint}");
    }
    write!(f, "\n  {number} | {lead}{wrong}{rest}\n  {gap} | {}{}{space}{hint}", " ".repeat(indent), "^".repeat(width))
}

/// Longest text that is quoted, in characters.
const LONGEST_QUOTE: usize = 300;

/// `text` from a file as it may be shown: nothing that moves a cursor, no long word that may be a secret, and not too much.
pub fn shown(text: &str) -> String {
    let mut out = String::new();
    let mut word = String::new();
    for c in text.chars().take(LONGEST_QUOTE) {
        if c.is_ascii_alphanumeric() || "+/_=-".contains(c) {
            word.push(c);
            continue;
        }
        out.push_str(&shortened(&std::mem::take(&mut word)));
        if c == ' ' || !(c.is_control() || c.is_whitespace() || c.escape_debug().len() > 1 && !"'\"\\".contains(c)) {
            out.push(c);
        } else {
            out.push('·');
        }
    }
    out.push_str(&shortened(&word));
    out
}

/// A word, or its beginning where it may be a secret.
fn shortened(word: &str) -> String {
    let has = |is: fn(&char) -> bool| word.chars().any(|c| is(&c));
    let is_suspect = word.len() >= LONG_WORD && has(char::is_ascii_digit) && has(char::is_ascii_alphabetic);
    if is_suspect { format!("{}…", &word[..4]) } else { word.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_may_be_a_secret_and_nothing_that_moves_the_cursor_is_shown() {
        assert_eq!(shown("github.personal-access-token"), "github.personal-access-token");
        assert_eq!(shown(&["a: ", "abcd", &"e1".repeat(10)].concat()), "a: abcd…");
        assert_eq!(shown("a\u{1b}[31m\tb\u{202e}c"), "a·[31m·b·c");
        assert_eq!(shown("docs/**/*.md \"x\" é"), "docs/**/*.md \"x\" é");
    }

    #[test]
    fn a_line_is_shown_up_to_what_is_wrong() {
        let text = Arc::new(Text { path: "keysieve.yaml".to_owned(), folder: PathBuf::new(), text: "a:\n  bad: hidden\n".to_owned() });
        let place = Some(Place { line: 2, column: 3, width: 3 });
        let problem = Problem::new(&Origin::File { text, place, is_repository: true }, "unknown key `bad`", "did you mean `bed`?");
        assert_eq!(
            ConfigError::from(problem).to_string(),
            "keysieve.yaml:2:3: unknown key `bad`\n  2 |   bad …\n    |   ^^^ did you mean `bed`?"
        );
    }
}
