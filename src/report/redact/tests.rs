use super::*;
use crate::coverage::Gap;
use crate::finding::{Evidence, RefKind, RefName};
use crate::report::sample;

#[test]
fn a_report_without_secrets_in_its_texts_is_not_copied() {
    for report in [sample::report(), sample::history()] {
        assert!(matches!(redacted(&report), Cow::Borrowed(_)));
    }
}

#[test]
fn a_secret_is_masked_wherever_it_stands() {
    let mut report = sample::report();
    let token = String::from_utf8_lossy(report.findings[0].secret.expose()).into_owned();
    report.scope.target.push(format!("{token}/x"));
    report.coverage.incomplete.push(Gap::new(format!("a/{token}.txt"), format!("no {token}"), format!("see {token}")));
    report.coverage.skipped[0].what.clone_from(&token);
    report.coverage.skipped[0].why = format!("{token}{token}");
    let finding = &mut report.findings[1];
    finding.locations[0].path = format!("keys/{token}.pem").into_bytes();
    finding.locations[0].snippet.text = format!("x = {token}");
    finding.evidence.push(Evidence::supporting("near", format!("near {token}")));
    finding.identity.insert("user", format!("<{token}>"));
    finding.status.reason = Some(token.clone());

    let clean = redacted(&report).into_owned();
    let masked = &report.findings[0].masked;
    assert_eq!(clean.findings[1].locations[0].path, format!("keys/{masked}.pem").as_bytes());
    assert_eq!(clean.coverage.skipped[0].why, format!("{masked}{masked}"));
    assert_eq!(clean.findings[1].identity.get("user"), Some(format!("<{masked}>").as_str()));
    assert!(free_texts(&report).filter(|text| memchr::memmem::find(text, token.as_bytes()).is_some()).count() >= 10);
    assert!(!free_texts(&clean).any(|text| memchr::memmem::find(text, token.as_bytes()).is_some()));
}

#[test]
fn a_secret_is_masked_in_what_a_history_tells() {
    let mut report = sample::history();
    let token = String::from_utf8_lossy(report.findings[0].secret.expose()).into_owned();
    report.scope.range = Some(format!("{token}..HEAD"));
    let exposure = report.findings[1].exposure.as_mut().expect("because it is a sample of exposure");
    for commit in exposure.first.iter_mut().chain(&mut exposure.last) {
        for text in [&mut commit.author, &mut commit.email, &mut commit.subject] {
            *text = format!("<{token}>");
        }
    }
    exposure.paths = vec![format!("a/{token}").into_bytes()];
    exposure.held_by = vec![RefName { kind: RefKind::Branch, name: format!("refs/heads/{token}") }];
    exposure.reachable_from.clone_from(&exposure.held_by);

    let clean = redacted(&report).into_owned();
    let masked = &report.findings[0].masked;
    let exposure = clean.findings[1].exposure.as_ref().expect("because it was there before");
    assert_eq!(clean.scope.range, Some(format!("{masked}..HEAD")));
    assert_eq!(exposure.last.as_ref().map(|commit| &commit.subject), Some(&format!("<{masked}>")));
    assert_eq!(exposure.reachable_from[0].name, format!("refs/heads/{masked}"));
    assert_eq!(free_texts(&report).filter(|text| memchr::memmem::find(text, token.as_bytes()).is_some()).count(), 10);
    assert!(!free_texts(&clean).any(|text| memchr::memmem::find(text, token.as_bytes()).is_some()));
}

#[test]
fn a_secret_that_was_cut_with_its_subject_is_taken_out() {
    let mut report = sample::history();
    let token = String::from_utf8_lossy(report.findings[0].secret.expose()).into_owned();
    let exposure = report.findings[1].exposure.as_mut().expect("because it is a sample of exposure");
    let commit = exposure.first.as_mut().expect("because the sample has one");
    commit.subject = format!("{}{}", "x".repeat(180), &token[..20]);
    let clean = redacted(&report);
    let commit = clean.findings[1].exposure.as_ref().and_then(|exposure| exposure.first.as_ref());
    assert_eq!(commit.map(|commit| commit.subject.as_str()), Some(format!("{}…", "x".repeat(180)).as_str()));
}

#[test]
fn a_long_secret_is_taken_out_as_far_as_it_stands_there() {
    let mut report = sample::report();
    let secret = sample::random(77, 400);
    report.findings[0].secret = crate::secret::Secret::new(secret.as_bytes());
    let masked = report.findings[0].masked.clone();
    report.findings[1].locations[0].path = format!("a-{}-z", &secret[10..300]).into_bytes();
    assert_eq!(redacted(&report).findings[1].locations[0].path, format!("a-{masked}-z").as_bytes());
}

#[test]
fn what_is_withheld_is_masked_like_what_is_reported() {
    let mut report = sample::history();
    let token = String::from_utf8_lossy(report.findings[0].secret.expose()).into_owned();
    let (finding, encoded) = (report.findings.remove(0), sample::random(78, 40));
    let masked = finding.masked.clone();
    report.withheld.extend(Withheld::of(finding));
    report.withheld[0].spellings.push(crate::secret::Secret::new(encoded.as_bytes()));
    report.findings[0].locations[0].path = format!("a/{token}/{encoded}").into_bytes();
    let exposure = report.findings[0].exposure.as_mut().expect("because it is a sample of exposure");
    let commit = exposure.first.as_mut().expect("because the sample has one");
    commit.subject = format!("{} {}", "x".repeat(180), &token[..19]);
    report.findings[1].locations[0].snippet.text = format!("x = {token}");
    let clean = redacted(&report);
    assert_eq!(clean.findings[0].locations[0].path, format!("a/{masked}/{masked}").as_bytes());
    assert!(!free_texts(&clean).any(|text| memchr::memmem::find(text, &token.as_bytes()[..12]).is_some()));
}

#[test]
fn a_suppressed_secret_is_masked_in_what_counts() {
    let mut report = sample::report();
    let token = String::from_utf8_lossy(report.findings[0].secret.expose()).into_owned();
    report.findings[0].status.state = crate::finding::StatusState::Suppressed;
    report.findings[1].locations[0].path = format!("keys/{token}.pem").into_bytes();
    let clean = redacted(&report);
    assert!(clean.open().count() > 0 && !free_texts(&clean).any(|text| memchr::memmem::find(text, token.as_bytes()).is_some()));
}

#[test]
fn a_file_that_is_withheld_has_no_secret() {
    let mut finding = sample::report().findings.swap_remove(0);
    finding.subject = Subject::File;
    assert!(Withheld::of(finding).is_none());
}
