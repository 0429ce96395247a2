//! The key/value grammar: finds credentials that have no form of their own by the name they are assigned to.
//!
//! A trigger word (`password`, `key`, …) from the prefilter, then [`syntax`] finds `name op value` around it, [`name`] judges the name,
//! [`value`] throws out what is no credential, [`score`] weighs the rest. [`url`] does the same for userinfo in URLs, [`command`] for arguments of
//! commands. No regular expression
//! runs here and nothing is allocated before a pair is found.

pub mod command;
pub mod context;
pub mod header;
pub mod name;
pub mod score;
pub mod syntax;
pub mod url;
pub mod value;

/// Words that may begin a pair, in lower case: the prefilter looks for them inside names of any case.
pub const TRIGGERS: [&str; 21] = [
    "pass",
    "pwd",
    "psw",
    "secret",
    "token",
    "key",
    "auth",
    "credential",
    "creds",
    "nonce",
    "salt",
    "verifier",
    "ticket",
    "signature",
    "identified by",
    "contrasena",
    "otp",
    "seed",
    "securestring",
    "_pw",
    "_pat",
];

/// Begins a URL's authority.
pub const URL_TRIGGER: &str = "://";

/// Words before the credential in an `Authorization` header.
pub const HEADER_TRIGGERS: [&str; 2] = ["bearer ", "basic "];
