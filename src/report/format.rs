//! The formats by name, and the one way to write any of them.

use std::borrow::Cow;

use super::{
    ExposureDetail, Report, Style, codequality, csv, github, gitlab, html, human, json, jsonl, junit, markdown, rdjson, redact, sarif,
};

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
