//! JSON Lines: one finding a line, the suppressed ones last, then one line with the rest, so that a reader that sees no `summary` line knows the report was cut off.

use serde::Serialize;

use super::document::{Finding, Head, Tail};
use super::{Report, Style, json_text};

#[derive(Serialize)]
struct FindingLine<'r> {
    r#type: &'static str,
    #[serde(flatten)]
    finding: Finding<'r>,
}

#[derive(Serialize)]
struct SummaryLine<'r> {
    r#type: &'static str,
    #[serde(flatten)]
    head: Head<'r>,
    findings: usize,
    suppressed: usize,
    locations: usize,
    #[serde(flatten)]
    tail: Tail,
}

pub(super) fn render(report: &Report, style: Style<'_>) -> String {
    let line = |r#type, finding| json_text::line(&FindingLine { r#type, finding: Finding::of(finding, style) });
    let mut out: String = report.open().map(|finding| line("finding", finding)).collect();
    out.extend(report.suppressed().map(|finding| line("suppressed", finding)));
    out.push_str(&json_text::line(&SummaryLine {
        r#type: "summary",
        head: Head::of(report),
        findings: report.open().count(),
        suppressed: report.suppressed().count(),
        locations: report.open().map(|finding| finding.locations.len()).sum(),
        tail: Tail::of(report),
    }));
    out
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::report::{Format, sample};

    fn lines(report: &Report) -> Vec<Value> {
        let text = Format::Jsonl.render(report, Style::default());
        assert!(text.ends_with('\n'));
        text.lines().map(|line| serde_json::from_str(line).expect("because every line is JSON")).collect()
    }

    #[test]
    fn says_the_same_as_the_json_document() {
        let report = sample::report();
        let document: Value = serde_json::from_str(&Format::Json.render(&report, Style::default())).expect("because it is JSON");
        let mut lines = lines(&report);
        let mut summary = lines.pop().expect("because there is a summary line");
        assert_eq!((&summary["findings"], &summary["suppressed"]), (&json!(report.findings.len() - 1), &json!(1)));
        let listed = |key: &str| document[key].as_array().expect("because it is a list");
        let (open, suppressed) = (listed("findings").iter(), listed("suppressed").iter());
        let expected: Vec<_> = open.map(|one| ("finding", one)).chain(suppressed.map(|one| ("suppressed", one))).collect();
        assert_eq!(lines.len(), expected.len());
        for (line, (r#type, finding)) in lines.iter_mut().zip(expected) {
            assert_eq!(line.as_object_mut().expect("because it is an object").remove("type"), Some(json!(r#type)));
            assert_eq!(line, finding);
        }
        for key in ["findings", "suppressed"] {
            summary[key] = document[key].clone();
        }
        let summary_object = summary.as_object_mut().expect("because it is an object");
        assert_eq!(summary_object.remove("type"), Some(json!("summary")));
        assert_eq!(summary_object.remove("locations"), Some(json!(sample::PLACES - 1)));
        assert_eq!(summary, document);
    }

    #[test]
    fn an_empty_report_has_its_summary_line() {
        let lines = lines(&sample::clean());
        assert_eq!(lines.len(), 1);
        assert_eq!(lines[0]["outcome"], "clean");
    }
}
