//! Rules that are disabled, enabled again, changed or added.

use super::{skipped, with_env};
use crate::support::{Folder, NOTHING, assigned, at, text, token};

/// The number and the digest of the rules in force.
fn in_force(folder: &Folder) -> (u64, String) {
    let report = folder.scan(NOTHING).report();
    let set = &report["tool"]["ruleset"];
    (set["count"].as_u64().unwrap_or(0), text(&set["digest"]).to_owned())
}

fn with_token() -> Folder {
    let folder = Folder::committed();
    folder.write("a.env", assigned("a"));
    folder
}

#[test]
fn a_disabled_rule_is_not_reported_and_that_is_told() {
    let folder = with_token();
    folder.scan(NOTHING).finds(&[&at("a.env")]);
    let all = in_force(&folder);
    folder.write("keysieve.yaml", "rules:\n  disable: [github.personal-access-token]\n");
    let said = folder.scan(NOTHING).finds(&[]);
    let skips = skipped(&said);
    assert_eq!((skips[0].0.as_str(), skips[0].2), ("disabled rules", 1));
    assert!(skips[0].1.contains("keysieve.yaml") && skips[0].1.contains("--enable-rule"), "{skips:?}");
    let less = in_force(&folder);
    assert!(less.0 == all.0 - 1 && less.1 != all.1, "{less:?} {all:?}");
    assert_eq!(said.report()["below_threshold"], 0);
}

#[test]
fn what_a_disabled_rule_recognizes_is_not_reported_under_another_name() {
    let folder = with_token();
    folder.write("b.env", format!("API_TOKEN={}\n", token("b"))).write("keysieve.yaml", "rules: {disable: ['github.*']}\n");
    folder.scan(["--min-confidence", "low"]).finds(&[]);
}

#[test]
fn rules_about_files_are_disabled_like_others() {
    let folder = Folder::committed();
    folder.write(".env", format!("API_TOKEN={}\n", token("file")));
    folder.git(["add", "--all", "--force"]);
    folder.git(["commit", "--quiet", "--message", "x"]);
    let is_told = |args: &[&str]| folder.scan(args).report()["findings"].to_string().contains("policy.env-file");
    assert!(is_told(&[]) && is_told(&["--history"]));
    folder.write("keysieve.yaml", "rules: {disable: ['policy.*']}\n");
    assert!(!is_told(&[]) && !is_told(&["--history"]));
}

#[test]
fn enabling_wins_in_its_own_layer_and_over_earlier_ones() {
    let folder = with_token();
    folder.write("keysieve.yaml", "rules:\n  enable: [github.personal-access-token]\n  disable: ['github.*']\n");
    folder.scan(NOTHING).finds(&[&at("a.env")]);
    folder.scan(["--disable-rule", "github.personal-access-token"]).finds(&[]);
    folder.write("keysieve.yaml", "rules: {disable: ['github.*']}\n");
    folder.scan(NOTHING).finds(&[]);
    folder.scan(["--enable-rule", "github.personal-access-token"]).finds(&[&at("a.env")]);
    let variable = [("KEYSIEVE_ENABLE_RULES", "github.personal-access-token")];
    with_env(&folder, &variable, &["scan", "--format", "json"]).finds(&[&at("a.env")]);
}

#[test]
fn overrides_change_what_is_reported_and_the_digest() {
    let folder = with_token();
    let before = in_force(&folder);
    folder.write("keysieve.yaml", "rules:\n  override:\n    github.personal-access-token: {severity: low}\n");
    let report = folder.scan(NOTHING).ends_with(1).report();
    assert_eq!(text(&report["findings"][0]["severity"]), "low");
    let after = in_force(&folder);
    assert!(after.0 == before.0 && after.1 != before.1);
    // What is said twice changes nothing.
    let own = keysieve::rules::RuleSet::builtin();
    let (_, entry) = own.find("github.personal-access-token").expect("because it is built in");
    let (severity, confidence) = (entry.rule.severity.as_str(), entry.rule.confidence.as_str());
    let same = format!("rules:\n  override:\n    github.personal-access-token: {{severity: {severity}, confidence: {confidence}}}\n");
    folder.write("keysieve.yaml", same);
    assert_eq!(in_force(&folder), before);
}

#[test]
fn disabling_everything_is_an_error() {
    let folder = with_token();
    folder.write("keysieve.yaml", "rules: {disable: ['*']}\n");
    let said = folder.scan(NOTHING).ends_with(2);
    assert!(said.stderr.contains("keysieve.yaml:1:19: no rule is left"), "{said:?}");
}

pub(super) const RULES: &str = "provider: {slug: acme, name: Acme}
rules:
  - id: acme.key
    name: Acme key
    description: Opens the doors of Acme.
    severity: high
    confidence: high
    lifetime: long
    identity: human
    token: {literals: [acmekey_], pattern: '\\b(?P<secret>acmekey_[a-z0-9]{20})\\b'}
    rotation: {steps: [Make another one.]}
    references: ['https://acme.example/docs']
    examples:
      positive: ['k = acmekey_{{hex:20}}', 'x: acmekey_{{hex:20}}']
      negative: ['acmekey_short', 'acmekey_']
";

#[test]
fn rule_files_are_named_from_where_the_file_stands() {
    let folder = Folder::committed();
    let secret = crate::support::expand("acmekey_{{hex:20}}", "a");
    folder.write("ci/rules/acme.yaml", RULES).write("sub/a.txt", format!("k = {secret}\n"));
    folder.write("keysieve.yaml", "rule_dirs: [ci/rules]\nrules: {override: {acme.key: {severity: critical}}}\n");
    let inside = crate::support::keysieve_in(&folder.path.join("sub")).args(["scan", "--format", "json"]).output();
    let said = crate::support::Said::from(inside.expect("because the program is there")).finds(&["a.txt: acme.key"]);
    assert_eq!(text(&said.report()["findings"][0]["severity"]), "critical");
}

#[test]
fn a_repository_may_not_name_rule_files_outside_of_itself() {
    let outer = Folder::new();
    outer.write("acme.yaml", RULES).write("repo/x", "");
    outer.git(["init", "--quiet", "repo"]);
    for path in ["../acme.yaml", "/etc", "x/../../acme.yaml"] {
        outer.write("repo/keysieve.yaml", format!("rule_dirs: ['{path}']\n"));
        let said = outer.scan(["repo"]).ends_with(2);
        assert!(said.stderr.contains("keysieve.yaml:1:13: ") && said.stderr.contains("leads out of the repository"), "{said:?}");
    }
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink(outer.path.join("acme.yaml"), outer.path.join("repo/link.yaml")).expect("because it can be made");
        outer.write("repo/keysieve.yaml", "rule_dirs: [link.yaml]\n");
        assert!(outer.scan(["repo"]).ends_with(2).stderr.contains("leads out of the repository"));
    }
    outer.write("repo/keysieve.yaml", "rule_dirs: [gone]\n");
    assert!(outer.scan(["repo"]).ends_with(2).stderr.contains("there is no file or folder `gone`"));
}
