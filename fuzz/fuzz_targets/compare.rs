//! Saved reports: an accepted one can be compared and shown in every form, and shares everything with itself that it does not except.

#![no_main]

use keysieve::compare::{Compared, Named, compare};
use keysieve::report::saved;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let report = match saved::read(data) {
        Ok(report) => Compared::from(&report),
        Err(error) => return assert!(!error.to_string().is_empty()),
    };
    let named = |file: &str| Named { file: file.to_owned(), report: report.clone() };
    let compared = compare(&[named("a"), named("b")]).expect("because the key is the same");
    let text = compared.text(false);
    assert!(text.ends_with('\n') && !text.contains('\u{1b}'));
    assert!(serde_json::from_str::<serde_json::Value>(&compared.json()).is_ok());
});
