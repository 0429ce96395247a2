//! Files that git should not store are findings by their names: environment files, private keys, keystores, kubeconfigs.
//!
//! | module | what it tests |
//! |---|---|
//! | [`trees`] | files in a working tree, and which of them git tracks |
//! | [`changes`] | staged changes and ranges of commits |
//! | [`histories`] | everything that a repository stores, and since when |
//! | [`reports`] | what reports say of them, and that none shows their content |

mod changes;
mod histories;
mod reports;
mod trees;

use serde_json::Value;

use crate::support::{Said, expand, list, text};

/// An environment file with a password, another one for each `seed`.
fn env_file(seed: &str) -> String {
    format!("PORT=3000\nDB_PASSWORD={}\n", expand("{{base62:16}}", seed))
}

/// A private key in PEM.
fn key_file(seed: &str) -> String {
    expand("{{pem:PRIVATE KEY}}", seed) + "\n"
}

/// Bytes that are no text.
const STORE: &[u8] = b"\x30\x82\x09\x00\x02\x01\x03 a keystore";

/// The findings about files in the JSON report.
#[track_caller]
fn files(said: &Said) -> Vec<Value> {
    let report = said.report();
    list(&report["findings"]).iter().filter(|finding| text(&finding["rule"]["id"]).starts_with("policy.")).cloned().collect()
}

/// `path: kind` of every place of every such finding, sorted.
#[track_caller]
fn told(said: &Said) -> Vec<String> {
    said.places().into_iter().filter_map(|place| place.split_once(": policy.").map(|(path, kind)| format!("{path}: {kind}"))).collect()
}

/// The only finding about a file at `path`.
#[track_caller]
fn at(said: &Said, path: &str) -> Value {
    let mut found = files(said);
    found.retain(|finding| list(&finding["locations"]).iter().any(|place| text(&place["path"]) == path));
    assert_eq!(found.len(), 1, "{path}: {said:#?}");
    found.remove(0)
}

/// Its fingerprint.
#[track_caller]
fn fingerprint(said: &Said, path: &str) -> String {
    text(&at(said, path)["fingerprint"]).to_owned()
}
