//! Flags about what is excepted, and the commands about exceptions and baselines.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use super::ScannedArgs;

/// Which baseline counts.
#[derive(Clone, Debug, Args)]
pub struct KnownArgs {
    /// Baseline of known credentials [default: keysieve-baseline.jsonl at the top of the repository, if it is there]
    #[arg(long, value_name = "FILE", help_heading = "Exceptions")]
    pub baseline: Option<PathBuf>,

    /// Use no baseline
    #[arg(long, conflicts_with = "baseline", help_heading = "Exceptions")]
    pub no_baseline: bool,

    /// Let comments count that other scanners take, such as `gitleaks:allow`, `trufflehog:ignore` and `pragma: allowlist secret`
    #[arg(long, help_heading = "Exceptions")]
    pub honor_foreign_allow: bool,
}

const BASELINE_EXAMPLES: &str = "\
Examples:
  keysieve baseline create   begin: what is there now is known
  keysieve scan              reports what is new since then
  keysieve baseline diff     what is new, and what is gone
  keysieve baseline prune    forget what is gone

Exit codes:
  0  done; diff: nothing is new
  1  diff: something is new; merge: a person has to decide
  2  could not run: wrong usage, a damaged baseline, another process writes it
  3  something could not be scanned";

#[derive(Debug, Args)]
#[command(after_help = BASELINE_EXAMPLES)]
pub struct BaselineArgs {
    #[command(subcommand)]
    pub command: BaselineCommand,
}

#[derive(Debug, Subcommand)]
pub enum BaselineCommand {
    /// Write a baseline of what is there now
    Create {
        #[command(flatten)]
        look: LookArgs,

        /// Take in everything that the repository stores, not only the files that are there now
        #[arg(long)]
        history: bool,

        /// Replace a baseline that is there, with what people wrote into it
        #[arg(long)]
        force: bool,
    },
    /// Add what is new; what people wrote into the baseline stays
    Update(LookArgs),
    /// Show what is new, and what is known and no longer there
    Diff {
        #[command(flatten)]
        look: LookArgs,

        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Remove what is no longer there
    Prune(LookArgs),
    /// Merge two baselines into OURS; git calls it as a merge driver with %O %A %B
    Merge {
        /// What both come from
        #[arg(value_name = "BASE")]
        base: PathBuf,

        /// One side, and the result
        #[arg(value_name = "OURS")]
        ours: PathBuf,

        /// The other side
        #[arg(value_name = "THEIRS")]
        theirs: PathBuf,
    },
}

/// What to look at for a baseline.
#[derive(Clone, Debug, Args)]
pub struct LookArgs {
    /// Folder of the repository [default: .]
    #[arg(value_name = "PATH")]
    pub path: Option<PathBuf>,

    /// The baseline [default: keysieve-baseline.jsonl at the top of the repository]
    #[arg(long, value_name = "FILE")]
    pub baseline: Option<PathBuf>,

    #[command(flatten)]
    pub scanned: ScannedArgs,
}

#[derive(Debug, Args)]
pub struct ExceptionsArgs {
    /// Folder of the repository [default: .]
    #[arg(value_name = "PATH")]
    pub path: Option<PathBuf>,

    /// Only those of no use any more: what they are about is not there
    #[arg(long, conflicts_with = "expired")]
    pub unused: bool,

    /// Only those that hide nothing because they expired or are against the policy
    #[arg(long)]
    pub expired: bool,

    /// Look for what they are about in the history, not only in the files that are there now
    #[arg(long)]
    pub history: bool,

    /// Exit with 1 if one is of no use, has expired or is against the policy
    #[arg(long)]
    pub strict_exceptions: bool,

    /// Format
    #[arg(long, short, value_name = "FORMAT", value_enum, default_value_t = ListFormat::Human)]
    pub format: ListFormat,

    #[command(flatten)]
    pub known: KnownArgs,

    #[command(flatten)]
    pub scanned: ScannedArgs,
}

/// A format for lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ListFormat {
    /// For people.
    #[value(help = None::<&'static str>)]
    Human,
    /// For machines.
    #[value(help = None::<&'static str>)]
    Json,
}
