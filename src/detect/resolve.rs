//! Settles what several rules say of the same bytes, and what neighbors say of each other.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::Match;
use crate::finding::Evidence;
use crate::location::{ByteSpan, LineIndex};
use crate::rules::{RuleIndex, RuleSet};

/// Applies companions: a required one that is missing removes the match, one that is there raises its confidence.
pub fn companions(text: &[u8], rules: &RuleSet, matches: &mut Vec<Match>) {
    if !matches.iter().any(|found| !rules.get(found.rule).rule.companions.is_empty()) {
        return;
    }
    let lines = LineIndex::new(text);
    let line_of = |found: &Match| lines.line(found.secret.start);
    let mut places: BTreeMap<RuleIndex, Vec<u32>> = BTreeMap::new();
    for found in matches.iter() {
        places.entry(found.rule).or_default().push(line_of(found));
    }
    places.values_mut().for_each(|lines| lines.sort_unstable());
    matches.retain_mut(|found| {
        let line = line_of(found);
        let mut complete = true;
        for companion in rules.get(found.rule).rule.companions.iter() {
            let near = rules.find(&companion.rule).filter(|(index, _)| {
                let distance = places.get(index).and_then(|lines| distance(lines, line));
                distance.is_some_and(|distance| distance <= companion.within_lines)
            });
            match near {
                Some((_, entry)) => {
                    found.confidence = found.confidence.raised();
                    found.evidence.push(Evidence::supporting("companion", format!("beside its {}", entry.rule.name)));
                }
                None => complete &= !companion.required,
            }
        }
        complete
    });
}

/// Lines between `line` and the nearest of `lines`, which are sorted.
fn distance(lines: &[u32], line: u32) -> Option<u32> {
    let after = lines.partition_point(|&other| other < line);
    let neighbors = &lines[after.saturating_sub(1)..(after + 1).min(lines.len())];
    neighbors.iter().map(|other| other.abs_diff(line)).min()
}

/// Keeps one match where several overlap: the one that names the credential best. Leaves the rest sorted by place.
pub fn overlaps(rules: &RuleSet, matches: &mut Vec<Match>) {
    matches.sort_by_key(|found| {
        let entry = rules.get(found.rule);
        (Reverse(tier(entry)), Reverse(found.confidence), Reverse(found.secret.len()), found.secret.start, found.rule)
    });
    // By start, and no two of them overlap: those that overlap a span lie side by side, and a file may hold a hundred thousand.
    let mut kept: BTreeMap<usize, Match> = BTreeMap::new();
    for found in matches.drain(..) {
        let mut alone = true;
        let before_its_end = kept.range_mut(..found.secret.end).rev();
        for (_, better) in before_its_end.take_while(|(_, better)| better.secret.overlaps(found.secret)) {
            alone = false;
            better.cover = ByteSpan::new(better.cover.start.min(found.secret.start), better.cover.end.max(found.secret.end));
        }
        if alone {
            kept.insert(found.secret.start, found);
        }
    }
    matches.extend(kept.into_values());
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::{Confidence, Identity};

    fn found(rules: &RuleSet, rule: &str, start: usize, end: usize) -> Match {
        let (rule, _) = rules.find(rule).unwrap_or_else(|| panic!("{rule} is no rule"));
        let secret = ByteSpan::new(start, end);
        let (confidence, identity) = (Confidence::Medium, Identity::default());
        Match { rule, secret, cover: secret, public_prefix: 0, confidence, evidence: Vec::new(), identity }
    }

    #[test]
    fn the_better_of_overlapping_matches_is_kept_and_covers_the_others() {
        let rules = RuleSet::builtin();
        let (token, name) = ("github.personal-access-token", "generic.token");
        let mut matches = vec![
            found(&rules, name, 0, 50),
            found(&rules, token, 40, 60),
            found(&rules, token, 10, 30),
            found(&rules, name, 60, 70),
            found(&rules, token, 80, 90),
            found(&rules, name, 84, 86),
        ];
        overlaps(&rules, &mut matches);
        let kept: Vec<_> = matches.iter().map(|found| (found.secret.start, found.cover.start, found.cover.end)).collect();
        assert_eq!(kept, [(10, 0, 50), (40, 0, 60), (60, 60, 70), (80, 80, 90)]);
    }

    #[test]
    fn the_nearest_line_on_either_side_counts() {
        let distances = [0, 1, 5, 7, 20].map(|line| distance(&[1, 5, 9], line));
        assert_eq!(distances, [1, 0, 0, 2, 11].map(Some));
        assert_eq!(distance(&[], 3), None);
    }
}
