//! Scripted repositories and folders for the tests of sources: the real git with fixed dates and identities, and nothing of the
//! user's configuration.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::{Item, Listed, Origin, Source};
use crate::coverage::{Gap, Skip};

/// A folder that is removed at the end of the test.
pub(crate) struct Folder {
    folder: tempfile::TempDir,
    /// The real path of the folder.
    pub(crate) path: PathBuf,
}

impl Folder {
    /// An empty folder.
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().expect("because the temporary folder can be written");
        let path = folder.path().canonicalize().expect("because the folder was just made");
        Self { folder, path }
    }

    /// A new repository without a commit.
    pub(crate) fn repository() -> Self {
        let folder = Self::new();
        folder.git(["init", "--quiet", "--initial-branch=main"]);
        folder
    }

    /// Writes a file, with the folders it needs.
    pub(crate) fn write(&self, path: impl AsRef<Path>, content: impl AsRef<[u8]>) -> &Self {
        let path = self.folder.path().join(path);
        std::fs::create_dir_all(path.parent().expect("because it is in the folder")).expect("because the folder can be written");
        std::fs::write(path, content).expect("because the folder can be written");
        self
    }

    /// Runs git in the folder and returns what it says.
    pub(crate) fn git<S: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = S>) -> String {
        git_in(&self.path, arguments)
    }

    /// Stages everything and commits it.
    pub(crate) fn commit_all(&self) -> &Self {
        self.git(["add", "--all", "--force"]);
        self.git(["commit", "--quiet", "--allow-empty", "--message=all"]);
        self
    }
}

/// Runs git in `folder` and returns what it says.
pub(crate) fn git_in<S: AsRef<OsStr>>(folder: &Path, arguments: impl IntoIterator<Item = S>) -> String {
    let output = git_command(folder).args(arguments).output().expect("because git is installed where tests run");
    assert!(output.status.success(), "git failed: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).trim_end().to_owned()
}

/// git with an environment that is the same everywhere.
pub(crate) fn git_command(folder: &Path) -> Command {
    let mut command = Command::new("git");
    command.current_dir(folder).env_clear();
    for kept in ["PATH", "SystemRoot", "TMPDIR", "TEMP"] {
        if let Some(value) = std::env::var_os(kept) {
            command.env(kept, value);
        }
    }
    command
        .envs([("GIT_CONFIG_GLOBAL", "/dev/null"), ("GIT_CONFIG_NOSYSTEM", "1"), ("LC_ALL", "C"), ("HOME", "/nonexistent")])
        .envs([("GIT_AUTHOR_NAME", "A"), ("GIT_AUTHOR_EMAIL", "a@example.org"), ("GIT_AUTHOR_DATE", "2020-01-01T00:00:00Z")])
        .envs([("GIT_COMMITTER_NAME", "C"), ("GIT_COMMITTER_EMAIL", "c@example.org"), ("GIT_COMMITTER_DATE", "2020-01-01T00:00:00Z")])
        .args(["-c", "protocol.file.allow=always", "-c", "core.autocrlf=false", "-c", "gc.auto=0", "-c", "maintenance.auto=false"]);
    command
}

/// Everything that a source has, in a form that is easy to compare.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    /// Path, content, kind and added lines of every item, sorted.
    pub(crate) items: Vec<SeenItem>,
    pub(crate) skips: Vec<Skip>,
    pub(crate) gaps: Vec<Gap>,
}

/// One item, owned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SeenItem {
    pub(crate) path: String,
    pub(crate) text: String,
    pub(crate) origin: Origin,
    pub(crate) added_lines: Option<Vec<std::ops::Range<u32>>>,
}

impl Seen {
    /// Lists and reads all there is.
    pub(crate) fn of<S: Source>(source: &S) -> Self {
        let mut seen = Self::default();
        let mut entries = Vec::new();
        source
            .list(&mut |listed| match listed {
                Listed::Entry(entry) => entries.push(entry),
                Listed::Skip(skip) => seen.skips.push(skip),
                Listed::Gap(gap) => seen.gaps.push(gap),
            })
            .expect("because the test gives something that can be listed");
        let mut buffer = Vec::new();
        for entry in &entries {
            match source.read(entry, &mut buffer) {
                Ok(Some(mut item)) => {
                    item.added_lines = item.added_lines.take().or_else(|| source.added_lines(entry, item.bytes));
                    seen.items.push(SeenItem::from(&item));
                }
                Ok(None) => {}
                Err(gap) => seen.gaps.push(gap),
            }
        }
        seen.items.sort_by(|a, b| (&a.path, &a.text).cmp(&(&b.path, &b.text)));
        seen.gaps.sort();
        seen
    }

    /// The paths of all items.
    pub(crate) fn paths(&self) -> Vec<&str> {
        self.items.iter().map(|item| item.path.as_str()).collect()
    }

    /// The only item with that path.
    pub(crate) fn item(&self, path: &str) -> &SeenItem {
        let mut found = self.items.iter().filter(|item| item.path == path);
        let item = found.next().unwrap_or_else(|| panic!("{path} is not among {:?}", self.paths()));
        assert!(found.next().is_none(), "{path} is there twice");
        item
    }
}

impl SeenItem {
    /// The added lines as pairs of first line and line after the last.
    pub(crate) fn added(&self) -> Option<Vec<(u32, u32)>> {
        self.added_lines.as_ref().map(|added| added.iter().map(|lines| (lines.start, lines.end)).collect())
    }
}

impl From<&Item<'_>> for SeenItem {
    fn from(item: &Item<'_>) -> Self {
        Self {
            path: String::from_utf8_lossy(&item.path).into_owned(),
            text: String::from_utf8_lossy(item.bytes).into_owned(),
            origin: item.origin.clone(),
            added_lines: item.added_lines.clone(),
        }
    }
}
