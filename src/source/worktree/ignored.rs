//! Which files the rules in `.gitignore` and its kin leave out.
//!
//! Rules form a chain from a folder up to the top of its repository. Knows paths as bytes; touches the disk only to read rule files.

use std::path::{Path, PathBuf};
use std::rc::Rc;

use ignore::gitignore::{Gitignore, GitignoreBuilder};

use crate::source::file::{self, FileRead, Links};
use crate::source::names;
use crate::source::repository::{GitEnvironment, Repository};

/// A file of rules with more bytes than this is not taken for one: more is scanned than should be, which is the safe side.
const LARGEST_RULE_FILE: u64 = 4 << 20;

/// The rules that one folder adds to those of the folders above it.
pub(super) struct Rules {
    above: Option<Rc<Rules>>,
    /// Length in bytes of the absolute path of the folder with its last `/`. Rules see what comes after.
    offset: usize,
    folds_case: bool,
    dot_ignore: Option<Gitignore>,
    gitignore: Option<Gitignore>,
    top: Option<Top>,
}

/// What only the top of a repository has.
struct Top {
    /// `info/exclude` before the user's excludes file, in one matcher.
    exclude: Option<Gitignore>,
    /// Whose index says what is tracked. None outside of a repository.
    repository: Option<usize>,
}

impl Rules {
    /// The start of a chain: rules that hold for everything in a repository, or in a root outside of one.
    pub(super) fn top(above: Option<Rc<Self>>, offset: usize, user: &UserRules, repository: Option<(usize, &Repository)>) -> Rc<Self> {
        let folds_case = repository.is_some_and(|(_, repository)| repository.config_is_true("core.ignoreCase"));
        let excludes = repository.and_then(|(_, repository)| repository.config("core.excludesFile")).map(|value| user.resolve(&value));
        let mut files = vec![excludes.unwrap_or_else(|| user.excludes.clone())];
        files.push(repository.map(|(_, repository)| repository.common_dir().join("info/exclude")));
        let files: Vec<&Path> = files.iter().flatten().map(PathBuf::as_path).collect();
        // Both may be links: people keep such files elsewhere.
        let exclude = matcher(&files, Links::Follow, folds_case);
        let top = Some(Top { exclude, repository: repository.map(|(number, _)| number) });
        Rc::new(Self { above, offset, folds_case, dot_ignore: None, gitignore: None, top })
    }

    /// The chain with the rule files of one more folder; the same chain when it has none. `offset` as in the type.
    pub(super) fn with_folder(above: &Rc<Self>, folder: &Path, offset: usize, has: RuleFiles) -> Rc<Self> {
        // As in git, a rule file in a worktree that is a link is none.
        let read = |name: &str, folds_case| matcher(&[&folder.join(name)], Links::Refuse, folds_case);
        let dot_ignore = if has.dot_ignore { read(".ignore", false) } else { None };
        let gitignore = if has.gitignore { read(".gitignore", above.folds_case) } else { None };
        if dot_ignore.is_none() && gitignore.is_none() {
            return above.clone();
        }
        Rc::new(Self { above: Some(above.clone()), offset, folds_case: above.folds_case, dot_ignore, gitignore, top: None })
    }

    /// Whether the rules leave out the file or folder with this absolute path.
    pub(super) fn ignores(&self, path: &[u8], is_folder: bool) -> bool {
        let judged = |matcher: &Gitignore, offset: usize| {
            let below = path.get(offset..).unwrap_or_default();
            let judgment = matcher.matched(names::path(below), is_folder);
            if judgment.is_none() { None } else { Some(judgment.is_ignore()) }
        };
        let by_dot_ignore = || self.chain().find_map(|rules| judged(rules.dot_ignore.as_ref()?, rules.offset));
        let by_git = || {
            for rules in self.chain() {
                if let Some(judgment) = rules.gitignore.as_ref().and_then(|matcher| judged(matcher, rules.offset)) {
                    return Some(judgment);
                }
                // What lies above another repository's top has no say in it.
                if let Some(top) = &rules.top {
                    return top.exclude.as_ref().and_then(|matcher| judged(matcher, rules.offset));
                }
            }
            None
        };
        by_dot_ignore().or_else(by_git).unwrap_or(false)
    }

    /// The repository that the rules belong to, and the length of the path of its top with its last `/`.
    pub(super) fn repository(&self) -> Option<(usize, usize)> {
        self.chain()
            .find_map(|rules| rules.top.as_ref().map(|top| (top.repository, rules.offset)))
            .and_then(|(repository, offset)| repository.map(|repository| (repository, offset)))
    }

    fn chain(&self) -> impl Iterator<Item = &Self> {
        std::iter::successors(Some(self), |rules| rules.above.as_deref())
    }
}

/// Which rule files a folder has.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct RuleFiles {
    pub(super) dot_ignore: bool,
    pub(super) gitignore: bool,
}

/// What the user's own configuration says about ignored files.
#[derive(Debug)]
pub(super) struct UserRules {
    /// The excludes file, when there is one.
    excludes: Option<PathBuf>,
    home: Option<PathBuf>,
}

impl UserRules {
    /// Reads the user's configuration files. Includes are not followed: more is scanned than should be, which is the safe side.
    pub(super) fn read(env: &GitEnvironment) -> Self {
        let mut user = Self { excludes: None, home: env.home.clone() };
        let named = env.config_files.iter().rev().find_map(|path| excludes_in(path));
        user.excludes = named.map_or_else(|| env.default_excludes.clone(), |value| user.resolve(&value));
        user
    }

    /// The path in a `core.excludesFile`; an empty value means none.
    fn resolve(&self, value: &[u8]) -> Option<PathBuf> {
        match value.strip_prefix(b"~/") {
            Some(below) => Some(self.home.as_ref()?.join(names::path(below))),
            None => (!value.is_empty()).then(|| names::path(value).into_owned()),
        }
    }
}

fn excludes_in(config: &Path) -> Option<Vec<u8>> {
    let mut text = Vec::new();
    let text = rule_text(config, Links::Follow, &mut text)?;
    let meta = gix::config::file::Metadata::from(gix::config::Source::User);
    let config = gix::config::File::from_bytes_no_includes(text, meta, gix::config::file::init::Options::default()).ok()?;
    config.string("core.excludesFile").map(|value| value.to_vec())
}

/// One matcher for all lines of the files, the last line that fits decides; none when no line is a rule.
fn matcher(files: &[&Path], links: Links, folds_case: bool) -> Option<Gitignore> {
    // Paths are cut to what is below the folder before they are matched, so the matcher itself has no folder.
    let mut builder = GitignoreBuilder::new("");
    builder.case_insensitive(folds_case).expect("because the builder never refuses this");
    let mut buffer = Vec::new();
    for file in files {
        let Some(text) = rule_text(file, links, &mut buffer) else { continue };
        let text = text.strip_prefix("\u{feff}".as_bytes()).unwrap_or(text);
        for line in text.split(|&byte| byte == b'\n') {
            // A line that is no glob leaves nothing out.
            let _ = builder.add_line(None, &String::from_utf8_lossy(line));
        }
    }
    builder.build().ok().filter(|matcher| !matcher.is_empty())
}

fn rule_text<'b>(path: &Path, links: Links, buffer: &'b mut Vec<u8>) -> Option<&'b [u8]> {
    match file::read(path, links, LARGEST_RULE_FILE, buffer) {
        Ok(FileRead::Whole(length)) => Some(&buffer[..length]),
        _ => None,
    }
}
