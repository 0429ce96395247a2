//! Whether a file of a fitting name holds what such files hold: an empty one, a template or a certificate is none.

use std::sync::OnceLock;

use regex::bytes::{Captures, Regex, RegexBuilder};

use super::FileMatch;
use crate::decode;
use crate::detect::BINARY_PROBE;
use crate::detect::entropy::{self, Charset, Randomness};
use crate::detect::keyvalue::syntax::Form;
use crate::detect::keyvalue::value::{self, Value};
use crate::detect::keyvalue::{name, url};
use crate::detect::{known, placeholder};
use crate::finding::{Confidence, Evidence};
use crate::rules::schema::{FileContent, PathMatch};
use crate::rules::{RuleIndex, RuleSet};

/// Bytes at the beginning of a file in which its pattern is looked for. Settings and keys are shorter.
const LOOK: usize = 1 << 20;
/// Matches of a pattern that are judged; what comes later changes nothing for a reader.
const MOST_MATCHES: usize = 10_000;
/// Least bytes of a key block; other values are shorter.
const BLOCK: usize = 200;
/// Beginnings of values that are encrypted, or that say where the value is kept.
const SEALED: [&[u8]; 6] = [b"encrypted:", b"ENC[", b"op://", b"vault:", b"arn:aws:", b"projects/"];

/// What files of one rule hold.
pub struct Content {
    kind: FileContent,
    pattern: Option<String>,
    compiled: OnceLock<Regex>,
}

/// What a match of the pattern says of the file.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Says {
    /// A placeholder stands there.
    Nothing,
    /// A value, and nothing says that it is a credential.
    Value,
    /// A credential.
    Credential,
}

impl Content {
    /// As the rule says.
    pub fn new(rule: &PathMatch) -> Self {
        Self { kind: rule.content, pattern: rule.pattern.as_ref().map(ToString::to_string), compiled: OnceLock::new() }
    }

    /// What the rule with that index says of a file with these `bytes`. `None`: it is not about such a file.
    pub fn judge(&self, index: RuleIndex, rules: &RuleSet, bytes: &[u8]) -> Option<FileMatch> {
        let full = rules.get(index).rule.confidence;
        let (confidence, reason) = match (&self.pattern, self.kind) {
            (Some(pattern), _) => self.judge_text(pattern, bytes, full)?,
            (None, FileContent::Any) if bytes.trim_ascii().is_empty() => return None,
            (None, FileContent::Any) => (full, Evidence::supporting("content", "it is not empty")),
            (None, FileContent::Binary) if !is_binary(bytes) => return None,
            (None, FileContent::Binary) => (full, Evidence::supporting("content", "its content is no text")),
        };
        Some(FileMatch { rule: index, confidence, evidence: vec![Evidence::supporting("stored", "stored by git"), reason] })
    }

    fn judge_text(&self, pattern: &str, bytes: &[u8], full: Confidence) -> Option<(Confidence, Evidence)> {
        let decoded = decode::decode(bytes);
        let text = decoded.as_ref().map_or(bytes, |decoded| decoded.text());
        let text = text.strip_prefix("\u{feff}".as_bytes()).unwrap_or(text);
        let text = &text[..text.len().min(LOOK)];
        let regex = self.compiled.get_or_init(|| {
            RegexBuilder::new(pattern).unicode(false).build().expect("because the lint parsed this pattern before it became a rule")
        });
        let mut most = Says::Nothing;
        for groups in regex.captures_iter(text).take(MOST_MATCHES) {
            most = most.max(said(&groups));
            if most == Says::Credential {
                let is_named = groups.name("value").is_some();
                let note = if is_named { "it holds a value that is no placeholder" } else { "its content fits its name" };
                return Some((full, Evidence::supporting("content", note)));
            }
        }
        (most == Says::Value).then(|| (Confidence::Low, Evidence::opposing("content", "no value in it has a credential's name")))
    }
}

fn said(groups: &Captures<'_>) -> Says {
    let Some(value) = groups.name("value") else { return Says::Credential };
    let value = unquoted(value.as_bytes());
    if let Some(is_real) = password_in_url(value) {
        return if is_real { Says::Credential } else { Says::Nothing };
    }
    if value.is_empty() || SEALED.iter().any(|start| value.starts_with(start)) || is_placeholder(value) || known::is_public(value).is_some()
    {
        return Says::Nothing;
    }
    let Some(name) = groups.name("name") else { return Says::Credential };
    if is_credential(name.as_bytes(), value) { Says::Credential } else { Says::Value }
}

/// Whether a value stands where another one belongs. A key block has words in it, runs of one letter and more than a line's length.
fn is_placeholder(value: &[u8]) -> bool {
    placeholder::token_reason(value).is_some() || (value.len() < BLOCK && placeholder::reason(value).is_some())
}

/// Whether the password of a URL is one and no placeholder. `None`: no URL with a password.
fn password_in_url(value: &[u8]) -> Option<bool> {
    let at = memchr::memmem::find(value, b"://")?;
    let userinfo = url::userinfo_at(value, at)?;
    Some(url::judge(value, &userinfo).is_some())
}

/// Whether the name promises a credential and the value can be one. In a settings file every value is a string, quoted or not.
fn is_credential(name: &[u8], value: &[u8]) -> bool {
    let Some(judged) = name::judge(name) else { return false };
    let randomness = entropy::randomness(value);
    let whole = Value { bytes: value, form: Form::Quoted, charset: Charset::of(value), randomness };
    let is_sure = judged.prior > 0.0 || randomness >= Randomness::Likely;
    is_sure && value::rejected(&whole, name, judged.class).is_none()
}

/// The value without quotes, and without a comment behind it.
fn unquoted(value: &[u8]) -> &[u8] {
    let value = value.trim_ascii();
    if let [quote @ (b'"' | b'\'' | b'`'), rest @ ..] = value {
        return memchr::memchr(*quote, rest).map_or(rest, |end| &rest[..end]);
    }
    let comment = memchr::memmem::find(value, b" #").or_else(|| value.starts_with(b"#").then_some(0));
    value[..comment.unwrap_or(value.len())].trim_ascii_end()
}

/// Whether content is no text: it has a NUL where git looks for one, or is no UTF-8 there, up to a character that the border cuts.
fn is_binary(bytes: &[u8]) -> bool {
    let probe = &bytes[..bytes.len().min(BINARY_PROBE)];
    let cut = |error: std::str::Utf8Error| error.error_len().is_none() && probe.len() < bytes.len();
    memchr::memchr(0, probe).is_some() || std::str::from_utf8(probe).is_err_and(|error| !cut(error))
}
