//! Steps for the phases that a rule is silent about, made of what is known of a finding.

use super::FilledStep;
use crate::finding::{Finding, Location, LocationKind, Phase, Subject};
use crate::report::{escape, place};

/// Places that are named one by one.
const NAMED_PLACES: usize = 3;

/// What is left to do once a secret of a history is worthless.
const PURGE: &str = "The history keeps it until it is purged; the plan for that changes nothing yet";

/// Those that `finding` needs. None for a file that git should not store, and for a secret that environments share.
pub fn steps(finding: &Finding) -> Vec<FilledStep> {
    let own = &finding.remediation.playbook.steps;
    let is_missing = |phase: Phase| !own.iter().any(|step| step.phase == phase);
    if finding.subject != Subject::Secret || own.is_empty() {
        return Vec::new();
    }
    let mut steps = Vec::new();
    if is_missing(Phase::Deploy) {
        steps.push(added(Phase::Deploy, deploy(finding), None));
    }
    if is_missing(Phase::Revoke) {
        let text = "See on the provider's page that the exposed one is gone; delete it there if it is not.";
        steps.push(added(Phase::Revoke, text.to_owned(), None));
    }
    if is_missing(Phase::Verify) {
        let (text, command) = verify(finding);
        steps.push(added(Phase::Verify, text, Some(command)));
    } else if finding.is_of_history() {
        steps.push(added(Phase::Verify, format!("{PURGE}."), Some(purge(finding))));
    }
    steps
}

fn added(phase: Phase, text: String, command: Option<String>) -> FilledStep {
    FilledStep { phase, text, command, template: None, reversible: None, added: true }
}

fn deploy(finding: &Finding) -> String {
    // No program reads it from a message or a name.
    let is_file = |place: &&Location| matches!(place.kind, LocationKind::File | LocationKind::Staged | LocationKind::Blob);
    let files: Vec<&Location> = finding.locations.iter().filter(is_file).collect();
    let places: Vec<String> = files.iter().take(NAMED_PLACES).map(|place| place::words(place)).collect();
    let more = files.len().saturating_sub(NAMED_PLACES);
    let more = if more == 0 { String::new() } else { format!(" and {more} more") };
    if places.is_empty() {
        return "Put the new one into a secret store, and let programs read it from there.".to_owned();
    }
    format!("Put the new one into a secret store and let programs read it from there, not back into {}{more}.", places.join(", "))
}

/// Looks for what still holds it, and for its last use.
fn verify(finding: &Finding) -> (String, String) {
    let url = finding.remediation.url.as_deref().map(escape::text);
    let page = url.map_or_else(|| "the provider's page".to_owned(), |url| url.into_owned());
    let seen = format!("See on {page} whether the exposed one was used since");
    if finding.is_of_history() {
        return (format!("{seen}. {PURGE}."), purge(finding));
    }
    (format!("{seen}, and scan again: no file may hold it any more."), "keysieve scan".to_owned())
}

fn purge(finding: &Finding) -> String {
    format!("keysieve purge-plan --fingerprint {}", finding.fingerprint.short())
}
