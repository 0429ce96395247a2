//! `rotate show` and `rotate export`: all that is known of one exposure.

use std::io::{BufRead as _, BufReader};
use std::process::ExitCode;

use anyhow::Context as _;
use serde_json::{Value, json};

use keysieve::report::escaped;
use keysieve::rotate::audit;
use keysieve::rotate::outbox::{EventRow, ExposureRow, Outbox};
use keysieve::rotate::time;

use super::list::{event_json, exposure_json};
use super::{existing, found, place};
use crate::cli::args::{ListFormat, WhichArgs};
use crate::cli::{exit, output};

/// Shows one exposure.
///
/// # Errors
/// It is not there, or the state file cannot be read.
pub fn show(which: &WhichArgs, format: ListFormat) -> anyhow::Result<ExitCode> {
    let outbox = existing(&which.state)?;
    let id = found(&outbox, &which.id)?;
    let (row, events) = (outbox.exposure(id)?, outbox.events_of(id)?);
    output::print(&match format {
        ListFormat::Json => {
            let events: Vec<_> = events.iter().map(event_json).collect();
            format!("{:#}\n", json!({"exposure": exposure_json(&row, place::now_ms()), "events": events}))
        }
        ListFormat::Human => story(&row, &events),
    })?;
    Ok(ExitCode::from(exit::CLEAN))
}

/// Each step on a line, in the order of time.
fn story(row: &ExposureRow, events: &[EventRow]) -> String {
    let again = if row.generation > 1 { format!(", exposed again (number {})", row.generation) } else { String::new() };
    let mut text = format!("{}{again}\n{} ({}), {}\n", row.fingerprint, escaped(&row.rule_name), escaped(&row.rule), row.severity);
    text.push_str(&format!("{} in {}\n", escaped(&row.masked), escaped(&row.source)));
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
        steps.extend(event.approved_ms.map(|time| (time, format!("approved by {}", escaped(event.approved_by.as_deref().unwrap_or("?"))))));
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
    text.push('\n');
    text.extend(steps.iter().map(|(time, what)| format!("{}  {what}\n", time::written(*time))));
    text
}

/// Prints all evidence of one exposure.
///
/// # Errors
/// It is not there, or the state file or the audit log cannot be read.
pub fn export(which: &WhichArgs) -> anyhow::Result<ExitCode> {
    let mut outbox = existing(&which.state)?;
    let id = found(&outbox, &which.id)?;
    outbox.flush_log()?;
    let row = outbox.exposure(id)?;
    let mut events = Vec::new();
    let mut ids = vec![row.fingerprint.clone()];
    for event in outbox.events_of(id)? {
        let mut value = event_json(&event);
        let body = outbox.body(&event.id)?;
        value["body"] = serde_json::from_str(&body).unwrap_or(Value::String(body));
        events.push(value);
        ids.push(event.id);
    }
    let path = outbox.log_path();
    let verified = audit::verify(&path, outbox.log_head()?.as_ref()).with_context(|| format!("cannot read {}", path.display()))?;
    let log = json!({
        "file": path.display().to_string(), "entries": verified.entries, "last_hash": verified.head.map(|head| head.hash),
        "wrong": verified.wrong.map(|(line, why)| format!("line {line}: {why}")),
        "about_this": log_lines(&outbox, &ids)?,
    });
    let evidence = json!({
        "made": time::written(place::now_ms()), "exposure": exposure_json(&row, place::now_ms()), "events": events, "log": log,
    });
    output::print(&format!("{evidence:#}\n"))?;
    Ok(ExitCode::from(exit::CLEAN))
}

/// The lines of the audit log, as they stand in it, that name one of `ids`.
fn log_lines(outbox: &Outbox, ids: &[String]) -> anyhow::Result<Vec<String>> {
    let path = outbox.log_path();
    let file = std::fs::File::open(&path).with_context(|| format!("cannot read {}", path.display()))?;
    let mut lines = Vec::new();
    for line in BufReader::new(file).lines() {
        let line = line.with_context(|| format!("cannot read {}", path.display()))?;
        if ids.iter().any(|id| line.contains(id.as_str())) {
            lines.push(line);
        }
    }
    Ok(lines)
}
