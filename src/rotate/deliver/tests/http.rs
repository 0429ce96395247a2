//! Receivers that are slow, wrong or hostile.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::time::{Duration, Instant};

use super::server::{Server, said};
use super::{Bench, now_ms};

#[test]
fn a_failure_is_tried_again_and_500_then_200_is_one_delivery() {
    let server = Server::new(|number, _| said(if number == 0 { 500 } else { 200 }, "", ""));
    let bench = Bench::new(&server.url(), "", 1);
    assert_eq!(bench.fails(), "HTTP 500: the receiver failed");
    assert_eq!(bench.deliver(false, 0).delivered, 0, "its time has not come");
    let began = Instant::now();
    assert_eq!(bench.deliver(false, 20_000).delivered, 1);
    assert!(began.elapsed() > Duration::from_secs(4), "{:?}", began.elapsed());
    let requests = server.requests.lock().expect("because no test panics with it");
    assert_eq!(requests[0].header("webhook-id"), requests[1].header("webhook-id"));
}

#[test]
fn a_person_who_does_not_want_to_wait_tries_each_event_once() {
    let server = Server::new(|number, _| said(if number < 3 { 503 } else { 200 }, "", ""));
    let bench = Bench::new(&server.url(), "", 3);
    let first = bench.deliver(true, 0);
    assert_eq!((first.delivered, first.failed), (0, 3));
    assert_eq!(bench.deliver(true, 0).delivered, 3);
}

#[test]
fn retry_after_is_honored_by_all_events_of_the_target() {
    let server = Server::new(|_, _| said(429, "retry-after: 120\r\n", ""));
    let bench = Bench::new(&server.url(), ", parallel: 1", 5);
    let done = bench.deliver(false, 0);
    assert_eq!((done.failed, server.count()), (1, 1));
    let rows = bench.outbox().targets().expect("because it can be read");
    assert!((100_000..130_000).contains(&(rows[0].slow_until_ms - now_ms())), "{rows:?}");
    assert_eq!(bench.deliver(false, 0).failed, 0);
}

#[test]
fn a_receiver_that_is_gone_is_not_called_again() {
    let server = Server::new(|_, _| said(410, "", ""));
    let bench = Bench::new(&server.url(), ", parallel: 1", 3);
    assert_eq!(bench.deliver(false, 0).failed, 1);
    assert_eq!(bench.deliver(true, 0).failed, 0);
    let row = bench.outbox().targets().expect("because it can be read").remove(0);
    assert!(row.disabled_ms.is_some() && row.disabled_why.is_some_and(|why| why.contains("gone for good")));
}

#[test]
fn redirects_are_never_followed() {
    let secret = Server::new(|_, _| said(200, "", ""));
    for status in [301, 302, 303, 307, 308] {
        let location = format!("location: {}\r\n", secret.url());
        let server = Server::new(move |_, _| said(status, &location, ""));
        let bench = Bench::new(&server.url(), "", 1);
        let why = bench.fails();
        assert!(why.contains(&status.to_string()) && why.contains("never followed"), "{why}");
    }
    assert_eq!(secret.count(), 0);
    let private = Server::new(|_, _| said(302, "location: http://169.254.169.254/latest/meta-data/\r\n", ""));
    let began = Instant::now();
    assert!(Bench::new(&private.url(), "", 1).fails().contains("never followed"));
    assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
}

#[test]
fn an_answer_that_breaks_off_is_no_delivery() {
    for answer in
        ["HTTP/1.1 200 OK\r\ncontent-length: 100\r\nconnection: close\r\n\r\n{", "HTTP/1.1 200 OK\r\nconnection: close\r\ncont", ""]
    {
        let server = Server::new(move |_, _| answer.as_bytes().to_vec());
        let why = Bench::new(&server.url(), "", 1).fails();
        assert!(why.contains("broke off"), "{answer}: {why}");
    }
}

#[test]
fn what_is_no_http_is_told() {
    let server = Server::new(|_, _| b"220 mail.example.org ESMTP\r\nconnection: close\r\n\r\n".to_vec());
    let why = Bench::new(&server.url(), "", 1).fails();
    assert!(why.contains("no HTTP"), "{why}");
    let long = Server::new(|_, _| format!("HTTP/1.1 200 OK\r\nx: {}\r\nconnection: close\r\n\r\n", "y".repeat(200_000)).into_bytes());
    let why = Bench::new(&long.url(), "", 1).fails();
    assert!(!why.is_empty(), "{why}");
}

#[test]
fn a_slow_receiver_does_not_hold_up_more_than_its_time() {
    let server = Server::new(|_, _| {
        std::thread::sleep(Duration::from_secs(3));
        said(200, "", "")
    });
    let bench = Bench::new(&server.url(), ", timeout: 1s", 1);
    let began = Instant::now();
    let why = bench.fails();
    assert!(why.contains("no answer in time"), "{why}");
    assert!(began.elapsed() < Duration::from_millis(2_500), "{:?}", began.elapsed());
}

#[test]
fn an_endless_answer_is_read_to_a_limit() {
    let server = Server::new(|_, _| {
        let mut bytes = b"HTTP/1.1 200 OK\r\ncontent-length: 10000000000\r\n\r\n".to_vec();
        bytes.resize(1 << 20, b' ');
        bytes
    });
    let bench = Bench::new(&server.url(), ", timeout: 5s", 1);
    let began = Instant::now();
    assert_eq!(bench.deliver(false, 0).delivered, 1);
    assert!(began.elapsed() < Duration::from_secs(4), "{:?}", began.elapsed());
}

#[test]
fn an_answer_that_never_ends_is_not_read_on() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("because there is a free port");
    let url = format!("http://{}/hook", listener.local_addr().expect("because it is bound"));
    let sender = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().expect("because it is called");
        let read = stream.read(&mut [0; 16 << 10]).expect("because it is a request");
        let chunk = [b"10000\r\n".as_slice(), &[b' '; 0x10000], b"\r\n"].concat();
        let mut sent = stream.write(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n").expect("because it is open") + read;
        while sent < 1 << 30 && stream.write_all(&chunk).is_ok() {
            sent += chunk.len();
        }
        sent
    });
    let bench = Bench::new(&url, ", timeout: 10s, parallel: 1", 1);
    assert_eq!(bench.deliver(false, 0).delivered, 1);
    let sent = sender.join().expect("because it does not panic");
    assert!(sent < 64 << 20, "{sent} bytes were taken");
}

#[test]
fn nobody_there_is_told() {
    let url = { Server::new(|_, _| Vec::new()).url() };
    std::thread::sleep(Duration::from_millis(100));
    let why = Bench::new(&url, "", 1).fails();
    assert!(why.contains("nobody listens"), "{why}");
}

#[test]
fn when_nobody_is_there_the_rest_is_left_for_later() {
    let url = { Server::new(|_, _| Vec::new()).url() };
    std::thread::sleep(Duration::from_millis(100));
    let bench = Bench::new(&url, ", parallel: 1", 50);
    assert_eq!(bench.deliver(true, 0).failed, 5);
    assert_eq!(bench.deliver(false, 0).failed, 5);
}

#[test]
fn an_event_is_given_up_after_its_schedule_and_can_be_replayed() {
    let server = Server::new(|number, _| said(if number < 1 { 500 } else { 200 }, "", ""));
    let bench = Bench::new(&server.url(), "", 1);
    let event = bench.outbox().events_in("pending", 1).expect("because it can be read").remove(0);
    let connection = rusqlite::Connection::open(&bench.path).expect("because it is there");
    connection.execute("UPDATE events SET attempts = 9", []).expect("because it can be written");
    assert_eq!(bench.deliver(false, 0).failed, 1);
    assert_eq!(bench.outbox().events_in("dead", 9).expect("because it can be read").first().map(|row| row.id.clone()), Some(event.id));
    let who = crate::rotate::outbox::Who { name: "a", from: "b", now_ms: now_ms() };
    assert_eq!(bench.outbox().retry(None, None, who).expect("because it can be written"), 1);
    assert_eq!(bench.deliver(false, 0).delivered, 1);
}
