//! What GitHub code scanning takes at most. A file over a limit is refused as a whole, so everything is cut before.
//!
//! From "SARIF support for code scanning" in GitHub's documentation.

use crate::finding::Finding;

/// Results in a run.
pub const RESULTS: usize = 25_000;
/// Runs in a file. Code scanning takes 20, but not more than 10 MB of gzip, of which a result of a history takes about 150 bytes: two full runs
/// stay below that.
pub const RUNS: usize = 2;
/// Tags of a rule.
pub const TAGS: usize = 20;
/// Characters of a rule's name.
pub const NAME_CHARS: usize = 255;
/// Characters of a rule's descriptions, and of a message.
pub const TEXT_CHARS: usize = 1_024;
/// Other places that a result links to; the limit of code scanning lies far higher, but nobody reads more.
pub const RELATED: usize = 10;
/// Gaps that are listed one by one.
pub const NOTIFICATIONS: usize = 1_000;

/// Which results are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kept {
    /// So many findings, the first ones: they come worst first.
    pub findings: usize,
    /// So many places of each finding.
    pub places: usize,
    /// Results that are left out.
    pub cut: usize,
}

/// Chooses at most `limit` results. Every finding keeps its first places before one finding keeps all of its own: a secret in thousands of
/// places does not hide another.
pub fn choose(findings: &[&Finding], limit: usize) -> Kept {
    let with = |places: usize| findings.iter().map(|finding| finding.locations.len().min(places)).sum::<usize>();
    let most = findings.iter().map(|finding| finding.locations.len()).max().unwrap_or_default();
    let all = with(most);
    if with(1) > limit {
        return Kept { findings: limit, places: 1, cut: all - limit };
    }
    let (mut fits, mut too_many) = (1, most + 1);
    while too_many - fits > 1 {
        let middle = fits + (too_many - fits) / 2;
        if with(middle) <= limit { fits = middle } else { too_many = middle }
    }
    Kept { findings: findings.len(), places: fits, cut: all - with(fits) }
}

/// `text`, cut to `chars` characters with `…` as the last one.
pub fn clip(text: &str, chars: usize) -> String {
    if text.chars().count() <= chars {
        return text.to_owned();
    }
    text.chars().take(chars.saturating_sub(1)).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample;

    fn with_places(places: usize) -> Finding {
        let mut finding = sample::finding("a.b", "A", "A", "x");
        finding.locations = vec![sample::place(b"a", 1, "", "*", ""); places];
        finding
    }

    #[test]
    fn every_finding_keeps_a_place_before_one_keeps_all() {
        let findings = [with_places(100), with_places(2), with_places(1)];
        let findings: Vec<&Finding> = findings.iter().collect();
        assert_eq!(choose(&findings, 200), Kept { findings: 3, places: 100, cut: 0 });
        assert_eq!(choose(&findings, 103), Kept { findings: 3, places: 100, cut: 0 });
        assert_eq!(choose(&findings, 50), Kept { findings: 3, places: 47, cut: 53 });
        assert_eq!(choose(&findings, 3), Kept { findings: 3, places: 1, cut: 100 });
        assert_eq!(choose(&findings, 2), Kept { findings: 2, places: 1, cut: 101 });
        assert_eq!(choose(&[], 2), Kept { findings: 0, places: 1, cut: 0 });
    }

    #[test]
    fn a_clipped_text_has_so_many_characters() {
        assert_eq!([clip("größer", 6), clip("größer", 5), clip("", 3)], ["größer", "größ…", ""]);
    }
}
