//! Commands about saved reports.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use super::Color;

#[derive(Debug, Args)]
pub struct ReportArgs {
    #[command(subcommand)]
    pub command: ReportCommand,
}

#[derive(Debug, Subcommand)]
pub enum ReportCommand {
    /// Show which secrets are in more than one of several reports
    Compare(CompareArgs),
}

// Broken by hand at 80 columns: wrapping would begin the rest of a line at the left edge.
const COMPARE_EXAMPLES: &str = "\
Examples:
  keysieve scan --format json ../shop > shop.json
  keysieve scan --format json ../api > api.json
  keysieve report compare shop.json api.json

Exit codes:
  0  no secret is in more than one report
  1  at least one is (in one of them it is not excepted)
  2  could not run: wrong usage, a file that is no report, reports whose
     fingerprints were made with different keys";

#[derive(Debug, Args)]
#[command(after_help = COMPARE_EXAMPLES)]
pub struct CompareArgs {
    /// JSON reports, two or more; they hold no secrets, and none is needed
    #[arg(value_name = "REPORT", required = true, num_args = 2..)]
    pub reports: Vec<PathBuf>,

    /// How to print it
    #[arg(long, short, value_name = "FORMAT", value_enum, default_value_t = CompareFormat::Human)]
    pub format: CompareFormat,

    /// When to use color; auto: on a terminal, unless NO_COLOR is set
    #[arg(long, value_name = "WHEN", value_enum, default_value_t = Color::Auto)]
    pub color: Color,
}

/// How a comparison is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum CompareFormat {
    /// For people.
    #[value(help = None::<&'static str>)]
    Human,
    /// One JSON document.
    #[value(help = None::<&'static str>)]
    Json,
}
