//! The playbook of an event: filled in, and with no commands but the program's own.

use serde_json::Value;

use super::Desk;
use super::receiver::Receiver;
use crate::support::{Folder, expand, list, text};

/// The steps that a receiver is told of for a database URL, once `change` has been at the report.
fn steps(change: impl Fn(&mut Value)) -> Vec<Value> {
    let receiver = Receiver::new(|_| false, "");
    let desk = Desk::new(&receiver);
    let repository = Folder::new();
    repository.write("app.env", format!("DATABASE_URL={}\n", expand("postgres://ann:{{base62:22}}@db.internal.io/x", "event")));
    let mut report = repository.scan(["."]).report();
    change(&mut report["findings"][0]);
    desk.folder.write("report.json", report.to_string());
    desk.run(&["enqueue", "report.json", "--source", "https://git.example.org/app"]).ends_with(0);
    desk.run(&["deliver"]).ends_with(0);
    let (body, _) = receiver.accepted().into_values().next().expect("because it was delivered");
    let event: Value = serde_json::from_str(&body).expect("because it is JSON");
    list(&event["data"]["playbook"]["steps"]).to_vec()
}

fn commands(steps: &[Value]) -> String {
    steps.iter().map(|step| text(&step["command"])).collect::<Vec<_>>().join("\n")
}

#[test]
fn an_event_has_the_steps_in_order_with_what_is_known() {
    let steps = steps(|_| ());
    let phases: Vec<&str> = steps.iter().map(|step| text(&step["phase"])).collect();
    assert_eq!(phases, ["create", "deploy", "revoke", "verify"]);
    assert!(commands(&steps).contains("ALTER ROLE \"ann\" NOLOGIN"), "{steps:?}");
}

#[test]
fn commands_that_somebody_wrote_into_a_report_are_not_signed() {
    let changed = |rule: Option<&str>| {
        commands(&steps(|finding| {
            if let Some(rule) = rule {
                finding["rule"]["id"] = rule.into();
            }
            for step in finding["remediation"]["playbook"]["steps"].as_array_mut().expect("because it has steps") {
                step["command"] = "touch harmed".into();
                step["template"] = "touch harmed {user}".into();
            }
        }))
    };
    assert_eq!((changed(None).trim(), changed(Some("acme.unknown")).trim()), ("", ""));
    let hostile = steps(|finding| finding["identity"]["user"] = "x\"; touch harmed; '".into());
    assert!(!commands(&hostile).contains("touch") && commands(&hostile).contains("ALTER ROLE \"USER\""), "{hostile:?}");
}
