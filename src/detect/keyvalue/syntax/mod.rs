//! Finds `name op value` around a trigger word, in the syntaxes people use, and gives up at the first byte that does not fit.
//!
//! Knows nothing of what names and values mean. Nothing here allocates, and every walk is bounded.

mod identifier;
mod literal;
mod operator;
#[cfg(test)]
mod tests;

pub use self::identifier::name_around;
use self::identifier::{is_flag, is_set, is_value_of_name, skip_name_closing};
pub use self::literal::bytes_of_list;
use self::literal::{block_scalar, quote_length, quoted, skip_blanks, value_at};
use self::operator::{operator_at, skip_type, typed_operator_at};
use super::context;
use crate::location::ByteSpan;

/// Longest name in bytes.
const MAX_NAME: usize = 80;
/// Longest value in bytes; longer ones are cut there and so seen to be no credential.
pub const MAX_VALUE: usize = 1_024;
/// Most spaces and tabs between the parts.
const MAX_BLANKS: usize = 80;
/// Most bytes before a name that tell whether it is itself the value of `name`.
pub const LOOK_BACK: usize = 16;
/// Most bytes on either side of a trigger word that tell whether its name is joined to a value: name, closing quote, blanks, operator.
pub const JOINT_REACH: usize = MAX_NAME + 8 + MAX_BLANKS + MAX_TYPE + 4;
/// Longest declared type between a name and its value in bytes, with the operator and the blanks.
const MAX_TYPE: usize = 24;
/// Shortest value in bytes that may stand beside its name with nothing but a blank or dash between.
const BESIDE: usize = 16;
/// Most bytes between a `name: X` line and its `value:`.
const MAX_PAIR_GAP: usize = 160;

/// A name and its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pair {
    /// The name, without quotes, dashes or sigils.
    pub name: ByteSpan,
    /// How the two are joined.
    pub operator: Operator,
    /// The value, without quotes.
    pub value: ByteSpan,
    /// How the value is written.
    pub form: Form,
}

/// How name and value are joined.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operator {
    /// `=`, `:`, `:=`, `=>`, `?=`, `.=`, and `||` or `??` before a literal to fall back on.
    Assign,
    /// `==`, `!=`, `===`, `!==`.
    Compare,
    /// `name("value")`.
    Call,
    /// `"name", "value"`.
    Comma,
    /// `--name value`, `ENV NAME value`, `\\set NAME value`.
    Flag,
    /// `<name>value</name>`.
    Element,
    /// `name: NAME` and `value: VALUE`, as in Kubernetes.
    NameValue,
    /// `IDENTIFIED BY 'value'`, `PASSWORD 'value'`.
    Sql,
    /// `name value`, `name-value`, `name - 'value'`: nothing joins them, so only a value that a provider's rule knows counts.
    Beside,
    /// `Bearer value`: the name is the scheme.
    Header,
}

/// How a value is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Between quotes of any kind.
    Quoted,
    /// Between backticks.
    Backtick,
    /// Up to a blank or delimiter.
    Bare,
    /// A YAML block scalar.
    Block,
    /// Numbers up to 255 in brackets or braces: `{0x2b, 0x7e, …}`.
    Bytes,
}

/// What joins a name to its value, and where reading goes on.
enum Joint {
    Element(usize),
    Assign(Operator, usize),
    Call(usize),
    Comma(usize),
    Sql(usize),
    Flag(usize),
    NamedValue(usize),
    Fallback(usize),
    Typed(usize),
    Beside(usize),
}

/// Whether the trigger word at `hit` stands in a name that something joins to a value. Without this there is no pair; with it there may be one.
///
/// Tells by the bytes of the word's own line that are within [`JOINT_REACH`] bytes, and by [`LOOK_BACK`] bytes before the name: a copy of these
/// bytes in another text gives the same answer.
pub fn is_joined(text: &[u8], hit: ByteSpan) -> bool {
    name_around(text, hit).is_some_and(|name| joint_of(text, name).is_some())
}

/// Finds the pair whose name is at `name`, which [`name_around`] found.
pub fn pair_of(text: &[u8], name: ByteSpan) -> Option<Pair> {
    match joint_of(text, name)? {
        Joint::Element(at) => element(text, name, at),
        Joint::Assign(operator, at) => assigned(text, name, operator, at),
        Joint::Call(at) => call(text, name, at),
        Joint::Comma(at) => comma(text, name, at),
        Joint::Sql(at) => sql(text, name, at),
        Joint::Flag(at) => {
            let (value, form) = value_at(text, at)?;
            Some(Pair { name, operator: Operator::Flag, value, form })
        }
        Joint::NamedValue(at) => named_value(text, name, at),
        Joint::Fallback(at) | Joint::Typed(at) => {
            let (value, form) = quoted(text, at, quote_length(text, at)?)?;
            Some(Pair { name, operator: Operator::Assign, value, form })
        }
        Joint::Beside(at) => {
            let (value, form) = value_at(text, at)?;
            (value.len() >= BESIDE).then_some(Pair { name, operator: Operator::Beside, value, form })
        }
    }
}

fn joint_of(text: &[u8], name: ByteSpan) -> Option<Joint> {
    let before = name.start.checked_sub(1).map(|i| text[i]);
    let mut at = name.end;
    let quote_closed = skip_name_closing(text, &mut at, before);
    let after_name = at;
    skip_blanks(text, &mut at);
    if before == Some(b'<') && !quote_closed && text.get(at) == Some(&b'>') {
        return Some(Joint::Element(at + 1));
    }
    if let Some((operator, next)) = operator_at(text, at) {
        return Some(Joint::Assign(operator, next));
    }
    match text.get(at) {
        Some(b'(') if !quote_closed => Some(Joint::Call(at + 1)),
        Some(b',') if quote_closed && !is_value_of_name(text, name) => Some(Joint::Comma(at + 1)),
        Some(b'\'' | b'"') if at > after_name && !quote_closed => is_before_sql_value(text, name, at).then_some(Joint::Sql(at)),
        Some(_) if at > after_name && (is_flag(text, name) || is_set(text, name)) => Some(Joint::Flag(at)),
        _ if is_value_of_name(text, name) => Some(Joint::NamedValue(at)),
        Some(b'|' | b'?') if !quote_closed => fallback_at(text, at).map(Joint::Fallback),
        Some(_) if at > after_name && !quote_closed => {
            typed_operator_at(text, at).map(Joint::Typed).or_else(|| beside_at(text, at).map(Joint::Beside))
        }
        Some(b'-') if !quote_closed => beside_at(text, at).map(Joint::Beside),
        _ => None,
    }
}

/// Where the literal begins that stands behind `||` or `??`: `process.env.DB_PASSWORD || "x"`.
fn fallback_at(text: &[u8], at: usize) -> Option<usize> {
    let rest = &text[at..];
    let at = (rest.starts_with(b"||") || rest.starts_with(b"??")).then_some(at + 2)?;
    let at = at + usize::from(text.get(at) == Some(&b' '));
    quote_length(text, at).map(|_| at)
}

/// Where a value begins that nothing but a dash or a quote parts from its name: the run there is long and holds a digit, which prose has not.
fn beside_at(text: &[u8], mut at: usize) -> Option<usize> {
    if text.get(at) == Some(&b'-') {
        at += 1;
        if text.get(at) == Some(&b' ') {
            at += 1;
        }
    }
    let start = at + quote_length(text, at).unwrap_or(0);
    let run = text.get(start..start + BESIDE)?;
    let plain = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'+' | b'/' | b'=' | b'.');
    (run.iter().all(plain) && run.iter().any(u8::is_ascii_digit)).then_some(at)
}

fn assigned(text: &[u8], name: ByteSpan, operator: Operator, mut at: usize) -> Option<Pair> {
    skip_blanks(text, &mut at);
    if operator == Operator::Assign && text[..at].last() != Some(&b'=') {
        at = skip_type(text, at);
    }
    if let Some(block) = block_scalar(text, name, at) {
        return Some(Pair { name, operator, value: block, form: Form::Block });
    }
    if let Some(list) = literal::byte_list(text, at) {
        return Some(Pair { name, operator, value: list, form: Form::Bytes });
    }
    // In `"PASSWORD=" + x` the quote behind the operator closes the string that holds the name.
    if text.get(at).is_some_and(|b| matches!(b, b'"' | b'\'' | b'`')) && context::open_quote(text, name.start) == text.get(at).copied() {
        return None;
    }
    let (value, form) = value_at(text, at)?;
    Some(Pair { name, operator, value, form })
}

fn element(text: &[u8], name: ByteSpan, at: usize) -> Option<Pair> {
    let limit = (at + MAX_VALUE).min(text.len());
    let length = memchr::memchr(b'<', &text[at..limit])?;
    let closes = text[at + length..].strip_prefix(b"</").is_some_and(|tag| tag.starts_with(name.of(text)));
    let value = literal::last_word(text, ByteSpan::new(at, at + length));
    (closes && !value.is_empty()).then_some(Pair { name, operator: Operator::Element, value, form: Form::Quoted })
}

fn call(text: &[u8], name: ByteSpan, mut at: usize) -> Option<Pair> {
    skip_blanks(text, &mut at);
    let length = quote_length(text, at)?;
    let (value, form) = quoted(text, at, length)?;
    let mut after = value.end + length;
    skip_blanks(text, &mut after);
    (text.get(after) == Some(&b')')).then_some(Pair { name, operator: Operator::Call, value, form })
}

fn comma(text: &[u8], name: ByteSpan, mut at: usize) -> Option<Pair> {
    skip_blanks(text, &mut at);
    let (value, form) = quoted(text, at, quote_length(text, at)?)?;
    // `["--password", "x"]`: the arguments of a command.
    let operator = if text[..name.start].ends_with(b"--") { Operator::Flag } else { Operator::Comma };
    Some(Pair { name, operator, value, form })
}

/// `PASSWORD 'x'` and `IDENTIFIED BY 'x'`; other names before a quote are prose.
fn is_before_sql_value(text: &[u8], name: ByteSpan, at: usize) -> bool {
    let word = name.of(text);
    // In prose something is identified by "a word in double quotes".
    let identified = word.eq_ignore_ascii_case(b"identified by") && (text[at] == b'\'' || !word.iter().any(u8::is_ascii_lowercase));
    let shell = word.eq_ignore_ascii_case(b"convertto-securestring");
    word.eq_ignore_ascii_case(b"password") || identified || shell || is_flag(text, name) || is_set(text, name)
}

fn sql(text: &[u8], name: ByteSpan, at: usize) -> Option<Pair> {
    let (value, form) = quoted(text, at, quote_length(text, at)?)?;
    let operator = if is_flag(text, name) { Operator::Flag } else { Operator::Sql };
    Some(Pair { name, operator, value, form })
}

/// `name: DB_PASSWORD` then `value: x`; `key="password" value="x"`; `{"name": "API_KEY", "value": "x"}`. `at` is behind the first part.
fn named_value(text: &[u8], name: ByteSpan, at: usize) -> Option<Pair> {
    let window = &text[at..(at + MAX_PAIR_GAP).min(text.len())];
    let word = memchr::memmem::find(window, b"alue")?;
    let starts = word >= 1 && matches!(window[word - 1], b'v' | b'V') && (word < 2 || !window[word - 2].is_ascii_alphanumeric());
    if !starts || window[..word].iter().filter(|b| **b == b'\n').count() > 1 {
        return None;
    }
    let mut next = at + word + 4;
    if let Some(length) = quote_length(text, next) {
        next += length;
    }
    skip_blanks(text, &mut next);
    let (_, mut next) = operator_at(text, next)?;
    skip_blanks(text, &mut next);
    let (value, form) = value_at(text, next)?;
    Some(Pair { name, operator: Operator::NameValue, value, form })
}
