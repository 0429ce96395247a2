//! Tokens that carry JSON or a macaroon.

use data_encoding::BASE64URL_NOPAD;
use serde_json::Value;

use super::random::{Alphabet, Random, looks_random};

/// A JWT signed with HS256 whose claims are the pairs of `claims` (`key=value,key=value`) in that order, then the time of issue. Without
/// claims it names a subject.
pub fn jwt(random: &mut Random, claims: &str) -> Result<String, String> {
    let mut fields = fields(claims)?;
    if fields.is_empty() {
        fields.push(("sub", Value::from(random.text(Alphabet::DIGITS, 10))));
    }
    let since: u32 = random.text(Alphabet::DIGITS, 8).parse().expect("because it is 8 digits");
    add_if_missing(&mut fields, "iat", Value::from(1_600_000_000 + since));
    let signature = random.until(|random| BASE64URL_NOPAD.encode(&random.bytes(32)), looks_random);
    let header = BASE64URL_NOPAD.encode(br#"{"alg":"HS256","typ":"JWT"}"#);
    Ok(format!("{header}.{}.{signature}", BASE64URL_NOPAD.encode(object(&fields).as_bytes())))
}

/// URL base64 of a JSON object: the pairs of `pairs` in that order, then 32 random characters under `k` unless a pair gives it.
pub fn json_base64(random: &mut Random, pairs: &str) -> Result<String, String> {
    let mut fields = fields(pairs)?;
    add_if_missing(&mut fields, "k", Value::from(random.text(Alphabet::BASE62, 32)));
    Ok(BASE64URL_NOPAD.encode(object(&fields).as_bytes()))
}

type Field<'a> = (&'a str, Value);

/// The pairs of `key=value,key=value`; digits without a leading zero become numbers.
fn fields(pairs: &str) -> Result<Vec<Field<'_>>, String> {
    let value = |text: &str| match text.parse::<u64>() {
        Ok(number) if number.to_string() == text => Value::from(number),
        _ => Value::from(text),
    };
    pairs
        .split(',')
        .filter(|pair| !pair.is_empty())
        .map(|pair| match pair.split_once('=') {
            Some((key, text)) if !key.is_empty() => Ok((key, value(text))),
            _ => Err(format!("`{pair}` is no key=value pair")),
        })
        .collect()
}

fn add_if_missing<'a>(fields: &mut Vec<Field<'a>>, key: &'a str, value: Value) {
    if fields.iter().all(|(present, _)| *present != key) {
        fields.push((key, value));
    }
}

/// JSON text without spaces, in the order of `fields`: the first one shows in the first characters of a token.
fn object(fields: &[Field]) -> String {
    let members: Vec<String> = fields.iter().map(|(key, value)| format!("{}:{value}", Value::from(*key))).collect();
    format!("{{{}}}", members.join(","))
}

/// A PyPI API token: a macaroon (version 2) of pypi.org with a caveat that names a user.
pub fn pypi(random: &mut Random) -> String {
    const LOCATION: u8 = 1;
    const IDENTIFIER: u8 = 2;
    const SIGNATURE: u8 = 6;
    let draw = |random: &mut Random| {
        let caveat = format!("[3, \"{}\"]", random.uuid());
        let macaroon = [
            vec![2],
            field(LOCATION, b"pypi.org"),
            field(IDENTIFIER, random.uuid().as_bytes()),
            vec![0],
            field(IDENTIFIER, caveat.as_bytes()),
            vec![0, 0],
            field(SIGNATURE, &random.bytes(32)),
        ];
        format!("pypi-{}", BASE64URL_NOPAD.encode(&macaroon.concat()))
    };
    random.until(draw, looks_random)
}

fn field(tag: u8, bytes: &[u8]) -> Vec<u8> {
    let length = u8::try_from(bytes.len()).expect("because every field is short");
    [&[tag, length], bytes].concat()
}
