//! `keysieve playbook`: the steps to rotate one secret, filled with what is known of it.

use std::path::Path;
use std::process::ExitCode;

use anstyle::Style;
use anyhow::bail;

use keysieve::exceptions::baseline::Scope;
use keysieve::finding::{Finding, RuleRef, Subject};
use keysieve::report::playbook::{self, About, Filled};
use keysieve::report::{Report, escaped, redacted};
use keysieve::rules::RuleSet;

use super::args::{PlaybookArgs, PlaybookFormat, ScannedArgs, SettingsArgs};
use super::look::{self, Look};
use super::settings::{self, Place};
use super::{exit, output, report, rules};

/// Fewest hex digits that name a finding.
const LEAST_DIGITS: usize = 4;
/// Hex digits of a whole fingerprint.
const DIGITS: usize = 32;
/// Findings that are named where several are meant.
const NAMED: usize = 5;

/// Prints the playbook of a finding or of a rule.
///
/// # Errors
/// There is none, or several; the report cannot be read; the folder cannot be scanned.
pub fn run(args: &PlaybookArgs) -> anyhow::Result<ExitCode> {
    let set = settings::rules_here(&args.in_force)?;
    let text = match digits(&args.finding) {
        Some(digits) => of_finding(args, &set, digits)?,
        None => of_rule(args, &set)?,
    };
    output::print(&text)?;
    Ok(ExitCode::from(exit::CLEAN))
}

/// The hex digits of a fingerprint or of its beginning; a rule id has a dot.
fn digits(finding: &str) -> Option<&str> {
    let digits = match finding.strip_prefix("v1:") {
        Some(rest) => rest.rsplit(':').next()?,
        None => finding,
    };
    let is_hex = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    (is_hex && (LEAST_DIGITS..=DIGITS).contains(&digits.len())).then_some(digits)
}

fn of_rule(args: &PlaybookArgs, set: &RuleSet) -> anyhow::Result<String> {
    let asked = &args.finding;
    if !asked.contains('.') {
        bail!(
            "`{}` is neither a fingerprint nor a rule id: a fingerprint is `v1:…:` and {DIGITS} hex digits, or the first {LEAST_DIGITS} or more of \
             them, as reports print it; `keysieve rules list` shows the rules",
            escaped(asked)
        );
    }
    if args.report.is_some() {
        bail!("--report is for a fingerprint: `{}` is a rule id, and a rule has no report", escaped(asked));
    }
    if args.history {
        bail!("--history is for a fingerprint: `{}` is a rule id, and a rule has no history", escaped(asked));
    }
    let entry = rules::find(set, asked)?;
    let rule = &entry.rule;
    let named = RuleRef {
        id: rule.id.to_string(),
        name: rule.name.to_string(),
        provider: entry.provider.name.to_string(),
        description: rule.description.to_string(),
    };
    let about = About { rule: &named, url: rule.rotation.url.as_deref(), finding: None };
    let subject = match (&rule.path, &rule.shared) {
        (Some(_), _) => Subject::File,
        (_, Some(_)) => Subject::Sharing,
        _ => Subject::Secret,
    };
    written(args, about, &Filled::blank(&rule.playbook(), about.url, subject))
}

fn of_finding(args: &PlaybookArgs, set: &RuleSet, digits: &str) -> anyhow::Result<String> {
    let all = match &args.report {
        Some(path) => report::read(path)?,
        None => scanned(args)?,
    };
    let found = chosen(&all, args, &digits.to_ascii_lowercase())?;
    let mut finding = redacted(&all).findings.iter().find(|one| is_same(one, found)).unwrap_or(found).clone();
    match set.find(&finding.rule.id) {
        // Commands are this program's own: a report may have been changed on its way.
        Some((_, entry)) => finding.remediation.playbook = entry.rule.playbook(),
        None => {
            finding.remediation.playbook.steps.iter_mut().for_each(|step| step.command = None);
            let rule = escaped(&finding.rule.id);
            anstream::eprintln!(
                "keysieve: note: the rule {rule} is not in force here, so that commands are left out; name its file with --rules"
            );
        }
    }
    let about = About { rule: &finding.rule, url: finding.remediation.url.as_deref(), finding: Some(&finding) };
    written(args, about, &Filled::of(&finding))
}

fn is_same(one: &Finding, other: &Finding) -> bool {
    one.fingerprint == other.fingerprint && one.rule.id == other.rule.id && one.subject == other.subject
}

/// What is found in the files of the current folder, or in its history, as `keysieve scan` finds it.
fn scanned(args: &PlaybookArgs) -> anyhow::Result<Report> {
    let here = Path::new(".");
    let git = look::environment(false);
    let scanned = ScannedArgs { rules: args.in_force.rules.clone(), no_config: args.in_force.no_config, ..ScannedArgs::default() };
    let settings = SettingsArgs { scanned, ..SettingsArgs::default() };
    let mut in_force = settings::load(&settings, &Place::Whole(here), &git)?.with_approvals(&git, None);
    let exceptions = std::mem::take(&mut in_force.exceptions);
    let scope = if args.history { Scope::History } else { Scope::Worktree };
    let (report, _) = Look { start: here, scope, git, list_comments: false }.scan(in_force, exceptions)?;
    look::warn(&report);
    Ok(report)
}

/// The one finding that is meant. Two rules of a provider can find the same secret: the worse one speaks.
fn chosen<'r>(all: &'r Report, args: &PlaybookArgs, digits: &str) -> anyhow::Result<&'r Finding> {
    let is_whole = args.finding.starts_with("v1:");
    let is_meant = |one: &&Finding| {
        if is_whole { one.fingerprint.as_str() == args.finding } else { one.fingerprint.digest().starts_with(digits) }
    };
    let meant: Vec<&Finding> = all.findings.iter().filter(is_meant).collect();
    let Some(first) = meant.first() else {
        let asked = escaped(&args.finding);
        match &args.report {
            Some(path) => bail!("no finding of {} has the fingerprint {asked}", escaped(&path.to_string_lossy())),
            None if args.history => bail!("no secret in the history of this repository has the fingerprint {asked}"),
            None => bail!("no secret in the files of this folder has the fingerprint {asked}; for one in the history add --history"),
        }
    };
    let mut names: Vec<&str> = meant.iter().map(|one| one.fingerprint.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    if names.len() > 1 {
        let more = if names.len() > NAMED { ", …" } else { "" };
        names.truncate(NAMED);
        bail!("{} is the beginning of several fingerprints: {}{more}; write more of it", escaped(&args.finding), names.join(", "));
    }
    Ok(first)
}

fn written(args: &PlaybookArgs, about: About<'_>, filled: &Filled) -> anyhow::Result<String> {
    Ok(match args.format {
        PlaybookFormat::Text => {
            let bold = Style::new().bold();
            let (on, off) = (bold.render().to_string(), bold.render_reset().to_string());
            let terminal = output::terminal(args.color.into());
            playbook::terminal(about, filled, if terminal.color { [&on, &off] } else { ["", ""] }, terminal.width)
        }
        PlaybookFormat::Markdown => playbook::markdown(about, filled),
        PlaybookFormat::Json => format!("{}\n", serde_json::to_string_pretty(&playbook::Document::of(about, filled))?),
    })
}
