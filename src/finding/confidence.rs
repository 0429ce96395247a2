//! How sure a finding is.

use serde::{Deserialize, Serialize};

/// How sure it is that a match is a credential that works or once worked, least sure first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Confidence {
    /// An audit may want to see it; kept out of the default report.
    Low,
    /// Blocks a commit by default.
    Medium,
    /// Proven by structure, checksum or company.
    High,
}

impl Confidence {
    /// Every confidence, least sure first.
    pub const ALL: [Self; 3] = [Self::Low, Self::Medium, Self::High];

    /// The word used in rules, flags and reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }

    /// One step surer, at most [`Confidence::High`].
    pub fn raised(self) -> Self {
        if self == Self::Low { Self::Medium } else { Self::High }
    }
}
