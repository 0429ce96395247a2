//! Tokens that end in the CRC-32 of their random part, six characters of base 62: GitHub and npm.
//!
//! Source: <https://github.blog/engineering/platform-security/behind-githubs-new-authentication-token-formats/>; npm took the format over.

use super::{Check, Checked};
use crate::checksum;

pub(super) const GITHUB: Check = Check { name: "github", summary: "CRC-32 in ghp_, gho_, ghu_, ghs_ and ghr_ tokens", run: github };
pub(super) const NPM: Check = Check { name: "npm", summary: "CRC-32 in npm_ tokens", run: npm };

const SUM_LENGTH: usize = 6;

fn github(token: &[u8]) -> Checked {
    match token.get(..4) {
        Some(b"ghp_" | b"gho_" | b"ghu_" | b"ghs_") => body(&token[4..], 36),
        Some(b"ghr_") => body(&token[4..], 76),
        _ => Checked::malformed(),
    }
}

fn npm(token: &[u8]) -> Checked {
    token.strip_prefix(b"npm_").map_or_else(Checked::malformed, |rest| body(rest, 36))
}

/// Judges what stands behind the prefix. Another length may be a format that came later, so nothing is said about it.
fn body(body: &[u8], length: usize) -> Checked {
    match body.split_last_chunk::<SUM_LENGTH>() {
        Some((random, sum)) if body.len() == length => {
            Checked::of_checksum(checksum::base62(checksum::crc32(random), SUM_LENGTH).as_bytes() == sum)
        }
        _ => Checked::neutral(),
    }
}
