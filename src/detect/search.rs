//! Rules that search whole texts: a keyword anywhere in a text calls for a search through all of it.
//!
//! What is found depends on the text alone. Where the path decides, the match is made all the same and [`PathTerms`] says later whether it
//! counts: one content of a history stands under many paths.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::OnceLock;

use aho_corasick::AhoCorasick;
use regex_automata::Input as Haystack;
use regex_automata::meta::{self, Regex};
use regex_automata::util::syntax;

use super::trace::{self, Tracer};
use super::{Input, Match};
use crate::finding::{Evidence, Identity};
use crate::location::ByteSpan;
use crate::rules::schema::{Rule, Text};
use crate::rules::search::{Allow, AllowTarget, SearchMatch};
use crate::rules::{RuleIndex, RuleSet};

/// All such rules, ready to run.
pub struct Searches {
    searches: Vec<Search>,
    /// None if no rule has a keyword.
    keywords: Option<AhoCorasick>,
    /// By pattern of the automaton: positions in `searches`.
    callers: Vec<Vec<usize>>,
}

struct Search {
    index: RuleIndex,
    /// Whether the rule searches every text.
    is_always: bool,
    compiled: OnceLock<Compiled>,
}

struct Compiled {
    pattern: Regex,
    allow: Vec<Allowed>,
}

/// An entry of `allow` that is about the text alone.
struct Allowed {
    target: AllowTarget,
    /// None: the entry has no patterns.
    regexes: Option<Regex>,
    stopwords: Option<AhoCorasick>,
}

impl Searches {
    /// None if there is no such rule.
    pub fn new(rules: &RuleSet) -> Option<Self> {
        let mut words: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        let mut searches = Vec::new();
        for (index, entry) in rules.iter() {
            let Some(search) = &entry.rule.search else { continue };
            for word in search.keywords.iter() {
                words.entry(word.to_ascii_lowercase()).or_default().push(searches.len());
            }
            searches.push(Search { index, is_always: search.keywords.is_empty(), compiled: OnceLock::new() });
        }
        if searches.is_empty() {
            return None;
        }
        let keywords = (!words.is_empty()).then(|| automaton(words.keys()));
        Some(Self { searches, keywords, callers: words.into_values().collect() })
    }

    /// Gives `each` what the rules find in `input`, rule by rule and then from left to right, until it says that this is enough.
    pub(super) fn run(&self, rules: &RuleSet, input: Input<'_>, tracer: Tracer<'_>, mut each: impl FnMut(Match) -> bool) {
        let called = self.called(input.bytes);
        for (search, _) in self.searches.iter().zip(called).filter(|(_, called)| *called) {
            let rule = &*rules.get(search.index).rule;
            let Some(written) = &rule.search else { continue };
            let compiled = search.compiled.get_or_init(|| Compiled::new(written));
            let case = Case { rule, written, index: search.index, tracer: tracer.of(search.index) };
            if !compiled.run(case, input.bytes, &mut each) {
                return;
            }
        }
    }

    fn called(&self, text: &[u8]) -> Vec<bool> {
        let mut called: Vec<bool> = self.searches.iter().map(|search| search.is_always).collect();
        let mut open = called.iter().filter(|called| !**called).count();
        if let Some(keywords) = &self.keywords {
            for hit in keywords.find_overlapping_iter(text) {
                for at in &self.callers[hit.pattern().as_usize()] {
                    open -= usize::from(!std::mem::replace(&mut called[*at], true));
                }
                if open == 0 {
                    break;
                }
            }
        }
        called
    }
}

/// What calls for a search through the whole of a text, whichever rule's it is.
#[derive(Clone, Debug, Default)]
pub(super) struct Call {
    is_always: bool,
    keywords: Option<AhoCorasick>,
}

impl Call {
    /// Of all such rules.
    pub fn of(rules: &RuleSet) -> Self {
        let searches = || rules.iter().filter_map(|(_, entry)| entry.rule.search.as_ref());
        let mut words: Vec<String> = searches().flat_map(|search| search.keywords.iter()).map(|word| word.to_ascii_lowercase()).collect();
        words.sort_unstable();
        words.dedup();
        let is_always = searches().any(|search| search.keywords.is_empty());
        Self { is_always, keywords: (!is_always && !words.is_empty()).then(|| automaton(words.iter())) }
    }

    /// Whether `text` is to be searched.
    pub fn calls(&self, text: &[u8]) -> bool {
        self.is_always || self.keywords.as_ref().is_some_and(|keywords| keywords.is_match(text))
    }
}

/// The rule whose search it is.
#[derive(Clone, Copy)]
struct Case<'a> {
    rule: &'a Rule,
    written: &'a SearchMatch,
    index: RuleIndex,
    tracer: Tracer<'a>,
}

impl Compiled {
    fn new(search: &SearchMatch) -> Self {
        let text_only = search.allow.iter().filter(|allow| allow.paths.is_empty());
        Self { pattern: regex(std::slice::from_ref(&search.pattern)), allow: text_only.map(Allowed::new).collect() }
    }

    /// Whether to go on with other rules.
    fn run(&self, case: Case<'_>, text: &[u8], each: &mut impl FnMut(Match) -> bool) -> bool {
        for found in self.pattern.find_iter(text) {
            let Some(whole) = trimmed(text, ByteSpan::new(found.start(), found.end())) else { continue };
            case.tracer.open(trace::Call::Search, whole);
            let secret = self.secret(text, whole, case.written.secret_group);
            case.tracer.secret(whole, secret);
            case.tracer.pass("pattern", || format!("matches, with a secret of {}", trace::form_of(secret.of(text))));
            if !is_above(case, secret.of(text)) || self.is_allowed(case, text, whole, secret) {
                continue;
            }
            if case.written.depends_on_path() {
                case.tracer.note("paths", || "in a scan the path from the top of the repository decides as well".to_owned());
            }
            let evidence = vec![Evidence::supporting("format", "matches the rule's pattern")];
            let confidence = case.rule.confidence;
            let identity = Identity::default();
            let found = Match { rule: case.index, secret, cover: secret, public_prefix: 0, confidence, evidence, identity, encoded: None };
            if !each(found) {
                return false;
            }
        }
        true
    }

    /// The secret in a match, which is read by itself: what stands around it takes no part.
    fn secret(&self, text: &[u8], whole: ByteSpan, group: u32) -> ByteSpan {
        let mut captures = self.pattern.create_captures();
        self.pattern.search_captures(&Haystack::new(whole.of(text)), &mut captures);
        let groups = captures.group_len();
        let numbers = if group == 0 { 1..groups } else { group as usize..group as usize + 1 };
        let mut held = numbers.filter_map(|number| captures.get_group(number)).filter(|span| !span.is_empty());
        held.next().map_or(whole, |span| ByteSpan::new(whole.start + span.start, whole.start + span.end))
    }

    fn is_allowed(&self, case: Case<'_>, text: &[u8], whole: ByteSpan, secret: ByteSpan) -> bool {
        let by = self.allow.iter().find(|allow| {
            let target = match allow.target {
                AllowTarget::Secret => secret.of(text),
                AllowTarget::Match => whole.of(text),
                AllowTarget::Line => lines(text, whole),
            };
            allow.fits(target, secret.of(text))
        });
        if by.is_some() {
            case.tracer.fail("allow", || "an entry of the rule's `allow` fits".to_owned());
        }
        by.is_some()
    }
}

impl Allowed {
    fn new(allow: &Allow) -> Self {
        let regexes = (!allow.regexes.is_empty()).then(|| regex(&allow.regexes));
        let stopwords = (!allow.stopwords.is_empty()).then(|| automaton(allow.stopwords.iter().map(|word| word.as_bytes())));
        Self { target: allow.target, regexes, stopwords }
    }

    fn fits(&self, target: &[u8], secret: &[u8]) -> bool {
        self.regexes.as_ref().is_none_or(|regexes| regexes.is_match(target))
            && self.stopwords.as_ref().is_none_or(|words| words.is_match(secret))
    }
}

/// What a rule says about paths, ready to run.
pub struct PathTerms {
    paths: Option<Regex>,
    /// Each a set of paths and what must hold for the secret there.
    allow: Vec<(Regex, Allowed)>,
}

impl PathTerms {
    /// None if paths are nothing to the rule.
    pub fn of(rule: &Rule) -> Option<Self> {
        let search = rule.search.as_ref().filter(|search| search.depends_on_path())?;
        let paths = (!search.paths.is_empty()).then(|| regex(&search.paths));
        let with_paths = search.allow.iter().filter(|allow| !allow.paths.is_empty());
        Some(Self { paths, allow: with_paths.map(|allow| (regex(&allow.paths), Allowed::new(allow))).collect() })
    }

    /// Whether a secret counts in the file at `path` from the top of its repository; none: in something that is no file.
    pub fn counts(&self, path: Option<&[u8]>, secret: &[u8]) -> bool {
        let Some(path) = path else { return self.paths.is_none() };
        let is_wanted = self.paths.as_ref().is_none_or(|paths| paths.is_match(path));
        is_wanted && !self.allow.iter().any(|(paths, allow)| paths.is_match(path) && allow.fits(secret, secret))
    }
}

/// Whether the secret is as random as the rule asks.
fn is_above(case: Case<'_>, secret: &[u8]) -> bool {
    let Some(least) = case.written.above_entropy.filter(|least| *least > 0.0) else { return true };
    let bits = entropy(secret);
    let note = || format!("{bits:.2} bits, more than {least} wanted");
    if bits > f64::from(least) {
        case.tracer.pass("entropy", note);
        return true;
    }
    case.tracer.fail("entropy", note);
    false
}

/// Entropy over characters, each weighed against the length in bytes.
fn entropy(secret: &[u8]) -> f64 {
    let text: Cow<'_, str> = String::from_utf8_lossy(secret);
    let mut counts: BTreeMap<char, u32> = BTreeMap::new();
    text.chars().for_each(|c| *counts.entry(c).or_default() += 1);
    let length = secret.len() as f64;
    counts.values().map(|count| f64::from(*count) / length).map(|share| -share * share.log2()).sum()
}

/// The match without line feeds at its ends; none if nothing else is there.
fn trimmed(text: &[u8], span: ByteSpan) -> Option<ByteSpan> {
    let bytes = span.of(text);
    let first = bytes.iter().position(|byte| *byte != b'\n')?;
    let last = bytes.iter().rposition(|byte| *byte != b'\n')?;
    Some(ByteSpan::new(span.start + first, span.start + last + 1))
}

/// The lines that `span` stands on.
fn lines(text: &[u8], span: ByteSpan) -> &[u8] {
    let start = memchr::memrchr(b'\n', &text[..span.start]).map_or(0, |at| at + 1);
    let end = memchr::memchr(b'\n', &text[span.end..]).map_or(text.len(), |at| span.end + at);
    &text[start..end]
}

fn regex(patterns: &[Text]) -> Regex {
    // The lint bounds the size of all patterns of a list together.
    let builder = meta::Config::new().utf8_empty(false).nfa_size_limit(None).onepass_size_limit(Some(1 << 20));
    Regex::builder()
        .syntax(syntax::Config::new().unicode(false).utf8(false))
        .configure(builder)
        .build_many(patterns)
        .expect("because the lint parsed these patterns before they became a rule")
}

fn automaton<T: AsRef<[u8]>>(words: impl Iterator<Item = T>) -> AhoCorasick {
    let builder = AhoCorasick::builder().ascii_case_insensitive(true).build(words);
    builder.expect("because the lint bounds the number and the length of words")
}
