//! Rotation configurations: an accepted one can be used, a refused one says why. Keys of any kind: refused, or they sign.

#![no_main]

use std::path::Path;

use keysieve::rotate::config;
use keysieve::rotate::seal::Recipient;
use keysieve::rotate::sign::{Key, PartnerKey, header};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    match config::read("rotation.yaml", Path::new("/"), data) {
        Ok(config) => {
            assert!(!config.targets.is_empty(), "accepted, and nobody is told");
            for target in &config.targets {
                assert!(config.target(&target.name).is_some() && (1..=16).contains(&target.parallel), "{target:?}");
            }
        }
        Err(error) => assert!(!error.0.is_empty() && error.to_string().starts_with("rotation.yaml"), "refused without a reason or a place"),
    }
    let Ok(text) = std::str::from_utf8(data) else { return };
    if let Ok(key) = Key::read(text) {
        assert!(header(&[key], "evt_0", 0, b"body").starts_with("v1"));
    }
    if let Ok(key) = PartnerKey::read(text) {
        assert!(!key.header(b"body").is_empty());
    }
    let _ = Recipient::read(text);
});
