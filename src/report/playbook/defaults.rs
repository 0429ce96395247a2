//! Steps for the phases that a rule is silent about, made of what is known of a finding.

use super::FilledStep;
use crate::finding::{Finding, Location, LocationKind, Phase, Playbook, Subject};
use crate::report::{escape, place};

/// Places that are named one by one.
const NAMED_PLACES: usize = 3;

/// What is left to do once a secret of a history is worthless.
const PURGE: &str = "The history keeps it until it is purged; the plan for that changes nothing yet";

/// Those that `finding` needs. None for a file that git should not store, and for a secret that environments share.
pub fn steps(finding: &Finding) -> Vec<FilledStep> {
    let remediation = &finding.remediation;
    let mut steps = missing(&remediation.playbook, remediation.url.as_deref(), finding.subject, &files(finding));
    if !finding.is_of_history() || finding.subject != Subject::Secret || remediation.playbook.steps.is_empty() {
        return steps;
    }
    match steps.last_mut().filter(|step| step.phase == Phase::Verify) {
        Some(verify) => {
            verify.text = format!("{}. {PURGE}.", used(remediation.url.as_deref()));
            verify.command = Some(purge(finding));
        }
        None => steps.push(added(Phase::Verify, format!("{PURGE}."), Some(purge(finding)))),
    }
    steps
}

/// Those for the phases that `own` is silent about, of a secret that stands in `files`.
pub fn missing(own: &Playbook, url: Option<&str>, subject: Subject, files: &[&Location]) -> Vec<FilledStep> {
    let is_missing = |phase: Phase| !own.steps.iter().any(|step| step.phase == phase);
    if subject != Subject::Secret || own.steps.is_empty() {
        return Vec::new();
    }
    let mut steps = Vec::new();
    if is_missing(Phase::Deploy) {
        steps.push(added(Phase::Deploy, deploy(files), None));
    }
    if is_missing(Phase::Revoke) {
        let text = "See on the provider's page that the exposed one is gone; delete it there if it is not.";
        steps.push(added(Phase::Revoke, text.to_owned(), None));
    }
    if is_missing(Phase::Verify) {
        let text = format!("{}, and scan again: no file may hold it any more.", used(url));
        steps.push(added(Phase::Verify, text, Some("keysieve scan".to_owned())));
    }
    steps
}

fn added(phase: Phase, text: String, command: Option<String>) -> FilledStep {
    FilledStep { phase, text, command, template: None, reversible: None, added: true }
}

/// Where a program may read it from: from no message and no name.
fn files(finding: &Finding) -> Vec<&Location> {
    let is_file = |place: &&Location| matches!(place.kind, LocationKind::File | LocationKind::Staged | LocationKind::Blob);
    finding.locations.iter().filter(is_file).collect()
}

fn deploy(files: &[&Location]) -> String {
    let places: Vec<String> = files.iter().take(NAMED_PLACES).map(|place| place::words(place)).collect();
    let more = files.len().saturating_sub(NAMED_PLACES);
    let more = if more == 0 { String::new() } else { format!(" and {more} more") };
    if places.is_empty() {
        return "Put the new one into a secret store, and let programs read it from there.".to_owned();
    }
    format!("Put the new one into a secret store and let programs read it from there, not back into {}{more}.", places.join(", "))
}

/// To look for its last use.
fn used(url: Option<&str>) -> String {
    let page = url.map_or_else(|| "the provider's page".to_owned(), |url| escape::text(url).into_owned());
    format!("See on {page} whether the exposed one was used since")
}

fn purge(finding: &Finding) -> String {
    format!("keysieve purge-plan --fingerprint {}", finding.fingerprint.short())
}
