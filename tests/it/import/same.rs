//! Imported rules find what they found in gitleaks: places that the real tool found are kept in `tests/fixtures/import`, by the name of its
//! version. `RECORD_GITLEAKS=path/to/gitleaks cargo test` makes them anew.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use keysieve::detect::prefilter::Workload;
use keysieve::detect::search::PathTerms;
use keysieve::detect::{Detector, Input};
use keysieve::import::Imported;
use keysieve::import::gitleaks::{Tool, import};
use keysieve::location::LineIndex;
use keysieve::rules::{RuleSet, lint};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::cases::{CASES, Case};
use crate::support::{Folder, expand, list, text};

/// File, first and last line of the match, digest of the secret; and the rules that found it.
type Places = BTreeMap<(String, u64, u64, String), BTreeSet<String>>;

fn digest(secret: &[u8]) -> String {
    data_encoding::HEXLOWER.encode(&Sha256::digest(secret)[..8])
}

fn fixture() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/import/gitleaks-8.30.1.json")
}

fn files(case: &Case) -> Vec<(&'static str, String)> {
    case.files.iter().map(|(path, template)| (*path, expand(template, &format!("{} {path}", case.name)))).collect()
}

/// What the real tool finds.
fn recorded(tool: &str, case: &Case) -> Value {
    let (folder, config) = (Folder::new(), Folder::new());
    config.write("c.toml", case.config);
    for (path, content) in files(case) {
        folder.write(path, content);
    }
    let report = config.path.join("r.json");
    let arguments = ["dir", ".", "--no-banner", "--exit-code", "0", "--report-format", "json"];
    let status = Command::new(tool)
        .current_dir(&folder.path)
        .args(arguments)
        .arg("--config")
        .arg(config.path.join("c.toml"))
        .arg("--report-path")
        .arg(&report)
        .status();
    assert!(status.expect("because the tool was named").success(), "{}", case.name);
    let found: Value = serde_json::from_str(&config.read("r.json")).expect("because it is a report");
    let mut places: Vec<_> = list(&found)
        .iter()
        .map(|one| {
            let secret = digest(text(&one["Secret"]).as_bytes());
            serde_json::json!([one["RuleID"], one["File"], one["StartLine"], one["EndLine"], secret])
        })
        .collect();
    places.sort_by_key(Value::to_string);
    Value::Array(places)
}

fn expected(case: &Case, recorded: &Value) -> Places {
    let mut places = Places::new();
    for one in list(&recorded[case.name]) {
        let line = |at: usize| one[at].as_u64().expect("because it is a line");
        let place = (text(&one[1]).to_owned(), line(2), line(3), text(&one[4]).to_owned());
        places.entry(place).or_default().insert(text(&one[0]).to_owned());
    }
    places
}

/// What the imported rules find: file, line of the secret, its digest, and the rule.
fn found(case: &Case, imported: &Imported) -> Vec<(String, u64, String, String)> {
    let draft = |name: &str| imported.drafts.iter().find(|draft| draft.path.ends_with(name)).expect("because there are rules");
    let rules = lint::parse("imported", &draft("imported.yaml").text).expect("because only sound rules are written");
    let settings = &draft("keysieve.yaml").text;
    let rules = RuleSet::empty().with_files(vec![rules]);
    let detector = Detector::new(rules, Workload::Small);
    let mut places = Vec::new();
    for (path, content) in files(case) {
        let lines = LineIndex::new(content.as_bytes());
        for found in detector.scan(Input { bytes: content.as_bytes(), path: path.as_bytes() }) {
            let rule = &detector.rules().get(found.rule).rule;
            let secret = found.secret_in(content.as_bytes());
            let counts = PathTerms::of(rule).is_none_or(|terms| terms.counts(Some(path.as_bytes()), secret));
            if counts && !settings.contains(&format!("- {} #", rule.id)) {
                let id = rule.id.replace("imported.", "");
                places.push((path.to_owned(), u64::from(lines.line(found.secret.start)), digest(secret), id));
            }
        }
    }
    places
}

#[test]
fn imported_rules_find_what_they_found() {
    if let Some(tool) = std::env::var_os("RECORD_GITLEAKS") {
        let tool = tool.to_string_lossy();
        let all: serde_json::Map<_, _> = CASES.iter().map(|case| (case.name.to_owned(), recorded(&tool, case))).collect();
        let all = serde_json::to_string(&all).expect("because it is data").replace("]],\"", "]],\n\"").replace("[],\"", "[],\n\"");
        std::fs::write(fixture(), all + "\n").expect("because the folder is checked in");
    }
    let recorded = std::fs::read_to_string(fixture()).expect("because the fixture is checked in");
    let recorded: Value = serde_json::from_str(&recorded).expect("because it was written here");
    let (mut wrong, mut count) = (Vec::new(), 0);
    for case in CASES {
        let mut expected = expected(case, &recorded);
        count += expected.len();
        let imported = import(case.config, Tool::Gitleaks).expect("because it is TOML");
        for (file, line, secret, rule) in found(case, &imported) {
            // Of several rules for one place one is kept.
            let place = expected.iter().find(|((path, first, last, own), rules)| {
                *path == file && (*first..=*last).contains(&line) && *own == secret && rules.contains(&rule)
            });
            match place.map(|(place, _)| place.clone()) {
                Some(place) => drop(expected.remove(&place)),
                None => wrong.push(format!("{}: {rule} in {file}:{line} is found and was not: {:?}", case.name, imported.outcome.left)),
            }
        }
        wrong.extend(
            expected
                .iter()
                .map(|(place, rules)| format!("{}: {rules:?} at {place:?} was found and is not: {:?}", case.name, imported.outcome.left)),
        );
    }
    assert!(wrong.is_empty(), "{} of {count} places are wrong:\n{}", wrong.len(), wrong.join("\n"));
    assert!(count > 60, "only {count} places");
}
