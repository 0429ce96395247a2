//! Private keys in ASN.1 DER: PKCS#1 (RFC 8017), PKCS#8 plain and encrypted (RFC 5958), SEC1 (RFC 5915), and OpenSSL's DSA form.
//!
//! The outer length and the fields that tell the type have to fit; the numbers themselves are not looked at.

use super::{Armor, key, public};
use crate::detect::check::Checked;

pub(super) const INTEGER: u8 = 0x02;
pub(super) const BIT_STRING: u8 = 0x03;
const OCTET_STRING: u8 = 0x04;
pub(super) const OBJECT_IDENTIFIER: u8 = 0x06;
pub(super) const SEQUENCE: u8 = 0x30;
/// Optional field of a SEC1 key.
pub(super) const CURVE: u8 = 0xa0;
/// Optional field of a SEC1 key.
pub(super) const PUBLIC: u8 = 0xa1;

/// Bytes of the shortest modulus or prime that anyone used, 512 bits.
const SHORTEST_NUMBER: usize = 64;

/// Whether a block with this label can hold nothing but what is read here or by `openssh`.
pub fn is_known(label: &str) -> bool {
    matches!(
        label,
        "RSA PRIVATE KEY" | "DSA PRIVATE KEY" | "EC PRIVATE KEY" | "PRIVATE KEY" | "ENCRYPTED PRIVATE KEY" | "OPENSSH PRIVATE KEY"
    )
}

/// Judges a body that is one DER sequence of exactly its length; `None` for everything that is no private key.
pub fn judge(armor: &Armor) -> Option<Checked> {
    let mut whole = Reader(&armor.body);
    let mut fields = Reader(whole.content(SEQUENCE)?);
    if !whole.0.is_empty() {
        return None;
    }
    match fields.element()? {
        (INTEGER, [0..=2]) => versioned(fields, &armor.label),
        (SEQUENCE, algorithm) => {
            Reader(algorithm).content(OBJECT_IDENTIFIER)?;
            fields.content(OCTET_STRING).filter(|ciphertext| !ciphertext.is_empty()).map(|_| key(true))
        }
        _ => None,
    }
}

/// The fields behind the version tell the type: PKCS#8 has an algorithm, PKCS#1 and DSA a long number, SEC1 a scalar.
fn versioned(mut fields: Reader, label: &str) -> Option<Checked> {
    match fields.element()? {
        (SEQUENCE, algorithm) => {
            let name = Reader(algorithm).content(OBJECT_IDENTIFIER)?;
            let inner = fields.content(OCTET_STRING).filter(|inner| !inner.is_empty())?;
            Some(match key_type(name) {
                Some(name) => of_type(name, public::of_inner(name, algorithm, inner)),
                None => key(false),
            })
        }
        (INTEGER, number) if number.len() >= SHORTEST_NUMBER => Some(match label {
            "DSA PRIVATE KEY" => of_type("dsa", None),
            _ => of_type("rsa", public::of_rsa(number, fields)),
        }),
        (OCTET_STRING, scalar) if !scalar.is_empty() => Some(of_type("ec", public::of_ec(fields, None))),
        _ => None,
    }
}

fn of_type(name: &str, fingerprint: Option<String>) -> Checked {
    let checked = key(false).with("key_type", name);
    match fingerprint {
        Some(fingerprint) => checked.with("key_fingerprint", fingerprint),
        None => checked,
    }
}

/// The algorithm with that object identifier.
fn key_type(identifier: &[u8]) -> Option<&'static str> {
    Some(match identifier {
        [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1] => "rsa",
        [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 10] => "rsa-pss",
        [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 3, 1] => "dh",
        [0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1] => "ec",
        [0x2a, 0x86, 0x48, 0xce, 0x38, 4, 1] => "dsa",
        [0x2b, 0x65, 0x6e] => "x25519",
        [0x2b, 0x65, 0x6f] => "x448",
        [0x2b, 0x65, 0x70] => "ed25519",
        [0x2b, 0x65, 0x71] => "ed448",
        _ => return None,
    })
}

pub(super) struct Reader<'a>(pub(super) &'a [u8]);

impl<'a> Reader<'a> {
    /// Tag and content of the next element.
    pub(super) fn element(&mut self) -> Option<(u8, &'a [u8])> {
        let (&[tag, first], mut rest) = self.0.split_first_chunk()?;
        let length = if first < 0x80 {
            usize::from(first)
        } else {
            let (digits, after) = rest.split_at_checked(usize::from(first & 0x7f))?;
            rest = after;
            if digits.is_empty() || digits.len() > 4 {
                return None;
            }
            digits.iter().fold(0, |length, &digit| length << 8 | usize::from(digit))
        };
        let (content, rest) = rest.split_at_checked(length)?;
        self.0 = rest;
        Some((tag, content))
    }

    /// Content of the next element, which has that tag.
    pub(super) fn content(&mut self, tag: u8) -> Option<&'a [u8]> {
        self.element().filter(|(found, _)| *found == tag).map(|(_, content)| content)
    }
}
