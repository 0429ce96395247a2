//! Finds `name op value` around a trigger word, in the syntaxes people use, and gives up at the first byte that does not fit.
//!
//! Knows nothing of what names and values mean. Nothing here allocates, and every walk is bounded.

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
pub const JOINT_REACH: usize = MAX_NAME + 8 + MAX_BLANKS + 4;
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
    /// `=`, `:`, `:=`, `=>`, `?=`.
    Assign,
    /// `==`, `!=`, `===`, `!==`.
    Compare,
    /// `name("value")`.
    Call,
    /// `"name", "value"`.
    Comma,
    /// `--name value`.
    Flag,
    /// `<name>value</name>`.
    Element,
    /// `name: NAME` and `value: VALUE`, as in Kubernetes.
    NameValue,
    /// `IDENTIFIED BY 'value'`, `PASSWORD 'value'`.
    Sql,
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
        Some(_) if at > after_name && is_flag(text, name) => Some(Joint::Flag(at)),
        _ => is_value_of_name(text, name).then_some(Joint::NamedValue(at)),
    }
}

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
    while start < hit.start && matches!(text[start], b'-' | b'.' | b'$') {
        start += 1;
    }
    while end > hit.end && matches!(text[end - 1], b'.' | b'-') {
        end -= 1;
    }
    Some(ByteSpan::new(start, end))
}

fn is_name_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b'$')
}

/// Steps over what closes a quoted or bracketed name: `"`, `'`, `\"`, `&quot;`, `"]`, `']`, `]`. Says whether a quote was closed.
fn skip_name_closing(text: &[u8], at: &mut usize, before: Option<u8>) -> bool {
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
    closed
}

/// Length of a quote at `at`: `"`, `'`, `` ` ``, `\"`, `\'`, `&quot;`, `&#34;`, `&#39;`.
fn quote_length(text: &[u8], at: usize) -> Option<usize> {
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

fn skip_blanks(text: &[u8], at: &mut usize) {
    let limit = (*at + MAX_BLANKS).min(text.len());
    while *at < limit && matches!(text[*at], b' ' | b'\t') {
        *at += 1;
    }
}

/// The operator at `at` and where it ends.
fn operator_at(text: &[u8], at: usize) -> Option<(Operator, usize)> {
    let rest = text.get(at..)?;
    let (operator, length) = match rest {
        [b'=', b'=', b'=', ..] | [b'!', b'=', b'=', ..] => (Operator::Compare, 3),
        [b'=', b'=', ..] | [b'!', b'=', ..] => (Operator::Compare, 2),
        [b'=', b'~', ..] => return None,
        [b'=', b'>', ..] | [b':', b'=', ..] | [b'?', b'=', ..] | [b'+', b'=', ..] => (Operator::Assign, 2),
        [b':', b':', b'=', ..] => (Operator::Assign, 3),
        [b':', b':', ..] => return None,
        [b'=' | b':', ..] => (Operator::Assign, 1),
        [b'|', b'|', b'=', ..] | [b'?', b'?', b'=', ..] => (Operator::Assign, 3),
        _ => return None,
    };
    Some((operator, at + length))
}

fn assigned(text: &[u8], name: ByteSpan, operator: Operator, mut at: usize) -> Option<Pair> {
    skip_blanks(text, &mut at);
    if operator == Operator::Assign && text[..at].last() != Some(&b'=') {
        at = skip_type(text, at);
    }
    if let Some(block) = block_scalar(text, name, at) {
        return Some(Pair { name, operator, value: block, form: Form::Block });
    }
    // In `"PASSWORD=" + x` the quote behind the operator closes the string that holds the name.
    if text.get(at).is_some_and(|b| matches!(b, b'"' | b'\'' | b'`')) && context::open_quote(text, name.start) == text.get(at).copied() {
        return None;
    }
    let (value, form) = value_at(text, at)?;
    Some(Pair { name, operator, value, form })
}

/// Steps over a declared type, `: &str =`, `: string =`, if a value follows it on the line.
fn skip_type(text: &[u8], at: usize) -> usize {
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

/// The value at `at`: quoted, wrapped or bare.
fn value_at(text: &[u8], mut at: usize) -> Option<(ByteSpan, Form)> {
    for _ in 0..2 {
        let rest = &text[at..];
        let Some(wrapper) = WRAPPERS.iter().find(|wrapper| rest.starts_with(wrapper)) else { break };
        let quoted = matches!(wrapper.last(), Some(b'"' | b'\''));
        at += wrapper.len() - usize::from(quoted);
        skip_blanks(text, &mut at);
    }
    if let Some(length) = quote_length(text, at) {
        return quoted(text, at, length);
    }
    bare(text, at)
}

fn quoted(text: &[u8], at: usize, length: usize) -> Option<(ByteSpan, Form)> {
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
fn block_scalar(text: &[u8], name: ByteSpan, at: usize) -> Option<ByteSpan> {
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

fn element(text: &[u8], name: ByteSpan, at: usize) -> Option<Pair> {
    let limit = (at + MAX_VALUE).min(text.len());
    let length = memchr::memchr(b'<', &text[at..limit])?;
    let inner = &text[at..at + length];
    let lead = inner.iter().take_while(|b| b.is_ascii_whitespace()).count();
    let value = inner.trim_ascii();
    let closes = text[at + length..].strip_prefix(b"</").is_some_and(|tag| tag.starts_with(name.of(text)));
    (closes && !value.is_empty()).then(|| Pair {
        name,
        operator: Operator::Element,
        value: ByteSpan::new(at + lead, at + lead + value.len()),
        form: Form::Quoted,
    })
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
    Some(Pair { name, operator: Operator::Comma, value, form })
}

/// `PASSWORD 'x'` and `IDENTIFIED BY 'x'`; other names before a quote are prose.
fn is_before_sql_value(text: &[u8], name: ByteSpan, at: usize) -> bool {
    let word = name.of(text);
    // In prose something is identified by "a word in double quotes".
    let identified = word.eq_ignore_ascii_case(b"identified by") && (text[at] == b'\'' || !word.iter().any(u8::is_ascii_lowercase));
    word.eq_ignore_ascii_case(b"password") || identified || is_flag(text, name)
}

fn sql(text: &[u8], name: ByteSpan, at: usize) -> Option<Pair> {
    let (value, form) = quoted(text, at, quote_length(text, at)?)?;
    let operator = if is_flag(text, name) { Operator::Flag } else { Operator::Sql };
    Some(Pair { name, operator, value, form })
}

/// Whether a dash stands before the name and a blank, quote or line start before the dash.
fn is_flag(text: &[u8], name: ByteSpan) -> bool {
    let head = &text[..name.start];
    let dashes = head.iter().rev().take(3).take_while(|b| **b == b'-').count();
    let before = head.len().checked_sub(dashes + 1).map(|i| head[i]);
    (1..=2).contains(&dashes) && before.is_none_or(|b| b.is_ascii_whitespace() || matches!(b, b'"' | b'\'' | b'`' | b'[' | b'('))
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

/// Whether the identifier is itself the value of `name`, `key` or `id`.
fn is_value_of_name(text: &[u8], name: ByteSpan) -> bool {
    let head = &text[name.start.saturating_sub(LOOK_BACK)..name.start];
    let head = head.trim_ascii_end();
    let head = head.strip_suffix(b"\"").or_else(|| head.strip_suffix(b"'")).unwrap_or(head).trim_ascii_end();
    let Some(head) = head.strip_suffix(b"=").or_else(|| head.strip_suffix(b":")) else { return false };
    let head = head.trim_ascii_end();
    let head = head.strip_suffix(b"\"").or_else(|| head.strip_suffix(b"'")).unwrap_or(head).to_ascii_lowercase();
    [&b"name"[..], b"key", b"id"].iter().any(|word| head.ends_with(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pair(text: &str, trigger: &str) -> Option<(String, Operator, String, Form)> {
        let start = text.to_ascii_lowercase().find(trigger).expect("because the test names a word of its text");
        let name = name_around(text.as_bytes(), ByteSpan::new(start, start + trigger.len()))?;
        let pair = pair_of(text.as_bytes(), name)?;
        let part = |span: ByteSpan| text[span.start..span.end].to_owned();
        Some((part(pair.name), pair.operator, part(pair.value), pair.form))
    }

    #[test]
    fn every_syntax_gives_its_pair() {
        use Form::{Bare, Block, Quoted};
        use Operator::{Assign, Call, Comma, Compare, Element, Flag, NameValue, Sql};
        for (text, name, operator, value, form) in [
            ("DB_PASSWORD=v1", "DB_PASSWORD", Assign, "v1", Bare),
            ("export DB_PASSWORD='v1'", "DB_PASSWORD", Assign, "v1", Quoted),
            ("  password: v1 # note", "password", Assign, "v1", Bare),
            ("\"password\": \"v1\",", "password", Assign, "v1", Quoted),
            ("\\\"password\\\": \\\"v1\\\"", "password", Assign, "v1", Quoted),
            ("{&quot;password&quot;:&quot;v1&quot;}", "password", Assign, "v1", Quoted),
            ("config['password'] = 'v1'", "password", Assign, "v1", Quoted),
            (":password => 'v1'", "password", Assign, "v1", Quoted),
            ("password := \"v1\"", "password", Assign, "v1", Quoted),
            ("let password: &str = \"v1\";", "password", Assign, "v1", Quoted),
            ("password: str = 'v1'", "password", Assign, "v1", Quoted),
            ("password = b\"v1\"", "password", Assign, "v1", Quoted),
            ("password = String::from(\"v1\")", "password", Assign, "v1", Quoted),
            ("password: Some(\"v1\")", "password", Assign, "v1", Quoted),
            ("if password == \"v1\" {", "password", Compare, "v1", Quoted),
            ("setPassword(\"v1\");", "setPassword", Call, "v1", Quoted),
            ("put(\"password\", \"v1\")", "password", Comma, "v1", Quoted),
            ("tool --password v1 --x", "password", Flag, "v1", Bare),
            ("tool --db-password=v1", "db-password", Assign, "v1", Bare),
            ("<password>v1</password>", "password", Element, "v1", Quoted),
            ("<add key=\"password\" value=\"v1\"/>", "password", NameValue, "v1", Quoted),
            ("- name: DB_PASSWORD\n  value: \"v1\"", "DB_PASSWORD", NameValue, "v1", Quoted),
            ("{\"name\": \"DB_PASSWORD\", \"value\": \"v1\"}", "DB_PASSWORD", NameValue, "v1", Quoted),
            ("CREATE USER a PASSWORD 'v1'", "PASSWORD", Sql, "v1", Quoted),
            ("Server=h;Password=v1;Port=1", "Password", Assign, "v1", Bare),
            ("?a=b&password=v1&c=d", "password", Assign, "v1", Bare),
            ("password: |\n  v1\n", "password", Assign, "v1", Block),
            ("password: Ab9+/x=", "password", Assign, "Ab9+/x=", Bare),
        ] {
            let expected = Some((name.to_owned(), operator, value.to_owned(), form));
            assert_eq!(pair(text, "password"), expected, "{text}");
        }
    }

    #[test]
    fn a_pair_far_into_a_minified_line_is_read_wherever_it_begins() {
        for shift in 0..12 {
            let text = format!("{{{}{}\"password\":\"v1\"}}", " ".repeat(shift), "\"a\":\"bc\",".repeat(100));
            assert_eq!(pair(&text, "password").map(|found| found.2), Some("v1".to_owned()), "shifted by {shift}");
        }
    }

    #[test]
    fn sql_names_a_password_in_two_words() {
        let expected = Some(("IDENTIFIED BY".to_owned(), Operator::Sql, "v1".to_owned(), Form::Quoted));
        assert_eq!(pair("ALTER USER a IDENTIFIED BY 'v1'", "identified by"), expected);
    }

    #[test]
    fn an_empty_value_ends_the_match() {
        for text in [
            "password=",
            "password=\nnext=1",
            "password: \"\"",
            "password: ''\nuser: x",
            "password =",
            "password",
            "the password is wrong",
            "password:\n  a: 1",
        ] {
            assert_eq!(pair(text, "password"), None, "{text}");
        }
    }
}
