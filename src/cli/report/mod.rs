//! `keysieve report`: what can be done with saved JSON reports.

mod compare;
mod convert;
mod merge;

use std::io::Read as _;
use std::path::Path;
use std::process::ExitCode;

use anyhow::Context as _;

use keysieve::report::{Report, saved};

use super::args::ReportCommand;

/// Does what `command` asks for.
///
/// # Errors
/// A report cannot be read or written.
pub fn run(command: &ReportCommand) -> anyhow::Result<ExitCode> {
    match command {
        ReportCommand::Convert(args) => convert::run(args),
        ReportCommand::Merge(args) => merge::run(args),
        ReportCommand::Compare(args) => compare::run(args),
    }
}

/// Reads the report at `path`; `-` is standard input.
///
/// # Errors
/// It cannot be read, or is none.
pub fn read(path: &Path) -> anyhow::Result<Report> {
    let is_stdin = path.as_os_str() == "-";
    let name = if is_stdin { "standard input".into() } else { path.to_string_lossy() };
    let mut bytes = Vec::new();
    let limit = saved::LARGEST_BYTES + 1;
    let read = if is_stdin {
        std::io::stdin().lock().take(limit).read_to_end(&mut bytes)
    } else {
        std::fs::File::open(path).and_then(|file| file.take(limit).read_to_end(&mut bytes))
    };
    read.with_context(|| format!("cannot read {name}"))?;
    saved::read(&bytes).with_context(|| format!("cannot use {name}"))
}
