//! Chains the stages: a [`Plan`] in, a [`Report`] out. Every subcommand that scans calls [`run`].

use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::Instant;

use crate::detect::Detector;
use crate::detect::prefilter::Workload;
use crate::enrich;
use crate::finding::{Confidence, FingerprintKey};
use crate::report::{Report, RuleSetInfo, Scope, ScopeKind, Tool};
use crate::rules::RuleSet;
use crate::scan::history::{HistoryScan, Seen};
use crate::scan::{self, Counters, Scanned};
use crate::source::SourceError;
use crate::source::history::History;
use crate::source::range::{Range, Wanted};
use crate::source::repository::GitEnvironment;
use crate::source::staged::Staged;
use crate::source::stdin::Stdin;
use crate::source::worktree::Worktree;

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
}

/// Where what was learned of a history is kept for the next scan of it. A repository is named by its git folder.
pub trait Cache {
    /// What was kept, if anything was.
    fn load(&self, repository: &Path) -> Option<Vec<u8>>;

    /// Keeps what was learned. That this fails is no reason to fail.
    fn save(&self, repository: &Path, learned: &[u8]);

    /// What was kept is damaged and was not used.
    fn damaged(&self, repository: &Path);
}

/// How to scan a history.
pub struct HistoryOptions {
    /// Search every byte of every version instead of what differs.
    pub full_scan: bool,
    /// Leave out what no ref reaches.
    pub reachable_only: bool,
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
    let (scope, detector, scanned) = match plan.target {
        Target::Worktree { roots, include_ignored } => {
            let target = roots.iter().map(|root| root.to_string_lossy().into_owned()).collect();
            let source = Worktree { roots, include_ignored, max_file_size: size, git: plan.git };
            let detector = Detector::new(rules, Workload::Large);
            let scanned = scan::scan(&source, &detector, threads, counters)?;
            (Scope { kind: ScopeKind::Worktree, target, range: None }, detector, scanned)
        }
        Target::Staged { cwd } => {
            let source = Staged::open(&cwd, &plan.git, size)?;
            let target = vec![source.top().to_string_lossy().into_owned()];
            let detector = Detector::new(rules, Workload::Small);
            let scanned = scan::scan(&source, &detector, threads, counters)?;
            (Scope { kind: ScopeKind::Staged, target, range: None }, detector, scanned)
        }
        Target::History { path, options } => {
            let mut history = History::open(&path, &plan.git)?;
            let detector = Detector::new(rules, Workload::Large);
            let how = scan::history::Options {
                threads,
                full_scan: options.full_scan,
                reachable_only: options.reachable_only,
                max_file_size: size,
                memory: options.memory,
                min_confidence: plan.min_confidence,
            };
            let cache = options.cache.as_deref();
            let learned = cache.and_then(|cache| cache.load(history.git_folder()));
            let mut scanned = scan::history::scan(&mut history, &detector, &how, learned.as_deref(), counters)?;
            drop(learned);
            if let Some(cache) = cache {
                if scanned.was_damaged {
                    cache.damaged(history.git_folder());
                }
                if let Some(learned) = scanned.learned.take() {
                    cache.save(history.git_folder(), &learned);
                }
            }
            let target = vec![history.place().to_string_lossy().into_owned()];
            let scope = Scope { kind: ScopeKind::History, target, range: None };
            let settings =
                Settings { min_confidence: plan.min_confidence, fingerprint_key: &plan.fingerprint_key, max_file_size: size, threads };
            let mut report = history_report(scope, &history, &detector, scanned, &settings, options.now);
            report.seconds = began.elapsed().as_secs_f64();
            return Ok(report);
        }
        Target::Range { cwd, wanted } => {
            let source = Range::open(&cwd, &plan.git, &wanted, size)?;
            let target = vec![source.root().to_string_lossy().into_owned()];
            let detector = Detector::new(rules, Workload::Large);
            let scanned = scan::scan(&source, &detector, threads, counters)?;
            (Scope { kind: ScopeKind::Range, target, range: Some(wanted.words()) }, detector, scanned)
        }
        Target::Stdin { name, input } => {
            let source = Stdin::new(name, size, input);
            let detector = Detector::new(rules, Workload::Small);
            let scanned = scan::scan(&source, &detector, threads, counters)?;
            (Scope { kind: ScopeKind::Stdin, target: vec!["-".to_owned()], range: None }, detector, scanned)
        }
    };
    let mut report = report(scope, detector.rules(), scanned, plan.min_confidence, &plan.fingerprint_key);
    report.seconds = began.elapsed().as_secs_f64();
    Ok(report)
}

/// What of a plan is left to say once a history is scanned.
struct Settings<'p> {
    min_confidence: Confidence,
    fingerprint_key: &'p FingerprintKey,
    max_file_size: u64,
    threads: usize,
}

/// Secrets below the threshold are counted, and not followed through the history.
fn history_report(scope: Scope, history: &History, detector: &Detector, scanned: HistoryScan, plan: &Settings<'_>, now: i64) -> Report {
    let rules = detector.rules();
    let total = scanned.seen.len();
    let seen: Vec<&Seen> = scanned.seen.iter().filter(|seen| seen.confidence >= plan.min_confidence).collect();
    let below_threshold = (total - seen.len()) as u64;
    let exposed = enrich::expose(history, &scanned, &seen, scan::thread_count(plan.threads), now);
    let (exposures, spots): (Vec<_>, Vec<_>) = exposed.into_iter().map(|one| (one.exposure, one.spots)).unzip();
    let sightings = scan::history::show(history, detector, &seen, &spots, plan.max_file_size);
    let findings = scan::collate_seen(&seen, sightings, exposures, rules, plan.fingerprint_key);
    Report {
        tool: tool(rules),
        scope,
        coverage: scanned.coverage,
        below_threshold,
        findings,
        min_confidence: plan.min_confidence,
        seconds: 0.0,
    }
}

fn report(scope: Scope, rules: &RuleSet, scanned: Scanned, min_confidence: Confidence, key: &FingerprintKey) -> Report {
    let all = scan::collate(scanned.sightings, rules, key);
    let total = all.len();
    let findings: Vec<_> = all.into_iter().filter(|finding| finding.confidence >= min_confidence).collect();
    Report {
        tool: tool(rules),
        scope,
        coverage: scanned.coverage,
        below_threshold: (total - findings.len()) as u64,
        findings,
        min_confidence,
        seconds: 0.0,
    }
}

fn tool(rules: &RuleSet) -> Tool {
    Tool { name: "keysieve", version: env!("CARGO_PKG_VERSION"), ruleset: RuleSetInfo { count: rules.len(), digest: rules.digest() } }
}
