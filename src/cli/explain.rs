//! `keysieve explain`: what a credential is, what its holder can do, how to rotate it.

use std::fmt::Write as _;
use std::process::ExitCode;

use anstyle::{AnsiColor, Style};

use keysieve::rules::RuleEntry;
use keysieve::rules::schema::{IdentityClass, Lifetime};

use super::args::ExplainArgs;
use super::{exit, output, rules, settings};

/// Prints the explanation of a rule.
///
/// # Errors
/// When there is no such rule; names the nearest one.
pub fn run(args: &ExplainArgs) -> anyhow::Result<ExitCode> {
    let set = settings::rules_here(&args.in_force)?;
    let entry = rules::find(&set, &args.id)?;
    output::print(&text(entry, output::is_colored(args.color.into())))?;
    Ok(ExitCode::from(exit::CLEAN))
}

fn text(entry: &RuleEntry, color: bool) -> String {
    let rule = &entry.rule;
    let bold = if color { Style::new().bold() } else { Style::new() };
    let link = if color { AnsiColor::Cyan.on_default() } else { Style::new() };
    let mut out = String::new();
    let _ = writeln!(out, "{bold}{}{bold:#} ({})\n", rule.name, rule.id);
    let _ = writeln!(out, "{}\n", wrapped(&rule.description, ""));
    // A file that git should not store was issued by nobody, nor was a bad habit.
    if rule.path.is_none() && rule.shared.is_none() {
        let url = entry.provider.url.as_ref().map_or_else(String::new, |url| format!(", {url}"));
        let _ = writeln!(out, "issued by   {}{url}", entry.provider.name);
    }
    let _ = writeln!(out, "severity    {}", rule.severity.as_str());
    let _ = writeln!(out, "belongs to  {}", belongs_to(rule.identity));
    let _ = writeln!(out, "lives       {}", lives(rule.lifetime));
    if entry.is_disabled {
        let _ = writeln!(out, "reported    no: the configuration disables the rule");
    }
    let _ = writeln!(out, "\n{bold}Rotate it{bold:#}");
    for (number, step) in (1..).zip(rule.rotation.steps.iter()) {
        let _ = writeln!(out, "  {number}. {}", wrapped(&format!("{}: {}", step.phase.as_str(), step.text), "     "));
    }
    let _ = writeln!(out, "\n  with commands, and what breaks meanwhile: keysieve playbook {}", rule.id);
    if let Some(url) = &rule.rotation.url {
        let _ = writeln!(out, "\n  {link}{url}{link:#}");
    }
    if !rule.references.is_empty() {
        let _ = writeln!(out, "\n{bold}References{bold:#}");
        for reference in rule.references.iter() {
            let _ = writeln!(out, "  {link}{reference}{link:#}");
        }
    }
    out
}

fn belongs_to(class: IdentityClass) -> &'static str {
    match class {
        IdentityClass::Human => "a person",
        IdentityClass::ServiceAccount => "a service account",
        IdentityClass::Workload => "a running job or machine",
        IdentityClass::Application => "an application",
        IdentityClass::Infrastructure => "infrastructure: a database, host, network or signing key",
    }
}

fn lives(lifetime: Lifetime) -> &'static str {
    match lifetime {
        Lifetime::Long => "until it is revoked, or for months",
        Lifetime::Short => "for hours or days",
    }
}

/// Breaks `text` at blanks before column 90; lines after the first begin with `indent`.
pub fn wrapped(text: &str, indent: &str) -> String {
    const WIDTH: usize = 90;
    let mut out = String::new();
    let mut column = 0;
    for word in text.split_whitespace() {
        if column > 0 && column + 1 + word.chars().count() > WIDTH - indent.len() {
            out.push('\n');
            out.push_str(indent);
            column = 0;
        } else if column > 0 {
            out.push(' ');
            column += 1;
        }
        out.push_str(word);
        column += word.chars().count();
    }
    out
}

#[cfg(test)]
mod tests {
    use keysieve::rules::RuleSet;

    use super::*;

    #[test]
    fn long_texts_are_broken_at_blanks() {
        let text = wrapped(&"word ".repeat(40), "  ");
        assert!(text.lines().all(|line| line.chars().count() <= 90));
        assert_eq!(text.split_whitespace().count(), 40);
    }

    #[test]
    fn every_rule_can_be_explained() {
        for (_, entry) in RuleSet::builtin().iter() {
            let text = text(entry, false);
            assert!(text.contains(&*entry.rule.id) && text.contains("Rotate it"), "{}", entry.rule.id);
        }
    }
}
