use super::{environments, shared, with, write};
use crate::support::Folder;

#[track_caller]
fn with_config(config: &str) -> Folder {
    let folder = shared();
    folder.write("keysieve.yaml", config);
    folder
}

#[test]
fn words_and_paths_add_environments_and_move_files() {
    let folder = with_config("environments:\n  edge:\n    names: [cdn]\n  production:\n    paths: [live/**]\n  qa: {}\n");
    write(&folder, &[("cdn/a.env", "T=%\n"), ("live/test/a.env", "T=%\n")]);
    let mut found = environments(&folder.scan(["."]));
    found.sort();
    assert_eq!(found, ["edge prod", "prod staging"]);
    // Called `production` in the configuration, and `prod` as ever.
    write(&folder, &[("prod/b.env", "T=%\n"), ("qa.env", "T=%\n")]);
    let mut found = environments(&folder.scan(["."]));
    found.sort();
    assert_eq!(found, ["edge prod qa", "prod staging"]);
}

#[test]
fn what_is_not_guarded_or_not_enabled_is_not_told() {
    let both = "environments:\n  staging: {guarded: false}\n  prod: {guarded: false}\n";
    assert!(environments(&with_config(both).scan(["."])).is_empty());
    assert_eq!(environments(&with_config("environments:\n  staging: {guarded: false}\n").scan(["."])), ["prod staging"]);
    assert!(environments(&with_config("environments:\n  staging: {enabled: false}\n").scan(["."])).is_empty());
    let guarded = with(&[("dev.env", "T=@\n"), ("qa.env", "T=@\n")]);
    guarded.write("keysieve.yaml", "environments:\n  dev:\n    guarded: true\n");
    assert_eq!(environments(&guarded.scan(["."])), ["dev test"]);
}

#[test]
fn nonsense_is_an_error_with_its_place() {
    for (config, expected) in [
        ("environments: false\n", "keysieve.yaml:1:15: `environments` takes a map, not a number or truth value"),
        ("environments: [prod]\n", "`environments` takes a map, not a list"),
        ("environments:\n  prod: true\n", "`environments.prod` takes a map"),
        ("environments:\n  prod:\n    path: x\n", "unknown key `path` in `environments.prod`"),
        ("environments:\n  prod:\n    paths: ['[']\n", "keysieve.yaml:3:13: `[` is no pattern"),
        ("environments:\n  prod:\n    names: ['a b']\n", "`a b` is no word"),
        ("environments:\n  prod:\n    guarded: 'yes'\n", "`environments.prod.guarded` takes true or false, not a text"),
        ("environments:\n  'a b':\n    guarded: true\n", "`a b` is no name of an environment"),
    ] {
        let said = with_config(config).scan(["."]).ends_with(2);
        assert!(said.stderr.contains(expected), "{config}: {said:#?}");
    }
    let many: String = (0..101).map(|number| format!("  e{number}: {{guarded: true}}\n")).collect();
    let said = with_config(&format!("environments:\n{many}")).scan(["."]).ends_with(2);
    assert!(said.stderr.contains("more than 100 environments"), "{said:#?}");
}

#[test]
fn a_configuration_shows_what_it_says_of_environments() {
    let folder = with_config("environments:\n  prod:\n    names: [live]\n    guarded: false\n  edge:\n    paths: ['cdn/**']\n");
    let said = folder.keysieve(["config", "show"]).ends_with(0);
    for line in ["environments.prod.names:\n  - live\n", "environments.edge.paths:\n  - cdn/**\n", "environments.prod.guarded: false\n"] {
        assert!(said.stdout.contains(line), "{line}: {}", said.stdout);
    }
    let said = folder.keysieve(["config", "show", "--json"]);
    assert!(said.code != 0 || said.stdout.contains("\"environment\""), "{said:#?}");
}
