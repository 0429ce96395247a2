use serde_json::Value;

use crate::support::{Folder, Said, assigned, list, text, token};

/// A folder of reports, each of a repository of its own that holds these files.
fn reports(repositories: &[(&str, &[(&str, String)])]) -> Folder {
    let folder = Folder::new();
    for (name, files) in repositories {
        let repository = Folder::repository();
        for (path, content) in *files {
            repository.write(path, content);
        }
        repository.commit_all();
        folder.write(name, repository.scan(["."]).stdout);
    }
    folder
}

fn compare(folder: &Folder, arguments: &[&str]) -> Said {
    folder.keysieve([&["report", "compare"], arguments].concat())
}

fn three() -> Folder {
    reports(&[
        ("shop.json", &[("a.env", assigned("both")), ("b.env", assigned("shop"))]),
        ("api.json", &[("src/x.py", assigned("both")), ("c.env", assigned("both")), (".env", "DB_PASSWORD=".to_owned() + &token("api"))]),
        ("web.json", &[("README", "nothing\n".to_owned()), (".env", "DB_PASSWORD=".to_owned() + &token("web"))]),
    ])
}

#[test]
fn a_secret_of_two_repositories_is_shown_with_its_places_and_without_its_bytes() {
    let folder = three();
    let said = compare(&folder, &["shop.json", "api.json", "web.json"]).ends_with(1);
    for part in [
        "  github.personal-access-token  ghp_",
        "      | shop.json  a.env:1\n",
        "      | api.json   c.env:1, src/x.py:1\n",
        "1 secret is in more than one of 3 reports\n",
        "  shop.json  2 secrets, 1 only there\n",
        "  web.json   1 secret, 1 only there\n",
    ] {
        assert!(said.stdout.contains(part), "{part}: {}", said.stdout);
    }
    assert!(!said.stdout.contains(&token("both")) && said.stderr.is_empty(), "{said:#?}");
}

#[test]
fn json_says_the_same() {
    let folder = three();
    let said = compare(&folder, &["shop.json", "api.json", "--format", "json"]).ends_with(1);
    let document: Value = serde_json::from_str(&said.stdout).expect("because it is JSON");
    let shared = list(&document["shared"]);
    assert_eq!((document["version"].as_u64(), shared.len()), (Some(1), 1));
    let report: Value = serde_json::from_str(&folder.read("shop.json")).expect("because it is JSON");
    let fingerprints: Vec<&str> = list(&report["findings"]).iter().map(|finding| text(&finding["fingerprint"])).collect();
    assert!(fingerprints.contains(&text(&shared[0]["fingerprint"])));
    assert_eq!(list(&shared[0]["reports"]).iter().map(|own| own["place_count"].as_u64()).collect::<Vec<_>>(), [Some(1), Some(2)]);
    assert_eq!((document["reports"][0]["secrets"].as_u64(), document["reports"][0]["only_here"].as_u64()), (Some(2), Some(1)));
}

#[test]
fn nothing_shared_is_fine_and_env_files_are_no_secret() {
    let folder = three();
    let said = compare(&folder, &["api.json", "web.json"]).ends_with(0);
    assert!(said.stdout.starts_with("no secret is in both reports\n"), "{said:#?}");
    assert!(folder.read("api.json").contains("policy.env-file") && folder.read("web.json").contains("policy.env-file"));
}

#[test]
fn what_is_excepted_everywhere_is_counted_only() {
    let folder = three();
    let repository = Folder::repository();
    repository.write("a.env", assigned("both")).write("keysieve.yaml", "exceptions:\n  - path: a.env\n");
    folder.write("x.json", repository.scan(["."]).stdout);
    folder.write("y.json", repository.scan(["."]).stdout);
    let said = compare(&folder, &["x.json", "y.json"]).ends_with(0);
    assert!(said.stdout.contains("every report that has them excepts them"), "{said:#?}");
    let said = compare(&folder, &["x.json", "shop.json"]).ends_with(1);
    assert!(said.stdout.contains("a.env:1 (excepted there)"), "{said:#?}");
}

#[test]
fn what_cannot_be_compared_is_an_error() {
    let folder = three();
    let other_key = {
        let mut report: Value = serde_json::from_str(&folder.read("shop.json")).expect("because it is JSON");
        report["tool"]["fingerprints"]["keyed_by"] = "0".repeat(16).into();
        report.to_string()
    };
    folder.write("key.json", other_key).write("empty.json", "").write("other.json", "{\"findings\": []}");
    folder.write("lines.json", three().keysieve(["scan", "--format", "jsonl", "."]).stdout);
    for (arguments, expected) in [
        (&["shop.json", "key.json"][..], "shop.json and key.json were made with different fingerprint keys"),
        (&["shop.json", "empty.json"], "cannot use empty.json: it is no JSON (line 1)"),
        (&["shop.json", "other.json"], "cannot use other.json: it is no JSON report of keysieve: `keysieve scan --format json` writes one"),
        (&["shop.json", "lines.json"], "cannot use lines.json: it is damaged"),
        (&["shop.json", "absent.json"], "cannot read absent.json: No such file or directory"),
        (&["shop.json", "."], "cannot read .:"),
        (&["shop.json", "./shop.json"], "./shop.json is named twice"),
        (&["shop.json"], "2 values required"),
        (&[], "required"),
    ] {
        let said = compare(&folder, arguments).ends_with(2);
        assert!(said.stderr.contains(expected) && said.stdout.is_empty(), "{arguments:?}: {said:#?}");
    }
}

#[test]
fn an_incomplete_report_is_told() {
    let folder = three();
    let mut report: Value = serde_json::from_str(&folder.read("web.json")).expect("because it is JSON");
    report["coverage"]["incomplete"] = serde_json::json!([{ "what": "a", "why": "b", "remedy": "c" }]);
    folder.write("web.json", report.to_string());
    let said = compare(&folder, &["api.json", "web.json"]).ends_with(0);
    assert!(said.stderr.contains("web.json: not everything was scanned"), "{said:#?}");
}
