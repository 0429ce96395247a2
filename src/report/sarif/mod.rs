//! SARIF 2.1.0 as GitHub code scanning takes and shows it.
//!
//! One result for each place. Suppressed findings are left out unless they are asked for, because code scanning shows them as open alerts. Never holds a secret, not
//! even with `show_secrets`: these files are made to be uploaded. All on one line, because code scanning limits the size.

pub(super) mod exposure;
pub(super) mod limits;
pub(super) mod location;
mod model;
mod result;
pub(super) mod rules;
#[cfg(test)]
mod tests;
mod uri;

use std::collections::BTreeMap;

use serde_json::json;

use super::{ExposureDetail, Outcome, Report, ScopeKind, Style, json_text};
use crate::finding::Finding;
use limits::Kept;
use model::{AutomationDetails, Described, DescriptorReference, Driver, Invocation, Log, Notification, Run, Text, Tool};

/// What relative URIs hang on: the root of the repository, as GitHub calls it.
const SOURCE_ROOT: &str = "%SRCROOT%";

/// Why a notification is there.
mod kind {
    pub const INCOMPLETE: &str = "incomplete";
    pub const RESULTS_CUT: &str = "results-cut";
    pub const RESULTS_SPLIT: &str = "results-split";
    pub const NOTHING_SCANNED: &str = "nothing-scanned";
}

pub(super) fn render(report: &Report, style: Style<'_>) -> String {
    let Style { exposure, show_suppressed, category, .. } = style;
    let exposure = exposure.unwrap_or_default();
    let what = Shown { exposure, show_suppressed, category, results: limits::RESULTS, runs: limits::RUNS };
    json_text::line(&Log {
        schema: "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
        version: "2.1.0",
        runs: runs(report, what),
    })
}

/// What of a report is written.
#[derive(Clone, Copy)]
struct Shown<'s> {
    exposure: ExposureDetail,
    show_suppressed: bool,
    category: Option<&'s str>,
    /// Most results of a run.
    results: usize,
    /// Most runs.
    runs: usize,
}

/// A finding, and the number of one of its places.
type Place<'r> = (&'r Finding, usize);

/// As many runs as the results need, at least one.
fn runs<'r>(report: &'r Report, what: Shown<'_>) -> Vec<Run<'r>> {
    // What counts comes first, so that a limit cuts the rest.
    let listed: Vec<&Finding> = report.open().chain(report.suppressed().filter(|_| what.show_suppressed)).collect();
    let kept = limits::choose(&listed, what.results.saturating_mul(what.runs));
    let places = listed[..kept.findings].iter().flat_map(|finding| (0..finding.locations.len().min(kept.places)).map(|at| (*finding, at)));
    let places: Vec<Place<'_>> = places.collect();
    let mut parts: Vec<&[Place<'_>]> = places.chunks(what.results).collect();
    if parts.is_empty() {
        parts.push(&[]);
    }
    let first = invocation(report, kept, parts.len());
    let further = || Invocation { execution_successful: first.execution_successful, tool_execution_notifications: Vec::new() };
    let further: Vec<Invocation> = parts.iter().skip(1).map(|_| further()).collect();
    let invocations = std::iter::once(first).chain(further);
    (0..).zip(&parts).zip(invocations).map(|((number, part), invocation)| run(report, part, (number, invocation), what)).collect()
}

fn run<'r>(report: &'r Report, part: &[Place<'r>], (number, invocation): (usize, Invocation), what: Shown<'_>) -> Run<'r> {
    let findings: Vec<&Finding> = part.iter().map(|(finding, _)| *finding).collect();
    let rules = rules::Rules::of(&findings);
    let indices = rules.indices();
    let root = Described { description: Text { text: "The root of the scanned sources".to_owned() } };
    let result = |(finding, at): &Place<'_>| result::result(finding, *at, indices[finding.rule.id.as_str()], what.exposure);
    Run {
        tool: Tool { driver: driver(report, rules.descriptors()) },
        automation_details: automation(what.category, number),
        invocations: [invocation],
        original_uri_base_ids: BTreeMap::from([(SOURCE_ROOT, root)]),
        column_kind: "utf16CodeUnits",
        results: part.iter().filter_map(result).collect(),
        properties: json!({
            "outcome": report.outcome(),
            "items": report.coverage.items,
            "bytes": report.coverage.bytes,
            "skipped": report.coverage.skipped,
            "belowThreshold": report.below_threshold,
            "minConfidence": report.min_confidence,
        }),
    }
}

/// `category/`, where what follows the last slash would name the run. Code scanning takes two runs of one tool only if their categories differ.
fn automation(category: Option<&str>, number: usize) -> Option<AutomationDetails> {
    let category = category.map(|category| category.trim_end_matches('/'));
    let id = match (category, number) {
        (None, 0) => return None,
        (Some(category), 0) => format!("{category}/"),
        (category, _) => format!("{}-{}/", category.unwrap_or("keysieve"), number + 1),
    };
    Some(AutomationDetails { id })
}

fn driver(report: &Report, rules: Vec<model::Rule>) -> Driver<'_> {
    let (name, version) = (report.tool.name, report.tool.version.as_ref());
    Driver { name, version, semantic_version: version, rules, properties: json!({ "ruleset": report.tool.ruleset }) }
}

/// Each part that was not scanned is an `error` notification, which in SARIF means: the results may be incomplete. The run as a whole failed
/// only if such a part leaves nothing to show; with findings it did its work.
fn invocation(report: &Report, kept: Kept, runs: usize) -> Invocation {
    let gaps = &report.coverage.incomplete;
    let mut notifications: Vec<Notification> =
        gaps.iter().take(limits::NOTIFICATIONS).map(|gap| notification(kind::INCOMPLETE, "error", gap.sentence())).collect();
    if let Some(more) = gaps.len().checked_sub(limits::NOTIFICATIONS).filter(|more| *more > 0) {
        notifications.push(notification(kind::INCOMPLETE, "error", format!("{more} more parts could not be scanned")));
    }
    if runs > 1 {
        let text =
            format!("Code scanning takes {} results in a run: this file has {runs} runs, each with a category of its own", limits::RESULTS);
        notifications.push(notification(kind::RESULTS_SPLIT, "note", text));
    }
    if kept.cut > 0 {
        let text = format!("{} results were left out: code scanning does not take more. The JSON report has all.", kept.cut);
        notifications.push(notification(kind::RESULTS_CUT, "warning", text));
    }
    if report.coverage.items == 0 && gaps.is_empty() {
        let text = if report.scope.kind == ScopeKind::Staged { "Nothing staged" } else { "Nothing to scan" };
        notifications.push(notification(kind::NOTHING_SCANNED, "note", format!("{text}: no content was scanned")));
    }
    Invocation { execution_successful: report.outcome() != Outcome::Incomplete, tool_execution_notifications: notifications }
}

fn notification(kind: &'static str, level: &'static str, text: String) -> Notification {
    let message = Text { text: limits::clip(&super::escape::text(&text), limits::TEXT_CHARS) };
    Notification { descriptor: DescriptorReference { id: kind }, level, message }
}
