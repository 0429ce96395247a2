//! Moving in from other scanners: what they ignore becomes exceptions for secrets, and nothing is dropped silently.

mod accidents;
mod detect_secrets;
mod foreign;
mod gitleaksignore;
mod place;
mod trufflehog;

use crate::support::{Folder, Said, list, text};

/// `keysieve import` with these arguments and `--format json`, done.
#[track_caller]
fn import(folder: &Folder, arguments: &[&str]) -> Said {
    folder.keysieve(["import"].iter().chain(arguments).chain(&["--format", "json"])).ends_with(0)
}

/// `what: …` of each part of one list of the outcome.
fn told(said: &Said, which: &str, key: &str) -> Vec<String> {
    let report = said.report();
    list(&report["outcome"][which]).iter().map(|one| format!("{}: {}", text(&one["what"]), text(&one[key]))).collect()
}

fn taken(said: &Said) -> Vec<String> {
    told(said, "taken", "became")
}

fn left(said: &Said) -> Vec<String> {
    told(said, "left", "why")
}

/// Fails unless there is one text for each of `parts`, in this order, that holds it.
#[track_caller]
fn say(texts: &[String], parts: &[&str]) {
    assert_eq!(texts.len(), parts.len(), "{texts:#?}");
    for (text, part) in texts.iter().zip(parts) {
        assert!(text.contains(part), "{part} is not in {text}");
    }
}

/// Reasons of what a scan suppresses, sorted.
fn reasons(said: &Said) -> Vec<String> {
    let report = said.report();
    let mut all: Vec<_> = list(&report["suppressed"]).iter().map(|own| text(&own["status"]["reason"]).to_owned()).collect();
    all.sort();
    all
}
