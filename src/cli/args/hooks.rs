//! Flags of the commands about git hooks.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use super::{Color, KnownArgs, SettingsArgs};

/// A hook that a scan can stand in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub enum HookName {
    /// Before a commit comes about, and before a merge does.
    #[value(help = None::<&'static str>)]
    PreCommit,
    /// Before commits leave the machine.
    #[value(help = None::<&'static str>)]
    PrePush,
    /// When a commit's message is written.
    #[value(help = None::<&'static str>)]
    CommitMsg,
    /// On a server, before a push is accepted.
    #[value(help = None::<&'static str>)]
    PreReceive,
}

impl HookName {
    /// As git names it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::PreCommit => "pre-commit",
            Self::PrePush => "pre-push",
            Self::CommitMsg => "commit-msg",
            Self::PreReceive => "pre-receive",
        }
    }
}

const INSTALL_EXAMPLES: &str = "\
Examples:
  keysieve install                    scan before each commit and each merge
  keysieve install --hook pre-push    scan before each push
  keysieve install --global           the same in all repositories of yours
  keysieve doctor                     prove that it works

Exit codes:
  0  the hooks are there
  2  nothing was changed: no repository, or another program keeps the hooks";

#[derive(Debug, Args)]
#[command(after_help = INSTALL_EXAMPLES)]
pub struct InstallArgs {
    /// Hook to install; may be given several times [default: pre-commit; in a bare repository pre-receive]
    #[arg(long, value_name = "HOOK", value_enum)]
    pub hook: Vec<HookName>,

    /// Install for all repositories of the user, in front of their own hooks
    #[arg(long)]
    pub global: bool,

    /// Install although another program keeps the hooks, and over a hook of ours that was edited
    #[arg(long)]
    pub force: bool,

    /// Flags for `keysieve hook`, behind `--`, such as `-- --time-budget 10` [default: those that the hook has already]
    #[arg(value_name = "FLAG", last = true)]
    pub flags: Vec<String>,
}

#[derive(Debug, Args)]
pub struct UninstallArgs {
    /// Hook to take out; may be given several times [default: all]
    #[arg(long, value_name = "HOOK", value_enum)]
    pub hook: Vec<HookName>,

    /// Take out what `install --global` put in
    #[arg(long)]
    pub global: bool,

    /// Take out hooks that were edited since, with the edits
    #[arg(long)]
    pub force: bool,
}

const DOCTOR_EXIT_CODES: &str = "\
Exit codes:
  0  everything that has to be stopped was stopped, and nothing else
  1  something got through, or was stopped for no reason
  2  could not try it: no git, no repository, no hook";

#[derive(Debug, Args)]
#[command(after_help = DOCTOR_EXIT_CODES)]
pub struct DoctorArgs {
    /// Keep the scratch repositories and say where they are
    #[arg(long)]
    pub keep: bool,

    /// When to use color; auto: on a terminal, unless NO_COLOR is set
    #[arg(long, value_name = "WHEN", value_enum, default_value_t = Color::Auto)]
    pub color: Color,
}

#[derive(Debug, Args)]
pub struct HookArgs {
    #[command(subcommand)]
    pub command: HookCommand,
}

#[derive(Debug, Subcommand)]
pub enum HookCommand {
    /// Scan what `git commit` is about to commit
    PreCommit {
        #[command(flatten)]
        options: HookOptions,
    },
    /// Scan the commits that `git push` is about to send, read from standard input
    PrePush {
        /// Name of the remote, or its address where it has no name
        #[arg(value_name = "REMOTE")]
        remote: Option<OsString>,

        /// Address of the remote
        #[arg(value_name = "URL")]
        url: Option<OsString>,

        #[command(flatten)]
        options: HookOptions,
    },
    /// Scan the message of a commit
    CommitMsg {
        /// File with the message
        #[arg(value_name = "FILE")]
        file: PathBuf,

        #[command(flatten)]
        options: HookOptions,
    },
    /// Scan the commits that a server receives, read from standard input
    PreReceive {
        /// Stop after so many seconds; what was not scanned by then makes the scan incomplete
        #[arg(long, value_name = "SECONDS", value_parser = seconds)]
        time_budget: Option<f64>,

        #[command(flatten)]
        options: HookOptions,
    },
}

/// What all hooks understand.
#[derive(Debug, Args)]
pub struct HookOptions {
    #[command(flatten)]
    pub known: KnownArgs,

    /// Exit with 0 instead of 3 when nothing was found but something was not scanned
    #[arg(long, help_heading = "Report")]
    pub allow_incomplete: bool,

    /// When to use color; auto: on a terminal, unless NO_COLOR is set
    #[arg(long, value_name = "WHEN", value_enum, default_value_t = Color::Auto, help_heading = "Report")]
    pub color: Color,

    #[command(flatten)]
    pub settings: SettingsArgs,
}

/// Most seconds of a budget: a day.
const LONGEST_BUDGET: f64 = 86_400.0;

fn seconds(text: &str) -> Result<f64, String> {
    let seconds = text.parse::<f64>().ok().filter(|seconds| *seconds > 0.0 && *seconds <= LONGEST_BUDGET);
    seconds.ok_or_else(|| "write a number of seconds, such as 10 or 2.5".to_owned())
}
