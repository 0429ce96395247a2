//! What an import adds to a configuration, as YAML: a file of its own, or part of one that is there.
//!
//! What is there stays as it is, comments and all: lines are put between its lines or behind them, never in the place of one. The result is read
//! back, and must say what was said before and what is added, nothing more and nothing less; else nothing comes of it. Writes no file itself.

use std::collections::HashSet;
use std::path::Path;

use crate::config::{self, ConfigError, Entry, Setting};
use crate::exceptions::ExceptionEntry;
use crate::source::excludes::{Excludes, Form, Pattern};

use super::lines;

/// What to add to a configuration.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Additions {
    /// Files and folders of rules: `rule_dirs`.
    pub rule_dirs: Vec<String>,
    /// Rules that are off: `rules.disable`.
    pub disabled_rules: Vec<String>,
    /// Patterns of paths: `paths.exclude`.
    pub exclude: Vec<String>,
    /// Regular expressions of paths: `paths.exclude_regex`.
    pub exclude_regex: Vec<String>,
    /// Findings that do not count: `exceptions`.
    pub exceptions: Vec<ExceptionEntry>,
}

/// Why a configuration cannot be added to.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// What is there is no configuration that can be used.
    #[error("{0}")]
    Broken(ConfigError),
    /// What would come of it is none, such as with too many exceptions.
    #[error("with what is to be added it could not be used: {0}")]
    Unusable(String),
    /// A key is there and is not written as a list with one item a line, so that there is no place for more.
    #[error("there is no safe place to add to: `{0}` is there already, and is not a block with one item a line")]
    NoPlace(String),
    /// Its lines are such that more of them would say something else.
    #[error("there is no safe place to add to: more lines would change what it says")]
    Changed,
}

/// The name under which a configuration is read back.
const NAME: &str = "keysieve.yaml";

impl Additions {
    /// What the configuration `text` says, as far as it is about lists.
    ///
    /// # Errors
    /// It cannot be used.
    pub fn of(text: &str) -> Result<Self, Refused> {
        let mut own = Self::default();
        for entry in read(text).map_err(Refused::Broken)? {
            let list = match entry.setting {
                Setting::RuleFiles => &mut own.rule_dirs,
                Setting::DisabledRules => &mut own.disabled_rules,
                Setting::ExcludedPaths => &mut own.exclude,
                Setting::ExcludedRegexes => &mut own.exclude_regex,
                _ => continue,
            };
            list.push(entry.value.text());
        }
        Ok(own)
    }

    /// Whether there is nothing to add.
    pub fn is_empty(&self) -> bool {
        self.lists().iter().all(|(_, items)| items.is_empty())
    }

    /// The additions alone, as a configuration.
    pub fn text(&self) -> String {
        let mut lines = Vec::new();
        for (path, items) in self.lists() {
            // There is no key yet that could be in the way.
            let _ = lines::add(&mut lines, path, &items);
        }
        lines.into_iter().map(|line| line + "\n").collect()
    }

    /// Checks that the additions alone are a configuration that can be used.
    ///
    /// # Errors
    /// They are not: they are too many.
    pub fn check(&self) -> Result<(), Refused> {
        read(&self.text()).map(|_| ()).map_err(|error| unusable(&error))
    }

    /// The additions that the configuration `there` does not say already.
    ///
    /// # Errors
    /// It cannot be used.
    pub fn beyond(&self, there: &str) -> Result<Self, Refused> {
        let entries = read(there).map_err(Refused::Broken)?;
        let said: HashSet<String> = entries.iter().map(written).collect();
        let new = |text: &String, key: &str| !said.contains(&format!("{key} {text}"));
        let keep = |texts: &[String], key: &str| texts.iter().filter(|text| new(text, key)).cloned().collect();
        // What is bound to the same is not excepted twice, whatever people made of the reason.
        let subjects: HashSet<_> = entries.iter().filter_map(subject).collect();
        let is_known = |entry: &&ExceptionEntry| subjects.contains(&(entry.fingerprint.clone(), entry.rule.clone(), entry.path.clone()));
        Ok(Self {
            rule_dirs: keep(&self.rule_dirs, "rule_dirs"),
            disabled_rules: keep(&self.disabled_rules, "rules.disable"),
            exclude: keep(&self.exclude, "paths.exclude"),
            exclude_regex: keep(&self.exclude_regex, "paths.exclude_regex"),
            exceptions: self.exceptions.iter().filter(|entry| !is_known(entry)).cloned().collect(),
        })
    }

    /// The configuration `there` with the additions.
    ///
    /// # Errors
    /// It cannot be used, there is no safe place for them, or it would be too large.
    pub fn added_to(&self, there: &str) -> Result<String, Refused> {
        let before = read(there).map_err(Refused::Broken)?;
        // A carriage return stays at the end of its line.
        let whole = there.strip_suffix('\n').unwrap_or(there);
        let mut lines: Vec<String> = if whole.is_empty() { Vec::new() } else { whole.split('\n').map(str::to_owned).collect() };
        for (path, items) in self.lists() {
            lines::add(&mut lines, path, &items).map_err(|()| Refused::NoPlace(path.join(".")))?;
        }
        let text: String = lines.into_iter().map(|line| line + "\n").collect();
        let after = read(&text).map_err(|error| unusable(&error))?;
        let own = read(&self.text()).map_err(|error| unusable(&error))?;
        let mut expected: Vec<String> = before.iter().chain(&own).map(written).collect();
        let mut said: Vec<String> = after.iter().map(written).collect();
        expected.sort();
        said.sort();
        if said == expected { Ok(text) } else { Err(Refused::Changed) }
    }

    /// Each list with the keys that lead to it and its items, an item as its lines.
    fn lists(&self) -> [(&'static [&'static str], Vec<Vec<String>>); 5] {
        let texts = |texts: &[String]| texts.iter().map(|text| vec![quoted(text)]).collect();
        [
            (&["rules", "disable"], texts(&self.disabled_rules)),
            (&["rule_dirs"], texts(&self.rule_dirs)),
            (&["paths", "exclude"], texts(&self.exclude)),
            (&["paths", "exclude_regex"], texts(&self.exclude_regex)),
            (&["exceptions"], self.exceptions.iter().map(exception).collect()),
        ]
    }
}

fn read(text: &str) -> Result<Vec<Entry>, ConfigError> {
    if text.len() as u64 > config::LARGEST {
        let why = format!("it would be larger than {} KiB", config::LARGEST >> 10);
        return Err(config::Problem::of_file(NAME, why, "known credentials fit into a baseline: see `keysieve baseline create`").into());
    }
    let entries = config::read(NAME, Path::new(""), text.as_bytes(), true)?;
    // Patterns that are fine one by one may be too many together.
    let patterns = entries.iter().filter_map(pattern).collect();
    match Excludes::new(patterns) {
        Ok(_) => Ok(entries),
        Err((_, why)) => Err(config::Problem::of_file(NAME, why, "write fewer, or simpler ones").into()),
    }
}

/// Why, without the lines: nobody has seen those.
fn unusable(error: &ConfigError) -> Refused {
    let why: Vec<&str> = error.0.iter().take(1).map(|problem| problem.message.as_str()).collect();
    Refused::Unusable(why.concat())
}

fn pattern(entry: &Entry) -> Option<Pattern> {
    let (form, is_include) = match entry.setting {
        Setting::ExcludedPaths => (Form::Glob, false),
        Setting::ExcludedRegexes => (Form::Regex, false),
        Setting::IncludedPaths => (Form::Glob, true),
        _ => return None,
    };
    Some(Pattern { text: entry.value.text(), form, is_include, by: NAME.to_owned() })
}

/// An entry as a text that no other entry has.
fn written(entry: &Entry) -> String {
    let rule = entry.rule.as_deref().map_or_else(String::new, |rule| format!("{rule} "));
    format!("{} {rule}{}", entry.setting.key().name(), entry.value.text())
}

type Subject = (Option<String>, Option<String>, Option<String>);

fn subject(entry: &Entry) -> Option<Subject> {
    let config::Value::Exception(listed) = &entry.value else { return None };
    let said = listed.exception.said();
    let term = |key: &str| said.iter().find(|(own, _)| *own == key).map(|(_, text)| text.clone());
    Some((term("fingerprint"), term("rule"), term("path")))
}

fn exception(entry: &ExceptionEntry) -> Vec<String> {
    let terms = [
        ("fingerprint", entry.fingerprint.clone()),
        ("rule", entry.rule.clone()),
        ("path", entry.path.clone()),
        ("reason", entry.reason.clone()),
        ("owner", entry.owner.clone()),
        ("expires", entry.expires.map(|day| day.to_string())),
        ("approved_by", entry.approved_by.clone()),
    ];
    terms.into_iter().filter_map(|(key, text)| Some(format!("{key}: {}", quoted(&text?)))).collect()
}

/// A text as YAML has it on one line.
fn quoted(text: &str) -> String {
    if text.contains('\\') && !text.contains(|c: char| c.is_control() || c == '\u{feff}') {
        // A regular expression stays as it is.
        return format!("'{}'", text.replace('\'', "''"));
    }
    serde_json::Value::from(text).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn additions() -> Additions {
        Additions {
            rule_dirs: vec![".keysieve/rules".to_owned()],
            disabled_rules: vec!["github.personal-access-token".to_owned()],
            exclude: Vec::new(),
            exclude_regex: vec![r"^it's\.x$".to_owned(), "vendor/".to_owned()],
            exceptions: vec![ExceptionEntry {
                fingerprint: Some("v1:aws:0123456789abcdef0123456789abcdef".to_owned()),
                path: Some("a \"b\".py".to_owned()),
                reason: Some("so: it is # fine".to_owned()),
                ..ExceptionEntry::default()
            }],
        }
    }

    #[test]
    fn a_file_of_its_own_says_what_is_added() {
        let text = additions().text();
        let expected = "rules:\n  disable:\n    - \"github.personal-access-token\"\nrule_dirs:\n  - \".keysieve/rules\"\npaths:\n  exclude_regex:\n    - \
                        '^it''s\\.x$'\n    - \"vendor/\"\nexceptions:\n  - fingerprint: \"v1:aws:0123456789abcdef0123456789abcdef\"\n    path: \"a \
                        \\\"b\\\".py\"\n    reason: \"so: it is # fine\"\n";
        assert_eq!(text, expected);
        assert_eq!(read(&text).map(|entries| entries.len()).ok(), Some(5));
        let lists = Additions { exceptions: Vec::new(), ..additions() };
        assert_eq!(Additions::of(&text).ok(), Some(lists));
        assert!(additions().check().is_ok() && Additions::default().is_empty() && Additions::default().text().is_empty());
    }

    #[test]
    fn what_is_there_stays_and_what_is_new_stands_beside_it() {
        for there in [
            "",
            "# only a comment\n",
            "min_confidence: low  # ours\n",
            "paths:\n  # not ours\n  exclude: [vendor/]\n\n# the end\n",
            "exceptions:\n- path: docs/\n  reason: samples\n\nmin_confidence: low",
            "exceptions:\n    - path: docs/\n      reason: |\n        samples\n# about rules\nrules:\n    disable:\n        - slack.webhook\n",
            "paths:\n  exclude_regex:\n  - a\n  include:\n  - b\nrules: # all\n",
            "exceptions:\nrule_dirs:\n  - rules\n",
            "---\nmin_confidence: low\r\nfail_on: {severity: high}\r\n",
        ] {
            let text = additions().added_to(there).unwrap_or_else(|error| panic!("{there:?}: {error}"));
            let mut rest = text.lines();
            assert!(there.lines().all(|line| rest.any(|own| own == line)), "{there:?}: {text}");
            let again = additions().beyond(&text).unwrap_or_else(|error| panic!("{there:?}: {error}"));
            assert!(again.is_empty(), "{there:?}: {again:?}");
        }
    }

    #[test]
    fn where_there_is_no_place_nothing_comes_of_it() {
        for (there, why) in [
            ("exceptions: [{path: docs/}]\n", "`exceptions` is there already"),
            ("{min_confidence: low}\n", "could not be used"),
            ("paths: {exclude: [a]}\n", "is there already"),
            ("\"exceptions\":\n  - path: a\n", "could not be used"),
            ("colour: red\n", "unknown key"),
            ("min_confidence: low\n...\n", "could not be used"),
        ] {
            let said = additions().added_to(there).map_err(|error| error.to_string());
            assert!(said.as_ref().is_err_and(|said| said.contains(why)), "{there:?}: {said:?}");
        }
        let many = Additions { exceptions: (0..5_001).map(|n| by_path(&format!("a{n}"))).collect(), ..Additions::default() };
        assert!(many.check().is_err_and(|error| error.to_string().contains("5000")));
    }

    fn by_path(path: &str) -> ExceptionEntry {
        ExceptionEntry { path: Some(path.to_owned()), ..ExceptionEntry::default() }
    }

    #[test]
    fn what_people_made_of_an_exception_is_not_added_again() {
        let own = Additions { exceptions: vec![by_path("a"), by_path("b")], ..Additions::default() };
        let rest = own.beyond("exceptions:\n  - path: a\n    reason: ours\n").map(|rest| rest.exceptions);
        assert_eq!(rest.ok(), Some(vec![by_path("b")]));
    }
}
