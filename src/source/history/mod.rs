//! Everything that a repository stores.

pub mod delta;
pub mod pack;
