//! Formats that send tokens themselves, from a real scan to a service on this machine that takes them.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};

use data_encoding::BASE64;
use serde_json::{Value, json};

use super::formats::{NEW_KEY, PARTNER, desk, openssl, rotate};
use crate::support::{Folder, Said, assigned, keysieve_in, text, token};

/// What a service was sent: request line and headers, then the body.
type Seen = Arc<Mutex<Vec<(String, Vec<u8>)>>>;

/// A service that says that it revokes these types, answers everything else with `answer`, and remembers what it was sent.
fn service(types: &'static str, answer: &'static str) -> (String, Seen) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("because there is a free port");
    let address = listener.local_addr().expect("because it is bound");
    let seen = Seen::default();
    let own = seen.clone();
    std::thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            let mut reader = BufReader::new(stream);
            let (mut head, mut length) = (String::new(), 0);
            for line in reader.by_ref().lines().map_while(Result::ok).take_while(|line| !line.is_empty()) {
                length = line.to_lowercase().strip_prefix("content-length: ").and_then(|text| text.parse().ok()).unwrap_or(length);
                head.push_str(&format!("{line}\n"));
            }
            let mut body = vec![0; length];
            let _ = reader.read_exact(&mut body);
            let (status, said) = match () {
                () if head.starts_with("GET /v1/revocable_token_types ") => (200, types),
                () if answer.is_empty() => (204, ""),
                () => (200, answer),
            };
            own.lock().expect("because no test panics with it").push((head, body));
            let size = if status == 204 { String::new() } else { format!("content-length: {}\r\n", said.len()) };
            let text = format!("HTTP/1.1 {status} X\r\nconnection: close\r\n{size}\r\n{said}");
            let _ = reader.get_mut().write_all(text.as_bytes());
        }
    });
    (format!("http://{address}"), seen)
}

/// A scan of `folder` that sends what it finds, secrets too.
fn follow(desk: &Folder, folder: &Folder) -> Said {
    let mut command = keysieve_in(&folder.path);
    command.args(["scan", "--history", "--rotate", "--allow-plain-secrets", "--rotate-source", "https://git.example.org/app"]);
    command.env("TOKEN", "caller").env("USER", "ann");
    command.arg("--rotation-config").arg(desk.path.join("rotation.yaml")).arg("--state").arg(desk.path.join("state.sqlite"));
    Said::of(&mut command)
}

/// A target of this name for a service at `url`.
fn revocation(name: &str, url: &str) -> String {
    let header = "headers: {Authorization: {env: TOKEN, prefix: 'Bearer '}}";
    format!("- {{name: {name}, url: '{url}', format: gitlab-revoke-tokens, include_secret: plain, {header}}}\n")
}

#[test]
fn a_scan_hands_tokens_to_who_revokes_them_and_to_who_issued_them() {
    let (other, unasked) = service(r#"{"types":["npm_token"]}"#, "");
    let (srs, revoked) = service(r#"{"types":["github.personal-access-token"]}"#, "");
    let label = format!(r#"[{{"token_raw":"{}","token_type":"github_pat","label":"true_positive"}}]"#, token("formats"));
    let (issuer, told) = service("", label.leak());
    let partner = PARTNER
        .replace("http://127.0.0.1:1/", &issuer)
        .replace("name: issuer", "name: issuer, types: {github.personal-access-token: github_pat}");
    let desk = desk(&format!("{}{}{partner}", revocation("other", &other), revocation("srs", &srs)));
    if openssl(&desk.path, &NEW_KEY).is_none() {
        return;
    }
    let repository = Folder::committed();
    repository.write("deploy/a.env", assigned("formats")).commit_all();
    let said = follow(&desk, &repository).ends_with(1).stderr;
    assert_eq!(said, "keysieve: rotation: 1 new exposure, 0 known; 2 events delivered, 1 of no use to their receiver\n");
    let seen = |seen: &Seen| seen.lock().expect("because no test panics with it").clone();
    assert_eq!(seen(&unasked).len(), 1, "what it does not revoke it is not sent");
    let commit = repository.git(["rev-parse", "HEAD"]).trim().to_owned();
    let page = format!("https://git.example.org/app/blob/{commit}/deploy/a.env#L1");
    let (list, post) = (&seen(&revoked)[0], &seen(&revoked)[1]);
    assert!(list.0.contains("authorization: Bearer caller") && post.0.starts_with("POST /v1/revoke_tokens "), "{}{}", list.0, post.0);
    let body: Value = serde_json::from_slice(&post.1).expect("because it is JSON");
    assert_eq!(body, json!([{"type": "github.personal-access-token", "token": token("formats"), "location": page}]));
    let (head, body) = &seen(&told)[0];
    let own: Value = serde_json::from_slice(body).expect("because it is JSON");
    assert_eq!(own, json!([{"token": token("formats"), "type": "github_pat", "url": page, "source": "content"}]));
    let header = |name: &str| head.lines().find_map(|line| line.strip_prefix(name)).expect("because it is there");
    let der = BASE64.decode(header("github-public-key-signature: ").as_bytes()).expect("because it is base64");
    desk.write("body", body).write("signature", der);
    openssl(&desk.path, &["pkey", "-in", "partner.pem", "-pubout", "-out", "public.pem"]);
    let verify = ["dgst", "-sha256", "-verify", "public.pem", "-signature", "signature", "body"];
    openssl(&desk.path, &verify).expect("because it is there");
    let status: Value =
        serde_json::from_str(&rotate(&desk, &["status", "--format", "json"]).ends_with(0).stdout).expect("because it is JSON");
    assert_eq!((&status["events"]["skipped"], &status["events"]["delivered"]), (&1.into(), &2.into()));
    assert_eq!(status["exposures"][0]["state"], "acknowledged");
    let id = text(&status["exposures"][0]["fingerprint"]).rsplit(':').next().expect("because it is there")[..8].to_owned();
    let story = rotate(&desk, &["show", &id]).ends_with(0).stdout;
    assert!(story.contains("skipped") && story.contains("does not revoke tokens of the type `github.personal-access-token`"), "{story}");
    assert!(rotate(&desk, &["status"]).ends_with(0).stdout.contains("1 of no use to their receiver"));
    rotate(&desk, &["verify-log"]).ends_with(0);
}

#[test]
fn what_was_skipped_is_sent_once_its_type_has_the_right_word() {
    let (srs, seen) = service(r#"{"types":["github_pat"]}"#, "");
    let desk = desk(&revocation("srs", &srs));
    let repository = Folder::committed();
    repository.write("a.env", assigned("skipped")).commit_all();
    assert!(follow(&desk, &repository).ends_with(1).stderr.contains("0 events delivered, 1 of no use"));
    desk.write("rotation.yaml", format!("targets:\n{}", revocation("srs, types: {github.personal-access-token: github_pat}", &srs)));
    rotate(&desk, &["retry", "--target", "srs"]).ends_with(0);
    // The secret was erased when nobody had a use for it; the next scan brings it back.
    assert!(follow(&desk, &repository).ends_with(1).stderr.contains("1 event delivered"));
    let sent = seen.lock().expect("because no test panics with it").last().cloned().expect("because it was sent");
    assert!(String::from_utf8_lossy(&sent.1).contains(&token("skipped")));
}

#[test]
fn what_cannot_be_sent_is_told_with_the_reason_and_is_not_tried_forever() {
    let (srs, seen) = service(r#"{"types":["github.personal-access-token"]}"#, "");
    let desk = desk("- {name: srs, url: 'http://127.0.0.1:1/', format: keysieve, signing_keys: [{env: HOOK_KEY}]}\n");
    let repository = Folder::new();
    repository.write("a.env", assigned("formats"));
    // Written without the secret, for a target that became another one.
    desk.write("report.json", repository.scan(["."]).stdout);
    rotate(&desk, &["enqueue", "report.json"]).ends_with(0);
    desk.write("rotation.yaml", format!("targets:\n{}", revocation("srs", &srs)));
    let said = rotate(&desk, &["deliver", "--allow-plain-secrets"]).ends_with(1);
    assert!(said.stdout.contains("1 given up"), "{said:?}");
    let dead = rotate(&desk, &["dead-letters"]).ends_with(0).stdout;
    assert!(dead.contains("gitlab-revoke-tokens sends the secret itself") && dead.contains("include_secret"), "{dead}");
    assert!(
        rotate(&desk, &["deliver", "--now", "--allow-plain-secrets"]).ends_with(0).stdout.starts_with("0 delivered, 0 attempts failed")
    );
    assert_eq!(seen.lock().expect("because no test panics with it").len(), 1, "it was asked, and nothing more");
}
