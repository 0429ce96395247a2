//! Facts put into commands.

use super::FilledStep;
use crate::finding::FACTS;

/// What the environment variables begin with from which commands read the exposed secret.
pub const BLANK_SECRET: &str = "LEAKED_";

/// `template` with what is known in place of `{fact}`, and the fact's name in capitals where nothing is known that can stand in a command.
pub fn command<'v>(template: &str, fact: impl Fn(&str) -> Option<&'v str>) -> String {
    let mut written = String::with_capacity(template.len());
    let mut rest = template;
    while let Some((before, behind)) = rest.split_once('{') {
        written.push_str(before);
        match behind.split_once('}').filter(|(name, _)| FACTS.contains(name)) {
            Some((name, after)) => {
                match fact(name).filter(|value| is_plain(name, value)) {
                    Some(value) => written.push_str(value),
                    None => written.push_str(&name.to_ascii_uppercase()),
                }
                rest = after;
            }
            None => {
                written.push('{');
                rest = behind;
            }
        }
    }
    written.push_str(rest);
    written
}

/// Whether `value` is one word to every shell and no option, path or pattern to any program: letters, digits and `.`, `_`, `-`, `@`, `:`, `+`
/// between them, in the hash of a key `/` as well. Nothing is quoted: what would need it is left out.
fn is_plain(name: &str, value: &str) -> bool {
    let is_of_word = |byte: u8| byte.is_ascii_alphanumeric() || b"._-@:+".contains(&byte) || byte == b'/' && name == "key_fingerprint";
    value.len() <= 256 && value.bytes().all(is_of_word) && value.starts_with(|c: char| c.is_ascii_alphanumeric()) && !value.contains("..")
}

/// The words in capitals that whoever runs `step` has to fill in, in order, each once: facts that are not known, and what has `_` in it.
/// Variables of the environment are none.
pub fn blanks(step: &FilledStep) -> Vec<&str> {
    let is_of_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let is_caps = |word: &str| {
        word.starts_with(|c: char| c.is_ascii_uppercase()) && word.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_')
    };
    let is_fact = |word: &str| {
        let fact = format!("{{{}}}", word.to_ascii_lowercase());
        step.template.as_ref().is_some_and(|template| template.contains(&fact))
    };
    let mut found: Vec<&str> = Vec::new();
    for (number, part) in step.command.iter().flat_map(|command| command.split('$').enumerate()) {
        let part = if number == 0 { part } else { part.trim_start_matches('{').trim_start_matches(is_of_word) };
        for word in part.split(|c| !is_of_word(c)) {
            if is_caps(word) && (word.contains('_') || is_fact(word)) && !found.contains(&word) {
                found.push(word);
            }
        }
    }
    found
}
