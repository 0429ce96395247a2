//! What an import took from its source and what it left. Texts may come from the source: whoever shows them to a person escapes them.

use serde::Serialize;

/// The outcome of one import.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Outcome {
    /// What was taken, in the order of the source.
    pub taken: Vec<Taken>,
    /// What was not, in the order of the source.
    pub left: Vec<Left>,
    /// What a reader should know about the whole, one sentence each.
    pub notes: Vec<String>,
}

/// A part of the source that was taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Taken {
    /// What it is in the source's own words, such as ``rule `acme-token` ``.
    pub what: String,
    /// Line of the source, from 1; none for what concerns the whole.
    pub line: Option<u32>,
    /// What it became, such as ``rule `imported.acme-token` ``.
    pub became: String,
}

/// A part of the source that was not taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Left {
    /// What it is in the source's own words.
    pub what: String,
    /// Line of the source, from 1; none for what concerns the whole.
    pub line: Option<u32>,
    /// Why it was not taken, and what to do instead if something can be done.
    pub why: String,
}

impl Outcome {
    /// Notes that a part was taken.
    pub fn take(&mut self, what: impl Into<String>, line: Option<u32>, became: impl Into<String>) {
        self.taken.push(Taken { what: what.into(), line, became: became.into() });
    }

    /// Notes that a part was not taken.
    pub fn leave(&mut self, what: impl Into<String>, line: Option<u32>, why: impl Into<String>) {
        self.left.push(Left { what: what.into(), line, why: why.into() });
    }

    /// Notes something about the whole.
    pub fn note(&mut self, sentence: impl Into<String>) {
        self.notes.push(sentence.into());
    }
}
