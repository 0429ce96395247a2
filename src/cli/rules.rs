//! `keysieve rules`.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context as _, anyhow};

use keysieve::detect::prefilter::Workload;
use keysieve::detect::{Detector, check, prove};
use keysieve::rules::schema::{Provider, RuleFile};
use keysieve::rules::{RuleEntry, RuleSet, lint};

use super::args::RulesCommand;
use super::rulefiles::{self, Written};
use super::{exit, output, suggest};

/// Runs one of the `rules` subcommands.
///
/// # Errors
/// When a rule is not there or a file cannot be read.
pub fn run(command: RulesCommand) -> anyhow::Result<ExitCode> {
    match command {
        RulesCommand::List { json } => list(&RuleSet::builtin(), json),
        RulesCommand::Show { id } => show(find(&RuleSet::builtin(), &id)?),
        RulesCommand::Check { files } => check_files(&files),
        RulesCommand::Checks => checks(),
    }
}

/// The rule with that id.
///
/// # Errors
/// When there is none; names the nearest one.
pub fn find<'r>(set: &'r RuleSet, id: &str) -> anyhow::Result<&'r RuleEntry> {
    set.find(id).map(|(_, entry)| entry).ok_or_else(|| {
        let near = suggest::nearest(id, set.iter().map(|(_, entry)| &*entry.rule.id));
        let hint = near.map_or_else(|| "`keysieve rules list` shows all of them".to_owned(), |near| format!("did you mean `{near}`?"));
        anyhow!("there is no rule `{id}`; {hint}")
    })
}

fn list(set: &RuleSet, json: bool) -> anyhow::Result<ExitCode> {
    let mut out = String::new();
    let width = set.iter().map(|(_, entry)| entry.rule.id.len()).max().unwrap_or(0);
    for (_, entry) in set.iter() {
        let rule = &entry.rule;
        if json {
            let line = serde_json::json!({
                "id": rule.id, "name": rule.name, "provider": entry.provider.name, "severity": rule.severity, "confidence": rule.confidence,
                "lifetime": rule.lifetime, "identity": rule.identity, "description": rule.description,
            });
            let _ = writeln!(out, "{line}");
        } else {
            let _ = writeln!(out, "{:width$}  {:8}  {}", rule.id, rule.severity.as_str(), rule.name);
        }
    }
    output::print(&out)?;
    Ok(ExitCode::from(exit::CLEAN))
}

fn show(entry: &RuleEntry) -> anyhow::Result<ExitCode> {
    let shown = serde_json::json!({ "provider": entry.provider, "rule": entry.rule });
    output::print(&format!("{}\n", serde_json::to_string_pretty(&shown)?))?;
    Ok(ExitCode::from(exit::CLEAN))
}

fn checks() -> anyhow::Result<ExitCode> {
    let width = check::ALL.iter().map(|check| check.name.len()).max().unwrap_or(0);
    let lines: Vec<_> = check::ALL.iter().map(|check| format!("{:width$}  {}\n", check.name, check.summary)).collect();
    output::print(&lines.concat())?;
    Ok(ExitCode::from(exit::CLEAN))
}

/// Everything CI would say of these files: schema, patterns, and every example through the detector with all rules in force.
fn check_files(paths: &[PathBuf]) -> anyhow::Result<ExitCode> {
    let mut problems = Vec::new();
    let mut files = Vec::new();
    for path in rulefiles::named(paths)? {
        match rulefiles::parse(&path)? {
            Ok(file) => files.push(file),
            Err(found) => problems.extend(found),
        }
    }
    problems.extend(across_files(&files));
    let parsed: Vec<RuleFile> = files.iter().map(|written| written.file.clone()).collect();
    let detector = Detector::new(RuleSet::builtin().with_files(parsed), Workload::Small);
    let mut count = 0;
    for written in &files {
        for rule in written.file.rules.iter() {
            let (index, entry) = detector.rules().find(&rule.id).context("because the rule was just added")?;
            count += 1;
            let failures = prove::examples(&detector, index, entry);
            problems.extend(failures.iter().map(|failure| written.problem(&failure.rule, &failure.message)));
        }
    }
    if problems.is_empty() {
        output::print(&format!("{count} rules in {} files are fine\n", files.len()))?;
        return Ok(ExitCode::from(exit::CLEAN));
    }
    output::print(&problems.iter().map(|problem| format!("{problem}\n")).collect::<String>())?;
    Ok(ExitCode::from(exit::FINDINGS))
}

/// What only shows when all files are together. A rule may take the place of a built-in one, but not of another one in these files.
fn across_files(files: &[Written]) -> Vec<String> {
    let is_given = |id: &str| files.iter().flat_map(|written| written.file.rules.iter()).any(|rule| rule.id == id);
    let builtin = RuleSet::builtin();
    let others: Vec<_> =
        builtin.iter().filter(|(_, entry)| !is_given(&entry.rule.id)).map(|(_, entry)| entry.rule.clone().into_owned()).collect();
    let provider = Provider { slug: "".into(), name: "".into(), url: None, generic: false };
    let others = RuleFile { provider, rules: others.into() };
    let found = lint::across_files(files.iter().map(|written| &written.file).chain([&others]));
    let holds = |written: &Written, id: &str| written.file.rules.iter().any(|rule| rule.id == id);
    found
        .iter()
        .flat_map(|(id, message)| files.iter().filter(|written| holds(written, id)).map(|written| written.problem(id, message)))
        .collect()
}
