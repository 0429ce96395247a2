//! Text in which every rule's literal stands again and again, followed by too little to be a credential: what makes patterns run in vain.

use std::fmt::Write as _;

use keysieve::rules::RuleSet;

use super::random::{BASE62, Random};
use super::words::{camel, sentence};

/// About `bytes` bytes, a literal of some rule in every line.
pub fn misses(random: &mut Random, bytes: usize, rules: &RuleSet) -> String {
    let literals: Vec<&str> = rules
        .iter()
        .filter_map(|(_, entry)| entry.rule.token.as_ref())
        .flat_map(|token| token.literals.iter().map(|text| &**text))
        .collect();
    let mut text = String::new();
    while text.len() < bytes && !literals.is_empty() {
        let length = random.below(9);
        let _ = writeln!(text, "{}({}{}) // {}", camel(random), random.pick(&literals), random.text(BASE62, length), sentence(random));
    }
    text
}
