//! Discord bot tokens: the bot's user id in base64, a time stamp, a signature, divided by dots.
//!
//! Source: <https://discord.com/developers/docs/reference#snowflakes> for the id.

use super::{Check, Checked, encoding};

pub(super) const CHECK: Check = Check { name: "discord-bot", summary: "user id in a Discord bot token", run };

fn run(token: &[u8]) -> Checked {
    let mut parts = token.split(|&b| b == b'.');
    let (Some(id), Some(_), Some(_), None) = (parts.next().and_then(encoding::base64), parts.next(), parts.next(), parts.next()) else {
        return Checked::malformed();
    };
    match std::str::from_utf8(&id) {
        Ok(id) if (17..=20).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_digit()) && !id.starts_with('0') => {
            Checked::structured("holds a user id").with("bot_id", id)
        }
        _ => Checked::malformed(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detect::check::Verdict;

    #[test]
    fn the_first_part_is_a_snowflake() {
        for (id, verdict) in [
            ("12345678901234567", Verdict::Valid),
            ("12345678901234567890", Verdict::Valid),
            ("1234567890123456", Verdict::Malformed),
            ("123456789012345678901", Verdict::Malformed),
            ("01234567890123456", Verdict::Malformed),
            ("1234567890123456x", Verdict::Malformed),
        ] {
            let token = format!("{}.abcdef.{}", data_encoding::BASE64_NOPAD.encode(id.as_bytes()), "aB3".repeat(9));
            let checked = run(token.as_bytes());
            assert_eq!(checked.verdict, verdict, "{id}");
            assert_eq!(checked.identity.get("bot_id"), (verdict == Verdict::Valid).then_some(id));
        }
    }
}
