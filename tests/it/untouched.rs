//! Promise 3: what is scanned is neither run, nor written, nor trusted. Traps that git itself falls into show that they would work.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::support::{Folder, Said, git_in, keysieve_in, token};

/// A repository full of traps: whatever runs one of them leaves a file behind.
struct Trapped {
    folder: Folder,
    traps: Folder,
}

/// Names of programs that something that is run could look for.
const PROGRAMS: [&str; 6] = ["git", "sh", "ssh", "less", "git-remote-ext", "git-credential-trap"];

impl Trapped {
    fn new() -> Self {
        let trapped = Self { folder: Folder::repository(), traps: Folder::new() };
        let script = format!("#!/bin/sh\n: > '{}'\nexec cat\n", trapped.marker().display());
        for name in PROGRAMS.iter().chain(&["trap"]) {
            trapped.executable(&trapped.traps.path.join("bin").join(name), &script);
        }
        let folder = &trapped.folder;
        folder.write(".gitattributes", "* filter=trap diff=trap merge=trap\n");
        folder.write("a.txt", "first\n").write("old.env", format!("T={}\n", token("old"))).commit_all();
        folder.write("a.txt", "second\n").write("staged.env", format!("T={}\n", token("staged")));
        folder.git(["add", "a.txt", "staged.env"]);
        folder.write("untracked.env", format!("T={}\n", token("untracked")));
        trapped.arm(&script);
        trapped
    }

    fn marker(&self) -> PathBuf {
        self.traps.path.join("marker")
    }

    fn executable(&self, path: &Path, script: &str) {
        std::fs::create_dir_all(path.parent().expect("because it is in a folder")).expect("because the folder can be written");
        std::fs::write(path, script).expect("because the folder can be written");
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).expect("because it is ours");
    }

    /// Everything in git's configuration that names a program, and every hook.
    fn arm(&self, script: &str) {
        let trap = self.traps.path.join("bin/trap");
        let trap = trap.display();
        let mut config = self.folder.read(".git/config");
        let _ = writeln!(
            config,
            "[core]\n\tfsmonitor = {trap}\n\tpager = {trap}\n\teditor = {trap}\n\tsshCommand = {trap}\n\taskPass = {trap}"
        );
        let _ = writeln!(config, "\tgitProxy = {trap}\n\talternateRefsCommand = {trap}\n\tuntrackedCache = true\n\tsplitIndex = true");
        let _ = writeln!(config, "[filter \"trap\"]\n\tclean = {trap}\n\tsmudge = {trap}\n\tprocess = {trap}\n\trequired = true");
        let _ = writeln!(config, "[diff]\n\texternal = {trap}\n[diff \"trap\"]\n\ttextconv = {trap}\n\tcommand = {trap}");
        let _ = writeln!(config, "[merge \"trap\"]\n\tdriver = {trap}\n[credential]\n\thelper = {trap}\n[gpg]\n\tprogram = {trap}");
        let _ = writeln!(config, "[include]\n\tpath = {}", self.traps.path.join("included").display());
        let _ = writeln!(config, "[remote \"origin\"]\n\turl = ext::{trap}\n\tpromisor = true\n\tpartialCloneFilter = blob:none");
        self.folder.write(".git/config", config);
        self.traps.write("included", format!("[core]\n\tfsmonitor = {trap}\n\thooksPath = {}\n", self.traps.path.join("bin").display()));
        for hook in ["pre-commit", "post-index-change", "post-checkout", "fsmonitor-watchman", "reference-transaction", "pre-auto-gc"] {
            self.executable(&self.folder.path.join(".git/hooks").join(hook), script);
        }
    }

    /// The program with nothing but traps on its `PATH`.
    fn keysieve(&self, arguments: &[&str]) -> Said {
        let mut command = keysieve_in(&self.folder.path);
        command.env("PATH", self.traps.path.join("bin")).env("PAGER", "less").env("SHELL", self.traps.path.join("bin/sh"));
        Said::of(command.args(["scan", "--format", "json"]).args(arguments))
    }
}

/// Name, kind, mode, time of change and content of everything below a folder.
pub fn snapshot(folder: &Path) -> BTreeMap<PathBuf, String> {
    let mut seen = BTreeMap::new();
    let mut pending = vec![folder.to_owned()];
    while let Some(path) = pending.pop() {
        let meta = std::fs::symlink_metadata(&path).expect("because it was listed");
        let content = if meta.is_dir() {
            pending
                .extend(std::fs::read_dir(&path).expect("because it is a folder").map(|entry| entry.expect("because it is there").path()));
            Vec::new()
        } else if meta.is_symlink() {
            std::fs::read_link(&path).expect("because it is a link").into_os_string().into_encoded_bytes()
        } else if meta.is_file() {
            std::fs::read(&path).expect("because it is a file")
        } else {
            Vec::new()
        };
        let state = format!("{:o} {}.{} {}", meta.mode(), meta.mtime(), meta.mtime_nsec(), data_encoding::HEXLOWER.encode(&content));
        seen.insert(path, state);
    }
    seen
}

#[track_caller]
pub fn assert_same(before: &BTreeMap<PathBuf, String>, after: &BTreeMap<PathBuf, String>) {
    let changed: Vec<_> = before
        .keys()
        .chain(after.keys())
        .filter(|path| before.get(*path) != after.get(*path))
        .map(|path| path.display().to_string())
        .collect();
    assert!(changed.is_empty(), "changed by the scan: {changed:?}");
}

/// Runs every kind of scan; nothing may have changed and no trap may have been run.
#[track_caller]
fn assert_untouched(trapped: &Trapped, scans: &[(&[&str], i32)]) {
    let _ = std::fs::remove_file(trapped.marker());
    let before = snapshot(&trapped.folder.path);
    assert!(before.len() > 20, "the snapshot sees the git folder");
    for (arguments, code) in scans {
        trapped.keysieve(arguments).ends_with(*code);
        assert!(!trapped.marker().exists(), "{arguments:?} ran something");
    }
    assert_same(&before, &snapshot(&trapped.folder.path));
}

#[test]
fn git_itself_falls_into_the_traps() {
    for command in [&["status"][..], &["diff"], &["add", "untracked.env"], &["commit", "--message=m"]] {
        let trapped = Trapped::new();
        let _ = Said::of(git_in(&trapped.folder.path).args(command));
        assert!(trapped.marker().exists(), "git {command:?} is no proof that the traps work");
    }
}

#[test]
fn nothing_is_run_and_nothing_is_written() {
    let trapped = Trapped::new();
    assert_untouched(
        &trapped,
        &[
            (&["."], 1),
            (&["--include-ignored", "."], 1),
            (&["--staged"], 1),
            (&["--range", "HEAD"], 1),
            (&["--history"], 1),
            (&[".git/config"], 0),
            (&["--threads", "1", "."], 1),
        ],
    );
    let said = trapped.keysieve(&["--staged"]);
    said.finds(&["staged.env: github.personal-access-token"]);
    let all = ["old.env", "staged.env", "untracked.env"].map(|path| format!("{path}: github.personal-access-token"));
    trapped.keysieve(&["."]).finds(&all.each_ref().map(String::as_str));
}

#[test]
fn a_missing_object_is_not_fetched() {
    let trapped = Trapped::new();
    let said = Said::of(git_in(&trapped.folder.path).args(["rev-parse", ":staged.env"]));
    let blob = said.stdout.trim();
    trapped.folder.remove(format!(".git/objects/{}/{}", &blob[..2], &blob[2..]));
    assert_untouched(&trapped, &[(&["--staged"], 3), (&["."], 1)]);
    assert_eq!(trapped.keysieve(&["--staged"]).gaps(), ["staged.env"]);
    let said = Said::of(git_in(&trapped.folder.path).args(["rev-parse", "HEAD:old.env"]));
    let blob = said.stdout.trim();
    trapped.folder.remove(format!(".git/objects/{}/{}", &blob[..2], &blob[2..]));
    assert_untouched(&trapped, &[(&["--range", "HEAD"], 3), (&["--history"], 3)]);
}

#[test]
fn a_stale_index_is_not_refreshed() {
    let folder = Folder::committed();
    folder.write("a.txt", "tracked\n").commit_all();
    // Same content, another time: git would write the new time into its index.
    folder.write("a.txt", "tracked\n").write("README", "first\n");
    let before = snapshot(&folder.path);
    folder.scan(["."]).ends_with(0);
    folder.scan(["--staged"]).ends_with(0);
    assert_same(&before, &snapshot(&folder.path));
}

/// Waits for `child`, and ends it when it takes longer than a minute.
fn wait(mut child: Child) -> Said {
    let started = Instant::now();
    while child.try_wait().expect("because it is our child").is_none() {
        if started.elapsed() > Duration::from_secs(60) {
            child.kill().expect("because it is our child");
            panic!("the program waits for something");
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    Said::from(child.wait_with_output().expect("because it has ended"))
}

/// Whoever opens a FIFO waits until somebody writes into it.
#[test]
fn files_that_configuration_names_are_not_waited_for() {
    let folder = Folder::committed();
    let fifo = folder.path.join(".git/fifo");
    assert!(Command::new("mkfifo").arg(&fifo).status().expect("because every Unix has mkfifo").success());
    let config = folder.read(".git/config");
    let shown = fifo.display();
    let named =
        format!("[include]\n\tpath = {shown}\n[core]\n\tattributesFile = {shown}\n\texcludesFile = {shown}\n[mailmap]\n\tfile = {shown}\n");
    folder.write(".git/config", config + &named);
    folder.write("a.env", format!("T={}\n", token("fifo")));
    for (arguments, code) in [(&["."][..], 1), (&["--staged"], 0), (&["--range", "HEAD"], 0), (&["--history"], 0)] {
        let mut command = keysieve_in(&folder.path);
        command.args(["scan", "--format", "json"]).args(arguments).stdout(Stdio::piped()).stderr(Stdio::piped());
        wait(command.spawn().expect("because the program was just built")).ends_with(code);
    }
}
