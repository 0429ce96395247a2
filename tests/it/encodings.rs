//! Text in UTF-16 and UTF-32 is read like any other, wherever it comes from.

use serde_json::Value;

use crate::support::{Folder, NOTHING, Said, at, expand, list, text, token};

/// An encoding: its name in reports, whether a mark stands before the text, and one character in it.
struct Case {
    name: &'static str,
    marked: bool,
}

const CASES: [Case; 8] = [
    Case { name: "utf-16le", marked: true },
    Case { name: "utf-16le", marked: false },
    Case { name: "utf-16be", marked: true },
    Case { name: "utf-16be", marked: false },
    Case { name: "utf-32le", marked: true },
    Case { name: "utf-32le", marked: false },
    Case { name: "utf-32be", marked: true },
    Case { name: "utf-32be", marked: false },
];

impl Case {
    fn encode(&self, text: &str) -> Vec<u8> {
        let units_16 = || text.encode_utf16();
        let units_32 = || text.chars().map(u32::from);
        match self.name {
            "utf-16le" => units_16().flat_map(u16::to_le_bytes).collect(),
            "utf-16be" => units_16().flat_map(u16::to_be_bytes).collect(),
            "utf-32le" => units_32().flat_map(u32::to_le_bytes).collect(),
            _ => units_32().flat_map(u32::to_be_bytes).collect(),
        }
    }

    fn file(&self, text: &str) -> Vec<u8> {
        self.encode(&if self.marked { format!("\u{feff}{text}") } else { text.to_owned() })
    }

    fn file_name(&self) -> String {
        format!("{}-{}.env", self.name, if self.marked { "marked" } else { "plain" })
    }
}

/// A token on the third line, behind characters of every length.
fn content(seed: &str) -> String {
    format!("# für die Straße\r\n\r\n😀 é 鍵 T={}\r\nEND=1\r\n", token(seed))
}

/// Fails unless `place` is where [`content`] has its token.
#[track_caller]
fn assert_place(place: &Value, case: &Case, seed: &str) {
    let number = |pointer: &str| place.pointer(pointer).and_then(Value::as_u64).unwrap_or_default();
    let position = |end: &str| (number(&format!("/{end}/line")), number(&format!("/{end}/column")));
    let token = token(seed);
    let length = token.len() as u64;
    assert_eq!((position("start"), position("end")), ((3, 10), (3, 10 + length)), "{place}");
    let (start, end) = (number("/byte_range/start") as usize, number("/byte_range/end") as usize);
    assert_eq!(case.file(&content(seed)).get(start..end), Some(case.encode(&token).as_slice()), "{place}");
    assert_eq!(place["decoded_via"], serde_json::json!([case.name]));
    assert!(text(&place["snippet"]["text"]).starts_with("😀 é 鍵 T=ghp_*"), "{place}");
}

#[track_caller]
fn only_place(said: &Said) -> Value {
    let report = said.report();
    let places: Vec<_> = list(&report["findings"]).iter().flat_map(|finding| list(&finding["locations"]).to_vec()).collect();
    assert_eq!(places.len(), 1, "{said:?}");
    places[0].clone()
}

#[test]
fn files_are_decoded() {
    for case in &CASES {
        let folder = Folder::new();
        let name = case.file_name();
        folder.write(&name, case.file(&content(&name)));
        let said = folder.scan(["."]).finds(&[&at(&name)]);
        assert_place(&only_place(&said), case, &name);
        let bytes = case.file(&content(&name)).len() as u64;
        assert_eq!(said.report()["coverage"]["bytes"].as_u64(), Some(bytes));
    }
}

#[test]
fn staged_content_is_decoded_and_counts_as_a_whole() {
    for case in &CASES {
        let folder = Folder::committed();
        let name = case.file_name();
        folder.write(&name, case.file(&content(&name))).git(["add", "."]);
        assert_place(&only_place(&folder.scan(["--staged"]).finds(&[&at(&name)])), case, &name);
        // As for any file that git takes for binary: no line of it is known to be an old one.
        folder.commit_all();
        folder.scan(["--staged"]).finds(&[]);
        folder.write(&name, case.file(&(content(&name) + "MORE=1\r\n"))).git(["add", "."]);
        assert_place(&only_place(&folder.scan(["--staged"]).finds(&[&at(&name)])), case, &name);
    }
}

#[test]
fn standard_input_is_decoded() {
    for case in &CASES {
        let said = Folder::new().scan_stdin(&case.file(&content("stdin")), NOTHING).finds(&[&at("<stdin>")]);
        assert_place(&only_place(&said), case, "stdin");
    }
}

#[test]
fn pairs_are_read_in_decoded_text_as_in_any_other() {
    let folder = Folder::new();
    let value = expand("{{base62:18}}", "decoded pair");
    let key = expand("{{pem:RSA PRIVATE KEY}}", "decoded key").replace('\n', "\r\n");
    for case in &CASES {
        folder.write(case.file_name(), case.file(&format!("[db]\r\ndb_password={value}\r\n{key}\r\n")));
    }
    let said = folder.scan(["."]).ends_with(1);
    let report = said.report();
    let rules: Vec<_> =
        list(&report["findings"]).iter().map(|finding| (text(&finding["rule"]["id"]), list(&finding["locations"]).len())).collect();
    assert_eq!(rules.len(), 2, "{said:?}");
    assert!(rules.iter().all(|(_, places)| *places == CASES.len()), "{rules:?}");
}

#[test]
fn a_file_in_two_encodings_is_read_in_both() {
    let folder = Folder::new();
    let wide = CASES[0].file(&format!("A={}\r\n", token("wide part")));
    let narrow = format!("B={}\r\n", token("narrow part")).into_bytes();
    folder.write("appended.env", [wide, narrow].concat());
    let said = folder.scan(["."]).finds(&[&at("appended.env"), &at("appended.env")]);
    let report = said.report();
    let decoded = list(&report["findings"]).iter().filter(|finding| finding["locations"][0].get("decoded_via").is_some()).count();
    assert_eq!(decoded, 1, "{said:?}");
}

#[test]
fn no_format_shows_a_decoded_secret() {
    let folder = Folder::new();
    let token = token("masked");
    folder.write("a.reg", CASES[0].file(&format!("\"Token\"=\"{token}\"\r\n")));
    for format in ["human", "json", "jsonl", "sarif"] {
        let said = folder.keysieve(["scan", "--format", format, "."]).ends_with(1);
        assert!(!said.stdout.contains(&token) && !said.stderr.contains(&token), "{format}");
    }
    let shown = folder.scan(["--show-secrets", "."]).report();
    assert_eq!(text(&shown["findings"][0]["secret"]["value"]), token);
}
