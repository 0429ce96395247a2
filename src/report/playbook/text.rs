//! A playbook as text for a terminal, and as Markdown with boxes to tick.

use std::fmt::Write as _;

use super::{BLANK_SECRET, Filled, FilledStep, blanks, lines, undo};
use crate::finding::{Finding, RuleRef};
use crate::report::{escape, markdown, place};

/// What a playbook is about.
#[derive(Clone, Copy)]
pub struct About<'a> {
    /// The rule.
    pub rule: &'a RuleRef,
    /// The provider's page.
    pub url: Option<&'a str>,
    /// The finding, if it is about one.
    pub finding: Option<&'a Finding>,
}

/// Most columns of a text, however wide the terminal is.
const WIDEST: usize = 90;
/// Fewest columns, however narrow it is.
const NARROWEST: usize = 40;
/// Places that are named.
const NAMED_PLACES: usize = 5;

/// For a terminal of so many columns, if that is known; `bold` is put around headings, or nothing twice. Commands are never broken.
pub fn terminal(about: About<'_>, filled: &Filled, bold: [&str; 2], columns: Option<usize>) -> String {
    let [on, off] = bold;
    let width = columns.unwrap_or(WIDEST).clamp(NARROWEST, WIDEST);
    let wrap = |out: &mut String, text: &str, indent: &str| wrap(out, text, indent, width);
    let rule = about.rule;
    let mut out = format!("{on}{}{off} ({})\n", escape::text(&rule.name), escape::text(&rule.id));
    facts(about).iter().for_each(|fact| wrap(&mut out, fact, ""));
    if let Some(why) = &filled.revoke_first {
        out.push('\n');
        wrap(&mut out, &format!("The exposed one goes first. {why}"), "");
    }
    let mut number = 0;
    for (phase, steps) in filled.phases() {
        let _ = writeln!(out, "\n{on}{}{off}", phase.as_str());
        for step in steps {
            number += 1;
            let undo = undo(step).map(|words| format!(" ({words})")).unwrap_or_default();
            let lead = format!("{number:>3}. ");
            let mut text = String::new();
            wrap(&mut text, &format!("{}{undo}", step.text), "     ");
            let _ = write!(out, "{lead}{}", text.trim_start());
            command_lines(step).for_each(|line| {
                let _ = writeln!(out, "       {line}");
            });
        }
    }
    if !filled.breaks.is_empty() {
        let _ = writeln!(out, "\n{on}what breaks meanwhile{off}");
        wrap(&mut out, &filled.breaks, "     ");
    }
    let notes = notes(filled);
    if !notes.is_empty() {
        out.push('\n');
        notes.iter().for_each(|note| wrap(&mut out, note, ""));
    }
    if let Some(url) = about.url {
        let _ = writeln!(out, "\n{}", escape::text(url));
    }
    out
}

/// For a ticket.
pub fn markdown(about: About<'_>, filled: &Filled) -> String {
    let rule = about.rule;
    let mut out = format!("## Rotate: {} ({})\n\n", markdown::words(&rule.name), markdown::words(&rule.id));
    for fact in facts(about) {
        let _ = writeln!(out, "- {}", span(&fact));
    }
    if let Some(why) = &filled.revoke_first {
        let _ = writeln!(out, "\n**The exposed one goes first.** {}", spans(why));
    }
    for (phase, steps) in filled.phases() {
        let name = phase.as_str();
        let _ = writeln!(out, "\n### {}{}\n", name[..1].to_ascii_uppercase(), &name[1..]);
        for step in steps {
            let undo = undo(step).map(|words| format!(" *({words})*")).unwrap_or_default();
            let _ = writeln!(out, "- [ ] {}{undo}", spans(&step.text));
            if let Some(command) = &step.command {
                let _ = write!(out, "{}", fenced(command, "  "));
            }
        }
    }
    if !filled.breaks.is_empty() {
        let _ = writeln!(out, "\n### What breaks meanwhile\n\n{}", spans(&filled.breaks));
    }
    for note in notes(filled) {
        let _ = writeln!(out, "\n{}", spans(&note));
    }
    if let Some(url) = about.url.filter(|url| url.starts_with("https://") || url.starts_with("http://")) {
        let _ = writeln!(out, "\n[The provider's page]({})", markdown::destination(url));
    }
    out
}

/// `command` as a block of code, each line behind `indent`, between more backticks than it holds.
pub fn fenced(command: &str, indent: &str) -> String {
    let most = command.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(3.max(most + 1));
    let mut out = format!("\n{indent}{fence}sh\n");
    for line in lines(command).lines() {
        let _ = writeln!(out, "{indent}{line}");
    }
    let _ = writeln!(out, "{indent}{fence}");
    out
}

/// `text` between backticks, in which nothing means anything.
fn span(text: &str) -> String {
    if text.contains('`') { markdown::words(text) } else { format!("`{text}`") }
}

/// `text`, in which nothing means anything but pairs of backticks.
pub fn spans(text: &str) -> String {
    let parts: Vec<&str> = text.split('`').collect();
    let last = parts.len() - 1;
    let part = |(at, part): (usize, &&str)| match at % 2 {
        1 if at < last && !part.is_empty() => format!("`{part}`"),
        1 => markdown::words(&format!("`{part}")),
        _ => markdown::words(part),
    };
    parts.iter().enumerate().map(part).collect()
}

fn command_lines(step: &FilledStep) -> impl Iterator<Item = &str> {
    step.command.iter().flat_map(|command| command.lines())
}

/// What is known of the finding, a line each.
fn facts(about: About<'_>) -> Vec<String> {
    let Some(finding) = about.finding else { return Vec::new() };
    let mut facts = vec![format!("{}: {}, {}", finding.fingerprint, finding.severity.as_str(), escape::text(&finding.masked))];
    let mut places: Vec<String> = finding.locations.iter().take(NAMED_PLACES).map(place::words).collect();
    if let Some(more @ 1..) = finding.locations.len().checked_sub(NAMED_PLACES) {
        places.push(format!("and {more} more"));
    }
    facts.push(format!("in {}", places.join(", ")));
    let known: Vec<String> =
        finding.identity.iter().map(|(key, value)| format!("{}: {}", escape::text(&key.replace('_', " ")), escape::text(value))).collect();
    if !known.is_empty() {
        facts.push(known.join(" · "));
    }
    facts
}

/// What has to be filled in before a command is run.
fn notes(filled: &Filled) -> Vec<String> {
    let mut notes = Vec::new();
    let mut words: Vec<&str> = Vec::new();
    for word in filled.steps.iter().flat_map(blanks) {
        if !words.contains(&word) {
            words.push(word);
        }
    }
    if !words.is_empty() {
        notes.push(format!("Fill in: {}.", words.join(", ")));
    }
    let variables = secret_variables(filled);
    if let Some(first) = variables.first() {
        let names = variables.join(", ");
        notes.push(format!("Commands read the exposed secret from {names}, which keeps it off the command line: `read -rs {first}`."));
    }
    notes
}

/// Variables of the environment that commands read the secret from.
fn secret_variables(filled: &Filled) -> Vec<&str> {
    let mut found = Vec::new();
    for part in filled.commands().flat_map(|command| command.split('$').skip(1)) {
        let name = part.trim_start_matches('{');
        let end = name.find(|c: char| !(c.is_ascii_uppercase() || c == '_')).unwrap_or(name.len());
        if name.starts_with(BLANK_SECRET) && !found.contains(&&name[..end]) {
            found.push(&name[..end]);
        }
    }
    found
}

/// Appends `text`, broken at blanks, each line behind `indent`.
fn wrap(out: &mut String, text: &str, indent: &str, width: usize) {
    let mut column = 0;
    for word in text.split_whitespace() {
        let length = word.chars().count();
        if column > 0 && column + 1 + length > width {
            out.push('\n');
            column = 0;
        }
        if column == 0 {
            out.push_str(indent);
            column = indent.len();
        } else {
            out.push(' ');
            column += 1;
        }
        out.push_str(word);
        column += length;
    }
    out.push('\n');
}
