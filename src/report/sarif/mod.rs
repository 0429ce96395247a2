//! SARIF 2.1.0 as GitHub code scanning takes and shows it.
//!
//! One result for each place. Suppressed findings are left out, because code scanning shows them as open alerts. Never holds a secret, not
//! even with `show_secrets`: these files are made to be uploaded.

mod limits;
pub mod line_hash;
mod model;
mod result;
mod rules;
#[cfg(test)]
mod tests;
mod uri;

use std::collections::BTreeMap;

use serde_json::json;

use super::{Outcome, Report, ScopeKind, json_text};
use crate::finding::{Finding, StatusState};
use limits::Kept;
use model::{Described, DescriptorReference, Driver, Invocation, Log, Notification, NotificationKind, Run, Text, Tool};

/// What relative URIs hang on: the root of the repository, as GitHub calls it.
const SOURCE_ROOT: &str = "%SRCROOT%";

/// Kinds of notifications, in the order of [`KINDS`].
#[derive(Clone, Copy)]
enum Kind {
    Incomplete,
    ResultsCut,
    NothingScanned,
}

const KINDS: [(&str, &str); 3] = [
    ("incomplete", "Something that was asked for could not be scanned."),
    ("results-cut", "There are more results than code scanning takes."),
    ("nothing-scanned", "There was no content to scan."),
];

pub(super) fn render(report: &Report) -> String {
    json_text::pretty(&Log {
        schema: "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
        version: "2.1.0",
        runs: [run(report, limits::RESULTS)],
    })
}

/// The run, with at most `limit` results.
fn run(report: &Report, limit: usize) -> Run {
    let open: Vec<&Finding> = report.findings.iter().filter(|finding| finding.status.state == StatusState::Open).collect();
    let kept = limits::choose(&open, limit);
    let open = &open[..kept.findings];
    let rules = rules::Rules::of(open);
    let indices = rules.indices();
    let places = |finding: &Finding| finding.locations.len().min(kept.places);
    let root = Described { description: Text { text: "The root of the scanned sources".to_owned() } };
    Run {
        tool: Tool { driver: driver(report, rules.descriptors()) },
        invocations: [invocation(report, kept)],
        original_uri_base_ids: BTreeMap::from([(SOURCE_ROOT, root)]),
        column_kind: "utf16CodeUnits",
        results: open
            .iter()
            .flat_map(|finding| (0..places(finding)).filter_map(|at| result::result(finding, at, indices[finding.rule.id.as_str()])))
            .collect(),
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

fn driver(report: &Report, rules: Vec<model::Rule>) -> Driver {
    let notifications =
        KINDS.iter().map(|(id, text)| NotificationKind { id, short_description: Text { text: (*text).to_owned() } }).collect();
    let (name, version) = (report.tool.name, report.tool.version);
    Driver { name, version, semantic_version: version, rules, notifications, properties: json!({ "ruleset": report.tool.ruleset }) }
}

/// Each part that was not scanned is an `error` notification, which in SARIF means: the results may be incomplete. The run as a whole failed
/// only if such a part leaves nothing to show; with findings it did its work.
fn invocation(report: &Report, kept: Kept) -> Invocation {
    let gaps = &report.coverage.incomplete;
    let mut notifications: Vec<Notification> = gaps
        .iter()
        .take(limits::NOTIFICATIONS)
        .map(|gap| notification(Kind::Incomplete, "error", format!("{}: {}; {}", gap.what, gap.why, gap.remedy)))
        .collect();
    if let Some(more) = gaps.len().checked_sub(limits::NOTIFICATIONS).filter(|more| *more > 0) {
        notifications.push(notification(Kind::Incomplete, "error", format!("{more} more parts could not be scanned")));
    }
    if kept.cut > 0 {
        let text = format!("{} results were left out: code scanning takes {} at most. The JSON report has all.", kept.cut, limits::RESULTS);
        notifications.push(notification(Kind::ResultsCut, "warning", text));
    }
    if report.coverage.items == 0 && gaps.is_empty() {
        let text = if report.scope.kind == ScopeKind::Staged { "Nothing staged" } else { "Nothing to scan" };
        notifications.push(notification(Kind::NothingScanned, "note", format!("{text}: no content was scanned")));
    }
    Invocation { execution_successful: report.outcome() != Outcome::Incomplete, tool_execution_notifications: notifications }
}

fn notification(kind: Kind, level: &'static str, text: String) -> Notification {
    let index = kind as usize;
    let message = Text { text: limits::clip(&super::escape::text(&text), limits::TEXT_CHARS) };
    Notification { descriptor: DescriptorReference { id: KINDS[index].0, index }, level, message }
}
