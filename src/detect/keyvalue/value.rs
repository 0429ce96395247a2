//! Which values are no credential whatever their name: types, paths, references, words.
//!
//! Each class was counted on labeled lines; the numbers stand with the project's accuracy notes. Knows nothing of rules.

use super::syntax::Form;
use crate::detect::entropy::{Charset, Randomness};
use crate::detect::{entropy, placeholder, words};
use crate::rules::schema::GrammarClass;

/// Shortest and longest generic credential, in bytes.
const SHORTEST: usize = 4;
const LONGEST: usize = 500;

/// A value, its spelling and what is known of it.
#[derive(Clone, Copy, Debug)]
pub struct Value<'a> {
    /// The bytes without quotes.
    pub bytes: &'a [u8],
    /// How it is written.
    pub form: Form,
    /// Its characters.
    pub charset: Charset,
    /// Its place on the randomness scale.
    pub randomness: Randomness,
}

/// Shape of a value that is made of words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Not made of words.
    Other,
    /// Lower-case letters only.
    LowerWord,
    /// `snake_case` or `kebab-case`.
    Separated,
    /// `camelCase`, `Capitalized` or `UPPER`.
    Cased,
    /// Words joined by `.`, `:` or `/`.
    Dotted,
    /// Two words with a blank.
    TwoWords,
}

/// Why `value` is no credential under a name of class `class`, in a few words; `None` if it may be one.
pub fn rejected(value: &Value<'_>, name: &[u8], class: GrammarClass) -> Option<&'static str> {
    let bytes = value.bytes;
    if bytes.len() < SHORTEST || bytes.len() > LONGEST {
        return Some("too short or too long");
    }
    if !bytes.iter().all(|b| matches!(b, b' '..=b'~')) {
        return Some("text for people");
    }
    if is_literal_word(bytes) {
        return Some("a literal of the language");
    }
    if let Some(reason) = placeholder::named_reason(bytes) {
        return Some(reason);
    }
    if same_as_name(bytes, name) {
        return Some("same as its name");
    }
    if bytes.split(|b| *b == b' ').filter(|word| !word.is_empty()).count() >= 3 {
        return Some("a sentence");
    }
    if is_location(bytes) {
        return Some("a path, file, host or address");
    }
    if is_date_or_version(bytes) {
        return Some("a date or version");
    }
    if is_const_case(bytes) {
        return Some("a constant's name");
    }
    if value.form == Form::Bare && is_expression(bytes) {
        return Some("an expression");
    }
    if is_markup(bytes) {
        return Some("an expression");
    }
    if is_generated_name(bytes) {
        return Some("the name of an object");
    }
    if is_hash_or_reference(bytes) {
        return Some("a hash, public key or reference");
    }
    if is_small_number(value, class) {
        return Some("a number");
    }
    // People choose passwords like that; nobody issues keys so.
    if class != GrammarClass::Password && is_numbered(bytes) {
        return Some("a reference");
    }
    None
}

fn is_literal_word(bytes: &[u8]) -> bool {
    const WORDS: [&str; 24] = [
        "null",
        "none",
        "nil",
        "undefined",
        "true",
        "false",
        "yes",
        "void",
        "object",
        "string",
        "str",
        "bytes",
        "boolean",
        "optional",
        "required",
        "self",
        "this",
        "default",
        "const",
        "function",
        "lambda",
        "char",
        "async",
        "await",
    ];
    WORDS.iter().any(|word| bytes.eq_ignore_ascii_case(word.as_bytes()))
}

/// Without case and separators: `api_key = apiKey`, `password: "Password"`, `"X-Auth-Token": "x-auth-token"`.
fn same_as_name(value: &[u8], name: &[u8]) -> bool {
    let letters = |text: &[u8]| -> Vec<u8> { text.iter().filter(|b| b.is_ascii_alphanumeric()).map(u8::to_ascii_lowercase).collect() };
    let (value, name) = (letters(value), letters(name));
    let head = &value[..value.len() - value.iter().rev().take_while(|b| b.is_ascii_digit()).count()];
    value == name
        || head == name.as_slice()
        || (value.len() >= 4 && name.ends_with(&value))
        || (name.len() >= 4 && value.ends_with(&name) && value.len() <= name.len() + 4)
}

fn is_location(bytes: &[u8]) -> bool {
    const EXTENSIONS: [&str; 62] = [
        "pem",
        "key",
        "crt",
        "cer",
        "p12",
        "pfx",
        "jks",
        "json",
        "yaml",
        "yml",
        "xml",
        "txt",
        "md",
        "conf",
        "cfg",
        "ini",
        "properties",
        "env",
        "py",
        "js",
        "ts",
        "go",
        "java",
        "rb",
        "php",
        "html",
        "css",
        "png",
        "svg",
        "sh",
        "local",
        "com",
        "org",
        "io",
        "jpg",
        "jpeg",
        "gif",
        "webp",
        "mp4",
        "mov",
        "img",
        "iso",
        "war",
        "jar",
        "zip",
        "tar",
        "gz",
        "tgz",
        "plist",
        "der",
        "p8",
        "asc",
        "gpg",
        "sql",
        "csv",
        "log",
        "lock",
        "so",
        "dll",
        "exe",
        "nib",
        "storyboard",
    ];
    let text = String::from_utf8_lossy(bytes);
    if text.contains("://") || text.starts_with("./") || text.starts_with("../") || text.starts_with("~/") || text.starts_with("file:") {
        return true;
    }
    if bytes.starts_with(b"/")
        && bytes[1..].iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'/' | b'.' | b'_' | b'-' | b'*' | b':'))
    {
        let parts = bytes[1..].split(|b| *b == b'/');
        if parts.clone().count() > 1 && parts.clone().all(|part| part.len() <= 24 || entropy::is_separated_words(part)) {
            return true;
        }
    }
    if is_resource(&text) {
        return true;
    }
    if bytes.len() > 3 && bytes[1] == b':' && bytes[2] == b'\\' {
        return true;
    }
    if let Some((head, extension)) = text.rsplit_once('.')
        && EXTENSIONS.contains(&extension)
        && head.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.' | b'/' | b'@'))
    {
        return true;
    }
    if is_host(bytes) {
        return true;
    }
    let Some((user, host)) = text.split_once('@') else { return false };
    !user.is_empty()
        && host.contains('.')
        && !host.ends_with('.')
        && host.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-'))
}

/// `project-12345.eu.example.app`: three labels or more, the last one of few letters.
fn is_host(bytes: &[u8]) -> bool {
    const TOP: std::ops::RangeInclusive<usize> = 2..=6;
    let label = |part: &[u8]| !part.is_empty() && part.iter().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || *b == b'-');
    let parts = bytes.split(|b| *b == b'.');
    let top = parts.clone().next_back().unwrap_or_default();
    parts.clone().count() > 2 && parts.clone().all(label) && TOP.contains(&top.len()) && top.iter().all(u8::is_ascii_lowercase)
}

/// `classpath:x`, `pkcs11:id=…`, `csi.storage.k8s.io/node-secret-name`: names of things that are elsewhere.
fn is_resource(text: &str) -> bool {
    if let Some((scheme, rest)) = text.split_once(':') {
        let named =
            rest.split_once('=').is_some_and(|(key, _)| !key.is_empty() && key.bytes().all(|b| b.is_ascii_lowercase() || b == b'-'));
        let plain = !scheme.is_empty() && scheme.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'+');
        if plain && (named || scheme == "classpath") {
            return true;
        }
    }
    let Some((host, path)) = text.split_once('/') else { return false };
    let label = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    host.contains('.') && host.split('.').all(label) && entropy::is_separated_words(path.as_bytes())
}

fn is_date_or_version(bytes: &[u8]) -> bool {
    let digits = Charset::of(bytes).digits;
    let body = match bytes {
        [b'v' | b'-' | b'^' | b'~' | b'<' | b'>' | b'=', rest @ ..] => rest,
        _ => bytes,
    };
    let numeric =
        body.iter().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'-' | b'/' | b':' | b'T' | b'Z' | b'+' | b' ' | b'E' | b'e'));
    numeric && digits < bytes.len() && digits > 0 && body.first().is_some_and(u8::is_ascii_digit)
}

/// `REPLACE_WITH_PASSWORD`.
pub(super) fn is_const_case(bytes: &[u8]) -> bool {
    let words = bytes.split(|b| *b == b'_').count();
    words >= 2
        && bytes.iter().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || *b == b'_')
        && bytes[0].is_ascii_uppercase()
        && bytes.split(|b| *b == b'_').all(|word| word.iter().filter(|b| b.is_ascii_digit()).count() <= 2)
}

/// What only an expression of a programming language looks like, when it stands without quotes.
fn is_expression(bytes: &[u8]) -> bool {
    let has = |needle: &[u8]| memchr::memmem::find(bytes, needle).is_some();
    if has(b"->") || has(b"::") || has(b"(") || has(b"[") || has(b"{") || has(b"=>") || has(b"&&") || has(b"||") || has(b"...") {
        return true;
    }
    // `1*tchar`: a rule of a grammar.
    if bytes[0].is_ascii_digit() && bytes.get(1) == Some(&b'*') {
        return true;
    }
    if matches!(bytes[0], b'$' | b'&' | b'*' | b'!' | b'|' | b'{' | b'[' | b'(' | b'<' | b'>' | b'@' | b',' | b')' | b'=')
        && bytes.len() < 16
    {
        return !(matches!(bytes[0], b'!' | b'@' | b'*' | b'&' | b'$') && Charset::of(bytes).digits > 0);
    }
    let parts = bytes.split(|b| *b == b'.');
    parts.clone().count() > 1 && parts.clone().all(|part| is_identifier(part) && part.iter().filter(|b| b.is_ascii_digit()).count() <= 2)
}

/// `job-controller-token-6r9x8`: words, then the five characters that Kubernetes adds to a name it makes.
fn is_generated_name(bytes: &[u8]) -> bool {
    const ADDED: &[u8] = b"bcdfghjklmnpqrstvwxz2456789";
    let Some(dash) = memchr::memrchr(b'-', bytes) else { return false };
    let (words, added) = (&bytes[..dash], &bytes[dash + 1..]);
    added.len() == 5
        && added.iter().all(|b| ADDED.contains(b))
        && memchr::memchr(b'-', words).is_some()
        && entropy::is_separated_words(words)
}

fn is_identifier(part: &[u8]) -> bool {
    part.first().is_some_and(|b| b.is_ascii_alphabetic() || *b == b'_') && part.iter().all(|b| b.is_ascii_alphanumeric() || *b == b'_')
}

fn is_markup(bytes: &[u8]) -> bool {
    let has = |needle: &[u8]| memchr::memmem::find(bytes, needle).is_some();
    has(b"()")
        || has(b"=>")
        || has(b"</")
        || has(b"/>")
        || has(b"\\u")
        || has(b"\\U")
        || has(b"\\x")
        || (has(b"<") && has(b">"))
        || (has(b"(") && bytes.ends_with(b")"))
}

fn is_hash_or_reference(bytes: &[u8]) -> bool {
    const PREFIXES: [&[u8]; 41] = [
        b"$2a$",
        b"$2b$",
        b"$2y$",
        b"$1$",
        b"$5$",
        b"$6$",
        b"$argon2",
        b"$pbkdf2",
        b"pbkdf2",
        b"sha1:",
        b"sha256:",
        b"sha512:",
        b"sha256-",
        b"sha384-",
        b"sha512-",
        b"sha1-",
        b"ssh-rsa",
        b"ssh-ed25519",
        b"ecdsa-sha2",
        b"arn:",
        b"urn:",
        b"ENC(",
        b"ENC[",
        b"vault:",
        b"data:",
        b"MIIB",
        b"MIGf",
        b"AAAAB3",
        b"AAAAC3",
        b"{SSHA",
        b"{SHA",
        b"-----BEGIN",
        b"MFkwEwYH",
        b"MHYwEAYH",
        b"MIGbMBAG",
        b"MCowBQYDK2V",
        b"MFYwEAYH",
        b"LS0tLS1CRUdJTiBDRVJU",
        b"LS0tLS1CRUdJTiBQVUJM",
        b"hmac-sha256:",
        b"pkcs11:",
    ];
    PREFIXES.iter().any(|prefix| bytes.starts_with(prefix))
        || (bytes.starts_with(b"{") && bytes.iter().skip(1).take(10).any(|b| *b == b'}'))
        || memchr::memmem::find(bytes, b"/aws4_request").is_some()
        || is_fingerprint(bytes)
}

/// `86:71:ac:9c:…`: pairs of hex digits with colons between.
fn is_fingerprint(bytes: &[u8]) -> bool {
    bytes.len() >= 23 && bytes.split(|b| *b == b':').all(|pair| pair.len() == 2 && pair.iter().all(u8::is_ascii_hexdigit))
}

/// Numbers under six digits and short hex literals; four or five quoted digits can be a password.
fn is_small_number(value: &Value<'_>, class: GrammarClass) -> bool {
    let bytes = value.bytes;
    let number = bytes.iter().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'-' | b'_'));
    if number && value.charset.digits < 6 {
        return !(class == GrammarClass::Password && value.form == Form::Quoted && value.charset.symbols == 0);
    }
    bytes.starts_with(b"0x") && bytes.len() <= 18 && bytes[2..].iter().all(u8::is_ascii_hexdigit)
}

/// `invoice-2024-000117`: words and numbers, parted.
fn is_numbered(bytes: &[u8]) -> bool {
    const WORD: std::ops::RangeInclusive<usize> = 3..=14;
    let is_number = |part: &[u8]| !part.is_empty() && part.iter().all(u8::is_ascii_digit);
    let is_word = |part: &[u8]| WORD.contains(&part.len()) && part.iter().all(u8::is_ascii_lowercase);
    let parts = bytes.split(|b| matches!(b, b'-' | b'_'));
    parts.clone().all(|part| is_number(part) || is_word(part)) && parts.clone().any(is_number) && parts.clone().any(is_word)
}

/// The shape of a value that is made of words.
pub fn shape(bytes: &[u8]) -> Shape {
    let set = Charset::of(bytes);
    if set.lower == bytes.len() {
        return Shape::LowerWord;
    }
    if set.digits > 0 {
        return if entropy::is_identifier_with_number(bytes) { Shape::Cased } else { Shape::Other };
    }
    let only = |extra: &[u8]| bytes.iter().all(|b| b.is_ascii_alphabetic() || extra.contains(b));
    if only(b"_-") && set.symbols > 0 {
        return if words::split(bytes).all(|word| word.len() <= 14) { Shape::Separated } else { Shape::Other };
    }
    if only(b"") {
        let humps = words::split(bytes).count();
        return if humps * 3 <= bytes.len() || set.upper == bytes.len() { Shape::Cased } else { Shape::Other };
    }
    if only(b".:/_-") {
        return Shape::Dotted;
    }
    if only(b" ") {
        return Shape::TwoWords;
    }
    Shape::Other
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reason(text: &str, form: Form) -> Option<&'static str> {
        let bytes = text.as_bytes();
        let value = Value { bytes, form, charset: Charset::of(bytes), randomness: entropy::randomness(bytes) };
        rejected(&value, b"password", GrammarClass::Password)
    }

    #[test]
    fn what_is_no_value() {
        for text in [
            "null",
            "undefined",
            "${X}",
            "Password",
            "the quick brown fox",
            "/etc/ssl/key.pem",
            "server.key",
            "a@example.com",
            "https://x.example/",
            "2024-01-02",
            "1.2.3",
            "DB_PASSWORD_DEV",
            "$2b$12$abc",
            "sha256:abc",
            "arn:aws:x",
            "project-12345.eu.example.app",
            "123",
        ] {
            assert!(reason(text, Form::Quoted).is_some(), "{text}");
        }
        for text in ["config.password", "getPassword()", "this->password", "args[0]", "os.environ.get", "std::env"] {
            assert!(reason(text, Form::Bare).is_some(), "{text}");
        }
    }

    #[test]
    fn what_counts_documents_is_no_key() {
        let bytes = b"invoice-2024-000117";
        let value = Value { bytes, form: Form::Quoted, charset: Charset::of(bytes), randomness: entropy::randomness(bytes) };
        assert_eq!(rejected(&value, b"document_key", GrammarClass::Key), Some("a reference"));
        assert_eq!(rejected(&value, b"password", GrammarClass::Password), None);
    }

    #[test]
    fn what_may_be_a_password() {
        for text in ["zavvfuco", "x7Kp2mQ9", "Winter-is-c0ming!", "19283746", "correcthorse"] {
            assert_eq!(reason(text, Form::Quoted), None, "{text}");
        }
    }
}
