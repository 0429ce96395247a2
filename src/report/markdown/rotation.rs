//! How to rotate what a report has, each rule once. Commands stand in blocks of code, foreign text as elsewhere in the summary.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::{MOST_BYTES, MOST_LISTED, clip, destination, short, words};
use crate::finding::Finding;
use crate::report::Report;
use crate::report::numbers::counted;
use crate::report::playbook::{self, Filled, spans};
use crate::report::sarif::rules::is_web;

/// Characters of a step.
const STEP_CHARS: usize = 300;
/// Bytes of a command that is shown.
const COMMAND_BYTES: usize = 1_000;

/// How to rotate what counts, each rule once, worst first.
pub(super) fn write(out: &mut String, report: &Report) {
    let mut seen: BTreeMap<&str, ()> = BTreeMap::new();
    let first: Vec<&Finding> = report.open().filter(|finding| seen.insert(&finding.rule.id, ()).is_none()).collect();
    if first.is_empty() {
        return;
    }
    out.push_str("\n<details><summary>How to rotate them</summary>\n");
    let mut count = 0;
    for finding in first.iter().take(MOST_LISTED) {
        let is_only = report.open().filter(|other| other.rule.id == finding.rule.id).nth(1).is_none();
        let told = of_rule(finding, is_only);
        if out.len() + told.len() > MOST_BYTES {
            break;
        }
        out.push_str(&told);
        count += 1;
    }
    if let Some(more @ 1..) = first.len().checked_sub(count) {
        let _ = writeln!(out, "\n{} of credentials: <code>keysieve explain RULE</code> says how.", counted(more as u64, "more kind"));
    }
    out.push_str("\n</details>\n");
}

/// How to rotate what one rule finds; with what is known of `finding` if it `is_only` one, else with blanks.
fn of_rule(finding: &Finding, is_only: bool) -> String {
    let remediation = &finding.remediation;
    let blank = || Filled::blank(&remediation.playbook, remediation.url.as_deref(), finding.subject);
    let filled = if is_only { Filled::of(finding) } else { blank() };
    let mut out = format!("\n**{}**\n\n", words(&short(&finding.rule.name)));
    if let Some(why) = &filled.revoke_first {
        let _ = writeln!(out, "The exposed one goes first. {}\n", spans(&clip(why, STEP_CHARS)));
    }
    for (at, step) in filled.steps.iter().take(MOST_LISTED).enumerate() {
        let undo = playbook::undo(step).map(|words| format!(" *({words})*")).unwrap_or_default();
        let _ = writeln!(out, "{}. {}: {}{undo}", at + 1, step.phase.as_str(), spans(&clip(&step.text, STEP_CHARS)));
        // Half a command does something else.
        if let Some(command) = step.command.as_ref().filter(|command| command.len() <= COMMAND_BYTES) {
            out.push_str(&playbook::fenced(command, "    "));
        }
    }
    if !filled.breaks.is_empty() {
        let _ = writeln!(out, "\nWhat breaks meanwhile: {}", spans(&clip(&filled.breaks, STEP_CHARS)));
    }
    if let Some(url) = remediation.url.as_deref().filter(|url| is_web(url)) {
        let _ = writeln!(out, "\n[Rotate or revoke it]({})", destination(url));
    }
    out
}
