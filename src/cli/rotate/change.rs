//! What people change: `rotate ack`, `close`, `retry`.

use std::process::ExitCode;

use anyhow::bail;

use keysieve::rotate::outbox::Closed;
use keysieve::rotate::time;

use super::place::Person;
use super::{existing, found};
use crate::cli::args::{ByArgs, WhichArgs, WhoArgs};
use crate::cli::{exit, output};

/// What to note of an exposure.
pub enum What {
    /// Somebody sees to it.
    Acknowledge,
    /// It was rotated.
    Close {
        /// When, in milliseconds since 1970; none for now.
        rotated_at: Option<i64>,
        /// What took its place.
        replacement: Option<String>,
    },
}

/// Notes something of one exposure.
///
/// # Errors
/// It is not there, what is said cannot be, or the state file cannot be written.
pub fn one(which: &WhichArgs, by: &ByArgs, what: What) -> anyhow::Result<ExitCode> {
    let person = Person::of(by)?;
    let mut outbox = existing(&which.state)?;
    let id = found(&outbox, &which.id)?;
    let who = person.now();
    let (done, word) = match what {
        What::Acknowledge => (outbox.acknowledge(id, who)?, "acknowledged"),
        What::Close { rotated_at, replacement } => {
            let at_ms = rotated_at.unwrap_or(who.now_ms);
            if at_ms > who.now_ms {
                bail!("--rotated-at lies in the future: {}", time::written(at_ms));
            }
            (outbox.close(id, who, at_ms, replacement.as_deref().map(str::trim).filter(|text| !text.is_empty()))?, "rotated")
        }
    };
    outbox.flush_log()?;
    let row = outbox.exposure(id)?;
    let (short, state) = (row.short().to_owned(), row.state().as_str());
    let (text, code) = match done {
        Closed::Done => (format!("{short}: {word}\n"), exit::CLEAN),
        Closed::Already => (format!("{short}: it is {state} already; nothing was changed\n"), exit::FINDINGS),
        Closed::Refused(why) => bail!("{short}: {why}"),
    };
    output::print(&text)?;
    Ok(ExitCode::from(code))
}

/// Makes events due again.
///
/// # Errors
/// The exposure is not there, or the state file cannot be written.
pub fn retry(id: Option<&str>, target: Option<&str>, who: &WhoArgs) -> anyhow::Result<ExitCode> {
    let person = Person::of(&who.by)?;
    let mut outbox = existing(&who.state)?;
    let exposure = id.map(|word| found(&outbox, word)).transpose()?;
    if let Some(name) = target
        && !outbox.targets()?.iter().any(|row| row.name == name)
        && exposure.is_none()
    {
        bail!("nothing was ever sent to a target of this name; `keysieve rotate status --format json` lists those that were called");
    }
    let events = outbox.retry(exposure, target, person.now())?;
    outbox.flush_log()?;
    output::print(&format!(
        "{events} {} due now; `keysieve rotate deliver` sends them\n",
        if events == 1 { "event is" } else { "events are" }
    ))?;
    Ok(ExitCode::from(exit::CLEAN))
}
