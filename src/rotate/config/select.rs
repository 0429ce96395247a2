//! Which findings a target is about. All conditions have to hold; an empty one always does.

use std::borrow::Cow;
use std::collections::BTreeMap;

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};

use super::walk::Walk;
use crate::config::yaml::{Content, Key, Node};
use crate::finding::{Confidence, Identity, Severity};

/// Most patterns of one list.
const MOST: usize = 1_000;

/// Conditions on a finding.
#[derive(Clone, Debug)]
pub struct Select {
    rules: Option<GlobSet>,
    paths: Option<GlobSet>,
    min_severity: Severity,
    min_confidence: Confidence,
    environments: Vec<String>,
    identity: BTreeMap<String, GlobSet>,
}

/// What is asked about a finding.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'f> {
    /// Id of its rule.
    pub rule: &'f str,
    /// How much its holder can do.
    pub severity: Severity,
    /// How sure it is.
    pub confidence: Confidence,
    /// What it says about itself.
    pub identity: &'f Identity,
}

impl Default for Select {
    fn default() -> Self {
        Self {
            rules: None,
            paths: None,
            min_severity: Severity::Low,
            min_confidence: Confidence::Low,
            environments: Vec::new(),
            identity: BTreeMap::new(),
        }
    }
}

impl Select {
    /// Whether all conditions hold. Of paths one is enough.
    pub fn takes<'p>(&self, asked: Asked<'_>, mut paths: impl Iterator<Item = Cow<'p, str>>) -> bool {
        let environment = || asked.identity.get("environment").or_else(|| asked.identity.get("mode"));
        self.rules.as_ref().is_none_or(|rules| rules.is_match(asked.rule))
            && asked.severity >= self.min_severity
            && asked.confidence >= self.min_confidence
            && (self.environments.is_empty() || environment().is_some_and(|own| self.environments.iter().any(|name| name == own)))
            && self.identity.iter().all(|(key, allowed)| asked.identity.get(key).is_some_and(|value| allowed.is_match(value)))
            && self.paths.as_ref().is_none_or(|allowed| paths.any(|path| allowed.is_match(&*path)))
    }

    /// Reads `select:`.
    pub(super) fn read(walk: &mut Walk, node: &Node) -> Self {
        let mut select = Self::default();
        let known = ["rules", "paths", "min_severity", "min_confidence", "environments", "identity"];
        for (key, value) in walk.map(node, "`select`", &known) {
            match key.name.as_str() {
                "rules" => select.rules = patterns(walk, key, value, false),
                "paths" => select.paths = patterns(walk, key, value, true),
                "min_severity" => {
                    let word = walk.word("`min_severity`", value, &Severity::ALL.map(Severity::as_str));
                    select.min_severity = Severity::ALL.into_iter().find(|level| Some(level.as_str()) == word).unwrap_or(Severity::Low);
                }
                "min_confidence" => {
                    let word = walk.word("`min_confidence`", value, &Confidence::ALL.map(Confidence::as_str));
                    select.min_confidence =
                        Confidence::ALL.into_iter().find(|level| Some(level.as_str()) == word).unwrap_or(Confidence::Low);
                }
                "environments" => select.environments = texts(walk, key, value),
                _ => select.identity = identity(walk, value),
            }
        }
        select
    }
}

fn identity(walk: &mut Walk, node: &Node) -> BTreeMap<String, GlobSet> {
    let Content::Map(entries) = &node.content else {
        walk.complain(node.place, "`identity` is a map from facts to patterns", "such as `{account_id: [\"1234*\"]}`");
        return BTreeMap::new();
    };
    entries.iter().filter_map(|(key, value)| Some((key.name.clone(), patterns(walk, key, value, false)?))).collect()
}

fn texts(walk: &mut Walk, key: &Key, node: &Node) -> Vec<String> {
    let what = format!("an item of `{}`", key.name);
    walk.list(key, node, "write it in brackets: `[…]`").iter().filter_map(|item| walk.text_of(&what, item, true)).collect()
}

/// A list of glob patterns; in paths `*` stops at `/`.
fn patterns(walk: &mut Walk, key: &Key, node: &Node, is_path: bool) -> Option<GlobSet> {
    let items = walk.list(key, node, "write it in brackets: `[…]`");
    if items.len() > MOST {
        walk.complain(node.place, format!("more than {MOST} patterns"), "write fewer, or simpler ones");
        return None;
    }
    let mut set = GlobSetBuilder::new();
    for item in items {
        let text = walk.text_of("a pattern", item, true)?;
        let text = if is_path && text.ends_with('/') { format!("{text}**") } else { text };
        match GlobBuilder::new(&text).literal_separator(is_path).build() {
            Ok(glob) => {
                set.add(glob);
            }
            Err(error) => walk.complain(item.place, format!("this is no pattern: {}", error.kind()), ""),
        }
    }
    match set.build() {
        Ok(set) => Some(set),
        Err(_) => {
            walk.complain(node.place, "these patterns are too large together", "write fewer, or simpler ones");
            None
        }
    }
}
