//! A plan as JSON.

use super::PurgePlan;

/// Version 1 of the document; see `docs/purge.md`.
pub fn json(plan: &PurgePlan) -> String {
    let mut text = serde_json::to_string_pretty(plan).expect("because a plan has string keys only");
    text.push('\n');
    text
}
