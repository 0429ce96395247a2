//! SARIF 2.1.0 as GitHub code scanning takes and shows it.
//!
//! One result for each place. Suppressed findings are left out unless they are asked for, because code scanning shows them as open alerts. Never holds a secret, not
//! even with `show_secrets`: these files are made to be uploaded. All on one line, because code scanning limits the size.

mod exposure;
mod limits;
pub mod line_hash;
mod location;
mod model;
mod result;
mod rules;
#[cfg(test)]
mod tests;
mod uri;

use std::collections::BTreeMap;

use serde_json::json;

use super::{ExposureDetail, Outcome, Report, ScopeKind, json_text};
use crate::finding::{Finding, Subject};
use limits::Kept;
use model::{Described, DescriptorReference, Driver, Invocation, Log, Notification, Run, Text, Tool};

/// What relative URIs hang on: the root of the repository, as GitHub calls it.
const SOURCE_ROOT: &str = "%SRCROOT%";

/// Why a notification is there.
mod kind {
    pub const INCOMPLETE: &str = "incomplete";
    pub const RESULTS_CUT: &str = "results-cut";
    pub const NOTHING_SCANNED: &str = "nothing-scanned";
}

pub(super) fn render(report: &Report, exposure: ExposureDetail, show_suppressed: bool) -> String {
    let what = Shown { exposure, show_suppressed, limit: limits::RESULTS };
    json_text::line(&Log {
        schema: "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
        version: "2.1.0",
        runs: [run(report, what)],
    })
}

/// What of a report is written.
#[derive(Clone, Copy)]
struct Shown {
    exposure: ExposureDetail,
    show_suppressed: bool,
    /// Most results.
    limit: usize,
}

fn run(report: &Report, Shown { exposure, show_suppressed, limit }: Shown) -> Run {
    // What counts comes first, so that a limit cuts the rest.
    let open: Vec<&Finding> = report.open().chain(report.suppressed().filter(|_| show_suppressed)).collect();
    let kept = limits::choose(&open, limit);
    let open = &open[..kept.findings];
    let rules = rules::Rules::of(open);
    let indices = rules.indices();
    let places = |finding: &Finding| match finding.subject {
        // It is about all of its places together; each of them has a result of the secret itself.
        Subject::Sharing => 1,
        Subject::Secret | Subject::File => finding.locations.len().min(kept.places),
    };
    let root = Described { description: Text { text: "The root of the scanned sources".to_owned() } };
    Run {
        tool: Tool { driver: driver(report, rules.descriptors()) },
        invocations: [invocation(report, kept)],
        original_uri_base_ids: BTreeMap::from([(SOURCE_ROOT, root)]),
        column_kind: "utf16CodeUnits",
        results: open
            .iter()
            .flat_map(|finding| {
                let index = indices[finding.rule.id.as_str()];
                (0..places(finding)).filter_map(move |at| result::result(finding, at, index, exposure))
            })
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
    let (name, version) = (report.tool.name, report.tool.version);
    Driver { name, version, semantic_version: version, rules, properties: json!({ "ruleset": report.tool.ruleset }) }
}

/// Each part that was not scanned is an `error` notification, which in SARIF means: the results may be incomplete. The run as a whole failed
/// only if such a part leaves nothing to show; with findings it did its work.
fn invocation(report: &Report, kept: Kept) -> Invocation {
    let gaps = &report.coverage.incomplete;
    let mut notifications: Vec<Notification> =
        gaps.iter().take(limits::NOTIFICATIONS).map(|gap| notification(kind::INCOMPLETE, "error", gap.sentence())).collect();
    if let Some(more) = gaps.len().checked_sub(limits::NOTIFICATIONS).filter(|more| *more > 0) {
        notifications.push(notification(kind::INCOMPLETE, "error", format!("{more} more parts could not be scanned")));
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
