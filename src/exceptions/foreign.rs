//! Comments by which other scanners are told to leave a secret alone, such as `gitleaks:allow`.
//!
//! Each speaks for its own line or for the next one, as the scanner's documentation has it, names no rule that is known here and gives no reason.
//! They count only if whoever scans asks for it; else a finding beside one says so. Knows no comment syntax.

use std::sync::{Arc, LazyLock};

use aho_corasick::AhoCorasick;

use super::{Day, Exceptions, Terms};
use crate::finding::{ForeignMarker, Location, Suppression, SuppressionKind};
use crate::location::ByteSpan;

/// How the note of a finding ends that stands beside a comment which does not count.
pub const NOT_TAKEN: &str = "keysieve does not take it without --honor-foreign-allow";
/// Most comments that are read of one line.
const MOST: usize = 16;

/// Which line a comment speaks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reach {
    /// The one it stands on.
    Own,
    /// The one below it, where it stands alone on its line.
    Next,
}

/// What is looked for, the words it stands for, and which line those speak for.
///
/// Sources: the README files of gitleaks, betterleaks, trufflehog, detect-secrets and kingfisher, the documentation of ggshield ("Ignoring a secret"),
/// of secretlint's rule-filter-comments, and of HCP Vault Radar ("Write inline ignore rules"). The spellings of detect-secrets were tried on it.
const SPELLINGS: [(&str, &str, Reach); 17] = [
    ("gitleaks:allow", "gitleaks:allow", Reach::Own),
    ("betterleaks:allow", "betterleaks:allow", Reach::Own),
    ("trufflehog:ignore", "trufflehog:ignore", Reach::Own),
    ("kingfisher:ignore", "kingfisher:ignore", Reach::Own),
    ("ggignore", "ggignore", Reach::Own),
    ("hashicorpignore", "HashiCorpIgnore", Reach::Own),
    ("secretlint-disable-line", "secretlint-disable-line", Reach::Own),
    ("secretlint-disable-next-line", "secretlint-disable-next-line", Reach::Next),
    ("pragma: allowlist secret", "pragma: allowlist secret", Reach::Own),
    ("pragma:allowlist secret", "pragma: allowlist secret", Reach::Own),
    ("pragma: allowlist-secret", "pragma: allowlist secret", Reach::Own),
    ("pragma:allowlist-secret", "pragma: allowlist secret", Reach::Own),
    ("pragma: whitelist secret", "pragma: whitelist secret", Reach::Own),
    ("pragma: allowlist nextline secret", "pragma: allowlist nextline secret", Reach::Next),
    ("pragma:allowlist nextline secret", "pragma: allowlist nextline secret", Reach::Next),
    ("pragma: allowlist nextline-secret", "pragma: allowlist nextline secret", Reach::Next),
    ("pragma:allowlist nextline-secret", "pragma: allowlist nextline secret", Reach::Next),
];
/// The one whose letters may be of either case.
const ANY_CASE: &str = "hashicorpignore";
/// What the comments of detect-secrets begin with.
const PRAGMA: &str = "pragma:";

/// Reads such comments of lines one after another, each line once.
#[derive(Default)]
pub struct ForeignMarkers {
    last: Option<(ByteSpan, Arc<[ForeignMarker]>)>,
}

impl ForeignMarkers {
    /// The comments that speak for the line at `span`, number `line`, of `text`.
    pub fn of(&mut self, text: &[u8], span: ByteSpan, line: u32) -> Arc<[ForeignMarker]> {
        if let Some((known, markers)) = &self.last
            && *known == span
        {
            return Arc::clone(markers);
        }
        let mut markers = Vec::new();
        within(span.of(text), line, Reach::Own, &mut markers);
        if let Some(end) = span.start.checked_sub(1) {
            let start = memchr::memrchr(b'\n', &text[..end]).map_or(0, |lf| lf + 1);
            within(&text[start..end], line.saturating_sub(1), Reach::Next, &mut markers);
        }
        let markers: Arc<[ForeignMarker]> = markers.into();
        self.last = Some((span, Arc::clone(&markers)));
        markers
    }
}

/// Appends the comments of the line `text`, number `line`, that reach so far.
fn within(text: &[u8], line: u32, wanted: Reach, markers: &mut Vec<ForeignMarker>) {
    static WORDS: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| {
        let words = SPELLINGS.iter().map(|(spelling, ..)| spelling);
        AhoCorasick::builder().ascii_case_insensitive(true).match_kind(aho_corasick::MatchKind::LeftmostLongest).build(words).ok()
    });
    let Some(words) = &*WORDS else { return };
    for found in words.find_iter(text).take(MOST) {
        let Some((spelling, word, reach)) = SPELLINGS.get(found.pattern().as_usize()) else { continue };
        let is_spelled = *spelling == ANY_CASE || &text[found.range()] == spelling.as_bytes();
        let is_pragma = spelling.starts_with(PRAGMA);
        let stands_alone = *reach == Reach::Own || super::inline::is_comment_start(&text[..found.start()]);
        if *reach == wanted && is_spelled && stands_alone && is_whole(&text[..found.start()], &text[found.end()..], is_pragma) {
            markers.push(ForeignMarker { word, line });
        }
    }
}

/// Whether what stands between `before` and `behind` is no part of a longer word. A pragma begins its comment, and may go on.
fn is_whole(before: &[u8], behind: &[u8], is_pragma: bool) -> bool {
    let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    if is_pragma {
        return before.trim_ascii_end().last().is_none_or(|sign| !sign.is_ascii_alphanumeric());
    }
    !before.last().is_some_and(is_part) && !behind.first().is_some_and(is_part)
}

/// What covers `location` because of such a comment; or why it does not; none if there is no comment.
pub(super) fn cover(location: &Location, exceptions: &Exceptions, today: Day) -> Option<Result<Suppression, String>> {
    let ForeignMarker { word, line } = location.foreign.first()?;
    if !exceptions.honor_foreign {
        return Some(Err(format!("a `{word}` comment stands on line {line}; {NOT_TAKEN}")));
    }
    if let Some(why) = exceptions.policy.lacks(&Terms::default(), today) {
        return Some(Err(format!("`{word}` on line {line} hides nothing: it {why}")));
    }
    Some(Ok(Suppression {
        kind: SuppressionKind::InSource,
        reason: Some(format!("{word} comment")),
        owner: None,
        expires: None,
        approved_by: None,
        file: location.path_lossy().into_owned(),
        line: *line,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::location::LineIndex;

    /// `line: word` of what speaks for line number `line` of `text`.
    fn said(text: &str, line: u32) -> Vec<String> {
        let span = LineIndex::new(text.as_bytes()).span(line);
        let markers = ForeignMarkers::default().of(text.as_bytes(), span, line);
        markers.iter().map(|marker| format!("{}: {}", marker.line, marker.word)).collect()
    }

    #[test]
    fn comments_speak_for_their_own_line() {
        for (spelling, word, _) in SPELLINGS.iter().filter(|(_, _, reach)| *reach == Reach::Own) {
            for (start, end) in [("x = 1 # ", ""), ("x // ", " because"), ("<!-- ", "-->"), ("", "\r"), ("x #", ": why")] {
                let end = if end.starts_with('-') { " -->" } else { end };
                let text = format!("{start}{spelling}{end}\nnext");
                assert_eq!((said(&text, 1), said(&text, 2)), (vec![format!("1: {word}")], Vec::new()), "{text}");
            }
            let parts = [format!("{spelling}ed"), format!("-{spelling}"), format!("{spelling}-start")];
            let parts = if spelling.starts_with(PRAGMA) { vec![format!("# note {spelling}")] } else { parts.to_vec() };
            for text in parts.into_iter().chain([format!("x{spelling}")]) {
                assert_eq!(said(&text, 1), [""; 0], "{text}");
            }
        }
        assert_eq!(said("# pragma: allowlist secrets", 1), ["1: pragma: allowlist secret"]);
        assert_eq!(said("# Gitleaks:Allow", 1), [""; 0]);
        assert_eq!(said("// HASHICORPIGNORE", 1), ["1: HashiCorpIgnore"]);
        assert_eq!(said("# gitleaks:allow trufflehog:ignore", 1), ["1: gitleaks:allow", "1: trufflehog:ignore"]);
        assert_eq!(said(&"ggignore ".repeat(100), 1).len(), MOST);
    }

    #[test]
    fn some_speak_for_the_next_line_where_they_stand_alone() {
        for (spelling, word, _) in SPELLINGS.iter().filter(|(_, _, reach)| *reach == Reach::Next) {
            let text = format!("  // {spelling}\nsecret\nother");
            assert_eq!((said(&text, 1), said(&text, 2)), (Vec::new(), vec![format!("1: {word}")]), "{text}");
            assert_eq!(said(&text, 3), [""; 0], "{text}");
            assert_eq!(said(&format!("x = 1 // {spelling}\nsecret"), 2), [""; 0]);
        }
    }
}
