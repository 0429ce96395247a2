//! Why a finding is believed or doubted.

use std::borrow::Cow;

use serde::Serialize;

/// One named reason for or against a finding.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Evidence {
    /// Stable kebab-case word for machines, such as `checksum-valid`.
    pub kind: Cow<'static, str>,
    /// A few words for people, such as `checksum valid`. Never holds bytes of the secret.
    pub note: String,
    /// Whether it speaks for (`true`) or against the finding.
    pub supports: bool,
}

impl Evidence {
    /// A reason to believe the finding.
    pub fn supporting(kind: &'static str, note: impl Into<String>) -> Self {
        Self { kind: Cow::Borrowed(kind), note: note.into(), supports: true }
    }

    /// A reason to doubt the finding.
    pub fn opposing(kind: &'static str, note: impl Into<String>) -> Self {
        Self { kind: Cow::Borrowed(kind), note: note.into(), supports: false }
    }
}
