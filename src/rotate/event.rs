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

pub use enclosed::{Enclosed, room, with_secret};

/// A body is shorter than this many bytes: what Standard Webhooks asks for.
pub const LARGEST: usize = 20_000;
/// Type of the event about a secret that was not known.
pub const EXPOSED: &str = "dev.keysieve.secret.exposed";
/// Type of the event about a secret that was rotated and is found again.
pub const REEXPOSED: &str = "dev.keysieve.secret.reexposed";
/// Most locations of an event.
const MOST_LOCATIONS: usize = 50;
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

    fn playbook(&self) -> Value {
        let remediation = &self.finding.remediation;
        let steps: Vec<_> = remediation.steps.iter().take(20).map(|step| self.cut(step)).collect();
        let mut playbook = json!({ "steps": steps });
        if let Some(url) = &remediation.url {
            playbook["url"] = self.cut(url).into();
        }
        playbook
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
pub mod tests {
    use super::*;
    use crate::rotate::sample::{exposure, finding, location, read, report};
    use crate::secret::Secret;

    fn tool() -> Tool {
        read(&report("worktree", &[])).tool
    }

    /// The finding that was saved as `value`.
    fn own(value: Value) -> Finding {
        let mut report = report("worktree", &[]);
        report["findings"] = vec![value].into();
        read(&report).findings.remove(0)
    }

    fn about(tool: &Tool, generation: u32) -> About<'_> {
        let rotated_before_ms = (generation > 1).then_some(1_000);
        About {
            source: "https://git.example.org/app",
            tool,
            generation,
            rotated_before_ms,
            detected_ms: 5_000,
            deadline_ms: 86_405_000,
            owners: None,
            enclosed: Enclosed::Nothing,
        }
    }

    fn valid(body: &str) -> Value {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/rotation-event.schema.json");
        let schema: Value = serde_json::from_str(&std::fs::read_to_string(path).expect("because it is there")).expect("because it is JSON");
        let schema = jsonschema::validator_for(&schema).expect("because it is a schema");
        let event: Value = serde_json::from_str(body).expect("because it is JSON");
        let wrong: Vec<_> = schema.iter_errors(&event).map(|error| error.to_string()).collect();
        assert!(wrong.is_empty(), "{wrong:?} in {body}");
        event
    }

    #[test]
    fn an_event_says_what_is_known_and_is_as_its_schema_says() {
        let mut value = finding("1f");
        value["exposure"] = exposure("Ann", "ann@example.org");
        let own = own(value);
        let tool = tool();
        let event = valid(&body("evt_1", &own, about(&tool, 1)));
        assert_eq!((&event["type"], &event["data"]["reexposed"]), (&EXPOSED.into(), &false.into()));
        assert_eq!((&event["data"]["expires"], &event["data"]["owner"]["name"]), (&"2027-01-01".into(), &"Ann".into()));
        let again = valid(&body("evt_1", &own, about(&tool, 2)));
        assert_eq!((&again["type"], &again["data"]["rotated_before"]), (&REEXPOSED.into(), &"1970-01-01T00:00:01Z".into()));
    }

    #[test]
    fn whatever_is_in_a_report_an_event_is_short_and_valid() {
        let mut value = finding("1f");
        let mut place = location(&"\u{1}é/".repeat(2_000));
        place["commit"] = "0".repeat(40).into();
        value["locations"] = vec![place; 5_000].into();
        value["identity"] =
            (0..500).map(|n| (format!("k{n}{}", "x".repeat(2_000)), json!("\u{7}".repeat(3_000)))).collect::<Map<_, _>>().into();
        value["remediation"]["steps"] = vec!["\u{1}".repeat(9_000); 200].into();
        value["rule"]["name"] = "n".repeat(100_000).into();
        let own = own(value);
        let tool = tool();
        let text = body("evt_1", &own, about(&tool, 1));
        assert!(text.len() < LARGEST, "{}", text.len());
        for length in [0, 1_000, 7_000, 15_000, 16_000, 17_000, 40_000] {
            let (armored, secret) =
                (format!("{}\n", "x".repeat(64)).repeat(length / 65), Secret::new("\u{1}é".repeat(length / 10).as_bytes()));
            let (encrypted, plain) = (
                body("evt_1", &own, About { enclosed: Enclosed::Encrypted(&armored), ..about(&tool, 1) }),
                body("evt_1", &own, About { enclosed: Enclosed::Room(room(&secret)), ..about(&tool, 1) }),
            );
            for text in [&encrypted, &with_secret(&plain, &secret)] {
                assert!(text.len() < LARGEST, "{length}: {}", text.len());
                let own = &valid(text)["data"]["secret"];
                assert!(own["too_long"] == true || own["encrypted"] == armored || own["value"] == "\u{1}é".repeat(length / 10), "{length}");
            }
            assert!(length > 11_000 || !encrypted.contains("too_long"), "{length}");
        }
        let event = valid(&text);
        assert_eq!((&event["data"]["locations_total"], &event["data"]["locations_truncated"]), (&5_000.into(), &true.into()));
    }

    #[test]
    fn ids_depend_on_each_part_and_on_nothing_else() {
        let base = id("v1:a:b", 1, "t");
        assert_eq!(base, id("v1:a:b", 1, "t"));
        assert_eq!(base.len(), 36);
        for other in [id("v1:a:c", 1, "t"), id("v1:a:b", 2, "t"), id("v1:a:b", 1, "u"), id("v1:a:b1", 1, "t"), id("v1:a:b", 11, "")] {
            assert_ne!(base, other);
        }
    }
}
