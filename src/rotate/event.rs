//! An exposed secret as a CloudEvents 1.0 document, `docs/rotation-event.schema.json`, under 20 kB whatever is in the report.
//!
//! Holds no secret but where its target asks for that: else the masked form, and the keyed hash that names it. Knows nothing of signatures
//! and of sending.

mod enclosed;

use serde::Serialize;
use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};

use super::approval::{Basis, Ownership};
use super::time;
use crate::finding::{Finding, Identity, Location, LocationKind};
use crate::report::Tool;
use crate::report::playbook::{Filled, FilledStep};

pub use enclosed::{Enclosed, room, with_secret};

/// A body is shorter than this many bytes: what Standard Webhooks asks for.
pub const LARGEST: usize = 20_000;
/// Type of the event about a secret that was not known.
pub const EXPOSED: &str = "dev.keysieve.secret.exposed";
/// Type of the event about a secret that was rotated and is found again.
pub const REEXPOSED: &str = "dev.keysieve.secret.reexposed";
/// Most locations of an event.
const MOST_LOCATIONS: usize = 50;
/// Most steps of a playbook.
const MOST_STEPS: usize = 20;
/// Longest text in an event, in characters.
const LONGEST_TEXT: usize = 500;

/// What an event is about, besides the finding.
#[derive(Clone, Copy, Debug)]
pub struct About<'a> {
    /// Where the secret is exposed.
    pub source: &'a str,
    /// Which program found it.
    pub tool: &'a Tool,
    /// From 1; more where it was rotated and is exposed again.
    pub generation: u32,
    /// When its forerunner was rotated, in milliseconds since 1970.
    pub rotated_before_ms: Option<i64>,
    /// When it was detected, in milliseconds since 1970.
    pub detected_ms: i64,
    /// Until when it has to be rotated, in milliseconds since 1970.
    pub deadline_ms: i64,
    /// What of the secret goes with it.
    pub enclosed: Enclosed<'a>,
    /// Who owns it, where somebody asked.
    pub owners: Option<&'a Ownership>,
}

/// Id of the event about this generation of a secret for this target. The same on every machine.
pub fn id(fingerprint: &str, generation: u32, target: &str) -> String {
    let mut hash = Sha256::new();
    for part in ["keysieve rotation event 1", fingerprint, &generation.to_string(), target] {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    format!("evt_{}", data_encoding::HEXLOWER.encode(&hash.finalize()[..16]))
}

/// The document about `finding` with this id. Locations, then texts are cut until it is short enough, and it says so.
pub fn body(id: &str, finding: &Finding, mut about: About<'_>) -> String {
    about.enclosed = about.enclosed.fitting();
    let largest = about.enclosed.largest();
    for (locations, characters) in [(MOST_LOCATIONS, LONGEST_TEXT), (10, LONGEST_TEXT), (5, 200), (1, 100), (0, 40)] {
        let text = Document { id, finding, about, locations, characters }.written();
        if text.len() < largest {
            return text;
        }
    }
    Document { id, finding, about, locations: 0, characters: 12 }.written()
}

struct Document<'a> {
    id: &'a str,
    finding: &'a Finding,
    about: About<'a>,
    locations: usize,
    characters: usize,
}

impl Document<'_> {
    fn written(&self) -> String {
        let about = self.about;
        let detected = time::written(about.detected_ms);
        let kind = if about.generation > 1 { REEXPOSED } else { EXPOSED };
        let source: String = about.source.chars().take(512).collect();
        json!({
            "specversion": "1.0",
            "id": self.id,
            "source": source,
            "type": kind,
            "subject": self.finding.fingerprint.as_str(),
            "time": detected,
            "timestamp": detected,
            "datacontenttype": "application/json",
            "data": self.data(),
        })
        .to_string()
    }

    fn data(&self) -> Value {
        let (finding, about) = (self.finding, self.about);
        let total = finding.locations.len();
        let kept = total.min(self.locations);
        let mut data = json!({
            "fingerprint": finding.fingerprint.as_str(),
            "generation": about.generation,
            "reexposed": about.generation > 1,
            "rule": {"id": self.cut(&finding.rule.id), "name": self.cut(&finding.rule.name), "provider": self.cut(&finding.rule.provider)},
            "severity": finding.severity,
            "confidence": finding.confidence,
            "secret": self.secret(),
            "identity": self.identity(),
            "deadline": time::written(about.deadline_ms),
            "locations": finding.locations.iter().take(kept).map(|location| self.location(location)).collect::<Vec<_>>(),
            "locations_total": total,
            "locations_truncated": kept < total,
            "playbook": self.playbook(),
            "tool": {"name": about.tool.name, "version": self.cut(&about.tool.version)},
        });
        if let Value::Object(data) = &mut data {
            let mut add = |key: &str, value: Option<Value>| data.extend(value.map(|value| (key.to_owned(), value)));
            add("rotated_before", about.rotated_before_ms.map(|ms| time::written(ms).into()));
            add("expires", finding.identity.get("expires").map(|text| self.cut(text).into()));
            add("exposure", self.exposure());
            add("owner", self.owner());
        }
        data
    }

    fn secret(&self) -> Value {
        let mut secret = json!({"masked": self.cut(&self.finding.masked), "length": self.finding.secret.length_class()});
        match self.about.enclosed {
            Enclosed::Encrypted(text) => secret["encrypted"] = text.into(),
            Enclosed::TooLong => secret["too_long"] = true.into(),
            Enclosed::Nothing | Enclosed::Room(_) => {}
        }
        secret
    }

    fn identity(&self) -> Map<String, Value> {
        let facts = facts(&self.finding.identity);
        facts.map(|(key, value)| (self.cut(key), self.cut(value).into())).collect()
    }

    fn location(&self, location: &Location) -> Value {
        #[derive(Serialize)]
        struct Place<'p> {
            path: String,
            line: u32,
            kind: LocationKind,
            #[serde(skip_serializing_if = "Option::is_none")]
            commit: Option<&'p str>,
        }
        let commit = location.commit.as_deref().filter(|id| is_object_id(id));
        json!(Place { path: self.cut(&location.path_lossy()), line: location.start.line, kind: location.kind, commit })
    }

    fn exposure(&self) -> Option<Value> {
        let exposure = self.finding.exposure.as_ref()?;
        let mut written = json!({
            "in_head": exposure.in_head,
            "reach": exposure.reach,
            "pushed": exposure.pushed,
            "commits": exposure.commits,
        });
        if let Some(first) = &exposure.first {
            written["since"] = time::written(first.seconds.saturating_mul(time::SECOND_MS)).into();
            written["first_commit"] = is_object_id(&first.id).then_some(first.id.as_str()).into();
        }
        Some(written)
    }

    /// The owners by `CODEOWNERS`; else whoever made the first commit that holds it.
    fn owner(&self) -> Option<Value> {
        let owners = self.about.owners.iter().flat_map(|own| &own.owners).filter(|owner| owner.basis == Basis::Codeowners);
        let owners: Vec<_> = owners.take(10).collect();
        if let Some(owner) = owners.first() {
            let email = if owner.name.starts_with('@') { "" } else { &owner.name };
            let names: Vec<_> = owners.iter().map(|owner| self.cut(&owner.name)).collect();
            return Some(
                json!({"name": self.cut(&owner.name), "email": self.cut(email), "because": self.cut(&owner.because), "names": names}),
            );
        }
        let first = self.finding.exposure.as_ref()?.first.as_ref().filter(|first| !first.email.is_empty() || !first.author.is_empty())?;
        Some(
            json!({"name": self.cut(&first.author), "email": self.cut(&first.email), "because": "author of the first commit that holds it"}),
        )
    }

    /// Filled with what is known of the secret. A report of an older version has sentences alone.
    fn playbook(&self) -> Value {
        let remediation = &self.finding.remediation;
        let filled = Filled::of(self.finding);
        let mut steps: Vec<_> = filled.steps.iter().take(MOST_STEPS).map(|step| self.step(step)).collect();
        if steps.is_empty() {
            steps = remediation.steps.iter().take(MOST_STEPS).map(|step| json!({ "text": self.cut(step) })).collect();
        }
        let mut playbook = json!({ "steps": steps });
        if !filled.breaks.is_empty() {
            playbook["breaks"] = self.cut(&filled.breaks).into();
        }
        if let Some(why) = &filled.revoke_first {
            playbook["revoke_first"] = self.cut(why).into();
        }
        if let Some(url) = &remediation.url {
            playbook["url"] = self.cut(url).into();
        }
        playbook
    }

    /// A command is there whole or not at all: half of one does something else.
    fn step(&self, step: &FilledStep) -> Value {
        let mut written = json!({ "phase": step.phase, "text": self.cut(&step.text) });
        if let Some(command) = step.command.as_ref().filter(|command| command.chars().nth(self.characters).is_none()) {
            written["command"] = command.as_str().into();
        }
        if let Some(reversible) = step.reversible {
            written["reversible"] = reversible.into();
        }
        written
    }

    /// `text`, or its beginning and an ellipsis.
    fn cut(&self, text: &str) -> String {
        match text.char_indices().nth(self.characters) {
            Some((at, _)) => format!("{}…", &text[..at]),
            None => text.to_owned(),
        }
    }
}

/// Facts of an identity, at most so many: rules know a dozen kinds.
fn facts(identity: &Identity) -> impl Iterator<Item = (&str, &str)> {
    identity.iter().take(24)
}

fn is_object_id(text: &str) -> bool {
    matches!(text.len(), 40 | 64) && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests;
