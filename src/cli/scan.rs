//! `keysieve scan`.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::SystemTime;

use anyhow::Context as _;

use keysieve::finding::FingerprintKey;
use keysieve::rules::RuleSet;
use keysieve::run::{self, HistoryOptions, Plan, Target};
use keysieve::scan::Counters;
use keysieve::source::repository::GitEnvironment;

use super::args::ScanArgs;
use super::{exit, output, progress};

/// Scans and writes every report that was asked for.
///
/// # Errors
/// When nothing could be scanned or a report could not be written. What was found is printed before such an error is returned.
pub fn run(args: ScanArgs) -> anyhow::Result<ExitCode> {
    let options = output::Options::of(&args);
    let allow_incomplete = args.allow_incomplete;
    let quiet = args.quiet;
    let plan = plan(args)?;
    let counters = Counters::default();
    let report = progress::scoped(&counters, quiet, || run::run(plan, RuleSet::builtin(), &counters))?;
    output::write(&report, &options)?;
    Ok(exit::code(report.outcome(), allow_incomplete))
}

fn plan(args: ScanArgs) -> anyhow::Result<Plan> {
    let target = if args.staged {
        Target::Staged { cwd: std::env::current_dir().context("cannot read the current folder")? }
    } else if args.history {
        Target::History { path: only_path(&args.paths)?, options: history_options(&args)? }
    } else if args.stdin {
        let name = args.path.unwrap_or_else(|| "<stdin>".into());
        Target::Stdin { name: name.into_encoded_bytes(), input: Box::new(std::io::stdin()) }
    } else {
        let roots = if args.paths.is_empty() { vec![".".into()] } else { args.paths };
        Target::Worktree { roots, include_ignored: args.include_ignored }
    };
    Ok(Plan {
        target,
        threads: args.threads,
        max_file_size: args.max_file_size.0,
        min_confidence: args.min_confidence,
        fingerprint_key: FingerprintKey::default(),
        git: GitEnvironment::from_env(|name| std::env::var_os(name)),
    })
}

/// The folder whose repository is meant.
fn only_path(paths: &[PathBuf]) -> anyhow::Result<PathBuf> {
    match paths {
        [] => Ok(".".into()),
        [path] => Ok(path.clone()),
        _ => anyhow::bail!("a history is that of one repository; name one folder"),
    }
}

fn history_options(args: &ScanArgs) -> anyhow::Result<HistoryOptions> {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).context("the clock stands before 1970")?;
    Ok(HistoryOptions {
        full_scan: args.full_scan,
        reachable_only: args.reachable_only,
        memory: args.memory.0,
        now: i64::try_from(now.as_secs()).unwrap_or(i64::MAX),
    })
}
