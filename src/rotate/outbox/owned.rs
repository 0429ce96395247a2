//! Owners of exposures in the outbox, and what they approve.

use rusqlite::{Connection, OptionalExtension as _, params};
use serde_json::json;

use super::change::{Closed, Who};
use super::journal::note;
use super::{Outbox, OutboxError};
use crate::rotate::approval::{Leaker, Ownership, four_eyes, may};
use crate::rotate::config::ApprovalRules;

/// Keeps who owns an exposure. What was known before stays, unless it named nobody: who changes a repository afterwards names nobody else.
pub(super) fn keep(connection: &Connection, exposure: i64, ownership: Option<&Ownership>) -> rusqlite::Result<()> {
    let Some(ownership) = ownership else { return Ok(()) };
    let before = kept(connection, exposure)?;
    if before.is_some_and(|before| !before.owners.is_empty()) {
        return Ok(());
    }
    let mut update = connection.prepare_cached("UPDATE exposures SET owners = ?2 WHERE id = ?1")?;
    update.execute(params![exposure, ownership.written()]).map(|_| ())
}

/// Who owns an exposure, as far as it was ever asked.
fn kept(connection: &Connection, exposure: i64) -> rusqlite::Result<Option<Ownership>> {
    let mut select = connection.prepare_cached("SELECT owners FROM exposures WHERE id = ?1")?;
    let text: Option<Option<String>> = select.query_row([exposure], |row| row.get(0)).optional()?;
    Ok(text.flatten().map(|text| Ownership::read(&text)))
}

/// What is asked of somebody who approves or rejects.
#[derive(Clone, Copy, Debug)]
pub struct Right<'r> {
    /// What the configuration says of owners.
    pub rules: &'r ApprovalRules,
    /// Why it is done without an owner, in an emergency. Who leaked the secret may not do it either way.
    pub forced: Option<&'r str>,
}

/// What is known of an exposure that somebody wants to decide over.
struct Case {
    fingerprint: String,
    generation: u32,
    ownership: Option<Ownership>,
}

impl Outbox {
    /// Lets the events of an exposure go out that wait for a person. Not by who leaked the secret, and where a target asks for an owner, by one
    /// of them alone. A refusal is in the audit log as well.
    ///
    /// # Errors
    /// The state file cannot be written.
    pub fn approve(&mut self, exposure: i64, who: Who<'_>, right: Right<'_>) -> Result<Closed, OutboxError> {
        self.write(|connection| {
            let case = case(connection, exposure)?;
            let asks = "SELECT coalesce(max(approval = 'owner'), 0), count(*) FROM events WHERE exposure = ?1 AND status = 'held'";
            let (needs_owner, held): (bool, i64) = connection.query_row(asks, [exposure], |row| Ok((row.get(0)?, row.get(1)?)))?;
            if held == 0 {
                return Ok(Closed::Already);
            }
            let because = match case.judged(needs_owner, who.name, right) {
                Ok(because) => because,
                Err(why) => return case.refuse(connection, "approval-refused", who, why),
            };
            let update = "UPDATE events SET status = 'pending', next_ms = ?2, approved_ms = ?2, approved_by = ?3, approved_from = ?4, approved_as = ?5
                 WHERE exposure = ?1 AND status = 'held'";
            connection.execute(update, params![exposure, who.now_ms, who.name, who.from, because])?;
            let about = json!({
                "fingerprint": case.fingerprint, "generation": case.generation, "by": who.name, "from": who.from, "as": because,
            });
            note(connection, who.now_ms, if right.forced.is_some() { "approved-by-override" } else { "approved" }, about)?;
            Ok(Closed::Done)
        })
    }

    /// Whether somebody may say that an exposure is no secret: where a target asks for an owner, who may approve, since otherwise whoever leaked it
    /// could make it go away. A refusal is in the audit log as well.
    ///
    /// # Errors
    /// The state file cannot be written.
    pub fn may_reject(&mut self, exposure: i64, who: Who<'_>, right: Right<'_>) -> Result<Closed, OutboxError> {
        self.write(|connection| {
            let asks = "SELECT EXISTS (SELECT 1 FROM events WHERE exposure = ?1 AND approval = 'owner')";
            let needs_owner: bool = connection.query_row(asks, [exposure], |row| row.get(0))?;
            let case = case(connection, exposure)?;
            match case.judged(needs_owner, who.name, right) {
                Err(why) if needs_owner => case.refuse(connection, "rejection-refused", who, why),
                Ok(because) if right.forced.is_some() => {
                    let about = json!({"fingerprint": case.fingerprint, "generation": case.generation, "by": who.name, "from": who.from, "as": because});
                    note(connection, who.now_ms, "rejection-by-override", about)?;
                    Ok(Closed::Done)
                }
                _ => Ok(Closed::Done),
            }
        })
    }
}

fn case(connection: &Connection, exposure: i64) -> rusqlite::Result<Case> {
    let select = "SELECT fingerprint, generation, author, owners FROM exposures WHERE id = ?1";
    connection.query_row(select, [exposure], |row| {
        let (author, owners): (Option<String>, Option<String>) = (row.get(2)?, row.get(3)?);
        let mut ownership = owners.map(|text| Ownership::read(&text));
        if let Some(author) = author {
            let own = ownership.get_or_insert_default();
            let (name, email) = if author.contains('@') { (String::new(), author) } else { (author, String::new()) };
            own.leakers.push(Leaker { name, email });
        }
        Ok(Case { fingerprint: row.get(0)?, generation: row.get(1)?, ownership })
    })
}

impl Case {
    /// As what `name` may decide, or why not.
    fn judged(&self, needs_owner: bool, name: &str, right: Right<'_>) -> Result<String, String> {
        let ownership = self.ownership.as_ref();
        match right.forced {
            Some(why) => four_eyes(ownership, right.rules, name).map(|()| format!("override: {why}")),
            None if needs_owner => may(ownership, right.rules, name),
            None => four_eyes(ownership, right.rules, name).map(|()| "anybody".to_owned()),
        }
    }

    fn refuse(&self, connection: &Connection, what: &str, who: Who<'_>, why: String) -> rusqlite::Result<Closed> {
        let about = json!({"fingerprint": self.fingerprint, "generation": self.generation, "by": who.name, "from": who.from, "why": why});
        note(connection, who.now_ms, what, about)?;
        Ok(Closed::Refused(why))
    }
}
