//! What was known when a team began to look: one entry for each secret of a rule, by a keyed hash that gives nothing of it back.
//!
//! As text, it is a line with the version and the salt, then one line for each entry, sorted by hash: additions of two branches spread over the
//! file, and git merges them. No line numbers, no times. This module knows the text and how to change and merge it, not files or locks.

mod merge;
mod text;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

pub use merge::{Conflict, merge};
pub use text::{BaselineError, LARGEST, VERSION};

use super::{Origin, Terms};
use crate::finding::{Finding, LocationKind};
use crate::secret::Secret;

/// Where a baseline is looked for, from the top of a repository.
pub const DEFAULT_FILE: &str = "keysieve-baseline.jsonl";

/// Bytes of the HMAC-SHA-256 that are kept.
const KEPT_BYTES: usize = 16;
/// Most paths that an entry names; a secret in more of them is known all the same.
const MOST_PATHS: usize = 100;

/// What was looked at when a baseline was made, and is looked at when it is brought up to date.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scope {
    /// The files on disk.
    #[default]
    Worktree,
    /// Everything that the repository stores.
    History,
}

/// Random bytes that make the hashes of one baseline useless for any other.
#[derive(Clone, PartialEq, Eq)]
pub struct Salt([u8; 32]);

impl Salt {
    /// These bytes.
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }
}

impl fmt::Debug for Salt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Salt(32 bytes)")
    }
}

/// Known secrets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Baseline {
    salt: Salt,
    scope: Scope,
    /// By hash and rule.
    entries: BTreeMap<(String, String), Entry>,
}

/// What is known of one secret.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Entry {
    /// For people, and never for matching: a file can be renamed.
    paths: BTreeSet<String>,
    terms: Terms,
    /// Line of the text it was read from, from 1; 0 if it was added since.
    line: u32,
}

/// An entry to look at.
#[derive(Clone, Debug)]
pub struct EntryView<'b> {
    /// Keyed hash of rule and secret, in hex.
    pub hash: &'b str,
    /// Id of the rule.
    pub rule: &'b str,
    /// Paths that it was found at, sorted.
    pub paths: Vec<&'b str>,
    /// What people say of it.
    pub terms: &'b Terms,
    /// Where it is written down.
    pub origin: Origin,
}

impl Baseline {
    /// Nothing known.
    pub fn new(salt: Salt, scope: Scope) -> Self {
        Self { salt, scope, entries: BTreeMap::new() }
    }

    /// What is looked at to bring it up to date.
    pub fn scope(&self) -> Scope {
        self.scope
    }

    /// Number of entries.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether it knows nothing.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// All entries by hash, as `file` holds them.
    pub fn entries<'b>(&'b self, file: &'b str) -> impl Iterator<Item = EntryView<'b>> {
        self.entries.iter().map(move |((hash, rule), entry)| EntryView {
            hash,
            rule,
            paths: entry.paths.iter().map(String::as_str).collect(),
            terms: &entry.terms,
            origin: Origin { file: file.to_owned(), line: entry.line },
        })
    }

    /// The name of a secret of a rule in this baseline.
    pub fn hash(&self, rule: &str, secret: &Secret) -> String {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.salt.0).expect("because HMAC takes keys of any length");
        mac.update(b"keysieve baseline v1\0");
        mac.update(rule.as_bytes());
        mac.update(&[0]);
        mac.update(secret.expose());
        data_encoding::HEXLOWER.encode(&mac.finalize().into_bytes()[..KEPT_BYTES])
    }

    /// Takes in `findings`; what is known of them stays as it is, but for paths that are new. Their paths go into the file: hand in findings
    /// whose paths hold no secret. Returns how many were not known.
    pub fn learn(&mut self, findings: &[Finding]) -> usize {
        let before = self.len();
        for finding in findings {
            let key = (self.hash(&finding.rule.id, &finding.secret), finding.rule.id.clone());
            let entry = self.entries.entry(key).or_default();
            for location in &finding.locations {
                if entry.paths.len() < MOST_PATHS {
                    entry.paths.insert(place(location.kind, &location.path_lossy()));
                }
            }
        }
        self.len() - before
    }

    /// Leaves what is among `findings`, and of that the paths that are. Returns how many entries went.
    pub fn prune(&mut self, findings: &[Finding]) -> usize {
        let mut found = Self::new(self.salt.clone(), self.scope);
        found.learn(findings);
        let before = self.len();
        self.entries.retain(|key, _| found.entries.contains_key(key));
        for (key, entry) in &mut self.entries {
            let now = found.entries.get(key).map(|entry| &entry.paths);
            entry.paths.retain(|path| now.is_some_and(|now| now.contains(path)));
        }
        before - self.len()
    }

    /// What `findings` have and this has not, and what this has and they have not; each as an entry.
    pub fn diff(&self, findings: &[Finding]) -> Diff {
        let mut found = Self::new(self.salt.clone(), self.scope);
        found.learn(findings);
        let only = |one: &Self, other: &Self| -> Self {
            let entries = one.entries.iter().filter(|(key, _)| !other.entries.contains_key(key));
            Self { entries: entries.map(|(key, entry)| (key.clone(), entry.clone())).collect(), ..one.clone() }
        };
        Diff { new: only(&found, self), gone: only(self, &found) }
    }
}

/// How a baseline differs from what is there now.
#[derive(Clone, Debug)]
pub struct Diff {
    /// Found and not known.
    pub new: Baseline,
    /// Known and no longer found.
    pub gone: Baseline,
}

/// A place by its path, or by what it is where it has none.
fn place(kind: LocationKind, path: &str) -> String {
    match kind {
        LocationKind::CommitMessage => "(commit message)".to_owned(),
        LocationKind::TagMessage => "(tag message)".to_owned(),
        LocationKind::Person => "(author or committer)".to_owned(),
        LocationKind::Note => "(note)".to_owned(),
        _ if path.is_empty() => "(no path)".to_owned(),
        _ => path.to_owned(),
    }
}

#[cfg(test)]
mod tests;
