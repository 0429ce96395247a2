//! Writing events for what a report found, and sending them to a receiver on this machine that does nothing else than take them.

use std::ffi::OsString;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use divan::Bencher;
use divan::counter::ItemsCount;
use serde_json::json;
use tempfile::TempDir;

use keysieve::report::saved;
use keysieve::rotate::config::{self, RotationConfig};
use keysieve::rotate::deliver::{self, Options};
use keysieve::rotate::outbox::{Given, Outbox};

/// Findings of one report.
const FINDINGS: usize = 10_000;

fn main() {
    divan::main();
}

/// A report as a scan of a history writes it: what an event is made of is there.
fn report() -> Vec<u8> {
    let finding = |number: usize| {
        let locations = (0..3).map(|at| {
            json!({"path": format!("services/part{}/config/settings{number}.py", number % 50), "start": {"line": at + 1, "column": 1},
                   "end": {"line": at + 1, "column": 9}, "byte_range": {"start": 0, "end": 8}, "kind": "blob", "commit": format!("{number:040x}")})
        });
        json!({
            "fingerprint": format!("v1:github:{number:032x}"),
            "rule": {"id": "github.personal-access-token", "name": "GitHub personal access token (classic)", "provider": "GitHub", "description": ""},
            "severity": "critical", "confidence": "high", "evidence": [], "status": {"state": "open"}, "secret": {"masked": "ghp_****************abcd", "length": "32-63"},
            "identity": {"kind": "user"}, "locations": locations.collect::<Vec<_>>(),
            "remediation": {"url": "https://github.com/settings/tokens", "steps": ["x".repeat(150), "y".repeat(150), "z".repeat(150)], "references": []},
        })
    };
    let report = json!({
        "version": 1, "tool": {"name": "keysieve", "version": "0.1.0", "ruleset": {"count": 1, "digest": "sha256:0"}, "fingerprints": {"keyed_by": "0123456789abcdef"}},
        "scope": {"kind": "history", "target": ["."]}, "coverage": {"items": 1, "bytes": 1, "skipped": [], "incomplete": []},
        "findings": (0..FINDINGS).map(finding).collect::<Vec<_>>(), "below_threshold": 0, "min_confidence": "medium",
    });
    report.to_string().into_bytes()
}

fn configured(address: SocketAddr) -> RotationConfig {
    let text = format!("targets: [{{name: t, url: 'http://{address}/', format: keysieve, signing_keys: [{{env: KEY}}]}}]");
    config::read("rotation.yaml", Path::new("/"), text.as_bytes()).expect("because it is fine")
}

fn enqueue(state: &Path, config: &RotationConfig, report: &[u8]) {
    let report = saved::read(report).expect("because it is a report");
    let given = Given { report: &report, config, source: "/app", owners: None, has_secrets: false, now_ms: now_ms() };
    let mut outbox = Outbox::open(state).expect("because there is room for it");
    let done = outbox.enqueue(given).expect("because it can be written");
    assert_eq!(done.events, FINDINGS as u64);
    outbox.flush_log().expect("because it can be written");
}

fn now_ms() -> i64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("because it is after 1970");
    i64::try_from(now.as_millis()).expect("because it is before the end of time")
}

fn folder() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("because there is room for a folder");
    let state = folder.path().join("state.sqlite");
    (folder, state)
}

/// Reads the report, and writes an event and two entries of the log for each finding. Wanted: under 2 s.
#[divan::bench(sample_count = 5, sample_size = 1)]
fn enqueue_ten_thousand_findings(bencher: Bencher) {
    let (report, config) = (report(), configured(([127, 0, 0, 1], 9).into()));
    bencher.counter(ItemsCount::new(FINDINGS)).with_inputs(folder).bench_refs(|(_folder, state)| enqueue(state, &config, &report));
}

/// Sends ten thousand events. Wanted: 1,000 a second.
#[divan::bench(sample_count = 5, sample_size = 1)]
fn deliver_ten_thousand_events(bencher: Bencher) {
    let (report, config) = (report(), configured(receiver()));
    let key = OsString::from(["whsec", "_", &"a".repeat(44)].concat());
    let filled = || {
        let (folder, state) = folder();
        enqueue(&state, &config, &report);
        (folder, state)
    };
    bencher.counter(ItemsCount::new(FINDINGS)).with_inputs(filled).bench_refs(|(_folder, state)| {
        let lookup = |_: &str| Some(key.clone());
        let options = Options { config: &config, only: None, lookup: &lookup, allow_plain: false, now: false, wait_ms: 0, clock: &now_ms };
        let done = deliver::deliver(state, &options).expect("because the state can be written");
        assert_eq!((done.delivered, done.failed), (FINDINGS as u64, 0));
    });
}

/// A receiver that takes everything, for as long as the program runs.
fn receiver() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("because there is a free port");
    let address = listener.local_addr().expect("because it is bound");
    std::thread::spawn(move || {
        for stream in listener.incoming().filter_map(Result::ok) {
            std::thread::spawn(move || serve(stream).is_ok());
        }
    });
    address
}

fn serve(stream: TcpStream) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream);
    let (mut line, mut body, mut length) = (String::new(), Vec::new(), 0);
    loop {
        line.clear();
        if reader.read_line(&mut line)? == 0 {
            return Ok(());
        }
        if let Some((name, value)) = line.trim_end().split_once(':') {
            if name.eq_ignore_ascii_case("content-length") {
                length = value.trim().parse().unwrap_or(0);
            }
        } else if line.trim_end().is_empty() {
            body.resize(length, 0);
            reader.read_exact(&mut body)?;
            reader.get_mut().write_all(b"HTTP/1.1 204 No Content\r\n\r\n")?;
        }
    }
}
