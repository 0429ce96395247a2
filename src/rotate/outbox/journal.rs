//! What the audit log is to say, in the transaction of what it is about, and the way from there into its file.

use std::path::Path;

use rusqlite::{Connection, OptionalExtension as _, ToSql, TransactionBehavior, params};
use serde_json::{Map, Value, json};

use super::{Outbox, OutboxError, Who};
use crate::rotate::audit::{self, Before, Head, LogError};
use crate::rotate::time;

/// Entries that are written to the file at once.
const AT_ONCE: i64 = 5_000;
/// Key of the name under which the log is to be kept before the next entry is written, the first of a new one; empty if there is none to keep.
const ASIDE: &str = "log_aside";

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
        let head = match meta(&transaction, ASIDE).map_err(wrong)? {
            None => audit::append(&file, head.as_ref(), None, &entries)?,
            Some(name) => {
                if !name.is_empty() {
                    audit::set_aside(&file, &file.with_file_name(name))?;
                }
                let head = audit::append(&file, None, head.as_ref(), &entries)?;
                transaction.execute("DELETE FROM meta WHERE key = ?1", [ASIDE]).map_err(wrong)?;
                head
            }
        };
        transaction.execute("DELETE FROM journal WHERE seq <= ?1", [last]).map_err(wrong)?;
        set_head(&transaction, &head).map_err(wrong)?;
        transaction.commit().map_err(wrong)?;
        Ok(entries.len() as u64)
    }

    /// Begins a new audit log: the one that is there is kept under a name with the time, and the new one's first entry says what it was. None
    /// if there is none yet.
    ///
    /// # Errors
    /// The state file or a log cannot be written. What was begun goes on with the next change.
    pub fn begin_log(&mut self, who: Who<'_>) -> Result<Option<Before>, LogError> {
        match self.flush_log() {
            Ok(_) | Err(LogError::Changed { .. }) => {}
            Err(error) => return Err(error),
        }
        let file = self.log_path();
        let path = &self.path;
        let wrong = |error| LogError::Outbox(Box::new(OutboxError::of(path, error)));
        let transaction = self.connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(wrong)?;
        let end = head(&transaction).map_err(wrong)?;
        let Some((before, hash)) = ended(&file, end.as_ref(), who.now_ms)? else { return Ok(None) };
        move_behind(&transaction, who, &before).map_err(wrong)?;
        let end = Head { seq: end.map_or(0, |end| end.seq), hash };
        set_head(&transaction, &end).map_err(wrong)?;
        set_meta(&transaction, ASIDE, &before.file.as_deref().unwrap_or_default()).map_err(wrong)?;
        transaction.commit().map_err(wrong)?;
        self.flush_log()?;
        Ok(Some(before))
    }

    /// Number and hash of the last entry that is in the file for sure.
    ///
    /// # Errors
    /// The outbox cannot be read.
    pub fn log_head(&self) -> Result<Option<Head>, OutboxError> {
        self.told(head(&self.connection))
    }
}

/// What the log at `file` is that ends here, and the hash with which it ends. None if there is none.
fn ended(file: &Path, end: Option<&Head>, now_ms: i64) -> Result<Option<(Before, String)>, LogError> {
    let io = |error: std::io::Error| LogError::Io { path: file.to_owned(), why: error.to_string() };
    let known = end.map(|end| end.hash.clone());
    let verified = match audit::verify(file, end) {
        Ok(verified) => verified,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            let before = Before { wrong: Some("it was not there".to_owned()), ..Before::default() };
            return Ok(known.map(|hash| (before, hash)));
        }
        Err(error) => return Err(io(error)),
    };
    let Some(hash) = known.or_else(|| verified.head.map(|head| head.hash)).or_else(|| verified.wrong.as_ref().map(|_| audit::nothing()))
    else {
        return Ok(None);
    };
    let before = Before {
        file: audit::aside(file, now_ms).file_name().map(|name| name.to_string_lossy().into_owned()),
        entries: verified.entries,
        sha256: Some(audit::digest(file).map_err(io)?),
        wrong: verified.wrong.map(|(line, why)| format!("line {line}: {why}")),
    };
    Ok(Some((before, hash)))
}

/// Puts an entry about `before` in front of all that wait.
fn move_behind(connection: &Connection, who: Who<'_>, before: &Before) -> rusqlite::Result<()> {
    let last: i64 = connection.query_row("SELECT coalesce(max(seq), 0) FROM journal", [], |row| row.get(0))?;
    note(connection, who.now_ms, audit::BEGUN, json!({"by": who.name, "from": who.from, "before": before}))?;
    connection.execute("INSERT INTO journal (entry) SELECT entry FROM journal WHERE seq <= ?1 ORDER BY seq", [last])?;
    connection.execute("DELETE FROM journal WHERE seq <= ?1", [last]).map(|_| ())
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
    set_meta(connection, "log_seq", &head.seq)?;
    set_meta(connection, "log_hash", &head.hash)
}

fn set_meta(connection: &Connection, key: &str, value: &dyn ToSql) -> rusqlite::Result<()> {
    let mut replace = connection.prepare_cached("INSERT OR REPLACE INTO meta (key, value) VALUES (?1, ?2)")?;
    replace.execute(params![key, value]).map(|_| ())
}

fn meta(connection: &Connection, key: &str) -> rusqlite::Result<Option<String>> {
    connection.query_row("SELECT value FROM meta WHERE key = ?1", [key], |row| row.get(0)).optional()
}
