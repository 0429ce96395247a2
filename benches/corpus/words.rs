//! Words and names as they stand in source code.
//!
//! Words that the key/value grammar looks at come up about as often as in the source of a large program: once in a few hundred bytes, and
//! nearly never with a secret behind them.

use super::random::Random;

const PLAIN: &[&str] = &[
    "account", "address", "append", "args", "array", "batch", "block", "body", "buffer", "build", "bytes", "cache", "call", "channel",
    "child", "client", "close", "code", "column", "config", "context", "count", "current", "data", "default", "delete", "depth", "entry",
    "error", "event", "field", "file", "filter", "first", "format", "frame", "group", "handler", "header", "height", "index", "input",
    "item", "label", "last", "length", "level", "limit", "line", "list", "local", "lock", "main", "match", "message", "method", "mode",
    "model", "module", "name", "next", "node", "number", "object", "offset", "option", "order", "output", "packet", "page", "parent",
    "parse", "path", "pool", "port", "prefix", "process", "proxy", "query", "queue", "range", "read", "record", "region", "render",
    "request", "reset", "result", "root", "route", "scope", "server", "shape", "size", "source", "stack", "start", "state", "status",
    "stream", "string", "table", "target", "task", "text", "time", "total", "trace", "tree", "type", "update", "user", "value", "vector",
    "version", "view", "width", "window", "worker", "write",
];

const BROAD: &[&str] = &[
    "key",
    "token",
    "auth",
    "pass",
    "secret",
    "password",
    "credential",
    "nonce",
    "salt",
    "apiKey",
    "access",
    "session",
    "private",
    "signature",
];

const SENTENCES: &[&str] = &[
    "returns the next one, or nothing at the end",
    "must be called with the lock held",
    "see the note on ordering in the package comment",
    "this is not safe for concurrent use",
    "the caller keeps ownership of the buffer",
    "TODO: handle the case where the index is stale",
    "a token is read ahead, so the parser never backs up",
    "the key must not change while it is in the map",
    "authors of plugins should not rely on this",
    "https://example.com/docs/reference#section-4.2",
    "compare with the specification, section 7.1, before changing the passes below",
];

/// One lower-case word; about one in a hundred is a word of credentials.
pub fn word(random: &mut Random) -> &'static str {
    if random.below(100) == 0 { random.pick(BROAD) } else { random.pick(PLAIN) }
}

/// A name in camel case.
pub fn camel(random: &mut Random) -> String {
    let mut name = word(random).to_owned();
    for _ in 0..random.below(3) {
        let next = word(random);
        name.push(next.as_bytes()[0].to_ascii_uppercase().into());
        name.push_str(&next[1..]);
    }
    name
}

/// A name in snake case.
pub fn snake(random: &mut Random) -> String {
    let parts: Vec<&str> = (0..1 + random.below(3)).map(|_| word(random)).collect();
    parts.join("_")
}

/// A word of credentials, alone or as a part of a name such as `db_password`.
pub fn credential_name(random: &mut Random) -> String {
    let broad = random.pick(BROAD);
    if random.chance(50) { broad.to_owned() } else { format!("{}_{broad}", random.pick(PLAIN)) }
}

/// A sentence for a comment or a message.
pub fn sentence(random: &mut Random) -> &'static str {
    random.pick(SENTENCES)
}

/// What stands where a credential could: a reference, a type, an example, nothing.
pub fn no_secret(random: &mut Random) -> String {
    match random.below(8) {
        0 => format!("${{{}}}", snake(random).to_ascii_uppercase()),
        1 => "changeme".to_owned(),
        2 => format!("<your-{}>", word(random)),
        3 => format!("{}.{}", word(random), camel(random)),
        4 => "xxxxxxxxxxxxxxxx".to_owned(),
        5 => format!("/run/{}/{}", word(random), word(random)),
        6 => "null".to_owned(),
        _ => word(random).to_owned(),
    }
}
