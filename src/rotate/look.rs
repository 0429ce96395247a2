//! What rotation asks of a report: which of its findings are exposed secrets, what was looked at, and whether to the end.
//!
//! Knows nothing of the outbox. A saved report is foreign input: what of it goes into ids and logs is checked here.

use std::borrow::Cow;

use crate::finding::{Finding, Fingerprint, Subject};
use crate::report::Report;

/// Longest family of a fingerprint, in bytes.
const LONGEST_FAMILY: usize = 64;

/// What is to be rotated: open findings, but for those that only say of other findings where their secret is shared.
pub fn exposed(report: &Report) -> impl Iterator<Item = &Finding> {
    report.open().filter(|finding| finding.subject != Subject::Sharing)
}

/// Whether everything that was asked for was looked at.
pub fn is_complete(report: &Report) -> bool {
    report.coverage.incomplete.is_empty()
}

/// What was looked at, in one text: what the same look does not find any more is gone.
pub fn text(report: &Report) -> String {
    let scope = &report.scope;
    serde_json::json!([scope.kind, scope.target, scope.range, report.min_confidence.as_str()]).to_string()
}

/// Whether a fingerprint has the form that keysieve writes, with a family of lower-case letters, digits and `-`.
pub fn is_usable(fingerprint: &Fingerprint) -> bool {
    let family = fingerprint.as_str().split(':').nth(1).unwrap_or_default();
    let is_known = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    (1..=LONGEST_FAMILY).contains(&family.len()) && family.bytes().all(is_known) && fingerprint.as_str().matches(':').count() == 2
}

/// The paths where it stands.
pub fn paths(finding: &Finding) -> impl Iterator<Item = Cow<'_, str>> {
    finding.locations.iter().map(|location| location.path_lossy())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rotate::sample::{finding, read, report};

    #[test]
    fn fingerprints_have_one_form() {
        let of = |family: &str| Fingerprint::parse(&format!("v1:{family}:{}", "0f".repeat(16))).expect("because a report may hold it");
        assert!(is_usable(&of("aws")) && is_usable(&of("acme-2")));
        for wrong in ["A", "a.b", "a_b", "a%", &"a".repeat(65)] {
            assert!(!is_usable(&of(wrong)), "{wrong}");
        }
    }

    #[test]
    fn what_is_excepted_or_only_shared_is_not_exposed() {
        let mut value = report("worktree", &["a".to_owned(), "b".to_owned()]);
        value["findings"][1]["subject"] = "sharing".into();
        let mut excepted = finding("c");
        excepted["status"] = serde_json::json!({"state": "suppressed", "reason": "known"});
        value["suppressed"] = serde_json::json!([excepted]);
        let report = read(&value);
        assert_eq!((exposed(&report).count(), is_complete(&report)), (1, true));
        assert_eq!(text(&report), r#"["worktree",["."],null,"medium"]"#);
    }
}
