//! What stands around a pair: quotes on its line, comment marks, what follows it, users and hosts near it.

use super::syntax::{Form, Operator, Pair};
use crate::location::ByteSpan;

/// Most bytes looked at on either side.
const REACH: usize = 400;
/// Lines looked at on either side for users, hosts and databases.
const LINES: usize = 3;

/// The line that holds `at`, cut to [`REACH`] bytes on either side.
pub fn line_around(text: &[u8], at: usize) -> ByteSpan {
    let low = at.saturating_sub(REACH);
    let high = (at + REACH).min(text.len());
    let start = memchr::memrchr(b'\n', &text[low..at]).map_or(low, |lf| low + lf + 1);
    let end = memchr::memchr(b'\n', &text[at..high]).map_or(high, |lf| at + lf);
    ByteSpan::new(start, end)
}

/// Whether the line of `at` is a comment.
pub fn is_comment(text: &[u8], at: usize) -> bool {
    let line = line_around(text, at).of(text).trim_ascii_start();
    [&b"//"[..], b"#", b"*", b"/*", b"--", b";", b"<!--", b"%", b"rem ", b"REM "].iter().any(|mark| line.starts_with(mark))
}

/// Whether a string is open at `at`: a bare value there lies inside of it.
pub fn is_inside_string(text: &[u8], at: usize) -> bool {
    open_quote(text, at).is_some()
}

/// The quote of the string that is open at `at`, judged by the line alone. A quote right before `at` opens a quoted name and does not count.
pub fn open_quote(text: &[u8], at: usize) -> Option<u8> {
    let line = line_around(text, at);
    // Of a long line only the end was looked at, and that may begin inside of a string: nothing can be told.
    if line.start > 0 && text[line.start - 1] != b'\n' {
        return None;
    }
    let at = if at > line.start && matches!(text[at - 1], b'"' | b'\'' | b'`') { at - 1 } else { at };
    let mut open = None;
    let mut i = line.start;
    while i < at {
        match (text[i], open) {
            (b'\\', _) => i += 1,
            (quote @ (b'"' | b'\'' | b'`'), None) => open = Some(quote),
            (quote, Some(opened)) if quote == opened => open = None,
            _ => {}
        }
        i += 1;
    }
    open
}

/// What follows a value tells a call, an index, a concatenation or a sentence from a literal.
pub fn is_followed_by_code(text: &[u8], pair: &Pair) -> bool {
    let rest = &text[pair.value.end..];
    match pair.form {
        Form::Bare => matches!(rest.first(), Some(b'(' | b'[' | b'{')) || rest.trim_ascii_start().first() == Some(&b'('),
        Form::Quoted | Form::Backtick => {
            let rest = rest[rest.len().min(1)..].trim_ascii_start();
            let short = pair.value.len() < 8;
            short && (rest.starts_with(b"+") || rest.starts_with(b"%") || rest.starts_with(b"."))
        }
        Form::Block | Form::Bytes => false,
    }
}

/// Whether another word follows a bare value on its line, as in prose: `password: choose a strong one`.
pub fn is_prose(text: &[u8], pair: &Pair) -> bool {
    if pair.form != Form::Bare || pair.operator == Operator::Flag {
        return false;
    }
    let line_end = line_around(text, pair.value.end).end;
    let rest = &text[pair.value.end..line_end];
    let Some(rest) = rest.strip_prefix(b" ") else { return false };
    let rest = rest.trim_ascii_start();
    rest.first().is_some_and(|b| b.is_ascii_alphabetic())
        && !rest.iter().take_while(|b| !b.is_ascii_whitespace()).any(|b| matches!(b, b'=' | b':'))
        && text[..pair.value.start].trim_ascii_end().ends_with(b":")
}

/// Whether a call on the left or right of a quoted value makes it an argument that is no credential: `getenv("X")`, `t("…")`.
pub fn is_argument_of_lookup(text: &[u8], pair: &Pair) -> bool {
    const CALLS: [&str; 24] = [
        "getenv",
        "env",
        "environ",
        "get",
        "fetch",
        "require",
        "mock",
        "join",
        "regex",
        "match",
        "compile",
        "field",
        "column",
        "param",
        "label",
        "translate",
        "find",
        "open",
        "read",
        "path",
        "format",
        "print",
        "error",
        "log",
    ];
    let head = &text[pair.value.start.saturating_sub(64)..pair.value.start];
    let Some(head) = head.strip_suffix(b"\"").or_else(|| head.strip_suffix(b"'")).or_else(|| head.strip_suffix(b"`")) else { return false };
    let Some(head) = head.trim_ascii_end().strip_suffix(b"(") else { return false };
    let word: Vec<u8> = head.iter().rev().take_while(|b| b.is_ascii_alphanumeric() || **b == b'_').map(u8::to_ascii_lowercase).collect();
    let word: Vec<u8> = word.into_iter().rev().collect();
    CALLS.iter().any(|call| word == call.as_bytes() || word.ends_with(format!("_{call}").as_bytes()))
}

/// Whether a user, login, host, URL or database is named within three lines.
pub fn has_login_nearby(text: &[u8], span: ByteSpan) -> bool {
    const WORDS: [&[u8]; 9] = [b"user", b"login", b"host", b"server", b"url", b"database", b"email", b"dbname", b"account"];
    let near = lines_around(text, span).to_ascii_lowercase();
    WORDS.iter().any(|word| memchr::memmem::find(&near, word).is_some())
}

/// Whether the value is the user's name as well: `user: foo, password: foo`.
pub fn equals_user(text: &[u8], value: ByteSpan) -> bool {
    const NAMES: [&[u8]; 3] = [b"user", b"login", b"email"];
    let secret = value.of(text);
    let low = value.start.saturating_sub(REACH);
    let high = (value.end + REACH).min(text.len());
    memchr::memmem::find_iter(&text[low..high], secret).map(|at| low + at).filter(|at| *at != value.start).take(8).any(|at| {
        let end = at + secret.len();
        let whole = !text.get(end).is_some_and(u8::is_ascii_alphanumeric) && (at == 0 || !text[at - 1].is_ascii_alphanumeric());
        let line = line_around(text, at);
        let head = text[line.start..at].to_ascii_lowercase();
        let tail = &head[head.len().saturating_sub(32)..];
        whole && NAMES.iter().any(|name| memchr::memmem::find(tail, name).is_some())
    })
}

/// Whether the quoted name is one of a list and no argument: `["token", "x"]`, `"a": "PASS", "b": …`.
pub fn is_list_element(text: &[u8], name: ByteSpan) -> bool {
    let head = text[name.start.saturating_sub(32)..name.start].trim_ascii_end();
    let head = head.strip_suffix(b"\"").or_else(|| head.strip_suffix(b"'")).unwrap_or(head).trim_ascii_end();
    matches!(head.last(), Some(b'[' | b':' | b'='))
}

/// Whether the name is a part of an Amazon resource name: `arn:aws:secretsmanager:*:*:secret:name`.
pub fn is_in_arn(text: &[u8], at: usize) -> bool {
    const LONGEST: usize = 128;
    let head = &text[at.saturating_sub(LONGEST)..at];
    let length =
        head.iter().rev().take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b':' | b'*' | b'-' | b'_' | b'/' | b'.')).count();
    head[head.len() - length..].starts_with(b"arn:")
}

/// Whether many long hex strings stand around: test vectors, checksums, a dump of digests.
pub fn is_among_hex(text: &[u8], span: ByteSpan) -> bool {
    const WINDOW: usize = 4_096;
    const MANY: usize = 8;
    let near = &text[span.start.saturating_sub(WINDOW)..(span.end + WINDOW).min(text.len())];
    let is_hex = u8::is_ascii_hexdigit;
    near.chunk_by(|a, b| is_hex(a) == is_hex(b)).filter(|run| run.len() >= 24 && is_hex(&run[0])).take(MANY).count() == MANY
}

/// Three lines on either side, cut to [`REACH`] bytes.
fn lines_around(text: &[u8], span: ByteSpan) -> &[u8] {
    let low = span.start.saturating_sub(REACH);
    let high = (span.end + REACH).min(text.len());
    let start = memchr::memrchr_iter(b'\n', &text[low..span.start]).nth(LINES).map_or(low, |lf| low + lf + 1);
    let end = memchr::memchr_iter(b'\n', &text[span.end..high]).nth(LINES).map_or(high, |lf| span.end + lf);
    &text[start..end]
}
