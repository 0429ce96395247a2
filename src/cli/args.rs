//! What the command line understands. Plain data; nothing is opened or read here.

mod exceptions;
mod hooks;
mod import;
mod playbook;
mod report;
mod rotate;
mod rotation;
mod settings;

use std::ffi::OsString;
use std::path::PathBuf;
use std::str::FromStr;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, Parser, Subcommand, ValueEnum};

use keysieve::finding::{Confidence, Severity};
use keysieve::source::range::Since;

pub use exceptions::{BaselineArgs, BaselineCommand, ExceptionsArgs, KnownArgs, ListFormat, LookArgs};
pub use hooks::{DoctorArgs, HookArgs, HookCommand, HookName, HookOptions, InstallArgs, UninstallArgs};
pub use import::{AdoptArgs, ImportArgs, ImportCommand, SourceArgs, WritingArgs};
pub use playbook::{PlaybookArgs, PlaybookFormat};
pub use report::{CompareArgs, CompareFormat, ConvertArgs, MergeArgs, OutputArgs, ReportArgs, ReportCommand};
pub use rotate::{
    ByArgs, DecideArgs, DeliverArgs, EnqueueArgs, KeysArgs, ListArgs, MetricsArgs, MetricsFormat, RotateArgs, RotateCommand,
    RotateConfigCommand, StateArgs, TargetsArgs, WhichArgs, WhoArgs,
};
pub use rotation::RotationArgs;
pub use settings::{ConfigArgs, ConfigCommand, ConfigFormat, ConfigShowArgs, RulesInForceArgs, ScannedArgs, SettingsArgs};

const FIRST_STEPS: &str = "\
Examples:
  keysieve scan             scan the current folder
  keysieve scan --staged    scan what the next commit would add
  keysieve explain github.personal-access-token";

// Broken by hand at 80 columns: wrapping would begin the rest of a line at the left edge.
const EXAMPLES_AND_EXIT_CODES: &str = "\
Examples:
  keysieve scan                            scan the current folder
  keysieve scan deploy .env                scan a folder and a file
  keysieve scan --staged                   scan what the next commit would add
  keysieve scan --range origin/main..HEAD  scan what these commits introduce
  keysieve scan --history                  scan all that the repository stores
  pg_dump app | keysieve scan --stdin --path app.sql
                                           scan what a program writes
  keysieve scan --report html=found.html --report sarif=found.sarif
                                           read it here, and keep it as files
  keysieve scan --format json > found.json

Exit codes:
  0  everything asked for was scanned and nothing was found
  1  at least one secret was found (that --fail-on-… does not let pass);
     --exit-code chooses another one
  2  could not run: wrong usage or configuration, no such path, no repository;
     --rotate-strict: an event could not be written or delivered
  3  nothing was found, but something asked for was not scanned; the report
     names it (--allow-incomplete turns 3 into 0)
--exit-zero turns 1 and 3 into 0";

/// Finds leaked credentials in files, staged changes, commits and standard input
#[derive(Debug, Parser)]
#[command(name = "keysieve", version, after_help = FIRST_STEPS, disable_help_subcommand = true)]
pub struct Cli {
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Scan files, staged changes, commits or standard input for credentials
    Scan(Box<ScanArgs>),
    /// Make git scan before each commit or push
    Install(InstallArgs),
    /// Take out what `keysieve install` put in, and restore what was there
    Uninstall(UninstallArgs),
    /// Prove in a scratch repository that commits with a credential are stopped
    Doctor(DoctorArgs),
    /// Scan what a git hook is about; hooks call this
    Hook(Box<HookArgs>),
    /// Plan how to remove credentials from a repository's history; changes nothing
    PurgePlan(Box<PurgeArgs>),
    /// List, show, try and check the rules that say what a credential looks like
    Rules(RulesArgs),
    /// Keep a list of the credentials that are known, so that scans report what is new
    Baseline(BaselineArgs),
    /// List what is excepted, why, by whom and until when
    Exceptions(ExceptionsArgs),
    /// Move in from another tool: take over what it was told
    Import(ImportArgs),
    /// Make other formats of saved JSON reports, join and compare them
    Report(ReportArgs),
    /// Get exposed credentials rotated: tell receivers, keep track, prove it
    Rotate(Box<RotateArgs>),
    /// Print numbers about exposures and rotation, for monitoring
    Metrics(MetricsArgs),
    /// Show and check the configuration in force
    Config(ConfigArgs),
    /// Say what a credential is, what its holder can do and how to rotate it
    Explain(ExplainArgs),
    /// Print the steps to rotate a secret that was found, with commands
    Playbook(PlaybookArgs),
    /// Print a completion script for a shell
    Completions(CompletionsArgs),
    /// Print the manual page of keysieve or of one of its commands
    #[command(hide = true)]
    Man {
        /// Words of the command, such as `rules list`
        #[arg(value_name = "COMMAND")]
        words: Vec<String>,
        /// Write the pages of all commands into this folder instead
        #[arg(long, value_name = "DIR", conflicts_with = "words")]
        out: Option<PathBuf>,
    },
}

#[derive(Debug, Args)]
#[command(after_help = EXAMPLES_AND_EXIT_CODES)]
pub struct ScanArgs {
    /// Files and folders to scan; with --history, --range, --since and --branch the repository's folder [default: .]
    #[arg(value_name = "PATH")]
    pub paths: Vec<PathBuf>,

    /// Scan what `git commit` would commit: the index against HEAD, added content only
    #[arg(long, conflicts_with_all = ["paths", "stdin", "include_ignored"])]
    pub staged: bool,

    /// Scan everything that the repository of PATH stores: all versions of all files, on every ref and on none, messages, names
    #[arg(long, conflicts_with_all = ["staged", "stdin", "include_ignored", "range", "branch", "since"], help_heading = "History")]
    pub history: bool,

    /// Leave out what no ref reaches: old reflog entries, dangling commits, loose objects
    #[arg(long, requires = "history", help_heading = "History")]
    pub reachable_only: bool,

    /// Scan the histories of its submodules, too, as far as their repositories are here
    #[arg(long, requires = "history", help_heading = "History")]
    pub submodules: bool,

    /// Neither use nor keep what was learned of this repository in earlier scans
    #[arg(long, requires = "history", help_heading = "History")]
    pub no_cache: bool,

    /// Search every byte of every version, not only what differs from the version that git stores it by: slower, with the same result
    #[arg(long, requires = "history", help_heading = "History")]
    pub full_scan: bool,

    /// Hold at most about this much of objects in memory while others are made from them
    #[arg(long, value_name = "SIZE", default_value = "128MiB", requires = "history", help_heading = "History")]
    pub memory: Size,

    /// Scan what commits introduce: A..B, A...B, or one revision for all that it reaches
    #[arg(long, value_name = "REVISIONS", conflicts_with_all = ["staged", "stdin", "include_ignored"])]
    pub range: Option<String>,

    /// Scan what a branch's commits introduced, such as main or origin/main
    #[arg(long, value_name = "NAME", conflicts_with_all = ["range", "staged", "stdin", "include_ignored"])]
    pub branch: Option<String>,

    /// Scan what commits since then introduced, such as 2026-01-31 or `2 weeks ago`; of HEAD, or of --range or --branch
    #[arg(long, value_name = "DATE", value_parser = since, conflicts_with_all = ["staged", "stdin", "include_ignored"])]
    pub since: Option<Since>,

    /// Scan standard input
    #[arg(long, conflicts_with_all = ["paths", "include_ignored"])]
    pub stdin: bool,

    /// File name under which standard input is scanned and reported
    #[arg(long, value_name = "NAME", requires = "stdin")]
    pub path: Option<OsString>,

    #[command(flatten)]
    pub known: KnownArgs,

    /// Exit with 1 if an exception has expired or, where everything is scanned, is of no use any more
    #[arg(long, help_heading = "Exceptions")]
    pub strict_exceptions: bool,

    /// Scan files that .gitignore and its like leave out, too
    #[arg(long)]
    pub include_ignored: bool,

    /// Number of threads; 0 means as many as there are cores
    #[arg(long, short = 'j', value_name = "N", default_value_t = 0)]
    pub threads: usize,

    #[command(flatten)]
    pub output: OutputArgs,

    /// Print findings and what was not scanned, nothing else
    #[arg(long, short, help_heading = "Report")]
    pub quiet: bool,

    /// Exit with 0 instead of 3 when nothing was found but something was not scanned
    #[arg(long, help_heading = "Report")]
    pub allow_incomplete: bool,

    /// Exit with 0 whatever was found or not scanned, such as where a report is the gate
    #[arg(long, conflicts_with = "exit_code", help_heading = "Report")]
    pub exit_zero: bool,

    /// Exit with N instead of 1 when secrets were found
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u8).range(1..), help_heading = "Report")]
    pub exit_code: Option<u8>,

    #[command(flatten)]
    pub rotation: RotationArgs,

    #[command(flatten)]
    pub settings: SettingsArgs,
}

// Broken by hand at 80 columns, as above.
const PURGE_EXAMPLES: &str = "\
Examples:
  keysieve purge-plan --out ~/purge
                         plan for everything that the history holds
  keysieve purge-plan --out ~/purge --report found.json --write-secrets --force
                         plan for what a report lists, and write the secrets
                         into a file for git-filter-repo
  keysieve purge-plan --out ~/purge --verify
                         after the purge: prove that no object holds them

Exit codes:
  0  the plan is written, or there is nothing to purge; --verify: no object
     holds any of the secrets
  1  --verify: some object still holds one
  2  could not run: wrong usage, not a repository, a folder that is refused
  3  something could not be read, so the plan or the proof is incomplete";

#[derive(Debug, Args)]
#[command(after_help = PURGE_EXAMPLES)]
pub struct PurgeArgs {
    /// Folder of the repository [default: .]
    #[arg(value_name = "PATH")]
    pub path: Option<PathBuf>,

    /// Folder for the plan, outside of the repository; made for you alone if it is not there
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,

    /// Purge what this JSON report lists; the history is scanned for it again, because a report holds no secrets
    #[arg(long, value_name = "FILE", conflicts_with = "verify")]
    pub report: Option<PathBuf>,

    /// Purge the secret with this fingerprint, or one that begins with these 8 or more digits; may be given several times
    #[arg(long, value_name = "FINGERPRINT", conflicts_with_all = ["verify", "report"])]
    pub fingerprint: Vec<String>,

    /// Purge what is at least this sure to be a credential
    #[arg(long, value_name = "LEVEL", default_value = "medium", value_parser = confidences(), conflicts_with_all = ["report", "fingerprint"])]
    pub min_confidence: Confidence,

    /// Write replace-text.txt, which holds the secrets themselves: git-filter-repo needs it
    #[arg(long, conflicts_with = "verify")]
    pub write_secrets: bool,

    /// Replace the files of an earlier plan in DIR
    #[arg(long, conflicts_with = "verify")]
    pub force: bool,

    /// Look in every object for what DIR/replace-text.txt replaces, instead of planning
    #[arg(long)]
    pub verify: bool,

    /// Do not read blobs larger than this, such as 512MiB or 2GiB; the plan or the proof is then incomplete
    #[arg(long, value_name = "SIZE", default_value = "1GiB")]
    pub max_file_size: Size,

    /// Hold at most about this much of objects in memory while others are made from them
    #[arg(long, value_name = "SIZE", default_value = "128MiB")]
    pub memory: Size,

    /// Number of threads; 0 means as many as there are cores
    #[arg(long, short = 'j', value_name = "N", default_value_t = 0)]
    pub threads: usize,
}

#[derive(Debug, Args)]
pub struct RulesArgs {
    #[command(subcommand)]
    pub command: RulesCommand,
}

#[derive(Debug, Subcommand)]
pub enum RulesCommand {
    /// List rules: id, severity, name
    List(RulesListArgs),
    /// Print one rule as it is written, with its examples, as JSON
    Show {
        /// Rule id, such as github.personal-access-token
        #[arg(value_name = "RULE")]
        id: String,

        #[command(flatten)]
        in_force: RulesInForceArgs,
    },
    /// Show step by step why a rule does or does not find something in a file
    Try(RulesTryArgs),
    /// Check rule files: schema, patterns, every example; advise on likely mistakes
    Check {
        /// Rule files, each named after its provider's slug, such as github.yaml, or folders of them
        #[arg(required = true, value_name = "PATH")]
        files: Vec<PathBuf>,
    },
    /// List the offline checks that a rule can name
    Checks,
    /// Print rules/README.md
    #[command(hide = true)]
    Readme,
}

#[derive(Debug, Args)]
pub struct RulesListArgs {
    /// Only rules with all of these words in their id, name, provider or description, in any letter case
    #[arg(value_name = "WORD")]
    pub words: Vec<String>,

    /// Only rules of this provider, by its name or the first part of its ids; may be given several times
    #[arg(long, value_name = "PROVIDER")]
    pub provider: Vec<String>,

    /// Only rules of this severity; several with commas
    #[arg(long, value_name = "LEVEL", value_delimiter = ',', value_parser = severities())]
    pub severity: Vec<Severity>,

    #[command(flatten)]
    pub in_force: RulesInForceArgs,

    /// Print JSON, one rule a line
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Args)]
pub struct RulesTryArgs {
    /// Rule id, such as github.personal-access-token
    #[arg(value_name = "RULE")]
    pub id: String,

    /// File to try it on; `-` is standard input
    #[arg(value_name = "FILE")]
    pub file: PathBuf,

    #[command(flatten)]
    pub in_force: RulesInForceArgs,

    /// File name under which the content is scanned [default: FILE]
    #[arg(long, value_name = "NAME")]
    pub path: Option<OsString>,

    /// Print JSON, with every place
    #[arg(long)]
    pub json: bool,

    /// When to use color; auto: on a terminal, unless NO_COLOR is set
    #[arg(long, value_name = "WHEN", value_enum, default_value_t = Color::Auto)]
    pub color: Color,
}

#[derive(Debug, Args)]
pub struct ExplainArgs {
    /// Rule id, such as github.personal-access-token
    #[arg(value_name = "RULE")]
    pub id: String,

    #[command(flatten)]
    pub in_force: RulesInForceArgs,

    /// When to use color; auto: on a terminal, unless NO_COLOR is set
    #[arg(long, value_name = "WHEN", value_enum, default_value_t = Color::Auto)]
    pub color: Color,
}

#[derive(Debug, Args)]
pub struct CompletionsArgs {
    /// Shell to write it for
    #[arg(value_enum, value_name = "SHELL")]
    pub shell: clap_complete::Shell,
}

/// When to use color. Its words explain themselves, and help for each of them would make `--help` twice as long as `-h`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Color {
    /// On a terminal, unless `NO_COLOR` is set.
    #[value(help = None::<&'static str>)]
    Auto,
    /// In any case.
    #[value(help = None::<&'static str>)]
    Always,
    /// Never.
    #[value(help = None::<&'static str>)]
    Never,
}

impl From<Color> for anstream::ColorChoice {
    fn from(color: Color) -> Self {
        match color {
            Color::Auto => Self::Auto,
            Color::Always => Self::Always,
            Color::Never => Self::Never,
        }
    }
}

/// A number of bytes with an optional unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size(pub u64);

impl FromStr for Size {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("`{text}` is no size; write a number of bytes, or one with KiB, MiB or GiB");
        keysieve::config::parse_size(text).map(Self).ok_or_else(wrong)
    }
}

fn since(text: &str) -> Result<Since, String> {
    Since::parse(text, std::time::SystemTime::now())
}

/// Takes the word of a confidence; help, errors and completions name all of them.
fn confidences() -> impl TypedValueParser<Value = Confidence> {
    let known = |word: String| Confidence::ALL.into_iter().find(|level| level.as_str() == word).ok_or("no such confidence");
    PossibleValuesParser::new(Confidence::ALL.map(Confidence::as_str)).try_map(known)
}

/// Takes the word of a severity; help, errors and completions name all of them.
fn severities() -> impl TypedValueParser<Value = Severity> {
    let known = |word: String| Severity::ALL.into_iter().find(|level| level.as_str() == word).ok_or("no such severity");
    PossibleValuesParser::new(Severity::ALL.map(Severity::as_str)).try_map(known)
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn sizes() {
        assert_eq!("64MiB".parse(), Ok(Size(64 << 20)));
        assert_eq!("1000".parse(), Ok(Size(1000)));
        assert_eq!("2 g".parse(), Ok(Size(2 << 30)));
        for wrong in ["", "0", "MiB", "12x", "-1", "99999999999999999999", "99999999999GiB"] {
            assert!(wrong.parse::<Size>().is_err(), "{wrong}");
        }
    }
}
