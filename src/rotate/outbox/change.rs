//! What people change: who sees to an exposure, that it is rotated or no secret, that an event is tried again.

use rusqlite::params;
use serde_json::json;

use super::journal::note;
use super::settle::set_step;
use super::{ERASED, Outbox, OutboxError};
use crate::rotate::time;

/// Who changes something, and when.
#[derive(Clone, Copy, Debug)]
pub struct Who<'w> {
    /// Name for the audit log, such as an e-mail address.
    pub name: &'w str,
    /// From where, such as a host name or a CI job.
    pub from: &'w str,
    /// The time.
    pub now_ms: i64,
}

/// What became of a change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Closed {
    /// It is done.
    Done,
    /// It was so before, or is settled otherwise.
    Already,
    /// Somebody may not do it: why not and who may, in words that follow "may not".
    Refused(String),
}

impl Outbox {
    /// Notes that somebody sees to it.
    ///
    /// # Errors
    /// The state file cannot be written.
    pub fn acknowledge(&mut self, exposure: i64, who: Who<'_>) -> Result<Closed, OutboxError> {
        self.step(exposure, "acknowledged_ms", "acknowledged", who, (who.now_ms, None))
    }

    /// Notes that it was rotated, when, and what took its place (a name, not the secret).
    ///
    /// # Errors
    /// The state file cannot be written.
    pub fn close(&mut self, exposure: i64, who: Who<'_>, rotated_ms: i64, replacement: Option<&str>) -> Result<Closed, OutboxError> {
        self.step(exposure, "rotated_ms", "rotated", who, (rotated_ms, replacement))
    }

    /// Notes that it is no secret, or nobody's business, and why. Events that were not sent never will be.
    ///
    /// # Errors
    /// The state file cannot be written.
    pub fn reject(&mut self, exposure: i64, who: Who<'_>, reason: &str) -> Result<Closed, OutboxError> {
        let done = self.step(exposure, "rejected_ms", "rejected", who, (who.now_ms, Some(reason)))?;
        if done == Closed::Done {
            self.write(|connection| {
                let update = format!(
                    "UPDATE events SET status = 'rejected', {ERASED} WHERE exposure = ?1 AND status IN ('pending', 'held', 'dead')"
                );
                connection.execute(&update, [exposure]).map(|_| ())
            })?;
        }
        Ok(done)
    }

    fn step(
        &mut self,
        exposure: i64,
        column: &str,
        what: &str,
        who: Who<'_>,
        (at_ms, text): (i64, Option<&str>),
    ) -> Result<Closed, OutboxError> {
        self.write(|connection| {
            if !set_step(connection, exposure, column, at_ms, who.name, text)? {
                return Ok(Closed::Already);
            }
            let select = "SELECT fingerprint, generation FROM exposures WHERE id = ?1";
            let (fingerprint, generation): (String, u32) =
                connection.query_row(select, [exposure], |row| Ok((row.get(0)?, row.get(1)?)))?;
            let about = json!({
                "fingerprint": fingerprint, "generation": generation, "by": who.name, "from": who.from, "note": text,
                "rotated": (what == "rotated").then(|| time::written(at_ms)),
            });
            note(connection, who.now_ms, what, about)?;
            Ok(Closed::Done)
        })
    }

    /// Makes events due that were given up or were of no use to their receiver, and those that wait for their next attempt: all of an exposure, or of a target, which is called
    /// again if it was disabled. How many.
    ///
    /// # Errors
    /// The state file cannot be written.
    pub fn retry(&mut self, exposure: Option<i64>, target: Option<&str>, who: Who<'_>) -> Result<u64, OutboxError> {
        self.write(|connection| {
            let which = "(?1 IS NULL OR exposure = ?1) AND (?2 IS NULL OR target = ?2)";
            let update = format!(
                "UPDATE events SET attempts = CASE WHEN status = 'dead' THEN 0 ELSE attempts END, status = 'pending', next_ms = ?3
                 WHERE status IN ('dead', 'skipped', 'pending') AND {which}"
            );
            let events = connection.execute(&update, params![exposure, target, who.now_ms])?;
            let enable = "UPDATE targets SET disabled_ms = NULL, disabled_why = NULL, slow_until_ms = 0, slow_streak = 0 WHERE name = ?1";
            let enabled = target.map_or(Ok(0), |target| connection.execute(enable, [target]))?;
            if events > 0 || enabled > 0 {
                note(connection, who.now_ms, "retried", json!({"events": events, "target": target, "by": who.name, "from": who.from}))?;
            }
            Ok(events as u64)
        })
    }
}
