//! `rotate verify-log` and `rotate new-log`.

use std::path::Path;
use std::process::ExitCode;

use anyhow::Context as _;

use keysieve::report::escaped;
use keysieve::rotate::audit::{self, Walked};
use keysieve::rotate::outbox::Outbox;

use super::existing;
use super::place::Person;
use crate::cli::args::{StateArgs, WhoArgs};
use crate::cli::{exit, output};

/// Checks the audit log and those before it.
///
/// # Errors
/// One cannot be read.
pub fn verify(state: &StateArgs) -> anyhow::Result<ExitCode> {
    let outbox = existing(state)?;
    if outbox.log_head()?.is_none() && !outbox.log_path().exists() {
        output::print("the audit log is empty\n")?;
        return Ok(ExitCode::from(exit::CLEAN));
    }
    let logs = walked(&outbox)?;
    output::print(&logs.iter().map(told).collect::<String>())?;
    Ok(ExitCode::from(match () {
        () if logs.iter().any(|log| log.wrong().is_some()) => exit::FINDINGS,
        () if logs.iter().any(is_missing) => exit::INCOMPLETE,
        () => exit::CLEAN,
    }))
}

/// The audit log and those before it, the oldest first.
///
/// # Errors
/// One cannot be read.
pub fn walked(outbox: &Outbox) -> anyhow::Result<Vec<Walked>> {
    let path = outbox.log_path();
    audit::walk(&path, outbox.log_head()?.as_ref()).with_context(|| format!("cannot read the audit log {}", path.display()))
}

/// Whether a log is not there that was when the next one was begun.
fn is_missing(log: &Walked) -> bool {
    log.found.is_none() && log.noted.as_ref().is_some_and(|noted| noted.file.is_some())
}

fn told(log: &Walked) -> String {
    let name = log.path.display();
    let noted = log.noted.as_ref().map_or(0, |noted| noted.entries);
    let Some(found) = &log.found else {
        return format!("{name}: it is not there, and had {noted} entries; put it back beside the state file to have it checked\n");
    };
    let entries = found.entries;
    match (log.wrong(), log.noted.as_ref().map(|noted| noted.wrong.as_deref())) {
        (Some((0, why)), _) => format!("{name}: {why}; when the next log was begun it had {noted} entries\n"),
        (Some((line, why)), _) => {
            let how = "`keysieve rotate new-log` begins a new log if there is no copy of it";
            format!("{name}:{line}: {why}; {entries} entries before it are fine; {how}\n")
        }
        (None, Some(Some(why))) => {
            format!("{name}: damaged, as was noted when the next log was begun, and the same since: {}\n", escaped(why))
        }
        (None, Some(None)) => format!("{name}: {entries} entries, nothing changed or taken out\n"),
        (None, None) => {
            let hash = found.head.as_ref().map(|head| head.hash.as_str()).unwrap_or_default();
            format!("{name}: {entries} entries, nothing changed or taken out; the last one has the hash {hash}\n")
        }
    }
}

/// Begins a new audit log.
///
/// # Errors
/// The state file or a log cannot be written.
pub fn begin(who: &WhoArgs) -> anyhow::Result<ExitCode> {
    let person = Person::of(&who.by)?;
    let mut outbox = existing(&who.state)?;
    let path = outbox.log_path();
    let Some(before) = outbox.begin_log(person.now())? else {
        output::print("there is no audit log yet; nothing was changed\n")?;
        return Ok(ExitCode::from(exit::FINDINGS));
    };
    let state = match &before.wrong {
        Some(why) => format!("{} entries were fine, then {}", before.entries, escaped(why)),
        None => format!("{} entries, nothing changed or taken out", before.entries),
    };
    output::print(&match &before.file {
        Some(file) => format!("the old log is {}: {state}\n", path.with_file_name(Path::new(file)).display()),
        None => "the old log was not there; the new one says so\n".to_owned(),
    })?;
    Ok(ExitCode::from(exit::CLEAN))
}
