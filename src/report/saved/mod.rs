//! A saved JSON report read back, so that other formats can be made of it.
//!
//! Its bytes are foreign, whoever says that this program wrote them: everything is checked, nothing is taken for text that is safe to print, and
//! the secrets themselves are not in it, unless it was saved with them.

mod exposure;
mod finding;
mod model;

use std::borrow::Cow;

use super::{FingerprintInfo, Report, RuleSetInfo, Scope, Tool, document, escape};
use crate::coverage::{Coverage, Gap, Skip};
use crate::finding::{Finding, Threshold};

/// Larger files are not read.
pub const LARGEST_BYTES: u64 = 512 << 20;
/// Larger numbers are not those of a report: JSON parsers that know only floating point lose digits from here on.
const LARGEST_COUNT: u64 = 1 << 53;

/// Why bytes are no report. Holds none of them.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// It is too large to be read.
    #[error("it is larger than {} MiB", LARGEST_BYTES >> 20)]
    TooLarge,
    /// It is no JSON.
    #[error("it is no JSON (line {line})")]
    NoJson {
        /// Where that shows, from 1.
        line: usize,
    },
    /// It is JSON of something else.
    #[error("it is no JSON report of keysieve: `keysieve scan --format json` writes one")]
    NoReport,
    /// It is of another version.
    #[error("it is a report of version {0}, and this keysieve reads version {known}", known = document::VERSION)]
    OtherVersion(u64),
    /// Something in it is not as it must be.
    #[error("it is damaged: {what} (line {line}, column {column})")]
    Damaged {
        /// What is wrong.
        what: &'static str,
        /// From 1.
        line: usize,
        /// In bytes from 1.
        column: usize,
    },
    /// A value in it cannot be.
    #[error("it is damaged: {what} of finding {number}")]
    Finding {
        /// What is wrong.
        what: &'static str,
        /// Its number among all findings, from 1.
        number: usize,
    },
    /// A value outside of findings cannot be.
    #[error("it is damaged: {0}")]
    Value(&'static str),
}

/// Reads a JSON report.
///
/// # Errors
/// It is none, or not one that this version of the program could have written.
pub fn read(bytes: &[u8]) -> Result<Report, Unreadable> {
    if bytes.len() as u64 > LARGEST_BYTES {
        return Err(Unreadable::TooLarge);
    }
    check_kind(bytes)?;
    let document: model::Document = serde_json::from_slice(bytes).map_err(|error| {
        let what = "something is missing there, or not of the right kind";
        Unreadable::Damaged { what, line: error.line(), column: error.column() }
    })?;
    report(document)
}

fn check_kind(bytes: &[u8]) -> Result<(), Unreadable> {
    let probe: model::Probe = serde_json::from_slice(bytes).map_err(|error| match error.classify() {
        serde_json::error::Category::Data => Unreadable::NoReport,
        _ => Unreadable::NoJson { line: error.line() },
    })?;
    let name = probe.tool.as_ref().and_then(|tool| tool["name"].as_str());
    match probe.version.as_ref().and_then(serde_json::Value::as_u64) {
        Some(version) if name == Some(NAME) && version == u64::from(document::VERSION) => Ok(()),
        Some(version) if name == Some(NAME) => Err(Unreadable::OtherVersion(version)),
        _ => Err(Unreadable::NoReport),
    }
}

/// The only program whose reports are read.
const NAME: &str = "keysieve";

fn report(document: model::Document) -> Result<Report, Unreadable> {
    let model::Document { tool, scope, coverage, findings, suppressed, below_threshold, min_confidence, fail_on } = document;
    let open = findings.into_iter().map(finding::finding);
    let open = numbered(open, 1)?;
    let suppressed = numbered(suppressed.into_iter().map(finding::finding), open.len() + 1)?;
    let fail_on = fail_on.map_or_else(Threshold::default, |least| Threshold { severity: least.severity, confidence: least.confidence });
    let ruleset = RuleSetInfo { count: size(tool.ruleset.count)?, digest: clean(&tool.ruleset.digest) };
    Ok(Report {
        tool: Tool {
            name: NAME,
            version: Cow::Owned(clean(&tool.version)),
            ruleset,
            fingerprints: FingerprintInfo { keyed_by: clean(&tool.fingerprints.keyed_by) },
        },
        scope: Scope { kind: scope.kind, target: scope.target, range: scope.range },
        coverage: read_coverage(coverage)?,
        findings: in_order(open, suppressed),
        below_threshold: count(below_threshold)?,
        min_confidence,
        withheld: Vec::new(),
        exceptions: Vec::new(),
        fail_on,
        seconds: None,
    })
}

fn numbered(findings: impl Iterator<Item = Result<Finding, &'static str>>, from: usize) -> Result<Vec<Finding>, Unreadable> {
    findings.zip(from..).map(|(finding, number)| finding.map_err(|what| Unreadable::Finding { what, number })).collect()
}

/// The two lists of a document as one, as they were in the report. Neither is sorted again: what was masked may have had another place.
fn in_order(open: Vec<Finding>, suppressed: Vec<Finding>) -> Vec<Finding> {
    let mut findings = Vec::with_capacity(open.len() + suppressed.len());
    let (mut open, mut suppressed) = (open.into_iter().peekable(), suppressed.into_iter().peekable());
    while let (Some(one), Some(other)) = (open.peek(), suppressed.peek()) {
        let next = if one.order(other).is_le() { open.next() } else { suppressed.next() };
        findings.extend(next);
    }
    findings.extend(open);
    findings.extend(suppressed);
    findings
}

fn read_coverage(coverage: model::Coverage) -> Result<Coverage, Unreadable> {
    let skip = |skip: model::Skip| Ok(Skip { what: skip.what, why: skip.why, count: count(skip.count)? });
    Ok(Coverage {
        items: count(coverage.items)?,
        bytes: count(coverage.bytes)?,
        skipped: coverage.skipped.into_iter().map(skip).collect::<Result<_, _>>()?,
        incomplete: coverage.incomplete.into_iter().map(|gap| Gap::new(gap.what, gap.why, gap.remedy)).collect(),
    })
}

fn count(number: u64) -> Result<u64, Unreadable> {
    if number <= LARGEST_COUNT { Ok(number) } else { Err(Unreadable::Value("a number is larger than any report has")) }
}

fn size(number: u64) -> Result<usize, Unreadable> {
    usize::try_from(count(number)?).map_err(|_| Unreadable::Value("a number is larger than any report has"))
}

/// This program's own words, which writers take for safe. A report that it wrote holds them as they are.
fn clean(text: &str) -> String {
    escape::text(text).into_owned()
}

#[cfg(test)]
mod tests;
