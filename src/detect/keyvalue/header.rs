//! The credential behind `Bearer ` or `Basic `.

use crate::detect::{entropy, placeholder, words};
use crate::location::ByteSpan;
use crate::rules::schema::GrammarClass;

/// Shortest and longest credential in bytes.
const SHORTEST: usize = 8;
const LONGEST: usize = 4_096;

/// The credential that begins at `at`, right behind the scheme word that ends there.
pub fn credential_at(text: &[u8], scheme: ByteSpan) -> Option<(GrammarClass, ByteSpan)> {
    let before = scheme.start.checked_sub(1).map(|i| text[i]);
    if before.is_some_and(|b| b.is_ascii_alphanumeric() || b == b'_') {
        return None;
    }
    let rest = &text[scheme.end..text.len().min(scheme.end + LONGEST + 1)];
    let length =
        rest.iter().take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_' | b'~' | b'+' | b'/' | b'=')).count();
    if !(SHORTEST..=LONGEST).contains(&length) || matches!(rest.get(length), Some(b'(' | b'[' | b'{' | b'$')) {
        return None;
    }
    let value = &rest[..length];
    let span = ByteSpan::new(scheme.end, scheme.end + length);
    if text[scheme.start].eq_ignore_ascii_case(&b'b') && text[scheme.start + 1].eq_ignore_ascii_case(&b'a') {
        return is_userinfo(value).then_some((GrammarClass::BasicHeader, span));
    }
    let mixed = value.iter().any(u8::is_ascii_digit) && value.iter().any(u8::is_ascii_alphabetic);
    let random = entropy::randomness(value) >= entropy::Randomness::Likely;
    (mixed && random && placeholder::reason(value).is_none()).then_some((GrammarClass::BearerHeader, span))
}

/// Whether a value is a scheme word and a credential: the header's own trigger finds that one.
pub fn is_header_value(value: &[u8]) -> bool {
    super::HEADER_TRIGGERS.iter().any(|scheme| value.len() > scheme.len() && value[..scheme.len()].eq_ignore_ascii_case(scheme.as_bytes()))
}

/// Whether `value` is base64 of `user:password` with a password that is no placeholder.
fn is_userinfo(value: &[u8]) -> bool {
    let Ok(decoded) = data_encoding::BASE64.decode(value).or_else(|_| data_encoding::BASE64_NOPAD.decode(value)) else { return false };
    let Some(colon) = memchr::memchr(b':', &decoded) else { return false };
    let (user, password) = (&decoded[..colon], &decoded[colon + 1..]);
    let printable = decoded.iter().all(|b| matches!(b, b' '..=b'~'));
    printable
        && password.len() >= 4
        && !password.eq_ignore_ascii_case(user)
        && placeholder::reason(password).is_none()
        && !words::all_stop_words(password)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Option<(GrammarClass, &str)> {
        let start = text.to_ascii_lowercase().find(['b'])?;
        let end = start + text[start..].find(' ')? + 1;
        let (class, span) = credential_at(text.as_bytes(), ByteSpan::new(start, end))?;
        Some((class, &text[span.start..span.end]))
    }

    #[test]
    fn headers() {
        let bearer = format!("Bearer {}", "x7Kp2mQ9zz81");
        assert_eq!(found(&bearer), Some((GrammarClass::BearerHeader, "x7Kp2mQ9zz81")));
        let basic = format!("Basic {}", data_encoding::BASE64.encode(b"ann:zavvfuco"));
        assert_eq!(found(&basic).map(|(class, _)| class), Some(GrammarClass::BasicHeader));
        for text in ["Bearer authentication", "basic understanding", "Bearer ${TOKEN}", "Basic dXNlcjpwYXNzd29yZA==", "Bearer token"] {
            assert_eq!(found(text), None, "{text}");
        }
    }
}
