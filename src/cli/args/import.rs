//! What `keysieve import` understands: one subcommand for each source.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::ListFormat;

const EXAMPLES: &str = "\
Examples:
  keysieve import gitleaks .gitleaks.toml --dry-run
                         show what would be written, and what is not taken
  keysieve import gitleaks .gitleaks.toml
                         write keysieve.yaml and .keysieve/rules/
  keysieve import gitleaksignore --append
                         add an exception for each secret that is ignored

Exit codes:
  0  done; the outcome names what was not taken
  2  could not run: wrong usage, a source that cannot be read, files that are
     there already
  3  detect-secrets: a file could not be scanned for what its baseline knows";

#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct ImportArgs {
    #[command(subcommand)]
    pub command: ImportCommand,
}

/// One variant for each source.
#[derive(Debug, Subcommand)]
pub enum ImportCommand {
    /// Take over rules and allowlists of gitleaks
    Gitleaks(SourceArgs),
    /// Take over rules and allowlists of betterleaks
    Betterleaks(SourceArgs),
    /// Except the secrets on the lines of a .gitleaksignore
    Gitleaksignore(AdoptArgs),
    /// Except what a detect-secrets baseline knows, as audited
    DetectSecrets(AdoptArgs),
    /// Exclude the paths of trufflehog's --exclude-paths
    TrufflehogExclude(SourceArgs),
}

/// A file to import and what to do with the outcome.
#[derive(Debug, Args)]
pub struct SourceArgs {
    /// File to import; `-` is standard input
    #[arg(value_name = "FILE")]
    pub file: PathBuf,

    #[command(flatten)]
    pub writing: WritingArgs,
}

/// A file with findings to except, and what to do with the outcome.
#[derive(Debug, Args)]
pub struct AdoptArgs {
    /// File to import; `-` is standard input [default: .gitleaksignore or .secrets.baseline at the top of the repository]
    #[arg(value_name = "FILE")]
    pub file: Option<PathBuf>,

    #[command(flatten)]
    pub writing: WritingArgs,
}

/// Where an import writes, and how it tells what it did.
#[derive(Clone, Debug, Args)]
pub struct WritingArgs {
    /// Folder to write into, such as the top of the repository
    #[arg(long, value_name = "DIR", default_value = ".")]
    pub output: PathBuf,

    /// Replace files that are there
    #[arg(long, conflicts_with = "dry_run")]
    pub force: bool,

    /// Add to a keysieve.yaml that is there, between its lines, if it then says what it said and what is added
    #[arg(long, conflicts_with_all = ["force", "dry_run"])]
    pub append: bool,

    /// Print what would be written, and write nothing
    #[arg(long)]
    pub dry_run: bool,

    /// Format of the outcome
    #[arg(long, short, value_name = "FORMAT", value_enum, default_value_t = ListFormat::Human)]
    pub format: ListFormat,
}
