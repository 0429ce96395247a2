//! Bytes in, matches out: prefilter, token patterns, the key/value grammar, evidence.
//!
//! Knows nothing of files, git, threads or reports. The way of a byte: [`prefilter`] finds literals, [`matcher`] runs a rule's pattern where
//! one stands, [`keyvalue`] reads `name op value` around trigger words, [`naming`] says whose an assigned value is, [`judge`] weighs the
//! evidence, [`resolve`] keeps one match where several overlap. [`embedded`] does all this in what encoded runs stand for, [`whole`] for values
//! that are encoded as a whole. [`policy`] judges files by their names.

pub mod advice;
pub mod check;
mod embedded;
#[cfg(test)]
mod embedded_tests;
pub mod entropy;
mod issuer;
mod judge;
pub mod keyvalue;
pub mod known;
mod matcher;
mod naming;
mod pairs;
pub mod placeholder;
pub mod policy;
pub mod prefilter;
pub mod prove;
mod resolve;
pub mod role;
pub mod search;
mod short;
mod streams;
#[cfg(test)]
mod tests;
mod textblock;
pub mod trace;
pub mod trial;
pub mod trigger;
mod whole;
pub mod words;

use std::collections::BTreeMap;
use std::sync::OnceLock;

use self::embedded::{Budget, EncodedRun};
use self::issuer::Issuers;
use self::matcher::{Matcher, Progress};
use self::naming::Naming;
use self::policy::{FileMatch, Policies};
use self::prefilter::{Hit, Prefilter, TokenTrigger, Trigger, Workload};
use self::role::FileRole;
use self::search::Searches;
use self::textblock::TextBlocks;
use self::trace::Tracer;
use self::trigger::Triggers;
use crate::decode::embedded::literals;
use crate::finding::{Confidence, Evidence, Identity};
use crate::location::{ByteSpan, CopiedSpan};
use crate::rules::schema::{Text, TokenMatch};
use crate::rules::{RuleIndex, RuleSet};
use crate::secret::Secret;

/// One credential in one text.
#[derive(Clone, Debug)]
pub struct Match {
    /// Which rule.
    pub rule: RuleIndex,
    /// Where the secret stands.
    pub secret: ByteSpan,
    /// The secret together with what weaker rules took for a secret around it: all of it is masked wherever the place is shown.
    pub cover: ByteSpan,
    /// Bytes at the secret's beginning that are the same for every credential of its kind and may be shown.
    pub public_prefix: usize,
    /// How sure.
    pub confidence: Confidence,
    /// Why.
    pub evidence: Vec<Evidence>,
    /// What the credential says about itself.
    pub identity: Identity,
    /// What the bytes stand for, where they are not the secret itself.
    pub encoded: Option<Box<Encoded>>,
}

/// A secret that is written in an encoding.
#[derive(Clone, Debug)]
pub struct Encoded {
    /// The secret.
    pub secret: Secret,
    /// Names of the encodings, outermost first.
    pub via: Vec<&'static str>,
    /// Whether the bytes where it stands are others than its own; if not, only something around it is encoded.
    is_changed: bool,
    /// Whether one of the encodings is such that nobody reads it without decoding.
    is_opaque: bool,
}

impl Encoded {
    /// A secret that is encoded as a whole.
    fn whole(secret: &[u8], via: Vec<&'static str>, is_opaque: bool) -> Self {
        Self { secret: Secret::new(secret), via, is_changed: true, is_opaque }
    }
}

impl Match {
    /// The bytes of the secret, which was found in `text`.
    pub fn secret_in<'a>(&'a self, text: &'a [u8]) -> &'a [u8] {
        self.encoded.as_ref().map_or_else(|| self.secret.of(text), |encoded| encoded.secret.expose())
    }

    /// Names of the encodings that it is written in, outermost first.
    fn via(&self) -> &[&'static str] {
        self.encoded.as_ref().map_or(&[], |encoded| &encoded.via)
    }
}

/// The credentials in one text, as far as they were looked for.
#[derive(Clone, Debug, Default)]
pub struct Matches {
    /// In order of place, no two of them overlapping.
    pub list: Vec<Match>,
    /// Whether there were too many: the rest of the text was not searched, and what stands beside the last ones is not known.
    pub cut: bool,
    /// Whether encodings stand in each other deeper or at more length than is decoded.
    pub limited: bool,
}

/// Text to scan.
#[derive(Clone, Copy, Debug)]
pub struct Input<'a> {
    /// All of it.
    pub bytes: &'a [u8],
    /// Its path, `/` between the parts: some rules hold for some files only, and a name tells how values are written.
    pub path: &'a [u8],
}

/// All rules, ready to run. Shared between threads.
pub struct Detector {
    rules: RuleSet,
    workload: Workload,
    prefilter: Prefilter,
    /// None if no rule searches whole texts.
    searches: Option<Searches>,
    /// By rule index.
    matchers: Vec<Matcher>,
    /// Built when the first random-looking value asks whose it is.
    naming: OnceLock<Naming>,
    /// Built when the first credential is found that only the grammar knows.
    issuers: OnceLock<Issuers>,
    /// Built with the first name of a file.
    policies: OnceLock<Policies>,
    by_class: BTreeMap<u8, RuleIndex>,
    by_scheme: BTreeMap<String, RuleIndex>,
    other_scheme: Option<RuleIndex>,
}

/// A NUL byte this early makes a content binary, as git decides it.
const BINARY_PROBE: usize = 8_000;

impl Detector {
    /// Builds the automaton for `rules`; patterns are compiled when first needed.
    pub fn new(rules: RuleSet, workload: Workload) -> Self {
        let mut by_class = BTreeMap::new();
        let mut by_scheme = BTreeMap::new();
        let mut other_scheme = None;
        for (index, entry) in rules.iter() {
            if let Some(class) = entry.rule.grammar {
                by_class.entry(class as u8).or_insert(index);
            }
            if let Some(url) = &entry.rule.url {
                by_scheme.extend(url.schemes.iter().map(|scheme| (scheme.to_string(), index)));
                if url.schemes.is_empty() {
                    other_scheme = Some(index);
                }
            }
        }
        Self {
            workload,
            prefilter: Prefilter::new(&rules, workload),
            searches: Searches::new(&rules),
            matchers: rules.iter().map(|_| Matcher::default()).collect(),
            naming: OnceLock::new(),
            issuers: OnceLock::new(),
            policies: OnceLock::new(),
            by_class,
            by_scheme,
            other_scheme,
            rules,
        }
    }

    /// The rules in force.
    pub fn rules(&self) -> &RuleSet {
        &self.rules
    }

    /// The rules about files that a repository should not store.
    pub fn policies(&self) -> &Policies {
        self.policies.get_or_init(|| Policies::new(&self.rules))
    }

    /// What the file at that path from the top of its repository is, if a rule is about such files.
    pub fn file(&self, input: Input<'_>) -> Option<FileMatch> {
        self.policies().of(&self.rules, input)
    }

    /// Finds every credential in `input`, in order of place, no two of them overlapping.
    pub fn scan(&self, input: Input<'_>) -> Vec<Match> {
        self.scan_up_to(input, usize::MAX).list
    }

    /// The same, but ends when more than `most` matches are found, those that another one will replace included, and keeps at most so many.
    pub fn scan_up_to(&self, input: Input<'_>, most: usize) -> Matches {
        self.scan_at(input, &self.triggers(input.bytes), most)
    }

    /// Whether a rule searches the whole of `text`, whatever triggers it has.
    pub fn searches_in(&self, text: &[u8]) -> bool {
        self.prefilter.calls_for_search(text)
    }

    /// Where in `text` something calls for a closer look, whatever its path.
    pub fn triggers(&self, text: &[u8]) -> Triggers {
        trigger::of(&self.prefilter, text)
    }

    /// The same for a text of which `copies`, by rising place, were taken over from a text that has the triggers `base`: only the rest is
    /// searched.
    pub fn triggers_of_derived(&self, text: &[u8], copies: &[CopiedSpan], base: &Triggers, room: &mut trigger::Room) -> Triggers {
        trigger::of_derived(&self.prefilter, text, copies, base, room)
    }

    /// The same as [`Detector::scan_up_to`] with the triggers of the same text at hand.
    pub fn scan_at(&self, input: Input<'_>, triggers: &Triggers, most: usize) -> Matches {
        self.scan_traced(input, triggers, most, Tracer::default())
    }

    fn scan_traced(&self, input: Input<'_>, triggers: &Triggers, most: usize, tracer: Tracer<'_>) -> Matches {
        if triggers.is_empty() && !self.searches_in(input.bytes) {
            return Matches::default();
        }
        let mut scan = Scan::new(self, input);
        scan.tracer = tracer;
        scan.all(triggers, most);
        scan.search();
        let Scan { mut matches, issued, is_cut: cut, is_limited: limited, .. } = scan;
        if !matches.is_empty() {
            resolve::companions(input.bytes, &self.rules, &mut matches);
            tracer.without_companions(&self.rules, &matches);
            resolve::overlaps(&self.rules, &mut matches);
            issuer::name(&self.rules, &issued, &mut matches);
            matches.truncate(most);
        }
        Matches { list: matches, cut, limited }
    }
}

/// One text while it is scanned.
struct Scan<'d, 'i> {
    detector: &'d Detector,
    input: Input<'i>,
    tracer: Tracer<'i>,
    role: FileRole,
    binary: bool,
    /// End of the name that was looked at last: `secret_key` holds two trigger words and is one name.
    name_end: usize,
    /// Up to there, bytes were looked at for a string literal in pieces.
    literal_end: usize,
    progress: BTreeMap<RuleIndex, Progress>,
    blocks: TextBlocks,
    /// By first byte of what the grammar found: the rule of the provider that its name names.
    issued: BTreeMap<usize, RuleIndex>,
    /// What may be decoded in what was itself decoded.
    budget: Option<Budget>,
    most: usize,
    is_cut: bool,
    is_limited: bool,
    matches: Vec<Match>,
}

impl<'d, 'i> Scan<'d, 'i> {
    fn new(detector: &'d Detector, input: Input<'i>) -> Self {
        let probe = &input.bytes[..input.bytes.len().min(BINARY_PROBE)];
        Self {
            detector,
            input,
            tracer: Tracer::default(),
            role: FileRole::of(input.path),
            binary: memchr::memchr(0, probe).is_some(),
            name_end: 0,
            literal_end: 0,
            progress: BTreeMap::new(),
            blocks: TextBlocks::of(input.path),
            issued: BTreeMap::new(),
            budget: None,
            most: usize::MAX,
            is_cut: false,
            is_limited: false,
            matches: Vec::new(),
        }
    }

    /// Looks at all of `triggers`, by rising place, until there are more than `most` matches.
    fn all(&mut self, triggers: &Triggers, most: usize) {
        self.most = most;
        let detector = self.detector;
        let mut runs = triggers.runs().iter().peekable();
        for hit in triggers.hits(&detector.prefilter) {
            while let Some(run) = runs.next_if(|run| run.run.span.start <= hit.start) {
                self.run(run);
            }
            if self.is_full() {
                return;
            }
            self.hit(&hit);
        }
        for run in runs {
            if self.is_full() {
                return;
            }
            self.run(run);
        }
        self.is_full();
    }

    /// Runs the rules that search the whole text.
    fn search(&mut self) {
        let detector = self.detector;
        if let Some(searches) = detector.searches.as_ref().filter(|_| !self.is_cut) {
            searches.run(&detector.rules, self.input, self.tracer, |found| {
                self.matches.push(found);
                !self.is_full()
            });
        }
    }

    fn is_full(&mut self) -> bool {
        self.is_cut |= self.matches.len() > self.most;
        self.is_cut
    }

    fn run(&mut self, run: &EncodedRun) {
        self.is_limited |= run.is_limited;
        self.encoded_run(&run.run);
    }

    fn hit(&mut self, hit: &Hit<'_>) {
        for trigger in hit.triggers {
            match trigger {
                Trigger::Token(token) => {
                    if token.fits(self.input.bytes, hit) {
                        self.token(token, hit);
                        self.joined(hit);
                    }
                }
                // Binary content has no assignments; what looks like one there is chance.
                _ if self.binary => {}
                Trigger::Word => self.word(hit),
                Trigger::Url => {
                    self.url(hit);
                    self.joined(hit);
                }
                Trigger::Header => self.header(hit),
                Trigger::Command => self.command(hit),
                Trigger::Mark => {}
            }
            self.tracer.close();
        }
    }

    fn token(&mut self, trigger: &TokenTrigger, hit: &Hit<'_>) {
        let detector = self.detector;
        let matcher = &detector.matchers[usize::from(trigger.rule.0)];
        let rule = &detector.rules.get(trigger.rule).rule;
        let Some(token) = &rule.token else { return };
        let (text, matches, tracer) = (self.input.bytes, &mut self.matches, self.tracer.of(trigger.rule));
        if !judge::is_in_files(rule, self.input.path) {
            trace::literal(tracer, trigger, token, hit, true);
            return tracer.fail("files", || judge::files_wanted(rule));
        }
        let progress = self.progress.entry(trigger.rule).or_default();
        trace::literal(tracer, trigger, token, hit, !progress.is_decided(hit.start));
        let mut is_found = false;
        matcher.find(token, text, hit, progress, |found| {
            is_found = true;
            tracer.secret(found.whole, found.secret);
            tracer.pass("pattern", || format!("matches, with a secret of {}", trace::form_of(found.secret.of(text))));
            let public_prefix = public_prefix(token, found.secret.of(text));
            matches.extend(judge::token(judge::Case { rule, index: trigger.rule, tracer }, text, found.secret, public_prefix));
        });
        if !is_found {
            tracer.fail("pattern", || trace::unmatched(token, text, hit));
        }
    }

    /// Looks at a string literal in pieces that the literal at `hit` stands in.
    fn joined(&mut self, hit: &Hit<'_>) {
        if self.binary || hit.start < self.literal_end {
            return;
        }
        let text = self.input.bytes;
        self.literal_end = literals::plain_end(text, hit.end);
        if let Some(run) = literals::joined_at(text, hit.start, self.literal_end) {
            self.literal_end = run.span.end;
            self.encoded_run(&run);
        }
    }
}

/// Bytes of the longest literal that the secret begins with.
fn public_prefix(token: &TokenMatch, secret: &[u8]) -> usize {
    let begins = |literal: &&Text| {
        secret.get(..literal.len()).is_some_and(|head| {
            if token.facts.ignore_case { head.eq_ignore_ascii_case(literal.as_bytes()) } else { head == literal.as_bytes() }
        })
    };
    token.literals.iter().filter(begins).map(|literal| literal.len()).max().unwrap_or(0)
}
