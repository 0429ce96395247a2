//! Chains the stages: a [`Plan`] in, a [`Report`] out. Every subcommand that scans calls [`run`].

mod audit;
mod comments;
mod excluded;
mod expiry;
mod known;
mod paths;
mod shared;

use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::Instant;

use crate::coverage::Skip;
use crate::detect::Detector;
use crate::detect::prefilter::Workload;
use crate::environments::Environments;
use crate::exceptions::Exceptions;
use crate::finding::{Confidence, Finding, FingerprintKey, Threshold, Withheld};
use crate::report::{FingerprintInfo, Report, RuleSetInfo, Scope, ScopeKind, Tool};
use crate::rules::RuleSet;
use crate::scan::{self, Collated, Counters, Scanned};
use crate::source::SourceError;
use crate::source::commit_files::{CommitFile, CommitFiles};
use crate::source::excludes::{Excludes, Filtered};
use crate::source::range::{Range, Wanted};
use crate::source::repository::GitEnvironment;
use crate::source::staged::Staged;
use crate::source::stdin::Stdin;
use crate::source::worktree::{StoredFiles, Worktree};

/// What to scan and how.
pub struct Plan {
    /// Where the bytes come from.
    pub target: Target,
    /// Threads; 0 means as many as there are cores.
    pub threads: usize,
    /// Largest file or blob that is read, in bytes.
    pub max_file_size: u64,
    /// Findings that are less sure are counted, not listed.
    pub min_confidence: Confidence,
    /// Key of the fingerprints.
    pub fingerprint_key: FingerprintKey,
    /// What the environment says about git, read by the binary.
    pub git: GitEnvironment,
    /// The time, in seconds since 1970: what has expired by then says so.
    pub now: i64,
    /// What a configuration wants otherwise.
    pub settings: Settings,
    /// Findings that do not count.
    pub exceptions: Exceptions,
    /// List the comments that except something in files, too.
    pub list_comments: bool,
    /// Tops of the repositories that are scanned, without links: the paths of exceptions begin there. None: paths are as the report names them.
    pub roots: Vec<PathBuf>,
}

/// What a configuration wants otherwise. The default changes nothing.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// Paths that are left out.
    pub excludes: Excludes,
    /// From where on a finding makes the scan fail.
    pub fail_on: Threshold,
    /// Environments that should not share a secret.
    pub environments: Environments,
    /// Files at the top of the repository that decide over the scan as they are on disk.
    pub files: Vec<&'static str>,
    /// What was left out before the scan began, such as rules.
    pub skipped: Vec<Skip>,
}

/// A repository as a cache is asked for it.
#[derive(Clone, Copy, Debug)]
pub struct CacheKey<'p> {
    /// Its git folder, by which it is known.
    pub repository: &'p Path,
    /// Where it or the repository that it is a submodule of is checked out, or another folder in which nothing may be written.
    pub place: &'p Path,
}

/// Where what was learned of a history is kept for the next scan of it.
pub trait Cache {
    /// What was kept, if anything was.
    fn load(&self, key: CacheKey<'_>) -> Option<Vec<u8>>;

    /// Keeps what was learned. That this fails is no reason to fail.
    fn save(&self, key: CacheKey<'_>, learned: &[u8]);

    /// What was kept is damaged and was not used.
    fn damaged(&self, key: CacheKey<'_>);
}

/// How to scan a history.
pub struct HistoryOptions {
    /// Search every byte of every version instead of what differs.
    pub full_scan: bool,
    /// Leave out what no ref reaches.
    pub reachable_only: bool,
    /// Scan the histories of its submodules, and of theirs, as well.
    pub submodules: bool,
    /// Most bytes of objects held while others are made from them.
    pub memory: u64,
    /// What was learned in earlier scans.
    pub cache: Option<Box<dyn Cache>>,
    /// The time, in seconds since 1970: exposure is counted up to it.
    pub now: i64,
}

/// Where the bytes come from.
pub enum Target {
    /// Files and folders.
    Worktree {
        /// As the user named them.
        roots: Vec<PathBuf>,
        /// Take in what ignore rules leave out.
        include_ignored: bool,
    },
    /// What the next commit would add, in the repository of this folder.
    Staged {
        /// Where the search for the repository begins.
        cwd: PathBuf,
    },
    /// Everything that the repository of this folder stores.
    History {
        /// Where the search for the repository begins.
        path: PathBuf,
        /// How to scan it.
        options: HistoryOptions,
    },
    /// What commits introduce.
    Range {
        /// Where the search for the repository begins.
        cwd: PathBuf,
        /// Which commits.
        wanted: Wanted,
    },
    /// Files as commits have them.
    CommitFiles {
        /// Where the search for the repository begins.
        cwd: PathBuf,
        /// Which files of which commits.
        files: Vec<CommitFile>,
    },
    /// A stream.
    Stdin {
        /// The path under which it is scanned and reported.
        name: Vec<u8>,
        /// The stream.
        input: Box<dyn Read + Send>,
    },
}

/// Scans what `plan` names with `rules`; `counters` tells how far it is.
///
/// # Errors
/// When nothing at all could be scanned: no such path, no repository, a corrupt index. Anything less is in the report.
pub fn run(plan: Plan, rules: RuleSet, counters: &Counters) -> Result<Report, SourceError> {
    let began = Instant::now();
    let threads = plan.threads;
    let size = plan.max_file_size;
    let excludes = &plan.settings.excludes;
    let known = known::Known { exceptions: plan.exceptions, roots: plan.roots, now: plan.now, comments: Vec::new() };
    let terms = paths::Terms::of(&rules);
    let mut finish = Finish { settings: &plan.settings, known, terms, key: &plan.fingerprint_key, began };
    let (scope, detector, scanned) = match plan.target {
        Target::Worktree { roots, include_ignored } => {
            let target = roots.iter().map(|root| root.to_string_lossy().into_owned()).collect();
            let source = Worktree { roots, include_ignored, max_file_size: size, git: plan.git, stored: StoredFiles::default() };
            let detector = Detector::new(rules, Workload::Large);
            let source = comments::Noted::new(Filtered::new(source, excludes), plan.list_comments);
            let scanned = scan::scan(&source, &detector, threads, counters)?;
            finish.known.comments = source.into_comments(detector.rules());
            (Scope { kind: ScopeKind::Worktree, target, range: None }, detector, scanned)
        }
        Target::Staged { cwd } => {
            let source = Staged::open_beside(&cwd, &plan.git, size, &plan.settings.files)?;
            let target = vec![source.top().to_string_lossy().into_owned()];
            let detector = Detector::new(rules, Workload::Small);
            let scanned = scan::scan(&Filtered::new(source, excludes), &detector, threads, counters)?;
            (Scope { kind: ScopeKind::Staged, target, range: None }, detector, scanned)
        }
        Target::History { path, options } => {
            let detector = Detector::new(rules, Workload::Large);
            let how = audit::How {
                threads,
                max_file_size: size,
                min_confidence: plan.min_confidence,
                fingerprint_key: &plan.fingerprint_key,
                git: &plan.git,
                excludes,
            };
            let mut report = audit::run(&path, &options, how, &detector, counters)?;
            finish.add_to(&mut report, Vec::new(), detector.rules());
            return Ok(report);
        }
        Target::Range { cwd, wanted } => {
            let source = Range::open(&cwd, &plan.git, &wanted, size)?;
            let target = vec![source.root().to_string_lossy().into_owned()];
            let detector = Detector::new(rules, Workload::Large);
            let scanned = scan::scan(&Filtered::new(source, excludes), &detector, threads, counters)?;
            (Scope { kind: ScopeKind::Range, target, range: Some(wanted.words()) }, detector, scanned)
        }
        Target::CommitFiles { cwd, files } => {
            let source = CommitFiles::open(&cwd, &plan.git, files, size)?;
            let target = vec![source.root().to_string_lossy().into_owned()];
            let detector = Detector::new(rules, Workload::Large);
            let scanned = scan::scan(&Filtered::new(source, excludes), &detector, threads, counters)?;
            (Scope { kind: ScopeKind::Range, target, range: None }, detector, scanned)
        }
        Target::Stdin { name, input } => {
            let source = Stdin::new(name, size, input);
            let detector = Detector::new(rules, Workload::Small);
            let scanned = scan::scan(&Filtered::new(source, excludes), &detector, threads, counters)?;
            (Scope { kind: ScopeKind::Stdin, target: vec!["-".to_owned()], range: None }, detector, scanned)
        }
    };
    let (mut report, below) = report(scope, detector.rules(), scanned, plan.min_confidence, &plan.fingerprint_key);
    finish.add_to(&mut report, below, detector.rules());
    Ok(report)
}

/// What is the same for every source.
struct Finish<'p> {
    settings: &'p Settings,
    known: known::Known,
    terms: paths::Terms,
    key: &'p FingerprintKey,
    began: Instant,
}

impl Finish<'_> {
    /// Adds it to `report`. `below` are the findings that are not sure enough for it: an exception for one of them is of use.
    fn add_to(self, report: &mut Report, mut below: Vec<Finding>, rules: &RuleSet) {
        let folders = self.known.folders(report.scope.kind);
        for findings in [&mut report.findings, &mut below] {
            self.terms.keep(findings, &|path| folders.below_root(path));
        }
        expiry::note(&mut report.findings, self.known.now);
        let search = shared::Search { rules, environments: &self.settings.environments, key: self.key };
        self.known.mark(report, &mut below, &search);
        report.fail_on = self.settings.fail_on;
        self.settings.skipped.iter().for_each(|skip| report.coverage.skip(skip.clone()));
        report.coverage.sort();
        report.seconds = Some(self.began.elapsed().as_secs_f64());
    }
}

/// The report, and the findings that are not sure enough for it.
fn report(scope: Scope, rules: &RuleSet, scanned: Scanned, min_confidence: Confidence, key: &FingerprintKey) -> (Report, Vec<Finding>) {
    let Collated { findings, mut disabled } = scan::collate(scanned.sightings, rules, key);
    let (findings, below): (Vec<_>, Vec<_>) = findings.into_iter().partition(|finding| finding.confidence >= min_confidence);
    disabled.retain(|finding| finding.confidence >= min_confidence);
    let report = Report {
        tool: tool(rules, key),
        scope,
        coverage: scanned.coverage,
        below_threshold: below.len() as u64,
        findings,
        min_confidence,
        withheld: disabled.into_iter().filter_map(Withheld::of).collect(),
        exceptions: Vec::new(),
        fail_on: Threshold::default(),
        seconds: None,
    };
    (report, below)
}

fn tool(rules: &RuleSet, key: &FingerprintKey) -> Tool {
    let ruleset = RuleSetInfo { count: rules.in_force(), digest: rules.digest() };
    Tool { name: "keysieve", version: env!("CARGO_PKG_VERSION").into(), ruleset, fingerprints: FingerprintInfo { keyed_by: key.id() } }
}
