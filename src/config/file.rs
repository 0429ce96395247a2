//! A configuration file: from bytes to entries, or to everything that is wrong with it.

mod exceptions;

use std::path::Path;
use std::sync::Arc;

use super::keys::{Kind, Setting};
use super::problem::{Problem, Text};
use super::value::Value;
use super::yaml::{self, Content, Node, Place};
use super::{ConfigError, Entry, Origin, refused, shown};
use crate::suggest;

pub use exceptions::EXCEPTION_KEYS;

/// Reads what a file says. `is_repository` tells that it comes with what is scanned and so is not trusted.
///
/// # Errors
/// It is no YAML (then that alone is told), or names what is not known, refused or of the wrong kind.
pub fn read(path: &str, folder: &Path, bytes: &[u8], is_repository: bool) -> Result<Vec<Entry>, ConfigError> {
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text.strip_prefix('\u{feff}').unwrap_or(text).to_owned(),
        Err(error) => {
            let line = bytes[..error.valid_up_to()].iter().filter(|byte| **byte == b'\n').count() + 1;
            return Err(Problem::of_file(path, format!("line {line} is no UTF-8"), "save the file as UTF-8").into());
        }
    };
    let file = Arc::new(Text { path: path.to_owned(), folder: folder.to_owned(), text });
    let (entries, problems) = (Vec::new(), Vec::new());
    let mut reader = Reader { file: file.clone(), is_repository, entries, problems, excepted: exceptions::Sum::default() };
    match yaml::parse(&file.text) {
        Ok(root) => reader.top(&root),
        Err((place, message)) => reader.complain(place, message, ""),
    }
    if reader.problems.is_empty() { Ok(reader.entries) } else { Err(ConfigError(reader.problems)) }
}

struct Reader {
    file: Arc<Text>,
    is_repository: bool,
    entries: Vec<Entry>,
    problems: Vec<Problem>,
    excepted: exceptions::Sum,
}

impl Reader {
    fn origin(&self, place: Place) -> Origin {
        Origin::File { text: self.file.clone(), place: Some(place), is_repository: self.is_repository }
    }

    fn complain(&mut self, place: Place, message: impl Into<String>, hint: impl Into<String>) {
        let problem = Problem::new(&self.origin(place), message, hint);
        self.problems.push(problem);
    }

    fn top(&mut self, root: &Node) {
        match &root.content {
            Content::Null => {}
            Content::Map(_) => self.map(root, &mut Vec::new()),
            other => self.complain(root.place, format!("a configuration is a map of keys, not {}", kind_of(other)), ""),
        }
    }

    /// A map that stands at `path`.
    fn map(&mut self, node: &Node, path: &mut Vec<String>) {
        let entries = match &node.content {
            Content::Map(entries) if !entries.is_empty() => entries,
            Content::Map(_) | Content::Null => return self.named_only(node.place, path),
            other => {
                let names = known_below(path).join("`, `");
                let hint = match path.first().map(String::as_str) {
                    _ if names != "*" => format!("it takes `{names}`"),
                    Some("environments") => "write the name of an environment, `:`, and its `paths` or `names`".to_owned(),
                    _ => "write the id of a rule, `:`, and what to change".to_owned(),
                };
                return self.complain(node.place, format!("`{}` takes a map, not {}", path.join("."), kind_of(other)), hint);
            }
        };
        for (key, value) in entries {
            let known = known_below(path);
            let name = if known == ["*"] { "*" } else { key.name.as_str() };
            if !known.contains(&name) || (key.name == "*" && name == "*") {
                self.unknown(key, path, &known);
                continue;
            }
            path.push(key.name.clone());
            match setting_at(path) {
                Some(setting) => self.value(setting, path, key.place, value),
                None => self.map(value, path),
            }
            path.pop();
        }
    }

    /// Nothing stands below `path`. Of an environment its name alone says something: that there is one.
    fn named_only(&mut self, place: Place, path: &[String]) {
        if let [group, name] = path
            && group == "environments"
        {
            let origin = self.origin(place);
            let (setting, value) = (Setting::EnvironmentEnabled, Value::Truth(true));
            self.entries.push(Entry { setting, rule: Some(name.clone()), value, origin });
        }
    }

    fn unknown(&mut self, key: &yaml::Key, path: &[String], known: &[&str]) {
        let name = shown(&key.name);
        if let Some(why) = refused::reason(&key.name).filter(|_| self.is_repository) {
            return self.complain(key.place, format!("`{name}` is refused in the configuration of a repository"), why);
        }
        let place = if path.is_empty() { String::new() } else { format!(" in `{}`", shown(&path.join("."))) };
        let near = suggest::nearest(&key.name.to_lowercase().replace('-', "_"), known.iter().copied());
        let hint = near.map_or_else(|| format!("known are `{}`", known.join("`, `")), |near| format!("did you mean `{near}`?"));
        self.complain(key.place, format!("unknown key `{name}`{place}"), hint);
    }

    fn value(&mut self, setting: Setting, path: &[String], key: Place, node: &Node) {
        let kind = setting.key().kind;
        let rule = setting.key().path.iter().position(|part| *part == "*").and_then(|at| path.get(at)).cloned();
        match (&node.content, kind.is_list()) {
            (Content::Null, true) => {}
            (Content::List(items), true) if kind == Kind::Exceptions => items.iter().for_each(|item| self.exception(item)),
            (Content::List(items), true) => items.iter().for_each(|item| self.scalar(setting, rule.clone(), item, path)),
            (other, true) => {
                let hint = match other {
                    Content::Map(_) if kind == Kind::Exceptions => "begin each exception with `- `",
                    Content::Text(_) if kind != Kind::Exceptions => "write it in brackets: `[…]`",
                    _ => "",
                };
                self.complain(node.place, format!("`{}` takes a list, not {}", path.join("."), kind_of(other)), hint);
            }
            (Content::Null, false) => self.complain(key, format!("`{}` has no value", path.join(".")), "write one behind the `:`"),
            (_, false) => self.scalar(setting, rule, node, path),
        }
    }

    fn scalar(&mut self, setting: Setting, rule: Option<String>, node: &Node, path: &[String]) {
        let kind = setting.key().kind;
        let is_bare = matches!(kind, Kind::Truth | Kind::Days);
        let text = match &node.content {
            Content::Text(text) if !is_bare => text,
            Content::Bare(text) if is_bare || kind == Kind::Size => text,
            other => {
                let hint = match other {
                    Content::Bare(_) => "write it in quotes if it is meant",
                    Content::Text(_) => "write it without quotes",
                    _ => "",
                };
                let message = format!("`{}` takes {}, not {}", shown(&path.join(".")), noun(kind), kind_of(other));
                return self.complain(node.place, message, hint);
            }
        };
        match Value::parse(kind, text) {
            Ok(value) => {
                let origin = self.origin(node.place);
                self.entries.push(Entry { setting, rule, value, origin });
            }
            Err((message, hint)) => self.complain(node.place, message, hint),
        }
    }
}

/// The keys that can stand below `path`.
fn known_below(path: &[String]) -> Vec<&'static str> {
    let mut known = Vec::new();
    for setting in Setting::ALL {
        let own = setting.key().path;
        if own.len() > path.len() && is_at(&own[..path.len()], path) && !known.contains(&own[path.len()]) {
            known.push(own[path.len()]);
        }
    }
    known
}

fn setting_at(path: &[String]) -> Option<Setting> {
    Setting::ALL.into_iter().find(|setting| is_at(setting.key().path, path))
}

fn is_at(own: &[&str], path: &[String]) -> bool {
    own.len() == path.len() && own.iter().zip(path).all(|(own, here)| *own == "*" || own == here)
}

fn noun(kind: Kind) -> &'static str {
    match kind {
        Kind::Severity => "a severity",
        Kind::Confidence => "a confidence",
        Kind::Size => "a size",
        Kind::Rules => "ids of rules",
        Kind::Paths => "paths",
        Kind::Globs => "patterns of paths",
        Kind::Regexes => "regular expressions of paths",
        Kind::WholePaths => "patterns of paths",
        Kind::Words => "words",
        Kind::Exceptions => "exceptions",
        Kind::Truth => "true or false",
        Kind::Days => "a number of days",
    }
}

fn kind_of(content: &Content) -> &'static str {
    match content {
        Content::Null => "nothing",
        Content::Bare(_) => "a number or truth value",
        Content::Text(_) => "a text",
        Content::List(_) => "a list",
        Content::Map(_) => "a map",
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const PARTS: [&str; 31] = [
        "exceptions",
        "policy",
        "path",
        "expires",
        "require_reason",
        "true",
        "2027-01-31",
        "rules",
        "disable",
        "override",
        "paths",
        "exclude",
        "fail_on",
        ": ",
        ":\n",
        "\n",
        "  ",
        "- ",
        "[",
        "]",
        "{",
        "}",
        ", ",
        "'",
        "\"",
        "a.b",
        "*",
        "é😀",
        "\t",
        "#x\n",
        "\r",
    ];

    proptest! {
        #[test]
        fn whatever_a_file_holds_is_taken_or_refused_with_a_reason(
            parts in prop::collection::vec(prop::sample::select(PARTS.to_vec()), 0..40),
            bytes in prop::collection::vec(any::<u8>(), 0..20),
        ) {
            let texts = [parts.concat().into_bytes(), [parts.concat().as_bytes(), &bytes].concat()];
            for text in &texts {
                if let Err(error) = read("keysieve.yaml", Path::new("."), text, true) {
                    prop_assert!(!error.0.is_empty() && error.to_string().starts_with("keysieve.yaml"), "{}", error);
                }
            }
        }
    }
}
