//! Which rules a file's name may belong to.
//!
//! Asked for every file of a tree, so that a name which belongs to none must be told by a look into two tables.

use std::collections::HashMap;

use crate::rules::schema::PathMatch;

/// Names of all rules about files, in lower case.
pub struct Names {
    /// By the whole name.
    exact: HashMap<Vec<u8>, Vec<usize>>,
    /// By what follows the last dot, for `*.pem`.
    extension: HashMap<Vec<u8>, Vec<usize>>,
    /// All others, such as `.env.*`.
    wild: Vec<(Vec<u8>, usize)>,
    /// By rule.
    except: Vec<Vec<Vec<u8>>>,
}

impl Names {
    /// Of `rules`, whose positions are the numbers that are told.
    pub fn new<'p>(rules: impl Iterator<Item = &'p PathMatch>) -> Self {
        let mut names = Self { exact: HashMap::new(), extension: HashMap::new(), wild: Vec::new(), except: Vec::new() };
        for (at, rule) in rules.enumerate() {
            for name in rule.names.iter().map(|name| lower(name.rsplit('/').next().unwrap_or(name))) {
                match name.strip_prefix(b"*.") {
                    _ if !name.contains(&b'*') => names.exact.entry(name).or_default().push(at),
                    Some(rest) if !rest.iter().any(|byte| matches!(byte, b'*' | b'.')) => {
                        names.extension.entry(rest.to_vec()).or_default().push(at);
                    }
                    _ => names.wild.push((name, at)),
                }
            }
            names.except.push(rule.except.iter().map(|name| lower(name)).collect());
        }
        names
    }

    /// The rules that a file of that name may belong to, rising.
    pub fn of(&self, name: &[u8]) -> Vec<usize> {
        let name = name.to_ascii_lowercase();
        let dot = name.iter().rposition(|byte| *byte == b'.');
        let extension = dot.and_then(|dot| self.extension.get(&name[dot + 1..]));
        let listed = self.exact.get(&name).into_iter().chain(extension).flatten().copied();
        let wild = self.wild.iter().filter(|(pattern, _)| fits(pattern, &name)).map(|(_, at)| *at);
        let mut found: Vec<usize> = listed.chain(wild).collect();
        found.sort_unstable();
        found.dedup();
        found.retain(|at| !self.except[*at].iter().any(|pattern| fits(pattern, &name)));
        found
    }
}

fn lower(text: &str) -> Vec<u8> {
    text.to_ascii_lowercase().into_bytes()
}

/// Whether `name` is what `pattern` says, in which `*` stands for any bytes, also for none.
pub fn fits(pattern: &[u8], name: &[u8]) -> bool {
    let mut parts = pattern.split(|byte| *byte == b'*');
    let Some(rest) = parts.next().and_then(|first| name.strip_prefix(first)) else { return false };
    let mut rest = rest;
    let mut parts: Vec<&[u8]> = parts.collect();
    let Some(last) = parts.pop() else { return rest.is_empty() };
    for part in parts {
        match memchr::memmem::find(rest, part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_star_stands_for_any_bytes() {
        for (pattern, name, expected) in [
            (".env", ".env", true),
            (".env", ".env.local", false),
            (".env.*", ".env.local", true),
            (".env.*", ".env.", true),
            (".env.*", ".env", false),
            ("*.pem", "a.b.pem", true),
            ("*.pem", ".pem", true),
            ("*-key*.pem", "tls-key-1.pem", true),
            ("*-key*.pem", "tls-key.pe", false),
            ("a*a", "a", false),
            ("a*a", "aa", true),
            ("", "", true),
            ("", "x", false),
        ] {
            assert_eq!(fits(pattern.as_bytes(), name.as_bytes()), expected, "{pattern} {name}");
        }
    }

    proptest! {
        #[test]
        fn a_pattern_fits_what_a_regular_expression_fits(pattern in "[ab*]{0,6}", name in "[ab]{0,8}") {
            let regex = regex::Regex::new(&format!("^{}$", pattern.replace('*', ".*"))).expect("because the pattern is plain");
            prop_assert_eq!(fits(pattern.as_bytes(), name.as_bytes()), regex.is_match(&name));
        }

        #[test]
        fn the_tables_tell_what_the_patterns_tell(name in "[.ab]{0,6}", names in prop::collection::vec("[.ab*]{1,5}", 1..6)) {
            let rule = PathMatch {
                names: names.iter().map(|name| name.clone().into()).collect::<Vec<_>>().into(),
                except: Vec::new().into(),
                content: Default::default(),
                pattern: None,
            };
            let expected = names.iter().any(|pattern| fits(pattern.as_bytes(), name.as_bytes()));
            prop_assert_eq!(!Names::new([&rule].into_iter()).of(name.as_bytes()).is_empty(), expected);
        }
    }
}
