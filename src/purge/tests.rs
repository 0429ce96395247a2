//! Laws of forms and lines.

use proptest::prelude::*;

use super::forms::{Form, Unit, forms};
use super::lines::{Line, line, read};
use super::measure::{Counts, FormCount, Measured};
use crate::secret::Secret;

fn texts(secret: &[u8]) -> Vec<Vec<u8>> {
    forms(secret).into_iter().map(|form| form.bytes.expose().to_vec()).collect()
}

fn form(bytes: &[u8]) -> Form {
    Form { how: "as it is".to_owned(), bytes: Secret::new(bytes), unit: Unit::BYTE }
}

fn holds(whole: &[u8], parts: &[Vec<u8>]) -> bool {
    parts.iter().any(|part| memchr::memmem::find(whole, part).is_some())
}

#[test]
fn short_secrets_have_no_forms() {
    assert!(forms(b"1234567").is_empty());
    assert_eq!(forms(b"12345678")[0].bytes.expose(), b"12345678");
}

#[test]
fn a_key_is_known_with_other_line_ends_and_by_its_lines() {
    let body: Vec<String> = (0..4).map(|number| format!("{}{number}", "Ab3+/".repeat(12))).collect();
    let key = format!("-----BEGIN X-----\n{}\n-----END X-----", body.join("\n"));
    for written in [key.clone(), key.replace('\n', "\r\n"), key.replace('\n', "\\n"), key.replace('\n', "\\\\n")] {
        for found in [&key, &key.replace('\n', "\\n"), &key.replace('\n', "\r\n")] {
            assert!(texts(found.as_bytes()).contains(&written.clone().into_bytes()), "{found:?} is not known as {written:?}");
        }
    }
    let known = texts(key.as_bytes());
    assert!(known.contains(&body[2].clone().into_bytes()));
    // The first says which algorithm it is; borders belong to every key.
    for common in [&body[0], "-----BEGIN X-----", "-----END X-----"] {
        assert!(!known.contains(&common.as_bytes().to_vec()), "{common}");
    }
}

#[test]
fn a_literal_within_a_pattern_is_a_pattern_too() {
    let count = |bytes: &[u8]| FormCount { secrets: vec![0], form: form(bytes), counts: Counts::default(), inside_words: 0 };
    let measured = Measured {
        forms: vec![count(b"longer\nwith-the-inner-one"), count(b"the-inner-one"), count(b"another-one")],
        plain_blobs: vec![0],
        refs: Vec::new(),
        blobs: Vec::new(),
        objects: 0,
        incomplete: Vec::new(),
    };
    let file = String::from_utf8(measured.replace_text(&[]).to_vec()).expect("because it is ASCII");
    let starts: Vec<&str> = file.lines().map(|line| &line[..9]).collect();
    assert_eq!(starts, ["regex:lon", "regex:the", "literal:a"]);
    assert!(measured.replace_text(&[0]).is_empty());
}

#[test]
fn lines_of_other_hands_are_read_as_git_filter_repo_reads_them() {
    let file = b"plain\r\nliteral:a==>b==>c\n==>nothing\n\nregex:a+==>x\nglob:*.x\n# no comment\nregex:a\\x2b";
    let bytes = |text: &str| Line::Bytes(text.as_bytes().to_vec());
    let expected =
        [(1, bytes("plain")), (2, bytes("a==>b")), (5, Line::Pattern), (6, Line::Pattern), (7, bytes("# no comment")), (8, bytes("a+"))];
    assert!(read(file) == expected);
}

proptest! {
    #[test]
    fn a_line_is_read_as_it_was_written(bytes in proptest::collection::vec(any::<u8>(), 1..80), as_pattern: bool) {
        let written = line(&form(&bytes), as_pattern);
        prop_assert!(read(&written) == [(1, Line::Bytes(bytes))]);
        prop_assert_eq!(written.iter().filter(|byte| **byte == b'\n').count(), 1);
    }

    #[test]
    fn what_stands_in_base64_is_found_at_any_place(
        secret in proptest::collection::vec(any::<u8>(), 8..60),
        before in proptest::collection::vec(any::<u8>(), 0..7),
        behind in proptest::collection::vec(any::<u8>(), 0..7),
    ) {
        let whole = [&before, &secret, &behind].map(Vec::as_slice).concat();
        let known = texts(&secret);
        prop_assert!(holds(data_encoding::BASE64.encode(&whole).as_bytes(), &known));
        prop_assert!(holds(data_encoding::BASE64URL_NOPAD.encode(&whole).as_bytes(), &known));
    }

    #[test]
    fn what_json_and_utf_16_hold_is_found(secret in "[ -~]{8,40}") {
        let known = texts(secret.as_bytes());
        prop_assert!(holds(serde_json::to_string(&secret).expect("because a string is JSON").as_bytes(), &known));
        let wide: Vec<u8> = format!("x{secret}y").encode_utf16().flat_map(u16::to_be_bytes).collect();
        prop_assert!(holds(&wide, &known));
    }
}
