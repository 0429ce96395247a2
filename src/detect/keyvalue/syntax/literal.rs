//! The value behind an operator: quoted, wrapped in a call, bare, or a block of its own.

use super::{Form, MAX_BLANKS, MAX_VALUE};
use crate::location::ByteSpan;

/// Prefixes of string literals and calls that only wrap one.
const WRAPPERS: [&[u8]; 22] = [
    b"new String(",
    b"String::from(",
    b"String(",
    b"Some(",
    b"Optional.of(",
    b"[]byte(",
    b"[]byte{",
    b"b64encode(",
    b"SecretString(",
    b"Secret(",
    b"string(",
    b"str(",
    b"b\"",
    b"b'",
    b"r\"",
    b"r'",
    b"u\"",
    b"u'",
    b"f\"",
    b"L\"",
    b"@\"",
    b"@'",
];

/// Length of a quote at `at`: `"`, `'`, `` ` ``, `\"`, `\'`, `&quot;`, `&#34;`, `&#39;`.
pub(super) fn quote_length(text: &[u8], at: usize) -> Option<usize> {
    let rest = text.get(at..)?;
    match rest {
        [b'"' | b'\'' | b'`', ..] => Some(1),
        [b'\\', b'"' | b'\'', ..] => Some(2),
        [b'\\', b'\\', b'"', ..] => Some(3),
        [b'&', b'q', b'u', b'o', b't', b';', ..] => Some(6),
        [b'&', b'#', b'3', b'4' | b'9', b';', ..] => Some(5),
        _ => None,
    }
}

pub(super) fn skip_blanks(text: &[u8], at: &mut usize) {
    let limit = (*at + MAX_BLANKS).min(text.len());
    while *at < limit && matches!(text[*at], b' ' | b'\t') {
        *at += 1;
    }
}

/// The value at `at`: quoted, wrapped or bare.
pub(super) fn value_at(text: &[u8], mut at: usize) -> Option<(ByteSpan, Form)> {
    for _ in 0..2 {
        let rest = &text[at..];
        let Some(wrapper) = WRAPPERS.iter().find(|wrapper| rest.starts_with(wrapper)) else { break };
        let quoted = matches!(wrapper.last(), Some(b'"' | b'\''));
        at += wrapper.len() - usize::from(quoted);
        skip_blanks(text, &mut at);
    }
    let (value, form) = match quote_length(text, at) {
        Some(length) => quoted(text, at, length)?,
        None => bare(text, at)?,
    };
    Some(without_scheme(text, value, form))
}

/// Words before a credential that say how it is sent, in lower case: `token 0123…` as a header's value.
const SCHEMES: [&[u8]; 9] = [b"oauth", b"token", b"apikey", b"api-key", b"key", b"ssws", b"geniekey", b"bot", b"jwt"];

/// The credential in `token 0123…`: the word behind the first one, if that is a scheme.
fn without_scheme(text: &[u8], value: ByteSpan, form: Form) -> (ByteSpan, Form) {
    let bytes = value.of(text);
    let word = bytes.iter().position(|b| *b == b' ').unwrap_or(bytes.len());
    if !SCHEMES.iter().any(|scheme| bytes[..word].eq_ignore_ascii_case(scheme)) {
        return (value, form);
    }
    if word < bytes.len() {
        return (ByteSpan::new(value.start + word + 1, value.end), form);
    }
    if form != Form::Bare || text.get(value.end) != Some(&b' ') {
        return (value, form);
    }
    match bare(text, value.end + 1) {
        Some((next, form)) if next.of(text).iter().any(u8::is_ascii_digit) => (next, form),
        _ => (value, form),
    }
}

pub(super) fn quoted(text: &[u8], at: usize, length: usize) -> Option<(ByteSpan, Form)> {
    let quote = &text[at..at + length];
    let triple = length == 1 && text[at..].starts_with(&[quote[0]; 3]);
    let start = at + if triple { 3 } else { length };
    let end_limit = (start + MAX_VALUE).min(text.len());
    let mut i = start;
    while i < end_limit {
        match text[i] {
            b'\n' | b'\r' if !triple => return None,
            b'\\' if length == 1 && quote[0] != b'`' && text.get(i + 1).is_some_and(|next| *next != b'\n') => i += 2,
            _ if text[i..].starts_with(quote) => {
                let form = if quote == b"`" { Form::Backtick } else { Form::Quoted };
                return (i > start).then(|| (ByteSpan::new(start, i), form));
            }
            _ => i += 1,
        }
    }
    None
}

/// A value without quotes ends at a blank, a line end, a quote or a delimiter.
fn bare(text: &[u8], start: usize) -> Option<(ByteSpan, Form)> {
    let limit = (start + MAX_VALUE).min(text.len());
    let mut end = start;
    while end < limit {
        match text[end] {
            b' ' | b'\t' | b'\n' | b'\r' | b'"' | b'\'' | b'`' | b';' | b',' | b'&' | b'<' | b'>' => break,
            b')' | b'}' | b']' if !opened_inside(&text[start..end], text[end]) => break,
            b'\\' if matches!(text.get(end + 1), Some(b'n' | b'r' | b't' | b'"' | b'\n') | None) => break,
            0 => return None,
            _ => end += 1,
        }
    }
    (end > start && end < start + MAX_VALUE).then(|| (ByteSpan::new(start, end), Form::Bare))
}

fn opened_inside(value: &[u8], close: u8) -> bool {
    let open = match close {
        b')' => b'(',
        b'}' => b'{',
        _ => b'[',
    };
    memchr::memchr_iter(open, value).count() > memchr::memchr_iter(close, value).count()
}

/// A YAML block scalar: `|` or `>` at the end of the line, then one more indented line; more lines mean text, which is none of ours.
pub(super) fn block_scalar(text: &[u8], name: ByteSpan, at: usize) -> Option<ByteSpan> {
    let rest = &text[at..];
    let marker = rest.iter().take_while(|b| matches!(b, b'|' | b'>' | b'-' | b'+' | b'0'..=b'9')).count();
    if marker == 0 || marker > 3 || !matches!(rest[0], b'|' | b'>') {
        return None;
    }
    let mut next = at + marker;
    skip_blanks(text, &mut next);
    if text.get(next) == Some(&b'\r') {
        next += 1;
    }
    if text.get(next) != Some(&b'\n') {
        return None;
    }
    let line_start = memchr::memrchr(b'\n', &text[..name.start]).map_or(0, |lf| lf + 1);
    let own_indent = text[line_start..name.start].iter().take_while(|b| **b == b' ').count();
    let start = next + 1;
    let indent = text[start..].iter().take(MAX_BLANKS).take_while(|b| **b == b' ').count();
    let value_start = start + indent;
    let line = &text[value_start..(value_start + MAX_VALUE).min(text.len())];
    let length = line.iter().position(|b| matches!(b, b'\n' | b'\r')).unwrap_or(line.len());
    (indent > own_indent && length > 0 && length < MAX_VALUE).then(|| ByteSpan::new(value_start, value_start + length))
}

/// The value in an element's text: without blanks around it, and where it is the last of several words or wrapped in braces, as Jenkins
/// writes what it has encrypted, without what stands around it.
pub(super) fn last_word(text: &[u8], inner: ByteSpan) -> ByteSpan {
    const LONG: usize = 16;
    let trimmed = |span: ByteSpan, drop: fn(&u8) -> bool| {
        let bytes = span.of(text);
        let lead = bytes.iter().take_while(|b| drop(b)).count();
        let tail = bytes[lead..].iter().rev().take_while(|b| drop(b)).count();
        ByteSpan::new(span.start + lead, span.end - tail)
    };
    let whole = trimmed(inner, u8::is_ascii_whitespace);
    let unwrapped = trimmed(whole, |b| matches!(b, b'{' | b'}'));
    let word = unwrapped.of(text).rsplit(u8::is_ascii_whitespace).next().unwrap_or_default();
    let random = word.len() >= LONG && word.iter().any(u8::is_ascii_digit) && word.iter().any(u8::is_ascii_alphabetic);
    if random { ByteSpan::new(unwrapped.end - word.len(), unwrapped.end) } else { whole }
}

/// The numbers in `{0x2b, 126, …}`, `[43, 126, …]`, `[]byte{…}` or `new byte[] {…}`, from the first to the last: at least [`FEWEST`] of them,
/// none above 255.
pub(super) fn byte_list(text: &[u8], at: usize) -> Option<ByteSpan> {
    const FEWEST: usize = 12;
    const MOST: usize = 128;
    const MAX_OPENING: usize = 32;
    let opening = &text[at..(at + MAX_OPENING).min(text.len())];
    let is_opening = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b' ' | b'[' | b']' | b'{' | b'(' | b'&' | b'_' | b':' | b'*' | b'!');
    let open = opening.iter().take_while(|b| is_opening(b)).position(|b| matches!(b, b'{' | b'['));
    let mut i = at + open?;
    // `[]byte{`, `[16]byte{`: the brackets of the type.
    if let Some(brace) = opening.iter().take_while(|b| is_opening(b)).position(|b| *b == b'{') {
        i = at + brace;
    }
    i += 1;
    let mut span: Option<ByteSpan> = None;
    for count in 0..=MOST {
        i += text[i..].iter().take(MAX_BLANKS).take_while(|b| b.is_ascii_whitespace()).count();
        let digits = text[i..].iter().take(5).take_while(|b| b.is_ascii_alphanumeric()).count();
        let Some(end) = is_byte(&text[i..i + digits]).then_some(i + digits) else {
            return (matches!(text.get(i), Some(b'}' | b']')) && count >= FEWEST).then_some(span).flatten();
        };
        span = Some(ByteSpan::new(span.map_or(i, |span| span.start), end));
        i = end + text[end..].iter().take(MAX_BLANKS).take_while(|b| b.is_ascii_whitespace()).count();
        match text.get(i) {
            Some(b',') => i += 1,
            Some(b'}' | b']') => return (count + 1 >= FEWEST).then_some(span).flatten(),
            _ => return None,
        }
    }
    None
}

fn is_byte(number: &[u8]) -> bool {
    byte_of(number).is_some()
}

/// The number that `0x2b` or `43` is.
fn byte_of(number: &[u8]) -> Option<u8> {
    let text = std::str::from_utf8(number).ok()?;
    match text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
        Some(hex) => u8::from_str_radix(hex, 16).ok(),
        None => text.parse().ok(),
    }
}

/// The bytes that a list of numbers stands for.
pub fn bytes_of_list(list: &[u8]) -> Vec<u8> {
    list.split(|b| !b.is_ascii_alphanumeric()).filter_map(byte_of).collect()
}
