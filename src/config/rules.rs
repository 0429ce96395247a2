//! Which rules are reported, and with which severity and confidence.

use std::collections::BTreeMap;

use globset::Glob;

use super::problem::Problem;
use super::{Config, ConfigError, Entry, Origin, Setting, Value, shown};
use crate::coverage::Skip;
use crate::rules::{Change, RuleSet};
use crate::suggest;

/// The rules in force and what reports must say of others.
#[derive(Debug)]
pub struct InForce {
    /// The rules.
    pub rules: RuleSet,
    /// Rules that are not reported, by who says so.
    pub skipped: Vec<Skip>,
}

impl Config {
    /// `rules` with what the configuration changes about them.
    ///
    /// # Errors
    /// It names a rule that is not there, or leaves none.
    pub fn rules(&self, rules: RuleSet) -> Result<InForce, ConfigError> {
        let mut disabled: BTreeMap<String, &Origin> = BTreeMap::new();
        let mut changes: BTreeMap<String, Change> = BTreeMap::new();
        let mut problems = Vec::new();
        for entry in &self.entries {
            let named = match (&entry.value, &entry.rule) {
                (Value::Text(pattern), _) if matches!(entry.setting, Setting::DisabledRules | Setting::EnabledRules) => pattern,
                (_, Some(id)) if !entry.setting.is_of_environment() => id,
                _ => continue,
            };
            match matching(&rules, named, entry) {
                Err(problem) => problems.push(problem),
                Ok(ids) => ids.into_iter().for_each(|id| apply(entry, id, &mut disabled, &mut changes)),
            }
        }
        if !problems.is_empty() {
            problems.dedup();
            return Err(ConfigError(problems));
        }
        for id in disabled.keys() {
            changes.entry(id.clone()).or_default().disabled = true;
        }
        let last = disabled.values().next_back().copied();
        if let Some(origin) = last.filter(|_| disabled.len() == rules.len()) {
            return Err(Problem::new(origin, "no rule is left: all of them are disabled", "leave some, or do not scan at all").into());
        }
        Ok(InForce { rules: rules.changed(&changes), skipped: skipped(&disabled) })
    }
}

fn apply<'c>(entry: &'c Entry, id: String, disabled: &mut BTreeMap<String, &'c Origin>, changes: &mut BTreeMap<String, Change>) {
    match (entry.setting, &entry.value) {
        (Setting::DisabledRules, _) => drop(disabled.insert(id, &entry.origin)),
        (Setting::EnabledRules, _) => drop(disabled.remove(&id)),
        (_, Value::Severity(severity)) => changes.entry(id).or_default().severity = Some(*severity),
        (_, Value::Confidence(confidence)) => changes.entry(id).or_default().confidence = Some(*confidence),
        _ => {}
    }
}

/// The ids of the rules that `named`, an id or a pattern, stands for: one at least.
fn matching(rules: &RuleSet, named: &str, entry: &Entry) -> Result<Vec<String>, Problem> {
    let is_pattern = entry.rule.is_none() && named.contains(['*', '?', '[', '{']);
    if !is_pattern {
        return match rules.find(named) {
            Some((_, found)) => Ok(vec![found.rule.id.to_string()]),
            None => Err(unknown(rules, named, &entry.origin)),
        };
    }
    let glob = Glob::new(named)
        .map_err(|error| Problem::new(&entry.origin, format!("`{}` is no pattern: {}", shown(named), error.kind()), "such as `aws.*`"))?;
    let glob = glob.compile_matcher();
    let ids: Vec<String> = rules.iter().map(|(_, entry)| entry.rule.id.to_string()).filter(|id| glob.is_match(id)).collect();
    if ids.is_empty() {
        let hint = "`keysieve rules list` shows all of them";
        return Err(Problem::new(&entry.origin, format!("no rule's id matches `{}`", shown(named)), hint));
    }
    Ok(ids)
}

fn unknown(rules: &RuleSet, id: &str, origin: &Origin) -> Problem {
    let near = suggest::nearest(id, rules.iter().map(|(_, entry)| &*entry.rule.id));
    let hint = near.map_or_else(|| "`keysieve rules list` shows all of them".to_owned(), |near| format!("did you mean `{near}`?"));
    Problem::new(origin, format!("there is no rule `{}`", shown(id)), hint)
}

fn skipped(disabled: &BTreeMap<String, &Origin>) -> Vec<Skip> {
    let mut by_source: BTreeMap<&str, u64> = BTreeMap::new();
    disabled.values().for_each(|origin| *by_source.entry(origin.source()).or_default() += 1);
    let why = |by: &str| format!("rules.disable, by {by}; `keysieve config show --origin` lists them, --enable-rule uses some");
    by_source.into_iter().map(|(by, count)| Skip { what: "disabled rules".to_owned(), why: why(by), count }).collect()
}
