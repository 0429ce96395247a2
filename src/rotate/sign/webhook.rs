//! Signatures of Standard Webhooks 1.0: `v1` is HMAC-SHA256, `v1a` is Ed25519.

use std::fmt;

use data_encoding::BASE64;
use ed25519_dalek::{Signer as _, SigningKey};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use zeroize::Zeroizing;

/// Bytes of a symmetric key, as Standard Webhooks has them.
const HMAC_BYTES: std::ops::RangeInclusive<usize> = 24..=64;

/// A key that signs events.
#[derive(Clone)]
pub enum Key {
    /// `whsec_`: shared with the receiver.
    Symmetric(Zeroizing<Vec<u8>>),
    /// `whsk_`: the receiver has its public half.
    Ed25519(Box<SigningKey>),
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Key({})", self.algorithm())
    }
}

impl Key {
    /// Reads `whsec_` or `whsk_` and base64. Of the latter 32 bytes are the seed; 64 are the seed and its public key.
    ///
    /// # Errors
    /// It is no such key; the message does not repeat it.
    pub fn read(text: &str) -> Result<Self, String> {
        if text.starts_with("whpk_") {
            return Err("it is a public key (`whpk_`), which can check signatures and not make them; the private one begins with `whsk_`"
                .to_owned());
        }
        let decoded = |encoded: &str| {
            let padded = Zeroizing::new(format!("{encoded}{}", "=".repeat((4 - encoded.len() % 4) % 4)));
            BASE64.decode(padded.as_bytes()).map(Zeroizing::new).map_err(|_| "what follows its prefix is no base64".to_owned())
        };
        if text.starts_with("-----BEGIN") {
            return Err(
                "it is a key in PEM, which only the format `github-partner` takes; this one takes `whsec_` (HMAC-SHA256) or `whsk_` \
                        (Ed25519)"
                    .to_owned(),
            );
        }
        if let Some(encoded) = text.strip_prefix("whsec_") {
            let bytes = decoded(encoded)?;
            return match bytes.len() {
                length if HMAC_BYTES.contains(&length) => Ok(Self::Symmetric(bytes)),
                length => Err(format!("it has {length} bytes, and a `whsec_` key has 24 to 64; make one with `openssl rand -base64 32`")),
            };
        }
        let encoded = text.strip_prefix("whsk_").ok_or("it begins neither with `whsec_` (HMAC-SHA256) nor with `whsk_` (Ed25519)")?;
        let bytes = decoded(encoded)?;
        let seed: Zeroizing<[u8; 32]> = Zeroizing::new(match bytes.first_chunk() {
            Some(seed) if bytes.len() == 32 || bytes.len() == 64 => *seed,
            _ => return Err(format!("it has {} bytes, and a `whsk_` key has 32, or 64 with its public half", bytes.len())),
        });
        let key = SigningKey::from_bytes(&seed);
        if bytes.len() == 64 && bytes[32..] != key.verifying_key().to_bytes() {
            return Err("its public half belongs to another key".to_owned());
        }
        Ok(Self::Ed25519(Box::new(key)))
    }

    /// What it is, for people and programs.
    pub fn algorithm(&self) -> &'static str {
        match self {
            Self::Symmetric(_) => "HMAC-SHA256",
            Self::Ed25519(_) => "Ed25519",
        }
    }

    /// The half that a receiver checks with, as `whpk_` and base64; none of a key that is shared with the receiver.
    pub fn public(&self) -> Option<String> {
        match self {
            Self::Symmetric(_) => None,
            Self::Ed25519(key) => Some(format!("whpk_{}", BASE64.encode(&key.verifying_key().to_bytes()))),
        }
    }

    /// One entry of `webhook-signature`.
    fn sign(&self, signed: &[u8]) -> String {
        match self {
            Self::Symmetric(key) => {
                let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("because HMAC takes keys of any length");
                mac.update(signed);
                format!("v1,{}", BASE64.encode(&mac.finalize().into_bytes()))
            }
            Self::Ed25519(key) => format!("v1a,{}", BASE64.encode(&key.sign(signed).to_bytes())),
        }
    }
}

/// The value of `webhook-signature`: one entry for each key. `seconds` since 1970 is the `webhook-timestamp` of this attempt.
pub fn header(keys: &[Key], id: &str, seconds: i64, body: &[u8]) -> String {
    let signed = [id.as_bytes(), b".", seconds.to_string().as_bytes(), b".", body].concat();
    keys.iter().map(|key| key.sign(&signed)).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn symmetric(fill: u8) -> String {
        format!("{}{}", "whsec_", BASE64.encode(&[fill; 32]))
    }

    fn private(fill: u8) -> String {
        format!("{}{}", "whsk_", BASE64.encode(&[fill; 32]))
    }

    #[test]
    fn another_implementation_accepts_the_signature_and_no_other() {
        let (old, new) = (symmetric(1), symmetric(2));
        let keys = [&old, &new].map(|text| Key::read(text).expect("because it is a key"));
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("because it is after 1970").as_secs();
        let now = i64::try_from(now).expect("because it is before the end of time");
        let body = "{\"é\":1}".as_bytes();
        let signature = header(&keys, "evt_1", now, body);
        let verify = |key: &str, id: &str, body: &[u8]| {
            let headers = standardwebhooks_headers(id, now, &signature);
            standardwebhooks::Webhook::new(key).expect("because it is a key").verify(body, &headers).is_ok()
        };
        assert!(verify(&old, "evt_1", body) && verify(&new, "evt_1", body));
        assert!(!verify(&symmetric(3), "evt_1", body) && !verify(&old, "evt_2", body) && !verify(&old, "evt_1", b"{}"));
    }

    fn standardwebhooks_headers(id: &str, seconds: i64, signature: &str) -> ureq::http::HeaderMap {
        let value = |text: &str| text.parse().expect("because it is plain text");
        let names =
            [standardwebhooks::HEADER_WEBHOOK_ID, standardwebhooks::HEADER_WEBHOOK_TIMESTAMP, standardwebhooks::HEADER_WEBHOOK_SIGNATURE];
        let values = [value(id), value(&seconds.to_string()), value(signature)];
        names.into_iter().map(|name| name.parse().expect("because it is a name")).zip(values).collect()
    }

    #[test]
    fn ed25519_signatures_are_those_of_the_public_half() {
        let key = Key::read(&private(7)).expect("because it is a key");
        let Key::Ed25519(own) = &key else { panic!("because it is of that kind") };
        let entry = header(std::slice::from_ref(&key), "evt_1", 5, b"body");
        let bytes =
            BASE64.decode(entry.strip_prefix("v1a,").expect("because it is of that kind").as_bytes()).expect("because it is base64");
        let signature = ed25519_dalek::Signature::from_slice(&bytes).expect("because it is a signature");
        assert!(own.verifying_key().verify_strict(b"evt_1.5.body", &signature).is_ok());
        assert_eq!(key.public(), Some(format!("whpk_{}", BASE64.encode(&own.verifying_key().to_bytes()))));
        let whole = [[7; 32].as_slice(), &own.verifying_key().to_bytes()].concat();
        assert!(Key::read(&format!("whsk_{}", BASE64.encode(&whole))).is_ok());
        assert!(Key::read(&format!("whsk_{}", BASE64.encode(&[7; 64]))).is_err());
    }

    #[test]
    fn what_is_no_key_is_refused_without_repeating_it() {
        for wrong in
            ["", "hunter2", "whsec_", "whsec_aHVudGVyMg==", "whsec_hunter2!", "whsk_aHVudGVyMg", "whpk_hunter2", "-----BEGIN hunter2"]
        {
            let said = Key::read(wrong).expect_err("because it is none");
            assert!(!said.contains("hunter2") && !said.contains("aHV"), "{said}");
        }
    }
}
