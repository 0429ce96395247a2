//! `keysieve scan --range`, `--branch` and `--since` on real repositories: what a range of commits introduces.
//!
//! The words are git's (`git help gitrevisions`), and git itself is the oracle for which lines a commit adds.

mod content;
mod incomplete;
mod oracle;
mod repositories;
mod revisions;
mod texts;

use crate::support::{Folder, Said, list, text};

/// Kind and path of every place of every finding, sorted.
#[track_caller]
fn found(said: &Said) -> Vec<String> {
    let report = said.report();
    let mut found = Vec::new();
    for finding in list(&report["findings"]) {
        found.extend(list(&finding["locations"]).iter().map(|place| format!("{} {}", text(&place["kind"]), text(&place["path"]))));
    }
    found.sort();
    found
}

/// Scans a range in `folder`, which must find exactly `expected` (kind and path) and miss nothing.
#[track_caller]
fn scan(folder: &Folder, range: &str, expected: &[&str]) -> Said {
    scan_with(folder, &["--range", range], expected)
}

/// As [`scan`], with any arguments.
#[track_caller]
fn scan_with(folder: &Folder, arguments: &[&str], expected: &[&str]) -> Said {
    let said = folder.scan(arguments);
    assert_eq!((found(&said), said.gaps()), (expected.iter().map(ToString::to_string).collect(), Vec::new()), "{said:#?}");
    said.ends_with(i32::from(!expected.is_empty()))
}

/// The id of a revision.
fn id(folder: &Folder, revision: &str) -> String {
    folder.git(["rev-parse", revision])
}
