//! Settles what several rules say of the same bytes, and what neighbors say of each other.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::Match;
use crate::finding::{Confidence, Evidence};
use crate::location::{ByteSpan, LineIndex};
use crate::rules::schema::Companion;
use crate::rules::{RuleIndex, RuleSet};

/// Applies companions: a required one that is missing removes the match, one that is there raises its confidence.
pub fn companions(text: &[u8], rules: &RuleSet, matches: &mut Vec<Match>) {
    if !matches.iter().any(|found| !rules.get(found.rule).rule.companions.is_empty()) {
        return;
    }
    let lines = LineIndex::new(text);
    let mut places: BTreeMap<RuleIndex, Vec<u32>> = BTreeMap::new();
    for found in matches.iter() {
        places.entry(found.rule).or_default().push(lines.line(found.secret.start));
    }
    places.values_mut().for_each(|lines| lines.sort_unstable());
    matches.retain_mut(|found| {
        let line = lines.line(found.secret.start);
        let mut complete = true;
        for companion in rules.get(found.rule).rule.companions.iter() {
            let near = rules.find(&companion.rule).filter(|(index, _)| places.get(index).is_some_and(|at| is_near(at, line, companion)));
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

/// Whether one of `places`, which are sorted, is as near to `line` as `companion` wants it.
fn is_near(places: &[u32], line: u32, companion: &Companion) -> bool {
    let first = places.partition_point(|place| *place < line.saturating_sub(companion.within_lines));
    places.get(first).is_some_and(|place| *place <= line.saturating_add(companion.within_lines))
}

/// Keeps one match where several overlap: the one that names the credential best. Leaves the rest sorted by place.
pub fn overlaps(rules: &RuleSet, matches: &mut Vec<Match>) {
    let yielding = Yielding::of(rules, matches);
    matches.sort_by_cached_key(|found| (yielding.has(rules, found), rank(rules, found)));
    // By first byte: as they do not overlap, the ones that a further match overlaps stand side by side.
    let mut kept: BTreeMap<usize, Match> = BTreeMap::new();
    for found in matches.drain(..) {
        let secret = found.secret;
        let first = kept.range(..=secret.start).next_back().map_or(secret.start, |(start, _)| *start);
        let mut alone = true;
        for (_, better) in kept.range_mut(first..secret.end.max(first)).filter(|(_, better)| better.secret.overlaps(secret)) {
            alone = false;
            better.cover = ByteSpan::new(better.cover.start.min(found.cover.start), better.cover.end.max(found.cover.end));
        }
        if alone {
            kept.insert(secret.start, found);
        }
    }
    matches.extend(kept.into_values());
}

/// The least of it is kept. Of what an encoded run stands for, what says no less than the run as it is written says more; but a token that its
/// own pattern finds as it is written is written so. A provider's token that carries another one inside is one credential, the outer.
fn rank(rules: &RuleSet, found: &Match) -> impl Ord + use<> {
    let tier = tier(rules.get(found.rule));
    let encoded = found.encoded.as_ref();
    let says_more = tier != TOKEN && encoded.is_some_and(|encoded| encoded.is_changed);
    let length = if tier == TOKEN { found.secret.len() } else { 0 };
    let order = (Reverse(found.secret.len()), found.secret.start, found.rule, encoded.map(|encoded| encoded.via.clone()));
    (Reverse(tier), Reverse(found.confidence), Reverse(says_more), Reverse(length), encoded.is_some(), order)
}

/// What yields to anything else that it overlaps, where rules search whole texts: nothing that counts is to be hidden by something that does not.
#[derive(Default)]
struct Yielding {
    /// What is reported, by rules that do not search whole texts.
    reported: Spans,
    /// What rules found that search whole texts, whether it is reported or not.
    searched: Spans,
}

impl Yielding {
    fn of(rules: &RuleSet, matches: &[Match]) -> Self {
        let is_search = |found: &&Match| rules.get(found.rule).rule.search.is_some();
        if !matches.iter().any(|found| is_search(&found)) {
            return Self::default();
        }
        let reported = matches.iter().filter(|found| !is_search(found) && is_reported(rules, found));
        Self { reported: Spans::new(reported), searched: Spans::new(matches.iter().filter(is_search)) }
    }

    /// Whether `found` yields: a match that later may not count because of its path, where another rule reports the same bytes, and what is
    /// not reported where such a rule matches.
    fn has(&self, rules: &RuleSet, found: &Match) -> bool {
        let entry = rules.get(found.rule);
        match &entry.rule.search {
            Some(search) => (entry.is_disabled || search.depends_on_path()) && self.reported.overlap(found.secret),
            None => self.searched.overlap(found.secret) && !is_reported(rules, found),
        }
    }
}

fn is_reported(rules: &RuleSet, found: &Match) -> bool {
    !rules.is_disabled(found.rule) && found.confidence >= Confidence::Medium
}

/// Spans that are asked whether one of them overlaps another.
#[derive(Default)]
struct Spans {
    /// By rising start: it, and the furthest end up to there.
    ends: Vec<(usize, usize)>,
}

impl Spans {
    fn new<'m>(matches: impl Iterator<Item = &'m Match>) -> Self {
        let mut ends: Vec<_> = matches.map(|found| (found.secret.start, found.secret.end)).collect();
        ends.sort_unstable();
        let mut furthest = 0;
        for (_, end) in &mut ends {
            furthest = furthest.max(*end);
            *end = furthest;
        }
        Self { ends }
    }

    fn overlap(&self, span: ByteSpan) -> bool {
        let before = self.ends.partition_point(|(start, _)| *start < span.end);
        before.checked_sub(1).is_some_and(|last| self.ends[last].1 > span.start)
    }
}

/// The tier of a provider's token.
const TOKEN: u8 = 4;

/// How well a rule names what it finds: a provider's token, what somebody wrote a search for, a provider's assigned value or URL, a form that
/// many share, a mere name.
fn tier(entry: &crate::rules::RuleEntry) -> u8 {
    let rule = &entry.rule;
    if rule.grammar.is_some() {
        0
    } else if entry.provider.generic {
        1
    } else if rule.token.is_some() {
        TOKEN
    } else if rule.search.is_some() {
        3
    } else {
        2
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::finding::Identity;

    fn found(rule: RuleIndex, start: usize, length: usize, confidence: Confidence) -> Match {
        let span = ByteSpan::new(start, start + length);
        Match {
            rule,
            secret: span,
            cover: span,
            public_prefix: 0,
            confidence,
            evidence: Vec::new(),
            identity: Identity::default(),
            encoded: None,
        }
    }

    /// Every pair looked at.
    fn simple(rules: &RuleSet, mut matches: Vec<Match>) -> Vec<Match> {
        matches.sort_by_key(|found| {
            let entry = rules.get(found.rule);
            (Reverse(tier(entry)), Reverse(found.confidence), Reverse(found.secret.len()), found.secret.start, found.rule)
        });
        let mut kept: Vec<Match> = Vec::new();
        for found in matches {
            let mut alone = true;
            for better in kept.iter_mut().filter(|better| better.secret.overlaps(found.secret)) {
                alone = false;
                better.cover = ByteSpan::new(better.cover.start.min(found.secret.start), better.cover.end.max(found.secret.end));
            }
            if alone {
                kept.push(found);
            }
        }
        kept.sort_by_key(|found| found.secret.start);
        kept
    }

    fn with_companions(rules: &RuleSet) -> Vec<RuleIndex> {
        let named =
            |entry: &crate::rules::RuleEntry| entry.rule.companions.iter().filter_map(|one| Some(rules.find(&one.rule)?.0)).collect();
        let own = rules.iter().filter(|(_, entry)| !entry.rule.companions.is_empty());
        own.flat_map(|(index, entry)| [vec![index], named(entry)].concat()).collect()
    }

    proptest! {
        #[test]
        fn overlaps_are_those_of_every_pair(places in prop::collection::vec((0..1000u16, 0..60usize, 1..12usize, 0..3usize), 0..40)) {
            let rules = RuleSet::builtin();
            let count = u16::try_from(rules.len()).expect("because an index holds it");
            let mut matches: Vec<_> = places
                .into_iter()
                .map(|(rule, start, length, sure)| found(RuleIndex(rule % count), start, length, Confidence::ALL[sure]))
                .collect();
            let expected = simple(&rules, matches.clone());
            overlaps(&rules, &mut matches);
            prop_assert_eq!(format!("{matches:?}"), format!("{expected:?}"));
        }

        #[test]
        fn companions_are_those_of_every_pair(places in prop::collection::vec((0..1000usize, 0..200usize), 0..12)) {
            let rules = RuleSet::builtin();
            let known = with_companions(&rules);
            let text = [b'\n'; 201];
            let mut matches: Vec<_> = places.iter().map(|(rule, line)| found(known[rule % known.len()], *line, 1, Confidence::Low)).collect();
            let is_near = |found: &Match, one: &Companion| {
                matches.iter().any(|other| {
                    rules.get(other.rule).rule.id == one.rule && other.secret.start.abs_diff(found.secret.start) <= one.within_lines as usize
                })
            };
            let expected: Vec<_> = matches
                .iter()
                .filter(|found| rules.get(found.rule).rule.companions.iter().all(|one| !one.required || is_near(found, one)))
                .map(|found| (found.rule, found.secret, rules.get(found.rule).rule.companions.iter().filter(|one| is_near(found, one)).count()))
                .collect();
            companions(&text, &rules, &mut matches);
            let kept: Vec<_> = matches.iter().map(|found| (found.rule, found.secret, found.evidence.len())).collect();
            prop_assert_eq!(kept, expected);
        }
    }
}
