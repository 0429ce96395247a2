//! Exceptions for secrets that another tool ignored: each bound to one secret in one file.

use std::collections::HashSet;

use crate::exceptions::{Exception, ExceptionEntry, LONGEST_TERM, Origin};
use crate::finding::Finding;

use super::Additions;

/// Why a secret does not count, as the other tool has it.
#[derive(Clone, Copy)]
pub(super) struct Reason<'r>(pub &'r str);

/// Exceptions, each once.
#[derive(Default)]
pub(super) struct Exceptions {
    entries: Vec<ExceptionEntry>,
    known: HashSet<(String, String)>,
}

impl Exceptions {
    /// Adds one for each of `found` at `path`; what became of them in words.
    ///
    /// # Errors
    /// The path is such that no exception can name it.
    pub(super) fn add(&mut self, found: &[&Finding], path: &str, reason: Reason<'_>) -> Result<String, String> {
        let mut names = Vec::new();
        for finding in found {
            let fingerprint = finding.fingerprint.as_str().to_owned();
            let reason: String = reason.0.chars().filter(|c| !c.is_control()).take(LONGEST_TERM).collect();
            let entry = ExceptionEntry {
                fingerprint: Some(fingerprint.clone()),
                path: Some(literal(path)),
                reason: Some(reason),
                ..ExceptionEntry::default()
            };
            Exception::new(entry.clone(), Origin::default()).map_err(|wrong| wrong.why)?;
            names.push(format!("{} {}", finding.rule.id, finding.masked));
            if self.known.insert((fingerprint, path.to_owned())) {
                self.entries.push(entry);
            }
        }
        names.sort();
        names.dedup();
        Ok(names.join(", "))
    }

    pub(super) fn into_additions(self) -> Additions {
        Additions { exceptions: self.entries, ..Additions::default() }
    }
}

/// A pattern that stands for `path`: what would be a sign of a pattern is any byte.
fn literal(path: &str) -> String {
    path.replace(['*', '?', '[', ']', '{', '}'], "?")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exceptions::Glob;

    #[test]
    fn a_path_stands_for_itself() {
        for path in ["a/b.py", "[id]/{x}.ts", "a*b?c", "ü b"] {
            let glob = Glob::new(&literal(path)).expect("because it is a pattern");
            assert!(glob.matches(path.as_bytes()) && !glob.matches(b"a/c.py"), "{path}");
        }
    }
}
