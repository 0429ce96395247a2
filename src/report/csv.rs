//! One place a row, for spreadsheets and for scripts without a JSON parser. RFC 4180 with LF at the ends of lines.
//!
//! A spreadsheet takes a field that begins with one of a few characters for a formula, and a formula can send the sheet somewhere. Such a field
//! gets an apostrophe in front, which spreadsheets read as "this is text".

use super::sentence::{self, places};
use super::{Report, Style, dates, escape, place};
use crate::finding::{Finding, Location};

const COLUMNS: [&str; 24] = [
    "status",
    "severity",
    "confidence",
    "rule",
    "name",
    "provider",
    "masked",
    "file",
    "line",
    "column",
    "end_line",
    "end_column",
    "place",
    "commit",
    "first_commit",
    "first_date",
    "author",
    "days",
    "in_head",
    "pushed",
    "owner",
    "reason",
    "rotate_url",
    "fingerprint",
];

pub(super) fn render(report: &Report, style: Style<'_>) -> String {
    let mut out = format!("{}\n", COLUMNS.join(","));
    for (finding, place) in places(report, style) {
        push(&mut out, cells(finding, place));
    }
    // A table without rows would read as clean.
    for gap in &report.coverage.incomplete {
        let mut cells: [String; COLUMNS.len()] = Default::default();
        "incomplete".clone_into(&mut cells[0]);
        cells[column("file")].clone_from(&gap.what);
        cells[column("reason")] = gap.sentence();
        push(&mut out, cells);
    }
    out
}

fn column(name: &str) -> usize {
    COLUMNS.iter().position(|column| *column == name).unwrap_or_default()
}

fn cells(finding: &Finding, place: &Location) -> [String; COLUMNS.len()] {
    let exposure = finding.exposure.as_ref();
    let first = exposure.and_then(|exposure| exposure.first.as_ref());
    let flag = |value: Option<bool>| value.map(|value| if value { "yes" } else { "no" }.to_owned()).unwrap_or_default();
    let owner = finding.status.suppressions.iter().find_map(|own| own.owner.clone());
    [
        if finding.status.is_open() { "open" } else { "suppressed" }.to_owned(),
        finding.severity.as_str().to_owned(),
        finding.confidence.as_str().to_owned(),
        finding.rule.id.clone(),
        finding.rule.name.clone(),
        finding.rule.provider.clone(),
        finding.masked.clone(),
        sentence::file_or_name(place),
        place.start.line.to_string(),
        place.start.column_utf16.to_string(),
        place.end.line.to_string(),
        place.end.column_utf16.to_string(),
        place::words(place),
        place.commit.clone().unwrap_or_default(),
        first.map(|commit| commit.id.clone()).unwrap_or_default(),
        first.and_then(|commit| dates::time(commit.seconds)).unwrap_or_default(),
        first.map(|commit| commit.author.clone()).unwrap_or_default(),
        exposure.and_then(|exposure| exposure.days).map(|days| days.to_string()).unwrap_or_default(),
        flag(exposure.map(|exposure| exposure.in_head)),
        flag(exposure.map(|exposure| exposure.pushed)),
        owner.unwrap_or_default(),
        finding.status.reason.clone().unwrap_or_default(),
        finding.remediation.url.clone().unwrap_or_default(),
        finding.fingerprint.as_str().to_owned(),
    ]
}

fn push(out: &mut String, cells: [String; COLUMNS.len()]) {
    let cells = cells.map(|cell| field(&cell));
    out.push_str(&cells.join(","));
    out.push('\n');
}

/// A field that is text to whatever reads it. Line ends are escapes already, so a row is a line.
fn field(text: &str) -> String {
    let text = escape::text(text);
    let is_formula = text.trim_start().starts_with(['=', '+', '-', '@', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}']);
    let guard = if is_formula { "'" } else { "" };
    if !is_formula && !text.contains([',', '"', '\'', ';']) && text.trim() == text {
        return text.into_owned();
    }
    format!("\"{guard}{}\"", text.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::tests::check_golden;
    use crate::report::{Format, sample};

    /// The fields of each line, read as RFC 4180 says.
    fn rows(text: &str) -> Vec<Vec<String>> {
        let row = |line: &str| {
            let (mut fields, mut quoted, mut rest) = (vec![String::new()], false, line.chars().peekable());
            while let Some(c) = rest.next() {
                let field = fields.last_mut().expect("because it is never empty");
                match c {
                    '"' if quoted && rest.peek() == Some(&'"') => field.extend(rest.next()),
                    '"' => quoted = !quoted,
                    ',' if !quoted => fields.push(String::new()),
                    c => field.push(c),
                }
            }
            assert!(!quoted, "{line}");
            fields
        };
        text.lines().map(row).collect()
    }

    #[test]
    fn the_sample_is_written_as_agreed() {
        check_golden("report.csv", &Format::Csv.render(&sample::report(), Style { show_suppressed: true, ..Style::default() }));
        check_golden("history.csv", &Format::Csv.render(&sample::history(), Style::default()));
    }

    #[test]
    fn every_row_has_every_column_and_no_field_is_a_formula() {
        let mut report = sample::history();
        for (finding, text) in report.findings.iter_mut().zip(["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", " =1", "\u{ff1d}1", "a,\"b\"\r\n=x"])
        {
            finding.locations[0].path = text.as_bytes().to_vec();
            finding.rule.name = text.to_owned();
        }
        let text = Format::Csv.render(&report, Style::default());
        let rows = rows(&text);
        assert_eq!(rows.len(), 1 + report.findings.iter().map(|finding| finding.locations.len()).sum::<usize>() + 1);
        for row in &rows {
            assert_eq!(row.len(), COLUMNS.len());
            let formula = row.iter().find(|field| field.trim_start().starts_with(['=', '+', '-', '@', '\u{ff1d}']));
            assert_eq!(formula, None);
        }
        assert!(rows.iter().any(|row| row[column("name")] == "a,\"b\"\\r\\n=x"));
        assert_eq!(rows.last().map(|row| row[0].as_str()), Some("incomplete"));
    }
}
