//! What is told of texts that others are encoded in: in words of the text that holds them.

use std::cell::RefCell;

use super::{Log, Outcome, Place, Step, Tracer};
use crate::location::ByteSpan;

/// How a text was made from a part of the text that holds it.
pub struct Origin<'a> {
    /// Names of the encodings, outermost first.
    pub via: Vec<&'static str>,
    /// Whether nobody reads it without decoding.
    pub is_opaque: bool,
    /// The bytes that spans of the text are written with.
    pub originals: &'a dyn Fn(&[ByteSpan]) -> Vec<ByteSpan>,
}

impl Log {
    /// One for the same rule in a text of its own: places of one text mean nothing in another.
    fn apart(&self) -> Self {
        Self { told: RefCell::default(), ..*self }
    }
}

impl Tracer<'_> {
    /// A log for what is told of a decoded text, if somebody asks.
    pub fn apart(self) -> Option<Log> {
        self.0.map(Log::apart)
    }

    /// Takes over every place of a decoded text.
    pub fn adopt(self, inner: Option<Log>, origin: &Origin<'_>) {
        let (Some(log), Some(inner)) = (self.0, inner) else { return };
        let places = inner.into_places();
        let spans = places.iter().flat_map(|place| [place.at, place.name.unwrap_or(place.at), place.secret.unwrap_or(place.at)]);
        let originals = (origin.originals)(&spans.collect::<Vec<_>>());
        let mut told = log.told.borrow_mut();
        told.is_open = false;
        for (mut place, [at, name, secret]) in places.into_iter().zip(originals.as_chunks::<3>().0) {
            place.at = *at;
            // What base64 digits a name is written with tells nobody anything.
            place.name = place.name.filter(|_| !origin.is_opaque).map(|_| *name);
            place.secret = place.secret.map(|_| *secret);
            place.via.splice(0..0, origin.via.iter().copied());
            told.places.push(place);
        }
    }

    /// What the open place has for its secret stands for another one, in this encoding.
    pub fn stands_for(self, encoding: &'static str) {
        self.change(|place| place.via.push(encoding));
    }

    /// The value at the open place stands for another, of which `inner` was told. What was said of the value as it is written decides nothing.
    pub fn swap(self, inner: Option<Log>, written: ByteSpan, via: &[&'static str], note: impl FnOnce() -> String) {
        let Some(inner) = inner else { return };
        let Some(judged) = inner.into_places().into_iter().next() else { return };
        self.change(|place: &mut Place| {
            for step in place.steps.iter_mut().filter(|step| step.outcome == Outcome::Failed) {
                step.outcome = Outcome::Noted;
            }
            place.steps.push(Step { stage: "encoded", outcome: Outcome::Passed, note: note() });
            place.steps.extend(judged.steps);
            place.secret = judged.secret.map(|_| written);
            place.via = via.to_vec();
        });
    }
}
