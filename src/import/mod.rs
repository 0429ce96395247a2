//! Moving in: configuration of other tools as configuration of this one.
//!
//! Each source is read as untrusted text and becomes files to write and an [`Outcome`], which says of every part of the source whether it
//! was taken, as what, or left, and why: nothing is dropped silently. Knows nothing of the command line, and writes no file itself.

mod bound;
pub mod detect_secrets;
pub mod gitleaks;
pub mod gitleaksignore;
mod lines;
pub mod outcome;
mod path_regex;
pub mod trufflehog;
pub mod write;

use std::path::PathBuf;

pub use outcome::{Left, Outcome, Taken};
pub use write::{Additions, Refused};

/// What an import makes of its source.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Imported {
    /// Files to write, in the order in which they are shown. Empty if there is nothing to say.
    pub drafts: Vec<Draft>,
    /// What to add to the configuration of the folder that the user chose.
    pub config: Additions,
    /// What was taken and what was not.
    pub outcome: Outcome,
}

/// A file that an import wants written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// Relative to the folder that the user chose, `/` between the parts.
    pub path: PathBuf,
    /// All of it.
    pub text: String,
}
