//! A JSON report as `token to finding`, and what of a finding a test compares.

use serde_json::Value;

use keysieve::finding::{Fingerprint, FingerprintKey};
use keysieve::secret::Secret;

use crate::support::{Said, list, text};

/// The report of a history.
pub struct Findings(pub Value);

impl Findings {
    /// What `said` reports.
    #[track_caller]
    pub fn of(said: &Said) -> Self {
        let report = said.report();
        assert_eq!(text(&report["scope"]["kind"]), "history");
        Self(report)
    }

    /// The finding of a token of [`crate::support::token`].
    pub fn of_token(&self, token: &str) -> Option<&Value> {
        let expected = Fingerprint::new(&FingerprintKey::default(), "github", &Secret::new(token.as_bytes()));
        list(&self.0["findings"]).iter().find(|finding| text(&finding["fingerprint"]) == expected.as_str())
    }

    /// Number of findings.
    pub fn len(&self) -> usize {
        list(&self.0["findings"]).len()
    }

    /// Number of items that were scanned.
    pub fn items(&self) -> u64 {
        self.0["coverage"]["items"].as_u64().unwrap_or_default()
    }

    /// What was not scanned, one line each: what, why and remedy.
    pub fn gaps(&self) -> Vec<String> {
        let line = |gap: &Value| format!("{} | {} | {}", text(&gap["what"]), text(&gap["why"]), text(&gap["remedy"]));
        list(&self.0["coverage"]["incomplete"]).iter().map(line).collect()
    }

    /// Whether a gap names `object`.
    pub fn names(&self, object: &str) -> bool {
        self.gaps().iter().any(|gap| gap.contains(object))
    }

    /// The whole report without what the time of the scan changes.
    pub fn without_time(&self) -> String {
        let mut report = self.0.clone();
        for finding in report["findings"].as_array_mut().into_iter().flatten() {
            if let Some(exposure) = finding.get_mut("exposure").and_then(Value::as_object_mut) {
                exposure.remove("days");
            }
        }
        serde_json::to_string_pretty(&report).expect("because it was JSON")
    }
}

/// `kind name` of every ref of a list of refs.
pub fn refs(value: &Value) -> Vec<String> {
    list(value).iter().map(|name| format!("{} {}", text(&name["kind"]), text(&name["name"]))).collect()
}

/// The strings of a list.
pub fn strings(value: &Value) -> Vec<String> {
    list(value).iter().map(|one| text(one).to_owned()).collect()
}

/// A ref as [`refs`] writes it.
pub fn shown(name: &str) -> String {
    let kinds = [
        ("refs/heads/", "branch"),
        ("refs/remotes/", "remote"),
        ("refs/tags/", "tag"),
        ("refs/pull/", "pull"),
        ("refs/merge-requests/", "pull"),
        ("refs/notes/", "note"),
        ("refs/stash", "stash"),
        ("stash@{", "stash"),
        ("refs/", "other"),
    ];
    let kind = kinds.iter().find(|(prefix, _)| name.starts_with(prefix)).map_or("head", |(_, kind)| kind);
    format!("{kind} {name}")
}

/// All of them as [`refs`] writes and orders them: by kind in the order of `RefKind`, then by name.
pub fn all_shown<'n>(names: impl IntoIterator<Item = &'n str>) -> Vec<String> {
    const ORDER: [&str; 8] = ["head", "branch", "remote", "tag", "pull", "note", "stash", "other"];
    let mut all: Vec<String> = names.into_iter().map(shown).collect();
    let rank = |name: &str| ORDER.iter().position(|kind| name.split(' ').next() == Some(kind));
    all.sort_by(|one, other| rank(one).cmp(&rank(other)).then_with(|| one.cmp(other)));
    all
}
