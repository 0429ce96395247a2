//! Patterns of a `CODEOWNERS` file.
//!
//! `*` is anything but `/`, `**` as a part of its own any number of folders, `?` one byte that is not `/`, `\` takes the next byte as it is.
//! Matching takes time in proportion to the product of pattern and path at most, whatever they are.

/// Whose reading of a pattern counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dialect {
    /// As in `.gitignore`: a `/` inside binds it to the top, what matches a folder matches what is below. A last `/*` is one level only.
    GitHub,
    /// Only a leading `/` binds it to the top, and only a `/` at the end takes in what is below.
    GitLab,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Token {
    Byte(u8),
    /// `?`
    One,
    /// `*`
    Some,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    /// `**`
    Folders,
    Name(Vec<Token>),
}

/// What may stand behind that which a pattern names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Below {
    /// Nothing: it names files.
    Nothing,
    /// Anything or nothing: it names a file, or a folder and so all that is below.
    Anything,
    /// Something: it names a folder.
    Something,
}

/// A pattern that can be matched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Pattern {
    parts: Vec<Part>,
    below: Below,
}

impl Pattern {
    /// Reads a pattern; none if it is of a kind that has no meaning in such a file.
    pub(super) fn new(text: &[u8], dialect: Dialect) -> Option<Self> {
        if text.is_empty() || text == b"/" || has_set(text) {
            return None;
        }
        let is_folder = text.ends_with(b"/");
        let trimmed = text.strip_suffix(b"/").unwrap_or(text);
        let is_bound = match dialect {
            Dialect::GitHub => trimmed.contains(&b'/'),
            Dialect::GitLab => trimmed.starts_with(b"/"),
        };
        let named = trimmed.strip_prefix(b"/").unwrap_or(trimmed);
        let mut parts: Vec<Part> = if is_bound { Vec::new() } else { vec![Part::Folders] };
        for part in named.split(|byte| *byte == b'/') {
            let part = if part == b"**" { Part::Folders } else { Part::Name(tokens(part)) };
            if part != Part::Folders || parts.last() != Some(&Part::Folders) {
                parts.push(part);
            }
        }
        let is_one_level = is_bound && parts.last() == Some(&Part::Name(vec![Token::Some]));
        let below = match dialect {
            _ if is_folder => Below::Something,
            Dialect::GitHub if !is_one_level => Below::Anything,
            _ => Below::Nothing,
        };
        Some(Self { parts, below })
    }

    /// Whether the file at `path`, from the top of the repository, is one that it names.
    pub(super) fn matches(&self, path: &[u8]) -> bool {
        let names: Vec<&[u8]> = path.split(|byte| *byte == b'/').collect();
        let (mut part, mut name) = (0, 0);
        // Where to go on if the names behind the last `**` do not fit: one folder more stands for it then.
        let mut again: Option<(usize, usize)> = None;
        loop {
            let rest = names.len() - name;
            let is_end = match self.below {
                Below::Nothing => rest == 0,
                Below::Anything => true,
                Below::Something => rest > 0,
            };
            let fits = match self.parts.get(part) {
                None if is_end => return true,
                None => false,
                // At the end it stands for all that is in the folder.
                Some(Part::Folders) if part + 1 == self.parts.len() => return rest > 0,
                Some(Part::Folders) => {
                    again = Some((part + 1, name));
                    part += 1;
                    continue;
                }
                Some(Part::Name(tokens)) => names.get(name).is_some_and(|name| fits(tokens, name)),
            };
            if fits {
                (part, name) = (part + 1, name + 1);
                continue;
            }
            match again {
                Some((behind, from)) if from + 1 < names.len() => {
                    again = Some((behind, from + 1));
                    (part, name) = (behind, from + 1);
                }
                _ => return false,
            }
        }
    }
}

/// Whether a `[` stands in it that is not escaped.
fn has_set(text: &[u8]) -> bool {
    let mut is_escaped = false;
    text.iter().any(|byte| {
        let is_set = *byte == b'[' && !is_escaped;
        is_escaped = *byte == b'\\' && !is_escaped;
        is_set
    })
}

fn tokens(part: &[u8]) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut bytes = part.iter().copied();
    while let Some(byte) = bytes.next() {
        let token = match byte {
            b'\\' => Token::Byte(bytes.next().unwrap_or(b'\\')),
            b'?' => Token::One,
            b'*' if tokens.last() == Some(&Token::Some) => continue,
            b'*' => Token::Some,
            byte => Token::Byte(byte),
        };
        tokens.push(token);
    }
    tokens
}

/// Whether one name between two `/` is what `tokens` stand for.
fn fits(tokens: &[Token], name: &[u8]) -> bool {
    let (mut token, mut at) = (0, 0);
    let mut again: Option<(usize, usize)> = None;
    loop {
        match (tokens.get(token), name.get(at)) {
            (None, None) => return true,
            (Some(Token::Some), _) => {
                again = Some((token + 1, at));
                token += 1;
                continue;
            }
            (Some(Token::One), Some(_)) => {
                (token, at) = (token + 1, at + 1);
                continue;
            }
            (Some(Token::Byte(wanted)), Some(byte)) if wanted == byte => {
                (token, at) = (token + 1, at + 1);
                continue;
            }
            _ => {}
        }
        match again {
            Some((behind, from)) if from < name.len() => {
                again = Some((behind, from + 1));
                (token, at) = (behind, from + 1);
            }
            _ => return false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(pattern: &str, path: &str, dialect: Dialect) -> bool {
        Pattern::new(pattern.as_bytes(), dialect).expect("because it is a pattern").matches(path.as_bytes())
    }

    #[test]
    fn patterns_of_github_are_those_of_gitignore() {
        for (pattern, yes, no) in [
            ("*", &["a", "a/b/c"][..], &[][..]),
            ("*.js", &["a.js", "a/b.js", "x.js/y"], &["a.jsx"]),
            ("/build/logs/", &["build/logs/a", "build/logs/a/b"], &["build/logs", "x/build/logs/a"]),
            ("docs/*", &["docs/a.md"], &["docs/a/b.md", "x/docs/a.md"]),
            ("apps/", &["apps/a", "x/apps/a/b"], &["apps", "appsx/a"]),
            ("/apps/github", &["apps/github", "apps/github/a"], &["apps/githubx", "x/apps/github"]),
            ("**/logs", &["logs/a", "a/b/logs", "a/logs/b"], &["a/logsx"]),
            ("docs/**", &["docs/a", "docs/a/b"], &["docs", "x/docs/a"]),
            ("a/**/b", &["a/b", "a/x/b", "a/x/y/b/c"], &["a/x", "x/a/b"]),
            ("/a?c/*.m*", &["abc/x.md", "abc/x.md/y"], &["ac/x.md", "a/c/x.md"]),
            (r"/with\ blank/\*x", &["with blank/*x"], &["with blank/yx", r"with\ blank/*x"]),
        ] {
            yes.iter().for_each(|path| assert!(matches(pattern, path, Dialect::GitHub), "{pattern} {path}"));
            no.iter().for_each(|path| assert!(!matches(pattern, path, Dialect::GitHub), "{pattern} {path}"));
        }
    }

    #[test]
    fn patterns_of_gitlab_are_bound_by_their_first_sign_only() {
        for (pattern, yes, no) in [
            ("*", &["a", "a/b/c"][..], &[][..]),
            ("internal/README.md", &["internal/README.md", "x/internal/README.md"], &["internal/README.md/x"]),
            ("/docs", &["docs"], &["docs/a"]),
            ("docs/", &["docs/a", "x/docs/a/b"], &["docs"]),
            ("/docs/*", &["docs/a"], &["docs/a/b"]),
            ("/docs/**/*.md", &["docs/a.md", "docs/x/y/a.md"], &["x/docs/a.md", "docs/a.txt"]),
            ("/a/**", &["a/b", "a/b/c"], &["a"]),
        ] {
            yes.iter().for_each(|path| assert!(matches(pattern, path, Dialect::GitLab), "{pattern} {path}"));
            no.iter().for_each(|path| assert!(!matches(pattern, path, Dialect::GitLab), "{pattern} {path}"));
        }
    }

    #[test]
    fn what_has_no_meaning_is_no_pattern() {
        for text in ["", "/", "a[b]c", "*.[jt]s"] {
            assert_eq!(Pattern::new(text.as_bytes(), Dialect::GitHub), None, "{text}");
        }
        assert!(matches(r"a\[b", "a[b", Dialect::GitHub));
    }

    #[test]
    fn a_pattern_of_nothing_but_stars_takes_no_time() {
        let path = "a/".repeat(500) + &"a".repeat(500);
        let began = std::time::Instant::now();
        assert!(!matches(&("**/".to_owned() + &"**/a*".repeat(100) + "b"), &path, Dialect::GitHub));
        assert!(!matches(&("*a".repeat(200) + "b"), &path, Dialect::GitHub));
        assert!(began.elapsed().as_secs() < 2);
    }
}
