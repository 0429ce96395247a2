//! From a report to exposures and events: which are new, which are known, and which are exposed again.

mod again;
mod gone;
#[cfg(test)]
mod tests;
mod write;

use rusqlite::{Connection, params};
use serde_json::json;
use sha2::{Digest as _, Sha256};

use super::journal::note;
use super::{Outbox, OutboxError, owned};
use crate::finding::{Finding, Subject};
use crate::report::{Report, redacted};
use crate::rotate::approval::Ownerships;
use crate::rotate::config::{Asked, RotationConfig, Target};
use crate::rotate::look;
use crate::rotate::seal::Key;
use crate::rotate::time::SECOND_MS;
use again::Known;

/// Findings of one transaction: others wait while it lasts.
const AT_ONCE: usize = 1_000;
/// Places of one exposure and look that are kept.
const MOST_PLACES: usize = 2_000;

/// What to enqueue, and for whom.
#[derive(Clone, Copy)]
pub struct Given<'g> {
    /// The report, of a scan just made or a saved one.
    pub report: &'g Report,
    /// Who gets what.
    pub config: &'g RotationConfig,
    /// Where the secrets are exposed.
    pub source: &'g str,
    /// Who owns the secrets, where somebody asked.
    pub owners: Option<&'g Ownerships>,
    /// Whether the findings hold their secrets: those of a scan just made do, saved ones do not, whatever stands in them.
    pub has_secrets: bool,
    /// The time.
    pub now_ms: i64,
}

/// What came of a report.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Enqueued {
    /// Exposures that were not known.
    pub new: u64,
    /// Exposures of secrets that had been rotated before.
    pub again: u64,
    /// Findings that were known.
    pub known: u64,
    /// Events that were written.
    pub events: u64,
    /// Of those, events that a person has to approve first.
    pub held: u64,
    /// Findings that no target is about.
    pub unwanted: u64,
    /// Findings without a fingerprint that keysieve could have written.
    pub unusable: u64,
    /// Events that were not written: their targets are sent the secret itself, and there is none.
    pub without_secret: u64,
    /// Known exposures that the same look does not find any more.
    pub gone: u64,
    /// The same, but found with other rules then, so that nothing can be said.
    pub unsure: u64,
}

impl Outbox {
    /// Writes an event for each exposed secret and each target that is about it, unless it is there already.
    ///
    /// # Errors
    /// The state file cannot be written. What was written up to then stays, and doing it again adds the rest.
    pub fn enqueue(&mut self, given: Given<'_>) -> Result<Enqueued, OutboxError> {
        // A secret can stand in the name of a file as well.
        let report = redacted(given.report);
        let given = Given { report: &report, ..given };
        let mut sum = Enqueued::default();
        let (look, run) = self.write(|connection| Ok((look(connection, given)?, next_run(connection)?)))?;
        let findings: Vec<_> = look::exposed(&report).collect();
        let is_plain = given.has_secrets && !findings.is_empty() && given.config.targets.iter().any(Target::takes_plain_secrets);
        let key = is_plain.then(|| self.key_or_new()).transpose()?;
        for findings in findings.chunks(AT_ONCE) {
            self.write(|connection| {
                let mut writer = Writer { connection, given, key: key.as_ref(), look, run, sum };
                findings.iter().try_for_each(|finding| writer.finding(finding))?;
                sum = writer.sum;
                Ok(())
            })?;
        }
        let (gone, unsure) = self.write(|connection| gone::settle(connection, given, look, run))?;
        Ok(Enqueued { gone, unsure, ..sum })
    }
}

/// Number of this look at this source.
fn look(connection: &Connection, given: Given<'_>) -> rusqlite::Result<i64> {
    let look = look::text(given.report);
    connection.execute("INSERT OR IGNORE INTO looks (source, look) VALUES (?1, ?2)", params![given.source, look])?;
    connection.query_row("SELECT id FROM looks WHERE source = ?1 AND look = ?2", params![given.source, look], |row| row.get(0))
}

fn next_run(connection: &Connection) -> rusqlite::Result<i64> {
    let next = "INSERT INTO meta (key, value) VALUES ('run', 1) ON CONFLICT (key) DO UPDATE SET value = value + 1 RETURNING value";
    connection.query_row(next, [], |row| row.get(0))
}

struct Writer<'c> {
    connection: &'c Connection,
    given: Given<'c>,
    /// Seals secrets that are sent as they are.
    key: Option<&'c Key>,
    look: i64,
    run: i64,
    sum: Enqueued,
}

impl Writer<'_> {
    fn finding(&mut self, finding: &Finding) -> rusqlite::Result<()> {
        if !look::is_usable(&finding.fingerprint) {
            self.sum.unusable += 1;
            return Ok(());
        }
        let wanted: Vec<&Target> = self.given.config.targets.iter().filter(|target| takes(target, finding)).collect();
        let known = self.known(finding.fingerprint.as_str())?;
        if wanted.is_empty() && known.is_none() {
            self.sum.unwanted += 1;
            return Ok(());
        }
        let exposure = match known {
            Some(known) if known.is_rejected => {
                self.sum.known += 1;
                return self.see(known.id, finding);
            }
            Some(known) if known.rotated_ms.is_some() && self.is_again(&known, finding)? => {
                self.sum.again += 1;
                self.expose(finding, known.generation + 1, known.rotated_ms)?
            }
            Some(known) => {
                self.sum.known += 1;
                self.take_back(&known, finding)?;
                Exposed { id: known.id, generation: known.generation, before_ms: None, known: Some(known) }
            }
            None => {
                self.sum.new += 1;
                self.expose(finding, 1, None)?
            }
        };
        self.see(exposure.id, finding)?;
        // What was rotated before a target was added needs no event any more.
        if exposure.known.as_ref().is_some_and(|known| known.rotated_ms.is_some()) {
            return Ok(());
        }
        owned::keep(self.connection, exposure.id, self.given.owners.and_then(|owners| owners.of(finding.fingerprint.as_str())))?;
        wanted.into_iter().try_for_each(|target| self.event(target, finding, &exposure))
    }

    fn expose(&self, finding: &Finding, generation: u32, before_ms: Option<i64>) -> rusqlite::Result<Exposed> {
        let now = self.given.now_ms;
        let allowed = i64::try_from(self.given.config.deadline(finding.severity)).unwrap_or(i64::MAX / SECOND_MS);
        let deadline_ms = now.saturating_add(allowed.saturating_mul(SECOND_MS));
        let first = finding.exposure.as_ref().and_then(|exposure| exposure.first.as_ref()).filter(|_| generation == 1);
        let leaked_ms = first.map(|first| first.seconds.saturating_mul(SECOND_MS));
        let author = first.map(|first| cut(if first.email.is_empty() { &first.author } else { &first.email }));
        let mut insert = self.connection.prepare_cached(
            "INSERT INTO exposures (fingerprint, generation, rule, rule_name, severity, masked, source, author, leaked_ms, detected_ms, deadline_ms)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
        )?;
        let id = insert.insert(params![
            finding.fingerprint.as_str(),
            generation,
            cut(&finding.rule.id),
            cut(&finding.rule.name),
            finding.severity.as_str(),
            cut(&finding.masked),
            self.given.source,
            author,
            leaked_ms,
            now,
            deadline_ms,
        ])?;
        let about = json!({
            "fingerprint": finding.fingerprint, "generation": generation, "rule": cut(&finding.rule.id), "severity": finding.severity,
            "source": self.given.source, "look": self.given.report.scope.kind,
        });
        note(self.connection, now, if generation > 1 { "reexposed" } else { "detected" }, about)?;
        Ok(Exposed { id, generation, before_ms, known: None })
    }

    /// Remembers where this look saw it.
    fn see(&self, exposure: i64, finding: &Finding) -> rusqlite::Result<()> {
        let mut seen =
            self.connection.prepare_cached("INSERT OR REPLACE INTO seen (exposure, look, run, rules) VALUES (?1, ?2, ?3, ?4)")?;
        seen.execute(params![exposure, self.look, self.run, self.given.report.tool.ruleset.digest])?;
        let mut insert = self.connection.prepare_cached("INSERT OR IGNORE INTO places (exposure, look, place) VALUES (?1, ?2, ?3)")?;
        look::paths(finding).take(MOST_PLACES).try_for_each(|path| insert.execute(params![exposure, self.look, place(&path)]).map(|_| ()))
    }
}

/// An exposure that events are about.
struct Exposed {
    id: i64,
    generation: u32,
    before_ms: Option<i64>,
    known: Option<Known>,
}

fn takes(target: &Target, finding: &Finding) -> bool {
    let Finding { rule, severity, confidence, identity, .. } = finding;
    // A file that should not be there is no token that could be sent.
    let is_told = finding.subject != Subject::File || !target.format.sends_secret();
    is_told && target.select.takes(Asked { rule: &rule.id, severity: *severity, confidence: *confidence, identity }, look::paths(finding))
}

/// A path as a number: what is asked is only whether it is the same one.
fn place(path: &str) -> i64 {
    let hash = Sha256::digest(path);
    i64::from_be_bytes(hash.first_chunk().copied().unwrap_or_default())
}

/// Foreign text that goes into the ledger: its beginning, without control characters.
fn cut(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(200).collect()
}
