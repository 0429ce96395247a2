//! Regular expressions of paths: checked one by one, matched all at once.
//!
//! Their syntax is that of the `regex` crate, which Go's resembles; as there, `\d`, `\s`, `\w` and `\b` know ASCII only. Matching takes time linear
//! in the path, whatever the expression. Knows nothing of roots and of who wrote them down.

use regex::bytes::{RegexBuilder, RegexSet, RegexSetBuilder};

/// Most memory that one compiled expression takes, in bytes.
const LARGEST: usize = 1 << 20;
/// Most memory that all of them take together, in bytes.
const LARGEST_TOGETHER: usize = 16 << 20;

/// Expressions that are matched together.
#[derive(Clone, Debug, Default)]
pub(super) struct Regexes {
    set: RegexSet,
    /// For each its number among all patterns.
    numbers: Vec<usize>,
}

impl Regexes {
    /// Expressions with their numbers among all patterns, smaller numbers first.
    ///
    /// # Errors
    /// One of them cannot be used, by its number, or all of them together are too large.
    pub(super) fn new<'t>(texts: impl Iterator<Item = (usize, &'t str)>) -> Result<Self, (usize, String)> {
        let mut written = Vec::new();
        let mut numbers = Vec::new();
        for (number, text) in texts {
            written.push(compilable(text).map_err(|(why, _)| (number, why))?);
            numbers.push(number);
        }
        if written.is_empty() {
            return Ok(Self::default());
        }
        let set = RegexSetBuilder::new(&written).size_limit(LARGEST_TOGETHER).build();
        let last = numbers.last().copied().unwrap_or(0);
        let set = set.map_err(|_| (last, "the regular expressions are too large together".to_owned()))?;
        Ok(Self { set, numbers })
    }

    /// The number of the last one that matches `path`, plus 1; 0 if none does.
    pub(super) fn last(&self, path: &[u8]) -> usize {
        // Which of them match is more work than whether one does, and for most paths none does.
        if self.numbers.is_empty() || !self.set.is_match(path) {
            return 0;
        }
        let found = self.set.matches(path).into_iter().next_back();
        found.and_then(|at| self.numbers.get(at)).map_or(0, |number| number + 1)
    }
}

/// Whether `text` can be used as a regular expression of paths.
///
/// # Errors
/// What is wrong with it and, in the second text, what to do.
pub fn check(text: &str) -> Result<(), (String, String)> {
    compilable(text).map(|_| ())
}

/// `text` as it is compiled.
fn compilable(text: &str) -> Result<String, (String, String)> {
    if text.is_empty() {
        return Err(("it matches every path".to_owned(), "write `.` if that is meant".to_owned()));
    }
    if text.len() > super::LONGEST {
        return Err(("it is longer than 1,000 bytes".to_owned(), String::new()));
    }
    let builds = |text: &str| RegexBuilder::new(text).size_limit(LARGEST).build().map(|_| ());
    let of_bytes = format!("(?-u){text}");
    match builds(&of_bytes) {
        Ok(()) => Ok(of_bytes),
        // A letter beyond ASCII in brackets is no byte.
        Err(_) if builds(text).is_ok() => Ok(text.to_owned()),
        Err(error) => Err(said(&error)),
    }
}

/// What is wrong and what to do, without the expression itself.
fn said(error: &regex::Error) -> (String, String) {
    let text = error.to_string();
    let why = match error {
        regex::Error::CompiledTooBig(_) => "it is too large when it is compiled",
        _ => text.rsplit_once("error: ").map_or("it cannot be read", |(_, why)| why.trim()),
    };
    let hint = if why.contains("look-around") {
        "write what is to match, and what is to be scanned all the same into `paths.include`"
    } else {
        ""
    };
    (why.to_owned(), hint.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn last(texts: &[&str], path: &[u8]) -> usize {
        let own = Regexes::new(texts.iter().copied().enumerate().map(|(at, text)| (at * 10, text)));
        own.expect("because the expressions are well-formed").last(path)
    }

    #[test]
    fn they_match_anywhere_and_the_last_one_is_told() {
        for (text, yes, no) in [
            ("vendor/", &["vendor/a", "x/myvendor/a"][..], &["vendor"][..]),
            (r"^docs/.*\.md$", &["docs/a.md", "docs/x/a.md"], &["x/docs/a.md", "docs/a.mdx"]),
            (r"(?i)readme", &["README", "x/ReadMe.txt"], &["read"]),
            (r"\d\w", &["a1b"], &["a", "a1"]),
            ("[é]x", &["éx"], &["ex"]),
            ("a|b$", &["ab/c", "b"], &["bc"]),
        ] {
            yes.iter().for_each(|path| assert_eq!(last(&[text], path.as_bytes()), 1, "{text} {path}"));
            no.iter().for_each(|path| assert_eq!(last(&[text], path.as_bytes()), 0, "{text} {path}"));
        }
        assert_eq!((last(&["a", "b", "a"], b"a"), last(&["a", "b"], b"ab"), last(&["a"], b"\xff"), last(&[], b"a")), (21, 11, 0, 0));
        // Digits of other scripts are none, and a name that is no text is matched by its bytes.
        assert_eq!((last(&[r"\d"], "٣".as_bytes()), last(&[r"caf.\.env"], b"caf\xe9.env")), (0, 1));
    }

    #[test]
    fn what_cannot_be_used_is_told_without_its_text() {
        for (wrong, why) in [
            ("", "every path"),
            ("(secret", "unclosed group"),
            ("a{2000}{2000}", "too large"),
            ("(?!a)b", "look-around"),
            (&"x".repeat(1001), "1,000 bytes"),
            (&"(".repeat(900), "unclosed group"),
        ] {
            let (said, _) = check(wrong).expect_err("because it is wrong");
            assert!(said.contains(why) && !said.contains("secret") && !said.contains('\n'), "{wrong}: {said}");
        }
        let large: Vec<String> = (0..400).map(|at| format!(r"(?i){at}\w{{900}}")).collect();
        let (number, why) = Regexes::new(large.iter().map(String::as_str).enumerate()).expect_err("because they are too large");
        assert!(number == 399 && why.contains("together"), "{number} {why}");
    }
}
