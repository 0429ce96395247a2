//! `keysieve scan --stdin`.

use crate::support::{Folder, NOTHING, expand, text, token};

const UNNAMED: &str = "<stdin>: github.personal-access-token";

#[test]
fn standard_input_is_scanned() {
    let folder = Folder::new();
    folder.scan_stdin(b"nothing\n", NOTHING).finds(&[]);
    let said = folder.scan_stdin(format!("a\nT={}\n", token("stdin")).as_bytes(), NOTHING).finds(&[UNNAMED]);
    let report = said.report();
    let place = &report["findings"][0]["locations"][0];
    assert_eq!((text(&place["kind"]), place["start"]["line"].as_u64(), place["start"]["column"].as_u64()), ("stdin", Some(2), Some(3)));
    assert_eq!((text(&report["scope"]["kind"]), text(&report["scope"]["target"][0])), ("stdin", "-"));
}

#[test]
fn the_given_name_is_reported_and_decides_as_a_path_does() {
    let folder = Folder::new();
    let input = format!("T={}\n", token("named"));
    folder.scan_stdin(input.as_bytes(), ["--path", "deploy/a b.env"]).finds(&["deploy/a b.env: github.personal-access-token"]);
    // The name need not exist, and what stands there is not read.
    folder.write("there.env", &input);
    folder.scan_stdin(b"nothing\n", ["--path", "there.env"]).finds(&[]);
}

#[test]
fn empty_input_says_that_nothing_was_scanned() {
    let folder = Folder::new();
    folder.scan_stdin(b"", NOTHING).finds(&[]);
    let said = folder.keysieve(["scan", "--stdin"]).ends_with(0);
    assert!(said.stdout.starts_with("nothing on standard input: no content was scanned"), "{said:?}");
}

#[test]
fn input_without_line_feeds_and_with_bytes_that_are_no_text_is_scanned() {
    let folder = Folder::new();
    let mut input = vec![0, 0xff, 0xfe, b' '];
    input.extend_from_slice(token("no line feed").as_bytes());
    folder.scan_stdin(&input, NOTHING).finds(&[UNNAMED]);
}

#[test]
fn a_private_key_over_many_lines_is_one_finding() {
    let folder = Folder::new();
    let key = expand("{{pem:RSA PRIVATE KEY}}", "stdin key");
    let said = folder.scan_stdin(format!("before\n{key}\nafter\n").as_bytes(), NOTHING).ends_with(1);
    assert_eq!(said.places().len(), 1, "{said:?}");
    let report = said.report();
    let place = &report["findings"][0]["locations"][0];
    assert_eq!(place["start"]["line"], 2);
    assert_eq!(place["end"]["line"].as_u64(), Some(1 + key.lines().count() as u64));
}
