//! Configuration files: an accepted one can be used, a refused one says why.

#![no_main]

use std::path::Path;

use keysieve::config;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    if let Err(error) = config::read("keysieve.yaml", Path::new("."), data, true) {
        assert!(!error.0.is_empty() && error.to_string().starts_with("keysieve.yaml"), "refused without a reason or a place");
    }
});
