//! Signatures as GitHub makes them when it tells partners of secrets: ECDSA on P-256 with SHA-256 over the body as it is sent.
//!
//! Source: GitHub's documentation, "Secret scanning partner program".

use std::fmt;

use data_encoding::{BASE64, HEXLOWER};
use p256::ecdsa::Signature;
use p256::ecdsa::signature::Signer as _;
use p256::pkcs8::{DecodePrivateKey as _, EncodePublicKey as _, LineEnding};
use sha2::{Digest as _, Sha256};

/// How to make a key, as the end of a sentence.
const HOW: &str = "make one with `openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out partner.pem`";

/// A P-256 key that signs as GitHub signs what it sends to partners.
pub struct PartnerKey {
    key: p256::ecdsa::SigningKey,
    public: String,
}

impl fmt::Debug for PartnerKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PartnerKey(P-256)")
    }
}

impl PartnerKey {
    /// What it is, for people and programs.
    pub const ALGORITHM: &'static str = "ECDSA-NIST-P256V1-SHA256";

    /// Reads a private key in PEM, `PRIVATE KEY` (PKCS #8) or `EC PRIVATE KEY` (SEC 1). Before the latter OpenSSL writes its parameters,
    /// which are passed over.
    ///
    /// # Errors
    /// It is no private key on P-256; the message says what it is instead, and does not repeat it.
    pub fn read(pem: &str) -> Result<Self, String> {
        let begin = pem.find("-----BEGIN EC PRIVATE KEY-----").unwrap_or_default();
        let pem = &pem[begin..];
        let key = p256::SecretKey::from_pkcs8_pem(pem).or_else(|_| p256::SecretKey::from_sec1_pem(pem));
        let key = key.map_err(|_| format!("{}; {HOW}", instead(pem)))?;
        let public = key.public_key().to_public_key_pem(LineEnding::LF).map_err(|_| "its public half cannot be written".to_owned())?;
        Ok(Self { key: key.into(), public })
    }

    /// The value of `Github-Public-Key-Signature` for `body`: base64 of the signature in DER.
    pub fn header(&self, body: &[u8]) -> String {
        let signature: Signature = self.key.sign(body);
        BASE64.encode(signature.to_der().as_bytes())
    }

    /// The half that checks signatures: PEM, with a line feed at its end.
    pub fn public(&self) -> String {
        self.public.clone()
    }

    /// The value of `Github-Public-Key-Identifier`: SHA-256 in hex of the public half in PEM with its last line feed, which is how the
    /// identifiers of the keys in GitHub's documentation are made.
    pub fn id(&self) -> String {
        identifier(&self.public)
    }
}

fn identifier(public: &str) -> String {
    HEXLOWER.encode(&Sha256::digest(public))
}

/// What is there in place of a private key on P-256.
fn instead(pem: &str) -> &'static str {
    match () {
        () if pem.starts_with("whsec_") || pem.starts_with("whsk_") => {
            "it is a key of Standard Webhooks, and the format `github-partner` takes a private key on the curve P-256 in PEM"
        }
        () if pem.contains("BEGIN PUBLIC KEY") => "it is a public key, which can check signatures and not make them",
        () if pem.contains("BEGIN ENCRYPTED PRIVATE KEY") || pem.contains("ENCRYPTED\n") => {
            "it is a private key behind a password, which nobody could type in; take one without"
        }
        () if pem.contains("BEGIN CERTIFICATE") => "it is a certificate, and not the key that belongs to it",
        () if pem.contains("PRIVATE KEY-----") => "it is a private key of another kind than P-256, or a broken one",
        () => "it is no private key on the curve P-256 in PEM",
    }
}

#[cfg(test)]
mod tests {
    use p256::ecdsa::VerifyingKey;
    use p256::ecdsa::signature::Verifier as _;
    use p256::pkcs8::{DecodePublicKey as _, EncodePrivateKey as _};

    use super::*;

    /// Identifier, key and signature over [`PAYLOAD`] as they stand in the documentation, "Sample HTTP POST sent to verify endpoint".
    const IDENTIFIER: &str = "f9525bf080f75b3506ca1ead061add62b8633a346606dc5fe544e29231c6ee0d";
    const SIGNATURE: &str = "MEUCIFLZzeK++IhS+y276SRk2Pe5LfDrfvTXu6iwKKcFGCrvAiEAhHN2kDOhy2I6eGkOFmxNkOJ+L2y8oQ9A2T9GGJo6WJY=";
    const PUBLIC: &str = "-----BEGIN PUBLIC KEY-----
MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEsz9ugWDj5jK5ELBK42ynytbo38gP
HzZFI03Exwz8Lh/tCfL3YxwMdLjB+bMznsanlhK0RwcGP3IDb34kQDIo3Q==
-----END PUBLIC KEY-----
";
    const PAYLOAD: &str = r#"[{"token":"some_token","type":"some_type","url":"some_url","source":"some_source"}]"#;

    fn key() -> PartnerKey {
        let key = p256::SecretKey::from_slice(&[9; 32]).expect("because it is a scalar of the curve");
        PartnerKey::read(&key.to_pkcs8_pem(LineEnding::LF).expect("because it can be written")).expect("because it is a key")
    }

    fn is_good(public: &str, header: &str, body: &str) -> bool {
        let der = BASE64.decode(header.as_bytes()).expect("because it is base64");
        let signature = Signature::from_der(&der).expect("because it is DER");
        VerifyingKey::from_public_key_pem(public).expect("because it is a key").verify(body.as_bytes(), &signature).is_ok()
    }

    #[test]
    fn the_sample_of_the_documentation_is_understood_in_the_same_way() {
        assert!(is_good(PUBLIC, SIGNATURE, PAYLOAD) && !is_good(PUBLIC, SIGNATURE, "[]"));
        assert_eq!(identifier(PUBLIC), IDENTIFIER);
    }

    #[test]
    fn signatures_are_checked_by_the_public_half_that_is_told() {
        let own = key();
        assert!(is_good(&own.public(), &own.header(b"[]"), "[]") && !is_good(&own.public(), &own.header(b"[]"), "{}"));
        assert_eq!(own.id(), identifier(&own.public()));
        assert!(own.public().starts_with("-----BEGIN PUBLIC KEY-----\n") && own.public().ends_with("-----END PUBLIC KEY-----\n"));
    }

    #[test]
    fn keys_are_read_in_every_form_that_openssl_writes() {
        let key = p256::SecretKey::from_slice(&[9; 32]).expect("because it is a scalar of the curve");
        let new = key.to_pkcs8_pem(LineEnding::LF).expect("because it can be written");
        let old = key.to_sec1_pem(LineEnding::LF).expect("because it can be written");
        let parameters = format!("-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n{}", *old);
        for pem in [new.as_str(), new.trim(), old.as_str(), old.trim(), &parameters] {
            assert!(PartnerKey::read(pem).is_ok_and(|read| read.id() == self::key().id()), "{} bytes", pem.len());
        }
    }

    #[test]
    fn what_is_no_key_is_refused_with_the_way_to_make_one() {
        let begin = |what: &str| format!("-----BEGIN {what}-----\nhunter2\n-----END {what}-----");
        for (wrong, says) in [
            (String::new(), "no private key"),
            ("hunter2".to_owned(), "no private key"),
            ("whsec_hunter2".to_owned(), "Standard Webhooks"),
            (begin("PUBLIC KEY"), "it is a public key"),
            (begin("ENCRYPTED PRIVATE KEY"), "behind a password"),
            (begin("RSA PRIVATE KEY"), "of another kind"),
            (begin("PRIVATE KEY"), "of another kind"),
            (begin("CERTIFICATE"), "a certificate"),
        ] {
            let said = PartnerKey::read(&wrong).expect_err("because it is none");
            assert!(said.contains(says) && said.contains("openssl genpkey") && !said.contains("hunter2"), "{says}: {said}");
        }
    }
}
