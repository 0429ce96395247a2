//! `scan --rotate`: what is done about the findings of a scan. Never changes what the scan says, and its exit code only with `--rotate-strict`.

use std::path::PathBuf;

use anyhow::bail;

use keysieve::report::{Report, escaped};
use keysieve::rotate::config::RotationConfig;
use keysieve::rotate::deliver::{self, Done, Options};
use keysieve::rotate::look;
use keysieve::rotate::outbox::{Enqueued, Given, Outbox};

use super::{check_targets, list, owners, place, send};
use crate::cli::args::{ScanArgs, StateArgs, TargetsArgs};

/// What a scan needs to follow its findings, all of it checked.
pub struct Follower {
    config: RotationConfig,
    source: String,
    /// What is scanned; none is the current folder.
    scanned: Option<PathBuf>,
    state: PathBuf,
    is_strict: bool,
    allow_plain: bool,
}

impl Follower {
    /// Reads and checks the rotation configuration; none if that is not asked for. Opens neither the state file nor a socket.
    ///
    /// # Errors
    /// The configuration cannot be used, or the scan is of what is not exposed yet.
    pub fn of(args: &ScanArgs) -> anyhow::Result<Option<Self>> {
        let asked = &args.rotation;
        if !asked.rotate {
            return Ok(None);
        }
        if args.staged {
            bail!("--rotate: what is staged is exposed to nobody yet; take it out before the commit, and nothing has to be rotated");
        }
        let (path, config) = place::config(&TargetsArgs { rotation_config: asked.rotation_config.clone() })?;
        check_targets(&path, &config)?;
        let source = send::source_of(asked.rotate_source.as_deref(), "--rotate-source", &config)?;
        let state = place::state(&StateArgs { state: asked.state.clone() })?;
        let scanned = args.paths.first().cloned();
        Ok(Some(Self { config, source, scanned, state, is_strict: asked.rotate_strict, allow_plain: asked.allow_plain_secrets }))
    }

    /// Writes events for what is new and sends what is due. What went wrong is told on standard error. False if that has to fail the scan.
    pub fn follow(&self, report: &Report, is_quiet: bool) -> bool {
        match self.try_follow(report, is_quiet) {
            Ok(is_well) => is_well || !self.is_strict,
            Err(error) => {
                anstream::eprintln!("keysieve: rotation: {error:#}");
                !self.is_strict
            }
        }
    }

    fn try_follow(&self, report: &Report, is_quiet: bool) -> anyhow::Result<bool> {
        // Nothing to write down is no reason to begin a state file; one that is there may know of what is gone now.
        let outbox = if look::exposed(report).next().is_none() {
            Outbox::open_existing(&self.state)?
        } else {
            place::make_folder(&self.state)?;
            Some(Outbox::open(&self.state)?)
        };
        let Some(mut outbox) = outbox else { return Ok(true) };
        let owners = owners::of_scan(report, &self.config, self.scanned.as_deref());
        let owners = owners.as_ref();
        let given = Given { report, config: &self.config, source: &self.source, owners, has_secrets: true, now_ms: place::now_ms() };
        let enqueued = outbox.enqueue(given)?;
        // A log that cannot be written is told by the delivery.
        let _ = outbox.flush_log();
        let lookup = |name: &str| std::env::var_os(name);
        let options = Options {
            config: &self.config,
            only: None,
            lookup: &lookup,
            allow_plain: self.allow_plain,
            now: false,
            wait_ms: 0,
            clock: &place::now_ms,
        };
        let done = deliver::deliver(&self.state, &options)?;
        if !is_quiet {
            anstream::eprintln!("keysieve: rotation: {}", told(&enqueued, &done));
        }
        if done.failed > 0 {
            list::complain_of_failures(&outbox)?;
            anstream::eprintln!("keysieve: rotation: `keysieve rotate deliver` tries again what could not be delivered");
        }
        for problem in &done.problems {
            anstream::eprintln!("keysieve: rotation: {}", escaped(problem));
        }
        Ok(done.failed == 0 && done.problems.is_empty() && enqueued.unusable == 0)
    }
}

/// What was done, on one line.
fn told(enqueued: &Enqueued, done: &Done) -> String {
    let plural = if enqueued.new == 1 { "" } else { "s" };
    let mut text = format!("{} new exposure{plural}, {} known", enqueued.new, enqueued.known);
    for (count, what) in [
        (enqueued.again, "exposed again after rotation"),
        (enqueued.gone, "not found any more"),
        (enqueued.unsure, "not found, but with other rules than before"),
        (enqueued.unwanted, "that no target is about"),
        (enqueued.unusable, "without a usable fingerprint, left out"),
    ] {
        if count > 0 {
            text.push_str(&format!(", {count} {what}"));
        }
    }
    text.push_str(&format!("; {} event{} delivered", done.delivered, if done.delivered == 1 { "" } else { "s" }));
    for (count, what) in [(done.failed, "failed"), (done.needless, "of no use to their receiver"), (enqueued.held, "waiting for approval")]
    {
        if count > 0 {
            text.push_str(&format!(", {count} {what}"));
        }
    }
    text
}
