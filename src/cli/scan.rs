//! `keysieve scan`.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;

use keysieve::config::LARGEST_FILE_SIZE;
use keysieve::report::escaped;
use keysieve::rules::RuleSet;
use keysieve::run::{self, HistoryOptions, Plan, Target};
use keysieve::scan::Counters;
use keysieve::source::range::Wanted;
use keysieve::source::repository::GitEnvironment;
use keysieve::source::staged::SETTINGS;

use super::args::{ScanArgs, Size};
use super::cache::HistoryCache;
use super::progress::{self, Shown};
use super::settings::{self, Place};
use super::{exceptions, exit, known, output, rotate};

/// Scans and writes every report that was asked for.
///
/// # Errors
/// When nothing could be scanned or a report could not be written. What was found is printed before such an error is returned.
pub fn run(args: ScanArgs) -> anyhow::Result<ExitCode> {
    let output = args.output.clone();
    let options = output::Options::of(&output, args.quiet);
    let codes = exit::Codes::of(&args);
    let strict = args.strict_exceptions;
    let quiet = args.quiet;
    let noun = if args.history || args.range.is_some() || args.branch.is_some() || args.since.is_some() { "objects" } else { "files" };
    // Before any time is spent: what is wrong with the rotation configuration is told at once.
    let follower = rotate::Follower::of(&args)?;
    let (plan, rules) = plan(args)?;
    let reach = exceptions::Reach::of(&plan);
    let counters = Counters::default();
    let report = progress::scoped(&Shown { counters: &counters, noun }, quiet, || run::run(plan, rules, &counters))?;
    let written = output::write(&report, &options);
    let is_followed = follower.is_none_or(|follower| follower.follow(&report, quiet));
    written?;
    // In a hook it decides what is committed, and few read what is left out.
    for skip in report.coverage.skipped.iter().filter(|skip| skip.what == SETTINGS && !quiet) {
        anstream::eprintln!("keysieve: note: {}", escaped(&skip.why));
    }
    if !is_followed {
        return Ok(ExitCode::from(exit::CANNOT_RUN));
    }
    if strict && exceptions::complain(&report, reach) {
        return Ok(codes.findings());
    }
    Ok(codes.code(&report))
}

fn plan(args: ScanArgs) -> anyhow::Result<(Plan, RuleSet)> {
    if let Some(Size(bytes)) = args.settings.scanned.max_file_size
        && bytes > LARGEST_FILE_SIZE
    {
        anyhow::bail!("--max-file-size: files of 4 GiB or more cannot be scanned; name a smaller size");
    }
    let mut git = GitEnvironment::from_env(|name| std::env::var_os(name));
    let current = || std::env::current_dir().context("cannot read the current folder");
    let target = if args.staged {
        Target::Staged { cwd: current()? }
    } else if args.history {
        Target::History { path: repository(&args.paths, &mut git)?, options: history_options(&args)? }
    } else if args.range.is_some() || args.branch.is_some() || args.since.is_some() {
        let cwd = repository(&args.paths, &mut git)?;
        Target::Range { cwd, wanted: Wanted { range: args.range, branch: args.branch, since: args.since, ..Wanted::default() } }
    } else if args.stdin {
        let name = args.path.unwrap_or_else(|| "<stdin>".into());
        Target::Stdin { name: name.into_encoded_bytes(), input: Box::new(std::io::stdin()) }
    } else {
        let roots = if args.paths.is_empty() { vec![".".into()] } else { args.paths };
        Target::Worktree { roots, include_ignored: args.include_ignored }
    };
    let here = [PathBuf::from(".")];
    let place = match &target {
        Target::Staged { cwd } | Target::Range { cwd, .. } | Target::CommitFiles { cwd, .. } | Target::History { path: cwd, .. } => {
            Place::Repository(cwd)
        }
        Target::Stdin { .. } => Place::Paths(&here),
        Target::Worktree { roots, .. } => Place::Paths(roots),
    };
    let wanted = match &target {
        Target::Range { wanted, .. } => Some(wanted),
        _ => None,
    };
    let mut in_force = settings::load(&args.settings, &place, &git)?.with_approvals(&git, wanted);
    in_force.exceptions = known::load(&args.known, in_force.exceptions, &in_force.roots)?;
    if args.strict_exceptions {
        in_force.exceptions.approvals.get();
    }
    let list_comments = args.strict_exceptions && matches!(target, Target::Worktree { .. });
    let (plan, rules) = in_force.plan(target, git)?;
    Ok((Plan { threads: args.threads, list_comments, ..plan }, rules))
}

/// The folder whose repository is meant.
fn repository(paths: &[PathBuf], git: &mut GitEnvironment) -> anyhow::Result<PathBuf> {
    match paths {
        [] => std::env::current_dir().context("cannot read the current folder"),
        [path] => {
            // A hook's variables are about the repository that the hook runs in, not about one that is named.
            *git = git.without_repository();
            Ok(path.clone())
        }
        _ => anyhow::bail!("commits are those of one repository: name one folder at most, or none for the current one"),
    }
}

fn history_options(args: &ScanArgs) -> anyhow::Result<HistoryOptions> {
    Ok(HistoryOptions {
        full_scan: args.full_scan,
        reachable_only: args.reachable_only,
        submodules: args.submodules,
        memory: args.memory.0,
        cache: if args.no_cache { None } else { HistoryCache::of_user() },
        now: settings::now()?,
    })
}
