//! `scheme://user:password@host` around a `://`.

use super::value;
use crate::detect::{entropy, placeholder};
use crate::finding::Confidence;
use crate::location::ByteSpan;

/// Longest scheme and longest authority in bytes.
const MAX_SCHEME: usize = 40;
const MAX_AUTHORITY: usize = 512;
/// Shortest password in bytes.
const SHORTEST: usize = 4;

/// Userinfo of a URL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Userinfo {
    /// Letters before `://`.
    pub scheme: ByteSpan,
    /// Before the first colon; may be empty.
    pub user: ByteSpan,
    /// Between the first colon and the `@`.
    pub password: ByteSpan,
    /// From the scheme to the end of the authority.
    pub whole: ByteSpan,
}

/// The userinfo of the URL whose `://` begins at `at`, if there is one with a password.
pub fn userinfo_at(text: &[u8], at: usize) -> Option<Userinfo> {
    let authority = at + 3;
    let limit = (authority + MAX_AUTHORITY).min(text.len());
    let mut end = authority;
    let mut sign = None;
    let mut colon = None;
    while end < limit {
        match text[end] {
            b'@' => sign = Some(end),
            b':' if colon.is_none() => colon = Some(end),
            // A password may hold what would end an authority, but only before the `@`; a path may hold an `@` of its own.
            b'/' | b'?' | b'#' => break,
            b'"' | b'\'' | b'`' | b'<' | b'>' | b'\\' | b',' | b';' | 0..=b' ' | 127.. => break,
            _ => {}
        }
        end += 1;
    }
    let (colon, sign) = (colon?, sign?);
    if colon > sign || sign + 1 >= end {
        return None;
    }
    let scheme_start =
        (0..at).rev().take(MAX_SCHEME).take_while(|i| text[*i].is_ascii_alphanumeric() || matches!(text[*i], b'+' | b'-' | b'.')).last()?;
    Some(Userinfo {
        scheme: ByteSpan::new(scheme_start, at),
        user: ByteSpan::new(authority, colon),
        password: ByteSpan::new(colon + 1, sign),
        whole: ByteSpan::new(scheme_start, end),
    })
}

/// How sure it is that the password is one. `None`: a placeholder, a word of a manual, or the user's name again.
pub fn judge(text: &[u8], url: &Userinfo) -> Option<Confidence> {
    let (user, password) = (url.user.of(text), url.password.of(text));
    let host = &text[url.password.end + 1..url.whole.end];
    if password.starts_with(b"%3C") || password.starts_with(b"%2A%2A") || password.starts_with(b"%5B") {
        return None;
    }
    if password.len() < SHORTEST || placeholder::reason(password).is_some() || value::is_const_case(password) {
        return None;
    }
    if password.eq_ignore_ascii_case(user) {
        return None;
    }
    if password.iter().any(|b| matches!(b, b'{' | b'}' | b'(' | b')' | b'|')) {
        return None;
    }
    if password.starts_with(b"$") || password.starts_with(b"[") || password.starts_with(b"*") {
        return None;
    }
    let digit = password.iter().any(u8::is_ascii_digit);
    // A password that is written down before a host that is not: `postgres://app:…@${DB_HOST}/x`. In manuals all of it is left open.
    if matches!(host.first(), Some(b'$' | b'{' | b'<' | b'%')) {
        let likely = entropy::randomness(password) >= entropy::Randomness::Likely;
        return Some(if likely { Confidence::Medium } else { Confidence::Low });
    }
    Some(if digit && entropy::randomness(password) >= entropy::Randomness::Likely { Confidence::High } else { Confidence::Medium })
}

/// The scheme in lower case without a `+driver` suffix, such as `postgres` of `postgresql+psycopg2`.
pub fn base_scheme(scheme: &[u8]) -> Vec<u8> {
    scheme.split(|b| *b == b'+').next().unwrap_or(scheme).to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn password(text: &str) -> Option<&str> {
        let at = text.find("://")?;
        let url = userinfo_at(text.as_bytes(), at)?;
        judge(text.as_bytes(), &url)?;
        Some(&text[url.password.start..url.password.end])
    }

    #[test]
    fn passwords_in_urls() {
        // The text is put together here, so that a scan of this file finds no password.
        for (before, secret, after) in [
            ("postgres://app", "zavvfuco", "@db:5432/x"),
            ("redis://", "zavvfuco", "@cache"),
            ("x='mysql+pymysql://root", "a1:b2c3", "@h/db'"),
            ("https://u", "p%40ssvvxq", "@h"),
            ("nats://u", "zavvfuco", "@%s:%d"),
        ] {
            assert_eq!(password(&format!("{before}:{secret}{after}")), Some(secret));
        }
    }

    #[test]
    fn no_passwords_in_urls() {
        for text in [
            "https://example.com/a@b:c",
            "https://user@host",
            "https://user:password@host",
            "https://${USER}:${PASS}@host",
            "https://host:8080/x@y",
            "http://foo:foo@host",
            "https://u:<token>@h",
            "a://b:c@",
            "postgres://[user[:password]@][netloc]",
            "://u:zavvfuco@h",
        ] {
            assert_eq!(password(text), None, "{text}");
        }
    }
}
