//! `keysieve report`.

mod compare;

use std::process::ExitCode;

use super::args::ReportCommand;

/// Works on saved reports.
///
/// # Errors
/// One cannot be read or used.
pub fn run(command: &ReportCommand) -> anyhow::Result<ExitCode> {
    match command {
        ReportCommand::Compare(args) => compare::run(args),
    }
}
