//! A known secret that is found: whether it is exposed again, and which steps that takes back or adds.

use rusqlite::{OptionalExtension as _, params};
use serde_json::json;

use super::super::journal::note;
use super::{MOST_PLACES, Writer, place};
use crate::finding::{Finding, Reach};
use crate::report::ScopeKind;
use crate::rotate::look;

/// What is known of the latest exposure of a secret.
pub(super) struct Known {
    pub(super) id: i64,
    pub(super) generation: u32,
    pub(super) rotated_ms: Option<i64>,
    pub(super) is_rejected: bool,
    pub(super) was_gone: bool,
    pub(super) was_purged: bool,
    pub(super) detected_ms: i64,
    pub(super) deadline_ms: i64,
}

impl Writer<'_> {
    pub(super) fn known(&self, fingerprint: &str) -> rusqlite::Result<Option<Known>> {
        let mut select = self.connection.prepare_cached(
            "SELECT id, generation, rotated_ms, rejected_ms IS NOT NULL, gone_ms IS NOT NULL, purged_ms IS NOT NULL, detected_ms, deadline_ms
             FROM exposures WHERE fingerprint = ?1 ORDER BY generation DESC LIMIT 1",
        )?;
        let read = |row: &rusqlite::Row<'_>| {
            Ok(Known {
                id: row.get(0)?,
                generation: row.get(1)?,
                rotated_ms: row.get(2)?,
                is_rejected: row.get(3)?,
                was_gone: row.get(4)?,
                was_purged: row.get(5)?,
                detected_ms: row.get(6)?,
                deadline_ms: row.get(7)?,
            })
        };
        select.query_row([fingerprint], read).optional()
    }

    /// Whether a rotated secret is exposed again: after it was gone, or where this look did not see it before.
    pub(super) fn is_again(&self, known: &Known, finding: &Finding) -> rusqlite::Result<bool> {
        let is_back = match self.given.report.scope.kind {
            ScopeKind::Worktree | ScopeKind::Staged => known.was_gone,
            ScopeKind::History => {
                known.was_purged || (known.was_gone && finding.exposure.as_ref().is_some_and(|exposure| exposure.in_head))
            }
            _ => false,
        };
        if is_back {
            return Ok(true);
        }
        let mut looked = self.connection.prepare_cached("SELECT 1 FROM seen WHERE exposure = ?1 AND look = ?2")?;
        if !looked.exists(params![known.id, self.look])? {
            return Ok(false);
        }
        let mut select = self.connection.prepare_cached("SELECT 1 FROM places WHERE exposure = ?1 AND look = ?2 AND place = ?3")?;
        for path in look::paths(finding).take(MOST_PLACES) {
            if !select.exists(params![known.id, self.look, place(&path)])? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// A secret that is there again before it was rotated was not gone.
    pub(super) fn take_back(&self, known: &Known, finding: &Finding) -> rusqlite::Result<()> {
        let kind = self.given.report.scope.kind;
        let is_there = kind == ScopeKind::Worktree || finding.exposure.as_ref().is_some_and(|exposure| exposure.in_head);
        if known.rotated_ms.is_none() && ((known.was_gone && is_there) || (known.was_purged && kind == ScopeKind::History)) {
            let update = "UPDATE exposures SET gone_ms = CASE WHEN ?2 THEN NULL ELSE gone_ms END, purged_ms = NULL, unreferenced_ms = NULL WHERE id = ?1";
            self.connection.prepare_cached(update)?.execute(params![known.id, is_there])?;
            return note(
                self.connection,
                self.given.now_ms,
                "back",
                json!({"fingerprint": finding.fingerprint, "generation": known.generation}),
            );
        }
        let Some(exposure) = finding.exposure.as_ref().filter(|_| kind == ScopeKind::History) else { return Ok(()) };
        let now = self.given.now_ms;
        if !exposure.in_head {
            self.once(known, finding, "gone_ms", "gone", now)?;
        }
        if exposure.reach != Reach::Refs {
            self.once(known, finding, "unreferenced_ms", "unreferenced", now)?;
        }
        Ok(())
    }

    /// Sets the time of a step that has none.
    fn once(&self, known: &Known, finding: &Finding, column: &str, what: &str, now_ms: i64) -> rusqlite::Result<()> {
        let update = format!("UPDATE exposures SET {column} = ?2 WHERE id = ?1 AND {column} IS NULL");
        if self.connection.prepare_cached(&update)?.execute(params![known.id, now_ms])? == 0 {
            return Ok(());
        }
        note(self.connection, now_ms, what, json!({"fingerprint": finding.fingerprint, "generation": known.generation}))
    }
}
