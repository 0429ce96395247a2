//! As much of ASN.1 DER as private keys need, writing only.

use super::super::random::Random;

/// Object identifiers, contents only.
pub const RSA_ENCRYPTION: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1];
pub const PBES2: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 5, 13];
pub const PBKDF2: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 5, 12];
pub const HMAC_SHA256: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 2, 9];
pub const AES_256_CBC: &[u8] = &[0x60, 0x86, 0x48, 1, 0x65, 3, 4, 1, 0x2a];
pub const P256: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7];

/// One element: tag, length, content.
pub fn element(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = u16::try_from(content.len()).expect("because a key is shorter than 64 KiB").to_be_bytes();
    let mut out = vec![tag];
    match content.len() {
        0..=0x7f => out.push(length[1]),
        0x80..=0xff => out.extend([0x81, length[1]]),
        _ => out.extend([0x82, length[0], length[1]]),
    }
    out.extend(content);
    out
}

/// SEQUENCE of `parts`.
pub fn sequence(parts: &[Vec<u8>]) -> Vec<u8> {
    element(0x30, &parts.concat())
}

/// INTEGER of a number that fits into 31 bits.
pub fn small(value: i32) -> Vec<u8> {
    let bytes = value.to_be_bytes();
    let leading = bytes.windows(2).take_while(|pair| pair[0] == 0 && pair[1] < 0x80).count();
    element(2, &bytes[leading..])
}

/// INTEGER of exactly `bits` bits, a multiple of 8: the highest bit is set. Odd, as moduli and primes are.
pub fn full(random: &mut Random, bits: usize) -> Vec<u8> {
    let mut bytes = vec![0];
    bytes.extend(magnitude(random, bits));
    element(2, &bytes)
}

/// INTEGER of fewer than `bits` bits, a multiple of 8, that needs all of its bytes.
pub fn below(random: &mut Random, bits: usize) -> Vec<u8> {
    let mut bytes = magnitude(random, bits);
    bytes[0] = bytes[0] & 0x7f | 1;
    element(2, &bytes)
}

/// `bits / 8` bytes of an odd number with its highest bit set.
pub fn magnitude(random: &mut Random, bits: usize) -> Vec<u8> {
    let mut bytes = random.bytes(bits / 8);
    bytes[0] |= 0x80;
    bytes[bits / 8 - 1] |= 1;
    bytes
}

/// OCTET STRING.
pub fn octets(bytes: &[u8]) -> Vec<u8> {
    element(4, bytes)
}

/// OBJECT IDENTIFIER.
pub fn oid(content: &[u8]) -> Vec<u8> {
    element(6, content)
}

/// NULL.
pub fn null() -> Vec<u8> {
    element(5, &[])
}
