//! Which lines of a text are new compared with an older one.
//!
//! Knows nothing of git objects or of secrets.

use std::ops::Range;

use imara_diff::{Algorithm, Diff, InternedInput};

/// Larger texts, in bytes, are not compared.
pub(in crate::source) const LARGEST: u64 = 8 << 20;
/// A NUL among this many first bytes makes a text binary, as in git.
const BINARY_WINDOW: usize = 8000;

/// How the lines of `old` became those of `new`, and how many those are; none when the texts cannot be compared by lines.
fn compared(old: &[u8], new: &[u8]) -> Option<(Diff, usize)> {
    if !is_comparable(old) || !is_comparable(new) {
        return None;
    }
    let mut input = InternedInput::default();
    input.update_before(lines(old));
    input.update_after(lines(new));
    let mut diff = Diff::compute(Algorithm::Histogram, &input);
    diff.postprocess_lines(&input);
    Some((diff, input.after.len()))
}

/// Lines of `new` (from 1, half-open, sorted, not touching) that a line diff inserts; none when the texts cannot be compared by lines,
/// and so everything counts. A line that only got another line end is not new.
pub(in crate::source) fn added_lines(old: &[u8], new: &[u8]) -> Option<Vec<Range<u32>>> {
    let (diff, _) = compared(old, new)?;
    let mut added: Vec<Range<u32>> = Vec::new();
    for hunk in diff.hunks().filter(|hunk| !hunk.after.is_empty()) {
        let lines = hunk.after.start + 1..hunk.after.end + 1;
        match added.last_mut() {
            Some(last) if last.end >= lines.start => last.end = lines.end,
            _ => added.push(lines),
        }
    }
    Some(added)
}

/// Where in `old` each of `lines` of `new` stands, all from 1; none for a line that a line diff inserts, and none at all when the texts
/// cannot be compared by lines. A line that only got another line end is the same.
pub(in crate::source) fn kept_lines(old: &[u8], new: &[u8], lines_of_new: &[u32]) -> Option<Vec<Option<u32>>> {
    let (diff, count) = compared(old, new)?;
    let hunks: Vec<_> = diff.hunks().collect();
    let kept = |line: u32| {
        let at = line.checked_sub(1).filter(|at| (*at as usize) < count)?;
        // The last hunk that begins at the line or before it says how far both texts are apart from there on.
        let behind = hunks.partition_point(|hunk| hunk.after.start <= at);
        match behind.checked_sub(1).map(|last| &hunks[last]) {
            None => Some(line),
            Some(hunk) if hunk.after.contains(&at) => None,
            Some(hunk) => Some(at - hunk.after.end + hunk.before.end + 1),
        }
    };
    Some(lines_of_new.iter().map(|line| kept(*line)).collect())
}

/// The lines that stand in both lists; each is as [`added_lines`] gives it, and so is the result.
pub(in crate::source) fn in_both(one: &[Range<u32>], other: &[Range<u32>]) -> Vec<Range<u32>> {
    let mut both = Vec::new();
    let (mut at, mut beside) = (0, 0);
    while let (Some(left), Some(right)) = (one.get(at), other.get(beside)) {
        let common = left.start.max(right.start)..left.end.min(right.end);
        if !common.is_empty() {
            both.push(common);
        }
        if left.end <= right.end {
            at += 1;
        } else {
            beside += 1;
        }
    }
    both
}

/// Whether a text is small enough and not binary.
pub(in crate::source) fn is_comparable(text: &[u8]) -> bool {
    text.len() as u64 <= LARGEST && memchr::memchr(0, &text[..text.len().min(BINARY_WINDOW)]).is_none()
}

/// The lines without their ends.
pub(in crate::source) fn lines(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    let text = text.strip_suffix(b"\n").unwrap_or(text);
    text.split(|&byte| byte == b'\n').map(|line| line.strip_suffix(b"\r").unwrap_or(line))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn added(old: &str, new: &str) -> Vec<(u32, u32)> {
        let added = added_lines(old.as_bytes(), new.as_bytes()).expect("because both are text");
        added.into_iter().map(|lines| (lines.start, lines.end)).collect()
    }

    #[test]
    fn inserted_and_replaced_lines_are_new() {
        assert_eq!(added("a\nb\nc\n", "a\nb\nc\n"), []);
        assert_eq!(added("a\nb\nc\n", "a\nx\nb\nc\ny\nz\n"), [(2, 3), (5, 7)]);
        assert_eq!(added("a\nb\nc\n", "a\nB\nc\n"), [(2, 3)]);
        assert_eq!(added("a\nb\nc\n", "a\nc\n"), []);
        assert_eq!(added("", "a\nb"), [(1, 3)]);
    }

    #[test]
    fn what_is_not_new_has_its_place_in_the_old_text() {
        let kept = |old: &str, new: &str| {
            let count = u32::try_from(lines(new.as_bytes()).count()).expect("because it is short");
            let all: Vec<u32> = (1..=count + 1).collect();
            kept_lines(old.as_bytes(), new.as_bytes(), &all).expect("because both are text")
        };
        assert_eq!(kept("a\nb\nc\n", "a\nb\nc\n"), [Some(1), Some(2), Some(3), None]);
        assert_eq!(kept("a\nb\nc\n", "x\na\nb\ny\nc\n"), [None, Some(1), Some(2), None, Some(3), None]);
        assert_eq!(kept("a\nb\nc\nd\n", "a\nd\n"), [Some(1), Some(4), None]);
        assert_eq!(kept("a\nb\nc\nd\n", "B\nc\r\nd\n"), [None, Some(3), Some(4), None]);
        assert_eq!(kept_lines(b"a\0", b"a\n", &[1]), None);
    }

    #[test]
    fn another_line_end_is_no_new_line() {
        assert_eq!(added("a\nb\n", "a\r\nb\r\n"), []);
        assert_eq!(added("a\nb", "a\nb\nc"), [(3, 4)]);
    }

    #[test]
    fn lines_in_both_lists_are_those_that_stand_in_each() {
        let lists = [vec![], vec![1..4, 12..14], vec![2..3, 5..9], vec![3..6, 8..9, 11..12], vec![1..2, 4..5]];
        let has = |list: &[Range<u32>], line: u32| list.iter().any(|range| range.contains(&line));
        for one in &lists {
            for other in &lists {
                let both = in_both(one, other);
                assert!((0..15).all(|line| has(&both, line) == (has(one, line) && has(other, line))), "{one:?} {other:?}: {both:?}");
                assert!(both.windows(2).all(|pair| pair[0].end < pair[1].start));
            }
        }
    }

    #[test]
    fn binary_and_huge_texts_count_as_a_whole() {
        assert_eq!(added_lines(b"a\n", b"a\0\n"), None);
        assert_eq!(added_lines(b"a\0\n", b"a\n"), None);
        assert_eq!(added_lines(b"a\n", &vec![b'a'; LARGEST as usize + 1]), None);
    }
}
