//! What an answer means for an event.

use super::schedule;
use crate::rotate::outbox::{Answer, Claim, Outcome};

/// An answer as far as it counts.
#[derive(Debug)]
pub struct Reply {
    /// Status.
    pub status: u16,
    /// `Retry-After`.
    pub retry_after: Option<String>,
    /// What a success says of the exposure.
    pub answer: Option<Answer>,
    /// Whether the request must not be made again, as the format has it.
    pub is_final: bool,
    /// What was asked for, where that was not yet the delivery: the beginning of a message.
    pub asked: &'static str,
    /// `webhook-signature` of what was sent, where that is the event as the outbox has it. Never of what holds a secret: with a public key, a
    /// signature would tell whether a guess is the secret.
    pub signature: Option<String>,
}

/// Why there is no answer that counts.
#[derive(Debug)]
pub enum NoReply {
    /// Nothing was sent, and the next attempt would end the same: for people.
    Unsendable(String),
    /// Nothing was sent, since the receiver has no use for it: for people.
    Needless(String),
    /// There was no whole answer: for people, without anything secret.
    Unanswered(String),
}

/// What was tried.
pub struct Tried<'t> {
    /// The event.
    pub claim: &'t Claim,
    /// When.
    pub at_ms: i64,
    /// How often in a row the target was overloaded before.
    pub streak: u32,
    /// Whether the event is given up when its schedule ends.
    pub gives_up: bool,
}

/// Whether this status asks for fewer requests.
pub fn slows(status: u16) -> bool {
    matches!(status, 429 | 502 | 503 | 504)
}

/// What came of it.
pub fn outcome(reply: Result<Reply, NoReply>, tried: &Tried<'_>) -> Outcome {
    let reply = match reply {
        Ok(reply) if (200..300).contains(&reply.status) => {
            return Outcome::Delivered { http: reply.status, signature: reply.signature, answer: reply.answer };
        }
        Ok(reply) => reply,
        Err(NoReply::Unanswered(why)) => {
            return Outcome::Failed { http: None, why, next_ms: next_ms(tried, 0), slow_until_ms: None, disables: false };
        }
        Err(NoReply::Unsendable(why)) => return Outcome::Unsendable { why },
        Err(NoReply::Needless(why)) => return Outcome::Needless { why },
    };
    let status = reply.status;
    let asked_ms = reply.retry_after.as_deref().and_then(|value| schedule::retry_after(value, tried.at_ms)).map(|seconds| seconds * 1_000);
    let slow_until_ms = slows(status).then(|| tried.at_ms + asked_ms.unwrap_or_else(|| schedule::slow_ms(tried.streak)));
    let disables = status == 410;
    let next_ms = match () {
        () if disables => Some(tried.at_ms),
        () if reply.is_final => None,
        () => next_ms(tried, asked_ms.unwrap_or_default()),
    };
    let why = format!("{}{}", reply.asked, said(status));
    Outcome::Failed { http: Some(status), why, next_ms, slow_until_ms, disables }
}

/// What a status means, in words.
fn said(status: u16) -> String {
    let means = match status {
        300..400 => "a redirect, which is never followed: write the address it leads to into the configuration",
        401 | 403 => "the receiver does not accept the signature or the credentials",
        404 => "there is no such address at the receiver",
        410 => "the receiver is gone for good",
        413 => "the receiver takes no bodies of this size",
        429 => "the receiver is asked too often",
        400..500 => "the receiver refuses the request",
        502..=504 => "the receiver is overloaded or not there",
        _ => "the receiver failed",
    };
    format!("HTTP {status}: {means}")
}

fn next_ms(tried: &Tried<'_>, asked_ms: i64) -> Option<i64> {
    let id = &tried.claim.id;
    let delay_ms = match schedule::delay_ms(id, tried.claim.attempts.saturating_add(1)) {
        None if tried.gives_up => return None,
        delay => delay.unwrap_or_else(|| schedule::last_ms(id)),
    };
    Some(tried.at_ms + delay_ms.max(asked_ms))
}

#[cfg(test)]
mod tests {
    use zeroize::Zeroizing;

    use super::*;

    fn tried(claim: &Claim) -> Tried<'_> {
        Tried { claim, at_ms: 1_000_000, streak: 0, gives_up: true }
    }

    fn claim(attempts: u32) -> Claim {
        Claim { seq: 1, id: "evt_1".to_owned(), body: Zeroizing::new(String::new()), attempts, sealed: None }
    }

    fn reply(status: u16, retry_after: Option<&str>) -> Result<Reply, NoReply> {
        Ok(Reply { status, retry_after: retry_after.map(str::to_owned), answer: None, is_final: false, asked: "", signature: None })
    }

    #[test]
    fn only_2xx_is_a_delivery() {
        let claim = claim(0);
        for status in [200, 201, 202, 204, 299] {
            assert!(matches!(outcome(reply(status, None), &tried(&claim)), Outcome::Delivered { answer: None, .. }), "{status}");
        }
        for status in [100, 199, 301, 302, 307, 308, 400, 401, 404, 410, 429, 500, 503, 999] {
            assert!(matches!(outcome(reply(status, None), &tried(&claim)), Outcome::Failed { .. }), "{status}");
        }
    }

    #[test]
    fn retry_after_counts_for_the_event_and_for_the_target() {
        let claim = claim(0);
        let Outcome::Failed { next_ms, slow_until_ms, .. } = outcome(reply(429, Some("3600")), &tried(&claim)) else {
            panic!("because it failed")
        };
        assert_eq!((next_ms, slow_until_ms), (Some(4_600_000), Some(4_600_000)));
        let Outcome::Failed { disables, next_ms, .. } = outcome(reply(410, None), &tried(&claim)) else { panic!("because it failed") };
        assert!(disables && next_ms.is_some());
    }

    #[test]
    fn after_the_last_attempt_an_event_is_given_up_unless_a_person_sends_it() {
        let last = claim(9);
        let next = |tried: &Tried<'_>| match outcome(Err(NoReply::Unanswered("x".to_owned())), tried) {
            Outcome::Failed { next_ms, .. } => next_ms,
            _ => panic!("because it failed"),
        };
        assert_eq!(next(&tried(&last)), None);
        assert!(next(&Tried { gives_up: false, ..tried(&last) }).is_some());
        assert!(next(&tried(&claim(8))).is_some());
    }

    #[test]
    fn what_must_not_be_asked_again_is_given_up_at_once_whoever_asks() {
        let claim = claim(0);
        let reply = Reply { status: 400, retry_after: None, answer: None, is_final: true, asked: "asked for x: ", signature: None };
        let tried = Tried { gives_up: false, ..tried(&claim) };
        let Outcome::Failed { next_ms, why, .. } = outcome(Ok(reply), &tried) else { panic!("because it failed") };
        assert_eq!((next_ms, why.as_str()), (None, "asked for x: HTTP 400: the receiver refuses the request"));
        assert_eq!(outcome(Err(NoReply::Needless("x".to_owned())), &tried), Outcome::Needless { why: "x".to_owned() });
    }
}
