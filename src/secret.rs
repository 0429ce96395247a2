//! Bytes that must not leave by accident.
//!
//! A [`Secret`] cannot be printed, serialized or compared in a log line: `Debug` tells its length only, there is no `Display`
//! and no `Serialize`, and its memory is wiped when it is dropped. This module knows nothing of rules, files or reports.

use std::fmt;

use zeroize::Zeroizing;

/// The bytes of one credential as they stand in the scanned content.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret {
    bytes: Zeroizing<Vec<u8>>,
    /// The class of its length, where not the bytes themselves tell it.
    class: Option<&'static str>,
}

impl Secret {
    /// Copies `bytes` into memory that is wiped on drop.
    pub fn new(bytes: &[u8]) -> Self {
        Self { bytes: Zeroizing::new(bytes.to_vec()), class: None }
    }

    /// A secret of a saved report, which holds the class of its length and only on demand what the secret itself is; without that it has no bytes.
    /// `None` if there is no such class.
    pub fn saved(text: Option<&str>, class: &str) -> Option<Self> {
        let class = LENGTH_CLASSES.iter().find(|known| known.name == class)?;
        Some(Self { class: Some(class.name), ..Self::new(text.unwrap_or_default().as_bytes()) })
    }

    /// The only way out. Each caller is a place where a secret could leak, so keep them few.
    pub fn expose(&self) -> &[u8] {
        &self.bytes
    }

    /// Length in bytes.
    pub fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Whether there are no bytes at all.
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// The secret as it may be shown: see [`mask`].
    pub fn masked(&self, public_prefix: usize) -> String {
        mask(self.expose(), public_prefix)
    }

    /// A range of lengths in bytes that holds the secret's own, such as `32-63`; the exact length would help to guess a password.
    pub fn length_class(&self) -> &'static str {
        self.class.unwrap_or_else(|| LENGTH_CLASSES.iter().find(|class| self.len() <= class.longest).map_or("512+", |class| class.name))
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Secret({} bytes)", self.len())
    }
}

struct LengthClass {
    longest: usize,
    name: &'static str,
    stars: usize,
}

const LENGTH_CLASSES: [LengthClass; 7] = [
    LengthClass { longest: 7, name: "1-7", stars: 4 },
    LengthClass { longest: 15, name: "8-15", stars: 8 },
    LengthClass { longest: 31, name: "16-31", stars: 12 },
    LengthClass { longest: 63, name: "32-63", stars: 16 },
    LengthClass { longest: 127, name: "64-127", stars: 20 },
    LengthClass { longest: 511, name: "128-511", stars: 24 },
    LengthClass { longest: usize::MAX, name: "512+", stars: 28 },
];

/// Secret characters that stay visible at the end of a long secret.
const VISIBLE_TAIL: usize = 4;
/// Below this many characters behind the public prefix, nothing of the secret stays visible.
const SHORTEST_WITH_TAIL: usize = 20;

/// Masks `bytes`: keeps the first `public_prefix` bytes (the part that is the same for every credential of its kind, such as
/// `ghp_`), then as many stars as the length class has, then at most four characters of the secret, and those only if it has
/// 20 or more and the tail is plain ASCII letters and digits.
pub fn mask(bytes: &[u8], public_prefix: usize) -> String {
    let prefix = &bytes[..public_prefix.min(bytes.len())];
    let hidden = &bytes[prefix.len()..];
    let stars = LENGTH_CLASSES.iter().find(|class| hidden.len() <= class.longest).map_or(4, |class| class.stars);
    let mut masked: String = prefix.iter().map(|&b| if b.is_ascii_graphic() || b == b' ' { b as char } else { '?' }).collect();
    masked.extend(std::iter::repeat_n('*', stars));
    let tail = &hidden[hidden.len().saturating_sub(VISIBLE_TAIL)..];
    if hidden.len() >= SHORTEST_WITH_TAIL && tail.iter().all(u8::is_ascii_alphanumeric) {
        masked.extend(tail.iter().map(|&b| b as char));
    }
    masked
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_tells_the_length_only() {
        assert_eq!(format!("{:?}", Secret::new(b"hunter2-hunter2")), "Secret(15 bytes)");
    }

    #[test]
    fn a_saved_secret_has_its_class_and_no_bytes() {
        let saved = Secret::saved(None, "32-63").expect("because there is such a class");
        assert_eq!((saved.length_class(), saved.is_empty()), ("32-63", true));
        assert_eq!(Secret::saved(Some("abc"), "16-31").map(|secret| (secret.len(), secret.length_class())), Some((3, "16-31")));
        assert!(Secret::saved(None, "33").is_none());
    }

    #[test]
    fn a_long_token_keeps_its_prefix_and_four_characters() {
        let token = [b"ghp_".as_slice(), &[b'a'; 32], b"Kh8u"].concat();
        assert_eq!(mask(&token, 4), "ghp_****************Kh8u");
    }

    #[test]
    fn a_short_secret_shows_nothing() {
        assert_eq!(mask(b"s3cr3tpw", 0), "********");
        assert_eq!(mask(b"abc", 0), "****");
        assert_eq!(mask(b"", 0), "****");
    }

    #[test]
    fn no_secret_shows_more_than_four_of_its_characters() {
        for length in 0..600 {
            let secret = vec![b'x'; length];
            assert!(mask(&secret, 0).matches('x').count() <= VISIBLE_TAIL, "length {length}");
        }
    }
}
