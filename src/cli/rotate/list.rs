//! `rotate status`, `rotate dead-letters` and `rotate check`.

use std::process::ExitCode;

use serde_json::{Value, json};

use keysieve::report::escaped;
use keysieve::rotate::outbox::{EventRow, ExposureRow, Outbox, State};
use keysieve::rotate::time::{self, SECOND_MS};

use super::{approve, existing, place};
use crate::cli::args::{ListArgs, ListFormat, TargetsArgs};
use crate::cli::{exit, output};

/// Most events that were given up that are listed.
const MOST: u32 = 1_000;

/// Shows what is open.
///
/// # Errors
/// The state file cannot be read.
pub fn status(all: bool, list: &ListArgs, targets: &TargetsArgs) -> anyhow::Result<ExitCode> {
    let outbox = existing(&list.state)?;
    let now_ms = place::now_ms();
    let (mut rows, mut open, mut overdue, mut settled) = (Vec::new(), 0, 0, 0);
    outbox.exposures(|row| {
        let is_settled = row.state().is_settled();
        open += u64::from(!is_settled);
        settled += u64::from(is_settled);
        overdue += u64::from(!is_settled && row.deadline_ms < now_ms);
        if all || !is_settled {
            rows.push(row);
        }
        true
    })?;
    let text = match list.format {
        ListFormat::Json => {
            let rows: Vec<_> = rows.iter().map(|row| exposure_json(row, now_ms)).collect();
            let (counts, targets) = (outbox.counts()?, targets_json(&outbox)?);
            let events = json!({
                "pending": counts.pending, "held": counts.held, "delivered": counts.delivered, "dead": counts.dead, "skipped": counts.skipped,
                "rejected": counts.rejected,
            });
            format!(
                "{:#}\n",
                json!({"open": open, "overdue": overdue, "settled": settled, "exposures": rows, "events": events, "targets": targets})
            )
        }
        ListFormat::Human => {
            let mut text = format!("{open} open, {overdue} of them overdue; {settled} settled\n");
            text.push_str(&table(&rows, now_ms));
            text.push_str(&sending(&outbox, now_ms)?);
            text.push_str(&approve::waiting(&outbox, targets)?);
            text
        }
    };
    output::print(&text)?;
    Ok(ExitCode::from(exit::CLEAN))
}

fn table(rows: &[ExposureRow], now_ms: i64) -> String {
    let mut text = String::new();
    if !rows.is_empty() {
        text.push_str(&format!("\n{:<9}  {:<12}  {:<8}  {:<16}  RULE\n", "ID", "STATE", "SEVERITY", "ROTATE"));
    }
    for row in rows {
        let (id, state, severity) = (row.short(), row.state().as_str(), &row.severity);
        let again = if row.generation > 1 { ", exposed again" } else { "" };
        let rule = escaped(&row.rule);
        text.push_str(&format!("{id:<9}  {state:<12}  {severity:<8}  {:<16}  {rule}{again}\n", until(row, now_ms)));
    }
    text
}

/// When it has to be rotated, from now on.
fn until(row: &ExposureRow, now_ms: i64) -> String {
    if row.state().is_settled() {
        return match row.state() {
            State::Rejected => "-".to_owned(),
            _ => "done".to_owned(),
        };
    }
    let left = (row.deadline_ms - now_ms) / SECOND_MS;
    if left < 0 { format!("overdue {}", time::length(-left)) } else { format!("in {}", time::length(left)) }
}

/// What waits to be sent, and targets that are in trouble.
fn sending(outbox: &Outbox, now_ms: i64) -> anyhow::Result<String> {
    let counts = outbox.counts()?;
    let mut text = format!("\nevents: {} delivered, {} waiting", counts.delivered, counts.pending);
    for (count, what) in [
        (counts.held, "waiting for approval"),
        (counts.dead, "given up (see `keysieve rotate dead-letters`)"),
        (counts.skipped, "of no use to their receiver (see `keysieve rotate show ID`)"),
    ] {
        if count > 0 {
            text.push_str(&format!(", {count} {what}"));
        }
    }
    text.push('\n');
    for target in outbox.targets()? {
        let name = escaped(&target.name);
        if let Some(since) = target.disabled_ms {
            let why = escaped(target.disabled_why.as_deref().unwrap_or_default()).into_owned();
            text.push_str(&format!(
                "target {name}: not called since {}: {why}; `keysieve rotate retry --target {name}`\n",
                time::written(since)
            ));
        } else if target.slow_until_ms > now_ms {
            text.push_str(&format!(
                "target {name}: overloaded, left alone for {}\n",
                time::length((target.slow_until_ms - now_ms) / SECOND_MS)
            ));
        }
    }
    complaints(outbox, &mut text)?;
    Ok(text)
}

fn complaints(outbox: &Outbox, text: &mut String) -> anyhow::Result<()> {
    for (target, why, count) in outbox.failures()? {
        text.push_str(&format!("target {}: {count} failed so far: {}\n", escaped(&target), escaped(&why)));
    }
    Ok(())
}

/// Says on standard error why events could not be delivered.
///
/// # Errors
/// The state file cannot be read.
pub fn complain_of_failures(outbox: &Outbox) -> anyhow::Result<()> {
    let mut text = String::new();
    complaints(outbox, &mut text)?;
    anstream::eprint!("{text}");
    Ok(())
}

/// Lists what was given up.
///
/// # Errors
/// The state file cannot be read.
pub fn dead_letters(list: &ListArgs) -> anyhow::Result<ExitCode> {
    let outbox = existing(&list.state)?;
    let rows = outbox.events_in("dead", MOST)?;
    output::print(&match list.format {
        ListFormat::Json => format!("{:#}\n", Value::from(rows.iter().map(event_json).collect::<Vec<_>>())),
        ListFormat::Human if rows.is_empty() => "nothing was given up\n".to_owned(),
        ListFormat::Human => {
            let line = |row: &EventRow| {
                let why = escaped(row.error.as_deref().unwrap_or("unknown")).into_owned();
                let last = row.last_ms.map(time::written).unwrap_or_default();
                format!("{}  {}  {} attempts, last {last}: {why}\n", row.id, escaped(&row.target), row.attempts)
            };
            rows.iter().map(line).collect::<String>()
                + "\n`keysieve rotate retry ID` or `keysieve rotate retry --target NAME` tries again\n"
        }
    })?;
    Ok(ExitCode::from(exit::CLEAN))
}

/// Whether something is overdue.
///
/// # Errors
/// The state file cannot be read.
pub fn check(max_age_seconds: Option<u64>, list: &ListArgs) -> anyhow::Result<ExitCode> {
    let outbox = existing(&list.state)?;
    let now_ms = place::now_ms();
    let longest = max_age_seconds.map(|seconds| i64::try_from(seconds).unwrap_or(i64::MAX / SECOND_MS).saturating_mul(SECOND_MS));
    let mut late = Vec::new();
    outbox.exposures(|mut row| {
        if let Some(longest) = longest {
            row.deadline_ms = row.detected_ms.saturating_add(longest);
        }
        if !row.state().is_settled() && row.deadline_ms < now_ms {
            late.push(row);
        }
        true
    })?;
    output::print(&match list.format {
        ListFormat::Json => {
            let rows: Vec<_> = late.iter().map(|row| exposure_json(row, now_ms)).collect();
            format!("{:#}\n", json!({"overdue": rows.len(), "exposures": rows}))
        }
        ListFormat::Human if late.is_empty() => "nothing is overdue\n".to_owned(),
        ListFormat::Human => format!("{} overdue\n{}", late.len(), table(&late, now_ms)),
    })?;
    Ok(ExitCode::from(if late.is_empty() { exit::CLEAN } else { exit::FINDINGS }))
}

/// An exposure for programs.
pub fn exposure_json(row: &ExposureRow, now_ms: i64) -> Value {
    let at = |ms: Option<i64>| ms.map(time::written);
    let mut value = json!({
        "fingerprint": row.fingerprint, "generation": row.generation, "state": row.state(), "rule": row.rule, "severity": row.severity,
        "masked": row.masked, "source": row.source, "author": row.author, "leaked": at(row.leaked_ms), "detected": at(Some(row.detected_ms)),
        "deadline": at(Some(row.deadline_ms)), "overdue": !row.state().is_settled() && row.deadline_ms < now_ms, "notified": at(row.notified_ms),
        "acknowledged": at(row.acknowledged_ms), "rotated": at(row.rotated_ms), "rejected": at(row.rejected_ms), "gone": at(row.gone_ms),
        "unreferenced": at(row.unreferenced_ms), "purged": at(row.purged_ms), "settled_by": row.settled_by, "replacement": row.replacement,
        "reason": row.reason, "ownership": row.ownership,
    });
    strip(&mut value);
    value
}

/// An event for programs.
pub fn event_json(row: &EventRow) -> Value {
    let at = |ms: Option<i64>| ms.map(time::written);
    let next = (row.status == "pending").then_some(row.next_ms);
    let mut value = json!({
        "id": row.id, "target": row.target, "fingerprint": row.fingerprint, "status": row.status, "attempts": row.attempts,
        "created": at(Some(row.created_ms)), "next": at(next), "last": at(row.last_ms), "delivered": at(row.delivered_ms), "http": row.http,
        "error": row.error, "approval": row.approval, "approved_by": row.approved_by, "approved_from": row.approved_from,
        "approved_as": row.approved_as, "approved": at(row.approved_ms),
    });
    strip(&mut value);
    value
}

fn targets_json(outbox: &Outbox) -> anyhow::Result<Value> {
    let one = |row: keysieve::rotate::outbox::TargetRow| {
        let mut value = json!({
            "name": row.name, "delivered": row.delivered, "failed": row.failed, "disabled": row.disabled_ms.map(time::written),
            "disabled_why": row.disabled_why,
        });
        strip(&mut value);
        value
    };
    Ok(outbox.targets()?.into_iter().map(one).collect::<Vec<_>>().into())
}

/// What is not known is left out.
fn strip(value: &mut Value) {
    if let Value::Object(map) = value {
        map.retain(|_, value| !value.is_null());
    }
}
