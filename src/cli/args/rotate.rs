//! Flags and subcommands about rotation.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use keysieve::rotate::time;

use super::ListFormat;

const EXAMPLES: &str = "\
Examples:
  keysieve rotate config example > ~/.config/keysieve/rotation.yaml
                            begin: say where events go
  keysieve scan --history --rotate
                            write an event for each secret that is new, and
                            send it
  keysieve rotate enqueue found.json
                            the same of a saved JSON report, without sending
  keysieve rotate deliver   send what is due; from cron or in CI
  keysieve rotate status    what is open, and until when
  keysieve rotate close 7f3a9c12 --replacement deploy-key-2
  keysieve rotate check     in CI: fail if a secret is overdue

Exit codes:
  0  done
  1  deliver: an attempt failed; check: a secret is overdue; verify-log: the
     log was changed; ack, close, approve, reject: it is settled already
  2  could not run: wrong usage or configuration, a state file that cannot be
     used
  3  verify-log: nothing was changed, but an older log is not there";

#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct RotateArgs {
    #[command(subcommand)]
    pub command: RotateCommand,
}

#[derive(Debug, Subcommand)]
pub enum RotateCommand {
    /// Write an event for each new exposed secret of a report; sends nothing without --deliver
    Enqueue(EnqueueArgs),
    /// Send what is due
    Deliver(DeliverArgs),
    /// Show what is open, until when it has to be rotated, and what waits to be sent
    Status {
        /// List what is settled as well
        #[arg(long)]
        all: bool,

        #[command(flatten)]
        list: ListArgs,

        #[command(flatten)]
        targets: TargetsArgs,
    },
    /// Show all that is known of one exposure: its steps, its events, each delivery
    Show {
        #[command(flatten)]
        which: WhichArgs,

        /// Format
        #[arg(long, short, value_name = "FORMAT", value_enum, default_value_t = ListFormat::Human)]
        format: ListFormat,

        #[command(flatten)]
        targets: TargetsArgs,
    },
    /// Try again what was given up or waits, and call a target that was gone
    Retry {
        /// Only the events of this exposure
        #[arg(value_name = "ID")]
        id: Option<String>,

        /// Only the events for this target
        #[arg(long, value_name = "NAME", required_unless_present = "id")]
        target: Option<String>,

        #[command(flatten)]
        who: WhoArgs,
    },
    /// List events that were given up
    DeadLetters(ListArgs),
    /// Note that somebody sees to it
    Ack {
        #[command(flatten)]
        which: WhichArgs,

        #[command(flatten)]
        who: ByArgs,
    },
    /// Note that a secret was rotated
    Close {
        #[command(flatten)]
        which: WhichArgs,

        /// When, such as 2026-01-31 or 2026-01-31T14:00:00Z [default: now]
        #[arg(long, value_name = "TIME", value_parser = moment)]
        rotated_at: Option<i64>,

        /// Name of what took its place, such as a key id; never the secret
        #[arg(long, value_name = "NAME")]
        replacement: Option<String>,

        #[command(flatten)]
        who: ByArgs,
    },
    /// Let the events of an exposure go out that wait for approval
    Approve {
        #[command(flatten)]
        which: WhichArgs,

        /// Why no owner is asked, with --override
        #[arg(long, value_name = "TEXT", requires = "is_override", required_if_eq("is_override", "true"))]
        reason: Option<String>,

        #[command(flatten)]
        who: DecideArgs,
    },
    /// Note that it is no secret; nothing more is sent about it
    Reject {
        #[command(flatten)]
        which: WhichArgs,

        /// Why
        #[arg(long, value_name = "TEXT")]
        reason: String,

        #[command(flatten)]
        who: DecideArgs,
    },
    /// Print one exposure as JSON, with its events as they were sent
    Export {
        #[command(flatten)]
        which: WhichArgs,

        /// All evidence: each step with its time, and what the audit log says
        #[arg(long)]
        evidence: bool,
    },
    /// Check that nothing in the audit logs was changed or taken out
    VerifyLog(StateArgs),
    /// Begin a new audit log; the old one is kept under a dated name
    #[command(visible_alias = "rotate-log")]
    NewLog(WhoArgs),
    /// Exit with 1 if a secret past its deadline is not rotated
    Check {
        /// Deadline for all of them, such as 24h, in place of that of each
        #[arg(long, value_name = "TIME", value_parser = seconds)]
        max_age: Option<u64>,

        #[command(flatten)]
        list: ListArgs,
    },
    /// Print what receivers need to know of the signing keys; nothing secret
    Keys(KeysArgs),
    /// Print an example of a rotation configuration, or check one
    Config {
        #[command(subcommand)]
        command: RotateConfigCommand,
    },
}

#[derive(Debug, Subcommand)]
pub enum RotateConfigCommand {
    /// Print a configuration to begin with
    Example,
    /// Check a configuration and all it names, and say what each target is sent
    Check(TargetsArgs),
}

/// Which state file.
#[derive(Clone, Debug, Args)]
pub struct StateArgs {
    /// State file [default: keysieve/rotation.sqlite in the user's folder for states]
    #[arg(long, value_name = "FILE")]
    pub state: Option<PathBuf>,
}

/// Which targets.
#[derive(Clone, Debug, Args)]
pub struct TargetsArgs {
    /// Rotation configuration [default: keysieve/rotation.yaml in the user's folder for settings]
    #[arg(long, value_name = "FILE")]
    pub rotation_config: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub struct EnqueueArgs {
    /// JSON report of a scan; `-` is standard input
    #[arg(value_name = "REPORT")]
    pub report: PathBuf,

    /// Where the secrets are exposed, such as https://git.example.org/app [default: `source` of the configuration, or the folder's name]
    #[arg(long, value_name = "ADDRESS")]
    pub source: Option<String>,

    /// Repository that the report is about, to look up who owns what was found; its paths count from there [default: that of the current folder]
    #[arg(long, value_name = "PATH")]
    pub repository: Option<PathBuf>,

    /// Send what is due afterwards, as `deliver` does
    #[arg(long)]
    pub deliver: bool,

    #[command(flatten)]
    pub targets: TargetsArgs,

    #[command(flatten)]
    pub state: StateArgs,
}

#[derive(Debug, Args)]
pub struct DeliverArgs {
    /// Send everything now, whatever its next attempt is planned for
    #[arg(long)]
    pub now: bool,

    /// Wait so long for what is due later, such as 2m
    #[arg(long, value_name = "TIME", value_parser = seconds, conflicts_with = "now")]
    pub wait: Option<u64>,

    /// Send secrets themselves to targets with `include_secret: plain`; without this flag their events wait
    #[arg(long)]
    pub allow_plain_secrets: bool,

    /// Only to this target
    #[arg(long, value_name = "NAME")]
    pub target: Option<String>,

    #[command(flatten)]
    pub targets: TargetsArgs,

    #[command(flatten)]
    pub state: StateArgs,
}

#[derive(Debug, Args)]
pub struct KeysArgs {
    /// Only those of this target
    #[arg(long, value_name = "NAME")]
    pub target: Option<String>,

    /// Format; `json` is that of GitHub's endpoint for public keys
    #[arg(long, short, value_name = "FORMAT", value_enum, default_value_t = ListFormat::Human)]
    pub format: ListFormat,

    #[command(flatten)]
    pub targets: TargetsArgs,
}

#[derive(Debug, Args)]
pub struct ListArgs {
    /// Format
    #[arg(long, short, value_name = "FORMAT", value_enum, default_value_t = ListFormat::Human)]
    pub format: ListFormat,

    #[command(flatten)]
    pub state: StateArgs,
}

/// Which exposure.
#[derive(Debug, Args)]
pub struct WhichArgs {
    /// Fingerprint, its digits, or an event's id (evt_…); the first 6 or more characters are enough
    #[arg(value_name = "ID")]
    pub id: String,

    #[command(flatten)]
    pub state: StateArgs,
}

/// Who says so.
#[derive(Debug, Args)]
pub struct ByArgs {
    /// Who says so, such as an e-mail address, for the audit log [default: the name of the user]
    #[arg(long, value_name = "NAME")]
    pub by: Option<String>,
}

/// Who decides over an exposure, and as what.
#[derive(Debug, Args)]
pub struct DecideArgs {
    /// Who says so: an e-mail address or @handle, as owners are written. A claim, for the audit log [default: git's user.email, else the name of
    /// the user]
    #[arg(long, value_name = "NAME")]
    pub by: Option<String>,

    /// In an emergency: without an owner. Never by who committed the secret; the audit log says so
    #[arg(long = "override")]
    pub is_override: bool,

    #[command(flatten)]
    pub targets: TargetsArgs,
}

/// Who says so, where no exposure is named by [`WhichArgs`].
#[derive(Debug, Args)]
pub struct WhoArgs {
    #[command(flatten)]
    pub by: ByArgs,

    #[command(flatten)]
    pub state: StateArgs,
}

#[derive(Debug, Args)]
pub struct MetricsArgs {
    /// Format
    #[arg(long, short, value_name = "FORMAT", value_enum, default_value_t = MetricsFormat::Openmetrics)]
    pub format: MetricsFormat,

    #[command(flatten)]
    pub state: StateArgs,
}

/// A format for numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum MetricsFormat {
    /// For Prometheus and its like.
    #[value(help = None::<&'static str>)]
    Openmetrics,
    /// For programs.
    #[value(help = None::<&'static str>)]
    Json,
}

fn seconds(text: &str) -> Result<u64, String> {
    time::seconds(text).ok_or_else(|| "write a number and s, m, h, d or w, such as 24h".to_owned())
}

fn moment(text: &str) -> Result<i64, String> {
    time::parse(text).ok_or_else(|| "write a day such as 2026-01-31, or a time such as 2026-01-31T14:00:00Z".to_owned())
}
