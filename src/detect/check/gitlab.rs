//! Routable GitLab tokens: `<prefix><payload>.<length><CRC-32>`, the payload in base64, length (2) and checksum (7) in base 36.
//!
//! Source: <https://handbook.gitlab.com/handbook/engineering/architecture/design-documents/cells/routable_tokens/>. The payload is lines of
//! `key:value` with values in base 36, then random bytes, then one byte that counts them. Later versions put `.<version>` before the length.

use super::{Check, Checked, encoding};
use crate::checksum;

pub(super) const CHECK: Check =
    Check { name: "gitlab-routable", summary: "CRC-32 and routing payload of routable GitLab tokens; says nothing about others", run };

const SUM_LENGTH: usize = 7;
/// Length and checksum.
const TAIL_LENGTH: usize = 2 + SUM_LENGTH;

fn run(token: &[u8]) -> Checked {
    let Some(dot) = token.iter().rposition(|&b| b == b'.') else { return Checked::neutral() };
    let (head, tail) = (&token[..dot], &token[dot + 1..]);
    if tail.len() != TAIL_LENGTH || !tail.iter().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'z')) {
        return Checked::neutral();
    }
    let (summed, sum) = token.split_at(token.len() - SUM_LENGTH);
    let checked = Checked::of_checksum(checksum::base36(checksum::crc32(summed), SUM_LENGTH).as_bytes() == sum);
    let Some(routing) = routing(head, number(&tail[..2])) else { return checked };
    routing.lines().take(8).filter_map(|line| line.split_once(':')).fold(checked, |checked, (key, value)| {
        match (identity_key(key), number(value.as_bytes())) {
            (Some(key), Some(number)) => checked.with(key, number.to_string()),
            _ => checked,
        }
    })
}

fn identity_key(key: &str) -> Option<&'static str> {
    Some(match key {
        "c" => "cell_id",
        "g" => "group_id",
        "o" => "organization_id",
        "p" => "project_id",
        "u" => "user_id",
        _ => return None,
    })
}

/// The text before the random bytes in the payload, which is the last `length` characters of `head` or of what stands before its last dot.
fn routing(head: &[u8], length: Option<u64>) -> Option<String> {
    let length = usize::try_from(length?).ok()?;
    let head = head.iter().position(|&b| b == b'.').map_or(head, |dot| &head[..dot]);
    let payload = encoding::base64(head.get(head.len().checked_sub(length)?..)?)?;
    let (count, rest) = payload.split_last()?;
    let routing = rest.get(..rest.len().checked_sub(usize::from(*count))?)?;
    String::from_utf8(routing.to_vec()).ok()
}

/// A number in base 36.
fn number(digits: &[u8]) -> Option<u64> {
    u64::from_str_radix(std::str::from_utf8(digits).ok()?, 36).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detect::check::Verdict;

    fn token(payload: &[u8], version: &str) -> Vec<u8> {
        let payload = data_encoding::BASE64URL_NOPAD.encode(payload);
        let length = checksum::base36(u32::try_from(payload.len()).expect("because it is short"), 2);
        let token = format!("glpat-{payload}.{version}{length}");
        let sum = checksum::base36(checksum::crc32(token.as_bytes()), 7);
        format!("{token}{sum}").into_bytes()
    }

    #[test]
    fn the_payload_names_whose_it_is() {
        let payload = [b"c:1\ng:2s\no:a\np:zz\nu:10\nx:1".as_slice(), &[0xC3; 16], &[16]].concat();
        for version in ["", "01."] {
            let checked = run(&token(&payload, version));
            assert_eq!(checked.verdict, Verdict::Valid);
            let named: Vec<_> = checked.identity.iter().collect();
            let expected = [("cell_id", "1"), ("group_id", "100"), ("organization_id", "10"), ("project_id", "1295"), ("user_id", "36")];
            assert_eq!(named, expected, "version {version:?}");
        }
    }

    #[test]
    fn other_tokens_are_left_alone() {
        for text in ["glpat-", "glpat-abcdefghij0123456789", "glpat-abc.short", "glpat-abc.0A2345678"] {
            assert_eq!(run(text.as_bytes()).verdict, Verdict::Neutral, "{text}");
        }
    }
}
