//! Commands about rules go by the configuration, and staged scans say which one counts.

use super::rules::RULES;
use super::skipped;
use crate::support::{Folder, NOTHING, Said, assigned, at, expand, keysieve_in};

const RULE: &str = "github.personal-access-token";

#[test]
fn commands_about_rules_go_by_the_configuration() {
    let folder = Folder::committed();
    folder.write("ci/acme.yaml", RULES).write("a.env", assigned("a"));
    folder.write("keysieve.yaml", format!("rule_dirs: [ci]\nrules: {{disable: [{RULE}], override: {{acme.key: {{severity: low}}}}}}\n"));
    let said = |arguments: &[&str]| folder.keysieve(arguments).ends_with(0).stdout;
    let is_line = |text: &str, start: &str, end: &str| text.lines().any(|line| line.starts_with(start) && line.ends_with(end));
    let listed = said(&["rules", "list"]);
    assert!(is_line(&listed, "acme.key ", "low       Acme key") && is_line(&listed, RULE, "  (disabled)"), "{listed}");
    assert!(said(&["rules", "list", "--json", "acme"]).contains("\"severity\":\"low\""));
    assert!(said(&["rules", "list", "--json", RULE]).contains("\"disabled\":true"));
    assert!(said(&["rules", "try", RULE, "a.env"]).contains("not reported, because the configuration disables the rule"));
    assert!(said(&["explain", RULE]).contains("reported    no: the configuration disables the rule"));
    assert!(said(&["explain", "acme.key"]).contains("severity    low"));
    assert!(said(&["rules", "show", "acme.key"]).contains("\"severity\": \"low\""));
    // Without it, everything is as built in.
    assert!(is_line(&said(&["rules", "list", "--no-config"]), RULE, "(classic)"));
    assert!(said(&["rules", "try", "--no-config", RULE, "a.env"]).contains("found at 1 of 1 place"));
    assert!(!said(&["explain", RULE, "--no-config"]).contains("reported"));
    for command in [&["rules", "show", "acme.key"][..], &["explain", "acme.key"]] {
        folder.keysieve(command.iter().chain(&["--no-config"])).ends_with(2);
        folder.keysieve(command.iter().chain(&["--no-config", "--rules", "ci"])).ends_with(0);
    }
    folder.write("keysieve.yaml", "rules: {disable: [github.x]}\n");
    let said = folder.keysieve(["rules", "list"]).ends_with(2);
    assert!(said.stderr.contains("--no-config leaves it out: keysieve.yaml:1:19: there is no rule `github.x`"), "{said:?}");
}

#[test]
fn a_rule_of_a_file_with_the_id_of_a_built_in_one_takes_its_place() {
    let folder = Folder::committed();
    let own = RULES.replace("slug: acme", "slug: github").replace("acme.key", RULE).replace("Acme key", "Our own");
    let secret = expand("acmekey_{{hex:20}}", "a");
    folder.write("ci/github.yaml", own).write("a.env", format!("k = {secret}\n")).write("b.env", assigned("b"));
    folder.write("keysieve.yaml", "rule_dirs: [ci]\n");
    let said = folder.scan(NOTHING).finds(&[&at("a.env")]);
    let why = "rule_dirs, by keysieve.yaml: rules of the same id take their place".to_owned();
    assert_eq!(skipped(&said), [("built-in rules".to_owned(), why, 1)]);
    folder.scan(["--no-config"]).finds(&[&at("b.env")]);
    // Of two files of a configuration the later one counts, and flags come after both.
    let later = folder.read("ci/github.yaml").replace("severity: high", "severity: low");
    folder.write("more/github.yaml", later).write("keysieve.yaml", "rule_dirs: [ci, more]\n");
    let severity = |arguments: &[&str]| folder.scan(arguments).report()["findings"][0]["severity"].clone();
    assert_eq!((severity(&[]), severity(&["--rules", "ci"])), ("low".into(), "high".into()));
    let told: Vec<_> = skipped(&folder.scan(NOTHING)).into_iter().map(|(what, _, count)| (what, count)).collect();
    assert_eq!(told, [("built-in rules".to_owned(), 1), ("rules of other files".to_owned(), 1)]);
}

#[test]
fn a_pattern_that_explodes_is_refused_with_its_place() {
    let folder = Folder::committed();
    folder.write("a.env", assigned("a"));
    for pattern in ["(?P<secret>(a{1000}){1000})", "(?P<secret>((a{9}){99}){9999})", "(?P<secret>((a*)*)*b)"] {
        let rule = RULES.replace("\\b(?P<secret>acmekey_[a-z0-9]{20})\\b", pattern);
        folder.write("ci/acme.yaml", rule).write("keysieve.yaml", "rule_dirs: [ci]\n");
        let said = Said::within(std::time::Duration::from_secs(20), keysieve_in(&folder.path).arg("scan"));
        assert_eq!(said.code, 2, "{pattern}: {said:?}");
        assert!(said.stderr.contains("ci/acme.yaml:3: acme.key: ") && said.stderr.contains("pattern"), "{pattern}: {said:?}");
    }
}

#[test]
fn a_staged_scan_says_where_it_goes_by_another_configuration_than_is_staged() {
    let folder = Folder::committed();
    let note = |arguments: &[&str]| folder.keysieve(["scan", "--staged"].iter().chain(arguments)).stderr;
    folder.write("keysieve.yaml", "min_confidence: high\n");
    assert_eq!(note(&[]), "keysieve: note: keysieve.yaml counts in this scan and is not staged: the commit will not have it\n");
    folder.git(["add", "--all"]);
    assert_eq!(note(&[]), "");
    folder.write("keysieve.yaml", "min_confidence: high\r\n");
    assert_eq!(note(&[]), "");
    folder.write("keysieve.yaml", "min_confidence: low\n");
    let expected = "keysieve: note: keysieve.yaml counts as it is on disk, and another version of it is staged; `git add keysieve.yaml` stages \
                    this one\n";
    assert_eq!(note(&[]), expected);
    for silent in [&["--quiet"][..], &["--no-config"], &["--config", "keysieve.yaml"]] {
        assert_eq!(note(silent), "", "{silent:?}");
    }
    assert_eq!(skipped(&folder.scan(["--staged"]))[0].0, "staged settings");
    folder.remove("keysieve.yaml");
    assert_eq!(note(&[]), "keysieve: note: keysieve.yaml is staged and not on disk: it does not count in this scan\n");
}
