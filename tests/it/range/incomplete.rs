//! What a repository does not have must not read as clean.

use super::{found, id, scan};
use crate::support::{Folder, Said, assigned, keysieve_in, list, text};

/// Five commits, each with a file and a secret, all of one branch.
fn history() -> Folder {
    let folder = Folder::repository();
    for number in 1..=5 {
        folder.write(format!("{number}.env"), assigned(&number.to_string())).commit_all();
    }
    folder
}

/// `folder` cloned into `clone` below it, through a transport that obeys depth and filter.
fn cloned(folder: &Folder, options: &[&str]) -> std::path::PathBuf {
    folder.git(["config", "uploadpack.allowFilter", "true"]);
    let url = format!("file://{}", folder.path.display());
    folder.git(["clone", "--quiet", "--no-checkout"].iter().chain(options).chain(&[url.as_str(), "clone"]));
    folder.path.join("clone")
}

fn scan_in(folder: &std::path::Path, range: &str) -> Said {
    Said::of(keysieve_in(folder).args(["scan", "--format", "json", "--range", range]))
}

fn gap(said: &Said) -> (String, String, String) {
    let report = said.report();
    let gaps = list(&report["coverage"]["incomplete"]);
    assert_eq!(gaps.len(), 1, "{said:#?}");
    let part = |name: &str| text(&gaps[0][name]).to_owned();
    (part("what"), part("why"), part("remedy"))
}

#[test]
fn a_base_that_a_shallow_clone_does_not_have_is_incomplete() {
    let folder = history();
    let base = id(&folder, "HEAD~3");
    let clone = cloned(&folder, &["--depth", "3"]);
    let said = scan_in(&clone, &format!("{base}..HEAD")).ends_with(1);
    // What is there is scanned, except for the commit whose parent is not there.
    assert_eq!(found(&said), ["blob 4.env", "blob 5.env"]);
    assert_eq!(said.gaps(), [format!("commit {base}"), format!("commit {}", id(&folder, "HEAD~2"))]);
    let said = scan_in(&clone, &format!("{base}..HEAD~2")).ends_with(3);
    assert!(said.stdout.contains("fetch-depth: 0") && said.stdout.contains("git fetch --unshallow"), "{said:?}");
    let said = scan_in(&clone, "HEAD~3..HEAD~2").ends_with(3);
    assert!(said.gaps().contains(&"commit HEAD~3".to_owned()), "{said:?}");
    scan_in(&clone, "HEAD~9^..HEAD~2").ends_with(3);
    scan_in(&clone, "HEAD..HEAD~3").ends_with(2);
    scan_in(&clone, "no-such..HEAD").ends_with(2);
    scan_in(&clone, "no-such~1..HEAD").ends_with(2);
    scan_in(&clone, &format!("HEAD..{base}")).ends_with(2);
}

#[test]
fn a_range_that_runs_into_the_end_of_a_shallow_clone_is_incomplete() {
    let folder = history();
    let boundary = id(&folder, "HEAD~1");
    let clone = cloned(&folder, &["--depth", "2"]);
    let said = scan_in(&clone, "HEAD").ends_with(1);
    let (what, why, remedy) = gap(&said);
    assert_eq!((what, found(&said)), (format!("commit {boundary}"), vec!["blob 5.env".to_owned()]));
    assert!(why.starts_with("the shallow clone ends here") && remedy.contains("fetch-depth: 0"), "{why} {remedy}");
    scan_in(&clone, "HEAD~1").ends_with(3);
    // A base that is there is all that a range needs.
    let said = scan_in(&clone, "HEAD~1..HEAD").ends_with(1);
    assert_eq!((found(&said), said.gaps()), (vec!["blob 5.env".to_owned()], vec![]));
}

#[test]
fn a_shallow_end_before_the_date_is_no_gap() {
    let folder = Folder::repository();
    folder.write("a", "a\n").commit_all();
    folder.write("b", "b\n").commit_all();
    let clone = cloned(&folder, &["--depth", "1"]);
    let since = |date: &str| Said::of(keysieve_in(&clone).args(["scan", "--format", "json", "--since", date]));
    since("2019-12-31").ends_with(3);
    since("2020-01-02").ends_with(0);
}

#[test]
fn blobs_that_a_partial_clone_left_out_are_incomplete() {
    let folder = history();
    let clone = cloned(&folder, &["--filter=blob:none", "--no-local"]);
    let said = scan_in(&clone, "HEAD~2..HEAD").ends_with(3);
    assert_eq!(said.gaps(), ["4.env", "5.env"]);
    let blob = id(&folder, "HEAD:5.env");
    assert!(said.stdout.contains(&blob) && said.stdout.contains("git fetch --refetch --no-filter"), "{said:?}");
    let refetch = Said::of(crate::support::git_in(&clone).args(["fetch", "--quiet", "--refetch", "--no-filter"]));
    refetch.ends_with(0);
    assert_eq!(found(&scan_in(&clone, "HEAD~2..HEAD").ends_with(1)), ["blob 4.env", "blob 5.env"]);
}

#[test]
fn trees_that_a_partial_clone_left_out_are_incomplete() {
    let folder = history();
    let clone = cloned(&folder, &["--filter=tree:0", "--no-local"]);
    let said = scan_in(&clone, "HEAD~2..HEAD").ends_with(3);
    assert!(said.stdout.contains(&id(&folder, "HEAD^{tree}")), "{said:?}");
}

fn lose(folder: &Folder, revision: &str) -> String {
    let object = id(folder, revision);
    folder.remove(format!(".git/objects/{}/{}", &object[..2], &object[2..]));
    object
}

#[test]
fn a_missing_object_is_named_and_the_rest_is_scanned() {
    for (lost, expected) in
        [("HEAD:5.env", &["blob 3.env", "blob 4.env"][..]), ("HEAD^{tree}", &["blob 3.env", "blob 4.env"]), ("HEAD~1", &["commit 5"])]
    {
        let folder = history();
        let base = id(&folder, "HEAD~3");
        let object = lose(&folder, lost);
        let said = folder.scan(["--range", &format!("{base}..HEAD")]);
        if lost == "HEAD~1" {
            // Where the walk ends, neither what came before nor what the next commit changed is known.
            assert_eq!(said.code, 3, "{said:?}");
        } else {
            assert_eq!((found(&said), said.code), (expected.iter().map(ToString::to_string).collect(), 1), "{lost}");
        }
        assert!(!said.gaps().is_empty() && said.stdout.contains(&object), "{lost}: {said:?}");
        assert!(said.stdout.contains("git fsck"), "{lost}: {said:?}");
    }
}

#[test]
fn a_damaged_object_is_named_and_the_rest_is_scanned() {
    for lost in ["HEAD:5.env", "HEAD^{tree}"] {
        let folder = history();
        let object = lose(&folder, lost);
        folder.write(format!(".git/objects/{}/{}", &object[..2], &object[2..]), "no zlib stream");
        let said = folder.scan(["--range", "HEAD~3..HEAD"]).ends_with(1);
        assert_eq!(found(&said), ["blob 3.env", "blob 4.env"], "{lost}");
        assert!(said.stdout.contains(&object), "{lost}: {said:?}");
    }
}

/// The parent is an id of the other kind, which must not be looked up here.
#[test]
fn a_commit_that_does_not_read_as_one_is_named() {
    let folder = history();
    let people = "author A <a@b> 1577836800 +0000\ncommitter A <a@b> 1577836800 +0000\n\nm\n";
    folder.write("odd", format!("tree {}\nparent {}\n{people}", id(&folder, "HEAD^{tree}"), "1".repeat(64)));
    let odd = folder.git(["hash-object", "-t", "commit", "-w", "--literally", "odd"]);
    folder.write("child", format!("tree {}\nparent {odd}\n{people}", id(&folder, "HEAD^{tree}")));
    let child = folder.git(["hash-object", "-t", "commit", "-w", "--literally", "child"]);
    let said = folder.scan(["--range", &format!("HEAD..{child}")]).ends_with(3);
    assert!(said.gaps().contains(&format!("commit {odd}")), "{said:?}");
}

#[test]
fn a_missing_old_side_hides_nothing() {
    let folder = Folder::repository();
    folder.write("a.env", "first\n".to_owned() + &assigned("old")).commit_all();
    folder.write("a.env", "second\n".to_owned() + &assigned("old")).commit_all();
    scan(&folder, "HEAD~1..", &[]);
    lose(&folder, "HEAD~1:a.env");
    scan(&folder, "HEAD~1..", &["blob a.env"]);
}

#[test]
fn a_blob_over_the_limit_is_incomplete() {
    let folder = Folder::committed();
    folder.write("long.txt", "word ".repeat(1000)).commit_all();
    let said = folder.scan(["--range", "HEAD~1..", "--max-file-size", "1KiB"]).ends_with(3);
    assert_eq!(said.gaps(), ["long.txt"]);
}
