//! What came of sending an event, in the outbox and in the ledger.

use rusqlite::{Connection, params};
use serde_json::json;

use super::claim::Lease;
use super::journal::note;
use super::{ERASED, Outbox, OutboxError};
use crate::rotate::time;

/// What came of one claim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settled {
    /// Its place in the outbox.
    pub seq: i64,
    /// When it was sent, in milliseconds since 1970.
    pub at_ms: i64,
    /// What came of it.
    pub outcome: Outcome,
}

/// What came of sending.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// A 2xx answer.
    Delivered {
        /// Its status.
        http: u16,
        /// The signature that it took it with, where that is kept.
        signature: Option<String>,
        /// What it says about the exposure.
        answer: Option<Answer>,
    },
    /// Anything else.
    Failed {
        /// Status of the answer, if there was one.
        http: Option<u16>,
        /// What went wrong, for people; without content of the answer.
        why: String,
        /// When to try again; none when it was the last attempt.
        next_ms: Option<i64>,
        /// Until when the target is not to be called at all.
        slow_until_ms: Option<i64>,
        /// Whether the receiver is gone for good.
        disables: bool,
    },
    /// Nothing was sent, and trying again would change nothing: it is given up at once.
    Unsendable {
        /// Why, for people.
        why: String,
    },
    /// It was not sent, since the receiver has no use for it: nothing more is tried.
    Needless {
        /// Why, for people.
        why: String,
    },
    /// It was not sent.
    Untried,
}

/// What a receiver says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// What became of the secret.
    pub state: AnswerState,
    /// When it was rotated, in milliseconds since 1970.
    pub rotated_ms: Option<i64>,
    /// Why it is rejected, or what took its place; not the secret.
    pub note: Option<String>,
}

/// What a receiver says of a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AnswerState {
    /// Somebody sees to it.
    Acknowledged,
    /// It is worth nothing any more.
    Rotated,
    /// It is no secret.
    Rejected,
}

impl Outbox {
    /// Writes what came of claims. A delivery counts even if the lease ran out meanwhile; a failure does not.
    ///
    /// # Errors
    /// The state file cannot be written: then all of these will be sent once more.
    pub fn settle(&mut self, lease: Lease, target: &str, settled: &[Settled]) -> Result<(), OutboxError> {
        self.write(|connection| settled.iter().try_for_each(|settled| one(connection, lease, target, settled)))
    }

    /// How often `target` had to be slowed down since it last answered well.
    ///
    /// # Errors
    /// The state file cannot be read.
    pub fn slow_streak(&self, target: &str) -> Result<u32, OutboxError> {
        let select = "SELECT coalesce(max(slow_streak), 0) FROM targets WHERE name = ?1";
        self.told(self.connection.query_row(select, [target], |row| row.get(0)))
    }
}

fn one(connection: &Connection, lease: Lease, target: &str, settled: &Settled) -> rusqlite::Result<()> {
    let (seq, at) = (settled.seq, settled.at_ms);
    match &settled.outcome {
        Outcome::Delivered { http, signature, answer } => {
            let update = format!(
                "UPDATE events SET status = 'delivered', attempts = attempts + 1, last_ms = ?2, delivered_ms = ?2, http = ?3, signature = ?4, error = NULL,
                 lease = NULL, {ERASED} WHERE seq = ?1 AND status <> 'delivered'"
            );
            if connection.prepare_cached(&update)?.execute(params![seq, at, http, signature])? == 0 {
                return Ok(());
            }
            count(connection, target, true)?;
            let (id, exposure) = about(connection, seq)?;
            let mut entry = json!({"event": id, "target": target, "http": http});
            if let Some(signature) = signature {
                entry["signature"] = signature.as_str().into();
            }
            note(connection, at, "delivered", entry)?;
            let notified = "UPDATE exposures SET notified_ms = ?2 WHERE id = ?1 AND notified_ms IS NULL";
            connection.prepare_cached(notified)?.execute(params![exposure, at])?;
            answer.as_ref().map_or(Ok(()), |answer| apply(connection, exposure, at, target, answer))
        }
        Outcome::Failed { http, why, next_ms, slow_until_ms, disables } => {
            let update = "UPDATE events SET sealed = CASE WHEN ?5 IS NULL AND sealed IS NOT NULL THEN x'' ELSE sealed END,
                 status = CASE WHEN ?5 IS NULL THEN 'dead' ELSE status END, attempts = attempts + 1, last_ms = ?2,
                 http = ?3, error = ?4, next_ms = coalesce(?5, next_ms), lease = NULL WHERE seq = ?1 AND lease = ?6 AND status = 'pending'";
            if connection.prepare_cached(update)?.execute(params![seq, at, http, why, next_ms, lease.id()])? == 0 {
                return Ok(());
            }
            count(connection, target, false)?;
            let (id, _) = about(connection, seq)?;
            let what = if next_ms.is_none() { "given-up" } else { "failed" };
            note(
                connection,
                at,
                what,
                json!({"event": id, "target": target, "http": http, "why": why, "next": next_ms.map(time::written)}),
            )?;
            if *disables {
                disable(connection, target, at, why)?;
            }
            slow_until_ms.map_or(Ok(()), |until| {
                let slow = "UPDATE targets SET slow_until_ms = max(slow_until_ms, ?2), slow_streak = slow_streak + 1 WHERE name = ?1";
                connection.prepare_cached(slow)?.execute(params![target, until]).map(|_| ())
            })
        }
        Outcome::Unsendable { why } => end(connection, lease, target, settled, ("dead", why)),
        Outcome::Needless { why } => end(connection, lease, target, settled, ("skipped", why)),
        Outcome::Untried => {
            let update = "UPDATE events SET lease = NULL WHERE seq = ?1 AND lease = ?2";
            connection.prepare_cached(update)?.execute(params![seq, lease.id()]).map(|_| ())
        }
    }
}

/// Ends an event that was not sent, with a status and the reason for it.
fn end(connection: &Connection, lease: Lease, target: &str, settled: &Settled, (status, why): (&str, &str)) -> rusqlite::Result<()> {
    let update = format!(
        "UPDATE events SET status = ?5, last_ms = ?2, http = NULL, error = ?3, lease = NULL, {ERASED}
         WHERE seq = ?1 AND lease = ?4 AND status = 'pending'"
    );
    if connection.prepare_cached(&update)?.execute(params![settled.seq, settled.at_ms, why, lease.id(), status])? == 0 {
        return Ok(());
    }
    let is_dead = status == "dead";
    if is_dead {
        count(connection, target, false)?;
    }
    let what = if is_dead { "given-up" } else { status };
    note(connection, settled.at_ms, what, json!({"event": about(connection, settled.seq)?.0, "target": target, "why": why}))
}

fn about(connection: &Connection, seq: i64) -> rusqlite::Result<(String, i64)> {
    let mut select = connection.prepare_cached("SELECT id, exposure FROM events WHERE seq = ?1")?;
    select.query_row([seq], |row| Ok((row.get(0)?, row.get(1)?)))
}

fn count(connection: &Connection, target: &str, is_delivered: bool) -> rusqlite::Result<()> {
    let sql = if is_delivered {
        "INSERT INTO targets (name, delivered) VALUES (?1, 1) ON CONFLICT (name) DO UPDATE SET delivered = delivered + 1, slow_streak = 0"
    } else {
        "INSERT INTO targets (name, failed) VALUES (?1, 1) ON CONFLICT (name) DO UPDATE SET failed = failed + 1"
    };
    connection.prepare_cached(sql)?.execute([target]).map(|_| ())
}

fn disable(connection: &Connection, target: &str, at_ms: i64, why: &str) -> rusqlite::Result<()> {
    let update = "UPDATE targets SET disabled_ms = ?2, disabled_why = ?3 WHERE name = ?1 AND disabled_ms IS NULL";
    if connection.prepare_cached(update)?.execute(params![target, at_ms, why])? == 0 {
        return Ok(());
    }
    note(connection, at_ms, "target-disabled", json!({"target": target, "why": why}))
}

/// Takes in what a receiver answered. A time of rotation in the future is the time of the answer.
fn apply(connection: &Connection, exposure: i64, at_ms: i64, target: &str, answer: &Answer) -> rusqlite::Result<()> {
    let by = format!("receiver {target}");
    let (column, at, what) = match answer.state {
        AnswerState::Acknowledged => ("acknowledged_ms", at_ms, "acknowledged"),
        AnswerState::Rotated => ("rotated_ms", answer.rotated_ms.unwrap_or(at_ms).min(at_ms), "rotated"),
        AnswerState::Rejected => ("rejected_ms", at_ms, "rejected"),
    };
    set_step(connection, exposure, column, at, &by, answer.note.as_deref()).and_then(|is_new| {
        if !is_new {
            return Ok(());
        }
        let mut select = connection.prepare_cached("SELECT fingerprint, generation FROM exposures WHERE id = ?1")?;
        let (fingerprint, generation): (String, u32) = select.query_row([exposure], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let about = json!({
            "fingerprint": fingerprint, "generation": generation, "by": by, "note": answer.note,
            "rotated": (answer.state == AnswerState::Rotated).then(|| time::written(at)),
        });
        note(connection, at_ms, what, about)
    })
}

/// Sets the time of a step that has none, and who said so; whether it had none. What is rejected or rotated already is not rejected or
/// rotated by others afterwards.
pub(super) fn set_step(
    connection: &Connection,
    exposure: i64,
    column: &str,
    at_ms: i64,
    by: &str,
    note: Option<&str>,
) -> rusqlite::Result<bool> {
    let text = if column == "rotated_ms" { "replacement" } else { "reason" };
    let update = format!(
        "UPDATE exposures SET {column} = ?2, settled_by = ?3, {text} = coalesce(?4, {text})
         WHERE id = ?1 AND {column} IS NULL AND rotated_ms IS NULL AND rejected_ms IS NULL"
    );
    Ok(connection.prepare_cached(&update)?.execute(params![exposure, at_ms, by, note])? > 0)
}
