//! Which events one process may send now. A claim holds as long as the lease of its process is renewed.

use rusqlite::{Connection, OptionalExtension as _, params};
use zeroize::Zeroizing;

use super::{Outbox, OutboxError};
use crate::rotate::config::Target;

/// Milliseconds for which a lease holds unless it is renewed: what a killed process delays its events by.
pub const LEASE_MS: i64 = 10_000;

/// A process that sends. Its claims are everybody's again when it is not renewed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lease(i64);

impl Lease {
    pub(super) fn id(self) -> i64 {
        self.0
    }
}

/// Which events are due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Those whose time has come.
    Due,
    /// All that were not tried since then, whatever their back-off.
    Now {
        /// When the run began, in milliseconds since 1970.
        since_ms: i64,
    },
}

/// How long a target has to be left alone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Wait {
    /// Whether anything is waiting for it that no other process has claimed.
    pub has_events: bool,
    /// Milliseconds until the first of it is due.
    pub by_time_ms: i64,
    /// Milliseconds until its rate allows a call.
    pub by_rate_ms: i64,
}

impl Wait {
    /// Milliseconds until both; none if nothing is waiting.
    pub fn total_ms(self) -> Option<i64> {
        self.has_events.then(|| self.by_time_ms.max(self.by_rate_ms))
    }
}

/// An event to send.
#[derive(Clone, Debug)]
pub struct Claim {
    /// Its place in the outbox.
    pub seq: i64,
    /// Its id.
    pub id: String,
    /// What to send.
    pub body: Zeroizing<String>,
    /// The secret that has to be sent with it, sealed; empty if it is erased.
    pub sealed: Option<Vec<u8>>,
    /// How often it was tried before.
    pub attempts: u32,
}

impl Outbox {
    /// Begins to send.
    ///
    /// # Errors
    /// The state file cannot be written.
    pub fn lease(&mut self, now_ms: i64) -> Result<Lease, OutboxError> {
        self.write(|connection| {
            connection.execute("DELETE FROM leases WHERE until_ms <= ?1", [now_ms - 60_000])?;
            connection.execute("INSERT INTO leases (until_ms) VALUES (?1)", [now_ms + LEASE_MS])?;
            Ok(Lease(connection.last_insert_rowid()))
        })
    }

    /// Says that the process is still there. False if its lease had run out so long ago that it is forgotten.
    ///
    /// # Errors
    /// The state file cannot be written.
    pub fn renew(&mut self, lease: Lease, now_ms: i64) -> Result<bool, OutboxError> {
        self.write(|connection| {
            Ok(connection.execute("UPDATE leases SET until_ms = ?2 WHERE id = ?1", params![lease.0, now_ms + LEASE_MS])? > 0)
        })
    }

    /// Ends it: what it claimed and did not settle is free at once.
    ///
    /// # Errors
    /// The state file cannot be written.
    pub fn release(&mut self, lease: Lease) -> Result<(), OutboxError> {
        self.write(|connection| connection.execute("DELETE FROM leases WHERE id = ?1", [lease.0]).map(|_| ()))
    }

    /// Makes events due whose time lies further away than any schedule puts it: the clock was set back.
    ///
    /// # Errors
    /// The state file cannot be written.
    pub fn mend_clock(&mut self, now_ms: i64, longest_ms: i64) -> Result<u64, OutboxError> {
        self.write(|connection| {
            let update = "UPDATE events SET next_ms = ?1 WHERE status = 'pending' AND next_ms > ?2";
            let events = connection.execute(update, [now_ms, now_ms + longest_ms])?;
            connection.execute("UPDATE targets SET slow_until_ms = ?1 WHERE slow_until_ms > ?2", [now_ms, now_ms + longest_ms])?;
            connection.execute("UPDATE targets SET tokens_ms = ?1 WHERE tokens_ms > ?1", [now_ms])?;
            connection.execute("DELETE FROM leases WHERE until_ms > ?1", [now_ms + 6 * LEASE_MS])?;
            Ok(events as u64)
        })
    }

    /// Claims up to `most` events of `target`, oldest first, of each secret only the first that is not settled. As many as its rate allows.
    ///
    /// # Errors
    /// The state file cannot be written.
    pub fn claim(&mut self, lease: Lease, target: &Target, mode: Mode, most: usize, now_ms: i64) -> Result<Vec<Claim>, OutboxError> {
        self.write(|connection| {
            let most = most.min(allowed(connection, target, mode, now_ms)?);
            if most == 0 {
                return Ok(Vec::new());
            }
            let claims = due(connection, target, mode, most, now_ms)?;
            let mut update = connection.prepare_cached("UPDATE events SET lease = ?2 WHERE seq = ?1")?;
            claims.iter().try_for_each(|claim| update.execute(params![claim.seq, lease.0]).map(|_| ()))?;
            if target.rate.is_some() {
                let spend = "UPDATE targets SET tokens = tokens - ?2 WHERE name = ?1";
                #[expect(clippy::cast_precision_loss, reason = "a claim is of a few events")]
                connection.prepare_cached(spend)?.execute(params![target.name, claims.len() as f64])?;
            }
            Ok(claims)
        })
    }

    /// How long until `target` may be called again and has something that is due then.
    ///
    /// # Errors
    /// The state file cannot be read.
    pub fn wait(&self, target: &Target, mode: Mode, now_ms: i64) -> Result<Wait, OutboxError> {
        self.told(wait(&self.connection, target, mode, now_ms))
    }
}

/// How many calls the target's state and its rate allow now.
fn allowed(connection: &Connection, target: &Target, mode: Mode, now_ms: i64) -> rusqlite::Result<usize> {
    connection.prepare_cached("INSERT OR IGNORE INTO targets (name) VALUES (?1)")?.execute([&target.name])?;
    let mut select =
        connection.prepare_cached("SELECT disabled_ms IS NOT NULL, slow_until_ms, tokens, tokens_ms FROM targets WHERE name = ?1")?;
    let read = |row: &rusqlite::Row<'_>| Ok((row.get::<_, bool>(0)?, row.get::<_, i64>(1)?, row.get::<_, f64>(2)?, row.get::<_, i64>(3)?));
    let (is_disabled, slow_until_ms, tokens, tokens_ms) = select.query_row([&target.name], read)?;
    if is_disabled || (mode == Mode::Due && slow_until_ms > now_ms) {
        return Ok(0);
    }
    let Some(rate) = target.rate else { return Ok(usize::MAX) };
    let tokens = (tokens + rate.calls_in(now_ms - tokens_ms)).min(rate.burst());
    let update = "UPDATE targets SET tokens = ?2, tokens_ms = ?3 WHERE name = ?1";
    connection.prepare_cached(update)?.execute(params![target.name, tokens, now_ms])?;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is at most a burst, and not below 0")]
    let whole = tokens.max(0.0) as usize;
    Ok(whole)
}

/// The order of events of one secret is kept by the last condition: a younger one waits for an older one that is open.
const DUE: &str = "
    FROM events WHERE target = ?1 AND status = 'pending' AND next_ms <= ?2 AND (last_ms IS NULL OR last_ms < ?3)
    AND (lease IS NULL OR lease NOT IN (SELECT id FROM leases WHERE until_ms > ?4))
    AND NOT EXISTS (
        SELECT 1 FROM events older WHERE older.target = events.target AND older.fingerprint = events.fingerprint AND older.seq < events.seq
        AND older.status IN ('pending', 'held'))
    ORDER BY next_ms, seq LIMIT ?5";

fn due(connection: &Connection, target: &Target, mode: Mode, most: usize, now_ms: i64) -> rusqlite::Result<Vec<Claim>> {
    let mut select = connection.prepare_cached(&format!("SELECT seq, id, body, attempts, sealed {DUE}"))?;
    let (next, last) = bounds(mode, now_ms);
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    let read = |row: &rusqlite::Row<'_>| {
        let body = Zeroizing::new(row.get(2)?);
        Ok(Claim { seq: row.get(0)?, id: row.get(1)?, body, attempts: row.get(3)?, sealed: row.get(4)? })
    };
    select.query_map(params![target.name, next, last, now_ms, most], read)?.collect()
}

/// Latest time at which an event is due, and before which it was last tried.
fn bounds(mode: Mode, now_ms: i64) -> (i64, i64) {
    match mode {
        Mode::Due => (now_ms, i64::MAX),
        Mode::Now { since_ms } => (i64::MAX, since_ms),
    }
}

fn wait(connection: &Connection, target: &Target, mode: Mode, now_ms: i64) -> rusqlite::Result<Wait> {
    let mut select = connection.prepare_cached("SELECT disabled_ms IS NOT NULL, slow_until_ms, tokens FROM targets WHERE name = ?1")?;
    let state =
        select.query_row([&target.name], |row| Ok((row.get::<_, bool>(0)?, row.get::<_, i64>(1)?, row.get::<_, f64>(2)?))).optional()?;
    let (is_disabled, slow_until_ms, tokens) = state.unwrap_or((false, 0, 1.0));
    if is_disabled {
        return Ok(Wait::default());
    }
    let last_ms = bounds(mode, now_ms).1;
    let mut select = connection.prepare_cached(&format!("SELECT next_ms {DUE}"))?;
    let next: Option<i64> = select.query_row(params![target.name, i64::MAX, last_ms, now_ms, 1], |row| row.get(0)).optional()?;
    let Some(next_ms) = next else { return Ok(Wait::default()) };
    let by_rate_ms = match target.rate {
        #[expect(clippy::cast_possible_truncation, reason = "it is at most the hour in which one call is allowed")]
        Some(rate) if tokens < 1.0 => ((1.0 - tokens) * f64::from(rate.per_ms) / f64::from(rate.calls)).ceil() as i64,
        _ => 0,
    };
    let by_time_ms = if mode == Mode::Due { (next_ms.max(slow_until_ms) - now_ms).max(0) } else { 0 };
    Ok(Wait { has_events: true, by_time_ms, by_rate_ms })
}
