//! Findings as a JSON report (version 1, `docs/report.schema.json`) tells them, as far as rotation needs them.
//!
//! A report is foreign input: read with limits, unknown keys passed over, another version refused. It holds no secrets.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::finding::{Confidence, Severity};

/// Version of reports that is understood.
pub const VERSION: u32 = 1;
/// Largest report that is read, in bytes.
pub const LARGEST: u64 = 1 << 30;

/// A report.
#[derive(Debug, Deserialize)]
pub struct Reported {
    version: u32,
    /// Which program and rules made it.
    pub tool: Tool,
    /// What was asked for.
    pub scope: Scope,
    coverage: Coverage,
    /// Open findings.
    pub findings: Vec<Finding>,
    /// Findings that exceptions cover: nothing to rotate, and not gone either.
    #[serde(default)]
    pub suppressed: Vec<Suppressed>,
    #[serde(default)]
    min_confidence: Option<Confidence>,
}

/// Which program and rules made a report.
#[derive(Debug, Deserialize)]
pub struct Tool {
    /// Name of the program.
    pub name: String,
    /// Its version.
    pub version: String,
    /// Its rules.
    pub ruleset: RuleSet,
}

/// Which rules were in force.
#[derive(Debug, Deserialize)]
pub struct RuleSet {
    /// Digest over all of them.
    pub digest: String,
}

/// What was asked for.
#[derive(Debug, Deserialize)]
pub struct Scope {
    /// Kind of source, such as `worktree` or `history`.
    pub kind: String,
    /// What was named.
    #[serde(default)]
    pub target: Vec<String>,
    /// Which commits, where a range was asked for.
    #[serde(default)]
    pub range: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Coverage {
    #[serde(default)]
    incomplete: Vec<serde::de::IgnoredAny>,
}

/// A finding that exceptions cover.
#[derive(Debug, Deserialize)]
pub struct Suppressed {
    /// Names the secret.
    pub fingerprint: String,
}

/// A finding.
#[derive(Clone, Debug, Deserialize)]
pub struct Finding {
    /// Names the secret: `v1:`, the rule's family, `:` and 32 hex digits.
    pub fingerprint: String,
    /// Which rule found it.
    pub rule: Rule,
    /// How much its holder can do.
    pub severity: Severity,
    /// How sure it is.
    pub confidence: Confidence,
    /// What may be shown of it.
    pub secret: Secret,
    /// What it says about itself.
    #[serde(default)]
    pub identity: BTreeMap<String, String>,
    /// Where it stands.
    #[serde(default)]
    pub locations: Vec<Location>,
    /// Since when and where it stands in a history.
    #[serde(default)]
    pub exposure: Option<Exposure>,
    /// What to do about it.
    #[serde(default)]
    pub remediation: Remediation,
}

/// The rule of a finding.
#[derive(Clone, Debug, Deserialize)]
pub struct Rule {
    /// Its id.
    pub id: String,
    /// Its name for people.
    pub name: String,
    /// Who issues the credential.
    pub provider: String,
}

/// What may be shown of a secret. A value that `--show-secrets` wrote is not read.
#[derive(Clone, Debug, Deserialize)]
pub struct Secret {
    /// With stars for most of it.
    pub masked: String,
    /// Class of lengths.
    pub length: String,
}

/// A place.
#[derive(Clone, Debug, Deserialize)]
pub struct Location {
    /// Path.
    pub path: String,
    /// Where it begins.
    pub start: Position,
    /// Kind of content.
    pub kind: String,
    /// First commit that put it there.
    #[serde(default)]
    pub commit: Option<String>,
}

/// A position in a text.
#[derive(Clone, Copy, Debug, Deserialize)]
pub struct Position {
    /// From 1.
    pub line: u64,
}

/// Since when and where it stands in a history.
#[derive(Clone, Debug, Deserialize)]
pub struct Exposure {
    /// First commit that holds it.
    #[serde(default)]
    pub first: Option<Commit>,
    /// Whether HEAD's commit holds it.
    #[serde(default)]
    pub in_head: bool,
    /// By what it is kept: `refs`, `reflog` or `unreachable`.
    #[serde(default)]
    pub reach: String,
    /// Whether a remote-tracking ref reaches it.
    #[serde(default)]
    pub pushed: bool,
    /// Commits that hold it.
    #[serde(default)]
    pub commits: u64,
}

/// A commit.
#[derive(Clone, Debug, Deserialize)]
pub struct Commit {
    /// Object id.
    pub id: String,
    /// Its author's name.
    #[serde(default)]
    pub author: String,
    /// Its author's e-mail address.
    #[serde(default)]
    pub email: String,
    /// When it was made, in seconds since 1970.
    #[serde(default)]
    pub seconds: i64,
}

/// What to do about a finding.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Remediation {
    /// The provider's page.
    #[serde(default)]
    pub url: Option<String>,
    /// Steps in order.
    #[serde(default)]
    pub steps: Vec<String>,
}

impl Reported {
    /// Reads a report.
    ///
    /// # Errors
    /// It is none, or one of another version. Never says what is in it.
    pub fn read(bytes: &[u8]) -> Result<Self, String> {
        let trimmed = bytes.trim_ascii_start();
        if trimmed.is_empty() {
            return Err("it is empty".to_owned());
        }
        if trimmed.first() != Some(&b'{') {
            return Err("it is no JSON report; write one with `keysieve scan --format json`".to_owned());
        }
        let report: Self = serde_json::from_slice(bytes).map_err(|error| {
            let (line, column) = (error.line(), error.column());
            format!("line {line}, column {column}: it is no whole JSON report of keysieve; write one with `keysieve scan --format json`")
        })?;
        match report.version {
            VERSION => Ok(report),
            other => Err(format!("it is a report of version {other}, and only version {VERSION} is understood")),
        }
    }

    /// Whether everything that was asked for was looked at.
    pub fn is_complete(&self) -> bool {
        self.coverage.incomplete.is_empty()
    }

    /// What was looked at and by which rules, in one text: what is not found by the same look any more is gone.
    pub fn look(&self) -> String {
        let Scope { kind, target, range } = &self.scope;
        let confidence = self.min_confidence.map_or("", Confidence::as_str);
        let written = serde_json::json!([kind, target, range, confidence]);
        written.to_string()
    }

    /// The findings of everything that was looked at, open or not, by fingerprint.
    pub fn fingerprints(&self) -> impl Iterator<Item = &str> {
        self.findings.iter().map(|finding| finding.fingerprint.as_str()).chain(self.suppressed.iter().map(|own| own.fingerprint.as_str()))
    }
}

impl Finding {
    /// Whether the fingerprint has the form that keysieve writes: it goes into ids and logs.
    pub fn has_fingerprint(&self) -> bool {
        let mut parts = self.fingerprint.split(':');
        let family = |text: &str| {
            !text.is_empty()
                && text.len() <= 64
                && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
        };
        let digest = |text: &str| text.len() == 32 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        parts.next() == Some("v1") && parts.next().is_some_and(family) && parts.next().is_some_and(digest) && parts.next().is_none()
    }

    /// The paths where it stands.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        self.locations.iter().map(|location| location.path.as_str())
    }
}

#[cfg(test)]
pub mod tests {
    use super::*;

    /// A report with a finding for each digest.
    pub fn report(kind: &str, digests: &[String]) -> serde_json::Value {
        let findings: Vec<_> = digests.iter().map(|digest| finding(digest)).collect();
        serde_json::json!({
            "version": 1,
            "tool": {"name": "keysieve", "version": "0.1.0", "ruleset": {"count": 1, "digest": "sha256:0"}},
            "scope": {"kind": kind, "target": ["."]},
            "outcome": "findings", "coverage": {"items": 1, "bytes": 1, "skipped": [], "incomplete": []},
            "findings": findings, "suppressed": [], "below_threshold": 0, "min_confidence": "medium",
        })
    }

    /// A finding of this digest, cut or filled to 32 digits.
    pub fn finding(digest: &str) -> serde_json::Value {
        serde_json::json!({
            "fingerprint": format!("v1:github:{digest:0>32}"),
            "rule": {"id": "github.personal-access-token", "name": "GitHub token", "provider": "GitHub", "description": ""},
            "severity": "high", "confidence": "high", "evidence": [], "status": {"state": "open"},
            "secret": {"masked": "ghp_****", "length": "32-63", "digest": digest},
            "identity": {"account_id": "42", "expires": "2027-01-01"},
            "locations": [{"path": "deploy/settings.py", "start": {"line": 3, "column": 1}, "kind": "file"}],
            "remediation": {"url": "https://github.com/settings/tokens", "steps": ["Revoke it."], "references": []},
        })
    }

    #[test]
    fn what_is_no_report_is_refused_without_repeating_it() {
        let mut newer = report("worktree", &[]);
        newer["version"] = 2.into();
        for (text, why) in [
            (String::new(), "empty"),
            ("[1]".to_owned(), "no JSON report"),
            ("PASSWORD=x".to_owned(), "no JSON report"),
            ("{\"version\":1,\"PASSWORD\"".to_owned(), "line 1"),
            ("{\"version\":1}".to_owned(), "no whole JSON report"),
            (newer.to_string(), "version 2"),
        ] {
            let said = Reported::read(text.as_bytes()).expect_err("because it is none");
            assert!(said.contains(why) && !said.contains("PASSWORD"), "{text}: {said}");
        }
    }

    #[test]
    fn fingerprints_have_one_form() {
        let of = |fingerprint: &str| {
            let mut value = finding("a");
            value["fingerprint"] = fingerprint.into();
            serde_json::from_value::<Finding>(value).expect("because it is a finding").has_fingerprint()
        };
        assert!(of(&format!("v1:aws:{}", "0f".repeat(16))));
        for wrong in ["", "v1:aws:0f", "v2:aws:00000000000000000000000000000000", "v1::00000000000000000000000000000000"] {
            assert!(!of(wrong), "{wrong}");
        }
    }
}
