//! `keysieve rotate` and `keysieve metrics`.

mod approve;
mod change;
mod follow;
mod keys;
mod list;
mod log;
mod owners;
mod place;
mod send;
mod show;

use std::path::Path;
use std::process::ExitCode;

use anyhow::bail;

use keysieve::rotate::config::{EXAMPLE, RotationConfig};
use keysieve::rotate::deliver;
use keysieve::rotate::metrics::Metrics;
use keysieve::rotate::outbox::{Found, Outbox};

use super::args::{MetricsArgs, MetricsFormat, RotateCommand, RotateConfigCommand, StateArgs, TargetsArgs};
use super::{exit, output};
pub use follow::Follower;

/// Runs one of the `rotate` subcommands.
///
/// # Errors
/// The configuration, the report or the state file cannot be used.
pub fn run(command: RotateCommand) -> anyhow::Result<ExitCode> {
    match command {
        RotateCommand::Enqueue(args) => send::enqueue(&args),
        RotateCommand::Deliver(args) => send::deliver(&args),
        RotateCommand::Status { all, list, targets } => list::status(all, &list, &targets),
        RotateCommand::DeadLetters(list) => list::dead_letters(&list),
        RotateCommand::Check { max_age, list } => list::check(max_age, &list),
        RotateCommand::Show { which, format, targets } => show::show(&which, format, &targets),
        RotateCommand::Export { which, evidence } => show::export(&which, evidence),
        RotateCommand::Retry { id, target, who } => change::retry(id.as_deref(), target.as_deref(), &who),
        RotateCommand::Ack { which, who } => change::one(&which, &who, change::What::Acknowledge),
        RotateCommand::Close { which, rotated_at, replacement, who } => {
            change::one(&which, &who, change::What::Close { rotated_at, replacement })
        }
        RotateCommand::Approve { which, reason, who } => approve::approve(&which, &who, reason.as_deref()),
        RotateCommand::Reject { which, reason, who } => approve::reject(&which, &who, &reason),
        RotateCommand::VerifyLog(state) => log::verify(&state),
        RotateCommand::NewLog(who) => log::begin(&who),
        RotateCommand::Keys(args) => keys::print(&args),
        RotateCommand::Config { command: RotateConfigCommand::Example } => {
            output::print(EXAMPLE)?;
            Ok(ExitCode::from(exit::CLEAN))
        }
        RotateCommand::Config { command: RotateConfigCommand::Check(targets) } => check_config(&targets),
    }
}

/// Prints numbers.
///
/// # Errors
/// The state file cannot be read.
pub fn metrics(args: &MetricsArgs) -> anyhow::Result<ExitCode> {
    let outbox = existing(&args.state)?;
    let metrics = Metrics::of(&outbox, place::now_ms())?;
    output::print(&match args.format {
        MetricsFormat::Openmetrics => metrics.open_metrics(),
        MetricsFormat::Json => metrics.json(),
    })?;
    Ok(ExitCode::from(exit::CLEAN))
}

fn check_config(targets: &TargetsArgs) -> anyhow::Result<ExitCode> {
    let (path, config) = place::config(targets)?;
    let lookup = |name: &str| std::env::var_os(name);
    check_targets(&path, &config)?;
    let names: Vec<_> = config.targets.iter().map(|target| format!("{} ({})", target.name, target.format.as_str())).collect();
    let sent: String = config.targets.iter().map(|target| keys::sent(target, &lookup)).collect();
    output::print(&format!("{}: fine; {}\n{sent}", path.display(), names.join(", ")))?;
    Ok(ExitCode::from(exit::CLEAN))
}

/// Looks whether everything is there that the targets name. Opens no socket.
///
/// # Errors
/// What is not there, or cannot be used.
fn check_targets(path: &Path, config: &RotationConfig) -> anyhow::Result<()> {
    let lookup = |name: &str| std::env::var_os(name);
    let check = |target| deliver::check(target, &lookup).err();
    let wrong: Vec<_> = config.targets.iter().filter_map(|target| Some(format!("target `{}`: {}", target.name, check(target)?))).collect();
    if !wrong.is_empty() {
        bail!("{}: it reads, but cannot be used as it is:\n{}", path.display(), wrong.join("\n"));
    }
    Ok(())
}

/// The state file, which must be there.
fn existing(state: &StateArgs) -> anyhow::Result<Outbox> {
    let path = place::state(state)?;
    match Outbox::open_existing(&path)? {
        Some(outbox) => Ok(outbox),
        None => bail!("{}: there is no state file yet; `keysieve rotate enqueue` makes one", path.display()),
    }
}

/// The exposure that a person means.
fn found(outbox: &Outbox, word: &str) -> anyhow::Result<i64> {
    match outbox.find(word)? {
        Found::Exposure(id) => Ok(id),
        Found::Nothing => bail!("`{word}` is not in the state file; `keysieve rotate status --all` lists what is"),
        Found::Several(number) => bail!("`{word}` begins {number} of them; write more of it"),
        Found::Unusable => bail!("`{word}` is no id; write a fingerprint, an event's id, or the first 6 or more characters of one"),
    }
}
