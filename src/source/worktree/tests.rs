//! Each test builds one folder or repository, described by its first lines, and compares what is listed with what is there.

use std::path::PathBuf;

use super::*;
use crate::coverage::Skip;
use crate::source::testing::{Folder, Seen, SeenItem};

/// A worktree with the given roots inside of `folder`, named by their absolute paths.
fn worktree(folder: &Folder, roots: &[&str]) -> Worktree {
    let roots = roots.iter().map(|root| folder.path.join(root)).collect();
    Worktree { roots, include_ignored: false, max_file_size: 1000, git: GitEnvironment::default() }
}

/// What is seen below `folder`, with paths relative to it.
fn see(folder: &Folder, worktree: &Worktree) -> Seen {
    let mut seen = Seen::of(worktree);
    let prefix = format!("{}/", folder.path.display());
    for item in &mut seen.items {
        item.path = item.path.strip_prefix(&prefix).expect("because the root was given by its absolute path").to_owned();
    }
    for gap in &mut seen.gaps {
        gap.what = gap.what.replacen(&prefix, "", 1);
    }
    seen
}

fn ignored(count: u64) -> Skip {
    Skip { what: "ignored files".into(), why: ".gitignore and friends; --include-ignored takes them in".into(), count }
}

#[test]
fn hidden_files_are_listed_and_git_folders_are_not() {
    let folder = Folder::repository();
    folder.write("a", "1").write(".env", "2").write(".github/x", "3").write("sub/.git", "gitdir: nowhere").write("sub/b c\nd", "4");
    let seen = see(&folder, &worktree(&folder, &[""]));
    assert_eq!(seen.paths(), [".env", ".github/x", "a", "sub/b c\nd"]);
    assert_eq!(seen.item("a"), &SeenItem { path: "a".into(), text: "1".into(), origin: Origin::File, added_lines: None });
    assert_eq!((seen.skips, seen.gaps), (vec![], vec![]));
}

#[test]
fn the_deepest_rule_decides_and_ignored_files_are_counted() {
    let folder = Folder::repository();
    folder.write(".gitignore", "*.log\n/build/\nkept/\n").write("a.log", "").write("a.txt", "");
    folder.write("build/x/1", "").write("build/x/2", "").write("deep/.gitignore", "!*.log\n").write("deep/b.log", "");
    folder.write("deep/build/3", "").write("kept/4", "");
    let seen = see(&folder, &worktree(&folder, &[""]));
    assert_eq!(seen.paths(), [".gitignore", "a.txt", "deep/.gitignore", "deep/b.log", "deep/build/3"]);
    assert_eq!(seen.skips, [ignored(4)]);
    let all = see(&folder, &Worktree { include_ignored: true, ..worktree(&folder, &[""]) });
    assert_eq!((all.items.len(), all.skips.len()), (9, 0));
}

#[test]
fn ignored_files_that_git_tracks_are_listed() {
    let folder = Folder::repository();
    folder.write(".gitignore", "/build/\n*.pem\n").write("build/tracked", "t").write("deep/key.pem", "k").commit_all();
    folder.write("build/other", "").write("deep/other.pem", "").write("build-x", "");
    let seen = see(&folder, &worktree(&folder, &[""]));
    assert_eq!(seen.paths(), [".gitignore", "build-x", "build/tracked", "deep/key.pem"]);
    assert_eq!(seen.skips, [ignored(2)]);
    assert_eq!(see(&folder, &worktree(&folder, &["deep"])).paths(), ["deep/key.pem"]);
    // A root is listed even when rules ignore it.
    assert_eq!(see(&folder, &worktree(&folder, &["build"])).paths(), ["build/other", "build/tracked"]);
}

#[test]
#[ignore = "a measurement on this machine's own files"]
fn how_long_a_large_tree_takes() {
    let worktree = Worktree {
        roots: vec![PathBuf::from(std::env::var("TREE").unwrap_or_else(|_| "/usr/local/go".into()))],
        include_ignored: false,
        max_file_size: 64 << 20,
        git: GitEnvironment::default(),
    };
    for _ in 0..3 {
        let start = std::time::Instant::now();
        let mut entries = Vec::new();
        let mut skips = Vec::new();
        worktree
            .list(&mut |listed| match listed {
                Listed::Entry(entry) => entries.push(entry),
                Listed::Skip(skip) => skips.push(skip),
                Listed::Gap(gap) => println!("{gap:?}"),
            })
            .expect("because the tree is there");
        let listed = start.elapsed();
        let mut buffer = Vec::new();
        let mut bytes = 0;
        for entry in &entries {
            if let Ok(Some(item)) = worktree.read(entry, &mut buffer) {
                bytes += item.bytes.len();
            }
        }
        println!("{} entries in {listed:?}, {bytes} bytes read in {:?}, {skips:?}", entries.len(), start.elapsed() - listed);
    }
}
