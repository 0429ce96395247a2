//! Words of names, and the environment that a name speaks of.
//!
//! Only whole words count: `values-prod.yaml` speaks of production, `product` and `latest` of nothing. Knows nothing of paths or of texts.

use std::collections::BTreeMap;

/// Longest name that is looked at, in bytes; nobody writes longer ones.
const LONGEST: usize = 256;
/// A word before a name of an environment that says it is not meant.
const NEGATIONS: [&str; 5] = ["non", "not", "no", "un", "except"];
/// Words with which `dev` and `test` are something else: `dev-tools`, `test-cases`.
const COMPANIONS: [&str; 16] = [
    "tool",
    "tools",
    "util",
    "utils",
    "kit",
    "guide",
    "helper",
    "helpers",
    "suite",
    "case",
    "cases",
    "runner",
    "line",
    "dependencies",
    "deps",
    "requirements",
];
/// Words before `stage` that make it a step or a part of something.
const STEPS: [&str; 9] = ["multi", "build", "first", "second", "last", "final", "api", "gateway", "apigateway"];

/// Which environment each word means, by number.
#[derive(Clone, Debug, Default)]
pub struct Words(BTreeMap<String, usize>);

impl Words {
    /// `name` means environment number `environment` from now on, whatever it meant. Letter case and separators do not count.
    pub fn insert(&mut self, name: &str, environment: usize) {
        self.0.insert(split(name.as_bytes()).concat(), environment);
    }

    /// The environment that `text` speaks of; none if it speaks of several.
    pub fn of(&self, text: &[u8]) -> Option<usize> {
        let words = split(text.get(..LONGEST).unwrap_or(text));
        let mut found = None;
        let mut at = 0;
        while let Some(word) = words.get(at) {
            let next = words.get(at + 1).map_or("", String::as_str);
            let before = at.checked_sub(1).and_then(|before| words.get(before)).map_or("", String::as_str);
            let pair = if next.is_empty() { None } else { self.0.get(&format!("{word}{next}")) };
            let own = pair.or_else(|| self.0.get(word).filter(|_| !is_something_else(before, word, next)));
            at += if pair.is_some() { 2 } else { 1 };
            match (own, found) {
                (Some(own), Some(other)) if *own != other => return None,
                (Some(own), _) => found = Some(*own),
                (None, _) => {}
            }
        }
        found
    }
}

/// Whether `word` is no environment between these two.
fn is_something_else(before: &str, word: &str, next: &str) -> bool {
    let is_step = word == "stage" && (next.starts_with(|c: char| c.is_ascii_digit()) || STEPS.contains(&before));
    NEGATIONS.contains(&before) || is_step || (matches!(word, "dev" | "test") && COMPANIONS.contains(&next))
}

/// The words of `text` in lower case: runs of letters and runs of digits, also where the letter case tells one from the next.
pub fn split(text: &[u8]) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut before = b' ';
    for (at, &byte) in text.iter().enumerate() {
        if byte.is_ascii_alphanumeric() {
            let is_hump = byte.is_ascii_uppercase()
                && (before.is_ascii_lowercase() || before.is_ascii_uppercase() && text.get(at + 1).is_some_and(u8::is_ascii_lowercase));
            let is_new = !before.is_ascii_alphanumeric() || is_hump || byte.is_ascii_digit() != before.is_ascii_digit();
            let letter = char::from(byte.to_ascii_lowercase());
            match words.last_mut() {
                Some(word) if !is_new => word.push(letter),
                _ => words.push(letter.to_string()),
            }
        }
        // A letter of another script is a part of the word beside it, which is then none that is known.
        before = if byte.is_ascii() { byte } else { b'a' };
        if !byte.is_ascii() {
            match words.last_mut() {
                Some(word) => word.push('?'),
                None => words.push("?".to_owned()),
            }
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words() -> Words {
        let mut words = Words::default();
        for (name, environment) in [("dev", 0), ("nonprod", 0), ("test", 1), ("stage", 2), ("pre-prod", 2), ("prod", 3), ("production", 3)]
        {
            words.insert(name, environment);
        }
        words
    }

    #[test]
    fn names_are_split_at_separators_humps_and_digits() {
        assert_eq!(split(b"appsettings.Development.json"), ["appsettings", "development", "json"]);
        assert_eq!(split(b"myProdDB2_EU-west"), ["my", "prod", "db", "2", "eu", "west"]);
        assert_eq!(split("größe-prod".as_bytes()), ["gr??ß?e".replace('ß', "?"), "prod".to_owned()]);
        assert!(split(b"--..").is_empty());
    }

    #[test]
    fn whole_words_speak_of_environments() {
        let words = words();
        for (text, expected) in [
            ("values-prod.yaml", Some(3)),
            ("PROD_DB_PASSWORD", Some(3)),
            ("prod1", Some(3)),
            ("NonProd", Some(0)),
            ("non-prod", Some(0)),
            ("preprod", Some(2)),
            ("pre-prod", Some(2)),
            ("stage", Some(2)),
            ("values-stage", Some(2)),
            ("stage2", None),
            ("multi-stage", None),
            ("dev-tools", None),
            ("test_cases", None),
            ("not production", None),
            ("dev-and-prod", None),
            ("prod.production", Some(3)),
            ("product", None),
            ("developer", None),
            ("latest", None),
            ("attest", None),
            ("contest", None),
            ("reproduction", None),
            ("", None),
        ] {
            assert_eq!(words.of(text.as_bytes()), expected, "{text}");
        }
    }
}
