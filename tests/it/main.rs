//! Everything that is tested through the library's and the program's front doors, in one binary.

mod exit_codes;
mod rules;
mod staged;
mod support;
