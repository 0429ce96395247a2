//! Characters that look random and are always the same: SHA-256 in counter mode over a seed.
//!
//! Knows alphabets, no token formats.

use sha2::{Digest, Sha256};

/// The characters a draw chooses from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Alphabet(&'static [u8]);

impl Alphabet {
    /// Decimal digits.
    pub const DIGITS: Self = Self(b"0123456789");
    /// Hex digits with lower-case letters.
    pub const HEX: Self = Self(b"0123456789abcdef");
    /// Hex digits with capitals.
    pub const UPPER_HEX: Self = Self(b"0123456789ABCDEF");
    /// RFC 4648 base 32: capitals and 2 to 7.
    pub const BASE32: Self = Self(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567");
    /// Digits and lower-case letters.
    pub const BASE36: Self = Self(b"0123456789abcdefghijklmnopqrstuvwxyz");
    /// Digits and letters.
    pub const BASE62: Self = Self(b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");
    /// RFC 4648 base 64 with `+` and `/`.
    pub const BASE64: Self = Self(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/");
    /// RFC 4648 base 64 with `-` and `_`.
    pub const BASE64_URL: Self = Self(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");

    /// Capitals and digits without those that are mistaken for each other, as in 1Password's secret keys.
    pub const ONEPASSWORD: Self = Self(b"23456789ABCDEFGHJKLMNPQRSTVWXYZ");

    /// The alphabet of that placeholder.
    pub fn named(name: &str) -> Option<Self> {
        Some(match name {
            "digits" => Self::DIGITS,
            "hex" => Self::HEX,
            "HEX" => Self::UPPER_HEX,
            "lower" => Self(b"abcdefghijklmnopqrstuvwxyz"),
            "upper" => Self(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ"),
            "base32" => Self::BASE32,
            "base36" => Self::BASE36,
            "BASE36" => Self(b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"),
            "base62" => Self::BASE62,
            "base64" => Self::BASE64,
            "base64url" => Self::BASE64_URL,
            _ => return None,
        })
    }

    fn has(self, class: fn(&u8) -> bool) -> bool {
        self.0.iter().any(class)
    }
}

/// From this length on, a draw over digits and letters must hold some of each.
const MIXED_FROM: usize = 16;
/// How many digits such a draw holds at least.
const FEWEST_DIGITS: usize = 3;
/// How often a draw is repeated before it is taken as it is; a fair draw misses the demands about every second time at worst.
const DRAWS: usize = 256;

/// A stream of bytes that its seed decides.
pub struct Random {
    seed: Sha256,
    block: [u8; 32],
    blocks: u64,
    used: usize,
}

impl Random {
    /// The stream of placeholder number `ordinal` under `seed`.
    pub fn new(seed: &str, ordinal: u64) -> Self {
        let hasher = Sha256::new().chain_update(ordinal.to_be_bytes()).chain_update(seed);
        let seed = Sha256::new().chain_update(hasher.finalize());
        Self { seed, block: [0; 32], blocks: 0, used: 32 }
    }

    /// The next byte.
    pub fn byte(&mut self) -> u8 {
        if self.used == self.block.len() {
            self.block = self.seed.clone().chain_update(self.blocks.to_be_bytes()).finalize().into();
            self.blocks += 1;
            self.used = 0;
        }
        self.used += 1;
        self.block[self.used - 1]
    }

    /// The next `count` bytes.
    pub fn bytes(&mut self, count: usize) -> Vec<u8> {
        (0..count).map(|_| self.byte()).collect()
    }

    /// One of `choices`, each as likely as the others.
    fn pick(&mut self, choices: &[u8]) -> u8 {
        let fair = 256 - 256 % choices.len();
        loop {
            let byte = usize::from(self.byte());
            if byte < fair {
                return choices[byte % choices.len()];
            }
        }
    }

    /// `count` characters that nobody would take for typed ones: no character thrice in a row, no four that count up or down, and from 16
    /// on at least three digits and each letter case that the alphabet has. A number of two digits or more does not begin with 0.
    pub fn text(&mut self, alphabet: Alphabet, count: usize) -> String {
        self.until(|random| random.draw(alphabet, count), |text| is_mixed(text, alphabet))
    }

    /// Draws until `accept` is content, but not forever.
    pub fn until(&mut self, mut draw: impl FnMut(&mut Self) -> String, accept: impl Fn(&str) -> bool) -> String {
        let mut drawn = draw(self);
        for _ in 0..DRAWS {
            if accept(&drawn) {
                break;
            }
            drawn = draw(self);
        }
        drawn
    }

    fn draw(&mut self, alphabet: Alphabet, count: usize) -> String {
        let mut text: Vec<u8> = Vec::with_capacity(count);
        while text.len() < count {
            let next = self.pick(alphabet.0);
            let leading_zero = alphabet == Alphabet::DIGITS && text.is_empty() && count > 1 && next == b'0';
            if !leading_zero && !is_pattern(&text, next) {
                text.push(next);
            }
        }
        text.into_iter().map(char::from).collect()
    }

    /// A random UUID (version 4) in lower case.
    pub fn uuid(&mut self) -> String {
        let hex = self.text(Alphabet::HEX, 32);
        let variant = char::from(self.pick(b"89ab"));
        format!("{}-{}-4{}-{variant}{}-{}", &hex[..8], &hex[8..12], &hex[13..16], &hex[17..20], &hex[20..])
    }
}

/// Whether `text` has no run that looks typed; see [`Random::text`].
pub fn looks_random(text: &str) -> bool {
    let bytes = text.as_bytes();
    (1..bytes.len()).all(|end| !is_pattern(&bytes[..end], bytes[end]))
}

fn is_pattern(before: &[u8], next: u8) -> bool {
    let steps = |count: usize, step: i16| {
        before.len() >= count
            && before[before.len() - count..]
                .windows(2)
                .chain([[before[before.len() - 1], next].as_slice()])
                .all(|pair| i16::from(pair[1].to_ascii_lowercase()) - i16::from(pair[0].to_ascii_lowercase()) == step)
    };
    steps(2, 0) || steps(3, 1) || steps(3, -1)
}

fn is_mixed(text: &str, alphabet: Alphabet) -> bool {
    let count = |class: fn(&u8) -> bool| text.bytes().filter(class).count();
    let letters = alphabet.has(u8::is_ascii_alphabetic);
    text.len() < MIXED_FROM
        || !letters
        || (!alphabet.has(u8::is_ascii_digit) || count(u8::is_ascii_digit) >= FEWEST_DIGITS)
            && (!alphabet.has(u8::is_ascii_lowercase) || count(u8::is_ascii_lowercase) > 0)
            && (!alphabet.has(u8::is_ascii_uppercase) || count(u8::is_ascii_uppercase) > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAMES: [&str; 11] = ["digits", "hex", "HEX", "lower", "upper", "base32", "base36", "BASE36", "base62", "base64", "base64url"];

    #[test]
    fn every_draw_looks_random() {
        for name in NAMES {
            let alphabet = Alphabet::named(name).expect("because the list names alphabets");
            for ordinal in 0..200 {
                let text = Random::new(name, ordinal).text(alphabet, 16 + usize::try_from(ordinal).unwrap_or(0));
                assert!(looks_random(&text) && is_mixed(&text, alphabet), "{name}: {text}");
                assert!(text.bytes().all(|b| alphabet.0.contains(&b)), "{name}: {text}");
            }
        }
    }

    #[test]
    fn runs_are_noticed_at_every_place() {
        for text in ["aaa", "xaAa", "x1119", "abcd", "9876", "xAbCdx"] {
            assert!(!looks_random(text), "{text}");
        }
        for text in ["", "a", "aa", "abc", "987x", "abab"] {
            assert!(looks_random(text), "{text}");
        }
    }

    #[test]
    fn seed_and_ordinal_decide() {
        let draw = |seed, ordinal| Random::new(seed, ordinal).text(Alphabet::BASE62, 20);
        assert_eq!(draw("a", 1), draw("a", 1));
        assert_ne!(draw("a", 1), draw("a", 2));
        assert_ne!(draw("a", 1), draw("b", 1));
    }

    #[test]
    fn a_uuid_has_its_version_and_variant() {
        for ordinal in 0..50 {
            let uuid = Random::new("uuid", ordinal).uuid();
            let lengths: Vec<_> = uuid.split('-').map(str::len).collect();
            assert_eq!(lengths, [8, 4, 4, 4, 12], "{uuid}");
            assert_eq!(&uuid[14..15], "4", "{uuid}");
            assert!("89ab".contains(&uuid[19..20]), "{uuid}");
        }
    }
}
