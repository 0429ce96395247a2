//! Patterns for paths and rule ids.
//!
//! A pattern stands for the whole of a path from the top of the repository. `*` is anything but `/`, `**` as a part of its own is any number of
//! folders, `?` one byte that is not `/`, `[a-z]` and `[!a-z]` one byte of a set, `{a,b}` either of two. A pattern that ends in `/` means
//! everything below. Matching takes time in proportion to pattern and path, whatever they are.

use std::fmt;

/// Longest pattern, in bytes.
pub const LONGEST: usize = 1_024;
/// Most patterns that `{a,b}` may stand for.
const MOST_ALTERNATIVES: usize = 64;
/// Longest that all of those may be together, in bytes.
const LONGEST_TOGETHER: usize = 4_096;

/// A pattern that can be matched.
#[derive(Clone, PartialEq, Eq)]
pub struct Glob {
    text: String,
    alternatives: Vec<Vec<Token>>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Token {
    Byte(u8),
    /// `?`
    One,
    /// `*`
    Some,
    /// `**/`: no folder, or any number of them.
    Folders,
    /// `**` at the end, or beside other text.
    All,
    Set {
        negated: bool,
        ranges: Vec<(u8, u8)>,
    },
}

impl Glob {
    /// Reads a pattern.
    ///
    /// # Errors
    /// What is wrong with it, in a few words.
    pub fn new(text: &str) -> Result<Self, String> {
        if text.is_empty() {
            return Err("the pattern is empty".to_owned());
        }
        if text.len() > LONGEST {
            return Err(format!("the pattern is longer than {LONGEST} bytes"));
        }
        let pattern = text.strip_prefix("./").or_else(|| text.strip_prefix('/')).unwrap_or(text);
        let pattern = if text.ends_with('/') { format!("{pattern}**") } else { pattern.to_owned() };
        let expanded = expand(&pattern)?;
        if expanded.iter().map(String::len).sum::<usize>() > LONGEST_TOGETHER {
            return Err("all that `{a,b}` in it stands for is too long together".to_owned());
        }
        let alternatives = expanded.iter().map(|pattern| tokens(pattern.as_bytes())).collect::<Result<_, _>>()?;
        Ok(Self { text: text.to_owned(), alternatives })
    }

    /// The pattern as it was written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Parts that stand for a byte or several, in all alternatives together.
    pub fn parts(&self) -> usize {
        self.alternatives.iter().map(Vec::len).sum()
    }

    /// Whether the pattern stands for `text`.
    pub fn matches(&self, text: &[u8]) -> bool {
        self.alternatives.iter().any(|tokens| matches(tokens, text))
    }

    /// Whether it takes in everything at the top of a repository, or everything at all.
    pub fn is_everything(&self) -> bool {
        self.matches(b"\x01any/\x02thing") || self.matches(b"\x01any")
    }
}

impl fmt::Debug for Glob {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Glob({:?})", self.text)
    }
}

/// `pattern` with each `{a,b}` replaced by each of its parts.
fn expand(pattern: &str) -> Result<Vec<String>, String> {
    let mut done = vec![String::new()];
    let mut rest = pattern;
    while let Some(open) = rest.find(['{', '}']) {
        let (before, behind) = rest.split_at(open);
        let inner = behind.strip_prefix('{').ok_or("`}` without `{`")?;
        let (inner, after) = inner.split_once('}').ok_or("`{` without `}`")?;
        if inner.contains('{') {
            return Err("`{` inside of `{`".to_owned());
        }
        let parts: Vec<&str> = inner.split(',').collect();
        if done.len() * parts.len() > MOST_ALTERNATIVES {
            return Err(format!("it stands for more than {MOST_ALTERNATIVES} patterns"));
        }
        done = done.iter().flat_map(|done| parts.iter().map(move |part| format!("{done}{before}{part}"))).collect();
        rest = after;
    }
    Ok(done.into_iter().map(|done| done + rest).collect())
}

fn tokens(pattern: &[u8]) -> Result<Vec<Token>, String> {
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(&byte) = pattern.get(at) {
        let rest = &pattern[at..];
        let starts_part = at == 0 || pattern[at - 1] == b'/';
        let (token, length) = match byte {
            b'*' if starts_part && rest.starts_with(b"**/") => (Token::Folders, 3),
            b'*' if rest.starts_with(b"**") => (Token::All, rest.iter().take_while(|byte| **byte == b'*').count()),
            b'*' => (Token::Some, 1),
            b'?' => (Token::One, 1),
            b'[' => set(rest)?,
            b'\\' => (Token::Byte(*rest.get(1).ok_or("nothing follows the `\\`")?), 2),
            other => (Token::Byte(other), 1),
        };
        tokens.push(token);
        at += length;
    }
    Ok(tokens)
}

/// The set that `pattern` begins with, and its length in bytes.
fn set(pattern: &[u8]) -> Result<(Token, usize), String> {
    let negated = matches!(pattern.get(1), Some(b'!' | b'^'));
    let first = if negated { 2 } else { 1 };
    // A `]` that comes first belongs to the set.
    let length = pattern.iter().skip(first + 1).position(|byte| *byte == b']').ok_or("`[` without `]`")?;
    let inner = &pattern[first..=first + length];
    let mut ranges = Vec::new();
    let mut at = 0;
    while let Some(&low) = inner.get(at) {
        let high = if inner.get(at + 1) == Some(&b'-') { inner.get(at + 2).copied() } else { None };
        if high.is_some_and(|high| high < low) {
            return Err("a range in `[ ]` ends before it begins".to_owned());
        }
        ranges.push((low, high.unwrap_or(low)));
        at += if high.is_some() { 3 } else { 1 };
    }
    Ok((Token::Set { negated, ranges }, first + length + 2))
}

/// Walks all states at once, one bit for each token.
fn matches(tokens: &[Token], text: &[u8]) -> bool {
    // Most paths differ from most patterns at once, at one of the ends.
    if differ(tokens.iter(), text.iter()) || differ(tokens.iter().rev(), text.iter().rev()) {
        return false;
    }
    let mut now = vec![false; tokens.len() + 1];
    now[0] = true;
    skip_empty(tokens, &mut now, true);
    let mut next = vec![false; tokens.len() + 1];
    for &byte in text {
        next.fill(false);
        for (at, token) in tokens.iter().enumerate().filter(|(at, _)| now[*at]) {
            match token {
                Token::Byte(wanted) => next[at + 1] |= byte == *wanted,
                Token::One => next[at + 1] |= byte != b'/',
                Token::Some => next[at] |= byte != b'/',
                Token::All => next[at] = true,
                Token::Folders => next[at] = true,
                Token::Set { negated, ranges } => {
                    let is_in = ranges.iter().any(|(low, high)| (*low..=*high).contains(&byte));
                    next[at + 1] |= byte != b'/' && is_in != *negated;
                }
            }
        }
        skip_empty(tokens, &mut next, byte == b'/');
        std::mem::swap(&mut now, &mut next);
        if !now.contains(&true) {
            return false;
        }
    }
    now[tokens.len()]
}

/// Whether a text differs from the bytes that a pattern begins with, both from the same end.
fn differ<'t>(tokens: impl Iterator<Item = &'t Token>, text: impl Iterator<Item = &'t u8>) -> bool {
    let literal = tokens.map_while(|token| if let Token::Byte(byte) = token { Some(byte) } else { None });
    literal.zip(text).any(|(wanted, byte)| wanted != byte)
}

/// Goes on behind tokens that may stand for nothing; behind folders only where a part of a path begins.
fn skip_empty(tokens: &[Token], states: &mut [bool], at_part: bool) {
    for (at, token) in tokens.iter().enumerate() {
        if states[at] && (matches!(token, Token::Some | Token::All) || (matches!(token, Token::Folders) && at_part)) {
            states[at + 1] = true;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_stand_for_whole_paths() {
        for (pattern, yes, no) in [
            ("a.env", &["a.env"][..], &["b/a.env", "a.env2", "xa.env", ""][..]),
            ("*.md", &["a.md", ".md"], &["docs/a.md", "a.mdx"]),
            ("docs/**/*.md", &["docs/a.md", "docs/b/c/a.md"], &["docsa.md", "docs/a.txt", "x/docs/a.md", "docs/ba.md/x"]),
            ("**/a.md", &["a.md", "x/a.md", "x/y/a.md"], &["xa.md", "x/ya.md"]),
            ("tests/**", &["tests/a", "tests/b/c"], &["tests", "test/a", "x/tests/a"]),
            ("tests/", &["tests/a", "tests/b/c"], &["tests", "testsx/a"]),
            ("/a/b", &["a/b"], &["x/a/b"]),
            ("./a/b", &["a/b"], &["x/a/b"]),
            ("a?c", &["abc"], &["a/c", "ac"]),
            ("[a-c]x[!0-9]", &["axy", "cxz"], &["dxy", "ax1", "ax/"]),
            ("[]]", &["]"], &["["]),
            ("{a,b}/{c,d*}", &["a/c", "b/dx"], &["a/x", "c/c"]),
            ("aws.*", &["aws.key"], &["awsx.key", "gcp.key"]),
            ("a\\*b", &["a*b"], &["axb"]),
            ("a**b", &["ab", "a/x/b"], &["a/x/c"]),
        ] {
            let glob = Glob::new(pattern).expect("because it is one");
            yes.iter().for_each(|path| assert!(glob.matches(path.as_bytes()), "{pattern} is {path}"));
            no.iter().for_each(|path| assert!(!glob.matches(path.as_bytes()), "{pattern} is not {path}"));
        }
    }

    #[test]
    fn wrong_patterns_are_errors() {
        for wrong in ["", "[a", "a\\", "{a", "a}", "{a,{b}}", "[z-a]", "["] {
            assert!(Glob::new(wrong).is_err(), "{wrong}");
        }
        assert!(Glob::new(&"x".repeat(LONGEST + 1)).is_err());
        assert!(Glob::new(&"{a,b}".repeat(7)).is_err());
        assert!(Glob::new(&format!("{}{}", "{a,b}".repeat(6), "x".repeat(60))).is_err());
    }

    #[test]
    fn what_takes_in_everything_is_known() {
        for all in ["**", "*", "/", "**/*", "*/**", "./", "{a,**}"] {
            assert!(Glob::new(all).is_ok_and(|glob| glob.is_everything()), "{all}");
        }
        for some in ["docs/**", "*.md", "**/*.md", "a", "**/docs/**"] {
            assert!(Glob::new(some).is_ok_and(|glob| !glob.is_everything()), "{some}");
        }
    }

    #[test]
    fn stars_take_no_more_time_than_pattern_times_path() {
        let glob = Glob::new(&"*a".repeat(400)).expect("because it is one");
        assert!(!glob.matches(&vec![b'a'; 399]));
        assert!(!glob.matches(&[&vec![b'a'; 20_000][..], b"b"].concat()));
    }
}
