//! What joins a name to its value, with a declared type before it or behind it.

use super::literal::skip_blanks;
use super::{MAX_TYPE, Operator};

/// The operator at `at` and where it ends.
pub(super) fn operator_at(text: &[u8], at: usize) -> Option<(Operator, usize)> {
    let rest = text.get(at..)?;
    let (operator, length) = match rest {
        [b'=', b'=', b'=', ..] | [b'!', b'=', b'=', ..] => (Operator::Compare, 3),
        [b'=', b'=', ..] | [b'!', b'=', ..] => (Operator::Compare, 2),
        [b'=', b'~', ..] => return None,
        [b'=', b'>', ..] | [b':', b'=', ..] | [b'?' | b'+' | b'.', b'=', ..] => (Operator::Assign, 2),
        [b':', b':', b'=', ..] => (Operator::Assign, 3),
        [b':', b':', b':', b'=', ..] => (Operator::Assign, 4),
        [b':', b':', ..] => return None,
        [b'=' | b':', ..] => (Operator::Assign, 1),
        [b'|', b'|', b'=', ..] | [b'?', b'?', b'=', ..] => (Operator::Assign, 3),
        _ => return None,
    };
    Some((operator, at + length))
}

/// Steps over a declared type, `: &str =`, `: string =`, if a value follows it on the line.
pub(super) fn skip_type(text: &[u8], at: usize) -> usize {
    const MAX_TYPE: usize = 40;
    let limit = (at + MAX_TYPE).min(text.len());
    let mut i = at;
    while i < limit
        && (text[i].is_ascii_alphanumeric()
            || matches!(text[i], b'_' | b'&' | b'<' | b'>' | b'[' | b']' | b'.' | b'?' | b'\'' | b'|' | b' '))
    {
        if text[i] == b'\'' && text.get(i.wrapping_sub(1)).is_none_or(|b| *b != b'&') {
            return at;
        }
        i += 1;
    }
    if i == at || text.get(i) != Some(&b'=') || text[i - 1] != b' ' || matches!(text.get(i + 1), Some(b'=' | b'>')) {
        return at;
    }
    let mut value = i + 1;
    skip_blanks(text, &mut value);
    if matches!(text.get(value), None | Some(b'\n' | b'\r')) { at } else { value }
}

/// The names of types that texts have, in lower case, where they stand between a name and its operator: `var token string = "x"` in Go,
/// `DECLARE @password VARCHAR(50) = 'x'` in SQL.
const TEXT_TYPES: [&[u8]; 8] = [b"string", b"*string", b"[]byte", b"varchar", b"nvarchar", b"char", b"nchar", b"text"];

/// Where the quoted value begins that follows a type at `at` and an operator.
pub(super) fn typed_operator_at(text: &[u8], at: usize) -> Option<usize> {
    let rest = &text[at..(at + MAX_TYPE).min(text.len())];
    let is_type = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'*' | b'[' | b']' | b'(' | b')');
    let (declared, rest) = rest.split_at(rest.iter().take_while(|b| is_type(b)).count());
    let word = declared.split(|b| *b == b'(').next().unwrap_or_default();
    if !TEXT_TYPES.iter().any(|name| word.eq_ignore_ascii_case(name)) {
        return None;
    }
    let rest = rest.trim_ascii_start();
    let rest = rest.strip_prefix(b":=").or_else(|| rest.strip_prefix(b"="))?.trim_ascii_start();
    let end = at + MAX_TYPE.min(text.len() - at);
    matches!(rest.first(), Some(b'"' | b'\'' | b'`')).then(|| end - rest.len())
}
