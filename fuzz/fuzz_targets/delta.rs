//! git's deltas: what a delta makes is what its instructions say, no more than is allowed, and the copies that are told are copies.

#![no_main]

use keysieve::source::history::delta::{apply, target_size};
use libfuzzer_sys::fuzz_target;

const LIMIT: u64 = 1 << 20;

fuzz_target!(|data: &[u8]| {
    let Some((&length, rest)) = data.split_first() else { return };
    let (base, body) = rest.split_at(rest.len().min(usize::from(length)));
    let (mut text, mut copies) = (Vec::new(), Vec::new());
    let _ = target_size(body);
    let _ = apply(base, body, LIMIT, &mut text, &mut copies);
    assert!(text.len() as u64 <= LIMIT);
    // With sizes that fit, which arbitrary bytes hardly ever have.
    let expected = made(base, body);
    let size = expected.as_ref().map_or(0, Vec::len);
    let delta = [size_of(base.len()), size_of(size), body.to_vec()].concat();
    text.clear();
    copies.clear();
    let done = apply(base, &delta, LIMIT, &mut text, &mut copies);
    match expected {
        Some(expected) if expected.len() as u64 <= LIMIT => {
            assert_eq!((done, &text, target_size(&delta)), (Ok(()), &expected, Ok(size as u64)));
        }
        _ => assert!(done.is_err()),
    }
    let mut end = 0;
    for copy in &copies {
        assert!(copy.to >= end && copy.length > 0);
        assert_eq!(copy.target().of(&text), &base[copy.from..copy.from + copy.length]);
        end = copy.to + copy.length;
    }
});

/// What instructions make of `base`, written as plainly as can be.
fn made(base: &[u8], mut body: &[u8]) -> Option<Vec<u8>> {
    let mut text = Vec::new();
    while let Some((&first, mut rest)) = body.split_first() {
        if first < 0x80 {
            let (bytes, behind) = rest.split_at_checked(usize::from(first)).filter(|_| first > 0)?;
            text.extend_from_slice(bytes);
            body = behind;
            continue;
        }
        let mut fields = [0; 7];
        for (_, field) in fields.iter_mut().enumerate().filter(|(at, _)| first & (1 << at) != 0) {
            let (&byte, behind) = rest.split_first()?;
            *field = byte;
            rest = behind;
        }
        let from = u32::from_le_bytes([fields[0], fields[1], fields[2], fields[3]]) as usize;
        let length = u32::from_le_bytes([fields[4], fields[5], fields[6], 0]) as usize;
        text.extend_from_slice(base.get(from..from + if length == 0 { 0x10000 } else { length })?);
        body = rest;
    }
    Some(text)
}

/// Seven bits a byte, the lowest first.
fn size_of(mut size: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    while size >= 0x80 {
        bytes.push((size & 0x7f) as u8 | 0x80);
        size >>= 7;
    }
    bytes.push(size as u8);
    bytes
}
