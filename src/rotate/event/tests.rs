use super::*;
use crate::rotate::sample::{exposure, finding, location, read, report};
use crate::secret::Secret;

fn tool() -> Tool {
    read(&report("worktree", &[])).tool
}

/// The finding that was saved as `value`.
fn own(value: Value) -> Finding {
    let mut report = report("worktree", &[]);
    report["findings"] = vec![value].into();
    read(&report).findings.remove(0)
}

fn about(tool: &Tool, generation: u32) -> About<'_> {
    let rotated_before_ms = (generation > 1).then_some(1_000);
    About {
        source: "https://git.example.org/app",
        tool,
        generation,
        rotated_before_ms,
        detected_ms: 5_000,
        deadline_ms: 86_405_000,
        owners: None,
        enclosed: Enclosed::Nothing,
    }
}

fn valid(body: &str) -> Value {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/rotation-event.schema.json");
    let schema: Value = serde_json::from_str(&std::fs::read_to_string(path).expect("because it is there")).expect("because it is JSON");
    let schema = jsonschema::validator_for(&schema).expect("because it is a schema");
    let event: Value = serde_json::from_str(body).expect("because it is JSON");
    let wrong: Vec<_> = schema.iter_errors(&event).map(|error| error.to_string()).collect();
    assert!(wrong.is_empty(), "{wrong:?} in {body}");
    event
}

#[test]
fn an_event_says_what_is_known_and_is_as_its_schema_says() {
    let mut value = finding("1f");
    value["exposure"] = exposure("Ann", "ann@example.org");
    let own = own(value);
    let tool = tool();
    let event = valid(&body("evt_1", &own, about(&tool, 1)));
    assert_eq!((&event["type"], &event["data"]["reexposed"]), (&EXPOSED.into(), &false.into()));
    assert_eq!((&event["data"]["expires"], &event["data"]["owner"]["name"]), (&"2027-01-01".into(), &"Ann".into()));
    let again = valid(&body("evt_1", &own, about(&tool, 2)));
    assert_eq!((&again["type"], &again["data"]["rotated_before"]), (&REEXPOSED.into(), &"1970-01-01T00:00:01Z".into()));
}

#[test]
fn whatever_is_in_a_report_an_event_is_short_and_valid() {
    let mut value = finding("1f");
    let mut place = location(&"\u{1}é/".repeat(2_000));
    place["commit"] = "0".repeat(40).into();
    value["locations"] = vec![place; 5_000].into();
    value["identity"] =
        (0..500).map(|n| (format!("k{n}{}", "x".repeat(2_000)), json!("\u{7}".repeat(3_000)))).collect::<Map<_, _>>().into();
    value["remediation"]["steps"] = vec!["\u{1}".repeat(9_000); 200].into();
    let step = json!({"phase": "revoke", "text": "\u{1}é".repeat(9_000), "command": "\u{1}\n".repeat(200)});
    value["remediation"]["playbook"] = json!({"steps": vec![step; 200], "breaks": "\u{1}".repeat(9_000)});
    value["rule"]["name"] = "n".repeat(100_000).into();
    let own = own(value);
    let tool = tool();
    let text = body("evt_1", &own, about(&tool, 1));
    assert!(text.len() < LARGEST, "{}", text.len());
    for length in [0, 1_000, 7_000, 15_000, 16_000, 17_000, 40_000] {
        let (armored, secret) = (format!("{}\n", "x".repeat(64)).repeat(length / 65), Secret::new("\u{1}é".repeat(length / 10).as_bytes()));
        let (encrypted, plain) = (
            body("evt_1", &own, About { enclosed: Enclosed::Encrypted(&armored), ..about(&tool, 1) }),
            body("evt_1", &own, About { enclosed: Enclosed::Room(room(&secret)), ..about(&tool, 1) }),
        );
        for text in [&encrypted, &with_secret(&plain, &secret)] {
            assert!(text.len() < LARGEST, "{length}: {}", text.len());
            let own = &valid(text)["data"]["secret"];
            assert!(own["too_long"] == true || own["encrypted"] == armored || own["value"] == "\u{1}é".repeat(length / 10), "{length}");
        }
        assert!(length > 11_000 || !encrypted.contains("too_long"), "{length}");
    }
    let event = valid(&text);
    assert_eq!((&event["data"]["locations_total"], &event["data"]["locations_truncated"]), (&5_000.into(), &true.into()));
}

#[test]
fn a_playbook_is_filled_in_and_a_command_is_whole_or_not_there() {
    let mut value = finding("1f");
    let long = format!("x {}", "y".repeat(LONGEST_TEXT));
    value["remediation"]["playbook"] = json!({
        "steps": [
            {"phase": "revoke", "text": "Revoke it.", "command": "x revoke {account_id} --in {region}", "reversible": false},
            {"phase": "verify", "text": "See to it.", "command": long},
        ],
        "breaks": "Jobs fail.", "revoke_first": "It is public.",
    });
    let tool = tool();
    let event = valid(&body("evt_1", &own(value), about(&tool, 1)));
    let playbook = &event["data"]["playbook"];
    let steps = &playbook["steps"];
    let revoke = json!({"phase": "revoke", "text": "Revoke it.", "command": "x revoke 42 --in REGION", "reversible": false});
    assert_eq!((&steps[0], &steps[2]), (&revoke, &json!({"phase": "verify", "text": "See to it."})));
    // The rule says nothing of it, and it is needed all the same.
    assert_eq!(steps[1]["phase"], "deploy");
    assert_eq!((&playbook["breaks"], &playbook["revoke_first"]), (&"Jobs fail.".into(), &"It is public.".into()));
    let old = valid(&body("evt_1", &own(finding("1f")), about(&tool, 1)));
    assert_eq!(old["data"]["playbook"]["steps"], json!([{"text": "Revoke it."}]));
}

#[test]
fn ids_depend_on_each_part_and_on_nothing_else() {
    let base = id("v1:a:b", 1, "t");
    assert_eq!(base, id("v1:a:b", 1, "t"));
    assert_eq!(base.len(), 36);
    for other in [id("v1:a:c", 1, "t"), id("v1:a:b", 2, "t"), id("v1:a:b", 1, "u"), id("v1:a:b1", 1, "t"), id("v1:a:b", 11, "")] {
        assert_ne!(base, other);
    }
}
