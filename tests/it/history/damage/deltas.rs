//! Packs with entries that lead nowhere, out of their base, or around in a circle. Each is beside an intact blob, which must be found.

use super::packing::{BLOB, Id, Kind, Pack, blob_id, copy, deflated, delta, hex, id_for, insert};
use super::{assert_named, each, scan};
use crate::history::repository::Repository;
use crate::support::{assigned, token};

/// A hundred bytes to base deltas on.
const BASE: &[u8] = &[b'x'; 100];

/// Adds broken entries to a pack and returns what must be named.
type Break = fn(&mut Pack) -> Vec<Id>;

/// A delta on [`BASE`] with these bytes, by the distance to it.
fn on_base(pack: &mut Pack, delta: &[u8]) -> Vec<Id> {
    let base = pack.offset();
    pack.blob(BASE);
    let id = id_for("broken");
    let distance = pack.offset() - base;
    pack.delta(id, Kind::Offset(distance as u64), delta);
    vec![id]
}

/// Blobs whose deltas name each other.
fn circle(pack: &mut Pack, length: usize) -> Vec<Id> {
    let ids: Vec<Id> = (0..length).map(|number| id_for(&format!("circle {number}"))).collect();
    for (number, id) in ids.iter().enumerate() {
        pack.delta(*id, Kind::Reference(ids[(number + 1) % length]), &delta(100, 100, &[copy(0, 100)]));
    }
    ids
}

fn one(pack: &mut Pack, kind: Kind, size: u64, body: &[u8]) -> Vec<Id> {
    let id = id_for("broken");
    pack.entry(id, kind, size, body);
    vec![id]
}

const BROKEN: &[(&str, Break)] = &[
    ("a copy beyond the base", |pack| on_base(pack, &delta(100, 60, &[copy(90, 60)]))),
    ("a copy far beyond the base", |pack| on_base(pack, &delta(100, 60, &[copy(u32::MAX, 60)]))),
    ("a copy of more than the result", |pack| on_base(pack, &delta(100, 10, &[copy(0, 100)]))),
    ("an insert that ends early", |pack| on_base(pack, &delta(100, 120, &[copy(0, 100), vec![20, b'a', b'b']]))),
    ("a copy that ends early", |pack| on_base(pack, &delta(100, 120, &[vec![0xff, 1]]))),
    ("an instruction without a meaning", |pack| on_base(pack, &delta(100, 100, &[copy(0, 50), vec![0], copy(50, 50)]))),
    ("a result larger than its instructions", |pack| on_base(pack, &delta(100, 500, &[copy(0, 100)]))),
    ("an enormous result", |pack| on_base(pack, &delta(100, 1 << 50, &[copy(0, 100)]))),
    ("a result of all 64 bits", |pack| on_base(pack, &delta(100, u64::MAX, &[copy(0, 100)]))),
    ("another size of the base", |pack| on_base(pack, &delta(99, 50, &[copy(0, 50)]))),
    ("no instruction at all", |pack| on_base(pack, b"")),
    ("sizes without an end", |pack| on_base(pack, &[0xff; 30])),
    ("a delta on itself", |pack| circle(pack, 1)),
    ("two deltas in a circle", |pack| circle(pack, 2)),
    ("seven deltas in a circle", |pack| circle(pack, 7)),
    ("a delta on a circle", |pack| {
        let mut ids = circle(pack, 3);
        ids.extend([id_for("on a circle")]);
        pack.delta(ids[3], Kind::Reference(ids[0]), &delta(100, 100, &[copy(0, 100)]));
        ids
    }),
    ("a base that is nowhere", |pack| {
        pack.delta(id_for("thin"), Kind::Reference(id_for("nowhere")), &delta(100, 100, &[copy(0, 100)]));
        vec![id_for("thin")]
    }),
    ("a distance of nothing", |pack| one(pack, Kind::Offset(0), 5, &deflated(&delta(5, 5, &[copy(0, 5)])))),
    ("a distance to before the pack", |pack| one(pack, Kind::Offset(1 << 40), 5, &deflated(b"abcde"))),
    ("a distance of all 64 bits", |pack| {
        pack.raw(id_for("broken"), &[&[0x65][..], &[0xff; 12], &[0x7f], &deflated(b"abcde")].concat());
        vec![id_for("broken")]
    }),
    ("a distance into the middle of an entry", |pack| {
        pack.blob(BASE);
        one(pack, Kind::Offset(50), 10, &deflated(&delta(100, 100, &[copy(0, 100)])))
    }),
    ("deltas on a broken delta", |pack| {
        let mut ids = on_base(pack, &delta(100, 60, &[copy(90, 60)]));
        for number in 0..3 {
            let id = id_for(&format!("child {number}"));
            pack.delta(id, Kind::Reference(ids[number]), &delta(60, 60, &[copy(0, 60)]));
            ids.push(id);
        }
        ids
    }),
    ("an enormous size", |pack| one(pack, BLOB, 1 << 42, &deflated(b"little"))),
    ("a size of all 64 bits", |pack| one(pack, BLOB, u64::MAX, &deflated(b"little"))),
    ("a size that is too large", |pack| one(pack, BLOB, 7, &deflated(b"little"))),
    ("a size that is too small", |pack| one(pack, BLOB, 5, &deflated(b"little"))),
    ("type 0", |pack| one(pack, Kind::Whole(0), 6, &deflated(b"little"))),
    ("type 5", |pack| one(pack, Kind::Whole(5), 6, &deflated(b"little"))),
    ("a size without an end", |pack| {
        pack.raw(id_for("broken"), &[0xff; 40]);
        vec![id_for("broken")]
    }),
    ("no stream", |pack| one(pack, BLOB, 6, b"this is no zlib stream")),
    ("a stream that ends early", |pack| one(pack, BLOB, 100, &deflated(BASE)[..50])),
    ("a wrong checksum of the stream", |pack| {
        let mut stream = deflated(BASE);
        *stream.last_mut().expect("because it has a checksum") ^= 1;
        one(pack, BLOB, 100, &stream)
    }),
    ("a commit that is none", |pack| one(pack, Kind::Whole(1), 6, &deflated(b"little"))),
    ("a tree that is none", |pack| one(pack, Kind::Whole(2), 6, &deflated(b"little"))),
    ("a tag that is none", |pack| one(pack, Kind::Whole(4), 6, &deflated(b"little"))),
];

#[test]
fn broken_entries_are_named_and_hide_nothing_else() {
    let cases = BROKEN.iter().flat_map(|(name, damage)| {
        [(format!("{name}, nothing to find"), (damage, false)), (format!("{name}, beside a token"), (damage, true))]
    });
    each(cases, |name, (damage, with_token)| {
        let repository = Repository::new(&[]);
        repository.write("README", "clean\n").commit("first");
        let mut pack = Pack::new();
        pack.blob(if with_token { assigned("intact") } else { "intact\n".to_owned() }.as_bytes());
        let broken: Vec<String> = damage(&mut pack).iter().map(hex).collect();
        pack.write_to(&repository);
        let findings = scan(name, &repository);
        assert_named(name, &findings, &broken);
        assert_eq!(findings.of_token(&token("intact")).is_some(), with_token, "{name}: {:#}", findings.0);
    });
}

/// No git writes chains of more than 4,095 deltas, and every git reads them.
#[test]
fn a_chain_of_many_deltas_is_followed_to_its_end() {
    const LENGTH: usize = 20_000;
    let version = |number: usize| {
        let last = if number == LENGTH { assigned("end") } else { format!("number {number:08}\n") };
        [BASE, last.as_bytes()].concat()
    };
    let repository = Repository::new(&[]);
    let mut pack = Pack::new();
    let mut before = pack.offset();
    pack.blob(&version(0));
    for number in 1..=LENGTH {
        let (base, content, here) = (version(number - 1), version(number), pack.offset());
        let instructions = [copy(0, 100), insert(&content[100..])];
        let bytes = delta(base.len() as u64, content.len() as u64, &instructions);
        pack.delta(blob_id(&content), Kind::Offset((here - before) as u64), &bytes);
        before = here;
    }
    pack.write_to(&repository);
    let findings = scan("a long chain", &repository);
    assert!(findings.of_token(&token("end")).is_some(), "{:#}", findings.0);
    assert_eq!((findings.items(), findings.gaps()), (LENGTH as u64 + 1, Vec::new()));
}

#[test]
fn a_pack_of_this_kind_is_read_when_nothing_is_broken() {
    let repository = Repository::new(&[]);
    let mut pack = Pack::new();
    let base = pack.offset();
    pack.blob(BASE);
    let distance = (pack.offset() - base) as u64;
    let (one, other) = (assigned("one delta"), assigned("other delta"));
    let content = |secret: &str| [&BASE[..50], secret.as_bytes()].concat();
    for (secret, kind) in [(&one, Kind::Offset(distance)), (&other, Kind::Reference(blob_id(BASE)))] {
        let content = content(secret);
        let bytes = delta(100, content.len() as u64, &[copy(0, 50), insert(secret.as_bytes())]);
        pack.delta(blob_id(&content), kind, &bytes);
    }
    pack.write_to(&repository);
    for secret in [one, other] {
        assert_eq!(repository.git(&["cat-file", "blob", &hex(&blob_id(&content(&secret)))]).as_bytes(), content(secret.trim_end()));
    }
    let findings = scan("well-formed", &repository);
    assert_eq!((findings.len(), findings.gaps()), (2, Vec::new()));
}
