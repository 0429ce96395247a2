//! How to get rid of one kind of credential, as a finding carries it: the steps of its rule, not yet filled with what is known.

use serde::Serialize;

use super::Phase;

/// Steps in the order create, deploy, revoke, verify, and what fails meanwhile.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Playbook {
    /// In order.
    pub steps: Vec<Step>,
    /// What stops working when the exposed one ends before everything has the new one, and who notices. Empty if nobody said.
    pub breaks: String,
    /// Why the exposed one is revoked before there is a new one, where that is so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revoke_first: Option<String>,
}

/// One step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Step {
    /// What it is for.
    pub phase: Phase,
    /// An imperative sentence or two.
    pub text: String,
    /// Commands for a POSIX shell, one a line, with `{fact}` for what an identity may know. Never holds a secret.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub command: Option<String>,
    /// Whether it can be taken back, where somebody said so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reversible: Option<bool>,
}
