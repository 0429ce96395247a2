//! Whether a finding counts.

use serde::Serialize;

/// The word for where a finding stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
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
}
