//! Tokens that carry a JSON object in base64 behind their prefix: 1Password service accounts, Grafana Cloud, Sentry organizations.

use serde_json::{Map, Value};

use super::{Check, Checked, encoding, time};

pub(super) const CHECK: Check =
    Check { name: "json-payload", summary: "base64 of a JSON object between the prefix and the next _ (ops_, glc_, sntrys_)", run };

/// Where a field says whose the token is, and under which word that is reported. Nothing else leaves the payload: its other fields are the
/// credential.
const FIELDS: [(&str, &str); 16] = [
    ("account", "account_id"),
    ("account_id", "account_id"),
    ("email", "email"),
    ("host", "url"),
    ("iss", "issuer"),
    ("m.r", "region"),
    ("o", "organization"),
    ("org", "organization"),
    ("org_id", "organization"),
    ("organization", "organization"),
    ("region", "region"),
    ("region_url", "region_url"),
    ("signInAddress", "url"),
    ("sub", "subject"),
    ("u", "user"),
    ("url", "url"),
];

fn run(token: &[u8]) -> Checked {
    let separator = |text: &[u8], sign: u8| text.iter().position(|&b| b == sign);
    let Some(start) = separator(token, b'_').or_else(|| separator(token, b'.')) else { return Checked::malformed() };
    let rest = &token[start + 1..];
    // `_` is also a digit of URL base64, though one that JSON of ASCII letters hardly ever gives.
    let payload = &rest[..separator(rest, token[start]).unwrap_or(rest.len())];
    let Some(bytes) = encoding::base64(payload).filter(|bytes| bytes.starts_with(b"{")) else { return Checked::malformed() };
    let object: Option<Map<String, Value>> =
        serde_json::from_slice(&bytes).ok().or_else(|| serde_json::from_slice(&encoding::base64(rest)?).ok());
    let Some(object) = object else { return Checked::doubted("structure-wrong", "payload is no complete JSON") };
    let named = FIELDS.iter().filter_map(|(field, key)| Some((*key, value(&object, field)?)));
    let dated = [("iat", "issued"), ("exp", "expires")].into_iter().filter_map(|(field, key)| Some((key, date(object.get(field)?)?)));
    named.chain(dated).fold(Checked::structured("payload decodes"), |checked, (key, value)| checked.with(key, value))
}

/// Seconds since 1970, which Sentry writes with a fraction.
fn date(value: &Value) -> Option<String> {
    #[expect(clippy::cast_possible_truncation, reason = "a float beyond the range saturates and is no representable time")]
    let seconds = value.as_i64().or_else(|| value.as_f64().map(|seconds| seconds as i64))?;
    time::rfc3339(seconds)
}

/// A text or whole number that is short and holds no userinfo of a URL.
fn value(object: &Map<String, Value>, field: &str) -> Option<String> {
    const LONGEST: usize = 200;
    let value = match field.split_once('.') {
        Some((outer, inner)) => object.get(outer)?.get(inner)?,
        None => object.get(field)?,
    };
    let text = value.as_str().map(str::to_owned).or_else(|| value.as_u64().map(|number| number.to_string()))?;
    let userinfo = text.contains("://") && text.contains('@');
    (!text.is_empty() && text.len() <= LONGEST && !userinfo).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detect::check::Verdict;

    fn encoded(json: &str) -> String {
        data_encoding::BASE64.encode(json.as_bytes())
    }

    #[test]
    fn only_the_listed_fields_leave_the_payload() {
        let json = r#"{"o":"12","n":"name","k":"private","m":{"r":"eu","s":"private"},"url":"https://a:b@c","region_url":"https://de.example","muk":{"k":"x"}}"#;
        for token in [format!("glc_{}", encoded(json)), format!("sntrys_{}_signature", encoded(json)), format!("sk.{}.sig", encoded(json))]
        {
            let checked = run(token.as_bytes());
            assert_eq!(checked.verdict, Verdict::Valid, "{token}");
            let named: Vec<_> = checked.identity.iter().collect();
            assert_eq!(named, [("organization", "12"), ("region", "eu"), ("region_url", "https://de.example")]);
        }
    }

    #[test]
    fn dates_are_written_for_people() {
        let checked = run(format!("sntrys_{}_x", encoded(r#"{"iat":1700000000.25,"org":"acme"}"#)).as_bytes());
        assert_eq!(checked.identity.get("issued"), Some("2023-11-14T22:13:20Z"));
    }

    #[test]
    fn a_payload_with_an_underscore_is_read_to_the_end() {
        let payload = data_encoding::BASE64URL_NOPAD.encode(r#"{"org":"??????"}"#.as_bytes());
        assert!(payload.contains('_'));
        assert_eq!(run(format!("ops_{payload}").as_bytes()).identity.get("organization"), Some("??????"));
    }

    #[test]
    fn what_carries_no_object_is_none_and_half_an_object_is_doubted() {
        for text in ["", "ops_", "ops_abcd", "noseparator", "ops_!!!", "glc_W10"] {
            assert_eq!(run(text.as_bytes()).verdict, Verdict::Malformed, "{text}");
        }
        let cut = encoded(r#"{"org":"acme","url":"https://a.example"}"#);
        assert_eq!(run(format!("ops_{}", &cut[..20]).as_bytes()).verdict, Verdict::ChecksumFailed);
    }
}
