//! Visits the objects of a pack from bases to what is derived from them.
//!
//! What has the fewest descendants is visited first and a base is given back before its last child is, so that few bases are held at a time.

use gix::zlib::Inflate;

use super::{Broken, EntryIndex, NONE, Pack, Unreadable};
use crate::location::CopiedSpan;
use crate::source::history::delta;

/// What a walk tells of each object. Objects come in an order in which bases are before what is derived from them.
pub trait Visitor {
    /// What is kept of an object until everything derived from it was seen.
    type Kept;

    /// An object that is stored whole, or whose base was left out.
    fn whole(&mut self, object: u32, bytes: &[u8]) -> Self::Kept;

    /// An object made from another, of which `copies` are the stretches taken over.
    fn derived(&mut self, object: u32, bytes: &[u8], copies: &[CopiedSpan], base: &Self::Kept) -> Self::Kept;

    /// An object that cannot be read.
    fn broken(&mut self, broken: Broken);
}

/// Room for walks, reused from root to root.
#[derive(Default)]
pub struct Room {
    inflate: Inflate,
    delta: Vec<u8>,
    copies: Vec<CopiedSpan>,
    spare: Vec<Vec<u8>>,
}

/// A base whose children are not all done.
struct Frame<K> {
    entry: u32,
    /// None: given back to stay below the ceiling, made again when needed.
    bytes: Option<Vec<u8>>,
    kept: K,
    next_child: usize,
}

/// How much a walk may hold.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Largest object in bytes; what is larger is broken, and what is derived from it.
    pub object: u64,
    /// Most bytes of bases held for what is derived from them.
    pub held: usize,
}

impl Pack {
    /// Visits `root` and everything derived from it.
    pub fn walk<V: Visitor>(&self, root: EntryIndex, limits: Limits, room: &mut Room, visitor: &mut V) {
        let mut bytes = room.spare();
        if let Err(why) = self.inflate(root.0, limits.object, &mut room.inflate, &mut bytes) {
            self.give_up(root.0, why, visitor);
            return;
        }
        let kept = visitor.whole(self.object(root), &bytes);
        let mut held = bytes.len();
        let mut stack = vec![Frame { entry: root.0, bytes: Some(bytes), kept, next_child: 0 }];
        while let Some(frame) = stack.last_mut() {
            let children = self.children_of(frame.entry);
            let Some(&child) = children.get(frame.next_child) else {
                let done = stack.pop().and_then(|frame| frame.bytes);
                held -= done.as_ref().map_or(0, Vec::len);
                room.give_back(done);
                continue;
            };
            frame.next_child += 1;
            let is_last = frame.next_child == children.len();
            let base = match frame.bytes.take() {
                Some(base) => base,
                None => match self.rebuild(frame.entry, limits.object, room) {
                    Ok(base) => {
                        held += base.len();
                        base
                    }
                    Err(why) => {
                        self.give_up(child, why, visitor);
                        continue;
                    }
                },
            };
            let mut bytes = room.spare();
            let made = self.derive(child, &base, limits.object, room, &mut bytes);
            let kept = made.map(|()| visitor.derived(self.entries[child as usize].object, &bytes, &room.copies, &frame.kept));
            if is_last {
                held -= base.len();
                room.give_back(Some(base));
            } else {
                frame.bytes = Some(base);
            }
            match kept {
                Ok(kept) if !self.children_of(child).is_empty() => {
                    held += bytes.len();
                    stack.push(Frame { entry: child, bytes: Some(bytes), kept, next_child: 0 });
                    held -= evict(&mut stack, held, limits.held);
                }
                Ok(_) => room.give_back(Some(bytes)),
                Err(why) => {
                    room.give_back(Some(bytes));
                    self.give_up(child, why, visitor);
                }
            }
        }
    }

    /// The bytes of one entry, made from its root on.
    pub(super) fn rebuild(&self, entry: u32, limit: u64, room: &mut Room) -> Result<Vec<u8>, Unreadable> {
        let chain = self.chain(entry)?;
        let mut bytes = room.spare();
        let (root, rest) = chain.split_last().ok_or("it has no base")?;
        self.inflate(*root, limit, &mut room.inflate, &mut bytes)?;
        for entry in rest.iter().rev() {
            let mut next = room.spare();
            self.derive(*entry, &bytes, limit, room, &mut next)?;
            room.give_back(Some(std::mem::replace(&mut bytes, next)));
        }
        Ok(bytes)
    }

    /// The entry, its base, the base of that and so on.
    fn chain(&self, entry: u32) -> Result<Vec<u32>, Unreadable> {
        let mut chain = vec![entry];
        let mut base = self.entries[entry as usize].base;
        while base != NONE {
            if chain.len() > self.entries.len() {
                return Err("its deltas go round in a circle".into());
            }
            chain.push(base);
            base = self.entries[base as usize].base;
        }
        Ok(chain)
    }

    fn give_up<V: Visitor>(&self, entry: u32, why: Unreadable, visitor: &mut V) {
        visitor.broken(why.of(self.entries[entry as usize].object));
        for one in self.descendants(EntryIndex(entry)).skip(1) {
            visitor.broken(Unreadable::from("an object that its delta builds on cannot be read").of(self.object(one)));
        }
    }

    /// Inflates what an entry itself holds.
    fn inflate(&self, entry: u32, limit: u64, inflate: &mut Inflate, bytes: &mut Vec<u8>) -> Result<(), Unreadable> {
        let header = self.data.entry(self.entries[entry as usize].offset).map_err(|_| "its header is damaged")?;
        if header.decompressed_size > limit {
            return Err(Unreadable::TooLarge(header.decompressed_size));
        }
        let size = usize::try_from(header.decompressed_size).map_err(|_| "it is too large for this machine")?;
        bytes.clear();
        bytes.try_reserve_exact(size).map_err(|_| "there is no memory for it")?;
        bytes.resize(size, 0);
        self.data.decompress_entry(&header, inflate, bytes).map_err(|_| "its bytes in the pack are damaged")?;
        Ok(())
    }

    /// Makes a delta entry from its base; leaves the stretches taken over in `room`.
    fn derive(&self, entry: u32, base: &[u8], limit: u64, room: &mut Room, bytes: &mut Vec<u8>) -> Result<(), Unreadable> {
        let Room { inflate, delta, copies, .. } = room;
        self.inflate(entry, limit, inflate, delta)?;
        copies.clear();
        bytes.clear();
        if let Ok(size) = delta::target_size(delta)
            && size > limit
        {
            return Err(Unreadable::TooLarge(size));
        }
        delta::apply(base, delta, limit, bytes, copies).map_err(|error| Unreadable::Damaged(error.to_string()))
    }
}

/// Gives the bytes of bases back, the furthest from the end of the stack first, until what is held is within `most`. Returns how many bytes.
fn evict<K>(stack: &mut [Frame<K>], held: usize, most: usize) -> usize {
    let mut freed = 0;
    let Some((_, below)) = stack.split_last_mut() else { return 0 };
    for frame in below {
        if held - freed <= most {
            break;
        }
        if let Some(bytes) = frame.bytes.take() {
            freed += bytes.len();
            drop(bytes);
        }
    }
    freed
}

impl Room {
    fn spare(&mut self) -> Vec<u8> {
        self.spare
            .pop()
            .map(|mut bytes| {
                bytes.clear();
                bytes
            })
            .unwrap_or_default()
    }

    /// Keeps a few buffers of ordinary size: what is made next is about as large as what was made last.
    fn give_back(&mut self, bytes: Option<Vec<u8>>) {
        const KEPT: usize = 8;
        const LARGEST: usize = 4 << 20;
        if let Some(bytes) = bytes.filter(|bytes| bytes.capacity() <= LARGEST && self.spare.len() < KEPT) {
            self.spare.push(bytes);
        }
    }
}
