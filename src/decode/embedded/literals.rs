//! String literals in pieces: joined over `+`, `.` or `&`, standing one below the other, or going on behind a backslash at the line's end.

use super::seam::{self, Joint};
use super::{Coding, Run, Unit};
use crate::location::ByteSpan;

/// Longest literal looked through, and most bytes and pieces of a joined one.
const LONGEST_PIECE: usize = 2_048;
const LONGEST: usize = 32_768;
const MOST_PIECES: usize = 512;

/// The string literal in pieces that holds the byte at `at`, which is in its first piece. Its span is what stands between the first and the
/// last quote.
///
/// `end` is one past what is known to be plain characters of a literal behind `at`.
pub fn joined_at(text: &[u8], at: usize, end: usize) -> Option<Run> {
    let quote = match text.get(end)? {
        byte if is_quote(*byte) => *byte,
        b'\\' => quote_before(text, at)?,
        _ => return None,
    };
    let start = start_of(text, at, quote)?;
    let (mut piece_end, mut pieces) = (end, 1);
    while pieces < MOST_PIECES
        && let Some(next) = next_piece(text, start, piece_end, quote)
        && next - start < LONGEST
    {
        piece_end = next;
        pieces += 1;
    }
    (pieces > 1).then(|| Run { span: ByteSpan::new(start, piece_end), coding: Coding::Literals })
}

/// Where the piece ends that goes on with the one that ends at `end`. `start` is the beginning of the first.
fn next_piece(text: &[u8], start: usize, end: usize, quote: u8) -> Option<usize> {
    let seam = seam::at(text, end).filter(|seam| seam.is_joint)?;
    let next = piece_end(text, seam.end, quote)?;
    let sound = match seam.joint {
        Joint::None | Joint::Operator => true,
        // In a shell that separates arguments.
        Joint::Backslash => is_expression(&text[..start - 1]),
        // The next key of a list of keys and values.
        Joint::Below => !matches!(text[next + 1..].trim_ascii_start().first(), Some(b'=' | b':')),
    };
    sound.then_some(next)
}

/// Whether a literal behind `before` is a value, as Python writes it: `x = "…"`, not `-H "…"` or `X="…"`.
fn is_expression(before: &[u8]) -> bool {
    match before.last() {
        Some(b'(' | b'[') => true,
        Some(b' ') => matches!(before.trim_ascii_end().last(), Some(b'=' | b'(' | b'[' | b',' | b':' | b'+')),
        _ => false,
    }
}

/// Where the plain characters behind `at` end.
pub fn plain_end(text: &[u8], at: usize) -> usize {
    const LONGEST_WORD: usize = 4_096;
    let is_plain = |byte: &&u8| {
        byte.is_ascii_alphanumeric()
            || matches!(byte, b'-' | b'_' | b'.' | b'/' | b'+' | b'=' | b':' | b'~' | b'%' | b'@' | b'!' | b'?' | b'#' | b'$' | b'*' | b'^')
    };
    at + text[at..].iter().take(LONGEST_WORD).take_while(is_plain).count()
}

fn is_quote(byte: u8) -> bool {
    matches!(byte, b'"' | b'\'' | b'`')
}

/// The quote that opens before `at` on its line.
fn quote_before(text: &[u8], at: usize) -> Option<u8> {
    let low = at.saturating_sub(LONGEST_PIECE);
    text[low..at].iter().rev().take_while(|byte| **byte != b'\n').find(|byte| is_quote(**byte)).copied()
}

/// One past the opening quote before `at` on its line.
fn start_of(text: &[u8], at: usize, quote: u8) -> Option<usize> {
    let low = at.saturating_sub(LONGEST_PIECE);
    let inside = text[low..at].iter().rev().take_while(|byte| !matches!(**byte, b'\n') && **byte != quote).count();
    (at > inside && text[at - inside - 1] == quote).then_some(at - inside)
}

/// Where the piece that begins at `at` ends: at its quote, or at a backslash that ends the line.
fn piece_end(text: &[u8], at: usize, quote: u8) -> Option<usize> {
    let mut next = at;
    let limit = text.len().min(at + LONGEST_PIECE);
    while next < limit {
        match text[next] {
            b'\\' if matches!(text.get(next + 1), Some(b'\n' | b'\r')) => return Some(next),
            b'\\' => next += 2,
            b'\n' => return None,
            byte if byte == quote => return Some(next),
            _ => next += 1,
        }
    }
    None
}

pub(super) fn units(written: &[u8], mut each: impl FnMut(Unit)) {
    let mut at = 0;
    while at < written.len() {
        let byte = written[at];
        if (is_quote(byte) || byte == b'\\')
            && let Some(seam::Seam { end, .. }) = seam::at(written, at).filter(|seam| seam.is_joint)
        {
            // What follows a joint stands where nobody would look for it without joining.
            at = end;
            if let Some(byte) = written.get(end).filter(|byte| !is_quote(**byte) && **byte != b'\\') {
                each(Unit { byte: *byte, written: ByteSpan::new(end, end + 1), is_encoded: true });
                at += 1;
            }
            continue;
        }
        each(Unit::plain(byte, at));
        at += 1;
    }
}
