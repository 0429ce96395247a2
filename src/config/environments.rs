//! Which environments there are.

use std::collections::BTreeMap;

use super::problem::Problem;
use super::value::is_word;
use super::{Config, ConfigError, Entry, Setting, Value, shown};
use crate::environments::{Change, Environments};
use crate::exceptions::Glob;

/// Most environments that all layers together can name.
const MOST: usize = 100;
/// Most parts of the patterns of all of them: each place that a secret stands at is held against them.
const MOST_PARTS: usize = 20_000;

impl Config {
    /// The default environments with what the configuration changes about them.
    ///
    /// # Errors
    /// A name is none, or they are too many.
    pub fn environments(&self) -> Result<Environments, ConfigError> {
        let mut changes: BTreeMap<&str, Change> = BTreeMap::new();
        let mut parts = 0;
        for entry in self.entries.iter().filter(|entry| entry.setting.is_of_environment()) {
            let Some(name) = entry.rule.as_deref() else { continue };
            let refuse = |why: String, hint: &str| Err(Problem::new(&entry.origin, why, hint).into());
            if !is_word(name) {
                return refuse(format!("`{}` is no name of an environment", shown(name)), "write a word of letters, digits, `-` and `_`");
            }
            let change = changes.entry(name).or_default();
            parts += add(change, entry);
            if parts > MOST_PARTS {
                return refuse(
                    "the patterns of the environments up to here are too long together".to_owned(),
                    "write fewer, or simpler ones",
                );
            }
            if changes.len() > MOST {
                return refuse(format!("more than {MOST} environments are more than a configuration can have"), "");
            }
        }
        let mut environments = Environments::default();
        for (name, change) in changes {
            environments.change(name, change);
        }
        Ok(environments)
    }
}

/// Adds what `entry` says to `change`; how many parts its pattern has.
fn add(change: &mut Change, entry: &Entry) -> usize {
    match (entry.setting, &entry.value) {
        (Setting::EnvironmentNames, Value::Text(word)) => change.names.push(word.clone()),
        (Setting::EnvironmentGuarded, Value::Truth(is_so)) => change.guarded = Some(*is_so),
        (Setting::EnvironmentEnabled, Value::Truth(is_so)) => change.enabled = Some(*is_so),
        (Setting::EnvironmentPaths, Value::Text(text)) => {
            // It was read before, so it is one.
            let Ok(glob) = Glob::new(text) else { return 0 };
            let parts = glob.parts();
            change.paths.push(glob);
            return parts;
        }
        _ => {}
    }
    0
}
