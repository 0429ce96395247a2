//! The JSON Schema of a configuration file, for editors; made from the table of keys.

use serde_json::{Map, Value as Json, json};

use super::file::EXCEPTION_KEYS;
use super::keys::{Key, Kind, Setting};
use crate::exceptions::LONGEST_TERM;
use crate::finding::{Confidence, Severity};

/// The schema as text, with a line feed at its end.
pub fn text() -> String {
    let mut root = object("Configuration of keysieve: keysieve.yaml, .keysieve.yaml or the user's config.yaml.");
    for setting in Setting::ALL {
        insert(&mut root, setting.key().path, setting.key());
    }
    let mut schema = Map::new();
    schema.insert("$schema".to_owned(), json!("https://json-schema.org/draft/2020-12/schema"));
    schema.insert("title".to_owned(), json!("keysieve configuration"));
    schema.extend(root);
    let shown = serde_json::to_string_pretty(&schema);
    shown.map_or_else(|_| String::new(), |text| text + "\n")
}

fn object(about: &str) -> Map<String, Json> {
    let object = json!({ "description": about, "type": ["object", "null"], "additionalProperties": false, "properties": {} });
    object.as_object().cloned().unwrap_or_default()
}

fn insert(object_at: &mut Map<String, Json>, path: &[&str], key: &Key) {
    let Some((first, rest)) = path.split_first() else { return };
    let place = if *first == "*" {
        object_at.remove("properties");
        let below = object_at.entry("additionalProperties");
        let below = below.or_insert(Json::Bool(false));
        if below.is_boolean() {
            *below = Json::Object(object(about_member(key)));
        }
        below
    } else {
        let properties = object_at.entry("properties").or_insert_with(|| json!({}));
        let Some(properties) = properties.as_object_mut() else { return };
        properties.entry(*first).or_insert_with(|| if rest.is_empty() { leaf(key) } else { Json::Object(object(about_group(first))) })
    };
    if let Some(below) = place.as_object_mut().filter(|_| !rest.is_empty()) {
        insert(below, rest, key);
    }
}

fn about_member(key: &Key) -> &'static str {
    match key.path.first() {
        Some(&"environments") => "What to change about the environment of this name, or which one to add.",
        _ => "What to change about the rule with this id.",
    }
}

fn about_group(name: &str) -> &'static str {
    match name {
        "rules" => "Which rules are reported, and how.",
        "override" => "Changes to single rules, by id.",
        "paths" => "Which files are scanned.",
        "fail_on" => "Which findings make the scan fail.",
        "environments" => "Environments that should not share a secret: dev, test, staging and prod, and those added here.",
        "policy" => "What is asked of every exception.",
        _ => "",
    }
}

fn leaf(key: &Key) -> Json {
    let mut schema = match key.kind {
        Kind::Severity => json!({ "enum": Severity::ALL.map(Severity::as_str) }),
        Kind::Confidence => json!({ "enum": Confidence::ALL.map(Confidence::as_str) }),
        Kind::Size => json!({ "anyOf": [
            { "type": "integer", "minimum": 1, "maximum": super::LARGEST_FILE_SIZE },
            { "type": "string", "pattern": "^[0-9]+ *([KkMmGg]([Ii]?[Bb])?|[Bb])?$" },
        ] }),
        Kind::Rules | Kind::Paths | Kind::Globs | Kind::WholePaths | Kind::Words => {
            json!({ "type": ["array", "null"], "items": { "type": "string", "minLength": 1 } })
        }
        Kind::Exceptions => json!({ "type": ["array", "null"], "items": exception() }),
        Kind::Truth => json!({ "type": "boolean" }),
        Kind::Days => json!({ "type": "integer", "minimum": 1, "maximum": super::MOST_DAYS }),
    };
    if let Some(schema) = schema.as_object_mut() {
        schema.insert("description".to_owned(), json!(key.about));
        if let Some(default) = key.default {
            schema.insert("default".to_owned(), json!(default));
        }
    }
    schema
}

/// One exception. What is more than a form is checked by the program alone.
fn exception() -> Json {
    let properties: Map<String, Json> = EXCEPTION_KEYS.iter().map(|(name, about)| ((*name).to_owned(), term(name, about))).collect();
    json!({
        "type": "object",
        "additionalProperties": false,
        "properties": properties,
        "anyOf": [{ "required": ["fingerprint"] }, { "required": ["path"] }],
    })
}

fn term(name: &str, about: &str) -> Json {
    let mut schema = json!({ "type": "string", "minLength": 1, "description": about });
    let more = match name {
        "fingerprint" => ("pattern", json!("^v1:[^:]+:[0-9a-f]{32}$")),
        "expires" => ("pattern", json!("^[0-9]{4}-[0-9]{2}-[0-9]{2}$")),
        "rule" | "path" => ("maxLength", json!(crate::exceptions::LONGEST_GLOB)),
        _ => ("maxLength", json!(LONGEST_TERM)),
    };
    schema[more.0] = more.1;
    schema
}
