//! Google Cloud service-account keys: a JSON object with the private key and whose it is.
//!
//! Source: <https://cloud.google.com/iam/docs/keys-create-delete#creating>. The object may stand inside a string, with its quotes escaped, or
//! have become a literal of a programming language; so its fields are looked for by name, without parsing JSON.

use memchr::memmem;

use super::{Check, Checked, Verdict, pem};

pub(super) const CHECK: Check =
    Check { name: "gcp-service-account", summary: "fields and private key of a service-account JSON object: project, email, key id", run };

/// Hex digits of a key's id.
const KEY_ID_LENGTH: usize = 40;

fn run(object: &[u8]) -> Checked {
    let fields = ["type", "project_id", "private_key_id", "client_email", "private_key"].map(|name| field(object, name));
    let [Some(b"service_account"), Some(project), Some(key_id), Some(email), Some(private_key)] = fields else {
        return Checked::malformed();
    };
    let key = pem::run(private_key);
    let checked = match key.verdict {
        Verdict::Malformed => return Checked::malformed(),
        Verdict::Valid if key_id.len() == KEY_ID_LENGTH && email.contains(&b'@') => Checked::structured("key and its owner complete"),
        _ => Checked::neutral(),
    };
    let checked = match key.identity.get("key_fingerprint") {
        Some(fingerprint) => checked.with("key_fingerprint", fingerprint),
        None => checked,
    };
    [("project_id", project), ("key_id", key_id), ("email", email)]
        .into_iter()
        .fold(checked, |checked, (key, value)| checked.with(key, String::from_utf8_lossy(value)))
}

/// The value of the first member called `name`: what stands between the quotes that follow the colon.
fn field<'a>(object: &'a [u8], name: &str) -> Option<&'a [u8]> {
    let is_quote = |b: &u8| matches!(b, b'"' | b'\'');
    let is_dress = |b: &u8| b.is_ascii_whitespace() || matches!(b, b'\\' | b':' | b'=' | b'>') || is_quote(b);
    let value = memmem::find_iter(object, name).find_map(|start| {
        let (before, after) = (&object[..start], &object[start + name.len()..]);
        let ends = |b: &u8| !b.is_ascii_alphanumeric() && *b != b'_';
        let signs = after.iter().take_while(|b| is_dress(b)).count();
        let assigns = after[..signs].iter().any(|b| matches!(b, b':' | b'=')) && after[..signs].last().is_some_and(is_quote);
        (before.last().is_none_or(ends) && assigns).then_some(&after[signs..])
    })?;
    let end = value.iter().position(is_quote)?;
    let escapes = value[..end].iter().rev().take_while(|&&b| b == b'\\').count();
    Some(&value[..end - escapes]).filter(|value| !value.is_empty())
}
