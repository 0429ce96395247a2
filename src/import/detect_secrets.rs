//! The baseline of detect-secrets: hashes of secrets by file, with what people said of them in an audit.
//!
//! A hash says of a secret that is found whether it is the one that is meant; so exceptions are bound to secrets, whatever their lines are by now.
//! Knows nothing of files: whoever calls it has scanned them. Source: README of detect-secrets, "`detect-secrets audit`" and "Configuration", and
//! baselines that its version 1.5 wrote.

mod filters;
mod spot;

use std::cell::Cell;
use std::collections::{BTreeMap, HashMap};

use serde::Deserialize;

use crate::finding::{Finding, LocationKind};
use crate::source::sha1_hex;

use super::bound::{Exceptions, Reason};
use super::{Imported, Outcome};
use spot::{Spots, Stand};

/// Largest baseline, in bytes.
pub const LARGEST: u64 = 16 << 20;

/// Most texts that are hashed to find out where a secret stands that keysieve takes for another one.
const MOST_HASHES: u64 = 10_000_000;

/// A baseline as it is written. Other keys do not matter here.
#[derive(Debug, Deserialize)]
pub struct Baseline {
    results: BTreeMap<String, Vec<Entry>>,
    #[serde(default)]
    filters_used: Vec<filters::Filter>,
    #[serde(default)]
    plugins_used: Vec<filters::Plugin>,
    /// Versions before 1.0 have filters here.
    #[serde(default)]
    exclude: Option<filters::OldExclude>,
}

/// One secret of one file.
#[derive(Debug, Deserialize)]
struct Entry {
    #[serde(default, rename = "type")]
    kind: String,
    hashed_secret: String,
    #[serde(default)]
    line_number: Option<u32>,
    #[serde(default)]
    is_secret: Option<bool>,
    #[serde(default)]
    is_verified: Option<bool>,
}

/// Why an entry is left whose secret another entry calls real.
const ALSO_REAL: &str = "another entry of the audit says that this secret is real: it stays reported";

/// Findings by path and the SHA-1 of the secret in hex.
type Hashes<'f> = HashMap<(Vec<u8>, String), Vec<&'f Finding>>;

/// Why a source is no baseline.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Unreadable(String);

impl Baseline {
    /// Reads a baseline.
    ///
    /// # Errors
    /// It is no JSON, or not what detect-secrets writes. Says where, and nothing of what stands there.
    pub fn parse(text: &str) -> Result<Self, Unreadable> {
        serde_json::from_str(text).map_err(|error| {
            let place = format!("line {}, column {}", error.line(), error.column());
            Unreadable(match error.classify() {
                serde_json::error::Category::Data => {
                    format!("this is no baseline of detect-secrets: {place} is not what it writes there, or `results` is missing")
                }
                _ => format!("this is no JSON: {place}; `detect-secrets scan > .secrets.baseline` writes a baseline"),
            })
        })
    }
}

/// Makes exceptions of `baseline` for those of `found`, secrets of the whole tree, that it knows. `content` reads a file by its path from the top.
pub fn import(baseline: &Baseline, found: &[Finding], content: &dyn Fn(&str) -> Option<Vec<u8>>) -> Imported {
    let mut outcome = Outcome::default();
    let mut exceptions = Exceptions::default();
    let hashes = by_hash(found);
    let budget = Cell::new(MOST_HASHES);
    for (path, entries) in &baseline.results {
        let path = cleaned(path);
        let mut spots = Spots::new(&path, found, content, &budget);
        let stands: Vec<Stand<'_>> = entries.iter().map(|entry| entry.stand(&path, &hashes, &mut spots)).collect();
        // Two plugins may have found one secret, and only one of the two was judged.
        let real: Vec<&Finding> =
            entries.iter().zip(&stands).filter(|(entry, _)| entry.reason().is_err()).flat_map(|(_, stand)| stand.found()).collect();
        for (entry, stand) in entries.iter().zip(&stands) {
            let is_real = stand.found().any(|own| real.iter().any(|real| std::ptr::eq(*real, own)));
            let reason = entry.reason().and_then(|reason| if is_real { Err(ALSO_REAL) } else { Ok(reason) });
            let became = reason.map_err(str::to_owned).and_then(|reason| match stand {
                Stand::Found(own) => exceptions.add(own, &path, Reason(reason)),
                other => Err(other.why().to_owned()),
            });
            match became {
                Ok(names) => outcome.take(entry.what(&path), None, format!("an exception for {names}")),
                Err(why) => outcome.leave(entry.what(&path), None, why),
            }
        }
    }
    let mut config = exceptions.into_additions();
    filters::import(baseline, &mut config, &mut outcome);
    Imported { config, outcome, ..Imported::default() }
}

impl Entry {
    /// Where it stands.
    fn stand<'f>(&self, path: &str, hashes: &Hashes<'f>, spots: &mut Spots<'f, '_>) -> Stand<'f> {
        let hash = self.hashed_secret.to_ascii_lowercase();
        let known = hashes.get(&(path.to_owned().into_bytes(), hash.clone()));
        known.map_or_else(|| spots.find(&hash, self.line_number), |own| Stand::Found(own.clone()))
    }

    fn what(&self, path: &str) -> String {
        let line = self.line_number.map_or_else(String::new, |line| format!(":{line}"));
        let kind = if self.kind.is_empty() { "secret" } else { &self.kind };
        format!("{} in {path}{line}", crate::config::shown(kind))
    }

    /// Why it does not count.
    ///
    /// # Errors
    /// It counts.
    fn reason(&self) -> Result<&'static str, &'static str> {
        match (self.is_secret, self.is_verified) {
            (Some(true), _) => Err("a real secret according to its audit: rotate it, it stays reported"),
            (_, Some(true)) => Err("detect-secrets verified it with its provider: rotate it, it stays reported"),
            (Some(false), _) => Ok("false positive per detect-secrets audit"),
            (None, _) => Ok("in the detect-secrets baseline, not audited"),
        }
    }
}

/// Findings by path and the SHA-1 of the secret.
fn by_hash(found: &[Finding]) -> Hashes<'_> {
    let mut all = Hashes::new();
    for finding in found {
        for hash in finding.spellings().filter_map(|spelling| sha1_hex(spelling.expose())) {
            for location in finding.locations.iter().filter(|location| location.kind == LocationKind::File) {
                let own = all.entry((location.path.clone(), hash.clone())).or_default();
                if !own.iter().any(|other| std::ptr::eq(*other, finding)) {
                    own.push(finding);
                }
            }
        }
    }
    all
}

fn cleaned(path: &str) -> String {
    let path = path.replace('\\', "/");
    path.strip_prefix("./").unwrap_or(&path).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_baseline_is_told_by_its_place_and_not_by_its_text() {
        let deep = "[".repeat(100_000);
        for (text, why) in [
            ("", "no JSON: line 1"),
            ("secret", "no JSON: line 1, column 1"),
            ("{\"results\": \"secret\"}", "no baseline"),
            ("{}", "no baseline"),
            ("[]", "no baseline"),
            ("{\"results\": {\"a\": [{\"type\": \"secret\"}]}}", "no baseline"),
            (&deep, "no baseline"),
            (&format!("{{\"results\": {{\"a\": {deep}"), "no baseline"),
        ] {
            let said = Baseline::parse(text).map(|_| ()).map_err(|error| error.to_string());
            assert!(said.as_ref().is_err_and(|said| said.contains(why) && !said.contains("secret\"")), "{said:?}");
        }
    }

    #[test]
    fn who_audited_it_decides() {
        let entry = |is_secret, is_verified| Entry {
            kind: "Secret Keyword".to_owned(),
            hashed_secret: String::new(),
            line_number: Some(3),
            is_secret,
            is_verified: Some(is_verified),
        };
        assert_eq!(entry(Some(false), false).reason(), Ok("false positive per detect-secrets audit"));
        assert!(entry(None, false).reason().is_ok_and(|said| said.contains("not audited")));
        assert!(entry(Some(true), false).reason().is_err_and(|said| said.contains("rotate it")));
        assert!(entry(Some(false), true).reason().is_err_and(|said| said.contains("verified")));
        assert_eq!(entry(None, false).what("a.py"), "Secret Keyword in a.py:3");
    }
}
