//! `keysieve rules list | show | checks` and `keysieve explain`.

use keysieve::detect::check;
use keysieve::rules::RuleSet;
use serde_json::Value;

use crate::support::{Folder, text};

#[test]
fn list_has_every_rule() {
    let folder = Folder::new();
    let said = folder.keysieve(["rules", "list"]).ends_with(0);
    let set = RuleSet::builtin();
    assert_eq!(said.stdout.lines().count(), set.len());
    for (line, (_, entry)) in said.stdout.lines().zip(set.iter()) {
        let mut words = line.split_whitespace();
        assert_eq!((words.next(), words.next()), (Some(&*entry.rule.id), Some(entry.rule.severity.as_str())), "{line}");
        assert!(line.ends_with(&*entry.rule.name), "{line}");
    }
}

#[test]
fn list_as_json_has_one_rule_a_line() {
    let said = Folder::new().keysieve(["rules", "list", "--json"]).ends_with(0);
    let set = RuleSet::builtin();
    assert_eq!(said.stdout.lines().count(), set.len());
    for (line, (_, entry)) in said.stdout.lines().zip(set.iter()) {
        let rule: Value = serde_json::from_str(line).expect("because every line is JSON");
        assert_eq!((text(&rule["id"]), text(&rule["provider"])), (&*entry.rule.id, &*entry.provider.name));
        for key in ["name", "severity", "confidence", "lifetime", "identity", "description"] {
            assert_ne!(text(&rule[key]), "", "{key} in {line}");
        }
    }
}

#[test]
fn show_prints_a_rule_with_its_examples_as_written() {
    let said = Folder::new().keysieve(["rules", "show", "github.personal-access-token"]).ends_with(0);
    let shown = said.report();
    assert_eq!((text(&shown["rule"]["id"]), text(&shown["provider"]["slug"])), ("github.personal-access-token", "github"));
    assert!(text(&shown["rule"]["examples"]["positive"][0]).contains("{{"), "{said:?}");
}

#[test]
fn checks_lists_every_check() {
    let said = Folder::new().keysieve(["rules", "checks"]).ends_with(0);
    let names: Vec<_> = said.stdout.lines().filter_map(|line| line.split_whitespace().next()).collect();
    assert_eq!(names, check::ALL.iter().map(|check| check.name).collect::<Vec<_>>());
}

#[test]
fn explain_says_what_it_is_whose_it_is_and_how_to_rotate_it() {
    let said = Folder::new().keysieve(["explain", "github.personal-access-token"]).ends_with(0);
    for words in
        ["(github.personal-access-token)", "issued by   GitHub", "severity ", "belongs to  a person", "Rotate it\n  1. ", "https://"]
    {
        assert!(said.stdout.contains(words), "`{words}` is missing: {said:?}");
    }
    assert!(!said.stdout.contains('\x1b'));
    let colored = Folder::new().keysieve(["explain", "github.personal-access-token", "--color", "always"]).ends_with(0);
    assert!(colored.stdout.contains('\x1b'));
}

#[test]
fn an_unknown_id_is_2_and_the_nearest_one_is_named() {
    let folder = Folder::new();
    for command in [&["explain"][..], &["rules", "show"]] {
        let said = folder.keysieve(command.iter().chain(&["github.personal-acess-token"])).ends_with(2);
        let expected = "keysieve: there is no rule `github.personal-acess-token`; did you mean `github.personal-access-token`?\n";
        assert_eq!((said.stderr.as_str(), said.stdout.as_str()), (expected, ""));
        let said = folder.keysieve(command.iter().chain(&["zzz"])).ends_with(2);
        assert_eq!(said.stderr, "keysieve: there is no rule `zzz`; `keysieve rules list` shows all of them\n");
        let said = folder.keysieve(command.iter().chain(&["github"])).ends_with(2);
        assert!(said.stderr.starts_with("keysieve: there is no rule `github`; `keysieve rules list github` shows "), "{said:?}");
    }
}

/// The ids that `rules list` prints with these arguments.
fn listed(arguments: &[&str]) -> Vec<String> {
    let said = Folder::new().keysieve(["rules", "list"].iter().chain(arguments)).ends_with(0);
    said.stdout.lines().filter_map(|line| line.split_whitespace().next()).map(str::to_owned).collect()
}

#[test]
fn list_can_be_narrowed() {
    let of_github = listed(&["--provider", "GitHub"]);
    assert!(of_github.len() > 2 && of_github.iter().all(|id| id.starts_with("github.")), "{of_github:?}");
    assert_eq!(listed(&["--provider", "github"]), of_github);
    let both = listed(&["--provider", "github", "--provider", "npm"]);
    assert_eq!(both.len(), of_github.len() + listed(&["--provider", "npm"]).len());
    let set = RuleSet::builtin();
    let critical = set.iter().filter(|(_, entry)| entry.rule.severity.as_str() == "critical").count();
    assert_eq!(listed(&["--severity", "critical"]).len(), critical);
    assert_eq!(listed(&["--severity", "low,medium,high,critical"]).len(), set.len());
    let refresh = listed(&["GITHUB", "refresh"]);
    assert!(refresh.iter().any(|id| id.ends_with("refresh-token")) && refresh.len() < of_github.len(), "{refresh:?}");
    let none = Folder::new().keysieve(["rules", "list", "no-such-word"]).ends_with(0);
    assert_eq!((none.stdout.as_str(), none.stderr), ("", format!("keysieve: none of {} rules is so\n", set.len())));
    let wrong = Folder::new().keysieve(["rules", "list", "--provider", "gihub"]).ends_with(2);
    assert_eq!(wrong.stderr, "keysieve: no rule is of a provider `gihub`; did you mean `github`?\n");
}
