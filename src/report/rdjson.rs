//! Reviewdog's diagnostics (`-f=rdjson`): one for each place.
//!
//! From `proto/rdf/reviewdog.proto` of reviewdog: lines from 1, columns in bytes of UTF-8 from 1, the end exclusive, and a column may be left out.

use serde::Serialize;

use super::sarif::rules::is_web;
use super::sentence::{self, places};
use super::{Report, Style, json_text};
use crate::finding::{Finding, Location, Severity};
use crate::location::utf16_len;

#[derive(Serialize)]
struct Document<'r> {
    source: Source,
    diagnostics: Vec<Diagnostic<'r>>,
}

#[derive(Serialize)]
struct Source {
    name: &'static str,
}

#[derive(Serialize)]
struct Diagnostic<'r> {
    message: String,
    location: Where,
    severity: &'static str,
    code: Code<'r>,
}

#[derive(Serialize)]
struct Where {
    path: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    range: Option<Range>,
}

#[derive(Serialize)]
struct Range {
    start: Position,
    end: Position,
}

#[derive(Serialize)]
struct Position {
    line: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    column: Option<usize>,
}

#[derive(Serialize)]
struct Code<'r> {
    value: &'r str,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<&'r str>,
}

pub(super) fn render(report: &Report, style: Style<'_>) -> String {
    let mut diagnostics: Vec<Diagnostic<'_>> = places(report, style)
        .map(|(finding, place)| Diagnostic {
            message: sentence::message(finding, place, style),
            location: Where { path: sentence::file_or_name(place), range: Some(range(place)) },
            severity: severity(finding),
            code: Code { value: &finding.rule.id, url: finding.remediation.url.as_deref().filter(|url| is_web(url)) },
        })
        .collect();
    diagnostics.extend(report.coverage.incomplete.iter().map(|gap| Diagnostic {
        message: format!("Not scanned: {}", super::escape::text(&gap.sentence())),
        location: Where { path: super::escape::text(&gap.what).into_owned(), range: None },
        severity: "WARNING",
        code: Code { value: "keysieve.incomplete", url: None },
    }));
    json_text::pretty(&Document { source: Source { name: "keysieve" }, diagnostics })
}

fn severity(finding: &Finding) -> &'static str {
    match finding.severity {
        _ if !finding.status.is_open() => "INFO",
        Severity::Critical | Severity::High => "ERROR",
        Severity::Medium => "WARNING",
        Severity::Low => "INFO",
    }
}

fn range(place: &Location) -> Range {
    let [first, last] = sentence::lines(place);
    let start = column_bytes(place);
    let end = start.filter(|_| first == last && place.decoded_via.is_empty()).map(|start| start + place.byte_range.len());
    Range { start: Position { line: first, column: start }, end: Position { line: last, column: end } }
}

/// The column in bytes, where the shown line has all that stands before the secret. Elsewhere nobody knows it any more.
fn column_bytes(place: &Location) -> Option<usize> {
    let snippet = &place.snippet;
    let before: String = snippet.text.chars().take(snippet.mark_start_chars).collect();
    let is_whole = !snippet.text.is_empty() && !before.contains(char::REPLACEMENT_CHARACTER);
    (is_whole && utf16_len(before.as_bytes()) + 1 == place.start.column_utf16).then_some(before.len() + 1)
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::report::tests::check_golden;
    use crate::report::{Format, sample};

    #[test]
    fn the_sample_is_written_as_agreed() {
        check_golden("rdjson.json", &Format::Rdjson.render(&sample::report(), Style::default()));
    }

    #[test]
    fn columns_are_bytes_or_left_out() {
        let mut place = sample::place(b"a", 3, "鍵 = '", "****", "'");
        assert_eq!((place.start.column_utf16, column_bytes(&place)), (6, Some(8)));
        assert_eq!(range(&place).end.column, Some(8 + 40));
        place.start.column_utf16 = 90;
        assert_eq!(column_bytes(&place), None, "the line is cut");
    }

    #[test]
    fn nothing_that_was_not_scanned_is_lost() {
        let text = Format::Rdjson.render(&sample::history(), Style::default());
        let document: Value = serde_json::from_str(&text).expect("because it is JSON");
        let last = document["diagnostics"].as_array().and_then(|list| list.last()).cloned().unwrap_or_default();
        assert_eq!((&last["code"]["value"], &last["severity"]), (&"keysieve.incomplete".into(), &"WARNING".into()));
    }
}
