//! Configuration and the history: the same with a cache and without one, whatever changes in between.

use super::{skipped, with_env};
use crate::support::{Folder, Said, assigned, at, expand, keysieve_in, list};

fn folder() -> Folder {
    let folder = Folder::repository();
    let stripe = expand("{{base62:24}}", "s");
    folder.write("a.env", assigned("a")).write("gen/b.env", assigned("b")).write("both.env", assigned("c")).commit_all();
    folder.write("gen/both.env", assigned("c")).write("note.txt", format!("PASSWORD={stripe}\n")).commit_all();
    folder.remove("a.env").commit_all();
    folder
}

fn scan(folder: &Folder, cache: &Folder, arguments: &[&str]) -> Said {
    Said::of(keysieve_in(&folder.path).env("XDG_CACHE_HOME", &cache.path).args(["scan", "--history", "--format", "json"]).args(arguments))
}

#[test]
fn every_configuration_gives_the_same_with_and_without_a_cache() {
    let (folder, cache) = (folder(), Folder::new());
    let configs = [
        "{}",
        "rules: {disable: [github.personal-access-token]}",
        "rules: {override: {github.personal-access-token: {severity: low}}}",
        "rules: {override: {github.personal-access-token: {confidence: low}}}",
        "rules: {override: {generic.password: {confidence: low}}}",
        "paths: {exclude: [gen]}",
        "paths: {exclude_regex: ['b.*e']}",
        "min_confidence: low",
        "rules: {disable: ['generic.*']}",
        "max_file_size: 45",
        "{}",
    ];
    let mut different = std::collections::BTreeSet::new();
    for config in configs.iter().chain(configs.iter().rev()) {
        folder.write("keysieve.yaml", format!("{config}\n"));
        let cached = scan(&folder, &cache, &[]);
        let fresh = scan(&folder, &cache, &["--no-cache"]);
        assert_eq!((cached.code, &cached.stdout), (fresh.code, &fresh.stdout), "{config}");
        assert_eq!(cached.stdout, scan(&folder, &cache, &[]).stdout, "{config}");
        different.insert(fresh.stdout);
    }
    assert!(different.len() >= 6, "only {} different reports: the configurations change too little", different.len());
}

#[test]
fn a_secret_goes_only_if_all_its_paths_are_excluded() {
    let folder = folder();
    folder.write("keysieve.yaml", "paths: {exclude: [gen/]}\n");
    let said = Said::of(keysieve_in(&folder.path).args(["scan", "--history", "--format", "json", "--min-confidence", "high"])).ends_with(1);
    assert_eq!(said.places(), [at("a.env"), at("both.env"), "note.txt: generic.password".to_owned()]);
    let skips = skipped(&said);
    assert_eq!((skips[0].0.as_str(), skips[0].2), ("secrets in excluded files only", 1));
    let paths: Vec<_> = list(&said.report()["findings"]).iter().map(|finding| list(&finding["exposure"]["paths"]).len()).collect();
    assert!(paths.contains(&2), "the exposure still names every path: {paths:?}");
}

#[test]
fn a_bare_repository_has_no_configuration() {
    let folder = folder();
    folder.write("keysieve.yaml", "rules: {disable: ['github.*', 'generic.*']}\n").commit_all();
    folder.git(["clone", "--quiet", "--bare", ".", "bare.git"]);
    let places = |path: &str| folder.scan(["--history", path, "--min-confidence", "high"]).places().len();
    assert_eq!((places("."), places("bare.git")), (0, 5));
    with_env(&folder, &[], &["scan", "--history", "bare.git", "--config", "keysieve.yaml", "--min-confidence", "high"]).ends_with(0);
}
