//! What the same look found before and does not find any more.

use rusqlite::{Connection, params};
use serde_json::json;

use super::super::journal::note;
use super::Given;
use crate::report::ScopeKind;
use crate::rotate::look;

/// What the same look saw before and does not see now. Only a look at everything, with the same rules and to its end, can say so.
pub(super) fn settle(connection: &Connection, given: Given<'_>, look: i64, run: i64) -> rusqlite::Result<(u64, u64)> {
    let report = given.report;
    let (column, what) = match report.scope.kind {
        ScopeKind::Worktree => ("gone_ms", "gone"),
        ScopeKind::History => ("purged_ms", "purged"),
        _ => return Ok((0, 0)),
    };
    if !look::is_complete(report) {
        return Ok((0, 0));
    }
    let mut still = connection
        .prepare_cached("UPDATE seen SET run = ?3 WHERE look = ?2 AND exposure IN (SELECT id FROM exposures WHERE fingerprint = ?1)")?;
    for suppressed in report.suppressed() {
        still.execute(params![suppressed.fingerprint.as_str(), look, run])?;
    }
    let missing = format!(
        "SELECT exposures.id, fingerprint, generation, rules FROM seen JOIN exposures ON exposures.id = seen.exposure
         WHERE seen.look = ?1 AND seen.run <> ?2 AND {column} IS NULL AND NOT EXISTS (
             SELECT 1 FROM exposures later WHERE later.fingerprint = exposures.fingerprint AND later.generation > exposures.generation)"
    );
    let mut select = connection.prepare_cached(&missing)?;
    let rows = select.query_map(params![look, run], |row| {
        Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?, row.get::<_, u32>(2)?, row.get::<_, String>(3)?))
    })?;
    let rows: Vec<_> = rows.collect::<rusqlite::Result<_>>()?;
    let (mut gone, mut unsure) = (0, 0);
    let mut update = connection.prepare_cached(&format!("UPDATE exposures SET {column} = ?2 WHERE id = ?1"))?;
    for (id, fingerprint, generation, rules) in rows {
        if rules != report.tool.ruleset.digest {
            unsure += 1;
            continue;
        }
        gone += 1;
        update.execute(params![id, given.now_ms])?;
        note(connection, given.now_ms, what, json!({"fingerprint": fingerprint, "generation": generation, "source": given.source}))?;
    }
    Ok((gone, unsure))
}
