//! `rotate show` and `rotate export`: all that is known of one exposure.

use std::io::{BufRead as _, BufReader, Read as _};
use std::path::Path;
use std::process::ExitCode;

use anyhow::Context as _;
use serde_json::{Value, json};

use keysieve::report::escaped;
use keysieve::rotate::outbox::{EventRow, ExposureRow, Outbox};
use keysieve::rotate::time;

use super::list::{event_json, exposure_json};
use super::{approve, existing, found, place};
use crate::cli::args::{ListFormat, TargetsArgs, WhichArgs};
use crate::cli::{exit, output};

/// Most bytes of a line of the audit log that are looked through.
const LONGEST_LINE: u64 = 64 << 10;

/// Shows one exposure.
///
/// # Errors
/// It is not there, or the state file cannot be read.
pub fn show(which: &WhichArgs, format: ListFormat, targets: &TargetsArgs) -> anyhow::Result<ExitCode> {
    let outbox = existing(&which.state)?;
    let id = found(&outbox, &which.id)?;
    let (row, events) = (outbox.exposure(id)?, outbox.events_of(id)?);
    output::print(&match format {
        ListFormat::Json => {
            let events: Vec<_> = events.iter().map(event_json).collect();
            format!("{:#}\n", json!({"exposure": exposure_json(&row, place::now_ms()), "events": events}))
        }
        ListFormat::Human => story(&row, &events) + &approve::waits(&row, &events, targets)?,
    })?;
    Ok(ExitCode::from(exit::CLEAN))
}

/// What it is, and each step on a line.
fn story(row: &ExposureRow, events: &[EventRow]) -> String {
    let again = if row.generation > 1 { format!(", exposed again (number {})", row.generation) } else { String::new() };
    let mut text = format!("{}{again}\n{} ({}), {}\n", row.fingerprint, escaped(&row.rule_name), escaped(&row.rule), row.severity);
    text.push_str(&format!("{} in {}\n", escaped(&row.masked), escaped(&row.source)));
    let owners = row.ownership.iter().flat_map(|own| &own.owners);
    let owners: Vec<_> = owners.map(|owner| format!("{} ({})", escaped(&owner.name), escaped(&owner.because))).collect();
    if !owners.is_empty() {
        text.push_str(&format!("owned by {}\n", owners.join(", ")));
    }
    text.push('\n');
    text.extend(steps(row, events).iter().map(|(time, what)| format!("{}  {what}\n", time::written(*time))));
    text
}

/// Each step and its time, in milliseconds since 1970, in the order of time.
fn steps(row: &ExposureRow, events: &[EventRow]) -> Vec<(i64, String)> {
    let by = row.settled_by.as_deref().map(|by| format!(" by {}", escaped(by))).unwrap_or_default();
    let with = |text: &Option<String>| text.as_deref().map(|text| format!(": {}", escaped(text))).unwrap_or_default();
    let mut steps: Vec<(i64, String)> = [
        (row.leaked_ms, format!("committed by {}", escaped(row.author.as_deref().unwrap_or("somebody")))),
        (Some(row.detected_ms), "detected".to_owned()),
        (row.rotated_ms, format!("rotated{by}{}", with(&row.replacement))),
        (row.rejected_ms, format!("rejected{by}{}", with(&row.reason))),
        (row.gone_ms, "gone from the files".to_owned()),
        (row.unreferenced_ms, "gone from all refs".to_owned()),
        (row.purged_ms, "purged from the history".to_owned()),
    ]
    .into_iter()
    .filter_map(|(time, what)| Some((time?, what)))
    .collect();
    let attempts = |event: &EventRow| format!("{} attempt{}", event.attempts, if event.attempts == 1 { "" } else { "s" });
    for event in events {
        let target = escaped(&event.target);
        steps.extend(event.approved_ms.map(|time| (time, approved(event))));
        steps.extend(event.delivered_ms.map(|time| (time, format!("{} delivered to {target} after {}", event.id, attempts(event)))));
        if event.delivered_ms.is_none() {
            let why = event.error.as_deref().map(|why| format!(", last: {}", escaped(why))).unwrap_or_default();
            steps.push((event.created_ms, format!("{} for {target}: {}, {}{why}", event.id, event.status, attempts(event))));
        }
    }
    steps.extend(row.acknowledged_ms.map(|time| (time, "acknowledged".to_owned())));
    if !row.state().is_settled() {
        steps.push((row.deadline_ms, "has to be rotated".to_owned()));
    }
    // What has the same time stays in the order of the way.
    steps.sort_by_key(|(time, _)| *time);
    steps
}

fn approved(event: &EventRow) -> String {
    let part = |before: &str, text: &Option<String>| text.as_deref().map(|text| format!("{before}{}", escaped(text))).unwrap_or_default();
    let by = part("approved by ", &event.approved_by);
    format!(
        "{by}{}{}",
        part(" (", &event.approved_as) + if event.approved_as.is_some() { ")" } else { "" },
        part(", ", &event.approved_from)
    )
}

/// Prints one exposure and its events; with `has_evidence` also each step, the signed requests to the byte, and what the audit log says.
///
/// # Errors
/// It is not there, or the state file or the audit log cannot be read.
pub fn export(which: &WhichArgs, has_evidence: bool) -> anyhow::Result<ExitCode> {
    let mut outbox = existing(&which.state)?;
    let id = found(&outbox, &which.id)?;
    let (row, rows) = (outbox.exposure(id)?, outbox.events_of(id)?);
    let mut events = Vec::new();
    for event in &rows {
        let mut value = event_json(event);
        let body = outbox.body(&event.id)?;
        if has_evidence && let (Some(signature), Some(delivered)) = (&event.signature, event.delivered_ms) {
            value["sent"] = json!({
                "webhook-id": event.id, "webhook-timestamp": delivered.div_euclid(time::SECOND_MS).to_string(),
                "webhook-signature": signature, "body": body,
            });
        }
        value["body"] = serde_json::from_str(&body).unwrap_or(Value::String(body));
        events.push(value);
    }
    let now_ms = place::now_ms();
    let mut exported = json!({"made": time::written(now_ms), "exposure": exposure_json(&row, now_ms), "events": events});
    if has_evidence {
        outbox.flush_log()?;
        let ids: Vec<_> = std::iter::once(&row.fingerprint).chain(rows.iter().map(|event| &event.id)).map(String::as_str).collect();
        exported["timeline"] = steps(&row, &rows).into_iter().map(|(at, what)| json!({"time": time::written(at), "what": what})).collect();
        exported["log"] = log(&outbox, &ids)?;
    }
    output::print(&format!("{exported:#}\n"))?;
    Ok(ExitCode::from(exit::CLEAN))
}

/// The audit log and those before it: whether they are whole, and what they say of `ids`.
fn log(outbox: &Outbox, ids: &[&str]) -> anyhow::Result<Value> {
    let (mut files, mut lines, mut last_hash) = (Vec::new(), Vec::new(), None);
    for log in super::log::walked(outbox)? {
        let wrong = log.wrong().map(|(line, why)| if line == 0 { why } else { format!("line {line}: {why}") });
        let mut file = json!({"file": log.path.display().to_string(), "is_there": log.found.is_some(), "wrong": wrong});
        if let Some(found) = &log.found {
            file["entries"] = found.entries.into();
            last_hash = found.head.as_ref().map(|head| head.hash.clone());
            log_lines(&log.path, ids, &mut lines).with_context(|| format!("cannot read {}", log.path.display()))?;
        }
        files.push(file);
    }
    Ok(json!({"files": files, "last_hash": last_hash, "about_this": lines}))
}

/// The lines of a log, as they stand in it, that name one of `ids`.
fn log_lines(path: &Path, ids: &[&str], lines: &mut Vec<String>) -> std::io::Result<()> {
    let mut reader = BufReader::new(std::fs::File::open(path)?);
    let mut line = Vec::new();
    while reader.by_ref().take(LONGEST_LINE).read_until(b'\n', &mut line)? > 0 {
        let text = String::from_utf8_lossy(&line);
        if ids.iter().any(|id| text.contains(id)) {
            lines.push(text.trim_end().to_owned());
        }
        line.clear();
    }
    Ok(())
}
