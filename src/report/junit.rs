//! JUnit XML, which nearly every build service shows as test results: a failed test for each place.
//!
//! There is no standard; the names are those that Jenkins, GitLab and Azure read. XML 1.0 has no way to write most control characters, so they
//! stand there as visible escapes.

use std::fmt::Write as _;

use super::playbook::Filled;
use super::sentence::{self, listed};
use super::{Report, Style, escape, place};
use crate::finding::{Finding, Location};

/// How a test came out.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Result {
    Failure,
    Error,
    Skipped,
    Passed,
}

struct Case {
    class: String,
    name: String,
    file: Option<String>,
    result: Result,
    kind: &'static str,
    message: String,
    text: String,
}

pub(super) fn render(report: &Report, style: Style<'_>) -> String {
    let mut cases: Vec<Case> = Vec::new();
    for finding in listed(report, style) {
        cases.extend(finding.locations.iter().map(|place| case(finding, place, report, style)));
    }
    cases.extend(report.coverage.incomplete.iter().map(|gap| Case {
        class: "keysieve.incomplete".to_owned(),
        name: escape::text(&gap.what).into_owned(),
        file: None,
        result: Result::Error,
        kind: "incomplete",
        message: format!("Not scanned: {}", escape::text(&gap.sentence())),
        text: String::new(),
    }));
    if cases.is_empty() {
        let (class, name) = ("keysieve".to_owned(), sentence::verdict(report));
        cases.push(Case { class, name, file: None, result: Result::Passed, kind: "", message: String::new(), text: String::new() });
    }
    let count = |result: Result| cases.iter().filter(|case| case.result == result).count();
    let counts = format!(
        "tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"{}\"",
        cases.len(),
        count(Result::Failure),
        count(Result::Error),
        count(Result::Skipped)
    );
    let mut out = format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"keysieve\" {counts}>\n");
    let _ = writeln!(out, "  <testsuite name=\"keysieve\" {counts}>");
    cases.iter().for_each(|case| push(&mut out, case));
    out.push_str("  </testsuite>\n</testsuites>\n");
    out
}

/// What does not make the scan fail is a skipped test.
fn case(finding: &Finding, place: &Location, report: &Report, style: Style<'_>) -> Case {
    let fails = report.fail_on.is_reached_by(finding);
    let below = if finding.status.is_open() && !fails { "Below what fails the scan. " } else { "" };
    let playbook = Filled::of(finding);
    let steps = playbook.steps.iter().enumerate().map(|(at, step)| format!("{}. {}: {}\n", at + 1, step.phase.as_str(), step.text));
    Case {
        class: finding.rule.id.clone(),
        name: place::words(place),
        file: sentence::file(place),
        result: if fails { Result::Failure } else { Result::Skipped },
        kind: finding.severity.as_str(),
        message: format!("{below}{}", sentence::message(finding, place, style)),
        text: format!("{}\n\nHow to rotate it:\n{}", escape::text(&finding.rule.description), steps.collect::<String>()),
    }
}

fn push(out: &mut String, case: &Case) {
    let file = case.file.as_ref().map(|file| format!(" file=\"{}\"", xml(file))).unwrap_or_default();
    let _ = write!(out, "    <testcase classname=\"{}\" name=\"{}\"{file}", xml(&escape::text(&case.class)), xml(&case.name));
    let (message, text, kind) = (xml(&case.message), xml(&case.text), case.kind);
    let _ = match case.result {
        Result::Passed => writeln!(out, "/>"),
        Result::Skipped => writeln!(out, ">\n      <skipped message=\"{message}\"/>\n    </testcase>"),
        Result::Failure => writeln!(out, ">\n      <failure type=\"{kind}\" message=\"{message}\">{text}</failure>\n    </testcase>"),
        Result::Error => writeln!(out, ">\n      <error type=\"{kind}\" message=\"{message}\"/>\n    </testcase>"),
    };
}

/// `text`, in which hidden characters are escapes already, as XML. Line ends stay: only this program's own text has them.
fn xml(text: &str) -> String {
    let mut written = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => written.push_str("&amp;"),
            '<' => written.push_str("&lt;"),
            '>' => written.push_str("&gt;"),
            '"' => written.push_str("&quot;"),
            '\'' => written.push_str("&apos;"),
            // The only two that are neither hidden nor in XML.
            '\u{fffe}' | '\u{ffff}' => {
                let _ = write!(written, "\\u{{{:x}}}", u32::from(c));
            }
            c => written.push(c),
        }
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::Severity;
    use crate::report::tests::check_golden;
    use crate::report::{Format, sample};

    #[test]
    fn the_sample_is_written_as_agreed() {
        check_golden("junit.xml", &Format::Junit.render(&sample::report(), Style { show_suppressed: true, ..Style::default() }));
    }

    #[test]
    fn nothing_but_xml_comes_out_whatever_the_names() {
        let mut report = sample::report();
        let hostile: String = ('\0'..='\u{2ff}').chain("]]>\u{fffe}\u{ffff}\u{202e}&amp;<![CDATA[".chars()).collect();
        report.findings[0].locations[0].path = hostile.clone().into_bytes();
        report.findings[0].rule.name = hostile;
        let text = Format::Junit.render(&report, Style::default());
        let is_char = |c: char| matches!(c, '\n' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..);
        assert!(text.chars().all(is_char));
        let tags = text.matches('<').count();
        assert_eq!((tags, text.matches('>').count()), (tags, tags));
        let known = ["?xml", "testsuite", "testsuites", "testcase", "failure", "error", "skipped"];
        for tag in text.split('<').skip(1) {
            let name = tag.trim_start_matches('/').split([' ', '>', '/']).next().unwrap_or_default();
            assert!(known.contains(&name), "{name}");
        }
    }

    #[test]
    fn what_does_not_fail_the_scan_is_skipped_and_what_was_not_scanned_is_an_error() {
        let mut report = sample::report();
        report.fail_on.severity = Severity::Critical;
        let text = Format::Junit.render(&report, Style { show_suppressed: true, ..Style::default() });
        assert!(text.contains("tests=\"14\" failures=\"2\" errors=\"2\" skipped=\"10\""), "{text}");
        let clean = Format::Junit.render(&sample::clean(), Style::default());
        assert!(clean.contains("tests=\"1\" failures=\"0\" errors=\"0\" skipped=\"0\"") && clean.contains("no secrets found"));
    }
}
