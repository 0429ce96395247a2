//! Which findings to purge: all, those of a report, or those that were named.

use std::path::Path;

use anyhow::{Context as _, bail};
use serde_json::Value;

use keysieve::finding::{Confidence, Finding};

use crate::cli::args::PurgeArgs;

/// What was asked for.
pub enum Wanted {
    /// Everything that is sure enough.
    All,
    /// Fingerprints of a report; some may be gone.
    Listed(Vec<String>),
    /// Fingerprints on the command line, or beginnings of their digits.
    Named(Vec<String>),
}

/// Fewest digits that name a fingerprint.
const LEAST_DIGITS: usize = 8;

impl Wanted {
    /// Reads the report, if there is one.
    ///
    /// # Errors
    /// It cannot be read or is no JSON report of keysieve; a fingerprint is none.
    pub fn of(args: &PurgeArgs) -> anyhow::Result<Self> {
        if let Some(path) = &args.report {
            return listed(path).map(Self::Listed);
        }
        for one in &args.fingerprint {
            let digits = one.rsplit(':').next().unwrap_or_default();
            if digits.len() < LEAST_DIGITS || !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
                bail!("`{one}` is no fingerprint: it is `v1:…:` and 32 hex digits, or the first {LEAST_DIGITS} or more of them");
            }
        }
        Ok(if args.fingerprint.is_empty() { Self::All } else { Self::Named(args.fingerprint.clone()) })
    }

    /// How sure a finding has to be: what is named counts in any case.
    pub fn min_confidence(&self, asked: Confidence) -> Confidence {
        if matches!(self, Self::All) { asked } else { Confidence::Low }
    }

    /// The findings that are meant, and the fingerprints that none has.
    ///
    /// # Errors
    /// None has one that was named on the command line.
    pub fn select(&self, findings: Vec<Finding>) -> anyhow::Result<(Vec<Finding>, Vec<String>)> {
        let names = match self {
            Self::All => return Ok((findings, Vec::new())),
            Self::Listed(names) | Self::Named(names) => names,
        };
        let is = |finding: &Finding, name: &str| {
            finding.fingerprint.as_str() == name || !name.contains(':') && finding.fingerprint.digest().starts_with(name)
        };
        let missing: Vec<String> = names.iter().filter(|name| !findings.iter().any(|finding| is(finding, name))).cloned().collect();
        if let (Self::Named(_), Some(first)) = (self, missing.first()) {
            bail!("nothing in the history has the fingerprint {first}; `keysieve scan --history --min-confidence low` lists all");
        }
        Ok((findings.into_iter().filter(|finding| names.iter().any(|name| is(finding, name))).collect(), missing))
    }
}

fn read(path: &Path) -> anyhow::Result<Value> {
    let text = std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    // The parser's words could quote the file.
    serde_json::from_slice(&text).map_err(|error| anyhow::anyhow!("{} is no JSON: line {}", path.display(), error.line()))
}

fn listed(path: &Path) -> anyhow::Result<Vec<String>> {
    let report = read(path)?;
    let findings = report["findings"].as_array();
    let findings = findings.with_context(|| format!("{} is no JSON report of `keysieve scan --format json`", path.display()))?;
    let mut names: Vec<String> = findings.iter().filter_map(|finding| Some(finding["fingerprint"].as_str()?.to_owned())).collect();
    names.sort();
    names.dedup();
    // What reads it prints it.
    names.retain(|name| name.bytes().all(|byte| byte.is_ascii_graphic()));
    Ok(names)
}

/// Fingerprints of the secrets for which the plan at `path` has no line.
///
/// # Errors
/// It cannot be read.
pub fn left_out(path: &Path) -> anyhow::Result<Vec<String>> {
    let plan = read(path)?;
    let secrets = plan["secrets"].as_array().with_context(|| format!("{} is no plan of `keysieve purge-plan`", path.display()))?;
    let by_hand = secrets.iter().filter(|secret| secret["left_out"] == true);
    Ok(by_hand.filter_map(|secret| Some(secret["fingerprint"].as_str()?.to_owned())).collect())
}
