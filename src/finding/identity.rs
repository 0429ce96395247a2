//! What a credential says about itself, read offline.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::Serialize;

/// Whose a credential is and what it is for, as far as its own bytes or its neighbors say. Keys are snake_case words such as `account_id`,
/// `email`, `issuer`, `subject`, `expires`, `mode`; values never hold secret bytes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Identity(BTreeMap<Cow<'static, str>, String>);

impl Identity {
    /// Adds or replaces one fact. Control characters are dropped and the value is cut at 256 characters: it comes from foreign bytes.
    pub fn insert(&mut self, key: impl Into<Cow<'static, str>>, value: impl AsRef<str>) {
        self.0.insert(key.into(), value.as_ref().chars().filter(|c| !c.is_control()).take(256).collect());
    }

    /// One fact.
    pub fn get(&self, key: &str) -> Option<&str> {
        self.0.get(key).map(String::as_str)
    }

    /// All facts, sorted by key.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(key, value)| (key.as_ref(), value.as_str()))
    }

    /// Whether nothing is known.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
