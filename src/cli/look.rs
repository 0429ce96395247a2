//! Scans a repository as a whole, for what its exceptions and its baseline are about.

use std::path::{Path, PathBuf};

use anyhow::Context as _;

use keysieve::exceptions::Exceptions;
use keysieve::exceptions::baseline::Scope;
use keysieve::report::{Report, escaped};
use keysieve::run::{self, HistoryOptions, Plan, Target};
use keysieve::scan::Counters;
use keysieve::source::repository::GitEnvironment;

use super::cache::HistoryCache;
use super::exceptions::Reach;
use super::progress::{self, Shown};
use super::settings::{self, InForce};

/// Memory for objects of a history, in bytes; as for a scan.
const MEMORY: u64 = 128 << 20;

/// What to look at.
pub struct Look<'a> {
    /// Where the search for the repository begins.
    pub start: &'a Path,
    /// The files, or the history.
    pub scope: Scope,
    /// What the environment says of git.
    pub git: GitEnvironment,
    /// List the comments that except something in files, too.
    pub list_comments: bool,
}

/// What the environment says of git. A hook's variables are about the repository that the hook runs in, not about one that is named.
pub fn environment(is_named: bool) -> GitEnvironment {
    let git = GitEnvironment::from_env(|name| std::env::var_os(name));
    if is_named { git.without_repository() } else { git }
}

impl Look<'_> {
    /// Scans all of it, as `keysieve scan` does with the same configuration; paths in the report begin at the root.
    ///
    /// # Errors
    /// Nothing can be scanned.
    pub fn scan(self, in_force: InForce, exceptions: Exceptions) -> anyhow::Result<(Report, Reach)> {
        let now = settings::now()?;
        let top = std::path::absolute(in_force.roots.first().map_or(self.start, PathBuf::as_path))?;
        let target = match self.scope {
            Scope::Worktree => Target::Worktree { roots: vec![".".into()], include_ignored: false },
            Scope::History => {
                let cache = HistoryCache::of_user();
                let options = HistoryOptions { full_scan: false, reachable_only: false, submodules: false, memory: MEMORY, cache, now };
                Target::History { path: self.start.to_owned(), options }
            }
        };
        let (plan, rules) = InForce { exceptions, ..in_force }.plan(target, absolute(self.git))?;
        let plan = Plan { list_comments: self.list_comments && self.scope == Scope::Worktree, ..plan };
        let reach = if self.scope == Scope::Worktree { within(&top, || Ok(Reach::of(&plan)))? } else { Reach::of(&plan) };
        let counters = Counters::default();
        let noun = if self.scope == Scope::History { "objects" } else { "files" };
        let run = || Ok(progress::scoped(&Shown { counters: &counters, noun }, false, || run::run(plan, rules, &counters))?);
        let report = if self.scope == Scope::Worktree { within(&top, run)? } else { run()? };
        Ok((report, reach))
    }
}

/// Does `work` in `folder`, so that paths are named as `keysieve scan` names them there: how sure a finding is depends on folders' names.
///
/// # Errors
/// It cannot be gone to or back from, or the work fails.
pub fn within<T>(folder: &Path, work: impl FnOnce() -> anyhow::Result<T>) -> anyhow::Result<T> {
    let here = std::env::current_dir().context("cannot read the current folder")?;
    std::env::set_current_dir(folder).with_context(|| format!("cannot go to {}", folder.display()))?;
    let done = work();
    std::env::set_current_dir(here).context("cannot go back to the current folder")?;
    done
}

/// The same environment, wherever the current folder will be.
pub fn absolute(mut git: GitEnvironment) -> GitEnvironment {
    let parts = [&mut git.git_dir, &mut git.work_tree, &mut git.common_dir, &mut git.object_directory];
    for path in parts.into_iter().flatten() {
        *path = std::path::absolute(&*path).unwrap_or_else(|_| path.clone());
    }
    git
}

/// Names on standard error what was not scanned.
pub fn warn(report: &Report) {
    for gap in &report.coverage.incomplete {
        anstream::eprintln!("keysieve: incomplete: {}", escaped(&gap.sentence()));
    }
}
