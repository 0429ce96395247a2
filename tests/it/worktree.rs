//! `keysieve scan PATH…`: which files of a tree are scanned, and what a tree may hold without stopping the scan.

use std::sync::atomic::Ordering;

use keysieve::coverage::Gap;
use keysieve::detect::Detector;
use keysieve::detect::prefilter::Workload;
use keysieve::rules::RuleSet;
use keysieve::scan::{self, Counters};
use keysieve::source::repository::GitEnvironment;
use keysieve::source::worktree::{StoredFiles, Worktree, WorktreeEntry};
use keysieve::source::{Item, Listed, Source, SourceError};

use crate::support::{Folder, NOTHING, assigned, at, expand, list, text, token};

#[test]
fn ignored_files_are_counted_and_can_be_taken_in() {
    let folder = Folder::repository();
    folder.write(".gitignore", "*.log\n/build/\n").write("a.env", assigned("a"));
    folder.write("x.log", assigned("x")).write("build/deep/y.env", assigned("y"));
    let said = folder.scan(["."]).finds(&[&at("a.env")]);
    let skipped = &said.report()["coverage"]["skipped"][0];
    assert_eq!((text(&skipped["what"]), skipped["count"].as_u64()), ("ignored files", Some(2)));
    let said = folder.keysieve(["scan"]).ends_with(1);
    assert!(said.stdout.lines().any(|line| line.ends_with(" · 2 ignored files left out")), "{said:?}");
    let said = folder.scan(["--include-ignored"]).finds(&[&at("a.env"), &at("build/deep/y.env"), &at("x.log")]);
    assert!(list(&said.report()["coverage"]["skipped"]).is_empty());
}

#[test]
fn an_ignored_file_that_git_tracks_is_scanned() {
    let folder = Folder::repository();
    folder.write(".gitignore", "*.pem\nnode_modules/\n");
    folder.write("tracked.pem", assigned("pem")).write("node_modules/left-pad/index.js", assigned("module")).commit_all();
    folder.write("other.pem", assigned("other")).write("node_modules/other/index.js", assigned("other module"));
    let said = folder.scan(["."]).finds(&[&at("node_modules/left-pad/index.js"), &at("tracked.pem")]);
    assert_eq!(said.report()["coverage"]["skipped"][0]["count"], 2);
}

#[test]
fn hidden_files_are_scanned_and_the_git_folder_is_not() {
    let folder = Folder::repository();
    folder.write(".env", assigned("env")).write(".github/workflows/ci.yml", assigned("ci")).commit_all();
    folder.write(".git/config.bak", assigned("git"));
    folder.scan(["."]).finds(&[&at(".env"), &at(".github/workflows/ci.yml")]);
    folder.scan([".git/config.bak"]).finds(&[&at(".git/config.bak")]);
}

#[test]
fn a_folder_that_is_no_repository_is_scanned() {
    let folder = Folder::new();
    folder.write("deep/er/a.env", assigned("plain"));
    folder.scan(NOTHING).finds(&[&at("deep/er/a.env")]);
}

#[test]
fn named_files_and_folders_are_scanned_once() {
    let folder = Folder::new();
    folder.write("a/1.env", assigned("1")).write("b/2.env", assigned("2")).write("c/3.env", assigned("3"));
    let said = folder.scan(["a", "./a/1.env", "b/2.env", "a/"]).finds(&[&at("a/1.env"), &at("b/2.env")]);
    assert_eq!(said.report()["coverage"]["items"], 2);
}

#[test]
fn one_secret_in_many_places_is_one_finding() {
    let folder = Folder::new();
    folder.write("a.env", assigned("many")).write("b.env", format!("\n\n{}", assigned("many"))).write("c.env", assigned("another"));
    let said = folder.scan(["."]).finds(&[&at("a.env"), &at("b.env"), &at("c.env")]);
    assert_eq!(list(&said.report()["findings"]).len(), 2);
    let said = folder.keysieve(["scan"]).ends_with(1);
    assert!(said.stdout.contains("also at b.env:3:3") && said.stdout.contains("2 secrets in 3 places"), "{said:?}");
}

/// One line of each kind of lock file, with hashes of the right form.
fn lock_files() -> Vec<(&'static str, String)> {
    [
        ("package-lock.json", "{\"packages\": {\"node_modules/a\": {\"integrity\": \"sha512-{{base64:86}}==\"}}}\n"),
        ("yarn.lock", "a@^1:\n  resolved \"https://registry.yarnpkg.com/a/-/a-1.0.0.tgz#{{hex:40}}\"\n  integrity sha1-{{base64:27}}=\n"),
        ("pnpm-lock.yaml", "packages:\n  /a@1.0.0:\n    resolution: {integrity: sha512-{{base64:86}}==}\n"),
        ("Cargo.lock", "[[package]]\nname = \"a\"\nchecksum = \"{{hex:64}}\"\n"),
        ("go.sum", "example.org/a v1.0.0 h1:{{base64:43}}=\nexample.org/a v1.0.0/go.mod h1:{{base64:43}}=\n"),
        ("poetry.lock", "[metadata]\ncontent-hash = \"{{hex:64}}\"\nfiles = [{file = \"a.whl\", hash = \"sha256:{{hex:64}}\"}]\n"),
        ("Gemfile.lock", "CHECKSUMS\n  a (1.0) sha256={{hex:64}}\n"),
        ("flake.lock", "{\"nodes\": {\"a\": {\"locked\": {\"narHash\": \"sha256-{{base64:43}}=\", \"rev\": \"{{hex:40}}\"}}}}\n"),
    ]
    .map(|(path, template)| (path, expand(template, path)))
    .to_vec()
}

#[test]
fn integrity_hashes_of_lock_files_are_no_secrets() {
    let folder = Folder::new();
    for (path, content) in lock_files() {
        folder.write(path, content);
    }
    let said = folder.scan(["--min-confidence", "low"]).finds(&[]);
    assert_eq!(said.report()["coverage"]["items"], 8);
}

#[test]
fn a_token_in_the_url_of_a_lock_file_is_one() {
    let folder = Folder::new();
    let url = format!("https://x-access-token:{}@github.com/o/a.git", token("lock"));
    let hash = expand("sha512-{{base64:86}}==", "lock");
    folder.write("package-lock.json", format!("{{\"node_modules/a\": {{\"resolved\": \"git+{url}#main\", \"integrity\": \"{hash}\"}}}}\n"));
    folder.write("Cargo.lock", format!("[[package]]\nname = \"a\"\nsource = \"git+{url}?branch=main\"\n"));
    folder.scan(["."]).finds(&[&at("Cargo.lock"), &at("package-lock.json")]);
}

#[test]
fn a_minified_file_is_scanned() {
    let folder = Folder::new();
    let code = "function a(b,c){return b?c:void 0}var d={e:1,f:\"g\"};".repeat(2_000);
    folder.write("app.min.js", format!("{code}var h=\"{}\";{code}", token("minified")));
    let said = folder.scan(["."]).finds(&[&at("app.min.js")]);
    assert_eq!(said.report()["findings"][0]["locations"][0]["start"]["column"], code.len() + 8);
}

#[test]
fn bytes_that_are_no_text_are_scanned() {
    let folder = Folder::new();
    let mut bytes = b"\x00\x01\xff\xfe caf\xe9\n\x80\x80 x = ".to_vec();
    bytes.extend_from_slice(token("bytes").as_bytes());
    bytes.extend_from_slice(b"\n\xc3");
    folder.write("blob.bin", bytes);
    let said = folder.scan(["."]).finds(&[&at("blob.bin")]);
    assert_eq!(said.report()["findings"][0]["locations"][0]["start"]["line"], 2);
    for format in ["human", "jsonl", "sarif"] {
        folder.keysieve(["scan", "--format", format]).ends_with(1);
    }
}

/// A file of one line of twice `half` bytes, with a token in its middle, and a limit below and above its size.
fn long_line(half: usize, below: &str, above: &str) {
    let folder = Folder::new();
    let words = "lorem-ipsum {\"dolor\": \"sit\", key: amet} token=x&password=yy; ";
    let half = words.repeat(half / words.len());
    folder.write("long.json", format!("{half}{} {half}", token("long")));
    let said = folder.scan(["--max-file-size", above]).finds(&[&at("long.json")]);
    assert_eq!(said.report()["findings"][0]["locations"][0]["start"]["column"], half.len() + 1);
    assert!(said.stdout.len() < 10_000, "a report does not grow with the line");
    assert_eq!(folder.scan(["--max-file-size", below]).ends_with(3).gaps(), ["long.json"]);
}

#[test]
fn a_line_of_20_megabytes_is_scanned() {
    long_line(10 << 20, "16MiB", "64MiB");
}

#[test]
#[ignore = "takes ten seconds without optimization; `cargo test -- --ignored` runs it"]
fn a_line_of_200_megabytes_is_scanned() {
    long_line(100 << 20, "64MiB", "1GiB");
}

#[test]
fn an_index_that_cannot_be_read_leaves_the_scan_incomplete() {
    let folder = Folder::repository();
    folder.write(".gitignore", "*.pem\n").write("a.env", assigned("index")).write("key.pem", assigned("tracked")).commit_all();
    folder.write(".git/index", "DIRC and then nothing of sense");
    let said = folder.scan(["."]).finds(&[&at("a.env")]);
    assert!(said.gaps()[0].contains(".git/index"), "{said:?}");
    assert_eq!(said.gaps().len(), 1);
    folder.remove("a.env");
    folder.scan(["."]).ends_with(3);
    let said = folder.scan(["--include-ignored"]).finds(&[&at("key.pem")]);
    assert!(said.gaps().is_empty());
}

/// A worktree that loses a file between listing and reading it.
struct Vanishing<'f> {
    worktree: Worktree,
    folder: &'f Folder,
    name: &'static str,
}

impl Source for Vanishing<'_> {
    type Entry = WorktreeEntry;

    fn list(&self, each: &mut dyn FnMut(Listed<WorktreeEntry>)) -> Result<(), SourceError> {
        self.worktree.list(each)
    }

    fn name(&self, entry: &WorktreeEntry) -> String {
        self.worktree.name(entry)
    }

    fn read<'b>(&self, entry: &WorktreeEntry, buffer: &'b mut Vec<u8>) -> Result<Option<Item<'b>>, Gap> {
        let _ = std::fs::remove_file(self.folder.path.join(self.name));
        self.worktree.read(entry, buffer)
    }
}

#[test]
fn a_file_that_vanishes_during_the_scan_leaves_the_others() {
    let folder = Folder::new();
    folder.write("a.env", assigned("a")).write("b.env", assigned("b")).write("c.env", assigned("c"));
    let worktree = Worktree {
        roots: vec![folder.path.clone()],
        include_ignored: false,
        max_file_size: 1000,
        git: GitEnvironment::default(),
        stored: StoredFiles::default(),
    };
    let source = Vanishing { worktree, folder: &folder, name: "b.env" };
    let detector = Detector::new(RuleSet::builtin(), Workload::Small);
    let counters = Counters::default();
    let scanned = scan::scan(&source, &detector, 1, &counters).expect("because the folder is there");
    assert_eq!((scanned.coverage.items, scanned.sightings.len(), counters.items.load(Ordering::Relaxed)), (2, 2, 2));
    assert!(scanned.coverage.incomplete.is_empty(), "what is gone holds nothing: {:?}", scanned.coverage.incomplete);
}
