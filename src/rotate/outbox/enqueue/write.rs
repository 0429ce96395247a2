//! Writes the event about one exposure for one target, and what goes with it of the secret.

use rusqlite::{OptionalExtension as _, params};
use serde_json::json;

use super::super::journal::note;
use super::{Exposed, Writer};
use crate::finding::{Finding, Subject};
use crate::rotate::config::{Approval, IncludeSecret, Target};
use crate::rotate::event::{self, About, Enclosed};
use crate::rotate::time::SECOND_MS;

/// What goes with an event of the secret.
#[derive(Default)]
struct Letter {
    /// An age file for the receiver.
    encrypted: Option<String>,
    /// An age file for this machine, until it is sent.
    sealed: Option<Vec<u8>>,
}

impl Writer<'_> {
    pub(super) fn event(&mut self, target: &Target, finding: &Finding, exposed: &Exposed) -> rusqlite::Result<()> {
        let mut select = self.connection.prepare_cached("SELECT seq, sealed = x'' FROM events WHERE exposure = ?1 AND target = ?2")?;
        let read = |row: &rusqlite::Row<'_>| Ok((row.get::<_, i64>(0)?, row.get::<_, Option<bool>>(1)? == Some(true)));
        let there = select.query_row(params![exposed.id, target.name], read).optional()?;
        if let Some((_, false)) = there {
            return Ok(());
        }
        let Some(letter) = self.letter(target, finding) else {
            self.sum.without_secret += u64::from(there.is_none());
            return Ok(());
        };
        if let Some((seq, _)) = there {
            return self.seal_again(seq, &letter);
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
            owners: self.given.owners.and_then(|owners| owners.of(finding.fingerprint.as_str())),
            enclosed: match (&letter.encrypted, &letter.sealed) {
                (Some(text), _) => Enclosed::Encrypted(text),
                (None, Some(_)) => Enclosed::Room(event::room(&finding.secret)),
                (None, None) => Enclosed::Nothing,
            },
        };
        let body = event::body(&id, finding, about);
        let status = if target.require_approval == Approval::None { "pending" } else { "held" };
        let approval = target.require_approval.as_str();
        let mut insert = self.connection.prepare_cached(
            "INSERT INTO events (id, exposure, target, fingerprint, format, body, status, created_ms, next_ms, sealed, approval)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?8, ?9, ?10)",
        )?;
        insert.execute(params![
            id,
            exposed.id,
            target.name,
            finding.fingerprint.as_str(),
            target.format.as_str(),
            body,
            status,
            now,
            letter.sealed,
            approval
        ])?;
        self.sum.events += 1;
        self.sum.held += u64::from(approval.is_some());
        note(
            self.connection,
            now,
            "enqueued",
            json!({"event": id, "target": target.name, "fingerprint": finding.fingerprint, "status": status}),
        )
    }

    /// What goes with the event; none if the target is sent the secret and there is none. A file that should not be there has none to send.
    fn letter(&self, target: &Target, finding: &Finding) -> Option<Letter> {
        let has_secret = self.given.has_secrets && !finding.secret.is_empty();
        match &target.include_secret {
            _ if finding.subject == Subject::File => Some(Letter::default()),
            IncludeSecret::Never => Some(Letter::default()),
            _ if !has_secret => None,
            IncludeSecret::Encrypted(recipient) => {
                Some(Letter { encrypted: Some(recipient.encrypt(&finding.secret)), ..Letter::default() })
            }
            IncludeSecret::Plain => Some(Letter { sealed: Some(self.key?.seal(&finding.secret)), ..Letter::default() }),
        }
    }

    /// Gives an event back the secret that was erased when it was given up.
    fn seal_again(&self, seq: i64, letter: &Letter) -> rusqlite::Result<()> {
        let update = "UPDATE events SET sealed = ?2 WHERE seq = ?1 AND sealed = x'' AND status IN ('pending', 'held', 'dead', 'skipped')";
        self.connection.prepare_cached(update)?.execute(params![seq, letter.sealed]).map(|_| ())
    }
}
