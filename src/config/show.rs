//! The configuration in force as text or JSON, each value with where it comes from if that is asked for.

use std::collections::BTreeSet;

use serde_json::{Map, Value as Json, json};

use super::{Config, Entry, Origin, Setting, Value};

/// What is in force.
struct Shown<'c> {
    setting: Setting,
    rule: Option<&'c str>,
    /// One for a single value, all parts of a list.
    entries: Vec<&'c Entry>,
}

impl Config {
    fn shown(&self) -> Vec<Shown<'_>> {
        let mut all = Vec::new();
        for setting in Setting::ALL {
            let own = || self.entries.iter().filter(move |entry| entry.setting == setting);
            let rules: BTreeSet<Option<&str>> = own().map(|entry| entry.rule.as_deref()).collect();
            if setting.key().kind.is_list() {
                let is_named = setting.key().path.contains(&"*");
                let rules = if is_named { rules } else { BTreeSet::from([None]) };
                let of = |rule| Shown { setting, rule, entries: own().filter(|entry| entry.rule.as_deref() == rule).collect() };
                all.extend(rules.into_iter().map(of));
                continue;
            }
            let last = |rule| Shown { setting, rule, entries: self.single(setting, rule).into_iter().collect() };
            all.extend(rules.into_iter().map(last));
        }
        all
    }

    /// One value a line, in the order of the keys; with `origin` where each comes from behind it. Not escaped.
    pub fn text(&self, origin: bool) -> String {
        let mut lines = Vec::new();
        for shown in self.shown() {
            let name = shown.name();
            if shown.entries.is_empty() {
                lines.push((format!("{name}: []"), "default".to_owned()));
            } else if shown.setting.key().kind.is_list() {
                lines.push((format!("{name}:"), String::new()));
                lines.extend(shown.entries.iter().map(|entry| (format!("  - {}", entry.value.text()), entry.origin.to_string())));
            } else {
                lines.extend(shown.entries.iter().map(|entry| (format!("{name}: {}", entry.value.text()), entry.origin.to_string())));
            }
        }
        let width = lines.iter().map(|(line, _)| line.chars().count()).max().unwrap_or(0);
        let line = |(line, from): &(String, String)| {
            if !origin || from.is_empty() {
                format!("{line}\n")
            } else {
                format!("{line}{}  # {from}\n", " ".repeat(width - line.chars().count()))
            }
        };
        lines.iter().map(line).collect()
    }

    /// A list of what is set: `key`, `rule` where it is about one, `value`, and with `origin` where it comes from.
    pub fn json(&self, origin: bool) -> Json {
        let mut all = Vec::new();
        for shown in self.shown() {
            let mut object = Map::new();
            object.insert("key".to_owned(), json!(shown.setting.key().name().replace(".*.", ".")));
            if let Some(rule) = shown.rule {
                let about = if shown.setting.is_of_environment() { "environment" } else { "rule" };
                object.insert(about.to_owned(), json!(rule));
            }
            let is_list = shown.setting.key().kind.is_list();
            let one = |value: Json| if is_list { value } else { value.get(0).cloned().unwrap_or(Json::Null) };
            object.insert("value".to_owned(), one(shown.entries.iter().map(|entry| value(&entry.value)).collect()));
            if origin {
                object.insert("origin".to_owned(), one(shown.entries.iter().map(|entry| place(&entry.origin)).collect()));
            }
            all.push(Json::Object(object));
        }
        let files: Vec<_> = self.files.iter().map(|path| path.display().to_string()).collect();
        json!({ "files": files, "settings": all })
    }
}

impl Shown<'_> {
    fn name(&self) -> String {
        let name = self.setting.key().name();
        self.rule.map_or_else(|| name.clone(), |rule| name.replace('*', rule))
    }
}

fn value(value: &Value) -> Json {
    match value {
        Value::Size(bytes) => json!(bytes),
        Value::Truth(is_so) => json!(is_so),
        Value::Days(days) => json!(days),
        Value::Exception(listed) => listed.exception.said().into_iter().map(|(key, text)| (key.to_owned(), Json::from(text))).collect(),
        other => json!(other.text()),
    }
}

fn place(origin: &Origin) -> Json {
    match origin {
        Origin::Default => json!({ "kind": "default" }),
        Origin::File { text, place, is_repository } => json!({
            "kind": if *is_repository { "repository" } else { "user" },
            "file": text.path,
            "line": place.map(|place| place.line),
            "column": place.map(|place| place.column),
        }),
        Origin::Variable(name) => json!({ "kind": "environment", "variable": name }),
        Origin::Flag(name) => json!({ "kind": "flag", "flag": name }),
    }
}
