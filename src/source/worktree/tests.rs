//! Each test builds one folder or repository, described by its first lines, and compares what is listed with what is there.

use std::path::PathBuf;

use super::*;
use crate::coverage::Skip;
use crate::source::testing::{Folder, Seen, SeenItem};

/// A worktree with the given roots inside of `folder`, named by their absolute paths.
fn worktree(folder: &Folder, roots: &[&str]) -> Worktree {
    let roots = roots.iter().map(|root| folder.path.join(root)).collect();
    Worktree { roots, include_ignored: false, max_file_size: 1000, git: GitEnvironment::default(), stored: StoredFiles::default() }
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
fn rules_decide_as_git_does() {
    let folder = Folder::repository();
    let rules = "# comment\n\n*.o\n!keep.o\n/root-only\nfolder-only/\na/**/z\ndoc/*.txt\n[ab]c\n\\#odd\n\\!odd\nspaces \nx?y\n**/deep\nsub/\n!sub/kept\nfoo/*\n!foo/bar\ncr\r\n";
    folder.write(".gitignore", rules).write("t/.gitignore", "!*.o\nlocal\n").write(".git/info/exclude", "excluded\n!*.o.excluded\n");
    let names = [
        "m.o",
        "keep.o",
        "root-only",
        "t/root-only",
        "folder-only",
        "t/folder-only/f",
        "a/z",
        "a/b/z",
        "a/b/c/z",
        "az/z",
        "doc/1.txt",
        "doc/d/1.txt",
        "ac",
        "bc",
        "cc",
        "#odd",
        "!odd",
        "spaces",
        "spaces ",
        "x/y",
        "xay",
        "p/q/deep/r",
        "deep",
        "sub/kept",
        "sub/other",
        "foo/bar",
        "foo/baz",
        "t/m.o",
        "t/local",
        "local",
        "excluded",
        "t/excluded",
        "k.o.excluded",
        "cr",
        "t/u/m.o",
        "t/u/deep",
    ];
    for name in names {
        folder.write(name, "");
    }
    let listed = folder.git(["-c", "core.quotePath=false", "ls-files", "-z", "--others", "--exclude-standard"]);
    let mut by_git: Vec<&str> = listed.split_terminator('\0').collect();
    by_git.sort_unstable();
    let seen = see(&folder, &worktree(&folder, &[""]));
    assert_eq!(seen.paths(), by_git);
    let all = names.len() + 2;
    assert_eq!(seen.skips, [ignored((all - by_git.len()) as u64)]);
}

#[test]
fn rules_above_a_root_count_up_to_the_top_of_the_repository() {
    let folder = Folder::new();
    folder.write(".gitignore", "*\n").write(".ignore", "*\n");
    folder.write("r/.gitignore", "/a/b/no\n*.x\n").write("r/a/.gitignore", "!1.x\n").write("r/a/.ignore", "!2.x\n");
    folder.write("r/a/b/no", "").write("r/a/b/1.x", "").write("r/a/b/2.x", "").write("r/a/b/3.x", "").write("r/a/b/yes", "");
    let with_repository = |seen: Seen| assert_eq!(seen.paths(), ["r/a/b/1.x", "r/a/b/2.x", "r/a/b/yes"]);
    // Outside of a repository only rules below the root count.
    assert_eq!(see(&folder, &worktree(&folder, &["r/a/b"])).items.len(), 5);
    crate::source::testing::git_in(&folder.path.join("r"), ["init", "--quiet"]);
    with_repository(see(&folder, &worktree(&folder, &["r/a/b"])));
}

#[test]
fn dot_ignore_and_the_users_excludes_count_and_the_nearer_ones_win() {
    let folder = Folder::repository();
    let home = Folder::new();
    home.write(".gitconfig", "[core]\n\texcludesFile = ~/mine\n").write("mine", "*.user\n*.both\n");
    folder.write(".git/info/exclude", "!*.both\n").write(".ignore", "!kept.git\n*.dot\n").write(".gitignore", "*.git\n!*.dot\n");
    for name in ["a.user", "a.both", "kept.git", "a.git", "a.dot", "plain"] {
        folder.write(name, "");
    }
    let home = home.path.display().to_string();
    let git = GitEnvironment::from_env(|name| (name == "HOME").then(|| home.clone().into()));
    let git = GitEnvironment { config_files: git.config_files.into_iter().filter(|path| path.starts_with(&home)).collect(), ..git };
    let seen = see(&folder, &Worktree { git, ..worktree(&folder, &[""]) });
    assert_eq!(seen.paths(), [".gitignore", ".ignore", "a.both", "kept.git", "plain"]);
    assert_eq!(seen.skips, [ignored(3)]);
}

#[test]
fn another_repository_inside_has_its_own_rules_and_tracked_files() {
    let folder = Folder::repository();
    folder
        .write(".gitignore", "*.outer\n")
        .write("in/.gitignore", "*.inner\n/made/\n")
        .write("in/tracked.inner", "")
        .write("in/made/t", "");
    let inner = folder.path.join("in");
    crate::source::testing::git_in(&inner, ["init", "--quiet"]);
    crate::source::testing::git_in(&inner, ["add", "--force", "--all"]);
    folder
        .write("in/a.outer", "")
        .write("in/a.inner", "")
        .write("a.inner", "")
        .write("a.outer", "")
        .write("in/.git/info/exclude", "*.ex\n");
    folder.write("in/a.ex", "").write("a.ex", "");
    let seen = see(&folder, &worktree(&folder, &[""]));
    assert_eq!(seen.paths(), [".gitignore", "a.ex", "a.inner", "in/.gitignore", "in/a.outer", "in/made/t", "in/tracked.inner"]);
    assert_eq!(seen.skips, [ignored(3)]);
}

#[test]
fn an_index_that_cannot_be_read_is_a_gap_as_soon_as_it_matters() {
    let folder = Folder::repository();
    folder.write("a", "").commit_all();
    std::fs::write(folder.path.join(".git/index"), "damaged").expect("because the folder can be written");
    assert_eq!(see(&folder, &worktree(&folder, &[""])).gaps, []);
    folder.write(".gitignore", "b\n").write("b", "");
    let seen = see(&folder, &worktree(&folder, &[""]));
    assert_eq!((seen.paths(), seen.gaps.len()), (vec![".gitignore", "a"], 1));
    assert!(seen.gaps[0].what.contains(".git/index") && seen.gaps[0].why.contains("git tracks"), "{:?}", seen.gaps);
    std::fs::write(folder.path.join(".git/config"), "[core]\nrepositoryformatversion = 1\n[extensions]\nobjectFormat = x\n")
        .expect("because the folder can be written");
    assert_eq!(see(&folder, &worktree(&folder, &[""])).gaps.len(), 1);
}

#[test]
fn overlapping_roots_list_each_file_once() {
    let folder = Folder::repository();
    folder.write(".gitignore", "/made/\n").write("a/b/c", "").write("a/d", "").write("made/x", "").write("made/y", "");
    assert_eq!(see(&folder, &worktree(&folder, &["", "a/b", "a", "a/b/../b/c", ""])).paths(), [".gitignore", "a/b/../b/c", "a/d"]);
    let seen = see(&folder, &worktree(&folder, &["", "made/x"]));
    assert_eq!(seen.paths(), [".gitignore", "a/b/c", "a/d", "made/x"]);
    assert_eq!(seen.skips, [ignored(1)]);
    let seen = see(&folder, &worktree(&folder, &["made", ""]));
    assert_eq!((seen.items.len(), seen.skips), (5, vec![]));
    folder.git(["add", "--force", "made"]);
    assert_eq!(see(&folder, &worktree(&folder, &["", "made/x"])).items.len(), 5);
}

#[test]
fn paths_are_reported_as_the_user_began_them() {
    // The tests run at the top of the package.
    let paths = |roots: &[&str]| {
        let roots = roots.iter().map(PathBuf::from).collect();
        let git = GitEnvironment::default();
        let seen = Seen::of(&Worktree { roots, include_ignored: false, max_file_size: 1 << 20, git, stored: StoredFiles::default() });
        seen.items.into_iter().map(|item| item.path).collect::<Vec<_>>()
    };
    assert_eq!(paths(&["./src//source/limit.rs"]), ["src/source/limit.rs"]);
    assert!(paths(&["./src/"]).contains(&"src/source/limit.rs".to_owned()));
    assert!(paths(&["src/../src/source/"]).contains(&"src/../src/source/limit.rs".to_owned()));
    assert!(paths(&["."]).contains(&"src/source/limit.rs".to_owned()));
}

#[test]
fn a_path_that_cannot_be_scanned_does_not_hide_the_others() {
    let folder = Folder::new();
    folder.write("a", "");
    let seen = see(&folder, &worktree(&folder, &["a", "missing"]));
    assert_eq!((seen.paths(), seen.gaps[0].what.as_str()), (vec!["a"], "missing"));
    let error = worktree(&folder, &["missing"]).list(&mut |_| {}).expect_err("because nothing is there");
    assert!(error.to_string().contains("missing"), "{error}");
}

#[test]
fn files_over_the_limit_are_gaps_and_files_that_are_gone_are_nothing() {
    let folder = Folder::new();
    folder.write("fits", "x".repeat(1000)).write("large", "x".repeat(1001)).write("gone", "");
    let worktree = worktree(&folder, &[""]);
    let seen = see(&folder, &worktree);
    assert_eq!((seen.paths(), seen.gaps.len()), (vec!["fits", "gone"], 1));
    assert_eq!(seen.gaps[0], Gap::new("large", "larger than the limit of 1000 bytes", "raise --max-file-size"));
    let entry = WorktreeEntry { path: folder.path.join("gone"), kind: EntryKind::File };
    std::fs::remove_file(&entry.path).expect("because it was written");
    assert!(worktree.read(&entry, &mut Vec::new()).is_ok_and(|item| item.is_none()));
}

#[test]
fn folders_nested_too_deeply_are_a_gap() {
    let folder = Folder::new();
    folder.write("x/".repeat(20) + "f", "").write("y", "");
    let seen = Seen::of(&worktree(&folder, &[""]));
    assert_eq!((seen.items.len(), seen.gaps.len()), (1, 1));
    assert_eq!(seen.gaps[0].why, "more than 16 folders deep");
}

#[test]
#[ignore = "a measurement on this machine's own files"]
fn how_long_a_large_tree_takes() {
    let worktree = Worktree {
        roots: vec![PathBuf::from(std::env::var("TREE").unwrap_or_else(|_| "/usr/local/go".into()))],
        include_ignored: false,
        max_file_size: 64 << 20,
        git: GitEnvironment::default(),
        stored: StoredFiles::default(),
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
