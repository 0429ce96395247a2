//! Which exposed secrets go where: the user's own rotation configuration.
//!
//! It is never read from a scanned repository, and holds no secret: keys and tokens are named by environment variable or file. Knows
//! nothing of events and of sending.

mod approval;
mod example;
mod limits;
mod read;
mod refer;
mod secret;
mod select;
mod special;
mod target;
#[cfg(test)]
mod tests;
mod url;
mod walk;

use std::collections::BTreeMap;
use std::path::PathBuf;

use crate::finding::Severity;

pub use approval::{Approval, ApprovalRules};
pub use example::EXAMPLE;
pub use limits::Rate;
pub use read::{LARGEST, read, source};
pub use refer::{Lookup, Reference};
pub use secret::IncludeSecret;
pub use select::{Asked, Select};
pub use url::{Url, check as check_url, is_loopback_host};

use super::format::{Format, Types};

/// What a rotation configuration says.
#[derive(Clone, Debug)]
pub struct RotationConfig {
    /// Where the secrets are exposed: the `source` of events. None: the flag or the folder's name says it.
    pub source: Option<String>,
    /// Seconds within which an exposed secret has to be rotated, by severity.
    pub deadlines: BTreeMap<Severity, u64>,
    /// Who approves events, where a target asks for an owner.
    pub approval: ApprovalRules,
    /// Where events go, in the order of the file. Names are unique.
    pub targets: Vec<Target>,
}

impl RotationConfig {
    /// The target of this name.
    pub fn target(&self, name: &str) -> Option<&Target> {
        self.targets.iter().find(|target| target.name == name)
    }

    /// Seconds within which a secret of this severity has to be rotated.
    pub fn deadline(&self, severity: Severity) -> u64 {
        self.deadlines.get(&severity).copied().unwrap_or_else(|| default_deadline(severity))
    }
}

/// What counts where the configuration says nothing: a day for what opens most, a month for the rest.
pub fn default_deadline(severity: Severity) -> u64 {
    const DAY: u64 = 86_400;
    match severity {
        Severity::Critical | Severity::High => DAY,
        Severity::Medium => 7 * DAY,
        Severity::Low => 30 * DAY,
    }
}

/// One receiver of events.
#[derive(Clone, Debug)]
pub struct Target {
    /// Its name in the outbox and in every message.
    pub name: String,
    /// Where it listens.
    pub url: Reference,
    /// What it is sent.
    pub format: Format,
    /// Keys that sign each request; several while one takes the place of another.
    pub signing_keys: Vec<Reference>,
    /// Whether it is sent the secret itself.
    pub include_secret: IncludeSecret,
    /// What its receiver calls the tokens of rules.
    pub types: Types,
    /// Which findings it is about.
    pub select: Select,
    /// How often it may be called.
    pub rate: Option<Rate>,
    /// Seconds until an unanswered request has failed.
    pub timeout_seconds: u64,
    /// Requests at the same time.
    pub parallel: usize,
    /// Whether it may have an address of a private network.
    pub allow_private: bool,
    /// Who must approve each event first.
    pub require_approval: Approval,
    /// Certificates to trust in place of the system's.
    pub ca_file: Option<PathBuf>,
    /// Certificate chain and key by which to say who is calling.
    pub client: Option<ClientFiles>,
    /// Further headers of each request.
    pub headers: Vec<(String, Reference)>,
}

impl Target {
    /// Whether it is sent the secret as it is.
    pub fn takes_plain_secrets(&self) -> bool {
        matches!(self.include_secret, IncludeSecret::Plain)
    }
}

/// A client certificate, in PEM files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientFiles {
    /// The chain, its own certificate first.
    pub certificate: PathBuf,
    /// The private key.
    pub key: PathBuf,
}
