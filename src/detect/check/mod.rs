//! What a token proves about itself without asking anyone: checksums, structure, identity.
//!
//! A check is a pure function over the secret's bytes. A new check is a new file and one line in [`ALL`]; rules name it in `check:`.

use crate::finding::{Evidence, Identity};

/// What a check found out.
#[derive(Clone, Debug)]
pub struct Checked {
    /// Whether the token is what it claims.
    pub verdict: Verdict,
    /// The reason, for the finding's evidence.
    pub evidence: Vec<Evidence>,
    /// What the token says about itself.
    pub identity: Identity,
}

/// Whether a token is what it claims to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Checksum or structure holds: confidence becomes high.
    Valid,
    /// Nothing can be said: confidence stays what the rule says.
    Neutral,
    /// The form is right and the checksum is wrong: made up or mistyped. Confidence becomes low.
    ChecksumFailed,
    /// The bytes are not of this kind at all: no finding.
    Malformed,
}

/// One registered check.
pub struct Check {
    /// The word in a rule's `check:`.
    pub name: &'static str,
    /// One line for rule authors.
    pub summary: &'static str,
    /// Judges the bytes of the `secret` group.
    pub run: fn(&[u8]) -> Checked,
}

/// Every check, sorted by name.
pub const ALL: &[Check] = &[];

/// The check of that name.
pub fn find(name: &str) -> Option<&'static Check> {
    ALL.iter().find(|check| check.name == name)
}
