//! Settles what several rules say of the same bytes, and what neighbors say of each other.

use std::cmp::Reverse;

use super::Match;
use crate::finding::Evidence;
use crate::location::{ByteSpan, LineIndex};
use crate::rules::RuleSet;

/// Applies companions: a required one that is missing removes the match, one that is there raises its confidence.
pub fn companions(text: &[u8], rules: &RuleSet, matches: &mut Vec<Match>) {
    if !matches.iter().any(|found| !rules.get(found.rule).rule.companions.is_empty()) {
        return;
    }
    let lines = LineIndex::new(text);
    let places: Vec<_> = matches.iter().map(|found| (found.rule, lines.line(found.secret.start))).collect();
    let mut kept = Vec::with_capacity(matches.len());
    for (mut found, (_, line)) in matches.drain(..).zip(places.clone()) {
        let mut complete = true;
        for companion in rules.get(found.rule).rule.companions.iter() {
            let near = places
                .iter()
                .filter(|(rule, other)| rules.get(*rule).rule.id == companion.rule && other.abs_diff(line) <= companion.within_lines)
                .min_by_key(|(_, other)| other.abs_diff(line));
            match near {
                Some((rule, _)) => {
                    found.confidence = found.confidence.raised();
                    found.evidence.push(Evidence::supporting("companion", format!("beside its {}", rules.get(*rule).rule.name)));
                }
                None => complete &= !companion.required,
            }
        }
        if complete {
            kept.push(found);
        }
    }
    *matches = kept;
}

/// Keeps one match where several overlap: the one that names the credential best. Leaves the rest sorted by place.
pub fn overlaps(rules: &RuleSet, matches: &mut Vec<Match>) {
    matches.sort_by_key(|found| {
        let entry = rules.get(found.rule);
        (Reverse(tier(entry)), Reverse(found.confidence), Reverse(found.secret.len()), found.secret.start, found.rule)
    });
    let mut kept: Vec<Match> = Vec::with_capacity(matches.len());
    for found in matches.drain(..) {
        let mut alone = true;
        for better in kept.iter_mut().filter(|better| better.secret.overlaps(found.secret)) {
            alone = false;
            better.cover = ByteSpan::new(better.cover.start.min(found.secret.start), better.cover.end.max(found.secret.end));
        }
        if alone {
            kept.push(found);
        }
    }
    kept.sort_by_key(|found| (found.secret.start, found.rule));
    *matches = kept;
}

/// How well a rule names what it finds: a provider's token, a provider's assigned value or URL, a form that many share, a mere name.
fn tier(entry: &crate::rules::RuleEntry) -> u8 {
    let rule = &entry.rule;
    if rule.grammar.is_some() {
        0
    } else if entry.provider.generic {
        1
    } else if rule.token.is_some() {
        3
    } else {
        2
    }
}
