//! Runs a token rule's pattern where one of its literals stands.
//!
//! A pattern that begins with its literal is tried only there; any other is searched for in a window as wide as its longest match.

use std::sync::OnceLock;

use regex_automata::meta::{self, Regex};
use regex_automata::util::syntax;
use regex_automata::{Anchored, Input, MatchKind};

use super::prefilter::Hit;
use crate::location::ByteSpan;
use crate::rules::schema::TokenMatch;

/// A compiled pattern, built when first needed: most rules never meet their literal.
#[derive(Default)]
pub struct Matcher {
    compiled: OnceLock<Compiled>,
}

struct Compiled {
    regex: Regex,
    secret_group: usize,
}

/// A whole match and the secret in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Found {
    /// All that the pattern matched.
    pub whole: ByteSpan,
    /// The group named `secret`.
    pub secret: ByteSpan,
}

/// How far a rule was searched for in one text, so that literals close to each other do not search the same bytes again and again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// No further match begins before this.
    decided_to: usize,
    /// Where the last match that was tried on its own began, and where its secret ended.
    matched: (usize, usize),
    /// First literal of those that are counted, and their number.
    crowd: (usize, u32),
}

/// Literals within the reach of one match that are tried one by one; from then on one search over the whole window is cheaper.
const CROWD: u32 = 16;

impl Matcher {
    fn compiled(&self, token: &TokenMatch) -> &Compiled {
        self.compiled.get_or_init(|| {
            let regex = Regex::builder()
                .syntax(syntax::Config::new().unicode(false).utf8(false))
                .configure(meta::Config::new().match_kind(MatchKind::LeftmostFirst).utf8_empty(false))
                .build(&token.pattern)
                .expect("because the lint parsed this pattern before it became a rule");
            let secret_group =
                regex.group_info().to_index(regex_automata::PatternID::ZERO, "secret").expect("because the lint asks for the group");
            Compiled { regex, secret_group }
        })
    }

    /// Finds the matches of `token`, always the same for one matcher, that the literal at `hit` can belong to, and perhaps some behind them.
    /// Over all hits of a text, by rising end, that is each match of one search from left to right, once; the bound on a match's length is
    /// what makes the window enough. Behind a match the search goes on where its secret ends, as one line feed may end a match and begin the
    /// next.
    pub fn find(&self, token: &TokenMatch, text: &[u8], hit: &Hit<'_>, progress: &mut Progress, mut each: impl FnMut(Found)) {
        if progress.is_decided(hit.start) {
            return;
        }
        let reach = token.facts.max_length as usize;
        let compiled = self.compiled(token);
        // No match is longer than the rule allows.
        let at = |start| run(compiled, Input::new(text).span(start..text.len().min(start + reach)).anchored(Anchored::Yes));
        if token.facts.anchored && !progress.is_crowded(hit.start, reach) {
            let found = at(hit.start);
            progress.matched = found.map_or(progress.matched, |found| (found.whole.start, found.secret.end));
            found.into_iter().for_each(each);
            return;
        }
        // Deciding a stretch as long as a match reaches bounds the work: no byte is read more than three times, however many literals.
        let last = hit.start + reach;
        let end = text.len().min(last + reach);
        let mut start = hit.end.saturating_sub(reach).max(progress.decided_to).max(progress.matched.1);
        while start <= last.min(end) {
            let Some(found) = run(compiled, Input::new(text).span(start..end)).filter(|found| found.whole.start <= last) else { break };
            let within = if found.whole.len() <= reach { Some(found) } else { at(found.whole.start) };
            start = within.map_or(found.whole.start + 1, |found| found.secret.end);
            within.into_iter().for_each(&mut each);
        }
        progress.decided_to = start.max(last + 1);
    }
}

impl Progress {
    /// Whether a match that begins with a literal at `at` is known, or known not to be. A literal that stands inside of a longer one of the
    /// same rule comes before it; the longer one is still to be tried then.
    pub fn is_decided(&self, at: usize) -> bool {
        at < self.decided_to || (self.matched.0..self.matched.1).contains(&at)
    }

    /// Counts the literal at `at` and says whether too many stand within `reach` bytes.
    fn is_crowded(&mut self, at: usize, reach: usize) -> bool {
        if at.saturating_sub(self.crowd.0) >= reach {
            self.crowd = (at, 0);
        }
        self.crowd.1 += 1;
        self.crowd.1 > CROWD
    }
}

fn run(compiled: &Compiled, input: Input<'_>) -> Option<Found> {
    let mut captures = compiled.regex.create_captures();
    compiled.regex.search_captures(&input, &mut captures);
    let whole = captures.get_match()?;
    let secret = captures.get_group(compiled.secret_group)?;
    Some(Found { whole: ByteSpan::new(whole.start(), whole.end()), secret: ByteSpan::new(secret.start, secret.end) })
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use proptest::prelude::*;
    use regex::bytes::RegexBuilder;

    use super::*;
    use crate::rules::lint;

    fn token(literals: &[&str], pattern: &str, max_length: Option<u32>) -> TokenMatch {
        let literals: Vec<_> = literals.iter().map(|text| Cow::Owned((*text).to_owned())).collect();
        let facts = lint::pattern_facts(&literals, pattern, max_length).expect("because the test writes sound patterns");
        let lengthened = literals.clone().into();
        TokenMatch { literals: literals.into(), pattern: Cow::Owned(pattern.to_owned()), max_length, facts, lengthened }
    }

    /// What the prefilter reports: every place of every literal, by rising end.
    fn places(token: &TokenMatch, text: &[u8]) -> Vec<(usize, usize)> {
        let at = |start: usize| token.literals.iter().filter(move |literal| text[start..].starts_with(literal.as_bytes()));
        let mut places: Vec<_> = (0..text.len()).flat_map(|start| at(start).map(move |literal| (start + literal.len(), start))).collect();
        places.sort_unstable();
        places
    }

    fn by_windows(token: &TokenMatch, text: &[u8]) -> Vec<ByteSpan> {
        let matcher = Matcher::default();
        let (mut progress, mut found) = (Progress::default(), Vec::new());
        for (end, start) in places(token, text) {
            matcher.find(token, text, &Hit { start, end, pattern: 0, triggers: &[] }, &mut progress, |one| found.push(one.whole));
        }
        found
    }

    fn by_one_search(token: &TokenMatch, text: &[u8]) -> Vec<ByteSpan> {
        let regex = RegexBuilder::new(&token.pattern).unicode(false).build().expect("because the lint parsed it");
        let (mut found, mut at) = (Vec::new(), 0);
        while let Some(groups) = regex.captures_at(text, at) {
            let (whole, secret) = (groups.get_match(), groups.name("secret").expect("because the lint asks for the group"));
            found.push(ByteSpan::new(whole.start(), whole.end()));
            at = secret.end();
        }
        found
    }

    fn samples() -> Vec<TokenMatch> {
        vec![
            token(&["lit"], "(?<secret>[ab]{0,6}lit[ab]{0,6})", None),
            token(&["lit", "tlit"], r"\b(?<secret>[ab]{1,3}lit[abl]{2,7})(?:[^ab]|$)", None),
            token(&["lit"], "(?:ab){0,3}lit.{0,9}?(?<secret>b{1,4})", None),
            token(&["lit", "bab"], "(?<secret>bab[ab]{2,4}|a?lit)", Some(7)),
            token(&["lit"], "lit(?<secret>[ablit-]{3,12})", None),
            token(&["lit"], r"\b(?<secret>lit[ab]{1,5}|lit-lit)\b", None),
            token(&["lit"], r"(?:^|[ -])(?<secret>[ab]{0,3}lit)(?:[ -]|$)", None),
            token(&["lit", "-lit", "lita-"], r"(?<secret>-?lit[ab]{1,3}-?)", None),
            token(&["lit", "lita"], r"(?<secret>lita?)[ab-]{0,20}(?:--|\z)", None),
        ]
    }

    #[test]
    fn a_second_literal_close_by_does_not_cut_its_match() {
        let token = token(&["lit"], "(?<secret>[ab]{0,6}lit[ab]{0,6})", None);
        let text = b"litaaaaaaaaalitaaaaaa";
        assert_eq!(by_windows(&token, text), [ByteSpan::new(0, 9), ByteSpan::new(9, 21)]);
    }

    #[test]
    fn what_ends_a_match_can_begin_the_next() {
        let token = token(&["lit"], "(?:^|[^ab])(?<secret>[ab]lit[ab]{2})(?:[^ab]|$)", None);
        assert_eq!(by_windows(&token, b"alitab\nalitba\nblitaa"), [ByteSpan::new(0, 7), ByteSpan::new(6, 14), ByteSpan::new(13, 20)]);
    }

    #[test]
    fn no_match_is_longer_than_its_rule_allows() {
        for (pattern, anchored) in [(r"\b(?<secret>lit[ab]{2,})", true), (r"\b(?<secret>a?lit[ab]{2,})", false)] {
            let token = token(&["lit"], pattern, Some(9));
            assert_eq!(token.facts.anchored, anchored);
            for text in ["lit", "-alit lit", "lit-lit"].map(|head| format!("{head}{}", "ab".repeat(40))) {
                assert!(by_windows(&token, text.as_bytes()).iter().all(|found| found.len() == 9), "{pattern} in {text}");
                assert!(!by_windows(&token, text.as_bytes()).is_empty(), "{pattern} in {text}");
            }
        }
    }

    #[test]
    fn the_largest_pattern_that_the_lint_accepts_compiles() {
        for part in ["[a-z]", "[0-9A-Za-z._~-]", "(?:a|b?|[cx]{2})", "lit", "(?i:key)?", r"(?:\b|[^a])"] {
            let pattern = |copies: usize| format!("(?<secret>lit(?:{part}){{0,{copies}}})");
            let accepted = |copies: &usize| lint::pattern_facts(&["lit".into()], &pattern(*copies), Some(100)).is_ok();
            let most = (4..24).map(|shift| 1 << shift).take_while(accepted).last().expect("because a few copies are little");
            assert!(most < 1 << 23, "{part} has no limit");
            let token = token(&["lit"], &pattern(most), Some(100));
            Matcher::default().find(&token, b"lit", &Hit { start: 0, end: 3, pattern: 0, triggers: &[] }, &mut Progress::default(), |_| {});
        }
    }

    #[test]
    fn many_literals_are_few_searches() {
        for pattern in [r"(?<secret>lit[lit-]{3,90}!)", r"(?<secret>-?lit[lit-]{3,90}!)"] {
            let token = token(&["lit"], pattern, None);
            let text = "lit-".repeat(5_000);
            let matcher = Matcher::default();
            let (mut progress, mut searches) = (Progress::default(), 0);
            for (end, start) in places(&token, text.as_bytes()) {
                let before = progress;
                matcher.find(&token, text.as_bytes(), &Hit { start, end, pattern: 0, triggers: &[] }, &mut progress, |found| {
                    panic!("{found:?}")
                });
                searches += usize::from(progress != before);
            }
            let windows = text.len() / token.facts.max_length as usize + 1;
            assert!(searches <= windows * (CROWD as usize + 1), "{searches} searches in {windows} windows: {pattern}");
        }
    }

    proptest! {
        #[test]
        fn windows_find_what_one_search_finds(parts in prop::collection::vec("lit|a|b|ab|bab|t|-| ", 0..60)) {
            let text = parts.concat();
            for token in samples() {
                prop_assert_eq!(by_windows(&token, text.as_bytes()), by_one_search(&token, text.as_bytes()), "{} in {:?}", token.pattern, text);
            }
        }
    }
}
