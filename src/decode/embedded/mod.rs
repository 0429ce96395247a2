//! Runs inside a text that stand for other text: base64, hex, percent signs, escapes, character references, string literals in pieces.
//!
//! Finds runs, decodes them, and leads from each decoded byte back to the bytes that it was written with. Knows nothing of what is looked for
//! in the decoded text.

mod base64;
mod entities;
mod escapes;
mod hex;
pub mod literals;
mod percent;
mod plain;
mod seam;
#[cfg(test)]
mod tests;

pub use plain::{Plain, is_text};

use crate::location::ByteSpan;

/// Most bytes on either side of a run that tell, besides its own, where it begins and ends.
pub const REACH: usize = 1024;
const _: () = assert!(REACH > 2 * (seam::LONGEST_LINE + seam::LONGEST));

/// How a run is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Coding {
    /// Base64 of either alphabet, in one line or wrapped.
    Base64,
    /// Two hex digits for each byte, in one line or wrapped.
    Hex,
    /// `%41`, as in URLs.
    Percent,
    /// `\u0041`, `\x41`, `\/` and the other escapes of string literals.
    Escapes,
    /// `&#65;`, `&#x41;`, `&amp;`, as in XML and HTML.
    Entities,
    /// A string literal in pieces.
    Literals,
}

impl Coding {
    /// Its name in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Base64 => "base64",
            Self::Hex => "hex",
            Self::Percent => "percent",
            Self::Escapes => "escapes",
            Self::Entities => "entities",
            Self::Literals => "literals",
        }
    }

    /// Whether nobody reads the run without decoding it; the others have plain characters between encoded ones.
    pub fn is_opaque(self) -> bool {
        matches!(self, Self::Base64 | Self::Hex)
    }
}

/// A stretch of a text that stands for other text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Run {
    /// All of it.
    pub span: ByteSpan,
    /// How it is written.
    pub coding: Coding,
}

/// A byte that a run stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Unit {
    byte: u8,
    /// What it is written with, from the run's beginning.
    written: ByteSpan,
    /// Whether it is not written as itself.
    is_encoded: bool,
}

impl Unit {
    fn plain(byte: u8, at: usize) -> Self {
        Self { byte, written: ByteSpan::new(at, at + 1), is_encoded: false }
    }
}

/// Stretches of a text, by rising place: those in which to look for runs of digits, and for marks.
#[derive(Clone, Debug, Default)]
pub struct Zones {
    /// For base64 and hex.
    pub lines: Vec<ByteSpan>,
    /// For all others.
    pub marks: Vec<ByteSpan>,
}

/// The middle of a stretch: runs that lie in it do not depend on what is outside of the stretch.
#[derive(Clone, Copy, Debug)]
pub struct Calm {
    /// For base64 and hex.
    pub lines: ByteSpan,
    /// For all others.
    pub marks: ByteSpan,
}

impl Calm {
    /// The middle of `span` in `text`.
    pub fn of(text: &[u8], span: ByteSpan) -> Self {
        // A border is told by two bytes.
        const BORDER: usize = 2;
        let start = span.end.min(span.start + BORDER);
        Self { lines: base64::calm(text, span), marks: ByteSpan::new(start, span.end.saturating_sub(BORDER).max(start)) }
    }

    /// Whether `run` lies in it.
    pub fn contains(&self, run: &Run) -> bool {
        if run.coding.is_opaque() { self.lines.contains(run.span) } else { self.marks.contains(run.span) }
    }
}

/// Literals that [`runs`] wants to know the places of, letter case aside: each of them ends what may be an encoded character, or stands in it.
pub fn marks() -> Vec<String> {
    let printable = || (b' '..0x7f).map(|byte| format!("%{byte:02x}"));
    let escapes = (2..8).map(|high| format!("\\x{high}")).chain(["\\u00", "\\u{", ":\\/"].map(str::to_owned));
    let numbers = (0..10).map(|digit| format!("&#{digit}")).chain(["&#x".to_owned()]);
    let names: std::collections::BTreeSet<_> = entities::NAMES.iter().map(|(name, _)| format!("&{};", name.to_ascii_lowercase())).collect();
    printable().chain(escapes).chain(numbers).chain(names).collect()
}

/// Whether a character is one that secrets are written with.
fn is_written(byte: u8) -> bool {
    matches!(byte, b' '..0x7f)
}

/// Gives `each` every run of `text` that may be decoded; a run may come twice. `marks` are the places of all of [`marks()`], by rising place; a
/// place that none stands at changes nothing.
///
/// String literals in pieces are not among them: look for those with [`literals::joined_at`] where something calls for it.
pub fn runs(text: &[u8], marks: &[usize], mut each: impl FnMut(Run)) {
    base64::runs(text, &[ByteSpan::new(0, text.len())], &mut each);
    if !marks.is_empty() {
        marked_at::<percent::Percent>(text, marks, &mut each);
        marked_at::<escapes::Escapes>(text, marks, &mut each);
        marked_at::<entities::Entities>(text, marks, &mut each);
    }
}

/// Gives `each` those of these runs that share a byte with one of `zones`, and perhaps others of them. Whether a run is there, and from where to
/// where, is told by its bytes and those within [`REACH`] of it.
pub fn runs_in(text: &[u8], zones: &Zones, mut each: impl FnMut(Run)) {
    base64::runs(text, &zones.lines, &mut each);
    let zones = with_marks(text, &zones.marks);
    if !zones.is_empty() {
        marked::<percent::Percent>(text, &zones, &mut each);
        marked::<escapes::Escapes>(text, &zones, &mut each);
        marked::<entities::Entities>(text, &zones, &mut each);
    }
}

/// Those of `zones` in whose lines a mark makes a run. A line's end is a border for all of them, and most lines hold none.
fn with_marks(text: &[u8], zones: &[ByteSpan]) -> Vec<ByteSpan> {
    // Up to `end`, where a line ends, all is looked at; whether the last lines before it have a mark.
    let (mut end, mut is_marked) = (0, false);
    let mut found = Vec::new();
    for zone in zones {
        if zone.end > end {
            let before = text.get(end..zone.start).unwrap_or_default();
            let start = memchr::memrchr(b'\n', before).map_or(end, |at| end + at);
            // A line that was looked at goes on.
            let is_further = start == end && is_marked;
            let behind = text.get(zone.end..).unwrap_or_default();
            end = memchr::memchr(b'\n', behind).map_or(text.len(), |at| zone.end + at);
            is_marked = is_further || has_run(text, start, end);
        }
        found.extend(is_marked.then_some(*zone));
    }
    found
}

/// Whether a mark from `start` to `end` makes its surroundings a run.
fn has_run(text: &[u8], start: usize, end: usize) -> bool {
    const MARKS: [u8; 3] = [percent::Percent::MARK, escapes::Escapes::MARK, entities::Entities::MARK];
    memchr::memchr3_iter(MARKS[0], MARKS[1], MARKS[2], &text[start..end]).map(|at| start + at).any(|at| match text[at] {
        percent::Percent::MARK => percent::Percent::begins(text, at),
        escapes::Escapes::MARK => escapes::Escapes::begins(text, at),
        _ => entities::Entities::begins(text, at),
    })
}

/// What `value` stands for if it is encoded as a whole: with escapes or character references in it, or as base64 or hex of text. A line end
/// behind that text is left out. Short words are base64 of something by chance, which is hardly ever text.
pub fn whole(value: &[u8]) -> Option<(Coding, Vec<u8>)> {
    const SHORTEST: usize = 8;
    const CHANCE: usize = 16;
    const LEAST: usize = 4;
    if let Some(decoded) = unmarked::<escapes::Escapes>(value) {
        return Some((Coding::Escapes, decoded));
    }
    if let Some(decoded) = unmarked::<entities::Entities>(value) {
        return Some((Coding::Entities, decoded));
    }
    let digits = value.trim_ascii_end();
    let (padding, coding) = base64::shape(digits)?;
    if digits.len() < SHORTEST || padding > 0 && !digits.len().is_multiple_of(4) {
        return None;
    }
    let decoded = if coding == Coding::Hex { hex::decode(digits)? } else { base64::decode(digits)? };
    let decoded = decoded.trim_ascii_end();
    let plain = decoded.iter().filter(|byte| byte.is_ascii_alphanumeric()).count();
    let is_chance = padding == 0 && digits.len() < CHANCE && plain * 4 < decoded.len() * 3;
    let is_text = decoded.len() >= LEAST && !is_chance && decoded.iter().all(|byte| plain::is_printable(*byte));
    is_text.then(|| (coding, decoded.to_vec()))
}

fn unmarked<M: Marked>(value: &[u8]) -> Option<Vec<u8>> {
    memchr::memchr_iter(M::MARK, value).find(|at| M::begins(value, *at))?;
    let mut decoded = Vec::with_capacity(value.len());
    units_of::<M>(value, |unit| decoded.push(unit.byte));
    Some(decoded)
}

impl Run {
    /// What the run stands for. `None`: it stands for no text.
    pub fn decode(&self, text: &[u8]) -> Option<Plain> {
        let written = self.span.of(text);
        match self.coding {
            Coding::Base64 => base64::decode(written).and_then(Plain::of_opaque),
            Coding::Hex => hex::decode(written).and_then(Plain::of_opaque),
            _ => Some(Plain::of_units(|each| self.units(text, each))),
        }
    }

    /// For each of `spans` of what the run stands for, which come in any order, the bytes of `text` that it is written with.
    pub fn originals(&self, text: &[u8], plain: &Plain, spans: &[ByteSpan]) -> Vec<ByteSpan> {
        let inner: Vec<ByteSpan> = spans.iter().map(|span| plain.undecoded(*span)).collect();
        // Where each offset is wanted: by rising offset, so that one walk over the run finds all of them.
        let mut wanted: Vec<(usize, usize, bool)> = Vec::with_capacity(inner.len() * 2);
        for (at, span) in inner.iter().enumerate() {
            wanted.push((span.start, at, false));
            wanted.push((span.end.saturating_sub(1).max(span.start), at, true));
        }
        wanted.sort_unstable();
        let mut found = vec![ByteSpan::new(self.span.end, self.span.end); spans.len()];
        let (mut wanted, mut offset) = (wanted.into_iter().peekable(), 0);
        self.units(text, |unit| {
            while let Some((_, at, is_end)) = wanted.next_if(|(place, ..)| *place == offset) {
                if is_end {
                    found[at].end = self.span.start + unit.written.end;
                } else {
                    found[at].start = self.span.start + unit.written.start;
                }
            }
            offset += 1;
        });
        found
    }

    fn units(&self, text: &[u8], each: impl FnMut(Unit)) {
        let written = self.span.of(text);
        match self.coding {
            Coding::Base64 => base64::units(written, each),
            Coding::Hex => hex::units(written, each),
            Coding::Percent => units_of::<percent::Percent>(written, each),
            Coding::Escapes => units_of::<escapes::Escapes>(written, each),
            Coding::Entities => units_of::<entities::Entities>(written, each),
            Coding::Literals => literals::units(written, each),
        }
    }
}

/// A way of writing in which marks introduce what is encoded, and everything else stands for itself.
trait Marked {
    const CODING: Coding;
    /// What every encoded character begins with.
    const MARK: u8;
    /// Reads what begins at `at` with a mark: gives the bytes that it stands for, and returns its length. `None`: the mark is itself.
    fn read(text: &[u8], at: usize, each: impl FnMut(u8)) -> Option<usize>;
    /// Whether what [`Marked::read`] reads at `at` makes its surroundings a run; some of it is too common.
    fn begins(text: &[u8], at: usize) -> bool;
    /// Whether no run holds the byte at `at`, told by it and the one before.
    fn is_border(text: &[u8], at: usize) -> bool;
}

fn marked_at<M: Marked>(text: &[u8], marks: &[usize], each: &mut impl FnMut(Run)) {
    let (mut at, mut start) = (0, Start::default());
    for mark in marks {
        // The mark of an escaped slash stands behind a colon.
        let mark = mark + usize::from(text.get(*mark) == Some(&b':'));
        if mark >= at && text.get(mark) == Some(&M::MARK) && M::begins(text, mark) {
            at = give::<M>(text, mark, &mut start, each);
        }
    }
}

/// Gives the run that holds the mark, and returns its end.
fn give<M: Marked>(text: &[u8], mark: usize, start: &mut Start, each: &mut impl FnMut(Run)) -> usize {
    let start = start.of::<M>(text, mark);
    let end = (mark..text.len()).find(|at| M::is_border(text, *at)).unwrap_or(text.len());
    each(Run { span: ByteSpan::new(start, end), coding: M::CODING });
    end
}

fn marked<M: Marked>(text: &[u8], zones: &[ByteSpan], each: &mut impl FnMut(Run)) {
    let (mut at, mut border, mut start) = (0, 0, Start::default());
    for zone in zones {
        // A run that shares a byte with the zone may have its marks before it, or behind it up to the next border.
        at = at.max(start.of::<M>(text, zone.start.min(text.len())));
        if border < zone.end {
            border = (zone.end..text.len()).find(|at| M::is_border(text, *at)).unwrap_or(text.len());
        }
        while let Some(found) = text.get(at..border).and_then(|stretch| memchr::memchr(M::MARK, stretch)) {
            let mark = at + found;
            at = mark + 1;
            if M::begins(text, mark) {
                at = at.max(give::<M>(text, mark, &mut start, each));
            }
        }
        at = at.max(border);
    }
}

/// Where what holds a place begins, asked for rising places: no byte is looked at twice.
#[derive(Default)]
struct Start {
    asked: usize,
    start: usize,
}

impl Start {
    /// One past the last border before `at`. A place before the last one that was asked for lies behind the same border.
    fn of<M: Marked>(&mut self, text: &[u8], at: usize) -> usize {
        if at > self.asked {
            let border = (self.asked..at).rev().find(|at| M::is_border(text, *at));
            (self.asked, self.start) = (at, border.map_or(self.start, |border| border + 1));
        }
        self.start
    }
}

fn units_of<M: Marked>(written: &[u8], mut each: impl FnMut(Unit)) {
    let mut at = 0;
    while at < written.len() {
        let mark = memchr::memchr(M::MARK, &written[at..]).map_or(written.len(), |found| at + found);
        (at..mark).for_each(|at| each(Unit::plain(written[at], at)));
        if mark == written.len() {
            break;
        }
        let mut bytes = ([0; 4], 0);
        let read = M::read(written, mark, |byte| {
            if let Some(free) = bytes.0.get_mut(bytes.1) {
                *free = byte;
                bytes.1 += 1;
            }
        });
        let Some(length) = read else {
            each(Unit::plain(written[mark], mark));
            at = mark + 1;
            continue;
        };
        at = mark + length;
        for byte in &bytes.0[..bytes.1] {
            each(Unit { byte: *byte, written: ByteSpan::new(mark, at), is_encoded: true });
        }
    }
}
