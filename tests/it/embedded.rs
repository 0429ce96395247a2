//! Credentials that stand encoded inside of a text are found wherever the text comes from, where they stand, and are never shown.

use aho_corasick::AhoCorasick;
use data_encoding::BASE64;
use keysieve::report::Format;
use serde_json::{Value, json};

use crate::history::Repository;
use crate::support::{Folder, NOTHING, Said, at, encoded, expand, list, text, token};

/// The only place that the report names.
#[track_caller]
fn only_place(said: &Said) -> Value {
    let report = said.report();
    let places: Vec<_> = list(&report["findings"]).iter().flat_map(|finding| list(&finding["locations"]).to_vec()).collect();
    assert_eq!(places.len(), 1, "{said:?}");
    places[0].clone()
}

fn number(value: &Value, pointer: &str) -> usize {
    value.pointer(pointer).and_then(Value::as_u64).unwrap_or_default() as usize
}

/// Fails unless lines and columns of `place` are those of its bytes in `content`, and the snippet shows the secret masked.
#[track_caller]
fn assert_place(place: &Value, content: &str, via: &[&str]) {
    assert_eq!(place["decoded_via"], json!(via));
    for end in ["start", "end"] {
        let offset = number(place, &format!("/byte_range/{end}"));
        let line_start = content[..offset].rfind('\n').map_or(0, |at| at + 1);
        let line = content[..offset].matches('\n').count() + 1;
        assert_eq!((number(place, &format!("/{end}/line")), number(place, &format!("/{end}/column"))), (line, offset - line_start + 1));
    }
    let snippet = text(&place["snippet"]["text"]);
    assert!(snippet.contains("ghp_****************"), "{snippet}");
}

#[test]
fn every_encoding_is_read_in_files() {
    for (number, (via, lines)) in encoded(&token("embedded")).into_iter().enumerate() {
        let content = format!("# größer\n\n{lines}END\n").replace('ö', "oe").replace('ß', "ss");
        let folder = Folder::new();
        folder.write("config.txt", &content);
        let said = folder.scan(["--show-secrets", "."]).finds(&[&at("config.txt")]);
        assert_place(&only_place(&said), &content, &via);
        assert_eq!(text(&said.report()["findings"][0]["secret"]["value"]), token("embedded"), "case {number}");
    }
}

#[test]
fn the_secret_is_one_whatever_it_is_written_in() {
    let folder = Folder::new();
    let all = encoded(&token("one"));
    folder.write("plain.env", format!("T={}\n", token("one")));
    for (number, (_, lines)) in all.iter().enumerate() {
        folder.write(format!("{number}.txt"), lines);
    }
    let report = folder.scan(["."]).ends_with(1).report();
    let findings = list(&report["findings"]);
    assert_eq!((findings.len(), list(&findings[0]["locations"]).len()), (1, all.len() + 1), "{report}");
}

#[test]
fn staged_lines_count_where_a_run_holds_them() {
    for (via, lines) in encoded(&token("staged")) {
        let folder = Folder::committed();
        folder.write("a.txt", "first\n").commit_all();
        folder.write("a.txt", format!("first\n{lines}")).git(["add", "."]);
        assert_eq!(only_place(&folder.scan(["--staged"]).finds(&[&at("a.txt")]))["decoded_via"], json!(via));
        folder.commit_all();
        folder.write("a.txt", format!("second\n{lines}")).git(["add", "."]);
        folder.scan(["--staged"]).finds(&[]);
    }
}

#[test]
fn a_file_in_utf_16_is_read_before_what_is_in_it() {
    let folder = Folder::new();
    for (number, (_, lines)) in encoded(&token("wide")).into_iter().enumerate() {
        let bytes: Vec<u8> = format!("\u{feff}{lines}").encode_utf16().flat_map(u16::to_le_bytes).collect();
        folder.write(format!("{number}.txt"), bytes);
    }
    let report = folder.scan(["."]).ends_with(1).report();
    let places: Vec<_> = list(&report["findings"]).iter().flat_map(|finding| list(&finding["locations"]).to_vec()).collect();
    assert_eq!(places.len(), encoded("").len(), "{report}");
    for place in places {
        let via = list(&place["decoded_via"]);
        assert!(via.len() > 1 && via[0] == "utf-16le", "{place}");
    }
}

#[test]
fn standard_input_is_read_alike() {
    for (via, lines) in encoded(&token("stdin")) {
        let said = Folder::new().scan_stdin(lines.as_bytes(), NOTHING).finds(&[&at("<stdin>")]);
        assert_place(&only_place(&said), &lines, &via);
    }
}

/// Parts of what is written that nobody may see: the secret, and stretches of its encodings.
fn hidden(secret: &str) -> AhoCorasick {
    const WINDOW: usize = 24;
    let mut parts = vec![secret.to_owned(), secret[4..28].to_owned()];
    for shift in 0..3 {
        let written = BASE64.encode(format!("{}{secret}", "x".repeat(shift)).as_bytes());
        parts.extend((8..written.len() - WINDOW - 4).step_by(4).map(|at| written[at..at + WINDOW].to_owned()));
    }
    for write in [|byte| format!("{byte:02x}"), |byte| format!("%{byte:02X}"), |byte| format!("\\x{byte:02x}")] as [fn(u8) -> String; 3] {
        parts.push(secret.bytes().skip(4).take(12).map(write).collect());
    }
    for write in [|byte| format!("\\u{byte:04x}"), |byte| format!("&#{byte};"), |byte| format!("&#x{byte:X};")] as [fn(u8) -> String; 3] {
        parts.push(secret.bytes().skip(4).take(12).map(write).collect());
    }
    AhoCorasick::new(parts).expect("because they are few")
}

#[test]
fn no_format_shows_an_encoded_secret() {
    let folder = Folder::new();
    let secret = token("masked");
    let mut line = String::new();
    for (number, (_, lines)) in encoded(&secret).into_iter().enumerate() {
        folder.write(format!("{number}.txt"), &lines);
        line.push_str(lines.lines().last().unwrap_or_default());
        line.push(' ');
    }
    folder.write("all.txt", line);
    let hidden = hidden(&secret);
    let out = Folder::new();
    for format in Format::ALL.map(Format::as_str) {
        let file = out.path.join(format);
        let report = format!("--report={format}={}", file.display());
        let said = folder.keysieve(["scan", "--format", format, "--min-confidence", "low", &report, "."]).ends_with(1);
        let written = std::fs::read_to_string(&file).expect("because it was asked for");
        for shown in [&said.stdout, &said.stderr, &written] {
            let leaked = hidden.find(shown.as_str()).map(|hit| &shown[hit.range()]);
            assert_eq!(leaked, None, "{format}");
        }
    }
}

#[test]
fn an_encoded_secret_in_a_name_a_subject_or_a_person_is_hidden() {
    let repository = Repository::new(&[]);
    let secret = token("named");
    let written = BASE64.encode(format!("k={secret}").as_bytes());
    let percent: String = secret.bytes().map(|byte| format!("%{byte:02X}")).collect();
    repository.write(&format!("keys/{}", written.replace('/', "_")), "nothing\n").write("a.txt", format!("x: {written}\n"));
    repository.git(&["add", "--all"]);
    let author = [("GIT_AUTHOR_NAME", percent.as_str())];
    repository.git_as(&repository.path, &author, &["commit", "--quiet", "--message", &format!("Use {written}\n\n{percent}")]);
    let hidden = hidden(&secret);
    for format in Format::ALL.map(Format::as_str) {
        for level in ["full", "brief", "none"] {
            let said = repository.scan(&["--format", format, "--exposure", level]).ends_with(1);
            for shown in [&said.stdout, &said.stderr] {
                let leaked = hidden.find(shown.as_str()).map(|hit| &shown[hit.range()]);
                assert_eq!(leaked, None, "{format}, {level}");
            }
        }
    }
}

#[test]
fn a_kubernetes_secret_is_judged_by_what_its_values_stand_for() {
    let folder = Folder::new();
    let password = expand("{{base62:14}}", "kubernetes");
    let value = |text: &str| BASE64.encode(text.as_bytes());
    folder.write(
        "secret.yaml",
        format!(
            "apiVersion: v1\nkind: Secret\ndata:\n  username: {}\n  password: {}\n  token: {}\n  tls.crt: {}\n",
            value("admin"),
            value("password"),
            value("${TOKEN}"),
            value("-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n")
        ),
    );
    folder.scan(["."]).finds(&[]);
    folder.write("secret.yaml", format!("apiVersion: v1\nkind: Secret\ndata:\n  password: {}\n", value(&password)));
    let said = folder.scan(["--show-secrets", "."]).finds(&["secret.yaml: kubernetes.secret-manifest"]);
    assert_eq!(text(&said.report()["findings"][0]["secret"]["value"]), password);
    let key = expand("{{pem:RSA PRIVATE KEY}}", "kubernetes");
    folder.write("secret.yaml", format!("kind: Secret\ndata:\n  tls.key: {}\n", value(&key)));
    let said = folder.scan(["."]).ends_with(1);
    assert_eq!(only_place(&said)["decoded_via"], json!(["base64"]));
}

#[test]
fn what_is_not_decoded_makes_the_scan_incomplete() {
    let folder = Folder::new();
    let mut written = token("deep");
    for _ in 0..7 {
        written = BASE64.encode(written.as_bytes());
    }
    folder.write("deep.txt", written).write("other.txt", format!("T={}\n", token("other")));
    let said = folder.scan(["."]).finds(&[&at("other.txt")]);
    assert_eq!(said.gaps(), ["deep.txt"]);
}
