//! Short secrets in texts of which a finding says that such a secret stands in one of their kind.
//!
//! A secret of a few bytes is often a word, so it is not looked for everywhere. But where a password was found in the message of a commit, the
//! subjects of commits are shown beside it, and the same goes for names of files and for people.

use std::borrow::Cow;

use aho_corasick::{AhoCorasick, MatchKind};

use super::{Known, SECRETS_AT_ONCE, SHORTEST_BYTES};
use crate::finding::{CommitInfo, Finding, LocationKind, Subject};
use crate::report::Report;

/// `report` itself, or a copy with the short secrets found in names masked in paths, those in people in authors, those in messages in
/// subjects.
pub fn redacted(report: Cow<'_, Report>) -> Cow<'_, Report> {
    let masks = [LocationKind::FileName, LocationKind::Person, LocationKind::CommitMessage].map(|kind| Mask::of(&report, kind));
    let [names, people, messages] = &masks;
    let is_clean =
        |finding: &Finding| texts(finding).into_iter().zip(&masks).all(|(texts, mask)| !texts.iter().any(|text| mask.is_in(text)));
    if masks.iter().all(|mask| mask.parts.is_empty()) || report.findings.iter().all(is_clean) {
        return report;
    }
    let mut report = report.into_owned();
    for finding in &mut report.findings {
        if finding.subject == Subject::File {
            names.put_on_text(&mut finding.masked);
        }
        finding.status.suppressions.iter_mut().for_each(|own| names.put_on_text(&mut own.file));
        for place in &mut finding.locations {
            names.put_on(&mut place.path);
            place.submodule.iter_mut().for_each(|submodule| names.put_on_text(submodule));
        }
        let Some(exposure) = &mut finding.exposure else { continue };
        exposure.paths.iter_mut().for_each(|path| names.put_on(path));
        for CommitInfo { author, email, subject, .. } in exposure.first.iter_mut().chain(&mut exposure.last) {
            people.put_on_text(author);
            people.put_on_text(email);
            messages.put_on_text(subject);
        }
    }
    Cow::Owned(report)
}

/// Paths, people and subjects that are shown with `finding`.
fn texts(finding: &Finding) -> [Vec<&[u8]>; 3] {
    let exposures = || finding.exposure.iter();
    let commits = || exposures().flat_map(|exposure| exposure.first.iter().chain(&exposure.last));
    let paths = finding.locations.iter().map(|place| &place.path).chain(exposures().flat_map(|exposure| &exposure.paths));
    let submodules = finding.locations.iter().filter_map(|place| place.submodule.as_deref().map(str::as_bytes));
    [
        paths.map(Vec::as_slice).chain(submodules).chain(super::file_name(finding)).collect(),
        commits().flat_map(|commit| [commit.author.as_bytes(), commit.email.as_bytes()]).collect(),
        commits().map(|commit| commit.subject.as_bytes()).collect(),
    ]
}

/// Finds the short secrets of one kind of place.
struct Mask {
    parts: Vec<(AhoCorasick, Vec<String>)>,
}

impl Mask {
    fn of(report: &Report, kind: LocationKind) -> Self {
        let is_meant = |finding: &&Finding| finding.locations.iter().any(|place| place.kind == kind);
        let withheld = report.withheld.iter().filter(|withheld| withheld.kinds.contains(&kind)).flat_map(super::withheld);
        let known = report.findings.iter().filter(is_meant).flat_map(super::known).chain(withheld);
        let known: Vec<Known<'_>> = known.filter(|known| (1..SHORTEST_BYTES).contains(&known.secret.len())).collect();
        let part = |known: &[Known<'_>]| {
            let automaton = AhoCorasick::builder()
                .match_kind(MatchKind::LeftmostLongest)
                .build(known.iter().map(|known| known.secret))
                .expect("because SECRETS_AT_ONCE short secrets stay far below the automaton's limit of 2^31 states");
            (automaton, known.iter().map(|known| known.masked.to_owned()).collect())
        };
        Self { parts: known.chunks(SECRETS_AT_ONCE).map(part).collect() }
    }

    fn is_in(&self, text: &[u8]) -> bool {
        self.parts.iter().any(|(automaton, _)| automaton.is_match(text))
    }

    fn put_on(&self, text: &mut Vec<u8>) {
        for (automaton, masked) in &self.parts {
            if automaton.is_match(text.as_slice()) {
                *text = automaton.replace_all_bytes(text, masked);
            }
        }
    }

    fn put_on_text(&self, text: &mut String) {
        if self.is_in(text.as_bytes()) {
            let mut bytes = std::mem::take(text).into_bytes();
            self.put_on(&mut bytes);
            *text = String::from_utf8_lossy(&bytes).into_owned();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample;
    use crate::secret::Secret;

    /// The sample, with a finding of `secret` in a place of this kind, and `secret` in every text.
    fn report(kind: LocationKind, secret: &str) -> Report {
        let mut report = sample::history();
        report.findings[0].locations[0].kind = kind;
        report.findings[0].secret = Secret::new(secret.as_bytes());
        report.findings[0].masked = "*****".to_owned();
        report.findings[1].locations[0].path = format!("a/{secret}.txt").into_bytes();
        let exposure = report.findings[1].exposure.as_mut().expect("because the sample has it");
        exposure.paths = vec![format!("b/{secret}.txt").into_bytes()];
        let commit = exposure.first.as_mut().expect("because the sample has it");
        commit.author = format!("Ann {secret}");
        commit.email = format!("{secret}@example.com");
        commit.subject = format!("password: {secret}");
        report
    }

    fn said(report: Report) -> Vec<String> {
        let report = redacted(Cow::Owned(report)).into_owned();
        let [paths, people, subjects] = texts(&report.findings[1]);
        let shown = [&paths[..2], &people[..2], &subjects[..1]].concat();
        shown.into_iter().map(|text| String::from_utf8_lossy(text).into_owned()).collect()
    }

    #[test]
    fn a_short_secret_is_masked_in_texts_of_the_kind_it_was_found_in() {
        let value = "Tr0ub4dor";
        let names = said(report(LocationKind::FileName, value));
        assert_eq!(names[..3], ["a/*****.txt".to_owned(), "b/*****.txt".to_owned(), format!("Ann {value}")]);
        let people = said(report(LocationKind::Person, value));
        assert_eq!(people[1..4], [format!("b/{value}.txt"), "Ann *****".to_owned(), "*****@example.com".to_owned()]);
        let messages = said(report(LocationKind::CommitMessage, value));
        assert_eq!(messages[3..], [format!("{value}@example.com"), "password: *****".to_owned()]);
    }

    #[test]
    fn a_short_secret_that_is_withheld_is_masked_as_well() {
        let mut report = report(LocationKind::CommitMessage, "Tr0ub4dor");
        let withheld = crate::finding::Withheld::of(report.findings[0].clone());
        report.findings[0].secret = Secret::new(b"another");
        report.withheld.extend(withheld);
        assert_eq!(said(report)[4..], ["password: *****".to_owned()]);
    }

    #[test]
    fn a_report_without_such_a_place_is_not_copied() {
        let report = report(LocationKind::Blob, "Tr0ub4dor");
        assert!(matches!(redacted(Cow::Borrowed(&report)), Cow::Borrowed(_)));
    }
}
