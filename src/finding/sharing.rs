//! That one secret serves several environments.

use serde::Serialize;

use super::Fingerprint;

/// What shares a secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Sharing {
    /// Names of the environments, sorted, each once; two at least.
    pub environments: Vec<String>,
    /// Fingerprints of the findings that are about the secret itself, sorted, each once.
    pub findings: Vec<Fingerprint>,
}

/// What the text around a place says of it: keys, sections and blocks. Written by whoever wrote the scanned text, and never shown.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Surroundings {
    /// What it stands in, innermost first, such as `production` of a map of that name.
    pub within: Vec<String>,
    /// What only hints at its environment: the name that the secret is assigned to, and modes such as `RAILS_ENV`.
    pub hints: Vec<String>,
}
