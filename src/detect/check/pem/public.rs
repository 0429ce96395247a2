//! The fingerprint of a private key's public half, as `ssh-keygen -l` shows it, where the private key holds that half.
//!
//! Sources: RFC 4253, section 6.6 (RSA), RFC 5656, section 3.1 (elliptic curves). Numbers of DER and of SSH are written alike.

use sha2::{Digest, Sha256};

use super::der::{BIT_STRING, CURVE, INTEGER, OBJECT_IDENTIFIER, PUBLIC, Reader, SEQUENCE};

/// Behind the modulus of a PKCS#1 key.
pub fn of_rsa(modulus: &[u8], mut behind: Reader) -> Option<String> {
    let exponent = behind.content(INTEGER)?;
    Some(fingerprint(&[b"ssh-rsa", exponent, modulus]))
}

/// Behind the scalar of a SEC1 key. `curve` is what stands around the key, if anything does.
pub fn of_ec(mut behind: Reader, curve: Option<&[u8]>) -> Option<String> {
    let mut curve = curve.map(<[u8]>::to_vec);
    let mut point = None;
    // At most the two optional fields.
    for _ in 0..2 {
        match behind.element() {
            Some((CURVE, content)) => curve = Some(Reader(content).content(OBJECT_IDENTIFIER)?.to_vec()),
            Some((PUBLIC, content)) => point = Reader(content).content(BIT_STRING)?.strip_prefix(&[0]),
            _ => break,
        }
    }
    let name: &[u8] = match curve?.as_slice() {
        [0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7] => b"nistp256",
        [0x2b, 0x81, 4, 0, 0x22] => b"nistp384",
        [0x2b, 0x81, 4, 0, 0x23] => b"nistp521",
        _ => return None,
    };
    Some(fingerprint(&[&[&b"ecdsa-sha2-"[..], name].concat(), name, point?]))
}

/// The key inside of a PKCS#8 key with that algorithm.
pub fn of_inner(key_type: &str, algorithm: &[u8], inner: &[u8]) -> Option<String> {
    let mut fields = Reader(Reader(inner).content(SEQUENCE)?);
    fields.content(INTEGER)?;
    match key_type {
        "rsa" => {
            let modulus = fields.content(INTEGER)?;
            of_rsa(modulus, fields)
        }
        "ec" => {
            fields.element()?;
            let mut algorithm = Reader(algorithm);
            algorithm.element()?;
            of_ec(fields, algorithm.content(OBJECT_IDENTIFIER))
        }
        _ => None,
    }
}

fn fingerprint(parts: &[&[u8]]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(u32::try_from(part.len()).unwrap_or(u32::MAX).to_be_bytes());
        hash.update(part);
    }
    format!("SHA256:{}", data_encoding::BASE64_NOPAD.encode(&hash.finalize()))
}
