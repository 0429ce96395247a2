//! What is wrong is an error with its place, never silently taken.

use std::time::Duration;

use super::with_env;
use crate::support::{Folder, NOTHING, Said, keysieve_in, token};

/// What a scan says of this configuration, which it cannot use.
fn said(folder: &Folder, config: &str) -> String {
    folder.write("keysieve.yaml", config);
    let said = folder.keysieve(["scan"]).ends_with(2);
    assert_eq!(said.stdout, "");
    said.stderr
}

#[test]
fn every_error_has_line_column_snippet_and_the_nearest_name() {
    let folder = Folder::committed();
    for (config, expected) in [
        (
            "rules:\n  disabel: []\n",
            "keysieve.yaml:2:3: unknown key `disabel` in `rules`\n  2 |   disabel …\n    |   ^^^^^^^ did you mean `disable`?\n",
        ),
        (
            "min-confidence: low\n",
            "keysieve.yaml:1:1: unknown key `min-confidence`\n  1 | min-confidence …\n    | ^^^^^^^^^^^^^^ did you mean `min_confidence`?\n",
        ),
        (
            "colour: x\n",
            "1:1: unknown key `colour`\n  1 | colour …\n    | ^^^^^^ known are `rules`, `rule_dirs`, `paths`, `fail_on`, `min_confidence`, `max_file_size`, `exceptions`, `policy`, `environments`\n",
        ),
        ("paths: {exclude: vendor}\n", "1:18: `paths.exclude` takes a list, not a text\n"),
        ("paths: {exclude: [[a]]}\n", "1:19: `paths.exclude` takes patterns of paths, not a list\n"),
        ("paths: {exclude: [1]}\n", "1:19: `paths.exclude` takes patterns of paths, not a number or truth value\n"),
        ("paths: [a]\n", "1:8: `paths` takes a map, not a list\n"),
        ("- a\n", "1:1: a configuration is a map of keys, not a list\n"),
        (
            "min_confidence: hgh\n",
            "1:17: `hgh` is no confidence\n  1 | min_confidence: hgh\n    |                 ^^^ did you mean `high`?\n",
        ),
        ("min_confidence:\n", "1:1: `min_confidence` has no value\n"),
        ("max_file_size: 5GiB\n", "1:16: files of 4 GiB or more cannot be scanned\n"),
        ("max_file_size: -1\n", "1:16: `-1` is no size\n"),
        ("paths:\n  exclude:\n    - 'a['\n", "3:7: `a[` is no pattern: "),
        ("paths: {exclude: ['!a']}\n", "1:19: `!a` is no pattern: it begins with `!`\n"),
        ("paths: {exclude: ['../a']}\n", "`..` leads out of the repository\n"),
        (
            "paths:\n  exclude_regex:\n    - '(a'\n",
            "3:7: `(a` is no regular expression of paths: unclosed group\n  3 |     - '(a'\n    |       ^^^^\n",
        ),
        ("paths: {exclude_regex: ['(?!a)b']}\n", "1:25: `(?!a)b` is no regular expression of paths: look-around"),
        ("paths: {exclude_regex: ['']}\n", "1:25: `` is no regular expression of paths: it matches every path\n"),
        ("paths: {exclude_regex: ['a{2000}{2000}']}\n", "of paths: it is too large when it is compiled\n"),
        ("paths: {exclude_regex: a}\n", "1:24: `paths.exclude_regex` takes a list, not a text\n"),
        ("paths: {exclude_regex: [[a]]}\n", "1:25: `paths.exclude_regex` takes regular expressions of paths, not a list\n"),
        ("rules: {disable: [github.personal-acces-token]}\n", "1:19: there is no rule `github.personal-acces-token`\n"),
        ("rules: {disable: [nobody.*]}\n", "1:19: no rule's id matches `nobody.*`\n"),
        ("rules: {override: {nobody.x: {severity: low}}}\n", "there is no rule `nobody.x`\n"),
        (
            "rules: {override: {github.personal-access-token: {level: low}}}\n",
            "1:51: unknown key `level` in `rules.override.github.personal-access-token`\n",
        ),
        ("a: 1\na: 2\n", "2:1: this key is there twice; line 1 has it first\n"),
        ("exceptions:\n  - {path: a, path: b}\n", "2:15: this key is there twice; line 2 has it first\n"),
        ("policy:\n  require_reason: true\n  require_reason: false\n", "3:3: this key is there twice; line 2 has it first\n"),
        ("exceptions: [{path: 'a['}]\n", "1:21: `path: a[` is no pattern: "),
        ("exceptions: [{rule: '{a', path: a}]\n", "`rule: {a` is no pattern: "),
        ("rules: {disable: [a\n", "this is no YAML: "),
        ("rules: &a {}\n", "anchors and aliases"),
        ("rules: !!map {}\n", "tags (`!`)"),
        ("{}\n---\n{}\n", "a second document begins here"),
    ] {
        let said = said(&folder, config);
        assert!(said.starts_with("keysieve: keysieve.yaml:") && said.contains(expected), "{config:?}: {said}");
    }
}

#[test]
fn all_problems_of_a_file_are_told_at_once() {
    let said = said(&Folder::committed(), "a: 1\nb: 2\nmin_confidence: 3\n");
    assert_eq!(said.matches("keysieve.yaml:").count(), 3, "{said}");
}

#[test]
fn a_repository_may_not_ask_for_what_only_the_user_decides() {
    let folder = Folder::committed();
    for key in ["rotation", "targets", "webhooks", "url", "command", "hooks", "signing_keys", "allow_incomplete", "show-secrets"] {
        for config in [format!("{key}: x\n"), format!("rules:\n  {key}: x\n")] {
            let said = said(&folder, &config);
            assert!(
                said.contains(&format!("`{key}` is refused in the configuration of a repository\n"))
                    && said.contains("a repository may not "),
                "{said}"
            );
        }
        let user = Folder::new();
        user.write("keysieve/config.yaml", format!("{key}: x\n"));
        folder.remove("keysieve.yaml");
        let said = with_env(&folder, &[("XDG_CONFIG_HOME", &user.path.display().to_string())], &["scan"]).ends_with(2);
        assert!(said.stderr.contains("unknown key"), "{said:?}");
    }
}

#[test]
fn a_named_file_inside_of_the_repository_is_not_trusted_more() {
    let folder = Folder::committed();
    folder.write("ci/k.yaml", "allow_incomplete: true\n");
    let said = folder.keysieve(["scan", "--config", "ci/k.yaml"]).ends_with(2);
    assert!(said.stderr.contains("ci/k.yaml:1:1: `allow_incomplete` is refused"), "{said:?}");
    let said = folder.keysieve(["scan", "--config", "gone.yaml"]).ends_with(2);
    assert!(said.stderr.contains("gone.yaml: there is no such file"), "{said:?}");
}

#[test]
fn bombs_and_giants_end_soon() {
    let folder = Folder::committed();
    let mut laughs = "a0: &a0 [x, x]\n".to_owned();
    (1..30).for_each(|n| laughs.push_str(&format!("a{n}: &a{n} [*a{}, *a{}]\n", n - 1, n - 1)));
    for (config, expected) in [
        (laughs, "anchors and aliases"),
        ("[".repeat(1_000_000), "keysieve.yaml:"),
        ("{a: ".repeat(250_000), "keysieve.yaml:"),
        ("- ".repeat(500_000), "keysieve.yaml:"),
        (format!("paths: {{exclude: [{}]}}\n", "a*b?c,".repeat(170_000)), "more than"),
        (format!("paths: {{exclude: [{}]}}\n", "'a*b?c*d[ef]',".repeat(10_000)), "more than 5000 patterns"),
        (format!("paths: {{exclude: ['{}']}}\n", "{a,b}".repeat(100)), "alternatives in braces"),
        (format!("{}: x\n", "k".repeat(900_000)), "keysieve.yaml:"),
        (format!("exceptions: [{}]\n", "{path: a},".repeat(20_000)), "more than 5000 exceptions"),
        (format!("exceptions: [{}]\n", format!("{{path: '{}'}},", "**/a*".repeat(150)).repeat(1_000)), "too long together"),
        (format!("exceptions: [{{path: '{}'}}]\n", "{a,b}".repeat(100)), "more than 64 patterns"),
        (" ".repeat((1 << 20) + 1), "larger than 1024 KiB"),
    ] {
        folder.write("keysieve.yaml", config);
        let said = Said::within(Duration::from_secs(20), keysieve_in(&folder.path).arg("scan")).ends_with(2);
        assert!(said.stderr.contains(expected) && said.stderr.len() < 8_000, "{expected}: {}", &said.stderr[..said.stderr.len().min(500)]);
    }
    let giant = std::fs::File::create(folder.path.join("keysieve.yaml")).expect("because the folder can be written");
    giant.set_len(100 << 20).expect("because the file is sparse");
    let said = Said::within(Duration::from_secs(5), keysieve_in(&folder.path).arg("scan")).ends_with(2);
    assert!(said.stderr.contains("larger than 1024 KiB"), "{said:?}");
}

#[test]
fn two_files_and_what_is_no_file_are_errors() {
    let folder = Folder::committed();
    folder.write("keysieve.yaml", "{}\n").write(".keysieve.yaml", "{}\n");
    assert!(folder.keysieve(["scan"]).ends_with(2).stderr.contains("only one of them can count"));
    folder.remove("keysieve.yaml").remove(".keysieve.yaml").write("keysieve.yaml/x", "");
    assert!(folder.keysieve(["scan"]).ends_with(2).stderr.contains("not a regular file"));
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("/etc/passwd", folder.path.join(".keysieve.yaml")).expect("because the folder can be written");
        std::fs::remove_dir_all(folder.path.join("keysieve.yaml")).expect("because it was made");
        let said = folder.keysieve(["scan"]).ends_with(2);
        assert!(said.stderr.contains("not a regular file") && !said.stderr.contains("root"), "{said:?}");
    }
}

#[test]
fn no_secret_of_a_file_that_is_no_configuration_is_shown() {
    let folder = Folder::committed();
    let secret = token("shown");
    for config in [
        format!("T={secret}\n"),
        format!("{secret}: x\n"),
        format!("token: {secret}\n"),
        format!("min_confidence: {secret}\n"),
        format!("rules: {{disable: [{secret}]}}\n"),
        format!("paths: [{secret}\n"),
    ] {
        assert!(!said(&folder, &config).contains(&secret[8..]), "{config}");
    }
}

#[test]
fn wrong_variables_and_flags_are_named() {
    let folder = Folder::committed();
    let said = with_env(&folder, &[("KEYSIEVE_MIN_CONFIDENC", "low")], &["scan"]).ends_with(2);
    assert!(said.stderr.contains("did you mean `KEYSIEVE_MIN_CONFIDENCE`?"), "{said:?}");
    let said = with_env(&folder, &[("KEYSIEVE_FAIL_ON_SEVERITY", "huge")], &["scan"]).ends_with(2);
    assert!(said.stderr.contains("KEYSIEVE_FAIL_ON_SEVERITY: `huge` is no severity"), "{said:?}");
    let said = folder.keysieve(["scan", "--disable-rule", "github.personal-access-tokn"]).ends_with(2);
    assert!(said.stderr.contains("--disable-rule: there is no rule") && said.stderr.contains("did you mean"), "{said:?}");
    let said = folder.keysieve(["scan", "--exclude", "a["]).ends_with(2);
    assert!(said.stderr.contains("--exclude: `a[` is no pattern"), "{said:?}");
    folder.keysieve(["scan", "--config", "x", "--no-config"]).ends_with(2);
    with_env(&folder, &[("KEYSIEVE_VERSION_TO_INSTALL", "1")], &["scan"]).ends_with(0);
}

#[test]
fn config_check_says_the_same_and_scans_nothing() {
    let folder = Folder::committed();
    assert!(folder.keysieve(["config", "check"]).ends_with(0).stdout.contains("there is no configuration file here"));
    folder.write("keysieve.yaml", "rules: {disable: ['aws.*']}\n").write("bad.yaml", "rules: {disable: [x.y]}\n");
    assert!(folder.keysieve(["config", "check"]).ends_with(0).stdout.contains("fine"));
    let said = folder.keysieve(["config", "check", "bad.yaml"]).ends_with(2);
    assert!(said.stderr.contains("bad.yaml:1:19: there is no rule `x.y`"), "{said:?}");
    folder.keysieve(["config", "check", "gone.yaml"]).ends_with(2);
    folder.write("keysieve.yaml", "").scan(NOTHING).ends_with(0);
}
