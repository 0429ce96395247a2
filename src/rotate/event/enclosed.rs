//! What of the secret itself goes with an event, and how much of it an event can hold.

use serde_json::json;
use zeroize::Zeroizing;

use super::LARGEST;
use crate::secret::Secret;

/// Fewest bytes that an event without a secret may take.
const LEAST_ROOM: usize = 8_000;

/// What of the secret itself goes with an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Enclosed<'a> {
    /// Nothing.
    Nothing,
    /// It should, but is too long.
    TooLong,
    /// An age file for the receiver.
    Encrypted(&'a str),
    /// The secret, when it is sent: so many bytes are left free for it.
    Room(usize),
}

impl Enclosed<'_> {
    /// The same, or that it is too long: an event stays below [`LARGEST`].
    pub(super) fn fitting(self) -> Self {
        let bytes = match self {
            Self::Encrypted(text) => json!(text).to_string().len(),
            Self::Room(bytes) => bytes,
            Self::Nothing | Self::TooLong => 0,
        };
        if bytes > LARGEST - LEAST_ROOM { Self::TooLong } else { self }
    }

    /// The event is shorter than so many bytes.
    pub(super) fn largest(self) -> usize {
        if let Self::Room(bytes) = self { LARGEST.saturating_sub(bytes) } else { LARGEST }
    }
}

/// Bytes that `secret` takes in an event.
pub fn room(secret: &Secret) -> usize {
    enclosed(secret).len()
}

/// The text of an event with the secret itself in it, as `value`, or as `value_base64` where it is no text. Without it where it was too long
/// when the event was written.
pub fn with_secret(event: &str, secret: &Secret) -> Zeroizing<String> {
    // In a text of JSON there is no quote without a backslash, so this is the key.
    let key = "\"secret\":{";
    match event.find(key) {
        Some(at) if event.len() + room(secret) < LARGEST && !event.contains("\"too_long\":true") => {
            let (before, behind) = event.split_at(at + key.len());
            let mut whole = Zeroizing::new(String::with_capacity(LARGEST));
            [before, &enclosed(secret), behind].into_iter().for_each(|part| whole.push_str(part));
            whole
        }
        _ => Zeroizing::new(event.to_owned()),
    }
}

fn enclosed(secret: &Secret) -> Zeroizing<String> {
    let (key, value) = match std::str::from_utf8(secret.expose()) {
        Ok(text) => ("value", serde_json::to_string(text).unwrap_or_default()),
        Err(_) => ("value_base64", format!("\"{}\"", data_encoding::BASE64.encode(secret.expose()))),
    };
    let value = Zeroizing::new(value);
    Zeroizing::new(format!("\"{key}\":{},", &*value))
}
