use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::finding::{Confidence, Severity};
use crate::report::{ExposureDetail, Format, Style, sample};

fn json_text(report: &Report, style: Style<'_>) -> String {
    Format::Json.render(report, style)
}

/// What a saved report has no room for is not in `report` either.
fn storable(mut report: Report) -> Report {
    report.seconds = None;
    report.findings.sort_by(Finding::order);
    report
}

/// Fails if a format made of the saved report differs from one made of the report itself.
#[track_caller]
fn assert_same(report: &Report) {
    let saved = read(json_text(report, Style::default()).as_bytes()).expect("because this program wrote it");
    for style in
        [Style::default(), Style { show_suppressed: true, color: true, width: Some(70), made_at: Some(1_800_000_000), ..Style::default() }]
    {
        for format in Format::ALL {
            let (direct, converted) = (format.render(report, style), format.render(&saved, style));
            let differing = direct.lines().zip(converted.lines()).find(|(one, other)| one != other);
            assert!(direct == converted, "{} differs: {differing:?}", format.as_str());
        }
    }
}

#[test]
fn every_format_of_a_saved_report_is_that_of_the_report() {
    for report in [sample::report(), sample::clean(), sample::history()] {
        assert_same(&storable(report));
    }
    let mut report = storable(sample::report());
    report.fail_on = Threshold { severity: Severity::High, confidence: Confidence::High };
    report.findings[1].subject = crate::finding::Subject::File;
    assert_same(&report);
}

#[test]
fn a_report_in_less_detail_keeps_its_counts() {
    for detail in [ExposureDetail::Brief, ExposureDetail::None] {
        let text = json_text(&sample::history(), Style { exposure: Some(detail), ..Style::default() });
        let saved = read(text.as_bytes()).expect("because this program wrote it");
        assert_eq!(json_text(&saved, Style::default()), text);
        assert!(Format::Human.render(&saved, Style::default()).contains("github.personal-access-token"));
    }
}

#[test]
fn secrets_are_there_only_if_they_were_saved_and_are_shown_only_on_demand() {
    let report = storable(sample::report());
    let with = read(json_text(&report, Style { show_secrets: true, ..Style::default() }).as_bytes()).expect("because it was just written");
    let (hidden, shown) = (Style::default(), Style { show_secrets: true, ..Style::default() });
    assert_eq!(json_text(&with, hidden), json_text(&report, hidden));
    assert_eq!(json_text(&with, shown), json_text(&report, shown));
    let without = read(json_text(&report, hidden).as_bytes()).expect("because it was just written");
    assert_eq!(json_text(&without, shown), json_text(&report, hidden));
}

#[test]
fn what_is_no_report_is_refused_with_the_reason() {
    let why = |text: &str| read(text.as_bytes()).map(|_| ()).map_err(|error| error.to_string());
    assert_eq!(why(""), Err("it is no JSON (line 1)".to_owned()));
    assert_eq!(why("{\n\"version\": 1,\nx"), Err("it is no JSON (line 3)".to_owned()));
    let other = Err("it is no JSON report of keysieve: `keysieve scan --format json` writes one".to_owned());
    assert_eq!((why("{}"), why("[]"), why("{\"version\":\"2.1.0\",\"runs\":[]}")), (other.clone(), other.clone(), other));
    assert_eq!(
        why("{\"version\":9,\"tool\":{\"name\":\"keysieve\"}}"),
        Err("it is a report of version 9, and this keysieve reads version 1".to_owned())
    );
    assert_eq!(read(Format::Jsonl.render(&sample::report(), Style::default()).as_bytes()).err(), Some(Unreadable::NoJson { line: 2 }));
    let half = why("{\"version\":1,\"tool\":{\"name\":\"keysieve\"}}");
    assert!(half.is_err_and(|why| why.starts_with("it is damaged: something is missing there, or not of the right kind (line 1, column ")));
}

#[test]
fn a_value_that_cannot_be_is_refused() {
    let good: Value = serde_json::from_str(&json_text(&sample::history(), Style::default())).expect("because it is JSON");
    for (pointer, value, why) in [
        ("/findings/0/fingerprint", json!("v1:x"), "the fingerprint"),
        ("/findings/0/locations", json!([]), "there is no place"),
        ("/findings/0/locations/0/start/line", json!(0), "a line"),
        ("/findings/0/locations/0/byte_range/start", json!(9_999), "a place ends"),
        ("/findings/0/locations/0/commit", json!("\u{1b}[31m"), "an object id"),
        ("/findings/0/locations/0/path_base64", json!("%"), "a path"),
        ("/findings/0/locations/0/line_hash", json!("x"), "a hash of a line"),
        ("/findings/0/exposure/first/id", json!("x"), "an object id"),
        ("/findings/0/exposure/commits", json!(u64::MAX), "a number"),
        ("/findings/0/secret/length", json!("7"), "the length"),
        ("/coverage/bytes", json!(u64::MAX), "a number"),
    ] {
        let mut document = good.clone();
        let (parent, key) = pointer.rsplit_once('/').expect("because it is a pointer");
        document.pointer_mut(parent).expect("because the sample has it")[key] = value;
        let error = read(document.to_string().as_bytes()).map(|_| ()).expect_err(pointer).to_string();
        assert!(error.starts_with("it is damaged: ") && error.contains(why), "{pointer}: {error}");
    }
}

#[test]
fn words_that_the_program_would_never_write_do_no_harm() {
    let mut document: Value = serde_json::from_str(&json_text(&sample::report(), Style::default())).expect("because it is JSON");
    let hostile = "x\n::error::y\u{1b}[31m\u{202e}##[error]<script>=1";
    for pointer in ["/findings/0/rule/id", "/findings/0/rule/name", "/findings/0/rule/description", "/findings/0/evidence/0/kind"] {
        *document.pointer_mut(pointer).expect("because the sample has it") = json!(hostile);
    }
    document["findings"][0]["remediation"] = json!({ "url": "javascript:alert(1)", "steps": [hostile], "references": [hostile] });
    document["findings"][0]["locations"][0]["decoded_via"] = json!([hostile]);
    document["findings"][0]["identity"] = json!({ hostile: hostile });
    document["tool"]["version"] = json!(hostile);
    let report = read(document.to_string().as_bytes()).expect("because nothing in it is impossible");
    for format in Format::ALL {
        let text = format.render(&report, Style { show_suppressed: true, ..Style::default() });
        assert!(!text.chars().any(|c| c != '\n' && escape::is_hidden(c)), "{}", format.as_str());
        let forged = text.lines().find(|line| line.trim_start().starts_with("::error::") || line.contains("##["));
        assert_eq!(forged, None, "{}", format.as_str());
        if matches!(format, Format::Html | Format::Markdown | Format::Junit) {
            assert!(!text.contains("=1<") && !text.contains("<script>=1") && !text.contains("(javascript:"), "{}", format.as_str());
        }
    }
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof!["[a-zA-Z0-9 ./_-]{0,30}", "\\PC{0,20}", Just("##[error]\n\u{1b}[0m\u{202e}::error::|<b>,=;".to_owned())]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_report_with_any_texts_comes_back_the_same(
        texts in proptest::collection::vec(text(), 24),
        path in proptest::collection::vec(any::<u8>(), 0..20),
        numbers in proptest::collection::vec(1u32..1_000_000, 6),
        seconds in any::<i64>(),
        chosen in proptest::collection::vec(any::<bool>(), 18),
    ) {
        let mut texts = texts.into_iter().cycle();
        let mut next = || texts.next().unwrap_or_default();
        let mut report = storable(sample::history());
        report.findings.extend(sample::report().findings);
        let mut keep = chosen.iter();
        report.findings.retain(|_| *keep.next().unwrap_or(&true));
        report.scope.target = vec![next()];
        report.coverage.incomplete = vec![Gap::new(next(), next(), next())];
        for finding in &mut report.findings {
            for evidence in &mut finding.evidence {
                evidence.note = next();
            }
            finding.identity.insert("note", next());
            finding.locations[0].path.clone_from(&path);
            finding.locations[0].start.line = numbers[0];
            finding.locations[0].end.line = numbers[0] + numbers[1] % 2;
            finding.locations[0].start.column_utf16 = numbers[2];
            finding.locations[0].snippet.text = next();
            finding.status.reason = finding.status.reason.take().map(|_| next());
            if let Some(exposure) = &mut finding.exposure {
                exposure.paths = vec![next().into_bytes()];
                exposure.days = Some(u64::from(numbers[3]));
                for commit in exposure.first.iter_mut().chain(&mut exposure.last) {
                    (commit.author, commit.email, commit.subject, commit.seconds) = (next(), next(), next(), seconds);
                }
            }
        }
        report.findings.sort_by(Finding::order);
        assert_same(&report);
    }

    #[test]
    fn no_bytes_do_harm(bytes in proptest::collection::vec(any::<u8>(), 0..200), at in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let _ = read(&bytes);
        let mut text = json_text(&sample::history(), Style::default()).into_bytes();
        let at = at.index(text.len());
        text[at] = byte;
        if let Ok(report) = read(&text) {
            for format in Format::ALL {
                format.render(&report, Style { show_suppressed: true, ..Style::default() });
            }
        }
    }
}
