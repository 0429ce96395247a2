//! What was looked at, what was left out on purpose, and what could not be looked at.
//!
//! The difference between the last two is the difference between exit code 0 and 3, so it has types of its own. Knows nothing of
//! rules or findings.

use serde::Serialize;

/// What one scan covered.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Coverage {
    /// Items whose content was scanned (files, staged blobs, standard input).
    pub items: u64,
    /// Bytes of content that were scanned.
    pub bytes: u64,
    /// Left out on purpose, by rules the user can see; sorted.
    pub skipped: Vec<Skip>,
    /// Asked for and not scanned; sorted. Not empty means: incomplete.
    pub incomplete: Vec<Gap>,
}

/// Something left out on purpose, with the number of items it stands for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Skip {
    /// What was left out, in words: `ignored files`, `special file`.
    pub what: String,
    /// Which rule left it out and how to take it in.
    pub why: String,
    /// How many items.
    pub count: u64,
}

/// Something that was asked for and could not be scanned.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Gap {
    /// The file or object, named as the user would name it.
    pub what: String,
    /// What went wrong. Never holds file content.
    pub why: String,
    /// What the user can do about it.
    pub remedy: String,
}

impl Gap {
    /// A gap from its three parts.
    pub fn new(what: impl Into<String>, why: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { what: what.into(), why: why.into(), remedy: remedy.into() }
    }

    /// All three in one line: `data/dump.sql: larger than 64 MiB; see --max-file-size`. Not escaped.
    pub fn sentence(&self) -> String {
        let why = self.why.trim_end_matches('.');
        let remedy = if self.remedy.is_empty() { String::new() } else { format!("; {}", self.remedy) };
        format!("{}: {why}{remedy}", self.what)
    }
}

impl Coverage {
    /// Adds what another part of the same scan covered; skips of the same kind are counted together.
    pub fn absorb(&mut self, other: Self) {
        self.items = self.items.saturating_add(other.items);
        self.bytes = self.bytes.saturating_add(other.bytes);
        for skip in other.skipped {
            self.skip(skip);
        }
        self.incomplete.extend(other.incomplete);
    }

    /// Notes something left out on purpose.
    pub fn skip(&mut self, skip: Skip) {
        match self.skipped.iter_mut().find(|known| known.what == skip.what && known.why == skip.why) {
            Some(known) => known.count = known.count.saturating_add(skip.count),
            None => self.skipped.push(skip),
        }
    }

    /// Puts both lists in their final order.
    pub fn sort(&mut self) {
        self.skipped.sort();
        self.incomplete.sort();
        self.incomplete.dedup();
    }
}
