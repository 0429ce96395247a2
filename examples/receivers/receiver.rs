//! A receiver of keysieve's rotation events, to begin with:
//!
//! ```sh
//! HOOK_KEY=whsec_… cargo run --example receiver -- --port 8080 --store events.sqlite
//! ```
//!
//! It checks the signature, remembers ids so that an event that comes twice is acted on once, and answers what became of the secret. [`rotate`]
//! is where your own rotation goes. It speaks HTTP/1.1 with the standard library alone, to keep the example short: take [`Receiver::handle`] into
//! the web framework of yours, or put it behind a server that ends TLS. Its crates: `standardwebhooks`, `http`, `rusqlite`, `serde_json`.

use std::hash::{BuildHasher as _, Hasher as _, RandomState};
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::ExitCode;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rusqlite::{Connection, OptionalExtension as _, params};
use serde_json::{Value, json};
use standardwebhooks::Webhook;
// The crate `http`, by way of one that this package has anyway.
use ureq::http::{HeaderMap, HeaderName, HeaderValue};

/// Largest body of a request, in bytes: events are shorter.
const LARGEST: usize = 20_000;
/// Longest line and most lines of a request's header.
const LONGEST_LINE: u64 = 16 << 10;
const MOST_LINES: usize = 100;

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// Does what the event asks for, and says what became of the secret: acknowledged, rotated or rejected.
///
/// Here nothing is rotated. Look at `event["data"]["rule"]["id"]` and `event["data"]["identity"]`, make a new credential, deploy it, revoke the
/// old one, check that it is refused, and answer `{"state": "rotated", "rotated_at": …, "replacement": "name of the new one"}`.
///
/// # Errors
/// It could not be done now; nothing is remembered, and the event comes again.
fn rotate(_event: &Value) -> Result<Value, Failure> {
    Ok(json!({"state": "acknowledged"}))
}

/// What a receiver knows.
pub struct Receiver {
    webhook: Webhook,
    /// Ids of events that were acted on, in a file, so that a restart does not act again.
    store: Mutex<Connection>,
    fail_rate: f64,
}

impl Receiver {
    /// With the `whsec_` key that the sender signs with. `fail_rate` is the part of the requests to fail, for tests.
    ///
    /// # Errors
    /// The key is none, or the file cannot be written.
    pub fn new(key: &str, store: &Path, fail_rate: f64) -> Result<Self, Failure> {
        let store = Connection::open(store)?;
        store.busy_timeout(Duration::from_secs(15))?;
        store.execute_batch(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;
             CREATE TABLE IF NOT EXISTS events (id TEXT PRIMARY KEY, body TEXT, answer TEXT, times INTEGER);",
        )?;
        Ok(Self { webhook: Webhook::new(key)?, store: Mutex::new(store), fail_rate })
    }

    /// Status and content of the answer to a request.
    pub fn handle(&self, headers: &HeaderMap, body: &[u8]) -> (u16, Value) {
        if let Err(why) = self.webhook.verify(body, headers) {
            return (401, json!({"error": why.to_string()}));
        }
        if random() < self.fail_rate {
            return (500, json!({"error": "failing, as asked to"}));
        }
        let Ok(event) = serde_json::from_slice::<Value>(body) else { return (400, json!({"error": "this is no JSON"})) };
        let named = headers.get("webhook-id").and_then(|value| value.to_str().ok());
        let Some(id) = event["id"].as_str().filter(|id| Some(*id) == named) else {
            return (400, json!({"error": "the id of the event is not that of the request"}));
        };
        match self.once(id, &event) {
            Ok(answer) => (200, answer),
            Err(why) => {
                eprintln!("receiver: {id}: {why}");
                (500, json!({"error": "this could not be done now"}))
            }
        }
    }

    /// Answers as the first time if the id is known; else acts.
    fn once(&self, id: &str, event: &Value) -> Result<Value, Failure> {
        let store = self.store.lock().unwrap_or_else(PoisonError::into_inner);
        let known = "UPDATE events SET times = times + 1 WHERE id = ?1 RETURNING answer";
        let answer: Option<String> = store.prepare_cached(known)?.query_row([id], |row| row.get(0)).optional()?;
        if let Some(answer) = answer {
            return Ok(serde_json::from_str(&answer)?);
        }
        let answer = rotate(event)?;
        let insert = "INSERT INTO events (id, body, answer, times) VALUES (?1, ?2, ?3, 1)";
        store.prepare_cached(insert)?.execute(params![id, event.to_string(), answer.to_string()])?;
        Ok(answer)
    }
}

/// From 0 to 1.
fn random() -> f64 {
    f64::from(u32::try_from(RandomState::new().build_hasher().finish() >> 32).unwrap_or_default()) / f64::from(u32::MAX)
}

/// Answers requests until the process ends.
pub fn serve(listener: &TcpListener, receiver: &Arc<Receiver>) {
    for stream in listener.incoming().filter_map(Result::ok) {
        let receiver = Arc::clone(receiver);
        // A sender that goes away while it sends will come again.
        std::thread::spawn(move || converse(stream, &receiver).is_ok());
    }
}

fn converse(stream: TcpStream, receiver: &Receiver) -> std::io::Result<()> {
    stream.set_read_timeout(Some(Duration::from_secs(30)))?;
    stream.set_write_timeout(Some(Duration::from_secs(30)))?;
    let mut reader = BufReader::new(stream);
    loop {
        let Some(headers) = headers(&mut reader)? else { return Ok(()) };
        let length = headers.get("content-length").and_then(|value| value.to_str().ok()?.parse().ok());
        let Some(length @ 1..=LARGEST) = length else {
            return answer(reader.get_mut(), 413, &json!({"error": "too long, or no length"}));
        };
        let mut body = vec![0; length];
        reader.read_exact(&mut body)?;
        let (status, content) = receiver.handle(&headers, &body);
        answer(reader.get_mut(), status, &content)?;
    }
}

/// The header of the next request; none at the end of the connection, or where that is no HTTP.
fn headers(reader: &mut BufReader<TcpStream>) -> std::io::Result<Option<HeaderMap>> {
    let mut headers = HeaderMap::new();
    let mut line = String::new();
    for number in 0..MOST_LINES {
        line.clear();
        if reader.by_ref().take(LONGEST_LINE).read_line(&mut line)? == 0 {
            return Ok(None);
        }
        let line = line.trim_end();
        if line.is_empty() {
            return Ok(Some(headers));
        }
        if number > 0 {
            let entry = line
                .split_once(':')
                .and_then(|(name, value)| Some((HeaderName::from_bytes(name.as_bytes()).ok()?, HeaderValue::from_str(value.trim()).ok()?)));
            let Some((name, value)) = entry else { return Ok(None) };
            headers.insert(name, value);
        }
    }
    Ok(None)
}

fn answer(stream: &mut TcpStream, status: u16, content: &Value) -> std::io::Result<()> {
    let body = content.to_string();
    let more = if status == 413 { "connection: close\r\n" } else { "" };
    let head = format!("HTTP/1.1 {status} X\r\ncontent-type: application/json\r\ncontent-length: {}\r\n{more}\r\n", body.len());
    stream.write_all((head + &body).as_bytes())
}

fn run() -> Result<(), Failure> {
    let (mut port, mut store, mut fail_rate) = (8080, "events.sqlite".to_owned(), 0.0);
    let mut arguments = std::env::args().skip(1);
    while let Some(name) = arguments.next() {
        let value = arguments.next().ok_or_else(|| format!("{name} needs a value"))?;
        match name.as_str() {
            "--port" => port = value.parse()?,
            "--store" => store = value,
            "--fail-rate" => fail_rate = value.parse()?,
            _ => return Err(format!("there is no {name}; there are --port, --store and --fail-rate").into()),
        }
    }
    let key = std::env::var("HOOK_KEY").map_err(|_| "set HOOK_KEY to the whsec_ key that the sender signs with")?;
    let receiver = Arc::new(Receiver::new(&key, Path::new(&store), fail_rate)?);
    let listener = TcpListener::bind(("127.0.0.1", port))?;
    println!("listening on http://{}/", listener.local_addr()?);
    serve(&listener, &receiver);
    Ok(())
}

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("receiver: {why}");
            ExitCode::FAILURE
        }
    }
}
