//! The published JSON Schema says what the program says.

use serde_json::{Value, json};

use crate::support::Folder;

const PATH: &str = "docs/keysieve.schema.json";

fn published() -> Value {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(PATH);
    let text = keysieve::config::schema::text();
    if std::env::var_os("UPDATE").is_some_and(|value| value == "1") {
        std::fs::write(&path, &text).expect("because the folder is checked in");
    }
    let file = std::fs::read_to_string(&path).expect("because it is checked in; UPDATE=1 writes it");
    assert!(file == text, "{PATH} is not what `keysieve config schema` prints; UPDATE=1 cargo test rewrites it");
    serde_json::from_str(&file).expect("because it is JSON")
}

#[test]
fn the_published_schema_is_the_one_that_is_printed() {
    let printed = Folder::new().keysieve(["config", "schema"]).ends_with(0).stdout;
    assert_eq!(serde_json::from_str::<Value>(&printed).expect("because it is JSON"), published());
}

#[test]
fn schema_and_program_take_and_refuse_the_same() {
    let validator = jsonschema::options().build(&published()).expect("because the schema is one");
    let folder = Folder::committed();
    folder.write("x/acme.yaml", "");
    let id = "github.personal-access-token";
    let fingerprint = format!("v1:github:{}", "0123456789abcdef".repeat(2));
    for (document, is_fine) in [
        (json!({}), true),
        (json!({ "min_confidence": "low", "max_file_size": "64 MiB", "fail_on": { "severity": "critical", "confidence": "high" } }), true),
        (json!({ "max_file_size": 1000 }), true),
        (json!({ "rules": { "disable": [id], "enable": [], "override": { id: { "severity": "low", "confidence": "low" } } } }), true),
        (json!({ "rules": null, "paths": { "exclude": null, "include": ["a/**"] } }), true),
        (json!({ "exceptions": null, "policy": null }), true),
        (json!({ "exceptions": [{ "fingerprint": fingerprint }] }), true),
        (json!({ "exceptions": [{ "fingerprint": fingerprint, "path": "a/**", "reason": "b" }, { "path": "a.md" }] }), true),
        (json!({ "exceptions": [{ "rule": id, "path": "a", "owner": "b", "expires": "2999-01-31", "approved_by": "c" }] }), true),
        (json!({ "policy": { "require_reason": true, "require_expiry": false, "max_expiry_days": 180, "require_approval": true } }), true),
        (json!({ "exceptions": {} }), false),
        (json!({ "exceptions": ["a"] }), false),
        (json!({ "exceptions": [{}] }), false),
        (json!({ "exceptions": [{ "rule": id }] }), false),
        (json!({ "exceptions": [{ "path": "" }] }), false),
        (json!({ "exceptions": [{ "path": null }] }), false),
        (json!({ "exceptions": [{ "path": "a", "paths": "b" }] }), false),
        (json!({ "exceptions": [{ "path": "a", "expires": "soon" }] }), false),
        (json!({ "exceptions": [{ "path": "a", "reason": 1 }] }), false),
        (json!({ "exceptions": [{ "path": "a", "reason": "x".repeat(501) }] }), false),
        (json!({ "exceptions": [{ "path": "x".repeat(1025) }] }), false),
        (json!({ "exceptions": [{ "fingerprint": "v1:github:1" }] }), false),
        (json!({ "policy": { "require_reason": "true" } }), false),
        (json!({ "policy": { "require_reason": null } }), false),
        (json!({ "policy": { "max_expiry_days": 0 } }), false),
        (json!({ "policy": { "max_expiry_days": 36_501 } }), false),
        (json!({ "policy": { "require_reasons": true } }), false),
        (json!({ "rules": { "disable": id } }), false),
        (json!({ "rules": { "disabel": [] } }), false),
        (json!({ "rules": { "override": { id: { "level": "low" } } } }), false),
        (json!({ "rules": { "override": { id: "low" } } }), false),
        (json!({ "paths": { "exclude_regex": ["a{1,3}", "^b"] } }), true),
        (json!({ "paths": { "exclude": [1] } }), false),
        (json!({ "paths": { "exclude_regex": "a" } }), false),
        (json!({ "paths": { "exclude_regex": [""] } }), false),
        (json!({ "paths": { "exclude": [""] } }), false),
        (json!({ "paths": [] }), false),
        (json!({ "min_confidence": "sure" }), false),
        (json!({ "min_confidence": null }), false),
        (json!({ "max_file_size": 0 }), false),
        (json!({ "max_file_size": 4_294_967_296_u64 }), false),
        (json!({ "max_file_size": "big" }), false),
        (json!({ "fail_on": "high" }), false),
        (json!({ "rotation": {} }), false),
        (json!([]), false),
    ] {
        assert_eq!(validator.is_valid(&document), is_fine, "the schema: {document}");
        folder.write("keysieve.yaml", document.to_string());
        folder.keysieve(["config", "check"]).ends_with(if is_fine { 0 } else { 2 });
    }
}
