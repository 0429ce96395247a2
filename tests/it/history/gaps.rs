//! Clones that do not have everything: what is not there is named, and how to get it.

use super::findings::Findings;
use super::repository::Repository;
use crate::support::{assigned, token};

/// Ten commits; the second one has a token that the third one removes, unless `clean`.
fn source(clean: bool) -> Repository {
    let repository = Repository::new(&[]);
    for number in 0..10 {
        repository.write("README", format!("{number}\n"));
        if number == 1 && !clean {
            repository.write("old.env", assigned("old"));
        } else if number == 2 && !clean {
            repository.git(&["rm", "--quiet", "old.env"]);
        }
        repository.commit(&format!("change {number}"));
    }
    repository.git(&["config", "uploadpack.allowFilter", "true"]);
    repository
}

/// Ids in a file of git's, one a line.
fn shallow(repository: &Repository) -> Vec<String> {
    let text = std::fs::read_to_string(repository.git_dir().join("shallow")).expect("because the clone is shallow");
    text.lines().map(str::to_owned).collect()
}

#[test]
fn a_shallow_clone_is_incomplete_and_names_its_boundary() {
    for depth in ["--depth=1", "--depth=3"] {
        for layout in [&["--no-local"][..], &["--no-local", "--bare"]] {
            let clone = Repository::clone_of(&source(false).path, &[&[depth], layout].concat());
            let findings = Findings::of(&clone.scan(&[]).ends_with(3));
            let boundary = shallow(&clone);
            assert_eq!(boundary.len(), 1);
            let gap = findings.gaps().into_iter().find(|gap| gap.contains(&boundary[0]));
            let gap = gap.unwrap_or_else(|| panic!("{boundary:?} is not named: {:?}", findings.gaps()));
            assert!(gap.contains("fetch-depth: 0") && gap.contains("git fetch --unshallow"), "{gap}");
        }
    }
}

#[test]
fn a_shallow_clone_becomes_whole_and_then_has_the_finding() {
    let source = source(false);
    let clone = Repository::clone_of(&source.path, &["--depth=1"]);
    clone.scan(&[]).ends_with(3);
    clone.git(&["fetch", "--quiet", "--unshallow"]);
    let findings = Findings::of(&clone.scan(&[]).ends_with(1));
    assert!(findings.of_token(&token("old")).is_some());
    assert_eq!(findings.gaps(), [""; 0]);
}

#[test]
fn a_shallow_clone_that_finds_something_still_names_its_boundary() {
    let source = source(true);
    source.write("new.env", assigned("new")).commit("new");
    let clone = Repository::clone_of(&source.path, &["--depth=2"]);
    let findings = Findings::of(&clone.scan(&[]).ends_with(1));
    assert!(findings.of_token(&token("new")).is_some());
    assert!(findings.names(&shallow(&clone)[0]), "{:?}", findings.gaps());
}

#[test]
fn incomplete_may_be_allowed() {
    let clone = Repository::clone_of(&source(true).path, &["--depth=1"]);
    let findings = Findings::of(&clone.scan(&["--allow-incomplete"]).ends_with(0));
    assert!(!findings.gaps().is_empty());
}

#[test]
fn a_partial_clone_is_incomplete_and_names_what_is_missing() {
    let source = source(false);
    let clone = Repository::clone_of(&source.path, &["--filter=blob:none", "--no-checkout"]);
    let missing = clone.git(&["rev-list", "--objects", "--all", "--missing=print"]);
    let missing: Vec<&str> = missing.lines().filter_map(|line| line.strip_prefix('?')).collect();
    assert_eq!(missing.len(), 11, "ten versions of README, and old.env");
    let findings = Findings::of(&clone.scan(&[]).ends_with(3));
    for object in &missing {
        let gap = findings.gaps().into_iter().find(|gap| gap.contains(object));
        let gap = gap.unwrap_or_else(|| panic!("{object} is not named: {:?}", findings.gaps()));
        assert!(gap.contains("git fetch --refetch") || gap.contains("--filter"), "no remedy: {gap}");
    }
    let still = clone.git(&["rev-list", "--objects", "--all", "--missing=print"]);
    assert_eq!(still.lines().filter(|line| line.starts_with('?')).count(), missing.len(), "the scan has fetched something");
}

#[test]
fn a_clone_without_trees_is_incomplete() {
    let clone = Repository::clone_of(&source(false).path, &["--filter=tree:0", "--no-checkout"]);
    let findings = Findings::of(&clone.scan(&[]).ends_with(3));
    let tree = clone.git(&["log", "-1", "--format=%T"]);
    assert!(findings.names(&tree), "{tree} is not named: {:?}", findings.gaps());
}
