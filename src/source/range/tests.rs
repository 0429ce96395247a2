//! Each test scripts one repository with git itself, and looks at what a range brings.

use proptest::prelude::*;

use super::*;
use crate::source::testing::{Folder, Seen};

const MAX: u64 = 1 << 20;

fn see(folder: &Folder, range: &str) -> Seen {
    let wanted = Wanted { range: Some(range.to_owned()), ..Wanted::default() };
    Seen::of(&Range::open(&folder.path, &GitEnvironment::default(), &wanted, MAX).expect("because the repository is sound"))
}

/// First line and line after the last; none where all count.
type Added = Option<Vec<(u32, u32)>>;

/// Path and added lines of all contents.
fn contents(seen: &Seen) -> Vec<(&str, Added)> {
    let is_content = |origin: &Origin| matches!(origin, Origin::History { part: HistoryPart::Blob, .. });
    seen.items.iter().filter(|item| is_content(&item.origin)).map(|item| (item.path.as_str(), item.added())).collect()
}

#[test]
fn only_lines_that_no_parent_has_count() {
    let folder = Folder::repository();
    folder.write("a", "1\n2\n3\n4\n5\n6\n").commit_all();
    folder.git(["checkout", "--quiet", "-b", "side"]);
    folder.write("a", "side\n1\n2\n3\n4\n5\n6\n").commit_all();
    folder.git(["checkout", "--quiet", "main"]);
    folder.write("a", "1\n2\n3\n4\n5\n6\nmain\n").commit_all();
    folder.git(["merge", "--quiet", "--no-commit", "side"]);
    folder.write("a", "side\n1\n2\n3\nmerge\n4\n5\n6\nmain\n").commit_all();
    assert_eq!(contents(&see(&folder, "HEAD^!")), [("a", Some(vec![(5, 6)]))]);
    let all = see(&folder, "HEAD");
    let lines: Vec<_> = contents(&all).into_iter().map(|(_, lines)| lines).collect();
    assert_eq!(lines, [None, Some(vec![(7, 8)]), Some(vec![(1, 2)]), Some(vec![(5, 6)])]);
}

#[test]
fn every_part_of_a_commit_is_an_item_of_its_kind() {
    let folder = Folder::repository();
    folder.write("a", "1\n").commit_all();
    let id = folder.git(["rev-parse", "HEAD"]);
    let blob = folder.git(["rev-parse", "HEAD:a"]);
    let mut parts: Vec<_> = see(&folder, "HEAD").items.into_iter().map(|item| (item.path, item.text, item.origin)).collect();
    parts.sort_by_key(|(_, text, _)| text.clone());
    let item =
        |path: &str, text: &str, part, blob| (path.to_owned(), text.to_owned(), Origin::History { part, blob, commit: Some(id.clone()) });
    assert_eq!(
        parts,
        [
            item("a", "1\n", HistoryPart::Blob, Some(blob)),
            item("", "A <a@example.org>", HistoryPart::Person, None),
            item("", "C <c@example.org>", HistoryPart::Person, None),
            item("a", "a", HistoryPart::FileName, None),
            item("", "all\n", HistoryPart::CommitMessage, None),
        ]
    );
}

#[test]
fn wrong_dates_hide_no_commit() {
    let folder = Folder::repository();
    let commit = |seconds: u64, name: &str| {
        folder.write(name, name).git(["add", "."]);
        let date = format!("committer.date={seconds}");
        let mut git = crate::source::testing::git_command(&folder.path);
        git.env("GIT_COMMITTER_DATE", format!("@{seconds} +0000")).args(["-c", &date, "commit", "--quiet", "--message=m"]);
        assert!(git.status().expect("because git is installed where tests run").success());
    };
    for (at, seconds) in [2_000_000_000, 1_000, 1_900_000_000, 5_000, 1_000_000_000].into_iter().enumerate() {
        commit(seconds, &at.to_string());
    }
    for base in 1..5 {
        let range = format!("HEAD~{base}..HEAD");
        assert_eq!(contents(&see(&folder, &range)).len(), base, "{range}");
    }
    assert_eq!(contents(&see(&folder, "HEAD")).len(), 5);
}

#[test]
fn a_tree_too_deep_is_a_gap() {
    use std::io::Write as _;
    let folder = Folder::repository();
    let deep = "d/".repeat(crate::source::diff::DEEPEST as usize + 5);
    let file = |path: &str| format!("M 100644 inline {path}\ndata 2\nx\n\n");
    let stream = format!("commit refs/heads/deep\ncommitter C <c@d> 1 +0000\ndata 1\nm\n{}{}", file(&format!("{deep}f")), file("d/d/d/f"));
    let mut git = crate::source::testing::git_command(&folder.path);
    git.args(["fast-import", "--quiet"]).stdin(std::process::Stdio::piped());
    let mut git = git.spawn().expect("because git is installed where tests run");
    git.stdin.take().expect("because it is piped").write_all(stream.as_bytes()).expect("because git reads it");
    assert!(git.wait().expect("because it ends").success());
    let seen = see(&folder, "deep");
    assert_eq!((seen.gaps.len(), contents(&seen)), (1, vec![("d/d/d/f", None)]));
    assert!(seen.gaps[0].why.contains("1024 folders deep"), "{:?}", seen.gaps[0]);
}

#[test]
fn no_words_end_in_a_panic() {
    let folder = Folder::repository();
    folder.write("a", "1\n").commit_all();
    folder.write("a", "2\n").commit_all();
    folder.git(["tag", "--message=m", "v1"]);
    let words = [
        "HEAD",
        "main",
        "v1",
        "@",
        "@{",
        "}",
        "{",
        "^",
        "~",
        "..",
        "...",
        ":",
        "/",
        "!",
        "-",
        "1",
        "0",
        "99999999999999999999",
        "u}",
        "push",
        "upstream",
        "commit",
        "tree",
        "a",
        "abcd",
        "-g1234567",
        "refs/heads/",
        "é",
        " ",
        "*",
        "\\",
        "@{-1}",
        "@{0}",
        "^{}",
        "^@",
        "^!",
        "^-",
    ];
    let range = prop::collection::vec(prop::sample::select(words.to_vec()), 1..6);
    proptest!(|(words in range, as_branch in any::<bool>())| {
        let words = Some(words.concat());
        let wanted = if as_branch { Wanted { branch: words, ..Wanted::default() } } else { Wanted { range: words, ..Wanted::default() } };
        let _ = Range::open(&folder.path, &GitEnvironment::default(), &wanted, MAX).map(|range| Seen::of(&range));
    });
}
