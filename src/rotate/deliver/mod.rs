//! Sends what is due. The only module that opens sockets.
//!
//! An outbox, a configuration and a clock in; what came of it out. Several processes may do so at once: each event is claimed before it is
//! sent, and a claim ends with the lease of its process. At least once: what was sent and not marked is sent again, with the same id.

mod address;
mod answer;
mod keys;
mod revocable;
mod schedule;
mod sender;
#[cfg(test)]
mod tests;
mod worker;

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use super::audit::LogError;
use super::config::{Lookup, RotationConfig, Target};
use super::outbox::{Lease, Mode, Outbox, OutboxError};
use super::seal::Key;

pub use address::{Allowed, is_public};
pub use keys::public_keys;
use sender::Sender;
pub use sender::check;
use worker::Worker;

/// How often the lease is renewed and the audit log written.
const HEARTBEAT: Duration = Duration::from_secs(2);
/// How often to look whether all is done.
const LOOK: Duration = Duration::from_millis(20);

/// How to send.
pub struct Options<'o> {
    /// Where to.
    pub config: &'o RotationConfig,
    /// Only to this target.
    pub only: Option<&'o str>,
    /// Environment variables, for values that are named by them.
    pub lookup: Lookup<'o>,
    /// Whether targets with `include_secret: plain` may be sent what waits for them.
    pub allow_plain: bool,
    /// Do not wait for back-off times.
    pub now: bool,
    /// Milliseconds for which to wait for what is due later.
    pub wait_ms: i64,
    /// The clock: milliseconds since 1970.
    pub clock: &'o (dyn Fn() -> i64 + Sync),
}

/// What came of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Done {
    /// Events that a receiver took.
    pub delivered: u64,
    /// Attempts that failed.
    pub failed: u64,
    /// Events that were not sent, since their receiver has no use for them.
    pub needless: u64,
    /// Targets that could not be used at all, each with the reason.
    pub problems: Vec<String>,
}

/// Why nothing, or not everything, could be sent.
#[derive(Debug, thiserror::Error)]
pub enum DeliverError {
    /// The state file.
    #[error(transparent)]
    Outbox(#[from] OutboxError),
    /// The audit log.
    #[error(transparent)]
    Log(#[from] LogError),
}

/// What all workers share.
struct Run<'r> {
    mode: Mode,
    /// Opens the secrets that are sent.
    key: Option<Key>,
    lease: Lease,
    until_ms: i64,
    clock: &'r (dyn Fn() -> i64 + Sync),
    stop: AtomicBool,
}

/// Sends what is due from the outbox at `path` and waits until that is done.
///
/// # Errors
/// The state file or the audit log cannot be used. What was delivered by then is marked as such.
pub fn deliver(path: &Path, options: &Options<'_>) -> Result<Done, DeliverError> {
    let mut outbox = Outbox::open(path)?;
    let now_ms = (options.clock)();
    outbox.mend_clock(now_ms, schedule::LONGEST_MS)?;
    let mode = if options.now { Mode::Now { since_ms: now_ms } } else { Mode::Due };
    let mut done = Done::default();
    let mut senders = Vec::new();
    for target in options.config.targets.iter().filter(|target| options.only.is_none_or(|only| only == target.name)) {
        let is_soon = |ms: i64| ms == 0 || ms <= options.wait_ms;
        let wait = outbox.wait(target, mode, now_ms)?;
        if !wait.has_events || !is_soon(wait.by_time_ms) {
            continue;
        }
        if target.takes_plain_secrets() && !options.allow_plain {
            done.problems.push(format!(
                "target `{}`: its events hold the secrets themselves (`include_secret: plain`) and wait; --allow-plain-secrets sends them",
                target.name
            ));
            continue;
        }
        match Sender::new(target, options.lookup) {
            Ok(sender) => senders.push((target, sender)),
            Err(why) => done.problems.push(format!("target `{}`: {why}", target.name)),
        }
    }
    if !senders.is_empty() {
        let lease = outbox.lease(now_ms)?;
        let is_plain = senders.iter().any(|(target, _)| target.takes_plain_secrets());
        let key = if is_plain { outbox.key()? } else { None };
        let run =
            Run { mode, key, lease, until_ms: now_ms.saturating_add(options.wait_ms), clock: options.clock, stop: AtomicBool::new(false) };
        let worked = work(&mut outbox, &senders, &run, &mut done);
        outbox.release(lease)?;
        if is_plain {
            outbox.empty_log();
        }
        worked?;
    }
    outbox.flush_log()?;
    Ok(done)
}

/// Runs the workers of all targets, and keeps the lease meanwhile.
fn work(outbox: &mut Outbox, senders: &[(&Target, Sender)], run: &Run<'_>, done: &mut Done) -> Result<(), DeliverError> {
    let path = outbox.path().to_owned();
    let mut workers = Vec::new();
    for (target, sender) in senders {
        for _ in 0..target.parallel {
            workers.push(Worker { outbox: Outbox::open(&path)?, target, sender, run });
        }
    }
    std::thread::scope(|scope| {
        let threads: Vec<_> = workers.into_iter().map(|worker| scope.spawn(move || worker.work())).collect();
        let mut kept = Ok(());
        let mut next = std::time::Instant::now() + HEARTBEAT;
        while threads.iter().any(|thread| !thread.is_finished()) {
            std::thread::sleep(LOOK);
            if kept.is_ok() && std::time::Instant::now() >= next {
                kept = beat(outbox, run);
                run.stop.fetch_or(kept.is_err(), Ordering::Relaxed);
                next = std::time::Instant::now() + HEARTBEAT;
            }
        }
        for thread in threads {
            let worked =
                thread.join().unwrap_or_else(|_| Err(OutboxError::Other { path: path.clone(), why: "a worker failed".to_owned() }));
            match worked {
                Ok((delivered, failed, needless)) => {
                    done.delivered += delivered;
                    done.failed += failed;
                    done.needless += needless;
                }
                Err(error) if kept.is_ok() => kept = Err(error.into()),
                Err(_) => {}
            }
        }
        kept
    })
}

/// Renews the lease and writes the audit log. A lease that is gone is no error: others may send the same once more, and that is all. A log
/// that cannot be written is told at the end: its entries are in the state file, and that is no reason not to deliver.
fn beat(outbox: &mut Outbox, run: &Run<'_>) -> Result<(), DeliverError> {
    outbox.renew(run.lease, (run.clock)())?;
    let _ = outbox.flush_log();
    Ok(())
}
