//! Bytes in, matches out. Knows nothing of files, git or threads.

pub mod check;
pub mod known;
