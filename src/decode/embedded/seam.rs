//! What stands between the lines of a wrapped run: a line end and indentation, an escaped line end, or the joint of two string literals.

/// Longest line, and longest seam, in bytes.
pub(super) const LONGEST_LINE: usize = 260;
pub(super) const LONGEST: usize = 100;

/// A seam, and where the next line begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Seam {
    /// One past its last byte.
    pub end: usize,
    /// Whether it joins two string literals, or two lines by a backslash, which nothing but one text in pieces does.
    pub is_joint: bool,
    /// How literals are joined.
    pub joint: Joint,
}

/// What joins two string literals.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Joint {
    /// Nothing: there are none.
    None,
    /// `+`, `.` or `&`.
    Operator,
    /// A backslash at the end of the line, behind the quote.
    Backslash,
    /// One stands below the other.
    Below,
}

/// The seam that begins at `at`, where a line has ended.
pub(super) fn at(text: &[u8], at: usize) -> Option<Seam> {
    let limit = text.len().min(at + LONGEST);
    let mut next = at;
    let is_escaped = skip_escaped_line_ends(text, &mut next);
    let quote = text.get(next).copied().filter(|byte| matches!(byte, b'"' | b'\'' | b'`'));
    next += usize::from(quote.is_some());
    let (mut line_ends, mut operators, mut backslashes) = (0u32, 0u32, 0u32);
    while next < limit {
        match text[next] {
            b' ' | b'\t' | b'\r' => {}
            b'\n' => line_ends += 1,
            b'\\' if backslashes == 0 && matches!(text.get(next + 1), Some(b'\n' | b'\r')) => backslashes = 1,
            b'+' | b'.' | b'&' if quote.is_some() && operators == 0 => operators = 1,
            _ => break,
        }
        next += 1;
    }
    let end = match quote {
        // Rows of quoted cells stand below each other, too, and begin their lines.
        Some(quote) if text.get(next) == Some(&quote) && (operators > 0 || line_ends > 0 && text[next - 1] != b'\n') => next + 1,
        None if is_escaped || line_ends == 1 => next,
        _ => return None,
    };
    let joint = match (quote, operators, backslashes) {
        (None, ..) => Joint::None,
        (_, 1.., _) => Joint::Operator,
        (_, 0, 1..) => Joint::Backslash,
        (_, 0, 0) => Joint::Below,
    };
    let is_joint = quote.is_some() || backslashes > 0;
    (end > at && line_ends <= 1 && end < text.len() && end <= limit).then_some(Seam { end, is_joint, joint })
}

fn skip_escaped_line_ends(text: &[u8], at: &mut usize) -> bool {
    let start = *at;
    for escape in [b'r', b'n'] {
        if text.get(*at) == Some(&b'\\') && text.get(*at + 1) == Some(&escape) {
            *at += 2;
        }
    }
    *at > start
}

/// Ends of lines that may have a seam up to `start`, where a line begins; which of them has one is to be asked of [`at`].
pub(super) fn ends_before(text: &[u8], start: usize) -> impl Iterator<Item = usize> {
    let least = start.saturating_sub(LONGEST);
    // Of an escaped line end, the letter is a digit as well.
    (least..start).rev().take_while(move |at| is_part(text[*at]) || matches!(text[*at], b'n' | b'r'))
}

/// Whether seams are made of such bytes, letters aside.
pub(super) const fn is_part(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | b'\n' | b'\\' | b'"' | b'\'' | b'`' | b'+' | b'.' | b'&')
}
