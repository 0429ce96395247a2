//! A baseline as text, there and back.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{Baseline, Entry, KEPT_BYTES, Salt, Scope};
use crate::exceptions::{Day, Terms};

/// Version of the format.
pub const VERSION: u32 = 1;
/// Largest text that is read, in bytes.
pub const LARGEST: usize = 64 << 20;

/// Why a text is not taken for a baseline. Holds none of it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BaselineError {
    /// Not even its first line.
    #[error("it is no baseline: its first line names no version and no salt; `keysieve baseline create` makes one")]
    NoBaseline,
    /// Made by a later version of this program.
    #[error("it has format version {0}, and this keysieve knows version {VERSION}; update keysieve")]
    Newer(u64),
    /// An entry that cannot be read.
    #[error("line {line} is no entry ({why}); if the file was cut off, take it back from git: `git checkout -- FILE`")]
    Entry {
        /// Its number, from 1.
        line: usize,
        /// What is wrong.
        why: String,
    },
    /// git could not merge it and wrote both sides.
    #[error("line {0} is a conflict marker of git; `keysieve baseline merge` merges such files, see docs/exceptions.md")]
    Unmerged(usize),
    /// Larger than [`LARGEST`].
    #[error("it is larger than {} MiB", LARGEST >> 20)]
    TooLarge,
}

#[derive(Serialize)]
struct HeaderLine {
    keysieve_baseline: u32,
    salt_hex: String,
    scan: Scope,
}

/// What all versions have in common.
#[derive(Deserialize)]
struct AnyHeader {
    keysieve_baseline: u64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Header {
    #[serde(rename = "keysieve_baseline")]
    _version: u32,
    salt_hex: String,
    #[serde(default)]
    scan: Scope,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct EntryLine {
    hash: String,
    rule: String,
    paths: BTreeSet<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    owner: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    expires: Option<Day>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    approved_by: Option<String>,
}

impl Baseline {
    /// Reads a baseline.
    ///
    /// # Errors
    /// It is not one, or not whole, or of a later version.
    pub fn parse(bytes: &[u8]) -> Result<Self, BaselineError> {
        if bytes.len() > LARGEST {
            return Err(BaselineError::TooLarge);
        }
        let mut lines = (1..).zip(bytes.split(|byte| *byte == b'\n').map(|line| line.strip_suffix(b"\r").unwrap_or(line)));
        if let Some(line) = unmerged(bytes) {
            return Err(BaselineError::Unmerged(line));
        }
        let first = lines.next().map(|(_, line)| line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line)).unwrap_or_default();
        let mut baseline = header(first)?;
        for (number, line) in lines.filter(|(_, line)| !line.trim_ascii().is_empty()) {
            baseline.read(number, line)?;
        }
        Ok(baseline)
    }

    /// The text, ending in a line feed. The same baseline gives the same bytes.
    pub fn to_text(&self) -> String {
        // Under the name `salt` alone, this program itself would take it for a credential.
        let salt_hex = data_encoding::HEXLOWER.encode(&self.salt.0);
        let mut text = json(&HeaderLine { keysieve_baseline: VERSION, salt_hex, scan: self.scope });
        for ((hash, rule), entry) in &self.entries {
            let Terms { reason, owner, expires, approved_by } = entry.terms.clone();
            let (hash, rule, paths) = (hash.clone(), rule.clone(), entry.paths.clone());
            text.push_str(&json(&EntryLine { hash, rule, paths, reason, owner, expires, approved_by }));
        }
        text
    }

    fn read(&mut self, line: usize, text: &[u8]) -> Result<(), BaselineError> {
        let wrong = |why: &str| BaselineError::Entry { line, why: why.to_owned() };
        let entry: EntryLine = serde_json::from_slice(text).map_err(|error| wrong(&told(&error)))?;
        let is_hash = entry.hash.len() == 2 * KEPT_BYTES && entry.hash.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        if !is_hash {
            return Err(wrong("`hash` is not 32 hex digits"));
        }
        let EntryLine { hash, rule, paths, reason, owner, expires, approved_by } = entry;
        let terms = Terms { reason, owner, expires, approved_by };
        let own = Entry { paths, terms, line: u32::try_from(line).unwrap_or(u32::MAX) };
        match self.entries.entry((hash, rule)) {
            std::collections::btree_map::Entry::Vacant(place) => {
                place.insert(own);
            }
            // A merge by lines can leave two of one.
            std::collections::btree_map::Entry::Occupied(mut known) => known.get_mut().absorb(own),
        }
        Ok(())
    }
}

impl Entry {
    /// Takes in another entry for the same secret: the sooner end counts, of other words the first.
    fn absorb(&mut self, other: Self) {
        self.paths.extend(other.paths);
        let (own, other) = (&mut self.terms, other.terms);
        own.reason = own.reason.take().or(other.reason);
        own.owner = own.owner.take().or(other.owner);
        own.approved_by = own.approved_by.take().or(other.approved_by);
        own.expires = own.expires.into_iter().chain(other.expires).min();
    }
}

fn header(line: &[u8]) -> Result<Baseline, BaselineError> {
    let any: AnyHeader = serde_json::from_slice(line).map_err(|_| BaselineError::NoBaseline)?;
    if any.keysieve_baseline > u64::from(VERSION) {
        return Err(BaselineError::Newer(any.keysieve_baseline));
    }
    let header: Header = serde_json::from_slice(line).map_err(|_| BaselineError::NoBaseline)?;
    let salt = data_encoding::HEXLOWER.decode(header.salt_hex.as_bytes()).ok().and_then(|salt| salt.try_into().ok());
    Ok(Baseline::new(Salt(salt.ok_or(BaselineError::NoBaseline)?), header.scan))
}

/// The first line that git writes around what it could not merge.
fn unmerged(bytes: &[u8]) -> Option<usize> {
    let is_mark = |line: &[u8]| [&b"<<<<<<<"[..], b"=======", b">>>>>>>", b"|||||||"].iter().any(|mark| line.starts_with(mark));
    bytes.split(|byte| *byte == b'\n').position(is_mark).map(|at| at + 1)
}

/// What a parser says, without the place in the line, and without what stands there.
fn told(error: &serde_json::Error) -> String {
    match error.classify() {
        serde_json::error::Category::Eof => "it ends too early".to_owned(),
        serde_json::error::Category::Data => {
            let text = error.to_string();
            let text = text.split(" at line ").next().unwrap_or_default();
            text.split(", expected one of").next().unwrap_or_default().chars().take(120).collect()
        }
        _ => "it is not JSON".to_owned(),
    }
}

fn json(line: &impl Serialize) -> String {
    let mut text = serde_json::to_string(line).expect("because strings and numbers can always be written");
    text.push('\n');
    text
}
