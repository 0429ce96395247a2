//! How much the holder of a credential can do.

use serde::{Deserialize, Serialize};

/// Blast radius of a credential, smallest first, so that `max` is the worst.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Little harm: publishable or narrowly scoped.
    Low,
    /// Reads or writes one service's data.
    Medium,
    /// Acts as a person or a service, spends money, reads private data.
    High,
    /// Takes over accounts, infrastructure or the software supply chain.
    Critical,
}

impl Severity {
    /// Every severity, smallest first.
    pub const ALL: [Self; 4] = [Self::Low, Self::Medium, Self::High, Self::Critical];

    /// The word used in rules, flags and reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }
}
