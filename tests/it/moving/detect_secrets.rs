//! `.secrets.baseline`. The files have the keys of those that detect-secrets 1.5 writes, and that of an old one.

use serde_json::{Value, json};

use super::{import, left, reasons, say, taken};
use crate::support::{Folder, NOTHING, assigned, at, expand, token};

/// One entry, as `detect-secrets audit` leaves it.
fn entry(kind: &str, path: &str, secret: &str, line: u32, is_secret: Option<bool>) -> Value {
    let hash = keysieve::source::sha1_hex(secret.as_bytes()).expect("because it collides with nothing");
    let mut entry = json!({ "type": kind, "filename": path, "hashed_secret": hash, "is_verified": false, "line_number": line });
    if let Some(is_secret) = is_secret {
        entry["is_secret"] = json!(is_secret);
    }
    entry
}

fn baseline(entries: Vec<Value>) -> String {
    let mut results = serde_json::Map::new();
    for entry in entries {
        let path = entry["filename"].as_str().unwrap_or_default().to_owned();
        let own = results.entry(path).or_insert_with(|| json!([]));
        own.as_array_mut().expect("because it is one").push(entry);
    }
    let filters = json!([
        { "path": "detect_secrets.filters.allowlist.is_line_allowlisted" },
        { "path": "detect_secrets.filters.heuristic.is_sequential_string" },
        { "path": "detect_secrets.filters.regex.should_exclude_file", "pattern": ["^vendor/.*"] },
        { "path": "detect_secrets.filters.regex.should_exclude_line", "pattern": ["sample"] },
    ]);
    let all = json!({
        "version": "1.5.0",
        "plugins_used": [{ "name": "Base64HighEntropyString", "limit": 4.5 }, { "name": "KeywordDetector", "keyword_exclude": "" }],
        "filters_used": filters,
        "results": results,
        "generated_at": "2026-01-31T00:00:00Z",
    });
    serde_json::to_string_pretty(&all).expect("because it is JSON")
}

#[test]
fn the_audit_decides_what_stays_reported() {
    let folder = Folder::committed();
    for name in ["false", "real", "new", "both", "moved"] {
        folder.write(format!("{name}.env"), assigned(name));
    }
    folder.write("vendor/x.env", assigned("v"));
    let own = |name: &str, is_secret| entry("GitHub Token", &format!("{name}.env"), &token(name), 1, is_secret);
    let entries = vec![
        own("false", Some(false)),
        own("real", Some(true)),
        own("new", None),
        own("both", Some(false)),
        entry("Secret Keyword", "both.env", &token("both"), 1, Some(true)),
        own("moved", Some(false)),
    ];
    folder.write(".secrets.baseline", baseline(entries));
    folder.write("moved.env", format!("# further down\n\n{}", assigned("moved")));
    let said = import(&folder, &["detect-secrets"]);
    say(
        &taken(&said),
        &["GitHub Token in false.env:1: an exception for github.", "in moved.env:1", "in new.env:1", "--exclude-files `^vendor/.*`"],
    );
    say(
        &left(&said),
        &[
            "in both.env:1: another entry of the audit",
            "in both.env:1: a real secret",
            "in real.env:1: a real secret",
            "--exclude-lines `sample`",
        ],
    );
    let said = folder.scan(["--exclude", ".secrets.baseline"]).finds(&[&at("both.env"), &at("real.env")]);
    let audited = "false positive per detect-secrets audit";
    assert_eq!(reasons(&said), [audited, audited, "in the detect-secrets baseline, not audited"]);
}

#[test]
fn an_exception_is_for_the_secret_in_that_file() {
    let folder = Folder::committed();
    folder.write("a.env", assigned("a")).write(".secrets.baseline", baseline(vec![entry("GitHub Token", "a.env", &token("a"), 1, None)]));
    import(&folder, &["detect-secrets"]);
    folder.write("b.env", assigned("a"));
    folder.scan(["a.env"]).finds(&[]);
    folder.scan(["b.env"]).finds(&[&at("b.env")]);
    folder.write("a.env", assigned("new"));
    folder.scan(["a.env"]).finds(&[&at("a.env")]);
}

#[test]
fn a_secret_that_was_cut_otherwise_is_known_by_where_it_stands() {
    let folder = Folder::committed();
    folder.write("a.env", assigned("a")).write("key.txt", expand("{{pem:RSA PRIVATE KEY}}\n", "k"));
    folder.write("plain.txt", "color = \"mauve\"\n");
    let header = ["BEGIN RSA ", "PRIVATE KEY"].concat();
    let entries = vec![
        entry("GitHub Token", "a.env", &token("a")[..3], 1, Some(false)),
        entry("Private Key", "key.txt", &header, 1, Some(false)),
        entry("Secret Keyword", "plain.txt", "mauve", 1, None),
        entry("Secret Keyword", "plain.txt", "green", 1, None),
        entry("Secret Keyword", "gone.txt", "green", 1, None),
    ];
    folder.write(".secrets.baseline", baseline(entries));
    let said = import(&folder, &["detect-secrets"]);
    say(&taken(&said), &["github.personal-access-token", "privatekey.rsa", "--exclude-files"]);
    say(&left(&said), &["no such file", "does not report it", "no secret in this file that has this hash", "--exclude-lines"]);
    folder.scan(NOTHING).finds(&[]);
}

#[test]
fn a_baseline_of_a_version_before_1_is_read() {
    let folder = Folder::committed();
    let hash = keysieve::source::sha1_hex(token("a").as_bytes()).expect("because it collides with nothing");
    let old = json!({
        "custom_plugin_paths": [],
        "exclude": { "files": "^old/", "lines": null },
        "plugins_used": [{ "name": "AWSKeyDetector" }],
        "results": { ".\\a.env": [{ "hashed_secret": hash.to_uppercase(), "is_verified": false, "line_number": 1, "type": "Token" }] },
        "version": "0.14.3",
        "word_list": { "file": null, "hash": null },
    });
    folder.write("a.env", assigned("a")).write("old.baseline", old.to_string());
    say(&taken(&import(&folder, &["detect-secrets", "old.baseline"])), &["Token in a.env:1", "--exclude-files `^old/`"]);
    folder.scan(NOTHING).finds(&[]);
}
