//! Encoded runs in a text, read like the text itself: those in which something calls for a closer look, and the credentials in them.
//!
//! What one run costs is bounded: by how deep encodings stand in each other, and by the bytes that are decoded from all that is in it.

use std::ops::ControlFlow;

use super::prefilter::{Hit, Prefilter, Trigger};
use super::trace::{Log, Origin};
use super::{Encoded, Input, Match, Scan, trigger};
use crate::decode::embedded::{Coding, Plain, Run, Zones, runs, runs_in};
use crate::location::ByteSpan;
use crate::secret::Secret;

/// Most encodings in each other.
pub const DEEPEST: usize = 6;
/// Bytes that may be decoded from one run, for each byte of it: what is decoded can be read in several ways. And as many for the shortest.
const TIMES: usize = 12;
const LEAST: usize = 16_384;
/// Bytes on both sides of a literal in which something must be encoded, or whoever reads the text as it stands sees the same.
const BEFORE: usize = 64;
const BEHIND: usize = 4_096;
/// Bytes behind `://` in which a URL with a password has an `@`.
const AUTHORITY: usize = 600;

/// An encoded run in which something calls for a look.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct EncodedRun {
    /// Where, and in which encoding.
    pub run: Run,
    /// Whether a limit ended the search in it.
    pub is_limited: bool,
}

impl EncodedRun {
    /// The same run in a text that has at `to` what the other has at `from`.
    pub fn moved(self, from: usize, to: usize) -> Self {
        let at = |place: usize| place - from + to;
        let span = ByteSpan::new(at(self.run.span.start), at(self.run.span.end));
        Self { run: Run { span, ..self.run }, ..self }
    }
}

/// What may still be spent on one run.
#[derive(Clone, Copy, Debug)]
pub struct Budget {
    bytes: usize,
    depth: usize,
    is_limited: bool,
}

impl Budget {
    fn of(run: &Run) -> Self {
        Self { bytes: run.span.len() * TIMES + LEAST, depth: 0, is_limited: false }
    }

    /// Decodes `run` and calls `inside` with what it stands for, if there is something left for that.
    fn decoded<R>(&mut self, text: &[u8], run: &Run, inside: impl FnOnce(&mut Self, &Plain) -> R) -> Option<R> {
        if self.bytes < run.span.len() {
            self.is_limited = true;
            return None;
        }
        self.bytes -= run.span.len();
        let plain = run.decode(text)?;
        if self.depth == DEEPEST {
            self.is_limited = true;
            return None;
        }
        self.depth += 1;
        let result = inside(self, &plain);
        self.depth -= 1;
        Some(result)
    }
}

/// Gives `each` the runs of `text` in which something calls for a look. `marks` are the places of the prefilter's marks.
pub fn search(prefilter: &Prefilter, text: &[u8], marks: &[usize], mut each: impl FnMut(EncodedRun)) {
    runs(text, marks, |run| each_calling(prefilter, text, run, &mut each));
}

/// The same for the runs in `zones`.
pub fn search_in(prefilter: &Prefilter, text: &[u8], zones: &Zones, mut each: impl FnMut(EncodedRun)) {
    runs_in(text, zones, |run| each_calling(prefilter, text, run, &mut each));
}

fn each_calling(prefilter: &Prefilter, text: &[u8], run: Run, each: &mut impl FnMut(EncodedRun)) {
    let mut budget = Budget::of(&run);
    let calls = budget.decoded(text, &run, |budget, plain| has_triggers(prefilter, plain, budget));
    if calls == Some(true) || budget.is_limited {
        each(EncodedRun { run, is_limited: budget.is_limited });
    }
}

fn has_triggers(prefilter: &Prefilter, plain: &Plain, budget: &mut Budget) -> bool {
    if prefilter.calls_for_search(plain.text()) {
        return true;
    }
    let mut marks = Vec::new();
    let ended = prefilter.hits_until(plain.text(), |hit| {
        if trigger::is_mark(&hit) {
            marks.push(hit.start);
        }
        if trigger::calls(plain.text(), &hit) && is_new(plain, &hit) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    if ended.is_break() {
        return true;
    }
    let mut found = false;
    runs(plain.text(), &marks, |run| {
        let is_new = !found && plain.is_encoded(run.span);
        found |= is_new && budget.decoded(plain.text(), &run, |budget, inner| has_triggers(prefilter, inner, budget)) == Some(true);
    });
    found
}

/// Whether a look at the hit may find what a look at the run as it is written does not.
fn is_new(plain: &Plain, hit: &Hit<'_>) -> bool {
    let text = plain.text();
    let has_sign = |behind: usize| memchr::memchr(b'@', &text[hit.end..text.len().min(hit.end + behind)]).is_some();
    let only_url = hit.triggers.iter().all(|trigger| *trigger == Trigger::Url);
    (!only_url || has_sign(AUTHORITY)) && plain.is_encoded(ByteSpan::new(hit.start.saturating_sub(BEFORE), hit.end + BEHIND))
}

impl Scan<'_, '_> {
    /// Finds the credentials in a run. Nothing is known of how far another one got.
    pub(super) fn encoded_run(&mut self, run: &Run) {
        let mut budget = self.budget.unwrap_or_else(|| Budget::of(run));
        let text = self.input.bytes;
        let found = budget.decoded(text, run, |budget, plain| {
            let (detector, path) = (self.detector, if run.coding.is_opaque() { b"" } else { self.input.path });
            let log = self.tracer.apart();
            let mut inner = Scan::new(detector, Input { bytes: plain.text(), path });
            inner.tracer = log.as_ref().map(Log::tracer).unwrap_or_default();
            inner.budget = Some(*budget);
            inner.all(&detector.triggers(plain.text()), self.most);
            inner.search();
            *budget = inner.budget.unwrap_or(*budget);
            self.is_cut |= inner.is_cut;
            self.is_limited |= inner.is_limited;
            if run.coding == Coding::Base64 && is_carrier(text, run, plain.text()) {
                inner.matches.retain(|found| {
                    let entry = detector.rules.get(found.rule);
                    entry.rule.search.is_some() || (entry.rule.token.is_some() && !entry.provider.generic)
                });
                inner.tracer.lost("carrier", &inner.matches, |_| NOT_IN_CARRIERS.to_owned());
            }
            let matches = std::mem::take(&mut inner.matches);
            self.tracer.adopt(log, &origin(run, plain, &|spans| run.originals(text, plain, spans)));
            adopted(run, text, plain, matches)
        });
        self.is_limited |= budget.is_limited;
        if self.budget.is_some() {
            self.budget = Some(budget);
        }
        self.matches.extend(found.into_iter().flatten());
    }
}

/// What is said of a match that [`is_carrier`] ends.
const NOT_IN_CARRIERS: &str = "a part of a JWT, or content in a `data:` URI: only tokens of providers count there";

/// Whether the run is a part of a JWT or another signed object, or content in a `data:` URI. Those hold claims, and source code, in which names
/// of credentials say little; only what names its provider counts there.
fn is_carrier(text: &[u8], run: &Run, plain: &[u8]) -> bool {
    const URI: &[u8] = b";base64,";
    const HEADER: usize = 300;
    let is_digit = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'+' | b'/');
    // The run may be a part of its line.
    let start = run.span.start - text[..run.span.start].iter().rev().take_while(|byte| is_digit(byte)).count();
    if text[..start].ends_with(URI) {
        return true;
    }
    let head = &plain[..plain.len().min(HEADER)];
    let is_header = || memchr::memmem::find(head, b"\"alg\"").is_some();
    let dotted_before = || start > 1 && text[start - 1] == b'.' && is_digit(&text[start - 2]);
    let dotted_behind = || text.get(run.span.end) == Some(&b'.') && text.get(run.span.end + 1).is_some_and(is_digit);
    head.starts_with(b"{") && (is_header() || dotted_before() || dotted_behind())
}

fn via(run: &Run, plain: &Plain) -> impl Iterator<Item = &'static str> + use<> {
    [run.coding.name()].into_iter().chain(plain.inside())
}

fn origin<'a>(run: &Run, plain: &Plain, originals: &'a dyn Fn(&[ByteSpan]) -> Vec<ByteSpan>) -> Origin<'a> {
    Origin { via: via(run, plain).collect(), is_opaque: run.coding.is_opaque(), originals }
}

/// Matches in what a run stands for, as matches in the text that holds the run.
fn adopted(run: &Run, text: &[u8], plain: &Plain, matches: Vec<Match>) -> Vec<Match> {
    let spans: Vec<ByteSpan> = matches.iter().flat_map(|found| [found.secret, found.cover]).collect();
    let originals = run.originals(text, plain, &spans);
    let together = matches.into_iter().zip(originals.as_chunks::<2>().0);
    together
        .map(|(mut found, [secret, cover])| {
            let bytes = found.secret_in(plain.text());
            let is_changed = bytes != secret.of(text);
            let inner = found.encoded.take();
            let via = via(run, plain).chain(inner.iter().flat_map(|inner| inner.via.iter().copied())).collect();
            let is_opaque = run.coding.is_opaque() || inner.as_ref().is_some_and(|inner| inner.is_opaque);
            let secret_bytes = inner.map_or_else(|| Secret::new(found.secret.of(plain.text())), |inner| inner.secret);
            found.encoded = Some(Box::new(Encoded { secret: secret_bytes, via, is_changed, is_opaque }));
            // Of base64, a part would show the bits that it shares with its neighbors.
            (found.secret, found.cover) = (*secret, if run.coding.is_opaque() { run.span } else { *cover });
            found
        })
        .collect()
}
