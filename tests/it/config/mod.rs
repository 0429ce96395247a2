//! Configuration: files, environment and flags in layers, through the program.

mod bad_input;
mod commands;
mod exceptions;
mod history;
mod layers;
mod path_regex;
mod paths;
mod policy;
mod rules;
mod schema;

use crate::support::{Folder, Said, keysieve_in};

/// Runs the program in `folder` with further environment variables.
fn with_env(folder: &Folder, variables: &[(&str, &str)], arguments: &[&str]) -> Said {
    Said::of(keysieve_in(&folder.path).envs(variables.iter().copied()).args(arguments))
}

/// What a report says was left out: what, why, how many.
fn skipped(said: &Said) -> Vec<(String, String, u64)> {
    let report = said.report();
    let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    let skips = crate::support::list(&report["coverage"]["skipped"]).iter();
    skips.map(|skip| (text(&skip["what"]), text(&skip["why"]), skip["count"].as_u64().unwrap_or(0))).collect()
}
