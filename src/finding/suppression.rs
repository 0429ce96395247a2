//! Why a finding does not count: the exceptions that cover its places.

use serde::{Deserialize, Serialize};

/// Where an exception is written down.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SuppressionKind {
    /// In the scanned text itself, beside the secret.
    InSource,
    /// In a file of exceptions, such as the configuration or the baseline.
    External,
}

/// An exception that covers a place of a finding, as a report tells it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Suppression {
    /// Where it is written down.
    pub kind: SuppressionKind,
    /// Why the secret is excepted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Who answers for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// The last day in UTC on which it counts, as `YYYY-MM-DD`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires: Option<String>,
    /// Who agreed to it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub approved_by: Option<String>,
    /// The file that holds it.
    pub file: String,
    /// Its line there, from 1.
    pub line: u32,
}

/// `keysieve:allow RULE reason="…"` in a scanned text.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Marker {
    /// The id of the rule that it names.
    pub rule: String,
    /// The reason it gives. None: it hides nothing.
    pub reason: Option<String>,
    /// Its line, from 1.
    pub line: u32,
}
