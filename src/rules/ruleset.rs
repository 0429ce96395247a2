//! The rules in force in one run.

use std::borrow::Cow;

use sha2::{Digest, Sha256};

use super::builtin;
use super::schema::{Provider, Rule, RuleFile};

/// Position of a rule in its [`RuleSet`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RuleIndex(pub u16);

/// A rule and who issues what it finds.
#[derive(Clone, Debug)]
pub struct RuleEntry {
    /// Who issues the credential.
    pub provider: Cow<'static, Provider>,
    /// The rule as written.
    pub rule: Cow<'static, Rule>,
}

/// The rules in force, sorted by id.
#[derive(Clone, Debug)]
pub struct RuleSet {
    entries: Vec<RuleEntry>,
    digest: String,
}

impl RuleSet {
    /// The built-in rules. Copies no rule.
    pub fn builtin() -> Self {
        let entries = builtin::FILES
            .iter()
            .flat_map(|file| file.rules.iter().map(|rule| RuleEntry { provider: Cow::Borrowed(&file.provider), rule: Cow::Borrowed(rule) }))
            .collect();
        Self::sorted(entries, builtin::DIGEST.to_owned())
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
                entries.push(RuleEntry { provider: provider.clone(), rule: Cow::Owned(rule) });
            }
        }
        Self::sorted(entries, data_encoding::HEXLOWER.encode(&hasher.finalize()))
    }

    fn sorted(mut entries: Vec<RuleEntry>, digest: String) -> Self {
        entries.sort_by(|a, b| a.rule.id.cmp(&b.rule.id));
        Self { entries, digest }
    }

    /// All rules with their indices, sorted by id.
    pub fn iter(&self) -> impl Iterator<Item = (RuleIndex, &RuleEntry)> {
        (0u16..).map(RuleIndex).zip(&self.entries)
    }

    /// Number of rules.
    pub fn len(&self) -> usize {
        self.entries.len()
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
}
