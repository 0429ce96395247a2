//! Pure functions from a [`Report`] to text. No I/O, no sorting, no filtering: a report arrives final.
//!
//! A new format is a new file here and its lines in [`Format`].

mod codequality;
mod csv;
mod dates;
mod document;
mod escape;
mod format;
mod github;
mod gitlab;
mod html;
mod human;
mod json;
mod json_text;
mod jsonl;
mod junit;
mod markdown;
mod merge;
mod numbers;
mod place;
pub mod playbook;
mod rdjson;
mod redact;
#[cfg(test)]
mod sample;
pub mod sarif;
pub mod saved;
mod sentence;
mod style;
#[cfg(test)]
mod tests;

use std::borrow::Cow;

pub use escape::text as escaped;
pub use format::Format;
pub use merge::merge;
pub use redact::redacted;
pub use style::{ExposureDetail, Style};

use serde::{Deserialize, Serialize};

use crate::coverage::Coverage;
use crate::exceptions::ExceptionUse;
use crate::finding::{Confidence, Finding, Threshold, Withheld};

/// Everything one run has to say.
#[derive(Clone, Debug)]
pub struct Report {
    /// Which program and which rules made it.
    pub tool: Tool,
    /// What was asked for.
    pub scope: Scope,
    /// What was and was not looked at.
    pub coverage: Coverage,
    /// Open and suppressed ones. In final order: severity and confidence falling, then first place. Findings below `min_confidence` are not in it.
    pub findings: Vec<Finding>,
    /// Findings that are less sure than `min_confidence`, left out of `findings`.
    pub below_threshold: u64,
    /// The least confidence that was asked for.
    pub min_confidence: Confidence,
    /// Secrets that were found and are not in `findings`, because their rules are disabled or their paths excluded. No format lists them; they are
    /// known here so that none of them is shown with something else.
    pub withheld: Vec<Withheld>,
    /// What became of each exception.
    pub exceptions: Vec<ExceptionUse>,
    /// From where on a finding makes the scan fail.
    pub fail_on: Threshold,
    /// Seconds the scan took, where that is known. Only the human output shows it, so that the same input gives the same file.
    pub seconds: Option<f64>,
}

/// The program and its rules.
#[derive(Clone, Debug, Serialize)]
pub struct Tool {
    /// Always `keysieve`.
    pub name: &'static str,
    /// Of the package.
    pub version: Cow<'static, str>,
    /// Which rules were in force.
    pub ruleset: RuleSetInfo,
    /// How the fingerprints were made.
    pub fingerprints: FingerprintInfo,
}

/// How the fingerprints were made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FingerprintInfo {
    /// Names their key, see [`FingerprintKey::id`](crate::finding::FingerprintKey::id): only those of the same one can be compared.
    pub keyed_by: String,
}

/// Which rules were in force.
#[derive(Clone, Debug, Serialize)]
pub struct RuleSetInfo {
    /// Number of rules.
    pub count: usize,
    /// `sha256:` and 64 hex digits over all rules.
    pub digest: String,
}

/// What was asked for.
#[derive(Clone, Debug, Serialize)]
pub struct Scope {
    /// Kind of source.
    pub kind: ScopeKind,
    /// The paths as the user gave them; for staged content the top of the worktree; `-` for standard input.
    pub target: Vec<String>,
    /// The revisions, as the user wrote them, where a range was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub range: Option<String>,
}

/// Kind of source.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ScopeKind {
    /// Files on disk.
    Worktree,
    /// What the next commit would add.
    Staged,
    /// Standard input.
    Stdin,
    /// Everything a repository stores.
    History,
    /// What a range of commits introduces.
    Range,
    /// Several of them: reports were merged.
    Merged,
}

/// The answer in one word. Decides the exit code, unless there are findings and none of them reaches [`Report::fail_on`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// Everything asked for was scanned and nothing was found.
    Clean,
    /// At least one open finding at or above the threshold.
    Findings,
    /// Nothing was found, but something asked for was not scanned.
    Incomplete,
}

impl Report {
    /// The findings that count.
    pub fn open(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(|finding| finding.status.is_open())
    }

    /// The findings that exceptions cover.
    pub fn suppressed(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(|finding| !finding.status.is_open())
    }

    /// The answer in one word. Findings win over incomplete.
    pub fn outcome(&self) -> Outcome {
        if self.open().next().is_some() {
            Outcome::Findings
        } else if self.coverage.incomplete.is_empty() {
            Outcome::Clean
        } else {
            Outcome::Incomplete
        }
    }

    /// Number of open findings that make the scan fail.
    pub fn failing(&self) -> usize {
        self.findings.iter().filter(|finding| self.fail_on.is_reached_by(finding)).count()
    }
}
