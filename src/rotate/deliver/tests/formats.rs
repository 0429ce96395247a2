//! Formats that send the secret itself, against receivers on this machine.

use std::ffi::OsString;

use data_encoding::{BASE64, HEXLOWER};
use p256::ecdsa::signature::Verifier as _;
use p256::ecdsa::{Signature, VerifyingKey};
use p256::pkcs8::{DecodePublicKey as _, EncodePrivateKey as _, LineEnding};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::super::answer::{NoReply, Reply};
use super::super::sender::Sender;
use super::server::{Request, Server, said};
use super::*;
use crate::rotate::outbox::{AnswerState, Claim};
use crate::rotate::sign::PartnerKey;
use crate::secret::Secret;

/// The token that is sent, made now.
fn token() -> String {
    ["gh", "p_", &"k3".repeat(18)].concat()
}

fn pem() -> String {
    let key = p256::SecretKey::from_slice(&[13; 32]).expect("because it is a scalar of the curve");
    key.to_pkcs8_pem(LineEnding::LF).expect("because it can be written").to_string()
}

fn lookup(name: &str) -> Option<OsString> {
    match name {
        "KEY" => Some(pem().into()),
        "TOKEN" => Some("caller".into()),
        _ => None,
    }
}

fn sender(url: &str, format: &str, more: &str) -> Sender {
    let keys = "signing_keys: [{env: KEY}]";
    let header = "headers: {Authorization: {env: TOKEN, prefix: 'Bearer '}}";
    let own = if format == "github-partner" { keys } else { header };
    let text = format!("targets: [{{name: t, url: '{url}', format: {format}, include_secret: plain, {own}{more}}}]");
    let config = read("rotation.yaml", Path::new("/"), text.as_bytes()).unwrap_or_else(|error| panic!("{error}"));
    Sender::new(&config.targets[0], &lookup).unwrap_or_else(|why| panic!("{why}"))
}

/// An event about a token of `rule`.
fn claim(rule: &str) -> Claim {
    let place = json!({"path": "a.py", "line": 3, "kind": "blob", "commit": "d".repeat(40)});
    let event = json!({"source": "https://git.example.org/app", "data": {"rule": {"id": rule}, "locations": [place]}});
    Claim { seq: 1, id: "evt_1".to_owned(), body: event.to_string().into(), attempts: 0, sealed: None }
}

fn send(sender: &Sender, rule: &str) -> Result<Reply, NoReply> {
    sender.send(&claim(rule), Some(&Secret::new(token().as_bytes())), now_ms())
}

/// What came of sending everything now, by a person who allows that secrets are sent.
fn delivered(bench: &Bench) -> Done {
    let options = Options { config: &bench.config, only: None, lookup: &lookup, allow_plain: true, now: true, wait_ms: 0, clock: &now_ms };
    deliver(&bench.path, &options).expect("because the state can be written")
}

/// Answers a request of the list with `types`, and others with `revoked`.
fn service(types: &'static str, revoked: u16) -> Server {
    Server::new(move |_, request: &Request| if request.body.is_empty() { said(200, "", types) } else { said(revoked, "", "") })
}

fn bodies(server: &Server) -> Vec<Value> {
    let requests = server.requests.lock().expect("because no test panics with it");
    requests
        .iter()
        .filter(|request| !request.body.is_empty())
        .map(|own| serde_json::from_slice(&own.body).expect("because it is JSON"))
        .collect()
}

#[test]
fn a_service_is_asked_once_which_types_it_revokes_and_gets_those() {
    let server = service(r#"{"types":["github.personal-access-token","acme_key"]}"#, 204);
    let sender = sender(&server.url(), "gitlab-revoke-tokens", ", types: {acme.api-key: acme_key}");
    for rule in ["github.personal-access-token", "acme.api-key"] {
        let reply = send(&sender, rule).expect("because it was answered");
        assert_eq!(reply.answer.map(|answer| answer.state), Some(AnswerState::Acknowledged), "accepted is not yet revoked");
    }
    let Err(NoReply::Needless(why)) = send(&sender, "npm.access-token") else { panic!("because it is not in the list") };
    assert!(why.contains("`npm.access-token`") && why.contains("`types`"), "{why}");
    let location = format!("https://git.example.org/app/blob/{}/a.py#L3", "d".repeat(40));
    let sent = |kind: &str| json!([{"type": kind, "token": token(), "location": location}]);
    assert_eq!(bodies(&server), [sent("github.personal-access-token"), sent("acme_key")]);
    let requests = server.requests.lock().expect("because no test panics with it");
    assert_eq!(requests.len(), 3, "the list is asked for once");
    assert!(requests.iter().all(|request| request.header("authorization") == "Bearer caller"));
    assert_eq!((requests[1].header("content-type"), requests[1].header("webhook-id")), ("application/json", "evt_1"));
}

#[test]
fn nothing_is_sent_to_a_service_that_does_not_say_what_it_revokes() {
    for (status, types) in [(500, ""), (401, ""), (302, ""), (429, ""), (404, "")] {
        let server = Server::new(move |_, _| said(status, "retry-after: 7\r\n", types));
        let reply = send(&sender(&server.url(), "gitlab-revoke-tokens", ""), "acme.api-key").expect("because it was answered");
        assert_eq!((reply.status, reply.retry_after.as_deref(), reply.asked), (status, Some("7"), "asked which types it revokes: "));
        assert_eq!(bodies(&server), [Value::Null; 0]);
    }
    let long = format!("{{\"types\":[\"{}\"]}}", "a".repeat(1 << 20)).leak();
    for types in ["", "[]", "<html>", r#"{"types":{}}"#, long] {
        let server = Server::new(|_, _| said(200, "", types));
        let said = send(&sender(&server.url(), "gitlab-revoke-tokens", ""), "acme.api-key");
        let Err(NoReply::Unanswered(why)) = said else { panic!("because that is no list: {said:?}") };
        assert!(why.contains(r#"{"types": […]}"#), "{why}");
        assert_eq!(bodies(&server), [Value::Null; 0]);
    }
    let empty = service(r#"{"types":[]}"#, 204);
    assert!(matches!(send(&sender(&empty.url(), "gitlab-revoke-tokens", ""), "acme.api-key"), Err(NoReply::Needless(_))));
}

#[test]
fn what_a_service_refuses_is_not_asked_again_and_what_is_too_much_is() {
    for (status, is_final) in [(400, true), (429, false), (500, false), (401, false)] {
        let server = service(r#"{"types":["acme.api-key"]}"#, status);
        let reply = send(&sender(&server.url(), "gitlab-revoke-tokens", ""), "acme.api-key").expect("because it was answered");
        assert_eq!((reply.status, reply.is_final), (status, is_final));
    }
}

#[test]
fn an_issuer_is_told_as_github_tells_it() {
    let hash = HEXLOWER.encode(&Sha256::digest(token()));
    let answers = [
        json!([{"token_raw": token(), "token_type": "acme_key", "label": "true_positive"}]).to_string(),
        json!([{"token_hash": "0".repeat(64), "label": "true_positive"}, {"token_hash": hash, "token_type": "acme_key", "label": "false_positive"}])
            .to_string(),
        json!([{"token_raw": "another", "token_type": "acme_key", "label": "false_positive"}]).to_string(),
        "thanks!".to_owned(),
        format!("[{}]", " ".repeat(70_000)),
    ];
    let server = Server::new(move |number, _| said(200, "", &answers[number]));
    let sender = sender(&server.url(), "github-partner", ", types: {acme.api-key: acme_key}");
    let states = (0..5).map(|_| send(&sender, "acme.api-key").expect("because it was answered").answer);
    let states: Vec<_> = states.map(|answer| answer.map(|answer| (answer.state, answer.note.is_some()))).collect();
    assert_eq!(states, [Some((AnswerState::Acknowledged, false)), Some((AnswerState::Rejected, true)), None, None, None]);
    let key = PartnerKey::read(&pem()).expect("because it is a key");
    let public = VerifyingKey::from_public_key_pem(&key.public()).expect("because it is a key");
    for request in server.requests.lock().expect("because no test panics with it").iter() {
        let der = BASE64.decode(request.header("github-public-key-signature").as_bytes()).expect("because it is base64");
        let signature = Signature::from_der(&der).expect("because it is DER");
        public.verify(&request.body, &signature).expect("because it is signed");
        assert_eq!((request.header("github-public-key-identifier"), request.header("webhook-signature")), (key.id().as_str(), ""));
        let url = format!("https://git.example.org/app/blob/{}/a.py#L3", "d".repeat(40));
        let body: Value = serde_json::from_slice(&request.body).expect("because it is JSON");
        assert_eq!(body, json!([{"token": token(), "type": "acme_key", "url": url, "source": "content"}]));
    }
}

#[test]
fn without_the_secret_nothing_is_sent_and_nothing_is_tried_again() {
    let server = service(r#"{"types":["acme.api-key"]}"#, 204);
    for format in ["gitlab-revoke-tokens", "github-partner"] {
        let sender = sender(&server.url(), format, "");
        let said = sender.send(&claim("acme.api-key"), None, now_ms());
        let Err(NoReply::Unsendable(why)) = said else { panic!("because it cannot be sent: {said:?}") };
        assert!(why.contains(format) && why.contains("secret itself"), "{why}");
    }
    assert_eq!(bodies(&server), [Value::Null; 0]);
}

#[test]
fn a_key_of_the_wrong_kind_is_told_before_anything_is_sent() {
    let other = |name: &str| Some(OsString::from(if name == "KEY" { key() } else { pem() }));
    for (format, key, says) in [("github-partner", "KEY", "openssl genpkey"), ("keysieve", "PEM", "github-partner")] {
        let text = format!("targets: [{{name: t, url: 'http://127.0.0.1:1', format: {format}, signing_keys: [{{env: {key}}}]}}]");
        let text = if format == "keysieve" { text } else { text.replace("name: t", "name: t, include_secret: plain") };
        let config = read("rotation.yaml", Path::new("/"), text.as_bytes()).unwrap_or_else(|error| panic!("{error}"));
        let why = check(&config.targets[0], &other).expect_err("because it is of the wrong kind");
        assert!(why.contains(says) && why.contains(&format!("environment variable {key}")) && why.contains(format), "{why}");
    }
}

#[test]
fn what_a_receiver_has_no_use_for_is_settled_with_the_reason_and_can_be_tried_again() {
    let server = service(r#"{"types":["acme.api-key"]}"#, 204);
    let mut bench = Bench::new(&server.url(), "", 2);
    let text = format!(
        "targets: [{{name: t, url: '{}', format: gitlab-revoke-tokens, include_secret: plain, headers: {{Authorization: {{env: TOKEN}}}}}}]",
        server.url()
    );
    bench.config = read("rotation.yaml", Path::new("/"), text.as_bytes()).expect("because it is fine");
    assert_eq!(delivered(&bench), Done { needless: 2, ..Done::default() });
    let mut outbox = bench.outbox();
    assert_eq!(outbox.counts().expect("because it can be read").skipped, 2);
    let rows = outbox.events_in("skipped", 10).expect("because it can be read");
    assert!(rows.iter().all(|row| row.error.as_deref().is_some_and(|why| why.contains("does not revoke tokens of the type"))), "{rows:?}");
    let who = crate::rotate::outbox::Who { name: "ann", from: "desk", now_ms: now_ms() };
    assert_eq!(outbox.retry(None, Some("t"), who).expect("because it can be written"), 2);
    assert_eq!(delivered(&bench).needless, 2);
}

#[test]
fn an_event_that_cannot_be_sent_is_given_up_at_once_even_by_a_person_in_a_hurry() {
    let server = Server::new(|_, _| said(200, "", ""));
    let mut bench = Bench::new(&server.url(), "", 7);
    let text = format!(
        "targets: [{{name: t, url: '{}', format: github-partner, include_secret: plain, signing_keys: [{{env: KEY}}]}}]",
        server.url()
    );
    bench.config = read("rotation.yaml", Path::new("/"), text.as_bytes()).expect("because it is fine");
    let done = delivered(&bench);
    assert_eq!((done.delivered, done.failed, server.count()), (0, 7, 0));
    let rows = bench.outbox().events_in("dead", 10).expect("because it can be read");
    assert!(rows.len() == 7 && rows.iter().all(|row| row.error.as_deref().is_some_and(|why| why.contains("include_secret"))), "{rows:?}");
}
