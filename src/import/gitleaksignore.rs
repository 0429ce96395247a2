//! `.gitleaksignore`: findings that are ignored by commit, file, rule and line. Here they become exceptions for the secrets on those lines.
//!
//! An entry is what gitleaks prints as the fingerprint of a finding. Its line says nothing of the secret, so someone else looks what stands on it
//! now, or stood on it in its commit; this module reads the entries, and decides from what was found there. Knows nothing of files and of git.
//! Source: README of gitleaks, "`.gitleaksignore`", and fingerprints that gitleaks 8 printed.

use std::collections::HashSet;

use crate::finding::Finding;

use super::bound::{Exceptions, Reason};
use super::gitleaks::defaults;
use super::{Imported, Outcome};

/// Largest file, in bytes.
pub const LARGEST: u64 = 4 << 20;
/// Most entries.
pub const MOST: usize = 20_000;
/// What a reason says if no comment says more.
const REASON: &str = "ignored in .gitleaksignore";

/// One line of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its line in the file, from 1.
    pub number: u32,
    /// The commit in hex, if it names one.
    pub commit: Option<String>,
    /// The path from the top of the repository, `/` between parts.
    pub path: String,
    /// The rule of gitleaks.
    pub rule: String,
    /// The line that the finding begins on, from 1.
    pub line: u32,
    /// What the comment above it says.
    pub comment: Option<String>,
}

/// What was found where an entry points.
pub enum Look<'f> {
    /// It could not be looked at, and why.
    Unread(String),
    /// All secrets that touch the line.
    Found(Vec<&'f Finding>),
}

/// Reads the entries. What is none goes to `outcome`.
pub fn parse(text: &str, outcome: &mut Outcome) -> Vec<Entry> {
    let mut entries = Vec::new();
    let mut comment = None;
    for (number, line) in (1_u32..).zip(text.lines()) {
        let line = line.trim();
        if line.is_empty() {
            comment = None;
        } else if let Some(words) = line.strip_prefix('#') {
            comment = Some(words.trim_start_matches('#').trim().to_owned()).filter(|words| !words.is_empty());
        } else if entries.len() >= MOST {
            outcome.leave("the rest of the file", Some(number), format!("more than {MOST} entries are too many: make a baseline instead"));
            break;
        } else {
            match entry(line, number, comment.clone()) {
                Ok(entry) => entries.push(entry),
                Err(why) => outcome.leave(format!("`{}`", crate::config::shown(line)), Some(number), why),
            }
        }
    }
    entries
}

fn entry(text: &str, number: u32, comment: Option<String>) -> Result<Entry, &'static str> {
    let wrong = "it is no entry: they are COMMIT:FILE:RULE:LINE or FILE:RULE:LINE";
    let (rest, line) = text.rsplit_once(':').ok_or(wrong)?;
    let (rest, rule) = rest.rsplit_once(':').ok_or(wrong)?;
    let line = line.parse().ok().filter(|line| *line > 0).ok_or(wrong)?;
    let is_commit = |text: &str| matches!(text.len(), 40 | 64) && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let (commit, path) = match rest.split_once(':') {
        Some((commit, path)) if is_commit(commit) => (Some(commit.to_ascii_lowercase()), path),
        _ => (None, rest),
    };
    let path = path.replace('\\', "/");
    let path = path.strip_prefix("./").unwrap_or(&path);
    if path.is_empty() || rule.is_empty() {
        return Err(wrong);
    }
    if path.starts_with('/') || path.as_bytes().get(1) == Some(&b':') || path.split('/').any(|part| part == "..") {
        return Err("its path does not begin at the top of the repository");
    }
    Ok(Entry { number, commit, path: path.to_owned(), rule: rule.to_owned(), line, comment })
}

impl Entry {
    /// It in words.
    fn what(&self) -> String {
        let commit = self.commit.as_ref().map_or_else(String::new, |commit| format!(" in {}", commit.get(..10).unwrap_or(commit)));
        format!("`{}` on {}:{}{commit}", crate::config::shown(&self.rule), self.path, self.line)
    }
}

/// Decides over `entries` from what `look` found for each of them. `families` are the first parts of the ids of all rules.
pub fn import<'f>(entries: &[Entry], families: &HashSet<String>, mut outcome: Outcome, look: impl Fn(&Entry) -> Look<'f>) -> Imported {
    let mut exceptions = Exceptions::default();
    for entry in entries {
        let chosen = match look(entry) {
            Look::Unread(why) => Err(why),
            Look::Found(found) => chosen(entry, found, families),
        };
        let reason = Reason(entry.comment.as_deref().unwrap_or(REASON));
        match chosen.and_then(|chosen| exceptions.add(&chosen, &entry.path, reason)) {
            Ok(names) => outcome.take(entry.what(), Some(entry.number), format!("an exception for {names}")),
            Err(why) => outcome.leave(entry.what(), Some(entry.number), why),
        }
    }
    outcome.left.sort_by_key(|left| left.line);
    Imported { config: exceptions.into_additions(), outcome, ..Imported::default() }
}

/// Those of `found` that the entry is about.
///
/// # Errors
/// There is none, or it cannot be known.
fn chosen<'f>(entry: &Entry, found: Vec<&'f Finding>, families: &HashSet<String>) -> Result<Vec<&'f Finding>, String> {
    if found.is_empty() {
        return Err("keysieve finds no secret on that line: there is nothing to except, or it has moved".to_owned());
    }
    let own: Vec<&Finding> = found.iter().copied().filter(|finding| speaks_of(&entry.rule, &finding.rule.id)).collect();
    let rules: HashSet<&str> = own.iter().map(|finding| finding.rule.id.as_str()).collect();
    if rules.len() == 1 {
        return Ok(own);
    }
    let named = |found: &[&Finding]| {
        let mut names: Vec<&str> = found.iter().map(|finding| finding.rule.id.as_str()).collect();
        names.sort_unstable();
        names.join(", ")
    };
    let fingerprints: HashSet<&str> = found.iter().map(|finding| finding.fingerprint.as_str()).collect();
    if fingerprints.len() > 1 {
        return Err(format!(
            "that line holds several secrets ({}), and which one is meant cannot be known: except it by its fingerprint",
            named(&found)
        ));
    }
    // Another provider's token stands there, which nobody decided over.
    let provider = first_word(&entry.rule);
    let is_specific = provider != "generic" && families.contains(provider);
    if is_specific && found.iter().any(|finding| family(&finding.rule.id) != "generic") {
        return Err(format!("what stands on that line is something else: {}", named(&found)));
    }
    Ok(found)
}

/// Whether the rule `theirs` of gitleaks names what our rule `ours` does: its provider or its kind.
fn speaks_of(theirs: &str, ours: &str) -> bool {
    let theirs = theirs.to_ascii_lowercase();
    if defaults::same(&theirs) == Some(ours) {
        return true;
    }
    first_word(&theirs) == family(ours)
        || ours.split_once('.').is_some_and(|(_, kind)| kind == theirs)
        || theirs.replace('-', "") == family(ours)
}

fn first_word(rule: &str) -> &str {
    rule.split(['-', '_', '.']).next().unwrap_or(rule)
}

fn family(rule: &str) -> &str {
    rule.split('.').next().unwrap_or(rule)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> (Vec<Entry>, Outcome) {
        let mut outcome = Outcome::default();
        (parse(text, &mut outcome), outcome)
    }

    #[test]
    fn entries_name_a_commit_or_none() {
        let commit = "0123456789abcdef0123456789abcdef01234567";
        let text = format!("\u{23} ours\n{commit}:a/b.py:github-pat:12\r\n\n  a\\b c.py:generic-api-key:1  \n./dir/x:y:rule:3\n");
        let (entries, outcome) = parsed(&text);
        let short: Vec<_> =
            entries.iter().map(|entry| (entry.commit.is_some(), entry.path.as_str(), entry.rule.as_str(), entry.line)).collect();
        assert_eq!(short, [(true, "a/b.py", "github-pat", 12), (false, "a/b c.py", "generic-api-key", 1), (false, "dir/x:y", "rule", 3)]);
        assert_eq!((entries[0].comment.as_deref(), entries[1].comment.as_deref()), (Some("ours"), None));
        assert_eq!((entries[2].number, outcome.left.len()), (5, 0));
    }

    #[test]
    fn what_is_no_entry_is_told_with_its_line() {
        for wrong in ["x", "a:b", "a:b:c", "a:b:0", ":b:1", "a::1", "/abs/a:r:1", "C:\\x\\a:r:1", "../a:r:1", "a:b:99999999999", "a:r:-1"] {
            let (entries, outcome) = parsed(&format!("\n{wrong}\n"));
            assert!(entries.is_empty() && outcome.left.len() == 1 && outcome.left[0].line == Some(2), "{wrong}: {entries:?}");
        }
        let (entries, outcome) = parsed(&"a:r:1\n".repeat(MOST + 5));
        assert_eq!((entries.len(), outcome.left.len()), (MOST, 1));
    }

    #[test]
    fn rules_are_known_by_their_provider_or_their_kind() {
        for (theirs, ours, is_so) in [
            ("github-pat", "github.personal-access-token", true),
            ("private-key", "privatekey.rsa", true),
            ("generic-api-key", "generic.api-key", true),
            ("slack-bot-token", "github.personal-access-token", false),
            ("jwt", "jwt.token", true),
        ] {
            assert_eq!(speaks_of(theirs, ours), is_so, "{theirs} {ours}");
        }
    }
}
