use std::collections::BTreeSet;

use super::*;
use crate::report::tests::check_golden;
use crate::report::{Format, sample};

fn document(report: &Report, style: Style<'_>) -> Value {
    serde_json::from_str(&Format::Gitlab.render(report, style)).expect("because it is JSON")
}

/// What GitLab's schema 15.0.7 demands of the keys that are written here, and that no other key is.
fn schema() -> Value {
    let text = json!({ "type": "string", "minLength": 1 });
    let url = json!({ "type": "string", "pattern": "^https?://.+" });
    let time = json!({ "type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}$" });
    let object = |required: &[&str], properties: Value| json!({ "type": "object", "required": required, "properties": properties, "additionalProperties": false });
    let list = |items: Value, least: usize| json!({ "type": "array", "items": items, "minItems": least });
    let vendor = object(&["name"], json!({ "name": text }));
    let program = object(&["id", "name", "version", "vendor"], json!({ "id": text, "name": text, "version": text, "vendor": vendor }));
    let message = object(&["level", "value"], json!({ "level": { "enum": ["info", "warn", "fatal"] }, "value": text }));
    let any = json!({ "type": "string" });
    let identifier = object(&["type", "name", "value"], json!({ "type": text, "name": text, "value": text, "url": url }));
    let commit = object(&["sha"], json!({ "sha": text, "author": any, "date": any, "message": any }));
    let number = json!({ "type": "number" });
    let location = object(&["commit"], json!({ "file": text, "start_line": number, "end_line": number, "commit": commit }));
    let detail = object(&["name", "type", "value"], json!({ "name": text, "type": { "enum": ["text", "commit"] }, "value": text }));
    let vulnerability = object(
        &["id", "identifiers", "location"],
        json!({
            "id": { "type": "string", "pattern": "^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$" },
            "name": { "type": "string", "maxLength": 255 },
            "description": { "type": "string", "maxLength": 1_048_576 },
            "severity": { "enum": ["Info", "Unknown", "Low", "Medium", "High", "Critical"] },
            "solution": { "type": "string", "maxLength": 7_000 },
            "identifiers": list(identifier, 1),
            "links": list(object(&["url"], json!({ "url": url })), 0),
            "location": location,
            "details": { "type": "object", "additionalProperties": detail },
        }),
    );
    let scan = object(
        &["analyzer", "end_time", "scanner", "start_time", "status", "type"],
        json!({
            "analyzer": program, "scanner": program, "start_time": time, "end_time": time, "type": { "const": "secret_detection" },
            "status": { "enum": ["success", "failure"] }, "messages": list(message, 0),
        }),
    );
    object(
        &["scan", "version", "vulnerabilities"],
        json!({
            "version": { "type": "string", "pattern": r"^[0-9]+\.[0-9]+\.[0-9]+$" }, "schema": url, "scan": scan,
            "vulnerabilities": list(vulnerability, 0),
        }),
    )
}

#[test]
fn the_sample_is_written_as_agreed() {
    let style = Style { made_at: Some(1_795_000_000), show_suppressed: true, ..Style::default() };
    check_golden("gitlab.json", &Format::Gitlab.render(&sample::report(), style));
    check_golden("gitlab-history.json", &Format::Gitlab.render(&sample::history(), style));
}

#[test]
fn every_report_fits_what_gitlab_demands() {
    let validator = jsonschema::validator_for(&schema()).expect("because it is a schema");
    let mut long = sample::report();
    long.findings[0].rule.name = "n".repeat(9_000);
    long.findings[0].remediation.playbook.steps[0].text = "s".repeat(9_000);
    for report in [sample::report(), sample::clean(), sample::history(), long] {
        for style in [Style::default(), Style { show_suppressed: true, made_at: Some(i64::MAX), ..Style::default() }] {
            let document = document(&report, style);
            let problems: Vec<_> = validator.iter_errors(&document).map(|error| format!("{}: {error}", error.instance_path())).collect();
            assert_eq!(problems, Vec::<String>::new());
        }
    }
}

#[test]
fn places_have_ids_of_their_own_that_do_not_change() {
    let ids = |report: &Report| -> Vec<String> {
        let document = document(report, Style::default());
        document["vulnerabilities"].as_array().into_iter().flatten().map(|one| one["id"].to_string()).collect()
    };
    for report in [sample::report(), sample::history()] {
        let own = ids(&report);
        assert_eq!(own.iter().collect::<BTreeSet<_>>().len(), own.len());
        assert_eq!(ids(&report), own);
    }
}

#[test]
fn times_are_those_of_the_scan_and_incomplete_is_a_failure() {
    let at = |made_at| document(&sample::report(), Style { made_at, ..Style::default() })["scan"].take();
    let scan = at(Some(1_759_829_400));
    assert_eq!((&scan["start_time"], &scan["end_time"]), (&json!("2025-10-07T09:29:59"), &json!("2025-10-07T09:30:00")));
    assert_eq!((at(None)["start_time"].as_str(), scan["status"].as_str()), (Some("1970-01-01T00:00:00"), Some("success")));
    let mut report = sample::clean();
    report.coverage.incomplete = sample::report().coverage.incomplete;
    let scan = document(&report, Style::default())["scan"].take();
    assert_eq!((scan["status"].as_str(), scan["messages"].as_array().map(Vec::len)), (Some("failure"), Some(2)));
}
