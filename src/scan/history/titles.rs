//! Under which names each blob stands: whether something is a credential can depend on the name of its file.

use crate::source::HistoryPart;
use crate::source::history::names::Name;
use crate::source::history::trees::{Entry, EntryKind, Trees};

/// A name of a blob.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Title {
    /// The name, without folders.
    pub name: Name,
    /// File content, or where a link points.
    pub part: HistoryPart,
}

/// The names of all blobs.
pub struct Titles {
    /// Where each object's titles end in `list`.
    ends: Vec<u32>,
    list: Vec<Title>,
}

impl Titles {
    /// Collects the names of the first `objects` objects in trees and indices.
    pub fn new(trees: &Trees, staged: &[Entry], objects: usize) -> Self {
        let entries =
            trees.all_entries().iter().chain(staged).filter(|entry| entry.kind != EntryKind::Tree && (entry.object as usize) < objects);
        let mut pairs: Vec<(u32, u32, bool)> = entries.map(|entry| (entry.object, entry.name.0, entry.kind == EntryKind::Link)).collect();
        pairs.sort_unstable();
        pairs.dedup();
        // By the names themselves, not by numbers that depend on which thread met which name first.
        for group in pairs.chunk_by_mut(|a, b| a.0 == b.0).filter(|group| group.len() > 1) {
            group.sort_by_key(|(_, name, link)| (trees.names().get(Name(*name)), *link));
        }
        let mut titles = Self { ends: Vec::with_capacity(objects), list: Vec::with_capacity(pairs.len()) };
        let mut rest = pairs.as_slice();
        for object in 0..objects {
            let own = rest.iter().take_while(|pair| pair.0 as usize == object).count();
            let part = |link| if link { HistoryPart::SymlinkTarget } else { HistoryPart::Blob };
            titles.list.extend(rest[..own].iter().map(|(_, name, link)| Title { name: Name(*name), part: part(*link) }));
            titles.ends.push(titles.list.len() as u32);
            rest = &rest[own..];
        }
        titles
    }

    /// The names of a blob; none if no tree holds it.
    pub fn of(&self, object: u32) -> &[Title] {
        let at = object as usize;
        let start = if at == 0 { 0 } else { self.ends[at - 1] };
        &self.list[start as usize..self.ends[at] as usize]
    }
}
