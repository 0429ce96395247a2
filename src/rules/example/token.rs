//! Tokens of one word whose checksum or structure holds.

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

/// A routable GitLab token: the payload names organization 1 and a user, then come 16 random bytes and their count.
pub fn gitlab_routable(random: &mut Random, prefix: &str) -> Result<String, String> {
    if prefix.is_empty() {
        return Err("it needs the token's prefix, such as glpat-".to_owned());
    }
    let draw = |random: &mut Random| {
        let user = random.text(Alphabet::BASE36, 5);
        let payload = [format!("o:1\nu:{user}").as_bytes(), &random.bytes(16), &[16]].concat();
        let payload = data_encoding::BASE64URL_NOPAD.encode(&payload);
        let length = checksum::base36(u32::try_from(payload.len()).expect("because the payload is short"), 2);
        let token = format!("{prefix}{payload}.{length}");
        let sum = checksum::base36(checksum::crc32(token.as_bytes()), 7);
        format!("{token}{sum}")
    };
    Ok(random.until(draw, looks_random))
}

/// A Grafana service-account token.
pub fn grafana(random: &mut Random) -> String {
    let draw = |random: &mut Random| {
        let token = format!("glsa_{}", random.text(Alphabet::BASE62, 32));
        let sum = checksum::hex(checksum::crc32(token.as_bytes()));
        format!("{token}_{sum}")
    };
    random.until(draw, looks_random)
}

/// An Atlassian API token, 192 characters.
pub fn atlassian(random: &mut Random, prefix: &str) -> Result<String, String> {
    let version = match prefix {
        "ATATT3" => "xFfGF0",
        "ATCTT3" => "xFfGN0",
        _ => return Err("its prefix is ATATT3 or ATCTT3".to_owned()),
    };
    let draw = |random: &mut Random| {
        let token = format!("{prefix}{version}{}", random.text(Alphabet::BASE64_URL, 171));
        let sum = checksum::hex(checksum::crc32(token.as_bytes())).to_ascii_uppercase();
        format!("{token}={sum}")
    };
    Ok(random.until(draw, looks_random))
}

/// An age identity (X25519): 32 bytes in bech32, upper case.
pub fn age(random: &mut Random) -> String {
    let draw = |random: &mut Random| checksum::bech32("age-secret-key-", &random.bytes(32)).to_ascii_uppercase();
    random.until(draw, looks_random)
}

/// An AWS access key id that holds a 12-digit account number, as those made since 2019 do.
pub fn aws_key_id(random: &mut Random, prefix: &str) -> Result<String, String> {
    if !["AKIA", "ASIA", "ABIA", "ACCA"].contains(&prefix) {
        return Err("its prefix is one of AKIA, ASIA, ABIA and ACCA".to_owned());
    }
    let draw = |random: &mut Random| {
        let account: u64 = random.text(Alphabet::DIGITS, 12).parse().expect("because it is 12 digits");
        let head = 1 << 47 | account << 7 | u64::from(random.byte() & 0x7f);
        let bytes = [&head.to_be_bytes()[2..], &random.bytes(4)].concat();
        format!("{prefix}{}", data_encoding::BASE32_NOPAD.encode(&bytes))
    };
    Ok(random.until(draw, |token| looks_random(token) && token[4..].bytes().filter(u8::is_ascii_digit).count() >= 2))
}

/// A Discord bot token: the bot's id in base64, a time stamp, a signature.
pub fn discord(random: &mut Random) -> String {
    let draw = |random: &mut Random| {
        let id = format!("1{}", random.text(Alphabet::DIGITS, 18));
        let (time, signature) = (random.text(Alphabet::BASE64_URL, 6), random.text(Alphabet::BASE64_URL, 38));
        format!("{}.{time}.{signature}", data_encoding::BASE64URL_NOPAD.encode(id.as_bytes()))
    };
    random.until(draw, looks_random)
}
