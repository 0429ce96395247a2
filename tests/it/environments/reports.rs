use serde_json::Value;

use super::{RULE, findings, shared};
use crate::support::{list, text, token};

#[test]
fn a_person_reads_the_environments_beside_the_places() {
    let said = shared().keysieve(["scan", "."]).ends_with(1);
    for part in [
        &format!("medium  {RULE}  .env.staging:1:3 (staging)\n"),
        "one secret for prod and staging",
        "also at deploy/prod/app.yaml:1:6 (prod)\n",
        "1 secret in 2 places, 1 shared across environments · 1 critical, 1 medium",
    ] {
        assert!(said.stdout.contains(part) || said.stdout.contains(&part.replace("critical", "high")), "{part}: {}", said.stdout);
    }
    assert!(!said.stdout.contains(&token("environments")));
}

#[test]
fn json_follows_its_schema_and_tells_the_environment_of_each_place() {
    let said = shared().scan(["."]);
    let schema: Value = serde_json::from_str(include_str!("../../../docs/report.schema.json")).expect("because it is checked in");
    let validator = jsonschema::validator_for(&schema).expect("because it is a schema");
    let report = said.report();
    assert!(validator.is_valid(&report), "{:?}", validator.iter_errors(&report).map(|error| error.to_string()).collect::<Vec<_>>());
    let found = findings(&said);
    assert_eq!(text(&found[0]["subject"]), "sharing");
    assert_ne!(found[0]["fingerprint"], found[0]["sharing"]["findings"][0]);
    assert!(!said.stdout.contains(&token("environments")));
}

#[test]
fn sarif_has_one_result_with_the_other_places_related() {
    let said = shared().keysieve(["scan", "--format", "sarif", "."]).ends_with(1);
    assert!(!said.stdout.contains(&token("environments")));
    let log: Value = serde_json::from_str(&said.stdout).expect("because it is JSON");
    let results: Vec<&Value> = list(&log["runs"][0]["results"]).iter().filter(|result| text(&result["ruleId"]) == RULE).collect();
    assert_eq!(results.len(), 1);
    let related = list(&results[0]["relatedLocations"]);
    assert_eq!(related.iter().map(|place| text(&place["message"]["text"])).collect::<Vec<_>>(), ["The same secret, for prod"]);
    assert_eq!(results[0]["properties"]["environments"], serde_json::json!(["prod", "staging"]));
    assert_eq!(results[0]["properties"]["environment"], "staging");
    assert!(text(&results[0]["message"]["text"]).contains("one secret for prod and staging"), "{}", results[0]);
}

#[test]
fn a_plan_to_purge_names_the_secret_once() {
    let folder = shared();
    folder.commit_all();
    let out = crate::support::Folder::new();
    folder.keysieve(["purge-plan", "--out", &out.path.join("plan").display().to_string()]).ends_with(0);
    assert!(!out.read("plan/plan.json").contains(RULE));
}
