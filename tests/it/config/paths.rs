//! Paths that are left out.

use super::skipped;
use crate::support::{Folder, NOTHING, assigned, at};

fn folder() -> Folder {
    let folder = Folder::committed();
    for path in ["a.env", "gen/b.env", "gen/keep/c.env", "sub/gen/d.env", "sub/e.env"] {
        folder.write(path, assigned(path));
    }
    folder
}

#[test]
fn excluded_files_are_counted_with_who_excluded_them() {
    let folder = folder();
    folder.write("keysieve.yaml", "paths:\n  exclude: [/gen, sub/*.env]\n  include: [gen/keep]\n");
    let said = folder.scan(NOTHING).finds(&[&at("a.env"), &at("gen/keep/c.env"), &at("sub/gen/d.env")]);
    let skips = skipped(&said);
    assert_eq!((skips.len(), skips[0].0.as_str(), skips[0].2), (1, "excluded files", 2));
    assert!(skips[0].1.contains("keysieve.yaml"), "{skips:?}");
    let said = folder.scan(["--exclude", "a.env"]).finds(&[&at("gen/keep/c.env"), &at("sub/gen/d.env")]);
    let by: Vec<_> = skipped(&said).into_iter().map(|(_, why, count)| (why.contains("--exclude;"), count)).collect();
    assert_eq!(by, [(true, 1), (false, 2)]);
    let human = folder.keysieve(["scan", "--exclude", "*.env"]).ends_with(0).stdout;
    assert!(human.contains("excluded file"), "{human}");
}

#[test]
fn patterns_count_from_the_root_wherever_the_scan_begins() {
    let folder = folder();
    folder.write("keysieve.yaml", "paths: {exclude: [/sub/gen]}\n");
    folder.scan(["sub"]).finds(&[&at("sub/e.env")]);
    folder.scan(["./sub/gen/d.env"]).finds(&[]);
    let absolute = folder.path.join("sub");
    assert_eq!(folder.scan([&absolute]).ends_with(1).places().len(), 1);
    let inside =
        crate::support::Said::of(crate::support::keysieve_in(&folder.path.join("sub")).args(["scan", "--format", "json", ".", "../gen"]));
    inside.finds(&[&at("../gen/b.env"), &at("../gen/keep/c.env"), &at("e.env")]);
}

#[test]
fn excluding_everything_does_not_read_as_clean() {
    let folder = folder();
    let said = folder.keysieve(["scan", "--exclude", "**"]).ends_with(0);
    assert!(said.stdout.contains("no content was scanned") && !said.stdout.contains("no secrets found"), "{said:?}");
}

#[test]
fn an_exclude_takes_no_gap_of_another_file_away() {
    let folder = folder();
    folder.write("long.txt", "x".repeat(5000));
    let limit = ["--max-file-size", "1KiB"];
    assert_eq!(folder.scan(limit.iter().chain(&["--exclude", "*.env"])).ends_with(3).gaps(), ["long.txt"]);
    // The file itself was excluded on purpose, and is counted as such.
    let said = folder.scan(limit.iter().chain(&["--exclude", "*.env", "--exclude", "long.txt"])).ends_with(0);
    assert_eq!(skipped(&said)[0].2, 6);
}

#[test]
fn names_that_are_no_text_can_be_excluded() {
    #[cfg(unix)]
    {
        use std::os::unix::ffi::OsStrExt as _;
        let folder = Folder::committed();
        folder.write(std::ffi::OsStr::from_bytes(b"caf\xe9.env"), assigned("a"));
        folder.scan(NOTHING).ends_with(1);
        folder.scan(["--exclude", "caf*"]).ends_with(0);
    }
}
