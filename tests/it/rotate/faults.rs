//! Processes that are killed while they deliver. The big one is `examples/receivers/fault_test.py`.

use std::time::{Duration, Instant};

use serde_json::json;

use super::receiver::Receiver;
use super::{Desk, started};
use crate::support::list;

/// Events of the small test.
const EVENTS: usize = 300;

/// A report of so many findings of a made-up rule.
pub fn report(findings: usize) -> String {
    let finding = |number: usize| {
        json!({
            "fingerprint": format!("v1:github:{number:032x}"),
            "rule": {"id": "github.personal-access-token", "name": "GitHub token", "provider": "GitHub", "description": ""},
            "severity": "high", "confidence": "high", "evidence": [], "status": {"state": "open"},
            "secret": {"masked": "ghp_****", "length": "32-63"}, "identity": {},
            "locations": [{
                "path": "a.py", "start": {"line": number + 1, "column": 1}, "end": {"line": number + 1, "column": 9},
                "byte_range": {"start": 0, "end": 8}, "kind": "file",
            }],
            "remediation": {"url": null, "steps": [], "references": []},
        })
    };
    json!({
        "version": 1,
        "tool": {
            "name": "keysieve", "version": "0.1.0", "ruleset": {"count": 1, "digest": "sha256:0"},
            "fingerprints": {"keyed_by": "0123456789abcdef"},
        },
        "scope": {"kind": "worktree", "target": ["."]}, "coverage": {"items": 1, "bytes": 1, "skipped": [], "incomplete": []},
        "findings": (0..findings).map(finding).collect::<Vec<_>>(), "below_threshold": 0, "min_confidence": "medium",
    })
    .to_string()
}

#[test]
fn whatever_is_killed_every_event_arrives_and_is_marked_once() {
    let receiver = Receiver::new(|number| number % 3 == 1, "");
    let desk = Desk::new(&receiver);
    desk.folder.write("report.json", report(EVENTS));
    desk.run(&["enqueue", "report.json"]).ends_with(0);
    let began = Instant::now();
    for number in 0..8_u64 {
        let mut child = started(&mut desk.command(&["deliver", "--now"]));
        std::thread::sleep(Duration::from_millis(5 + number * number * 3));
        child.kill().expect("because it is our child");
        child.wait().expect("because it is our child");
    }
    loop {
        desk.run(&["deliver", "--now"]);
        if desk.status()["events"]["pending"] == 0 {
            break;
        }
        assert!(began.elapsed() < Duration::from_secs(90), "{}", desk.status()["events"]);
        std::thread::sleep(Duration::from_millis(300));
    }
    assert_eq!(receiver.accepted().len(), EVENTS);
    assert_eq!((desk.status()["events"]["delivered"].clone(), list(&desk.status()["exposures"]).len()), (EVENTS.into(), EVENTS));
    desk.run(&["verify-log"]).ends_with(0);
    let log = desk.folder.read("state.sqlite.audit.jsonl");
    assert_eq!(log.lines().filter(|line| line.contains("\"what\":\"delivered\"")).count(), EVENTS);
}

#[test]
fn several_processes_enqueue_the_same_report_and_each_secret_is_one_event() {
    let receiver = Receiver::new(|_| false, "");
    let desk = Desk::new(&receiver);
    desk.folder.write("report.json", report(EVENTS));
    let children: Vec<_> = (0..4).map(|_| started(&mut desk.command(&["enqueue", "report.json"]))).collect();
    for mut child in children {
        assert!(child.wait().expect("because it is our child").success());
    }
    assert_eq!(desk.status()["events"]["pending"], EVENTS);
    desk.run(&["deliver"]).ends_with(0);
    assert!(receiver.accepted().values().all(|(_, times)| *times == 1));
}
