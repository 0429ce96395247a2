//! Secrets under lock: for the receiver that alone can open them, or on this machine until they are sent. The format is age with X25519.
//!
//! Bytes in, bytes out. Knows nothing of where keys are kept, and never shows a private one.

use std::fmt;

use age::secrecy::ExposeSecret as _;
use age::x25519::{Identity, Recipient as PublicKey};
use zeroize::Zeroizing;

use crate::secret::Secret;

/// Who can open what is encrypted for it: the public half of a receiver's key.
#[derive(Clone)]
pub struct Recipient(PublicKey);

impl fmt::Debug for Recipient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Recipient({})", self.0)
    }
}

impl Recipient {
    /// Reads `age1…`, as `age-keygen` writes it.
    ///
    /// # Errors
    /// It is none; the message does not repeat it.
    pub fn read(text: &str) -> Result<Self, &'static str> {
        if text.to_ascii_uppercase().starts_with("AGE-SECRET-KEY-") {
            return Err(
                "is a private key; write the public one, `age1…`, which `age-keygen -y` tells, and make a new pair: this one has been shown",
            );
        }
        text.parse().map(Self).map_err(|_| "is no age recipient on X25519, which begins with `age1`")
    }

    /// An age file in ASCII armor that only the receiver can open.
    pub fn encrypt(&self, secret: &Secret) -> String {
        age::encrypt_and_armor(&self.0, secret.expose()).expect("because memory takes it, and there is one recipient")
    }
}

/// The key of a state file: what waits to be sent is sealed with it.
pub struct Key(Identity);

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key(X25519)")
    }
}

impl Key {
    /// A new one.
    pub fn generate() -> Self {
        Self(Identity::generate())
    }

    /// Tells this key from others; public, and fit for the name of a file.
    pub fn name(&self) -> String {
        self.0.to_public().to_string().chars().rev().take(12).collect()
    }

    /// Reads what [`Self::written`] wrote. None if it is no key.
    pub fn read(text: &str) -> Option<Self> {
        text.trim().parse().ok().map(Self)
    }

    /// The key as text.
    pub fn written(&self) -> Zeroizing<String> {
        Zeroizing::new(format!("{}\n", self.0.to_string().expose_secret()))
    }

    /// An age file that only this key opens.
    pub fn seal(&self, secret: &Secret) -> Vec<u8> {
        age::encrypt(&self.0.to_public(), secret.expose()).expect("because memory takes it, and there is one recipient")
    }

    /// What was sealed. None if it is not whole, or was sealed with another key.
    pub fn open(&self, sealed: &[u8]) -> Option<Secret> {
        age::decrypt(&self.0, sealed).ok().map(Zeroizing::new).map(|bytes| Secret::new(&bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_its_own_key_opens_what_was_sealed() {
        let (key, secret) = (Key::generate(), Secret::new(b"not so secret \xff"));
        let sealed = key.seal(&secret);
        assert_eq!(key.open(&sealed).as_ref(), Some(&secret));
        let read = Key::read(&key.written()).expect("because it was written so");
        assert_eq!(read.open(&sealed).as_ref(), Some(&secret));
        assert!(Key::generate().open(&sealed).is_none() && key.open(&sealed[..sealed.len() - 1]).is_none() && key.open(b"").is_none());
        assert!(Key::read("AGE-SECRET-KEY-1").is_none());
        assert!(!format!("{key:?}").contains("AGE"));
    }

    #[test]
    fn what_is_encrypted_is_for_its_receiver() {
        let identity = Identity::generate();
        let recipient = Recipient::read(&identity.to_public().to_string()).expect("because it is a recipient");
        let text = recipient.encrypt(&Secret::new(b"not so secret"));
        assert!(text.starts_with("-----BEGIN AGE ENCRYPTED FILE-----\n"), "{text}");
        assert_eq!(age::decrypt(&identity, text.as_bytes()).ok().as_deref(), Some(&b"not so secret"[..]));
        let private = identity.to_string();
        for wrong in ["", "age1", "ssh-ed25519 AAAA", "age1pq1qq", private.expose_secret()] {
            let said = Recipient::read(wrong).expect_err("because it is none");
            assert!(wrong.is_empty() || wrong == "age1" || !said.contains(wrong), "{said}");
        }
    }
}
