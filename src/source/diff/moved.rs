//! Where the content of a new path may have come from.
//!
//! Choosing wrongly is harmless: whichever removed file is taken as the old side, only lines that were already there stop counting.

use std::collections::HashMap;
use std::sync::OnceLock;

use gix::ObjectId;
use gix::objs::Kind;

use super::added_lines::{self, lines};
use crate::source::repository::Objects;

/// Removed files that one new file is compared with, at most.
const MOST_CANDIDATES: usize = 50;
/// Comparisons in the whole change, at most. With very many new files each gets fewer.
const MOST_COMPARISONS: usize = 20_000;

/// Removed files whose size is looked up, at most; in a change that removes more, the others are only found by their name.
const MOST_SIZED: usize = 10_000;

/// A file of the old side whose path the new side does not have.
#[derive(Clone, Debug)]
pub(in crate::source) struct Removed {
    pub(in crate::source) path: Vec<u8>,
    pub(in crate::source) blob: ObjectId,
}

/// The removed files, ready to be searched from any thread.
#[derive(Debug)]
pub(in crate::source) struct Origins {
    removed: Vec<Removed>,
    by_name: HashMap<Vec<u8>, Vec<usize>>,
    /// Position in `removed` by size in bytes; made when first needed.
    by_size: OnceLock<Vec<(u64, usize)>>,
    candidates: usize,
}

impl Origins {
    /// `new_paths` is how many paths will be looked up.
    pub(in crate::source) fn new(mut removed: Vec<Removed>, new_paths: usize) -> Self {
        removed.sort_by(|a, b| a.path.cmp(&b.path));
        let mut by_name: HashMap<Vec<u8>, Vec<usize>> = HashMap::new();
        for (at, removed) in removed.iter().enumerate() {
            by_name.entry(file_name(&removed.path).to_vec()).or_default().push(at);
        }
        let candidates = MOST_CANDIDATES.min(MOST_COMPARISONS / new_paths.max(1)).max(1);
        Self { removed, by_name, by_size: OnceLock::new(), candidates }
    }

    /// The contents of all removed files.
    pub(in crate::source) fn blobs(&self) -> impl Iterator<Item = ObjectId> {
        self.removed.iter().map(|removed| removed.blob)
    }

    /// The content of the removed file that `new`, the content of `path`, most likely comes from: one of the same file name,
    /// otherwise one with which it shares more than half of its lines, by bytes. None when it is new.
    pub(in crate::source) fn old_side(&self, path: &[u8], new: &[u8], objects: &Objects) -> Option<Vec<u8>> {
        self.origin(path, new, objects).map(|(_, old)| old)
    }

    /// The same, with the removed file that it is.
    pub(in crate::source) fn origin(&self, path: &[u8], new: &[u8], objects: &Objects) -> Option<(&Removed, Vec<u8>)> {
        if self.removed.is_empty() || !added_lines::is_comparable(new) {
            return None;
        }
        let read = |at: usize| {
            let mut buffer = Vec::new();
            let text = objects.read(&self.removed[at].blob, Kind::Blob, added_lines::LARGEST, &mut buffer).ok()?;
            added_lines::is_comparable(text).then(|| (at, text.to_vec()))
        };
        let known = LineBytes::of(new);
        let most_alike = |candidates: &mut dyn Iterator<Item = usize>, above: f64| {
            let scored = candidates.filter_map(read).map(|old| (known.likeness(&old.1), old)).filter(|(likeness, _)| *likeness > above);
            // The first of equals, so that the choice depends on nothing but the change.
            scored.reduce(|best, next| if next.0 > best.0 { next } else { best }).map(|(_, old)| old)
        };
        let same_name = self.by_name.get(file_name(path)).map(Vec::as_slice).unwrap_or_default();
        most_alike(&mut same_name.iter().copied().take(self.candidates), 0.0)
            .or_else(|| most_alike(&mut self.of_similar_size(new.len() as u64, objects).into_iter(), 0.5))
            .map(|(at, old)| (&self.removed[at], old))
    }

    /// The removed files nearest in size, among those whose size alone does not rule them out.
    fn of_similar_size(&self, size: u64, objects: &Objects) -> Vec<usize> {
        let by_size = self.by_size.get_or_init(|| {
            let sized =
                self.removed.iter().take(MOST_SIZED).enumerate().filter_map(|(at, removed)| Some((objects.size(&removed.blob).ok()?, at)));
            let mut sized: Vec<_> = sized.collect();
            sized.sort_unstable();
            sized
        });
        let from = by_size.partition_point(|(other, _)| *other < size / 2);
        let to = by_size.partition_point(|(other, _)| *other <= size.saturating_mul(2));
        let mut near: Vec<_> = by_size[from..to].iter().map(|(other, at)| (other.abs_diff(size), *at)).collect();
        near.sort_unstable();
        near.into_iter().take(self.candidates).map(|(_, at)| at).collect()
    }
}

/// How often each line stands in a text.
struct LineBytes<'a> {
    counts: HashMap<&'a [u8], u32>,
    bytes: usize,
}

impl<'a> LineBytes<'a> {
    fn of(text: &'a [u8]) -> Self {
        let mut counts = HashMap::new();
        let mut bytes = 0;
        for line in lines(text) {
            *counts.entry(line).or_default() += 1;
            bytes += line.len();
        }
        Self { counts, bytes }
    }

    /// Share of bytes in common lines, from 0 to 1, of the larger of both texts. Line ends do not count.
    fn likeness(&self, other: &[u8]) -> f64 {
        let mut left: HashMap<&[u8], u32> = HashMap::new();
        let (mut shared, mut bytes) = (0, 0);
        for line in lines(other) {
            bytes += line.len();
            let Some(&available) = self.counts.get(line) else { continue };
            let left = left.entry(line).or_insert(available);
            if *left > 0 {
                *left -= 1;
                shared += line.len();
            }
        }
        shared as f64 / self.bytes.max(bytes).max(1) as f64
    }
}

fn file_name(path: &[u8]) -> &[u8] {
    path.rsplit(|&byte| byte == b'/').next().unwrap_or(path)
}
