//! Files that are not what they should be: a clear error, and nothing is written.

use crate::support::{Folder, assigned};

#[test]
fn what_cannot_be_read_is_an_error_and_nothing_is_written() {
    let folder = Folder::committed();
    let deep = "[".repeat(1 << 20);
    let long = "a.env:github-pat:1\n".repeat(300_000);
    let json = format!("{{\"results\": {{\"a\": {deep}");
    for (command, content, why) in [
        ("detect-secrets", &b"garbage"[..], "this is no JSON: line 1, column 1"),
        ("detect-secrets", b"{\"results\": 3}", "no baseline of detect-secrets"),
        ("detect-secrets", b"", "no JSON"),
        ("detect-secrets", b"\xff\xfe", "no UTF-8"),
        ("detect-secrets", json.as_bytes(), "no baseline of detect-secrets"),
        ("detect-secrets", deep.as_bytes(), "no baseline of detect-secrets"),
        ("gitleaksignore", b"\xff", "no UTF-8"),
        ("gitleaksignore", long.as_bytes(), "larger than 4096 KiB"),
        ("trufflehog-exclude", b"\xff", "no UTF-8"),
        ("trufflehog-exclude", long.as_bytes(), "larger than 1024 KiB"),
    ] {
        folder.write("source", content);
        let said = folder.keysieve(["import", command, "source"]).ends_with(2);
        assert!(said.stderr.contains(why) && said.stderr.contains("source") && said.stdout.is_empty(), "{command}: {said:?}");
        assert!(!said.stderr.contains("garbage") && !folder.path.join("keysieve.yaml").exists(), "{said:?}");
    }
}

#[test]
fn a_hundred_megabytes_are_refused_before_they_are_read() {
    let folder = Folder::committed();
    let file = std::fs::File::create(folder.path.join("large")).expect("because the folder can be written");
    file.set_len(100 << 20).expect("because the file can be made longer");
    for command in ["detect-secrets", "gitleaksignore", "trufflehog-exclude"] {
        let said = folder.keysieve(["import", command, "large"]).ends_with(2);
        assert!(said.stderr.contains("cannot read large: it is larger than"), "{said:?}");
    }
}

#[test]
fn what_is_not_there_is_named() {
    let folder = Folder::committed();
    for (arguments, why) in [
        (&["detect-secrets"][..], "cannot read .secrets.baseline: there is no such file"),
        (&["gitleaksignore"], "cannot read .gitleaksignore: there is no such file"),
        (&["gitleaksignore", "--output", "nowhere"], "--output nowhere"),
        (&["trufflehog-exclude"], "<FILE>"),
        (&["gitleaksignore", "."], "not a regular file"),
        (&["gitleaksignore", "--append", "--force"], "cannot be used with"),
    ] {
        let said = folder.keysieve(["import"].iter().chain(arguments)).ends_with(2);
        assert!(said.stderr.contains(why), "{arguments:?}: {said:?}");
    }
}

#[test]
fn outside_of_a_repository_files_are_read_and_commits_are_not() {
    let folder = Folder::new();
    folder.write("a.env", assigned("a")).write(".gitleaksignore", "a.env:github-pat:1\n");
    folder.keysieve(["import", "gitleaksignore"]).ends_with(0);
    folder.scan(["."]).finds(&[]);
    folder.write(".gitleaksignore", format!("{}:a.env:github-pat:1\n", "ab".repeat(20)));
    let said = folder.keysieve(["import", "gitleaksignore", "--append"]).ends_with(2);
    assert!(said.stderr.contains("not in a git repository"), "{said:?}");
}

#[test]
fn more_than_a_configuration_can_hold_is_refused_as_a_whole() {
    let folder = Folder::committed();
    let entries: String = (0..5_001).map(|n| format!("^dir{n}/\n")).collect();
    folder.write("exclude.txt", entries);
    let said = folder.keysieve(["import", "trufflehog-exclude", "exclude.txt"]).ends_with(2);
    assert!(said.stderr.contains("more than 5000 patterns") && !folder.path.join("keysieve.yaml").exists(), "{said:?}");
}
