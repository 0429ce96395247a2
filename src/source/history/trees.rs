//! Which tree holds what under which name, for all trees of a history, in little memory.
//!
//! Versions of a folder differ in an entry or two. So a tree is kept as a list of chunks, runs of entries that end where the bytes of an id say
//! so, and equal chunks are kept once: a folder of a hundred files in a thousand versions costs about as much as two thousand files.

use std::collections::HashMap;
use std::hash::BuildHasher as _;

use foldhash::quality::RandomState;

use super::ids::Ids;
use super::names::{Name, Names};

/// What an entry of a tree is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EntryKind {
    /// A folder.
    Tree,
    /// A file.
    File,
    /// A symbolic link; the blob is its target.
    Link,
}

/// An entry of a tree: an object under a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Number of the object.
    pub object: u32,
    /// Its name.
    pub name: Name,
    /// What it is.
    pub kind: EntryKind,
}

/// All trees.
#[derive(Clone, Debug, Default)]
pub struct Trees {
    names: Names,
    entries: Vec<Entry>,
    /// Where each chunk ends in `entries`.
    chunk_ends: Vec<u32>,
    /// Chunk numbers of one tree after the other.
    chunks: Vec<u32>,
    /// Each tree's object number and where it ends in `chunks`.
    trees: Vec<(u32, u32)>,
    /// Ids of objects that trees name and that are not there; they have the numbers behind those of all others.
    missing: Vec<Box<[u8]>>,
    /// Blobs that an index holds and no tree, with their whole paths.
    staged: Vec<Entry>,
    /// Position in `trees` by object number; [`NONE`] for what is no tree.
    by_object: Vec<u32>,
}

const NONE: u32 = u32::MAX;

/// Position of a tree among all trees.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TreeIndex(pub u32);

impl Trees {
    /// The tree that an object is, if it is one that was read.
    pub fn of_object(&self, object: u32) -> Option<TreeIndex> {
        self.by_object.get(object as usize).copied().filter(|at| *at != NONE).map(TreeIndex)
    }

    /// Number of trees.
    pub fn len(&self) -> usize {
        self.trees.len()
    }

    /// Whether there is no tree.
    pub fn is_empty(&self) -> bool {
        self.trees.is_empty()
    }

    /// Number of chunks.
    pub fn chunk_count(&self) -> usize {
        self.chunk_ends.len()
    }

    /// The object that a tree is.
    pub fn object(&self, tree: TreeIndex) -> u32 {
        self.trees[tree.0 as usize].0
    }

    /// Numbers of a tree's chunks, in the order of its entries.
    pub fn chunks(&self, tree: TreeIndex) -> &[u32] {
        let at = tree.0 as usize;
        let start = if at == 0 { 0 } else { self.trees[at - 1].1 };
        &self.chunks[start as usize..self.trees[at].1 as usize]
    }

    /// The entries of a chunk.
    pub fn entries(&self, chunk: u32) -> &[Entry] {
        let at = chunk as usize;
        let start = if at == 0 { 0 } else { self.chunk_ends[at - 1] };
        &self.entries[start as usize..self.chunk_ends[at] as usize]
    }

    /// All entries of all chunks; an entry of many trees comes once or a few times.
    pub fn all_entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The entries of all chunks that were reached.
    pub fn reached_entries<'t>(&'t self, reached: &'t super::graph::Reached) -> impl Iterator<Item = &'t Entry> {
        let chunks = (0..self.chunk_ends.len()).filter(|chunk| reached.has_chunk(u32_of(*chunk)));
        chunks.flat_map(|chunk| self.entries(u32_of(chunk)))
    }

    /// The names.
    pub fn names(&self) -> &Names {
        &self.names
    }
}

/// Gathers trees on one thread.
pub struct Builder<'i> {
    ids: &'i Ids,
    trees: Trees,
    known: HashMap<u64, u32, RandomState>,
    hasher: RandomState,
    missing: HashMap<Box<[u8]>, u32>,
}

/// Bytes of one entry.
struct Raw<'t> {
    mode: &'t [u8],
    name: &'t [u8],
    id: &'t [u8],
}

impl<'i> Builder<'i> {
    /// Begins with no tree. All builders of one history get the same `hasher`.
    pub fn new(ids: &'i Ids, hasher: RandomState) -> Self {
        Self { ids, trees: Trees::default(), known: HashMap::default(), hasher, missing: HashMap::new() }
    }

    /// Takes in the tree with a number and its bytes. Says whether all of it could be understood.
    pub fn add(&mut self, object: u32, bytes: &[u8]) -> bool {
        let width = self.ids.width();
        let mut is_sound = true;
        let mut rest = bytes;
        let mut chunk = bytes;
        while !rest.is_empty() {
            let Some((raw, behind)) = next(rest, width) else {
                is_sound = false;
                break;
            };
            rest = behind;
            if is_last_of_chunk(raw.id) || rest.is_empty() {
                let length = chunk.len() - rest.len();
                self.chunk(&chunk[..length]);
                chunk = rest;
            }
        }
        let end = u32_of(self.trees.chunks.len());
        self.trees.trees.push((object, end));
        is_sound
    }

    /// Takes in a chunk whose entries are known to be whole.
    fn chunk(&mut self, bytes: &[u8]) {
        // A random key keeps anyone from making two chunks that look the same.
        let hash = self.hasher.hash_one(bytes);
        if let Some(known) = self.known.get(&hash) {
            self.trees.chunks.push(*known);
            return;
        }
        let width = self.ids.width();
        let mut rest = bytes;
        while let Some((raw, behind)) = next(rest, width) {
            rest = behind;
            let kind = match raw.mode {
                b"40000" | b"040000" => EntryKind::Tree,
                b"120000" => EntryKind::Link,
                // A commit of another repository.
                b"160000" => continue,
                _ => EntryKind::File,
            };
            let object = self.ids.find(raw.id).unwrap_or_else(|| self.missing(raw.id));
            self.trees.entries.push(Entry { object, name: self.trees.names.intern(raw.name), kind });
        }
        let number = u32_of(self.trees.chunk_ends.len());
        self.trees.chunk_ends.push(u32_of(self.trees.entries.len()));
        self.trees.chunks.push(number);
        self.known.insert(hash, number);
    }

    /// A number for an object that the repository does not have, behind those of all others.
    fn missing(&mut self, id: &[u8]) -> u32 {
        let next = u32_of(self.ids.len() + self.missing.len());
        *self.missing.entry(id.into()).or_insert_with(|| {
            self.trees.missing.push(id.into());
            next
        })
    }

    /// What was gathered.
    pub fn finish(self) -> Trees {
        self.trees
    }
}

/// One of eight ids ends a chunk.
fn is_last_of_chunk(id: &[u8]) -> bool {
    id.last().is_some_and(|byte| byte & 7 == 0)
}

/// Splits the first entry off: mode, space, name, NUL, id.
fn next(bytes: &[u8], width: usize) -> Option<(Raw<'_>, &[u8])> {
    const LONGEST_MODE: usize = 7;
    let space = memchr::memchr(b' ', &bytes[..bytes.len().min(LONGEST_MODE)])?;
    let nul = space + 1 + memchr::memchr(0, &bytes[space + 1..])?;
    let (id, rest) = bytes[nul + 1..].split_at_checked(width)?;
    Some((Raw { mode: &bytes[..space], name: &bytes[space + 1..nul], id }, rest))
}

fn u32_of(count: usize) -> u32 {
    u32::try_from(count).expect("because there are fewer than four billion entries in what fits into memory")
}

impl Trees {
    /// Puts the trees of several builders together; `objects` is the number of all objects. The first of several trees of one object counts.
    pub fn join(parts: Vec<Self>, objects: usize) -> Self {
        let mut all = Self::default();
        let mut numbers = Numbers { known: HashMap::new(), objects };
        for part in parts {
            let names: Vec<Name> = part.names.iter().map(|(_, name)| all.names.intern(name)).collect();
            let (entries, chunks, listed) = (u32_of(all.entries.len()), u32_of(all.chunk_ends.len()), u32_of(all.chunks.len()));
            let missing: Vec<u32> = part.missing.iter().map(|id| numbers.missing(&mut all.missing, id)).collect();
            let object = |object: u32| (object as usize).checked_sub(objects).map_or(object, |at| missing[at]);
            all.entries.extend(part.entries.iter().map(|entry| {
                let name = names[entry.name.0 as usize];
                Entry { object: object(entry.object), name, kind: entry.kind }
            }));
            all.chunk_ends.extend(part.chunk_ends.iter().map(|end| end + entries));
            all.chunks.extend(part.chunks.iter().map(|chunk| chunk + chunks));
            all.trees.extend(part.trees.iter().map(|(object, end)| (*object, end + listed)));
        }
        all.index(objects);
        all
    }

    fn index(&mut self, objects: usize) {
        self.by_object = vec![NONE; objects];
        for (at, (object, _)) in self.trees.iter().enumerate().rev() {
            self.by_object[*object as usize] = u32_of(at);
        }
    }

    /// Gives blobs of an index that stand in no tree their path as a name.
    pub fn name_staged<'p>(&mut self, staged: impl Iterator<Item = (u32, &'p [u8])>) {
        let mut in_trees = super::graph::Bits::new(self.by_object.len());
        for entry in &self.entries {
            in_trees.insert(entry.object);
        }
        for (object, path) in staged.filter(|(object, _)| !in_trees.contains(*object)) {
            let name = self.names.intern(path);
            self.staged.push(Entry { object, name, kind: EntryKind::File });
        }
    }

    /// Blobs that an index holds and no tree; the name is the whole path.
    pub fn staged(&self) -> &[Entry] {
        &self.staged
    }

    /// Objects that trees name and that are not there, with their numbers.
    pub fn missing(&self) -> impl Iterator<Item = (u32, &[u8])> {
        let first = self.by_object.len();
        self.missing.iter().enumerate().map(move |(at, id)| (u32_of(first + at), &**id))
    }
}

/// Numbers of missing objects over all parts.
struct Numbers {
    known: HashMap<Box<[u8]>, u32>,
    objects: usize,
}

impl Numbers {
    fn missing(&mut self, list: &mut Vec<Box<[u8]>>, id: &[u8]) -> u32 {
        let next = u32_of(self.objects + list.len());
        *self.known.entry(id.into()).or_insert_with(|| {
            list.push(id.into());
            next
        })
    }
}

/// Numbers of an entry kind in stored trees.
const KINDS: [EntryKind; 3] = [EntryKind::Tree, EntryKind::File, EntryKind::Link];

impl Trees {
    /// Writes everything as a sequence of byte strings.
    pub fn encode(&self, write: &mut dyn FnMut(&[u8])) {
        let (name_bytes, name_ends) = self.names.parts();
        write(name_bytes);
        write(&le_bytes(name_ends.iter().copied()));
        for entries in [&self.entries, &self.staged] {
            write(&le_bytes(entries.iter().map(|entry| entry.object)));
            write(&le_bytes(entries.iter().map(|entry| entry.name.0)));
            write(&entries.iter().map(|entry| entry.kind as u8).collect::<Vec<_>>());
        }
        write(&le_bytes(self.chunk_ends.iter().copied()));
        write(&le_bytes(self.chunks.iter().copied()));
        write(&le_bytes(self.trees.iter().map(|tree| tree.0)));
        write(&le_bytes(self.trees.iter().map(|tree| tree.1)));
        write(&self.missing.concat());
        write(&le_bytes(self.missing.iter().map(|id| u32_of(id.len()))));
    }

    /// Reads what [`Trees::encode`] wrote of a history of so many objects. `None`: these are other bytes.
    pub fn decode<'b>(read: &mut dyn FnMut() -> Option<&'b [u8]>, objects: usize) -> Option<Self> {
        let names = Names::from_parts(read()?, numbers(read()?).collect())?;
        let (entries, staged) = (decode_entries(read, names.len())?, decode_entries(read, names.len())?);
        let chunk_ends: Vec<u32> = numbers(read()?).collect();
        let chunks: Vec<u32> = numbers(read()?).collect();
        let trees: Vec<(u32, u32)> = numbers(read()?).zip(numbers(read()?)).collect();
        let mut ids = read()?;
        let mut missing: Vec<Box<[u8]>> = Vec::new();
        for length in numbers(read()?) {
            let (id, rest) = ids.split_at_checked(length as usize)?;
            missing.push(id.into());
            ids = rest;
        }
        let rises = |ends: &[u32], last: usize| ends.is_sorted() && ends.last().is_none_or(|end| *end as usize == last);
        let is_sound = rises(&chunk_ends, entries.len())
            && trees.iter().map(|tree| tree.1).is_sorted()
            && trees.last().is_none_or(|tree| tree.1 as usize == chunks.len())
            && trees.iter().all(|tree| (tree.0 as usize) < objects)
            && chunks.iter().all(|chunk| (*chunk as usize) < chunk_ends.len())
            && entries.iter().all(|entry| (entry.object as usize) < objects + missing.len())
            && staged.iter().all(|entry| (entry.object as usize) < objects);
        let mut all = Self { names, entries, chunk_ends, chunks, trees, missing, staged, by_object: Vec::new() };
        all.index(objects);
        is_sound.then_some(all)
    }

    /// The same trees where objects have the numbers of `ids`: `numbers` gives for each old number the new one, if the object is still there.
    #[must_use]
    pub fn renumbered(mut self, numbers: &[Option<u32>], old: &Ids, ids: &Ids) -> Self {
        let mut missing: Vec<Box<[u8]>> = Vec::new();
        let mut known = Numbers { known: HashMap::new(), objects: ids.len() };
        let mut object_now = |object: u32, before: &[Box<[u8]>]| match numbers.get(object as usize) {
            Some(Some(now)) => *now,
            Some(None) => known.missing(&mut missing, old.raw(object)),
            None => {
                let id = &before[object as usize - numbers.len()];
                ids.find(id).unwrap_or_else(|| known.missing(&mut missing, id))
            }
        };
        for entry in &mut self.entries {
            entry.object = object_now(entry.object, &self.missing);
        }
        self.staged.retain(|entry| numbers[entry.object as usize].is_some());
        for entry in &mut self.staged {
            entry.object = object_now(entry.object, &self.missing);
        }
        self.missing = missing;
        let mut kept = Self { names: std::mem::take(&mut self.names), missing: std::mem::take(&mut self.missing), ..Self::default() };
        kept.staged = std::mem::take(&mut self.staged);
        // Chunks of trees that are gone go with them: what they name is nowhere any more.
        let mut chunk_now = vec![NONE; self.chunk_ends.len()];
        for at in 0..self.trees.len() {
            let Some(object) = numbers[self.trees[at].0 as usize] else { continue };
            for chunk in self.chunks(TreeIndex(u32_of(at))) {
                let now = &mut chunk_now[*chunk as usize];
                if *now == NONE {
                    *now = u32_of(kept.chunk_ends.len());
                    kept.entries.extend_from_slice(self.entries(*chunk));
                    kept.chunk_ends.push(u32_of(kept.entries.len()));
                }
                kept.chunks.push(*now);
            }
            kept.trees.push((object, u32_of(kept.chunks.len())));
        }
        kept.index(ids.len());
        kept
    }

    /// The names that stand in some tree or index.
    pub fn used_names(&self) -> super::graph::Bits {
        let mut used = super::graph::Bits::new(self.names.len());
        for entry in self.entries.iter().chain(&self.staged) {
            used.insert(entry.name.0);
        }
        used
    }
}

fn decode_entries<'b>(read: &mut dyn FnMut() -> Option<&'b [u8]>, names: usize) -> Option<Vec<Entry>> {
    let (objects, entry_names, kinds) = (read()?, read()?, read()?);
    let entries: Option<Vec<Entry>> = numbers(objects)
        .zip(numbers(entry_names))
        .zip(kinds)
        .map(|((object, name), kind)| Some(Entry { object, name: Name(name), kind: *KINDS.get(usize::from(*kind))? }))
        .collect();
    entries.filter(|entries| entries.len() * 4 == objects.len() && entries.iter().all(|entry| (entry.name.0 as usize) < names))
}

fn le_bytes(numbers: impl Iterator<Item = u32>) -> Vec<u8> {
    numbers.flat_map(u32::to_le_bytes).collect()
}

fn numbers(bytes: &[u8]) -> impl Iterator<Item = u32> + '_ {
    bytes.chunks_exact(4).map(|bytes| u32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]))
}
