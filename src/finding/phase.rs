//! The four parts of a rotation, in their order.

use serde::{Deserialize, Serialize};

/// What a step of a rotation is for. A new secret stands first and the exposed one goes last, so that nothing fails in between.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Phase {
    /// Find out what the exposed one is, and make a new one beside it or in its place.
    Create,
    /// Give the new one to everything that uses the exposed one.
    Deploy,
    /// Make the exposed one worthless.
    Revoke,
    /// See that it is over: that the exposed one is refused, what it was used for, what else it opened.
    Verify,
}

impl Phase {
    /// All, in their order.
    pub const ALL: [Self; 4] = [Self::Create, Self::Deploy, Self::Revoke, Self::Verify];

    /// The word in rules and reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Deploy => "deploy",
            Self::Revoke => "revoke",
            Self::Verify => "verify",
        }
    }
}
