//! Holds exceptions against findings: which places they cover, and what keeps them from it.

mod comments;
mod places;

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::rc::Rc;

use self::comments::{LineOfRule, crowds};
use self::places::Spot;
use super::inline::Comment;
use super::{Day, Exception, ExceptionUse, Exceptions, Source, Standing, Terms};
use crate::finding::{Finding, Location, LocationKind, Status, StatusState, Suppression};
use crate::owners::Owned;

/// Hex digits of a hash that name an entry of a baseline to people.
const SHOWN_DIGITS: usize = 8;

/// What matching has to know of the scan.
pub struct Scene<'s> {
    /// Today, in UTC.
    pub today: Day,
    /// Places of one secret of a history that are told at most: where there are as many, there may be more that no path and no comment is known of.
    pub most_places: usize,
    /// The path of a place from the top of the repository that the exceptions belong to; none if it lies elsewhere.
    pub path: &'s dyn Fn(&Location) -> Option<Vec<u8>>,
}

/// Exceptions, and which of them were of use so far.
pub struct Matching<'e> {
    exceptions: &'e Exceptions,
    by_fingerprint: HashMap<&'e str, Vec<usize>>,
    /// Those that are bound to no fingerprint.
    by_place: Vec<usize>,
    /// Which of those are about a path, for paths that were asked for: many findings stand in one file.
    by_path: HashMap<Vec<u8>, Rc<[usize]>>,
    uses: Vec<ExceptionUse>,
    /// Number of the first use that is the baseline's, and of each entry behind it.
    baseline_uses: BTreeMap<(&'e str, &'e str), usize>,
    /// For each listed exception what keeps it from counting at some place, and whether it counts at another.
    in_places: Vec<(Option<String>, bool)>,
    /// Who owns the files that were asked for.
    owned: HashMap<Vec<u8>, Owned<'e>>,
    /// Path and line of each comment that a finding stands beside, and the finding's rule.
    comments: HashSet<(Vec<u8>, u32, String)>,
    are_approvals_asked: bool,
}

/// What keeps a place from being covered, or covers it.
#[derive(Default)]
struct Cover {
    by: Option<Suppression>,
    notes: Vec<String>,
}

impl<'e> Matching<'e> {
    /// Nothing is used yet.
    pub fn new(exceptions: &'e Exceptions, today: Day) -> Self {
        let mut by_fingerprint: HashMap<&str, Vec<usize>> = HashMap::new();
        let mut by_place = Vec::new();
        let mut uses = Vec::new();
        for (at, exception) in exceptions.listed.iter().enumerate() {
            match &exception.fingerprint {
                Some(fingerprint) => by_fingerprint.entry(fingerprint).or_default().push(at),
                None => by_place.push(at),
            }
            let standing = match exceptions.policy.lacks(&exception.terms, today) {
                _ if is_over(&exception.terms, today) => Standing::Expired,
                Some(why) => Standing::Refused(why),
                None => Standing::InForce,
            };
            uses.push(ExceptionUse {
                source: Source::Listed,
                subject: exception.subject(),
                origin: exception.origin.clone(),
                terms: exception.terms.clone(),
                standing,
                is_used: false,
            });
        }
        let mut baseline_uses = BTreeMap::new();
        for entry in exceptions.baseline.iter().flat_map(|(baseline, file)| baseline.entries(file)) {
            baseline_uses.insert((entry.hash, entry.rule), uses.len());
            let standing = if is_over(entry.terms, today) { Standing::Expired } else { Standing::InForce };
            uses.push(ExceptionUse {
                source: Source::Baseline,
                // In full it would look like a token of the provider.
                subject: format!("{} {}", entry.rule, entry.hash.get(..SHOWN_DIGITS).unwrap_or(entry.hash)),
                origin: entry.origin,
                terms: entry.terms.clone(),
                standing,
                is_used: false,
            });
        }
        let mut own = Self {
            exceptions,
            by_fingerprint,
            by_place,
            by_path: HashMap::new(),
            uses,
            baseline_uses,
            in_places: vec![(None, false); exceptions.listed.len()],
            owned: HashMap::new(),
            comments: HashSet::new(),
            are_approvals_asked: false,
        };
        if exceptions.approvals.is_known() {
            own.ask_approvals();
        }
        own
    }

    /// Gives each of `findings` the status that it has with these exceptions. Changes nothing else.
    pub fn apply(&mut self, findings: &mut [Finding], scene: &Scene<'_>) {
        let crowds = crowds(findings);
        let statuses: Vec<Status> = findings.iter().map(|finding| self.status(finding, &crowds, scene)).collect();
        drop(crowds);
        for (finding, status) in findings.iter_mut().zip(statuses) {
            finding.status = status;
        }
    }

    /// What became of each exception, and of `comments`, which stand in what was scanned.
    pub fn into_uses(mut self, comments: &[Comment], today: Day) -> Vec<ExceptionUse> {
        for (own, (why, counts)) in self.uses.iter_mut().zip(self.in_places) {
            match why {
                Some(why) if counts => own.standing = Standing::Partly(why),
                Some(why) => own.standing = Standing::Refused(why),
                None => {}
            }
        }
        let key = |comment: &Comment| (comment.path.clone(), comment.marker.line, comment.marker.rule.clone());
        let policy = &self.exceptions.policy;
        self.uses.extend(comments.iter().map(|comment| comment.used(self.comments.contains(&key(comment)), policy, today)));
        self.uses
    }

    fn status(&mut self, finding: &Finding, crowds: &HashMap<LineOfRule<'_>, usize>, scene: &Scene<'_>) -> Status {
        let whole = self.whole(finding);
        let is_cut = finding.exposure.is_some() && finding.locations.len() >= scene.most_places;
        let mut suppressions = Vec::new();
        let mut notes = whole.notes;
        let mut is_covered = true;
        for location in &finding.locations {
            let cover = self.cover(finding, location, crowds, scene);
            notes.extend(cover.notes);
            // Known as a whole is said before what is known of one place only.
            match whole.by.clone().or(cover.by) {
                Some(suppression) => suppressions.push(suppression),
                None => is_covered = false,
            }
        }
        if is_covered && is_cut && whole.by.is_none() {
            is_covered = false;
            notes.push("it stands in more places than are told, so an exception for some of them does not count".to_owned());
        } else if !is_covered && !suppressions.is_empty() {
            let (covered, all) = (suppressions.len(), finding.locations.len());
            notes.push(format!("excepted in {covered} of {all} places; it counts until all are"));
        }
        notes.sort();
        notes.dedup();
        if !is_covered {
            return Status { notes, ..Status::default() };
        }
        suppressions.sort();
        suppressions.dedup();
        let reason = suppressions.iter().find_map(|suppression| suppression.reason.clone());
        Status { state: StatusState::Suppressed, reason, suppressions, notes: Vec::new() }
    }

    /// What covers a secret wherever it stands.
    fn whole(&mut self, finding: &Finding) -> Cover {
        let mut cover = Cover::default();
        let bound = self.by_fingerprint.get(finding.fingerprint.as_str()).cloned().unwrap_or_default();
        let exceptions = self.exceptions;
        for at in bound {
            let exception = &exceptions.listed[at];
            // What has to be approved is looked at place by place.
            if exception.path.is_none() && names_rule(exception, finding) && !exceptions.policy.require_approval {
                self.take(at, Spot::NoFile, &mut cover);
            }
        }
        if let Some((baseline, _)) = &exceptions.baseline {
            let hash = baseline.hash(&finding.rule.id, &finding.secret);
            if let Some(at) = self.baseline_uses.get(&(hash.as_str(), finding.rule.id.as_str())).copied() {
                self.take(at, Spot::NoFile, &mut cover);
            }
        }
        cover
    }

    /// What covers one place of a secret.
    fn cover(&mut self, finding: &Finding, location: &Location, crowds: &HashMap<LineOfRule<'_>, usize>, scene: &Scene<'_>) -> Cover {
        let mut cover = Cover::default();
        let exceptions = self.exceptions;
        let path = if is_in_tree(location.kind) { (scene.path)(location) } else { None };
        let spot = match &path {
            Some(path) => Spot::File(path),
            None if is_in_tree(location.kind) => Spot::Elsewhere,
            None => Spot::NoFile,
        };
        let mut about = self.by_fingerprint.get(finding.fingerprint.as_str()).cloned().unwrap_or_default();
        about.retain(|at| match (&exceptions.listed[*at].path, &path) {
            (None, _) => exceptions.policy.require_approval,
            (Some(glob), Some(path)) => glob.matches(path),
            (Some(_), None) => false,
        });
        about.extend(path.iter().flat_map(|path| self.at_path(path.clone()).to_vec()));
        for at in about {
            if names_rule(&exceptions.listed[at], finding) {
                self.take(at, spot, &mut cover);
            }
        }
        if !location.markers.is_empty() {
            self.markers(finding, location, crowds, scene.today, &mut cover);
        }
        if cover.by.is_none() {
            match super::foreign::cover(location, exceptions, scene.today) {
                Some(Ok(suppression)) => cover.by = Some(suppression),
                Some(Err(note)) => cover.notes.push(note),
                None => {}
            }
        }
        cover
    }

    /// Exceptions without a fingerprint that are about a path.
    fn at_path(&mut self, path: Vec<u8>) -> Rc<[usize]> {
        let (listed, by_place) = (&self.exceptions.listed, &self.by_place);
        let about = |path: &[u8]| by_place.iter().copied().filter(|at| is_about(&listed[*at], path)).collect();
        match self.by_path.entry(path) {
            Entry::Occupied(known) => Rc::clone(known.get()),
            Entry::Vacant(free) => {
                let own: Rc<[usize]> = about(free.key());
                Rc::clone(free.insert(own))
            }
        }
    }
}

fn is_over(terms: &Terms, today: Day) -> bool {
    terms.expires.is_some_and(|last| last < today)
}

fn names_rule(exception: &Exception, finding: &Finding) -> bool {
    exception.rule.as_ref().is_none_or(|rule| rule.matches(finding.rule.id.as_bytes()))
}

fn is_about(exception: &Exception, path: &[u8]) -> bool {
    exception.path.as_ref().is_some_and(|glob| glob.matches(path))
}

/// Whether the path of such a place is one of a file.
fn is_in_tree(kind: LocationKind) -> bool {
    use LocationKind::{Blob, CommitMessage, File, FileName, Note, Person, Staged, Stdin, SymlinkTarget, TagMessage};
    match kind {
        File | Staged | Stdin | SymlinkTarget | Blob | FileName => true,
        Note | CommitMessage | TagMessage | Person => false,
    }
}
