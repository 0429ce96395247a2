//! One Aho-Corasick automaton over every literal of every rule, the grammar's trigger words and `://`.
//!
//! Letter case is ignored while searching and compared exactly afterwards where a rule asks for it, so one automaton serves all.

use std::collections::BTreeMap;

use aho_corasick::automaton::Automaton;
use aho_corasick::{MatchKind, dfa, nfa};

use super::{keyvalue, streams};
use crate::rules::schema::Text;
use crate::rules::{RuleIndex, RuleSet};

/// How much will be searched: decides between quick to build and quick to run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Workload {
    /// A few files: a hook, standard input. Building takes half of the time, searching eight times as long.
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
    automaton: Machine,
    /// Longest literal in bytes.
    longest: usize,
    /// Length in bytes and triggers, by pattern id.
    literals: Vec<(usize, Vec<Trigger>)>,
}

enum Machine {
    Small(nfa::contiguous::NFA),
    Large(dfa::DFA),
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
        let by_literal = literals(rules);
        let longest = by_literal.keys().map(Vec::len).max().unwrap_or(0);
        let (patterns, triggers): (Vec<_>, Vec<_>) = by_literal.into_iter().unzip();
        let because = "because a few thousand short literals are far from the automaton's limits";
        let automaton = match workload {
            Workload::Small => Machine::Small(
                nfa::contiguous::Builder::new()
                    .match_kind(MatchKind::Standard)
                    .ascii_case_insensitive(true)
                    .prefilter(false)
                    .build(&patterns)
                    .expect(because),
            ),
            Workload::Large => Machine::Large(
                dfa::Builder::new()
                    .match_kind(MatchKind::Standard)
                    .ascii_case_insensitive(true)
                    .prefilter(false)
                    .build(&patterns)
                    .expect(because),
            ),
        };
        let literals = patterns.iter().map(Vec::len).zip(triggers).collect();
        Self { automaton, longest, literals }
    }

    /// Every place of every literal in `text`, by rising end; those with the same end in a fixed order.
    pub fn hits(&self, text: &[u8], mut each: impl FnMut(Hit<'_>)) {
        let mut found = Vec::new();
        match &self.automaton {
            Machine::Small(nfa) => streams::find(nfa, text, self.longest, &mut found),
            Machine::Large(dfa) => streams::find(dfa, text, self.longest, &mut found),
        }
        for (end, pattern) in found {
            let (length, triggers) = &self.literals[pattern as usize];
            each(Hit { start: end - length, end, triggers });
        }
    }

    /// Bytes that the automaton takes in memory.
    pub fn memory(&self) -> usize {
        match &self.automaton {
            Machine::Small(nfa) => nfa.memory_usage(),
            Machine::Large(dfa) => dfa.memory_usage(),
        }
    }
}

/// All literals in lower case with what they call for.
fn literals(rules: &RuleSet) -> BTreeMap<Vec<u8>, Vec<Trigger>> {
    let mut by_literal: BTreeMap<Vec<u8>, Vec<Trigger>> = BTreeMap::new();
    let mut add = |literal: &str, trigger| by_literal.entry(literal.as_bytes().to_ascii_lowercase()).or_default().push(trigger);
    for (index, entry) in rules.iter() {
        let Some(token) = &entry.rule.token else { continue };
        for literal in token.literals.iter() {
            let trigger = TokenTrigger {
                rule: index,
                literal: literal.clone(),
                exact: !token.facts.ignore_case,
                word_start: token.facts.word_start && token.facts.anchored && is_word(literal.as_bytes()[0]),
            };
            add(literal, Trigger::Token(trigger));
        }
    }
    for word in keyvalue::TRIGGERS {
        add(word, Trigger::Word);
    }
    for word in keyvalue::HEADER_TRIGGERS {
        add(word, Trigger::Header);
    }
    add(keyvalue::URL_TRIGGER, Trigger::Url);
    by_literal
}

impl TokenTrigger {
    /// Whether the literal itself, and not only its letters, stands at `hit`.
    pub fn fits(&self, text: &[u8], hit: &Hit<'_>) -> bool {
        (!self.exact || text[hit.start..hit.end] == *self.literal.as_bytes())
            && !(self.word_start && hit.start > 0 && is_word(text[hit.start - 1]))
    }
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}
