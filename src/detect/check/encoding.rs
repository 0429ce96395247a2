//! Base64 as tokens carry it: standard or URL alphabet, padded or not.

/// Decodes base64 of either alphabet, even mixed, with or without `=` at the end. Bits left over at the end may be anything: tokens get cut and
/// glued together, and what matters is what they say. `None`: another byte, or a length that no encoder makes.
pub fn base64(text: &[u8]) -> Option<Vec<u8>> {
    let padding = text.iter().rev().take_while(|&&b| b == b'=').count();
    let text = &text[..text.len() - padding];
    if padding > 2 || text.len() % 4 == 1 {
        return None;
    }
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3 + 2);
    for quad in text.chunks(4) {
        let mut bits = 0u32;
        for &byte in quad {
            bits = bits << 6 | u32::from(sextet(byte)?);
        }
        let word = bits << (6 * (4 - quad.len()) + 8);
        bytes.extend(&word.to_be_bytes()[..quad.len() * 6 / 8]);
    }
    Some(bytes)
}

fn sextet(byte: u8) -> Option<u8> {
    Some(match byte {
        b'A'..=b'Z' => byte - b'A',
        b'a'..=b'z' => byte - b'a' + 26,
        b'0'..=b'9' => byte - b'0' + 52,
        b'+' | b'-' => 62,
        b'/' | b'_' => 63,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_flavor_decodes() {
        for (text, bytes) in [
            ("", b"".as_slice()),
            ("Zg==", b"f"),
            ("Zg", b"f"),
            ("Zm8=", b"fo"),
            ("Zm8", b"fo"),
            ("Zm9v", b"foo"),
            ("Zm9vYg", b"foob"),
            ("-_+/", &[0xfb, 0xff, 0xbf]),
        ] {
            assert_eq!(base64(text.as_bytes()).as_deref(), Some(bytes), "{text}");
        }
    }

    #[test]
    fn what_no_encoder_makes_is_refused() {
        for text in ["Z", "Zm9vY", "Zm 9v", "Zm9v\n", "Zg===", "Z=g=", "Zm.v"] {
            assert_eq!(base64(text.as_bytes()), None, "{text}");
        }
    }
}
