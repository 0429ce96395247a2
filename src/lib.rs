//! keysieve finds leaked credentials.

#![forbid(unsafe_code)]

pub mod checksum;
pub mod coverage;
pub mod detect;
pub mod finding;
pub mod location;
pub mod report;
pub mod rules;
pub mod run;
pub mod scan;
pub mod secret;
pub mod source;
