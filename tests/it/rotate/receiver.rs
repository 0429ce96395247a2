//! A receiver on this machine that checks signatures and remembers what it was sent.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use data_encoding::BASE64;

/// Which requests fail.
pub type Fails = fn(usize) -> bool;

#[derive(Default)]
struct Inner {
    /// Bodies by id, and how often each was accepted.
    accepted: Mutex<BTreeMap<String, (String, usize)>>,
    requests: AtomicUsize,
    unsigned: AtomicUsize,
    stop: AtomicBool,
}

pub struct Receiver {
    pub address: SocketAddr,
    inner: Arc<Inner>,
}

/// The key that all requests are signed with, made now.
pub fn key() -> String {
    ["whsec", "_", &BASE64.encode(&[11; 32])].concat()
}

impl Receiver {
    /// Answers 500 where `fails` says so, else 200 and `answer`.
    pub fn new(fails: Fails, answer: &'static str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("because there is a free port");
        let address = listener.local_addr().expect("because it is bound");
        let inner = Arc::new(Inner::default());
        let own = inner.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                if own.stop.load(Ordering::Relaxed) {
                    break;
                }
                let own = own.clone();
                std::thread::spawn(move || own.serve(stream, fails, answer));
            }
        });
        Self { address, inner }
    }

    /// Requests so far, accepted or not.
    pub fn requests(&self) -> usize {
        self.inner.requests.load(Ordering::Relaxed)
    }

    /// Events that were accepted, by id: what they say, and how often.
    pub fn accepted(&self) -> BTreeMap<String, (String, usize)> {
        assert_eq!(self.inner.unsigned.load(Ordering::Relaxed), 0, "requests without a good signature");
        self.inner.accepted.lock().expect("because no thread panics with it").clone()
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.inner.stop.store(true, Ordering::Relaxed);
        let _ = TcpStream::connect(self.address);
    }
}

impl Inner {
    fn serve(&self, stream: TcpStream, fails: Fails, answer: &str) {
        let mut reader = BufReader::new(stream);
        while let Some((headers, body)) = read(&mut reader) {
            let number = self.requests.fetch_add(1, Ordering::Relaxed);
            if !is_signed(&headers, &body) {
                self.unsigned.fetch_add(1, Ordering::Relaxed);
            }
            let (status, said) = if fails(number) { (500, "") } else { (200, answer) };
            if status == 200 {
                let id = headers.get("webhook-id").cloned().unwrap_or_default();
                let mut accepted = self.accepted.lock().expect("because no thread panics with it");
                accepted.entry(id).or_insert((body, 0)).1 += 1;
            }
            let text = format!("HTTP/1.1 {status} X\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{said}", said.len());
            if reader.get_mut().write_all(text.as_bytes()).is_err() {
                return;
            }
        }
    }
}

/// Whether the package of Standard Webhooks signs it with the same headers.
pub fn is_signed(headers: &BTreeMap<String, String>, body: &str) -> bool {
    let names = ["webhook-id", "webhook-timestamp", "webhook-signature"];
    let [id, time, signature] = names.map(|name| headers.get(name).map(String::as_str).unwrap_or_default());
    let webhook = standardwebhooks::Webhook::new(&key()).expect("because it is a key");
    let seconds = time.parse().unwrap_or_default();
    webhook.sign(id, seconds, body.as_bytes()).is_ok_and(|own| signature.split(' ').any(|entry| entry == own))
}

fn read(reader: &mut BufReader<TcpStream>) -> Option<(BTreeMap<String, String>, String)> {
    let mut line = String::new();
    reader.read_line(&mut line).ok().filter(|read| *read > 0)?;
    let mut headers = BTreeMap::new();
    loop {
        line.clear();
        reader.read_line(&mut line).ok().filter(|read| *read > 0)?;
        let Some((name, value)) = line.trim_end().split_once(':') else { break };
        headers.insert(name.to_ascii_lowercase(), value.trim().to_owned());
    }
    let mut body = vec![0; headers.get("content-length")?.parse().ok()?];
    reader.read_exact(&mut body).ok()?;
    Some((headers, String::from_utf8(body).ok()?))
}
