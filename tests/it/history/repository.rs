//! A repository of a test: a clock that goes forward with each command, a cache folder of its own, both removed at the end.

use std::cell::Cell;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::support::{Folder, Said, git_in, keysieve_in};

/// Longest that a scan of a test's repository may take; far more than any needs, so that only a hang meets it.
pub const LIMIT: Duration = Duration::from_secs(20);

/// What makes a scan neither read nor write a cache.
pub const UNCACHED: &[&str] = &["--no-cache"];

/// 2021-01-01 in seconds since 1970.
const BEGINNING: u64 = 1_609_459_200;

/// A repository, bare or not.
pub struct Repository {
    folder: Folder,
    /// Its working tree, or itself where it is bare.
    pub path: PathBuf,
    /// The program's cache folder.
    pub cache: Folder,
    clock: Cell<u64>,
}

impl Repository {
    /// A new repository without a commit; `options` go to `git init`.
    pub fn new(options: &[&str]) -> Self {
        let repository = Self::nowhere();
        repository.git(&[&["init", "--quiet", "--initial-branch=main"], options].concat());
        repository
    }

    /// A clone of `other` as `git clone` makes it with `options`, by the protocol and not by copying files.
    pub fn clone_of(other: &Path, options: &[&str]) -> Self {
        let repository = Self::nowhere();
        let url = if options.contains(&"--shared") { other.display().to_string() } else { format!("file://{}", other.display()) };
        repository.git(&[&["clone", "--quiet"], options, &[&url, "."]].concat());
        repository
    }

    /// An empty folder that is no repository yet.
    fn nowhere() -> Self {
        let folder = Folder::new();
        Self { path: folder.path.clone(), folder, cache: Folder::new(), clock: Cell::new(BEGINNING) }
    }

    /// Writes a file of the working tree or below it, with the folders that it needs.
    pub fn write(&self, path: &str, content: impl AsRef<[u8]>) -> &Self {
        self.folder.write(path, content);
        self
    }

    /// The folder with `objects` and `refs`.
    pub fn git_dir(&self) -> PathBuf {
        let dot_git = self.path.join(".git");
        if dot_git.exists() { dot_git } else { self.path.clone() }
    }

    /// Runs git an hour after the last time and returns what it says.
    #[track_caller]
    pub fn git(&self, arguments: &[&str]) -> String {
        self.git_as(&self.path, &[], arguments)
    }

    /// Runs git in another folder and with more of an environment.
    #[track_caller]
    pub fn git_as(&self, folder: &Path, environment: &[(&str, &str)], arguments: &[&str]) -> String {
        self.clock.set(self.clock.get() + 3600);
        let date = format!("{} +0000", self.clock.get());
        let mut git = git_in(folder);
        git.envs([("GIT_AUTHOR_DATE", &date), ("GIT_COMMITTER_DATE", &date)]).envs(environment.iter().copied()).args(arguments);
        let said = Said::of(&mut git);
        assert_eq!(said.code, 0, "git failed: {arguments:?}: {said:?}");
        said.stdout.trim_end().to_owned()
    }

    /// Runs git with `input` and returns the bytes that it writes.
    #[track_caller]
    pub fn git_with_input(&self, arguments: &[&str], input: &[u8]) -> Vec<u8> {
        let mut git = git_in(&self.path);
        git.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::inherit());
        let mut child = git.spawn().expect("because git is there");
        let mut pipe = child.stdin.take().expect("because it is piped");
        let input = input.to_vec();
        let writer = std::thread::spawn(move || pipe.write_all(&input));
        let output = child.wait_with_output().expect("because git ends");
        assert!(output.status.success(), "git {arguments:?} failed");
        writer.join().expect("because writing does not panic").expect("because git reads all of its input");
        output.stdout
    }

    /// Commits whatever is in the working tree and returns the commit's id.
    pub fn commit(&self, message: &str) -> String {
        self.git(&["add", "--all", "--force"]);
        self.git(&["commit", "--quiet", "--no-verify", "--allow-empty", "--message", message]);
        self.git(&["rev-parse", "HEAD"])
    }

    /// Ids of all objects that are in the repository, reachable or not, sorted.
    pub fn objects(&self) -> Vec<String> {
        self.git(&["cat-file", "--batch-all-objects", "--batch-check=%(objectname)"]).lines().map(str::to_owned).collect()
    }

    /// `keysieve scan --history --format json` in the repository, with further arguments.
    pub fn scan(&self, arguments: &[&str]) -> Said {
        self.scan_in(&self.path, arguments)
    }

    /// The same in another folder. Fails when it panics or takes longer than [`LIMIT`].
    #[track_caller]
    pub fn scan_in(&self, folder: &Path, arguments: &[&str]) -> Said {
        // Clap takes an option once only.
        let format: &[&str] = if arguments.contains(&"--format") { &[] } else { &["--format", "json"] };
        let said = Said::within(LIMIT, self.command(folder).args(format).args(arguments));
        assert!(!said.stderr.contains("panicked"), "{said:#?}");
        assert!((0..=3).contains(&said.code), "no exit code of the program: {said:#?}");
        said
    }

    fn command(&self, folder: &Path) -> Command {
        let mut command = keysieve_in(folder);
        command.env("XDG_CACHE_HOME", &self.cache.path).args(["scan", "--history"]);
        command
    }
}
