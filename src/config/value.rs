//! Values of a configuration: from a text to what it says, and back.

use super::excepted::Listed;
use super::keys::{Kind, LARGEST_FILE_SIZE, MOST_DAYS};
use crate::exceptions::{Exception, Glob};
use crate::finding::{Confidence, Severity};

/// Longest name of an environment, or word for one, in bytes.
const LONGEST_WORD: usize = 40;

/// A value as it was understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// Of [`Kind::Severity`].
    Severity(Severity),
    /// Of [`Kind::Confidence`].
    Confidence(Confidence),
    /// Of [`Kind::Size`], in bytes.
    Size(u64),
    /// One part of a list.
    Text(String),
    /// One part of a list of exceptions.
    Exception(Box<Listed>),
    /// Of [`Kind::Truth`].
    Truth(bool),
    /// Of [`Kind::Days`].
    Days(u32),
}

impl Value {
    /// Understands `text`.
    ///
    /// # Errors
    /// What is expected instead, and the nearest word.
    pub fn parse(kind: Kind, text: &str) -> Result<Self, (String, String)> {
        let severity = |word: &str| Severity::ALL.into_iter().find(|level| level.as_str() == word).map(Self::Severity);
        let confidence = |word: &str| Confidence::ALL.into_iter().find(|level| level.as_str() == word).map(Self::Confidence);
        match kind {
            Kind::Severity => severity(text).ok_or_else(|| no_such("severity", text, &Severity::ALL.map(Severity::as_str))),
            Kind::Confidence => confidence(text).ok_or_else(|| no_such("confidence", text, &Confidence::ALL.map(Confidence::as_str))),
            Kind::Size => match parse_size(text) {
                Some(bytes) if bytes > LARGEST_FILE_SIZE => {
                    Err(("files of 4 GiB or more cannot be scanned".to_owned(), "name a smaller size".to_owned()))
                }
                Some(bytes) => Ok(Self::Size(bytes)),
                None => {
                    Err((format!("`{}` is no size", super::shown(text)), "write a number of bytes, or one with KiB, MiB or GiB".to_owned()))
                }
            },
            Kind::Rules | Kind::Paths if text.trim().is_empty() => Err(("an empty text names nothing".to_owned(), String::new())),
            Kind::Rules | Kind::Paths => Ok(Self::Text(text.to_owned())),
            Kind::Globs => match super::paths::check(text) {
                Ok(()) => Ok(Self::Text(text.to_owned())),
                Err((wrong, hint)) => Err((format!("`{}` is no pattern: {wrong}", super::shown(text)), hint)),
            },
            Kind::Regexes => match super::paths::check_regex(text) {
                Ok(()) => Ok(Self::Text(text.to_owned())),
                Err((wrong, hint)) => Err((format!("`{}` is no regular expression of paths: {wrong}", super::shown(text)), hint)),
            },
            Kind::WholePaths => match Glob::new(text) {
                Ok(_) => Ok(Self::Text(text.to_owned())),
                Err(why) => Err((format!("`{}` is no pattern: {why}", super::shown(text)), "such as `deploy/live/**`".to_owned())),
            },
            Kind::Words if is_word(text) => Ok(Self::Text(text.to_owned())),
            Kind::Words => {
                let hint = format!("write letters, digits, `-` and `_`, up to {LONGEST_WORD}");
                Err((format!("`{}` is no word", super::shown(text)), hint))
            }
            Kind::Exceptions => Err(("an exception is a map".to_owned(), String::new())),
            Kind::Truth => match text {
                "true" | "True" | "TRUE" => Ok(Self::Truth(true)),
                "false" | "False" | "FALSE" => Ok(Self::Truth(false)),
                _ => Err((format!("`{}` is neither true nor false", super::shown(text)), "write `true` or `false`".to_owned())),
            },
            Kind::Days => match text.parse() {
                Ok(days @ 1..=MOST_DAYS) => Ok(Self::Days(days)),
                _ => Err((format!("`{}` is no number of days", super::shown(text)), format!("write one from 1 to {MOST_DAYS}"))),
            },
        }
    }

    /// The value as a configuration would have it.
    pub fn text(&self) -> String {
        match self {
            Self::Severity(level) => level.as_str().to_owned(),
            Self::Confidence(level) => level.as_str().to_owned(),
            Self::Size(bytes) => shown_size(*bytes),
            Self::Text(text) => text.clone(),
            Self::Exception(listed) => said(&listed.exception),
            Self::Truth(is_so) => is_so.to_string(),
            Self::Days(days) => days.to_string(),
        }
    }
}

/// Whether `text` can be the name of an environment, or a word for it.
pub fn is_word(text: &str) -> bool {
    let is_fine = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    is_fine && text.len() <= LONGEST_WORD && text.starts_with(|c: char| c.is_ascii_alphabetic())
}

/// An exception on one line, as a configuration would have it.
fn said(exception: &Exception) -> String {
    let parts: Vec<String> = exception.said().into_iter().map(|(key, text)| format!("{key}: {}", serde_json::Value::from(text))).collect();
    format!("{{{}}}", parts.join(", "))
}

fn no_such(what: &str, word: &str, known: &[&str]) -> (String, String) {
    let near = crate::suggest::nearest(&word.to_lowercase(), known.iter().copied());
    let hint = near.map_or_else(|| format!("expected one of {}", known.join(", ")), |near| format!("did you mean `{near}`?"));
    (format!("`{}` is no {what}", super::shown(word)), hint)
}

/// A number of bytes with an optional unit, such as `512KiB`; none for anything else, and for none at all.
pub fn parse_size(text: &str) -> Option<u64> {
    let digits = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let (number, unit) = text.split_at(digits);
    let factor: u64 = match unit.trim().to_ascii_lowercase().as_str() {
        "" | "b" => 1,
        "k" | "kb" | "kib" => 1 << 10,
        "m" | "mb" | "mib" => 1 << 20,
        "g" | "gb" | "gib" => 1 << 30,
        _ => return None,
    };
    number.parse::<u64>().ok()?.checked_mul(factor).filter(|bytes| *bytes > 0)
}

fn shown_size(bytes: u64) -> String {
    match [(30, "GiB"), (20, "MiB"), (10, "KiB")].into_iter().find(|(bits, _)| bytes >= 1 << bits && bytes.is_multiple_of(1 << bits)) {
        Some((bits, unit)) => format!("{}{unit}", bytes >> bits),
        None => bytes.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_read_as_they_are_shown() {
        for text in ["1", "1023", "1KiB", "1025", "64MiB", "3GiB"] {
            assert_eq!(parse_size(text).map(shown_size).as_deref(), Some(text));
        }
        assert_eq!((parse_size("0"), parse_size("MiB"), parse_size("-1"), parse_size("12x")), (None, None, None, None));
    }
}
