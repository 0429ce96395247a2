//! From the bytes of a rotation configuration to what it says, or to everything that is wrong with it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use super::walk::Walk;
use super::{ApprovalRules, RotationConfig, target};
use crate::config::yaml::{self, Content, Node};
use crate::config::{ConfigError, Problem, Text, shown};
use crate::finding::Severity;
use crate::rotate::time;

/// Largest file that is read, in bytes.
pub const LARGEST: u64 = 1 << 20;
/// Most targets.
const MOST_TARGETS: usize = 100;

/// Reads what a file says; `path` is how it is shown, and relative paths in it count from `folder`.
///
/// # Errors
/// It is no YAML, or something in it is unknown, refused or of the wrong kind: all of it, each with its place.
pub fn read(path: &str, folder: &Path, bytes: &[u8]) -> Result<RotationConfig, ConfigError> {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return Err(Problem::of_file(path, "is no UTF-8", "save the file as UTF-8").into());
    };
    let text = text.strip_prefix('\u{feff}').unwrap_or(text).to_owned();
    let file = Arc::new(Text { path: path.to_owned(), folder: folder.to_owned(), text });
    let mut walk = Walk::new(file.clone());
    let mut config = RotationConfig { source: None, deadlines: BTreeMap::new(), approval: ApprovalRules::default(), targets: Vec::new() };
    match yaml::parse(&file.text) {
        Ok(root) => top(&mut walk, &root, &mut config),
        Err((place, message)) => walk.complain(place, message, ""),
    }
    if walk.count() == 0 { Ok(config) } else { Err(ConfigError(walk.finish())) }
}

fn top(walk: &mut Walk, root: &Node, config: &mut RotationConfig) {
    if root.content == Content::Null {
        return walk.complain(root.place, "there are no `targets` in it", "see `keysieve rotate config example`");
    }
    let mut has_targets = false;
    let before = walk.count();
    for (key, value) in walk.map(root, "a rotation configuration", &["source", "deadlines", "approval", "targets"]) {
        match key.name.as_str() {
            "source" => config.source = walk.parsed(key, value, "write an address such as https://git.example.org/app", source),
            "deadlines" => config.deadlines = deadlines(walk, value),
            "approval" => config.approval = ApprovalRules::read(walk, value),
            _ => {
                has_targets = true;
                let items = walk.list(key, value, "begin each target with `- `");
                if items.len() > MOST_TARGETS {
                    walk.complain(value.place, format!("more than {MOST_TARGETS} targets"), "");
                }
                targets(walk, items, config);
            }
        }
    }
    if walk.count() == before && (!has_targets || config.targets.is_empty()) {
        walk.complain(root.place, "there are no `targets` in it", "see `keysieve rotate config example`");
    }
}

fn targets(walk: &mut Walk, items: &[Node], config: &mut RotationConfig) {
    let mut names = BTreeSet::new();
    for item in items {
        let Some(target) = target::read(walk, item) else { continue };
        if !names.insert(target.name.clone()) {
            walk.complain(item.place, format!("another target is called `{}`", target.name), "give each its own name");
        }
        config.targets.push(target);
    }
}

fn deadlines(walk: &mut Walk, node: &Node) -> BTreeMap<Severity, u64> {
    let mut deadlines = BTreeMap::new();
    for (key, value) in walk.map(node, "`deadlines`", &Severity::ALL.map(Severity::as_str)) {
        let seconds = walk.parsed(key, value, "write a time such as `4h` or `7d`", time::seconds);
        let severity = Severity::ALL.into_iter().find(|severity| severity.as_str() == key.name);
        deadlines.extend(severity.zip(seconds));
    }
    deadlines
}

/// The source of events: an address without spaces or control characters, and with no secret in it.
pub fn source(text: &str) -> Option<String> {
    let is_fine = text.len() <= 512 && text.chars().all(|c| !c.is_control() && !c.is_whitespace()) && shown(text) == text;
    let has_password = text.split_once("://").is_some_and(|(_, rest)| rest.split('/').next().is_some_and(|host| host.contains('@')));
    (is_fine && !has_password && !text.is_empty()).then(|| text.to_owned())
}
