//! One pack: its entries, which of them are deltas of which, and walking them from bases to what is derived from them.
//!
//! A base is inflated once and everything derived from it is made from its bytes, so reading a whole pack costs about as much as inflating it.
//! Knows nothing of what objects hold.

use std::path::{Path, PathBuf};

use gix::objs::Kind;
use gix::odb::pack;

mod walk;

pub use walk::{Limits, Room, Visitor};

/// No entry.
const NONE: u32 = u32::MAX;

/// Position of an entry in its pack, by rising offset.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct EntryIndex(u32);

/// A pack with the relations of its entries.
pub struct Pack {
    data: pack::data::File,
    entries: Vec<Entry>,
    /// Entries that are derived from an entry stand side by side, the one with the fewest descendants first.
    children: Vec<u32>,
    roots: Vec<Root>,
}

struct Entry {
    offset: u64,
    /// Which object it is, as the caller numbers them.
    object: u32,
    /// The entry that it is a delta of; [`NONE`] for others.
    base: u32,
    first_child: u32,
    child_count: u32,
}

/// An entry that is no delta, or whose base stands elsewhere.
#[derive(Clone, Copy, Debug)]
pub struct Root {
    /// The entry.
    pub entry: EntryIndex,
    /// What it and all that is derived from it are.
    pub kind: Kind,
    /// Number of entries derived from it, directly or not, and itself.
    pub weight: u32,
}

/// An object's place in a pack, as an index tells it.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    /// First byte of the entry in the pack.
    pub offset: u64,
    /// Number of the object, as the caller counts.
    pub object: u32,
    /// CRC-32 of the packed entry, if the index has one.
    pub crc32: Option<u32>,
}

/// An entry that cannot be read.
#[derive(Debug)]
pub struct Broken {
    /// Number of the object, as the caller counts.
    pub object: u32,
    /// What is wrong.
    pub why: String,
    /// Its size in bytes, if only that is wrong.
    pub size: Option<u64>,
}

/// Why an entry cannot be read.
#[derive(Clone, Debug)]
enum Unreadable {
    Damaged(String),
    TooLarge(u64),
}

impl From<&str> for Unreadable {
    fn from(why: &str) -> Self {
        Self::Damaged(why.to_owned())
    }
}

impl Unreadable {
    fn of(self, object: u32) -> Broken {
        match self {
            Self::Damaged(why) => Broken { object, why, size: None },
            Self::TooLarge(size) => Broken { object, why: format!("it has {size} bytes, which is over the limit"), size: Some(size) },
        }
    }
}

/// Where a delta finds its base.
enum Base {
    Own(Kind),
    Entry(u32),
    Unknown(String),
}

impl Pack {
    /// Opens the pack at `path` and reads the headers of all of its entries. `find` gives the offset in this pack of the object with an id.
    ///
    /// # Errors
    /// The file cannot be opened or is no pack. Entries that cannot be read are in the list.
    pub fn open(
        path: &Path,
        hash: gix::hash::Kind,
        mut places: Vec<Place>,
        find: impl Fn(&gix::oid) -> Option<u64>,
    ) -> Result<(Self, Vec<Broken>), gix::Error> {
        let data = pack::data::File::at(path, hash)?;
        places.sort_unstable_by_key(|place| (place.offset, place.object));
        let mut broken = Vec::new();
        let bases = bases(&data, &places, &find);
        let entries =
            places.iter().map(|place| Entry { offset: place.offset, object: place.object, base: NONE, first_child: 0, child_count: 0 });
        let mut pack = Self { entries: entries.collect(), data, children: Vec::new(), roots: Vec::new() };
        pack.relate(bases, &mut broken);
        Ok((pack, broken))
    }

    /// Where the file is.
    pub fn path(&self) -> PathBuf {
        self.data.path().to_owned()
    }

    /// All entries that are no deltas, by rising offset.
    pub fn roots(&self) -> &[Root] {
        &self.roots
    }

    /// Which object an entry is.
    pub fn object(&self, entry: EntryIndex) -> u32 {
        self.entries[entry.0 as usize].object
    }

    /// An entry and all that is derived from it.
    pub fn descendants(&self, entry: EntryIndex) -> impl Iterator<Item = EntryIndex> + '_ {
        let mut next = vec![entry.0];
        std::iter::from_fn(move || {
            let at = next.pop()?;
            next.extend(self.children_of(at));
            Some(EntryIndex(at))
        })
    }

    /// Entries derived directly from an entry, the one with the fewest descendants first.
    fn children_of(&self, entry: u32) -> &[u32] {
        let entry = &self.entries[entry as usize];
        &self.children[entry.first_child as usize..][..entry.child_count as usize]
    }

    /// Turns the bases into lists of children, and names what hangs on nothing.
    fn relate(&mut self, bases: Vec<Base>, broken: &mut Vec<Broken>) {
        let count = self.entries.len();
        let base_of = |entry: usize| if let Base::Entry(base) = bases[entry] { Some(base as usize) } else { None };
        for entry in 0..count {
            if let Some(base) = base_of(entry) {
                self.entries[entry].base = u32_of(base);
                self.entries[base].child_count += 1;
            }
        }
        let mut next = 0;
        for entry in &mut self.entries {
            entry.first_child = next;
            next += entry.child_count;
        }
        self.children = vec![NONE; next as usize];
        let mut filled = vec![0u32; count];
        for entry in 0..count {
            if let Some(base) = base_of(entry) {
                self.children[(self.entries[base].first_child + filled[base]) as usize] = u32_of(entry);
                filled[base] += 1;
            }
        }
        let weights = self.weights(&bases);
        for entry in 0..count {
            let Entry { first_child, child_count, .. } = self.entries[entry];
            self.children[first_child as usize..][..child_count as usize].sort_by_key(|child| weights[*child as usize]);
        }
        for (entry, base) in bases.into_iter().enumerate() {
            match base {
                Base::Own(kind) => self.roots.push(Root { entry: EntryIndex(u32_of(entry)), kind, weight: weights[entry] }),
                Base::Entry(_) if weights[entry] > 0 => {}
                Base::Entry(_) => {
                    broken.push(Unreadable::from("its deltas go round in a circle").of(self.entries[entry].object));
                }
                Base::Unknown(why) => {
                    let descendants = self.descendants(EntryIndex(u32_of(entry)));
                    broken.extend(descendants.map(|one| Unreadable::Damaged(why.clone()).of(self.object(one))));
                }
            }
        }
    }

    /// Number of descendants of every entry, itself included; 0 for those that hang on no root.
    fn weights(&self, bases: &[Base]) -> Vec<u32> {
        let mut order = Vec::with_capacity(self.entries.len());
        for (entry, base) in bases.iter().enumerate() {
            if !matches!(base, Base::Entry(_)) {
                order.push(u32_of(entry));
            }
        }
        let mut at = 0;
        while at < order.len() {
            order.extend_from_slice(self.children_of(order[at]));
            at += 1;
        }
        let mut weights = vec![0; self.entries.len()];
        for entry in order.into_iter().rev() {
            weights[entry as usize] += 1;
            if let Base::Entry(base) = bases[entry as usize] {
                weights[base as usize] += weights[entry as usize];
            }
        }
        weights
    }
}

fn u32_of(entry: usize) -> u32 {
    u32::try_from(entry).expect("because a pack counts its entries with 32 bits")
}

/// The base of every entry; what has none that can be known is told later, together with what is derived from it.
fn bases(data: &pack::data::File, places: &[Place], find: &dyn Fn(&gix::oid) -> Option<u64>) -> Vec<Base> {
    use pack::data::entry::Header;
    let at = |offset: u64| places.binary_search_by_key(&offset, |place| place.offset).ok().map(u32_of);
    let end = data.pack_end() as u64;
    let mut bases = Vec::with_capacity(places.len());
    for (entry, place) in places.iter().enumerate() {
        let next = places.get(entry + 1).map_or(end, |next| next.offset);
        let is_sound = place.offset < next
            && next <= end
            && usize::try_from(next - place.offset)
                .is_ok_and(|size| place.crc32.is_none_or(|crc| data.entry_crc32(place.offset, size) == crc));
        let parsed = if place.offset < end { data.entry(place.offset).ok() } else { None };
        bases.push(match parsed {
            None => Base::Unknown("the pack's index points to no entry".to_owned()),
            Some(_) if !is_sound => Base::Unknown("its bytes in the pack are not those that the index was made for".to_owned()),
            Some(parsed) => match parsed.header {
                Header::Commit => Base::Own(Kind::Commit),
                Header::Tree => Base::Own(Kind::Tree),
                Header::Blob => Base::Own(Kind::Blob),
                Header::Tag => Base::Own(Kind::Tag),
                Header::OfsDelta { base_distance } => match place.offset.checked_sub(base_distance).and_then(at) {
                    Some(base) => Base::Entry(base),
                    None => Base::Unknown("the base of its delta is not in the pack".to_owned()),
                },
                Header::RefDelta { base_id } => match find(&base_id).and_then(at) {
                    Some(base) => Base::Entry(base),
                    None => Base::Unknown(format!("the base of its delta, {base_id}, is not in the pack")),
                },
            },
        });
    }
    bases
}

#[cfg(test)]
mod tests;
