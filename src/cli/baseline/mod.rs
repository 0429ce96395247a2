//! `keysieve baseline`.

pub mod file;

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher as _, Hasher as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, bail};
use serde::Serialize;

use keysieve::config::top_of;
use keysieve::exceptions::baseline::{self, Baseline, DEFAULT_FILE, Diff, EntryView, Salt, Scope};
use keysieve::finding::Finding;
use keysieve::report::{Report, escaped, redacted};

use self::file::Locked;
use super::args::{BaselineCommand, LookArgs, SettingsArgs};
use super::look::{self, Look};
use super::settings::{self, Place};
use super::{exit, output};

/// Makes, changes, compares or merges a baseline.
///
/// # Errors
/// There is none, it cannot be used or written, or nothing can be scanned.
pub fn run(command: BaselineCommand) -> anyhow::Result<ExitCode> {
    match command {
        BaselineCommand::Create { look, history, force } => create(&look, if history { Scope::History } else { Scope::Worktree }, force),
        BaselineCommand::Update(look) => update(&look),
        BaselineCommand::Diff { look, json } => diff(&look, json),
        BaselineCommand::Prune(look) => prune(&look),
        BaselineCommand::Merge { base, ours, theirs } => merge(&base, &ours, &theirs),
    }
}

/// The file, and what to call it.
fn place(look: &LookArgs) -> anyhow::Result<PathBuf> {
    if let Some(named) = &look.baseline {
        return Ok(std::path::absolute(named)?);
    }
    let start = start(look);
    match top_of(start, &look::environment(look.path.is_some())) {
        Some(root) => Ok(root.join(DEFAULT_FILE)),
        None if start.is_dir() => bail!("{} is in no repository: name the file with --baseline", start.display()),
        None => bail!("{}: no such folder", start.display()),
    }
}

fn start(look: &LookArgs) -> &Path {
    look.path.as_deref().unwrap_or(Path::new("."))
}

/// What is found now, as a scan with the same configuration finds it, with what is excepted but for the baseline; without a secret in any text.
fn scan(look: &LookArgs, scope: Scope) -> anyhow::Result<Report> {
    let git = look::environment(look.path.is_some());
    let settings = SettingsArgs { scanned: look.scanned.clone(), ..SettingsArgs::default() };
    let mut in_force = settings::load(&settings, &Place::Whole(start(look)), &git)?.with_approvals(&git, None);
    let exceptions = std::mem::take(&mut in_force.exceptions);
    let (report, _) = Look { start: start(look), scope, git, list_comments: false }.scan(in_force, exceptions)?;
    look::warn(&report);
    Ok(redacted(&report).into_owned())
}

fn open(report: &Report) -> Vec<Finding> {
    report.open().cloned().collect()
}

fn done(report: &Report) -> ExitCode {
    ExitCode::from(if report.coverage.incomplete.is_empty() { exit::CLEAN } else { exit::INCOMPLETE })
}

fn create(look: &LookArgs, scope: Scope, force: bool) -> anyhow::Result<ExitCode> {
    let path = place(look)?;
    let is_there = |path: &Path| path.symlink_metadata().is_ok();
    let refuse = || format!("{} is there already: `keysieve baseline update` adds to it, --force replaces it", path.display());
    anyhow::ensure!(force || !is_there(&path), refuse());
    let report = scan(look, scope)?;
    let mut baseline = Baseline::new(salt(), scope);
    baseline.learn(&open(&report));
    let lock = Locked::take(&path)?;
    // Another process may have made it meanwhile.
    anyhow::ensure!(force || !is_there(&path), refuse());
    lock.replace(&baseline.to_text())?;
    output::print(&format!("{}: {}\n", path.display(), counted(baseline.len(), "known credential")))?;
    Ok(done(&report))
}

fn update(look: &LookArgs) -> anyhow::Result<ExitCode> {
    let path = place(look)?;
    let report = scan(look, file::read(&path)?.scope())?;
    let lock = Locked::take(&path)?;
    // Read again: another process may have added to it while this one was scanning.
    let mut baseline = file::read(&path)?;
    let new = baseline.learn(&open(&report));
    lock.replace(&baseline.to_text())?;
    output::print(&format!("{}: {} added, {}\n", path.display(), new, counted(baseline.len(), "known credential")))?;
    Ok(done(&report))
}

fn prune(look: &LookArgs) -> anyhow::Result<ExitCode> {
    let path = place(look)?;
    let report = scan(look, file::read(&path)?.scope())?;
    if !report.coverage.incomplete.is_empty() {
        anstream::eprintln!("keysieve: nothing was removed: what was not scanned may hold what seems to be gone");
        return Ok(ExitCode::from(exit::INCOMPLETE));
    }
    let lock = Locked::take(&path)?;
    let mut baseline = file::read(&path)?;
    let gone = baseline.prune(&open(&report));
    lock.replace(&baseline.to_text())?;
    output::print(&format!("{}: {} removed, {}\n", path.display(), gone, counted(baseline.len(), "known credential")))?;
    Ok(done(&report))
}

#[derive(Serialize)]
struct DiffDocument<'d> {
    new: Vec<DiffEntry<'d>>,
    gone: Vec<DiffEntry<'d>>,
}

#[derive(Serialize)]
struct DiffEntry<'d> {
    hash: &'d str,
    rule: &'d str,
    paths: Vec<&'d str>,
}

fn diff(look: &LookArgs, json: bool) -> anyhow::Result<ExitCode> {
    let path = place(look)?;
    let baseline = file::read(&path)?;
    let report = scan(look, baseline.scope())?;
    let Diff { new, gone } = baseline.diff(&open(&report));
    let text = if json {
        let entry = |EntryView { hash, rule, paths, .. }| DiffEntry { hash, rule, paths };
        let document = DiffDocument { new: new.entries("").map(entry).collect(), gone: gone.entries("").map(entry).collect() };
        serde_json::to_string_pretty(&document)? + "\n"
    } else {
        let line = |lead: &str, entry: EntryView<'_>| format!("{lead}  {}  {}\n", escaped(entry.rule), escaped(&entry.paths.join(", ")));
        let mut text: String = new.entries("").map(|entry| line("new ", entry)).collect();
        text.extend(gone.entries("").map(|entry| line("gone", entry)));
        text + &format!("{} new, {} gone, {} known\n", new.len(), gone.len(), baseline.len())
    };
    output::print(&text)?;
    Ok(if new.is_empty() { done(&report) } else { ExitCode::from(exit::FINDINGS) })
}

fn merge(base: &Path, ours: &Path, theirs: &Path) -> anyhow::Result<ExitCode> {
    // Where both sides are new, git hands in an empty file.
    let is_empty = std::fs::metadata(base).with_context(|| format!("cannot read {}", base.display()))?.len() == 0;
    let base = if is_empty { None } else { Some(file::read(base)?) };
    match baseline::merge(base.as_ref(), &file::read(ours)?, &file::read(theirs)?) {
        Ok(merged) => {
            Locked::take(ours)?.replace(&merged.to_text())?;
            Ok(ExitCode::from(exit::CLEAN))
        }
        Err(conflicts) => {
            for conflict in conflicts {
                anstream::eprintln!("keysieve: cannot merge the baseline: {}", escaped(&conflict.to_string()));
            }
            Ok(ExitCode::from(exit::FINDINGS))
        }
    }
}

/// Random bytes. They need not be secret, only unlike those of any other repository: the system's random keys of several hash tables.
fn salt() -> Salt {
    use sha2::{Digest as _, Sha256};
    let mut hash = Sha256::new();
    for round in 0..8_u64 {
        let keyed = std::thread::spawn(move || {
            let mut hasher = RandomState::new().build_hasher();
            hasher.write_u64(round);
            hasher.finish()
        });
        hash.update(keyed.join().unwrap_or_default().to_le_bytes());
    }
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    hash.update(now.as_nanos().to_le_bytes());
    hash.update(std::process::id().to_le_bytes());
    Salt::new(hash.finalize().into())
}

fn counted(number: usize, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}
