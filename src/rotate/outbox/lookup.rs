//! From what a person types to an exposure: an event's id, a fingerprint, or the beginning of one of them.

use rusqlite::{Connection, params};

use super::{Outbox, OutboxError};

/// Fewest characters of a beginning.
const FEWEST: usize = 6;

/// What a person's word stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// This exposure, the latest of its secret.
    Exposure(i64),
    /// Nothing.
    Nothing,
    /// So many secrets.
    Several(usize),
    /// It is too short, or has characters that no id has.
    Unusable,
}

impl Outbox {
    /// The exposure that `word` stands for: an event's id (`evt_…`), a fingerprint, its 32 digits, or the first 6 or more characters of them.
    ///
    /// # Errors
    /// The state file cannot be read.
    pub fn find(&self, word: &str) -> Result<Found, OutboxError> {
        let is_known = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b":_-".contains(&byte);
        let length = word.strip_prefix("evt_").unwrap_or(word).len();
        if length < FEWEST || word.len() > 128 || !word.bytes().all(is_known) {
            return Ok(Found::Unusable);
        }
        self.told(find(&self.connection, word))
    }
}

fn find(connection: &Connection, word: &str) -> rusqlite::Result<Found> {
    // `_` stands for any character in LIKE; `substr` takes the word as it is.
    let sql = match () {
        () if word.starts_with("evt_") => "SELECT exposure FROM events WHERE substr(id, 1, length(?1)) = ?1 LIMIT 1000",
        () if word.starts_with("v1:") => "SELECT id FROM exposures WHERE substr(fingerprint, 1, length(?1)) = ?1 LIMIT 1000",
        () => "SELECT id FROM exposures WHERE substr(fingerprint, -32, length(?1)) = ?1 LIMIT 1000",
    };
    let mut select = connection.prepare_cached(sql)?;
    let exposures: Vec<i64> = select.query_map(params![word], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
    let mut fingerprints = std::collections::BTreeMap::new();
    let mut name = connection.prepare_cached("SELECT fingerprint, generation FROM exposures WHERE id = ?1")?;
    for id in exposures {
        let (fingerprint, generation): (String, u32) = name.query_row([id], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let latest = fingerprints.entry(fingerprint).or_insert((generation, id));
        *latest = (*latest).max((generation, id));
    }
    Ok(match fingerprints.len() {
        0 => Found::Nothing,
        1 => Found::Exposure(fingerprints.into_values().next().map_or(0, |(_, id)| id)),
        more => Found::Several(more),
    })
}
