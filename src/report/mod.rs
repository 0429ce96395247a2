//! Pure functions from a [`Report`] to text. No I/O, no sorting, no filtering: a report arrives final.
//!
//! A new format is a new file here and one line in [`Format::ALL`].

mod codequality;
mod csv;
mod dates;
mod document;
mod escape;
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
mod rdjson;
mod redact;
#[cfg(test)]
mod sample;
pub mod sarif;
pub mod saved;
mod sentence;
#[cfg(test)]
mod tests;

use std::borrow::Cow;

pub use escape::text as escaped;
pub use merge::merge;
pub use redact::redacted;

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

/// What a writer may vary.
#[derive(Clone, Copy, Debug, Default)]
pub struct Style<'s> {
    /// ANSI colors (human output only).
    pub color: bool,
    /// Terminal width in columns (human output only); `None` where it is no terminal.
    pub width: Option<usize>,
    /// Write the secrets themselves instead of masked ones. Only ever set by `--show-secrets`.
    pub show_secrets: bool,
    /// Only findings and what is incomplete, no summary (human output only).
    pub quiet: bool,
    /// List suppressed findings as well. JSON has them in a list of their own in any case.
    pub show_suppressed: bool,
    /// How much to say about exposure; `None`: what [`Format::exposure`] says.
    pub exposure: Option<ExposureDetail>,
    /// What code scanning is to tell this analysis from others by (SARIF only).
    pub category: Option<&'s str>,
    /// When the report is made, in seconds since 1970-01-01 UTC, for the formats that have to say it; `None`: then.
    pub made_at: Option<i64>,
}

/// How much a report says about where in a history a secret is exposed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum ExposureDetail {
    /// Nothing.
    None,
    /// Commits, counts, and a few names of refs where people read it.
    #[default]
    Brief,
    /// Every ref and every path by name as well.
    Full,
}

impl ExposureDetail {
    /// Every detail, most first.
    pub const ALL: [Self; 3] = [Self::Full, Self::Brief, Self::None];

    /// The word for `--exposure`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::Brief => "brief",
            Self::None => "none",
        }
    }
}

/// A report format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// For people.
    Human,
    /// One JSON document, schema in `docs/report.schema.json`.
    Json,
    /// One finding a line, then one line with the rest.
    Jsonl,
    /// SARIF 2.1.0 for code scanning.
    Sarif,
    /// Commands in the log of GitHub Actions that become annotations.
    Github,
    /// A summary that fits into a comment or the summary of a job.
    Markdown,
    /// GitLab's report of secret detection.
    Gitlab,
    /// GitLab's report of code quality, which merge requests show in every tier.
    Codequality,
    /// JUnit XML, which nearly every build service shows.
    Junit,
    /// One place a row, for spreadsheets.
    Csv,
    /// Reviewdog's diagnostics.
    Rdjson,
    /// A page to look at: one file, without a network.
    Html,
}

impl Format {
    /// Every format.
    pub const ALL: [Self; 12] = [
        Self::Human,
        Self::Json,
        Self::Jsonl,
        Self::Sarif,
        Self::Github,
        Self::Markdown,
        Self::Gitlab,
        Self::Codequality,
        Self::Junit,
        Self::Csv,
        Self::Rdjson,
        Self::Html,
    ];

    /// The word for `--format`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Human => "human",
            Self::Json => "json",
            Self::Jsonl => "jsonl",
            Self::Sarif => "sarif",
            Self::Github => "github",
            Self::Markdown => "markdown",
            Self::Gitlab => "gitlab",
            Self::Codequality => "codequality",
            Self::Junit => "junit",
            Self::Csv => "csv",
            Self::Rdjson => "rdjson",
            Self::Html => "html",
        }
    }

    /// How much is said about exposure where the user does not choose: a machine gets all, a person what fits in a few lines.
    pub fn exposure(self) -> ExposureDetail {
        match self {
            Self::Json | Self::Jsonl | Self::Html => ExposureDetail::Full,
            _ => ExposureDetail::Brief,
        }
    }

    /// Whether `show_secrets` means anything to it. The other formats are made to be sent somewhere.
    pub fn can_show_secrets(self) -> bool {
        matches!(self, Self::Human | Self::Json | Self::Jsonl)
    }

    /// Writes `report` in this format; ends with a line feed unless empty. Unless `style.show_secrets` is set and the format
    /// [can show them](Self::can_show_secrets), no secret of the report that has 16 bytes or more stands in the output, not even where a file
    /// is named after it.
    pub fn render(self, report: &Report, style: Style<'_>) -> String {
        let show_secrets = style.show_secrets && self.can_show_secrets();
        let redacted = if show_secrets { Cow::Borrowed(report) } else { redact::redacted(report) };
        let style = Style { show_secrets, exposure: Some(style.exposure.unwrap_or(self.exposure())), ..style };
        match self {
            Self::Human => human::render(&redacted, style),
            Self::Json => json::render(&redacted, style),
            Self::Jsonl => jsonl::render(&redacted, style),
            Self::Sarif => sarif::render(&redacted, style),
            Self::Github => github::render(&redacted, style),
            Self::Markdown => markdown::render(&redacted, style),
            Self::Gitlab => gitlab::render(&redacted, style),
            Self::Codequality => codequality::render(&redacted, style),
            Self::Junit => junit::render(&redacted, style),
            Self::Csv => csv::render(&redacted, style),
            Self::Rdjson => rdjson::render(&redacted, style),
            Self::Html => html::render(&redacted, style),
        }
    }
}
