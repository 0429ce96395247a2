//! Exceptions in a configuration: what they cover, what they never hide, what is wrong with one.

use std::time::Duration;

use super::with_env;
use crate::support::{Folder, NOTHING, Said, assigned, at, expand, keysieve_in, list, text, token};

const RULE: &str = "github.personal-access-token";

/// `exceptions:` with these entries, each in braces.
fn listing(entries: &[&str]) -> String {
    entries.iter().fold("exceptions:\n".to_owned(), |all, entry| format!("{all}  - {{{entry}}}\n"))
}

/// A value that a general rule finds, as a line.
fn password(seed: &str) -> String {
    format!("PASSWORD={}\n", expand("{{base62:24}}", seed))
}

fn fingerprint(folder: &Folder, path: &str) -> String {
    let report = folder.scan([path, "--no-config"]).ends_with(1).report();
    text(&report["findings"][0]["fingerprint"]).to_owned()
}

#[test]
fn a_secret_is_excepted_by_its_fingerprint_wherever_it_stands() {
    let folder = Folder::committed();
    folder.write("a.env", assigned("a")).write("b/c.env", assigned("a")).write("new.env", assigned("new"));
    let name = fingerprint(&folder, "a.env");
    folder.write("keysieve.yaml", listing(&[&format!("fingerprint: \"{name}\", reason: \"revoked\", owner: \"@org/team\"")]));
    let said = folder.scan(["."]).finds(&[&at("new.env")]);
    let own = said.report()["suppressed"][0]["status"]["suppressions"][0].clone();
    let told = [&own["kind"], &own["reason"], &own["owner"], &own["file"]].map(text);
    assert_eq!((told, own["line"].as_u64()), (["external", "revoked", "@org/team", "keysieve.yaml"], Some(2)));
    // On the line of the secret that is excepted, too.
    folder.write("a.env", format!("T={} U={}\n", token("a"), token("beside"))).remove("new.env");
    folder.scan(["."]).finds(&[&at("a.env")]);
    let human = folder.remove("a.env").keysieve(["scan", "--show-suppressed", "."]).ends_with(0).stdout;
    assert!(human.contains("suppressed: revoked") && human.contains("(keysieve.yaml:2, owner @org/team)"), "{human}");
    folder.scan([".", "--no-config"]).finds(&[&at("b/c.env")]);
}

#[test]
fn with_a_path_only_the_places_there_are_excepted() {
    let folder = Folder::committed();
    folder.write("tests/a.env", assigned("a"));
    let name = fingerprint(&folder, "tests");
    folder.write("keysieve.yaml", listing(&[&format!("fingerprint: \"{name}\", path: tests/**")]));
    folder.scan(NOTHING).finds(&[]);
    let said = folder.write("a.env", assigned("a")).scan(NOTHING).finds(&[&at("a.env"), &at("tests/a.env")]);
    assert!(said.stdout.contains("excepted in 1 of 2 places"), "{said:?}");
}

#[test]
fn a_rule_is_excepted_in_paths_and_other_rules_there_are_not() {
    let folder = Folder::committed();
    folder.write("docs/deep/a.md", assigned("a") + &password("p")).write("a.md", assigned("b"));
    folder.write("keysieve.yaml", listing(&["rule: \"github.*\", path: \"docs/**/*.md\""]));
    folder.scan(NOTHING).finds(&[&at("a.md"), "docs/deep/a.md: generic.password"]);
    folder.write("keysieve.yaml", listing(&["path: docs/"]));
    folder.scan(NOTHING).finds(&[&at("a.md")]);
}

#[test]
fn paths_count_from_the_root_in_every_kind_of_scan() {
    let folder = Folder::committed();
    folder.write("deep/tests/a.env", assigned("a")).write("keysieve.yaml", listing(&["path: deep/tests/*.env"])).commit_all();
    let deep = folder.path.join("deep");
    for (place, arguments) in [
        (&folder.path, &["."][..]),
        (&folder.path, &["deep"]),
        (&folder.path, &["--history"]),
        (&folder.path, &["--range", "HEAD"]),
        (&deep, &["."]),
        (&deep, &["tests/a.env"]),
        (&deep, &["../deep/tests"]),
    ] {
        let said = Said::of(keysieve_in(place).args(["scan", "--format", "json"]).args(arguments)).finds(&[]);
        assert_eq!(list(&said.report()["suppressed"]).len(), 1, "{arguments:?}");
    }
    folder.write("deep/tests/b.env", assigned("b"));
    folder.git(["add", "--all"]);
    folder.scan(["--staged"]).finds(&[]);
    folder.scan_stdin(assigned("c").as_bytes(), ["--path", "deep/tests/c.env"]).finds(&[]);
    folder.scan_stdin(assigned("c").as_bytes(), ["--path", "tests/c.env"]).finds(&[&at("tests/c.env")]);
}

#[test]
fn files_add_up_and_paths_count_from_the_root_of_each_repository() {
    let (one, other, user) = (Folder::committed(), Folder::committed(), Folder::new());
    user.write("keysieve/config.yaml", listing(&["path: old/"]));
    for folder in [&one, &other] {
        folder.write("old/a.env", assigned("a")).write("x/old/b.env", assigned("b"));
    }
    let (home, second) = (user.path.display().to_string(), other.path.display().to_string());
    let variables = [("XDG_CONFIG_HOME", home.as_str())];
    let arguments = ["scan", "--format", "json", ".", &second];
    let both = format!("{second}/x/old/b.env");
    with_env(&one, &variables, &arguments).finds(&[&at(&both), &at("x/old/b.env")]);
    one.write("keysieve.yaml", listing(&["path: x/old/"]));
    with_env(&one, &variables, &["scan", "--format", "json"]).finds(&[]);
    one.scan(NOTHING).finds(&[&at("old/a.env")]);
}

#[test]
fn of_several_repositories_none_excepts_what_another_one_holds() {
    let outer = Folder::new();
    for name in ["one", "other"] {
        outer.write(format!("{name}/a.env"), assigned("a"));
        outer.git(["init", "--quiet", name]);
    }
    outer.keysieve(["baseline", "create", "one"]).ends_with(0);
    let said = outer.scan(["one", "other"]).ends_with(2);
    assert!(said.stderr.contains("several repositories") && said.stderr.contains("--no-baseline"), "{said:?}");
    outer.scan(["one", "other", "--no-baseline"]).finds(&[&at("one/a.env"), &at("other/a.env")]);
    outer.scan(["one", "other", "--baseline", "one/keysieve-baseline.jsonl"]).finds(&[]);
}

#[test]
fn they_are_listed_with_their_place_and_said_to_be_of_no_use() {
    let folder = Folder::committed();
    folder.write("docs/a.md", assigned("a"));
    let entries = ["path: docs/, reason: samples", "rule: generic.password, path: none/, expires: \"2020-01-31\""];
    folder.write("keysieve.yaml", listing(&entries));
    let listed = folder.keysieve(["exceptions"]).ends_with(0).stdout;
    assert_eq!(
        listed,
        "keysieve.yaml:2  docs/  samples\nkeysieve.yaml:3  generic.password in none/  until 2020-01-31  [expired]\n2 exceptions\n"
    );
    assert!(folder.keysieve(["exceptions", "--expired"]).ends_with(0).stdout.ends_with("[expired]\n1 exception\n"));
    let said = folder.keysieve(["scan", "--strict-exceptions"]).ends_with(1);
    assert!(said.stderr.contains("keysieve.yaml:3: the exception for generic.password in none/ expired on 2020-01-31"), "{said:?}");
    folder.write("keysieve.yaml", listing(&entries[..1])).keysieve(["scan", "--strict-exceptions"]).ends_with(0);
    folder.remove("docs/a.md");
    assert!(folder.keysieve(["exceptions", "--unused"]).ends_with(0).stdout.contains("keysieve.yaml:2  docs/"));
    folder.keysieve(["scan", "--strict-exceptions"]).ends_with(1);
}

#[test]
fn a_baseline_holds_what_a_scan_with_the_same_configuration_reports() {
    let folder = Folder::committed();
    folder.write("a.env", assigned("a")).write("docs/b.env", assigned("b")).write("gen/c.env", assigned("c")).write("d.env", password("d"));
    folder.write(
        "keysieve.yaml",
        format!("rules: {{disable: [generic.password]}}\npaths: {{exclude: [gen/]}}\n{}", listing(&["path: docs/"])),
    );
    let said = folder.keysieve(["baseline", "create"]).ends_with(0);
    assert!(said.stdout.ends_with(": 1 known credential\n"), "{said:?}");
    folder.scan(NOTHING).finds(&[]);
    assert_eq!(folder.keysieve(["baseline", "diff"]).ends_with(0).stdout, "0 new, 0 gone, 1 known\n");
    assert!(folder.keysieve(["baseline", "diff", "--no-config"]).ends_with(1).stdout.ends_with("3 new, 0 gone, 1 known\n"));
}

#[test]
fn the_file_that_excepts_a_secret_is_no_finding_itself() {
    let folder = Folder::committed();
    folder.write("a.env", assigned("a"));
    let name = fingerprint(&folder, "a.env");
    folder.write(
        "keysieve.yaml",
        format!("exceptions:\n  - fingerprint: {name}\n    reason: \"revoked\"\n    approved_by: \"@org/security\"\n"),
    );
    folder.scan(["--min-confidence", "low"]).finds(&[]);
}

#[test]
fn what_is_wrong_with_one_is_told_with_its_place() {
    let folder = Folder::committed();
    for (config, expected) in [
        ("exceptions: x\n", "1:13: `exceptions` takes a list, not a text\n"),
        ("exceptions:\n  path: x\n", "2:3: `exceptions` takes a list, not a map\n"),
        ("exceptions: [x]\n", "1:14: an exception is a map, not a text\n"),
        ("exceptions:\n  - reason: x\n", "2:5: an exception is bound to nothing\n"),
        ("exceptions:\n  - {pat: x}\n", "2:6: unknown key `pat` in `exceptions`\n  2 |   - {pat …\n    |      ^^^ did you mean `path`?\n"),
        ("exceptions:\n  - {rule: aws.key}\n", "2:12: `rule: aws.key` alone would hide every new secret of that rule\n"),
        ("exceptions:\n  - {path: '**'}\n", "2:12: `path: **` would hide every new secret\n"),
        ("exceptions:\n  - {path: '[a'}\n", "2:12: `path: [a` is no pattern: `[` without `]`\n"),
        ("exceptions:\n  - {path: 1}\n", "2:12: `path` takes a text, not a number or truth value\n"),
        ("exceptions:\n  - path:\n", "2:5: `path` has no value\n"),
        ("exceptions:\n  - {fingerprint: abc}\n", "2:19: `abc` is no fingerprint\n"),
        ("exceptions:\n  - {path: x, expires: 31.01.2027}\n", "2:24: `31.01.2027` is no day\n"),
        ("exceptions:\n  - {path: x, expires: 2027-02-29}\n", "write YYYY-MM-DD, such as 2027-01-31\n"),
        (
            "exceptions:\n  - path: docs/\n    rule: generic.pasword\n",
            "3:11: there is no rule `generic.pasword`\n  3 |     rule: generic.pasword\n    |           ^^^^^^^^^^^^^^^ did you mean `generic.password`?\n",
        ),
        ("exceptions: [{path: docs/, rule: 'nobody.*'}]\n", "1:34: no rule's id matches `nobody.*`\n"),
    ] {
        folder.write("keysieve.yaml", config);
        for command in [&["scan"][..], &["config", "check"], &["exceptions"], &["baseline", "create"]] {
            let said = folder.keysieve(command).ends_with(2);
            assert!(said.stderr.starts_with("keysieve: keysieve.yaml:") && said.stderr.contains(expected), "{config:?}: {}", said.stderr);
        }
    }
}

#[test]
fn a_repository_cannot_hide_a_request_in_one() {
    let folder = Folder::committed();
    for key in ["url", "command", "signing_key", "webhook", "allow_incomplete", "show_secrets"] {
        for config in [format!("exceptions:\n  - path: docs/\n    {key}: x\n"), format!("policy:\n  {key}: x\n")] {
            let said = folder.write("keysieve.yaml", config).keysieve(["scan"]).ends_with(2);
            assert!(said.stderr.contains(&format!("`{key}` is refused in the configuration of a repository\n")), "{said:?}");
        }
    }
}

#[test]
fn an_exception_never_makes_an_incomplete_scan_complete() {
    let folder = Folder::committed();
    folder.write("docs/huge.txt", "x".repeat(5000)).write("keysieve.yaml", listing(&["path: docs/"]));
    folder.scan(["--max-file-size", "4KiB"]).ends_with(3);
}

#[test]
fn too_much_of_it_is_an_error_and_ends_soon() {
    let folder = Folder::committed();
    let many = |entry: &str, count: usize| format!("exceptions: [{}]\n", format!("{{{entry}}},").repeat(count));
    let names: String = (0..5_000).map(|n| format!("{{path: a, rule: nobody.x{n}}},")).collect();
    let patterns: String = (0..4_000).map(|n| format!("{{path: a, rule: '*a*b*{n}'}},")).collect();
    for (config, expected) in [
        (many("path: a", 5_001), "more than 5000 exceptions"),
        (many(&format!("path: '{}'", "a*".repeat(500)), 200), "too long together"),
        (many(&format!("path: '{}'", "{a,b}".repeat(100)), 1), "it stands for more than 64 patterns"),
        (many(&format!("path: '{}{}'", "{a,b}".repeat(6), "x".repeat(900)), 1), "too long together"),
        (many(&format!("path: a, reason: {}", "x".repeat(501)), 1), "`reason` is longer than 500 characters"),
        (many(&format!("path: {}", "x".repeat(1_025)), 1), "the pattern is longer than 1024 bytes"),
        (format!("exceptions: [{names}]\n"), "there is no rule `nobody.x0`"),
        (format!("exceptions: [{patterns}]\n"), "no rule's id matches"),
    ] {
        folder.write("keysieve.yaml", config);
        let said = Said::within(Duration::from_secs(20), keysieve_in(&folder.path).arg("scan")).ends_with(2);
        assert!(said.stderr.contains(expected) && said.stderr.len() < 12_000, "{expected}: {}", &said.stderr[..said.stderr.len().min(500)]);
    }
}

#[test]
fn no_secret_of_one_is_shown() {
    let folder = Folder::committed();
    let secret = token("shown");
    for entry in [
        format!("fingerprint: {secret}"),
        format!("rule: {secret}"),
        format!("path: docs/, rule: {secret}"),
        format!("path: '[{secret}'"),
        format!("path: docs/, expires: {secret}"),
        format!("path: docs/, {secret}: x"),
    ] {
        let said = folder.write("keysieve.yaml", listing(&[&entry])).keysieve(["scan"]).ends_with(2);
        assert!(!said.stderr.contains(&secret[8..]) && said.stdout.is_empty(), "{said:?}");
    }
    // What is excepted is scanned with the rest, and then it is known.
    let entry = format!("path: docs/, rule: {RULE}, reason: 'was {secret}'");
    folder.write("keysieve.yaml", listing(&[&entry])).write("docs/a.md", format!("T={secret}\n"));
    for arguments in [&["scan", "--show-suppressed"][..], &["scan", "--format", "json"], &["exceptions"]] {
        let said = folder.keysieve(arguments);
        assert!(!said.stdout.contains(&secret) && !said.stderr.contains(&secret), "{arguments:?}: {said:?}");
    }
}
