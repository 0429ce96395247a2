//! What a target is sent: the event itself, or a message made of it. Pure functions of the event's text, and of the secret where a format
//! sends that.
//!
//! A new format is a file here and a line in [`Format::ALL`].

mod chat;

use serde_json::Value;
use zeroize::Zeroizing;

use super::event;
use crate::secret::Secret;

/// A format of requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// CloudEvents 1.0 in structured mode, signed as Standard Webhooks.
    Keysieve,
    /// A message for an incoming webhook of Slack, or of what understands the same.
    Slack,
    /// An adaptive card for a workflow of Teams.
    Teams,
}

impl Format {
    /// Every format.
    pub const ALL: [Self; 3] = [Self::Keysieve, Self::Slack, Self::Teams];

    /// The word in a configuration.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Keysieve => "keysieve",
            Self::Slack => "slack",
            Self::Teams => "teams",
        }
    }

    /// The format of this word.
    pub fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.as_str() == word)
    }

    /// Whether its requests have to be signed. A chat does not check signatures; its address is its secret.
    pub fn is_signed(self) -> bool {
        self == Self::Keysieve
    }

    /// `Content-Type` of its requests.
    pub fn content_type(self) -> &'static str {
        match self {
            Self::Keysieve => "application/cloudevents+json; charset=utf-8",
            Self::Slack | Self::Teams => "application/json; charset=utf-8",
        }
    }

    /// Whether what a receiver answers says something about the exposure.
    pub fn has_answers(self) -> bool {
        self == Self::Keysieve
    }

    /// Whether its requests hold the secret itself.
    pub fn sends_secret(self) -> bool {
        false
    }

    /// The request's body, made of the text of an event. `secret` is what was found; formats that say only what it is do not look at it.
    ///
    /// # Errors
    /// The body cannot be made; nothing is to be sent, and trying again changes nothing.
    pub fn body(self, event: String, secret: Option<&Secret>) -> Result<Zeroizing<String>, WhyNot> {
        if self.sends_secret() && secret.is_none_or(Secret::is_empty) {
            return Err(WhyNot::NoSecret(self.as_str()));
        }
        let read = || serde_json::from_str::<Value>(&event).map_err(|_| WhyNot::Unreadable);
        let body = match self {
            Self::Keysieve => match secret {
                Some(secret) => return Ok(event::with_secret(&event, secret)),
                None => event,
            },
            Self::Slack => chat::slack(&read()?),
            Self::Teams => chat::teams(&read()?),
        };
        Ok(Zeroizing::new(body))
    }
}

/// Why an event cannot be sent in a format. Not for lack of luck: the next attempt would end the same.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WhyNot {
    /// The format sends the secret itself.
    #[error("not sent: the format {0} sends the secret itself, and none was kept with this event; a report holds no secrets")]
    NoSecret(&'static str),
    /// What is in the outbox is no event.
    #[error("not sent: what is in the state file is no event")]
    Unreadable,
}
