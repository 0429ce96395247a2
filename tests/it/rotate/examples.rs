//! The receivers in `examples/receivers`: what they take, what they refuse, and the one that disables AWS keys.

#[path = "../../../examples/receivers/receiver.rs"]
#[expect(dead_code, reason = "the example has a main function of its own")]
mod example;

use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};

use super::Desk;
use super::python::{Listening, python};
use super::receiver::key;
use crate::support::{Folder, assigned, expand, list, text};

/// The receiver in Rust, which remembers ids in `store`, for as long as the tests run.
pub fn rust_receiver(store: &Path) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("because there is a free port");
    let address = listener.local_addr().expect("because it is bound");
    let receiver = example::Receiver::new(&key(), store, 0.0).expect("because the folder can be written");
    std::thread::spawn(move || example::serve(&listener, &Arc::new(receiver)));
    address
}

/// Posts `body` with a signature over `signed`; status and content of the answer.
fn post(address: SocketAddr, id: &str, signed: &str, body: &str) -> (u16, Value) {
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH).expect("because it is after 1970").as_secs();
    let webhook = standardwebhooks::Webhook::new(&key()).expect("because it is a key");
    let signature = webhook.sign(id, i64::try_from(seconds).unwrap_or_default(), signed.as_bytes()).expect("because it is text");
    let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).proxy(None).build().into();
    let request = agent.post(format!("http://{address}/hook")).header("webhook-id", id).header("webhook-timestamp", seconds.to_string());
    let mut answer = request.header("webhook-signature", signature).send(body).expect("because the receiver is there");
    let said = answer.body_mut().read_to_string().expect("because it is text");
    (answer.status().as_u16(), serde_json::from_str(&said).expect("because it is JSON"))
}

/// What every receiver has to do.
fn behaves(address: SocketAddr, store: &Path) {
    let acknowledged = (200, json!({"state": "acknowledged"}));
    let body = json!({"id": "evt_1", "data": {}}).to_string();
    assert_eq!(post(address, "evt_1", &body, &body), acknowledged);
    assert_eq!(post(address, "evt_1", &body, &body), acknowledged, "a known id is answered as the first time");
    assert_eq!(post(address, "evt_2", "{}", &body).0, 401, "what was signed is not what was sent");
    assert_eq!(post(address, "evt_3", &body, &body).0, 400, "the id of the request is not that of the event");
    assert_eq!(post(address, "evt_4", "", "").0, 413);
    let long = json!({"id": "evt_5", "data": "x".repeat(20_000)}).to_string();
    assert_eq!(post(address, "evt_5", &long, &long).0, 413);
    let remembered = rusqlite::Connection::open(store).expect("because it is there");
    let rows: (i64, i64) = remembered
        .query_row("SELECT count(*), sum(times) FROM events", [], |row| Ok((row.get(0)?, row.get(1)?)))
        .expect("because it has the table");
    assert_eq!(rows, (1, 2));
    let desk = Desk::to(address);
    let repository = Folder::new();
    repository.write("a.env", assigned("receivers"));
    desk.enqueue(&repository, &["."]);
    desk.run(&["deliver"]).ends_with(0);
    assert_eq!(desk.states(), ["acknowledged"]);
}

#[test]
fn the_receiver_in_rust_acts_once_and_only_on_what_is_signed() {
    let folder = Folder::new();
    let store = folder.path.join("events.sqlite");
    behaves(rust_receiver(&store), &store);
}

#[test]
fn the_receiver_in_python_acts_once_and_only_on_what_is_signed() {
    let Some(python) = python() else { return };
    let folder = Folder::new();
    let store = folder.path.join("events.sqlite");
    let listening = Listening::start(python, "receiver.py", &["--store", text(&json!(store))], &[("HOOK_KEY", &key())]);
    behaves(listening.address, &store);
}

/// Users with access keys, and the stub that has them.
struct Account {
    folder: Folder,
    own: String,
    secret: String,
    exposed: String,
    iam: Listening,
}

impl Account {
    fn new(python: &Path) -> Self {
        let folder = Folder::new();
        let id = |seed| expand("{{aws-key-id:AKIA}}", seed);
        let (own, secret, exposed) = (id("own"), expand("{{base64:40}}", "own"), id("exposed"));
        folder.write("keys.json", json!({"ann": [id("other")], "bob": [exposed, id("third")]}).to_string());
        let path = folder.path.join("keys.json");
        let credentials = [("AWS_ACCESS_KEY_ID", own.as_str()), ("AWS_SECRET_ACCESS_KEY", secret.as_str())];
        let iam = Listening::start(python, "stub_iam.py", &["--keys", text(&json!(path))], &credentials);
        Self { folder, own, secret, exposed, iam }
    }

    fn receiver(&self, python: &Path, secret: &str) -> Listening {
        let (store, endpoint) = (self.folder.path.join("events.sqlite"), format!("http://{}", self.iam.address));
        let environment = [("HOOK_KEY", key()), ("AWS_ACCESS_KEY_ID", self.own.clone()), ("AWS_SECRET_ACCESS_KEY", secret.to_owned())];
        let environment = environment.each_ref().map(|(name, value)| (*name, value.as_str()));
        Listening::start(python, "disable_aws_key.py", &["--store", text(&json!(store)), "--endpoint", &endpoint], &environment)
    }

    /// Ids of the keys that are not active.
    fn inactive(&self) -> Vec<String> {
        let agent: ureq::Agent = ureq::Agent::config_builder().proxy(None).build().into();
        let said = agent.get(format!("http://{}/", self.iam.address)).call().expect("because the stub is there");
        let said = said.into_body().read_to_string().expect("because it is text");
        let users: Value = serde_json::from_str(&said).expect("because it is JSON");
        let keys = users.as_object().into_iter().flat_map(|users| users.values()).filter_map(Value::as_object).flatten();
        keys.filter(|(_, status)| *status != "Active").map(|(id, _)| id.clone()).collect()
    }
}

#[test]
fn an_exposed_aws_key_is_disabled_before_it_is_said_to_be_rotated() {
    let Some(python) = python() else { return };
    let account = Account::new(python);
    let repository = Folder::new();
    repository.write("a.env", assigned("aws")).write("aws.env", format!("aws_access_key_id = {}\n", account.exposed));
    // AWS refuses the receiver's credentials: nothing is disabled, and nothing is said to be.
    let refused = account.receiver(python, &expand("{{base64:40}}", "wrong"));
    let desk = Desk::to(refused.address);
    desk.enqueue(&repository, &["."]);
    desk.run(&["deliver"]).ends_with(1);
    assert_eq!((desk.states(), account.inactive()), (vec!["detected".to_owned(); 2], Vec::new()));
    drop(refused);
    let receiver = account.receiver(python, &account.secret);
    desk.point_to(receiver.address);
    desk.run(&["deliver", "--now"]).ends_with(0);
    let mut states = desk.states();
    states.sort();
    assert_eq!((states, account.inactive()), (vec!["acknowledged".to_owned(), "rotated".to_owned()], vec![account.exposed.clone()]));
    let status = desk.status();
    let row = list(&status["exposures"]).iter().find(|row| row["state"] == "rotated").expect("because it is there");
    assert_eq!((text(&row["rule"]), text(&row["settled_by"])), ("aws.access-key-id", "receiver t"));
    assert!(text(&row["replacement"]).contains("the key of bob is inactive"), "{row}");
}

#[test]
fn the_stub_of_iam_takes_signatures_of_another_implementation_and_no_wrong_ones() {
    let Some(python) = python() else { return };
    let account = Account::new(python);
    let call = |secret: &str, more: &[&str]| {
        let mut curl = Command::new("curl");
        curl.args(["--silent", "--noproxy", "*", "--max-time", "10", "--aws-sigv4", "aws:amz:us-east-1:iam", "--user"]);
        curl.arg(format!("{}:{secret}", account.own)).args(more).arg(format!("http://{}/", account.iam.address));
        curl.output().ok().filter(|output| output.status.success()).map(|output| String::from_utf8_lossy(&output.stdout).into_owned())
    };
    let Some(said) = call(&account.secret, &["--data", "Action=ListUsers&Version=2010-05-08"]) else {
        eprintln!("SKIPPED: there is no curl that signs as AWS does");
        return;
    };
    assert!(said.contains("<UserName>bob</UserName>"), "{said}");
    let wrong = call("wrong", &["--data", "Action=ListUsers&Version=2010-05-08"]).unwrap_or_default();
    assert!(wrong.contains("SignatureDoesNotMatch"), "{wrong}");
    let nobody = call(&account.secret, &["--data", "Action=ListAccessKeys&UserName=eve"]).unwrap_or_default();
    assert!(nobody.contains("NoSuchEntity"), "{nobody}");
    assert!(call(&account.secret, &["--data", "Action=DeleteUser"]).unwrap_or_default().contains("InvalidAction"));
}
