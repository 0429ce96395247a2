//! `keysieve report compare`.

use std::collections::BTreeSet;
use std::process::ExitCode;

use anyhow::{anyhow, bail};

use keysieve::compare::{self, Compared, Named};
use keysieve::report::escaped;

use crate::cli::args::{CompareArgs, CompareFormat};
use crate::cli::{exit, output};

/// Prints what the reports share.
///
/// # Errors
/// One cannot be read, is none, or was made with another key.
pub fn run(args: &CompareArgs) -> anyhow::Result<ExitCode> {
    let mut seen = BTreeSet::new();
    let mut reports = Vec::new();
    for path in &args.reports {
        // A report compared with itself shares everything, and that says nothing.
        if !seen.insert(path.canonicalize().unwrap_or_else(|_| path.clone())) {
            bail!("{} is named twice", path.display());
        }
        reports.push(Named { file: path.display().to_string(), report: Compared::from(&super::read(path)?) });
    }
    let compared = compare::compare(&reports).map_err(|why| anyhow!("{}", escaped(&why)))?;
    output::print(&match args.format {
        CompareFormat::Human => compared.text(output::is_colored(args.color.into())),
        CompareFormat::Json => compared.json(),
    })?;
    for note in compared.notes() {
        anstream::eprintln!("keysieve: {}", escaped(note));
    }
    Ok(ExitCode::from(if compared.shared() > 0 { exit::FINDINGS } else { exit::CLEAN }))
}
