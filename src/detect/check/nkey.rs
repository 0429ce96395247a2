//! NATS nkey seeds: base 32 of a prefix that says `seed` and whose, 32 bytes, and their CRC-16, low byte first.
//!
//! Source: <https://github.com/nats-io/nkeys/blob/main/strkey.go>. The public key would need arithmetic on its curve, so it is not named.

use super::{Check, Checked};
use crate::checksum;

pub(super) const CHECK: Check = Check { name: "nkey", summary: "CRC-16 and kind of a NATS nkey seed (SU…, SA…, SO…)", run };

/// Five bits that show as `S`.
const SEED: u8 = 18;
/// Prefix of 2 bytes, 32 bytes of the seed.
const SUMMED: usize = 34;

fn run(seed: &[u8]) -> Checked {
    let Some(bytes) = decoded(seed) else { return Checked::malformed() };
    let Some((summed, sum)) = bytes.split_at_checked(SUMMED).filter(|(_, sum)| sum.len() == 2) else { return Checked::malformed() };
    let Some(kind) = kind(summed[0], summed[1]) else { return Checked::malformed() };
    let is_exact = data_encoding::BASE32_NOPAD.encode(&bytes).as_bytes() == seed;
    Checked::of_checksum(is_exact && checksum::crc16_xmodem(summed).to_le_bytes() == sum).with("key_type", kind)
}

/// Base 32 whatever the two bits that are left over at the end.
fn decoded(text: &[u8]) -> Option<Vec<u8>> {
    let mut lenient = data_encoding::BASE32_NOPAD.specification();
    lenient.check_trailing_bits = false;
    lenient.encoding().ok()?.decode(text).ok()
}

/// What the prefix says: five bits for a seed, then the byte that a public key of its kind begins with.
fn kind(first: u8, second: u8) -> Option<&'static str> {
    if first >> 3 != SEED || second & 7 != 0 {
        return None;
    }
    Some(match (first & 7) << 5 | second >> 3 {
        0x00 => "account",
        0x10 => "cluster",
        0x68 => "server",
        0x70 => "operator",
        0xa0 => "user",
        0xb8 => "curve",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detect::check::Verdict;

    fn seed(kind: u8) -> String {
        let body = [&[SEED << 3 | kind >> 5, kind << 3][..], &[0x5a; 32]].concat();
        data_encoding::BASE32_NOPAD.encode(&[&body[..], &checksum::crc16_xmodem(&body).to_le_bytes()].concat())
    }

    #[test]
    fn the_second_letter_names_the_kind() {
        for (letter, name) in [('A', "account"), ('C', "cluster"), ('N', "server"), ('O', "operator"), ('U', "user"), ('X', "curve")] {
            let five_bits = u8::try_from(letter as u32 - 'A' as u32).expect("because it is a capital");
            let text = seed(five_bits << 3);
            assert_eq!(text.chars().nth(1), Some(letter));
            let checked = run(text.as_bytes());
            assert_eq!((checked.verdict, checked.identity.get("key_type")), (Verdict::Valid, Some(name)));
        }
    }

    #[test]
    fn what_is_no_seed_is_none() {
        let public = seed(0xa0).replacen('S', "U", 1);
        for text in ["", "SU", &public, &seed(8), &seed(0xa0)[..57], &format!("{}A", seed(0xa0)), &seed(0xa0).to_lowercase()] {
            assert_eq!(run(text.as_bytes()).verdict, Verdict::Malformed, "{text}");
        }
    }
}
