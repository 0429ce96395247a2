//! Environments of a deployment, such as staging and production, and which of them a place in a file belongs to.
//!
//! Told by the path, and by what the text around the place says ([`outline`]). The words and paths are the defaults here and what a
//! configuration adds. Knows nothing of secrets, rules or where files come from.

pub mod outline;
mod path;
mod words;

use crate::exceptions::Glob;
use crate::finding::Surroundings;
use path::Says;
use words::Words;

/// Name of the environment that everything among tests belongs to.
const TEST: &str = "test";
/// The environments that are known, with the words that mean them, and whether what they share with another one is worth a finding.
const DEFAULTS: [(&str, &[&str], bool); 4] = [
    ("dev", &["dev", "devel", "development", "nonprod", "nonproduction"], false),
    (TEST, &[TEST, "testing", "qa"], false),
    ("staging", &["staging", "stage", "stg", "uat", "preprod", "preproduction"], true),
    ("prod", &["prod", "prd", "production"], true),
];

/// Other names of those: what a configuration says of `production` it says of `prod`.
const SYNONYMS: [(&str, &str); 7] = [
    ("production", "prod"),
    ("prd", "prod"),
    ("development", "dev"),
    ("devel", "dev"),
    ("stage", "staging"),
    ("stg", "staging"),
    ("testing", "test"),
];

/// Every environment that counts.
#[derive(Clone, Debug)]
pub struct Environments {
    known: Vec<Environment>,
    words: Words,
    /// Paths of files, and the number of their environment; the last one that fits counts.
    paths: Vec<(Glob, usize)>,
}

#[derive(Clone, Debug)]
struct Environment {
    name: String,
    is_guarded: bool,
    is_enabled: bool,
}

/// What a configuration says of one environment.
#[derive(Clone, Debug, Default)]
pub struct Change {
    /// Further words that mean it. Whatever they meant before.
    pub names: Vec<String>,
    /// Files that belong to it, whatever they are called and hold.
    pub paths: Vec<Glob>,
    /// Whether what it shares with another one is worth a finding. None: as before.
    pub guarded: Option<bool>,
    /// Whether there is such an environment at all. None: as before.
    pub enabled: Option<bool>,
}

impl Default for Environments {
    fn default() -> Self {
        let (mut known, mut words) = (Vec::new(), Words::default());
        for (name, meant_by, is_guarded) in DEFAULTS {
            meant_by.iter().for_each(|word| words.insert(word, known.len()));
            known.push(Environment { name: name.to_owned(), is_guarded, is_enabled: true });
        }
        Self { known, words, paths: Vec::new() }
    }
}

impl Environments {
    /// Changes the environment called `name`, or adds it; its own name means it. One that is new is guarded unless `change` says otherwise.
    pub fn change(&mut self, name: &str, change: Change) {
        let name = name.to_ascii_lowercase();
        let name = SYNONYMS.iter().find(|(other, _)| *other == name).map_or(name.as_str(), |(_, name)| name);
        let at = self.known.iter().position(|known| known.name == name).unwrap_or_else(|| {
            self.words.insert(name, self.known.len());
            self.known.push(Environment { name: name.to_owned(), is_guarded: true, is_enabled: true });
            self.known.len() - 1
        });
        change.names.iter().for_each(|word| self.words.insert(word, at));
        self.paths.extend(change.paths.into_iter().map(|glob| (glob, at)));
        let own = &mut self.known[at];
        own.is_guarded = change.guarded.unwrap_or(own.is_guarded);
        own.is_enabled = change.enabled.unwrap_or(own.is_enabled);
    }

    /// The environment, by name, of a place in the file at `path` from the top of its repository. What a configuration says of the path comes
    /// first, then that tests are tests and examples nothing, then what the place stands in, then the path, then hints.
    pub fn of(&self, path: &[u8], around: Option<&Surroundings>) -> Option<&str> {
        let at = self.number(path, around)?;
        Some(&self.known[at]).filter(|known| known.is_enabled).map(|known| known.name.as_str())
    }

    fn number(&self, path: &[u8], around: Option<&Surroundings>) -> Option<usize> {
        if let Some((_, at)) = self.paths.iter().rev().find(|(glob, _)| glob.matches(path)) {
            return Some(*at);
        }
        let first = |names: &[String]| names.iter().find_map(|name| self.words.of(name.as_bytes()));
        let by_path = path::says(path, &self.words);
        match by_path {
            Says::Tests => return self.known.iter().position(|known| known.name == TEST),
            Says::Example => return None,
            Says::Environment(_) | Says::Nothing => {}
        }
        let by_path = if let Says::Environment(at) = by_path { Some(at) } else { None };
        around.and_then(|around| first(&around.within)).or(by_path).or_else(|| around.and_then(|around| first(&around.hints)))
    }

    /// Whether a secret in these environments, by name and each once, is worth a finding.
    pub fn is_shared(&self, environments: &[&str]) -> bool {
        let is_guarded = |name: &&str| self.known.iter().any(|known| known.name == **name && known.is_guarded);
        environments.len() > 1 && environments.iter().any(is_guarded)
    }

    /// The default environments, for people: each with its words and whether it is guarded.
    pub fn defaults() -> impl Iterator<Item = (&'static str, &'static [&'static str], bool)> {
        DEFAULTS.into_iter()
    }
}

#[cfg(test)]
mod tests;
