use data_encoding::{BASE64, BASE64_NOPAD, BASE64URL, HEXLOWER, HEXUPPER};
use proptest::prelude::*;

use super::*;

fn all(text: &[u8]) -> Vec<Run> {
    let mut found = Vec::new();
    let marks: Vec<usize> = memchr::memchr3_iter(b'%', b'\\', b'&', text).collect();
    runs(text, &marks, |run| found.push(run));
    found.sort_unstable();
    found.dedup();
    found
}

/// Texts that the runs of `text` in one coding stand for.
fn decoded(text: &str, coding: Coding) -> Vec<String> {
    let runs = all(text.as_bytes()).into_iter().filter(|run| run.coding == coding);
    runs.filter_map(|run| Some(String::from_utf8_lossy(run.decode(text.as_bytes())?.text()).into_owned())).collect()
}

/// Fails unless `written` between `before` and `behind` decodes to `plain`, and each of its bytes leads back into `written`, in order.
#[track_caller]
fn assert_decodes(before: &str, written: &str, behind: &str, coding: Coding, plain: &str) {
    let text = format!("{before}{written}{behind}");
    let text = text.as_bytes();
    let place = ByteSpan::new(before.len(), before.len() + written.len());
    let found = all(text).into_iter().filter(|run| run.coding == coding && run.span.overlaps(place)).find_map(|run| {
        let decoded = run.decode(text)?;
        let start = memchr::memmem::find(decoded.text(), plain.as_bytes())?;
        Some((run, decoded, start))
    });
    let (run, decoded, start) = found.unwrap_or_else(|| panic!("{:?} is not decoded", String::from_utf8_lossy(text)));
    let spans: Vec<_> = (start..start + plain.len()).map(|at| ByteSpan::new(at, at + 1)).collect();
    let originals = run.originals(text, &decoded, &spans);
    assert!(originals.iter().all(|original| !original.is_empty() && place.contains(*original)), "{originals:?} in {place:?}");
    assert!(originals.is_sorted(), "{originals:?}");
    let whole = run.originals(text, &decoded, &[ByteSpan::new(start, start + plain.len())])[0];
    assert_eq!((whole.start, whole.end), (originals[0].start, originals[originals.len() - 1].end));
}

const PLAIN: &str = "The quick brown fox jumps over the lazy dog, and then it says: good bye? 12345 ~ yes?";

fn wrapped(text: &str, width: usize, seam: &str) -> String {
    text.as_bytes().chunks(width).map(|line| String::from_utf8_lossy(line).into_owned()).collect::<Vec<_>>().join(seam)
}

#[test]
fn base64_of_every_flavor() {
    let plain = PLAIN.as_bytes();
    for written in [BASE64.encode(plain), BASE64_NOPAD.encode(plain), BASE64URL.encode(plain)] {
        for (before, behind) in [("", ""), ("\"", "\""), ("key=", "\n"), ("  a: ", "\r\nb"), ("(", ")"), ("base64,", ",")] {
            assert_decodes(before, &written, behind, Coding::Base64, PLAIN);
        }
        for seam in ["\n", "\r\n", "\n    ", "\\n", "\\r\\n", "\" +\n  \"", "\"\n  \"", "\" + \"", "\\\n", " \\\n "] {
            for width in [36, 64, 76] {
                assert_decodes("\n\"", &wrapped(&written, width, seam), "\"\n", Coding::Base64, PLAIN);
            }
        }
    }
    assert_decodes("/v1/", &BASE64URL.encode(&plain[..30]), "/x", Coding::Base64, &PLAIN[..30]);
}

#[test]
fn utf_16_inside_of_base64() {
    let units: Vec<u8> = PLAIN.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let written = BASE64.encode(&units);
    assert_decodes("powershell -e ", &written, "\n", Coding::Base64, PLAIN);
    let run = all(written.as_bytes())[0];
    assert_eq!(run.decode(written.as_bytes()).and_then(|plain| plain.inside()), Some("utf-16le"));
}

#[test]
fn hex_in_lines_and_alone() {
    let plain = PLAIN.as_bytes();
    for written in [HEXLOWER.encode(plain), HEXUPPER.encode(plain)] {
        assert_decodes("x'", &written, "'", Coding::Hex, PLAIN);
        assert_decodes("0x", &written, ",", Coding::Hex, PLAIN);
        assert_decodes("", &wrapped(&written, 60, "\n"), "", Coding::Hex, PLAIN);
    }
}

#[test]
fn marks_between_plain_characters() {
    let cases = [
        (Coding::Percent, "a%3Db%26c%20d", "a=b&c d"),
        (Coding::Percent, "%C3%a9%41%", "éA%"),
        (Coding::Escapes, r"a\u003db\x26c:\/d\n\u{1f600}\ud83d\ude00\U00000041\q", "a=b&c:/d\n😀😀A\\q"),
        (Coding::Escapes, r"\\u0041", r"\u0041"),
        (Coding::Entities, "a&#61;b&#x26;c&amp;&quot;&colon;&nothing;&", "a=b&c&\":&nothing;&"),
    ];
    for (coding, written, plain) in cases {
        for (before, behind) in [("", ""), ("\n", "\n"), ("<a>", "</a>"), ("\n\"", "\"\n")] {
            if !(coding == Coding::Percent && plain.contains(' ')) {
                assert_decodes(before, written, behind, coding, plain);
            }
        }
        assert!(decoded(written, coding).iter().any(|text| text == plain), "{written}: {:?}", decoded(written, coding));
    }
}

#[test]
fn what_stands_for_no_text() {
    let random: Vec<u8> = (0..200u32).map(|at| (at.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    let written = [BASE64.encode(&random), HEXLOWER.encode(&random)].join("\n");
    for coding in [Coding::Base64, Coding::Hex] {
        assert_eq!(decoded(&written, coding), Vec::<String>::new());
    }
    for text in ["src/detect/keyvalue/syntax/of/some/thing", "some_long_identifier_with_words", "100% of 50%", r"\n\t\'", "a && b & c;"] {
        let runs = all(text.as_bytes()).into_iter().filter(|run| run.decode(text.as_bytes()).is_some());
        assert_eq!(runs.collect::<Vec<_>>(), Vec::new(), "{text}");
    }
}

#[test]
fn literals_are_joined() {
    for (text, plain) in [
        (r#"x = "abc" + "def";"#, "abcdef"),
        ("x = 'abc' . 'def'\n", "abcdef"),
        ("x = (\"abc\"\n     \"def\"\n     \"ghi\")", "abcdefghi"),
        ("x = \"abc\" \\\n \"def\"", "abcdef"),
        ("x = \"abc\\\ndef\"", "abcdef"),
        ("x = (\"abc\" \\\n \"def\")", "abcdef"),
        ("x = \"abc\" +\r\n  \"d e\" +\n  \"\" + \"f\"", "abcd ef"),
    ] {
        let at = text.find("abc").expect("because it is there");
        let run = literals::joined_at(text.as_bytes(), at, literals::plain_end(text.as_bytes(), at));
        let run = run.unwrap_or_else(|| panic!("{text} is not joined"));
        let found = run.decode(text.as_bytes()).expect("because literals are text");
        assert_eq!(String::from_utf8_lossy(found.text()), plain, "{text}");
        assert_eq!(run.originals(text.as_bytes(), &found, &[ByteSpan::new(0, plain.len())]), [run.span]);
    }
    for text in [
        "\"a\" = \"abc\"\n  \"b\" = \"def\"\n",
        "a,\"abc\"\n\"def\",b",
        "curl -H \"abc\" \\\n  \"def\"",
        "X=\"abc\" \\\n  \"def\" run",
        r#"x = "abc" + y;"#,
        r#"x = "abc", "def""#,
        "x = \"abc\"\ny = \"def\"",
        "abc",
        r#"x["abc"] = "def""#,
        "'abc' + \"def\"",
    ] {
        let at = text.find("abc").expect("because it is there");
        assert_eq!(literals::joined_at(text.as_bytes(), at, literals::plain_end(text.as_bytes(), at)), None, "{text}");
    }
}

#[test]
fn whole_values() {
    for (value, plain) in [
        ("cGFzc3dvcmQ=", "password"),
        ("cGFzc3dvcmQK", "password"),
        ("70617373776f7264", "password"),
        (r"a\u0026b", "a&b"),
        ("a&amp;b", "a&b"),
    ] {
        assert_eq!(whole(value.as_bytes()).map(|(_, text)| text), Some(plain.as_bytes().to_vec()), "{value}");
    }
    for value in ["password", "zavvfuco", "correcthorse", "d41d8cd98f00b204e9800998ecf8427e", "a%26b", "", "=", "AAAA", "x7Kp2mQ9"] {
        assert_eq!(whole(value.as_bytes()), None, "{value}");
    }
}

/// What encodings are made of, long lines among it.
fn pieces() -> impl Strategy<Value = Vec<u8>> {
    let line = |width: usize| BASE64.encode(PLAIN.repeat(4).as_bytes())[..width].to_owned();
    let fixed = [
        "%41", "%", "\\u0041", "\\x41", ":\\/", "\\", "&#65;", "&amp;", "&", "\n", "\r\n", "\n  ", "\"", "'", " + ", "+", ".", "<", ">",
        "=", "==", " ", "0x", "\\n", "/", "-", "word", "\" +\n\"", "\0",
    ];
    let fixed = fixed.map(str::to_owned).into_iter().chain([
        line(20),
        line(32),
        line(40),
        line(64),
        line(64),
        line(76),
        line(256),
        line(260),
        line(264),
    ]);
    let long = (prop::sample::select(vec![b'a', b'4', b'/', b' ']), 1..900usize).prop_map(|(byte, count)| vec![byte; count]);
    prop_oneof![
        8 => prop::sample::select(fixed.collect::<Vec<_>>()).prop_map(String::into_bytes),
        1 => long,
        1 => "[A-Za-z0-9+/_-]{1,90}".prop_map(String::into_bytes),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn zones_have_the_runs_of_the_whole(
        pieces in prop::collection::vec(pieces(), 0..60),
        mut cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..8),
    ) {
        let text = pieces.concat();
        let whole = all(&text);
        let mut places: Vec<usize> = cuts.drain(..).map(|cut| cut.index(text.len() + 1)).collect();
        places.sort_unstable();
        let zones: Vec<_> = places.as_chunks::<2>().0.iter().map(|[start, end]| ByteSpan::new(*start, *end)).collect();
        let mut found = Vec::new();
        runs_in(&text, &Zones { lines: zones.clone(), marks: zones.clone() }, |run| found.push(run));
        found.sort_unstable();
        found.dedup();
        prop_assert!(found.iter().all(|run| whole.contains(run)), "another run: {:?} {:?}", zones, String::from_utf8_lossy(&text));
        for run in whole.iter().filter(|run| zones.iter().any(|zone| zone.overlaps(run.span))) {
            prop_assert!(found.contains(run), "{:?} is missing in {:?}: {:?}", run, zones, String::from_utf8_lossy(&text));
        }
    }

    #[test]
    fn a_run_is_told_by_what_is_near(
        pieces in prop::collection::vec(pieces(), 0..120),
        other in prop::collection::vec(pieces(), 0..20),
        cut in any::<prop::sample::Index>(),
    ) {
        let (text, other) = (pieces.concat(), other.concat());
        let cut = cut.index(text.len() + 1);
        let runs = all(&text);
        // Something else behind the cut, then something else before it.
        let changed = [&text[..cut], &other].concat();
        let now = all(&changed);
        for run in runs.iter().filter(|run| run.span.end + REACH <= cut) {
            prop_assert!(now.contains(run), "{:?} of {:?} is gone from {:?}", run, String::from_utf8_lossy(&text), String::from_utf8_lossy(&changed));
        }
        let changed = [&other, &text[cut..]].concat();
        let now = all(&changed);
        for run in runs.iter().filter(|run| run.span.start >= cut + REACH) {
            let moved = |at: usize| at - cut + other.len();
            let run = Run { span: ByteSpan::new(moved(run.span.start), moved(run.span.end)), ..*run };
            prop_assert!(now.contains(&run), "{:?} of {:?} is not in {:?}", run, String::from_utf8_lossy(&text), String::from_utf8_lossy(&changed));
        }
    }

    #[test]
    fn every_decoded_byte_leads_back(pieces in prop::collection::vec(pieces(), 0..40)) {
        let text = pieces.concat();
        for run in all(&text) {
            let Some(plain) = run.decode(&text) else { continue };
            let length = plain.text().len();
            let spans: Vec<_> = (0..length).map(|at| ByteSpan::new(at, at + 1)).collect();
            let originals = run.originals(&text, &plain, &spans);
            prop_assert!(originals.iter().all(|span| run.span.contains(*span) && !span.is_empty()), "{:?}", run);
            prop_assert!(originals.is_sorted(), "{:?}", run);
        }
    }
}
