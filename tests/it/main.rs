//! Everything that is tested through the library's and the program's front doors, in one binary.

mod completions;
mod detector_laws;
mod exit_codes;
mod rule_files;
mod rules;
mod rules_cli;
mod staged;
mod stdin;
mod support;
mod worktree;
