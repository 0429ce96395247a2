use serde_json::Value;

use super::*;
use crate::report::{Format, sample};

fn page(report: &Report) -> String {
    Format::Html.render(report, Style { made_at: Some(1_795_400_000), ..Style::default() })
}

fn data(page: &str) -> Value {
    let (_, rest) = page.split_once("id=\"data\">").expect("because every page has data");
    let (text, _) = rest.split_once("</script>").expect("because the element ends");
    serde_json::from_str(text).expect("because it is JSON")
}

#[test]
fn nothing_but_the_page_s_own_elements_stands_in_it_whatever_the_report_says() {
    let hostile = "</script><script>alert(1)</script><!--<img src=x onerror=alert(1)>{title}{about}\"'&amp;";
    let mut report = sample::history();
    report.scope.target = vec![hostile.to_owned()];
    report.coverage.incomplete[0].what = hostile.to_owned();
    for finding in &mut report.findings {
        finding.rule.name = hostile.to_owned();
        finding.masked = hostile.to_owned();
        finding.locations[0].path = hostile.as_bytes().to_vec();
        finding.locations[0].snippet.text = hostile.to_owned();
        finding.identity.insert("note", hostile);
        finding.remediation.steps = vec![hostile.to_owned()];
        finding.remediation.playbook.steps[0].text = hostile.to_owned();
        finding.remediation.playbook.steps[0].command = Some(hostile.to_owned());
    }
    let (text, plain) = (page(&report), page(&sample::history()));
    let tags = |text: &str| text.matches("<script").count() + text.matches("</script").count() + text.matches("<img").count();
    assert_eq!(tags(&text), tags(&plain));
    assert_eq!(text.matches("<!--").count(), 0);
    assert_eq!(data(&text)["rules"][0]["name"], hostile);
}

#[test]
fn the_policy_names_the_hashes_of_what_stands_in_the_page_and_nothing_else() {
    let text = page(&sample::report());
    let between = |start: &str, end: &str| {
        let (_, rest) = text.rsplit_once(start).expect("because the page has it");
        rest.split_once(end).expect("because it ends").0.to_owned()
    };
    for (part, key) in [(between("<script>", "</script>"), "script-src"), (between("<style>", "</style>"), "style-src")] {
        let hash = data_encoding::BASE64.encode(&Sha256::digest(part));
        assert!(text.contains(&format!("{key} 'sha256-{hash}'")), "{key}");
    }
    assert!(text.contains("default-src 'none'") && !text.contains("unsafe-"));
    for word in [
        " src=",
        "url(",
        "@import",
        "fetch(",
        "XMLHttpRequest",
        "innerHTML",
        "insertAdjacentHTML",
        "document.write",
        "eval(",
        " style=",
        " onclick=",
    ] {
        assert!(!text.contains(word), "{word} stands in the page");
    }
    for address in text.split("http").skip(1).filter(|rest| rest.starts_with("://") || rest.starts_with("s://")) {
        assert!(address.contains(".example") || address.starts_with("://www.w3.org/2000/svg"), "{address:.40}");
    }
}

#[test]
fn every_finding_and_gap_is_in_the_data() {
    for report in [sample::report(), sample::history(), sample::clean()] {
        let data = data(&page(&report));
        let count = |key: &str| data[key].as_array().map(Vec::len);
        assert_eq!(count("findings"), Some(report.findings.len()));
        assert_eq!(data["coverage"]["incomplete"].as_array().map(Vec::len), Some(report.coverage.incomplete.len()));
    }
    let mut report = sample::report();
    let place = report.findings[0].locations[0].clone();
    report.findings[0].locations = vec![place; 250];
    let data = data(&page(&report));
    assert_eq!((data["findings"][0]["l"].as_array().map(Vec::len), &data["findings"][0]["more"]), (Some(100), &150.into()));
}

#[test]
fn titles_say_what_there_is_to_say() {
    let mut report = sample::clean();
    assert_eq!(title(&report), "No exposed secrets");
    report.coverage.items = 0;
    assert_eq!(title(&report), "Nothing was scanned");
    report.coverage.incomplete = sample::report().coverage.incomplete;
    assert_eq!(title(&report), "Nothing found, but the scan is incomplete");
    let mut report = sample::report();
    assert_eq!(title(&report), "5 exposed secrets");
    report.findings[0].subject = Subject::File;
    assert_eq!(title(&report), "4 exposed secrets, 1 file that git should not store");
    report.findings[1].subject = Subject::Sharing;
    assert_eq!(title(&report), "3 exposed secrets, 1 file that git should not store, 1 secret of several environments");
}

#[test]
fn ten_thousand_findings_fit_into_ten_megabytes() {
    let mut report = sample::history();
    let findings = report.findings.clone();
    report.findings = (0..10_000)
        .map(|number| {
            let mut finding = findings[number % findings.len()].clone();
            finding.locations[0].path = format!("services/team-{}/deploy/settings-{number}.yaml", number % 40).into_bytes();
            finding
        })
        .collect();
    let bytes = page(&report).len();
    assert!(bytes < 10_000_000, "{bytes} bytes");
}
