//! Whether a finding counts.

use serde::{Deserialize, Serialize};

use super::Suppression;

/// The word for where a finding stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StatusState {
    /// Counts.
    #[default]
    Open,
    /// Known and excepted: listed only on request.
    Suppressed,
}

/// Where a finding stands, and why if it does not count. A finding is never dropped; it is given a status.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Status {
    /// The state itself.
    pub state: StatusState,
    /// Why it is not open.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The exceptions that cover it, each once. Empty if it is open.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub suppressions: Vec<Suppression>,
    /// What keeps an exception from covering it: a missing reason, a day that has passed. Empty if it is suppressed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
}

impl Status {
    /// Whether the finding counts.
    pub fn is_open(&self) -> bool {
        self.state == StatusState::Open
    }
}
