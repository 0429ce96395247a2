//! Flags of `keysieve playbook`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::{Color, RulesInForceArgs};

const EXAMPLES: &str = "\
Examples:
  keysieve playbook 7f3a9c12                    what a scan of this folder finds
  keysieve playbook 7f3a9c12 --report found.json
  keysieve playbook 7f3a9c12 --history          what a scan of the history finds
  keysieve playbook github.personal-access-token
                                                a rule: its steps, with blanks
  keysieve playbook 7f3a9c12 --format markdown | gh issue create --title Leak \\
      --body-file -

Exit codes:
  0  the playbook was printed
  2  there is no such finding or rule, or the report cannot be read";

#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct PlaybookArgs {
    /// Fingerprint of a secret, or at least four of its first hex digits, as reports print them; or a rule id
    #[arg(value_name = "FINDING")]
    pub finding: String,

    /// JSON report that has the finding, from `keysieve scan --format json`; - reads standard input [default: scan the current folder]
    #[arg(long, value_name = "FILE")]
    pub report: Option<PathBuf>,

    /// Scan the history of the repository, not only the files that are there now
    #[arg(long, conflicts_with = "report")]
    pub history: bool,

    /// Format of the output
    #[arg(long, short, value_name = "FORMAT", value_enum, default_value_t = PlaybookFormat::Text)]
    pub format: PlaybookFormat,

    #[command(flatten)]
    pub in_force: RulesInForceArgs,

    /// When to use color; auto: on a terminal, unless NO_COLOR is set
    #[arg(long, value_name = "WHEN", value_enum, default_value_t = Color::Auto)]
    pub color: Color,
}

/// How a playbook is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum PlaybookFormat {
    /// For a terminal.
    #[value(help = None::<&'static str>)]
    Text,
    /// For a ticket, with boxes to tick.
    #[value(help = None::<&'static str>)]
    Markdown,
    /// One JSON document.
    #[value(help = None::<&'static str>)]
    Json,
}
