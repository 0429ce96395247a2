//! Texts that stand where a credential will be: masks, templates, words that every manual uses.
//!
//! Knows nothing of rules; the key/value grammar and the token matcher both ask it.

use super::{entropy, words};

/// Why a value is no credential.
pub fn reason(value: &[u8]) -> Option<&'static str> {
    named_reason(value).or_else(|| (counts(value) || words::all_stop_words(value)).then_some("sequence"))
}

/// The same for a value that a provider's own name stands before, in the form of that provider's credentials: one that counts up, starts anew
/// and counts again is then as likely a test key that somebody registered.
pub fn named_reason(value: &[u8]) -> Option<&'static str> {
    if is_template(value) {
        Some("template")
    } else if is_mask(value) {
        Some("mask")
    } else if is_sequence(value) {
        Some("sequence")
    } else if words::all_stop_words(value) && !is_keyed(value) || is_addressed(value) {
        Some("placeholder words")
    } else if is_sentence(value) {
        Some("a sentence")
    } else {
        None
    }
}

/// Whether it has the length and the characters of a key, where words have an end: `abcd1234abcd1234…` to 64 of them.
fn is_keyed(value: &[u8]) -> bool {
    const KEY: usize = 32;
    value.len() >= KEY && value.iter().all(u8::is_ascii_alphanumeric) && value.iter().any(u8::is_ascii_digit)
}

/// `sk-your-key`, `YOUR_TOKEN_HERE`: whoever reads it is to put theirs there.
fn is_addressed(value: &[u8]) -> bool {
    words::split(value).any(|part| part.eq_ignore_ascii_case(b"your") || part.eq_ignore_ascii_case(b"yours"))
}

/// `at-least-32-characters-long`: five words or more joined by dashes, one of them a little word of English.
fn is_sentence(value: &[u8]) -> bool {
    const ORDINARY: [&str; 14] = ["a", "an", "and", "at", "be", "for", "in", "is", "of", "or", "the", "this", "to", "with"];
    let parts: Vec<_> = value.split(|b| matches!(b, b'-' | b'_' | b' ' | b'.')).collect();
    let ordinary = |part: &&[u8]| ORDINARY.iter().any(|word| part.eq_ignore_ascii_case(word.as_bytes()));
    parts.len() >= 5 && parts.iter().any(ordinary) && entropy::is_separated_words(value)
}

/// For tokens with a form of their own: `body` is what follows the public prefix. Random bodies contain words by chance, so only what no
/// generator makes counts. Long ones (private keys, key files, signed statements) hold words and runs of one character: every OpenSSH key
/// has nine `A` in a row.
pub fn token_reason(body: &[u8]) -> Option<&'static str> {
    const COUNTED: [&[u8]; 3] = [b"1234567890", b"0123456789", b"abcdefgh"];
    let counts = (8..LONG).contains(&body.len()) && holds_any(body, &COUNTED);
    if counts { Some("placeholder words") } else { assigned_reason(body) }
}

/// The same for a value in the form of a provider's credentials that is assigned to a name of that provider.
pub fn assigned_reason(value: &[u8]) -> Option<&'static str> {
    const MARKS: [&[u8]; 7] = [b"example", b"xxxxx", b"your", b"placeholder", b"changeme", b"redacted", b"insert"];
    if (8..LONG).contains(&value.len()) && holds_any(value, &MARKS) {
        return Some("placeholder words");
    }
    let run = if value.len() < LONG { value.len().clamp(6, 8) } else { value.len() / 8 };
    if is_repeat(value, run) || distinct(value) * 5 < value.len().min(40) {
        return Some("mask");
    }
    is_template(value).then_some("template")
}

/// Fewest bytes of what is no token but a text.
const LONG: usize = 256;

fn holds_any(text: &[u8], marks: &[&[u8]]) -> bool {
    let lower = text.to_ascii_lowercase();
    marks.iter().any(|mark| memchr::memmem::find(&lower, mark).is_some())
}

/// `${X}`, `{{ x }}`, `<your-token>`, `%(name)s`, `$VAR`, `#{x}`, `<%= x %>`, `%VAR%`, `@VAR@`, `[X]`, `{x}`, `__X__`.
pub fn is_template(value: &[u8]) -> bool {
    const OPENERS: [&[u8]; 9] = [b"${", b"{{", b"#{", b"<%", b"$(", b"%(", b"@{", b"$[", b"%{"];
    if OPENERS.iter().any(|opener| memchr::memmem::find(value, opener).is_some()) {
        return true;
    }
    let wrapped = |open: u8, close: u8| value.len() > 2 && value.first() == Some(&open) && value.last() == Some(&close);
    let word = |inner: &[u8]| inner.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.' | b' ' | b':' | b'/'));
    if (wrapped(b'<', b'>') || wrapped(b'[', b']') || wrapped(b'{', b'}') || wrapped(b'%', b'%') || wrapped(b'@', b'@'))
        && word(&value[1..value.len() - 1])
    {
        return true;
    }
    if wrapped(b'_', b'_') && value.starts_with(b"__") && value.ends_with(b"__") {
        return true;
    }
    if let [b'$', first, rest @ ..] = value
        && (first.is_ascii_alphabetic() || *first == b'_')
        && rest.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b'-' | b':'))
        && (rest.iter().all(|b| b.is_ascii_alphanumeric() || *b == b'_') || entropy::is_separated_words(&value[1..]))
    {
        return true;
    }
    has_format_verb(value)
}

/// `%s`, `%d`, `%v`, `{0}`, `{}`: whole value, or with the verb standing apart from letters.
fn has_format_verb(value: &[u8]) -> bool {
    if memchr::memmem::find(value, b"{}").is_some() || memchr::memmem::find(value, b"{0}").is_some() {
        return true;
    }
    value.windows(2).enumerate().any(|(i, pair)| {
        pair[0] == b'%'
            && matches!(pair[1], b's' | b'd' | b'v' | b'q' | b'x' | b'@')
            && !value.get(i + 2).is_some_and(u8::is_ascii_alphanumeric)
            && (i == 0 || !value[i - 1].is_ascii_alphanumeric() || i + 2 == value.len())
    })
}

/// `****`, `xxxx`, `....`, one character five times in a row, or fewer than three different characters in six or more.
pub fn is_mask(value: &[u8]) -> bool {
    const RUNS: [&[u8]; 6] = [b"***", b"xxx", b"XXX", b"...", b"\xe2\x80\xa6", b"\xe2\x80\xa2"];
    RUNS.iter().any(|run| memchr::memmem::find(value, run).is_some()) || is_repeat(value, 5) || (value.len() >= 6 && distinct(value) < 3)
}

/// `123456`, `abcdef`, `qwerty`, up or down, over most of the value.
pub fn is_sequence(value: &[u8]) -> bool {
    let longest = runs(value).max().unwrap_or(0);
    longest >= COUNTED && longest * 4 >= value.len() * 3
}

/// The same in several pieces: `abcd1234efgh5678`.
pub fn counts(value: &[u8]) -> bool {
    runs(value).filter(|run| *run >= COUNTED).sum::<usize>() * 4 >= value.len().max(COUNTED) * 3
}

/// Lengths of the runs in which each character follows the one before it in a row that people type, in bytes. Together they are the value.
fn runs(value: &[u8]) -> impl Iterator<Item = usize> {
    let place = |byte: &u8| byte.is_ascii_alphanumeric().then(|| byte.to_ascii_lowercase());
    let follows = move |a: &u8, b: &u8| matches!((place(a), place(b)), (Some(a), Some(b)) if NEIGHBORS[usize::from(a)] & (1 << b) != 0);
    value.chunk_by(follows).map(<[u8]>::len)
}

/// Fewest characters in a row that count as counting, where much of the value does.
const COUNTED: usize = 4;

/// For each ASCII character the set of characters that follow it in one of the rows people type, as a bitmap.
const NEIGHBORS: [u128; 128] = {
    const ROWS: [&[u8]; 9] = [
        b"012345678901234567890",
        b"987654321098765432109",
        b"abcdefghijklmnopqrstuvwxyz",
        b"qwertyuiop",
        b"asdfghjkl",
        b"zxcvbnm",
        b"1q2w3e4r5t6y",
        b"c1231",
        b"a1b2c3d4e5f6",
    ];
    let mut neighbors = [0; 128];
    let mut row = 0;
    while row < ROWS.len() {
        let mut at = 1;
        while at < ROWS[row].len() {
            neighbors[ROWS[row][at - 1] as usize] |= 1 << ROWS[row][at];
            at += 1;
        }
        row += 1;
    }
    neighbors[b'9' as usize] |= 1 << b'a';
    neighbors
};

/// Whether one character stands `least` times in a row, and that is a character people mask with or much of the value: whoever puts zero bytes
/// into base64 gets `AAAAA`, as every reCAPTCHA key has it.
fn is_repeat(value: &[u8], least: usize) -> bool {
    let runs = value.chunk_by(|a, b| a.eq_ignore_ascii_case(b)).filter(|run| run.len() >= least);
    let masks = |byte: u8| matches!(byte, b'x' | b'X' | b'*' | b'#' | b'.' | b'-' | b'_' | b'0' | b'?');
    runs.into_iter().any(|run| masks(run[0]) || run.len() * 5 >= value.len())
}

fn distinct(value: &[u8]) -> usize {
    let mut seen = [false; 256];
    for &byte in value {
        seen[usize::from(byte.to_ascii_lowercase())] = true;
    }
    seen.iter().filter(|seen| **seen).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_are_recognized() {
        for text in [
            "${DB_PASSWORD}",
            "{{ .Values.password }}",
            "<your-token>",
            "%(password)s",
            "$PASSWORD",
            "#{secret}",
            "<%= x %>",
            "%DB_PASS%",
            "@PASSWORD@",
            "[PASSWORD]",
            "{password}",
            "__TOKEN__",
            "%s",
            "********",
            "xxxxxxxx",
            "abc...",
            "aaaaaaa",
            "123456",
            "abcdef",
            "qwerty",
            "changeme",
            "your-secret-key",
            "my_password",
            "example",
        ] {
            assert!(reason(text.as_bytes()).is_some(), "{text}");
        }
    }

    #[test]
    fn random_text_is_no_placeholder() {
        for text in ["x7Kp2mQ9", "tr0ub4dor&3x", "9f86d081884c7d65", "c%8sK2!pq", "zavvfuco", "Zk$u8Pq"] {
            assert_eq!(reason(text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn token_bodies_made_by_hand_are_recognized() {
        for text in
            ["xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", "1234567890abcdef1234567890abcdef1234", "EXAMPLEKEYabcQRS873hkl", "0000000000000000"]
        {
            assert!(token_reason(text.as_bytes()).is_some(), "{text}");
        }
        assert_eq!(token_reason(b"k3Jx9QpLm2VtR8sWz5YbN7cD1fGhT4u6"), None);
    }

    #[test]
    fn long_bodies_may_hold_runs_and_words() {
        let random = "k3Jx9QpLm2VtR8sWz5YbN7cD1fGhT4u6".repeat(10);
        assert_eq!(token_reason(format!("b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAMwAAYour{random}").as_bytes()), None);
        assert!(token_reason("x".repeat(600).as_bytes()).is_some());
    }
}
