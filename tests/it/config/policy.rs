//! What a configuration asks of exceptions, and who may lift it.

use super::with_env;
use crate::support::{Folder, NOTHING, Said, assigned, at, list, text};

const LAX: &str = "policy: {require_reason: false, require_expiry: false, require_approval: false, max_expiry_days: 36500}\n";

/// A repository with one secret, and one exception for it in its configuration.
fn excepted(policy: &str, terms: &str) -> Folder {
    let folder = Folder::repository();
    folder.write("CODEOWNERS", "* @lead\n").commit_all().git(["config", "user.email", "b@example.org"]);
    folder.write("docs/a.md", assigned("a"));
    folder.write("keysieve.yaml", format!("{policy}exceptions:\n  - path: docs/\n{terms}"));
    folder
}

/// `days` from today, as a key of an exception.
fn expires(days: i64) -> String {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("because it is later than 1970").as_secs();
    let day = keysieve::exceptions::Day::at(i64::try_from(now).expect("because it is now") + days * 86_400);
    format!("    expires: {day}\n")
}

#[test]
fn an_exception_that_lacks_what_is_asked_hides_nothing_and_says_why() {
    let soon = expires(20);
    for (policy, lacking, enough, why) in [
        ("require_reason: true", String::new(), "    reason: samples\n".to_owned(), "gives no reason"),
        ("require_reason: true", "    reason: ' '\n".to_owned(), "    reason: samples\n".to_owned(), "gives no reason"),
        ("require_expiry: true", String::new(), soon.clone(), "names no day"),
        ("max_expiry_days: 30", String::new(), soon.clone(), "names no day"),
        ("max_expiry_days: 30", expires(40), soon, "later than the 30 days that the policy allows"),
        ("require_approval: true", String::new(), "    approved_by: '@lead'\n".to_owned(), "was approved by nobody"),
    ] {
        let policy = format!("policy: {{{policy}}}\n");
        let folder = excepted(&policy, &lacking);
        let said = folder.scan(NOTHING).finds(&[&at("docs/a.md")]);
        let note = said.report()["findings"][0]["status"]["notes"][0].to_string();
        assert!(note.contains("keysieve.yaml:3: the exception for docs/ hides nothing: it ") && note.contains(why), "{note}");
        let listed = folder.keysieve(["exceptions", "--expired"]).ends_with(0).stdout;
        assert!(listed.contains("keysieve.yaml:3  docs/") && listed.contains(why), "{listed}");
        folder.keysieve(["scan", "--strict-exceptions"]).ends_with(1);
        excepted(&policy, &enough).scan(NOTHING).finds(&[]);
    }
}

#[test]
fn comments_are_held_to_it_as_well() {
    let folder = Folder::committed();
    let marked = format!("# keysieve:allow github.personal-access-token reason=\"sample\"\n{}", assigned("a"));
    folder.write("a.env", marked).scan(NOTHING).finds(&[]);
    folder.write("keysieve.yaml", "policy: {require_approval: true}\n").scan(NOTHING).finds(&[&at("a.env")]);
}

#[test]
fn a_repository_cannot_lift_what_the_user_asks_for() {
    let user = Folder::new();
    let home = user.path.display().to_string();
    let run = |folder: &Folder, arguments: &[&str]| -> Said { with_env(folder, &[("XDG_CONFIG_HOME", home.as_str())], arguments) };
    for asked in ["require_reason: true", "require_expiry: true", "require_approval: true", "max_expiry_days: 30"] {
        user.write("keysieve/config.yaml", format!("policy: {{{asked}}}\n"));
        let folder = excepted(LAX, "");
        run(&folder, &["scan", "--format", "json"]).finds(&[&at("docs/a.md")]);
        let shown = run(&folder, &["config", "show", "--origin"]).ends_with(0).stdout;
        let line = shown.lines().find(|line| line.starts_with(&format!("policy.{asked}"))).unwrap_or_else(|| panic!("{asked}: {shown}"));
        assert!(line.contains("keysieve/config.yaml:1:"), "{line}");
        // Neither with another name, if it is one of its own files.
        run(&folder, &["scan", "--config", "keysieve.yaml", "--format", "json"]).finds(&[&at("docs/a.md")]);
    }
    // It can ask for more, and who scans can name a file of their own.
    user.write("keysieve/config.yaml", "policy: {max_expiry_days: 30}\n");
    let folder = excepted("policy: {max_expiry_days: 10, require_reason: true}\n", &expires(20));
    let shown = run(&folder, &["config", "show"]).ends_with(0).stdout;
    assert!(shown.contains("policy.max_expiry_days: 10\n") && shown.contains("policy.require_reason: true\n"), "{shown}");
    user.write("keysieve/config.yaml", "policy: {require_reason: true}\n");
    user.write("own.yaml", "policy: {require_reason: false}\nexceptions: [{path: docs/}]\n");
    run(&folder, &["scan", "--config", &format!("{home}/own.yaml"), "--format", "json"]).finds(&[]);
}

#[test]
fn wrong_values_are_told_with_their_place() {
    let folder = Folder::committed();
    for (config, expected) in [
        ("policy: x\n", "1:9: `policy` takes a map, not a text\n"),
        ("policy: {require_reasn: true}\n", "1:10: unknown key `require_reasn` in `policy`\n"),
        ("policy: {require_reason: yes}\n", "1:26: `policy.require_reason` takes true or false, not a text\n"),
        ("policy: {require_reason: 1}\n", "1:26: `1` is neither true nor false\n"),
        ("policy: {max_expiry_days: 0}\n", "1:27: `0` is no number of days\n"),
        ("policy: {max_expiry_days: true}\n", "1:27: `true` is no number of days\n"),
        ("policy: {max_expiry_days: soon}\n", "1:27: `policy.max_expiry_days` takes a number of days, not a text\n"),
        ("policy:\n  require_reason:\n", "2:3: `policy.require_reason` has no value\n"),
    ] {
        let said = folder.write("keysieve.yaml", config).keysieve(["scan"]).ends_with(2);
        assert!(said.stderr.contains(&format!("keysieve.yaml:{expected}")), "{config:?}: {said:?}");
    }
}

#[test]
fn both_are_shown_as_they_are_in_force() {
    let folder = excepted("policy: {require_reason: true}\n", "    reason: samples\n");
    let shown = folder.keysieve(["config", "show", "--origin"]).ends_with(0).stdout;
    for line in ["policy.require_reason: true", "policy.require_expiry: false", "  - {path: \"docs/\", reason: \"samples\"}"] {
        assert!(shown.lines().any(|own| own.starts_with(line)), "{shown}");
    }
    let json = folder.keysieve(["config", "show", "--format", "json"]).ends_with(0).report();
    let value = |key: &str| list(&json["settings"]).iter().find(|own| text(&own["key"]) == key).map(|own| own["value"].clone());
    assert_eq!(value("policy.require_reason"), Some(true.into()));
    assert_eq!(value("exceptions"), Some(serde_json::json!([{ "path": "docs/", "reason": "samples" }])));
}
