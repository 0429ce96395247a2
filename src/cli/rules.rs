//! `keysieve rules`.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context as _, anyhow};

use keysieve::detect::advice::Advisor;
use keysieve::detect::prefilter::Workload;
use keysieve::detect::{Detector, check, prove};
use keysieve::rules::schema::{Provider, RuleFile};
use keysieve::rules::{RuleEntry, RuleSet, lint};

use super::args::{RulesCommand, RulesListArgs};
use super::rulefiles::{self, Written};
use super::{exit, output, readme, settings, suggest, trial};

/// Runs one of the `rules` subcommands.
///
/// # Errors
/// When a rule is not there or a file cannot be read.
pub fn run(command: RulesCommand) -> anyhow::Result<ExitCode> {
    match command {
        RulesCommand::List(args) => list(&args),
        RulesCommand::Show { id, in_force } => show(find(&settings::rules_here(&in_force)?, &id)?),
        RulesCommand::Check { files } => check_files(&files),
        RulesCommand::Try(args) => trial::run(&args),
        RulesCommand::Checks => checks(),
        RulesCommand::Readme => readme::run(),
    }
}

/// The rule with that id.
///
/// # Errors
/// When there is none; names the nearest one.
pub fn find<'r>(set: &'r RuleSet, id: &str) -> anyhow::Result<&'r RuleEntry> {
    set.find(id).map(|(_, entry)| entry).ok_or_else(|| {
        let with_word = set.iter().filter(|(_, entry)| has_words(entry, &[id.to_owned()])).count();
        let near = suggest::nearest(id, set.iter().map(|(_, entry)| &*entry.rule.id));
        let hint = match (near, with_word) {
            (Some(near), _) => format!("did you mean `{near}`?"),
            (None, 0) => match id.split_once('.').filter(|(slug, _)| set.iter().any(|(_, entry)| entry.provider.slug == *slug)) {
                Some((slug, _)) => format!("`keysieve rules list --provider {slug}` shows those of this provider"),
                None => "`keysieve rules list` shows all of them".to_owned(),
            },
            (None, 1) => format!("`keysieve rules list {id}` shows one with this word"),
            (None, count) => format!("`keysieve rules list {id}` shows {count} with this word"),
        };
        anyhow!("there is no rule `{id}`; {hint}")
    })
}

fn list(args: &RulesListArgs) -> anyhow::Result<ExitCode> {
    let set = settings::rules_here(&args.in_force)?;
    for wanted in &args.provider {
        if !set.iter().any(|(_, entry)| is_of(entry, wanted)) {
            let providers = set.iter().map(|(_, entry)| &*entry.provider.slug);
            let near = suggest::nearest(&wanted.to_ascii_lowercase(), providers);
            let hint = near.map_or_else(|| "`keysieve rules list` shows all rules".to_owned(), |near| format!("did you mean `{near}`?"));
            anyhow::bail!("no rule is of a provider `{wanted}`; {hint}");
        }
    }
    let listed: Vec<_> = set.iter().map(|(_, entry)| entry).filter(|entry| is_listed(args, entry)).collect();
    let mut out = String::new();
    let width = listed.iter().map(|entry| entry.rule.id.len()).max().unwrap_or(0);
    for entry in &listed {
        let rule = &entry.rule;
        if args.json {
            let line = serde_json::json!({
                "id": rule.id, "name": rule.name, "provider": entry.provider.name, "severity": rule.severity, "confidence": rule.confidence,
                "lifetime": rule.lifetime, "identity": rule.identity, "description": rule.description, "disabled": entry.is_disabled,
            });
            let _ = writeln!(out, "{line}");
        } else {
            let disabled = if entry.is_disabled { "  (disabled)" } else { "" };
            let _ = writeln!(out, "{:width$}  {:8}  {}{disabled}", rule.id, rule.severity.as_str(), rule.name);
        }
    }
    output::print(&out)?;
    if listed.is_empty() {
        anstream::eprintln!("keysieve: none of {} rules is so", set.len());
    }
    Ok(ExitCode::from(exit::CLEAN))
}

/// Whether the provider is called `wanted`, without case.
fn is_of(entry: &RuleEntry, wanted: &str) -> bool {
    entry.provider.slug.eq_ignore_ascii_case(wanted) || entry.provider.name.eq_ignore_ascii_case(wanted)
}

fn is_listed(args: &RulesListArgs, entry: &RuleEntry) -> bool {
    (args.provider.is_empty() || args.provider.iter().any(|wanted| is_of(entry, wanted)))
        && (args.severity.is_empty() || args.severity.contains(&entry.rule.severity))
        && has_words(entry, &args.words)
}

/// Whether all of `words` stand in what the rule says of itself, without case.
fn has_words(entry: &RuleEntry, words: &[String]) -> bool {
    let rule = &entry.rule;
    let texts = [&rule.id, &rule.name, &entry.provider.name, &rule.description].map(|text| text.to_lowercase());
    words.iter().map(|word| word.to_lowercase()).all(|word| texts.iter().any(|text| text.contains(&word)))
}

fn show(entry: &RuleEntry) -> anyhow::Result<ExitCode> {
    let shown = serde_json::json!({ "provider": entry.provider, "rule": *entry.rule });
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
    let advisor = Advisor::new(detector.rules(), files.iter().flat_map(|written| written.file.rules.iter()));
    let mut count = 0;
    let mut advice = Vec::new();
    for written in &files {
        for rule in written.file.rules.iter() {
            let (index, entry) = detector.rules().find(&rule.id).context("because the rule was just added")?;
            count += 1;
            let failures = prove::examples(&detector, index, entry);
            problems.extend(failures.iter().map(|failure| written.problem(&failure.rule, &failure.message)));
            let shares = if failures.is_empty() { prove::shares(&detector, index, entry) } else { Vec::new() };
            for share in shares {
                let line = written.problem(&rule.id, &share.to_string());
                if share.mostly_fails() { problems.push(line) } else { advice.push(line) }
            }
            advice.extend(advisor.of(entry).iter().map(|message| written.problem(&rule.id, message)));
        }
    }
    output::print(&problems.iter().map(|problem| format!("{problem}\n")).collect::<String>())?;
    output::print(&advice.iter().map(|line| format!("advice: {line}\n")).collect::<String>())?;
    if !problems.is_empty() {
        return Ok(ExitCode::from(exit::FINDINGS));
    }
    let advised = if advice.is_empty() { String::new() } else { format!("; {} lines of advice", advice.len()) };
    output::print(&format!("{count} rules in {} files are fine{advised}\n", files.len()))?;
    Ok(ExitCode::from(exit::CLEAN))
}

/// What only shows when all files are together. A rule may take the place of a built-in one, but not of another one in these files.
fn across_files(files: &[Written]) -> Vec<String> {
    let is_given = |id: &str| files.iter().flat_map(|written| written.file.rules.iter()).any(|rule| rule.id == id);
    let builtin = RuleSet::builtin();
    let others: Vec<_> = builtin.iter().filter(|(_, entry)| !is_given(&entry.rule.id)).map(|(_, entry)| (*entry.rule).clone()).collect();
    let provider = Provider { slug: "".into(), name: "".into(), url: None, generic: false };
    let others = RuleFile { provider, rules: others.into() };
    let found = lint::across_files(files.iter().map(|written| &written.file).chain([&others]));
    let holds = |written: &Written, id: &str| written.file.rules.iter().any(|rule| rule.id == id);
    found
        .iter()
        .flat_map(|(id, message)| files.iter().filter(|written| holds(written, id)).map(|written| written.problem(id, message)))
        .collect()
}
