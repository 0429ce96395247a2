//! JSON Web Tokens in the signed compact form.
//!
//! Source: RFC 7519 (claims), RFC 7515 (form), RFC 7518 (signature lengths), RFC 8693 (`scope`).

use serde_json::{Map, Value};

use super::{Check, Checked, encoding, issuer, time};

pub(super) const CHECK: Check =
    Check { name: "jwt", summary: "header and claims of a signed JWT; one without signature is no credential", run };

fn run(token: &[u8]) -> Checked {
    let mut parts = token.split(|&b| b == b'.');
    let (Some(header), Some(claims), Some(signature), None) = (parts.next(), parts.next(), parts.next(), parts.next()) else {
        return Checked::malformed();
    };
    let (Some(header), Some(claims), Some(signature)) = (object(header), object(claims), decoded_signature(signature)) else {
        return Checked::malformed();
    };
    let checked = match header.get("alg").and_then(Value::as_str) {
        _ if signature.is_empty() => return Checked::malformed(),
        Some(algorithm) if algorithm.eq_ignore_ascii_case("none") => return Checked::malformed(),
        Some(algorithm) => match signature.len().cmp(&signature_length(algorithm, signature.len())) {
            std::cmp::Ordering::Equal => Checked::structured("header and claims decode"),
            std::cmp::Ordering::Less => Checked::unlikely("signature too short for its algorithm"),
            std::cmp::Ordering::Greater => Checked::neutral(),
        },
        None if PARAMETERS.iter().any(|name| header.contains_key(*name)) => Checked::unlikely("no algorithm in its header"),
        None => return Checked::malformed(),
    };
    identify(checked, &claims)
}

/// Parameters of a header beside `alg` and `typ`, as RFC 7515, 7516, 7518, 7797 and 8555 register them. Some libraries leave `alg` to both ends.
const PARAMETERS: [&str; 20] = [
    "jku", "jwk", "kid", "x5u", "x5c", "x5t", "x5t#S256", "cty", "crit", "enc", "zip", "epk", "apu", "apv", "iv", "tag", "p2s", "p2c",
    "b64", "nonce",
];

/// The bytes of a signature; of one that was cut, as many as are whole.
fn decoded_signature(signature: &[u8]) -> Option<Vec<u8>> {
    let whole = if signature.len() % 4 == 1 { &signature[..signature.len() - 1] } else { signature };
    encoding::base64(whole)
}

fn object(part: &[u8]) -> Option<Map<String, Value>> {
    serde_json::from_slice(&encoding::base64(part)?).ok()
}

/// Bytes that a signature by `algorithm` has, or `actual` where it depends on the key.
fn signature_length(algorithm: &str, actual: usize) -> usize {
    const SHORTEST_RSA: usize = 128;
    match algorithm {
        "HS256" => 32,
        "HS384" => 48,
        "HS512" | "ES256" | "ES256K" => 64,
        "ES384" => 96,
        "ES512" => 132,
        "RS256" | "RS384" | "RS512" | "PS256" | "PS384" | "PS512" => actual.max(SHORTEST_RSA),
        _ => actual,
    }
}

fn identify(mut checked: Checked, claims: &Map<String, Value>) -> Checked {
    const TEXTS: [(&str, &str); 8] = [
        ("iss", "issuer"),
        ("sub", "subject"),
        ("aud", "audience"),
        ("scope", "scope"),
        ("scp", "scope"),
        ("scopes", "scope"),
        ("role", "role"),
        ("roles", "role"),
    ];
    for (claim, key) in TEXTS {
        if let Some(text) = claims.get(claim).and_then(text) {
            checked = checked.with(key, text);
        }
    }
    for (claim, key) in [("iat", "issued"), ("exp", "expires")] {
        if let Some(time) = claims.get(claim).and_then(seconds).and_then(time::rfc3339) {
            checked = checked.with(key, time);
        }
    }
    issuer::identify(checked, claims)
}

/// A text, a number, or the texts of a list; nothing for what is empty.
fn text(value: &Value) -> Option<String> {
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        Value::Array(values) => values.iter().filter_map(Value::as_str).take(16).collect::<Vec<_>>().join(" "),
        _ => return None,
    };
    (!text.is_empty()).then_some(text)
}

/// Seconds since 1970, which may have a fraction.
fn seconds(value: &Value) -> Option<i64> {
    #[expect(clippy::cast_possible_truncation, reason = "a float beyond the range saturates and is no representable time")]
    value.as_i64().or_else(|| value.as_f64().map(|seconds| seconds as i64))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detect::check::Verdict;

    fn token(header: &str, claims: &str, signature: &[u8]) -> Vec<u8> {
        let encode = |bytes: &[u8]| data_encoding::BASE64URL_NOPAD.encode(bytes);
        format!("{}.{}.{}", encode(header.as_bytes()), encode(claims.as_bytes()), encode(signature)).into_bytes()
    }

    const HS256: &str = r#"{"alg":"HS256"}"#;

    #[test]
    fn claims_name_whose_it_is() {
        let claims = r#"{"iss":"https://a.example","sub":12,"aud":["x","y"],"scp":["read"],"role":"admin","iat":1700000000.5,"exp":2000000000,"jti":"z"}"#;
        let checked = run(&token(HS256, claims, &[7; 32]));
        assert_eq!(checked.verdict, Verdict::Valid);
        let named: Vec<_> = checked.identity.iter().collect();
        let expected = [
            ("audience", "x y"),
            ("expires", "2033-05-18T03:33:20Z"),
            ("issued", "2023-11-14T22:13:20Z"),
            ("issuer", "https://a.example"),
            ("role", "admin"),
            ("scope", "read"),
            ("subject", "12"),
        ];
        assert_eq!(named, expected);
    }

    #[test]
    fn a_token_that_proves_nothing_is_none() {
        for (header, signature) in [(r#"{"alg":"none"}"#, 32), (r#"{"alg":"NoNe"}"#, 32), (HS256, 0), (r#"{"typ":"JWT"}"#, 32), ("[]", 32)]
        {
            assert_eq!(run(&token(header, "{}", &vec![7; signature])).verdict, Verdict::Malformed, "{header} {signature}");
        }
        for text in ["", ".", "..", "e30.e30", "e30.e30.AAAA.AAAA", "e30.W10.AAAA", "e30.!!!.AAAA", "e30.e30.A.", "e30.e30.A"] {
            assert_eq!(run(text.as_bytes()).verdict, Verdict::Malformed, "{text}");
        }
    }

    #[test]
    fn a_header_may_leave_the_algorithm_to_both_ends() {
        for (header, verdict) in
            [(r#"{"kid":"1"}"#, Verdict::Neutral), (r#"{"typ":"JWT"}"#, Verdict::Malformed), ("{}", Verdict::Malformed)]
        {
            let checked = run(&token(header, "{}", &[7; 32]));
            assert_eq!(checked.verdict, verdict, "{header}");
            assert!(checked.evidence.iter().all(|evidence| !evidence.supports));
        }
    }

    #[test]
    fn the_signature_fits_its_algorithm() {
        for (algorithm, length, verdict) in [
            ("HS256", 31, Verdict::Neutral),
            ("HS256", 33, Verdict::Neutral),
            ("HS512", 64, Verdict::Valid),
            ("RS256", 256, Verdict::Valid),
            ("RS256", 64, Verdict::Neutral),
            ("ES384", 96, Verdict::Valid),
            ("unheard-of", 9, Verdict::Valid),
        ] {
            let header = format!(r#"{{"alg":"{algorithm}"}}"#);
            assert_eq!(run(&token(&header, "{}", &vec![7; length])).verdict, verdict, "{algorithm} {length}");
        }
    }

    #[test]
    fn times_out_of_range_are_left_out() {
        let checked = run(&token(HS256, r#"{"exp":1e300,"iat":-5}"#, &[7; 32]));
        assert!(checked.identity.is_empty());
    }
}
