//! The checksum arithmetic that token formats carry: CRC-32 written in base 62, base 36 or hex, CRC-24 of armored OpenPGP, CRC-16 of
//! NATS keys, bech32.
//!
//! Pure functions over bytes. Knows no token format: which bytes are summed and where the sum stands is the caller's business.

/// CRC-32 as in IEEE 802.3 (zlib, PNG): what GitHub, npm, GitLab, Grafana and Atlassian put into their tokens.
pub fn crc32(bytes: &[u8]) -> u32 {
    crc32fast::hash(bytes)
}

/// CRC-16/XMODEM: polynomial 0x1021, begins with 0, no reflection. NATS puts it, low byte first, at the end of its keys.
pub fn crc16_xmodem(bytes: &[u8]) -> u16 {
    const POLYNOMIAL: u16 = 0x1021;
    bytes.iter().fold(0, |sum, &byte| {
        (0..8).fold(sum ^ u16::from(byte) << 8, |sum, _| if sum & 0x8000 == 0 { sum << 1 } else { sum << 1 ^ POLYNOMIAL })
    })
}

/// CRC-24 as in RFC 9580, section 6.1: the four characters behind `=` at the end of an armored OpenPGP block. The upper 8 bits are zero.
pub fn crc24(bytes: &[u8]) -> u32 {
    const START: u32 = 0x00B7_04CE;
    const POLYNOMIAL: u32 = 0x0186_4CFB;
    bytes.iter().fold(START, |sum, &byte| {
        (0..8).fold(sum ^ u32::from(byte) << 16, |sum, _| {
            let shifted = sum << 1;
            if shifted & 0x0100_0000 == 0 { shifted } else { shifted ^ POLYNOMIAL }
        })
    })
}

const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const LOWER_DIGITS: &[u8; 36] = b"0123456789abcdefghijklmnopqrstuvwxyz";

/// `value` in base 62 (`0-9A-Za-z` in that order), padded on the left with `0` to `width` characters. Longer values keep all digits.
pub fn base62(value: u32, width: usize) -> String {
    in_base(value, DIGITS, width)
}

/// `value` in base 36 (`0-9a-z`), padded on the left with `0` to `width` characters. Longer values keep all digits.
pub fn base36(value: u32, width: usize) -> String {
    in_base(value, LOWER_DIGITS, width)
}

fn in_base(mut value: u32, digits: &[u8], width: usize) -> String {
    let base = u32::try_from(digits.len()).expect("because an alphabet has at most 62 digits");
    let mut reversed = Vec::with_capacity(width);
    while value > 0 || reversed.len() < width {
        reversed.push(char::from(digits[(value % base) as usize]));
        value /= base;
    }
    reversed.iter().rev().collect()
}

/// `value` as eight lower-case hex digits, most significant byte first.
pub fn hex(value: u32) -> String {
    format!("{value:08x}")
}

const BECH32: &[u8; 32] = b"qpzry9x8gf2tvdw0s3jn54khce6mua7l";
const BECH32_CHECKSUM: usize = 6;

/// Whether `text` (one letter case throughout) is `<human part>1<data><checksum>` and the checksum holds. As in BIP 173, without its limit
/// of 90 characters.
pub fn bech32_holds(text: &[u8]) -> bool {
    if text.iter().any(u8::is_ascii_lowercase) && text.iter().any(u8::is_ascii_uppercase) {
        return false;
    }
    let text = text.to_ascii_lowercase();
    let Some(separator) = text.iter().rposition(|&b| b == b'1') else { return false };
    let (human, data) = (&text[..separator], &text[separator + 1..]);
    if human.is_empty() || data.len() < BECH32_CHECKSUM || !human.iter().all(u8::is_ascii_graphic) {
        return false;
    }
    let values: Option<Vec<u8>> = data.iter().map(|b| bech32_value(*b)).collect();
    values.is_some_and(|values| bech32_sum(human, &values) == 1)
}

/// `<human>1<data><checksum>` in lower case for `bytes`. `human` is lower-case ASCII.
pub fn bech32(human: &str, bytes: &[u8]) -> String {
    let mut values = Vec::with_capacity(bytes.len() * 8 / 5 + 1 + BECH32_CHECKSUM);
    let (mut bits, mut held) = (0u32, 0);
    for &byte in bytes {
        bits = (bits << 8 | u32::from(byte)) & 0xFFF;
        held += 8;
        while held >= 5 {
            held -= 5;
            values.push((bits >> held & 31) as u8);
        }
    }
    if held > 0 {
        values.push((bits << (5 - held) & 31) as u8);
    }
    values.extend([0; BECH32_CHECKSUM]);
    let sum = bech32_sum(human.as_bytes(), &values) ^ 1;
    let start = values.len() - BECH32_CHECKSUM;
    for (value, shift) in values[start..].iter_mut().zip([25, 20, 15, 10, 5, 0]) {
        *value = (sum >> shift & 31) as u8;
    }
    let data = values.iter().map(|&value| char::from(BECH32[usize::from(value)]));
    human.chars().chain(['1']).chain(data).collect()
}

fn bech32_value(byte: u8) -> Option<u8> {
    BECH32.iter().position(|&b| b == byte).and_then(|position| u8::try_from(position).ok())
}

fn bech32_sum(human: &[u8], values: &[u8]) -> u32 {
    const GENERATOR: [u32; 5] = [0x3b6a_57b2, 0x2650_8e6d, 0x1ea1_19fa, 0x3d42_33dd, 0x2a14_62b3];
    let expanded = human.iter().map(|b| b >> 5).chain([0]).chain(human.iter().map(|b| b & 31)).chain(values.iter().copied());
    expanded.fold(1, |sum, value| {
        let top = sum >> 25;
        let sum = (sum & 0x01ff_ffff) << 5 ^ u32::from(value);
        GENERATOR.iter().enumerate().filter(|(bit, _)| top >> bit & 1 == 1).fold(sum, |sum, (_, generator)| sum ^ generator)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    #[test]
    fn crc32_agrees_with_zlib_in_every_notation() {
        let known = [
            ("", 0, "000000", "0000000"),
            ("abc", 0x3524_41c2, "0yKviM", "0eqtepu"),
            ("123456789", 0xcbf4_3926, "3jZRME", "1kl8mjq"),
            ("The quick brown fox jumps over the lazy dog", 0x414f_a339, "1C9bYH", "0i4dgzd"),
        ];
        for (text, sum, in_62, in_36) in known {
            assert_eq!(crc32(text.as_bytes()), sum, "{text}");
            assert_eq!(base62(sum, 6), in_62, "{text}");
            assert_eq!(base36(sum, 7), in_36, "{text}");
        }
        assert_eq!(base62(u32::MAX, 6), "4gfFC3");
        assert_eq!(base36(u32::MAX, 7), "1z141z3");
        assert_eq!(hex(0xab), "000000ab");
    }

    #[test]
    fn numbers_longer_than_the_width_keep_their_digits() {
        assert_eq!(base62(62 * 62, 1), "100");
        assert_eq!(base36(0, 0), "");
    }

    #[test]
    fn crc16_agrees_with_the_catalog_of_checksums() {
        assert_eq!(crc16_xmodem(b""), 0);
        assert_eq!(crc16_xmodem(b"123456789"), 0x31c3);
    }

    #[test]
    fn crc24_agrees_with_the_catalog_of_checksums() {
        assert_eq!(crc24(b""), 0x00b7_04ce);
        assert_eq!(crc24(b"abc"), 0x00ba_1c7b);
        assert_eq!(crc24(b"123456789"), 0x0021_cf02);
    }

    #[test]
    fn bech32_accepts_the_vectors_of_bip_173() {
        let valid = ["A12UEL5L", "a12uel5l", "abcdef1qpzry9x8gf2tvdw0s3jn54khce6mua7lmqqqxw", "?1ezyfcl"];
        let invalid =
            ["", "1", "pzry9x0s0muk", "1pzry9x0s0muk", "x1b4n0q5v", "li1dgmt3", "A1G7SGD8", "10a06t8", "1qzzfhee", "a12UEL5L", "a12uel5m"];
        for text in valid {
            assert!(bech32_holds(text.as_bytes()), "{text}");
        }
        for text in invalid {
            assert!(!bech32_holds(text.as_bytes()), "{text}");
        }
    }

    #[test]
    fn bech32_encodes_as_the_vectors_of_bip_173() {
        assert_eq!(bech32("a", b""), "a12uel5l");
        // "abcdef1" and the 32 values in order: 20 bytes that count through the alphabet.
        let bytes = data_encoding::HEXLOWER.decode(b"00443214c74254b635cf84653a56d7c675be77df").expect("because it is hex");
        assert_eq!(bech32("abcdef", &bytes), "abcdef1qpzry9x8gf2tvdw0s3jn54khce6mua7lmqqqxw");
    }

    #[test]
    fn bech32_of_any_bytes_holds() {
        let bytes: Vec<u8> = (0..=70).map(|n: u8| n.wrapping_mul(37)).collect();
        for length in 0..bytes.len() {
            assert!(bech32_holds(bech32("human-part-", &bytes[..length]).as_bytes()), "{length} bytes");
        }
    }
}
