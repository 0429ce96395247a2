//! What a rule says of its rotation beyond what its author wrote: what fails when the exposed credential ends too early, by its kind.
//!
//! Knows rules alone, no finding and no report.

use super::schema::{IdentityClass, Lifetime, Rule};
use crate::finding::{Playbook, Step};

/// Kinds of credentials that fail in ways of their own, known by a word of the rule's id or name. The first that fits counts.
const KINDS: [(&[&str], &str); 6] = [
    (
        &["webhook-secret", "signing-secret", "webhook signing", "webhook secret"],
        "Requests that are signed with one key and checked with the other are refused. Whoever reads the receiver's log notices; senders \
         repeat some requests and drop others.",
    ),
    (
        &["webhook", "-hook", "incoming"],
        "What is sent to the exposed address is lost, and most senders do not repeat it. Nobody is told: watch whether messages still arrive.",
    ),
    (
        &["jwt-secret", "signing-key", "signing key", "session-secret", "cookie-secret", "encryption", "secret-key-base", "app-key"],
        "What was signed or encrypted with the exposed key is refused or cannot be read: sessions and links end, and people sign in again. \
         Accept both keys for a while where the program can.",
    ),
    (
        &["private key", "private-key", "certificate", "keystore", "ssh", "pkcs"],
        "Sign-ins, connections and signatures made with the exposed key are refused as soon as its public half or its certificate is no \
         longer trusted. Deployments, other servers and people who sign in with it notice.",
    ),
    (
        &["license"],
        "Installations with the exposed license stop at their next check or fall back to a free edition. Whoever runs them notices.",
    ),
    (
        &["password", "connection", "dsn"],
        "Programs that sign in with the exposed password open no new connections; those that are open may go on until they are closed. \
         Users of these programs notice, first where connections are short.",
    ),
];

impl Rule {
    /// How to get rid of what this rule finds, not yet filled with what a finding knows.
    pub fn playbook(&self) -> Playbook {
        let rotation = &self.rotation;
        let steps = rotation.steps.iter().map(|step| Step {
            phase: step.phase,
            text: step.text.to_string(),
            command: step.command.as_ref().map(ToString::to_string),
            reversible: step.reversible,
        });
        Playbook {
            steps: steps.collect(),
            breaks: rotation.breaks.as_deref().unwrap_or_else(|| self.breaks()).to_owned(),
            revoke_first: rotation.revoke_first.as_ref().map(ToString::to_string),
        }
    }

    fn breaks(&self) -> &'static str {
        if self.path.is_some() || self.shared.is_some() {
            return "";
        }
        if self.lifetime == Lifetime::Short {
            return "Little: it ends by itself within hours or days, and programs fetch a new one. What runs with it now fails; whoever \
                    started it notices.";
        }
        if self.url.is_some() {
            return KINDS[KINDS.len() - 1].1;
        }
        let (id, name) = (self.id.to_ascii_lowercase(), self.name.to_ascii_lowercase());
        let kind = KINDS.iter().find(|(words, _)| words.iter().any(|word| id.contains(word) || name.contains(word)));
        kind.map_or_else(|| by_identity(self.identity), |(_, breaks)| breaks)
    }
}

fn by_identity(identity: IdentityClass) -> &'static str {
    match identity {
        IdentityClass::Human => {
            "Scripts, editors and build jobs that this person set up with it are refused. The person notices, and whoever waits for the jobs."
        }
        IdentityClass::ServiceAccount => {
            "Every program that signs in with it is refused, mostly with 401 or 403, until it has the new one. Its owners notice by failing \
             requests and jobs."
        }
        IdentityClass::Workload => {
            "Running jobs, pods or machines that hold it are refused until they are started again with a new one. Whoever runs them notices."
        }
        IdentityClass::Application => {
            "The application is refused by the service until it has the new one. Its users notice at once where it works for them directly."
        }
        IdentityClass::Infrastructure => {
            "Hosts and services that share it no longer accept each other until all have the new one. Whoever operates them notices first."
        }
    }
}
