//! Last line of defense: a report in which no free text holds a secret that the report itself knows.
//!
//! Snippets arrive masked, but a token can also stand in a file's name, in a note or in an error message. The formats call this before
//! they write, so none of them can forget it.

mod cut;
mod short;
#[cfg(test)]
mod tests;

use std::borrow::Cow;

use aho_corasick::{AhoCorasick, MatchKind};

use super::Report;
use crate::exceptions::ExceptionUse;
use crate::finding::{CommitInfo, Exposure, Finding, Identity, Subject, Withheld};
use cut::Beginnings;

/// Shorter secrets, in bytes, are not looked for: they are words, and masking `production` in a path would tell more than it hides.
const SHORTEST_BYTES: usize = 16;
/// Bytes from the middle of a secret that are looked for. The ends are often public: `-----BEGIN`, a token's prefix.
const WINDOW_BYTES: usize = 24;
/// Secrets looked for at once; bounds the automaton to some ten million bytes.
const SECRETS_AT_ONCE: usize = 20_000;

/// `report` itself, or a copy with each known secret in paths, snippets, notes and the like replaced by its masked form.
pub fn redacted(report: &Report) -> Cow<'_, Report> {
    let known = report.findings.iter().flat_map(known).chain(report.withheld.iter().flat_map(withheld));
    let known: Vec<Known<'_>> = known.filter(|known| known.secret.len() >= SHORTEST_BYTES).collect();
    let report = short::redacted(Cow::Borrowed(report));
    known.chunks(SECRETS_AT_ONCE).fold(report, |report, known| {
        let redactor = Redactor::new(known);
        if !free_texts(&report).any(|text| redactor.automaton.is_match(text))
            && !subjects(&report).any(|text| redactor.beginnings.start_in(text).is_some())
        {
            return report;
        }
        let mut report = report.into_owned();
        redactor.redact_report(&mut report);
        Cow::Owned(report)
    })
}

/// A secret, or other bytes by which it stands somewhere, and what may be shown of it.
#[derive(Clone, Copy)]
struct Known<'r> {
    secret: &'r [u8],
    masked: &'r str,
}

fn known(finding: &Finding) -> impl Iterator<Item = Known<'_>> {
    finding.spellings().map(|secret| Known { secret: secret.expose(), masked: &finding.masked })
}

fn withheld(withheld: &Withheld) -> impl Iterator<Item = Known<'_>> {
    withheld.spellings.iter().map(|secret| Known { secret: secret.expose(), masked: &withheld.masked })
}

/// Everything in a report that was, at least in part, chosen by whoever wrote the scanned files. [`Redactor::redact_report`] goes through
/// the same.
fn free_texts(report: &Report) -> impl Iterator<Item = &[u8]> {
    let scope = report.scope.target.iter().chain(&report.scope.range).map(String::as_bytes);
    let skips = report.coverage.skipped.iter().flat_map(|skip| [skip.what.as_bytes(), skip.why.as_bytes()]);
    let gaps = report.coverage.incomplete.iter().flat_map(|gap| [gap.what.as_bytes(), gap.why.as_bytes(), gap.remedy.as_bytes()]);
    let exceptions = report.exceptions.iter().flat_map(exception_texts);
    scope.chain(skips).chain(gaps).chain(exceptions).chain(report.findings.iter().flat_map(finding_texts))
}

fn finding_texts(finding: &Finding) -> impl Iterator<Item = &[u8]> {
    let notes = finding.evidence.iter().map(|reason| reason.note.as_bytes());
    let places = finding.locations.iter().flat_map(|place| {
        let submodule = place.submodule.as_deref().unwrap_or_default().as_bytes();
        [place.path.as_slice(), submodule, place.snippet.text.as_bytes()]
    });
    let identity = finding.identity.iter().map(|(_, value)| value.as_bytes());
    let status = &finding.status;
    let excepted = status.suppressions.iter().flat_map(|own| {
        let said = [&own.reason, &own.owner, &own.approved_by].into_iter().flatten();
        said.chain([&own.file]).map(String::as_bytes)
    });
    let reason = status.reason.iter().chain(&status.notes).map(String::as_bytes);
    let reason = reason.chain(excepted).chain(file_name(finding));
    notes.chain(places).chain(identity).chain(reason).chain(finding.exposure.iter().flat_map(exposure_texts))
}

fn exception_texts(own: &ExceptionUse) -> impl Iterator<Item = &[u8]> {
    let said = [&own.terms.reason, &own.terms.owner, &own.terms.approved_by].into_iter().flatten();
    said.chain([&own.subject, &own.origin.file]).map(String::as_bytes)
}

/// A file is shown by its name, which whoever wrote the file chose.
fn file_name(finding: &Finding) -> Option<&[u8]> {
    (finding.subject == Subject::File).then_some(finding.masked.as_bytes())
}

fn exposure_texts(exposure: &Exposure) -> impl Iterator<Item = &[u8]> {
    let commits = exposure.first.iter().chain(&exposure.last);
    let commits = commits.flat_map(|commit| [&commit.author, &commit.email, &commit.subject]).map(String::as_bytes);
    let refs = exposure.held_by.iter().chain(&exposure.reachable_from).map(|name| name.name.as_bytes());
    commits.chain(refs).chain(exposure.paths.iter().map(Vec::as_slice))
}

fn subjects(report: &Report) -> impl Iterator<Item = &str> {
    let exposures = report.findings.iter().filter_map(|finding| finding.exposure.as_ref());
    exposures.flat_map(|exposure| exposure.first.iter().chain(&exposure.last)).map(|commit| commit.subject.as_str())
}

struct Redactor<'r> {
    automaton: AhoCorasick,
    beginnings: Beginnings<'r>,
    known: &'r [Known<'r>],
}

impl<'r> Redactor<'r> {
    fn new(known: &'r [Known<'r>]) -> Self {
        let windows = known.iter().map(|Known { secret, .. }| {
            let kept = secret.len().min(WINDOW_BYTES);
            let start = (secret.len() - kept) / 2;
            &secret[start..start + kept]
        });
        let automaton = AhoCorasick::builder()
            .match_kind(MatchKind::LeftmostLongest)
            .build(windows)
            .expect("because SECRETS_AT_ONCE windows stay far below the automaton's limit of 2^31 states");
        Self { automaton, beginnings: Beginnings::of(known.iter().map(|known| known.secret)), known }
    }

    fn redact_report(&self, report: &mut Report) {
        report.scope.target.iter_mut().chain(&mut report.scope.range).for_each(|text| self.redact(text));
        for skip in &mut report.coverage.skipped {
            self.redact(&mut skip.what);
            self.redact(&mut skip.why);
        }
        for gap in &mut report.coverage.incomplete {
            self.redact(&mut gap.what);
            self.redact(&mut gap.why);
            self.redact(&mut gap.remedy);
        }
        for own in &mut report.exceptions {
            let terms = &mut own.terms;
            let said = [&mut terms.reason, &mut terms.owner, &mut terms.approved_by].into_iter().flatten();
            said.chain([&mut own.subject, &mut own.origin.file]).for_each(|text| self.redact(text));
        }
        report.findings.iter_mut().for_each(|finding| self.redact_finding(finding));
    }

    fn redact_finding(&self, finding: &mut Finding) {
        finding.evidence.iter_mut().for_each(|reason| self.redact(&mut reason.note));
        let status = &mut finding.status;
        status.reason.iter_mut().chain(&mut status.notes).for_each(|text| self.redact(text));
        for own in &mut status.suppressions {
            let said = [&mut own.reason, &mut own.owner, &mut own.approved_by].into_iter().flatten();
            said.chain([&mut own.file]).for_each(|text| self.redact(text));
        }
        if finding.subject == Subject::File {
            self.redact(&mut finding.masked);
        }
        let mut identity = Identity::default();
        for (key, value) in finding.identity.iter() {
            identity.insert(key.to_owned(), String::from_utf8_lossy(&self.masked(value.as_bytes())));
        }
        finding.identity = identity;
        finding.exposure.iter_mut().for_each(|exposure| self.redact_exposure(exposure));
        for place in &mut finding.locations {
            if self.automaton.is_match(&place.path) {
                place.path = self.masked(&place.path);
            }
            place.submodule.iter_mut().for_each(|submodule| self.redact(submodule));
            // The marks would no longer fit, and a snippet that holds a secret was made wrongly: keep nothing of it but the mask.
            if self.automaton.is_match(&place.snippet.text) {
                place.snippet.mark_start_chars = 0;
                place.snippet.mark_end_chars = finding.masked.chars().count();
                place.snippet.text = finding.masked.clone();
            }
        }
    }

    fn redact_exposure(&self, exposure: &mut Exposure) {
        for CommitInfo { author, email, subject, .. } in exposure.first.iter_mut().chain(&mut exposure.last) {
            if let Some(start) = self.beginnings.start_in(subject) {
                subject.replace_range(start.., "…");
            }
            [author, email, subject].into_iter().for_each(|text| self.redact(text));
        }
        for name in exposure.held_by.iter_mut().chain(&mut exposure.reachable_from) {
            self.redact(&mut name.name);
        }
        for path in exposure.paths.iter_mut().filter(|path| self.automaton.is_match(path.as_slice())) {
            *path = self.masked(path);
        }
    }

    fn redact(&self, text: &mut String) {
        if self.automaton.is_match(text.as_str()) {
            *text = String::from_utf8_lossy(&self.masked(text.as_bytes())).into_owned();
        }
    }

    /// `text` with the masked form in place of each known secret, or of the part of it that stands there.
    fn masked(&self, text: &[u8]) -> Vec<u8> {
        let mut masked = Vec::with_capacity(text.len());
        let mut kept_to = 0;
        for hit in self.automaton.find_iter(text) {
            let Known { secret, masked: mask } = self.known[hit.pattern().as_usize()];
            let window_start = (secret.len() - hit.len()) / 2;
            let between = &text[kept_to.min(hit.start())..hit.start()];
            let before = common(between.iter().rev(), secret[..window_start].iter().rev());
            let after = common(text[hit.end()..].iter(), secret[window_start + hit.len()..].iter());
            masked.extend_from_slice(&between[..between.len() - before]);
            masked.extend_from_slice(mask.as_bytes());
            kept_to = kept_to.max(hit.end() + after);
        }
        masked.extend_from_slice(&text[kept_to..]);
        masked
    }
}

/// How many bytes two sequences have in common from their beginnings.
fn common<'a>(one: impl Iterator<Item = &'a u8>, other: impl Iterator<Item = &'a u8>) -> usize {
    one.zip(other).take_while(|(a, b)| a == b).count()
}
