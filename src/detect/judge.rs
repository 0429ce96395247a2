//! Weighs what is known of one match of one rule into a confidence, or throws it out.

use super::check::{self, Verdict};
use super::naming::Proximity;
use super::{Encoded, Input, Match, entropy, known, placeholder, words};
use crate::finding::{Confidence, Evidence, Identity};
use crate::location::ByteSpan;
use crate::rules::RuleIndex;
use crate::rules::schema::Rule;

/// Whether the rule holds for a file of that path.
pub fn is_in_files(rule: &Rule, path: &[u8]) -> bool {
    rule.files.is_empty()
        || rule.files.iter().any(|end| {
            let end = end.as_bytes();
            path.len() >= end.len() && path[path.len() - end.len()..].eq_ignore_ascii_case(end)
        })
}

/// Least bytes of a key block; tokens are shorter.
const BLOCK: usize = 200;

/// Judges a match of a token rule. `None`: no credential.
pub fn token(rule: &Rule, index: RuleIndex, text: &[u8], secret: ByteSpan, public_prefix: usize) -> Option<Match> {
    let bytes = secret.of(text);
    let body = &bytes[public_prefix.min(bytes.len())..];
    if known::is_public(bytes).is_some() || too_regular(rule, bytes) {
        return None;
    }
    let mut found = Match {
        rule: index,
        secret,
        cover: secret,
        public_prefix,
        confidence: rule.confidence,
        evidence: vec![Evidence::supporting("format", "distinctive format")],
        identity: Identity::default(),
        encoded: None,
    };
    let verdict = checked(rule, bytes, &mut found)?;
    // What a checksum proves may be glued to other words; where it fails, this is a part of some longer word.
    let is_cut = text.get(secret.end).is_some_and(|b| b.is_ascii_alphanumeric() || *b == b'_');
    if verdict == Verdict::ChecksumFailed && is_cut {
        return None;
    }
    // A block that its structure proves is no placeholder: an OpenSSH key holds long runs of one letter.
    if verdict != Verdict::Valid || body.len() < BLOCK {
        // Without a prefix that all of its kind begin with, it may be a word that says what belongs there.
        let is_named = public_prefix == 0 && words::all_stop_words(body);
        if placeholder::token_reason(body).is_some() || is_named {
            return None;
        }
        doubt_words(body, &mut found);
    }
    Some(found)
}

/// Judges an assigned value that fits a provider's rule. `None`: no credential.
pub fn assignment(rule: &Rule, index: RuleIndex, input: Input<'_>, secret: ByteSpan, proximity: Proximity) -> Option<Match> {
    let bytes = secret.of(input.bytes);
    let reason = match proximity {
        Proximity::Name => placeholder::assigned_reason(bytes).or_else(|| placeholder::named_reason(bytes)),
        Proximity::Path | Proximity::Nearby => placeholder::token_reason(bytes).or_else(|| placeholder::reason(bytes)),
    };
    if !is_in_files(rule, input.path) || reason.is_some() {
        return None;
    }
    if known::is_public(bytes).is_some() || too_regular(rule, bytes) {
        return None;
    }
    let note = match proximity {
        Proximity::Name => "provider in its name",
        Proximity::Path => "provider in the file's name",
        Proximity::Nearby => "provider named nearby",
    };
    let mut found = Match {
        rule: index,
        secret,
        cover: secret,
        public_prefix: 0,
        confidence: rule.confidence,
        evidence: vec![Evidence::supporting("provider", note)],
        identity: Identity::default(),
        encoded: None,
    };
    checked(rule, bytes, &mut found)?;
    Some(found)
}

fn too_regular(rule: &Rule, bytes: &[u8]) -> bool {
    rule.min_entropy.is_some_and(|least| entropy::shannon(bytes) < least)
}

/// Runs the rule's offline check. `None`: the bytes are not of this kind.
fn checked(rule: &Rule, bytes: &[u8], found: &mut Match) -> Option<Verdict> {
    let Some(check) = rule.check.as_deref().and_then(check::find) else { return Some(Verdict::Neutral) };
    let checked = (check.run)(bytes);
    match checked.verdict {
        Verdict::Valid => found.confidence = Confidence::High,
        Verdict::Neutral => {}
        Verdict::ChecksumFailed => found.confidence = Confidence::Low,
        Verdict::Malformed => return None,
    }
    found.evidence.splice(0..0, checked.evidence);
    found.identity = checked.identity;
    found.encoded = checked.stands_for.map(|(name, bytes)| Box::new(Encoded::whole(&bytes, vec![name], true)));
    Some(checked.verdict)
}

/// Words joined by dashes are written by people; generated text of that length is something else.
fn doubt_words(body: &[u8], found: &mut Match) {
    const LONG: usize = 12;
    if body.len() >= LONG && entropy::is_separated_words(body) {
        found.confidence = Confidence::Low;
        found.evidence.push(Evidence::opposing("entropy", "made of words"));
    }
}
