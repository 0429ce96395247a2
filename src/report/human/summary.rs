//! The last lines: what was found, what was looked at, what was not.

use super::Look;
use super::exposure;
use super::layout::{DOT, counted, duration, size, thousands};
use super::paint::{self, Paint};
use crate::coverage::Skip;
use crate::exceptions::Standing;
use crate::finding::{Finding, Severity, Subject};
use crate::report::{Report, ScopeKind, escape};

/// Kinds of left-out items that are named one by one.
const NAMED_SKIPS: usize = 4;
/// Gaps that are named one by one.
const NAMED_GAPS: usize = 10;

/// Appends the summary line and, if matches were held back, how to see them.
pub(super) fn write(out: &mut String, report: &Report, look: Look) {
    let mut facts = vec![verdict(report, look)];
    let suppressed = report.suppressed().count();
    if suppressed > 0 {
        facts.push(format!("{} suppressed by exceptions", thousands(suppressed as u64)));
    }
    if !looked_at_nothing(report) {
        facts.push(scanned(report));
    }
    facts.extend(left_out(&report.coverage.skipped));
    out.push_str(&facts.join(DOT));
    out.push('\n');
    if let Some(passing @ 1..) = report.open().count().checked_sub(report.failing()) {
        let (number, fail_on) = (counted(passing as u64, "secret"), report.fail_on);
        let least = format!("severity {}, confidence {}", fail_on.severity.as_str(), fail_on.confidence.as_str());
        out.push_str(&format!("{number} below fail_on ({least}): listed, and no reason to fail\n"));
    }
    if report.below_threshold > 0 {
        let matches = if report.below_threshold == 1 { "match" } else { "matches" };
        let number = thousands(report.below_threshold);
        out.push_str(&format!("{number} less certain {matches} not shown; see --min-confidence low\n"));
    }
    let idle = report.exceptions.iter().filter(|own| own.standing != Standing::InForce).count();
    if idle > 0 {
        let (number, hide) = (counted(idle as u64, "exception"), if idle == 1 { "hides" } else { "hide" });
        out.push_str(&format!("{number} expired or against the policy {hide} nothing; see keysieve exceptions --expired\n"));
    }
}

/// Appends one line for each part that was not scanned.
pub(super) fn write_incomplete(out: &mut String, report: &Report, paint: Paint) {
    let gaps = &report.coverage.incomplete;
    let lead = paint.with(paint::WARN, "incomplete:");
    for gap in gaps.iter().take(NAMED_GAPS) {
        out.push_str(&format!("{lead} {}\n", escape::text(&gap.sentence())));
    }
    if let Some(more) = gaps.len().checked_sub(NAMED_GAPS).filter(|more| *more > 0) {
        out.push_str(&format!("{lead} and {} more\n", thousands(more as u64)));
    }
}

/// An empty standard input is nothing as well: the program in front of it may have failed.
fn looked_at_nothing(report: &Report) -> bool {
    report.coverage.items == 0 || (report.scope.kind == ScopeKind::Stdin && report.coverage.bytes == 0)
}

pub(super) fn verdict(report: &Report, look: Look) -> String {
    let paint = look.paint;
    let open: Vec<&Finding> = report.open().collect();
    if !open.is_empty() {
        return found(&open, look);
    }
    if !report.coverage.incomplete.is_empty() {
        return paint.with(paint::WARN, "nothing found, but the scan is incomplete");
    }
    if looked_at_nothing(report) {
        return paint.with(paint::WARN, nothing_to_scan(report));
    }
    paint.with(paint::GOOD, "no secrets found")
}

/// Looking at nothing finds nothing: that must not read as clean.
fn nothing_to_scan(report: &Report) -> &'static str {
    match report.scope.kind {
        ScopeKind::Staged if report.coverage.skipped.is_empty() => "nothing staged: no content was scanned",
        ScopeKind::Staged => "no staged content was scanned",
        ScopeKind::Worktree | ScopeKind::Merged => "nothing to scan: no content was scanned",
        ScopeKind::Stdin => "nothing on standard input: no content was scanned",
        ScopeKind::History => "an empty history: no content was scanned",
        ScopeKind::Range => "the range introduces nothing: no content was scanned",
    }
}

fn found(open: &[&Finding], look: Look) -> String {
    let paint = look.paint;
    let (secrets, files): (Vec<&Finding>, Vec<&Finding>) = open.iter().partition(|finding| finding.subject == Subject::Secret);
    let places: usize = secrets.iter().map(|finding| finding.locations.len()).sum();
    let secrets =
        (!secrets.is_empty()).then(|| format!("{} in {}", counted(secrets.len() as u64, "secret"), counted(places as u64, "place")));
    let files = (!files.is_empty()).then(|| format!("{} that git should not store", counted(files.len() as u64, "file")));
    let subjects: Vec<String> = secrets.into_iter().chain(files).collect();
    let severities: Vec<String> = Severity::ALL
        .iter()
        .rev()
        .map(|severity| (severity, open.iter().filter(|finding| finding.severity == *severity).count()))
        .filter(|(_, count)| *count > 0)
        .map(|(severity, count)| paint.with(paint::severity(*severity), format!("{} {}", thousands(count as u64), severity.as_str())))
        .collect();
    let mut facts = vec![paint.with(paint::STRONG, subjects.join(", ")), severities.join(", ")];
    facts.extend(exposure::summary(open, look.exposure));
    facts.join(DOT)
}

fn scanned(report: &Report) -> String {
    let coverage = &report.coverage;
    let time = report.seconds.map(|seconds| format!(" in {}", duration(seconds))).unwrap_or_default();
    let bytes = format!("{}{time}", size(coverage.bytes));
    match report.scope.kind {
        ScopeKind::Worktree => format!("{}, {bytes}", counted(coverage.items, "file")),
        ScopeKind::Merged => format!("merged reports: {}, {bytes}", counted(coverage.items, "item")),
        ScopeKind::Staged => format!("staged changes: {}, {bytes}", counted(coverage.items, "file")),
        ScopeKind::Stdin => format!("standard input: {bytes}"),
        ScopeKind::History => format!("history: {}, {bytes}", counted(coverage.items, "object")),
        ScopeKind::Range => {
            format!("{}: {}, {bytes}", escape::text(report.scope.range.as_deref().unwrap_or("range")), counted(coverage.items, "item"))
        }
    }
}

/// `212 ignored files, 1 special file left out`.
fn left_out(skipped: &[Skip]) -> Option<String> {
    let mut parts: Vec<String> = skipped.iter().take(NAMED_SKIPS).map(skip).collect();
    let rest = skipped.iter().skip(NAMED_SKIPS).fold(0, |rest: u64, skip| rest.saturating_add(skip.count));
    if rest > 0 {
        parts.push(counted(rest, "other item"));
    }
    (!parts.is_empty()).then(|| format!("{} left out", parts.join(", ")))
}

fn skip(skip: &Skip) -> String {
    let noun = escape::text(&skip.what);
    counted(skip.count, noun.strip_suffix('s').filter(|stem| !stem.ends_with('s')).unwrap_or(&noun))
}
