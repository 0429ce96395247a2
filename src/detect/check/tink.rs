//! Keys of the Tink library that are not encrypted: one key, as JSON keysets hold it, or a whole binary keyset, both in base64.
//!
//! Source: <https://github.com/tink-crypto/tink/blob/master/proto/tink.proto> for keysets. Every kind of key is a message of its own; that it
//! is one at all is what can be told without knowing them.

use super::{Check, Checked, encoding};

pub(super) const CHECK: Check =
    Check { name: "tink", summary: "key of a JSON keyset, or binary keyset in base64, of the Tink library", run };

const TYPE: &[u8] = b"type.googleapis.com/google.crypto.tink.";
/// More keys than a keyset has, and more fields than a message.
const MOST_FIELDS: usize = 1_024;
/// Bytes of the shortest key.
const SHORTEST_KEY: usize = 16;

fn run(text: &[u8]) -> Checked {
    let Some(bytes) = encoding::base64(text).filter(|bytes| !bytes.is_empty()) else { return Checked::malformed() };
    if memchr::memmem::find(&bytes, TYPE).is_some() {
        return keyset(&bytes).unwrap_or_else(Checked::malformed);
    }
    match fields(&bytes) {
        Some(fields) if fields.iter().any(|field| matches!(field.value, Value::Bytes(bytes) if bytes.len() >= SHORTEST_KEY)) => {
            Checked::structured("key message decodes")
        }
        _ => Checked::unlikely("no key message"),
    }
}

/// `Keyset`: the id of the primary key, then the keys. `None`: another message, or no key in it is secret.
fn keyset(bytes: &[u8]) -> Option<Checked> {
    const PRIMARY: u32 = 1;
    const KEY: u32 = 2;
    let fields = fields(bytes)?;
    let primary = fields.iter().find(|field| field.number == PRIMARY)?.number()?;
    let kinds: Vec<String> = fields.iter().filter(|field| field.number == KEY).filter_map(|field| secret_kind(field.bytes()?)).collect();
    let kind = kinds.first()?;
    Some(Checked::structured("keyset decodes").with("key_id", primary.to_string()).with("key_type", kind))
}

/// `Keyset.Key`: the kind of a key that is symmetric or private.
fn secret_kind(key: &[u8]) -> Option<String> {
    const DATA: u32 = 1;
    const TYPE_URL: u32 = 1;
    const MATERIAL: u32 = 3;
    let data = fields(fields(key)?.iter().find(|field| field.number == DATA)?.bytes()?)?;
    let is_secret = matches!(data.iter().find(|field| field.number == MATERIAL)?.number()?, 1 | 2);
    let url = data.iter().find(|field| field.number == TYPE_URL)?.bytes()?;
    let name = url.strip_prefix(TYPE).filter(|name| name.iter().all(u8::is_ascii_alphanumeric))?;
    is_secret.then(|| String::from_utf8_lossy(name).into_owned())
}

struct Field<'a> {
    number: u32,
    value: Value<'a>,
}

enum Value<'a> {
    Number(u64),
    Bytes(&'a [u8]),
}

impl<'a> Field<'a> {
    fn number(&self) -> Option<u64> {
        if let Value::Number(number) = self.value { Some(number) } else { None }
    }

    fn bytes(&self) -> Option<&'a [u8]> {
        if let Value::Bytes(bytes) = self.value { Some(bytes) } else { None }
    }
}

/// The fields of a protocol buffer that holds numbers, texts and messages only, as those of Tink do.
fn fields(mut bytes: &[u8]) -> Option<Vec<Field<'_>>> {
    let mut fields = Vec::new();
    while !bytes.is_empty() && fields.len() < MOST_FIELDS {
        let tag = varint(&mut bytes)?;
        let number = u32::try_from(tag >> 3).ok().filter(|number| *number > 0)?;
        let value = match tag & 7 {
            0 => Value::Number(varint(&mut bytes)?),
            2 => {
                let length = usize::try_from(varint(&mut bytes)?).ok()?;
                let (content, rest) = bytes.split_at_checked(length)?;
                bytes = rest;
                Value::Bytes(content)
            }
            _ => return None,
        };
        fields.push(Field { number, value });
    }
    (bytes.is_empty() && !fields.is_empty()).then_some(fields)
}

/// A number in groups of seven bits, lowest first.
fn varint(bytes: &mut &[u8]) -> Option<u64> {
    let length = bytes.iter().take(10).position(|byte| *byte < 0x80)? + 1;
    let (groups, rest) = bytes.split_at(length);
    *bytes = rest;
    Some(groups.iter().rev().fold(0, |number, group| number << 7 | u64::from(group & 0x7f)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detect::check::Verdict;
    use crate::rules::example::expand;

    #[test]
    fn a_keyset_names_its_first_key() {
        let text = expand("{{tink:keyset}}", "seed").expect("because the placeholder is known");
        let checked = run(text.as_bytes());
        assert_eq!((checked.verdict, checked.identity.get("key_type")), (Verdict::Valid, Some("AesGcmKey")));
        assert!(checked.identity.get("key_id").is_some_and(|id| id.parse::<u32>().is_ok()));
    }

    #[test]
    fn a_public_keyset_is_none() {
        let text = expand("{{tink:keyset}}", "seed").expect("because the placeholder is known");
        let mut bytes = encoding::base64(text.as_bytes()).expect("because it is base64");
        let material = bytes.windows(3).position(|window| window == [0x18, 1, 0x10]).expect("because it is there") + 1;
        bytes[material] = 3;
        assert_eq!(run(data_encoding::BASE64.encode(&bytes).as_bytes()).verdict, Verdict::Malformed);
    }

    #[test]
    fn other_bytes_are_doubted_and_other_text_is_none() {
        for bytes in [&[0x1a, 17][..], &[0x1a, 2, 1, 2], &[0x0b; 40], &[0xff; 40], &[0x08, 1]] {
            let checked = run(data_encoding::BASE64.encode(bytes).as_bytes());
            assert_eq!(checked.verdict, Verdict::Neutral, "{bytes:?}");
            assert!(checked.evidence.iter().any(|evidence| !evidence.supports));
        }
        for text in ["", "!", "abcde"] {
            assert_eq!(run(text.as_bytes()).verdict, Verdict::Malformed, "{text}");
        }
    }
}
