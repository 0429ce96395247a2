//! What a target is sent: the event itself, or a message made of it. Pure functions of the event's text.
//!
//! A new format is a file here and a line in [`Format::ALL`].

mod chat;

use serde_json::Value;

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

    /// The request's body, made of the text of an event.
    pub fn body(self, event: String) -> String {
        match (self, serde_json::from_str::<Value>(&event)) {
            (Self::Slack, Ok(event)) => chat::slack(&event),
            (Self::Teams, Ok(event)) => chat::teams(&event),
            _ => event,
        }
    }
}
