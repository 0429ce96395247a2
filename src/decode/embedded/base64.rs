//! Base64 of the standard and the URL alphabet (RFC 4648), padded or not, in one line, wrapped, or in pieces of string literals; and where
//! all of it are hex digits, hex.
//!
//! Most of a text is words shorter than any run, so only every few bytes are looked at, and most long words are told from runs by their beginning.

use super::{Coding, Run, Unit, hex, plain, seam};
use crate::location::ByteSpan;

/// Shortest run, and shortest line but the last of a wrapped one, in characters.
const SHORTEST: usize = 24;
/// Lines are wrapped at so many characters or more.
const LEAST_WIDTH: usize = 32;
/// A zone is searched so many bytes further on both sides: the last line of a run may be too short to be noticed by itself.
const FURTHER: usize = seam::LONGEST_LINE + seam::LONGEST + SHORTEST;

const NONE: u8 = 0xff;
/// The six bits of each character of either alphabet.
const SEXTETS: [u8; 256] = {
    const STANDARD: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut sextets = [NONE; 256];
    let mut at = 0;
    while at < 64 {
        sextets[STANDARD[at] as usize] = at as u8;
        at += 1;
    }
    (sextets[b'-' as usize], sextets[b'_' as usize]) = (62, 63);
    sextets
};

fn is_digit(byte: u8) -> bool {
    SEXTETS[usize::from(byte)] != NONE
}

/// Characters of one line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Line {
    start: usize,
    /// One past the last character, padding aside.
    end: usize,
    /// One past the padding.
    padded_end: usize,
}

impl Line {
    /// The line that holds the character at `at`. The letter of an escaped line end before it is none of it.
    fn around(text: &[u8], at: usize) -> Option<Self> {
        let mut start = at - text[..at].iter().rev().take_while(|byte| is_digit(**byte)).count();
        if start > 0 && text[start - 1] == b'\\' && matches!(text[start], b'n' | b'r') {
            start += 1;
        }
        Self::from(text, start).filter(|line| (line.start..line.end).contains(&at))
    }

    fn from(text: &[u8], start: usize) -> Option<Self> {
        let end = start + text[start..].iter().take_while(|byte| is_digit(**byte)).count();
        let padding = text[end..].iter().take(2).take_while(|byte| **byte == b'=').count();
        (end > start).then_some(Self { start, end, padded_end: end + padding })
    }

    fn len(&self) -> usize {
        self.end - self.start
    }

    /// The line that goes on with this one, and whether it surely does.
    fn next(&self, text: &[u8]) -> Option<(Self, bool)> {
        if self.padded_end > self.end || !(SHORTEST..=seam::LONGEST_LINE).contains(&self.len()) {
            return None;
        }
        let seam = seam::at(text, self.end)?;
        let next = Self::from(text, seam.end)?;
        // What comes below a run of full lines may be the next key of a file, or the next line of a text.
        let is_whole = || text.get(next.padded_end).is_none_or(|byte| byte.is_ascii_whitespace() || b"\"'`\\<,;)]}".contains(byte));
        let is_wrapped = || self.len() >= LEAST_WIDTH && self.len().is_multiple_of(4) && next.len() <= self.len() && is_whole();
        (next.len() <= seam::LONGEST_LINE && (seam.is_joint || is_wrapped())).then_some((next, seam.is_joint))
    }

    /// The line that this one goes on with, and whether it surely does.
    fn previous(&self, text: &[u8]) -> Option<(Self, bool)> {
        // The letter of an escaped line end is no end of a line.
        let is_end = |end: usize| is_digit(text[end - 1]) && !(end > 1 && text[end - 2] == b'\\' && matches!(text[end - 1], b'n' | b'r'));
        let leads_here = |end: usize| seam::at(text, end).is_some_and(|seam| seam.end == self.start);
        let end = seam::ends_before(text, self.start).find(|end| *end > 0 && is_end(*end) && leads_here(*end))?;
        // Longer lines have no seam, and need not be measured. The letter of an escaped line end may stand before one.
        let far = end.saturating_sub(seam::LONGEST_LINE + 2);
        if text[far..end].iter().all(|byte| is_digit(*byte)) && far > 0 {
            return None;
        }
        let line = Self::around(text, end - 1)?;
        let (next, is_joint) = line.next(text)?;
        (next.start == self.start).then_some((line, is_joint))
    }

    /// The first line of those of one width that this one stands among.
    fn first(self, text: &[u8], least: usize) -> Self {
        let mut line = self;
        while line.start > least
            && let Some((previous, is_joint)) = line.previous(text)
            && (is_joint || previous.len() == line.len())
        {
            line = previous;
        }
        line
    }
}

/// Gives `each` the runs in `zones`.
pub(super) fn runs(text: &[u8], zones: &[ByteSpan], each: &mut impl FnMut(Run)) {
    let mut at = 0;
    // Lines up to there are of one width and were given.
    let mut given = 0;
    for zone in zones {
        let (start, end) = widened(text, *zone);
        at = at.max(start);
        if at > 0 && at < end && is_digit(text[at - 1]) {
            at -= text[given.min(at)..at].iter().rev().take_while(|byte| is_digit(**byte)).count();
        }
        while at < end && at + SHORTEST <= text.len() {
            // Backwards: most often the last of so many bytes is not in a word that the first one is in, and all before it are passed by.
            if let Some(other) = text[at..at + SHORTEST].iter().rposition(|byte| !is_digit(*byte)) {
                at += other + 1;
                continue;
            }
            let escaped = at > 0 && text[at - 1] == b'\\' && matches!(text[at], b'n' | b'r');
            let Some(line) = Line::from(text, at + usize::from(escaped)) else { break };
            at = line.padded_end;
            if line.start >= given && line.len() >= SHORTEST {
                given = around(text, line, given, each);
            }
        }
    }
}

/// The zone and what is near it, up to bytes that stand in no run: its last line may be too short to be noticed by itself.
fn widened(text: &[u8], zone: ByteSpan) -> (usize, usize) {
    let (mut start, mut end) = (zone.start.min(text.len()), zone.end.min(text.len()));
    while start > 0 && zone.start - start < FURTHER && !text.get(start).is_some_and(|byte| is_break(*byte)) {
        start -= 1;
    }
    while end < text.len() && end - zone.end < FURTHER && !(end > 0 && is_break(text[end - 1])) {
        end += 1;
    }
    (start, end)
}

/// Whether a byte stands neither in a run nor between its lines.
fn is_break(byte: u8) -> bool {
    BREAKS[usize::from(byte)]
}

/// Asked for each byte near each changed stretch of a version, so a table.
const BREAKS: [bool; 256] = {
    let mut breaks = [false; 256];
    let mut byte = 0;
    while byte < 256 {
        breaks[byte] = SEXTETS[byte] == NONE && byte != b'=' as usize && !seam::is_part(byte as u8);
        byte += 1;
    }
    breaks
};

/// The middle of `copied`: what is a run in it does not depend on what is outside of `copied`.
pub(super) fn calm(text: &[u8], copied: ByteSpan) -> ByteSpan {
    let head = ByteSpan::new(copied.start, copied.end.min(copied.start + super::REACH)).of(text);
    let start = copied.start + head.iter().position(|byte| is_break(*byte)).map_or(head.len(), |at| at + 1);
    let low = copied.end.saturating_sub(super::REACH).max(start);
    let end = text[low..copied.end].iter().rposition(|byte| is_break(*byte)).map_or(low, |at| low + at);
    ByteSpan::new(start, end)
}

/// Gives the runs that `line` is a part of; returns the end of the last line that is only a part of these.
fn around(text: &[u8], line: Line, given: usize, each: &mut impl FnMut(Run)) -> usize {
    let first = line.first(text, given);
    if first.start == line.start
        && let Some((previous, _)) = first.previous(text)
    {
        // It ends what longer lines begin.
        from(text, previous.first(text, 0), each);
    }
    from(text, first, each)
}

/// Gives the run that begins with the line `first`, and its parts; returns the end of the last line that is as long as the first.
fn from(text: &[u8], first: Line, each: &mut impl FnMut(Run)) -> usize {
    let (mut last, mut same_to) = (first, first.padded_end);
    while let Some((next, is_joint)) = last.next(text) {
        let goes_on = is_joint || next.len() == last.len();
        if !goes_on {
            // The last line of it, or a word that has nothing to do with it.
            give(text, ByteSpan::new(first.start, next.padded_end), each);
            break;
        }
        (last, same_to) = (next, next.padded_end);
    }
    give(text, ByteSpan::new(first.start, last.padded_end), each);
    if last != first {
        // What follows in quotes may be something else.
        give(text, ByteSpan::new(first.start, first.padded_end), each);
    } else {
        parts(text, first, |span| give(text, span, each));
    }
    same_to
}

/// The parts of a line that may be a path.
fn parts(text: &[u8], line: Line, mut each: impl FnMut(ByteSpan)) {
    let mut start = line.start;
    let slashes = memchr::memchr_iter(b'/', &text[line.start..line.end]).map(|at| line.start + at);
    for end in slashes.chain([line.padded_end]) {
        if end - start >= SHORTEST && end - start < line.padded_end - line.start {
            each(ByteSpan::new(start, end));
        }
        start = end + 1;
    }
}

fn give(text: &[u8], span: ByteSpan, each: &mut impl FnMut(Run)) {
    if let Some(run) = run(text, span) {
        each(run);
    }
}

/// The run in `span`, if its beginning may be that of a text.
fn run(text: &[u8], span: ByteSpan) -> Option<Run> {
    const LOOK: usize = 16;
    let digits = if matches!(text[span.start..], [b'0', b'x' | b'X', ..]) { ByteSpan::new(span.start + 2, span.end) } else { span };
    let head = digits.of(text);
    if head.iter().take(LOOK).all(u8::is_ascii_hexdigit) {
        let bytes = head.as_chunks::<2>().0.iter().take(plain::PROBE).map(|digits| hex::byte(digits).unwrap_or_default());
        return may_begin(bytes).then_some(Run { span: digits, coding: Coding::Hex });
    }
    let head = span.of(text).first_chunk::<{ plain::PROBE / 3 * 4 }>()?;
    let quads = head
        .as_chunks::<4>()
        .0
        .iter()
        .map(|quad| quad.iter().fold(0, |bits, byte| bits << 6 | u32::from(SEXTETS[usize::from(*byte)] & 0x3f)));
    let bytes = quads.flat_map(|bits| [(bits >> 16) as u8, (bits >> 8) as u8, bits as u8]);
    may_begin(bytes).then_some(Run { span, coding: Coding::Base64 })
}

/// Whether a run that stands for `bytes` and more may stand for text.
fn may_begin(bytes: impl Iterator<Item = u8>) -> bool {
    let mut head = [0; plain::PROBE];
    let length = head.iter_mut().zip(bytes).map(|(free, byte)| *free = byte).count();
    length < head.len() || plain::may_begin(&head)
}

/// Bytes of padding, and which digits they are, if `text` is nothing but digits and padding.
pub(super) fn shape(text: &[u8]) -> Option<(usize, Coding)> {
    let padding = text.iter().rev().take(2).take_while(|byte| **byte == b'=').count();
    let digits = &text[..text.len() - padding];
    let is_hex = padding == 0 && digits.len().is_multiple_of(2) && digits.iter().all(u8::is_ascii_hexdigit);
    let coding = if is_hex { Coding::Hex } else { Coding::Base64 };
    (!digits.is_empty() && digits.iter().all(|byte| is_digit(*byte))).then_some((padding, coding))
}

/// What a run stands for; `None` if its beginning is no text, or nobody encodes like this.
pub(super) fn decode(written: &[u8]) -> Option<Vec<u8>> {
    let mut decoded = Vec::with_capacity(plain::PROBE);
    let is_whole = walk(written, |unit| {
        decoded.push(unit.byte);
        if decoded.len() != plain::PROBE {
            return true;
        }
        decoded.reserve(written.len() * 3 / 4);
        plain::may_begin(&decoded)
    });
    is_whole.then_some(decoded)
}

pub(super) fn units(written: &[u8], mut each: impl FnMut(Unit)) {
    walk(written, |unit| {
        each(unit);
        true
    });
}

/// Says whether all was read: not if `each` wants no more, or both alphabets are mixed.
fn walk(written: &[u8], mut each: impl FnMut(Unit) -> bool) -> bool {
    let (mut bits, mut count, mut before) = (0u32, 0u32, 0);
    let (mut is_standard, mut is_url) = (false, false);
    let mut at = 0;
    while at < written.len() {
        let byte = written[at];
        let sextet = SEXTETS[usize::from(byte)];
        if sextet == NONE {
            match seam::at(written, at) {
                Some(seam) => at = seam.end,
                // Padding ends it.
                None => return byte == b'=',
            }
            continue;
        }
        if sextet >= 62 {
            is_standard |= matches!(byte, b'+' | b'/');
            is_url |= matches!(byte, b'-' | b'_');
            if is_standard && is_url {
                return false;
            }
        }
        (bits, count) = (bits << 6 | u32::from(sextet), count + 6);
        if count >= 8 {
            count -= 8;
            // No byte fits into one character.
            let unit = Unit { byte: (bits >> count & 0xff) as u8, written: ByteSpan::new(before, at + 1), is_encoded: true };
            bits &= (1 << count) - 1;
            if !each(unit) {
                return false;
            }
        }
        before = at;
        at += 1;
    }
    true
}
