//! One rule on trial in one text: the scan that everybody gets, listened to.

use super::trace::{Log, Outcome, Place, Step};
use super::{BINARY_PROBE, Detector, Input, Match, issuer, trigger};
use crate::detect::prefilter::Trigger;
use crate::location::ByteSpan;
use crate::rules::RuleIndex;

/// What the detector saw for one rule.
#[derive(Clone, Debug, Default)]
pub struct Trial {
    /// Every place where the rule was tried, by first byte.
    pub places: Vec<Place>,
    /// What every rule together found: to be masked wherever the text is shown.
    pub secrets: Vec<ByteSpan>,
    /// Words that may begin the name of a credential but that nothing joins to a value.
    pub unjoined_words: usize,
    /// Whether the text is binary: no assignments are read in such.
    pub is_binary: bool,
}

impl Detector {
    /// Scans `input` with all rules, as [`Detector::scan`] does, and tells what happened to `rule` at each place.
    pub fn trial(&self, input: Input<'_>, rule: RuleIndex) -> Trial {
        let log = Log::new(rule, &self.rules.get(rule).rule);
        let matches = self.scan_traced(input, &self.triggers(input.bytes), usize::MAX, log.tracer()).list;
        log.tracer().lost("overlap", &matches, |secret| self.winner(&matches, secret));
        let mut trial = self.uncalled(input.bytes, rule);
        trial.is_binary = memchr::memchr(0, &input.bytes[..input.bytes.len().min(BINARY_PROBE)]).is_some();
        trial.places.extend(log.into_places());
        for found in matches.iter().filter(|found| found.rule == rule) {
            trial.settle(found);
        }
        trial.secrets = matches.iter().map(|found| found.cover).collect();
        trial.places.sort_by_key(|place| place.at);
        trial
    }

    /// What has the secret instead.
    fn winner(&self, matches: &[Match], secret: ByteSpan) -> String {
        let Some(better) = matches.iter().find(|found| found.secret.overlaps(secret)) else {
            return "nothing is left of it".to_owned();
        };
        let entry = self.rules.get(better.rule);
        if better.secret == secret && better.evidence.iter().any(|reason| reason.kind == issuer::FORM_UNKNOWN) {
            return format!("`{}` has it: the name names {}", entry.rule.id, entry.provider.name);
        }
        format!("`{}` has it: it names the credential better, is surer or takes more", entry.rule.id)
    }

    /// Literals and words that call for no look.
    fn uncalled(&self, text: &[u8], rule: RuleIndex) -> Trial {
        let mut trial = Trial::default();
        self.prefilter.hits(text, |hit| {
            for trigger in hit.triggers {
                match trigger {
                    Trigger::Token(token) if token.rule == rule && !token.fits(text, &hit) => {
                        let is_case = token.exact && text[hit.start..hit.end] != *token.literal.as_bytes();
                        let why = if is_case { "in other letter case" } else { "with a letter, digit or `_` right before it" };
                        let note = format!("`{}` stands here {why}", token.literal);
                        let step = Step { stage: "literal", outcome: Outcome::Failed, note };
                        trial.places.push(Place { steps: vec![step], ..Place::at(ByteSpan::new(hit.start, hit.end)) });
                    }
                    Trigger::Word => trial.unjoined_words += usize::from(!trigger::calls(text, &hit)),
                    _ => {}
                }
            }
        });
        trial
    }
}

impl Trial {
    /// Whether the rule found something.
    pub fn is_found(&self) -> bool {
        self.places.iter().any(|place| place.found.is_some())
    }

    /// `found` is in the report.
    fn settle(&mut self, found: &Match) {
        let has_it = |place: &Place| place.secret == Some(found.secret);
        if !self.places.iter().any(has_it) {
            let note = found.evidence.iter().map(|reason| reason.note.as_str()).collect::<Vec<_>>().join(", ");
            let step = Step { stage: "issuer", outcome: Outcome::Passed, note };
            self.places.push(Place { secret: Some(found.secret), steps: vec![step], ..Place::at(found.secret) });
        }
        // Two names can lead to one value; a name that was refused did not, unless nothing else but its provider did.
        let is_led = self.places.iter().any(|place| has_it(place) && !place.is_refused());
        for place in self.places.iter_mut().filter(|place| has_it(place) && !(is_led && place.is_refused())) {
            place.found = Some(found.confidence);
            place.public_prefix = found.public_prefix;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detect::prefilter::Workload;
    use crate::rules::schema::Rule;
    use crate::rules::{RuleSet, example};

    #[test]
    fn a_trial_finds_what_a_scan_finds_and_says_why_it_does_not() {
        let detector = Detector::new(RuleSet::builtin(), Workload::Small);
        let mut wrong = Vec::new();
        for (index, entry) in detector.rules().iter() {
            let rule = &entry.rule;
            let path = rule.examples.path.as_deref().unwrap_or("example").as_bytes();
            let (positive, negative) = (rule.examples.positive.iter(), rule.examples.negative.iter());
            for (number, template) in positive.chain(negative).enumerate() {
                let text = example::expand(template, &format!("{} trial {number}", rule.id)).expect("because the rules are checked");
                let input = Input { bytes: text.as_bytes(), path };
                let scanned: Vec<_> = detector.scan(input).into_iter().filter(|found| found.rule == index).collect();
                let trial = detector.trial(input, index);
                let mut tried: Vec<_> = trial.places.iter().filter_map(|place| Some((place.secret?, place.found?))).collect();
                tried.sort_by_key(|(secret, _)| *secret);
                tried.dedup();
                let expected: Vec<_> = scanned.iter().map(|found| (found.secret, found.confidence)).collect();
                if tried != expected {
                    wrong.push(format!("{}: {template}: a scan finds {expected:?}, a trial {tried:?}", rule.id));
                }
                for place in &trial.places {
                    let is_settled = place.found.is_some() || place.is_refused();
                    if !is_settled || !is_silent(place, rule, &scanned, text.as_bytes()) {
                        wrong.push(format!("{}: {template}: no reason given, or a secret shown: {place:?}", rule.id));
                    }
                }
            }
        }
        assert!(wrong.is_empty(), "{} are wrong:\n{}", wrong.len(), wrong.join("\n"));
    }

    /// Whether no note holds eight bytes of a secret that the rule itself does not hold.
    fn is_silent(place: &Place, rule: &Rule, found: &[Match], text: &[u8]) -> bool {
        let written = format!("{:?} {:?}", rule.token, rule.assignment).into_bytes();
        let parts = found.iter().flat_map(|found| found.secret.of(text)[found.public_prefix.min(found.secret.len())..].windows(8));
        let notes: Vec<&str> = place.steps.iter().filter(|step| step.stage != "literal").map(|step| step.note.as_str()).collect();
        let notes = notes.join("\n");
        let is_told = |part: &[u8]| memchr::memmem::find(notes.as_bytes(), part).is_some();
        parts.into_iter().all(|part| !is_told(part) || memchr::memmem::find(&written, part).is_some())
    }
}
