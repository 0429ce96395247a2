//! What must not change a report: the number of threads, a full scan, the layout of objects, a cache in whatever state.

mod cache;
pub mod layout;

use super::findings::Findings;
use super::fixture::Fixture;
use super::random::History;
use super::repository::{Repository, UNCACHED};

/// The report without what the clock changes. Whatever is found, the exit code says so.
#[track_caller]
fn report(repository: &Repository, arguments: &[&str]) -> String {
    Findings::of(&repository.scan(arguments).ends_with(1)).without_time()
}

/// Fails with the first line that differs: whole reports are too long to compare by eye.
#[track_caller]
fn assert_same(what: &str, one: &str, other: &str) {
    let differing = one.lines().zip(other.lines()).enumerate().find(|(_, (one, other))| one != other);
    assert!(one == other, "{what}: the reports differ from here on: {differing:?}");
}

/// The fixture, and some histories whose file is edited many times.
fn repositories() -> Vec<Repository> {
    let fixture = Fixture::new(&[]);
    // The linked worktree is beside the repository and goes when the fixture does; so it goes here, in order.
    fixture.repository.git(&["worktree", "remove", "--force", &fixture.linked.display().to_string()]);
    let mut all = vec![fixture.repository];
    all.extend((0..3).map(|seed| History::new(1000 + seed, 80).repository()));
    all.extend((0..2).map(|seed| History::encoded(3000 + seed, 80).repository()));
    all
}

#[test]
fn threads_change_nothing() {
    for (number, repository) in repositories().iter().enumerate() {
        layout::deep_chains(repository);
        let expected = report(repository, &["-j", "1"]);
        for threads in ["2", "8"] {
            assert_same(&format!("repository {number}, -j {threads}"), &expected, &report(repository, &["-j", threads]));
        }
    }
}

#[test]
fn a_full_scan_finds_the_same() {
    for (number, repository) in repositories().iter().enumerate() {
        layout::deep_chains(repository);
        let expected = report(repository, UNCACHED);
        assert_same(&format!("repository {number}"), &expected, &report(repository, &["--full-scan"]));
    }
}

#[test]
fn a_little_memory_is_enough() {
    for (number, repository) in repositories().iter().enumerate() {
        layout::deep_chains(repository);
        let expected = report(repository, UNCACHED);
        assert_same(&format!("repository {number}"), &expected, &report(repository, &["--memory", "1MiB"]));
    }
}

#[test]
fn layouts_change_nothing() {
    for (number, repository) in repositories().iter().enumerate() {
        let expected = report(repository, UNCACHED);
        for (name, change) in layout::ALL {
            change(repository);
            assert_same(&format!("repository {number}, {name}"), &expected, &report(repository, UNCACHED));
        }
    }
}

#[test]
fn the_exposure_may_be_left_out_and_nothing_else_changes() {
    let repository = &repositories()[0];
    let full = Findings::of(&repository.scan(&["--exposure", "full"]).ends_with(1));
    for level in ["brief", "none"] {
        let less = Findings::of(&repository.scan(&["--exposure", level]).ends_with(1));
        assert_eq!(less.len(), full.len(), "{level}");
        assert_eq!(less.items(), full.items(), "{level}");
        let fingerprints = |findings: &Findings| -> Vec<String> {
            let all = findings.0["findings"].as_array().cloned().unwrap_or_default();
            let mut all: Vec<_> = all.iter().map(|finding| finding["fingerprint"].to_string()).collect();
            all.sort();
            all
        };
        assert_eq!(fingerprints(&less), fingerprints(&full), "{level}");
    }
}
