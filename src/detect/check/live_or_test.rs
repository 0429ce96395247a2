//! Tokens whose prefix says whether they work on live or on test data: Stripe, Square, Plaid, Razorpay and others.

use super::{Check, Checked};

pub(super) const CHECK: Check = Check { name: "live-or-test", summary: "live or test mode by a word of the prefix, such as sk_live_", run };

/// The words stand in the prefix; behind these many parts the random characters have begun.
const MOST_PARTS: usize = 6;

fn run(token: &[u8]) -> Checked {
    let parts = token.split(|b| !b.is_ascii_alphanumeric()).take(MOST_PARTS);
    match parts.filter_map(mode).next() {
        Some(mode) => Checked::neutral().with("mode", mode),
        None => Checked::neutral(),
    }
}

fn mode(part: &[u8]) -> Option<&'static str> {
    match part.to_ascii_lowercase().as_slice() {
        b"live" | b"prod" | b"production" => Some("live"),
        b"test" | b"testing" | b"sandbox" | b"sdbx" | b"dev" | b"development" => Some("test"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_of_the_prefix_decides() {
        for (token, mode) in [
            ("sk_live_abc", Some("live")),
            ("rk_test_abc", Some("test")),
            ("access-production-1-2", Some("live")),
            ("access-sandbox-1-2", Some("test")),
            ("FLWSECK_TEST-abc", Some("test")),
            ("pdl_sdbx_apikey_abc", Some("test")),
            ("sk_lively_abc", None),
            ("", None),
        ] {
            assert_eq!(run(token.as_bytes()).identity.get("mode"), mode, "{token}");
        }
    }
}
