use serde_json::{Value, json};

use super::*;
use crate::report::tests::check_golden;
use crate::report::{ExposureDetail, Format, Scope, ScopeKind, sample};

fn document(report: &Report, style: Style<'_>) -> Value {
    serde_json::from_str(&Format::Json.render(report, style)).expect("because it is JSON")
}

fn schema() -> Value {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/report.schema.json");
    serde_json::from_str(&std::fs::read_to_string(path).expect("because the schema is checked in")).expect("because it is JSON")
}

/// What is wrong with `document`, one line each.
fn problems(document: &Value) -> Vec<String> {
    let validator = jsonschema::validator_for(&schema()).expect("because the schema is one");
    validator.iter_errors(document).map(|error| format!("{}: {error}", error.instance_path())).collect()
}

#[test]
fn the_sample_is_written_as_agreed() {
    check_golden("report.json", &Format::Json.render(&sample::report(), Style::default()));
}

#[test]
fn a_history_is_written_as_agreed() {
    check_golden("history.json", &Format::Json.render(&sample::history(), Style::default()));
}

#[test]
fn exposure_is_told_in_the_detail_that_was_asked_for() {
    let exposure = |detail| document(&sample::history(), Style { exposure: detail, ..Style::default() })["findings"][0]["exposure"].take();
    let (full, brief) = (exposure(None), exposure(Some(ExposureDetail::Brief)));
    assert_eq!(full["first"]["date"], "2025-10-07T09:30:00Z");
    assert_eq!((full["held_by_count"].as_u64(), full["held_by"].as_array().map(Vec::len)), (Some(5), Some(5)));
    assert_eq!(full["held_by"][0], json!({ "kind": "branch", "name": "refs/heads/dev" }));
    let mut without_lists = full.clone();
    for list in ["paths", "held_by", "reachable_from"] {
        without_lists.as_object_mut().and_then(|object| object.remove(list)).expect("because full has all lists");
    }
    assert_eq!(brief, without_lists);
    assert_eq!(exposure(Some(ExposureDetail::None)), Value::Null);
}

#[test]
fn every_document_fits_the_schema() {
    assert!(jsonschema::meta::is_valid(&schema()));
    let mut range = sample::history();
    range.scope = Scope { kind: ScopeKind::Range, target: vec![".".to_owned()], range: Some("main..dev".to_owned()) };
    for report in [sample::report(), sample::clean(), sample::history(), range] {
        for (show_secrets, exposure) in [(false, ExposureDetail::Full), (true, ExposureDetail::Brief), (false, ExposureDetail::None)] {
            let style = Style { show_secrets, exposure: Some(exposure), ..Style::default() };
            assert_eq!(problems(&document(&report, style)), Vec::<String>::new());
        }
    }
}

#[test]
fn the_schema_refuses_what_it_does_not_know() {
    let good = document(&sample::report(), Style::default());
    let history = document(&sample::history(), Style::default());
    for place in [
        "",
        "/tool",
        "/tool/ruleset",
        "/scope",
        "/coverage",
        "/coverage/skipped/0",
        "/coverage/incomplete/0",
        "/findings/0",
        "/findings/0/rule",
        "/findings/0/evidence/0",
        "/findings/0/status",
        "/findings/0/secret",
        "/findings/0/locations/0",
        "/findings/0/locations/0/start",
        "/findings/0/locations/0/byte_range",
        "/findings/0/locations/0/snippet",
        "/findings/0/remediation",
        "/findings/0/remediation/playbook",
        "/findings/0/remediation/playbook/steps/0",
        "/findings/0/exposure",
        "/findings/0/exposure/first",
        "/findings/0/exposure/held_by/0",
    ] {
        let mut document = if place.contains("exposure") { history.clone() } else { good.clone() };
        let object = document.pointer_mut(place).and_then(Value::as_object_mut).unwrap_or_else(|| panic!("no object at {place:?}"));
        object.insert("unknown".to_owned(), json!(1));
        assert!(!problems(&document).is_empty(), "an unknown key at {place:?} is accepted");
    }
}

#[test]
fn the_schema_wants_all_lists_of_exposure_or_none() {
    for missing in ["paths", "held_by", "reachable_from", "in_head", "reach", "pushed", "commits", "path_count"] {
        let mut document = document(&sample::history(), Style::default());
        let exposure = document["findings"][0]["exposure"].as_object_mut().expect("because the sample has it");
        exposure.remove(missing).expect("because full has everything");
        assert!(!problems(&document).is_empty(), "{missing} may be left out");
    }
}

#[test]
fn the_schema_describes_every_property_and_demands_what_is_always_there() {
    fn visit(schema: &Value, at: &str) {
        if let Some(properties) = schema.get("properties").and_then(Value::as_object) {
            assert_eq!(schema["additionalProperties"], json!(false), "{at}");
            for (name, property) in properties {
                assert!(property.get("description").is_some() || property.get("const").is_some(), "{at}/{name} has no description");
            }
        }
        match schema {
            Value::Object(object) => object.iter().for_each(|(key, value)| visit(value, &format!("{at}/{key}"))),
            Value::Array(list) => list.iter().for_each(|value| visit(value, at)),
            _ => {}
        }
    }
    visit(&schema(), "");
    let mut document = document(&sample::clean(), Style::default());
    let keys: Vec<String> = document.as_object().expect("because it is an object").keys().cloned().collect();
    for key in keys {
        let removed = document.as_object_mut().and_then(|object| object.remove(&key)).expect("because it was listed");
        assert!(!problems(&document).is_empty(), "{key} may be left out");
        document[&key] = removed;
    }
}

#[test]
fn keys_stand_in_the_agreed_order() {
    let text = Format::Json.render(&sample::clean(), Style::default());
    let keys: Vec<&str> = text.lines().filter(|line| line.starts_with("  \"")).filter_map(|line| line.split('"').nth(1)).collect();
    assert_eq!(keys, ["version", "tool", "scope", "outcome", "coverage", "findings", "suppressed", "below_threshold", "min_confidence"]);
}

#[test]
fn a_path_that_is_no_text_is_there_in_base64() {
    let document = document(&sample::report(), Style::default());
    let places: Vec<&Value> = document["findings"].as_array().into_iter().flatten().map(|finding| &finding["locations"][0]).collect();
    assert_eq!((&places[3]["path"], &places[3]["path_base64"]), (&json!("caf\u{fffd}/app.ini"), &json!("Y2Fm6S9hcHAuaW5p")));
    assert_eq!(places[0].get("path_base64"), None);
}

#[test]
fn the_secret_is_there_only_when_asked_for() {
    let report = sample::report();
    let hidden = document(&report, Style::default());
    assert_eq!(hidden["findings"][0]["secret"].get("value"), None);
    assert_eq!(hidden["findings"][0]["secret"]["length"], "32-63");
    let shown = document(&report, Style { show_secrets: true, ..Style::default() });
    let token = String::from_utf8_lossy(report.findings[0].secret.expose());
    assert_eq!(shown["findings"][0]["secret"]["value"], json!(token));
}
