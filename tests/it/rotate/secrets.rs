//! Secrets that are sent: encrypted for the receiver, or as they are where three places say so. Nowhere else is a byte of them.

use std::process::Command;

use age::secrecy::ExposeSecret as _;
use serde_json::Value;

use super::receiver::Receiver;
use super::scan::scan;
use super::{Desk, text};
use crate::support::{Folder, Said, assigned, token};

/// What the program `age` makes of `encrypted`; none where it is not installed, which is then told.
fn opened_by_age(identity: &age::x25519::Identity, encrypted: &str) -> Option<Vec<u8>> {
    let folder = Folder::new();
    folder.write("receiver.key", identity.to_string().expose_secret()).write("secret.age", encrypted);
    match Command::new("age").args(["--decrypt", "--identity", "receiver.key", "secret.age"]).current_dir(&folder.path).output() {
        Ok(output) => Some(output.stdout),
        Err(error) => {
            eprintln!("SKIPPED: there is no `age` on this machine, so its view of what is encrypted was not tested ({error})");
            None
        }
    }
}

/// A desk whose target has these further keys.
fn desk(receiver: &Receiver, more: &str) -> Desk {
    let desk = Desk::new(receiver);
    let config = desk.folder.read("rotation.yaml").replace("format: keysieve", &format!("format: keysieve, {more}"));
    desk.folder.write("rotation.yaml", config);
    desk
}

/// The only event that was accepted.
#[track_caller]
fn event(receiver: &Receiver) -> Value {
    let accepted = receiver.accepted();
    assert_eq!(accepted.len(), 1, "{accepted:?}");
    let (body, _) = accepted.values().next().expect("because there is one");
    assert!(body.len() < 20_000);
    serde_json::from_str(body).expect("because it is JSON")
}

/// Fails if a byte of the secret stands in a file of the desk, or is said by a command.
#[track_caller]
fn is_nowhere(desk: &Desk, secret: &str) {
    let mut names = Vec::new();
    for entry in std::fs::read_dir(&desk.folder.path).expect("because it is there") {
        let path = entry.expect("because it is there").path();
        let bytes = std::fs::read(&path).expect("because it is a file");
        assert!(!bytes.windows(secret.len()).any(|window| window == secret.as_bytes()), "{}", path.display());
        names.push(path.file_name().expect("because it has one").to_string_lossy().into_owned());
    }
    assert!(names.iter().any(|name| name == "state.sqlite"), "{names:?}");
    let fingerprint = text(&desk.status()["exposures"][0]["fingerprint"]).to_owned();
    for command in [&["status", "--all"][..], &["show", &fingerprint], &["export", &fingerprint], &["dead-letters"], &["verify-log"]] {
        let said = desk.run(command).ends_with(0);
        assert!(!said.stdout.contains(secret) && !said.stderr.contains(secret), "{command:?}");
    }
}

fn pair() -> (age::x25519::Identity, String) {
    let identity = age::x25519::Identity::generate();
    let recipient = identity.to_public().to_string();
    (identity, recipient)
}

#[test]
fn what_is_encrypted_is_read_by_its_receiver_alone() {
    let receiver = Receiver::new(|_| false, "");
    let (identity, recipient) = pair();
    let desk = desk(&receiver, &format!("include_secret: encrypted, recipient: {recipient}"));
    let folder = Folder::new();
    folder.write("a.env", assigned("encrypted"));
    let said = Said::of(&mut scan(&desk, &folder, &["."])).ends_with(1);
    assert_eq!(said.stderr, "keysieve: rotation: 1 new exposure, 0 known; 1 event delivered\n");
    let event = event(&receiver);
    let encrypted = text(&event["data"]["secret"]["encrypted"]);
    let opened = age::decrypt(&identity, encrypted.as_bytes()).expect("because it is for this key");
    assert_eq!(opened, token("encrypted").as_bytes());
    if let Some(opened) = opened_by_age(&identity, encrypted) {
        assert_eq!(opened, token("encrypted").as_bytes());
    }
    assert!(age::decrypt(&pair().0, encrypted.as_bytes()).is_err());
    assert!(!event.to_string().contains(&token("encrypted")));
    is_nowhere(&desk, &token("encrypted"));
    assert!(!desk.folder.path.join("state.sqlite.key").exists());
}

#[test]
fn what_is_sent_as_it_is_waits_for_the_flag_under_lock_and_is_erased_afterwards() {
    let secret = token("plain");
    // A receiver that repeats what it was told.
    let answer = format!("{{\"state\":\"acknowledged\",\"reason\":\"seen {secret} here\"}}");
    let receiver = Receiver::new(|_| false, answer.leak());
    let desk = desk(&receiver, "include_secret: plain");
    let folder = Folder::new();
    folder.write("a.env", assigned("plain"));
    let said = Said::of(&mut scan(&desk, &folder, &["."])).ends_with(1);
    assert!(!said.stdout.contains(&secret) && !said.stderr.contains(&secret));
    assert!(said.stderr.contains("`include_secret: plain`") && said.stderr.contains("--allow-plain-secrets"), "{said:?}");
    assert!(desk.run(&["deliver"]).ends_with(2).stderr.contains("--allow-plain-secrets"));
    assert_eq!((receiver.requests(), desk.status()["events"]["pending"].clone()), (0, 1.into()));
    is_nowhere(&desk, &secret);
    let key = desk.folder.path.join("state.sqlite.key");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(key.metadata().expect("because it was made").permissions().mode() & 0o777, 0o600);
    }
    assert!(desk.folder.read(&key).starts_with("AGE-SECRET-KEY-"));
    let sealed = || sealed(&desk);
    assert!(sealed().is_some_and(|bytes| bytes > 100) && has_age_file(&desk));
    desk.run(&["deliver", "--allow-plain-secrets"]).ends_with(0);
    assert_eq!(text(&event(&receiver)["data"]["secret"]["value"]), secret);
    assert_eq!((sealed(), desk.states()), (Some(0), vec!["acknowledged".to_owned()]));
    assert!(!has_age_file(&desk), "what was sealed is overwritten");
    is_nowhere(&desk, &secret);
    // With the flag the scan itself sends.
    folder.write("b.env", assigned("plain too"));
    let said = Said::of(&mut scan(&desk, &folder, &[".", "--allow-plain-secrets"])).ends_with(1);
    assert_eq!(said.stderr, "keysieve: rotation: 1 new exposure, 1 known; 1 event delivered\n");
    is_nowhere(&desk, &token("plain too"));
}

/// Whether the state file or its write-ahead log holds an age file anywhere, used or not.
fn has_age_file(desk: &Desk) -> bool {
    let files = ["state.sqlite", "state.sqlite-wal"].map(|name| std::fs::read(desk.folder.path.join(name)).unwrap_or_default());
    files.iter().any(|bytes| bytes.windows(18).any(|window| window == b"age-encryption.org"))
}

#[test]
fn a_secret_whose_key_is_gone_is_put_back_by_a_scan() {
    let receiver = Receiver::new(|_| false, "");
    let desk = desk(&receiver, "include_secret: plain");
    let folder = Folder::new();
    folder.write("a.env", assigned("key"));
    Said::of(&mut scan(&desk, &folder, &["."])).ends_with(1);
    desk.folder.remove("state.sqlite.key");
    desk.run(&["deliver", "--allow-plain-secrets"]).ends_with(1);
    let said = desk.run(&["dead-letters"]).ends_with(0).stdout;
    assert!(said.contains("cannot be opened") && said.contains("`keysieve scan --rotate`") && receiver.requests() == 0, "{said}");
    Said::of(&mut scan(&desk, &folder, &["."])).ends_with(1);
    desk.run(&["retry", "--target", "t"]).ends_with(0);
    desk.run(&["deliver", "--allow-plain-secrets"]).ends_with(0);
    assert_eq!(text(&event(&receiver)["data"]["secret"]["value"]), token("key"));
}

/// Bytes of the sealed secret of the first event; none if it has none.
fn sealed(desk: &Desk) -> Option<i64> {
    let state = rusqlite::Connection::open(desk.folder.path.join("state.sqlite")).expect("because it is there");
    state.query_row("SELECT length(sealed) FROM events ORDER BY seq LIMIT 1", [], |row| row.get(0)).expect("because there is one")
}

#[test]
fn a_saved_report_holds_no_secret_and_its_events_are_not_written_without() {
    let receiver = Receiver::new(|_| false, "");
    let desk = desk(&receiver, &format!("include_secret: encrypted, recipient: {}", pair().1));
    let folder = Folder::new();
    folder.write("a.env", assigned("saved"));
    for more in [&["."][..], &[".", "--show-secrets"]] {
        desk.folder.write("report.json", folder.scan(more).stdout);
        let said = desk.run(&["enqueue", "report.json"]).ends_with(0);
        assert!(said.stdout.contains("0 events to send") && said.stderr.contains("`keysieve scan --rotate`"), "{said:?}");
    }
    desk.folder.remove("report.json");
    let said = Said::of(&mut scan(&desk, &folder, &[".", "--rotate-source", "/elsewhere"])).ends_with(1);
    assert_eq!(said.stderr, "keysieve: rotation: 0 new exposures, 1 known; 1 event delivered\n");
    assert!(event(&receiver)["data"]["secret"]["encrypted"].is_string());
    is_nowhere(&desk, &token("saved"));
}

#[test]
fn who_is_told_what_is_checked() {
    let receiver = Receiver::new(|_| false, "");
    let (identity, recipient) = pair();
    let private = identity.to_string().expose_secret().to_owned();
    for (more, why) in [
        ("include_secret: encrypted", "needs the `recipient`"),
        (&*format!("recipient: {recipient}"), "nothing is encrypted"),
        (&*format!("include_secret: plain, recipient: {recipient}"), "nothing is encrypted"),
        ("include_secret: encrypted, recipient: age1abc", "is no age recipient"),
        (&*format!("include_secret: encrypted, recipient: {private}"), "is a private key"),
        ("include_secret: always", "there is no `always`"),
    ] {
        let said = desk(&receiver, more).run(&["config", "check", "--rotation-config", "rotation.yaml"]).ends_with(2);
        assert!(said.stderr.contains(why) && !said.stderr.contains(&private[..30]), "{more}: {said:?}");
    }
    let chat = desk(&receiver, "include_secret: plain");
    chat.folder.write("rotation.yaml", chat.folder.read("rotation.yaml").replace("format: keysieve", "format: slack"));
    let said = chat.run(&["config", "check", "--rotation-config", "rotation.yaml"]).ends_with(2);
    assert!(said.stderr.contains("a chat is told no secrets"), "{said:?}");
}
