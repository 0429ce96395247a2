//! Comparing contents by lines and trees by names: what is new against what was there before.
//!
//! Knows nothing of where the two sides come from: the index and HEAD, or a commit and its parents.

pub(super) mod added_lines;
pub(super) mod moved;

use std::cmp::Ordering;

/// Folders nested deeper than this are not compared. git itself stops at 2,048.
pub(super) const DEEPEST: u32 = 1024;
/// Largest tree object that is read, in bytes.
pub(super) const LARGEST_TREE: u64 = 1 << 30;
/// Paths of removed files that are collected as possible old sides of moved ones.
pub(super) const MOST_REMOVED: usize = 1_000_000;

/// The order of names in a tree, in which a folder's name ends with `/`. Names with `true` are folders.
pub(super) fn git_order(a: (&[u8], bool), b: (&[u8], bool)) -> Ordering {
    let common = a.0.len().min(b.0.len());
    let next = |(name, is_folder): (&[u8], bool)| name.get(common).copied().or(is_folder.then_some(b'/'));
    a.0[..common].cmp(&b.0[..common]).then_with(|| next(a).cmp(&next(b))).then_with(|| a.0.len().cmp(&b.0.len()))
}
