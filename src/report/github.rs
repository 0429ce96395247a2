//! Workflow commands for the log of GitHub Actions, which become annotations in the diff and on the page of the run.
//!
//! From GitHub's documentation of workflow commands and `actions/toolkit`: `::error file=…,line=…::message` at the beginning of a line; in what
//! follows `::`, `%`, CR and LF are escaped, in properties `:` and `,` as well. A step has at most ten annotations of a kind, and what comes
//! after them vanishes without a word, so the rest follows as a table.

use std::fmt::Write as _;

use super::sentence::{self, listed};
use super::{Report, Style, escape, place};
use crate::finding::{Finding, Location, Severity};

/// Annotations of a kind that a step can have.
const MOST: usize = 10;

/// The kinds of annotations.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Error,
    Warning,
    Notice,
}

impl Kind {
    fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Notice => "notice",
        }
    }

    /// What does not make the scan fail is no error.
    fn of(finding: &Finding, report: &Report) -> Self {
        match finding.severity {
            _ if !report.fail_on.is_reached_by(finding) => Self::Notice,
            Severity::Critical | Severity::High => Self::Error,
            Severity::Medium => Self::Warning,
            Severity::Low => Self::Notice,
        }
    }
}

/// How many more annotations of each kind there can be.
struct Left([usize; 3]);

impl Left {
    fn take(&mut self, kind: Kind) -> bool {
        let left = &mut self.0[kind as usize];
        let is_one = *left > 0;
        *left = left.saturating_sub(1);
        is_one
    }
}

pub(super) fn render(report: &Report, style: Style<'_>) -> String {
    let mut out = String::new();
    let mut left = Left([MOST; 3]);
    let gaps = &report.coverage.incomplete;
    if let Some(first) = gaps.first() {
        left.take(Kind::Warning);
        let more = match gaps.len() {
            1 => String::new(),
            all => format!(" And {}, listed in the log.", super::numbers::counted(all as u64 - 1, "more part")),
        };
        let text = format!("Not everything was scanned. {}.{more}", escape::text(&first.sentence()));
        let _ = writeln!(out, "::warning title=keysieve%3A scan incomplete::{}", data(&text));
    }
    let mut rest: Vec<(&Finding, &Location)> = Vec::new();
    for (finding, place) in by_turns(&report.open().collect::<Vec<_>>()) {
        let kind = Kind::of(finding, report);
        if left.take(kind) { annotate(&mut out, kind, (finding, place), style) } else { rest.push((finding, place)) }
    }
    let _ = writeln!(out, "keysieve: {}", sentence::verdict(report));
    if !rest.is_empty() {
        let _ = writeln!(out, "keysieve: places without an annotation, because a step has at most {MOST} of a kind:");
        rest.iter().for_each(|(finding, place)| row(&mut out, finding, place));
    }
    for finding in listed(report, style).filter(|finding| !finding.status.is_open()) {
        finding.locations.iter().for_each(|place| row(&mut out, finding, place));
    }
    for gap in gaps {
        let _ = writeln!(out, "incomplete: {}", escape::text(&gap.sentence()));
    }
    out
}

/// The first places of all findings, then the second ones and so on: a secret in many places does not hide another.
fn by_turns<'r>(findings: &[&'r Finding]) -> Vec<(&'r Finding, &'r Location)> {
    let first = findings.iter().filter_map(|finding| Some((*finding, finding.locations.first()?)));
    let further = findings.iter().flat_map(|finding| finding.locations.iter().skip(1).map(|place| (*finding, place)));
    first.chain(further).collect()
}

fn annotate(out: &mut String, kind: Kind, (finding, place): (&Finding, &Location), style: Style<'_>) {
    let mut properties = Vec::new();
    if let Some(file) = sentence::file(place) {
        properties.push(format!("file={}", property(&file)));
        let [first, last] = sentence::lines(place);
        properties.push(format!("line={first},endLine={last}"));
        // Columns over several lines are refused.
        if first == last && place.end.column_utf16 > place.start.column_utf16 {
            properties.push(format!("col={},endColumn={}", place.start.column_utf16, place.end.column_utf16));
        }
    }
    properties.push(format!("title={}", property(&format!("{} ({})", escape::text(&finding.rule.name), finding.severity.as_str()))));
    let more = match finding.locations.len() {
        0 | 1 => String::new(),
        all => format!(" It stands in {all} places."),
    };
    let what = format!("{}{more} How to rotate it: keysieve explain {}", sentence::message(finding, place, style), finding.rule.id);
    let _ = writeln!(out, "::{} {}::{}", kind.as_str(), properties.join(","), data(&escape::text(&what)));
}

/// A line of the table. It begins with a word of this program, so it is no command.
fn row(out: &mut String, finding: &Finding, place: &Location) {
    let (id, masked) = (escape::text(&finding.rule.id), escape::text(&finding.masked));
    let _ = write!(out, "  {:<8}  {id}  {}  {masked}", finding.severity.as_str(), place::words(place));
    if let Some(words) = sentence::suppression(finding) {
        let _ = write!(out, "  {words}");
    }
    out.push('\n');
}

/// What follows the second `::`.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// The value of a property.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::tests::check_golden;
    use crate::report::{Format, sample};

    fn commands(report: &Report) -> Vec<String> {
        let text = Format::Github.render(report, Style::default());
        text.lines().filter(|line| line.starts_with("::")).map(str::to_owned).collect()
    }

    #[test]
    fn the_sample_is_written_as_agreed() {
        check_golden("github.txt", &Format::Github.render(&sample::report(), Style { show_suppressed: true, ..Style::default() }));
        check_golden("github-history.txt", &Format::Github.render(&sample::history(), Style::default()));
    }

    #[test]
    fn a_kind_has_ten_annotations_and_the_rest_is_a_table() {
        let mut report = sample::report();
        let place = report.findings[0].locations[0].clone();
        report.findings[0].locations = vec![place; 30];
        let commands = commands(&report);
        assert_eq!(commands.iter().filter(|line| line.starts_with("::error ")).count(), MOST);
        let text = Format::Github.render(&report, Style::default());
        let rows = text.lines().filter(|line| line.starts_with("  ")).count();
        assert_eq!(rows + commands.len(), 30 + sample::PLACES - 3 + 1, "a place was lost, or the gap that is a warning");
        let others = ["aws.secret-access-key", "privatekey.pkcs8"].map(|id| commands.iter().any(|line| line.contains(id)));
        assert_eq!(others, [true, true], "a secret in many places hides another");
    }

    #[test]
    fn what_does_not_fail_the_scan_is_a_notice() {
        let mut report = sample::report();
        report.fail_on.severity = Severity::Critical;
        let kinds: Vec<_> = commands(&report).iter().map(|line| line.split(' ').next().map(str::to_owned)).collect();
        assert_eq!(kinds.iter().flatten().filter(|kind| *kind == "::error").count(), 2);
        assert_eq!(kinds.iter().flatten().filter(|kind| *kind == "::notice").count(), 9);
    }

    #[test]
    fn nothing_of_a_file_forges_a_command_or_a_property() {
        assert_eq!((property("a:b,c%d\ne").as_str(), data("::x%\r\n")), ("a%3Ab%2Cc%25d%0Ae", "::x%25%0D%0A".to_owned()));
        for line in commands(&sample::report()) {
            let (properties, _) = line[2..].split_once("::").expect("because every command has a message");
            assert!(properties.split(' ').next().is_some_and(|word| ["error", "warning", "notice"].contains(&word)), "{line}");
            for property in properties.split_once(' ').unwrap_or_default().1.split(',') {
                let key = property.split('=').next().unwrap_or_default();
                assert!(["file", "line", "endLine", "col", "endColumn", "title"].contains(&key), "{line}");
            }
        }
    }

    #[test]
    fn a_clean_scan_says_so_and_an_incomplete_one_warns() {
        assert_eq!(Format::Github.render(&sample::clean(), Style::default()), "keysieve: no secrets found\n");
        let mut report = sample::clean();
        report.coverage.incomplete = sample::report().coverage.incomplete;
        assert!(commands(&report)[0].starts_with("::warning title=keysieve%3A scan incomplete::Not everything was scanned."));
    }
}
