//! What the audit log is to say, in the transaction of what it is about, and the way from there into its file.

use rusqlite::{Connection, OptionalExtension as _, TransactionBehavior, params};
use serde_json::{Map, Value};

use super::{Outbox, OutboxError};
use crate::rotate::audit::{self, Head, LogError};
use crate::rotate::time;

/// Entries that are written to the file at once.
const AT_ONCE: i64 = 5_000;

/// Notes an entry: when, what, and about what. Values that are `null` are left out.
pub(super) fn note(connection: &Connection, now_ms: i64, what: &str, about: Value) -> rusqlite::Result<()> {
    let mut entry = Map::new();
    entry.insert("time".to_owned(), time::written(now_ms).into());
    entry.insert("what".to_owned(), what.into());
    if let Value::Object(about) = about {
        entry.extend(about.into_iter().filter(|(_, value)| !value.is_null()));
    }
    let mut insert = connection.prepare_cached("INSERT INTO journal (entry) VALUES (?1)")?;
    insert.execute([Value::Object(entry).to_string()])?;
    Ok(())
}

impl Outbox {
    /// Writes all entries that are not yet in the audit log's file to it. Several processes may do so at once.
    ///
    /// # Errors
    /// The file cannot be written, or does not end where it ended: then the entries stay in the outbox.
    pub fn flush_log(&mut self) -> Result<u64, LogError> {
        let mut flushed = 0;
        loop {
            let number = self.flush_some()?;
            if number == 0 {
                return Ok(flushed);
            }
            flushed += number;
        }
    }

    fn flush_some(&mut self) -> Result<u64, LogError> {
        let file = self.log_path();
        let path = &self.path;
        let wrong = |error| LogError::Outbox(Box::new(OutboxError::of(path, error)));
        let transaction = self.connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(wrong)?;
        let entries = waiting(&transaction).map_err(wrong)?;
        let Some((last, _)) = entries.last() else { return Ok(0) };
        let head = head(&transaction).map_err(wrong)?;
        let head = audit::append(&file, head.as_ref(), &entries)?;
        transaction.execute("DELETE FROM journal WHERE seq <= ?1", [last]).map_err(wrong)?;
        set_head(&transaction, &head).map_err(wrong)?;
        transaction.commit().map_err(wrong)?;
        Ok(entries.len() as u64)
    }

    /// Number and hash of the last entry that is in the file for sure.
    ///
    /// # Errors
    /// The outbox cannot be read.
    pub fn log_head(&self) -> Result<Option<Head>, OutboxError> {
        self.told(head(&self.connection))
    }
}

fn waiting(connection: &Connection) -> rusqlite::Result<Vec<(i64, String)>> {
    let mut select = connection.prepare_cached("SELECT seq, entry FROM journal ORDER BY seq LIMIT ?1")?;
    select.query_map([AT_ONCE], |row| Ok((row.get(0)?, row.get(1)?)))?.collect()
}

fn head(connection: &Connection) -> rusqlite::Result<Option<Head>> {
    let select = "SELECT (SELECT value FROM meta WHERE key = 'log_seq'), value FROM meta WHERE key = 'log_hash'";
    connection.query_row(select, [], |row| Ok(Head { seq: row.get(0)?, hash: row.get(1)? })).optional()
}

fn set_head(connection: &Connection, head: &Head) -> rusqlite::Result<()> {
    let mut replace = connection.prepare_cached("INSERT OR REPLACE INTO meta (key, value) VALUES (?1, ?2)")?;
    replace.execute(params!["log_seq", head.seq])?;
    replace.execute(params!["log_hash", head.hash])?;
    Ok(())
}
