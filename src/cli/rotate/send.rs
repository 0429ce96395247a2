//! `rotate enqueue` and `rotate deliver`.

use std::io::Read as _;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context as _, bail};

use keysieve::report::{Report, escaped, saved};
use keysieve::rotate::config::{self, RotationConfig};
use keysieve::rotate::deliver::{self, Options};
use keysieve::rotate::outbox::{Enqueued, Given, Outbox};
use keysieve::rules::RuleSet;
use keysieve::source;

use super::{owners, place};
use crate::cli::args::{DeliverArgs, EnqueueArgs};
use crate::cli::{exit, output};

/// Writes events for what is new in a report, and sends what is due if that is asked for.
///
/// # Errors
/// Something cannot be read or written.
pub fn enqueue(args: &EnqueueArgs) -> anyhow::Result<ExitCode> {
    let (_, config) = place::config(&args.targets)?;
    let source = source_of(args.source.as_deref(), "--source", &config)?;
    let report = report(&args.report)?;
    let owners = owners::of(&report, &config, args.repository.as_deref())?;
    let state = place::state(&args.state)?;
    place::make_folder(&state)?;
    let mut outbox = Outbox::open(&state)?;
    let owners = owners.as_ref();
    let given = Given { report: &report, config: &config, source: &source, owners, has_secrets: false, now_ms: place::now_ms() };
    let done = outbox.enqueue(given)?;
    output::print(&told(&done))?;
    outbox.flush_log()?;
    if done.without_secret > 0 {
        let what =
            if done.without_secret == 1 { "event was not written: its target is" } else { "events were not written: their targets are" };
        anstream::eprintln!(
            "keysieve: {} {what} sent the secret itself (`include_secret`), and a report holds none; `keysieve scan --rotate` writes what is missing",
            done.without_secret
        );
    }
    if !args.deliver {
        return Ok(ExitCode::from(exit::CLEAN));
    }
    drop(outbox);
    let (targets, state) = (args.targets.clone(), args.state.clone());
    deliver(&DeliverArgs { now: false, wait: None, allow_plain_secrets: false, target: None, targets, state })
}

/// The saved report at `path`.
fn report(path: &Path) -> anyhow::Result<Report> {
    let name = path.display();
    let limit = saved::LARGEST_BYTES;
    let bytes = if path == Path::new("-") {
        let mut bytes = Vec::new();
        std::io::stdin().take(limit + 1).read_to_end(&mut bytes).context("cannot read standard input")?;
        bytes
    } else {
        let bytes = source::read_bounded(path, true, limit).map_err(|why| anyhow::anyhow!("{name}: {why}"))?;
        bytes.with_context(|| format!("{name}: there is no such report"))?
    };
    if bytes.trim_ascii().is_empty() {
        bail!("{name}: it is empty");
    }
    let mut report = saved::read(&bytes).with_context(|| name.to_string())?;
    leave_out_foreign_commands(&mut report);
    Ok(report)
}

/// What is sent is signed, and a report may have been changed on its way: commands in it count only if they are those of a built-in rule.
fn leave_out_foreign_commands(report: &mut Report) {
    let rules = RuleSet::builtin();
    for finding in &mut report.findings {
        let own = rules.find(&finding.rule.id).map(|(_, entry)| entry.rule.playbook().steps).unwrap_or_default();
        for step in &mut finding.remediation.playbook.steps {
            step.command.take_if(|command| !own.iter().any(|own| own.command.as_ref() == Some(command)));
        }
    }
}

/// Where the secrets are exposed: what `flag`, named `name`, says, else the configuration, else the folder's name.
///
/// # Errors
/// The flag says no address.
pub fn source_of(flag: Option<&str>, name: &str, config: &RotationConfig) -> anyhow::Result<String> {
    if let Some(text) = flag {
        let source = config::source(text);
        return source
            .with_context(|| format!("{name}: write an address such as https://git.example.org/app, without spaces and passwords"));
    }
    if let Some(source) = &config.source {
        return Ok(source.clone());
    }
    let folder = std::env::current_dir().context("cannot read the current folder")?;
    let name = folder.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let plain: String = name.chars().map(|c| if c.is_ascii_alphanumeric() || "-_.".contains(c) { c } else { '-' }).collect();
    Ok(config::source(&format!("/{plain}")).unwrap_or_else(|| "/repository".to_owned()))
}

fn told(done: &Enqueued) -> String {
    let number = |count: u64, one: &str, many: &str| format!("{count} {}", if count == 1 { one } else { many });
    let mut text = format!(
        "{}, {}, {} known; {} to send\n",
        number(done.new, "new exposure", "new exposures"),
        number(done.again, "exposed again after rotation", "exposed again after rotation"),
        done.known,
        number(done.events, "event", "events"),
    );
    for (count, one, many, what) in [
        (done.held, "of them waits", "of them wait", "for a person; `keysieve rotate status` says for whom"),
        (done.unwanted, "finding", "findings", "that no target is about"),
        (done.unusable, "finding", "findings", "without a usable fingerprint, left out"),
        (done.gone, "known exposure is", "known exposures are", "not found any more"),
        (done.unsure, "known exposure is", "known exposures are", "not found, but with other rules than before: it may still be there"),
    ] {
        if count > 0 {
            text.push_str(&format!("{} {what}\n", number(count, one, many)));
        }
    }
    text
}

/// Sends what is due.
///
/// # Errors
/// The configuration or the state file cannot be used.
pub fn deliver(args: &DeliverArgs) -> anyhow::Result<ExitCode> {
    let (_, config) = place::config(&args.targets)?;
    if let Some(name) = args.target.as_deref().filter(|name| config.target(name).is_none()) {
        bail!("there is no target `{}` in the configuration", escaped(name));
    }
    let state = place::state(&args.state)?;
    if Outbox::open_existing(&state)?.is_none() {
        output::print("nothing to send: there is no state file yet\n")?;
        return Ok(ExitCode::from(exit::CLEAN));
    }
    let lookup = |name: &str| std::env::var_os(name);
    let wait_ms = args.wait.and_then(|seconds| i64::try_from(seconds).ok()).unwrap_or_default().saturating_mul(1_000);
    let options = Options {
        config: &config,
        only: args.target.as_deref(),
        lookup: &lookup,
        allow_plain: args.allow_plain_secrets,
        now: args.now,
        wait_ms,
        clock: &place::now_ms,
    };
    let done = deliver::deliver(&state, &options)?;
    let outbox = super::existing(&args.state)?;
    let counts = outbox.counts()?;
    let attempts = if done.failed == 1 { "attempt" } else { "attempts" };
    let mut text =
        format!("{} delivered, {} {attempts} failed; {} wait, {} given up\n", done.delivered, done.failed, counts.pending, counts.dead);
    if counts.held > 0 {
        let wait = if counts.held == 1 { "waits" } else { "wait" };
        text.push_str(&format!("{} {wait} for a person; `keysieve rotate status` says for whom\n", counts.held));
    }
    if done.needless > 0 {
        text.push_str(&format!(
            "{} not sent, since their receiver does not revoke such tokens: `keysieve rotate show ID`\n",
            done.needless
        ));
    }
    output::print(&text)?;
    if done.failed > 0 {
        super::list::complain_of_failures(&outbox)?;
    }
    for problem in &done.problems {
        anstream::eprintln!("keysieve: {}", escaped(problem));
    }
    Ok(ExitCode::from(match () {
        () if !done.problems.is_empty() => exit::CANNOT_RUN,
        () if done.failed > 0 => exit::FINDINGS,
        () => exit::CLEAN,
    }))
}
