use std::path::Path;

use super::*;
use crate::rotate::config::read;
use crate::rotate::outbox::{Claim, Mode, Outcome, Settled, Who};
use crate::rotate::sample;
use crate::secret::Secret;

struct Bench {
    _folder: tempfile::TempDir,
    outbox: Outbox,
    config: RotationConfig,
    report: Report,
}

impl Bench {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("because the temporary folder can be written");
        let outbox = Outbox::open(&folder.path().join("state")).expect("because it can be made");
        let text = "targets: [{name: t, url: 'https://a.example/', format: keysieve, signing_keys: [{env: K}], include_secret: plain}]";
        let config = read("rotation.yaml", Path::new("."), text.as_bytes()).expect("because it is fine");
        let mut report = sample::read(&sample::report("worktree", &["a".to_owned()]));
        report.findings[0].secret = Secret::new(b"not so secret, but long enough");
        Self { _folder: folder, outbox, config, report }
    }

    fn enqueue(&mut self, has_secrets: bool) -> Enqueued {
        let given = Given { report: &self.report, config: &self.config, source: "/app", owners: None, has_secrets, now_ms: 1 };
        self.outbox.enqueue(given).expect("because it can be written")
    }

    fn claim(&mut self) -> Option<Claim> {
        let lease = self.outbox.lease(10).expect("because it can be written");
        let claims = self.outbox.claim(lease, &self.config.targets[0], Mode::Due, 9, 10).expect("because it can be written");
        self.outbox.release(lease).expect("because it can be written");
        claims.into_iter().next()
    }

    fn settle(&mut self, seq: i64, outcome: Outcome) {
        let lease = self.outbox.lease(10).expect("because it can be written");
        self.outbox.claim(lease, &self.config.targets[0], Mode::Due, 9, 10).expect("because it can be written");
        self.outbox.settle(lease, "t", &[Settled { seq, at_ms: 10, outcome }]).expect("because it can be written");
        self.outbox.release(lease).expect("because it can be written");
    }

    fn sealed(&self) -> Vec<u8> {
        let select = "SELECT sealed FROM events";
        self.outbox.connection.query_row(select, [], |row| row.get(0)).expect("because there is one event")
    }
}

const WHO: Who<'static> = Who { name: "ann", from: "test", now_ms: 10 };

fn failed(next_ms: Option<i64>) -> Outcome {
    Outcome::Failed { http: Some(500), why: "x".to_owned(), next_ms, slow_until_ms: None, disables: false }
}

#[test]
fn a_sealed_secret_lasts_until_its_event_is_settled_and_is_put_back_by_a_scan() {
    let mut bench = Bench::new();
    assert_eq!(bench.enqueue(false), Enqueued { new: 1, without_secret: 1, ..Enqueued::default() });
    assert_eq!(bench.enqueue(true), Enqueued { known: 1, events: 1, ..Enqueued::default() });
    let claim = bench.claim().expect("because it is due");
    let key = bench.outbox.key().expect("because it can be read").expect("because it was made");
    let open = |sealed: &[u8]| key.open(sealed).map(|secret| secret.expose().to_vec());
    let secret = Some(b"not so secret, but long enough".to_vec());
    assert_eq!(claim.sealed.as_deref().and_then(open), secret);
    bench.settle(claim.seq, failed(Some(10)));
    assert_eq!(open(&bench.sealed()), secret);
    bench.settle(claim.seq, failed(None));
    assert!(bench.sealed().is_empty(), "it was given up");
    assert_eq!(bench.enqueue(false).events, 0);
    assert!(bench.sealed().is_empty());
    assert_eq!(bench.enqueue(true), Enqueued { known: 1, ..Enqueued::default() });
    assert_eq!(open(&bench.sealed()), secret);
    bench.outbox.retry(None, Some("t"), WHO).expect("because it can be written");
    bench.settle(claim.seq, Outcome::Unsendable { why: "x".to_owned() });
    assert!(bench.sealed().is_empty(), "it cannot be sent");
    bench.enqueue(true);
    bench.outbox.retry(None, Some("t"), WHO).expect("because it can be written");
    bench.settle(claim.seq, Outcome::Delivered { http: 200, signature: None, answer: None });
    assert!(bench.sealed().is_empty(), "it was delivered");
    bench.enqueue(true);
    assert!(bench.sealed().is_empty(), "it is not needed any more");
}

#[test]
fn a_rejected_exposure_keeps_no_secret() {
    let mut bench = Bench::new();
    bench.enqueue(true);
    bench.outbox.reject(1, WHO, "an example").expect("because it can be written");
    assert!(bench.sealed().is_empty());
}

#[test]
fn a_key_that_is_none_is_told_and_left_as_it_is() {
    let mut bench = Bench::new();
    let path = bench.outbox.key_path();
    std::fs::write(&path, "hunter2").expect("because it can be written");
    let given = Given { report: &bench.report, config: &bench.config, source: "/app", owners: None, has_secrets: true, now_ms: 1 };
    let said = bench.outbox.enqueue(given).expect_err("because the key is none").to_string();
    assert!(said.contains("state.key") && !said.contains("hunter2"), "{said}");
    assert_eq!(std::fs::read(&path).ok().as_deref(), Some(&b"hunter2"[..]));
}
