//! Everything that a repository stores.

pub mod commits;
pub mod delta;
pub mod graph;
pub mod ids;
pub mod names;
pub mod pack;
pub mod refs;
pub mod store;
pub mod trees;
