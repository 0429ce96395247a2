use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use super::*;
use crate::rotate::config::read;
use crate::rotate::outbox::{Given, State};
use crate::rotate::sample::{self, report};
use server::{Server, said};

mod formats;
mod http;
mod server;
mod tls;

/// A key for signatures, made now.
pub fn key() -> String {
    format!("{}{}", "whsec_", data_encoding::BASE64.encode(&[5; 32]))
}

pub fn now_ms() -> i64 {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).expect("because it is after 1970");
    i64::try_from(now.as_millis()).expect("because it is before the end of time")
}

/// An outbox with events for one target at `url`, with further keys.
pub struct Bench {
    _folder: tempfile::TempDir,
    pub path: PathBuf,
    pub config: RotationConfig,
}

impl Bench {
    pub fn new(url: &str, more: &str, events: usize) -> Self {
        let folder = tempfile::tempdir().expect("because the temporary folder can be written");
        let text = format!("targets: [{{name: t, url: '{url}', format: keysieve, signing_keys: [{{env: KEY}}]{more}}}]");
        let config = read("rotation.yaml", Path::new("/"), text.as_bytes()).unwrap_or_else(|error| panic!("{error}"));
        let path = folder.path().join("state");
        let digests: Vec<String> = (0..events).map(|number| format!("{number:x}")).collect();
        let report = sample::read(&report("worktree", &digests));
        let given = Given { report: &report, config: &config, source: "/app", owners: None, has_secrets: false, now_ms: now_ms() };
        Outbox::open(&path).expect("because it can be made").enqueue(given).expect("because it can be written");
        Self { _folder: folder, path, config }
    }

    pub fn deliver(&self, now: bool, wait_ms: i64) -> Done {
        self.deliver_by(&now_ms, now, wait_ms)
    }

    /// The same by another clock.
    pub fn deliver_by(&self, clock: &(dyn Fn() -> i64 + Sync), now: bool, wait_ms: i64) -> Done {
        let lookup = |name: &str| (name == "KEY").then(|| OsString::from(key()));
        let options = Options { config: &self.config, only: None, lookup: &lookup, allow_plain: false, now, wait_ms, clock };
        deliver(&self.path, &options).expect("because the state can be written")
    }

    pub fn outbox(&self) -> Outbox {
        Outbox::open(&self.path).expect("because it is there")
    }

    /// What went wrong with the only event.
    pub fn error(&self) -> String {
        let rows = self.outbox().events_in("pending", 10).expect("because it can be read");
        rows.first().and_then(|row| row.error.clone()).unwrap_or_default()
    }

    /// Delivers the only event in vain, and returns why.
    #[track_caller]
    pub fn fails(&self) -> String {
        let done = self.deliver(false, 0);
        assert_eq!((done.delivered, done.failed, done.problems), (0, 1, Vec::new()));
        self.error()
    }
}

#[test]
fn what_is_sent_is_signed_and_another_implementation_accepts_it() {
    let server = Server::new(|_, _| said(200, "", ""));
    let bench = Bench::new(&server.url(), ", headers: {X-Team: payments}", 3);
    assert_eq!(bench.deliver(false, 0), Done { delivered: 3, ..Done::default() });
    let requests = server.requests.lock().expect("because no test panics with it");
    for request in requests.iter() {
        let names = ["webhook-id", "webhook-timestamp", "webhook-signature"];
        let headers =
            names.map(|name| (name.parse().expect("because it is a name"), request.header(name).parse().expect("because it is text")));
        let headers: ureq::http::HeaderMap = headers.into_iter().collect();
        standardwebhooks::Webhook::new(&key()).expect("because it is a key").verify(&request.body, &headers).expect("because it is signed");
        let event: serde_json::Value = serde_json::from_slice(&request.body).expect("because it is JSON");
        assert_eq!(event["id"], request.header("webhook-id"));
        assert_eq!((request.header("content-type"), request.header("x-team")), ("application/cloudevents+json; charset=utf-8", "payments"));
        assert!(request.header("user-agent").starts_with("keysieve/"));
    }
    assert_eq!(bench.deliver(false, 0), Done::default());
}

#[test]
fn what_a_receiver_answers_moves_the_exposure_on() {
    let server = Server::new(|number, _| match number {
        0 => said(200, "", r#"{"state":"rotated","rotated_at":"2026-01-01T00:00:00Z","replacement":"key 2"}"#),
        1 => said(202, "", r#"{"state":"acknowledged"}"#),
        2 => said(200, "", "thanks!"),
        _ => said(204, "", ""),
    });
    let bench = Bench::new(&server.url(), ", parallel: 1", 4);
    assert_eq!(bench.deliver(false, 0).delivered, 4);
    let mut states = Vec::new();
    bench
        .outbox()
        .exposures(|row| {
            states.push(row.state());
            true
        })
        .expect("because it can be read");
    states.sort();
    assert_eq!(states, [State::Notified, State::Notified, State::Acknowledged, State::Rotated]);
}

#[test]
fn a_value_that_is_missing_stops_its_target_alone() {
    let server = Server::new(|_, _| said(200, "", ""));
    let mut bench = Bench::new(&server.url(), "", 2);
    let text = format!(
        "targets: [{{name: t, url: '{0}', format: keysieve, signing_keys: [{{env: OTHER}}]}}, {{name: u, url: '{0}', format: slack}}]",
        server.url()
    );
    bench.config = read("rotation.yaml", Path::new("/"), text.as_bytes()).expect("because it is fine");
    let done = bench.deliver(false, 0);
    assert_eq!((done.delivered, done.failed), (0, 0));
    assert!(done.problems.len() == 1 && done.problems[0].contains("OTHER is not set"), "{:?}", done.problems);
    assert_eq!(server.count(), 0);
}

#[test]
fn several_processes_share_the_work_and_send_nothing_twice() {
    let server = Server::new(|_, _| said(200, "", ""));
    let bench = Bench::new(&server.url(), "", 400);
    let delivered: u64 = std::thread::scope(|scope| {
        let runs: Vec<_> = (0..4).map(|_| scope.spawn(|| bench.deliver(false, 0).delivered)).collect();
        runs.into_iter().map(|run| run.join().expect("because it does not panic")).sum()
    });
    assert_eq!((delivered, server.count()), (400, 400));
    let outbox = bench.outbox();
    let head = outbox.log_head().expect("because it can be read");
    let log = crate::rotate::audit::verify(&outbox.log_path(), head.as_ref()).expect("because it is there");
    assert_eq!((log.entries, log.wrong), (1_200, None));
}

#[test]
fn a_rate_limit_is_kept() {
    let server = Server::new(|_, _| said(200, "", ""));
    let bench = Bench::new(&server.url(), ", rate_limit: 20/s", 30);
    let began = std::time::Instant::now();
    assert_eq!(bench.deliver(false, 0).delivered, 30);
    assert!(began.elapsed() > Duration::from_millis(450), "{:?}", began.elapsed());
}

#[test]
fn a_clock_that_jumps_back_and_forth_loses_nothing() {
    let server = Server::new(|number, _| said(if number % 3 == 1 { 500 } else { 200 }, "", ""));
    let bench = Bench::new(&server.url(), "", 60);
    let asked = std::sync::atomic::AtomicUsize::new(0);
    let day = 86_400_000;
    let jumps = [0, day, -day, 3_600_000, -30 * day, 30 * day];
    let clock = || now_ms() + jumps[asked.fetch_add(1, Ordering::Relaxed) % jumps.len()];
    let began = std::time::Instant::now();
    for run in 0.. {
        bench.deliver_by(&clock, run % 2 == 1, 0);
        if bench.outbox().counts().expect("because it can be read").delivered == 60 {
            break;
        }
        assert!(began.elapsed() < Duration::from_secs(60), "{:?}", bench.outbox().counts());
    }
    let requests = server.requests.lock().expect("because no test panics with it");
    let ids: std::collections::BTreeSet<_> = requests.iter().map(|request| request.header("webhook-id").to_owned()).collect();
    assert_eq!(ids.len(), 60);
    let log = std::fs::read_to_string(bench.outbox().log_path()).expect("because it was written");
    assert_eq!(log.lines().filter(|line| line.contains("\"what\":\"delivered\"")).count(), 60, "each is marked once");
}
