//! Exit codes, in one place.

use std::process::ExitCode;

use keysieve::report::{Outcome, Report};

use super::args::ScanArgs;

/// Everything asked for was scanned and nothing was found.
pub const CLEAN: u8 = 0;
/// At least one finding at or above the threshold.
pub const FINDINGS: u8 = 1;
/// Could not run: usage, configuration, not a repository, a report that cannot be written.
pub const CANNOT_RUN: u8 = 2;
/// Nothing found, but something asked for was not scanned.
pub const INCOMPLETE: u8 = 3;

/// What a scan is asked to exit with.
#[derive(Clone, Copy)]
pub struct Codes {
    findings: u8,
    incomplete: u8,
}

impl Codes {
    /// What `args` ask for.
    pub fn of(args: &ScanArgs) -> Self {
        let incomplete = if args.allow_incomplete || args.exit_zero { CLEAN } else { INCOMPLETE };
        let findings = if args.exit_zero { CLEAN } else { args.exit_code.unwrap_or(FINDINGS) };
        Self { findings, incomplete }
    }

    /// The usual ones.
    pub fn new(allow_incomplete: bool) -> Self {
        Self { findings: FINDINGS, incomplete: if allow_incomplete { CLEAN } else { INCOMPLETE } }
    }

    /// When something was found.
    pub fn findings(self) -> ExitCode {
        ExitCode::from(self.findings)
    }

    /// The exit code of a scan.
    pub fn code(self, report: &Report) -> ExitCode {
        // Findings below the threshold must not hide that something was not scanned.
        let outcome = match report.outcome() {
            Outcome::Findings if report.failing() > 0 => Outcome::Findings,
            _ if report.coverage.incomplete.is_empty() => Outcome::Clean,
            _ => Outcome::Incomplete,
        };
        match outcome {
            Outcome::Clean => ExitCode::from(CLEAN),
            Outcome::Findings => self.findings(),
            Outcome::Incomplete => ExitCode::from(self.incomplete),
        }
    }
}
