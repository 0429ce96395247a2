//! `rotate approve` and `rotate reject`: who may decide over an exposure, and what they decide.

use std::path::Path;
use std::process::ExitCode;

use anyhow::bail;

use keysieve::report::escaped;
use keysieve::rotate::approval::told;
use keysieve::rotate::config::ApprovalRules;
use keysieve::rotate::outbox::{Closed, EventRow, ExposureRow, Outbox, Right, Who};
use keysieve::source::committed;
use keysieve::source::repository::GitEnvironment;

use super::place::{self, Person};
use super::{existing, found};
use crate::cli::args::{ByArgs, DecideArgs, TargetsArgs, WhichArgs};
use crate::cli::{exit, output};

/// Lets the events of an exposure go out.
///
/// # Errors
/// It is not there, who asks may not approve it, or the state file cannot be written.
pub fn approve(which: &WhichArgs, args: &DecideArgs, reason: Option<&str>) -> anyhow::Result<ExitCode> {
    let forced = reason.map(said).transpose()?.filter(|_| args.is_override);
    decide(which, args, |outbox, id, who, rules| Ok((outbox.approve(id, who, Right { rules, forced })?, "approve", "approved")))
}

/// Notes that an exposure is no secret.
///
/// # Errors
/// As [`approve`].
pub fn reject(which: &WhichArgs, args: &DecideArgs, reason: &str) -> anyhow::Result<ExitCode> {
    let reason = said(reason)?;
    let forced = args.is_override.then_some(reason);
    decide(which, args, |outbox, id, who, rules| {
        let may = outbox.may_reject(id, who, Right { rules, forced })?;
        Ok((if may == Closed::Done { outbox.reject(id, who, reason)? } else { may }, "reject", "rejected"))
    })
}

/// Most events that wait whose exposures are looked at.
const MOST_HELD: u32 = 1_000;
/// Exposures that wait and are listed.
const MOST_TOLD: usize = 20;

type Decision = (Closed, &'static str, &'static str);

fn decide(
    which: &WhichArgs,
    args: &DecideArgs,
    change: impl FnOnce(&mut Outbox, i64, Who<'_>, &ApprovalRules) -> anyhow::Result<Decision>,
) -> anyhow::Result<ExitCode> {
    let person = person(args)?;
    let rules = rules(&args.targets)?;
    let mut outbox = existing(&which.state)?;
    let id = found(&outbox, &which.id)?;
    let (done, to_do, word) = change(&mut outbox, id, person.now(), &rules)?;
    outbox.flush_log()?;
    let row = outbox.exposure(id)?;
    let (short, state) = (row.short(), row.state().as_str());
    let (text, code) = match done {
        Closed::Done => (format!("{short}: {word} by {}\n", escaped(person.name())), exit::CLEAN),
        Closed::Already if word == "approved" => (format!("{short}: nothing waits for approval; it is {state}\n"), exit::FINDINGS),
        Closed::Already => (format!("{short}: it is {state} already; nothing was changed\n"), exit::FINDINGS),
        Closed::Refused(why) => bail!("{short}: {} may not {to_do} it: {}", escaped(person.name()), escaped(&why)),
    };
    output::print(&text)?;
    Ok(ExitCode::from(code))
}

fn said(reason: &str) -> anyhow::Result<&str> {
    match reason.trim() {
        "" => bail!("--reason is empty: say why"),
        text => Ok(text),
    }
}

/// What the rotation configuration says of owners; nothing where there is none.
///
/// # Errors
/// It is there and cannot be used, or it was named and is not there.
pub fn rules(targets: &TargetsArgs) -> anyhow::Result<ApprovalRules> {
    let is_there = targets.rotation_config.is_some() || place::default_config().is_some_and(|path| path.exists());
    if is_there { Ok(place::config(targets)?.1.approval) } else { Ok(ApprovalRules::default()) }
}

/// Exposures whose events wait for a person, and for whom.
///
/// # Errors
/// The state file or the rotation configuration cannot be used.
pub fn waiting(outbox: &Outbox, targets: &TargetsArgs) -> anyhow::Result<String> {
    let mut text = String::new();
    let held = outbox.events_in("held", MOST_HELD)?;
    let mut exposures: Vec<i64> = held.iter().map(|event| event.exposure).collect();
    exposures.sort_unstable();
    exposures.dedup();
    for id in exposures.iter().take(MOST_TOLD) {
        let row = outbox.exposure(*id)?;
        text.push_str(&format!("{}  {}", row.short(), waits(&row, &outbox.events_of(*id)?, targets)?));
    }
    if exposures.len() > MOST_TOLD {
        text.push_str("and others; `keysieve rotate show ID` says of each one for whom it waits\n");
    }
    Ok(text)
}

/// For whom the events of an exposure wait; nothing where none waits.
///
/// # Errors
/// The rotation configuration cannot be used.
pub fn waits(row: &ExposureRow, events: &[EventRow], targets: &TargetsArgs) -> anyhow::Result<String> {
    let mut held = events.iter().filter(|event| event.status == "held").peekable();
    if held.peek().is_none() {
        return Ok(String::new());
    }
    let who = match held.any(|event| event.approval.as_deref() == Some("owner")) {
        true => told(row.ownership.as_ref(), &rules(targets)?),
        false => "who may: anybody but who committed it".to_owned(),
    };
    Ok(format!("waits for approval; {}\n", escaped(&who)))
}

/// Who decides: who is named, else who would be the author of a commit, else the user.
fn person(args: &DecideArgs) -> anyhow::Result<Person> {
    let by = ByArgs { by: args.by.clone() };
    if let Some(name) = &args.by {
        if name.chars().any(char::is_control) {
            bail!("--by has characters that no name has");
        }
        return Ok(Person::of(&by)?.known_by("--by"));
    }
    let env = GitEnvironment::from_env(|name| std::env::var_os(name));
    let how = if env.author.email.is_empty() { "git config user.email" } else { "GIT_AUTHOR_EMAIL or EMAIL" };
    let people = committed::users(Path::new("."), &env);
    match people.into_iter().map(|person| person.email).find(|email| !email.is_empty()) {
        Some(email) => Ok(Person::of(&ByArgs { by: Some(email) })?.known_by(how)),
        None => Ok(Person::of(&by)?.known_by("the user's name")),
    }
}
