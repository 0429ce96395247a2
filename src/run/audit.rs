//! Scans the history of a repository, and of its submodules if asked, and joins what they report.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::path::{Path, PathBuf};

use super::{CacheKey, HistoryOptions, excluded, tool};
use crate::coverage::{Gap, Skip};
use crate::detect::Detector;
use crate::enrich::{self, ExposedFile, ExposedFiles, Follow};
use crate::finding::{Confidence, Finding, Fingerprint, FingerprintKey, LocationKind, Reach, Threshold};
use crate::report::{Report, Scope, ScopeKind};
use crate::scan::history::{HistoryScan, Options, Seen};
use crate::scan::{self, Counters};
use crate::source::SourceError;
use crate::source::excludes::Excludes;
use crate::source::history::History;
use crate::source::history::submodules::{self, Place};
use crate::source::repository::GitEnvironment;

/// The part of a plan that is the same for every repository.
#[derive(Clone, Copy)]
pub(super) struct How<'p> {
    pub(super) threads: usize,
    pub(super) max_file_size: u64,
    pub(super) min_confidence: Confidence,
    pub(super) fingerprint_key: &'p FingerprintKey,
    pub(super) git: &'p GitEnvironment,
    pub(super) excludes: &'p Excludes,
}

/// Scans the history of the repository that `path` lies in.
///
/// # Errors
/// It cannot be opened or listed at all, or no threads can be started. Of a submodule, that is a gap.
pub(super) fn run(
    path: &Path,
    options: &HistoryOptions,
    how: How<'_>,
    detector: &Detector,
    counters: &Counters,
) -> Result<Report, SourceError> {
    let mut history = History::open(path, how.git)?;
    let top = history.place().to_owned();
    let audit = Audit { options, how, detector, counters, top: &top };
    let mut report = audit.repository(&mut history)?;
    let place = Place::outermost(&history);
    let found = submodules::of(&history, &place);
    drop(history);
    if options.submodules {
        audit.submodules(place, found, &mut report);
    } else if let count @ 1.. = (found.here.len() + found.absent.len()) as u64 {
        let why = "each is a repository of its own: scan them with --submodules";
        report.coverage.skip(Skip { what: "submodules".to_owned(), why: why.to_owned(), count });
    }
    excluded::leave_out(&mut report, how.excludes);
    report.coverage.sort();
    Ok(report)
}

/// What scanning takes, whichever the repository.
struct Audit<'a> {
    options: &'a HistoryOptions,
    how: How<'a>,
    detector: &'a Detector,
    counters: &'a Counters,
    /// The folder of the outermost repository.
    top: &'a Path,
}

impl Audit<'_> {
    /// One history, as if there were no others.
    fn repository(&self, history: &mut History) -> Result<Report, SourceError> {
        let how = Options {
            threads: self.how.threads,
            full_scan: self.options.full_scan,
            reachable_only: self.options.reachable_only,
            max_file_size: self.how.max_file_size,
            memory: self.options.memory,
            min_confidence: self.how.min_confidence,
        };
        let repository = history.git_folder().to_owned();
        let key = CacheKey { repository: &repository, place: self.top };
        let cache = self.options.cache.as_deref();
        let learned = cache.and_then(|cache| cache.load(key));
        let mut scanned = scan::history::scan(history, self.detector, &how, learned.as_deref(), self.counters)?;
        drop(learned);
        if let Some(cache) = cache {
            if scanned.was_damaged {
                cache.damaged(key);
            }
            if let Some(learned) = scanned.learned.take() {
                cache.save(key, &learned);
            }
        }
        Ok(self.report(history, scanned))
    }

    /// Secrets below the threshold are counted, and not followed through the history.
    fn report(&self, history: &History, scanned: HistoryScan) -> Report {
        let rules = self.detector.rules();
        let (disabled, reported): (Vec<&Seen>, Vec<&Seen>) = scanned.seen.iter().partition(|seen| rules.is_disabled(seen.rule));
        let is_sure = |seen: &&&Seen| seen.confidence >= self.how.min_confidence;
        let mut seen: Vec<&Seen> = reported.iter().filter(is_sure).copied().collect();
        let below_threshold = (reported.len() - seen.len()) as u64;
        let disabled: Vec<&Seen> = disabled.iter().filter(is_sure).copied().collect();
        let withheld = scan::history::withheld(history, &scanned.graph, self.detector, &disabled, self.how.max_file_size);
        let exposed = enrich::expose(history, &scanned, &seen, scan::thread_count(self.how.threads), self.options.now);
        let (mut exposures, spots): (Vec<_>, Vec<_>) = exposed.into_iter().map(|one| (one.exposure, one.spots)).unzip();
        let mut sightings = scan::history::show(history, self.detector, &seen, &spots, self.how.max_file_size);
        let files = self.files(history, &scanned);
        let below_threshold = below_threshold + files.below;
        let more = files.is_cut.then(|| {
            let why = "some that git should not store stand under more paths than are told";
            Gap::new("files by their names", why, "scan the working tree as well, with `keysieve scan`")
        });
        for ExposedFile { seen: file, exposed } in &files.files {
            seen.push(file);
            exposures.push(exposed.exposure.clone());
            sightings.push(exposed.spots.iter().map(|spot| scan::history::unseen(history, file, spot)).collect());
        }
        let findings = scan::collate_seen(&seen, sightings, exposures, rules, self.how.fingerprint_key);
        let mut coverage = scanned.coverage.clone();
        coverage.incomplete.extend(more);
        coverage.sort();
        let target = vec![history.place().to_string_lossy().into_owned()];
        Report {
            tool: tool(rules),
            scope: Scope { kind: ScopeKind::History, target, range: None },
            coverage,
            below_threshold,
            findings,
            min_confidence: self.how.min_confidence,
            withheld,
            exceptions: Vec::new(),
            fail_on: Threshold::default(),
            seconds: None,
        }
    }

    /// Files that the history should not store.
    fn files(&self, history: &History, scanned: &HistoryScan) -> ExposedFiles {
        let How { threads, max_file_size, min_confidence, .. } = self.how;
        let files = scan::history::files(history, &scanned.graph, self.detector, threads, max_file_size);
        let how = Follow { least: min_confidence, threads, now: self.options.now };
        let mut exposed = enrich::expose_files(history, scanned, &files, how);
        if self.options.reachable_only {
            exposed.files.retain(|file| file.exposed.exposure.reach == Reach::Refs);
        }
        exposed
    }

    /// Adds the submodules that were `found` at `outermost`, and theirs, to `report`.
    fn submodules(&self, outermost: Place, found: submodules::Submodules, report: &mut Report) {
        // Whatever names it: each repository once.
        let mut scanned: BTreeSet<PathBuf> = BTreeSet::from([outermost.git_folder().to_owned()]);
        let mut all = Joined::new(std::mem::take(&mut report.findings));
        report.coverage.incomplete.extend(found.absent);
        let mut waiting = VecDeque::from(found.here);
        while let Some(place) = waiting.pop_front() {
            if !scanned.insert(place.git_folder().to_owned()) {
                continue;
            }
            match self.submodule(&place) {
                Ok((own, below)) => {
                    report.coverage.absorb(own.coverage);
                    report.below_threshold += own.below_threshold;
                    report.withheld.extend(own.withheld);
                    own.findings.into_iter().for_each(|finding| all.add(finding));
                    report.coverage.incomplete.extend(below.absent);
                    waiting.extend(below.here);
                }
                Err(error) => {
                    let remedy = "repair it, or let `git submodule update --init` make it again after it was removed";
                    report.coverage.incomplete.push(Gap::new(format!("submodule {}", place.shown()), error.to_string(), remedy));
                }
            }
        }
        report.findings = all.findings;
        scan::sort_findings(&mut report.findings);
    }

    fn submodule(&self, place: &Place) -> Result<(Report, submodules::Submodules), SourceError> {
        let mut history = place.open(self.how.git)?;
        let mut report = self.repository(&mut history)?;
        move_below(&mut report, place);
        Ok((report, submodules::of(&history, place)))
    }
}

/// Names everything as it is seen from the outermost repository.
fn move_below(report: &mut Report, place: &Place) {
    let below = |path: &[u8]| [place.path(), path].join(&b'/');
    for gap in &mut report.coverage.incomplete {
        gap.what = format!("{} in submodule {}", gap.what, place.shown());
    }
    for finding in &mut report.findings {
        for location in &mut finding.locations {
            let is_path = matches!(location.kind, LocationKind::Blob | LocationKind::SymlinkTarget | LocationKind::FileName);
            if is_path && !location.path.is_empty() {
                location.path = below(&location.path);
            }
            location.submodule = Some(place.shown());
        }
        finding.exposure.iter_mut().flat_map(|exposure| &mut exposure.paths).for_each(|path| *path = below(path));
    }
}

/// Findings of several repositories, each secret of a rule once.
struct Joined {
    findings: Vec<Finding>,
    known: BTreeMap<(String, Fingerprint), usize>,
}

impl Joined {
    fn new(findings: Vec<Finding>) -> Self {
        let known = findings.iter().enumerate().map(|(at, finding)| (Self::key(finding), at)).collect();
        Self { findings, known }
    }

    fn key(finding: &Finding) -> (String, Fingerprint) {
        (finding.rule.id.clone(), finding.fingerprint.clone())
    }

    fn add(&mut self, finding: Finding) {
        let next = self.findings.len();
        let at = *self.known.entry(Self::key(&finding)).or_insert(next);
        match self.findings.get_mut(at) {
            None => self.findings.push(finding),
            Some(known) => join(known, finding),
        }
    }
}

/// Adds the places and the exposure of the same secret in another repository. The surer of both speaks for it.
fn join(known: &mut Finding, other: Finding) {
    known.locations.extend(other.locations);
    known.locations.sort();
    known.locations.dedup();
    if other.confidence > known.confidence {
        (known.confidence, known.evidence, known.identity) = (other.confidence, other.evidence, other.identity);
    }
    match (&mut known.exposure, other.exposure) {
        (Some(own), Some(other)) => own.join(other),
        (own, other) => *own = own.take().or(other),
    }
}
