//! Wrong input: a clear word, exit code 2, nothing sent and nothing lost.

use super::Desk;
use super::receiver::Receiver;
use crate::support::{Folder, Said, assigned, keysieve_in};

fn desk() -> (Receiver, Desk) {
    let receiver = Receiver::new(|_| false, "");
    let desk = Desk::new(&receiver);
    (receiver, desk)
}

#[track_caller]
fn says(said: Said, texts: &[&str]) {
    let said = said.ends_with(2);
    assert!(texts.iter().all(|text| said.stderr.contains(text)), "{texts:?}: {}", said.stderr);
}

#[test]
fn reports_that_are_none() {
    let (_receiver, desk) = desk();
    says(desk.run(&["enqueue", "none.json"]), &["none.json", "no such report"]);
    desk.folder.write("found.sarif", "{\"version\": \"2.1.0\", \"runs\": []}").write("empty", "");
    says(desk.run(&["enqueue", "found.sarif"]), &["found.sarif", "keysieve scan --format json"]);
    says(desk.run(&["enqueue", "empty"]), &["it is empty"]);
    assert!(!desk.folder.path.join("state.sqlite").exists());
}

#[test]
fn configurations_that_cannot_be_used() {
    let (receiver, desk) = desk();
    let repository = Folder::new();
    repository.write("a.env", assigned("refused"));
    desk.enqueue(&repository, &["."]);
    let check = |text: &str| {
        desk.folder.write("rotation.yaml", text);
        desk.run(&["config", "check", "--rotation-config", "rotation.yaml"])
    };
    says(check("targets: [{name: t, url: 'http://example.org/', format: slack}]"), &["rotation.yaml:1:26", "plain http"]);
    says(check("targets: [{name: t, url: 'https://example.org/', format: jira}]"), &["there is no `jira`", "`keysieve`"]);
    says(check("targets: [{name: t, url: {env: NOT_SET}, format: slack}]"), &["target `t`", "NOT_SET is not set"]);
    let url = format!("http://{}/hook", receiver.address);
    let key = super::receiver::key();
    let secret = format!("targets: [{{name: t, url: '{url}', format: keysieve, signing_keys: ['{key}']}}]");
    for said in [check(&secret), desk.run(&["deliver"])] {
        assert!(!said.stderr.contains(&key) && !said.stdout.contains(&key), "{said:?}");
        says(said, &["rotation.yaml:1:", "cannot stand in this file", "{env: NAME}", "{file: PATH}"]);
    }
    let short = format!("targets: [{{name: t, url: '{url}', format: keysieve, signing_keys: [{{file: key}}]}}]");
    desk.folder.write("key", "hunter2\n");
    let said = check(&short);
    assert!(!said.stderr.contains("hunter2"), "{}", said.stderr);
    says(said, &["whsec_"]);
    says(desk.run(&["deliver"]), &["whsec_"]);
    assert!(receiver.accepted().is_empty());
    assert!(check(&short.replace("{file: key}", "{env: HOOK_KEY}")).ends_with(0).stdout.contains("fine; t (keysieve)"));
    desk.run(&["deliver"]).ends_with(0);
    assert_eq!(receiver.accepted().len(), 1);
}

#[test]
fn state_files_that_cannot_be_used() {
    let (_receiver, desk) = desk();
    for command in ["status", "dead-letters", "check", "verify-log"] {
        says(desk.run(&[command]), &["state.sqlite", "there is no state file yet"]);
    }
    desk.folder.write("state.sqlite", "this is no database, but it is long enough to be taken for one by somebody ".repeat(20));
    says(desk.run(&["status"]), &["state.sqlite", "damaged"]);
    says(desk.run(&["deliver"]), &["damaged"]);
}

#[test]
fn ids_that_mean_nothing() {
    let (_receiver, desk) = desk();
    let repository = Folder::new();
    repository.write("a.env", assigned("ids"));
    desk.enqueue(&repository, &["."]);
    says(desk.run(&["ack", "0123456789"]), &["is not in the state file"]);
    says(desk.run(&["ack", "%"]), &["is no id"]);
    says(desk.run(&["close", "0123456789", "--rotated-at", "soon"]), &["2026-01-31"]);
    says(desk.run(&["deliver", "--target", "u"]), &["no target `u`"]);
    let nobody = Said::of(desk.command(&["ack", "0123456789"]).env_remove("USER"));
    says(nobody, &["--by"]);
}

#[test]
fn a_log_that_was_changed_is_told_and_nothing_is_lost() {
    let (receiver, desk) = desk();
    let repository = Folder::new();
    repository.write("a.env", assigned("log"));
    desk.enqueue(&repository, &["."]);
    let whole = desk.folder.read("state.sqlite.audit.jsonl");
    let cut: String = whole.lines().take(1).map(|line| format!("{line}\n")).collect();
    desk.folder.write("state.sqlite.audit.jsonl", &cut);
    let said = desk.run(&["verify-log"]).ends_with(1).stdout;
    assert!(said.contains(":2: entries at the end are gone"), "{said}");
    says(desk.run(&["deliver"]), &["was changed from outside"]);
    assert_eq!(receiver.accepted().len(), 1, "what could be delivered was");
    desk.folder.write("state.sqlite.audit.jsonl", &whole);
    desk.run(&["deliver"]).ends_with(0);
    assert_eq!(desk.folder.read("state.sqlite.audit.jsonl").lines().count(), 3);
    desk.run(&["verify-log"]).ends_with(0);
}

#[test]
fn a_damaged_log_is_kept_and_the_new_one_says_what_was_wrong_with_it() {
    let (_receiver, desk) = desk();
    desk.folder.write("report.json", Folder::new().scan(["."]).stdout);
    desk.run(&["enqueue", "report.json"]).ends_with(0);
    assert!(desk.run(&["new-log"]).ends_with(1).stdout.contains("no audit log yet"));
    let repository = Folder::new();
    repository.write("a.env", assigned("damaged"));
    desk.enqueue(&repository, &["."]);
    desk.run(&["new-log"]).ends_with(0);
    let said = desk.run(&["verify-log"]).ends_with(0).stdout;
    assert_eq!(said.lines().filter(|line| line.contains("nothing changed or taken out")).count(), 2, "{said}");
    desk.run(&["deliver"]).ends_with(0);
    let changed = desk.folder.read("state.sqlite.audit.jsonl").replace("ann", "eve");
    desk.folder.write("state.sqlite.audit.jsonl", changed);
    assert!(desk.run(&["verify-log"]).ends_with(1).stdout.contains("keysieve rotate new-log"));
    let said = desk.run(&["rotate-log", "--by", "bea"]).ends_with(0).stdout;
    assert!(said.contains("1 entries were fine, then line 2"), "{said}");
    let said = desk.run(&["verify-log"]).ends_with(0).stdout;
    assert!(said.contains("damaged, as was noted") && said.lines().count() == 3, "{said}");
    // An older log that is not there is not taken for one that is fine.
    let first = said.split(": ").next().unwrap_or_default();
    desk.folder.remove(first);
    assert!(desk.run(&["verify-log"]).ends_with(3).stdout.contains("it is not there, and had 2 entries"));
    let id = desk.status()["exposures"][0]["fingerprint"].as_str().unwrap_or_default().to_owned();
    let evidence = desk.run(&["export", &id, "--evidence"]).ends_with(0).stdout;
    assert!(evidence.contains("\"is_there\": false") && evidence.contains("delivered to t"), "{evidence}");
}

#[test]
fn help_names_every_command() {
    let said = Said::of(keysieve_in(&Folder::new().path).args(["rotate", "--help"])).ends_with(0).stdout;
    for command in [
        "enqueue",
        "deliver",
        "status",
        "show",
        "retry",
        "dead-letters",
        "ack",
        "close",
        "approve",
        "reject",
        "export",
        "verify-log",
        "new-log",
        "check",
        "config",
        "keys",
    ] {
        assert!(said.contains(&format!("  {command} ")), "{command}");
    }
}
