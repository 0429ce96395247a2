//! A rule that searches whole texts, as its author writes it: patterns without a literal of their own or without a longest match, conditions on
//! the path, and what does not count.
//!
//! This file is compiled into the build script as well; it depends on nothing but serde.

use serde::{Deserialize, Serialize};

use super::schema::{List, Text};

/// A credential that a search through the whole text finds.
///
/// What matches is a finding: no list of placeholders, no measure of randomness and no known sample takes part but those that the rule asks
/// for. Of matches that overlap the first counts, as in any search from left to right.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SearchMatch {
    /// Regular expression over bytes (`\w`, `\d` and `\b` are ASCII) that matches at least one byte. Line feeds at both ends of a match do not
    /// belong to it.
    pub pattern: Text,
    /// The search is made only where at least one of these stands in the text, in any letter case. Empty: in every text.
    #[serde(default)]
    pub keywords: List<Text>,
    /// Number of the group that is the secret, read in the match by itself. 0: the first group that holds something. Where that is none, the
    /// whole match is the secret.
    #[serde(default)]
    pub secret_group: u32,
    /// The Shannon entropy of the secret must be above this, in bits: over its characters, for each of its bytes.
    #[serde(default)]
    pub above_entropy: Option<f32>,
    /// Only in files with a path, from the top of the repository, in which one of these regular expressions matches. Empty: in every file.
    #[serde(default)]
    pub paths: List<Text>,
    /// What does not count: a match is no finding if one of these fits.
    #[serde(default)]
    pub allow: List<Allow>,
}

/// Something that does not count. It fits if everything that it has fits, and of each list one is enough.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Allow {
    /// Why it does not count, for people.
    #[serde(default)]
    pub description: Option<Text>,
    /// Regular expressions over the path from the top of the repository.
    #[serde(default)]
    pub paths: List<Text>,
    /// Regular expressions over the `target`.
    #[serde(default)]
    pub regexes: List<Text>,
    /// What `regexes` are about. Together with `paths` it must be the secret.
    #[serde(default)]
    pub target: AllowTarget,
    /// Words that stand in the secret, in any letter case.
    #[serde(default)]
    pub stopwords: List<Text>,
}

/// What an exception is about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AllowTarget {
    /// The secret.
    #[default]
    Secret,
    /// All that the pattern matched.
    Match,
    /// The lines that the match stands on.
    Line,
}

impl SearchMatch {
    /// Whether the path of a file decides whether a match counts.
    pub fn depends_on_path(&self) -> bool {
        !self.paths.is_empty() || self.allow.iter().any(|allow| !allow.paths.is_empty())
    }
}
