//! UTF-16 and UTF-32: what is decoded is bounded text without NULs, leads back in order to the original, and reads the same when encoded again.

#![no_main]

use keysieve::decode::{Encoding, decode};
use keysieve::location::ByteSpan;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Some(decoded) = decode(data) else { return };
    let text = std::str::from_utf8(decoded.text()).expect("because what is decoded is UTF-8");
    assert!(text.len() <= data.len() * 3 / 2 + 2, "{} bytes of {}", text.len(), data.len());
    assert!(!text.contains('\0'), "a NUL");
    let offsets: Vec<usize> = (0..=text.len()).map(|offset| decoded.original(offset)).collect();
    assert!(offsets.is_sorted() && offsets.last() == Some(&data.len()), "not in order: {offsets:?}");
    for (at, character) in text.char_indices() {
        let span = ByteSpan::new(at, at + character.len_utf8());
        let original = decoded.original_span(span).of(data);
        let written = encoded(character, decoded.encoding());
        let is_replaced = matches!(character, ' ' | char::REPLACEMENT_CHARACTER);
        assert!(original == written || is_replaced, "{character:?} for {original:?}");
        assert!(!original.is_empty() && original.len() <= written.len(), "{character:?} for {original:?}");
    }
});

fn encoded(character: char, encoding: Encoding) -> Vec<u8> {
    let mut buffer = [0; 2];
    let units = character.encode_utf16(&mut buffer).iter();
    match encoding {
        Encoding::Utf16Le => units.flat_map(|unit| unit.to_le_bytes()).collect(),
        Encoding::Utf16Be => units.flat_map(|unit| unit.to_be_bytes()).collect(),
        Encoding::Utf32Le => u32::from(character).to_le_bytes().to_vec(),
        Encoding::Utf32Be => u32::from(character).to_be_bytes().to_vec(),
    }
}
