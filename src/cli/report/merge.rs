//! `keysieve report merge`.

use std::process::ExitCode;

use anyhow::Context as _;

use keysieve::report::{Format, Style, merge};

use crate::cli::args::MergeArgs;
use crate::cli::{exit, output};

/// Reads all reports and writes one that says what they say together.
///
/// # Errors
/// One cannot be read, or the result not be written.
pub fn run(args: &MergeArgs) -> anyhow::Result<ExitCode> {
    let reports = args.files.iter().map(|path| super::read(path)).collect::<anyhow::Result<Vec<_>>>()?;
    if let [first, others @ ..] = &reports[..]
        && others.iter().any(|other| other.tool.fingerprints != first.tool.fingerprints)
    {
        anyhow::bail!(
            "the fingerprints of these reports were made with different keys: one secret would count as several; scan again with one key"
        );
    }
    let merged = merge(reports).context("there is no report to merge")?;
    let text = Format::Json.render(&merged, Style::default());
    match &args.output {
        None => output::print(&text)?,
        Some(path) => output::save(path, &text).with_context(|| format!("cannot write the merged report to {}", path.display()))?,
    }
    Ok(ExitCode::from(exit::CLEAN))
}
