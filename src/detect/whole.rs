//! Values that are encoded as a whole: `password: cGFzc3dvcmQ=` in a Kubernetes Secret says no more than the word it stands for. They are
//! judged by that, under the name that they are assigned to, as if it stood there.

use super::keyvalue::{score, syntax};
use super::role::FileRole;
use super::trace::{self, Call, Log};
use super::{Encoded, Input, Match, Scan};
use crate::decode::embedded::{self, literals};
use crate::location::ByteSpan;

/// Most encodings in each other.
const DEEPEST: usize = 4;
/// Most bytes before the name and behind the value that are looked at when a pair is judged.
const BEFORE: usize = 2_600;
const BEHIND: usize = 4_200;

/// A pair with what its value stands for in the value's place.
pub struct Swapped {
    text: Vec<u8>,
    pair: syntax::Pair,
    /// What the value is written with in the original text.
    written: ByteSpan,
    via: Vec<&'static str>,
    is_opaque: bool,
}

/// The pair in `text` with its value decoded; `None` if the value is what it looks like.
pub fn swapped(text: &[u8], pair: &syntax::Pair) -> Option<Swapped> {
    let (mut written, mut via, mut is_opaque) = (pair.value, Vec::new(), false);
    let mut value = pair.value.of(text).to_vec();
    if pair.form == syntax::Form::Quoted
        && let Some(run) = literals::joined_at(text, pair.value.start, pair.value.end).filter(|run| run.span.start == pair.value.start)
    {
        value = run.decode(text)?.text().to_vec();
        (written, via) = (run.span, vec![run.coding.name()]);
    }
    while via.len() < DEEPEST
        && let Some((coding, decoded)) = embedded::whole(&value)
    {
        value = decoded;
        via.push(coding.name());
        is_opaque |= coding.is_opaque();
    }
    if via.is_empty() {
        return None;
    }
    let low = pair.name.start.saturating_sub(BEFORE);
    let high = text.len().min(written.end + BEHIND);
    let moved = |span: ByteSpan| ByteSpan::new(span.start - low, span.end - low);
    // The first name of the text must not seem to begin a line that it does not begin.
    let start = pair.value.start - low;
    let new = [&text[low..pair.value.start], &value, &text[written.end..high]].concat();
    let pair = syntax::Pair { name: moved(pair.name), value: ByteSpan::new(start, start + value.len()), ..*pair };
    Some(Swapped { text: new, pair, written, via, is_opaque })
}

impl Scan<'_, '_> {
    /// The match of a pair whose value stands for another one.
    pub(super) fn swapped(&self, swapped: &Swapped, role: FileRole) -> Option<Match> {
        let Swapped { text, pair, written, via, is_opaque } = swapped;
        let mut inner = Scan::new(self.detector, Input { bytes: text, path: self.input.path });
        inner.role = role;
        let value = score::value_of(text, pair);
        let log = self.tracer.apart();
        inner.tracer = log.as_ref().map(Log::tracer).unwrap_or_default();
        inner.tracer.open(Call::Word, pair.name);
        let found = inner.named(pair, &value).or_else(|| inner.generic(pair, &value, role));
        let note = || format!("the value is {} for {}, which is judged in its place", via.join(" > "), trace::form_of(value.bytes));
        self.tracer.swap(log, *written, via, note);
        let found = found?;
        let encoded = Encoded::whole(found.secret.of(text), via.clone(), *is_opaque);
        Some(Match { secret: *written, cover: *written, encoded: Some(Box::new(encoded)), ..found })
    }
}
