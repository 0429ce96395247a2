//! What is likely to go wrong with a rule although nothing about it is an error: literals that are frequent, context words that are
//! ordinary or another provider's, links that are none.
//!
//! How frequent a word is, the texts of all other providers' rules tell: descriptions, steps and examples, in English and in twenty
//! syntaxes.

use std::collections::{BTreeMap, BTreeSet};

use aho_corasick::AhoCorasick;

use super::issuer;
use super::naming::glue;
use super::words;
use crate::rules::schema::Rule;
use crate::rules::{RuleEntry, RuleSet};

/// A literal in the rules of so many other providers is frequent.
const FREQUENT: usize = 6;

/// Knows all rules in force.
pub struct Advisor<'r> {
    rules: &'r RuleSet,
    /// By literal: slugs of the providers in whose rules it stands.
    literals: BTreeMap<String, BTreeSet<&'r str>>,
    /// By glued context word: the rules that have it.
    contexts: BTreeMap<String, Vec<&'r RuleEntry>>,
}

impl<'r> Advisor<'r> {
    /// Gets ready to advise on the rules of `asked`, which are among `rules`.
    pub fn new<'a>(rules: &'r RuleSet, asked: impl Iterator<Item = &'a Rule>) -> Self {
        let wanted: BTreeSet<String> =
            asked.filter_map(|rule| rule.token.as_ref()).flat_map(|token| token.literals.iter().map(|text| text.to_string())).collect();
        let mut contexts: BTreeMap<String, Vec<&RuleEntry>> = BTreeMap::new();
        for (_, entry) in rules.iter() {
            for word in entry.rule.assignment.iter().flat_map(|assignment| assignment.context.iter()) {
                contexts.entry(glue(word.as_bytes())).or_default().push(entry);
            }
        }
        Self { rules, literals: providers_with(rules, wanted), contexts }
    }

    /// One sentence for each thing to think about.
    pub fn of(&self, entry: &RuleEntry) -> Vec<String> {
        let mut advice = Vec::new();
        self.on_literals(entry, &mut advice);
        self.on_context(entry, &mut advice);
        let rule = &entry.rule;
        for link in rule.references.iter().chain(rule.rotation.url.iter()).chain(entry.provider.url.iter()) {
            if !is_link(link) {
                advice.push(format!("`{link}` is no link that begins with https:// or http://"));
            }
        }
        advice
    }

    fn on_literals(&self, entry: &RuleEntry, advice: &mut Vec<String>) {
        let own = &*entry.provider.slug;
        for literal in entry.rule.token.iter().flat_map(|token| token.literals.iter()) {
            let Some(providers) = self.literals.get(&**literal) else { continue };
            let others = providers.iter().filter(|slug| **slug != own).count();
            if others >= FREQUENT {
                advice.push(format!(
                    "the literal `{literal}` stands in the rules of {others} other providers, so it is frequent: a longer one is searched faster"
                ));
            }
        }
    }

    fn on_context(&self, entry: &RuleEntry, advice: &mut Vec<String>) {
        let Some(assignment) = &entry.rule.assignment else { return };
        for word in assignment.context.iter() {
            let glued = glue(word.as_bytes());
            let is_ordinary = issuer::ORDINARY.contains(&glued.as_str()) || words::all_stop_words(glued.as_bytes());
            if is_ordinary && assignment.within_lines > 0 {
                advice.push(format!(
                    "the context word `{word}` is an ordinary one and may stand on other lines: leave out `within_lines`, or name a longer word"
                ));
            }
            let others = self.contexts.get(&glued).map_or(&[][..], Vec::as_slice);
            let taken = others.iter().find(|other| other.provider.slug != entry.provider.slug && may_be_same(&other.rule, &entry.rule));
            if let Some(other) = taken {
                advice.push(format!("the context word `{word}` is one of `{}` as well, whose values can look the same", other.rule.id));
            }
        }
    }

    /// Number of rules in force.
    pub fn count(&self) -> usize {
        self.rules.len()
    }
}

/// Whether a value can fit both, as far as length and characters tell.
fn may_be_same(a: &Rule, b: &Rule) -> bool {
    let (Some(a), Some(b)) = (&a.assignment, &b.assignment) else { return false };
    let (a, b) = (a.facts, b.facts);
    a.min_length <= b.max_length && b.min_length <= a.max_length && a.bytes & b.bytes != 0
}

fn is_link(text: &str) -> bool {
    ["https://", "http://"].iter().any(|scheme| text.strip_prefix(scheme).is_some_and(|rest| rest.contains('.') && !rest.contains(' ')))
}

/// By literal of `wanted`, the providers in whose texts it stands.
fn providers_with(rules: &RuleSet, wanted: BTreeSet<String>) -> BTreeMap<String, BTreeSet<&str>> {
    let wanted: Vec<String> = wanted.into_iter().collect();
    let mut found: Vec<BTreeSet<&str>> = vec![BTreeSet::new(); wanted.len()];
    let automaton = AhoCorasick::new(&wanted).expect("because a few thousand short literals are far from the automaton's limits");
    for (_, entry) in rules.iter() {
        let rule = &entry.rule;
        let examples = rule.examples.positive.iter().chain(rule.examples.negative.iter());
        for text in examples.chain(rule.rotation.steps.iter().map(|step| &step.text)).chain([&rule.description]) {
            for place in automaton.find_overlapping_iter(&**text) {
                found[place.pattern().as_usize()].insert(&entry.provider.slug);
            }
        }
    }
    wanted.into_iter().zip(found).collect()
}
