//! Weighs what is known of one match of one rule into a confidence, or throws it out.

use super::check::{self, Verdict};
use super::naming::Proximity;
use super::trace::{self, Tracer};
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

/// A rule that is to be judged at a place, and who wants to know.
#[derive(Clone, Copy)]
pub struct Case<'a> {
    /// The rule.
    pub rule: &'a Rule,
    /// Which one.
    pub index: RuleIndex,
    /// Is told of each filter.
    pub tracer: Tracer<'a>,
}

/// Judges a match of a token rule. `None`: no credential.
pub fn token(case: Case<'_>, text: &[u8], secret: ByteSpan, public_prefix: usize) -> Option<Match> {
    let rule = case.rule;
    let bytes = secret.of(text);
    let body = &bytes[public_prefix.min(bytes.len())..];
    if is_public(case, bytes) || too_regular(case, bytes) {
        return None;
    }
    let mut found = Match {
        rule: case.index,
        secret,
        cover: secret,
        public_prefix,
        confidence: rule.confidence,
        evidence: vec![Evidence::supporting("format", "distinctive format")],
        identity: Identity::default(),
        encoded: None,
    };
    let verdict = checked(case, bytes, &mut found)?;
    // What a checksum proves may be glued to other words; where it fails, this is a part of some longer word.
    let is_cut = text.get(secret.end).is_some_and(|b| b.is_ascii_alphanumeric() || *b == b'_');
    if verdict == Verdict::ChecksumFailed && is_cut {
        case.tracer.fail("check", || "the checksum fails and the word goes on behind it: a part of some longer word".to_owned());
        return None;
    }
    // A block that its structure proves is no placeholder: an OpenSSH key holds long runs of one letter.
    if verdict != Verdict::Valid || body.len() < BLOCK {
        // Without a prefix that all of its kind begin with, it may be a word that says what belongs there.
        let is_named = || (public_prefix == 0 && words::all_stop_words(body)).then_some("made of words that say what belongs there");
        if let Some(reason) = placeholder::token_reason(body).or_else(is_named) {
            case.tracer.fail("placeholder", || reason.to_owned());
            return None;
        }
        case.tracer.pass("placeholder", || "none".to_owned());
        doubt_words(body, &mut found);
    }
    Some(found)
}

/// Judges an assigned value that fits a provider's rule. `None`: no credential.
pub fn assignment(case: Case<'_>, input: Input<'_>, secret: ByteSpan, proximity: Proximity) -> Option<Match> {
    let rule = case.rule;
    let bytes = secret.of(input.bytes);
    if !is_in_files(rule, input.path) {
        case.tracer.fail("files", || files_wanted(rule));
        return None;
    }
    let reason = match proximity {
        Proximity::Name => placeholder::assigned_reason(bytes).or_else(|| placeholder::named_reason(bytes)),
        Proximity::Path | Proximity::Nearby => placeholder::token_reason(bytes).or_else(|| placeholder::reason(bytes)),
    };
    if let Some(reason) = reason {
        case.tracer.fail("placeholder", || reason.to_owned());
        return None;
    }
    case.tracer.pass("placeholder", || "none".to_owned());
    if is_public(case, bytes) || too_regular(case, bytes) {
        return None;
    }
    let note = match proximity {
        Proximity::Name => "provider in its name",
        Proximity::Path => "provider in the file's name",
        Proximity::Nearby => "provider named nearby",
    };
    let mut found = Match {
        rule: case.index,
        secret,
        cover: secret,
        public_prefix: 0,
        confidence: rule.confidence,
        evidence: vec![Evidence::supporting("provider", note)],
        identity: Identity::default(),
        encoded: None,
    };
    checked(case, bytes, &mut found)?;
    Some(found)
}

/// The rule's `files`, for people.
pub fn files_wanted(rule: &Rule) -> String {
    format!("holds only for files whose name ends with {}", rule.files.join(", "))
}

fn is_public(case: Case<'_>, bytes: &[u8]) -> bool {
    let source = known::is_public(bytes);
    if let Some(source) = source {
        case.tracer.fail("known", || format!("a published sample: {source}"));
    }
    source.is_some()
}

fn too_regular(case: Case<'_>, bytes: &[u8]) -> bool {
    let Some(least) = case.rule.min_entropy else { return false };
    let bits = entropy::shannon(bytes);
    let note = || format!("{bits:.2} bits per byte, at least {least} wanted");
    if bits < least {
        case.tracer.fail("entropy", note)
    } else {
        case.tracer.pass("entropy", note)
    }
    bits < least
}

/// Runs the rule's offline check. `None`: the bytes are not of this kind.
fn checked(case: Case<'_>, bytes: &[u8], found: &mut Match) -> Option<Verdict> {
    let Some(check) = case.rule.check.as_deref().and_then(check::find) else { return Some(Verdict::Neutral) };
    let checked = (check.run)(bytes);
    tell(case.tracer, check.name, &checked);
    match checked.verdict {
        Verdict::Valid => found.confidence = Confidence::High,
        Verdict::Neutral => {}
        Verdict::ChecksumFailed => found.confidence = Confidence::Low,
        Verdict::Malformed => return None,
    }
    found.evidence.splice(0..0, checked.evidence);
    found.identity = checked.identity;
    if let Some((encoding, bytes)) = &checked.stands_for {
        case.tracer.stands_for(encoding);
        case.tracer.note("encoded", || format!("the value is {encoding} for {}", trace::form_of(bytes)));
    }
    found.encoded = checked.stands_for.map(|(name, bytes)| Box::new(Encoded::whole(&bytes, vec![name], true)));
    Some(checked.verdict)
}

/// What a check said, without what it read.
fn tell(tracer: Tracer<'_>, name: &str, checked: &check::Checked) {
    let (passes, meaning) = match checked.verdict {
        Verdict::Valid => (true, "holds, so confidence is high"),
        Verdict::Neutral => (true, "says nothing either way"),
        Verdict::ChecksumFailed => (true, "fails, so confidence is low"),
        Verdict::Malformed => (false, "the bytes are not of this kind"),
    };
    let note = || {
        let reasons = checked.evidence.iter().map(|reason| format!(" ({})", reason.note));
        format!("`{name}` {meaning}{}", reasons.collect::<String>())
    };
    if passes { tracer.pass("check", note) } else { tracer.fail("check", note) }
}

/// Words joined by dashes are written by people; generated text of that length is something else.
fn doubt_words(body: &[u8], found: &mut Match) {
    const LONG: usize = 12;
    if body.len() >= LONG && entropy::is_separated_words(body) {
        found.confidence = Confidence::Low;
        found.evidence.push(Evidence::opposing("entropy", "made of words"));
    }
}
