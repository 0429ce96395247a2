//! Reads one item of `targets:`.

use super::refer::{Reference, below};
use super::walk::Walk;
use super::{Approval, ClientFiles, Rate, Select, Target, secret, special, url};
use crate::config::shown;
use crate::config::yaml::{Content, Node, Place};
use crate::rotate::format::{Format, Types};
use crate::rotate::time;

const KEYS: [&str; 16] = [
    "name",
    "url",
    "format",
    "signing_keys",
    "types",
    "select",
    "rate_limit",
    "timeout",
    "parallel",
    "allow_private",
    "include_secret",
    "recipient",
    "require_approval",
    "ca_file",
    "client_certificate",
    "headers",
];
/// Most signing keys of a target: each adds a signature to every request.
const MOST_KEYS: usize = 8;
/// Headers that the delivery writes itself.
const OWN_HEADERS: [&str; 11] = [
    "host",
    "content-length",
    "content-type",
    "transfer-encoding",
    "connection",
    "webhook-id",
    "webhook-timestamp",
    "webhook-signature",
    "github-public-key-identifier",
    "github-public-key-signature",
    "user-agent",
];

/// The target that `node` describes; none where something is wrong with it, which is then told.
pub fn read(walk: &mut Walk, node: &Node) -> Option<Target> {
    let before = walk.count();
    let mut draft = Draft::default();
    for (key, value) in walk.map(node, "a target", &KEYS) {
        match key.name.as_str() {
            "name" => draft.name = walk.parsed(key, value, "write up to 64 letters, digits, `-`, `_` and `.`", name),
            "url" => draft.url = address(walk, value),
            "format" => draft.format = format(walk, value),
            "signing_keys" => {
                let items = walk.list(key, value, "such as `[{env: HOOK_KEY}]`");
                draft.keys = items.iter().filter_map(|item| signing_key(walk, item)).collect();
                if items.len() > MOST_KEYS {
                    walk.complain(value.place, format!("more than {MOST_KEYS} signing keys"), "keep the old one and the new one");
                }
            }
            "types" => draft.types = special::types(walk, value),
            "select" => draft.select = Select::read(walk, value),
            "rate_limit" => draft.rate = walk.parsed(key, value, "write `10/s`, `600/min` or `60/h`", Rate::parse),
            "timeout" => {
                let seconds = |text: &str| time::seconds(text).filter(|seconds| *seconds <= 120);
                draft.timeout = walk.parsed(key, value, "write `20s`, at most `2m`", seconds).unwrap_or(draft.timeout);
            }
            "parallel" => {
                let number = |text: &str| text.parse().ok().filter(|number| (1..=16).contains(number));
                draft.parallel = walk.parsed(key, value, "write a number from 1 to 16", number).unwrap_or(draft.parallel);
            }
            "allow_private" => draft.allow_private = walk.truth(key, value) == Some(true),
            "include_secret" => draft.secret.mode(walk, value),
            "recipient" => draft.secret.recipient(walk, value),
            "require_approval" => draft.require_approval = Approval::read(walk, key, value),
            "ca_file" => draft.ca_file = walk.text(key, value, false).map(|path| below(&walk.file().folder, &path)),
            "client_certificate" => draft.client = client(walk, value),
            _ => draft.headers = headers(walk, value),
        }
    }
    draft.finish(walk, node.place, before)
}

struct Draft {
    name: Option<String>,
    url: Option<Reference>,
    format: Option<Format>,
    keys: Vec<Reference>,
    secret: secret::Draft,
    types: Types,
    select: Select,
    rate: Option<Rate>,
    timeout: u64,
    parallel: usize,
    allow_private: bool,
    require_approval: Approval,
    ca_file: Option<std::path::PathBuf>,
    client: Option<ClientFiles>,
    headers: Vec<(String, Reference)>,
}

impl Default for Draft {
    fn default() -> Self {
        Self {
            name: None,
            url: None,
            format: None,
            keys: Vec::new(),
            secret: secret::Draft::default(),
            types: Types::default(),
            select: Select::default(),
            rate: None,
            timeout: 20,
            parallel: 2,
            allow_private: false,
            require_approval: Approval::None,
            ca_file: None,
            client: None,
            headers: Vec::new(),
        }
    }
}

impl Draft {
    fn finish(self, walk: &mut Walk, place: Place, problems_before: usize) -> Option<Target> {
        if walk.count() > problems_before {
            return None;
        }
        let (Some(name), Some(url), Some(format)) = (self.name, self.url, self.format) else {
            walk.complain(place, "a target needs `name`, `url` and `format`", "see `keysieve rotate config example`");
            return None;
        };
        let include_secret = self.secret.finish(walk, place, format);
        let target = Target {
            name,
            url,
            format,
            signing_keys: self.keys,
            include_secret,
            types: self.types,
            select: self.select,
            rate: self.rate,
            timeout_seconds: self.timeout,
            parallel: self.parallel,
            allow_private: self.allow_private,
            require_approval: self.require_approval,
            ca_file: self.ca_file,
            client: self.client,
            headers: self.headers,
        };
        special::check(walk, place, &target);
        (walk.count() == problems_before).then_some(target)
    }
}

fn name(text: &str) -> Option<String> {
    let is_known = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    (text.len() <= 64 && text.bytes().all(is_known)).then(|| text.to_owned())
}

fn address(walk: &mut Walk, node: &Node) -> Option<Reference> {
    let reference = Reference::read(walk, "`url`", node, url::is_public)?;
    if let Reference::Here(text) = &reference
        && let Err(why) = url::check(text)
    {
        walk.complain_hidden(node.place, format!("`url` {why}"), "");
        return None;
    }
    Some(reference)
}

fn format(walk: &mut Walk, node: &Node) -> Option<Format> {
    let word = walk.word("`format`", node, &Format::ALL.map(Format::as_str))?;
    Format::ALL.into_iter().find(|format| format.as_str() == word)
}

fn signing_key(walk: &mut Walk, node: &Node) -> Option<Reference> {
    Reference::read(walk, "a signing key", node, |_| Err("cannot stand in this file"))
}

fn client(walk: &mut Walk, node: &Node) -> Option<ClientFiles> {
    let (mut certificate, mut private) = (None, None);
    for (key, value) in walk.map(node, "`client_certificate`", &["certificate", "key"]) {
        let path = walk.text(key, value, false).map(|path| below(&walk.file().folder, &path));
        *(if key.name == "key" { &mut private } else { &mut certificate }) = path;
    }
    if certificate.is_none() || private.is_none() {
        walk.complain(node.place, "`client_certificate` needs `certificate` and `key`", "both are paths of PEM files");
    }
    Some(ClientFiles { certificate: certificate?, key: private? })
}

fn headers(walk: &mut Walk, node: &Node) -> Vec<(String, Reference)> {
    let Content::Map(entries) = &node.content else {
        walk.complain(
            node.place,
            "`headers` is a map from names to values",
            "such as `{Authorization: {env: HOOK_TOKEN, prefix: \"Bearer \"}}`",
        );
        return Vec::new();
    };
    let mut headers = Vec::new();
    for (key, value) in entries {
        let lower = key.name.to_ascii_lowercase();
        let is_token = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
        if lower.is_empty() || lower.len() > 64 || !lower.bytes().all(is_token) {
            walk.complain(key.place, "this is no name of a header", "");
        } else if OWN_HEADERS.contains(&lower.as_str()) {
            walk.complain(key.place, format!("`{}` is written by keysieve itself", key.name), "leave it out");
        } else {
            let what = format!("the header `{}`", shown(&key.name));
            headers.extend(Reference::read(walk, &what, value, |text| is_public_header(&lower, text)).map(|value| (lower, value)));
        }
    }
    headers
}

/// Whether a header's value may stand in the file.
fn is_public_header(name: &str, value: &str) -> Result<(), &'static str> {
    let is_secret = ["auth", "cookie", "token", "secret", "key", "password", "signature"].iter().any(|word| name.contains(word));
    match () {
        () if is_secret => Err("is a secret by its name, and cannot stand in this file"),
        () if shown(value) != value => Err("seems to be a secret, and cannot stand in this file"),
        () if value.chars().any(|c| !c.is_ascii_graphic() && c != ' ') => Err("has characters that no header can have"),
        () => Ok(()),
    }
}
