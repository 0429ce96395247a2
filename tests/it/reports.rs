//! `keysieve report`, the formats as the program writes them, and the exit codes that a caller chooses.

use std::process::Stdio;

use keysieve::report::Format;
use serde_json::Value;

use crate::report_schema::{assert_fits, json_schema, sarif_schema};
use crate::support::{Folder, assigned, keysieve_in, list, text, token};

/// A repository with a history of secrets, one of them with a comment that names no rule and so excepts nothing, and a file that is not scanned.
fn repository() -> Folder {
    let folder = Folder::repository();
    folder.write("a.env", assigned("one")).commit_all();
    folder.write("a.env", "gone\n").write("b/c.env", assigned("two")).write("d.txt", "word ".repeat(2_000));
    folder.write("known.py", format!("T='{}' # keysieve:allow github.* reason=\"of a test\"\n", token("three"))).commit_all();
    folder
}

const LIMIT: [&str; 2] = ["--max-file-size", "4KiB"];

/// Arguments for a scan, and the same with a time that does not change.
fn at_noon(folder: &Folder, arguments: &[&str]) -> std::process::Output {
    let mut command = keysieve_in(&folder.path);
    command.args(arguments).env("SOURCE_DATE_EPOCH", "1795435200").stdin(Stdio::null());
    command.output().expect("because the program was built")
}

#[test]
fn what_is_converted_is_what_the_scan_would_have_written() {
    let folder = repository();
    for mode in [&["."][..], &["--history", "--no-cache"]] {
        let out = Folder::new();
        let saved = out.path.join("saved.json");
        let report = format!("--report=json={}", saved.display());
        at_noon(&folder, &[&["scan", &report, LIMIT[0], LIMIT[1]], mode].concat());
        for format in Format::ALL {
            let name = format.as_str();
            let extra: &[&str] = if format == Format::Human { &[] } else { &["--show-suppressed"] };
            let direct = at_noon(&folder, &[&["scan", "--format", name, LIMIT[0], LIMIT[1]], mode, extra].concat());
            let converted = at_noon(&folder, &[&["report", "convert", &saved.to_string_lossy(), "--format", name], extra].concat());
            assert_eq!(converted.status.code(), Some(0), "{name}");
            let (direct, converted) = (without_durations(&direct.stdout), without_durations(&converted.stdout));
            assert_eq!(direct, converted, "{name} of {mode:?}");
        }
    }
}

/// A report without the time that the scan took, which is saved nowhere: `, 12 kB in 4 ms`, and the second in which GitLab's report says it began.
fn without_durations(text: &[u8]) -> String {
    let text = String::from_utf8_lossy(text);
    let took = regex::Regex::new(r"(B|bytes?) in [0-9.]+ (ms|s|min)").expect("because it is a constant");
    let began = regex::Regex::new(r#""start_time": "[^"]+""#).expect("because it is a constant");
    began.replace(&took.replace(&text, "$1"), "").into_owned()
}

#[test]
fn reports_are_merged_and_fit_the_schema() {
    let folder = repository();
    let out = Folder::new();
    let path = |name: &str| out.path.join(name).to_string_lossy().into_owned();
    folder.keysieve(["scan", &format!("--report=json={}", path("tree.json"))]).ends_with(1);
    folder.keysieve(["scan", "--history", "--no-cache", &format!("--report=json={}", path("history.json"))]).ends_with(1);
    out.keysieve(["report", "merge", "tree.json", "history.json", "-o", "all.json"]).ends_with(0);
    let all: Value = serde_json::from_str(&out.read("all.json")).expect("because it is JSON");
    assert_fits(&json_schema(), &all);
    assert_eq!((text(&all["scope"]["kind"]), list(&all["findings"]).len()), ("merged", 3));
    let places: usize = list(&all["findings"]).iter().map(|finding| list(&finding["locations"]).len()).sum();
    assert_eq!(places, 5);
    let said = out.keysieve(["report", "convert", "all.json"]).ends_with(0);
    assert!(said.stdout.contains("3 secrets in 5 places") && said.stdout.contains("merged reports: "), "{}", said.stdout);
    let twice = out.keysieve(["report", "merge", "tree.json", "tree.json"]).ends_with(0);
    let (twice, once): (Value, Value) = (twice.report(), serde_json::from_str(&out.read("tree.json")).expect("because it is JSON"));
    assert_eq!(twice["findings"], once["findings"]);
}

#[test]
fn what_is_no_report_is_2_and_says_so_without_its_content() {
    let out = Folder::new();
    let secret = token("content");
    out.write("a.json", format!("{{\"version\":1,\"tool\":{{\"name\":\"keysieve\"}},\"findings\":\"{secret}\"}}")).write("b.json", &secret);
    out.write("c.json", "{\"runs\":[]}").write("empty.json", "");
    for name in ["a.json", "b.json", "c.json", "empty.json", "none.json", "."] {
        for command in ["convert", "merge"] {
            let said = out.keysieve(["report", command, name]).ends_with(2);
            assert!(
                said.stdout.is_empty() && said.stderr.starts_with("keysieve: cannot ") && said.stderr.contains(name),
                "{}",
                said.stderr
            );
            assert!(!said.stderr.contains(&secret));
        }
    }
    out.keysieve(["report", "convert"]).ends_with(2);
    out.keysieve(["report", "merge"]).ends_with(2);
    out.keysieve(["report", "convert", "a.json", "--format", "nonsense"]).ends_with(2);
}

#[test]
fn the_exit_code_is_the_one_that_was_asked_for() {
    let folder = repository();
    for (arguments, code) in [
        (&["scan"][..], 1),
        (&["scan", "--exit-code", "7"], 7),
        (&["scan", "--exit-zero"], 0),
        (&["scan", "--exit-zero", LIMIT[0], LIMIT[1]], 0),
        (&["scan", "--exit-zero", "no/such/path"], 2),
        (&["scan", "--exit-zero", "--exit-code", "7"], 2),
        (&["scan", "--exit-code", "0"], 2),
        (&["scan", "--exit-code", "256"], 2),
        (&["scan", "a.env", "--exit-code", "7"], 0),
        (&["scan", "a.env", "d.txt", "--exit-code", "7", LIMIT[0], LIMIT[1]], 3),
        (&["scan", "a.env", "d.txt", "--exit-zero", LIMIT[0], LIMIT[1]], 0),
    ] {
        folder.keysieve(arguments).ends_with(code);
    }
}

#[test]
fn sarif_has_the_hash_of_each_line_and_the_category() {
    let folder = Folder::new();
    folder.write("a.env", format!("x = 2\n{}x = 3\n", assigned("hashed")));
    let said = folder.keysieve(["scan", "-f", "sarif", "--sarif-category", "tree"]).ends_with(1);
    let log: Value = serde_json::from_str(&said.stdout).expect("because it is JSON");
    assert_fits(&sarif_schema(), &log);
    let result = &log["runs"][0]["results"][0];
    let expected = keysieve::location::line_hash::line_hashes(folder.read("a.env").as_bytes(), &[2].into());
    assert_eq!(text(&result["partialFingerprints"]["primaryLocationLineHash"]), expected[&2]);
    assert_eq!(text(&log["runs"][0]["automationDetails"]["id"]), "tree/");
    folder.keysieve(["scan", "--sarif-category", ""]).ends_with(2);
    // In UTF-16 code scanning would read other text.
    let wide = format!("T={}\n", token("wide"));
    folder.write("a.env", wide.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>());
    let said = folder.scan(["."]).ends_with(1);
    assert_eq!(list(&said.report()["findings"])[0]["locations"][0].get("line_hash"), None);
}

#[cfg(unix)]
#[test]
fn no_format_forges_anything_with_names_of_files() {
    use std::os::unix::ffi::OsStrExt as _;
    let folder = Folder::new();
    let names: [&[u8]; 6] = [
        b"a\n::error::x.env",
        b"\x1b[31mb.env",
        "\u{202e}c.env".as_bytes(),
        b"<script>alert(1)<.env",
        b"=1+1,d.env",
        b"##[error]e%0A|`@x`.env",
    ];
    for (number, name) in names.iter().enumerate() {
        folder.write(std::ffi::OsStr::from_bytes(name), assigned(&number.to_string()));
    }
    for format in Format::ALL {
        let said = folder.keysieve(["scan", "--format", format.as_str()]).ends_with(1);
        assert!(!said.stdout.chars().any(|c| c != '\n' && (c.is_control() || c == '\u{202e}')), "{}", format.as_str());
        let own = ["::error file=", "::warning ", "::notice "];
        let forged = said.stdout.lines().find(|line| line.trim_start().starts_with("::") && !own.iter().any(|word| line.starts_with(word)));
        assert_eq!(forged, None, "{}", format.as_str());
        assert!(!said.stdout.contains("##["), "{}", format.as_str());
        let is_markup = matches!(format, Format::Html | Format::Junit | Format::Markdown);
        assert!(!is_markup || !said.stdout.contains("<script>alert"), "{}", format.as_str());
        assert!(format != Format::Csv || !said.stdout.contains("\n=") && !said.stdout.contains(",=") && !said.stdout.contains("\"="));
    }
}
