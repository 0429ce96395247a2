//! What reports say of findings that are excepted.

use serde_json::Value;

use crate::report_schema::{assert_fits, json_schema, sarif_schema};
use crate::support::{Folder, assigned, at, list, text, token};

const RULE: &str = "github.personal-access-token";

/// One secret that is excepted beside it, one in the baseline, one that is new.
fn mixed() -> Folder {
    let folder = Folder::repository();
    folder.write("known.env", assigned("known"));
    folder.keysieve(["baseline", "create"]).ends_with(0);
    folder.write("inline.env", format!("# keysieve:allow {RULE} reason=\"sample\"\n{}", assigned("inline")));
    folder.write("new.env", assigned("new"));
    folder
}

/// A report without what exceptions change.
fn plain(mut report: Value) -> Vec<Value> {
    let mut findings: Vec<Value> = ["findings", "suppressed"].iter().flat_map(|key| list(&report[*key].take()).to_vec()).collect();
    findings.iter_mut().for_each(|finding| drop(finding["status"].take()));
    findings.sort_by_key(ToString::to_string);
    findings
}

#[test]
fn suppressed_findings_are_counted_and_neither_listed_nor_held_against_the_scan() {
    let folder = mixed();
    let said = folder.keysieve(["scan", "."]).ends_with(1);
    assert!(said.stdout.contains("new.env:1:3") && said.stdout.contains("1 secret in 1 place"), "{said:?}");
    assert!(said.stdout.contains("2 suppressed by exceptions"), "{said:?}");
    assert!(!said.stdout.contains("known.env") && !said.stdout.contains("inline.env"), "{said:?}");
    folder.remove("new.env");
    let said = folder.keysieve(["scan", "."]).ends_with(0);
    assert!(said.stdout.starts_with("no secrets found · 2 suppressed by exceptions · "), "{said:?}");
}

#[test]
fn they_are_shown_with_reason_and_origin_when_asked_for() {
    let said = mixed().keysieve(["scan", "--show-suppressed", "."]).ends_with(1);
    assert!(said.stdout.contains("suppressed: sample (inline.env:1)"), "{said:?}");
    assert!(said.stdout.contains("suppressed: known when the baseline was made (keysieve-baseline.jsonl:2)"), "{said:?}");
}

#[test]
fn every_format_fits_its_schema_and_tells_them_apart() {
    let folder = mixed();
    let report = folder.scan(["."]).finds(&[&at("new.env")]).report();
    assert_fits(&json_schema(), &report);
    assert_eq!(list(&report["suppressed"]).len(), 2);
    let sarif = |arguments: &[&str]| {
        let log = folder.keysieve(["scan", "--format", "sarif"].iter().chain(arguments)).ends_with(1).report();
        assert_fits(&sarif_schema(), &log);
        log["runs"][0]["results"].clone()
    };
    assert_eq!(list(&sarif(&["."])).len(), 1);
    let all = sarif(&[".", "--show-suppressed"]);
    let kinds: Vec<&str> = list(&all).iter().map(|result| text(&result["suppressions"][0]["kind"])).collect();
    assert_eq!((kinds.len(), kinds[0]), (3, ""), "what counts comes first");
    assert!(kinds.contains(&"inSource") && kinds.contains(&"external"), "{kinds:?}");
    let lines = folder.keysieve(["scan", "--format", "jsonl", "."]).ends_with(1).stdout;
    let types: Vec<String> =
        lines.lines().map(|line| text(&serde_json::from_str::<Value>(line).expect("because it is JSON")["type"]).to_owned()).collect();
    assert_eq!(types, ["finding", "suppressed", "suppressed", "summary"]);
}

#[test]
fn suppression_changes_nothing_but_the_status() {
    let folder = mixed();
    folder.commit_all();
    for arguments in [&["."][..], &["--history"]] {
        let with = folder.scan(arguments).ends_with(1).report();
        let without = folder.scan(arguments.iter().chain(&["--no-baseline"])).ends_with(1).report();
        assert_eq!((list(&with["findings"]).len(), list(&without["findings"]).len()), (1, 2), "{arguments:?}");
        assert_eq!(plain(with), plain(without), "{arguments:?}");
    }
}

#[test]
fn no_secret_stands_in_what_is_said_of_exceptions() {
    let folder = Folder::repository();
    let secret = token("reason");
    folder.write(format!("{secret}.env"), format!("T={secret} # keysieve:allow {RULE} reason=\"it is {secret}\"\n"));
    for arguments in
        [&["--show-suppressed"][..], &["--format", "json"], &["--format", "sarif", "--show-suppressed"], &["--format", "jsonl"]]
    {
        let said = folder.keysieve(["scan", "."].iter().chain(arguments));
        assert!(!said.stdout.contains(&secret) && said.stdout.len() > 100, "{arguments:?}: {said:?}");
    }
    folder.write(format!("{secret}.env"), format!("T={secret}\n"));
    folder.keysieve(["baseline", "create"]).ends_with(0);
    assert!(!folder.read("keysieve-baseline.jsonl").contains(&secret));
    for command in [&["baseline", "diff"][..], &["exceptions"], &["exceptions", "--format", "json"]] {
        let said = folder.keysieve(command).ends_with(0);
        assert!(!said.stdout.contains(&secret), "{command:?}: {said:?}");
    }
}
