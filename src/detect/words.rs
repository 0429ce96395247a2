//! Words of names and values: splitting identifiers, and the list of words that every manual uses where a credential would be.

/// Splits at bytes that are neither letters nor digits, between `aB`, before the last capital of `ABc`, and between letters and digits.
/// The parts keep their case.
pub fn split(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    text.split(|b| !b.is_ascii_alphanumeric()).flat_map(split_camel).filter(|part| !part.is_empty())
}

fn split_camel(run: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = run;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let cut = (1..rest.len()).find(|&i| is_border(rest, i)).unwrap_or(rest.len());
        let (part, tail) = rest.split_at(cut);
        rest = tail;
        Some(part)
    })
}

fn is_border(run: &[u8], i: usize) -> bool {
    let (before, here) = (run[i - 1], run[i]);
    (before.is_ascii_lowercase() && here.is_ascii_uppercase())
        || (before.is_ascii_uppercase() && here.is_ascii_uppercase() && run.get(i + 1).is_some_and(u8::is_ascii_lowercase))
        || (before.is_ascii_digit() != here.is_ascii_digit())
}

/// Whether every part of `value`, digits stripped, is a word that stands for a credential instead of being one, and there is at least one.
pub fn all_stop_words(value: &[u8]) -> bool {
    let lower = value.to_ascii_lowercase();
    if is_stop_word(&lower) || LEET.contains(&lower.as_slice()) {
        return true;
    }
    if [&b"password"[..], b"passwd", b"changeme"].iter().any(|word| memchr::memmem::find(&lower, word).is_some())
        && distinct_digits(&lower) < 3
    {
        return true;
    }
    let mut listed = 0;
    for part in split(value).filter(|part| !part[0].is_ascii_digit()) {
        let part = part.to_ascii_lowercase();
        if is_stop_word(&part) || glued_stop_words(&part) {
            listed += part.len();
        } else if part.len() > 1 {
            return false;
        }
    }
    // Single letters between digits are hex, not words.
    listed > 0 && listed * 2 >= value.iter().filter(|b| b.is_ascii_alphanumeric()).count()
}

fn distinct_digits(value: &[u8]) -> usize {
    (b'0'..=b'9').filter(|digit| value.contains(digit)).count()
}

/// Whether `word`, in lower case, is in the list.
fn is_stop_word(word: &[u8]) -> bool {
    listed_under(word).any(|known| known == word)
}

/// The listed words that begin with the first byte of `word`.
fn listed_under(word: &[u8]) -> impl Iterator<Item = &'static [u8]> {
    let first = usize::from(word.first().copied().unwrap_or_default().min(127));
    STOP[BEGIN[first]..BEGIN[first + 1]].iter().map(|known| known.as_bytes())
}

/// By byte: how many listed words begin with a lesser one.
const BEGIN: [usize; 129] = {
    let mut begin = [0; 129];
    let (mut byte, mut at) = (0, 0);
    while byte < begin.len() {
        while at < STOP.len() && (STOP[at].as_bytes()[0] as usize) < byte {
            at += 1;
        }
        begin[byte] = at;
        byte += 1;
    }
    begin
};

/// `mysecretkey`, `testpassword`: two listed words or more without a border, the last of three letters or more.
fn glued_stop_words(word: &[u8]) -> bool {
    // Where texts of listed words that `word` begins with can end. `foobarfoobar…` can be taken apart in so many ways that trying each of
    // them would never end.
    let mut ends = vec![false; word.len()];
    for start in 0..word.len().saturating_sub(1) {
        if start > 0 && !ends[start] {
            continue;
        }
        for known in listed_under(&word[start..]).filter(|known| word[start..].starts_with(known)) {
            let end = start + known.len();
            if end < word.len() {
                ends[end] = true;
            } else if start > 0 && known.len() >= 3 {
                return true;
            }
        }
    }
    false
}

const LEET: [&[u8]; 9] = [b"s3cr3t", b"p@ssw0rd", b"p@ssword", b"passw0rd", b"pa$$w0rd", b"pa$$word", b"s3cret", b"t0ps3cr3t", b"p4ssw0rd"];

/// Words that stand where a credential will be. Sorted.
const STOP: [&str; 241] = [
    "abc",
    "abcd",
    "access",
    "account",
    "actual",
    "add",
    "addr",
    "admin",
    "administrator",
    "aes",
    "alice",
    "and",
    "anonymous",
    "another",
    "any",
    "api",
    "apikey",
    "app",
    "application",
    "arg",
    "argument",
    "asdf",
    "attr",
    "auth",
    "authorization",
    "aws",
    "azure",
    "bad",
    "bar",
    "base64",
    "basic",
    "baz",
    "bearer",
    "blah",
    "bob",
    "bogus",
    "bool",
    "boolean",
    "bytes",
    "cert",
    "certificate",
    "change",
    "changed",
    "changeit",
    "changeme",
    "char",
    "cipher",
    "clear",
    "client",
    "code",
    "config",
    "consumer",
    "correct",
    "cred",
    "credential",
    "credentials",
    "crypt",
    "current",
    "custom",
    "data",
    "database",
    "db",
    "default",
    "demo",
    "dev",
    "digest",
    "docker",
    "dummy",
    "empty",
    "encrypted",
    "enter",
    "env",
    "error",
    "example",
    "existing",
    "expected",
    "expired",
    "fake",
    "false",
    "file",
    "fill",
    "first",
    "fixme",
    "foo",
    "foobar",
    "for",
    "from",
    "generated",
    "git",
    "github",
    "given",
    "global",
    "goes",
    "google",
    "guest",
    "hash",
    "hashed",
    "header",
    "hello",
    "here",
    "hidden",
    "host",
    "http",
    "https",
    "id",
    "identity",
    "incorrect",
    "input",
    "insert",
    "int",
    "internal",
    "invalid",
    "is",
    "item",
    "jane",
    "john",
    "jwt",
    "key",
    "keys",
    "letmein",
    "local",
    "localhost",
    "login",
    "lorem",
    "main",
    "master",
    "md5",
    "method",
    "missing",
    "mock",
    "my",
    "myapp",
    "mysql",
    "name",
    "new",
    "newpass",
    "no",
    "none",
    "not",
    "null",
    "number",
    "oauth",
    "object",
    "of",
    "old",
    "one",
    "optional",
    "or",
    "other",
    "our",
    "own",
    "param",
    "pass",
    "passphrase",
    "passwd",
    "password",
    "passwords",
    "path",
    "phrase",
    "place",
    "placeholder",
    "plain",
    "please",
    "postgres",
    "private",
    "prod",
    "production",
    "prompt",
    "provided",
    "public",
    "put",
    "pw",
    "pwd",
    "qwerty",
    "random",
    "real",
    "redacted",
    "redis",
    "refresh",
    "remove",
    "removed",
    "replace",
    "request",
    "required",
    "reset",
    "root",
    "rsa",
    "same",
    "sample",
    "secret",
    "secrets",
    "secure",
    "server",
    "service",
    "session",
    "set",
    "sha1",
    "sha256",
    "shared",
    "sign",
    "signing",
    "simple",
    "some",
    "something",
    "staging",
    "str",
    "string",
    "strong",
    "super",
    "system",
    "tbd",
    "temp",
    "test",
    "tester",
    "testing",
    "tests",
    "text",
    "the",
    "this",
    "to",
    "todo",
    "token",
    "top",
    "true",
    "type",
    "undefined",
    "unknown",
    "unused",
    "url",
    "use",
    "user",
    "username",
    "valid",
    "value",
    "var",
    "wrong",
    "xyz",
    "yes",
    "you",
    "your",
    "yours",
];

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_list_is_sorted_and_lower_case() {
        assert!(STOP.is_sorted());
        assert!(STOP.iter().all(|word| word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())));
    }

    #[test]
    fn identifiers_split_as_people_read_them() {
        let parts = |text: &str| split(text.as_bytes()).map(|part| String::from_utf8_lossy(part).into_owned()).collect::<Vec<_>>();
        assert_eq!(parts("dbPassword"), ["db", "Password"]);
        assert_eq!(parts("AWS_SECRET_KEY"), ["AWS", "SECRET", "KEY"]);
        assert_eq!(parts("getHTTPServer2"), ["get", "HTTP", "Server", "2"]);
        assert_eq!(parts("spring.datasource-password"), ["spring", "datasource", "password"]);
    }

    #[test]
    fn only_words_of_the_list_are_rejected() {
        for text in ["password", "my-secret", "TEST_TOKEN", "testpassword", "mysecretkey", "password123", "s3cr3t", "foobar"] {
            assert!(all_stop_words(text.as_bytes()), "{text}");
        }
        for text in ["zavvfuco", "correcthorsebattery", "x7Kp2mQ9", "", "123456", "swordfish", "passwordA1B2C3d4e9"] {
            assert!(!all_stop_words(text.as_bytes()), "{text}");
        }
    }

    /// The same, trying every cut of every cut.
    fn glued_simply(word: &[u8]) -> bool {
        (2..word.len().saturating_sub(2)).any(|cut| {
            let (head, tail) = word.split_at(cut);
            is_stop_word(head) && (is_stop_word(tail) || glued_simply(tail))
        })
    }

    #[test]
    fn texts_that_can_be_taken_apart_in_many_ways_end() {
        let endless = format!("{}z", "foobar".repeat(80));
        assert!(!all_stop_words(endless.as_bytes()));
        assert!(all_stop_words("foobar".repeat(80).as_bytes()));
    }

    proptest! {
        #[test]
        fn glued_words_are_those_of_every_cut(word in "(foo|bar|foobar|db|is|key|keys|x|in|put|input|my|pass|password|id){0,5}") {
            prop_assert_eq!(glued_stop_words(word.as_bytes()), glued_simply(word.as_bytes()), "{}", word);
        }
    }
}
