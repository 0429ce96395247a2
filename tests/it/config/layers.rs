//! Which layer wins, where values come from, and what they do.

use super::with_env;
use crate::support::{Folder, NOTHING, assigned, at, list, text};

/// The line of `config show --origin` that begins with `key`.
fn line(shown: &str, key: &str) -> String {
    let found = shown.lines().find(|line| line.trim_start().starts_with(key)).unwrap_or_else(|| panic!("no {key} in {shown}"));
    found.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A rule that is critical by itself.
const MEDIUM: &str = "rules: {override: {github.personal-access-token: {severity: medium}}}\n";

#[test]
fn later_layers_win_and_every_value_says_where_it_comes_from() {
    let folder = Folder::committed();
    let user = Folder::new();
    let home = user.path.display().to_string();
    let show = |variables: &[(&str, &str)], flags: &[&str]| {
        let all: Vec<_> = [("XDG_CONFIG_HOME", home.as_str())].into_iter().chain(variables.iter().copied()).collect();
        line(&with_env(&folder, &all, &[&["config", "show", "--origin"], flags].concat()).ends_with(0).stdout, "min_confidence")
    };
    assert_eq!(show(&[], &[]), "min_confidence: medium # default");
    user.write("keysieve/config.yaml", "min_confidence: high\n");
    assert_eq!(show(&[], &[]), format!("min_confidence: high # {home}/keysieve/config.yaml:1:17"));
    folder.write("keysieve.yaml", "# ours\nmin_confidence: low\n");
    assert_eq!(show(&[], &[]), "min_confidence: low # keysieve.yaml:2:17");
    let variable = [("KEYSIEVE_MIN_CONFIDENCE", "high")];
    assert_eq!(show(&variable, &[]), "min_confidence: high # KEYSIEVE_MIN_CONFIDENCE");
    assert_eq!(show(&variable, &["--min-confidence", "medium"]), "min_confidence: medium # --min-confidence");
    assert_eq!(show(&[], &["--no-config"]), "min_confidence: medium # default");
    assert_eq!(show(&[("KEYSIEVE_NO_CONFIG", "1")], &[]), "min_confidence: medium # default");
    folder.write("other.yaml", "{}\n");
    assert_eq!(show(&[], &["--config", "other.yaml"]), format!("min_confidence: high # {home}/keysieve/config.yaml:1:17"));
    assert_eq!(show(&[("KEYSIEVE_CONFIG", "other.yaml")], &[]), format!("min_confidence: high # {home}/keysieve/config.yaml:1:17"));
}

#[test]
fn lists_add_up_over_the_layers() {
    let folder = Folder::committed();
    folder.write("keysieve.yaml", "paths:\n  exclude: [a, b]\n");
    let shown = with_env(&folder, &[("KEYSIEVE_EXCLUDE", "c,d")], &["config", "show", "--format", "json", "--origin", "--exclude", "e"]);
    let shown = shown.ends_with(0).report();
    let own = list(&shown["settings"]).iter().find(|setting| text(&setting["key"]) == "paths.exclude").expect("because it is a setting");
    assert_eq!(own["value"], serde_json::json!(["a", "b", "c", "d", "e"]));
    let kinds: Vec<_> = list(&own["origin"]).iter().map(|origin| text(&origin["kind"])).collect();
    assert_eq!(kinds, ["repository", "repository", "environment", "environment", "flag"]);
    assert_eq!((&own["origin"][1]["line"], &own["origin"][1]["column"]), (&serde_json::json!(2), &serde_json::json!(16)));
}

#[test]
fn a_scan_from_a_subfolder_and_a_hidden_file_count_as_well() {
    let folder = Folder::committed();
    folder
        .write("sub/a.env", assigned("a"))
        .write(".keysieve.yaml", format!("{MEDIUM}min_confidence: high\nfail_on: {{severity: critical}}\n"));
    let said = folder.scan(["sub"]).ends_with(0);
    assert_eq!((said.places(), text(&said.report()["min_confidence"])), (vec![at("sub/a.env")], "high"));
    let said = crate::support::Said::of(crate::support::keysieve_in(&folder.path.join("sub")).args(["scan", "--format", "json"]));
    assert_eq!(said.ends_with(0).places(), [at("a.env")]);
}

#[test]
fn outside_of_repositories_the_scanned_folder_s_own_file_counts() {
    let folder = Folder::new();
    folder.write("x/a.env", assigned("a")).write("x/keysieve.yaml", "paths: {exclude: [/a.env]}\n").write("keysieve.yaml", "nonsense: 1\n");
    assert_eq!(folder.scan(["x"]).finds(&[]).places(), NOTHING);
    folder.scan(["x/a.env"]).finds(&[&at("x/a.env")]);
    folder.scan(["x/a.env", "x"]).finds(&[]);
    folder.scan(["x/a.env", "--exclude", "*.env"]).finds(&[]);
    folder.scan(["."]).ends_with(2);
}

#[test]
fn several_repositories_with_configurations_of_their_own_are_not_mixed() {
    let folder = Folder::new();
    for name in ["a", "b"] {
        folder.write(format!("{name}/x.env"), assigned(name));
        folder.git(["init", "--quiet", name]);
    }
    folder.scan(["a", "b"]).finds(&[&at("a/x.env"), &at("b/x.env")]);
    folder.write("b/keysieve.yaml", "rules: {disable: ['*']}\n");
    let said = folder.scan(["a", "b"]).ends_with(2);
    assert!(said.stderr.contains("--no-config"), "{said:?}");
    folder.scan(["a", "b", "--no-config"]).finds(&[&at("a/x.env"), &at("b/x.env")]);
}

#[test]
fn fail_on_decides_the_exit_code_only() {
    let folder = Folder::committed();
    folder.write("a.env", assigned("a"));
    for (lines, code) in [("{severity: low}", 1), ("{severity: critical, confidence: high}", 0), ("{confidence: high}", 1)] {
        folder.write("keysieve.yaml", format!("{MEDIUM}fail_on: {lines}\n"));
        let said = folder.scan(NOTHING).ends_with(code);
        assert_eq!((said.places(), text(&said.report()["outcome"])), (vec![at("a.env")], "findings"), "{lines}");
        crate::report_schema::assert_fits(&crate::report_schema::json_schema(), &said.report());
    }
    folder.write("keysieve.yaml", format!("{MEDIUM}fail_on: {{severity: critical}}\n"));
    let said = folder.keysieve(["scan"]).ends_with(0);
    assert!(said.stdout.contains("1 secret below fail_on (severity critical, confidence low)"), "{said:?}");
    assert!(!said.stdout.contains("no secrets found"), "{said:?}");
    // What was not scanned still counts.
    folder.write("long.txt", "x".repeat(5000));
    folder.scan(["--max-file-size", "1KiB"]).ends_with(3);
    folder.scan(["--max-file-size", "1KiB", "--allow-incomplete"]).ends_with(0);
    folder.scan(["--fail-on-severity", "low"]).ends_with(1);
}

#[test]
fn the_limit_of_sizes_counts_and_leaves_a_gap() {
    let folder = Folder::committed();
    folder.write("keysieve.yaml", "max_file_size: 1000\n").write("long.txt", "x".repeat(1001));
    assert_eq!(folder.scan(NOTHING).ends_with(3).gaps(), ["long.txt"]);
    folder.scan(["--max-file-size", "2KiB"]).ends_with(0);
}

#[test]
fn hooks_and_ranges_read_the_file_of_the_working_tree() {
    let folder = Folder::committed();
    folder.write("keysieve.yaml", "paths: {exclude: [gen]}\n").write("gen/a.env", assigned("a")).write("b.env", assigned("b"));
    folder.git(["add", "gen", "b.env"]);
    let said = folder.scan(["--staged"]).finds(&[&at("b.env")]);
    assert_eq!(super::skipped(&said)[0].2, 1);
    folder.commit_all();
    folder.scan(["--range", "HEAD~1..HEAD"]).finds(&[&at("b.env")]);
    let said = folder.scan_stdin(assigned("a").as_bytes(), ["--path", "gen/a.env"]).ends_with(0);
    assert_eq!(super::skipped(&said)[0].0, "excluded files");
    folder.scan_stdin(assigned("a").as_bytes(), ["--path", "x.env"]).finds(&[&at("x.env")]);
}
