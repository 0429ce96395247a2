//! What a token proves about itself without asking anyone: checksums, structure, identity.
//!
//! A check is a pure function over the secret's bytes. A new check is a new file and one line in [`ALL`]; rules name it in `check:`.

mod age;
mod aws;
mod azure_sas;
mod base62_crc;
mod base64_value;
mod crypt;
mod discord;
mod encoding;
mod gcp;
mod gitlab;
mod hex_crc;
mod issuer;
mod json_payload;
mod jwt;
mod live_or_test;
mod nkey;
mod onepassword;
mod pem;
mod pypi;
mod slack;
pub mod time;
mod tink;

use crate::finding::{Evidence, FACTS, Identity};

/// What a check found out.
#[derive(Clone, Debug)]
pub struct Checked {
    /// Whether the token is what it claims.
    pub verdict: Verdict,
    /// The reason, for the finding's evidence.
    pub evidence: Vec<Evidence>,
    /// What the token says about itself.
    pub identity: Identity,
    /// The secret that the bytes stand for, behind the encoding's name, where they are not the secret itself.
    pub stands_for: Option<(&'static str, Vec<u8>)>,
}

impl Checked {
    fn new(verdict: Verdict, evidence: Vec<Evidence>) -> Self {
        Self { verdict, evidence, identity: Identity::default(), stands_for: None }
    }

    /// The checksum over the token's own characters holds or fails.
    fn of_checksum(holds: bool) -> Self {
        if holds {
            Self::new(Verdict::Valid, vec![Evidence::supporting("checksum-valid", "checksum valid")])
        } else {
            Self::new(Verdict::ChecksumFailed, vec![Evidence::opposing("checksum-wrong", "checksum wrong")])
        }
    }

    /// The fields of the token fit together.
    fn structured(note: &'static str) -> Self {
        Self::new(Verdict::Valid, vec![Evidence::supporting("structure-valid", note)])
    }

    /// The form is right and something in it cannot be. `kind` as in [`Evidence`].
    fn doubted(kind: &'static str, note: &'static str) -> Self {
        Self::new(Verdict::ChecksumFailed, vec![Evidence::opposing(kind, note)])
    }

    /// Nothing is proven, but something speaks against the token: a reading of its form that nobody promised.
    fn unlikely(note: &'static str) -> Self {
        Self::new(Verdict::Neutral, vec![Evidence::opposing("structure-unusual", note)])
    }

    fn neutral() -> Self {
        Self::new(Verdict::Neutral, Vec::new())
    }

    fn malformed() -> Self {
        Self::new(Verdict::Malformed, Vec::new())
    }

    fn with(mut self, key: &'static str, value: impl AsRef<str>) -> Self {
        debug_assert!(FACTS.contains(&key), "{key} is not among the facts");
        self.identity.insert(key, value);
        self
    }
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
pub const ALL: &[Check] = &[
    age::CHECK,
    hex_crc::ATLASSIAN,
    aws::CHECK,
    azure_sas::CHECK,
    base64_value::CHECK,
    crypt::CHECK,
    discord::CHECK,
    gcp::CHECK,
    base62_crc::GITHUB,
    gitlab::CHECK,
    hex_crc::GRAFANA,
    json_payload::CHECK,
    jwt::CHECK,
    live_or_test::CHECK,
    nkey::CHECK,
    base62_crc::NPM,
    onepassword::CHECK,
    pem::CHECK,
    pypi::CHECK,
    slack::CHECK,
    tink::CHECK,
];

/// The check of that name.
pub fn find(name: &str) -> Option<&'static Check> {
    ALL.iter().find(|check| check.name == name)
}

#[cfg(test)]
mod tests;
