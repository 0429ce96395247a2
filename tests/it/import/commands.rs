//! `keysieve import gitleaks` as a person runs it, and scans with what it wrote.

use crate::support::{Folder, NOTHING, expand, list};

const CONFIG: &str = r#"
[[rules]]
id = "acme-token"
description = "Acme token"
regex = '''acme_[0-9a-f]{24}'''
keywords = ["acme_"]
path = '''^(src|conf)/'''
    [[rules.allowlists]]
    description = "samples"
    paths = ['''^src/samples/''']
[[rules]]
id = "lookahead"
regex = '''(?=acme)x'''
"#;

fn secret(seed: &str) -> String {
    expand("acme_{{hex:24}}\n", seed)
}

/// A repository with the rules of [`CONFIG`] and secrets in four folders.
fn moved_in() -> Folder {
    let folder = Folder::committed();
    folder.write(".gitleaks.toml", CONFIG);
    folder.keysieve(["import", "gitleaks", ".gitleaks.toml"]).ends_with(0);
    for path in ["src/a.txt", "conf/b.txt", "docs/c.txt", "src/samples/d.txt"] {
        folder.write(path, secret(path));
    }
    folder
}

#[test]
fn what_was_written_is_used_by_the_next_scan() {
    let folder = moved_in();
    folder.keysieve(["rules", "check", ".keysieve/rules"]).ends_with(0);
    let expected = ["conf/b.txt: imported.acme-token", "src/a.txt: imported.acme-token"];
    folder.scan(["."]).finds(&expected);
    folder.scan(["src"]).finds(&expected[1..]);
    folder.scan([folder.path.to_str().expect("because it is UTF-8")]).ends_with(1);
}

#[test]
fn a_history_holds_rules_against_all_paths_of_a_content() {
    let folder = moved_in();
    folder.commit_all();
    // The same content under a path that does not count, and back.
    folder.git(["mv", "src/a.txt", "docs/a.txt"]);
    folder.git(["mv", "docs/c.txt", "docs/e.txt"]);
    folder.commit_all();
    let full = folder.scan(["--history", "--full-scan"]);
    let said = folder.scan(["--history"]);
    assert_eq!(said.places(), full.places());
    said.finds(&["conf/b.txt: imported.acme-token", "src/a.txt: imported.acme-token"]);
}

#[test]
fn a_keyword_far_from_a_secret_counts_in_each_version_by_itself() {
    let folder = Folder::committed();
    folder.write(".gitleaks.toml", "[[rules]]\nid = 'r'\nregex = 'k=([0-9a-f]{16})'\nkeywords = ['acme']\n");
    folder.keysieve(["import", "gitleaks", ".gitleaks.toml"]).ends_with(0);
    let filler: String = (0..2_000).map(|line| format!("line {line} of a file\n")).collect();
    for (version, head) in ["acme\n", "", "ACME, Inc.\n"].into_iter().enumerate() {
        folder.write("a.txt", format!("{head}{filler}{}\n", expand("k={{hex:16}}", &version.to_string())));
        folder.commit_all();
    }
    folder.git(["repack", "-adfq"]);
    let full = folder.scan(["--history", "--full-scan", "--no-cache"]).report();
    let report = folder.scan(["--history", "--no-cache"]).report();
    assert_eq!(report["findings"], full["findings"]);
    assert_eq!(list(&report["findings"]).len(), 2, "{report:#}");
    assert!(list(&report["findings"]).iter().all(|finding| finding["rule"]["id"] == "imported.r"));
}

#[test]
fn a_staged_secret_is_found_by_its_path() {
    let folder = moved_in();
    folder.git(["add", "--all"]);
    folder.scan(["--staged"]).finds(&["conf/b.txt: imported.acme-token", "src/a.txt: imported.acme-token"]);
}

#[test]
fn a_rule_for_some_paths_hides_nothing_elsewhere() {
    let folder = Folder::new();
    let config = "[[rules]]\nid = 'all'\nregex = '''T=.+'''\npath = '''^src/'''\n";
    folder.write("g.toml", config);
    folder.keysieve(["import", "gitleaks", "g.toml"]).ends_with(0);
    folder.write("docs/a", crate::support::assigned("1")).write("src/a", crate::support::assigned("2"));
    folder.scan(["."]).finds(&["docs/a: github.personal-access-token", "src/a: github.personal-access-token"]);
}

#[test]
fn a_rule_that_is_not_reported_hides_nothing() {
    let folder = Folder::new();
    folder.write("g.toml", "[[rules]]\nid = 'all'\nregex = '''T=.+'''\nskipReport = true\n");
    folder.keysieve(["import", "gitleaks", "g.toml"]).ends_with(0);
    folder.write("a", crate::support::assigned("1"));
    folder.scan(["a"]).finds(&["a: github.personal-access-token"]);
}

#[test]
fn nothing_is_dropped_silently() {
    let folder = Folder::new();
    folder.write("g.toml", CONFIG);
    let said = folder.keysieve(["import", "gitleaks", "g.toml", "--dry-run"]).ends_with(0);
    for words in [
        "taken from g.toml: 1",
        "2: rule `acme-token` -> rule `imported.acme-token`",
        "not taken: 1",
        "11: rule `lookahead`: its regex cannot be said: it looks ahead",
    ] {
        assert!(said.stdout.contains(words), "{words}: {}", said.stdout);
    }
    assert!(!folder.path.join("keysieve.yaml").exists());
    let said = folder.keysieve(["import", "gitleaks", "g.toml", "--dry-run", "--format", "json"]).ends_with(0);
    let outcome: serde_json::Value = serde_json::from_str(&said.stdout).expect("because JSON was asked for");
    assert_eq!(outcome["outcome"]["left"][0]["line"], 11);
    assert_eq!(outcome["written"], false);
    assert!(outcome["files"][1]["text"].as_str().is_some_and(|text| text.contains("imported.acme-token")));
}

#[test]
fn files_that_are_there_stay() {
    let folder = Folder::new();
    folder.write("g.toml", CONFIG).write("keysieve.yaml", "# mine\n");
    let said = folder.keysieve(["import", "gitleaks", "g.toml"]).ends_with(2);
    assert!(said.stderr.contains("keysieve.yaml is there already; nothing was written"), "{}", said.stderr);
    assert_eq!(folder.read("keysieve.yaml"), "# mine\n");
    assert!(!folder.path.join(".keysieve").exists());
    folder.keysieve(["import", "gitleaks", "g.toml", "--output", "elsewhere"]).ends_with(0);
    assert!(folder.path.join("elsewhere/.keysieve/rules/imported.yaml").exists());
    folder.keysieve(["import", "gitleaks", "g.toml", "--force"]).ends_with(0);
    assert!(folder.read("keysieve.yaml").contains("rule_dirs"));
}

#[test]
fn without_rules_the_built_in_ones_stay_on() {
    for config in ["", "[allowlist]\nregexes = ['x']\n"] {
        let folder = Folder::new();
        folder.write("g.toml", config).write("a", crate::support::assigned("1"));
        let said = folder.keysieve(["import", "gitleaks", "g.toml"]).ends_with(0);
        assert!(said.stdout.contains("the built-in rules of keysieve stay on"), "{}", said.stdout);
        folder.scan(["a"]).finds(&["a: github.personal-access-token"]);
    }
}

#[test]
fn paths_that_are_not_scanned_go_to_the_configuration() {
    let folder = Folder::new();
    folder.write("g.toml", "[extend]\nuseDefault = true\ndisabledRules = ['github-pat', 'generic-api-key']\n[allowlist]\npaths = ['''(^|/)vendor/''', '''it's''']\n");
    let said = folder.keysieve(["import", "gitleaks", "g.toml"]).ends_with(0);
    let written = folder.read("keysieve.yaml");
    assert!(written.contains("    - github.personal-access-token # disabledRules\n"), "{written}");
    assert!(written.contains("paths:\n  exclude_regex:\n    - '(^|/)vendor/'\n    - 'it''s'\n"), "{written}");
    assert!(said.stdout.contains("`generic-api-key` in `disabledRules`: no built-in rule is certainly about the same"), "{}", said.stdout);
}

#[test]
fn nonsense_is_refused() {
    let folder = Folder::new();
    folder.write("broken.toml", "[[rules]\nid = 1\n").write("bytes.toml", b"\xff\xfe").write("large.toml", vec![b'#'; (4 << 20) + 1]);
    folder.write("deep.toml", format!("a = {}{}\n", "[".repeat(20_000), "]".repeat(20_000)));
    for (file, words) in [
        ("broken.toml", "line 1"),
        ("bytes.toml", "UTF-8"),
        ("large.toml", "larger than"),
        ("deep.toml", "line 1"),
        ("none.toml", "no such file"),
    ] {
        let said = folder.keysieve(["import", "gitleaks", file]).ends_with(2);
        assert!(said.stderr.contains(words), "{file}: {}", said.stderr);
        assert!(said.stderr.len() < 400, "{file}: {}", said.stderr);
    }
    folder.keysieve(["import"].into_iter().chain(NOTHING)).ends_with(2);
}

#[test]
fn patterns_that_explode_are_left() {
    let folder = Folder::new();
    let config = "[[rules]]\nid = 'a'\nregex = '''((a{1,900}){1,900}){1,900}'''\n[[rules]]\nid = 'b'\nregex = '''x*'''\n[[rules]]\nid = 'c'\nregex = '''c=(x)'''\nsecretGroup = 4\n";
    folder.write("g.toml", config);
    let said = folder.keysieve(["import", "gitleaks", "g.toml"]).ends_with(0);
    for words in [
        "rule `a`: its regex cannot be said: compiled it takes",
        "rule `b`: `search.pattern` matches nothing at all",
        "rule `c`: `search.secret_group` is 4",
    ] {
        assert!(said.stdout.contains(words), "{words}: {}", said.stdout);
    }
    assert!(!folder.path.join("keysieve.yaml").exists());
}
