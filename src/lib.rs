//! keysieve finds leaked credentials.

pub mod checksum;
pub mod coverage;
pub mod detect;
pub mod finding;
pub mod location;
pub mod report;
pub mod rules;
pub mod secret;
pub mod source;
