//! What the formats that send the secret itself have in common: the token, what its receiver calls it, and where it was found.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;
use zeroize::Zeroizing;

use super::WhyNot;
use crate::secret::Secret;

/// What receivers of a target call the tokens of rules.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Types(BTreeMap<String, String>);

impl Types {
    /// Words by the ids of rules.
    pub fn new(words: BTreeMap<String, String>) -> Self {
        Self(words)
    }

    /// Whether no rule has a word of its own.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The word for what `rule` finds: the one that is given, or the id itself.
    pub fn of<'t>(&'t self, rule: &'t str) -> &'t str {
        self.0.get(rule).map_or(rule, String::as_str)
    }

    /// The word for what an event is about.
    ///
    /// # Errors
    /// `event` is none.
    pub fn of_event(&self, event: &str) -> Result<String, WhyNot> {
        let event: Value = serde_json::from_str(event).map_err(|_| WhyNot::Unreadable)?;
        rule(&event).map(|rule| self.of(rule).to_owned())
    }
}

fn rule(event: &Value) -> Result<&str, WhyNot> {
    event["data"]["rule"]["id"].as_str().ok_or(WhyNot::Unreadable)
}

/// A leaked token.
pub struct Leak<'l> {
    /// What its receiver calls its kind.
    pub kind: &'l str,
    /// The secret itself.
    pub token: &'l str,
    /// Where it stands, at the first place.
    pub place: Place,
}

/// A place, as receivers may show it to the token's owner.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// Address of the page that shows it, if one can be known.
    pub url: Option<String>,
    /// Address of the repository, if it is a web address.
    pub repository: Option<String>,
    /// Path and line, and of what.
    pub text: String,
    /// Kind of content, as reports have it.
    pub kind: String,
}

impl<'l> Leak<'l> {
    /// Takes apart what an event says.
    ///
    /// # Errors
    /// There is no secret, it is no text, or `event` is no event.
    pub fn new(event: &'l Value, secret: &'l Secret, types: &'l Types) -> Result<Self, WhyNot> {
        let token = std::str::from_utf8(secret.expose()).map_err(|_| WhyNot::NoText)?;
        Ok(Self { kind: types.of(rule(event)?), token, place: Place::of(event) })
    }
}

impl Place {
    /// The first place that an event names.
    fn of(event: &Value) -> Self {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let (source, first) = (text(&event["source"]), &event["data"]["locations"][0]);
        let (path, kind, commit) = (text(&first["path"]), text(&first["kind"]), first["commit"].as_str());
        let repository = (source.starts_with("https://") || source.starts_with("http://")).then(|| source.trim_end_matches('/').to_owned());
        let line = first["line"].as_u64().unwrap_or(1);
        // A path that was too long for an event ends with an ellipsis: no page has it.
        let page = match (&repository, commit, kind.as_str()) {
            (Some(base), Some(commit), "commit-message" | "person") => Some(format!("{base}/commit/{commit}")),
            (Some(base), Some(commit), _) if is_file(&kind) && !path.is_empty() && !path.ends_with('…') => {
                Some(format!("{base}/blob/{commit}/{}#L{line}", escaped(&path)))
            }
            _ => None,
        };
        let place = if path.is_empty() { "somewhere".to_owned() } else { format!("{path}:{line}") };
        Self { url: page, repository, text: format!("{place} in {source}"), kind }
    }

    /// Whether it stands in a file.
    pub fn is_file(&self) -> bool {
        is_file(&self.kind)
    }

    /// Whether it stands in what is said of a commit.
    pub fn is_commit(&self) -> bool {
        matches!(self.kind.as_str(), "commit-message" | "person")
    }
}

fn is_file(kind: &str) -> bool {
    matches!(kind, "file" | "staged" | "blob" | "file-name" | "symlink-target")
}

/// A path as a part of an address.
fn escaped(path: &str) -> String {
    let mut text = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            byte if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) => text.push(char::from(byte)),
            byte => text.push_str(&format!("%{byte:02X}")),
        }
    }
    text
}

/// `value` as JSON, written at once into memory that is wiped: room that grows would leave pieces of the secret behind.
pub fn written(value: &impl Serialize, leak: &Leak<'_>) -> Result<Zeroizing<String>, WhyNot> {
    // A byte of a text is written as six characters at most.
    let room = 6 * (leak.token.len() + leak.kind.len() + leak.place.text.len() + leak.place.url.as_ref().map_or(0, String::len)) + 1_024;
    let mut bytes = Zeroizing::new(Vec::with_capacity(room));
    serde_json::to_writer(&mut *bytes, value).map_err(|_| WhyNot::Unreadable)?;
    let text = String::from_utf8(std::mem::take(&mut *bytes)).map_err(|_| WhyNot::Unreadable)?;
    Ok(Zeroizing::new(text))
}

#[cfg(test)]
pub mod tests {
    use serde_json::json;

    use super::*;

    /// An event about a token of a made-up rule.
    pub fn event(source: &str, place: &Value) -> Value {
        json!({"id": "evt_1", "source": source, "data": {"rule": {"id": "acme.api-key"}, "secret": {"masked": "****"}, "locations": [place]}})
    }

    fn place(source: &str, place: Value) -> (Option<String>, String) {
        let place = Place::of(&event(source, &place));
        (place.url, place.text)
    }

    #[test]
    fn a_place_is_a_page_where_one_can_be_known() {
        let commit = "a".repeat(40);
        let (url, text) = place("https://git.example.org/app/", json!({"path": "a b/ü?.py", "line": 3, "kind": "blob", "commit": commit}));
        assert_eq!(url, Some(format!("https://git.example.org/app/blob/{commit}/a%20b/%C3%BC%3F.py#L3")));
        assert_eq!(text, "a b/ü?.py:3 in https://git.example.org/app/");
        let (url, _) = place("https://git.example.org/app", json!({"path": "", "line": 1, "kind": "commit-message", "commit": commit}));
        assert_eq!(url, Some(format!("https://git.example.org/app/commit/{commit}")));
        for (source, first) in [
            ("/app", json!({"path": "a", "line": 3, "kind": "blob", "commit": commit})),
            ("https://git.example.org/app", json!({"path": "a", "line": 3, "kind": "file"})),
            ("https://git.example.org/app", json!({"path": "long…", "line": 3, "kind": "blob", "commit": commit})),
            ("https://git.example.org/app", Value::Null),
        ] {
            assert_eq!(place(source, first).0, None);
        }
    }

    #[test]
    fn a_rule_has_its_word_or_its_id() {
        let types = Types::new([("acme.api-key".to_owned(), "acme_key".to_owned())].into());
        assert_eq!((types.of("acme.api-key"), types.of("acme.token")), ("acme_key", "acme.token"));
        assert_eq!(types.of_event(&event("/app", &Value::Null).to_string()), Ok("acme_key".to_owned()));
        assert_eq!(types.of_event("{}"), Err(WhyNot::Unreadable));
    }
}
