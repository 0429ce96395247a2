//! The keys of a target: looked up where the configuration says they are, and read as its format has them. Opens no socket.

use crate::rotate::config::{Lookup, Reference, Target};
use crate::rotate::sign::{Key, PartnerKey, PublicKey, Signer};

/// The keys that sign what `target` is sent.
///
/// # Errors
/// One is not there, or is of the wrong kind; never says what is in it.
pub fn signer(target: &Target, lookup: Lookup<'_>) -> Result<Signer, String> {
    Ok(if target.format.is_signed_as_partner() {
        Signer::Partner(each(target, lookup, PartnerKey::read)?)
    } else {
        Signer::Webhook(each(target, lookup, Key::read)?)
    })
}

fn each<K>(target: &Target, lookup: Lookup<'_>, read: fn(&str) -> Result<K, String>) -> Result<Vec<K>, String> {
    let one = |reference: &Reference| {
        let text = reference.value(lookup)?;
        read(&text).map_err(|why| format!("the {reference} holds no key for the format `{}`: {why}", target.format.as_str()))
    };
    target.signing_keys.iter().map(one).collect()
}

/// What receivers need to know of the keys of `target`, and where each of them is; nothing secret.
///
/// # Errors
/// As of delivering: a key is not there, or is of the wrong kind.
pub fn public_keys(target: &Target, lookup: Lookup<'_>) -> Result<Vec<(String, PublicKey)>, String> {
    let keys = signer(target, lookup)?.public();
    Ok(target.signing_keys.iter().map(ToString::to_string).zip(keys).collect())
}
