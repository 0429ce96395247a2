//! A team with old secrets switches keysieve on today.

use crate::support::{Folder, assigned, at, list, text, token};

const FILE: &str = "keysieve-baseline.jsonl";

fn old() -> Folder {
    let folder = Folder::repository();
    folder.write("a.env", assigned("a")).write("deep/b.env", assigned("b")).write("README", "none\n");
    folder
}

fn known() -> Folder {
    let folder = old();
    folder.keysieve(["baseline", "create"]).ends_with(0);
    folder
}

#[test]
fn what_is_known_is_not_reported_and_what_is_new_is() {
    let folder = old();
    folder.scan(["."]).finds(&[&at("a.env"), &at("deep/b.env")]);
    let said = folder.keysieve(["baseline", "create"]).ends_with(0);
    assert!(said.stdout.ends_with("keysieve-baseline.jsonl: 2 known credentials\n"), "{said:?}");
    folder.scan(["."]).finds(&[]);
    folder.write("a.env", assigned("a") + &assigned("new")).scan(["."]).finds(&[&at("a.env")]);
}

#[test]
fn it_is_used_in_every_scan_and_from_every_folder() {
    let folder = known();
    folder.commit_all();
    folder.scan(["--history"]).finds(&[]);
    folder.scan(["--range", "HEAD"]).finds(&[]);
    folder.scan(["deep"]).finds(&[]);
    folder.scan_stdin(assigned("a").as_bytes(), ["--path", "x"]).finds(&[]);
    folder.write("c.env", assigned("a"));
    folder.git(["add", "--all"]);
    folder.scan(["--staged"]).finds(&[]);
    let mut below = crate::support::keysieve_in(&folder.path.join("deep"));
    crate::support::Said::of(below.args(["scan", "--format", "json"])).finds(&[]);
    folder.scan([".", "--no-baseline"]).finds(&[&at("a.env"), &at("c.env"), &at("deep/b.env")]);
}

#[test]
fn another_file_can_be_named() {
    let folder = old();
    folder.keysieve(["baseline", "create", "--baseline", "known/list.jsonl"]).ends_with(2);
    folder.write("known/x", "").keysieve(["baseline", "create", "--baseline", "known/list.jsonl"]).ends_with(0);
    folder.scan(["."]).finds(&[&at("a.env"), &at("deep/b.env")]);
    folder.scan([".", "--baseline", "known/list.jsonl"]).finds(&[]);
    let said = folder.keysieve(["scan", ".", "--baseline", "none.jsonl"]).ends_with(2);
    assert!(said.stderr.contains("none.jsonl: there is no such baseline"), "{said:?}");
}

#[test]
fn a_known_secret_may_move_and_its_lines_may_change() {
    let folder = known();
    folder.write("moved/c.env", format!("\n\n  export {}", assigned("a"))).remove("a.env");
    folder.scan(["."]).finds(&[]);
}

#[test]
fn it_is_sorted_and_holds_no_lines_no_dates_and_no_secret() {
    let folder = known();
    let content = folder.read(FILE);
    let lines: Vec<serde_json::Value> = content.lines().map(|line| serde_json::from_str(line).expect("because it is JSON")).collect();
    let keys = |at: usize| lines[at].as_object().expect("because it is an object").keys().cloned().collect::<Vec<_>>();
    assert_eq!(keys(0), ["keysieve_baseline", "salt_hex", "scan"]);
    assert_eq!(keys(1), ["hash", "paths", "rule"]);
    assert!(text(&lines[1]["hash"]) < text(&lines[2]["hash"]), "{content}");
    assert!(!content.contains(&token("a")) && !content.contains(&token("b")));
    // Neither does it hold what every report says of a secret.
    let report = folder.scan([".", "--no-baseline"]).ends_with(1).report();
    for finding in list(&report["findings"]) {
        assert!(!content.contains(text(&finding["secret"]["digest"])), "{content}");
    }
}

#[test]
fn each_repository_has_a_salt_of_its_own() {
    let (one, other) = (known().read(FILE), known().read(FILE));
    assert_ne!(one.lines().next(), other.lines().next());
    assert_ne!(one.lines().nth(1), other.lines().nth(1));
}

#[test]
fn it_is_no_finding_itself() {
    let folder = known();
    folder.scan([FILE, "--no-baseline", "--min-confidence", "low"]).finds(&[]);
}

#[test]
fn update_adds_and_keeps_what_people_wrote_and_changes_nothing_else() {
    let folder = known();
    let content =
        folder.read(FILE).replace("\"paths\":[\"a.env\"]", "\"paths\":[\"a.env\"],\"reason\":\"revoked\",\"owner\":\"@org/team\"");
    folder.write(FILE, &content);
    folder.keysieve(["baseline", "update"]).ends_with(0);
    assert_eq!(folder.read(FILE), content);
    folder.write("c.env", assigned("c"));
    let said = folder.keysieve(["baseline", "update"]).ends_with(0);
    assert!(said.stdout.ends_with(": 1 added, 3 known credentials\n"), "{said:?}");
    let after = folder.read(FILE);
    assert!(content.lines().all(|line| after.lines().any(|own| own == line)), "{after}");
    folder.scan(["."]).finds(&[]);
}

#[test]
fn diff_shows_what_is_new_and_what_is_gone_and_prune_forgets_that() {
    let folder = known();
    assert_eq!(folder.keysieve(["baseline", "diff"]).ends_with(0).stdout, "0 new, 0 gone, 2 known\n");
    folder.remove("a.env").write("c.env", assigned("c"));
    let said = folder.keysieve(["baseline", "diff"]).ends_with(1);
    let expected = "new   github.personal-access-token  c.env\ngone  github.personal-access-token  a.env\n1 new, 1 gone, 2 known\n";
    assert_eq!(said.stdout, expected);
    let json = folder.keysieve(["baseline", "diff", "--json"]).ends_with(1).report();
    assert_eq!((text(&json["new"][0]["paths"][0]), text(&json["gone"][0]["paths"][0])), ("c.env", "a.env"));
    let said = folder.keysieve(["baseline", "prune"]).ends_with(0);
    assert!(said.stdout.ends_with(": 1 removed, 1 known credential\n"), "{said:?}");
    folder.write("a.env", assigned("a")).scan(["."]).finds(&[&at("a.env"), &at("c.env")]);
}

#[test]
fn what_a_comment_excepts_does_not_go_into_it() {
    let folder = Folder::repository();
    folder.write("a.env", format!("# keysieve:allow github.personal-access-token reason=\"sample\"\n{}", assigned("a")));
    folder.keysieve(["baseline", "create"]).ends_with(0);
    assert_eq!(folder.read(FILE).lines().count(), 1);
}

#[test]
fn one_of_the_history_knows_what_is_no_longer_in_the_tree() {
    let folder = old();
    folder.commit_all().remove("a.env").commit_all();
    folder.keysieve(["baseline", "create", "--history"]).ends_with(0);
    folder.scan(["--history"]).finds(&[]);
    // It stays one of the history.
    folder.keysieve(["baseline", "prune"]).ends_with(0);
    folder.keysieve(["scan", "--history", "--strict-exceptions"]).ends_with(0);
    assert_eq!(folder.keysieve(["baseline", "diff"]).ends_with(0).stdout, "0 new, 0 gone, 2 known\n");
}

#[test]
fn commands_work_from_a_folder_below_and_on_a_named_repository() {
    let folder = old();
    let mut below = crate::support::keysieve_in(&folder.path.join("deep"));
    crate::support::Said::of(below.args(["baseline", "create"])).ends_with(0);
    assert!(folder.read(FILE).contains("\"deep/b.env\""));
    let elsewhere = Folder::new();
    let path = folder.path.to_string_lossy().into_owned();
    assert_eq!(elsewhere.keysieve(["baseline", "diff", &path]).ends_with(0).stdout, "0 new, 0 gone, 2 known\n");
    elsewhere.scan([&path]).finds(&[]);
    let said = elsewhere.keysieve(["baseline", "create"]).ends_with(2);
    assert!(said.stderr.contains("name the file with --baseline"), "{said:?}");
}
