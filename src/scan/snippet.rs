//! The line around a secret, with every secret on it masked.

use crate::detect::{Match, entropy};
use crate::finding::Snippet;
use crate::location::ByteSpan;
use crate::secret::mask;

/// Most bytes shown before and behind the secret.
const BEFORE: usize = 72;
const BEHIND: usize = 48;
/// A run of token characters this long is masked if it looks random, whether a rule knows it or not.
const SUSPICIOUS: usize = 20;

/// The matches of a text by where what they cover begins, for finding those near a place without looking at all of them.
pub struct Hidden<'m> {
    by_start: Vec<&'m Match>,
    /// For each of them, how far it and those before it reach.
    reach: Vec<usize>,
}

impl<'m> Hidden<'m> {
    /// Sorts `matches`.
    pub fn new(matches: &'m [Match]) -> Self {
        let mut by_start: Vec<_> = matches.iter().collect();
        by_start.sort_by_key(|found| found.cover.start);
        let mut furthest = 0;
        let reach = by_start.iter().map(|found| {
            furthest = found.cover.end.max(furthest);
            furthest
        });
        Self { reach: reach.collect(), by_start }
    }

    /// Those that cover a byte from `start` up to `end`.
    fn between(&self, start: usize, end: usize) -> impl Iterator<Item = &'m Match> {
        let first = self.reach.partition_point(|reach| *reach <= start);
        let behind = self.by_start.partition_point(|found| found.cover.start < end).max(first);
        self.by_start[first..behind].iter().copied().filter(move |found| found.cover.end > start)
    }
}

/// The snippet for `found`, which begins on `line`; all `matches` that the snippet would show are masked.
pub fn around(text: &[u8], found: &Match, line: ByteSpan, matches: &Hidden<'_>) -> Snippet {
    let start = line.start.max(found.secret.start.saturating_sub(BEFORE));
    let end = line.end.min(found.secret.end.saturating_add(BEHIND)).max(found.secret.start);
    let mut out = Writer { text: String::new(), mark: (0, 0) };
    if start > line.start {
        out.text.push('…');
    }
    let mut at = start;
    for other in matches.between(start, end.max(found.secret.end)) {
        out.plain(&text[at.min(other.cover.start)..other.cover.start]);
        out.masked(text, other, other.secret == found.secret);
        at = at.max(other.cover.end);
    }
    if at < end {
        out.plain(&text[at..end]);
    }
    if at.max(end) < line.end {
        out.text.push('…');
    }
    out.finish()
}

struct Writer {
    text: String,
    mark: (usize, usize),
}

impl Writer {
    /// Text that no rule knows. Random-looking runs are masked all the same.
    fn plain(&mut self, bytes: &[u8]) {
        let is_token = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'_' | b'-');
        for run in bytes.chunk_by(|a, b| is_token(a) == is_token(b)) {
            if run.len() >= SUSPICIOUS && entropy::randomness(run) == entropy::Randomness::Strong {
                self.text.push_str(&mask(run, 0));
            } else {
                let lossy = String::from_utf8_lossy(run);
                self.text.extend(lossy.chars().map(|c| {
                    if c == '\t' {
                        ' '
                    } else if is_hidden(c) {
                        '\u{fffd}'
                    } else {
                        c
                    }
                }));
            }
        }
    }

    fn masked(&mut self, text: &[u8], other: &Match, own: bool) {
        let start = self.text.chars().count();
        self.text.push_str(&mask(other.secret_in(text), other.public_prefix));
        if other.cover.len() > other.secret.len() {
            self.text.push('…');
        }
        if own {
            self.mark = (start, self.text.chars().count());
        }
    }

    /// Drops the line's indentation.
    fn finish(self) -> Snippet {
        let trimmed = self.text.trim_start();
        let dropped = self.text.chars().count() - trimmed.chars().count();
        let (start, end) = self.mark;
        Snippet {
            text: trimmed.trim_end().to_owned(),
            mark_start_chars: start.saturating_sub(dropped),
            mark_end_chars: end.saturating_sub(dropped),
        }
    }
}

/// Control characters and marks that turn the direction of writing.
fn is_hidden(c: char) -> bool {
    c.is_control() || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::finding::{Confidence, Identity};
    use crate::location::LineIndex;
    use crate::rules::RuleIndex;

    fn found(start: usize, end: usize) -> Match {
        let span = ByteSpan::new(start, end);
        Match {
            rule: RuleIndex(0),
            secret: span,
            cover: span,
            public_prefix: 0,
            confidence: Confidence::High,
            evidence: Vec::new(),
            identity: Identity::default(),
            encoded: None,
        }
    }

    fn snippet(text: &str, matches: &[Match], which: usize) -> Snippet {
        let lines = LineIndex::new(text.as_bytes());
        let line = lines.span(lines.line(matches[which].secret.start));
        around(text.as_bytes(), &matches[which], line, &Hidden::new(matches))
    }

    #[test]
    fn every_secret_of_the_line_is_masked() {
        let text = "x\n  a = 'hunter2hunter2' b = 'swordfish'\ny";
        let a = text.find("hunter2").expect("because it is there");
        let b = text.find("swordfish").expect("because it is there");
        let matches = [found(a, a + 14), found(b, b + 9)];
        let first = snippet(text, &matches, 0);
        assert_eq!(first.text, "a = '********' b = '********'");
        assert_eq!((first.mark_start_chars, first.mark_end_chars), (5, 13));
        let second = snippet(text, &matches, 1);
        assert_eq!((second.mark_start_chars, second.mark_end_chars), (20, 28));
    }

    proptest! {
        #[test]
        fn what_is_hidden_at_a_place_is_what_covers_it(spans in prop::collection::vec((0..60usize, 1..20usize), 0..20), start in 0..80usize, length in 0..20usize) {
            let mut matches: Vec<_> = spans.into_iter().map(|(start, length)| found(start, start + length)).collect();
            matches.sort_by_key(|found| found.cover.start);
            let end = start + length;
            let expected: Vec<_> = matches.iter().filter(|found| found.cover.end > start && found.cover.start < end).map(|found| found.cover).collect();
            let hidden: Vec<_> = Hidden::new(&matches).between(start, end).map(|found| found.cover).collect();
            prop_assert_eq!(hidden, expected);
        }
    }

    #[test]
    fn a_secret_over_several_lines_shows_its_first_line_only() {
        let text = "key = -----BEGIN\nabc\nEND----- tail";
        let snippet = snippet(text, &[found(6, 29)], 0);
        assert_eq!(snippet.text, "key = ************");
    }

    #[test]
    fn long_lines_are_cut_and_unknown_random_runs_masked() {
        let random: String = (0..30).map(|i| char::from(b"aZ3kQ9xB7mP2"[i * 7 % 12])).collect();
        let text = format!("{}{random} = 'swordfish'{}", "word ".repeat(40), " tail".repeat(40));
        let at = text.find("swordfish").expect("because it is there");
        let snippet = snippet(&text, &[found(at, at + 9)], 0);
        assert!(snippet.text.starts_with('…') && snippet.text.ends_with('…'));
        assert!(!snippet.text.contains(&random) && !snippet.text.contains("swordfish"));
    }

    #[test]
    fn control_characters_do_not_survive() {
        let text = "\x1b[31m\u{202e}p = 'swordfish'\x07";
        let at = text.find("swordfish").expect("because it is there");
        let snippet = snippet(text, &[found(at, at + 9)], 0);
        assert!(!snippet.text.contains('\x1b') && !snippet.text.contains('\u{202e}') && !snippet.text.contains('\x07'));
    }
}
