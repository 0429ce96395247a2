//! GitLab's Token Revocation API: tokens are handed to a service that has them revoked.
//!
//! Source: GitLab's documentation, "Token Revocation API". Knows nothing of how it is called.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use zeroize::Zeroizing;

use super::leak::{Leak, Types, written};
use super::{WhyNot, said};
use crate::rotate::outbox::{Answer, AnswerState};
use crate::secret::Secret;

/// Where tokens are revoked.
const REVOKE: &str = "revoke_tokens";
/// Where it says which kinds of tokens it revokes.
const TYPES: &str = "revocable_token_types";
/// Most bytes of the list of kinds that are read.
pub const LONGEST_LIST: u64 = 1 << 20;

#[derive(Serialize)]
struct Token<'t> {
    r#type: &'t str,
    token: &'t str,
    location: &'t str,
}

/// The body of a request: a list of one token.
pub fn body(event: &Value, secret: &Secret, types: &Types) -> Result<Zeroizing<String>, WhyNot> {
    let leak = Leak::new(event, secret, types)?;
    let location = leak.place.url.as_deref().unwrap_or(&leak.place.text);
    written(&[Token { r#type: leak.kind, token: leak.token, location }], &leak)
}

/// The two addresses of a service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Addresses {
    /// Where tokens are revoked.
    pub revoke: String,
    /// Where it says which kinds of tokens it revokes.
    pub types: String,
}

/// The addresses that `url` stands for: that of `…/v1/revoke_tokens`, as GitLab's own setting has it, or what comes before `/v1`.
///
/// # Errors
/// It has a query, and nobody knows which of both it belongs to: the end of a sentence.
pub fn addresses(url: &str) -> Result<Addresses, &'static str> {
    if url.contains(['?', '#']) {
        return Err("has a query (`?…`), which this format does not know");
    }
    let url = url.trim_end_matches('/');
    let named = [REVOKE, TYPES].iter().find_map(|name| url.strip_suffix(name)?.strip_suffix('/'));
    let base = match named {
        Some(base) => base.to_owned(),
        None if url.ends_with("/v1") => url.to_owned(),
        None => format!("{url}/v1"),
    };
    Ok(Addresses { revoke: format!("{base}/{REVOKE}"), types: format!("{base}/{TYPES}") })
}

/// The kinds of tokens that a service revokes; none if that is no such list.
pub fn read_types(body: &[u8]) -> Option<BTreeSet<String>> {
    #[derive(Deserialize)]
    struct List {
        types: BTreeSet<String>,
    }
    serde_json::from_slice::<List>(body).ok().map(|list| list.types)
}

/// What an answer says. 204 is "accepted for eventual revocation": somebody sees to it, and nothing is revoked yet. A service that knows
/// more may say so as receivers of the format `keysieve` do.
pub fn answer(status: u16, body: &[u8]) -> Option<Answer> {
    let accepted = || Answer { state: AnswerState::Acknowledged, rotated_ms: None, note: None };
    said::read(body).or_else(|| (status == 204).then(accepted))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::leak::tests::event;
    use super::*;

    #[test]
    fn a_body_is_as_the_documentation_has_it() {
        let commit = "b".repeat(40);
        let types = Types::new([("acme.api-key".to_owned(), "gitleaks_rule_id_acme".to_owned())].into());
        let place = json!({"path": "src/a.py", "line": 7, "kind": "blob", "commit": commit});
        let text = body(&event("https://git.example.org/app", &place), &Secret::new(b"to\"ken\n"), &types).expect("because it is one");
        let own: Value = serde_json::from_str(&text).expect("because it is JSON");
        let location = format!("https://git.example.org/app/blob/{commit}/src/a.py#L7");
        assert_eq!(own, json!([{"type": "gitleaks_rule_id_acme", "token": "to\"ken\n", "location": location}]));
        let file = json!({"path": "src/a.py", "line": 7, "kind": "file"});
        let text = body(&event("/app", &file), &Secret::new(b"t"), &Types::default()).expect("because it is one");
        assert_eq!(text.as_str(), r#"[{"type":"acme.api-key","token":"t","location":"src/a.py:7 in /app"}]"#);
        assert_eq!(body(&event("/app", &file), &Secret::new(&[0xff]), &types), Err(WhyNot::NoText));
    }

    #[test]
    fn an_address_is_that_of_the_service_or_of_one_of_its_two_endpoints() {
        let both =
            |base: &str| Ok(Addresses { revoke: format!("{base}/v1/revoke_tokens"), types: format!("{base}/v1/revocable_token_types") });
        for (url, base) in [
            ("https://srs.example.org", "https://srs.example.org"),
            ("https://srs.example.org/", "https://srs.example.org"),
            ("https://srs.example.org/a/v1", "https://srs.example.org/a"),
            ("https://srs.example.org/a/v1/revoke_tokens", "https://srs.example.org/a"),
            ("https://srs.example.org/v1/revocable_token_types/", "https://srs.example.org"),
            ("http://127.0.0.1:80/xv1", "http://127.0.0.1:80/xv1"),
        ] {
            assert_eq!(addresses(url), both(base), "{url}");
        }
        assert!(addresses("https://srs.example.org/?a=b").is_err());
    }

    #[test]
    fn only_a_list_of_types_is_one() {
        assert_eq!(read_types(br#"{"types":["b","a","b"],"more":1}"#), Some(["a", "b"].map(str::to_owned).into()));
        for wrong in ["", "[]", "{}", r#"{"types":"a"}"#, r#"{"types":[1]}"#, "<html>"] {
            assert_eq!(read_types(wrong.as_bytes()), None, "{wrong}");
        }
    }

    #[test]
    fn accepted_is_not_revoked() {
        let state = |status, body: &str| answer(status, body.as_bytes()).map(|answer| answer.state);
        assert_eq!(state(204, ""), Some(AnswerState::Acknowledged));
        assert_eq!((state(200, ""), state(202, "<html>")), (None, None));
        assert_eq!(state(200, r#"{"state":"rotated"}"#), Some(AnswerState::Rotated));
    }
}
