use super::{environments, findings, with};
use crate::support::{Folder, expand, list, text};

#[test]
fn every_example_of_the_rule_does_what_it_says() {
    let set = keysieve::rules::RuleSet::builtin();
    let (_, entry) = set.find(super::RULE).expect("because it is built in");
    let examples = &entry.rule.examples;
    let mut tried = 0;
    for (is_found, files) in [(true, &examples.positive_files), (false, &examples.negative_files)] {
        for file in files.iter() {
            let folder = Folder::new();
            folder.write(&*file.path, expand(&file.content, "environments"));
            let said = folder.scan(["."]);
            assert_eq!(findings(&said).len(), usize::from(is_found), "{}: {said:#?}", file.path);
            tried += 1;
        }
    }
    assert!(tried >= 6);
}

/// Files, and the environments that share the token in them.
type Case = (&'static [(&'static str, &'static str)], &'static [&'static str]);

const PATHS: [Case; 12] = [
    (&[(".env.production", "T=@\n"), (".env.staging", "T=@\n")], &["prod staging"]),
    (&[("config/environments/staging.rb", "T = '@'\n"), ("config/environments/production.rb", "T = '@'\n")], &["prod staging"]),
    (&[("values-prod.yaml", "t: @\n"), ("values-dev.yaml", "t: @\n")], &["dev prod"]),
    (&[("k8s/overlays/prod/a.yaml", "t: @\n"), ("k8s/overlays/staging/a.yaml", "t: @\n")], &["prod staging"]),
    (&[("appsettings.Development.json", "{\"t\": \"@\"}"), ("appsettings.Production.json", "{\"t\": \"@\"}")], &["dev prod"]),
    (&[("terraform/envs/qa/main.tf", "t = \"@\"\n"), ("terraform/envs/prod/main.tf", "t = \"@\"\n")], &["prod test"]),
    (&[("inventories/production/hosts", "t=@\n"), ("group_vars/staging", "t: @\n")], &["prod staging"]),
    (
        &[("application-test.properties", "t=@\n"), ("application-prod.yml", "t: @\n"), ("application-dev.yml", "t: @\n")],
        &["dev prod test"],
    ),
    (&[("docker-compose.prod.yml", "t: @\n"), ("prod.tfvars", "t = \"@\"\n"), ("uat.tfvars", "t = \"@\"\n")], &["prod staging"]),
    // One environment, or none.
    (&[("product/a.env", "T=@\n"), ("developer/a.env", "T=@\n"), ("latest/a.env", "T=@\n"), ("prod/a.env", "T=@\n")], &[]),
    (&[("attest.env", "T=@\n"), ("contest.env", "T=@\n"), ("staging.env", "T=@\n")], &[]),
    (&[(".env.production", "T=@\n"), (".env.staging", "T=%\n"), ("docs/prod.env", "T=%\n")], &[]),
];

const STRUCTURES: [Case; 15] = [
    (&[("config/database.yml", "production:\n  key: @\nstaging:\n  key: @\n")], &["prod staging"]),
    (
        &[(
            "application.yml",
            "spring.profiles: staging\nkey: @\n---\nspring:\n  config:\n    activate:\n      on-profile: prod\nkey: @\n",
        )],
        &["prod staging"],
    ),
    (
        &[(
            ".github/workflows/x.yml",
            "jobs:\n  a:\n    environment: production\n    env:\n      T: @\n  b:\n    environment:\n      name: staging\n    steps:\n      - env:\n          T: @\n",
        )],
        &["prod staging"],
    ),
    (
        &[(
            "docker-compose.yml",
            "services:\n  a:\n    profiles: [\"prod\"]\n    environment:\n      T: @\n  b:\n    profiles:\n      - staging\n    environment:\n      - T=@\n",
        )],
        &["prod staging"],
    ),
    (
        &[("a.yaml", "metadata:\n  namespace: prod\nstringData:\n  t: @\n---\nmetadata:\n  labels:\n    env: dev\nstringData:\n  t: @\n")],
        &["dev prod"],
    ),
    (&[("serverless.yml", "custom:\n  stages:\n    prod:\n      t: @\n    stg:\n      t: @\n")], &["prod staging"]),
    (&[("main.tf", "locals {\n  prod = {\n    t = \"@\"\n  }\n  dev = {\n    t = \"@\"\n  }\n}\n")], &["dev prod"]),
    (
        &[(
            "main.tf",
            "resource \"a\" \"b\" {\n  t = \"@\"\n  tags = {\n    environment = \"prod\"\n  }\n}\nresource \"a\" \"c\" {\n  t = \"@\"\n  tags = { Environment = \"stage\" }\n}\n",
        )],
        &["prod staging"],
    ),
    (&[("vars.tfvars", "tokens = {\n  production = \"@\"\n  staging    = \"@\"\n}\n")], &["prod staging"]),
    (&[("hosts.ini", "[production]\nt=@\n[staging:vars]\nt=@\n")], &["prod staging"]),
    (&[("wrangler.toml", "[env.staging.vars]\nt = \"@\"\n[env.production.vars]\nt = \"@\"\n")], &["prod staging"]),
    (&[("config.json", "{\"production\": {\"t\": \"@\"}, \"test\": {\"t\": \"@\"}}")], &["prod test"]),
    (&[("knexfile.js", "module.exports = {\n  production: { t: '@' },\n  staging: { t: '@' },\n}\n")], &["prod staging"]),
    (&[(".env", "PROD_TOKEN=@\nSTAGING_TOKEN=@\n")], &["prod staging"]),
    // A block of both says nothing; nor does what is among examples, or the mode of a program.
    (&[("a.yml", "prod_and_staging:\n  t: @\n"), ("examples/prod.yml", "t: @\n"), (".env.staging", "RAILS_ENV=production\nT=@\n")], &[]),
];

#[test]
fn environments_are_known_by_paths_and_by_what_a_place_stands_in() {
    let mut wrong = Vec::new();
    for (files, expected) in PATHS.into_iter().chain(STRUCTURES) {
        let said = with(files).scan(["."]);
        let found = environments(&said);
        if found != *expected {
            wrong.push(format!("{files:?}: {found:?}, not {expected:?}: {:?}", said.places()));
        }
    }
    assert!(wrong.is_empty(), "{} are wrong:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn dev_and_test_may_share_and_neither_may_with_production() {
    let folder = with(&[("dev.env", "T=@\n"), ("tests/a.env", "T=@\n")]);
    assert!(environments(&folder.scan(["."])).is_empty());
    super::write(&folder, &[("prod.env", "T=@\n")]);
    assert_eq!(environments(&folder.scan(["."])), ["dev prod test"]);
}

#[test]
fn what_is_no_secret_is_shared_by_nobody() {
    let placeholder = "DB_PASSWORD=changeme\nAPI_KEY=your-api-key\nTOKEN=${TOKEN}\n";
    let folder = with(&[(".env.production", placeholder), (".env.staging", placeholder)]);
    assert!(environments(&folder.scan(["."])).is_empty());
}

#[test]
fn one_secret_counts_whichever_rules_find_it() {
    let password = expand("{{base62:24}}", "two rules");
    let folder = Folder::new();
    folder.write(".env.staging", format!("DB_PASSWORD={password}\n"));
    folder.write("config/production.yml", format!("url: postgres://app:{password}@db.internal/app\n"));
    let found = findings(&folder.scan(["."]));
    assert_eq!(found.len(), 1);
    assert_eq!(list(&found[0]["sharing"]["findings"]).len(), 2, "{found:?}");
    assert_eq!(list(&found[0]["locations"]).iter().map(|place| text(&place["environment"])).collect::<Vec<_>>(), ["staging", "prod"]);
}
