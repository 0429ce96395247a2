//! Holds exceptions against findings: which places they cover, and what keeps them from it.

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::rc::Rc;

use super::{Day, Exception, ExceptionUse, Exceptions, Source, Standing, Terms};
use crate::finding::{Finding, Location, LocationKind, Marker, Status, StatusState, Suppression, SuppressionKind};

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
}

/// What keeps a place from being covered, or covers it.
#[derive(Default)]
struct Cover {
    by: Option<Suppression>,
    notes: Vec<String>,
}

/// A line, and a rule that found secrets on it.
type LineOfRule<'f> = (&'f [u8], Option<&'f str>, Option<&'f str>, LocationKind, u32, &'f str);

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
        Self { exceptions, by_fingerprint, by_place, by_path: HashMap::new(), uses, baseline_uses }
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

    /// What became of each exception.
    pub fn into_uses(self) -> Vec<ExceptionUse> {
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
            if exception.path.is_none() && names_rule(exception, finding) {
                self.take(at, &mut cover);
            }
        }
        if let Some((baseline, _)) = &exceptions.baseline {
            let hash = baseline.hash(&finding.rule.id, &finding.secret);
            if let Some(at) = self.baseline_uses.get(&(hash.as_str(), finding.rule.id.as_str())).copied() {
                self.take(at, &mut cover);
            }
        }
        cover
    }

    /// What covers one place of a secret.
    fn cover(&mut self, finding: &Finding, location: &Location, crowds: &HashMap<LineOfRule<'_>, usize>, scene: &Scene<'_>) -> Cover {
        let mut cover = Cover::default();
        let exceptions = self.exceptions;
        if is_in_tree(location.kind)
            && let Some(path) = (scene.path)(location)
        {
            let mut bound = self.by_fingerprint.get(finding.fingerprint.as_str()).cloned().unwrap_or_default();
            bound.retain(|at| is_about(&exceptions.listed[*at], &path));
            for at in bound.into_iter().chain(self.at_path(path).iter().copied()) {
                if names_rule(&exceptions.listed[at], finding) {
                    self.take(at, &mut cover);
                }
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

    /// Exception number `at` is about what `cover` is for.
    fn take(&mut self, at: usize, cover: &mut Cover) {
        let own = &mut self.uses[at];
        own.is_used = true;
        match own.complaint() {
            Some(complaint) => cover.notes.push(format!("{}:{}: {complaint}", own.origin.file, own.origin.line)),
            None if cover.by.is_none() => cover.by = Some(suppression(own)),
            None => {}
        }
    }

    /// One comment is for one secret: a second one that comes to stand on the line is not hidden by the comment for the first.
    fn markers(&self, finding: &Finding, location: &Location, crowds: &HashMap<LineOfRule<'_>, usize>, today: Day, cover: &mut Cover) {
        let own: Vec<&Marker> = location.markers.iter().filter(|marker| marker.rule == finding.rule.id).collect();
        let Some(first) = own.first() else { return };
        let told = |line: u32, why: &str| format!("`{}` on line {line} hides nothing: {why}", super::inline::WORD);
        let reasoned: Vec<(&Marker, &String)> = own.iter().filter_map(|marker| Some((*marker, marker.reason.as_ref()?))).collect();
        let Some((marker, reason)) = reasoned.first() else {
            cover.notes.push(told(first.line, "it gives no reason; write reason=\"…\" behind the rule"));
            return;
        };
        let terms = Terms { reason: Some((*reason).clone()), ..Terms::default() };
        if let Some(why) = self.exceptions.policy.lacks(&terms, today) {
            cover.notes.push(told(marker.line, &format!("it {why}")));
            return;
        }
        let crowd = crowds.get(&line_of_rule(finding, location)).copied().unwrap_or(1);
        if reasoned.len() < crowd {
            let why = format!("the line holds {crowd} secrets of this rule, and one comment excepts one");
            cover.notes.push(told(marker.line, &why));
            return;
        }
        cover.by.get_or_insert_with(|| Suppression {
            kind: SuppressionKind::InSource,
            reason: terms.reason,
            owner: None,
            expires: None,
            approved_by: None,
            file: location.path_lossy().into_owned(),
            line: marker.line,
        });
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

fn suppression(own: &ExceptionUse) -> Suppression {
    let Terms { reason, owner, expires, approved_by } = own.terms.clone();
    let reason = reason.or_else(|| (own.source == Source::Baseline).then(|| "known when the baseline was made".to_owned()));
    let expires = expires.map(|day| day.to_string());
    let (file, line) = (own.origin.file.clone(), own.origin.line);
    Suppression { kind: SuppressionKind::External, reason, owner, expires, approved_by, file, line }
}

/// How many secrets of one rule begin on a line that has markers.
fn crowds(findings: &[Finding]) -> HashMap<LineOfRule<'_>, usize> {
    let mut crowds: HashMap<LineOfRule<'_>, HashSet<usize>> = HashMap::new();
    for (number, finding) in findings.iter().enumerate() {
        for location in finding.locations.iter().filter(|location| !location.markers.is_empty()) {
            crowds.entry(line_of_rule(finding, location)).or_default().insert(number);
        }
    }
    crowds.into_iter().map(|(line, findings)| (line, findings.len())).collect()
}

fn line_of_rule<'f>(finding: &'f Finding, location: &'f Location) -> LineOfRule<'f> {
    let Location { path, blob, commit, submodule, kind, start, .. } = location;
    // Two secrets of one line of a blob may have come with two commits.
    let object = blob.as_deref().or(commit.as_deref());
    (path, object, submodule.as_deref(), *kind, start.line, &finding.rule.id)
}

/// Whether the path of such a place is one of a file.
fn is_in_tree(kind: LocationKind) -> bool {
    use LocationKind::{Blob, CommitMessage, File, FileName, Note, Person, Staged, Stdin, SymlinkTarget, TagMessage};
    match kind {
        File | Staged | Stdin | SymlinkTarget | Blob | FileName => true,
        Note | CommitMessage | TagMessage | Person => false,
    }
}
