//! Paths that regular expressions leave out: for every source the same as patterns.

use super::skipped;
use crate::support::{Folder, NOTHING, Said, assigned, at, keysieve_in};

const CONFIG: &str = "paths:\n  exclude_regex: ['^gen/.*\\.env$', '(?i)old']\n  include: [gen/keep]\n";

fn folder() -> Folder {
    let folder = Folder::committed();
    for path in ["a.env", "OLD/x.env", "gen/b.env", "gen/keep/c.env", "sub/gen/d.env"] {
        folder.write(path, assigned(path));
    }
    folder.write("keysieve.yaml", CONFIG);
    folder
}

/// What is found whatever the source.
fn expected() -> [String; 3] {
    [at("a.env"), at("gen/keep/c.env"), at("sub/gen/d.env")]
}

fn finds_expected(said: Said) {
    let expected = expected();
    said.finds(&expected.each_ref().map(String::as_str));
}

#[test]
fn every_source_leaves_out_the_same() {
    let folder = folder();
    let said = folder.scan(NOTHING);
    let skips = skipped(&said);
    assert_eq!((skips.len(), skips[0].0.as_str(), skips[0].2), (1, "excluded files", 2), "{skips:?}");
    assert!(skips[0].1.contains("keysieve.yaml"), "{skips:?}");
    finds_expected(said);
    folder.git(["add", "--all"]);
    finds_expected(folder.scan(["--staged"]));
    folder.commit_all();
    finds_expected(folder.scan(["--range", "HEAD~1..HEAD"]));
    let history = folder.scan(["--history", "--no-cache"]);
    assert_eq!(skipped(&history)[0].0, "secrets in excluded files only");
    finds_expected(history);
    for (path, is_out) in [("gen/b.env", true), ("gen/keep/c.env", false), ("x/old", true), ("gen/b.txt", false)] {
        let said = folder.scan_stdin(assigned("s").as_bytes(), ["--path", path]);
        said.ends_with(i32::from(!is_out));
    }
}

#[test]
fn they_match_the_path_from_the_root_wherever_the_scan_begins() {
    let folder = folder();
    folder.scan(["gen"]).finds(&[&at("gen/keep/c.env")]);
    let inside = |arguments: &[&str]| Said::of(keysieve_in(&folder.path.join("gen")).args(["scan", "--format", "json"]).args(arguments));
    inside(&["."]).finds(&[&at("keep/c.env")]);
    inside(&["b.env"]).finds(&[]);
    inside(&["../a.env"]).finds(&[&at("../a.env")]);
}

#[test]
fn they_are_shown_with_where_they_come_from() {
    let shown = folder().keysieve(["config", "show", "--origin"]).ends_with(0).stdout;
    assert!(shown.contains("paths.exclude_regex:\n  - ^gen/.*\\.env$ ") && shown.contains("# keysieve.yaml:2:19\n"), "{shown}");
}
