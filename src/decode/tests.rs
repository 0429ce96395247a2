use proptest::prelude::*;

use super::*;

/// `text` in `encoding`, without a mark.
fn encoded(text: &str, encoding: Encoding) -> Vec<u8> {
    match encoding {
        Encoding::Utf16Le => text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
        Encoding::Utf16Be => text.encode_utf16().flat_map(u16::to_be_bytes).collect(),
        Encoding::Utf32Le => text.chars().flat_map(|c| u32::from(c).to_le_bytes()).collect(),
        Encoding::Utf32Be => text.chars().flat_map(|c| u32::from(c).to_be_bytes()).collect(),
    }
}

fn marked(text: &str, encoding: Encoding) -> Vec<u8> {
    [encoding.mark(), &encoded(text, encoding)].concat()
}

/// Fails unless `bytes` decode to `text`, which begins behind a mark of `mark` bytes, and every byte of it leads back to its character.
#[track_caller]
fn assert_decodes(bytes: &[u8], text: &str, encoding: Encoding, mark: usize) {
    let decoded = decode(bytes).unwrap_or_else(|| panic!("{text:?} in {encoding:?} is not recognized"));
    let expected = text.replace('\0', " ");
    assert_eq!((std::str::from_utf8(decoded.text()), decoded.encoding()), (Ok(expected.as_str()), encoding));
    for (at, character) in expected.char_indices() {
        let end = at + character.len_utf8();
        let before = mark + encoded(&expected[..at], encoding).len();
        let whole = ByteSpan::new(before, before + encoded(&expected[at..end], encoding).len());
        for inside in at..end {
            assert_eq!(decoded.original(inside), before, "byte {inside} of {text:?} in {encoding:?}");
            assert_eq!(decoded.original_span(ByteSpan::new(inside, inside + 1)), whole, "byte {inside} of {text:?} in {encoding:?}");
        }
    }
    assert_eq!(decoded.original(expected.len()), bytes.len());
    assert_eq!(
        decoded.original_span(ByteSpan::new(0, expected.len())),
        ByteSpan::new(if expected.is_empty() { bytes.len() } else { mark }, bytes.len())
    );
}

#[test]
fn an_offset_is_mapped_on_both_sides_of_a_checkpoint() {
    for text in ["aé鍵😀\n".repeat(STRIDE), "a".repeat(STRIDE), "😀".repeat(STRIDE / 2), String::new()] {
        for encoding in Encoding::ALL {
            assert_decodes(&marked(&text, encoding), &text, encoding, encoding.mark().len());
        }
    }
}

#[test]
fn what_is_broken_becomes_a_replacement_character_and_the_rest_is_read() {
    let le = |units: &[u16]| units.iter().flat_map(|unit| unit.to_le_bytes()).collect::<Vec<_>>();
    let bytes = [le(&[0xfeff, 0xd83d, 0x61, 0xde00, 0x62, 0xd83d, 0xde00, 0x63, 0xd800]), vec![0x64]].concat();
    let decoded = decode(&bytes).expect("because it has a mark");
    assert_eq!(String::from_utf8_lossy(decoded.text()), "\u{fffd}a\u{fffd}b😀c\u{fffd}\u{fffd}");
    let c = decoded.text().iter().position(|byte| *byte == b'c').expect("because it was decoded");
    assert_eq!(decoded.original(c), 14);
    let last = ByteSpan::new(decoded.text().len() - 3, decoded.text().len());
    assert_eq!(decoded.original_span(last), ByteSpan::new(18, 19));

    let bytes = [&[0xff, 0xfe, 0, 0, 0, 0, 0x11, 0][..], &encoded("ab", Encoding::Utf32Le), &[0x61, 0, 0]].concat();
    let decoded = decode(&bytes).expect("because it has a mark");
    assert_eq!((decoded.encoding(), String::from_utf8_lossy(decoded.text()).as_ref()), (Encoding::Utf32Le, "\u{fffd}ab\u{fffd}"));
    assert_eq!(decoded.original_span(ByteSpan::new(3, 5)), ByteSpan::new(8, 16));
}

#[test]
fn text_without_a_mark_is_recognized() {
    for text in ["PASSWORD=x\r\n", "# größer als 1 €\nschlüssel: wert\n", "# 鍵\nkey = value\n", "[Datei]\r\n"] {
        for encoding in Encoding::ALL {
            assert_decodes(&encoded(text, encoding), text, encoding, 0);
            assert_decodes(&encoded(&text.repeat(300), encoding), &text.repeat(300), encoding, 0);
        }
    }
}

#[test]
fn a_nul_is_not_taken_over() {
    let decoded = decode(&marked("a\0b", Encoding::Utf16Le)).expect("because it has a mark");
    assert_eq!(decoded.text(), b"a b");
}

#[test]
fn other_contents_are_not_taken_for_text() {
    let numbers_16: Vec<u8> = (0..4000_u16).flat_map(u16::to_le_bytes).collect();
    let numbers_32: Vec<u8> = (0..4000_u32).flat_map(u32::to_le_bytes).collect();
    let pixels: Vec<u8> = (0..4000_u32).flat_map(|n| [(n % 97) as u8 + 30, 0, (n % 5) as u8, 255]).collect();
    let samples: Vec<u8> = (0..4000_i32).flat_map(|n| ((n * 7919 % 301 - 150) as i16).to_le_bytes()).collect();
    let names: Vec<u8> = (0..400).flat_map(|n| format!("name{n}\0\0\0").into_bytes()).collect();
    let wide_then_zero = [encoded("Root Entry", Encoding::Utf16Le), vec![0; 44]].concat().repeat(20);
    let executable = [b"MZ\x90\0\x03\0\0\0\x04\0\0\0\xff\xff\0\0\xb8\0\0\0\0\0\0\0".as_slice(), &[0; 200]].concat();
    let zeros = vec![0; 5000];
    for other in [&b""[..], b"\0", b"a\0", b"plain text, no NUL", b"text\0with a NUL", b"\xef\xbb\xbftext", &numbers_16, &numbers_32] {
        assert!(decode(other).is_none(), "{} bytes that begin with {:?}", other.len(), &other[..other.len().min(16)]);
    }
    for other in [&pixels, &samples, &names, &wide_then_zero, &executable, &zeros] {
        assert!(decode(other).is_none(), "{} bytes that begin with {:?}", other.len(), &other[..other.len().min(16)]);
    }
}

#[test]
fn random_bytes_behind_a_mark_are_no_text() {
    let mut state = 7_u64;
    for encoding in Encoding::ALL {
        let noise = (0..4096).map(|_| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (state >> 56) as u8
        });
        let bytes: Vec<u8> = encoding.mark().iter().copied().chain(noise).collect();
        assert!(decode(&bytes).is_none(), "{encoding:?}");
    }
}

/// Characters of one to four bytes of UTF-8, any of them, some more often than others.
fn texts() -> impl Strategy<Value = String> {
    let character = prop_oneof![8 => prop::char::range(' ', '~'), 1 => Just('\n'), 2 => any::<char>(), 1 => Just('é'), 1 => Just('鍵'), 1 => Just('😀')];
    prop::collection::vec(character, 0..600).prop_map(|characters| characters.into_iter().collect())
}

proptest! {
    #[test]
    fn every_text_behind_a_mark_is_decoded(text in texts(), at in 0..4usize) {
        let encoding = Encoding::ALL[at];
        // Behind the mark of UTF-16, a NUL makes the mark of UTF-32.
        prop_assume!(!text.starts_with('\0'));
        assert_decodes(&marked(&text, encoding), &text, encoding, encoding.mark().len());
    }

    #[test]
    fn western_text_without_a_mark_is_decoded(text in "[ -~\n\t]{8,40}[ -~ä-ü\r\n]{0,600}", at in 0..4usize) {
        let encoding = Encoding::ALL[at];
        assert_decodes(&encoded(&text, encoding), &text, encoding, 0);
    }

    #[test]
    fn what_is_recognized_without_a_mark_is_what_was_written(text in texts(), at in 0..4usize) {
        let encoding = Encoding::ALL[at];
        let bytes = encoded(&text, encoding);
        if decode(&bytes).is_some_and(|decoded| decoded.encoding() == encoding && decoded.mark == 0) {
            assert_decodes(&bytes, &text, encoding, 0);
        }
    }

    #[test]
    fn arbitrary_bytes_are_bounded_and_lead_back_in_order(
        start in prop::sample::select(vec![&b""[..], b"\xff\xfe", b"\xfe\xff", b"\xff\xfe\0\0", b"\0\0\xfe\xff", b"a\0b\0c\0d\0e\0f\0g\0h\0"]),
        bytes in prop::collection::vec(prop_oneof![Just(0), any::<u8>(), 0xd7..0xe0u8], 0..600),
    ) {
        let bytes = [start, &bytes].concat();
        if let Some(decoded) = decode(&bytes) {
            prop_assert!(std::str::from_utf8(decoded.text()).is_ok());
            prop_assert!(decoded.text().len() <= bytes.len() * 3 / 2 + 2 && !decoded.text().contains(&0));
            let mut last = decoded.mark;
            for offset in 0..=decoded.text().len() {
                let original = decoded.original(offset);
                prop_assert!(last <= original && original <= bytes.len());
                last = original;
            }
        }
    }
}
