//! What a target is sent: the event itself, or a message made of it. Pure functions of the event's text, and of the secret where a format
//! sends that.
//!
//! A new format is a file here and a line in [`Format::ALL`].

mod chat;
mod leak;
mod partner;
pub mod revoke;
mod said;

use serde_json::Value;
use zeroize::Zeroizing;

use super::event;
use super::outbox::Answer;
use crate::secret::Secret;

pub use leak::Types;

/// A format of requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// CloudEvents 1.0 in structured mode, signed as Standard Webhooks.
    Keysieve,
    /// A message for an incoming webhook of Slack, or of what understands the same.
    Slack,
    /// An adaptive card for a workflow of Teams.
    Teams,
    /// A call of GitLab's Token Revocation API.
    GitlabRevokeTokens,
    /// What GitHub sends to partners whose tokens it finds.
    GithubPartner,
}

impl Format {
    /// Every format.
    pub const ALL: [Self; 5] = [Self::Keysieve, Self::Slack, Self::Teams, Self::GitlabRevokeTokens, Self::GithubPartner];

    /// The word in a configuration.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Keysieve => "keysieve",
            Self::Slack => "slack",
            Self::Teams => "teams",
            Self::GitlabRevokeTokens => "gitlab-revoke-tokens",
            Self::GithubPartner => "github-partner",
        }
    }

    /// The format of this word.
    pub fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.as_str() == word)
    }

    /// Whether its requests have to be signed. A chat does not check signatures; its address is its secret. GitLab's API knows callers by
    /// a header.
    pub fn is_signed(self) -> bool {
        matches!(self, Self::Keysieve | Self::GithubPartner)
    }

    /// Whether it is signed as GitHub signs, and not as Standard Webhooks.
    pub fn is_signed_as_partner(self) -> bool {
        self == Self::GithubPartner
    }

    /// `Content-Type` of its requests.
    pub fn content_type(self) -> &'static str {
        match self {
            Self::Keysieve => "application/cloudevents+json; charset=utf-8",
            Self::Slack | Self::Teams => "application/json; charset=utf-8",
            Self::GitlabRevokeTokens | Self::GithubPartner => "application/json",
        }
    }

    /// Whether its requests hold the secret itself.
    pub fn sends_secret(self) -> bool {
        matches!(self, Self::GitlabRevokeTokens | Self::GithubPartner)
    }

    /// Whether a receiver must be asked first which kinds of tokens it takes.
    pub fn asks_first(self) -> bool {
        self == Self::GitlabRevokeTokens
    }

    /// Whether this status says that the request must not be made again.
    pub fn is_final(self, status: u16) -> bool {
        self == Self::GitlabRevokeTokens && status == 400
    }

    /// The request's body, made of the text of an event. `secret` is what was found; formats that say only what it is do not look at it.
    ///
    /// # Errors
    /// The body cannot be made; nothing is to be sent, and trying again changes nothing.
    pub fn body(self, event: String, secret: Option<&Secret>, types: &Types) -> Result<Zeroizing<String>, WhyNot> {
        let read = || serde_json::from_str::<Value>(&event).map_err(|_| WhyNot::Unreadable);
        let needed = || secret.filter(|secret| !secret.is_empty()).ok_or(WhyNot::NoSecret(self.as_str()));
        let body = match self {
            Self::GitlabRevokeTokens => return revoke::body(&read()?, needed()?, types),
            Self::GithubPartner => return partner::body(&read()?, needed()?, types),
            Self::Keysieve => match secret {
                Some(secret) => return Ok(event::with_secret(&event, secret)),
                None => event,
            },
            Self::Slack => chat::slack(&read()?),
            Self::Teams => chat::teams(&read()?),
        };
        Ok(Zeroizing::new(body))
    }

    /// What a success says of the exposure; `answer` is its content, which is foreign. `secret` was sent, as of this `kind`.
    pub fn answer(self, status: u16, answer: &[u8], secret: Option<&Secret>, kind: &str) -> Option<Answer> {
        match self {
            Self::Keysieve => said::read(answer),
            Self::Slack | Self::Teams => None,
            Self::GitlabRevokeTokens => revoke::answer(status, answer),
            Self::GithubPartner => partner::answer(answer, secret?, kind),
        }
    }
}

/// Why an event cannot be sent in a format. Not for lack of luck: the next attempt would end the same.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WhyNot {
    /// The format sends the secret itself.
    #[error(
        "not sent: the format {0} sends the secret itself, and this event was written without it: `include_secret` said so, or a report, which holds none"
    )]
    NoSecret(&'static str),
    /// The secret is no text, and JSON has no other strings.
    #[error("not sent: the secret is no UTF-8, and the format takes only text")]
    NoText,
    /// What is in the outbox is no event.
    #[error("not sent: what is in the state file is no event")]
    Unreadable,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_sends_the_secret_sends_nothing_without_it_and_chats_never_hold_it() {
        let event = leak::tests::event("/app", &Value::Null).to_string();
        let secret = Secret::new(b"own-secret");
        for format in Format::ALL {
            let body = |secret: Option<&Secret>| format.body(event.clone(), secret, &Types::default());
            let with = body(Some(&secret)).expect("because it can be made");
            assert_eq!(with.contains("own-secret"), format.sends_secret() || format == Format::Keysieve, "{}", format.as_str());
            let empty = Secret::new(b"");
            for without in [body(None), body(Some(&empty))] {
                assert_eq!(
                    without.is_err_and(|why| why == WhyNot::NoSecret(format.as_str())),
                    format.sends_secret(),
                    "{}",
                    format.as_str()
                );
            }
            assert_eq!(Format::of(format.as_str()), Some(format));
        }
        assert_eq!(Format::Slack.body("no event".to_owned(), None, &Types::default()), Err(WhyNot::Unreadable));
    }
}
