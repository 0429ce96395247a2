//! The configuration language of gitleaks (version 8) and of betterleaks, as far as it is the same.
//!
//! What rules of this language do was found out by running gitleaks 8.30.1 on made-up rules and texts; the code and the built-in rules of that
//! tool take no part.

mod allow;
pub(super) mod defaults;
mod names;
mod pattern;
mod read;
mod rules;
mod write;

use std::path::PathBuf;

use self::read::{Allowlist, Source};
use self::write::Settings;
use super::{Draft, Imported, Outcome};
use crate::rules::RuleSet;
use crate::rules::search::Allow;

/// Largest configuration in bytes.
pub const LARGEST: u64 = 4 << 20;
/// First part of the ids of imported rules, and the name of their file.
const SLUG: &str = "imported";
/// Where the rule file lies below the folder of `keysieve.yaml`.
const FOLDER: &str = ".keysieve/rules";
const GLOBAL: &str = "the global allowlist";

/// Whose configuration it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tool {
    /// gitleaks.
    Gitleaks,
    /// betterleaks.
    Betterleaks,
}

impl Tool {
    fn name(self) -> &'static str {
        match self {
            Self::Gitleaks => "gitleaks",
            Self::Betterleaks => "betterleaks",
        }
    }
}

/// Why a source is not of its kind.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Unreadable(String);

/// Makes rules and a configuration of `text`.
///
/// # Errors
/// It is no TOML.
pub fn import(text: &str, tool: Tool) -> Result<Imported, Unreadable> {
    let mut outcome = Outcome::default();
    let source = read::read(text, &mut outcome)?;
    let builtin = RuleSet::builtin();
    let mut settings = Settings::default();
    disabled(&source, &builtin, tool, &mut settings, &mut outcome);
    let global = global(&source, &mut settings, &mut outcome);
    let taken = rules::translate(&source, &global, tool, &mut outcome);
    settings.has_rules = !taken.rules.is_empty();
    settings.disabled.extend(taken.silent.iter().map(|id| (id.clone(), "skipReport: it only speaks for others".to_owned())));
    notes(&source, &taken, &global, tool, &mut outcome);
    let mut drafts = Vec::new();
    if settings.has_rules || !settings.disabled.is_empty() || !settings.excluded.is_empty() {
        drafts.push(Draft { path: PathBuf::from("keysieve.yaml"), text: write::settings(tool.name(), FOLDER, &settings) });
    }
    if settings.has_rules {
        let path = PathBuf::from(format!("{FOLDER}/{SLUG}.yaml"));
        drafts.push(Draft { path, text: write::rule_file(SLUG, tool.name(), &taken.rules) });
    }
    outcome.taken.sort_by_key(|one| one.line);
    outcome.left.sort_by_key(|one| one.line);
    Ok(Imported { drafts, outcome, ..Imported::default() })
}

/// `[extend]`.
fn disabled(source: &Source, builtin: &RuleSet, tool: Tool, settings: &mut Settings, outcome: &mut Outcome) {
    let extend = &source.extend;
    if extend.use_default {
        outcome.take(
            "`useDefault` of [extend]",
            Some(extend.line),
            format!("the built-in rules, which stand in for those of {}", tool.name()),
        );
    }
    if let Some(path) = &extend.path {
        let why = "another file is not read; import it first, and add to what that writes by hand (--dry-run prints what this file gives)";
        outcome.leave(format!("`path = {path}` of [extend]"), Some(extend.line), why);
    }
    for (id, line) in &extend.disabled {
        let what = format!("`{id}` in `disabledRules`");
        match defaults::same(id) {
            Some(ours) => {
                settings.disabled.push((ours.to_owned(), "disabledRules".to_owned()));
                outcome.take(what, Some(*line), format!("`{ours}` in `rules.disable`"));
            }
            None => outcome.leave(what, Some(*line), defaults::near(id, builtin)),
        }
    }
}

/// Global allowlists that name no rule: paths for the whole, the rest for each imported rule.
fn global(source: &Source, settings: &mut Settings, outcome: &mut Outcome) -> Vec<Allow> {
    let mut global = Vec::new();
    for list in &source.allowlists {
        if !list.target_rules.is_empty() {
            aimed(source, list, outcome);
            continue;
        }
        let allowed = allow::translate(list, GLOBAL, outcome);
        if !allowed.paths.is_empty() {
            let count = allowed.paths.len();
            outcome.take(format!("{count} of `paths` of {GLOBAL}"), Some(list.line), "`paths.exclude_regex`");
            settings.excluded.extend(allowed.paths);
        }
        if allowed.entries.is_empty() {
            continue;
        }
        let what = format!("regexes and stopwords of {GLOBAL}");
        if source.rules.is_empty() {
            outcome.leave(what, Some(list.line), ONLY_IMPORTED);
            continue;
        }
        outcome.take(what.clone(), Some(list.line), "`allow` of each imported rule");
        if source.extend.use_default {
            outcome.leave(format!("{what}, for built-in rules"), Some(list.line), ONLY_IMPORTED);
        }
        global.extend(allowed.entries);
    }
    global
}

const ONLY_IMPORTED: &str = "no pattern can hide what built-in rules find, as it would hide new secrets, too; \
                             `keysieve baseline create` takes in what is there now, and `exceptions` name single ones";

/// A global allowlist for some rules: says which of them are not there.
fn aimed(source: &Source, list: &Allowlist, outcome: &mut Outcome) {
    let is_there = |id: &String| source.rules.iter().any(|rule| rule.id == *id && rule.regex.is_some());
    for id in list.target_rules.iter().filter(|id| !is_there(id)) {
        let hint =
            defaults::same(id).map_or_else(String::new, |ours| format!("; for files, `exceptions` take `rule: {ours}` and a `path`"));
        outcome.leave(format!("{GLOBAL} for rule `{id}`"), Some(list.line), format!("the file has no such rule with a regex{hint}"));
    }
    let there: Vec<_> = list.target_rules.iter().filter(|id| is_there(id)).map(|id| format!("`{id}`")).collect();
    if !there.is_empty() {
        outcome.take(format!("{GLOBAL} for {}", there.join(", ")), Some(list.line), "`allow` of these rules");
    }
}

fn notes(source: &Source, taken: &rules::Taken, global: &[Allow], tool: Tool, outcome: &mut Outcome) {
    if source.rules.is_empty() && !source.extend.use_default && source.extend.path.is_none() {
        outcome.note(format!(
            "the configuration has no rules, so {} would look for nothing; the built-in rules of keysieve stay on",
            tool.name()
        ));
    } else if !source.rules.is_empty() && !source.extend.use_default {
        outcome.note(
            "the built-in rules stay on beside the imported ones; `rules: {disable: ['*'], enable: ['imported.*']}` leaves these alone",
        );
    }
    let everywhere = taken.rules.iter().filter(|rule| rule.search.as_ref().is_some_and(|search| search.keywords.is_empty())).count();
    if everywhere > 0 {
        outcome.note(format!("rules without keywords, which search every file in full: {everywhere}; a keyword makes them fast"));
    }
    let is_by_path = |allow: &Allow| !allow.paths.is_empty();
    let by_path = taken.rules.iter().filter(|rule| rule.search.as_ref().is_some_and(|search| search.depends_on_path())).count();
    if by_path > 0 || global.iter().any(is_by_path) {
        outcome.note(format!("rules that ask for paths, which count from the top of the repository: {by_path}"));
    }
}
