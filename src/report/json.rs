//! The whole report as one JSON document, version 1. Its schema is `docs/report.schema.json`.
//!
//! The same report gives the same bytes: the time a scan took is not in it.

use serde::Serialize;

use super::document::{Finding, Head, Tail};
use super::{Report, Style, json_text};

#[derive(Serialize)]
struct Document<'r> {
    #[serde(flatten)]
    head: Head<'r>,
    findings: Vec<Finding<'r>>,
    suppressed: Vec<Finding<'r>>,
    #[serde(flatten)]
    tail: Tail,
}

pub(super) fn render(report: &Report, style: Style<'_>) -> String {
    let findings = report.open().map(|finding| Finding::of(finding, style)).collect();
    let suppressed = report.suppressed().map(|finding| Finding::of(finding, style)).collect();
    json_text::pretty(&Document { head: Head::of(report), findings, suppressed, tail: Tail::of(report) })
}

#[cfg(test)]
mod tests;
