//! The report as a person reads it on a terminal.
//!
//! Every line begins with this program's own words, a line number or a bar: text out of scanned files never starts a line, and goes
//! through [`escape`](super::escape) first.

mod exposure;
mod finding;
mod layout;
mod paint;
mod refs;
mod snippet;
mod summary;

use super::{ExposureDetail, Report, Style};
use paint::Paint;

/// Columns where there is no terminal to ask.
const DEFAULT_WIDTH: usize = 100;
/// Fewer columns than this leave no room for a snippet.
const LEAST_WIDTH: usize = 40;

/// How to show one finding.
#[derive(Clone, Copy, Debug)]
struct Look {
    paint: Paint,
    width: usize,
    show_secrets: bool,
    exposure: ExposureDetail,
}

/// The first words of the summary line: what was found, or why nothing.
pub(super) fn verdict(report: &Report) -> String {
    let paint = Paint { color: false };
    summary::verdict(report, Look { paint, width: DEFAULT_WIDTH, show_secrets: false, exposure: ExposureDetail::None })
}

pub(super) fn render(report: &Report, style: Style<'_>) -> String {
    let paint = Paint { color: style.color };
    let width = style.width.unwrap_or(DEFAULT_WIDTH).max(LEAST_WIDTH);
    let exposure = style.exposure.unwrap_or_default();
    let look = Look { paint, width, show_secrets: style.show_secrets, exposure };
    let mut out = String::new();
    let listed: Vec<_> = report.findings.iter().filter(|finding| finding.status.is_open() || style.show_suppressed).collect();
    for (at, finding) in listed.iter().enumerate() {
        if at > 0 {
            out.push('\n');
        }
        finding::write(&mut out, finding, look);
    }
    let more_follows = !style.quiet || !report.coverage.incomplete.is_empty();
    if !listed.is_empty() && more_follows {
        out.push('\n');
    }
    if !style.quiet {
        summary::write(&mut out, report, look);
    }
    summary::write_incomplete(&mut out, report, paint);
    out
}

#[cfg(test)]
mod tests;
