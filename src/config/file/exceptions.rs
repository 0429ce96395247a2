//! One entry of `exceptions:`.

use super::super::excepted::Listed;
use super::super::keys::Setting;
use super::super::value::Value;
use super::super::yaml::{Content, Key, Node, Place};
use super::super::{Entry, shown};
use super::{Reader, kind_of};
use crate::exceptions::{Exception, ExceptionEntry, Origin};

/// The keys of an exception, and what each is for people.
pub const EXCEPTION_KEYS: [(&str, &str); 7] = [
    ("fingerprint", "The secret that does not count, as reports name it: `v1:`, the rule's family, `:` and 32 hex digits."),
    ("rule", "Only findings of this rule, by its id or a pattern such as `aws.*`; without a fingerprint it needs a `path`."),
    ("path", "Only places in files that this pattern stands for, from the repository's root; alone, it excepts the files themselves."),
    ("reason", "Why it does not count."),
    ("owner", "Who answers for it."),
    ("expires", "The last day on which the exception counts, in UTC."),
    ("approved_by", "Who agreed to it; where the policy asks for that, an owner as CODEOWNERS names them, such as `@user`."),
];
/// Most exceptions of one file.
const MOST: usize = 5_000;
/// Most parts of the patterns of all of them, see [`Exception::pattern_parts`].
const MOST_PARTS: usize = 100_000;

/// How much was read.
#[derive(Default)]
pub(super) struct Sum {
    exceptions: usize,
    parts: usize,
    is_full: bool,
}

impl Sum {
    /// Counts `exception`; what to say, once, if that is too much.
    fn add(&mut self, exception: &Exception) -> Option<String> {
        self.exceptions += 1;
        self.parts += exception.pattern_parts();
        let why = match (self.exceptions > MOST, self.parts > MOST_PARTS) {
            (true, _) => format!("more than {MOST} exceptions are more than a file can have"),
            (_, true) => "the patterns of the exceptions up to here are too long together".to_owned(),
            _ => return None,
        };
        (!std::mem::replace(&mut self.is_full, true)).then_some(why)
    }
}

impl Reader {
    /// An item of the list.
    pub(super) fn exception(&mut self, node: &Node) {
        let keys = match &node.content {
            Content::Map(keys) => keys,
            other => return self.complain(node.place, format!("an exception is a map, not {}", kind_of(other)), "such as `{path: docs/}`"),
        };
        let before = self.problems.len();
        let mut written = ExceptionEntry::default();
        let mut places: Vec<(&str, Place)> = Vec::new();
        for (key, value) in keys {
            self.term(key, value, &mut written);
            places.push((&key.name, value.place));
        }
        if self.problems.len() == before {
            self.checked(node.place, written, &places);
        }
    }

    /// One key of an exception.
    fn term(&mut self, key: &Key, value: &Node, written: &mut ExceptionEntry) {
        let own = match key.name.as_str() {
            "fingerprint" => &mut written.fingerprint,
            "rule" => &mut written.rule,
            "path" => &mut written.path,
            "reason" => &mut written.reason,
            "owner" => &mut written.owner,
            "approved_by" => &mut written.approved_by,
            "expires" => return self.expires(key, value, written),
            _ => return self.unknown(key, &["exceptions".to_owned()], &EXCEPTION_KEYS.map(|(name, _)| name)),
        };
        *own = self.text(key, value);
    }

    fn expires(&mut self, key: &Key, value: &Node, written: &mut ExceptionEntry) {
        let Some(text) = self.text(key, value) else { return };
        match text.parse() {
            Ok(day) => written.expires = Some(day),
            Err(_) => self.complain(value.place, format!("`{}` is no day", shown(&text)), "write YYYY-MM-DD, such as 2027-01-31"),
        }
    }

    /// The text behind `key`; without one, that is told.
    fn text(&mut self, key: &Key, value: &Node) -> Option<String> {
        let name = &key.name;
        match &value.content {
            Content::Text(text) if text.is_empty() => self.complain(value.place, format!("`{name}` says nothing"), "leave the key out"),
            Content::Text(text) => return Some(text.clone()),
            Content::Null => self.complain(key.place, format!("`{name}` has no value"), "write one behind the `:`"),
            other => {
                let hint = if matches!(other, Content::Bare(_)) { "write it in quotes if it is meant" } else { "" };
                self.complain(value.place, format!("`{name}` takes a text, not {}", kind_of(other)), hint);
            }
        }
        None
    }

    /// What was read, if it is bound to something and not too much together with what was read before.
    fn checked(&mut self, place: Place, written: ExceptionEntry, places: &[(&str, Place)]) {
        let at = |key: &str| places.iter().find(|(name, _)| *name == key).map(|(_, place)| *place);
        let origin = Origin { file: self.file.path.clone(), line: place.line };
        let exception = match Exception::new(written, origin) {
            Ok(exception) => exception,
            Err(wrong) => {
                let place = wrong.key.and_then(at).unwrap_or(place);
                return self.complain(place, shown(&wrong.why), wrong.hint);
            }
        };
        if let Some(why) = self.excepted.add(&exception) {
            return self.complain(place, why, "except files by fewer patterns, or secrets in a baseline");
        }
        if self.excepted.is_full {
            return;
        }
        let value = Value::Exception(Box::new(Listed { exception, rule_at: at("rule") }));
        let origin = self.origin(place);
        self.entries.push(Entry { setting: Setting::Exceptions, rule: None, value, origin });
    }
}
