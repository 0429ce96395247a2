//! One thread that claims, sends and settles for one target.

use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use super::sender::Sender;
use super::{Run, answer};
use crate::config::shown;
use crate::rotate::config::{IncludeSecret, Target};
use crate::rotate::outbox::{Claim, Mode, Outbox, OutboxError, Outcome, Settled};
use crate::secret::Secret;

/// Events of one claim: few enough that another process gets its share, many enough that the state file is not the bottleneck.
const AT_ONCE: usize = 64;
/// What was sent is marked at the latest after this: it is what a crash sends twice.
const MARK_AFTER: Duration = Duration::from_millis(250);
/// Longest wait for the next call that a rate allows, in milliseconds, where nobody asked to wait.
const PATIENCE_MS: i64 = 5_000;

/// After so many requests in a row without an answer nobody is there, and the rest is left for later.
const MOST_UNANSWERED: u32 = 5;

/// Events that were delivered, attempts that failed, and events that the receiver has no use for.
pub type Sum = (u64, u64, u64);

/// What one thread needs.
pub struct Worker<'w> {
    pub outbox: Outbox,
    pub target: &'w Target,
    pub sender: &'w Sender,
    pub run: &'w Run<'w>,
}

impl Worker<'_> {
    /// Sends until nothing is due any more.
    pub fn work(mut self) -> Result<Sum, OutboxError> {
        let mut sum = (0, 0, 0);
        let mut unanswered = 0;
        while !self.run.stop.load(Ordering::Relaxed) && unanswered < MOST_UNANSWERED {
            let now_ms = (self.run.clock)();
            let claims = self.outbox.claim(self.run.lease, self.target, self.run.mode, AT_ONCE, now_ms)?;
            if !claims.is_empty() {
                self.send_all(claims, &mut sum, &mut unanswered)?;
                continue;
            }
            let wait = self.outbox.wait(self.target, self.run.mode, now_ms)?;
            let patience = if wait.by_time_ms == 0 { PATIENCE_MS } else { 0 };
            match wait.total_ms() {
                Some(ms) if ms <= patience || now_ms.saturating_add(ms) <= self.run.until_ms => nap(ms),
                _ => break,
            }
        }
        Ok(sum)
    }

    fn send_all(&mut self, claims: Vec<Claim>, sum: &mut Sum, unanswered: &mut u32) -> Result<(), OutboxError> {
        let mut settled = Vec::new();
        let mut marked = Instant::now();
        let mut is_stopped = false;
        for claim in claims {
            is_stopped |= self.run.stop.load(Ordering::Relaxed);
            let at_ms = (self.run.clock)();
            let outcome = if is_stopped { Outcome::Untried } else { self.send(&claim, at_ms)? };
            match &outcome {
                Outcome::Delivered { .. } => {
                    sum.0 += 1;
                    *unanswered = 0;
                }
                Outcome::Failed { slow_until_ms, disables, http, .. } => {
                    sum.1 += 1;
                    *unanswered = if http.is_none() { *unanswered + 1 } else { 0 };
                    is_stopped |= *unanswered >= MOST_UNANSWERED;
                    // The rest waits, but for a person who does not want to.
                    is_stopped |= *disables || (slow_until_ms.is_some() && self.run.mode == Mode::Due);
                }
                Outcome::Unsendable { .. } => sum.1 += 1,
                Outcome::Needless { .. } => sum.2 += 1,
                Outcome::Untried => {}
            }
            settled.push(Settled { seq: claim.seq, at_ms, outcome });
            if marked.elapsed() > MARK_AFTER {
                self.outbox.settle(self.run.lease, &self.target.name, &std::mem::take(&mut settled))?;
                marked = Instant::now();
            }
        }
        self.outbox.settle(self.run.lease, &self.target.name, &settled)
    }

    fn send(&self, claim: &Claim, at_ms: i64) -> Result<Outcome, OutboxError> {
        let secret = match self.opened(claim) {
            Ok(secret) => secret,
            Err(why) => return Ok(Outcome::Unsendable { why: why.to_owned() }),
        };
        let reply = self.sender.send(claim, secret.as_ref(), at_ms);
        let needs_streak = matches!(&reply, Ok(reply) if answer::slows(reply.status));
        let streak = if needs_streak { self.outbox.slow_streak(&self.target.name)? } else { 0 };
        let gives_up = self.run.mode == Mode::Due;
        let tried = answer::Tried { claim, at_ms, streak, gives_up };
        let mut outcome = answer::outcome(reply, &tried);
        if let Outcome::Delivered { answer: Some(answer), .. } = &mut outcome {
            answer.note = answer.note.take().and_then(|note| self.without_secret(note, secret.as_ref()));
        }
        Ok(outcome)
    }

    /// What a receiver says goes into the ledger and the log. The secret itself does not, even if a receiver that was told it repeats it.
    fn without_secret(&self, note: String, secret: Option<&Secret>) -> Option<String> {
        let is_it = |secret: &Secret| note.as_bytes().windows(secret.len().max(1)).any(|window| window == secret.expose());
        match self.target.include_secret {
            _ if secret.is_some_and(is_it) => None,
            IncludeSecret::Never => Some(note),
            _ => Some(shown(&note)),
        }
    }

    /// The secret that has to be sent with the event, where there is one.
    fn opened(&self, claim: &Claim) -> Result<Option<Secret>, &'static str> {
        let Some(sealed) = claim.sealed.as_ref().filter(|_| self.target.takes_plain_secrets()) else { return Ok(None) };
        if sealed.is_empty() {
            return Err("its secret was erased when it was given up; a `keysieve scan --rotate` that finds it puts it back, then retry");
        }
        let opened = self.run.key.as_ref().and_then(|key| key.open(sealed));
        opened.map(Some).ok_or("its secret cannot be opened with the key beside the state file; a `keysieve scan --rotate` that finds it puts it back, then retry")
    }
}

fn nap(ms: i64) {
    std::thread::sleep(Duration::from_millis(u64::try_from(ms).unwrap_or_default().clamp(5, 200)));
}
