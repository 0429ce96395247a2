//! `keysieve rotate` from a real scan to a closed incident, against a receiver on this machine.

mod approval;
mod disks;
mod examples;
mod faults;
mod formats;
mod playbooks;
mod python;
mod receiver;
mod refused;
mod scan;
mod secrets;
mod tokens;
mod walk;

use std::net::SocketAddr;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::support::{Folder, Said, assigned, keysieve_in, list, text, token};
use receiver::{Receiver, key};

/// A folder outside of all repositories, with a rotation configuration for a receiver.
struct Desk {
    folder: Folder,
}

impl Desk {
    fn new(receiver: &Receiver) -> Self {
        Self::to(receiver.address)
    }

    /// For whatever listens there.
    fn to(address: SocketAddr) -> Self {
        let desk = Self { folder: Folder::new() };
        desk.point_to(address);
        desk
    }

    fn point_to(&self, address: SocketAddr) {
        let target = format!("{{name: t, url: 'http://{address}/hook', format: keysieve, signing_keys: [{{env: HOOK_KEY}}]}}");
        self.folder.write("rotation.yaml", format!("targets: [{target}]\n"));
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = keysieve_in(&self.folder.path);
        command.arg("rotate").args(arguments).env("HOOK_KEY", key()).env("USER", "ann");
        if matches!(arguments[0], "enqueue" | "deliver") {
            command.args(["--rotation-config", "rotation.yaml"]);
        }
        if arguments[0] != "config" {
            command.args(["--state", "state.sqlite"]);
        }
        command
    }

    fn run(&self, arguments: &[&str]) -> Said {
        Said::of(&mut self.command(arguments))
    }

    /// Scans `repository` and enqueues what is found.
    #[track_caller]
    fn enqueue(&self, repository: &Folder, scan: &[&str]) -> String {
        let report = repository.scan(scan).stdout;
        self.folder.write("report.json", report);
        self.run(&["enqueue", "report.json", "--source", "https://git.example.org/app"]).ends_with(0).stdout
    }

    fn status(&self) -> Value {
        let said = self.run(&["status", "--all", "--format", "json"]).ends_with(0);
        serde_json::from_str(&said.stdout).expect("because it is JSON")
    }

    fn states(&self) -> Vec<String> {
        list(&self.status()["exposures"]).iter().map(|row| text(&row["state"]).to_owned()).collect()
    }
}

#[test]
fn a_leak_is_followed_from_the_scan_until_it_is_purged() {
    let receiver = Receiver::new(|_| false, r#"{"state":"acknowledged"}"#);
    let desk = Desk::new(&receiver);
    let repository = Folder::committed();
    repository.write("deploy/settings.env", assigned("rotate")).commit_all();
    let said = desk.enqueue(&repository, &["--history"]);
    assert!(said.starts_with("1 new exposure, 0 exposed again after rotation, 0 known; 1 event to send"), "{said}");
    let said = desk.run(&["deliver"]).ends_with(0).stdout;
    assert!(said.starts_with("1 delivered, 0 attempts failed; 0 wait, 0 given up"), "{said}");
    assert_eq!(desk.states(), ["acknowledged"]);
    // The same secret, again and in another look, is the same event.
    assert!(desk.enqueue(&repository, &["--history"]).contains("1 known; 0 events"));
    assert!(desk.enqueue(&repository, &["."]).contains("1 known; 0 events"));
    let (body, times) = receiver.accepted().into_values().next().expect("because it was delivered");
    let event: Value = serde_json::from_str(&body).expect("because it is JSON");
    assert!(times == 1 && !body.contains(&token("rotate")), "{body}");
    assert_eq!(
        (text(&event["source"]), text(&event["data"]["locations"][0]["path"])),
        ("https://git.example.org/app", "deploy/settings.env")
    );
    let short =
        desk.status()["exposures"][0]["fingerprint"].as_str().and_then(|text| text.rsplit(':').next()).expect("because it is there")[..8]
            .to_owned();
    assert_eq!(desk.run(&["close", &short, "--replacement", "token 2"]).ends_with(0).stdout, format!("{short}: rotated\n"));
    desk.run(&["close", &short]).ends_with(1);
    repository.remove("deploy/settings.env");
    repository.git(["rm", "--cached", "--quiet", "deploy/settings.env"]);
    repository.commit_all();
    assert!(desk.enqueue(&repository, &["."]).contains("1 known exposure is not found any more"));
    assert_eq!(desk.states(), ["gone"]);
    repository.git(["reset", "--quiet", "--hard", "HEAD~2"]);
    repository.git(["reflog", "expire", "--expire=now", "--all"]);
    repository.git(["gc", "--quiet", "--prune=now"]);
    desk.enqueue(&repository, &["--history"]);
    assert_eq!(desk.states(), ["purged"]);
    let story = desk.run(&["show", &short]).ends_with(0).stdout;
    assert!(
        ["committed by", "detected", "acknowledged", "rotated by ann: token 2", "gone from the files", "purged from"]
            .iter()
            .all(|step| story.contains(step)),
        "{story}"
    );
    assert!(desk.run(&["verify-log"]).ends_with(0).stdout.contains("nothing changed or taken out"));
    // Leaked once more, it is a new exposure.
    repository.write("again.env", assigned("rotate")).commit_all();
    assert!(desk.enqueue(&repository, &["."]).contains("1 exposed again after rotation"));
    desk.run(&["deliver"]).ends_with(0);
    assert!(receiver.accepted().values().any(|(body, _)| body.contains("dev.keysieve.secret.reexposed")));
}

#[test]
fn what_is_overdue_fails_the_check() {
    let receiver = Receiver::new(|_| false, "");
    let desk = Desk::new(&receiver);
    let repository = Folder::new();
    repository.write("a.env", assigned("late"));
    desk.enqueue(&repository, &["."]);
    desk.run(&["check"]).ends_with(0);
    std::thread::sleep(std::time::Duration::from_millis(1_100));
    assert!(desk.run(&["check", "--max-age", "1s"]).ends_with(1).stdout.starts_with("1 overdue"));
    let metrics = Said::of(keysieve_in(&desk.folder.path).args(["metrics", "--state", "state.sqlite"])).ends_with(0).stdout;
    assert!(
        metrics.contains("keysieve_exposures{severity=\"critical\",state=\"detected\"} 1") && metrics.ends_with("# EOF\n"),
        "{metrics}"
    );
}

#[test]
fn a_report_is_enqueued_and_sent_in_one_step_where_that_is_asked_for() {
    let receiver = Receiver::new(|_| false, "");
    let desk = Desk::new(&receiver);
    let repository = Folder::new();
    repository.write("a.env", assigned("one step"));
    desk.folder.write("report.json", repository.scan(["."]).stdout);
    let said = desk.run(&["enqueue", "report.json", "--deliver"]).ends_with(0).stdout;
    assert_eq!(said.lines().nth(1), Some("1 delivered, 0 attempts failed; 0 wait, 0 given up"), "{said}");
    assert_eq!(receiver.accepted().len(), 1);
    let gone = Desk::new(&Receiver::new(|_| true, ""));
    gone.folder.write("report.json", repository.scan(["."]).stdout);
    let said = gone.run(&["enqueue", "report.json", "--deliver"]).ends_with(1);
    assert!(said.stdout.contains("1 attempt failed; 1 wait"), "{said:?}");
}

#[test]
fn evidence_of_an_incident_holds_the_event_and_the_log_and_no_secret() {
    let receiver = Receiver::new(|_| false, "");
    let desk = Desk::new(&receiver);
    let repository = Folder::new();
    repository.write("a.env", assigned("evidence"));
    desk.enqueue(&repository, &["."]);
    desk.run(&["deliver"]).ends_with(0);
    let id = receiver.accepted().into_keys().next().expect("because it was delivered");
    let said = desk.run(&["export", &id, "--evidence"]).ends_with(0).stdout;
    let evidence: Value = serde_json::from_str(&said).expect("because it is JSON");
    let log = list(&evidence["log"]["about_this"]);
    assert_eq!((list(&evidence["events"]).len(), log.len()), (1, 3));
    let sent = &evidence["events"][0]["sent"];
    let headers = ["webhook-id", "webhook-timestamp", "webhook-signature"].map(|name| (name.to_owned(), text(&sent[name]).to_owned()));
    assert!(receiver::is_signed(&headers.into(), text(&sent["body"])), "{sent}");
    assert!(!receiver::is_signed(&[].into(), text(&sent["body"])));
    assert!(log.iter().any(|line| text(line).contains(text(&sent["webhook-signature"]))), "{log:?}");
    for entry in std::fs::read_dir(&desk.folder.path).expect("because it is there") {
        let path = entry.expect("because it is there").path();
        let bytes = std::fs::read(&path).expect("because it is a file");
        let secret = token("evidence");
        assert!(!bytes.windows(secret.len()).any(|window| window == secret.as_bytes()), "{}", path.display());
    }
}

#[test]
fn a_scan_makes_no_state_and_reads_no_rotation_configuration() {
    let repository = Folder::new();
    repository.write("a.env", assigned("none")).write("home/.config/keysieve/rotation.yaml", "not: [valid");
    let home = repository.path.join("home");
    let said = Said::of(keysieve_in(&repository.path).args(["scan", "a.env"]).env("HOME", &home)).ends_with(1);
    assert!(said.stderr.is_empty() && !Path::new(&home).join(".local").exists(), "{said:?}");
}

/// What a scan opens and calls, by strace; none where that cannot be run.
fn traced(folder: &Folder, home: &Path, arguments: &[&str]) -> Option<(i32, String)> {
    let trace = folder.path.join("home/trace");
    let own = keysieve_in(&folder.path);
    let mut strace = Command::new("strace");
    strace.args(["-f", "-e", "trace=network,open,openat", "-o"]).arg(&trace).arg(own.get_program()).arg("scan").args(arguments);
    strace.current_dir(&folder.path).env_clear().envs(own.get_envs().filter_map(|(name, value)| Some((name, value?))));
    let status = strace.env("HOME", home).stdout(Stdio::null()).stderr(Stdio::null()).status().ok()?;
    let lines = std::fs::read_to_string(trace).ok().filter(|lines| lines.contains("exited with"))?;
    Some((status.code()?, lines))
}

#[test]
fn a_scan_without_findings_opens_no_state_file_and_no_socket() {
    let repository = Folder::committed();
    repository.write("home/.config/keysieve/rotation.yaml", "not: [valid").write("code.rs", "fn main() {}\n");
    let home = repository.path.join("home");
    for arguments in [&["code.rs"][..], &["--history"]] {
        let Some((code, lines)) = traced(&repository, &home, arguments) else {
            eprintln!("SKIPPED: there is no strace that may look at a scan");
            return;
        };
        assert_eq!(code, 0, "{lines}");
        assert!(lines.contains("openat(") || lines.contains("open("), "nothing was traced");
        let wrong: Vec<_> =
            lines.lines().filter(|line| ["socket(", "connect(", "rotation", ".sqlite"].iter().any(|word| line.contains(word))).collect();
        assert!(wrong.is_empty(), "{arguments:?}: {wrong:?}");
    }
    assert!(!home.join(".local").exists());
}

/// Starts the program and leaves it running.
fn started(command: &mut Command) -> std::process::Child {
    command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("because the program was just built")
}
