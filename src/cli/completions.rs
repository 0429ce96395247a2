//! `keysieve completions`.

use std::process::ExitCode;

use clap::CommandFactory as _;

use super::args::Cli;
use super::{exit, output};

/// Prints the completion script of `shell`.
pub fn run(shell: clap_complete::Shell) -> anyhow::Result<ExitCode> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "keysieve", &mut script);
    output::print(&String::from_utf8(script)?)?;
    Ok(ExitCode::from(exit::CLEAN))
}
