//! `keysieve:allow RULE reason="…"` in the scanned text itself.
//!
//! It speaks for its own line, and where nothing but a comment's own signs stands before it for the next line as well: a remark behind one secret
//! says nothing of the secret below. What it hides is decided in [`super::matching`]; this module reads it, and knows no comment syntax.

use std::sync::Arc;

use super::{Day, ExceptionUse, Origin, Policy, Source, Standing, Terms};
use crate::finding::Marker;
use crate::location::ByteSpan;

/// What a marker begins with.
pub const WORD: &str = "keysieve:allow";
/// Most markers that are read of one line.
const MOST_MARKERS: usize = 16;
/// Longest reason, in characters; the rest is cut.
const REASON_CHARS: usize = 300;
/// Longest rule id, in bytes.
const RULE_BYTES: usize = 200;

/// Most markers of one text that are listed.
const MOST_LISTED: usize = 1_000;

/// A marker in a scanned file, whether or not something was found beside it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Comment {
    /// The file, as reports name it.
    pub path: Vec<u8>,
    /// What it says.
    pub marker: Marker,
}

impl Comment {
    /// What became of it in a scan; `is_used` tells that it stands beside what it is about.
    pub(super) fn used(&self, is_used: bool, policy: &Policy, today: Day) -> ExceptionUse {
        let terms = Terms { reason: self.marker.reason.clone(), ..Terms::default() };
        let refusal = match terms.reason {
            None => Some(NO_REASON.to_owned()),
            Some(_) => lacks(policy, &terms, today),
        };
        ExceptionUse {
            source: Source::Comment,
            subject: format!("{WORD} {}", self.marker.rule),
            origin: Origin { file: String::from_utf8_lossy(&self.path).into_owned(), line: self.marker.line },
            terms,
            standing: refusal.map_or(Standing::InForce, Standing::Refused),
            is_used,
        }
    }
}

/// What is wrong with a marker without a reason, in words that follow "it".
pub(super) const NO_REASON: &str = "gives no reason; write reason=\"…\" behind the rule";

/// What the policy asks for and a marker on these terms lacks, in words that follow "it".
pub(super) fn lacks(policy: &Policy, terms: &Terms, today: Day) -> Option<String> {
    let why = policy.lacks(terms, today)?;
    Some(format!("{why}, and a comment cannot say: list it in keysieve.yaml"))
}

/// Every marker of `text`, at most a thousand.
pub fn all(text: &[u8]) -> Vec<Marker> {
    let mut markers = Vec::new();
    let (mut line, mut start) = (1_u32, 0);
    let mut read_to = 0;
    for at in memchr::memmem::find_iter(text, WORD.as_bytes()) {
        if at < read_to {
            continue;
        }
        let before = &text[start..at];
        line = line.saturating_add(u32::try_from(memchr::memchr_iter(b'\n', before).count()).unwrap_or(u32::MAX));
        start = memchr::memrchr(b'\n', before).map_or(start, |lf| start + lf + 1);
        read_to = memchr::memchr(b'\n', &text[at..]).map_or(text.len(), |lf| at + lf);
        within(&text[start..read_to], line, false, &mut markers);
        if markers.len() >= MOST_LISTED {
            break;
        }
    }
    markers
}

/// Reads the markers of lines one after another, each line once.
#[derive(Default)]
pub struct LineMarkers {
    last: Option<(ByteSpan, Arc<[Marker]>)>,
}

impl LineMarkers {
    /// The markers that speak for the line at `span`, number `line`, of `text`.
    pub fn of(&mut self, text: &[u8], span: ByteSpan, line: u32) -> Arc<[Marker]> {
        if let Some((known, markers)) = &self.last
            && *known == span
        {
            return Arc::clone(markers);
        }
        let markers = read(text, span, line);
        self.last = Some((span, Arc::clone(&markers)));
        markers
    }
}

fn read(text: &[u8], span: ByteSpan, line: u32) -> Arc<[Marker]> {
    let mut markers = Vec::new();
    if let Some(end) = span.start.checked_sub(1) {
        let start = memchr::memrchr(b'\n', &text[..end]).map_or(0, |lf| lf + 1);
        within(&text[start..end], line.saturating_sub(1), true, &mut markers);
    }
    within(span.of(text), line, false, &mut markers);
    markers.into()
}

/// Appends the markers of `text`, which is line number `line`; `for_next`: only those that are alone on it.
fn within(text: &[u8], line: u32, for_next: bool, markers: &mut Vec<Marker>) {
    for at in memchr::memmem::find_iter(text, WORD.as_bytes()).take(MOST_MARKERS) {
        if for_next && markers.is_empty() && !is_comment_start(&text[..at]) {
            return;
        }
        let is_word = text[..at].last().is_none_or(|byte| !byte.is_ascii_alphanumeric() && !matches!(byte, b'_' | b'-'));
        if let Some(marker) = is_word.then(|| marker(&text[at + WORD.len()..], line)).flatten() {
            markers.push(marker);
        }
    }
}

/// Whether `before` is what a comment begins with in some language: signs, or the word that batch files and m4 use.
pub(super) fn is_comment_start(before: &[u8]) -> bool {
    let before = before.trim_ascii();
    let is_sign = |byte: &u8| byte.is_ascii_punctuation() || byte.is_ascii_whitespace();
    before.iter().all(is_sign) || before.eq_ignore_ascii_case(b"rem") || before.eq_ignore_ascii_case(b"@rem") || before == b"dnl"
}

/// The marker with `rest` behind its word.
fn marker(rest: &[u8], line: u32) -> Option<Marker> {
    let after = rest.trim_ascii_start();
    if after.len() == rest.len() {
        return None;
    }
    let length = after.iter().take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_')).count();
    let (rule, rest) = after.split_at(length);
    let rule = std::str::from_utf8(rule).ok().filter(|rule| (1..=RULE_BYTES).contains(&rule.len()))?;
    Some(Marker { rule: rule.to_owned(), reason: reason(rest), line })
}

/// What `reason="…"` says, if that comes next. Inside of a string literal its quotes are escaped.
fn reason(rest: &[u8]) -> Option<String> {
    let quoted = rest.trim_ascii_start().strip_prefix(b"reason=").filter(|_| rest.first().is_some_and(u8::is_ascii_whitespace))?;
    let close: &[u8] = [&b"\\\""[..], b"\\'", b"\"", b"'"].into_iter().find(|quote| quoted.starts_with(quote))?;
    let inner = &quoted[close.len()..];
    let inner = &inner[..memchr::memmem::find(inner, close)?];
    let reason: String = String::from_utf8_lossy(inner).chars().filter(|c| !c.is_control()).take(REASON_CHARS).collect();
    let reason = reason.trim();
    (!reason.is_empty()).then(|| reason.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::location::LineIndex;

    /// `line: rule (reason)` of what speaks for line number `line` of `text`.
    fn said(text: &str, line: u32) -> Vec<String> {
        let span = LineIndex::new(text.as_bytes()).span(line);
        let markers = LineMarkers::default().of(text.as_bytes(), span, line);
        markers.iter().map(|marker| format!("{}: {} ({})", marker.line, marker.rule, marker.reason.as_deref().unwrap_or("-"))).collect()
    }

    #[test]
    fn a_marker_is_read_in_any_comment() {
        for line in [
            "x # keysieve:allow a.b-c reason=\"why\"",
            "x // keysieve:allow a.b-c reason='why' more",
            "<!-- x keysieve:allow a.b-c reason=\"why\" -->",
            "x /* keysieve:allow   a.b-c   reason=\" why \" */",
            "\"x\": \"keysieve:allow a.b-c reason=\\\"why\\\"\",",
            "x -- keysieve:allow a.b-c\treason=\"why\"\r",
        ] {
            assert_eq!(said(line, 1), ["1: a.b-c (why)"], "{line}");
        }
    }

    #[test]
    fn without_a_reason_it_says_so() {
        for line in [
            "# keysieve:allow a.b",
            "# keysieve:allow a.b reason=",
            "# keysieve:allow a.b reason=\"\"",
            "# keysieve:allow a.b reason=\"  \"",
            "# keysieve:allow a.b reason=\"open",
            "# keysieve:allow a.breason=\"x\"",
            "# keysieve:allow a.b because reason=\"x\"",
        ] {
            assert!(said(line, 1).iter().all(|said| said.ends_with("(-)")) && said(line, 1).len() == 1, "{line}: {:?}", said(line, 1));
        }
    }

    #[test]
    fn what_names_no_rule_is_no_marker() {
        for line in ["# keysieve:allow", "# keysieve:allow ", "# keysieve:allowed a.b", "# keysieve:allow \"a\"", "xkeysieve:allow a.b"] {
            assert_eq!(said(line, 1), [""; 0], "{line}");
        }
    }

    #[test]
    fn a_comment_of_its_own_speaks_for_the_next_line() {
        for start in ["# ", "  // ", "<!-- ", "/* ", "-- ", "; ", "% ", "REM ", "dnl ", " * ", "{{!-- ", "\"\"\" "] {
            let text = format!("{start}keysieve:allow a.b reason=\"why\"\nsecret\nother");
            assert_eq!(said(&text, 2), ["1: a.b (why)"], "{start}");
            assert_eq!(said(&text, 3), [""; 0], "{start}");
        }
        let text = "old = 1 # keysieve:allow a.b reason=\"why\"\r\nnew = 2 # keysieve:allow c.d reason=\"so\"\n";
        assert_eq!(said(text, 2), ["2: c.d (so)"]);
        assert_eq!(said(text, 1), ["1: a.b (why)"]);
    }

    #[test]
    fn all_markers_of_a_text_are_listed_with_their_lines() {
        let text =
            "a\nb # keysieve:allow a.b reason=\"x\"\n\n// keysieve:allow c.d\n# keysieve:allow e.f keysieve:allow g.h\nkeysieve:allowed";
        let told: Vec<String> = all(text.as_bytes()).iter().map(|marker| format!("{} {}", marker.line, marker.rule)).collect();
        assert_eq!(told, ["2 a.b", "4 c.d", "5 e.f", "5 g.h"]);
        assert!(all("# keysieve:allow a.b\n".repeat(3_000).as_bytes()).len() <= MOST_LISTED);
    }

    #[test]
    fn several_markers_can_stand_on_a_line_and_they_are_bounded() {
        let two = "# keysieve:allow a.b reason=\"x\" keysieve:allow c.d reason=\"y\"\nnext";
        assert_eq!(said(two, 1), ["1: a.b (x)", "1: c.d (y)"]);
        assert_eq!(said(two, 2), ["1: a.b (x)", "1: c.d (y)"]);
        assert_eq!(said(&"keysieve:allow a.b ".repeat(100), 1).len(), MOST_MARKERS);
        let long = format!("keysieve:allow a.b reason=\"{}\"", "é".repeat(1_000));
        assert_eq!(said(&long, 1), [format!("1: a.b ({})", "é".repeat(REASON_CHARS))]);
    }
}
