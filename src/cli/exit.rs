//! Exit codes, in one place.

use std::process::ExitCode;

use keysieve::report::{Outcome, Report};

/// Everything asked for was scanned and nothing was found.
pub const CLEAN: u8 = 0;
/// At least one finding at or above the threshold.
pub const FINDINGS: u8 = 1;
/// Could not run: usage, configuration, not a repository, a report that cannot be written.
pub const CANNOT_RUN: u8 = 2;
/// Nothing found, but something asked for was not scanned.
pub const INCOMPLETE: u8 = 3;

/// The exit code of a scan.
pub fn code(report: &Report, allow_incomplete: bool) -> ExitCode {
    // Findings below the threshold must not hide that something was not scanned.
    let outcome = match report.outcome() {
        Outcome::Findings if report.failing() > 0 => Outcome::Findings,
        _ if report.coverage.incomplete.is_empty() => Outcome::Clean,
        _ => Outcome::Incomplete,
    };
    ExitCode::from(match outcome {
        Outcome::Clean => CLEAN,
        Outcome::Findings => FINDINGS,
        Outcome::Incomplete if allow_incomplete => CLEAN,
        Outcome::Incomplete => INCOMPLETE,
    })
}
