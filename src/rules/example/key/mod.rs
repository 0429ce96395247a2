//! Armored private keys whose body has the structure of its type. The numbers are random, so no such key works.

mod der;
mod openssh;
mod pgp;

use super::random::Random;

/// Characters on a line of a PEM body.
const LINE: usize = 64;

/// The block of that type, lines divided by `line_end`, without one behind the last line.
///
/// # Errors
/// The type is none that can be written.
pub fn pem(random: &mut Random, label: &str, line_end: &str) -> Result<String, String> {
    let (bytes, line) = match label {
        "RSA PRIVATE KEY" => (rsa(random), LINE),
        "DSA PRIVATE KEY" => (dsa(random), LINE),
        "EC PRIVATE KEY" => (ec(random), LINE),
        "PRIVATE KEY" => (pkcs8(random), LINE),
        "ENCRYPTED PRIVATE KEY" => (encrypted(random), LINE),
        "OPENSSH PRIVATE KEY" => (openssh::ed25519(random), openssh::LINE),
        _ => return Err("its type is one of RSA, DSA, EC, ENCRYPTED or OPENSSH PRIVATE KEY, or PRIVATE KEY alone".to_owned()),
    };
    Ok(armored(label, &[], &wrapped(&bytes, line), line_end))
}

/// An OpenPGP private key block with an unprotected RSA key and a user id.
pub fn pgp(random: &mut Random) -> String {
    let bytes = pgp::rsa(random);
    let mut lines = wrapped(&bytes, LINE);
    let sum = crate::checksum::crc24(&bytes).to_be_bytes();
    lines.push(format!("={}", data_encoding::BASE64.encode(&sum[1..])));
    armored("PGP PRIVATE KEY BLOCK", &[String::new()], &lines, "\n")
}

fn wrapped(bytes: &[u8], line: usize) -> Vec<String> {
    let text = data_encoding::BASE64.encode(bytes);
    text.as_bytes().chunks(line).map(|line| line.iter().copied().map(char::from).collect()).collect()
}

fn armored(label: &str, head: &[String], body: &[String], line_end: &str) -> String {
    let (first, last) = ([format!("-----BEGIN {label}-----")], [format!("-----END {label}-----")]);
    [&first, head, body, &last].concat().join(line_end)
}

/// PKCS#1 (RFC 8017, A.1.2) with 2048 bits.
fn rsa(random: &mut Random) -> Vec<u8> {
    der::sequence(&[
        der::small(0),
        der::full(random, 2048),
        der::small(65_537),
        der::below(random, 2048),
        der::full(random, 1024),
        der::full(random, 1024),
        der::below(random, 1024),
        der::below(random, 1024),
        der::below(random, 1024),
    ])
}

/// OpenSSL's form with a prime of 2048 and a subgroup of 256 bits.
fn dsa(random: &mut Random) -> Vec<u8> {
    der::sequence(&[
        der::small(0),
        der::full(random, 2048),
        der::full(random, 256),
        der::below(random, 2048),
        der::below(random, 2048),
        der::below(random, 256),
    ])
}

/// SEC1 (RFC 5915) on P-256 with the curve and a public point.
fn ec(random: &mut Random) -> Vec<u8> {
    let point = [&[0, 4], random.bytes(64).as_slice()].concat();
    der::sequence(&[
        der::small(1),
        der::octets(&random.bytes(32)),
        der::element(0xa0, &der::oid(der::P256)),
        der::element(0xa1, &der::element(3, &point)),
    ])
}

/// PKCS#8 (RFC 5208) around an RSA key.
fn pkcs8(random: &mut Random) -> Vec<u8> {
    der::sequence(&[der::small(0), der::sequence(&[der::oid(der::RSA_ENCRYPTION), der::null()]), der::octets(&rsa(random))])
}

/// PKCS#8, encrypted with PBES2 (RFC 8018): PBKDF2 with HMAC-SHA-256, AES-256-CBC.
fn encrypted(random: &mut Random) -> Vec<u8> {
    let derivation =
        der::sequence(&[der::octets(&random.bytes(16)), der::small(2048), der::sequence(&[der::oid(der::HMAC_SHA256), der::null()])]);
    let scheme = der::sequence(&[
        der::sequence(&[der::oid(der::PBKDF2), derivation]),
        der::sequence(&[der::oid(der::AES_256_CBC), der::octets(&random.bytes(16))]),
    ]);
    der::sequence(&[der::sequence(&[der::oid(der::PBES2), scheme]), der::octets(&random.bytes(1232))])
}
