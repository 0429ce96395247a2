//! A step of a rotation as a rule's author writes it: a sentence, or a mapping that names its phase.
//!
//! This file is compiled into the build script as well, so it depends on nothing but serde and the words of phases.

use std::fmt;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Error, MapAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::schema::Text;
use crate::finding::{FACTS, Phase};

/// One step of a rotation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// What it is for: as written, or worked out from the sentence and the steps before it.
    pub phase: Phase,
    /// An imperative sentence or two.
    pub text: Text,
    /// Commands for a POSIX shell, one a line. `{fact}` stands for what the credential may say about itself.
    pub command: Option<Text>,
    /// Whether it can be taken back.
    pub reversible: Option<bool>,
    /// Whether the author named the phase.
    pub is_named: bool,
}

impl Step {
    /// A sentence whose phase is still to be worked out.
    pub fn sentence(text: impl Into<Text>) -> Self {
        Self { phase: Phase::Create, text: text.into(), command: None, reversible: None, is_named: false }
    }
}

/// A step that names its phase, which is the key of its sentence.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Named {
    #[serde(default)]
    create: Option<String>,
    #[serde(default)]
    deploy: Option<String>,
    #[serde(default)]
    revoke: Option<String>,
    #[serde(default)]
    verify: Option<String>,
    /// With the phase left to the sentence.
    #[serde(default, rename = "do")]
    sentence: Option<String>,
    #[serde(default)]
    command: Option<String>,
    #[serde(default)]
    reversible: Option<bool>,
}

impl<'de> Deserialize<'de> for Step {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Either)
    }
}

struct Either;

impl<'de> Visitor<'de> for Either {
    type Value = Step;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a sentence, or a mapping such as `{revoke: Delete it., command: …}`")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Step, E> {
        Ok(Step::sentence(text.to_owned()))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Step, A::Error> {
        let written = Named::deserialize(MapAccessDeserializer::new(map))?;
        let phases = [
            (Some(Phase::Create), written.create),
            (Some(Phase::Deploy), written.deploy),
            (Some(Phase::Revoke), written.revoke),
            (Some(Phase::Verify), written.verify),
            (None, written.sentence),
        ];
        let mut texts = phases.into_iter().filter_map(|(phase, text)| Some((phase, text?)));
        let (Some((phase, text)), None) = (texts.next(), texts.next()) else {
            return Err(A::Error::custom("a step has its sentence under one of `create`, `deploy`, `revoke`, `verify` and `do`"));
        };
        Ok(Step {
            phase: phase.unwrap_or(Phase::Create),
            text: text.into(),
            command: written.command.map(|text| text.trim_end().to_owned().into()),
            reversible: written.reversible,
            is_named: phase.is_some(),
        })
    }
}

impl Serialize for Step {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let key = if self.is_named { self.phase.as_str() } else { "do" };
        if !self.is_named && self.command.is_none() && self.reversible.is_none() {
            return serializer.serialize_str(&self.text);
        }
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry(key, &self.text)?;
        if let Some(command) = &self.command {
            map.serialize_entry("command", command)?;
        }
        if let Some(reversible) = self.reversible {
            map.serialize_entry("reversible", &reversible)?;
        }
        map.end()
    }
}

/// What the environment variables begin with from which commands read the exposed secret.
const SECRET: &str = "$LEAKED_";

/// What is wrong with the command of a step, one sentence each.
pub fn command_problems(command: &str) -> Vec<String> {
    let mut found = Vec::new();
    if command.chars().any(|c| c.is_control() && c != '\n') {
        found.push(format!("the command `{}` holds a control character", command.escape_debug()));
    }
    for name in placeholders(command).filter(|name| !FACTS.contains(name)) {
        found.push(format!(
            "the command has `{{{name}}}`, which no identity knows; write what the user fills in in capitals, or one of {}",
            FACTS.join(", ")
        ));
    }
    if command.match_indices(SECRET).any(|(at, _)| !command[..at].ends_with('"')) {
        found.push(format!(
            "the command has `{SECRET}…` without quotes of its own, so that the shell takes the secret apart; write `\"{SECRET}…\"`, and hand it on \
             through `printf … |` or the environment"
        ));
    }
    found
}

/// The names of the placeholders in `command`: lower-case words between braces.
fn placeholders(command: &str) -> impl Iterator<Item = &str> {
    let name = |part: &'_ str| part.split_once('}').map(|(name, _)| name.len());
    command
        .split('{')
        .skip(1)
        .filter_map(move |part| Some(&part[..name(part)?]))
        .filter(|name| !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_'))
}
