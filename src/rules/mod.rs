//! Rules as data: the schema as written, the built-in table, the set of rules in force.
//!
//! Knows nothing of the files that are scanned, nor of threads.

mod breaks;
mod builtin;
pub mod example;
mod kept;
pub mod lint;
pub mod phases;
mod ruleset;
pub mod schema;
pub mod search;
mod searchlint;
pub mod step;

pub use kept::Kept;
pub use ruleset::{Change, RuleEntry, RuleIndex, RuleSet};
