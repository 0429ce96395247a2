//! What receivers answer, in every format: notes stay short and on one line, and lists of types are read or refused.

#![no_main]

use keysieve::rotate::format::{Format, revoke};
use keysieve::secret::Secret;
use libfuzzer_sys::fuzz_target;

const FORMATS: [Format; 5] = [Format::Keysieve, Format::Slack, Format::Teams, Format::GitlabRevokeTokens, Format::GithubPartner];

fuzz_target!(|data: &[u8]| {
    let secret = Secret::new(b"fuzzed");
    for format in FORMATS {
        for status in [200, 204] {
            let Some(note) = format.answer(status, data, Some(&secret), "kind").and_then(|answer| answer.note) else { continue };
            assert!(note.chars().count() <= 200 && !note.contains(char::is_control), "{format:?} keeps {note:?}");
        }
    }
    let _ = revoke::read_types(data);
    if let Ok(text) = std::str::from_utf8(data) {
        let _ = revoke::addresses(text);
    }
});
