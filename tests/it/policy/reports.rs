//! What the formats say of a file, and what they do not: its content.

use keysieve::report::Format;

use super::{STORE, env_file, key_file, told};
use crate::report_schema::{assert_fits, json_schema, sarif_schema};
use crate::support::{Folder, expand, list, text, with_all_examples};

/// A value that no rule takes for a credential by itself: what is shown of it was shown by the finding about the file.
const VALUE: &str = "zq-vorn-hask-ulm";

fn folder() -> Folder {
    let folder = Folder::repository();
    folder.write(".env", format!("MASTER_PASSWORD_FILE=x\nDB_PASSWORD={VALUE}\n")).write("x/release.jks", STORE).commit_all();
    folder
}

#[test]
fn a_person_reads_the_path_and_why() {
    let said = folder().keysieve(["scan"]).ends_with(1);
    for words in
        ["high  policy.env-file  .env  medium confidence\n", "| Environment file\n", "| stored by git · ", "policy.keystore  x/release.jks"]
    {
        assert!(said.stdout.contains(words), "`{words}` is missing: {}", said.stdout);
    }
    assert!(said.stdout.contains("2 files that git should not store · 2 high"), "{}", said.stdout);
    assert!(!said.stdout.contains(":1:1"), "{}", said.stdout);
}

#[test]
fn nothing_of_the_content_is_shown_even_when_secrets_are() {
    let folder = Folder::repository();
    let sealed = key_file("shown");
    folder.write("x/server.key", &sealed).write(".env", format!("DB_PASSWORD={VALUE}\n")).commit_all();
    for mode in [&["."][..], &["--history"], &["--range", "HEAD"]] {
        for format in Format::ALL.map(Format::as_str) {
            for shown in [&[][..], &["--show-secrets"]] {
                let said = folder.keysieve(["scan", "--format", format].iter().chain(mode).chain(shown));
                assert!(said.stdout.contains("policy.env-file"), "{format} {mode:?}: {said:#?}");
            }
        }
        let said = folder.scan(["--show-secrets"].iter().chain(mode));
        for finding in super::files(&said) {
            assert!(finding["secret"].get("value").is_none(), "{finding:#}");
            assert!(!finding.to_string().contains(VALUE), "{finding:#}");
        }
    }
}

#[test]
fn all_kinds_of_files_fit_the_schemas() {
    let folder = with_all_examples();
    folder.git(["init", "--quiet"]);
    folder.commit_all();
    let (json, sarif) = (json_schema(), sarif_schema());
    for mode in [&["."][..], &["--history", "--no-cache"]] {
        let said = folder.scan(["--min-confidence", "low"].iter().chain(mode)).ends_with(1);
        assert_fits(&json, &said.report());
        for (_, entry) in keysieve::rules::RuleSet::builtin().iter().filter(|(_, entry)| entry.rule.path.is_some()) {
            let kind = entry.rule.id.trim_start_matches("policy.");
            for (number, file) in (1..).zip(entry.rule.examples.positive_files.iter()) {
                let place = format!("{}/{number}/{}: {kind}", entry.rule.id, file.path);
                assert!(told(&said).contains(&place), "{mode:?}: {place}");
            }
        }
        let said = folder.keysieve(["scan", "--format", "sarif"].iter().chain(mode));
        assert_fits(&sarif, &said.report());
        let rules = &said.report()["runs"][0]["tool"]["driver"]["rules"];
        let rule = list(rules).iter().find(|rule| text(&rule["id"]) == "policy.env-file").expect("because it has results");
        assert!(rule["properties"]["tags"].to_string().contains("cwe-540"), "{rule:#}");
    }
}

#[test]
fn a_secret_in_the_name_of_such_a_file_is_masked() {
    let folder = Folder::repository();
    let token = crate::support::token("named");
    folder.write(format!("{token}.jks"), STORE).write("a.txt", format!("T={token}\n")).commit_all();
    for mode in [&["."][..], &["--history"]] {
        for format in Format::ALL.map(Format::as_str) {
            let said = folder.keysieve(["scan", "--format", format].iter().chain(mode)).ends_with(1);
            assert!(said.stdout.contains("policy.keystore") && !said.stdout.contains(&token), "{format}: {said:#?}");
        }
    }
}

#[test]
fn a_purge_plan_is_about_secrets() {
    let folder = Folder::repository();
    folder.write("x/release.jks", STORE).commit_all();
    let out = Folder::new();
    let plan = out.path.join("plan").display().to_string();
    folder.keysieve(["purge-plan", "--out", &plan]).ends_with(0);
    folder.write("a.txt", format!("T={}\n", expand("{{github:ghp_}}", "purge"))).write(".env", env_file("purge")).commit_all();
    folder.keysieve(["purge-plan", "--out", &plan, "--force"]).ends_with(0);
    assert!(!out.read("plan/plan.json").contains("policy."));
}
