//! Which provider's credential an assigned value is: by the words in its name, near it, or in the file's path.
//!
//! Provider names are frequent words, so they are no literals of the prefilter: only a value that already looks random asks for them.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use aho_corasick::{AhoCorasick, AhoCorasickKind};
use regex::bytes::{Regex, RegexBuilder};

use super::keyvalue::context;
use super::keyvalue::syntax::{Operator, Pair};
use super::prefilter::Workload;
use super::trace::Tracer;
use super::words;
use crate::rules::schema::{AssignmentMatch, Text};
use crate::rules::{RuleIndex, RuleSet};

mod tell;

/// A context word this long may stand anywhere in a name; shorter ones must be a word of it.
const GLUED: usize = 4;
/// Most bytes before a value in which a context word may stand.
const REACH: usize = 2_048;
/// Most lines looked at for enclosing keys.
const MAX_LINES: usize = 60;

/// All assignment rules.
pub struct Naming {
    rules: Vec<NamedValue>,
    /// Finds every context word, glued.
    words: AhoCorasick,
    /// Positions in `rules` of those that a word belongs to, by pattern id.
    rules_of_word: Vec<Vec<usize>>,
}

struct NamedValue {
    index: RuleIndex,
    assignment: AssignmentMatch,
    context: Vec<String>,
    names: Vec<String>,
    value: OnceLock<Regex>,
}

/// Where the context word stood.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Proximity {
    /// Some lines before.
    Nearby,
    /// In the file's path.
    Path,
    /// In the name itself.
    Name,
}

impl Naming {
    /// Collects the assignment rules of `rules`, for as much text as `workload` says.
    pub fn new(rules: &RuleSet, workload: Workload) -> Self {
        let glued = |list: &[Text]| list.iter().map(|word| glue(word.as_bytes())).collect();
        let rules: Vec<_> = rules
            .iter()
            .filter_map(|(index, entry)| {
                let assignment = entry.rule.assignment.clone()?;
                let (context, names) = (glued(&assignment.context), glued(&assignment.names));
                Some(NamedValue { index, context, names, assignment, value: OnceLock::new() })
            })
            .collect();
        let mut by_word: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (position, rule) in rules.iter().enumerate() {
            for word in &rule.context {
                by_word.entry(word).or_default().push(position);
            }
        }
        // A table takes longer to build and half the time to run.
        let kind = (workload == Workload::Large).then_some(AhoCorasickKind::DFA);
        let words = AhoCorasick::builder().prefilter(false).kind(kind).build(by_word.keys());
        let words = words.expect("because a few hundred short words are far from the automaton's limits");
        let rules_of_word = by_word.into_values().collect();
        Self { rules, words, rules_of_word }
    }

    /// The rules of which a context word stands anywhere in what can count, whatever its place: few, and cheap to find.
    fn named_around(&self, text: &[u8], path: &[u8], pair: &Pair) -> BTreeSet<usize> {
        let low = pair.name.start.saturating_sub(REACH);
        let mut found = BTreeSet::new();
        let end = if pair.operator == Operator::Header {
            context::line_around(text, pair.value.end).end
        } else {
            pair.value.start.max(pair.name.end)
        };
        for place in [&text[low..end], path] {
            for word in self.words.find_overlapping_iter(&glue(place)) {
                found.extend(&self.rules_of_word[word.pattern().as_usize()]);
            }
        }
        found
    }

    /// The rules whose value pattern fits the pair's value and whose provider is named: nearest context first, then the longest word, as
    /// `linear` says more than the `line` in it, then the longest name, as `api_key_secret` says more than `api_key`.
    pub fn candidates(&self, text: &[u8], path: &[u8], pair: &Pair, tracer: Tracer<'_>) -> Vec<(RuleIndex, Proximity)> {
        let value = pair.value.of(text);
        let bytes = ascii_bytes(value);
        let may_fit = |rule: &NamedValue| rule.has_length(value.len()) && rule.has_bytes(bytes);
        self.tell(text, path, pair, tracer);
        // Looking at the value is cheaper than looking around it, and most values fit nothing.
        if !self.rules.iter().any(may_fit) {
            return Vec::new();
        }
        let near = self.named_around(text, path, pair);
        if near.is_empty() {
            return Vec::new();
        }
        let name = called(text, pair);
        let surroundings = Surroundings::new(text, path, pair);
        let mut found: Vec<_> = near
            .into_iter()
            .map(|position| &self.rules[position])
            .filter(|rule| may_fit(rule))
            .filter_map(|rule| Some((rule, rule.called(&name)?)))
            .filter_map(|(rule, called)| Some((rule, called, rule.proximity(&surroundings)?)))
            .filter(|(rule, ..)| rule.fits(value))
            .collect();
        found.sort_by_key(|(rule, called, (proximity, length))| (Reverse(*proximity), Reverse(*length), Reverse(*called), rule.index));
        found.into_iter().map(|(rule, _, (proximity, _))| (rule.index, proximity)).collect()
    }
}

/// The name of a pair as rules compare it.
fn called(text: &[u8], pair: &Pair) -> String {
    if pair.operator == Operator::Header { HEADER_NAMES.to_owned() } else { glue(pair.name.of(text)) }
}

/// The ASCII bytes that `value` holds: byte `n` is bit `n`.
fn ascii_bytes(value: &[u8]) -> u128 {
    value.iter().filter(|byte| byte.is_ascii()).fold(0u128, |set, byte| set | 1 << byte)
}

/// What the credential in an `Authorization` header may be called, without separators: the header names none of it.
const HEADER_NAMES: &str = "bearertoken-accesstoken-apitoken-apikey-secretkey-authtoken-pat-jwt";

impl NamedValue {
    fn has_length(&self, length: usize) -> bool {
        let facts = self.assignment.facts;
        (facts.min_length as usize..=facts.max_length as usize).contains(&length)
    }

    fn has_bytes(&self, bytes: u128) -> bool {
        bytes & !self.assignment.facts.bytes == 0
    }

    /// Length of the longest of its names that `name` holds, 0 if any name will do.
    fn called(&self, name: &str) -> Option<usize> {
        if self.names.is_empty() {
            return Some(0);
        }
        self.names.iter().filter(|word| name.contains(word.as_str())).map(String::len).max()
    }

    /// Where the nearest of its context words stands, and the word's length in bytes.
    fn proximity(&self, around: &Surroundings<'_>) -> Option<(Proximity, usize)> {
        let longest = |place: &Place<'_>| self.context.iter().filter(|word| place.holds(word)).map(String::len).max();
        // Two letters somewhere on other lines are chance; hex is full of them.
        let distinct = |place: &Place<'_>, shortest: usize| {
            let stands =
                |word: &&String| if word.len() >= GLUED { place.holds(word) } else { word.len() >= shortest && place.has_word(word) };
            self.context.iter().filter(stands).map(String::len).max()
        };
        let named = longest(&around.name).or_else(|| around.keys.iter().find_map(|key| distinct(key, 2)));
        let nearest = named.map(|length| (Proximity::Name, length));
        nearest.or_else(|| Some((Proximity::Path, longest(&around.file)?))).or_else(|| {
            let lines = self.assignment.within_lines as usize;
            (lines > 0).then(|| Some((Proximity::Nearby, distinct(&around.before(lines), 3)?))).flatten()
        })
    }

    fn fits(&self, value: &[u8]) -> bool {
        let regex = self.value.get_or_init(|| {
            RegexBuilder::new(&format!("\\A(?:{})\\z", self.assignment.value))
                .unicode(false)
                .build()
                .expect("because the lint parsed this pattern before it became a rule")
        });
        regex.is_match(value)
    }
}

/// A stretch of text in which context words are looked for.
pub(super) struct Place<'a> {
    text: &'a [u8],
    /// Its letters and digits, in lower case.
    pub(super) glued: String,
    /// By byte of `glued`: what stands before it in the text.
    borders: Vec<Border>,
}

/// What stands before a letter or digit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Border {
    /// Another one of the same word.
    Inside,
    /// The end of a word that is written together with it: `my` in `myToken`.
    Hump,
    /// A byte that is neither letter nor digit, or nothing.
    Separator,
}

impl<'a> Place<'a> {
    pub(super) fn new(text: &'a [u8]) -> Self {
        let mut borders = Vec::with_capacity(text.len());
        for (i, byte) in text.iter().enumerate().filter(|(_, byte)| byte.is_ascii_alphanumeric()) {
            borders.push(match i.checked_sub(1).map(|before| text[before]) {
                Some(before) if before.is_ascii_lowercase() && byte.is_ascii_uppercase() => Border::Hump,
                Some(before) if before.is_ascii_alphanumeric() => Border::Inside,
                _ => Border::Separator,
            });
        }
        Self { text, glued: glue(text), borders }
    }

    /// Whether `word` stands in it as people write names: from the beginning of a word, across separators or not, or within one long word.
    /// The `ipapi` in `zip_api` is no name.
    fn holds_glued(&self, word: &str) -> bool {
        self.glued.match_indices(word).any(|(start, _)| {
            let parted = self.borders[start + 1..start + word.len()].contains(&Border::Separator);
            self.borders[start] != Border::Inside || (!parted && word.len() > GLUED)
        })
    }

    /// Whether the letters and digits from `start` to `end` begin where a word does, and end where one does or before a word for a credential.
    pub(super) fn is_whole(&self, start: usize, end: usize) -> bool {
        const FOLLOWING: [&str; 10] = ["key", "token", "secret", "api", "access", "pass", "auth", "client", "credential", "private"];
        let ends = self.borders.get(end).is_none_or(|border| *border != Border::Inside);
        let followed = || FOLLOWING.iter().any(|word| self.glued[end..].starts_with(word));
        self.borders[start] != Border::Inside && (ends || followed())
    }

    /// Whether `word` stands between bytes that are neither letters nor digits, in a text short enough to be a key.
    fn has_word(&self, word: &str) -> bool {
        const KEY: usize = 400;
        self.text.len() <= KEY && self.text.split(|b| !b.is_ascii_alphanumeric()).any(|part| part.eq_ignore_ascii_case(word.as_bytes()))
    }

    fn holds(&self, word: &str) -> bool {
        if word.len() >= GLUED {
            self.holds_glued(word)
        } else {
            let is_word = |part: &[u8]| part.eq_ignore_ascii_case(word.as_bytes());
            self.glued.contains(word)
                && (words::split(self.text).any(is_word) || self.text.split(|b| !b.is_ascii_alphanumeric()).any(is_word))
        }
    }
}

/// Where a provider may be named around a pair.
struct Surroundings<'a> {
    text: &'a [u8],
    name_start: usize,
    /// The name, and what stands between it and the value.
    name: Place<'a>,
    /// What stands before the name on its line, and the lines above that are indented less and less: the keys that enclose it.
    keys: Vec<Place<'a>>,
    /// The file's own name.
    file: Place<'a>,
}

impl<'a> Surroundings<'a> {
    fn new(text: &'a [u8], path: &'a [u8], pair: &Pair) -> Self {
        let start = pair.name.start;
        let low = start.saturating_sub(REACH);
        let mut lines = text[low..start].rsplit(|b| *b == b'\n');
        let own = lines.next().unwrap_or_default();
        let own = if pair.operator == Operator::Header { context::line_around(text, start).of(text) } else { in_object(own) };
        let mut keys = vec![Place::new(own)];
        let mut indent = own.iter().take_while(|b| matches!(b, b' ' | b'\t')).count();
        for line in lines.take(MAX_LINES) {
            if indent == 0 {
                break;
            }
            let depth = line.iter().take_while(|b| matches!(b, b' ' | b'\t' | b'-')).count();
            if depth < indent && depth < line.len() {
                keys.push(Place::new(line));
                indent = depth;
            }
        }
        let file = path.rsplit(|b| *b == b'/').next().unwrap_or(path);
        Self { text, name_start: start, name: Place::new(&text[start..pair.value.start.max(pair.name.end)]), keys, file: Place::new(file) }
    }

    /// The pair's own line up to its name, and `lines` lines before.
    fn before(&self, lines: usize) -> Place<'a> {
        let low = self.name_start.saturating_sub(REACH);
        let start = memchr::memrchr_iter(b'\n', &self.text[low..self.name_start]).nth(lines).map_or(low, |lf| low + lf + 1);
        Place::new(&self.text[start..self.name_start])
    }
}

/// The end of `line` that no brace closed before: in a line of JSON what other objects hold encloses nothing.
fn in_object(line: &[u8]) -> &[u8] {
    memchr::memrchr(b'}', line).map_or(line, |closed| &line[closed + 1..])
}

/// Lower case, letters and digits only.
pub(super) fn glue(text: &[u8]) -> String {
    text.iter().filter(|b| b.is_ascii_alphanumeric()).map(|b| b.to_ascii_lowercase() as char).collect()
}
