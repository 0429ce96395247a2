//! Which paths are left out because somebody said so, and by whom.
//!
//! Patterns are those of `.gitignore` without `!`: one without `/` matches at any depth, one with `/` from the root on, and what matches a
//! folder matches all that is below it; or regular expressions. Of several that match a path the last one decides. Knows nothing of files and
//! of who wrote the patterns down.

mod regexes;

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::HashMap;
use std::path::Path;

use aho_corasick::AhoCorasick;
use globset::{Candidate, Glob, GlobBuilder, GlobSet, GlobSetBuilder};

pub use regexes::check as check_regex;

use self::regexes::Regexes;
use super::{Item, Listed, Source, SourceError, Stored, names};
use crate::coverage::{Gap, Skip};

/// Most patterns that count together.
pub const MOST: usize = 5_000;
/// Longest pattern, in bytes.
const LONGEST: usize = 1_000;

/// A pattern and who wants it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern {
    /// As written.
    pub text: String,
    /// How it is written.
    pub form: Form,
    /// Takes in what earlier patterns leave out.
    pub is_include: bool,
    /// Who says so, as reports name it, such as `keysieve.yaml`.
    pub by: String,
}

/// How a pattern is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// As in `.gitignore`.
    Glob,
    /// As a regular expression that may match anywhere in a path.
    Regex,
}

/// Paths that are left out.
#[derive(Clone, Debug, Default)]
pub struct Excludes {
    patterns: Vec<Pattern>,
    names: Literals,
    paths: Literals,
    /// What stands behind the `*` of patterns such as `*.min.js`.
    endings: Literals,
    globs: GlobSet,
    /// Texts of which one stands in every path that one of `globs` matches; none if that is not known.
    needed: Option<AhoCorasick>,
    /// For each of `globs` the number of its pattern.
    numbers: Vec<usize>,
    regexes: Regexes,
    roots: Vec<NamedRoot>,
}

/// What the paths of a root begin with, and where that is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedRoot {
    /// What reported paths below it begin with; empty for the current folder.
    pub named: Vec<u8>,
    /// Its own path from where patterns count from; empty if it is there.
    pub inside: Vec<u8>,
}

/// Patterns without wildcards: the number of the last pattern for each text.
#[derive(Clone, Debug, Default)]
struct Literals {
    any: HashMap<Vec<u8>, usize>,
    folders: HashMap<Vec<u8>, usize>,
}

impl Literals {
    fn is_empty(&self) -> bool {
        self.any.is_empty() && self.folders.is_empty()
    }

    /// The last pattern for `text`, plus 1; 0 if there is none.
    fn last(&self, text: &[u8], is_folder: bool) -> usize {
        let any = self.any.get(text).map_or(0, |number| number + 1);
        if is_folder { any.max(self.folders.get(text).map_or(0, |number| number + 1)) } else { any }
    }
}

/// A pattern taken apart.
struct Parts<'p> {
    core: &'p str,
    is_anchored: bool,
    is_folder: bool,
}

/// Takes a pattern apart.
///
/// # Errors
/// It can match nothing, or is not written as patterns are here; and what to write.
fn parts(glob: &str) -> Result<Parts<'_>, (String, String)> {
    let wrong = |why: &str, hint: &str| Err((why.to_owned(), hint.to_owned()));
    let is_folder = glob.ends_with('/');
    let core = glob.strip_prefix("./").unwrap_or(glob).trim_matches('/');
    let is_anchored = glob.trim_end_matches('/').contains('/');
    if glob.len() > LONGEST {
        return wrong("it is longer than 1,000 bytes", "");
    }
    if glob.starts_with('!') {
        return wrong("it begins with `!`", "what is to be scanned all the same stands in `paths.include`");
    }
    if core.is_empty() || core == "." {
        return wrong("it matches nothing", "write `**` for everything");
    }
    if core.split('/').any(|part| part == "..") {
        return wrong("`..` leads out of the repository", "patterns count from its root");
    }
    Ok(Parts { core, is_anchored, is_folder })
}

/// The globs of a pattern: one for what it matches, one for what is below.
fn globs(parts: &Parts<'_>) -> Result<Vec<Glob>, String> {
    let base = if parts.is_anchored { parts.core.to_owned() } else { format!("**/{}", parts.core) };
    let below = format!("{base}/**");
    let all = match (base.ends_with("/**") || base == "**", parts.is_folder) {
        (true, _) => vec![base],
        (false, true) => vec![below],
        (false, false) => vec![base, below],
    };
    let build = |glob: &String| GlobBuilder::new(glob).literal_separator(true).backslash_escape(true).empty_alternates(true).build();
    all.iter().map(build).collect::<Result<_, _>>().map_err(|error| error.kind().to_string())
}

/// Whether `glob` can be used as a pattern.
///
/// # Errors
/// What is wrong with it and, in the second text, what to do.
pub fn check(glob: &str) -> Result<(), (String, String)> {
    let parts = parts(glob)?;
    if is_literal(parts.core) {
        return Ok(());
    }
    let (opened, most) = (glob.matches('{').count(), 16);
    if opened > most {
        return Err((format!("it has more than {most} alternatives in braces"), "write several patterns".to_owned()));
    }
    globs(&parts).map(|_| ()).map_err(|why| (why, String::new()))
}

fn is_literal(core: &str) -> bool {
    !core.contains(['*', '?', '[', ']', '{', '}', '\\'])
}

/// The longest text that stands in every path that `core` matches, if one of two bytes or more is easily seen.
fn needed_text(core: &str) -> Option<&str> {
    let is_plain = !core.contains(['{', '}', '[', ']', '\\']);
    // A `/` beside `**` may stand for nothing.
    let texts = core.split(['*', '?']).map(|text| text.trim_matches('/'));
    texts.max_by_key(|text| text.len()).filter(|text| is_plain && text.len() >= 2)
}

impl Excludes {
    /// Of `patterns` the last one that matches decides.
    ///
    /// # Errors
    /// One of them cannot be used, by its number, or all of them together are too much.
    pub fn new(patterns: Vec<Pattern>) -> Result<Self, (usize, String)> {
        if patterns.len() > MOST {
            return Err((MOST, format!("more than {MOST} patterns of paths are more than can be used")));
        }
        let mut own = Self::default();
        let mut set = GlobSetBuilder::new();
        let mut needed = Some(Vec::new());
        let is_regex = |pattern: &Pattern| pattern.form == Form::Regex;
        let regexes = patterns.iter().enumerate().filter(|(_, pattern)| is_regex(pattern));
        own.regexes = Regexes::new(regexes.map(|(number, pattern)| (number, pattern.text.as_str())))?;
        for (number, pattern) in patterns.iter().enumerate().filter(|(_, pattern)| !is_regex(pattern)) {
            let parts = parts(&pattern.text).map_err(|(why, _)| (number, why))?;
            if let Some((literals, text)) = own.literals(&parts) {
                let kind = if parts.is_folder { &mut literals.folders } else { &mut literals.any };
                kind.insert(text.as_bytes().to_vec(), number);
                continue;
            }
            needed = needed.zip(needed_text(parts.core)).map(|(mut all, text)| {
                all.push(text);
                all
            });
            for glob in globs(&parts).map_err(|why| (number, why))? {
                set.add(glob);
                own.numbers.push(number);
            }
        }
        own.globs = set.build().map_err(|error| (patterns.len().saturating_sub(1), error.kind().to_string()))?;
        own.needed = needed.and_then(|texts| AhoCorasick::new(texts).ok());
        own.patterns = patterns;
        Ok(own)
    }

    /// Where a pattern belongs that takes no regular expression, and as which text.
    fn literals<'p>(&mut self, parts: &Parts<'p>) -> Option<(&mut Literals, &'p str)> {
        let core = parts.core;
        let ending = core.strip_prefix('*').filter(|ending| ending.starts_with('.') && is_literal(ending) && !parts.is_anchored);
        match (ending, is_literal(core)) {
            (Some(ending), _) => Some((&mut self.endings, ending)),
            (None, true) if parts.is_anchored => Some((&mut self.paths, core)),
            (None, true) => Some((&mut self.names, core)),
            (None, false) => None,
        }
    }

    /// The same for reported paths that begin with what `roots` say.
    #[must_use]
    pub fn below(mut self, roots: Vec<NamedRoot>) -> Self {
        self.roots = roots;
        self
    }

    /// Whether nothing is left out.
    pub fn is_empty(&self) -> bool {
        !self.patterns.iter().any(|pattern| !pattern.is_include)
    }

    /// Who leaves `path`, a reported one, out; none if it is to be scanned.
    pub fn by(&self, path: &[u8]) -> Option<&str> {
        if self.patterns.is_empty() {
            return None;
        }
        let path = self.counted_from_root(path);
        let last = self.last_literal(&path).max(self.last_glob(&path)).max(self.regexes.last(&path));
        let pattern = self.patterns.get(last.checked_sub(1)?)?;
        (!pattern.is_include).then_some(pattern.by.as_str())
    }

    /// The path from where patterns count from.
    fn counted_from_root<'p>(&self, path: &'p [u8]) -> Cow<'p, [u8]> {
        let below = |root: &NamedRoot| {
            let rest = path.strip_prefix(root.named.as_slice())?;
            (root.named.is_empty() || rest.is_empty() || rest.starts_with(b"/") || root.named.ends_with(b"/")).then_some(rest)
        };
        let named = self.roots.iter().filter(|root| below(root).is_some()).max_by_key(|root| root.named.len());
        let Some(root) = named else { return Cow::Borrowed(path) };
        let rest = below(root).unwrap_or(path);
        let rest = rest.strip_prefix(b"/").unwrap_or(rest);
        match (root.inside.is_empty(), rest.is_empty()) {
            // A file that was named, with nothing to count from.
            (true, true) => Cow::Borrowed(path.rsplit(|byte| *byte == b'/').next().unwrap_or(path)),
            (true, false) => Cow::Borrowed(rest),
            (false, true) => Cow::Owned(root.inside.clone()),
            (false, false) => Cow::Owned([root.inside.as_slice(), rest].join(&b'/')),
        }
    }

    /// The number of the last pattern without wildcards that matches, plus 1.
    fn last_literal(&self, path: &[u8]) -> usize {
        let mut last = 0;
        let mut start = 0;
        let ends = memchr::memchr_iter(b'/', path).chain([path.len()]);
        for end in ends {
            let is_folder = end < path.len();
            let name = &path[start..end];
            last = last.max(self.paths.last(&path[..end], is_folder)).max(self.names.last(name, is_folder));
            if !self.endings.is_empty() {
                let dots = memchr::memchr_iter(b'.', name).map(|dot| self.endings.last(&name[dot..], is_folder));
                last = last.max(dots.max().unwrap_or(0));
            }
            start = end + 1;
        }
        last
    }

    /// The same for those with wildcards.
    fn last_glob(&self, path: &[u8]) -> usize {
        thread_local! {
            static FOUND: RefCell<Vec<usize>> = const { RefCell::new(Vec::new()) };
        }
        if self.needed.as_ref().is_some_and(|needed| !needed.is_match(path)) {
            return 0;
        }
        let path = Candidate::from_bytes(path);
        // Which of them match is several times the work of whether one does, and for most paths none does.
        if self.numbers.is_empty() || !self.globs.is_match_candidate(&path) {
            return 0;
        }
        FOUND.with_borrow_mut(|found| {
            self.globs.matches_candidate_into(&path, found);
            found.iter().filter_map(|at| self.numbers.get(*at)).max().map_or(0, |number| number + 1)
        })
    }

    /// What reports say of `count` things that `by` leaves out.
    pub fn skip(what: &str, by: &str, count: u64) -> Skip {
        let why = format!("excluded by {by}; `keysieve config show --origin` lists the patterns, --include takes some in");
        Skip { what: what.to_owned(), why, count }
    }
}

/// The entries of another source that are not left out.
pub struct Filtered<'s, S> {
    source: S,
    excludes: &'s Excludes,
}

impl<'s, S: Source> Filtered<'s, S> {
    /// `source` without what `excludes` leave out.
    pub fn new(source: S, excludes: &'s Excludes) -> Self {
        Self { source, excludes }
    }
}

impl<S: Source> Source for Filtered<'_, S> {
    type Entry = S::Entry;

    fn list(&self, each: &mut dyn FnMut(Listed<S::Entry>)) -> Result<(), SourceError> {
        if self.excludes.is_empty() {
            return self.source.list(each);
        }
        let mut left_out: Vec<(&str, u64)> = Vec::new();
        self.source.list(&mut |step| {
            let by = match &step {
                Listed::Entry(entry) => self.source.path(entry).and_then(|path| self.excludes.by(&path)),
                _ => None,
            };
            match (by, left_out.iter_mut().find(|(known, _)| Some(*known) == by)) {
                (None, _) => each(step),
                (Some(_), Some((_, count))) => *count += 1,
                (Some(by), None) => left_out.push((by, 1)),
            }
        })?;
        left_out.iter().for_each(|(by, count)| each(Listed::Skip(Excludes::skip("excluded files", by, *count))));
        Ok(())
    }

    fn name(&self, entry: &S::Entry) -> String {
        self.source.name(entry)
    }

    fn path<'e>(&self, entry: &'e S::Entry) -> Option<Cow<'e, [u8]>> {
        self.source.path(entry)
    }

    fn read<'b>(&self, entry: &S::Entry, buffer: &'b mut Vec<u8>) -> Result<Option<Item<'b>>, Gap> {
        self.source.read(entry, buffer)
    }

    fn added_lines(&self, entry: &S::Entry, bytes: &[u8]) -> Option<Vec<std::ops::Range<u32>>> {
        self.source.added_lines(entry, bytes)
    }

    fn stored(&self, entry: &S::Entry) -> Result<Option<Stored>, Gap> {
        self.source.stored(entry)
    }
}

/// Where the files below `roots`, as the user named them, stand below `root_of` them: for each the folder that its patterns count from.
pub fn named_roots(roots: &[std::path::PathBuf], root_of: impl Fn(&Path) -> Option<std::path::PathBuf>) -> Vec<NamedRoot> {
    let place = |path: &std::path::PathBuf| {
        let real = path.canonicalize().ok()?;
        let inside = root_of(path).and_then(|root| real.strip_prefix(root).ok().map(Path::to_owned)).unwrap_or_default();
        Some(NamedRoot { named: names::bytes(&super::worktree::cleaned(path)).into_owned(), inside: names::bytes(&inside).into_owned() })
    };
    roots.iter().filter_map(place).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn excludes(patterns: &[&str]) -> Excludes {
        let pattern = |glob: &&str| Pattern {
            text: glob.trim_start_matches('+').to_owned(),
            form: Form::Glob,
            is_include: glob.starts_with('+'),
            by: (*glob).to_owned(),
        };
        Excludes::new(patterns.iter().map(pattern).collect()).expect("because the patterns are well-formed")
    }

    #[test]
    fn patterns_match_as_those_of_gitignore() {
        for (glob, yes, no) in [
            ("vendor", &["vendor", "vendor/a", "x/vendor/a/b"][..], &["vendors/a", "x/avendor"][..]),
            ("vendor/", &["vendor/a", "x/vendor/a"], &["vendor", "x/vendor"]),
            ("/vendor", &["vendor", "vendor/a"], &["x/vendor"]),
            ("a/b", &["a/b", "a/b/c"], &["x/a/b", "a/bc"]),
            ("./a/b", &["a/b"], &["x/a/b"]),
            ("*.md", &["a.md", "x/y.md", "x.md/z"], &["a.mdx", "md"]),
            ("*.min.js", &["a.min.js", "x/.min.js", "a.b.min.js/x"], &["a.js", "amin.js", "a.min.js.map"]),
            ("*.d/", &["a.d/b", "x/a.d/b"], &["a.d", "x/a.d"]),
            ("/*.md", &["a.md", "a.md/b"], &["x/a.md"]),
            ("docs/*.md", &["docs/a.md"], &["docs/x/a.md", "x/docs/a.md"]),
            ("docs/**/*.md", &["docs/a.md", "docs/x/y/a.md"], &["a.md", "docs/a.txt"]),
            ("**/gen", &["gen", "x/gen/a"], &["gen.rs"]),
            ("tests/**", &["tests/a", "tests/a/b"], &["tests", "x/tests/a"]),
            ("**", &["a", "a/b"], &[]),
            ("{a,b}.txt", &["a.txt", "x/b.txt"], &["c.txt"]),
            ("[ab].txt", &["a.txt"], &["c.txt"]),
            ("a?c", &["abc"], &["a/c", "ac"]),
        ] {
            let own = excludes(&[glob]);
            yes.iter().for_each(|path| assert!(own.by(path.as_bytes()).is_some(), "{glob} {path}"));
            no.iter().for_each(|path| assert!(own.by(path.as_bytes()).is_none(), "{glob} {path}"));
        }
        assert!(excludes(&["*.x"]).by(b"\xff\xfe.x").is_some());
    }

    #[test]
    fn the_last_pattern_decides() {
        let own = excludes(&["vendor", "*.log", "+vendor/own", "vendor/own/*.min.js"]);
        let by = |path: &str| own.by(path.as_bytes());
        assert_eq!(by("vendor/a.js"), Some("vendor"));
        assert_eq!(by("vendor/own/a.js"), None);
        assert_eq!(by("vendor/own/a.min.js"), Some("vendor/own/*.min.js"));
        assert_eq!(by("vendor/own/a.log"), None);
        assert_eq!(by("a.log"), Some("*.log"));
    }

    #[test]
    fn paths_are_taken_from_the_root() {
        let root = |named: &str, inside: &str| NamedRoot { named: named.into(), inside: inside.into() };
        let own = excludes(&["/src/gen"]).below(vec![root("", "src"), root("../lib", "lib"), root("/abs/src", "src")]);
        for path in ["gen/a", "gen", "/abs/src/gen/a"] {
            assert!(own.by(path.as_bytes()).is_some(), "{path}");
        }
        for path in ["src/gen/a", "../lib/gen/a"] {
            assert!(own.by(path.as_bytes()).is_none(), "{path}");
        }
    }

    #[test]
    fn what_can_match_nothing_is_no_pattern() {
        for wrong in ["", "/", "./", "!a", "../a", "a/../b", "[a", "{a", &"x".repeat(1001)] {
            assert!(check(wrong).is_err(), "{wrong}");
        }
        assert!(check("a b/ü*").is_ok());
    }
}
