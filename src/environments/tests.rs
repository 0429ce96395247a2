use super::*;

fn around(within: &[&str], hints: &[&str]) -> Surroundings {
    let owned = |list: &[&str]| list.iter().map(|text| (*text).to_owned()).collect();
    Surroundings { within: owned(within), hints: owned(hints) }
}

#[test]
fn paths_tell_environments() {
    let environments = Environments::default();
    for (path, expected) in [
        (".env.production", Some("prod")),
        (".env.production.local", Some("prod")),
        ("config/environments/staging.rb", Some("staging")),
        ("values-prod.yaml", Some("prod")),
        ("chart/templates/values.prod.yaml", Some("prod")),
        ("k8s/overlays/prod/kustomization.yaml", Some("prod")),
        ("appsettings.Development.json", Some("dev")),
        ("terraform/envs/qa/main.tf", Some("test")),
        ("inventories/production/hosts", Some("prod")),
        ("group_vars/staging", Some("staging")),
        ("application-test.properties", Some("test")),
        ("docker-compose.prod.yml", Some("prod")),
        ("prod.tfvars", Some("prod")),
        ("prod.auto.tfvars", Some("prod")),
        ("config/settings/production.py", Some("prod")),
        ("src/environments/environment.prod.ts", Some("prod")),
        ("config/initializers/production_line.rb", None),
        ("aws/account-nonprod/main.tf", Some("dev")),
        ("deploy/uat/app.env", Some("staging")),
        ("src/test/resources/application-prod.yml", Some("test")),
        ("spec/dummy/config/environments/production.rb", Some("test")),
        ("docs/prod/setup.yml", None),
        ("values-prod.example.yaml", None),
        (".env.production.sample", None),
        ("production-checklist.md", None),
        ("product/values.yaml", None),
        ("developer/latest/attest/contest.yaml", None),
        ("Dockerfile.stage2", None),
        ("dev-tools/secrets.yml", None),
        ("cf/defaults/staging/staging_groups.go", None),
        ("server/dev/manifest.js", None),
        ("dist/runtime.prod.js.map", None),
        ("aws_apigateway_stage.schema.json", None),
        ("deploy/staging/app.py", Some("staging")),
        ("values.yaml", None),
        ("", None),
    ] {
        assert_eq!(environments.of(path.as_bytes(), None), expected, "{path}");
    }
}

#[test]
fn the_innermost_word_counts_and_hints_come_last() {
    let environments = Environments::default();
    let of =
        |path: &str, within: &[&str], hints: &[&str]| environments.of(path.as_bytes(), Some(&around(within, hints))).map(str::to_owned);
    assert_eq!(of("config/database.yml", &["password", "production", "defaults"], &[]).as_deref(), Some("prod"));
    assert_eq!(of("config/dev.yml", &["staging", "production"], &["TEST_KEY"]).as_deref(), Some("staging"));
    assert_eq!(of(".env.staging", &[], &["production"]).as_deref(), Some("staging"));
    assert_eq!(of(".env", &[], &["PROD_KEY"]).as_deref(), Some("prod"));
    assert_eq!(of("tests/x.yml", &["production"], &[]).as_deref(), Some("test"));
    assert_eq!(of("examples/x.yml", &["production"], &[]), None);
}

#[test]
fn what_is_shared_needs_two_and_a_guarded_one() {
    let environments = Environments::default();
    assert!(environments.is_shared(&["dev", "prod"]) && environments.is_shared(&["prod", "staging"]));
    assert!(!environments.is_shared(&["dev", "test"]) && !environments.is_shared(&["prod"]) && !environments.is_shared(&[]));
}

#[test]
fn a_configuration_adds_moves_and_takes_away() {
    let mut environments = Environments::default();
    let glob = |text: &str| Glob::new(text).expect("because it is a pattern");
    environments.change("staging", Change { names: vec!["qa".to_owned()], paths: vec![glob("live/blue/**")], ..Change::default() });
    environments.change("edge", Change { guarded: Some(false), ..Change::default() });
    environments.change("Development", Change { enabled: Some(false), ..Change::default() });
    for (path, expected) in
        [("values-qa.yaml", Some("staging")), ("live/blue/prod/x.env", Some("staging")), ("edge/x.env", Some("edge")), ("dev/x.env", None)]
    {
        assert_eq!(environments.of(path.as_bytes(), None), expected, "{path}");
    }
    assert!(!environments.is_shared(&["edge", "test"]) && environments.is_shared(&["edge", "staging"]));
}
