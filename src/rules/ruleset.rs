//! The rules in force in one run.

use std::borrow::Cow;
use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

use super::builtin;
use super::kept::Kept;
use super::schema::{Provider, RuleFile};
use crate::finding::{Confidence, Severity};

/// Position of a rule in its [`RuleSet`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RuleIndex(pub u16);

/// A rule and who issues what it finds.
#[derive(Clone, Debug)]
pub struct RuleEntry {
    /// Who issues the credential.
    pub provider: Cow<'static, Provider>,
    /// The rule as written, or as a configuration changes it.
    pub rule: Kept,
    /// Whether its findings are not reported. It takes part in detection all the same: what it recognizes is nothing else, and it still
    /// speaks for other rules nearby.
    pub is_disabled: bool,
}

/// What a configuration changes about a rule.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Change {
    /// Its findings are not reported.
    pub disabled: bool,
    /// Another severity.
    pub severity: Option<Severity>,
    /// Another confidence to begin with.
    pub confidence: Option<Confidence>,
}

/// The rules in force, sorted by id.
#[derive(Clone, Debug)]
pub struct RuleSet {
    entries: Vec<RuleEntry>,
    digest: String,
    /// The same without what only decides over reports.
    detection: String,
}

impl RuleSet {
    /// The built-in rules. Copies no rule.
    pub fn builtin() -> Self {
        let entries = builtin::FILES
            .iter()
            .flat_map(|file| {
                file.rules.iter().map(|rule| RuleEntry {
                    provider: Cow::Borrowed(&file.provider),
                    rule: Kept::Builtin(rule),
                    is_disabled: false,
                })
            })
            .collect();
        Self::sorted(entries, builtin::DIGEST.to_owned())
    }

    /// No rule at all, to be filled [`with_files`](Self::with_files).
    pub fn empty() -> Self {
        Self::sorted(Vec::new(), String::new())
    }

    /// This set with the rules of `files` added; a rule with an id that is already there takes its place.
    #[must_use]
    pub fn with_files(self, files: Vec<RuleFile>) -> Self {
        let mut hasher = Sha256::new_with_prefix(&self.digest);
        let mut entries = self.entries;
        for file in files {
            hasher.update(serde_json::to_vec(&file).expect("because rules are plain data"));
            let provider: Cow<'static, Provider> = Cow::Owned(file.provider);
            for rule in file.rules.into_owned() {
                entries.retain(|entry| entry.rule.id != rule.id);
                entries.push(RuleEntry { provider: provider.clone(), rule: Kept::Own(Box::new(rule)), is_disabled: false });
            }
        }
        Self::sorted(entries, data_encoding::HEXLOWER.encode(&hasher.finalize()))
    }

    fn sorted(mut entries: Vec<RuleEntry>, digest: String) -> Self {
        entries.sort_by(|a, b| a.rule.id.cmp(&b.rule.id));
        Self { entries, detection: digest.clone(), digest }
    }

    /// This set with `changes` of rules, by id. What changes nothing leaves the digest as it is.
    #[must_use]
    pub fn changed(mut self, changes: &BTreeMap<String, Change>) -> Self {
        let (mut detection, mut report) = (String::new(), String::new());
        for entry in &mut self.entries {
            let Some(change) = changes.get(&*entry.rule.id) else { continue };
            if let Some(confidence) = change.confidence.filter(|confidence| *confidence != entry.rule.confidence) {
                entry.rule.change(|rule| rule.confidence = confidence);
                detection.push_str(&format!("{} confidence {}\n", entry.rule.id, confidence.as_str()));
            }
            if let Some(severity) = change.severity.filter(|severity| *severity != entry.rule.severity) {
                entry.rule.change(|rule| rule.severity = severity);
                report.push_str(&format!("{} severity {}\n", entry.rule.id, severity.as_str()));
            }
            if change.disabled && !entry.is_disabled {
                entry.is_disabled = true;
                report.push_str(&format!("{} disabled\n", entry.rule.id));
            }
        }
        let with = |digest: &str, more: &str| match more {
            "" => digest.to_owned(),
            _ => data_encoding::HEXLOWER.encode(&Sha256::new_with_prefix(digest).chain_update(more).finalize()),
        };
        self.detection = with(&self.detection, &detection);
        self.digest = with(&with(&self.digest, &detection), &report);
        self
    }

    /// All rules with their indices, sorted by id.
    pub fn iter(&self) -> impl Iterator<Item = (RuleIndex, &RuleEntry)> {
        (0u16..).map(RuleIndex).zip(&self.entries)
    }

    /// Number of rules.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Number of rules that are reported.
    pub fn in_force(&self) -> usize {
        self.entries.iter().filter(|entry| !entry.is_disabled).count()
    }

    /// Whether what this rule finds is not reported.
    pub fn is_disabled(&self, index: RuleIndex) -> bool {
        self.get(index).is_disabled
    }

    /// Whether there is no rule.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The rule at `index`, which came from this set.
    pub fn get(&self, index: RuleIndex) -> &RuleEntry {
        &self.entries[usize::from(index.0)]
    }

    /// The rule with that id.
    pub fn find(&self, id: &str) -> Option<(RuleIndex, &RuleEntry)> {
        let index = self.entries.binary_search_by(|entry| (*entry.rule.id).cmp(id)).ok()?;
        Some((RuleIndex(u16::try_from(index).ok()?), &self.entries[index]))
    }

    /// `sha256:` and 64 hex digits over everything the rules say, for the built-in ones made when the program was built. Two runs with the
    /// same digest found with the same rules.
    pub fn digest(&self) -> String {
        format!("sha256:{}", self.digest)
    }

    /// The same over what decides what is found and how sure that is, but not over what is only reported otherwise: two runs with the same
    /// one see the same in the same bytes.
    pub fn detection_digest(&self) -> &str {
        &self.detection
    }
}
