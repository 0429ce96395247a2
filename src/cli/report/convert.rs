//! `keysieve report convert`.

use std::process::ExitCode;

use crate::cli::args::ConvertArgs;
use crate::cli::{exit, output};

/// Reads a report and writes all formats that were asked for.
///
/// # Errors
/// It cannot be read, or a format not be written.
pub fn run(args: &ConvertArgs) -> anyhow::Result<ExitCode> {
    let report = super::read(&args.file)?;
    output::write(&report, &output::Options::of(&args.output, false))?;
    Ok(ExitCode::from(exit::CLEAN))
}
