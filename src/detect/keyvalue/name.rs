//! What a name promises about its value: `dbPassword` a password, `token_count` nothing.
//!
//! The lists come from counting 9,464 labeled lines of real source code by the last word of the name and by any other word in it.

use crate::detect::words;
use crate::rules::schema::GrammarClass;

/// A judged name.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Name {
    /// What kind of credential the name promises.
    pub class: GrammarClass,
    /// Points before the value is looked at; see [`super::score`].
    pub prior: f32,
}

/// Most words of a name that are looked at.
const MAX_WORDS: usize = 12;

/// Whether a word of the name says that the value is public, a digest or a place in a list, whoever issued it.
pub fn is_negative(name: &[u8]) -> bool {
    const WORDS: [&str; 10] = ["public", "pub", "hash", "hashed", "encrypted", "cache", "page", "next", "fingerprint", "checksum"];
    words::split(name).take(MAX_WORDS).any(|part| WORDS.iter().any(|word| part.eq_ignore_ascii_case(word.as_bytes())))
}

/// Judges a name of any case and any separators. `None`: its value is no credential, however it looks.
pub fn judge(name: &[u8]) -> Option<Name> {
    let parts: Vec<Vec<u8>> = words::split(name).take(MAX_WORDS).map(<[u8]>::to_ascii_lowercase).collect();
    let mut parts: Vec<&str> = parts.iter().filter_map(|part| std::str::from_utf8(part).ok()).collect();
    while parts.len() > 1 && parts.last().is_some_and(|last| is_number(last) || in_list(&NOISE, last) || *last == "v") {
        parts.pop();
    }
    let last = *parts.last()?;
    // SQL: `ALTER USER x IDENTIFIED BY 'y'`.
    if name.eq_ignore_ascii_case(b"identified by") {
        return Some(Name { class: GrammarClass::Password, prior: 1.9 });
    }
    // PowerShell: `ConvertTo-SecureString 'x' -AsPlainText -Force`.
    if name.eq_ignore_ascii_case(b"convertto-securestring") {
        return Some(Name { class: GrammarClass::Password, prior: 1.6 });
    }
    // The shell's working folder.
    if name == b"PWD" || name == b"OLDPWD" {
        return None;
    }
    let before = &parts[..parts.len() - 1];
    if parts.iter().any(|part| in_list(&NEGATIVE_ANYWHERE, part)) || in_list(&NEGATIVE_LAST, last) {
        return None;
    }
    class_of(last, before)
}

fn class_of(last: &str, before: &[&str]) -> Option<Name> {
    use GrammarClass::{ApiKey, Auth, Key, Password, Secret, Token};
    let named = |class, prior| Some(Name { class, prior });
    let previous = before.last().copied().unwrap_or_default();
    if in_list(&PASSWORD, last) {
        let raised = before.iter().any(|part| in_list(&ACCOUNT, part));
        return named(Password, if raised { 1.9 } else { 1.6 });
    }
    match last {
        "secret" => return named(Secret, 1.0),
        "token" | "pat" => return named(Token, 0.8),
        "apikey" | "secretkey" | "accesskey" | "privatekey" | "authkey" | "seckey" | "masterkey" => return named(ApiKey, 0.8),
        // Shown once to prove something, or public by construction: an audit may want to see them.
        "signature" | "nonce" | "noncestr" | "verifier" => return named(Auth, -1.2),
        "key" if in_list(&KEY_QUALIFIER, previous) => return named(ApiKey, 0.8),
        "key" => return named(Key, -0.6),
        "auth" | "authorization" | "credential" | "credentials" | "creds" | "salt" | "ticket" | "otp" => {
            return named(Auth, 0.6);
        }
        _ => {}
    }
    if let Some(found) = glued(last) {
        return Some(found);
    }
    let inside = |word: &str| before.iter().any(|part| part.ends_with(word));
    if inside("password") || inside("passwd") {
        return named(Password, 0.0);
    }
    if inside("secret") {
        return named(Secret, 0.0);
    }
    None
}

/// `dbpassword`, `authtoken`, `clientsecret`: words without a border.
fn glued(last: &str) -> Option<Name> {
    use GrammarClass::{ApiKey, Auth, Key, Password, Secret, Token};
    const ENDS: [(&str, GrammarClass, f32); 10] = [
        ("password", Password, 1.6),
        ("passwd", Password, 1.6),
        ("passphrase", Password, 1.6),
        ("passwort", Password, 1.6),
        ("pwd", Password, 1.3),
        ("secret", Secret, 1.0),
        ("token", Token, 0.8),
        ("apikey", ApiKey, 0.8),
        ("salt", Auth, 0.6),
        ("key", Key, -0.6),
    ];
    let (end, class, prior) = *ENDS.iter().find(|(end, _, _)| last.ends_with(end))?;
    let head = &last[..last.len() - end.len()];
    if in_list(&NEGATIVE_ANYWHERE, head) || in_list(&NOT_A_KEY, last) || last.ends_with("pubkey") || last.ends_with("publickey") {
        return None;
    }
    if class == Key && in_list(&KEY_QUALIFIER, head) {
        return Some(Name { class: ApiKey, prior: 0.8 });
    }
    Some(Name { class, prior })
}

fn is_number(part: &str) -> bool {
    part.bytes().all(|b| b.is_ascii_digit())
}

fn in_list(list: &[&str], word: &str) -> bool {
    list.contains(&word)
}

const PASSWORD: [&str; 10] = ["password", "passwd", "pwd", "pass", "passphrase", "passcode", "pw", "psw", "passwort", "contrasena"];

/// Whose password it is, if that makes a real one likelier.
const ACCOUNT: [&str; 15] =
    ["postgres", "sa", "sudo", "jdbc", "root", "mysql", "db", "database", "smtp", "ldap", "redis", "mongo", "admin", "mail", "ftp"];

/// Words that may follow without changing what the name is.
const NOISE: [&str; 16] = [
    "value",
    "str",
    "string",
    "plain",
    "raw",
    "new",
    "current",
    "confirm",
    "confirmation",
    "b64",
    "base64",
    "default",
    "test",
    "local",
    "text",
    "data",
];

const KEY_QUALIFIER: [&str; 43] = [
    "api",
    "access",
    "secret",
    "private",
    "encryption",
    "encrypt",
    "signing",
    "sign",
    "auth",
    "master",
    "account",
    "aes",
    "des",
    "rsa",
    "shared",
    "app",
    "application",
    "consumer",
    "oauth",
    "service",
    "hmac",
    "jwt",
    "session",
    "cookie",
    "crypto",
    "cipher",
    "storage",
    "server",
    "subscription",
    "license",
    "webhook",
    "admin",
    "write",
    "read",
    "integration",
    "ingest",
    "deploy",
    "deployment",
    "host",
    "sas",
    "root",
    "user",
    "security",
];

const NEGATIVE_LAST: [&str; 75] = [
    "version",
    "name",
    "names",
    "id",
    "ids",
    "path",
    "type",
    "types",
    "method",
    "ref",
    "file",
    "filename",
    "field",
    "prefix",
    "suffix",
    "timeout",
    "timestamp",
    "length",
    "len",
    "mode",
    "group",
    "source",
    "destination",
    "scope",
    "scopes",
    "username",
    "barcode",
    "endpoint",
    "host",
    "label",
    "hint",
    "title",
    "message",
    "policy",
    "rule",
    "regex",
    "pattern",
    "format",
    "algorithm",
    "alg",
    "count",
    "size",
    "min",
    "max",
    "enabled",
    "required",
    "expires",
    "expiry",
    "expiration",
    "ttl",
    "header",
    "param",
    "parameter",
    "index",
    "column",
    "table",
    "list",
    "map",
    "status",
    "code",
    "state",
    "event",
    "url",
    "uri",
    "keys",
    "passwords",
    "tokens",
    "secrets",
    "error",
    "placeholder",
    "class",
    "dir",
    "namespace",
    "annotation",
    "annotations",
];

const NEGATIVE_ANYWHERE: [&str; 73] = [
    "public",
    "primary",
    "foreign",
    "page",
    "next",
    "prev",
    "previous",
    "continuation",
    "allow",
    "allowed",
    "native",
    "cleartext",
    "hash",
    "hashed",
    "encrypted",
    "crypted",
    "invalid",
    "is",
    "has",
    "not",
    "no",
    "must",
    "can",
    "valid",
    "change",
    "changed",
    "reset",
    "enter",
    "add",
    "authenticator",
    "method",
    "idempotency",
    "sort",
    "partition",
    "cache",
    "composite",
    "order",
    "lookup",
    "columnheader",
    "keyboard",
    "keyword",
    "author",
    "authority",
    "missing",
    "wrong",
    "forgot",
    "show",
    "hide",
    "toggle",
    "validate",
    "verify",
    "check",
    "require",
    "requires",
    "use",
    "unique",
    "press",
    "shortcut",
    "translation",
    "i18n",
    "pub",
    "event",
    "parse",
    "group",
    "pagination",
    "paginator",
    "asset",
    "lifecycle",
    "identifier",
    "badge",
    "accessor",
    "render",
    "shadow",
];

const NOT_A_KEY: [&str; 14] = [
    "monkey",
    "hotkey",
    "turkey",
    "keykey",
    "jockey",
    "hockey",
    "donkey",
    "whiskey",
    "passkey",
    "pubkey",
    "dokey",
    "publickey",
    "subkey",
    "hostkey",
];

#[cfg(test)]
mod tests {
    use super::*;

    fn class(name: &str) -> Option<GrammarClass> {
        judge(name.as_bytes()).map(|name| name.class)
    }

    #[test]
    fn the_last_word_decides() {
        for (name, expected) in [
            ("password", GrammarClass::Password),
            ("DB_PASSWORD", GrammarClass::Password),
            ("spring.datasource.password", GrammarClass::Password),
            ("dbpassword", GrammarClass::Password),
            ("passwordValue", GrammarClass::Password),
            ("clientSecret", GrammarClass::Secret),
            ("x-auth-token", GrammarClass::Token),
            ("API_KEY", GrammarClass::ApiKey),
            ("apikey", GrammarClass::ApiKey),
            ("secretAccessKey", GrammarClass::ApiKey),
            ("encryption_key_v4", GrammarClass::ApiKey),
            ("myKey", GrammarClass::Key),
            ("credentials", GrammarClass::Auth),
        ] {
            assert_eq!(class(name), Some(expected), "{name}");
        }
    }

    #[test]
    fn words_that_end_the_case() {
        for name in [
            "tokenCount",
            "password_file",
            "secret_name",
            "public_key",
            "primaryKey",
            "next_page_token",
            "keyboard",
            "monkey",
            "is_password",
            "author",
            "key_id",
            "passwordHash",
            "hashed_password",
            "foreign_key",
            "token_url",
            "tokens",
            "compass_type",
        ] {
            assert_eq!(class(name), None, "{name}");
        }
    }
}
