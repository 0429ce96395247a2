//! `keysieve hook`: what git hooks call. Each scans what its hook is about, and says what to do when the hook stops git.

mod advice;
mod framework;
mod lines;
mod message;

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};

use keysieve::report::{Format, Report, escaped};
use keysieve::run::{self, Target};
use keysieve::scan::Counters;
use keysieve::source::range::{Known, Pushed, Update, Wanted};
use keysieve::source::read_bounded;
use keysieve::source::repository::{GitEnvironment, message_settings};
use keysieve::source::staged::SETTINGS;

use super::args::{HookArgs, HookCommand, HookOptions};
use super::progress::{self, Shown};
use super::settings::{self, Place};
use super::{exit, known, output};
use advice::Stopped;
use framework::Framework;

/// Scans for one hook.
///
/// # Errors
/// Nothing could be scanned; git then stops, too.
pub fn run(args: HookArgs) -> anyhow::Result<ExitCode> {
    let began = Instant::now();
    match args.command {
        HookCommand::PreCommit { options } => pre_commit(&options),
        HookCommand::PrePush { remote, options, .. } => pre_push(remote.as_deref(), &options),
        HookCommand::CommitMsg { file, options } => commit_msg(&file, &options),
        HookCommand::PreReceive { time_budget, options } => {
            let until = time_budget.map(|seconds| began + Duration::from_secs_f64(seconds));
            pre_receive(until, &options)
        }
    }
}

fn pre_commit(options: &HookOptions) -> anyhow::Result<ExitCode> {
    let framework = Framework::of_environment();
    if framework.is_push() {
        return pre_push(None, options);
    }
    if let Some(update) = framework.range() {
        return range(&update, options);
    }
    let cwd = current()?;
    let scanned = scanned(Target::Staged { cwd: cwd.clone() }, &cwd, options)?;
    if scanned.is_nothing && framework.is_run_by_hand() {
        say("nothing is staged, so this is a scan of all files of the working tree")?;
        return whole_tree(&cwd, options);
    }
    tell(&scanned.report, &Stopped::Commit, options)
}

/// `pre-commit run --all-files` and the like stage nothing: a hook that looked at nothing then would read as if all were clean.
fn whole_tree(cwd: &Path, options: &HookOptions) -> anyhow::Result<ExitCode> {
    let target = Target::Worktree { roots: vec![".".into()], include_ignored: false };
    tell(&scanned(target, cwd, options)?.report, &Stopped::Tree, options)
}

/// `pre-commit run --from-ref A --to-ref B`: not what is staged, but these commits.
fn range(update: &Update, options: &HookOptions) -> anyhow::Result<ExitCode> {
    let cwd = current()?;
    let wanted = Wanted { range: Some(format!("{}..{}", update.old, update.new)), ..Wanted::default() };
    let scanned = scanned(Target::Range { cwd: cwd.clone(), wanted }, &cwd, options)?;
    tell(&scanned.report, &Stopped::Range, options)
}

fn pre_push(remote: Option<&OsStr>, options: &HookOptions) -> anyhow::Result<ExitCode> {
    let framework = Framework::of_environment();
    let (updates, name) = match framework.pushed() {
        Some((update, name)) => (vec![update], name),
        None => (lines::pushed(&lines::standard_input("pre-push")?)?, remote.map(|name| name.to_string_lossy().into_owned())),
    };
    // In place of a name there may be an address, and in an address a password.
    let name = name.filter(|name| name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.')));
    let words = name.map_or_else(|| "push".to_owned(), |name| format!("push to {name}"));
    if updates.is_empty() {
        return clean("no ref is pushed, so there is nothing to scan");
    }
    if updates.iter().all(|update| is_zeros(&update.new)) {
        return clean("the push only deletes refs, so there is nothing to scan");
    }
    let tips = updates.iter().map(|update| update.new.clone()).collect();
    push(Pushed { updates, known: Known::RemoteTracking, words }, None, &Stopped::Push { tips }, options)
}

fn pre_receive(until: Option<Instant>, options: &HookOptions) -> anyhow::Result<ExitCode> {
    let updates = lines::received(&lines::standard_input("pre-receive")?)?;
    if updates.is_empty() {
        return clean("no ref is updated, so there is nothing to scan");
    }
    if updates.iter().all(|update| is_zeros(&update.new)) {
        return clean("the push only deletes refs, so there is nothing to scan");
    }
    push(Pushed { updates, known: Known::AllRefs, words: "push".to_owned() }, until, &Stopped::Receive, options)
}

fn push(pushed: Pushed, until: Option<Instant>, stopped: &Stopped, options: &HookOptions) -> anyhow::Result<ExitCode> {
    let cwd = current()?;
    let wanted = Wanted { pushed: Some(pushed), until, ..Wanted::default() };
    let scanned = scanned(Target::Range { cwd: cwd.clone(), wanted }, &cwd, options)?;
    if scanned.is_nothing {
        return clean("the other side has all of these commits already, so there is nothing to scan");
    }
    tell(&scanned.report, stopped, options)
}

fn commit_msg(file: &Path, options: &HookOptions) -> anyhow::Result<ExitCode> {
    let cwd = current()?;
    let limit = keysieve::config::LARGEST_FILE_SIZE;
    let text = read_bounded(file, true, limit).map_err(|why| anyhow::anyhow!("cannot read {}: {why}", escaped(&file.to_string_lossy())))?;
    let Some(mut text) = text else { bail!("there is no message in {}: git names the file to the hook", escaped(&file.to_string_lossy())) };
    let settings = message_settings(&cwd, &environment())?;
    // git tells a hook by this that nobody edits the message, and then keeps comments.
    let is_edited = std::env::var_os("GIT_EDITOR").is_none_or(|editor| editor != ":");
    message::blank(&mut text, &settings, is_edited);
    if text.iter().all(u8::is_ascii_whitespace) {
        return clean("the message is empty, so there is nothing to scan");
    }
    let target = Target::Stdin { name: message::NAME.into(), input: Box::new(std::io::Cursor::new(text)) };
    let scanned = scanned(target, &cwd, options)?;
    if scanned.report.coverage.items == 0 && scanned.report.coverage.incomplete.is_empty() {
        return clean("the configuration leaves messages out, so nothing was scanned");
    }
    tell(&scanned.report, &Stopped::Message { file: file.to_owned() }, options)
}

/// What a scan said, and whether there was nothing to look at.
struct Seen {
    report: Report,
    is_nothing: bool,
}

fn scanned(target: Target, cwd: &Path, options: &HookOptions) -> anyhow::Result<Seen> {
    let git = environment();
    let here = [PathBuf::from(".")];
    let place = if matches!(target, Target::Worktree { .. }) { Place::Paths(&here) } else { Place::Repository(cwd) };
    let wanted = match &target {
        Target::Range { wanted, .. } => Some(wanted),
        _ => None,
    };
    let mut in_force = settings::load(&options.settings, &place, &git)?.with_approvals(&git, wanted);
    in_force.exceptions = known::load(&options.known, in_force.exceptions, &in_force.roots)?;
    let (plan, rules) = in_force.plan(target, git)?;
    let configured = plan.settings.skipped.clone();
    let counters = Counters::default();
    let report = progress::scoped(&Shown { counters: &counters, noun: "items" }, false, || run::run(plan, rules, &counters))?;
    let coverage = &report.coverage;
    let is_nothing = coverage.items == 0
        && coverage.incomplete.is_empty()
        && coverage.skipped.iter().all(|skip| configured.contains(skip) || skip.what == SETTINGS);
    Ok(Seen { report, is_nothing })
}

/// Prints the report and, if it stops git, what to do.
fn tell(report: &Report, stopped: &Stopped, options: &HookOptions) -> anyhow::Result<ExitCode> {
    let is_message = matches!(stopped, Stopped::Message { .. });
    let style = output::terminal(options.color.into());
    let quiet = is_message && report.failing() == 0;
    let mut text = Format::Human.render(report, keysieve::report::Style { quiet: is_message, ..style });
    if quiet && report.coverage.incomplete.is_empty() {
        let found = if report.open().next().is_some() { "nothing that fail_on stops" } else { "no secrets" };
        text.push_str(&format!("keysieve: {found} in the message ({} bytes)\n", report.coverage.bytes));
    }
    let is_stopped = report.failing() > 0 || !(report.coverage.incomplete.is_empty() || options.allow_incomplete);
    if is_stopped {
        text.push_str(&advice::text(report, stopped));
    } else if !report.coverage.incomplete.is_empty() {
        text.push_str("keysieve: this was not scanned completely, and --allow-incomplete lets it pass\n");
    }
    output::print(&text)?;
    Ok(exit::Codes::new(options.allow_incomplete).code(report))
}

/// There was nothing to look at: one line that says so.
fn clean(why: &str) -> anyhow::Result<ExitCode> {
    say(why)?;
    Ok(ExitCode::from(exit::CLEAN))
}

fn say(words: &str) -> anyhow::Result<()> {
    output::print(&format!("keysieve: {words}\n"))
}

fn current() -> anyhow::Result<PathBuf> {
    std::env::current_dir().context("cannot read the current folder")
}

fn environment() -> GitEnvironment {
    GitEnvironment::from_env(|name| std::env::var_os(name))
}

/// git's way to say that there is nothing.
fn is_zeros(id: &str) -> bool {
    matches!(id.len(), 40 | 64) && id.bytes().all(|byte| byte == b'0')
}

/// An update for a range that somebody named.
fn named(old: String, new: String) -> Update {
    Update { name: new.clone(), new, old }
}
