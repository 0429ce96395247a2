//! One rule on trial in one text: the scan that everybody gets, listened to.

use super::trace::{Log, Outcome, Place, Step};
use std::collections::{BTreeMap, BTreeSet};

use super::{BINARY_PROBE, Detector, Input, Match, Matches, issuer, trigger};
use crate::detect::prefilter::Trigger;
use crate::location::ByteSpan;
use crate::rules::RuleIndex;
use crate::secret;

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
    /// Whether encodings stand in each other deeper or at more length than is decoded.
    pub is_limited: bool,
}

impl Detector {
    /// Scans `input` with all rules, as [`Detector::scan`] does, and tells what happened to `rule` at each place.
    pub fn trial(&self, input: Input<'_>, rule: RuleIndex) -> Trial {
        if self.rules.get(rule).rule.path.is_some() {
            return Trial { places: vec![self.file_on_trial(input, rule)], ..Trial::default() };
        }
        if self.rules.get(rule).rule.shared.is_some() {
            let note = "it is told of all places of a finished scan, not of one text: run `keysieve scan`".to_owned();
            let mut place = Place::at(ByteSpan::new(0, 0));
            place.steps.push(Step { stage: "scan", outcome: Outcome::Failed, note });
            return Trial { places: vec![place], ..Trial::default() };
        }
        let log = Log::new(rule, &self.rules.get(rule).rule);
        let Matches { list: matches, limited, .. } = self.scan_traced(input, &self.triggers(input.bytes), usize::MAX, log.tracer());
        log.tracer().lost("overlap", &matches, |secret| self.winner(rule, &matches, secret));
        let mut trial = self.uncalled(input.bytes, rule);
        trial.is_binary = memchr::memchr(0, &input.bytes[..input.bytes.len().min(BINARY_PROBE)]).is_some();
        trial.places.extend(log.into_places());
        for found in matches.iter().filter(|found| found.rule == rule) {
            trial.settle(found, input.bytes);
        }
        trial.tell_once();
        trial.is_limited = limited;
        trial.secrets = matches.iter().map(|found| found.cover).collect();
        trial.places.sort_by_key(|place| place.at);
        trial
    }

    /// What a rule about files says of the text as a file at its path.
    fn file_on_trial(&self, input: Input<'_>, rule: RuleIndex) -> Place {
        let step = |stage, is_passed, note: &str| {
            let outcome = if is_passed { Outcome::Passed } else { Outcome::Failed };
            Step { stage, outcome, note: note.to_owned() }
        };
        let mut place = Place::at(ByteSpan::new(0, 0));
        let named = self.policies().names_of(input.path).any(|index| index == rule);
        place.steps.push(step(
            "name",
            named,
            if named { "the file's name is one of the rule's" } else { "the rule is about files of other names" },
        ));
        let content = named.then(|| self.policies().by_content(&self.rules, input).into_iter().find(|found| found.rule == rule));
        let Some(content) = content else { return place };
        let Some(found) = content else {
            place.steps.push(step(
                "content",
                false,
                "nothing in it is what the rule wants: it is empty, or holds placeholders, or something else",
            ));
            return place;
        };
        place.steps.push(step("content", true, "the content is what the rule wants"));
        let Some(found) = self.policies().in_place(found, input.path) else {
            place.steps.push(step("folder", false, "the rule asks for another folder"));
            return place;
        };
        place.steps.extend(found.evidence.iter().map(|reason| step("evidence", reason.supports, &reason.note)));
        place.steps.push(Step { stage: "git", outcome: Outcome::Noted, note: "a scan reports it only if git stores the file".to_owned() });
        place.found = Some(found.confidence);
        place.masked = Some("the file".to_owned());
        place
    }

    /// What has the secret instead.
    fn winner(&self, own: RuleIndex, matches: &[Match], secret: ByteSpan) -> String {
        let Some(better) = matches.iter().find(|found| found.secret.overlaps(secret)) else {
            return "nothing is left of it".to_owned();
        };
        let entry = self.rules.get(better.rule);
        if better.rule == own {
            let reading = if better.via().is_empty() { "as it is written".to_owned() } else { written_in(better.via()) };
            return format!("the same rule has it, or more of it, {reading}");
        }
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

/// The encodings that something is written in, outermost first, as reports for people say it: `in percent > base64`.
pub fn written_in(via: &[&'static str]) -> String {
    format!("in {}", via.join(" > "))
}

impl Trial {
    /// Whether the rule found something.
    pub fn is_found(&self) -> bool {
        self.places.iter().any(|place| place.found.is_some())
    }

    /// `found` is in the report.
    fn settle(&mut self, found: &Match, text: &[u8]) {
        let has_it = |place: &Place| place.has(found);
        if !self.places.iter().any(has_it) {
            let note = found.evidence.iter().map(|reason| reason.note.as_str()).collect::<Vec<_>>().join(", ");
            let step = Step { stage: "evidence", outcome: Outcome::Passed, note };
            let via = found.via().to_vec();
            self.places.push(Place { secret: Some(found.secret), via, steps: vec![step], ..Place::at(found.secret) });
        }
        // Two names can lead to one value; a name that was refused did not, unless nothing else but its provider did.
        let is_led = self.places.iter().any(|place| has_it(place) && !place.is_refused());
        for place in self.places.iter_mut().filter(|place| has_it(place) && !(is_led && place.is_refused())) {
            place.found = Some(found.confidence);
            place.masked = Some(secret::mask(found.secret_in(text), found.public_prefix));
            if !place.via.is_empty() {
                place.steps.push(Step { stage: "encoded", outcome: Outcome::Passed, note: format!("found {}", written_in(&place.via)) });
            }
        }
    }

    /// A text with escapes in it is read twice, as it is written and as it is meant. One place is told once: as it is found, or else as it is
    /// written.
    fn tell_once(&mut self) {
        let mut found = BTreeSet::new();
        let mut shallowest: BTreeMap<ByteSpan, usize> = BTreeMap::new();
        for place in &self.places {
            if place.found.is_some() {
                found.insert(place.at);
            }
            let depth = shallowest.entry(place.at).or_insert(usize::MAX);
            *depth = place.via.len().min(*depth);
        }
        self.places.retain(|place| {
            let is_shallowest = shallowest.get(&place.at).is_none_or(|depth| place.via.len() == *depth);
            place.found.is_some() || (is_shallowest && !found.contains(&place.at))
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detect::prefilter::Workload;
    use crate::finding::Confidence;
    use crate::rules::schema::Rule;
    use crate::rules::{RuleSet, example};

    #[test]
    fn a_rule_about_files_tells_what_it_says_of_a_file() {
        let detector = Detector::new(RuleSet::builtin(), Workload::Small);
        let mut tried = 0;
        for (index, entry) in detector.rules().iter().filter(|(_, entry)| entry.rule.path.is_some()) {
            let examples = &entry.rule.examples;
            for (is_found, files) in [(true, &examples.positive_files), (false, &examples.negative_files)] {
                for file in files.iter() {
                    let text = example::expand(&file.content, "trial").expect("because the rules are checked");
                    let trial = detector.trial(Input { bytes: text.as_bytes(), path: file.path.as_bytes() }, index);
                    // What is only worth a look in an audit is no finding for an author.
                    assert_eq!(trial.places[0].found > Some(Confidence::Low), is_found, "{}: {}", entry.rule.id, file.path);
                    let last = trial.places[0].steps.last().map(|step| step.stage);
                    assert_eq!(last == Some("git"), trial.is_found(), "{last:?}");
                    tried += 1;
                }
            }
        }
        assert!(tried > 30);
    }

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
        let parts = found.iter().flat_map(|found| {
            let secret = found.secret_in(text);
            secret[found.public_prefix.min(secret.len())..].windows(8)
        });
        let notes: Vec<&str> = place.steps.iter().filter(|step| step.stage != "literal").map(|step| step.note.as_str()).collect();
        let notes = notes.join("\n");
        let is_told = |part: &[u8]| memchr::memmem::find(notes.as_bytes(), part).is_some();
        parts.into_iter().all(|part| !is_told(part) || memchr::memmem::find(&written, part).is_some())
    }
}
