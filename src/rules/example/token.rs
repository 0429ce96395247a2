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

/// A NATS seed of a user: prefix, 32 random bytes and their CRC-16 in base 32.
pub fn nkey(random: &mut Random) -> String {
    // `S` for a seed and `U` for a user, five bits each.
    const PREFIX: [u8; 2] = [0x95, 0x00];
    let draw = |random: &mut Random| {
        let body = [&PREFIX[..], &random.bytes(32)].concat();
        let sum = checksum::crc16_xmodem(&body).to_le_bytes();
        data_encoding::BASE32_NOPAD.encode(&[&body[..], &sum].concat())
    };
    random.until(draw, looks_random)
}

/// So many characters of which the last is one of `last`: the bits that are left over there are zero.
fn crypt_ending(random: &mut Random, length: usize, last: &[u8]) -> String {
    let head = random.text(Alphabet::BASE62, length - 1);
    let end = last[usize::from(random.byte()) % last.len()];
    format!("{head}{}", char::from(end))
}

/// A password hash that its algorithm could have made: salt and hash have their lengths and the bits left over at their ends are zero.
pub fn crypt(random: &mut Random, algorithm: &str) -> Result<String, String> {
    const TWO_BITS: &[u8] = b"./01";
    const FOUR_BITS: &[u8] = b"./0123456789ABCD";
    let salt = |random: &mut Random, length| random.text(Alphabet::BASE62, length);
    Ok(match algorithm {
        "md5" => format!("$1${}${}", salt(random, 8), crypt_ending(random, 22, TWO_BITS)),
        "apr1" => format!("$apr1${}${}", salt(random, 8), crypt_ending(random, 22, TWO_BITS)),
        "sha256" => format!("$5${}${}", salt(random, 16), crypt_ending(random, 43, FOUR_BITS)),
        "sha512" => format!("$6${}${}", salt(random, 16), crypt_ending(random, 86, TWO_BITS)),
        "bcrypt" => {
            format!("$2y$10${}{}", crypt_ending(random, 22, b".Oeu"), crypt_ending(random, 31, b".CGKOSWaeimquy26"))
        }
        "yescrypt" => format!("$y$j9T${}${}", crypt_ending(random, 22, TWO_BITS), crypt_ending(random, 43, FOUR_BITS)),
        "argon2id" => {
            let mut part = |count| data_encoding::BASE64_NOPAD.encode(&random.bytes(count));
            format!("$argon2id$v=19$m=65536,t=3,p=4${}${}", part(16), part(32))
        }
        _ => return Err("its algorithm is one of md5, apr1, sha256, sha512, bcrypt, yescrypt and argon2id".to_owned()),
    })
}

/// A 1Password secret key: version, account, and 26 characters of an alphabet without `0`, `1`, `I`, `O` and `U`.
pub fn onepassword(random: &mut Random) -> String {
    let pick = |random: &mut Random, count| random.text(Alphabet::ONEPASSWORD, count);
    let account = random.text(Alphabet::ONEPASSWORD, 6);
    let rest: Vec<String> = [6, 5, 5, 5, 5].into_iter().map(|count| pick(random, count)).collect();
    format!("A3-{account}-{}", rest.join("-"))
}

/// A Tink key of 16 bytes (AES-GCM) as the `value` of a JSON keyset, or with the argument `keyset` a whole keyset, binary in base64.
pub fn tink(random: &mut Random, argument: &str) -> Result<String, String> {
    let draw = |random: &mut Random| [&[0x1a, 16][..], &random.bytes(16)].concat();
    let key = random.until(|random| data_encoding::BASE64.encode(&draw(random)), looks_random);
    match argument {
        "" => Ok(key),
        "keyset" => Ok(random.until(|random| data_encoding::BASE64.encode(&keyset(&draw(random), random)), looks_random)),
        _ => Err("it takes no argument, or `keyset`".to_owned()),
    }
}

/// The message `Keyset` with one key.
fn keyset(key: &[u8], random: &mut Random) -> Vec<u8> {
    let field = |number: u8, bytes: &[u8]| {
        let length = u8::try_from(bytes.len()).ok().filter(|length| *length < 0x80).expect("because every field is short");
        [&[number << 3 | 2, length][..], bytes].concat()
    };
    let data = [field(1, b"type.googleapis.com/google.crypto.tink.AesGcmKey"), field(2, key), vec![0x18, 1]].concat();
    let id = random.bytes(3).iter().map(|byte| byte | 0x80).chain([1]).collect::<Vec<u8>>();
    let entry = [field(1, &data), vec![0x10, 1, 0x18], id.clone(), vec![0x20, 1]].concat();
    [vec![0x08], id, field(2, &entry)].concat()
}
