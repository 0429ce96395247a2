//! One Aho-Corasick automaton over every literal of every rule, the grammar's trigger words and `://`.
//!
//! Letter case is ignored while searching and compared exactly afterwards where a rule asks for it, so one automaton serves all.

use std::collections::BTreeMap;

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};

use super::keyvalue;
use crate::rules::schema::Text;
use crate::rules::{RuleIndex, RuleSet};

/// How much will be searched: decides between quick to build and quick to run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Workload {
    /// A few files: a hook, standard input. Building takes a tenth of the time.
    Small,
    /// A tree or a history.
    Large,
}

/// What a literal's hit calls for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trigger {
    /// Try this token rule here.
    Token(TokenTrigger),
    /// Look for `name op value` around it.
    Word,
    /// Look for userinfo around it.
    Url,
    /// Look for a header's credential behind it.
    Header,
}

/// A literal of a token rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenTrigger {
    /// The rule.
    pub rule: RuleIndex,
    /// As the rule writes it.
    pub literal: Text,
    /// Bytes must equal the literal, not only without case.
    pub exact: bool,
    /// No letter, digit or `_` may stand before it.
    pub word_start: bool,
}

/// The automaton and what its patterns call for.
pub struct Prefilter {
    automaton: AhoCorasick,
    /// By pattern id.
    triggers: Vec<Vec<Trigger>>,
}

/// Where a literal stands.
#[derive(Clone, Copy, Debug)]
pub struct Hit<'p> {
    /// First byte.
    pub start: usize,
    /// One past the last.
    pub end: usize,
    /// What it calls for.
    pub triggers: &'p [Trigger],
}

impl Prefilter {
    /// Builds the automaton for all of `rules`.
    pub fn new(rules: &RuleSet, workload: Workload) -> Self {
        let mut by_literal: BTreeMap<Vec<u8>, Vec<Trigger>> = BTreeMap::new();
        let mut add = |literal: &str, trigger| by_literal.entry(literal.as_bytes().to_ascii_lowercase()).or_default().push(trigger);
        for (index, entry) in rules.iter() {
            for (token, literal) in entry.rule.token.iter().flat_map(|token| token.literals.iter().map(move |literal| (token, literal))) {
                add(
                    literal,
                    Trigger::Token(TokenTrigger {
                        rule: index,
                        literal: literal.clone(),
                        exact: !token.facts.ignore_case,
                        word_start: token.facts.word_start && token.facts.anchored && is_word(literal.as_bytes()[0]),
                    }),
                );
            }
        }
        for word in keyvalue::TRIGGERS {
            add(word, Trigger::Word);
        }
        for word in keyvalue::HEADER_TRIGGERS {
            add(word, Trigger::Header);
        }
        add(keyvalue::URL_TRIGGER, Trigger::Url);
        let (literals, triggers): (Vec<_>, Vec<_>) = by_literal.into_iter().unzip();
        let kind = match workload {
            Workload::Small => AhoCorasickKind::ContiguousNFA,
            Workload::Large => AhoCorasickKind::DFA,
        };
        let automaton = AhoCorasick::builder()
            .match_kind(MatchKind::Standard)
            .ascii_case_insensitive(true)
            .prefilter(false)
            .kind(Some(kind))
            .build(&literals)
            .expect("because a few thousand short literals are far from the automaton's limits");
        Self { automaton, triggers }
    }

    /// Every place of every literal in `text`, by rising end.
    pub fn hits<'p>(&'p self, text: &[u8], mut each: impl FnMut(Hit<'p>)) {
        for found in self.automaton.find_overlapping_iter(text) {
            each(Hit { start: found.start(), end: found.end(), triggers: &self.triggers[found.pattern().as_usize()] });
        }
    }
}

impl TokenTrigger {
    /// Whether the literal itself, and not only its letters, stands at `hit`.
    pub fn fits(&self, text: &[u8], hit: &Hit<'_>) -> bool {
        (!self.exact || text[hit.start..hit.end] == *self.literal.as_bytes()) && !(self.word_start && hit.start > 0 && is_word(text[hit.start - 1]))
    }
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}
