//! What the program really writes fits the published schemas, and all formats say the same.

use std::path::Path;

use serde_json::Value;

use crate::support::{Folder, Said, list, text, token, with_all_examples};

fn validator(path: &str, change: impl Fn(String) -> String) -> jsonschema::Validator {
    let schema = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).expect("because it is checked in");
    let schema: Value = serde_json::from_str(&change(schema)).expect("because it is JSON");
    jsonschema::options().should_validate_formats(true).build(&schema).expect("because the schema is one")
}

/// The schema of the JSON report.
pub fn json_schema() -> jsonschema::Validator {
    validator("docs/report.schema.json", |schema| schema)
}

/// The schema of SARIF.
pub fn sarif_schema() -> jsonschema::Validator {
    // The pattern of `language`, which is not written here, has a lone `]` that only some regular expression engines take.
    validator("tests/fixtures/sarif-schema-2.1.0.json", |schema| schema.replace("[a-zA-Z]{2}]?$", "[a-zA-Z]{2}$"))
}

/// Fails with everything in which `document` does not fit.
#[track_caller]
pub fn assert_fits(schema: &jsonschema::Validator, document: &Value) {
    let problems: Vec<_> = schema.iter_errors(document).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

/// A tree with everything a report can hold, and the arguments to scan it with.
fn everything() -> (Folder, Vec<&'static str>) {
    let folder = with_all_examples();
    folder.git(["init", "--quiet"]);
    folder.write(".gitignore", "*.log\n").write("a.log", "").write("large.txt", "x".repeat(200_000));
    let wide = format!("\u{feff}T={}\r\n", token("wide"));
    folder.write("wide.env", wide.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>());
    #[cfg(unix)]
    {
        use std::os::unix::ffi::OsStrExt as _;
        let name = std::ffi::OsStr::from_bytes(b"caf\xe9 \n\x1b[31m.env");
        folder.write(name, format!("T={}\n", token("name")));
        std::os::unix::fs::symlink(token("link"), folder.path.join("link")).expect("because the folder can be written");
    }
    (folder, vec![".", "--max-file-size", "100KiB", "--min-confidence", "low"])
}

fn scan(folder: &Folder, format: &str, arguments: &[&str]) -> Said {
    folder.keysieve(["scan", "--format", format].iter().chain(arguments))
}

#[test]
fn json_of_real_scans_fits_the_schema() {
    let schema = json_schema();
    let (folder, arguments) = everything();
    let report = scan(&folder, "json", &arguments).ends_with(1).report();
    assert_fits(&schema, &report);
    assert!(list(&report["findings"]).len() > 300 && list(&report["coverage"]["skipped"]).len() == 1);
    assert_fits(&schema, &scan(&folder, "json", &["--show-secrets"]).ends_with(1).report());
    folder.git(["add", "--all", "--force"]);
    assert_fits(&schema, &scan(&folder, "json", &["--staged"]).ends_with(1).report());
    let empty = Folder::repository();
    for (arguments, code) in [(&["."][..], 0), (&["--staged"], 0), (&["--stdin"], 0), (&[".", "no/such"], 3)] {
        assert_fits(&schema, &scan(&empty, "json", arguments).ends_with(code).report());
    }
    assert_fits(&schema, &empty.scan_stdin(token("stdin").as_bytes(), ["--path", "a"]).ends_with(1).report());
}

#[test]
fn the_schema_refuses_what_is_not_in_it() {
    let schema = json_schema();
    let folder = Folder::new();
    folder.write("a.env", token("refused"));
    let good = scan(&folder, "json", &["."]).report();
    assert!(schema.is_valid(&good));
    for (pointer, value) in [
        ("/version", Value::from(2)),
        ("/outcome", Value::from("fine")),
        ("/findings/0/severity", Value::from("huge")),
        ("/findings/0/locations", Value::Array(Vec::new())),
        ("/findings/0/locations/0/start/line", Value::from(0)),
        ("/coverage/items", Value::from(-1)),
    ] {
        let mut wrong = good.clone();
        *wrong.pointer_mut(pointer).unwrap_or_else(|| panic!("{pointer} is not in the report")) = value;
        assert!(!schema.is_valid(&wrong), "{pointer}");
    }
}

#[test]
fn json_lines_say_the_same_as_json() {
    let (folder, arguments) = everything();
    let document = scan(&folder, "json", &arguments).report();
    let said = scan(&folder, "jsonl", &arguments).ends_with(1);
    let mut lines: Vec<Value> = said.stdout.lines().map(|line| serde_json::from_str(line).expect("because every line is JSON")).collect();
    let summary = lines.pop().expect("because there is a summary");
    assert_eq!((text(&summary["type"]), &summary["coverage"]), ("summary", &document["coverage"]));
    assert_eq!(lines.len(), list(&document["findings"]).len());
    for (line, finding) in lines.iter_mut().zip(list(&document["findings"])) {
        line.as_object_mut().and_then(|line| line.remove("type")).expect("because every line has a type");
        assert_eq!(line, finding);
    }
}

#[test]
fn sarif_of_real_scans_fits_the_standard_and_has_every_place() {
    let schema = sarif_schema();
    let (folder, arguments) = everything();
    let log = scan(&folder, "sarif", &arguments).ends_with(1).report();
    assert_fits(&schema, &log);
    let document = scan(&folder, "json", &arguments).report();
    // What is about all places together is one result.
    let results = |finding: &Value| if finding["subject"] == "sharing" { 1 } else { list(&finding["locations"]).len() };
    let places: usize = list(&document["findings"]).iter().map(results).sum();
    assert_eq!(list(&log["runs"][0]["results"]).len(), places);
    let empty = Folder::repository();
    for (arguments, code) in [(&["."][..], 0), (&["--staged"], 0), (&["--stdin"], 0), (&[".", "no/such"], 3)] {
        assert_fits(&schema, &scan(&empty, "sarif", arguments).ends_with(code).report());
    }
}

#[test]
fn every_masked_secret_stands_where_the_report_says() {
    let (folder, arguments) = everything();
    let report = folder.scan(arguments.iter().chain(&["--show-secrets"])).ends_with(1).report();
    for finding in list(&report["findings"]) {
        let secret = text(&finding["secret"]["value"]);
        let is_plain =
            |place: &&Value| text(&place["kind"]) == "file" && place.get("path_base64").is_none() && place.get("decoded_via").is_none();
        for place in list(&finding["locations"]).iter().filter(is_plain) {
            let content = std::fs::read(folder.path.join(text(&place["path"]))).expect("because it was scanned");
            let number = |pointer: &str| place.pointer(pointer).and_then(Value::as_u64).map_or(0, |number| number as usize);
            assert_eq!(&content[number("/byte_range/start")..number("/byte_range/end")], secret.as_bytes(), "{}", finding["rule"]["id"]);
            let line = content.split(|&byte| byte == b'\n').nth(number("/start/line") - 1).expect("because the line is there");
            let line: Vec<u16> = String::from_utf8_lossy(line).encode_utf16().collect();
            let first: Vec<u16> = secret.lines().next().unwrap_or_default().encode_utf16().collect();
            assert!(line[number("/start/column") - 1..].starts_with(&first), "{}", finding["rule"]["id"]);
        }
    }
}
