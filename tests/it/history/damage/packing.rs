//! Writes packs and their indices, version 2 each, byte by byte: what git would refuse to write as well.
//!
//! Source of the formats: `git help format-pack`, RFC 1950 (zlib), RFC 1951 (stored blocks). SHA-1 only.

use crate::history::repository::Repository;

/// Raw object id.
pub type Id = [u8; 20];

/// Type of a pack entry.
#[derive(Clone)]
pub enum Kind {
    /// A whole object or a type that does not exist; `git help format-pack` has the numbers.
    Whole(u8),
    /// A delta on the entry that begins so many bytes before.
    Offset(u64),
    /// A delta on an object by name.
    Reference(Id),
}

/// Type number of a blob.
pub const BLOB: Kind = Kind::Whole(3);

struct Entry {
    id: Id,
    offset: usize,
    crc: u32,
}

/// A pack that is being written.
pub struct Pack {
    bytes: Vec<u8>,
    entries: Vec<Entry>,
}

impl Pack {
    /// A pack without entries.
    pub fn new() -> Self {
        Self { bytes: b"PACK\0\0\0\x02\0\0\0\0".to_vec(), entries: Vec::new() }
    }

    /// Offset of the next entry.
    pub fn offset(&self) -> usize {
        self.bytes.len()
    }

    /// Adds a whole blob and returns its id.
    pub fn blob(&mut self, content: &[u8]) -> Id {
        let id = blob_id(content);
        self.entry(id, BLOB, content.len() as u64, &deflated(content));
        id
    }

    /// Adds a delta that stands for the object `id`.
    pub fn delta(&mut self, id: Id, kind: Kind, delta: &[u8]) {
        self.entry(id, kind, delta.len() as u64, &deflated(delta));
    }

    /// Adds an entry whose header says `size`, with `body` as it is.
    pub fn entry(&mut self, id: Id, kind: Kind, size: u64, body: &[u8]) {
        let number = match kind {
            Kind::Whole(number) => number,
            Kind::Offset(_) => 6,
            Kind::Reference(_) => 7,
        };
        let mut entry = header(number, size);
        match kind {
            Kind::Whole(_) => {}
            Kind::Offset(distance) => entry.extend(distance_bytes(distance)),
            Kind::Reference(base) => entry.extend(base),
        }
        entry.extend(body);
        self.raw(id, &entry);
    }

    /// Adds bytes as an entry.
    pub fn raw(&mut self, id: Id, bytes: &[u8]) {
        self.entries.push(Entry { id, offset: self.bytes.len(), crc: crc32fast::hash(bytes) });
        self.bytes.extend(bytes);
    }

    /// Writes pack and index into the repository.
    pub fn write_to(mut self, repository: &Repository) {
        let count = u32::try_from(self.entries.len()).expect("because tests write small packs");
        self.bytes[8..12].copy_from_slice(&count.to_be_bytes());
        let checksum = sha1(&self.bytes);
        self.bytes.extend(checksum);
        let folder = repository.git_dir().join("objects/pack");
        let name = data_encoding::HEXLOWER.encode(&checksum);
        std::fs::create_dir_all(&folder).expect("because the repository can be written");
        std::fs::write(folder.join(format!("pack-{name}.idx")), self.index(&checksum)).expect("because the repository can be written");
        std::fs::write(folder.join(format!("pack-{name}.pack")), &self.bytes).expect("because the repository can be written");
    }

    fn index(&mut self, pack_checksum: &Id) -> Vec<u8> {
        self.entries.sort_by_key(|entry| entry.id);
        let mut index = b"\xfftOc\0\0\0\x02".to_vec();
        for first in 0..=255_u8 {
            let until = self.entries.partition_point(|entry| entry.id[0] <= first);
            index.extend(u32::try_from(until).expect("because tests write small packs").to_be_bytes());
        }
        self.entries.iter().for_each(|entry| index.extend(entry.id));
        self.entries.iter().for_each(|entry| index.extend(entry.crc.to_be_bytes()));
        for entry in &self.entries {
            index.extend(u32::try_from(entry.offset).expect("because tests write small packs").to_be_bytes());
        }
        index.extend(pack_checksum);
        let checksum = sha1(&index);
        index.extend(checksum);
        index
    }
}

/// SHA-1 of some bytes.
pub fn sha1(bytes: &[u8]) -> Id {
    let mut hasher = gix::hash::hasher(gix::hash::Kind::Sha1);
    hasher.update(bytes);
    let id = hasher.try_finalize().expect("because nobody attacks SHA-1 here");
    id.as_slice().try_into().expect("because SHA-1 has 20 bytes")
}

/// Id of a blob.
pub fn blob_id(content: &[u8]) -> Id {
    sha1(&[format!("blob {}\0", content.len()).as_bytes(), content].concat())
}

/// A made-up id; the same for the same words.
pub fn id_for(words: &str) -> Id {
    sha1(words.as_bytes())
}

/// An id as git writes it.
pub fn hex(id: &Id) -> String {
    data_encoding::HEXLOWER.encode(id)
}

/// A zlib stream of stored blocks.
pub fn deflated(content: &[u8]) -> Vec<u8> {
    let mut stream = vec![0x78, 0x01];
    let mut chunks = content.chunks(0xffff).peekable();
    if chunks.peek().is_none() {
        stream.extend([1, 0, 0, 0xff, 0xff]);
    }
    while let Some(chunk) = chunks.next() {
        let length = u16::try_from(chunk.len()).expect("because chunks are that small");
        stream.push(u8::from(chunks.peek().is_none()));
        stream.extend(length.to_le_bytes());
        stream.extend((!length).to_le_bytes());
        stream.extend(chunk);
    }
    let (a, b) = content.iter().fold((1_u32, 0_u32), |(a, b), byte| {
        let a = (a + u32::from(*byte)) % 65521;
        (a, (b + a) % 65521)
    });
    stream.extend((b << 16 | a).to_be_bytes());
    stream
}

/// Header of an entry: type and size.
fn header(number: u8, mut size: u64) -> Vec<u8> {
    let mut bytes = vec![number << 4 | low_bits(size, 4)];
    size >>= 4;
    while size > 0 {
        *bytes.last_mut().expect("because it begins with one") |= 0x80;
        bytes.push(low_bits(size, 7));
        size >>= 7;
    }
    bytes
}

/// The distance of a delta to its base.
fn distance_bytes(mut distance: u64) -> Vec<u8> {
    let mut bytes = vec![low_bits(distance, 7)];
    distance >>= 7;
    while distance > 0 {
        distance -= 1;
        bytes.insert(0, 0x80 | low_bits(distance, 7));
        distance >>= 7;
    }
    bytes
}

fn low_bits(number: u64, bits: u32) -> u8 {
    u8::try_from(number & ((1 << bits) - 1)).expect("because it has at most seven bits")
}

/// A delta: sizes of base and result, then instructions.
pub fn delta(base: u64, result: u64, instructions: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for mut size in [base, result] {
        while size >= 0x80 {
            bytes.push(0x80 | low_bits(size, 7));
            size >>= 7;
        }
        bytes.push(low_bits(size, 7));
    }
    bytes.extend(instructions.concat());
    bytes
}

/// Copies from the base.
pub fn copy(offset: u32, length: u16) -> Vec<u8> {
    [&[0xbf][..], &offset.to_le_bytes(), &length.to_le_bytes()].concat()
}

/// Inserts at most 127 bytes.
pub fn insert(bytes: &[u8]) -> Vec<u8> {
    [&[u8::try_from(bytes.len()).expect("because tests insert little")], bytes].concat()
}
