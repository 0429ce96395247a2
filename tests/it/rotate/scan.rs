//! `keysieve scan --rotate`: from a scan to a delivered event in one command, and nothing where nothing is to be done.

use std::path::Path;
use std::process::Command;

use super::Desk;
use super::receiver::{Receiver, key};
use crate::support::{Folder, Said, assigned, keysieve_in, list};

/// A scan of `folder` with the configuration and the state file of `desk`.
pub fn scan(desk: &Desk, folder: &Folder, arguments: &[&str]) -> Command {
    let mut command = keysieve_in(&folder.path);
    command.arg("scan").args(arguments).env("HOOK_KEY", key()).env("USER", "ann");
    command.arg("--rotate").arg("--rotation-config").arg(desk.folder.path.join("rotation.yaml"));
    command.arg("--state").arg(desk.folder.path.join("state.sqlite"));
    command
}

#[track_caller]
fn said(desk: &Desk, folder: &Folder, arguments: &[&str], code: i32, summary: &str) {
    let said = Said::of(&mut scan(desk, folder, arguments)).ends_with(code);
    assert_eq!(said.stderr, if summary.is_empty() { String::new() } else { format!("keysieve: rotation: {summary}\n") });
}

fn has_state(desk: &Desk) -> bool {
    desk.folder.path.join("state.sqlite").exists()
}

#[test]
fn what_a_scan_finds_is_delivered_once_and_settled_when_it_is_gone() {
    let receiver = Receiver::new(|_| false, "");
    let desk = Desk::new(&receiver);
    let repository = Folder::committed();
    repository.write("a.env", assigned("scan")).commit_all();
    let plain = repository.scan(["--history"]).stdout;
    let followed = Said::of(&mut scan(&desk, &repository, &["--history", "--format", "json"])).ends_with(1);
    assert_eq!(followed.stdout, plain);
    assert_eq!(followed.stderr, "keysieve: rotation: 1 new exposure, 0 known; 1 event delivered\n");
    assert_eq!(receiver.accepted().len(), 1);
    said(&desk, &repository, &["."], 1, "0 new exposures, 1 known; 0 events delivered");
    said(&desk, &repository, &["--range", "HEAD"], 1, "0 new exposures, 1 known; 0 events delivered");
    repository.remove("a.env");
    said(&desk, &repository, &[".", "--quiet"], 0, "");
    repository.git(["commit", "--quiet", "--all", "--message", "gone"]);
    said(&desk, &repository, &["--history"], 1, "0 new exposures, 1 known; 0 events delivered");
    assert!(list(&desk.status()["exposures"]).iter().all(|row| row["gone"].is_string()));
    assert_eq!(receiver.accepted().values().map(|(_, times)| times).sum::<usize>(), 1);
    desk.run(&["verify-log"]).ends_with(0);
}

#[test]
fn an_incomplete_scan_settles_nothing() {
    let receiver = Receiver::new(|_| false, "");
    let desk = Desk::new(&receiver);
    let repository = Folder::committed();
    repository.write("a.env", assigned("incomplete")).commit_all();
    said(&desk, &repository, &["--history"], 1, "1 new exposure, 0 known; 1 event delivered");
    repository.git(["reset", "--quiet", "--hard", "HEAD~1"]);
    repository.git(["reflog", "expire", "--expire=now", "--all"]);
    repository.git(["gc", "--quiet", "--prune=now"]);
    let object = format!(".git/objects/aa/{}", "b".repeat(38));
    repository.write(&object, "no object");
    said(&desk, &repository, &["--history"], 3, "0 new exposures, 0 known; 0 events delivered");
    repository.remove(&object);
    said(&desk, &repository, &["--history"], 0, "0 new exposures, 0 known, 1 not found any more; 0 events delivered");
}

#[test]
fn without_findings_nothing_is_made_and_nobody_is_called() {
    let receiver = Receiver::new(|_| false, "");
    let desk = Desk::new(&receiver);
    let (clean, leaky) = (Folder::new(), Folder::new());
    clean.write("a.txt", "nothing\n");
    leaky.write("a.env", assigned("nothing"));
    said(&desk, &clean, &["."], 0, "");
    assert!(!has_state(&desk) && receiver.requests() == 0);
    said(&desk, &leaky, &["."], 1, "1 new exposure, 0 known; 1 event delivered");
    // The state file is opened for what may be gone, and nothing is due.
    let requests = receiver.requests();
    said(&desk, &clean, &["."], 0, "0 new exposures, 0 known; 0 events delivered");
    assert_eq!(receiver.requests(), requests);
}

#[test]
fn mistakes_are_told_before_the_scan() {
    let receiver = Receiver::new(|_| false, "");
    let desk = Desk::new(&receiver);
    let folder = Folder::new();
    folder.write("a.env", assigned("mistake"));
    let wrong = |command: &mut Command, text: &str| {
        let said = Said::of(command).ends_with(2);
        assert!(said.stdout.is_empty() && said.stderr.contains(text), "{text}: {said:?}");
        assert!(!has_state(&desk));
    };
    wrong(scan(&desk, &folder, &["."]).env_remove("HOOK_KEY"), "HOOK_KEY is not set");
    wrong(&mut scan(&desk, &folder, &[".", "--rotate-source", "a b"]), "--rotate-source");
    wrong(&mut scan(&desk, &folder, &["--staged"]), "what is staged is exposed to nobody yet");
    wrong(keysieve_in(&folder.path).args(["scan", "--rotate-strict"]), "--rotate");
    wrong(keysieve_in(&folder.path).args(["scan", "--state", "x"]), "--rotate");
    wrong(keysieve_in(&folder.path).args(["scan", "--rotate", "--rotation-config", "none.yaml"]), "there is no rotation configuration");
    desk.folder.write("rotation.yaml", "targets: [{name: t, url: 'http://example.org/', format: slack}]");
    wrong(&mut scan(&desk, &folder, &["."]), "plain http");
}

#[test]
fn what_cannot_be_delivered_changes_no_exit_code_but_with_strict() {
    let receiver = Receiver::new(|_| true, "");
    let desk = Desk::new(&receiver);
    let (clean, leaky) = (Folder::new(), Folder::new());
    clean.write("a.txt", "nothing\n");
    leaky.write("a.env", assigned("fails"));
    let said = Said::of(&mut scan(&desk, &leaky, &["."])).ends_with(1);
    assert!(said.stderr.contains("1 new exposure, 0 known; 0 events delivered, 1 failed"), "{said:?}");
    assert!(said.stderr.contains("target t: 1 failed so far: HTTP 500") && said.stderr.contains("`keysieve rotate deliver`"), "{said:?}");
    let second = Folder::new();
    second.write("b.env", assigned("fails too"));
    Said::of(&mut scan(&desk, &second, &[".", "--exit-zero"])).ends_with(0);
    let third = Folder::new();
    third.write("c.env", assigned("fails as well"));
    let said = Said::of(&mut scan(&desk, &third, &[".", "--rotate-strict"])).ends_with(2);
    assert!(said.stdout.contains("c.env"), "{said:?}");
    desk.folder.write("state.sqlite", "no database, but long enough to be taken for one by somebody ".repeat(40));
    let said = Said::of(&mut scan(&desk, &clean, &["."])).ends_with(0);
    assert!(said.stderr.contains("keysieve: rotation: ") && said.stderr.contains("damaged"), "{said:?}");
    Said::of(&mut scan(&desk, &clean, &[".", "--rotate-strict"])).ends_with(2);
    Said::of(&mut scan(&desk, &leaky, &["."])).ends_with(1);
}

#[test]
fn a_name_with_a_secret_in_it_is_masked_in_events() {
    let receiver = Receiver::new(|_| false, "");
    let desk = Desk::new(&receiver);
    let folder = Folder::new();
    let secret = crate::support::token("named");
    folder.write(Path::new(&format!("{secret}.env")), format!("T={secret}\n"));
    Said::of(&mut scan(&desk, &folder, &["."])).ends_with(1);
    let accepted = receiver.accepted();
    assert!(!accepted.is_empty() && accepted.values().all(|(body, _)| !body.contains(&secret)), "{accepted:?}");
}
