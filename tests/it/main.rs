//! Everything that is tested through the library's and the program's front doors, in one binary.

mod baseline;
mod completions;
mod config;
mod crowds;
mod defects;
mod detector_laws;
mod determinism;
mod embedded;
mod encodings;
mod environments;
mod exceptions;
mod exit_codes;
mod history;
mod hook;
mod identity;
mod import;
mod layers;
mod moving;
mod playbook;
mod policy;
#[cfg(unix)]
mod purge;
mod range;
mod redaction;
mod report_schema;
mod reports;
mod rotate;
mod rule_files;
mod rules;
mod rules_cli;
mod rules_try;
mod source_text;
mod stdin;
mod support;
#[cfg(unix)]
mod untouched;
mod withheld;
mod worktree;
#[cfg(unix)]
mod worktree_unix;
