//! What is excepted, and what is asked of exceptions.

use std::collections::HashSet;

use super::problem::Problem;
use super::yaml::Place;
use super::{Config, ConfigError, Entry, Origin, Setting, Value, shown};
use crate::exceptions::{Exception, Exceptions, Policy};
use crate::rules::RuleSet;
use crate::suggest;

/// An exception of a file, and where it names its rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// What it says.
    pub exception: Exception,
    /// Where its `rule` stands.
    pub rule_at: Option<Place>,
}

/// Rules that are told to be unknown at once: the nearest name is looked for among all of them.
const MOST_UNKNOWN: usize = 20;
/// Longer names are no slips of one that is known, in bytes.
const LONGEST_ID: usize = 100;

impl Config {
    /// The exceptions of all files and the policy in force, without a baseline.
    ///
    /// # Errors
    /// One is about a rule that is not among `rules`.
    pub fn exceptions(&self, rules: &RuleSet) -> Result<Exceptions, ConfigError> {
        let mut listed = Vec::new();
        let mut problems = Vec::new();
        let mut known: HashSet<&str> = HashSet::new();
        for entry in &self.entries {
            let Value::Exception(own) = &entry.value else { continue };
            let name = own.exception.rule().map(|rule| rule.as_str());
            if problems.len() < MOST_UNKNOWN && name.is_some_and(|name| known.insert(name)) {
                problems.extend(unknown_rule(own, rules, &entry.origin));
            }
            listed.push(own.exception.clone());
        }
        if !problems.is_empty() {
            return Err(ConfigError(problems));
        }
        Ok(Exceptions { listed, policy: self.policy(), ..Exceptions::default() })
    }

    /// What is asked of exceptions.
    pub fn policy(&self) -> Policy {
        let value = |setting| self.single(setting, None).map(|entry| &entry.value);
        let is_so = |setting| matches!(value(setting), Some(Value::Truth(true)));
        Policy {
            require_reason: is_so(Setting::RequireReason),
            require_expiry: is_so(Setting::RequireExpiry),
            max_expiry_days: match value(Setting::MaxExpiryDays) {
                Some(Value::Days(days)) => Some(*days),
                _ => None,
            },
            require_approval: is_so(Setting::RequireApproval),
        }
    }
}

/// Whether `entry` is of the scanned repository and asks less of exceptions than what counted `before`: whoever can change the repository's
/// file could else lift what the one who scans asks for.
pub(super) fn is_laxer(entry: &Entry, before: &Entry) -> bool {
    let is_repository = matches!(&entry.origin, Origin::File { is_repository: true, .. });
    is_repository
        && match (&before.value, &entry.value) {
            _ if !entry.setting.is_policy() => false,
            (Value::Truth(asked), Value::Truth(asks)) => *asked && !asks,
            (Value::Days(most), Value::Days(days)) => days > most,
            _ => false,
        }
}

/// An exception for a rule that is misspelled or gone hides nothing, and whoever wrote it believes that it does.
fn unknown_rule(own: &Listed, rules: &RuleSet, origin: &Origin) -> Option<Problem> {
    let rule = own.exception.rule()?;
    let name = rule.as_str();
    if rules.find(name).is_some() || rules.iter().any(|(_, entry)| rule.matches(entry.rule.id.as_bytes())) {
        return None;
    }
    let is_pattern = name.contains(['*', '?', '[', '{']);
    let ids = rules.iter().map(|(_, entry)| &*entry.rule.id);
    let near = if is_pattern || name.len() > LONGEST_ID { None } else { suggest::nearest(name, ids) };
    let hint = near.map_or_else(|| "`keysieve rules list` shows all of them".to_owned(), |near| format!("did you mean `{near}`?"));
    let what = if is_pattern { "no rule's id matches" } else { "there is no rule" };
    let origin = match origin {
        Origin::File { text, is_repository, .. } => Origin::File { text: text.clone(), place: own.rule_at, is_repository: *is_repository },
        other => other.clone(),
    };
    Some(Problem::new(&origin, format!("{what} `{}`", shown(name)), hint))
}
