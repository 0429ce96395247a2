//! The file itself: lines of a pattern and owners, and GitLab's sections.

use super::pattern::{Dialect, Pattern};

/// Largest file that is read, in bytes: GitHub reads no larger one.
pub const LARGEST: u64 = 3 << 20;
/// Most lines with a pattern. A path is held against all of them.
const MOST_RULES: usize = 20_000;
/// Longest line that is read, in bytes.
const LONGEST_LINE: usize = 8_192;

/// Who owns which files of a repository.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Owners {
    file: String,
    dialect: Dialect,
    rules: Vec<Rule>,
    /// Names of sections in lower case; the first one has none.
    sections: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Rule {
    pattern: Pattern,
    owners: Vec<String>,
    line: u32,
    section: usize,
    /// Nobody owns what it names, whatever other lines of the section say.
    is_exclusion: bool,
}

/// The owners of one file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Owned<'o> {
    /// As written: `@user`, `@org/team`, an e-mail address.
    pub names: Vec<&'o str>,
    /// The line that says it, from 1; the last one of several. None if no line is about the file.
    pub line: Option<u32>,
}

impl Owned<'_> {
    /// Whether `name` is one of them. Letter case does not matter to either host.
    pub fn has(&self, name: &str) -> bool {
        self.names.iter().any(|own| own.eq_ignore_ascii_case(name))
    }
}

impl Owners {
    /// Reads the text of `file`, a path from the top of the repository. Lines that mean nothing are passed over, as both hosts do.
    ///
    /// # Errors
    /// It has more lines than can be held against each path; the words say so.
    pub fn parse(file: &str, text: &[u8]) -> Result<Self, String> {
        let lines = || text.split(|byte| *byte == b'\n').map(|line| line.trim_ascii());
        let has_sections = || lines().any(|line| line.len() <= LONGEST_LINE && section(line).is_some());
        let dialect = match file {
            ".gitlab/CODEOWNERS" => Dialect::GitLab,
            ".github/CODEOWNERS" => Dialect::GitHub,
            _ if has_sections() => Dialect::GitLab,
            _ => Dialect::GitHub,
        };
        let mut owners = Self { file: file.to_owned(), dialect, rules: Vec::new(), sections: vec![String::new()] };
        let (mut own, mut standard) = (0, Vec::new());
        for (number, line) in (1_u32..).zip(lines()) {
            if line.len() > LONGEST_LINE || line.is_empty() || line.starts_with(b"#") {
                continue;
            }
            match section(line).filter(|_| dialect == Dialect::GitLab) {
                Some((name, rest)) => {
                    own = owners.section(name);
                    standard = words(rest).iter().filter_map(|word| owner(word)).collect();
                }
                None => owners.rules.extend(rule(line, number, dialect, (own, &standard))),
            }
            if owners.rules.len() > MOST_RULES {
                return Err(format!("{file} has more than {MOST_RULES} patterns"));
            }
        }
        Ok(owners)
    }

    /// The file that says it.
    pub fn file(&self) -> &str {
        &self.file
    }

    /// Who owns the file at `path`, from the top of the repository. The last line that is about it counts; of several sections, of each.
    pub fn of(&self, path: &[u8]) -> Owned<'_> {
        let mut owned = Owned::default();
        let mut last: Vec<Option<&Rule>> = vec![None; self.sections.len()];
        for rule in self.rules.iter().filter(|rule| rule.pattern.matches(path)) {
            let known = &mut last[rule.section];
            if !known.is_some_and(|known| known.is_exclusion) {
                *known = Some(rule);
            }
        }
        for rule in last.into_iter().flatten() {
            owned.line = owned.line.max(Some(rule.line));
            owned.names.extend(rule.owners.iter().map(String::as_str));
        }
        owned
    }

    /// The number of the section of that name: two of one name are one.
    fn section(&mut self, name: &[u8]) -> usize {
        let name = String::from_utf8_lossy(name).to_lowercase();
        self.sections.iter().position(|known| *known == name).unwrap_or_else(|| {
            self.sections.push(name);
            self.sections.len() - 1
        })
    }
}

/// The name of the section that a line begins, and what stands behind: `[Name]`, `^[Name]`, `[Name][2] @owner`.
fn section(line: &[u8]) -> Option<(&[u8], &[u8])> {
    let inner = line.strip_prefix(b"^").unwrap_or(line).strip_prefix(b"[")?;
    let close = inner.iter().position(|byte| *byte == b']')?;
    let (name, rest) = (inner[..close].trim_ascii(), &inner[close + 1..]);
    let rest = match rest.strip_prefix(b"[") {
        Some(count) => &count[count.iter().position(|byte| *byte == b']')? + 1..],
        None => rest,
    };
    let is_end = rest.first().is_none_or(u8::is_ascii_whitespace);
    (!name.is_empty() && is_end).then_some((name, rest))
}

fn rule(line: &[u8], number: u32, dialect: Dialect, (section, standard): (usize, &[String])) -> Option<Rule> {
    let words = words(line);
    let (written, named) = words.split_first()?;
    let excluded = written.strip_prefix(b"!").filter(|_| dialect == Dialect::GitLab);
    if excluded.is_none() && written.starts_with(b"!") {
        return None;
    }
    let pattern = Pattern::new(excluded.unwrap_or(written), dialect)?;
    let mut owners: Vec<String> = named.iter().filter_map(|word| owner(word)).collect();
    // GitHub passes over a line in which somebody is misspelled, GitLab over the name.
    if dialect == Dialect::GitHub && owners.len() < named.len() {
        return None;
    }
    if dialect == Dialect::GitLab && named.is_empty() {
        owners = standard.to_vec();
    }
    if excluded.is_some() {
        owners.clear();
    }
    Some(Rule { pattern, owners, line: number, section, is_exclusion: excluded.is_some() })
}

/// What stands between blanks, up to a comment. A blank behind `\` is none.
fn words(line: &[u8]) -> Vec<Vec<u8>> {
    let mut words = Vec::new();
    let mut word = Vec::new();
    let mut bytes = line.iter().copied().peekable();
    while let Some(byte) = bytes.next() {
        match byte {
            b'\\' => {
                word.push(byte);
                word.extend(bytes.next());
            }
            b'#' if word.is_empty() => break,
            byte if byte.is_ascii_whitespace() => {
                if !word.is_empty() {
                    words.push(std::mem::take(&mut word));
                }
            }
            byte => word.push(byte),
        }
    }
    if !word.is_empty() {
        words.push(word);
    }
    words
}

/// An owner, if that is what the word is.
fn owner(word: &[u8]) -> Option<String> {
    let word = std::str::from_utf8(word).ok()?;
    let is_name = |name: &str| {
        let mut parts = name.split('/');
        parts.all(|part| !part.is_empty() && part.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | '.')))
    };
    let is_owner = match (word.strip_prefix('@'), word.split_once('@')) {
        // A role, such as @@maintainer, is owned by nobody in particular.
        (Some(name), _) => is_name(name),
        (None, Some((local, host))) => !local.is_empty() && host.contains('.') && !host.contains('@'),
        (None, None) => false,
    };
    is_owner.then(|| word.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn owners(file: &str, text: &str) -> Owners {
        Owners::parse(file, text.as_bytes()).expect("because it is small")
    }

    fn of(owners: &Owners, path: &str) -> String {
        let owned = owners.of(path.as_bytes());
        format!("{} {}", owned.line.map_or_else(|| "-".to_owned(), |line| line.to_string()), owned.names.join(" ")).trim_end().to_owned()
    }

    #[test]
    fn on_github_the_last_line_about_a_file_counts() {
        let text = "# who\n* @all\n*.js @js js@example.org # inline\n/docs/ @org/docs\n/docs/free/\n!/docs/x @no\n/a[b] @no\n/w\\ x/ @w\n/bad/ bob\r\n";
        let owners = owners("CODEOWNERS", text);
        for (path, expected) in [
            ("a.txt", "2 @all"),
            ("src/a.js", "3 @js js@example.org"),
            ("docs/a.js", "4 @org/docs"),
            ("docs/free/a", "5"),
            ("docs/x", "4 @org/docs"),
            ("w x/a", "8 @w"),
            ("bad/a", "2 @all"),
        ] {
            assert_eq!(of(&owners, path), expected, "{path}");
        }
        assert!(owners.of(b"docs/a.js").has("@ORG/Docs") && !owners.of(b"docs/a.js").has("@docs"));
    }

    #[test]
    fn on_gitlab_each_section_has_its_owners() {
        let text = "* @all\n/a/ @a\n[Docs][2] @docs @org/sub/team\n/docs/\n/docs/x.md @x\n!/docs/gen/\n/docs/gen/a @late\n^[Ops]\n/docs/ ops@example.org @@owner\n[DOCS]\n/more/ @more\n";
        let owners = owners("CODEOWNERS", text);
        for (path, expected) in [
            ("z", "1 @all"),
            ("a/z", "2 @a"),
            ("docs/a", "9 @all @docs @org/sub/team ops@example.org"),
            ("docs/x.md", "9 @all @x ops@example.org"),
            ("docs/gen/a", "9 @all ops@example.org"),
            ("more/a", "11 @all @more"),
        ] {
            assert_eq!(of(&owners, path), expected, "{path}");
        }
    }

    #[test]
    fn the_place_of_the_file_says_whose_it_is() {
        let text = "docs/a @x\n";
        assert_eq!(of(&owners("CODEOWNERS", text), "y/docs/a"), "-");
        assert_eq!(of(&owners(".gitlab/CODEOWNERS", text), "y/docs/a"), "1 @x");
        let sections = "[a]\n* @x\n";
        assert_eq!(of(&owners(".github/CODEOWNERS", sections), "y"), "2 @x");
        assert_eq!(owners(".github/CODEOWNERS", sections).sections.len(), 1);
    }

    #[test]
    fn too_many_lines_are_an_error_and_long_ones_are_passed_over() {
        assert!(Owners::parse("CODEOWNERS", "* @a\n".repeat(MOST_RULES + 1).as_bytes()).is_err());
        let long = format!("* @a\n* @b {}\n", "@c ".repeat(4_000));
        assert_eq!(of(&owners("CODEOWNERS", &long), "x"), "1 @a");
    }

    proptest::proptest! {
        #[test]
        fn whatever_a_file_holds_is_read(text in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..200), path in "[a-z/*.]{0,20}") {
            if let Ok(owners) = Owners::parse("docs/CODEOWNERS", &text) {
                owners.of(path.as_bytes());
            }
        }
    }
}
