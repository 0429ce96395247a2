//! The name of a secret that survives moves, rebases and re-indentation.

use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use serde::{Serialize, Serializer};
use sha2::Sha256;

use crate::secret::Secret;

/// `v1:<family>:<32 lower-case hex digits>`, made of the rule's family (the provider slug) and a keyed hash of the secret. No path, line or
/// commit goes into it. Two rules of one provider that find the same secret share it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fingerprint(String);

/// The key of all fingerprints of a run.
#[derive(Clone)]
pub struct FingerprintKey(Vec<u8>);

/// Used where no key was given, so that runs on different machines agree. It is public: without a key of one's own, a guessable
/// password can be guessed from its fingerprint.
const FIXED_KEY: &[u8] = b"keysieve fingerprint v1";

/// Bytes of the HMAC-SHA256 that are kept; 128 bits leave no room for chance collisions.
const KEPT_BYTES: usize = 16;

/// Longest family that is read back, in bytes.
const LONGEST_FAMILY: usize = 200;

impl Default for FingerprintKey {
    fn default() -> Self {
        Self(FIXED_KEY.to_vec())
    }
}

impl FingerprintKey {
    /// A key of the user's own, of any length.
    pub fn new(key: &[u8]) -> Self {
        Self(key.to_vec())
    }
}

impl fmt::Debug for FingerprintKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FingerprintKey({} bytes)", self.0.len())
    }
}

impl Fingerprint {
    /// Fingerprint of `secret` in the rule family `family` (a rule id's part before the first dot).
    pub fn new(key: &FingerprintKey, family: &str, secret: &Secret) -> Self {
        let mut mac = Hmac::<Sha256>::new_from_slice(&key.0).expect("because HMAC takes keys of any length");
        mac.update(family.as_bytes());
        mac.update(&[0]);
        mac.update(secret.expose());
        let digest = mac.finalize().into_bytes();
        Self(format!("v1:{family}:{}", data_encoding::HEXLOWER.encode(&digest[..KEPT_BYTES])))
    }

    /// A fingerprint as a report holds it; `None` if `text` is none.
    pub fn parse(text: &str) -> Option<Self> {
        let (family, digest) = text.strip_prefix("v1:")?.split_once(':')?;
        let is_family = (1..=LONGEST_FAMILY).contains(&family.len()) && family.bytes().all(|byte| byte.is_ascii_graphic());
        let is_digest = digest.len() == 2 * KEPT_BYTES && digest.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        (is_family && is_digest).then(|| Self(text.to_owned()))
    }

    /// The whole fingerprint.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The 32 hex digits alone.
    pub fn digest(&self) -> &str {
        self.0.rsplit(':').next().unwrap_or(&self.0)
    }

    /// The first eight hex digits: enough to name a finding on a terminal.
    pub fn short(&self) -> &str {
        &self.digest()[..8]
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Serialize for Fingerprint {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn key_family_and_secret_all_count() {
        let secret = Secret::new(b"one");
        let base = Fingerprint::new(&FingerprintKey::default(), "github", &secret);
        assert_eq!(base, Fingerprint::new(&FingerprintKey::default(), "github", &secret));
        assert_ne!(base, Fingerprint::new(&FingerprintKey::new(b"own"), "github", &secret));
        assert_ne!(base, Fingerprint::new(&FingerprintKey::default(), "gitlab", &secret));
        assert_ne!(base, Fingerprint::new(&FingerprintKey::default(), "github", &Secret::new(b"two")));
        assert!(base.as_str().starts_with("v1:github:"));
        assert_eq!(base.digest().len(), 32);
        assert_eq!(Fingerprint::parse(base.as_str()), Some(base.clone()));
        for wrong in ["", "v1:", "v1::", "v1:a:b", &base.as_str()[1..], &base.as_str()[..40], &base.as_str().replace("github", "gi\thub")] {
            assert_eq!(Fingerprint::parse(wrong), None, "{wrong}");
        }
    }
}
