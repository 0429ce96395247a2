//! What is in the outbox and in the ledger. Changes nothing; lists come row by row, so that their length costs no memory.

use rusqlite::{Row, params};

use super::{Outbox, OutboxError};
use crate::rotate::approval::Ownership;

/// How far an exposure is: its furthest step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// It was found.
    Detected,
    /// A receiver knows.
    Notified,
    /// Somebody sees to it.
    Acknowledged,
    /// It is worth nothing any more.
    Rotated,
    /// Rotated, and not found any more where it was.
    Gone,
    /// Rotated, and no object of the history holds it.
    Purged,
    /// It is no secret.
    Rejected,
}

impl State {
    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Detected => "detected",
            Self::Notified => "notified",
            Self::Acknowledged => "acknowledged",
            Self::Rotated => "rotated",
            Self::Gone => "gone",
            Self::Purged => "purged",
            Self::Rejected => "rejected",
        }
    }

    /// Whether there is nothing left to rotate.
    pub fn is_settled(self) -> bool {
        self >= Self::Rotated
    }
}

/// An exposure. Times are milliseconds since 1970.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "the steps are described in the docs of the module `rotate`")]
pub struct ExposureRow {
    pub id: i64,
    pub fingerprint: String,
    pub generation: u32,
    pub rule: String,
    pub rule_name: String,
    pub severity: String,
    pub masked: String,
    pub source: String,
    pub author: Option<String>,
    pub leaked_ms: Option<i64>,
    pub detected_ms: i64,
    pub deadline_ms: i64,
    pub notified_ms: Option<i64>,
    pub acknowledged_ms: Option<i64>,
    pub rotated_ms: Option<i64>,
    pub rejected_ms: Option<i64>,
    pub gone_ms: Option<i64>,
    pub unreferenced_ms: Option<i64>,
    pub purged_ms: Option<i64>,
    pub settled_by: Option<String>,
    pub replacement: Option<String>,
    pub reason: Option<String>,
    pub ownership: Option<Ownership>,
}

const COLUMNS: &str = "id, fingerprint, generation, rule, rule_name, severity, masked, source, author, leaked_ms, detected_ms, deadline_ms,
    notified_ms, acknowledged_ms, rotated_ms, rejected_ms, gone_ms, unreferenced_ms, purged_ms, settled_by, replacement, reason,
    owners";

impl ExposureRow {
    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            id: row.get(0)?,
            fingerprint: row.get(1)?,
            generation: row.get(2)?,
            rule: row.get(3)?,
            rule_name: row.get(4)?,
            severity: row.get(5)?,
            masked: row.get(6)?,
            source: row.get(7)?,
            author: row.get(8)?,
            leaked_ms: row.get(9)?,
            detected_ms: row.get(10)?,
            deadline_ms: row.get(11)?,
            notified_ms: row.get(12)?,
            acknowledged_ms: row.get(13)?,
            rotated_ms: row.get(14)?,
            rejected_ms: row.get(15)?,
            gone_ms: row.get(16)?,
            unreferenced_ms: row.get(17)?,
            purged_ms: row.get(18)?,
            settled_by: row.get(19)?,
            replacement: row.get(20)?,
            reason: row.get(21)?,
            ownership: row.get::<_, Option<String>>(22)?.map(|text| Ownership::read(&text)),
        })
    }

    /// How far it is.
    pub fn state(&self) -> State {
        let has = |time: Option<i64>| time.is_some();
        match () {
            () if has(self.rejected_ms) => State::Rejected,
            () if has(self.rotated_ms) && has(self.purged_ms) => State::Purged,
            () if has(self.rotated_ms) && has(self.gone_ms) => State::Gone,
            () if has(self.rotated_ms) => State::Rotated,
            () if has(self.acknowledged_ms) => State::Acknowledged,
            () if has(self.notified_ms) => State::Notified,
            () => State::Detected,
        }
    }

    /// The first 8 digits by which reports name it.
    pub fn short(&self) -> &str {
        let digest = self.fingerprint.rsplit(':').next().unwrap_or_default();
        digest.get(..8).unwrap_or(digest)
    }
}

/// An event, without its body.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "the columns are described in the docs of the module `rotate`")]
pub struct EventRow {
    pub id: String,
    pub exposure: i64,
    pub target: String,
    pub fingerprint: String,
    pub status: String,
    pub attempts: u32,
    pub created_ms: i64,
    pub next_ms: i64,
    pub last_ms: Option<i64>,
    pub delivered_ms: Option<i64>,
    pub http: Option<u16>,
    pub error: Option<String>,
    pub approved_by: Option<String>,
    pub approved_from: Option<String>,
    pub approved_as: Option<String>,
    pub approval: Option<String>,
    pub approved_ms: Option<i64>,
    pub signature: Option<String>,
}

impl EventRow {
    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            id: row.get(0)?,
            exposure: row.get(1)?,
            target: row.get(2)?,
            fingerprint: row.get(3)?,
            status: row.get(4)?,
            attempts: row.get(5)?,
            created_ms: row.get(6)?,
            next_ms: row.get(7)?,
            last_ms: row.get(8)?,
            delivered_ms: row.get(9)?,
            http: row.get(10)?,
            error: row.get(11)?,
            approved_by: row.get(12)?,
            approved_ms: row.get(13)?,
            approved_from: row.get(14)?,
            approved_as: row.get(15)?,
            approval: row.get(16)?,
            signature: row.get(17)?,
        })
    }
}

const EVENT_COLUMNS: &str = "id, exposure, target, fingerprint, status, attempts, created_ms, next_ms, last_ms, delivered_ms, http, error, approved_by, approved_ms,
    approved_from, approved_as, approval, signature";

/// A target that was used.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "the columns are described in the docs of the module `rotate`")]
pub struct TargetRow {
    pub name: String,
    pub disabled_ms: Option<i64>,
    pub disabled_why: Option<String>,
    pub slow_until_ms: i64,
    pub delivered: u64,
    pub failed: u64,
}

/// Events by what became of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "they are the words of the column")]
pub struct Counts {
    pub pending: u64,
    pub held: u64,
    pub delivered: u64,
    pub dead: u64,
    pub skipped: u64,
    pub rejected: u64,
}

impl Outbox {
    /// Goes through all exposures, the most urgent first, as long as `each` says so.
    ///
    /// # Errors
    /// The state file cannot be read.
    pub fn exposures(&self, mut each: impl FnMut(ExposureRow) -> bool) -> Result<(), OutboxError> {
        let sql = format!("SELECT {COLUMNS} FROM exposures ORDER BY deadline_ms, id");
        self.told(self.connection.prepare(&sql).and_then(|mut select| {
            let mut rows = select.query([])?;
            while let Some(row) = rows.next()? {
                if !each(ExposureRow::read(row)?) {
                    break;
                }
            }
            Ok(())
        }))
    }

    /// One exposure.
    ///
    /// # Errors
    /// It is not there, or the state file cannot be read.
    pub fn exposure(&self, id: i64) -> Result<ExposureRow, OutboxError> {
        let sql = format!("SELECT {COLUMNS} FROM exposures WHERE id = ?1");
        self.told(self.connection.query_row(&sql, [id], ExposureRow::read))
    }

    /// All events about an exposure.
    ///
    /// # Errors
    /// The state file cannot be read.
    pub fn events_of(&self, exposure: i64) -> Result<Vec<EventRow>, OutboxError> {
        let sql = format!("SELECT {EVENT_COLUMNS} FROM events WHERE exposure = ?1 ORDER BY seq");
        self.told(self.connection.prepare(&sql).and_then(|mut select| select.query_map([exposure], EventRow::read)?.collect()))
    }

    /// Events of this status, oldest first, at most `most`.
    ///
    /// # Errors
    /// The state file cannot be read.
    pub fn events_in(&self, status: &str, most: u32) -> Result<Vec<EventRow>, OutboxError> {
        let sql = format!("SELECT {EVENT_COLUMNS} FROM events WHERE status = ?1 ORDER BY seq LIMIT ?2");
        self.told(self.connection.prepare(&sql).and_then(|mut select| select.query_map(params![status, most], EventRow::read)?.collect()))
    }

    /// Why events that wait were not delivered so far: target, reason, number of events.
    ///
    /// # Errors
    /// The state file cannot be read.
    pub fn failures(&self) -> Result<Vec<(String, String, i64)>, OutboxError> {
        let sql =
            "SELECT target, error, count(*) FROM events WHERE status = 'pending' AND error IS NOT NULL GROUP BY target, error LIMIT 100";
        let read = |row: &Row<'_>| Ok((row.get(0)?, row.get(1)?, row.get(2)?));
        self.told(self.connection.prepare(sql).and_then(|mut select| select.query_map([], read)?.collect()))
    }

    /// The body of an event.
    ///
    /// # Errors
    /// It is not there, or the state file cannot be read.
    pub fn body(&self, event: &str) -> Result<String, OutboxError> {
        self.told(self.connection.query_row("SELECT body FROM events WHERE id = ?1", [event], |row| row.get(0)))
    }

    /// How many events became what.
    ///
    /// # Errors
    /// The state file cannot be read.
    pub fn counts(&self) -> Result<Counts, OutboxError> {
        let mut counts = Counts::default();
        self.told(self.connection.prepare("SELECT status, count(*) FROM events GROUP BY status").and_then(|mut select| {
            let rows = select.query_map([], |row| Ok((row.get::<_, String>(0)?, row.get::<_, i64>(1)?)))?;
            for row in rows {
                let (status, count) = row?;
                let own = match status.as_str() {
                    "pending" => &mut counts.pending,
                    "held" => &mut counts.held,
                    "delivered" => &mut counts.delivered,
                    "dead" => &mut counts.dead,
                    "skipped" => &mut counts.skipped,
                    _ => &mut counts.rejected,
                };
                *own += u64::try_from(count).unwrap_or_default();
            }
            Ok(())
        }))?;
        Ok(counts)
    }

    /// Every target that was used.
    ///
    /// # Errors
    /// The state file cannot be read.
    pub fn targets(&self) -> Result<Vec<TargetRow>, OutboxError> {
        let read = |row: &Row<'_>| {
            let number = |at| row.get::<_, i64>(at).map(|number| u64::try_from(number).unwrap_or_default());
            Ok(TargetRow {
                name: row.get(0)?,
                disabled_ms: row.get(1)?,
                disabled_why: row.get(2)?,
                slow_until_ms: row.get(3)?,
                delivered: number(4)?,
                failed: number(5)?,
            })
        };
        let sql = "SELECT name, disabled_ms, disabled_why, slow_until_ms, delivered, failed FROM targets ORDER BY name";
        self.told(self.connection.prepare(sql).and_then(|mut select| select.query_map([], read)?.collect()))
    }
}
