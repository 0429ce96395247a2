//! Rules and a configuration as YAML. Foreign text stands in quotes, always.

use std::fmt::Write as _;

use crate::rules::schema::{Companion, FileExample, PathMatch, Rule, Text};
use crate::rules::search::{Allow, AllowTarget, SearchMatch};

/// What a configuration says.
#[derive(Debug, Default)]
pub struct Settings {
    /// Whether there are rules.
    pub has_rules: bool,
    /// Rules that are not reported, and why.
    pub disabled: Vec<(String, String)>,
    /// Patterns of paths that are not scanned.
    pub excluded: Vec<Text>,
}

/// `text` in quotes, on one line.
pub fn quoted(text: &str) -> String {
    let is_plain = |c: char| matches!(c, ' '..='~') || (c > '\u{a0}' && c.is_alphanumeric());
    if text.chars().all(is_plain) {
        return format!("'{}'", text.replace('\'', "''"));
    }
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => {
                out.push('\\');
                out.push(c);
            }
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            c if is_plain(c) => out.push(c),
            c => {
                let _ = write!(out, "\\U{:08x}", u32::from(c));
            }
        }
    }
    out.push('"');
    out
}

/// A rule file with `rules`.
pub fn rule_file(slug: &str, tool: &str, rules: &[Rule]) -> String {
    let mut out = format!(
        "# Made by `keysieve import {tool}`. Change it as you like; `keysieve rules check` checks it.\n\
         provider:\n  slug: {slug}\n  name: Imported rules\nrules:\n"
    );
    for rule in rules {
        push_rule(&mut out, rule);
    }
    out
}

fn push_rule(out: &mut String, rule: &Rule) {
    let _ = write!(
        out,
        "  - id: {}\n    name: {}\n    description: {}\n    severity: {}\n    confidence: {}\n    lifetime: long\n    identity: service-account\n",
        rule.id,
        quoted(&rule.name),
        quoted(&rule.description),
        rule.severity.as_str(),
        rule.confidence.as_str()
    );
    if let Some(search) = &rule.search {
        push_search(out, search);
    }
    if let Some(path) = &rule.path {
        push_path(out, path);
    }
    if !rule.companions.is_empty() {
        out.push_str("    companions:\n");
    }
    for Companion { rule, within_lines, required } in rule.companions.iter() {
        let _ = writeln!(out, "      - {{rule: {rule}, within_lines: {within_lines}, required: {required}}}");
    }
    out.push_str("    rotation:\n      steps:\n");
    for step in rule.rotation.steps.iter() {
        let _ = writeln!(out, "        - {}", quoted(&step.text));
    }
    let (positive, negative) = (&rule.examples.positive_files, &rule.examples.negative_files);
    if !positive.is_empty() {
        out.push_str("    examples:\n");
    }
    for (key, files) in [("positive_files", positive), ("negative_files", negative)].into_iter().filter(|(_, files)| !files.is_empty()) {
        let _ = writeln!(out, "      {key}:");
        for FileExample { path, content } in files.iter() {
            let _ = writeln!(out, "        - {{path: {}, content: {}}}", quoted(path), quoted(content));
        }
    }
}

fn push_search(out: &mut String, search: &SearchMatch) {
    let _ = writeln!(out, "    search:\n      pattern: {}", quoted(&search.pattern));
    push_list(out, 6, "keywords", &search.keywords);
    if search.secret_group > 0 {
        let _ = writeln!(out, "      secret_group: {}", search.secret_group);
    }
    if let Some(bits) = search.above_entropy {
        let _ = writeln!(out, "      above_entropy: {bits:?}");
    }
    push_list(out, 6, "paths", &search.paths);
    if !search.allow.is_empty() {
        out.push_str("      allow:\n");
    }
    for allow in search.allow.iter() {
        push_allow(out, allow);
    }
}

fn push_allow(out: &mut String, allow: &Allow) {
    let mut own = String::new();
    if let Some(description) = &allow.description {
        let _ = writeln!(own, "          description: {}", quoted(description));
    }
    push_list(&mut own, 10, "paths", &allow.paths);
    push_list(&mut own, 10, "regexes", &allow.regexes);
    match allow.target {
        AllowTarget::Secret => {}
        AllowTarget::Match => own.push_str("          target: match\n"),
        AllowTarget::Line => own.push_str("          target: line\n"),
    }
    push_list(&mut own, 10, "stopwords", &allow.stopwords);
    // The first key stands behind the dash.
    out.push_str("        - ");
    out.push_str(own.trim_start());
}

fn push_path(out: &mut String, path: &PathMatch) {
    out.push_str("    path:\n");
    push_list(out, 6, "names", &path.names);
}

fn push_list(out: &mut String, indent: usize, key: &str, list: &[Text]) {
    if list.is_empty() {
        return;
    }
    let _ = writeln!(out, "{:indent$}{key}:", "");
    for text in list {
        let _ = writeln!(out, "{:indent$}  - {}", "", quoted(text));
    }
}

/// `keysieve.yaml`.
pub fn settings(tool: &str, folder: &str, settings: &Settings) -> String {
    let mut out = format!("# Made by `keysieve import {tool}`. `keysieve config show --origin` tells what is in force.\n");
    if settings.has_rules {
        let _ = writeln!(out, "rule_dirs:\n  - {folder}");
    }
    if !settings.disabled.is_empty() {
        out.push_str("rules:\n  disable:\n");
    }
    for (rule, why) in &settings.disabled {
        let _ = writeln!(out, "    - {rule} # {why}");
    }
    if !settings.excluded.is_empty() {
        out.push_str("paths:\n");
        push_list(&mut out, 2, "exclude_regex", &settings.excluded);
    }
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_is_quoted_is_read_as_it_was(text in any::<String>()) {
            let read: Vec<String> = serde_saphyr::from_str(&format!("- {}\n", quoted(&text))).expect("because it is quoted");
            prop_assert_eq!(read, vec![text]);
        }
    }
}
