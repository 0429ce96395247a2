//! `keysieve rules readme`: `rules/README.md`, made from a text, the schema's own comments and the rules.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::process::ExitCode;

use keysieve::detect::check;
use keysieve::finding::{FACTS, Severity};
use keysieve::rules::phases::{self, Meaning};
use keysieve::rules::schema::{IdentityClass, Lifetime, Rule};
use keysieve::rules::{RuleEntry, RuleSet};

use super::{exit, output};

const TEMPLATE: &str = include_str!("readme/template.md");
/// Where the fields and words are explained.
const SOURCES: [&str; 4] = [
    include_str!("../rules/schema.rs"),
    include_str!("../rules/search.rs"),
    include_str!("../finding/severity.rs"),
    include_str!("../finding/confidence.rs"),
];

/// Prints the page.
///
/// # Errors
/// When it cannot be written.
pub fn run() -> anyhow::Result<ExitCode> {
    output::print(&page())?;
    Ok(ExitCode::from(exit::CLEAN))
}

fn page() -> String {
    let set = RuleSet::builtin();
    let mut out = String::new();
    for line in TEMPLATE.lines() {
        let asked = line.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')).and_then(|asked| part(asked, &set));
        let line = line.replace("{facts}", &FACTS.map(|fact| format!("`{fact}`")).join(", "));
        let _ = writeln!(out, "{}", asked.as_deref().unwrap_or(&line).trim_end());
    }
    out
}

/// What stands for `{asked}` on a line of its own.
fn part(asked: &str, set: &RuleSet) -> Option<String> {
    match asked.split_once(' ') {
        Some(("fields", name)) => Some(table(["field", "meaning"], &members(name, true))),
        Some(("words", name)) => Some(table(["word", "meaning"], &members(name, false))),
        None if asked == "checks" => {
            let rows: Vec<_> = check::ALL.iter().map(|check| (check.name.to_owned(), check.summary.to_owned())).collect();
            Some(table(["check", "what it judges"], &rows))
        }
        None if asked == "numbers" => Some(numbers(set)),
        None if asked == "verbs" => Some(verbs()),
        None if asked == "providers" => Some(providers(set)),
        _ => None,
    }
}

fn table(head: [&str; 2], rows: &[(String, String)]) -> String {
    let mut out = format!("| {} | {} |\n|---|---|\n", head[0], head[1]);
    for (name, meaning) in rows {
        let _ = writeln!(out, "| `{name}` | {} |", meaning.replace('|', "\\|"));
    }
    out
}

fn verbs() -> String {
    let rows = phases::VERBS.map(|(meaning, words)| {
        let said = match meaning {
            Meaning::Make => "create",
            Meaning::Renew => "create; revoke behind a step that deploys or revokes",
            Meaning::Replace => "create; verify behind a step that deploys or revokes",
            Meaning::Deploy => "deploy",
            Meaning::Revoke => "revoke",
            Meaning::Look => "create as the first step, else verify",
        };
        format!("| {} | {said} |\n", words.join(", "))
    });
    format!("| verbs | phase |\n|---|---|\n{}", rows.concat())
}

/// The fields of a struct, or the words of an enum, with their comments.
fn members(name: &str, is_struct: bool) -> Vec<(String, String)> {
    let head = if is_struct { format!("pub struct {name} {{") } else { format!("pub enum {name} {{") };
    let body = SOURCES.iter().find_map(|source| source.split_once(&head)).map_or("", |(_, rest)| rest);
    let body = body.split_once("\n}").map_or(body, |(body, _)| body);
    let mut rows = Vec::new();
    let (mut comment, mut is_hidden) = (String::new(), false);
    for line in body.lines().map(str::trim) {
        if let Some(text) = line.strip_prefix("///") {
            comment.push_str(text);
        } else if line.starts_with("#[") {
            is_hidden |= line == "#[serde(skip)]";
        } else if let Some(name) = member(line, is_struct) {
            if !is_hidden {
                rows.push((name, comment.trim().to_owned()));
            }
            (comment, is_hidden) = (String::new(), false);
        }
    }
    rows
}

/// The name of a field, or an enum's word as rules write it.
fn member(line: &str, is_struct: bool) -> Option<String> {
    if is_struct {
        return line.strip_prefix("pub ")?.split_once(':').map(|(name, _)| name.to_owned());
    }
    let name = line.strip_suffix(',')?;
    let mut word = String::new();
    for (at, letter) in name.char_indices() {
        if at > 0 && letter.is_ascii_uppercase() {
            word.push('-');
        }
        word.push(letter.to_ascii_lowercase());
    }
    Some(word)
}

/// Whether the rule says what a credential looks like.
fn is_credential(rule: &Rule) -> bool {
    rule.path.is_none() && rule.shared.is_none()
}

fn numbers(set: &RuleSet) -> String {
    let all: Vec<&RuleEntry> = set.iter().map(|(_, entry)| entry).filter(|entry| is_credential(&entry.rule)).collect();
    let files = set.iter().filter(|(_, entry)| entry.rule.path.is_some()).count();
    let mut slugs: Vec<_> = all.iter().filter(|entry| !entry.provider.generic).map(|entry| &entry.provider.slug).collect();
    slugs.sort();
    slugs.dedup();
    let count = |fits: &dyn Fn(&Rule) -> bool| all.iter().filter(|entry| fits(&entry.rule)).count();
    let mut out = format!("{} kinds of credentials of {} providers.\n\n| what | kinds |\n|---|---|\n", all.len(), slugs.len());
    let mut row = |what: String, number: usize| {
        let _ = writeln!(out, "| {what} | {number} |");
    };
    for severity in Severity::ALL.into_iter().rev() {
        row(format!("severity {}", severity.as_str()), count(&|rule| rule.severity == severity));
    }
    let classes = [
        ("a person", IdentityClass::Human),
        ("a service account", IdentityClass::ServiceAccount),
        ("a workload", IdentityClass::Workload),
        ("an application", IdentityClass::Application),
        ("infrastructure", IdentityClass::Infrastructure),
    ];
    for (whose, class) in classes {
        row(format!("belongs to {whose}"), count(&|rule| rule.identity == class));
    }
    row("lives long".to_owned(), count(&|rule| rule.lifetime == Lifetime::Long));
    row("lives for hours or days".to_owned(), count(&|rule| rule.lifetime == Lifetime::Short));
    row("has a form of its own (`token`)".to_owned(), count(&|rule| rule.token.is_some()));
    row("is known by the name it is assigned to (`assignment`)".to_owned(), count(&|rule| rule.assignment.is_some()));
    row("is a password in a URL (`url`)".to_owned(), count(&|rule| rule.url.is_some()));
    row("is of no known provider (`grammar`)".to_owned(), count(&|rule| rule.grammar.is_some()));
    row("has an offline check".to_owned(), count(&|rule| rule.check.is_some()));
    row("beside those: kinds of files that git should not store (`path`)".to_owned(), files);
    row("and: a secret that environments share (`shared`)".to_owned(), set.len() - all.len() - files);
    out
}

fn providers(set: &RuleSet) -> String {
    let mut by_file: BTreeMap<(String, &str), Vec<&Rule>> = BTreeMap::new();
    for (_, entry) in set.iter() {
        by_file.entry((entry.provider.name.to_lowercase(), &entry.provider.slug)).or_default().push(&entry.rule);
    }
    let name_of = |slug: &str| set.iter().find(|(_, entry)| entry.provider.slug == slug).map_or("", |(_, entry)| &entry.provider.name);
    let mut out = "| provider | kinds |\n|---|---|\n".to_owned();
    for ((_, slug), rules) in by_file {
        let kinds: Vec<_> = rules.iter().map(|rule| format!("`{}`", rule.id.split_once('.').map_or(&*rule.id, |(_, kind)| kind))).collect();
        let _ = writeln!(out, "| [{}]({slug}.yaml) | {} |", name_of(slug), kinds.join(", "));
    }
    out
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn the_page_is_up_to_date() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("rules/README.md");
        let text = page();
        if std::env::var_os("UPDATE").is_some_and(|value| value == "1") {
            std::fs::write(&path, &text).expect("because the folder is checked in");
        }
        let expected = std::fs::read_to_string(&path).expect("because the page is checked in; UPDATE=1 writes it");
        assert!(text == expected, "rules/README.md is out of date; UPDATE=1 cargo test rewrites it");
    }

    #[test]
    fn every_field_of_a_rule_is_explained() {
        let fields = members("Rule", true);
        for name in ["id", "severity", "token", "assignment", "min_entropy", "files", "references", "examples"] {
            assert!(fields.iter().any(|(field, meaning)| field == name && !meaning.is_empty()), "{name} in {fields:?}");
        }
        assert!(members("TokenMatch", true).iter().all(|(field, _)| field != "facts"), "a computed field is no field");
        let words: Vec<_> = members("IdentityClass", false).into_iter().map(|(word, _)| word).collect();
        assert_eq!(words, ["human", "service-account", "workload", "application", "infrastructure"]);
    }
}
