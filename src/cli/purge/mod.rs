//! `keysieve purge-plan`.

mod folder;
mod select;
mod show;

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::SystemTime;

use anyhow::{Context as _, bail};

use keysieve::exceptions::Exceptions;
use keysieve::finding::{Finding, FingerprintKey, Subject};
use keysieve::purge::{self, Removed};
use keysieve::rules::RuleSet;
use keysieve::run::{self, HistoryOptions, Plan, Target};
use keysieve::scan::Counters;
use keysieve::scan::history::Searching;
use keysieve::source::history::History;
use keysieve::source::repository::GitEnvironment;

use self::folder::Folder;
use self::select::Wanted;
use super::args::PurgeArgs;
use super::progress::{self, Shown};
use super::{exit, output};

/// Plans a purge, or verifies one.
///
/// # Errors
/// When there is no repository, the folder is refused, or a file cannot be read or written.
pub fn run(args: &PurgeArgs) -> anyhow::Result<ExitCode> {
    let git = GitEnvironment::from_env(|name| std::env::var_os(name));
    let (path, git) = match &args.path {
        // A hook's variables are about the repository that the hook runs in, not about one that is named.
        Some(path) => (path.clone(), git.without_repository()),
        None => (std::env::current_dir().context("cannot read the current folder")?, git),
    };
    if args.verify { verify(args, &path, &git) } else { plan(args, path, git) }
}

fn plan(args: &PurgeArgs, path: PathBuf, git: GitEnvironment) -> anyhow::Result<ExitCode> {
    let wanted = Wanted::of(args)?;
    let mut history = History::open(&path, &git)?;
    let layout = history.layout();
    let folder = Folder::check(&args.out, &layout, args.force)?;
    let counters = Counters::default();
    let options = history_options(args)?;
    let scan = Plan {
        now: options.now,
        target: Target::History { path, options },
        threads: args.threads,
        max_file_size: args.max_file_size.0,
        min_confidence: wanted.min_confidence(args.min_confidence),
        fingerprint_key: FingerprintKey::default(),
        git,
        settings: run::Settings::default(),
        // What is excepted is in the history all the same.
        exceptions: Exceptions::default(),
        list_comments: false,
        roots: Vec::new(),
    };
    let report = progress::scoped(&Shown::objects(&counters), false, || run::run(scan, RuleSet::builtin(), &counters))?;
    let (mut findings, not_found): (Vec<Finding>, Vec<String>) = wanted.select(report.findings)?;
    // What is replaced is the bytes of secrets; a file goes as a whole, by its path.
    findings.retain(|finding| finding.subject == Subject::Secret);
    let mut incomplete = report.coverage.incomplete;
    if findings.is_empty() {
        output::print(&show::nothing(&not_found, &incomplete))?;
        return Ok(ExitCode::from(if incomplete.is_empty() { exit::CLEAN } else { exit::INCOMPLETE }));
    }
    let counters = Counters::default();
    let mut measured =
        progress::scoped(&Shown::objects(&counters), false, || purge::measure(&mut history, &findings, &searching(args), &counters))?;
    measured.incomplete.append(&mut incomplete);
    measured.incomplete.sort();
    measured.incomplete.dedup();
    let plan = purge::plan(&findings, &measured, &layout, folder.path(), not_found);
    let written = folder.create(&layout)?;
    written.file("PLAN.md", purge::markdown(&plan).as_bytes())?;
    written.file("plan.json", purge::json(&plan).as_bytes())?;
    if args.write_secrets {
        written.file(purge::CALLBACKS_FILE, purge::CALLBACKS.as_bytes())?;
        written.file(purge::REPLACE_TEXT_FILE, &measured.replace_text(&plan.left_out()))?;
    }
    show::warn(&plan, folder.path(), args.write_secrets);
    output::print(&show::plan(&plan, folder.path(), args.write_secrets))?;
    Ok(ExitCode::from(if plan.incomplete.is_empty() { exit::CLEAN } else { exit::INCOMPLETE }))
}

fn verify(args: &PurgeArgs, path: &std::path::Path, git: &GitEnvironment) -> anyhow::Result<ExitCode> {
    let file = args.out.join(purge::REPLACE_TEXT_FILE);
    let replace_text = std::fs::read(&file)
        .with_context(|| format!("cannot read {}; --verify needs the file that --write-secrets wrote", file.display()))?;
    if purge::read(&replace_text).is_empty() {
        bail!("{} looks for nothing: there is nothing to verify", file.display());
    }
    let by_hand = select::left_out(&args.out.join("plan.json"))?;
    let mut history = History::open(path, git)?;
    let counters = Counters::default();
    let removed = Removed { replace_text: &replace_text, by_hand: &by_hand };
    let verified =
        progress::scoped(&Shown::objects(&counters), false, || purge::verify(&mut history, &removed, &searching(args), &counters))?;
    output::print(&show::verified(&verified, &file))?;
    Ok(ExitCode::from(match (verified.left.is_empty(), verified.incomplete.is_empty()) {
        (false, _) => exit::FINDINGS,
        (true, false) => exit::INCOMPLETE,
        (true, true) => exit::CLEAN,
    }))
}

fn searching(args: &PurgeArgs) -> Searching {
    Searching { threads: args.threads, max_file_size: args.max_file_size.0, memory: args.memory.0 }
}

fn history_options(args: &PurgeArgs) -> anyhow::Result<HistoryOptions> {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).context("the clock stands before 1970")?;
    Ok(HistoryOptions {
        full_scan: false,
        reachable_only: false,
        submodules: false,
        memory: args.memory.0,
        // What is planned here is seen now.
        cache: None,
        now: i64::try_from(now.as_secs()).unwrap_or(i64::MAX),
    })
}
