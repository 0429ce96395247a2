//! Saved reports for tests of rotation.

use serde_json::{Value, json};

use crate::report::{Report, saved};

/// A report with a finding for each digest.
pub fn report(kind: &str, digests: &[String]) -> Value {
    let findings: Vec<_> = digests.iter().map(|digest| finding(digest)).collect();
    json!({
        "version": 1,
        "tool": {
            "name": "keysieve", "version": "0.1.0", "ruleset": {"count": 1, "digest": "sha256:0"},
            "fingerprints": {"keyed_by": "0123456789abcdef"},
        },
        "scope": {"kind": kind, "target": ["."]},
        "outcome": "findings", "coverage": {"items": 1, "bytes": 1, "skipped": [], "incomplete": []},
        "findings": findings, "suppressed": [], "below_threshold": 0, "min_confidence": "medium",
    })
}

/// A finding of this digest, filled to 32 digits.
pub fn finding(digest: &str) -> Value {
    json!({
        "fingerprint": format!("v1:github:{digest:0>32}"),
        "rule": {"id": "github.personal-access-token", "name": "GitHub token", "provider": "GitHub", "description": ""},
        "severity": "high", "confidence": "high", "evidence": [], "status": {"state": "open"},
        "secret": {"masked": "ghp_****", "length": "32-63"},
        "identity": {"account_id": "42", "expires": "2027-01-01"},
        "locations": [location("deploy/settings.py")],
        "remediation": {"url": "https://github.com/settings/tokens", "steps": ["Revoke it."], "references": []},
    })
}

/// A place in a file.
pub fn location(path: &str) -> Value {
    let (start, end) = (json!({"line": 3, "column": 1}), json!({"line": 3, "column": 41}));
    json!({"path": path, "start": start, "end": end, "byte_range": {"start": 10, "end": 50}, "kind": "file"})
}

/// Since when a secret stands in a history: in HEAD, first committed by this author.
pub fn exposure(author: &str, email: &str) -> Value {
    json!({
        "first": {"id": "a".repeat(40), "author": author, "email": email, "seconds": 1, "subject": ""},
        "in_head": true, "reach": "refs", "pushed": true, "commits": 3, "blobs": 1,
        "path_count": 1, "held_by_count": 1, "reachable_from_count": 1,
    })
}

/// The report that was saved as `value`.
pub fn read(value: &Value) -> Report {
    saved::read(value.to_string().as_bytes()).unwrap_or_else(|why| panic!("it is a report, but {why}"))
}
