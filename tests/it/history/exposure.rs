//! What the report says of random histories, beside what git says.

use serde_json::Value;

use super::findings::{Findings, all_shown, refs, strings};
use super::fixture::Fixture;
use super::laws::layout;
use super::oracle::{Expected, Oracle};
use super::random::{History, TOKENS, planted};
use super::repository::Repository;
use crate::support::{list, text};

const SEEDS: u64 = 12;
const COMMITS: usize = 50;

/// Everything in which `exposure` is not what git says.
fn mismatches(exposure: &Value, expected: &Expected) -> Vec<String> {
    let commit = |commit: &Value| {
        (text(&commit["id"]).to_owned(), commit["seconds"].as_i64().unwrap_or_default(), text(&commit["subject"]).to_owned())
    };
    let paths = strings(&exposure["paths"]);
    let pushed = expected.reachable_from.iter().any(|name| name.starts_with("refs/remotes/"));
    let refs_of = |names: &[String]| format!("{:?}", all_shown(names.iter().map(String::as_str)));
    let mut wrong = Vec::new();
    let mut compare = |what: &str, is: String, expected: String| {
        if is != expected {
            wrong.push(format!("{what} is {is}, not {expected}"));
        }
    };
    compare("first", format!("{:?}", commit(&exposure["first"])), format!("{:?}", expected.first));
    compare("last", format!("{:?}", commit(&exposure["last"])), format!("{:?}", expected.last));
    compare("commits", exposure["commits"].to_string(), expected.commits.to_string());
    compare("blobs", exposure["blobs"].to_string(), expected.blobs.len().to_string());
    compare("in_head", exposure["in_head"].to_string(), expected.in_head.to_string());
    compare("pushed", exposure["pushed"].to_string(), pushed.to_string());
    compare("reach", text(&exposure["reach"]).to_owned(), "refs".to_owned());
    compare("held_by", format!("{:?}", refs(&exposure["held_by"])), refs_of(&expected.held_by));
    compare("reachable_from", format!("{:?}", refs(&exposure["reachable_from"])), refs_of(&expected.reachable_from));
    compare("paths", format!("{:?}", paths.iter().collect::<std::collections::BTreeSet<_>>()), format!("{:?}", expected.paths));
    if !paths.first().is_some_and(|first| expected.first_paths.contains(first)) || !paths.iter().skip(1).is_sorted() {
        wrong.push(format!("paths {paths:?} do not begin with one of {:?}, or the others are not sorted", expected.first_paths));
    }
    wrong
}

/// Runs `check` on every token of a number of histories and fails with all that it says.
#[track_caller]
fn for_every_token(check: impl Fn(&Oracle<'_>, &Findings, &str) -> Vec<String>) {
    let mut wrong = Vec::new();
    for seed in 0..SEEDS {
        let repository = History::new(seed, COMMITS).repository();
        let findings = Findings::of(&repository.scan(&[]).ends_with(1));
        let oracle = Oracle::of(&repository);
        for token in 0..TOKENS {
            let found = check(&oracle, &findings, &planted(token));
            wrong.extend(found.into_iter().map(|wrong| format!("seed {seed}, token {token}: {wrong}")));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn exposure_is_what_git_says() {
    for_every_token(|oracle, findings, token| match (findings.of_token(token), oracle.expected(token)) {
        (Some(finding), Some(expected)) => mismatches(&finding["exposure"], &expected),
        (None, None) => Vec::new(),
        (None, Some(_)) => vec!["not found".to_owned()],
        (Some(_), None) => vec!["found, and is nowhere".to_owned()],
    });
}

#[test]
fn each_place_names_the_first_commit_at_its_path_and_a_blob_that_holds_it() {
    for_every_token(|oracle, findings, token| {
        let Some(expected) = oracle.expected(token) else { return Vec::new() };
        let mut wrong = Vec::new();
        for place in list(&findings.of_token(token).expect("because it is somewhere")["locations"]) {
            let (path, blob, commit) = (text(&place["path"]), text(&place["blob"]), text(&place["commit"]));
            if !expected.blobs.contains(blob) {
                wrong.push(format!("{path}: blob {blob} does not hold it"));
            }
            let first = oracle.first_at(token, path);
            if first.as_deref() != Some(commit) {
                wrong.push(format!("{path}: commit is {commit}, not {first:?}"));
            }
        }
        wrong
    });
}

/// Items are objects of all four kinds; bytes are what git says that they have.
#[test]
fn coverage_counts_every_object_once() {
    let fixture = Fixture::new(&[]);
    let random = History::new(77, COMMITS).repository();
    for (name, repository) in [("fixture", &fixture.repository), ("random", &random)] {
        for (layout, change) in [("as it is", (|_| ()) as fn(&Repository)), ("packed", layout::one_pack)] {
            change(repository);
            let findings = Findings::of(&repository.scan(&[]).ends_with(1));
            let sizes = repository.git(&["cat-file", "--batch-all-objects", "--batch-check=%(objectsize)"]);
            let sizes: Vec<u64> = sizes.lines().map(|size| size.parse().expect("because git writes a number")).collect();
            assert_eq!(findings.items(), sizes.len() as u64, "{name}, {layout}");
            assert_eq!(findings.0["coverage"]["bytes"].as_u64(), Some(sizes.iter().sum()), "{name}, {layout}");
        }
    }
}
