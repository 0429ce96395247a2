//! Armored private keys: PEM blocks of RSA, DSA, EC, PKCS#8 and OpenSSH keys, OpenPGP private key blocks.
//!
//! A block is judged by what its body is, not by what its first line calls it. It knows nothing of the file around the block.

mod armor;
mod der;
mod openssh;
mod pgp;
mod public;

use armor::Armor;

use super::{Check, Checked};

pub(super) const CHECK: Check = Check { name: "pem", summary: "structure of a private key block: type, encrypted or not, comment", run };

/// Shortest body of a kind of key that is not known here.
const SHORTEST_KEY: usize = 16;
/// Block size of DES, the smallest of the ciphers that encrypt PEM.
const CIPHER_BLOCK: usize = 8;

/// Judges the text of a whole block, from its first dash to its last.
pub fn run(text: &[u8]) -> Checked {
    let Some(armor) = armor::read(text) else { return Checked::malformed() };
    if !armor.label.contains("KEY") || armor.label.ends_with("PUBLIC KEY") || armor.label.ends_with("PUBLIC KEY BLOCK") {
        return Checked::malformed();
    }
    if armor.label.starts_with("PGP ") {
        return pgp::judge(&armor);
    }
    if armor.encrypted {
        return encrypted_body(&armor);
    }
    if openssh::is_key(&armor.body) {
        return openssh::judge(&armor.body);
    }
    match der::judge(&armor) {
        Some(checked) => checked,
        None if der::is_known(&armor.label) || armor.body.len() < SHORTEST_KEY => Checked::malformed(),
        None => Checked::neutral(),
    }
}

/// OpenSSL's older encryption (`Proc-Type: 4,ENCRYPTED`): the body is nothing but whole cipher blocks.
fn encrypted_body(armor: &Armor) -> Checked {
    if armor.body.len() < 2 * CIPHER_BLOCK || !armor.body.len().is_multiple_of(CIPHER_BLOCK) {
        return Checked::malformed();
    }
    let checked = key(true);
    match armor.label.as_str() {
        "RSA PRIVATE KEY" => checked.with("key_type", "rsa"),
        "DSA PRIVATE KEY" => checked.with("key_type", "dsa"),
        "EC PRIVATE KEY" => checked.with("key_type", "ec"),
        _ => checked,
    }
}

/// A block that is a key.
fn key(encrypted: bool) -> Checked {
    Checked::structured("key structure complete").with("encrypted", encrypted.to_string())
}

#[cfg(test)]
mod tests;
