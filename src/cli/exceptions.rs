//! `keysieve exceptions`, and what `--strict-exceptions` does not let pass.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use serde::Serialize;

use keysieve::exceptions::baseline::Scope;
use keysieve::exceptions::{ExceptionUse, Source, Standing};
use keysieve::report::{Report, escaped, redacted};
use keysieve::run::{Plan, Target};

use super::args::{ExceptionsArgs, ListFormat, SettingsArgs};
use super::look::{self, Look};
use super::settings::{self, Place};
use super::{exit, known, output};

/// Of which exceptions a scan can say that they are of no use.
#[derive(Clone, Copy)]
pub struct Reach {
    listed: bool,
    baseline: bool,
}

impl Reach {
    /// Only a scan of everything can say it.
    pub fn of(plan: &Plan) -> Self {
        let is_whole = match &plan.target {
            Target::Worktree { roots, .. } => {
                let scanned: Vec<PathBuf> = roots.iter().filter_map(|path| path.canonicalize().ok()).collect();
                !plan.roots.is_empty() && plan.roots.iter().all(|root| scanned.contains(root))
            }
            Target::History { .. } => true,
            Target::Staged { .. } | Target::Range { .. } | Target::CommitFiles { .. } | Target::Stdin { .. } => false,
        };
        let scope = plan.exceptions.baseline.as_ref().map(|(baseline, _)| baseline.scope());
        let own = if matches!(plan.target, Target::History { .. }) { Scope::History } else { Scope::Worktree };
        Self { listed: is_whole, baseline: is_whole && scope == Some(own) }
    }

    fn knows(self, own: &ExceptionUse) -> bool {
        match own.source {
            Source::Listed => self.listed,
            Source::Baseline => self.baseline,
            Source::Comment => true,
        }
    }

    fn is_unused(self, own: &ExceptionUse) -> bool {
        !own.is_used && self.knows(own)
    }
}

/// Names on standard error every exception of `report` that is not in order; whether there is one.
pub fn complain(report: &Report, reach: Reach) -> bool {
    let report = redacted(report);
    let mut is_wrong = false;
    for own in &report.exceptions {
        let why = own.complaint().or_else(|| reach.is_unused(own).then(|| unused(own)));
        let Some(why) = why else { continue };
        is_wrong = true;
        anstream::eprintln!("keysieve: {}:{}: {}", escaped(&own.origin.file), own.origin.line, escaped(&why));
    }
    is_wrong
}

fn unused(own: &ExceptionUse) -> String {
    format!("the exception for {} is of no use: what it is about is no longer found", own.subject)
}

#[derive(Serialize)]
struct Line<'r> {
    file: &'r str,
    line: u32,
    source: Source,
    subject: &'r str,
    state: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<String>,
    used: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'r str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    owner: Option<&'r str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    expires: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    approved_by: Option<&'r str>,
}

/// Lists exceptions.
///
/// # Errors
/// They cannot be read, or nothing can be scanned for what they are about.
pub fn run(args: &ExceptionsArgs) -> anyhow::Result<ExitCode> {
    let start = args.path.as_deref().unwrap_or(Path::new("."));
    let git = look::environment(args.path.is_some());
    let settings = SettingsArgs { scanned: args.scanned.clone(), ..SettingsArgs::default() };
    let mut in_force = settings::load(&settings, &Place::Whole(start), &git)?.with_approvals(&git, None);
    let exceptions = known::load(&args.known, std::mem::take(&mut in_force.exceptions), &in_force.roots)?;
    // All are listed, with how they stand, whether or not one is met.
    exceptions.approvals.get();
    // What was made from the history is looked for there.
    let scope = match &exceptions.baseline {
        _ if args.history => Scope::History,
        Some((baseline, _)) => baseline.scope(),
        None => Scope::Worktree,
    };
    let (report, reach) = Look { start, scope, git, list_comments: true }.scan(in_force, exceptions)?;
    let is_wrong = |own: &&ExceptionUse| own.standing != Standing::InForce || reach.is_unused(own);
    let fails = args.strict_exceptions && report.exceptions.iter().any(|own| is_wrong(&own));
    let report = redacted(&report);
    let wanted = |own: &&ExceptionUse| (!args.unused || reach.is_unused(own)) && (!args.expired || own.standing != Standing::InForce);
    let chosen: Vec<&ExceptionUse> = report.exceptions.iter().filter(wanted).collect();
    let text = match args.format {
        ListFormat::Human => human(&chosen, reach),
        ListFormat::Json => {
            let lines: Vec<Line<'_>> = chosen.iter().map(|own| line(own)).collect();
            let mut text = serde_json::to_string_pretty(&lines)?;
            text.push('\n');
            text
        }
    };
    output::print(&text)?;
    look::warn(&report);
    Ok(ExitCode::from(match report.coverage.incomplete.is_empty() {
        _ if fails => exit::FINDINGS,
        true => exit::CLEAN,
        false => exit::INCOMPLETE,
    }))
}

fn line(own: &ExceptionUse) -> Line<'_> {
    let (state, why) = match &own.standing {
        Standing::InForce => ("in-force", None),
        Standing::Expired => ("expired", None),
        Standing::Refused(why) => ("refused", Some(format!("it {why}"))),
        Standing::Partly(why) => ("partly-refused", Some(format!("it {why}"))),
    };
    Line {
        file: &own.origin.file,
        line: own.origin.line,
        source: own.source,
        subject: &own.subject,
        state,
        why,
        used: own.is_used,
        reason: own.terms.reason.as_deref(),
        owner: own.terms.owner.as_deref(),
        expires: own.terms.expires.map(|day| day.to_string()),
        approved_by: own.terms.approved_by.as_deref(),
    }
}

fn human(chosen: &[&ExceptionUse], reach: Reach) -> String {
    use std::fmt::Write as _;
    let mut out = String::new();
    for own in chosen {
        let (file, subject) = (escaped(&own.origin.file), escaped(&own.subject));
        let _ = write!(out, "{file}:{}  {subject}", own.origin.line);
        let terms = &own.terms;
        let expires = terms.expires.map(|day| day.to_string());
        for (lead, text) in [("", &terms.reason), ("owner ", &terms.owner), ("until ", &expires), ("approved by ", &terms.approved_by)] {
            if let Some(text) = text {
                let _ = write!(out, "  {lead}{}", escaped(text));
            }
        }
        match &own.standing {
            Standing::InForce if reach.is_unused(own) => out.push_str("  [unused]"),
            Standing::InForce => {}
            Standing::Expired => out.push_str("  [expired]"),
            Standing::Refused(why) => {
                let _ = write!(out, "  [hides nothing: it {}]", escaped(why));
            }
            Standing::Partly(why) => {
                let _ = write!(out, "  [does not count everywhere: it {}]", escaped(why));
            }
        }
        out.push('\n');
    }
    let noun = if chosen.len() == 1 { "exception" } else { "exceptions" };
    let _ = writeln!(out, "{} {noun}", chosen.len());
    out
}
