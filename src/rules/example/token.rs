//! Tokens whose checksum holds.

use super::random::{Alphabet, Random, looks_random};
use crate::checksum;

/// A GitHub token: prefix, random characters and their CRC-32.
pub fn github(random: &mut Random, prefix: &str) -> Result<String, String> {
    let length = match prefix {
        "ghp_" | "gho_" | "ghu_" | "ghs_" => 30,
        "ghr_" => 70,
        _ => return Err("its prefix is one of ghp_, gho_, ghu_, ghs_ and ghr_".to_owned()),
    };
    Ok(with_base62_crc(random, prefix, length))
}

/// An npm granular access token.
pub fn npm(random: &mut Random) -> String {
    with_base62_crc(random, "npm_", 30)
}

fn with_base62_crc(random: &mut Random, prefix: &str, length: usize) -> String {
    let draw = |random: &mut Random| {
        let body = random.text(Alphabet::BASE62, length);
        let sum = checksum::base62(checksum::crc32(body.as_bytes()), 6);
        format!("{prefix}{body}{sum}")
    };
    random.until(draw, looks_random)
}
