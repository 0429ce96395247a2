//! How random bytes look: entropy, alphabet, and the four-step scale the grammar decides with.
//!
//! Knows nothing of rules or names.

use super::words;

/// Shannon entropy of `bytes` in bits per byte, 0 for fewer than two bytes.
pub fn shannon(bytes: &[u8]) -> f32 {
    if bytes.len() < 2 {
        return 0.0;
    }
    let mut counts = [0u32; 256];
    for &byte in bytes {
        counts[usize::from(byte)] += 1;
    }
    let total = bytes.len() as f32;
    counts.iter().filter(|&&count| count > 0).map(|&count| (count as f32 / total) * (total / count as f32).log2()).sum()
}

/// Whether bytes look drawn at random: nearly all of them differ, and no step from one to the next repeats as in a count.
pub fn is_random_bytes(bytes: &[u8]) -> bool {
    let mut seen = [false; 256];
    bytes.iter().for_each(|byte| seen[usize::from(*byte)] = true);
    let distinct = seen.iter().filter(|seen| **seen).count();
    let steps = bytes.windows(3).filter(|part| part[1].wrapping_sub(part[0]) == part[2].wrapping_sub(part[1])).count();
    distinct * 3 >= bytes.len().min(96) * 2 && steps * 4 <= bytes.len()
}

/// Whether letters of both cases, and nothing else, change case as often as chance does and words do not.
pub fn is_mixed_letters(value: &[u8]) -> bool {
    const SHORTEST: usize = 20;
    const WORD: usize = 5;
    let changes = value.windows(2).filter(|pair| pair[0].is_ascii_uppercase() != pair[1].is_ascii_uppercase()).count();
    let word = value.chunk_by(|a, b| a.is_ascii_lowercase() == b.is_ascii_lowercase()).map(<[u8]>::len).max().unwrap_or(0);
    value.len() >= SHORTEST && value.iter().all(u8::is_ascii_alphabetic) && changes * 3 >= value.len() && word <= WORD
}

/// Which characters a value is made of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Charset {
    /// Number of `0-9`.
    pub digits: usize,
    /// Number of `a-z`.
    pub lower: usize,
    /// Number of `A-Z`.
    pub upper: usize,
    /// Number of all other bytes.
    pub symbols: usize,
}

impl Charset {
    /// Counts the bytes of `value`.
    pub fn of(value: &[u8]) -> Self {
        let mut set = Self::default();
        for &byte in value {
            match byte {
                b'0'..=b'9' => set.digits += 1,
                b'a'..=b'z' => set.lower += 1,
                b'A'..=b'Z' => set.upper += 1,
                _ => set.symbols += 1,
            }
        }
        set
    }

    /// Number of ASCII letters.
    pub fn letters(self) -> usize {
        self.lower + self.upper
    }
}

/// How random a value looks, least first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Randomness {
    /// Words, or nothing to tell.
    None,
    /// A digit among letters, or mixed case with a symbol.
    Slight,
    /// Letters and digits mixed over eight characters or more, or symbol and digit over six.
    Likely,
    /// A run of hex, base 32 or base 64 of sixteen characters or more with digits and high entropy.
    Strong,
}

/// Places `value` on the scale.
pub fn randomness(value: &[u8]) -> Randomness {
    let set = Charset::of(value);
    if is_random_run(value, set) {
        return Randomness::Strong;
    }
    if is_word_with_number(value) || is_identifier_with_number(value) {
        return Randomness::Slight;
    }
    if set.digits > 0 && set.letters() > 0 && set.symbols == 0 && value.len() >= 8 && !is_separated_words(value) {
        return Randomness::Likely;
    }
    if set.digits > 0 && set.symbols > 0 && value.len() >= 6 && !is_separated_words(value) {
        return Randomness::Likely;
    }
    if (set.digits > 0 && set.letters() > 0) || (set.symbols > 0 && set.lower > 0 && set.upper > 0) {
        return Randomness::Slight;
    }
    Randomness::None
}

/// Shortest run that counts as an encoded random value, in bytes.
const RANDOM_RUN: usize = 16;

fn is_random_run(value: &[u8], set: Charset) -> bool {
    let padding = value.iter().rev().take_while(|b| **b == b'=').count();
    let value = &value[..value.len() - padding.min(2)];
    if value.len() < RANDOM_RUN || set.digits == 0 || set.letters() == 0 || is_separated_words(value) || is_identifier(value) {
        return false;
    }
    let hex = value.iter().all(|b| b.is_ascii_hexdigit() || *b == b'-') && !(set.lower > 0 && set.upper > 0);
    let base32 = value.iter().all(|b| matches!(b, b'A'..=b'Z' | b'2'..=b'7'));
    let base64 = value.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'_' | b'-' | b'.' | b'~'));
    let bits = shannon(value);
    (hex && bits > 2.7) || (base32 && bits > 3.0) || (base64 && bits > 3.2 && digit_runs(value) >= 2)
}

/// `pkcs8RSAPrivateKey`: camelCase parts of three letters and more on average. In random text of mixed case they have one or two.
fn is_identifier(value: &[u8]) -> bool {
    let mixed = value.iter().any(u8::is_ascii_lowercase) && value.iter().any(u8::is_ascii_uppercase);
    let parts = words::split(value).filter(|part| part[0].is_ascii_alphabetic());
    let (count, letters) = parts.fold((0, 0), |(count, letters), part| (count + 1, letters + part.len()));
    mixed && letters >= count * 3 && value.iter().all(|b| b.is_ascii_alphanumeric() || *b == b'_')
}

/// `airtableOAuth2Api`, `PrimaryIPv6Dns`: camelCase words of three letters and more on average, with one or two short numbers among them.
pub fn is_identifier_with_number(value: &[u8]) -> bool {
    const LONGEST: usize = 48;
    let numbers = || value.chunk_by(|a, b| a.is_ascii_digit() == b.is_ascii_digit()).filter(|run| run[0].is_ascii_digit());
    let word = value.chunk_by(|a, b| a.is_ascii_lowercase() == b.is_ascii_lowercase()).filter(|run| run[0].is_ascii_lowercase());
    value.len() <= LONGEST
        && (1..=2).contains(&numbers().count())
        && numbers().all(|run| run.len() <= 2)
        && word.map(<[u8]>::len).max().unwrap_or(0) >= 4
        && is_identifier(value)
}

/// Runs of digits: random text has several, `word2024` has one.
fn digit_runs(value: &[u8]) -> usize {
    value.chunk_by(|a, b| a.is_ascii_digit() == b.is_ascii_digit()).filter(|run| run[0].is_ascii_digit()).count()
}

/// `word12`, `Word-2024`: letters (and separators), then up to four digits.
fn is_word_with_number(value: &[u8]) -> bool {
    let digits = value.iter().rev().take_while(|b| b.is_ascii_digit()).count();
    let head = &value[..value.len() - digits];
    let one_case = !head.iter().skip(1).any(u8::is_ascii_uppercase) || !head.iter().any(u8::is_ascii_lowercase);
    (1..=4).contains(&digits)
        && !head.is_empty()
        && one_case
        && head.iter().all(|b| b.is_ascii_alphabetic() || matches!(b, b'_' | b'-' | b'.'))
}

/// Words of letters, or short numbers, joined by `-`, `_`, `.`, `/` or `:` such as `us-east-1` or `my-app-v2`: each part is letters only, or
/// digits with at most one letter before.
pub fn is_separated_words(value: &[u8]) -> bool {
    let mut parts = 0;
    for part in value.split(|b| matches!(b, b'-' | b'_' | b'.' | b'/' | b':')) {
        parts += 1;
        let letters = part.iter().take_while(|b| b.is_ascii_alphabetic()).count();
        let rest = &part[letters..];
        let word = rest.is_empty() && looks_like_words(part);
        let number = letters <= 1 && rest.len() <= 4 && rest.iter().all(u8::is_ascii_digit);
        let word_with_number = rest.len() <= 2 && letters >= 2 && rest.iter().all(u8::is_ascii_digit) && looks_like_words(&part[..letters]);
        if !(part.is_empty() || word || number || word_with_number) {
            return false;
        }
    }
    parts > 1
}

/// Whether letters alternate in case as words do: all one case, capitalized, or camelCase with at least two letters a hump.
fn looks_like_words(letters: &[u8]) -> bool {
    let humps = letters.windows(2).filter(|pair| pair[0].is_ascii_lowercase() && pair[1].is_ascii_uppercase()).count();
    let uppers = letters.iter().filter(|b| b.is_ascii_uppercase()).count();
    const LONGEST_WORD: usize = 16;
    letters.len() <= LONGEST_WORD * (humps + 1) && (uppers == letters.len() || (uppers <= humps + 1 && letters.len() >= humps * 3))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entropy_of_known_texts() {
        assert_eq!(shannon(b""), 0.0);
        assert_eq!(shannon(b"aaaa"), 0.0);
        assert!((shannon(b"abcd") - 2.0).abs() < 1e-6);
        assert!((shannon(b"aabbccdd") - 2.0).abs() < 1e-6);
    }

    #[test]
    fn mixed_letters_are_no_words() {
        assert!(is_mixed_letters(b"XqTbQnkyHeWTEKrjhRVhApZm"));
        assert!(!is_mixed_letters(b"theNameOfAVariableInCode"));
        assert!(!is_mixed_letters(b"zavvfucozavvfucozavvfuco"));
    }

    #[test]
    fn random_bytes_neither_count_nor_repeat() {
        assert!(is_random_bytes(&[57, 13, 83, 0, 4, 21, 70, 54, 37, 63, 22, 95, 131, 24]));
        assert!(!is_random_bytes(&[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13]));
        assert!(!is_random_bytes(&[7, 7, 7, 7, 1, 1, 1, 1, 9, 9, 9, 9, 3, 3]));
    }

    #[test]
    fn the_scale_separates_words_from_noise() {
        for word in ["password", "hunter2", "us-east-1", "my-app-v2", "Config2024", "application/json", "some-long-kebab-name-2"] {
            assert!(randomness(word.as_bytes()) <= Randomness::Slight, "{word}");
        }
        for word in ["airtableOAuth2Api", "PrimaryIPv6Dns", "eChargeToday1"] {
            assert_eq!(randomness(word.as_bytes()), Randomness::Slight, "{word}");
        }
        for noise in ["x7Kp2mQ9", "tr0ub4dor&3x"] {
            assert_eq!(randomness(noise.as_bytes()), Randomness::Likely, "{noise}");
        }
        for noise in ["9f86d081884c7d65", "hV7dP2kQ9sLw3ZxT8mNb"] {
            assert_eq!(randomness(noise.as_bytes()), Randomness::Strong, "{noise}");
        }
    }
}
