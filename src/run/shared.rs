//! Finds secrets that several environments share, among the findings of a finished scan.
//!
//! A secret counts whatever rule found it: the same bytes in two places are one secret. What is excepted does not count: where only excepted places
//! make it shared, the finding is there and suppressed with them.

use std::collections::{BTreeMap, BTreeSet};

use crate::environments::Environments;
use crate::finding::{
    Confidence, Evidence, Finding, Fingerprint, FingerprintKey, Identity, Location, LocationKind, Sharing, Status, StatusState, Subject,
};
use crate::rules::schema::Shared as Way;
use crate::rules::{RuleEntry, RuleSet};
use crate::scan;
use crate::secret::Secret;

/// What the search takes.
pub(super) struct Search<'p> {
    pub(super) rules: &'p RuleSet,
    pub(super) environments: &'p Environments,
    pub(super) key: &'p FingerprintKey,
}

/// A finding, and the status that it gets from the secret's own unless an exception is about it itself.
pub(super) struct Derived {
    pub(super) finding: Finding,
    pub(super) inherited: Option<Status>,
}

/// A place of a secret in an environment.
struct Spot<'f> {
    environment: &'f str,
    location: &'f Location,
    finding: &'f Finding,
}

impl Search<'_> {
    /// One finding for each secret among `findings`, which have their status, that environments share. `path` gives the path of a place from the
    /// top of its repository.
    pub(super) fn among(&self, findings: &[Finding], path: &dyn Fn(&Location) -> Option<Vec<u8>>) -> Vec<Derived> {
        let is_own = |entry: &RuleEntry| entry.rule.shared == Some(Way::Environments) && !entry.is_disabled;
        let Some((_, rule)) = self.rules.iter().find(|(_, entry)| is_own(entry)) else { return Vec::new() };
        let mut by_secret: BTreeMap<&[u8], Vec<&Finding>> = BTreeMap::new();
        for finding in findings.iter().filter(|finding| finding.subject == Subject::Secret) {
            by_secret.entry(finding.secret.expose()).or_default().push(finding);
        }
        let several = |group: &Vec<&Finding>| group.iter().map(|finding| finding.locations.len()).sum::<usize>() > 1;
        by_secret.into_values().filter(several).filter_map(|group| self.of(rule, &group, path)).collect()
    }

    /// The finding about the secret that all of `group` are about, if its places are in several environments.
    fn of(&self, rule: &RuleEntry, group: &[&Finding], path: &dyn Fn(&Location) -> Option<Vec<u8>>) -> Option<Derived> {
        let places = group.iter().flat_map(|finding| finding.locations.iter().map(move |location| (*finding, location)));
        let spots: Vec<Spot<'_>> = places
            .filter(|(_, location)| has_path(location.kind))
            .filter_map(|(finding, location)| {
                let inner = path(location);
                let path = inner.as_deref().unwrap_or(&location.path);
                let environment = self.environments.of(path, location.surroundings.as_deref())?;
                Some(Spot { environment, location, finding })
            })
            .collect();
        let (open, excepted): (Vec<Spot<'_>>, Vec<Spot<'_>>) = spots.into_iter().partition(|spot| spot.finding.status.is_open());
        if self.is_shared(&open) {
            return Some(Derived { finding: self.finding(rule, &open), inherited: None });
        }
        let all: Vec<Spot<'_>> = open.into_iter().chain(excepted).collect();
        let inherited = self.is_shared(&all).then(|| inherited(&all))?;
        Some(Derived { finding: self.finding(rule, &all), inherited: Some(inherited) })
    }

    fn is_shared(&self, spots: &[Spot<'_>]) -> bool {
        let names: BTreeSet<&str> = spots.iter().map(|spot| spot.environment).collect();
        self.environments.is_shared(&names.into_iter().collect::<Vec<_>>())
    }

    /// The finding for `spots`, one at least.
    fn finding(&self, entry: &RuleEntry, spots: &[Spot<'_>]) -> Finding {
        let rule = &entry.rule;
        let mut locations: Vec<Location> =
            spots.iter().map(|spot| Location { environment: Some(spot.environment.to_owned()), ..spot.location.clone() }).collect();
        locations.sort();
        locations.dedup();
        let mut findings: Vec<Fingerprint> = spots.iter().map(|spot| spot.finding.fingerprint.clone()).collect();
        findings.sort();
        findings.dedup();
        let mut count: BTreeMap<&str, usize> = BTreeMap::new();
        locations.iter().filter_map(|location| location.environment.as_deref()).for_each(|name| *count.entry(name).or_default() += 1);
        let confidence = spots.iter().map(|spot| spot.finding.confidence).max().unwrap_or(Confidence::Low);
        let (secret, masked) =
            spots.first().map_or((Secret::new(b""), String::new()), |spot| (spot.finding.secret.clone(), spot.finding.masked.clone()));
        let (named, remediation) = scan::about(entry);
        Finding {
            fingerprint: Fingerprint::new(self.key, &entry.provider.slug, &secret),
            subject: Subject::Sharing,
            rule: named,
            severity: rule.severity,
            // That a secret is shared is as sure as that it is one.
            confidence: confidence.min(rule.confidence),
            evidence: vec![Evidence::supporting("shared", note(&count))],
            status: Status::default(),
            secret,
            written: Vec::new(),
            masked,
            identity: Identity::default(),
            sharing: Some(Sharing { environments: count.keys().map(|name| (*name).to_owned()).collect(), findings }),
            locations,
            exposure: None,
            remediation,
        }
    }
}

/// `one secret for prod (2 places) and staging`.
fn note(count: &BTreeMap<&str, usize>) -> String {
    let parts: Vec<String> =
        count.iter().map(|(name, places)| if *places > 1 { format!("{name} ({places} places)") } else { (*name).to_owned() }).collect();
    match parts.split_last() {
        Some((last, [])) => format!("one secret for {last}"),
        Some((last, others)) => format!("one secret for {} and {last}", others.join(", ")),
        None => String::new(),
    }
}

/// The status of a secret that is shared only where it is excepted.
fn inherited(spots: &[Spot<'_>]) -> Status {
    let statuses = || spots.iter().map(|spot| &spot.finding.status).filter(|status| !status.is_open());
    let mut suppressions: Vec<_> = statuses().flat_map(|status| status.suppressions.iter().cloned()).collect();
    suppressions.sort();
    suppressions.dedup();
    let reason = statuses().find_map(|status| status.reason.clone());
    Status { state: StatusState::Suppressed, reason, suppressions, notes: Vec::new() }
}

/// Whether what stands there is in a file.
fn has_path(kind: LocationKind) -> bool {
    matches!(kind, LocationKind::File | LocationKind::Staged | LocationKind::Stdin | LocationKind::Blob)
}
