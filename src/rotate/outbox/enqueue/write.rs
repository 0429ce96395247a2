//! Writes the event about one exposure for one target.

use rusqlite::params;
use serde_json::json;

use super::super::journal::note;
use super::{Exposed, Writer};
use crate::finding::Finding;
use crate::rotate::config::Target;
use crate::rotate::event::{self, About};
use crate::rotate::time::SECOND_MS;

impl Writer<'_> {
    pub(super) fn event(&mut self, target: &Target, finding: &Finding, exposed: &Exposed) -> rusqlite::Result<()> {
        let mut select = self.connection.prepare_cached("SELECT 1 FROM events WHERE exposure = ?1 AND target = ?2")?;
        if select.exists(params![exposed.id, target.name])? {
            return Ok(());
        }
        let now = self.given.now_ms;
        let id = event::id(finding.fingerprint.as_str(), exposed.generation, &target.name);
        let (detected_ms, deadline_ms) = match &exposed.known {
            Some(known) => (known.detected_ms, known.deadline_ms),
            None => (now, now.saturating_add(i64::try_from(self.given.config.deadline(finding.severity)).unwrap_or(0) * SECOND_MS)),
        };
        let about = About {
            source: self.given.source,
            tool: &self.given.report.tool,
            generation: exposed.generation,
            rotated_before_ms: exposed.before_ms,
            detected_ms,
            deadline_ms,
        };
        let body = event::body(&id, finding, about);
        let status = if target.require_approval { "held" } else { "pending" };
        let mut insert = self.connection.prepare_cached(
            "INSERT INTO events (id, exposure, target, fingerprint, format, body, status, created_ms, next_ms)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?8)",
        )?;
        insert.execute(params![id, exposed.id, target.name, finding.fingerprint.as_str(), target.format.as_str(), body, status, now])?;
        self.sum.events += 1;
        self.sum.held += u64::from(target.require_approval);
        note(
            self.connection,
            now,
            "enqueued",
            json!({"event": id, "target": target.name, "fingerprint": finding.fingerprint, "status": status}),
        )
    }
}
