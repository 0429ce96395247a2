//! What GitHub sends to the issuers of tokens that it finds, and what they answer.
//!
//! Source: GitHub's documentation, "Secret scanning partner program".

use data_encoding::HEXLOWER;
use serde::Serialize;
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use super::WhyNot;
use super::leak::{Leak, Types, written};
use crate::rotate::outbox::{Answer, AnswerState};
use crate::secret::Secret;

/// Most entries of an answer that are looked at: one token was sent.
const MOST_LABELS: usize = 1_000;

#[derive(Serialize)]
struct Match<'m> {
    token: &'m str,
    r#type: &'m str,
    url: &'m str,
    source: &'static str,
}

/// The body of a request: a list of one match. `url` is empty where none is known.
pub fn body(event: &Value, secret: &Secret, types: &Types) -> Result<Zeroizing<String>, WhyNot> {
    let leak = Leak::new(event, secret, types)?;
    let source = match &leak.place {
        place if place.is_file() => "content",
        place if place.is_commit() => "commit",
        _ => "unknown",
    };
    let url = leak.place.url.as_deref().or(leak.place.repository.as_deref()).unwrap_or_default();
    written(&[Match { token: leak.token, r#type: leak.kind, url, source }], &leak)
}

/// What an answer says of `secret`, which was sent as of this `kind`; what it says of others is passed over. If it says both, it is a real
/// one: to look at a wrong one costs less than to leave a real one alone.
pub fn answer(body: &[u8], secret: &Secret, kind: &str) -> Option<Answer> {
    let Ok(Value::Array(labels)) = serde_json::from_slice(body) else { return None };
    let hash = Sha256::digest(secret.expose());
    let is_own = |entry: &Value| {
        let raw = entry["token_raw"].as_str().map(|raw| Sha256::digest(raw) == hash);
        let hashed = entry["token_hash"].as_str().map(|text| text.eq_ignore_ascii_case(&HEXLOWER.encode(&hash)));
        let is_kind = entry["token_type"].as_str().is_none_or(|own| own == kind);
        is_kind && raw.or(hashed).unwrap_or_default()
    };
    let own: Vec<_> = labels.iter().take(MOST_LABELS).filter(|entry| is_own(entry)).filter_map(|entry| entry["label"].as_str()).collect();
    let state = match () {
        () if own.contains(&"true_positive") => AnswerState::Acknowledged,
        () if own.contains(&"false_positive") => AnswerState::Rejected,
        () => return None,
    };
    let note = (state == AnswerState::Rejected).then(|| "its issuer says that it is none (false_positive)".to_owned());
    Some(Answer { state, rotated_ms: None, note })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::leak::tests::event;
    use super::*;

    #[test]
    fn a_body_is_as_the_documentation_has_it() {
        let commit = "c".repeat(40);
        let types = Types::new([("acme.api-key".to_owned(), "acme_key".to_owned())].into());
        let written = |source: &str, place: Value| {
            body(&event(source, &place), &Secret::new(b"t"), &types).map(|text| text.to_string()).expect("because it is one")
        };
        assert_eq!(
            written("https://git.example.org/app", json!({"path": "a.py", "line": 7, "kind": "blob", "commit": commit})),
            format!(r#"[{{"token":"t","type":"acme_key","url":"https://git.example.org/app/blob/{commit}/a.py#L7","source":"content"}}]"#)
        );
        let (message, file) = (json!({"path": "", "line": 1, "kind": "commit-message"}), json!({"path": "a", "line": 1, "kind": "stdin"}));
        assert!(written("https://git.example.org/app", message).ends_with(r#""url":"https://git.example.org/app","source":"commit"}]"#));
        assert!(written("/app", file).ends_with(r#""url":"","source":"unknown"}]"#));
    }

    #[test]
    fn only_what_is_said_of_the_own_token_counts() {
        let secret = Secret::new(b"own");
        let hash = HEXLOWER.encode(&Sha256::digest(b"own"));
        let state = |labels: Value| answer(labels.to_string().as_bytes(), &secret, "acme_key").map(|answer| answer.state);
        let label = |name: &str, token: &str, kind: &str, label: &str| json!({name: token, "token_type": kind, "label": label});
        assert_eq!(state(json!([label("token_raw", "own", "acme_key", "true_positive")])), Some(AnswerState::Acknowledged));
        assert_eq!(state(json!([label("token_hash", &hash, "acme_key", "false_positive")])), Some(AnswerState::Rejected));
        assert_eq!(
            state(json!([
                label("token_hash", &hash.to_uppercase(), "acme_key", "false_positive"),
                {"token_raw": "own", "label": "true_positive"},
            ])),
            Some(AnswerState::Acknowledged)
        );
        for nothing in [
            json!([]),
            json!({}),
            json!([1, "own", null, []]),
            json!([label("token_raw", "other", "acme_key", "false_positive")]),
            json!([label("token_hash", "own", "acme_key", "false_positive")]),
            json!([label("token_raw", "own", "other_key", "false_positive")]),
            json!([label("token_raw", "own", "acme_key", "FALSE_POSITIVE")]),
            json!([{"label": "false_positive"}]),
            json!([{"token_raw": 1, "token_type": 2, "label": "false_positive"}]),
        ] {
            assert_eq!(state(nothing.clone()), None, "{nothing}");
        }
        assert_eq!(answer(b"\xff", &secret, "acme_key"), None);
        assert_eq!(answer("[".repeat(60_000).as_bytes(), &secret, "acme_key"), None);
    }
}
