//! Signatures of requests: those of Standard Webhooks, and that of GitHub's partner program.
//!
//! Bytes in, header values out. Keys are wiped on drop and never shown. Knows nothing of where they come from.

mod partner;
mod webhook;

pub use partner::PartnerKey;
pub use webhook::{Key, header};

/// The header with the signatures of Standard Webhooks.
pub const SIGNATURE: &str = "webhook-signature";

/// The keys of one target. Which kind it has is a matter of its format.
#[derive(Debug)]
pub enum Signer {
    /// All of them sign, so that a receiver may know only the old one or only the new one.
    Webhook(Vec<Key>),
    /// The first one signs, since a request names one key; receivers may know the others already, or still.
    Partner(Vec<PartnerKey>),
}

impl Signer {
    /// Names and values of the headers that sign `body`. `seconds` since 1970 is the time of this attempt.
    pub fn headers(&self, id: &str, seconds: i64, body: &[u8]) -> Vec<(&'static str, String)> {
        match self {
            Self::Webhook(keys) if keys.is_empty() => Vec::new(),
            Self::Webhook(keys) => vec![(SIGNATURE, header(keys, id, seconds, body))],
            Self::Partner(keys) => keys.first().map_or_else(Vec::new, |key| {
                vec![("github-public-key-identifier", key.id()), ("github-public-key-signature", key.header(body))]
            }),
        }
    }

    /// What receivers need to know of each key, in the order of the configuration.
    pub fn public(&self) -> Vec<PublicKey> {
        match self {
            Self::Webhook(keys) => {
                let one = |key: &Key| PublicKey { algorithm: key.algorithm(), id: None, key: key.public(), signs: true };
                keys.iter().map(one).collect()
            }
            Self::Partner(keys) => {
                let one = |(at, key): (usize, &PartnerKey)| PublicKey {
                    algorithm: PartnerKey::ALGORITHM,
                    id: Some(key.id()),
                    key: Some(key.public()),
                    signs: at == 0,
                };
                keys.iter().enumerate().map(one).collect()
            }
        }
    }
}

/// What a receiver needs to know of a key. Nothing secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicKey {
    /// How it signs, for people and programs.
    pub algorithm: &'static str,
    /// The name by which requests say that it signed them, where they do.
    pub id: Option<String>,
    /// The half that checks signatures: `whpk_` and base64, or PEM. None where the key itself is shared.
    pub key: Option<String>,
    /// Whether it signs now.
    pub signs: bool,
}
