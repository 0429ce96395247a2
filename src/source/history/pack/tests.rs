use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::location::CopiedSpan;

const HASH: gix::hash::Kind = gix::hash::Kind::Sha1;
/// Bytes of what stands before the first entry.
const HEADER: usize = 12;
const CHECKSUM: usize = 20;
/// Most bytes that are held in a walk with enough memory.
const ENOUGH: usize = 1 << 30;

/// How an entry is stored.
#[derive(Clone, Debug)]
enum Made {
    Whole(Vec<u8>),
    /// Made from an entry before it, named by its distance.
    Near(usize, Change),
    /// Made from any entry, named by its id.
    Far(usize, Change),
    /// Made from an object that is not in the pack.
    Lost,
}

/// What is copied from a base, and what comes behind it.
type Change = (usize, Vec<u8>);

/// One entry is one object; its number, repeated, is its id.
fn made() -> impl Strategy<Value = Vec<Made>> {
    let bytes = || prop::collection::vec(any::<u8>(), 1..40);
    let change = || (0..100usize, bytes());
    let one = prop_oneof![
        3 => bytes().prop_map(Made::Whole),
        6 => (any::<prop::sample::Index>(), change()).prop_map(|(base, change)| Made::Near(base.index(1000), change)),
        2 => (0..30usize, change()).prop_map(|(base, change)| Made::Far(base, change)),
        1 => Just(Made::Lost),
    ];
    prop::collection::vec(one, 1..30).prop_map(|mut made| {
        for (at, one) in made.iter_mut().enumerate() {
            match one {
                Made::Near(..) if at == 0 => *one = Made::Whole(b"first".to_vec()),
                Made::Near(base, _) => *base %= at,
                _ => {}
            }
        }
        made
    })
}

fn base_of(made: &Made) -> Option<usize> {
    match made {
        Made::Near(base, _) | Made::Far(base, _) => Some(*base),
        Made::Whole(_) | Made::Lost => None,
    }
}

/// The bytes of every object that can be made, written as plainly as can be.
fn contents(made: &[Made]) -> Vec<Option<Vec<u8>>> {
    fn content(made: &[Made], at: usize, depth: usize) -> Option<Vec<u8>> {
        match made.get(at).filter(|_| depth <= made.len())? {
            Made::Whole(bytes) => Some(bytes.clone()),
            Made::Lost => None,
            Made::Near(base, (cut, added)) | Made::Far(base, (cut, added)) => {
                let base = content(made, *base, depth + 1)?;
                Some([&base[..=cut % base.len()], added].concat())
            }
        }
    }
    (0..made.len()).map(|at| content(made, at, 0)).collect()
}

/// The delta that an entry is. Where there is no base it fits nothing.
fn delta(base: Option<&Vec<u8>>, (cut, added): &Change) -> Vec<u8> {
    let Some(base) = base else { return vec![1, 1, 1, 0] };
    let kept = cut % base.len() + 1;
    let [low, high, ..] = kept.to_le_bytes();
    [&size(base.len())[..], &size(kept + added.len()), &[0xb0, low, high, added.len() as u8], added].concat()
}

/// Seven bits a byte, the lowest first.
fn size(size: usize) -> Vec<u8> {
    assert!(size < 1 << 14, "because nothing here is longer");
    vec![(size & 0x7f) as u8 | 0x80, (size >> 7) as u8]
}

/// A zlib stream that holds `content` as it is.
fn stored(content: &[u8]) -> Vec<u8> {
    let length = (content.len() as u16).to_le_bytes();
    let (a, b) = content.iter().fold((1u32, 0u32), |(a, b), byte| ((a + u32::from(*byte)) % 65_521, (b + a + u32::from(*byte)) % 65_521));
    [&[0x78, 1, 1, length[0], length[1], !length[0], !length[1]], content, &(b << 16 | a).to_be_bytes()].concat()
}

/// A pack as a file, with what an index would say.
struct Written {
    folder: tempfile::TempDir,
    bytes: Vec<u8>,
    places: Vec<Place>,
}

fn write(made: &[Made]) -> Written {
    let contents = contents(made);
    let mut bytes = [b"PACK\0\0\0\x02", &(made.len() as u32).to_be_bytes()[..]].concat();
    let mut places: Vec<Place> = Vec::new();
    for (object, one) in (0..).zip(made) {
        let offset = bytes.len() as u64;
        let of_base = |base: usize| contents.get(base).and_then(Option::as_ref);
        let (kind, head, content) = match one {
            Made::Whole(bytes) => (3, Vec::new(), bytes.clone()),
            Made::Near(base, change) => {
                let distance = offset - places[*base].offset;
                assert!(distance < 1 << 13, "because the pack is small");
                let head =
                    if distance < 0x80 { vec![distance as u8] } else { vec![((distance >> 7) as u8 - 1) | 0x80, distance as u8 & 0x7f] };
                (6, head, delta(of_base(*base), change))
            }
            Made::Far(base, change) => (7, vec![*base as u8; CHECKSUM], delta(of_base(*base), change)),
            Made::Lost => (7, vec![0xff; CHECKSUM], vec![1, 1, 1, 0]),
        };
        let entry = [&[0x80 | kind << 4 | (content.len() & 0xf) as u8, (content.len() >> 4) as u8], &head[..], &stored(&content)].concat();
        places.push(Place { offset, object, crc32: Some(crc32fast::hash(&entry)) });
        bytes.extend(entry);
    }
    bytes.extend([0; CHECKSUM]);
    Written { folder: tempfile::tempdir().expect("because the temporary folder can be written"), bytes, places }
}

impl Written {
    /// Opens it; `places` in any order.
    fn open(&self) -> (Pack, Vec<u32>) {
        let path = self.folder.path().join("a.pack");
        std::fs::write(&path, &self.bytes).expect("because the folder was just made");
        let find = |id: &gix::oid| self.places.iter().find(|place| place.object == u32::from(id.as_bytes()[0])).map(|place| place.offset);
        let places = self.places.iter().rev().copied().collect();
        let (pack, broken) = Pack::open(&path, HASH, places, find).expect("because it is a pack");
        (pack, broken.iter().map(|broken| broken.object).collect())
    }
}

/// What a walk tells: of each object its bytes, or why not.
#[derive(Debug, Default, PartialEq)]
struct Told {
    list: Vec<(u32, Result<Vec<u8>, String>)>,
}

impl Visitor for Told {
    type Kept = Vec<u8>;

    fn whole(&mut self, object: u32, bytes: &[u8]) -> Vec<u8> {
        self.list.push((object, Ok(bytes.to_vec())));
        bytes.to_vec()
    }

    fn derived(&mut self, object: u32, bytes: &[u8], copies: &[CopiedSpan], base: &Vec<u8>) -> Vec<u8> {
        assert!(copies.iter().all(|copy| copy.target().of(bytes) == &base[copy.from..copy.from + copy.length]));
        self.whole(object, bytes)
    }

    fn broken(&mut self, broken: Broken) {
        self.list.push((broken.object, Err(broken.why)));
    }
}

fn walk(pack: &Pack, limits: Limits) -> Told {
    let mut told = Told::default();
    let mut room = Room::default();
    for root in pack.roots() {
        assert_eq!(pack.descendants(root.entry).count(), root.weight as usize);
        pack.walk(root.entry, limits, &mut room, &mut told);
    }
    told
}

fn limits(held: usize) -> Limits {
    Limits { object: 1 << 20, held }
}

/// By object what was told of it; each is told once.
fn by_object(told: Told, broken: Vec<u32>) -> BTreeMap<u32, Option<Vec<u8>>> {
    let broken = broken.into_iter().map(|object| (object, None));
    let told = told.list.into_iter().map(|(object, told)| (object, told.ok())).chain(broken);
    told.fold(BTreeMap::new(), |mut all, (object, told)| {
        assert!(all.insert(object, told).is_none(), "{object} twice");
        all
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn every_object_is_told_once_with_whatever_memory(made in made(), held in 0..200usize) {
        let expected: BTreeMap<u32, Option<Vec<u8>>> = (0..).zip(contents(&made)).collect();
        let (pack, broken) = write(&made).open();
        prop_assert!(pack.roots().iter().all(|root| root.kind == Kind::Blob));
        let told = walk(&pack, limits(ENOUGH));
        for held in [0, held] {
            prop_assert_eq!(&walk(&pack, limits(held)), &told);
        }
        prop_assert_eq!(by_object(told, broken), expected);
    }

    #[test]
    fn an_object_can_be_made_again_from_its_root_on(made in made()) {
        let contents = contents(&made);
        let (pack, _) = write(&made).open();
        let mut room = Room::default();
        for entry in pack.roots().iter().flat_map(|root| pack.descendants(root.entry)) {
            let bytes = pack.rebuild(entry.0, 1 << 20, &mut room).ok();
            prop_assert_eq!(&bytes, &contents[pack.object(entry) as usize]);
        }
    }

    #[test]
    fn damage_takes_what_is_derived_from_it_and_nothing_else(made in made(), at in any::<prop::sample::Index>(), byte in 1..=255u8) {
        let mut written = write(&made);
        let range = HEADER..written.bytes.len() - CHECKSUM;
        let at = range.start + at.index(range.len());
        written.bytes[at] ^= byte;
        let hit = written.places.partition_point(|place| place.offset <= at as u64) - 1;
        let hangs = |mut entry: usize| (0..=made.len()).any(|_| {
            let is_hit = entry == hit;
            entry = made.get(entry).and_then(base_of).unwrap_or(usize::MAX);
            is_hit
        });
        let expected: BTreeMap<u32, Option<Vec<u8>>> = (0..).zip(contents(&made).into_iter().enumerate().map(|(at, bytes)| bytes.filter(|_| !hangs(at)))).collect();
        let (pack, broken) = written.open();
        prop_assert_eq!(by_object(walk(&pack, limits(0)), broken), expected.clone());
        // Without the index's checksums it is found out later, if at all.
        written.places.iter_mut().for_each(|place| place.crc32 = None);
        let (pack, broken) = written.open();
        let told = by_object(walk(&pack, limits(ENOUGH)), broken);
        prop_assert!(told.keys().eq(expected.keys()));
    }
}

#[test]
fn circles_are_broken_and_so_is_what_hangs_on_them() {
    let change = || (0, b"x".to_vec());
    let made =
        [Made::Far(2, change()), Made::Near(0, change()), Made::Near(1, change()), Made::Near(2, change()), Made::Whole(b"a".to_vec())];
    let itself = Made::Far(5, change());
    let (pack, mut broken) = write(&[&made[..], &[itself]].concat()).open();
    broken.sort_unstable();
    assert_eq!(broken, [0, 1, 2, 3, 5]);
    assert_eq!(walk(&pack, limits(ENOUGH)).list, [(4, Ok(b"a".to_vec()))]);
}

#[test]
fn what_is_too_large_takes_what_is_derived_from_it() {
    let made = [
        Made::Whole(vec![b'a'; 30]),
        Made::Near(0, (0, vec![b'b'; 40])),
        Made::Near(1, (0, vec![b'c'; 3])),
        Made::Near(0, (0, vec![b'd'; 3])),
    ];
    let (pack, broken) = write(&made).open();
    assert_eq!(broken, [0; 0]);
    let told = |object| by_object(walk(&pack, Limits { object, held: 0 }), Vec::new()).values().map(Option::is_some).collect::<Vec<_>>();
    assert_eq!(told(100), [true; 4]);
    assert_eq!(told(40), [true, false, false, true]);
    assert_eq!(told(29), [false; 4]);
}

#[test]
fn an_index_that_points_elsewhere_makes_objects_broken() {
    let mut written = write(&[Made::Whole(b"a".to_vec()), Made::Whole(b"b".to_vec())]);
    let end = written.bytes.len() as u64;
    written.places[1].offset = end;
    written.places.push(Place { offset: u64::MAX, object: 2, crc32: None });
    written.places.push(Place { offset: end - CHECKSUM as u64, object: 3, crc32: None });
    written.places.push(Place { offset: 0, object: 4, crc32: None });
    let (pack, mut broken) = written.open();
    broken.sort_unstable();
    // The entry before a place that is none ends there, as far as anyone can tell.
    assert_eq!(broken, [0, 1, 2, 3, 4]);
    assert_eq!(walk(&pack, limits(0)), Told::default());
}
