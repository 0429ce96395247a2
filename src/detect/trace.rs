//! What the detector tells of its work for one rule, place by place, to whoever asks with `keysieve rules try`.
//!
//! A [`Tracer`] that nobody listens to is a null pointer and its notes are never made: the code that scans is the code that explains. Notes
//! hold words of the rule and numbers, never bytes of the text.

use std::cell::RefCell;

use super::Match;
use crate::finding::Confidence;
use crate::location::ByteSpan;
use crate::rules::schema::Rule;
use crate::rules::{RuleIndex, RuleSet};

mod encoded;
mod words;

pub(super) use encoded::Origin;
pub(super) use words::*;

/// How a step ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It speaks for the rule, or lets it pass.
    Passed,
    /// It ends the matter at this place.
    Failed,
    /// It tells something and decides nothing.
    Noted,
}

impl Outcome {
    /// Its word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Failed => "failed",
            Self::Noted => "noted",
        }
    }
}

/// One step on the way to a match.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// Stable word for machines, such as `pattern`.
    pub stage: &'static str,
    /// How it ended.
    pub outcome: Outcome,
    /// A few words for people. Never holds bytes of the text.
    pub note: String,
}

/// A place that the detector looked at for the rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The literal, the name, the scheme.
    pub at: ByteSpan,
    /// The name of an assignment; where it stands says more than which trigger word is in it.
    pub name: Option<ByteSpan>,
    /// What the rule took for its secret, if it got so far.
    pub secret: Option<ByteSpan>,
    /// How sure the rule is of it in the end; `None` if it is no finding of this rule.
    pub found: Option<Confidence>,
    /// Encodings that the secret is written in, outermost first.
    pub via: Vec<&'static str>,
    /// The secret as it may be shown, if it is a finding of this rule.
    pub masked: Option<String>,
    /// In order.
    pub steps: Vec<Step>,
}

/// What calls for a look at a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Call {
    /// A literal of a token rule.
    Literal,
    /// A word in a name, or an authorization header.
    Word,
    /// `://`.
    Url,
    /// A match of a rule that searches whole texts.
    Search,
}

/// All that was told of one rule in one text.
pub(super) struct Log {
    rule: RuleIndex,
    call: Call,
    is_grammar: bool,
    told: RefCell<Told>,
}

#[derive(Default)]
struct Told {
    places: Vec<Place>,
    is_open: bool,
}

impl Log {
    /// Nothing told yet.
    pub fn new(index: RuleIndex, rule: &Rule) -> Self {
        let call = if rule.token.is_some() {
            Call::Literal
        } else if rule.url.is_some() {
            Call::Url
        } else if rule.search.is_some() {
            Call::Search
        } else {
            Call::Word
        };
        Self { rule: index, call, is_grammar: rule.grammar.is_some(), told: RefCell::default() }
    }

    /// The one who tells.
    pub fn tracer(&self) -> Tracer<'_> {
        Tracer(Some(self))
    }

    /// Every place, by rising end of what called for the look.
    pub fn into_places(self) -> Vec<Place> {
        self.told.into_inner().places
    }
}

/// Tells a [`Log`], or nobody.
#[derive(Clone, Copy, Default)]
pub(super) struct Tracer<'l>(Option<&'l Log>);

impl Place {
    /// Nothing is known of it yet.
    pub(super) fn at(at: ByteSpan) -> Self {
        Self { at, name: None, secret: None, found: None, via: Vec::new(), masked: None, steps: Vec::new() }
    }

    /// Whether a step failed.
    pub fn is_refused(&self) -> bool {
        self.steps.iter().any(|step| step.outcome == Outcome::Failed)
    }

    /// Whether the rule still takes the secret after the last step: a name can give it what its form did not.
    pub(super) fn is_standing(&self) -> bool {
        self.steps.last().is_some_and(|step| step.outcome != Outcome::Failed) && (!self.is_refused() || self.is_issued())
    }

    fn is_issued(&self) -> bool {
        self.steps.iter().any(|step| step.stage == "issuer" && step.outcome == Outcome::Passed)
    }

    /// Whether the secret of `found` is the one of this place, read in the same way.
    pub(super) fn has(&self, found: &Match) -> bool {
        self.secret == Some(found.secret) && self.via == found.via()
    }
}

impl Tracer<'_> {
    /// The rule that somebody asks for.
    pub fn rule(self) -> Option<RuleIndex> {
        self.0.map(|log| log.rule)
    }

    /// The same for what concerns `rule` alone: tells nobody if somebody asks for another rule.
    #[must_use]
    pub fn of(self, rule: RuleIndex) -> Self {
        Self(self.0.filter(|log| log.rule == rule))
    }

    /// The same for what concerns rules of the grammar alone.
    #[must_use]
    pub fn of_grammar(self) -> Self {
        Self(self.0.filter(|log| log.is_grammar))
    }

    /// The same for what concerns rules of assigned values alone.
    #[must_use]
    pub fn of_assignment(self) -> Self {
        Self(self.0.filter(|log| log.call == Call::Word && !log.is_grammar))
    }

    /// Begins a place. What is told from now on belongs to it; nothing is kept if the rule does not work that way.
    pub fn open(self, call: Call, at: ByteSpan) {
        if let Some(log) = self.0 {
            let mut told = log.told.borrow_mut();
            told.is_open = log.call == call;
            if told.is_open {
                told.places.push(Place::at(at));
            }
        }
    }

    /// Ends the place that is open.
    pub fn close(self) {
        if let Some(log) = self.0 {
            log.told.borrow_mut().is_open = false;
        }
    }

    /// The place that is open belongs to an assignment to this name.
    pub fn name(self, name: ByteSpan) {
        self.change(|place| place.name = Some(name));
    }

    /// The rule takes this for its secret. A second secret at a place is a place of its own.
    pub fn secret(self, whole: ByteSpan, secret: ByteSpan) {
        if let Some(log) = self.0 {
            let taken = log.told.borrow().places.last().and_then(|place| place.secret);
            if taken.is_some_and(|taken| taken != secret) {
                self.open(log.call, whole);
            }
            self.change(|place| place.secret = Some(secret));
        }
    }

    /// A step that the place passed.
    pub fn pass(self, stage: &'static str, note: impl FnOnce() -> String) {
        self.step(stage, Outcome::Passed, note);
    }

    /// The step that the place failed.
    pub fn fail(self, stage: &'static str, note: impl FnOnce() -> String) {
        self.step(stage, Outcome::Failed, note);
    }

    /// Something to know.
    pub fn note(self, stage: &'static str, note: impl FnOnce() -> String) {
        self.step(stage, Outcome::Noted, note);
    }

    fn step(self, stage: &'static str, outcome: Outcome, note: impl FnOnce() -> String) {
        if self.0.is_some() {
            self.change(|place| place.steps.push(Step { stage, outcome, note: note() }));
        }
    }

    fn change(self, change: impl FnOnce(&mut Place)) {
        let Some(log) = self.0 else { return };
        let mut told = log.told.borrow_mut();
        if told.is_open
            && let Some(place) = told.places.last_mut()
        {
            change(place);
        }
    }

    /// Whether a step failed at the place that is open.
    pub fn is_refused(self) -> bool {
        let mut is_refused = false;
        self.change(|place| is_refused = place.is_refused());
        is_refused
    }

    /// Says which places companions left without a finding.
    pub fn without_companions(self, rules: &RuleSet, matches: &[Match]) {
        if let Some(rule) = self.rule().filter(|rule| needs_companions(rules, *rule)) {
            self.lost("companions", matches, |_| required_companions(rules, rule));
        }
    }

    /// Says of which places the secret is no longer among `matches`, and `why`.
    pub fn lost(self, stage: &'static str, matches: &[Match], why: impl Fn(ByteSpan) -> String) {
        let Some(log) = self.0 else { return };
        let own: Vec<_> = matches.iter().filter(|found| found.rule == log.rule).collect();
        let is_there = |place: &Place| own.iter().any(|found| place.has(found));
        for place in log.told.borrow_mut().places.iter_mut().filter(|place| place.is_standing() && !is_there(place)) {
            if let Some(secret) = place.secret {
                place.steps.push(Step { stage, outcome: Outcome::Failed, note: why(secret) });
            }
        }
    }
}
