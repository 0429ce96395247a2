//! Files that a repository should not store, whatever stands in them: environment files, private keys, keystores.
//!
//! Told by the file's name, its folder and a look at its content. Knows nothing of git: whether a repository stores the file is for the caller
//! to find out, and costs more than the name.

mod content;
mod names;
mod place;

use self::content::Content;
use self::names::Names;
use super::Input;
use crate::finding::{Confidence, Evidence};
use crate::rules::schema::{PathMatch, Text};
use crate::rules::{RuleIndex, RuleSet};

/// A file that a rule is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileMatch {
    /// Which rule.
    pub rule: RuleIndex,
    /// How sure.
    pub confidence: Confidence,
    /// Why. Holds nothing of the content.
    pub evidence: Vec<Evidence>,
}

/// All rules about files.
pub struct Policies {
    names: Names,
    rules: Vec<Policy>,
}

struct Policy {
    index: RuleIndex,
    /// Folders and names in lower case; no folder where it may be any.
    places: Vec<(Option<Vec<u8>>, Vec<u8>)>,
    content: Content,
}

impl Policies {
    /// Takes the rules about files out of `rules`, those that are disabled aside.
    pub fn new(rules: &RuleSet) -> Self {
        let in_force = || rules.iter().filter(|(_, entry)| !entry.is_disabled);
        let about_files = || in_force().filter_map(|(index, entry)| Some((index, entry.rule.path.as_ref()?)));
        let policies = about_files().map(|(index, path)| Policy { index, places: places(path), content: Content::new(path) });
        Self { names: Names::new(about_files().map(|(_, path)| path)), rules: policies.collect() }
    }

    /// Whether a file of that name, without folders, can be one. Cheap: most names are none.
    pub fn is_named(&self, name: &[u8]) -> bool {
        !self.names.of(name).is_empty()
    }

    /// The rules that a file at that path may belong to by its name, by index.
    pub fn names_of(&self, path: &[u8]) -> impl Iterator<Item = RuleIndex> {
        self.names.of(split(path).1).into_iter().map(|at| self.rules[at].index)
    }

    /// What the name and the content say, whatever folder the file lies in: every rule that may be about it, by index.
    pub fn by_content(&self, rules: &RuleSet, input: Input<'_>) -> Vec<FileMatch> {
        let (_, name) = split(input.path);
        let fitting = self.names.of(name).into_iter().map(|at| &self.rules[at]);
        fitting.filter_map(|policy| policy.content.judge(policy.index, rules, input.bytes)).collect()
    }

    /// What `found` is at the path `whole` from the top of its repository; `None` where its rule asks for another folder. Among tests and examples it
    /// is mostly made up.
    pub fn in_place(&self, mut found: FileMatch, whole: &[u8]) -> Option<FileMatch> {
        let policy = self.rules.iter().find(|policy| policy.index == found.rule)?;
        let path = whole.to_ascii_lowercase();
        let (above, name) = split(&path);
        let (_, folder) = split(above);
        let fits = |(wanted, pattern): &(Option<Vec<u8>>, Vec<u8>)| {
            wanted.as_ref().is_none_or(|wanted| names::fits(wanted, folder)) && names::fits(pattern, name)
        };
        if !policy.places.iter().any(fits) {
            return None;
        }
        if place::is_made_up(whole) {
            found.confidence = Confidence::Low;
            found.evidence.push(Evidence::opposing("place", "among tests or examples"));
        }
        Some(found)
    }

    /// What the file at that path from the top of its repository is; of several rules the surest, and of those the one of the worst.
    pub fn of(&self, rules: &RuleSet, input: Input<'_>) -> Option<FileMatch> {
        let all = self.by_content(rules, input);
        best(rules, all.into_iter().filter_map(|found| self.in_place(found, input.path)))
    }
}

fn places(path: &PathMatch) -> Vec<(Option<Vec<u8>>, Vec<u8>)> {
    let lower = |text: &str| text.to_ascii_lowercase().into_bytes();
    let place = |name: &Text| match name.split_once('/') {
        Some((folder, name)) => (Some(lower(folder)), lower(name)),
        None => (None, lower(name)),
    };
    path.names.iter().map(place).collect()
}

/// The one of `all` that speaks for a file.
pub fn best(rules: &RuleSet, all: impl Iterator<Item = FileMatch>) -> Option<FileMatch> {
    all.max_by_key(|found| (found.confidence, rules.get(found.rule).rule.severity, std::cmp::Reverse(found.rule)))
}

/// What a path says of the folders above, and the name.
fn split(path: &[u8]) -> (&[u8], &[u8]) {
    match path.iter().rposition(|byte| *byte == b'/') {
        Some(slash) => (&path[..slash], &path[slash + 1..]),
        None => (b"", path),
    }
}

#[cfg(test)]
mod tests;
