//! A summary in GitHub Flavored Markdown, short enough for a comment and for the summary of a job.
//!
//! Foreign text stands in `<code>` with every character that means something to Markdown written as an entity: it mentions nobody, links
//! nowhere and ends no table.

mod rotation;

use std::fmt::Write as _;

use super::numbers::{counted, thousands};
use super::sentence::{self, listed};
use super::{ExposureDetail, Report, Style, escape, place};
use crate::finding::{Exposure, Finding, Severity};

/// A comment on GitHub has at most 65,536 characters, and one on GitLab a million; the summary of a step has at most 1 MiB.
const MOST_BYTES: usize = 60_000;
/// Kept for what follows the table.
const RESERVED_BYTES: usize = 12_000;
/// Characters of a path, a secret or a reason in a table.
const CELL_CHARS: usize = 120;
/// Rules whose rotation is told, and parts that were not scanned.
const MOST_LISTED: usize = 10;

pub(super) fn render(report: &Report, style: Style<'_>) -> String {
    let mut out = format!("## keysieve\n\n**{}**\n", words(&sentence::verdict(report)));
    counts(&mut out, report);
    table(&mut out, report, style);
    rotation::write(&mut out, report);
    incomplete(&mut out, report);
    out
}

fn counts(out: &mut String, report: &Report) {
    let open: Vec<&Finding> = report.open().collect();
    if open.is_empty() {
        return;
    }
    let exposed =
        |which: fn(&Exposure) -> bool| open.iter().filter_map(|finding| finding.exposure.as_ref()).filter(|one| which(one)).count();
    let mut rows: Vec<(String, usize)> = Vec::new();
    for severity in Severity::ALL.iter().rev() {
        rows.push((severity.as_str().to_owned(), open.iter().filter(|finding| finding.severity == *severity).count()));
    }
    if open.iter().any(|finding| finding.exposure.is_some()) {
        rows.push(("still in HEAD".to_owned(), exposed(|exposure| exposure.in_head)));
        rows.push(("pushed".to_owned(), exposed(|exposure| exposure.pushed)));
    }
    let cells = |cell: &dyn Fn(&(String, usize)) -> String| rows.iter().map(cell).collect::<Vec<_>>().join(" | ");
    let number = |row: &(String, usize)| thousands(row.1 as u64);
    let _ = writeln!(out, "\n| {} |\n| {} |\n| {} |", cells(&|row| row.0.clone()), cells(&|_| "---:".to_owned()), cells(&number));
}

/// As many findings as there is room for, and how many more there are.
fn table(out: &mut String, report: &Report, style: Style<'_>) {
    let listed: Vec<&Finding> = listed(report, style).collect();
    if listed.is_empty() {
        return;
    }
    let has_exposure = listed.iter().any(|finding| finding.exposure.is_some()) && style.exposure != Some(ExposureDetail::None);
    let (head, line) = if has_exposure { (" exposed |", " --- |") } else { ("", "") };
    let _ = writeln!(out, "\n| severity | what | where | secret |{head}\n| --- | --- | --- | --- |{line}");
    for (at, finding) in listed.iter().enumerate() {
        let row = row(finding, has_exposure);
        if out.len() + row.len() > MOST_BYTES - RESERVED_BYTES {
            let more = counted((listed.len() - at) as u64, "more secret");
            let _ = writeln!(out, "\n{more}: this summary ends here, the JSON report has all.");
            return;
        }
        out.push_str(&row);
    }
}

fn row(finding: &Finding, has_exposure: bool) -> String {
    let place = finding.locations.first().map(place::words).unwrap_or_default();
    let more = match finding.locations.len() {
        0 | 1 => String::new(),
        all => format!(" and {}", counted(all as u64 - 1, "more place")),
    };
    let status = sentence::suppression(finding).map(|words| format!("<br>{}", self::words(&short(&words)))).unwrap_or_default();
    let exposed = if has_exposure { format!(" {} |", exposed(finding)) } else { String::new() };
    format!(
        "| {} | {}<br><sub>{}</sub>{status} | {}{more} | {} |{exposed}\n",
        finding.severity.as_str(),
        words(&short(&finding.rule.name)),
        words(&short(&finding.rule.id)),
        code(&short_path(&place)),
        code(&short(&finding.masked)),
    )
}

fn exposed(finding: &Finding) -> String {
    let Some(exposure) = &finding.exposure else { return String::new() };
    let days = exposure.days.map(|days| if days == 0 { "less than a day".to_owned() } else { counted(days, "day") });
    let facts = [(exposure.in_head, "in HEAD"), (exposure.pushed, "pushed")]
        .into_iter()
        .filter(|(is_so, _)| *is_so)
        .map(|(_, fact)| fact.to_owned());
    days.into_iter().chain(facts).collect::<Vec<_>>().join(", ")
}

fn incomplete(out: &mut String, report: &Report) {
    let gaps = &report.coverage.incomplete;
    if gaps.is_empty() {
        return;
    }
    out.push_str("\n### Not scanned\n\n");
    for gap in gaps.iter().take(MOST_LISTED) {
        let _ = writeln!(out, "- {}", code(&clip(&gap.sentence(), 300)));
    }
    if let Some(more @ 1..) = gaps.len().checked_sub(MOST_LISTED) {
        let _ = writeln!(out, "- and {} more", thousands(more as u64));
    }
}

fn short(text: &str) -> String {
    clip(text, CELL_CHARS)
}

fn clip(text: &str, chars: usize) -> String {
    super::sarif::limits::clip(text, chars)
}

/// The end of a path tells more than its beginning.
fn short_path(path: &str) -> String {
    match path.chars().count().checked_sub(CELL_CHARS) {
        None | Some(0) => path.to_owned(),
        Some(over) => ['…'].into_iter().chain(path.chars().skip(over + 1)).collect(),
    }
}

/// Foreign text: it is shown as it is and means nothing.
pub fn code(text: &str) -> String {
    format!("<code>{}</code>", words(text))
}

/// Text in which no character means anything to Markdown or HTML.
pub fn words(text: &str) -> String {
    let text = escape::text(text);
    let mut written = String::with_capacity(text.len() + 16);
    let mut before = ['\0'; 3];
    for c in text.chars() {
        // `www.` alone is a link already.
        let is_plain = match c {
            '.' => !before.map(|c| c.to_ascii_lowercase()).eq(&['w'; 3]),
            ' ' | ',' | ';' | '/' | '(' | ')' | '?' | '%' | '…' | '·' => true,
            '-' => before[2].is_alphanumeric(),
            c => c.is_alphanumeric(),
        };
        if is_plain {
            written.push(c);
        } else {
            let _ = write!(written, "&#{};", u32::from(c));
        }
        before = [before[1], before[2], c];
    }
    written
}

/// A URL between parentheses.
pub fn destination(url: &str) -> String {
    let mut written = String::new();
    for byte in url.bytes() {
        match byte {
            b'(' | b')' | b'<' | b'>' | b'"' | b'\'' | b'\\' | b'|' | b'`' | 0..=b' ' | 0x7f.. => {
                let _ = write!(written, "%{byte:02X}");
            }
            byte => written.push(char::from(byte)),
        }
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::tests::check_golden;
    use crate::report::{Format, sample};

    #[test]
    fn the_sample_is_written_as_agreed() {
        check_golden("report.md", &Format::Markdown.render(&sample::report(), Style { show_suppressed: true, ..Style::default() }));
        check_golden("history.md", &Format::Markdown.render(&sample::history(), Style::default()));
    }

    #[test]
    fn foreign_text_means_nothing() {
        let entities = regex::Regex::new("&#[0-9]+;").expect("because it is a constant");
        for text in
            ["@org/team", "#12", "[x](y)", "<img src=x>", "a|b", "`x`", "*x* _y_ ~z~", "https://e.example", "a@b.example", "&lt;", "!x"]
        {
            let written = code(text);
            let inner = &written["<code>".len()..written.len() - "</code>".len()];
            let bare = entities.replace_all(inner, "");
            assert!(!bare.contains(|c: char| "@#[]<>|`*_~&!:\\".contains(c)), "{text} is {inner}");
        }
        assert_eq!(words("see WWW.x.example or a.b, x-y\n- z"), "see WWW&#46;x.example or a.b, x-y&#92;n- z");
        assert_eq!(destination("https://a.example/x)y z"), "https://a.example/x%29y%20z");
    }

    #[test]
    fn a_long_summary_is_cut_and_says_so() {
        let mut report = sample::report();
        let finding = report.findings[0].clone();
        report.findings.extend(vec![finding; 3_000]);
        let text = Format::Markdown.render(&report, Style::default());
        assert!(text.len() < MOST_BYTES && text.contains("more secrets: this summary ends here"), "{}", text.len());
        assert!(text.contains("### Not scanned") && text.contains("How to rotate them"));
    }
}
