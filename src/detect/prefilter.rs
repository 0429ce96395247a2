//! One search for every literal of every rule, the grammar's trigger words and `://`: an Aho-Corasick automaton for a tree or a history, a
//! table that is ready at once for a hook.
//!
//! Letter case is ignored while searching and compared exactly afterwards where a rule asks for it, so one automaton serves all.

use std::ops::ControlFlow;

use aho_corasick::{MatchKind, dfa};

use super::short::ShortTable;
use super::{keyvalue, search, streams};
use crate::decode::embedded;
use crate::rules::schema::Text;
use crate::rules::{RuleIndex, RuleSet};

/// Bytes of a text that are searched before their hits are looked at: bounds the memory that hits take, 16 bytes for each.
const PIECE: usize = 1 << 20;

/// How much will be searched: decides between quick to build and quick to run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Workload {
    /// A few files: a hook, standard input. Ready at once; searching takes several times as long.
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
    /// Look for a password in the arguments behind it.
    Command,
    /// Look for an encoded run around it.
    Mark,
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
    machine: Machine,
    /// Longest literal in bytes.
    longest: usize,
    /// By pattern id.
    literals: Vec<Literal>,
    /// What calls for a search through the whole of a text.
    search: search::Call,
}

/// A text to look for, in lower case.
struct Literal {
    text: Vec<u8>,
    triggers: Vec<Trigger>,
}

enum Machine {
    Small(ShortTable),
    Large(Box<dfa::DFA>),
}

/// Where a literal stands.
#[derive(Clone, Copy, Debug)]
pub struct Hit<'p> {
    /// First byte.
    pub start: usize,
    /// One past the last.
    pub end: usize,
    /// Which literal.
    pub pattern: u32,
    /// What it calls for.
    pub triggers: &'p [Trigger],
}

impl Prefilter {
    /// Builds the automaton for all of `rules`.
    pub fn new(rules: &RuleSet, workload: Workload) -> Self {
        Self { search: search::Call::of(rules), ..Self::of(literals(rules, workload), workload) }
    }

    fn of(literals: Vec<Literal>, workload: Workload) -> Self {
        let longest = literals.iter().map(|literal| literal.text.len()).max().unwrap_or(0);
        let texts = literals.iter().map(|literal| literal.text.as_slice());
        let machine = match workload {
            Workload::Small => Machine::Small(ShortTable::new(texts)),
            Workload::Large => {
                let builder =
                    dfa::Builder::new().match_kind(MatchKind::Standard).ascii_case_insensitive(true).prefilter(false).build(texts);
                Machine::Large(Box::new(builder.expect("because a few thousand short literals are far from the automaton's limits")))
            }
        };
        Self { machine, longest, literals, search: search::Call::default() }
    }

    /// Every place of every literal in `text`, by rising end; those with the same end in a fixed order.
    pub fn hits(&self, text: &[u8], mut each: impl FnMut(Hit<'_>)) {
        let _ = self.hits_until(text, |hit| {
            each(hit);
            ControlFlow::Continue(())
        });
    }

    /// The same until `each` breaks off; says whether it did. What lies further behind is then not searched at all.
    pub fn hits_until(&self, text: &[u8], each: impl FnMut(Hit<'_>) -> ControlFlow<()>) -> ControlFlow<()> {
        self.hits_by_piece(text, PIECE, each)
    }

    fn hits_by_piece(&self, text: &[u8], piece: usize, mut each: impl FnMut(Hit<'_>) -> ControlFlow<()>) -> ControlFlow<()> {
        let mut found = Vec::new();
        for start in (0..text.len()).step_by(piece) {
            // A literal can begin in the piece before and end in this one.
            let from = start.saturating_sub(self.longest.saturating_sub(1));
            let part = &text[from..text.len().min(start + piece)];
            found.clear();
            match &self.machine {
                Machine::Small(table) => table.find(part, &mut found),
                Machine::Large(dfa) => streams::find(dfa.as_ref(), part, self.longest, &mut found),
            }
            for (end, pattern) in found.iter().map(|(end, pattern)| (from + end, *pattern)).filter(|(end, _)| *end > start) {
                each(self.hit(end, pattern))?;
            }
        }
        ControlFlow::Continue(())
    }

    /// The hit of a literal that ends at `end`.
    pub fn hit(&self, end: usize, pattern: u32) -> Hit<'_> {
        let literal = &self.literals[pattern as usize];
        Hit { start: end - literal.text.len(), end, pattern, triggers: &literal.triggers }
    }

    /// Whether a rule searches the whole of `text`.
    pub fn calls_for_search(&self, text: &[u8]) -> bool {
        self.search.calls(text)
    }

    /// Bytes of the longest literal.
    pub fn longest(&self) -> usize {
        self.longest
    }
}

/// All different literals, sorted. For much text there are more and longer ones, which take longer to build into a machine.
fn literals(rules: &RuleSet, workload: Workload) -> Vec<Literal> {
    let mut all: Vec<(Vec<u8>, Trigger)> = Vec::new();
    let mut add = |literal: &str, trigger| all.push((literal.as_bytes().to_ascii_lowercase(), trigger));
    for (index, entry) in rules.iter() {
        let Some(token) = &entry.rule.token else { continue };
        let literals = if workload == Workload::Small { &token.literals } else { &token.lengthened };
        for literal in literals.iter() {
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
    for program in keyvalue::command::literals() {
        add(program, Trigger::Command);
    }
    add(keyvalue::URL_TRIGGER, Trigger::Url);
    for mark in embedded::marks() {
        add(&mark, Trigger::Mark);
    }
    all.sort_by(|(a, _), (b, _)| a.cmp(b));
    let mut literals: Vec<Literal> = Vec::with_capacity(all.len());
    for (text, trigger) in all {
        match literals.last_mut() {
            Some(known) if known.text == text => known.triggers.push(trigger),
            _ => literals.push(Literal { text, triggers: vec![trigger] }),
        }
    }
    literals
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

#[cfg(test)]
mod tests {
    use aho_corasick::AhoCorasick;
    use proptest::prelude::*;

    use super::*;

    const LITERALS: [&str; 7] = ["abc", "abca", "bca", "cabcab", "key", "://", "keykey"];

    fn prefilter(workload: Workload) -> Prefilter {
        let literal = |text: &&str| Literal { text: text.as_bytes().to_vec(), triggers: vec![Trigger::Word] };
        Prefilter::of(LITERALS.iter().map(literal).collect(), workload)
    }

    proptest! {
        #[test]
        fn pieces_have_the_hits_of_the_whole(text in "[abceyk:/]{0,300}", piece in 1..400usize, most in 0..40usize) {
            let oracle = AhoCorasick::new(LITERALS).expect("because the literals are plain");
            let mut expected: Vec<_> = oracle.find_overlapping_iter(&text).map(|m| (m.end(), m.pattern().as_u32(), m.start())).collect();
            expected.sort_unstable();
            let expected: Vec<_> = expected.into_iter().map(|(end, _, start)| (start, end)).collect();
            for workload in [Workload::Small, Workload::Large] {
                let prefilter = prefilter(workload);
                let mut found = Vec::new();
                prefilter.hits(text.as_bytes(), |hit| found.push((hit.start, hit.end)));
                prop_assert_eq!(&found, &expected, "{:?}", workload);
                found.clear();
                let ended = prefilter.hits_by_piece(text.as_bytes(), piece, |hit| {
                    found.push((hit.start, hit.end));
                    if found.len() > most { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
                });
                prop_assert_eq!(&found[..], &expected[..expected.len().min(most + 1)], "{:?} by {}", workload, piece);
                prop_assert_eq!(ended.is_break(), expected.len() > most);
            }
        }
    }
}
