//! The name around a trigger word: where it begins and ends, what closes it, what stands before it.

use super::literal::quote_length;
use super::{BESIDE, LOOK_BACK, MAX_NAME};
use crate::location::ByteSpan;

/// The identifier around `hit`. A hit in the middle of a longer run (a base64 text that happens to hold `key`) is no name.
pub fn name_around(text: &[u8], hit: ByteSpan) -> Option<ByteSpan> {
    let mut start = hit.start;
    while start > 0 && is_name_byte(text[start - 1]) {
        start -= 1;
        if hit.start - start > MAX_NAME {
            return None;
        }
    }
    let mut end = hit.end;
    while end < text.len() && is_name_byte(text[end]) && !(text[end] == b'-' && text.get(end + 1) == Some(&b'>')) {
        end += 1;
        if end - hit.end > MAX_NAME {
            return None;
        }
    }
    if let Some(dash) = value_behind_dash(&text[hit.end..end]) {
        end = hit.end + dash;
    }
    while start < hit.start && matches!(text[start], b'-' | b'.' | b'$') {
        start += 1;
    }
    while end > hit.end && matches!(text[end - 1], b'.' | b'-') {
        end -= 1;
    }
    Some(ByteSpan::new(start, end))
}

/// Where the dash stands in `-9f86d081884c7d65`, what follows the trigger word of a name: behind it is no part of the name but its value.
fn value_behind_dash(rest: &[u8]) -> Option<usize> {
    const DIGITS: usize = 4;
    let dash = memchr::memchr(b'-', rest)?;
    let value = &rest[dash + 1..];
    (value.len() >= BESIDE && value.iter().filter(|b| b.is_ascii_digit()).count() >= DIGITS && rest[..dash].len() < DIGITS * 2)
        .then_some(dash)
}

fn is_name_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b'$')
}

/// Steps over what closes a quoted or bracketed name: `"`, `'`, `\"`, `&quot;`, `"]`, `']`, `]`. Says whether a quote was closed.
pub(super) fn skip_name_closing(text: &[u8], at: &mut usize, before: Option<u8>) -> bool {
    let mut closed = false;
    if let Some(length) = quote_length(text, *at)
        && before.is_some_and(|b| matches!(b, b'"' | b'\'' | b'`' | b';' | b'[' | b'-' | b':' | b'/' | b'@'))
    {
        *at += length;
        closed = true;
    }
    if text.get(*at) == Some(&b']') {
        *at += 1;
        closed = true;
    }
    if !closed {
        *at += array_length(&text[*at..]);
    }
    closed
}

/// Bytes of `[]` or `[32]`, which makes the name of C an array's.
fn array_length(rest: &[u8]) -> usize {
    const MAX_DIGITS: usize = 5;
    let Some(inner) = rest.strip_prefix(b"[") else { return 0 };
    let digits = inner.iter().take(MAX_DIGITS).take_while(|b| b.is_ascii_digit()).count();
    if inner.get(digits) == Some(&b']') { digits + 2 } else { 0 }
}

/// Whether a dash stands before the name and a blank, quote or line start before the dash.
pub(super) fn is_flag(text: &[u8], name: ByteSpan) -> bool {
    let head = &text[..name.start];
    let dashes = head.iter().rev().take(3).take_while(|b| **b == b'-').count();
    let before = head.len().checked_sub(dashes + 1).map(|i| head[i]);
    (1..=2).contains(&dashes) && before.is_none_or(|b| b.is_ascii_whitespace() || matches!(b, b'"' | b'\'' | b'`' | b'[' | b'('))
}

/// Whether a word stands before the name that sets variables with nothing but a blank: `ENV` in a Dockerfile, `\set` of psql, `setenv`,
/// `#define` in C.
pub(super) fn is_set(text: &[u8], name: ByteSpan) -> bool {
    const WORDS: [&[u8]; 5] = [b"ENV ", b"\\set ", b"setenv ", b"SetEnv ", b"#define "];
    let head = &text[name.start.saturating_sub(LOOK_BACK)..name.start];
    WORDS.iter().any(|word| head.strip_suffix(*word).is_some_and(|rest| rest.last().is_none_or(|b| b.is_ascii_whitespace())))
}

/// Whether the identifier is itself the value of `name`, `key` or `id`.
pub(super) fn is_value_of_name(text: &[u8], name: ByteSpan) -> bool {
    let head = &text[name.start.saturating_sub(LOOK_BACK)..name.start];
    let head = head.trim_ascii_end();
    let head = head.strip_suffix(b"\"").or_else(|| head.strip_suffix(b"'")).unwrap_or(head).trim_ascii_end();
    let Some(head) = head.strip_suffix(b"=").or_else(|| head.strip_suffix(b":")) else { return false };
    let head = head.trim_ascii_end();
    let head = head.strip_suffix(b"\"").or_else(|| head.strip_suffix(b"'")).unwrap_or(head).to_ascii_lowercase();
    [&b"name"[..], b"key", b"id"].iter().any(|word| head.ends_with(word))
}
