use serde_json::{Value, json};

use super::*;
use crate::coverage::Gap;
use crate::report::tests::check_golden;
use crate::report::{Format, Style, sample};

fn log(report: &Report) -> Value {
    serde_json::from_str(&Format::Sarif.render(report, Style::default())).expect("because it is JSON")
}

fn results(log: &Value) -> &[Value] {
    log["runs"][0]["results"].as_array().expect("because there is always a list")
}

fn notifications(log: &Value) -> Vec<(&str, &str, &str)> {
    let list = log["runs"][0]["invocations"][0]["toolExecutionNotifications"].as_array().expect("because there is always a list");
    list.iter()
        .map(|entry| {
            let word = |pointer: &str| entry.pointer(pointer).and_then(Value::as_str).unwrap_or_default();
            (word("/descriptor/id"), word("/level"), word("/message/text"))
        })
        .collect()
}

fn problems(log: &Value) -> Vec<String> {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/sarif-schema-2.1.0.json");
    let schema = std::fs::read_to_string(path).expect("because the schema is checked in");
    // The pattern of `language`, which is not written here, has a lone `]` that only some regular expression engines take.
    let schema: Value = serde_json::from_str(&schema.replace("[a-zA-Z]{2}]?$", "[a-zA-Z]{2}$")).expect("because it is JSON");
    let validator = jsonschema::options().should_validate_formats(true).build(&schema).expect("because the schema is one");
    validator.iter_errors(log).map(|error| format!("{}: {error}", error.instance_path())).collect()
}

#[test]
fn the_sample_is_written_as_agreed() {
    let log = log(&sample::report());
    check_golden("report.sarif", &serde_json::to_string_pretty(&log).expect("because it was JSON before"));
}

#[test]
fn a_history_is_written_as_agreed() {
    let log = log(&sample::history());
    check_golden("history.sarif", &serde_json::to_string_pretty(&log).expect("because it was JSON before"));
}

#[test]
fn what_is_no_file_has_a_path_that_no_file_has_and_says_what_it_is() {
    let log = log(&sample::history());
    let places = results(&log).iter().map(|result| &result["locations"][0]).filter(|place| place.get("logicalLocations").is_some());
    let places: Vec<(&str, &str)> = places
        .map(|place| {
            let word = |pointer: &str| place.pointer(pointer).and_then(Value::as_str).unwrap_or_default();
            (word("/logicalLocations/0/fullyQualifiedName"), word("/physicalLocation/artifactLocation/uri"))
        })
        .collect();
    assert_eq!(places.len(), 6);
    let (message, uri) = places[1];
    assert!(message.starts_with("commit ") && uri.starts_with(".git/commits/") && uri.ends_with("/message"), "{message}: {uri}");
    for (name, uri) in places {
        assert!(uri.starts_with(".git/") || name.starts_with("the name of keys/"), "{name}: {uri}");
    }
    assert!(!results(&log).iter().any(|result| result.to_string().contains("\"uri\":\"\"")), "an empty path is no place");
}

#[test]
fn exposure_is_in_the_message_and_the_properties() {
    let render = |detail| {
        let text = Format::Sarif.render(&sample::history(), Style { exposure: detail, ..Style::default() });
        serde_json::from_str::<Value>(&text).expect("because it is JSON")
    };
    let (brief, full, none) = (render(None), render(Some(ExposureDetail::Full)), render(Some(ExposureDetail::None)));
    let message = results(&brief)[0]["message"]["text"].as_str().unwrap_or_default();
    assert!(message.contains(" Exposed for 412 days, since commit 9e3779b97f of 2025-10-07; still in HEAD; pushed. "), "{message}");
    assert_eq!(results(&brief)[0]["properties"]["exposure"]["held_by_count"], 5);
    let has_lists = |log: &Value, at: usize| results(log)[at]["properties"]["exposure"].get("held_by").is_some();
    assert_eq!((has_lists(&brief, 0), has_lists(&full, 0), has_lists(&full, 1)), (false, true, false));
    assert!(!none.to_string().contains("xpos") && results(&none)[0]["properties"].get("commit").is_some());
}

#[test]
fn every_log_fits_the_standard() {
    let mut incomplete = sample::clean();
    incomplete.coverage = sample::report().coverage;
    for report in [sample::report(), sample::clean(), sample::history(), incomplete] {
        assert_eq!(problems(&log(&report)), Vec::<String>::new());
    }
    let mut wrong = log(&sample::report());
    wrong["runs"][0]["results"][0]["unknown"] = json!(1);
    wrong["runs"][0]["results"][1]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] = json!("a b");
    assert_eq!(problems(&wrong).len(), 2);
}

#[test]
fn suppressed_results_are_written_only_when_asked_for_and_say_so() {
    let log = Format::Sarif.render(&sample::report(), Style { show_suppressed: true, ..Style::default() });
    let log: Value = serde_json::from_str(&log).expect("because it is JSON");
    assert_eq!(problems(&log), Vec::<String>::new());
    assert_eq!(results(&log).len(), sample::PLACES);
    let suppressed: Vec<&Value> = results(&log).iter().filter(|result| result.get("suppressions").is_some()).collect();
    let expected = json!([{
        "kind": "external",
        "status": "accepted",
        "justification": "revoked 2024-05-01\\\\n::warning::x",
        "properties": { "file": "keysieve.yaml", "line": 7, "owner": "@org/team", "expires": "2027-01-31" },
    }]);
    assert_eq!((suppressed.len(), &suppressed[0]["suppressions"]), (1, &expected));
}

#[test]
fn results_are_a_list_even_when_empty() {
    let log = log(&sample::clean());
    assert_eq!(results(&log), &[] as &[Value]);
    assert_eq!(log["runs"][0]["tool"]["driver"]["rules"], json!([]));
    assert_eq!(log["runs"][0]["invocations"][0], json!({ "executionSuccessful": true, "toolExecutionNotifications": [] }));
}

#[test]
fn every_place_of_an_open_finding_is_a_result() {
    let log = log(&sample::report());
    assert_eq!(results(&log).len(), sample::PLACES - 1, "the suppressed one is left out");
    let rules = log["runs"][0]["tool"]["driver"]["rules"].as_array().expect("because there is always a list");
    assert_eq!(rules.len(), 5);
    for result in results(&log) {
        let index = result["ruleIndex"].as_u64().expect("because it is a number");
        assert_eq!(rules[index as usize]["id"], result["ruleId"]);
        let name = rules[index as usize]["shortDescription"]["text"].as_str().unwrap_or_default();
        assert!(result["message"]["text"].as_str().unwrap_or_default().starts_with(name));
    }
}

#[test]
fn places_are_encoded_and_counted_as_code_scanning_wants() {
    let log = log(&sample::report());
    let place = |at: usize| &results(&log)[at]["locations"][0]["physicalLocation"];
    assert_eq!(place(0)["artifactLocation"], json!({ "uri": "deploy/settings.py", "uriBaseId": "%SRCROOT%" }));
    assert_eq!(place(0)["region"], json!({ "startLine": 14, "startColumn": 11, "endLine": 14, "endColumn": 51 }));
    assert_eq!(place(1)["artifactLocation"]["uri"], "deploy/%0A%3A%3Aerror%3A%3Ax%1B%5B31m%E2%80%AE%5By%5D%28z%29%20100%25/%E6%97%A5.py");
    assert_eq!(log["runs"][0]["columnKind"], "utf16CodeUnits");
}

#[test]
fn an_absolute_path_and_standard_input_hang_on_no_root() {
    let mut report = sample::report();
    report.findings[0].locations[0].path = b"/etc/a b".to_vec();
    report.findings[0].locations[1].path = b"-".to_vec();
    report.findings[0].locations[1].kind = crate::finding::LocationKind::Stdin;
    let log = log(&report);
    let place = |at: usize| &results(&log)[at]["locations"][0]["physicalLocation"]["artifactLocation"];
    assert_eq!((place(0), place(1)), (&json!({ "uri": "file:///etc/a%20b" }), &json!({ "uri": "stdin" })));
    assert_eq!(problems(&log), Vec::<String>::new());
}

#[test]
fn fingerprints_are_there_and_the_line_hash_only_where_it_is_known() {
    let report = sample::report();
    let log = log(&report);
    let own = report.findings[0].fingerprint.as_str();
    assert_eq!(results(&log)[0]["partialFingerprints"], json!({ "keysieve/v1": own, "primaryLocationLineHash": "271789c17abda88f:1" }));
    assert_eq!(results(&log)[1]["partialFingerprints"], json!({ "keysieve/v1": own }));
}

#[test]
fn other_places_are_linked_from_the_message() {
    let mut report = sample::report();
    let place = report.findings[1].locations[0].clone();
    report.findings[1].locations.extend(vec![place; 20]);
    let log = log(&report);
    let hostile = results(&log)[0]["message"]["text"].as_str().expect("because it is text");
    assert!(hostile.ends_with(r" Also at [deploy/\\n::error::x\\x1b\[31m\\u{202e}\[y\](z) 100%/日.py:3](1)."), "{hostile}");
    let many = &results(&log)[2];
    assert_eq!(many["relatedLocations"].as_array().map(Vec::len), Some(limits::RELATED));
    let text = many["message"]["text"].as_str().expect("because it is text");
    assert!(text.ends_with("](10) and 15 more."), "{text}");
    assert_eq!(results(&log).last().map(|result| result.get("relatedLocations").is_none()), Some(true));
}

#[test]
fn messages_stay_short_whatever_the_paths() {
    let mut report = sample::report();
    for place in &mut report.findings[1].locations {
        place.path = ["長/".repeat(2_000), "name".to_owned()].concat().into_bytes();
    }
    report.findings[1].masked = "*".repeat(700);
    let log = log(&report);
    let text = |at: usize| results(&log)[at]["message"]["text"].as_str().unwrap_or_default();
    assert!((0..results(&log).len()).all(|at| text(at).chars().count() <= limits::TEXT_CHARS));
    assert!(text(2).contains("[…") && text(2).ends_with("長/name:3](2) and 3 more."), "{}", text(2));
}

#[test]
fn what_was_not_scanned_is_told() {
    let found = log(&sample::report());
    let told = notifications(&found);
    assert_eq!(told[0], ("incomplete", "error", "data/dump.sql: larger than 64 MiB; see --max-file-size"));
    assert_eq!(found["runs"][0]["invocations"][0]["executionSuccessful"], true);

    let mut report = sample::clean();
    report.coverage.incomplete = vec![Gap::new("x", "y", "z"); limits::NOTIFICATIONS + 7];
    let incomplete = log(&report);
    let told = notifications(&incomplete);
    assert_eq!(told.len(), limits::NOTIFICATIONS + 1);
    assert_eq!(told.last().map(|told| told.2), Some("7 more parts could not be scanned"));
    assert_eq!(incomplete["runs"][0]["invocations"][0]["executionSuccessful"], false);

    let mut report = sample::clean();
    report.scope.kind = ScopeKind::Staged;
    report.coverage.items = 0;
    assert_eq!(notifications(&log(&report)), [("nothing-scanned", "note", "Nothing staged: no content was scanned")]);
}

/// The log of `report` with other limits than those of code scanning.
fn cut(report: &Report, results: usize, most: usize) -> Value {
    let what = Shown { exposure: ExposureDetail::Brief, show_suppressed: false, category: None, results, runs: most };
    json!({ "version": "2.1.0", "runs": runs(report, what) })
}

#[test]
fn results_that_a_run_does_not_take_go_to_further_runs() {
    let report = sample::report();
    let log = cut(&report, 4, 8);
    let runs = log["runs"].as_array().expect("because there is always a list");
    let counts: Vec<usize> = runs.iter().map(|run| run["results"].as_array().map_or(0, Vec::len)).collect();
    assert_eq!((counts, problems(&log)), (vec![4, 4, 3], Vec::new()));
    let ids: Vec<&str> = runs.iter().map(|run| run["automationDetails"]["id"].as_str().unwrap_or_default()).collect();
    assert_eq!(ids, ["", "keysieve-2/", "keysieve-3/"], "an upload names the first itself");
    let told: Vec<&str> = notifications(&log).iter().map(|told| told.0).collect();
    assert!(told.contains(&"results-split") && !told.contains(&"results-cut"), "{told:?}");
    for run in runs {
        let rules = run["tool"]["driver"]["rules"].as_array().expect("because there is always a list");
        for result in run["results"].as_array().into_iter().flatten() {
            assert_eq!(rules[result["ruleIndex"].as_u64().unwrap_or(99) as usize]["id"], result["ruleId"]);
        }
    }
}

#[test]
fn a_category_names_every_run() {
    let style = Style { category: Some("secrets/history/"), ..Style::default() };
    let log: Value = serde_json::from_str(&Format::Sarif.render(&sample::report(), style)).expect("because it is JSON");
    assert_eq!((&log["runs"][0]["automationDetails"], problems(&log)), (&json!({ "id": "secrets/history/" }), Vec::new()));
    assert_eq!(automation(Some("a"), 1).map(|details| details.id).as_deref(), Some("a-2/"));
    assert!(automation(None, 0).is_none());
}

#[test]
fn too_many_results_are_cut_and_counted() {
    let mut report = sample::report();
    let place = report.findings[0].locations[0].clone();
    report.findings[0].locations = vec![place; 300];
    let log = cut(&report, 100, 1);
    assert!((95..=100).contains(&results(&log).len()), "{} results", results(&log).len());
    assert_eq!(log["runs"][0]["tool"]["driver"]["rules"].as_array().map(Vec::len), Some(5), "no other secret is hidden");
    let cut = 300 + 9 - results(&log).len();
    let expected = format!("{cut} results were left out: code scanning does not take more. The JSON report has all.");
    assert_eq!(notifications(&log).last(), Some(&("results-cut", "warning", expected.as_str())));
}

#[test]
fn texts_of_rules_keep_the_limits() {
    let mut report = sample::report();
    let rule = &mut report.findings[0].rule;
    rule.id = format!("github.{}", "x-".repeat(400));
    rule.name = "n".repeat(3_000);
    rule.description = "d".repeat(3_000);
    let log = log(&report);
    let rules = log["runs"][0]["tool"]["driver"]["rules"].as_array().expect("because there is always a list");
    let chars = |rule: &Value, pointer: &str| rule.pointer(pointer).and_then(Value::as_str).map_or(0, |text| text.chars().count());
    for rule in rules {
        assert!(chars(rule, "/name") <= limits::NAME_CHARS);
        assert!(chars(rule, "/shortDescription/text") <= limits::TEXT_CHARS && chars(rule, "/fullDescription/text") <= limits::TEXT_CHARS);
        assert!(rule["properties"]["tags"].as_array().is_some_and(|tags| tags.len() <= limits::TAGS));
        assert!(
            chars(rule, "/help/text") > 0
                && rule["help"]["markdown"].as_str().is_some_and(|text| text.contains("2. **revoke**: Revoke it."))
        );
    }
}
