//! The fixture in every layout that git knows: each token is found, and labeled as the table says.

use serde_json::Value;

use super::findings::{Findings, all_shown, refs, strings};
use super::fixture::{Fixture, ROWS, Row};
use super::laws::layout;
use super::repository::Repository;
use crate::support::{list, text, token};

/// Everything in which `finding` is not what `row` says.
fn mismatches(row: &Row, finding: &Value) -> Vec<String> {
    let exposure = &finding["exposure"];
    let kinds: Vec<_> = list(&finding["locations"]).iter().map(|place| text(&place["kind"]).to_owned()).collect();
    let mut paths: Vec<_> = list(&finding["locations"]).iter().map(|place| text(&place["path"]).to_owned()).collect();
    let mut expected_paths: Vec<_> = row.paths.unwrap_or_default().iter().map(|path| (*path).to_owned()).collect();
    let mut wrong = Vec::new();
    let mut compare = |what: &str, is: String, expected: String| {
        if is != expected {
            wrong.push(format!("{}: {what} is {is}, not {expected}", row.name));
        }
    };
    let subject = |commit: &Value, expected: Option<&str>| match (commit.get("subject").map(text), expected) {
        (Some(subject), Some(expected)) if subject.starts_with(expected) => expected.to_owned(),
        (subject, _) => format!("{subject:?}"),
    };
    compare("kinds", format!("{kinds:?}"), format!("{:?}", vec![row.kind; kinds.len().max(1)]));
    for (what, expected) in [("first", row.first), ("last", row.last)] {
        compare(what, subject(&exposure[what], expected), expected.map_or("None".to_owned(), str::to_owned));
    }
    if row.paths.is_some() {
        compare("paths", format!("{:?}", strings(&exposure["paths"])), format!("{expected_paths:?}"));
    }
    if row.paths.is_some_and(|paths| !paths.is_empty()) {
        paths.sort();
        paths.dedup();
        expected_paths.sort();
        compare("paths of places", format!("{paths:?}"), format!("{expected_paths:?}"));
    }
    compare("reach", text(&exposure["reach"]).to_owned(), row.reach.to_owned());
    compare("in_head", exposure["in_head"].to_string(), row.in_head.to_string());
    compare("pushed", exposure["pushed"].to_string(), row.pushed.to_string());
    compare("commits", exposure["commits"].to_string(), row.commits.to_string());
    compare("blobs", exposure["blobs"].to_string(), row.blobs.to_string());
    compare("held_by", format!("{:?}", refs(&exposure["held_by"])), format!("{:?}", all_shown(row.held_by.iter().copied())));
    let reachable = format!("{:?}", all_shown(row.reachable_from.iter().copied()));
    compare("reachable_from", format!("{:?}", refs(&exposure["reachable_from"])), reachable);
    wrong
}

/// Fails unless the report of a scan has every row that `expected` makes of the table, as it makes it, and nothing else.
#[track_caller]
fn assert_table(what: &str, findings: &Findings, expected: impl Fn(Row) -> Option<Row>) {
    let rows: Vec<Row> = ROWS.iter().copied().filter_map(expected).collect();
    let mut wrong = Vec::new();
    for row in &rows {
        match findings.of_token(&token(row.name)) {
            Some(finding) => wrong.extend(mismatches(row, finding)),
            None => wrong.push(format!("{}: not found", row.name)),
        }
    }
    for row in ROWS.iter().filter(|row| rows.iter().all(|kept| kept.name != row.name)) {
        if findings.of_token(&token(row.name)).is_some() {
            wrong.push(format!("{}: found, and should not be", row.name));
        }
    }
    assert!(wrong.is_empty(), "{what}:\n{}", wrong.join("\n"));
    assert_eq!(findings.len(), rows.len(), "{what}: findings that no row has");
    assert_eq!(findings.gaps(), [""; 0], "{what}");
}

#[track_caller]
fn scan(repository: &Repository) -> Findings {
    Findings::of(&repository.scan(&[]).ends_with(1))
}

#[test]
fn git_itself_has_every_token_in_every_layout() {
    let fixture = Fixture::new(&[]);
    let objects = fixture.repository.objects();
    for (name, change) in layout::ALL {
        change(&fixture.repository);
        assert_eq!(fixture.repository.objects(), objects, "{name}");
        let content = fixture.repository.git_with_input(&["cat-file", "--batch-all-objects", "--batch"], b"");
        // UTF-16 without its zeros is the text.
        let content: Vec<u8> = content.into_iter().filter(|byte| *byte != 0).collect();
        for row in ROWS {
            assert!(memchr::memmem::find(&content, token(row.name).as_bytes()).is_some(), "{name}: {} is not there", row.name);
        }
        let said = fixture.repository.git(&["fsck", "--full"]);
        assert!(!said.contains("error") && !said.contains("missing"), "{name}: {said}");
    }
}

#[test]
fn every_place_in_loose_objects() {
    assert_table("loose", &scan(&Fixture::new(&[]).repository), Some);
}

#[test]
fn every_place_in_every_layout() {
    let fixture = Fixture::new(&[]);
    for (name, change) in layout::ALL {
        change(&fixture.repository);
        assert_table(name, &scan(&fixture.repository), Some);
    }
}

#[test]
fn every_place_with_long_ids() {
    let fixture = Fixture::new(&["--object-format=sha256"]);
    assert_table("sha256, loose", &scan(&fixture.repository), Some);
    layout::one_pack(&fixture.repository);
    assert_table("sha256, packed", &scan(&fixture.repository), Some);
}

#[test]
fn a_mirror_has_what_refs_reach() {
    let fixture = Fixture::new(&[]);
    let mirror = Repository::clone_of(&fixture.repository.path, &["--mirror"]);
    assert_table("mirror", &scan(&mirror), |row| row.cloned.then_some(row));
}

#[test]
fn a_clone_that_shares_objects_has_the_others_as_unreachable() {
    let fixture = Fixture::new(&[]);
    let shared = Repository::clone_of(&fixture.repository.path, &["--shared", "--mirror"]);
    let lost = |row| Row { reach: "unreachable", held_by: &[], reachable_from: &[], ..row };
    assert_table("shared", &scan(&shared), |row| {
        let row = if row.cloned { row } else { lost(row) };
        // Only an index names the path of a blob that no commit holds, and a clone has none.
        Some(if row.commits == 0 && row.kind == "blob" { Row { paths: Some(&[]), ..row } } else { row })
    });
}

#[test]
fn a_linked_worktree_has_a_head_of_its_own() {
    let fixture = Fixture::new(&[]);
    let said = fixture.repository.scan_in(&fixture.linked, &[]).ends_with(1);
    assert_table("linked worktree", &Findings::of(&said), |row| {
        let refs: &[&str] = if row.name == "linked" { &["HEAD"] } else { row.held_by };
        let reachable: &[&str] = if row.name == "linked" { &["HEAD"] } else { row.reachable_from };
        Some(Row { in_head: row.name == "linked", held_by: refs, reachable_from: reachable, ..row })
    });
}

#[test]
fn reachable_only_leaves_out_exactly_what_no_ref_reaches() {
    let fixture = Fixture::new(&[]);
    for change in [None, Some(layout::one_pack as fn(&Repository))] {
        change.inspect(|change| change(&fixture.repository));
        let said = fixture.repository.scan(&["--reachable-only"]).ends_with(1);
        assert_table("--reachable-only", &Findings::of(&said), |row| (row.reach == "refs").then_some(row));
    }
}

#[test]
fn each_place_is_named_by_its_blob_and_by_the_commit_that_brought_it() {
    let fixture = Fixture::new(&[]);
    let repository = &fixture.repository;
    let findings = scan(repository);
    for (name, commit, path) in [("head", "main", "head.env"), ("deleted", "main~4", "deleted.env"), ("moved", "main~1", "new.env")] {
        let finding = findings.of_token(&token(name)).unwrap_or_else(|| panic!("{name} is not found"));
        let place = list(&finding["locations"]).iter().find(|place| text(&place["path"]) == path);
        let place = place.unwrap_or_else(|| panic!("{name}: no place {path}: {finding:#}"));
        assert_eq!(text(&place["commit"]), repository.git(&["rev-parse", commit]), "{name}");
        assert_eq!(text(&place["blob"]), repository.git(&["rev-parse", &format!("{commit}:{path}")]), "{name}");
        assert_eq!(place["start"]["line"], 1, "{name}");
        assert_eq!(place["byte_range"]["start"], 2, "{name}");
    }
}
