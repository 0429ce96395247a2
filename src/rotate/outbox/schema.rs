//! The tables, and how the file is made and opened. See the module docs of `rotate` for what is in which table.

use std::fs::OpenOptions;
use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, ErrorCode, TransactionBehavior};

/// Marks the file as an outbox of keysieve: `ksro`.
pub const APPLICATION: i64 = 0x6b73_726f;
/// Version of the tables.
pub const VERSION: i64 = 1;
/// How often to try to switch to the write-ahead log while another process does the same; SQLite does not wait by itself there.
const SWITCH_TRIES: u32 = 100;

const TABLES: &str = "
CREATE TABLE meta (key TEXT PRIMARY KEY, value NOT NULL) WITHOUT ROWID;
CREATE TABLE exposures (
    id INTEGER PRIMARY KEY,
    fingerprint TEXT NOT NULL,
    generation INTEGER NOT NULL,
    rule TEXT NOT NULL,
    rule_name TEXT NOT NULL,
    severity TEXT NOT NULL,
    masked TEXT NOT NULL,
    source TEXT NOT NULL,
    author TEXT,
    owners TEXT,
    leaked_ms INTEGER,
    detected_ms INTEGER NOT NULL,
    deadline_ms INTEGER NOT NULL,
    notified_ms INTEGER,
    acknowledged_ms INTEGER,
    rotated_ms INTEGER,
    rejected_ms INTEGER,
    gone_ms INTEGER,
    unreferenced_ms INTEGER,
    purged_ms INTEGER,
    settled_by TEXT,
    replacement TEXT,
    reason TEXT,
    UNIQUE (fingerprint, generation)
);
CREATE INDEX exposures_open ON exposures (deadline_ms) WHERE rotated_ms IS NULL AND rejected_ms IS NULL;
CREATE TABLE looks (id INTEGER PRIMARY KEY, source TEXT NOT NULL, look TEXT NOT NULL, UNIQUE (source, look));
CREATE TABLE seen (
    exposure INTEGER NOT NULL REFERENCES exposures (id),
    look INTEGER NOT NULL REFERENCES looks (id),
    run INTEGER NOT NULL,
    rules TEXT NOT NULL,
    PRIMARY KEY (exposure, look)
) WITHOUT ROWID;
CREATE INDEX seen_look ON seen (look, run);
CREATE TABLE places (exposure INTEGER NOT NULL, look INTEGER NOT NULL, place INTEGER NOT NULL, PRIMARY KEY (exposure, look, place)) WITHOUT ROWID;
CREATE TABLE events (
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    exposure INTEGER NOT NULL REFERENCES exposures (id),
    target TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    format TEXT NOT NULL,
    body TEXT NOT NULL,
    sealed BLOB,
    status TEXT NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    created_ms INTEGER NOT NULL,
    next_ms INTEGER NOT NULL,
    last_ms INTEGER,
    lease INTEGER,
    delivered_ms INTEGER,
    http INTEGER,
    signature TEXT,
    error TEXT,
    approval TEXT,
    approved_ms INTEGER,
    approved_by TEXT,
    approved_from TEXT,
    approved_as TEXT,
    UNIQUE (exposure, target)
);
CREATE INDEX events_due ON events (target, next_ms, seq) WHERE status = 'pending';
CREATE INDEX events_open ON events (target, fingerprint, seq) WHERE status IN ('pending', 'held');
CREATE INDEX events_status ON events (status);
CREATE TABLE targets (
    name TEXT PRIMARY KEY,
    disabled_ms INTEGER,
    disabled_why TEXT,
    slow_until_ms INTEGER NOT NULL DEFAULT 0,
    slow_streak INTEGER NOT NULL DEFAULT 0,
    tokens REAL NOT NULL DEFAULT 0,
    tokens_ms INTEGER NOT NULL DEFAULT 0,
    delivered INTEGER NOT NULL DEFAULT 0,
    failed INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;
CREATE TABLE leases (id INTEGER PRIMARY KEY AUTOINCREMENT, until_ms INTEGER NOT NULL);
CREATE TABLE journal (seq INTEGER PRIMARY KEY AUTOINCREMENT, entry TEXT NOT NULL);
";

/// Makes an empty file that only its owner may read, if there is none.
pub fn create_private(path: &Path) -> std::io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        other => other.map(|_| ()),
    }
}

/// Settings of a connection, and the tables where there are none.
pub fn prepare(connection: &mut Connection, busy_ms: u64) -> rusqlite::Result<()> {
    connection.busy_timeout(Duration::from_millis(busy_ms))?;
    connection.set_prepared_statement_cache_capacity(64);
    // What is in a file that somebody else could write is data, never code.
    connection.pragma_update(None, "trusted_schema", false)?;
    connection.pragma_update(None, "cell_size_check", true)?;
    let (application, version) = identity(connection)?;
    if version > VERSION || (application != 0 && application != APPLICATION) || (application == 0 && !is_empty(connection)?) {
        // Told by the caller; nothing of it is touched.
        return Ok(());
    }
    write_ahead(connection)?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    // What is erased, such as a sealed secret, is overwritten.
    connection.pragma_update(None, "secure_delete", true)?;
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    if identity(&transaction)?.1 == 0 {
        transaction.execute_batch(TABLES)?;
        transaction.pragma_update(None, "application_id", APPLICATION)?;
        transaction.pragma_update(None, "user_version", VERSION)?;
    }
    transaction.commit()
}

/// Whose file it is, and of which version; both 0 for a new one.
pub fn identity(connection: &Connection) -> rusqlite::Result<(i64, i64)> {
    let number = |name| connection.pragma_query_value(None, name, |row| row.get(0));
    Ok((number("application_id")?, number("user_version")?))
}

fn is_empty(connection: &Connection) -> rusqlite::Result<bool> {
    connection.query_row("SELECT NOT EXISTS (SELECT 1 FROM sqlite_schema)", [], |row| row.get(0))
}

fn write_ahead(connection: &Connection) -> rusqlite::Result<()> {
    let mut tries = 0;
    loop {
        let switched = connection.pragma_update_and_check(None, "journal_mode", "WAL", |row| row.get::<_, String>(0));
        match switched {
            Err(rusqlite::Error::SqliteFailure(error, _)) if error.code == ErrorCode::DatabaseBusy && tries < SWITCH_TRIES => {
                tries += 1;
                std::thread::sleep(Duration::from_millis(20));
            }
            other => return other.map(|_| ()),
        }
    }
}
