use super::*;
use crate::coverage::{Gap, Skip};
use crate::report::tests::check_golden;
use crate::report::{Format, ScopeKind, sample};

fn human(report: &Report) -> String {
    Format::Human.render(report, Style::default())
}

#[test]
fn the_sample_reads_as_agreed() {
    check_golden("human.txt", &human(&sample::report()));
    check_golden("human-narrow.txt", &Format::Human.render(&sample::report(), Style { width: Some(50), ..Style::default() }));
}

#[test]
fn a_history_reads_as_agreed() {
    let history = |style| Format::Human.render(&sample::history(), style);
    check_golden("human-history.txt", &history(Style::default()));
    check_golden("human-history-narrow.txt", &history(Style { width: Some(60), ..Style::default() }));
    check_golden("human-history-full.txt", &history(Style { exposure: Some(ExposureDetail::Full), ..Style::default() }));
}

#[test]
fn no_snippet_mark_or_evidence_is_wider_than_the_terminal() {
    for width in [40, 60, 80] {
        let text = Format::Human.render(&sample::report(), Style { width: Some(width), ..Style::default() });
        for line in text.lines().filter(|line| line.contains("**") || line.contains('^') || line.contains(" · ") && line.contains(" | ")) {
            assert!(layout::columns(line) <= width, "wider than {width}: {line}");
        }
    }
}

#[test]
fn no_timeline_is_wider_than_the_terminal() {
    for width in 40..140 {
        for exposure in [ExposureDetail::Brief, ExposureDetail::Full] {
            for finding in sample::history().findings {
                for line in exposure::lines(&finding, exposure, width) {
                    assert!(layout::columns(&line) <= width, "wider than {width}: {line}");
                    assert_eq!(line, line.trim_end(), "width {width}");
                }
            }
        }
    }
}

#[test]
fn exposure_is_left_out_when_not_wanted() {
    let text = Format::Human.render(&sample::history(), Style { exposure: Some(ExposureDetail::None), ..Style::default() });
    assert!(!["exposed", "pushed", "HEAD"].iter().any(|word| text.contains(word)), "{text}");
}

#[test]
fn a_person_is_told_what_a_push_does_not_remove() {
    let text = human(&sample::history());
    for told in [
        "dangling: no ref reaches it",
        "only a reflog or the index keeps it",
        "only the stash holds it (stash@{0}, stash@{3})",
        "only refs/pull/7/head keeps it: a push cannot remove it there",
        "not known to be pushed",
        "pushed to origin",
    ] {
        assert!(text.contains(told), "{told}");
    }
}

#[test]
fn clean_reads_as_clean() {
    assert_eq!(human(&sample::clean()), "no secrets found · 15,026 files, 188 MB in 0.5 s\n");
}

#[test]
fn nothing_found_in_an_incomplete_scan_does_not_read_as_clean() {
    let mut report = sample::clean();
    report.coverage.incomplete = (0..13).map(|n| Gap::new(format!("{n}.sql"), "too large", "see --max-file-size")).collect();
    let text = human(&report);
    assert!(text.starts_with("nothing found, but the scan is incomplete · 15,026 files"), "{text}");
    assert!(!text.contains("no secrets"));
    assert_eq!(text.matches("incomplete: ").count(), 11);
    assert!(text.ends_with("incomplete: 9.sql: too large; see --max-file-size\nincomplete: and 3 more\n"), "{text}");
    let quiet = Format::Human.render(&report, Style { quiet: true, ..Style::default() });
    assert!(text.ends_with(&quiet) && quiet.starts_with("incomplete: 0.sql"), "{quiet}");
}

#[test]
fn looking_at_nothing_says_so() {
    let mut report = sample::clean();
    report.coverage.items = 0;
    report.coverage.bytes = 0;
    let mut said = |kind| {
        report.scope.kind = kind;
        human(&report)
    };
    assert_eq!(said(ScopeKind::Staged), "nothing staged: no content was scanned\n");
    assert_eq!(said(ScopeKind::Worktree), "nothing to scan: no content was scanned\n");
    assert_eq!(said(ScopeKind::Stdin), "nothing on standard input: no content was scanned\n");
    report.scope.kind = ScopeKind::Staged;
    report.coverage.skipped = vec![Skip { what: "submodule".into(), why: String::new(), count: 1 }];
    assert_eq!(human(&report), "no staged content was scanned · 1 submodule left out\n");
}

#[test]
fn each_scope_names_itself() {
    let mut report = sample::clean();
    report.coverage.items = 1;
    report.coverage.bytes = 3_100;
    report.scope.kind = ScopeKind::Staged;
    assert_eq!(human(&report), "no secrets found · staged changes: 1 file, 3.1 kB in 0.5 s\n");
    report.scope.kind = ScopeKind::Stdin;
    assert_eq!(human(&report), "no secrets found · standard input: 3.1 kB in 0.5 s\n");
}

#[test]
fn quiet_prints_nothing_when_there_is_nothing() {
    let quiet = Style { quiet: true, ..Style::default() };
    assert_eq!(Format::Human.render(&sample::clean(), quiet), "");
    let mut report = sample::report();
    report.coverage.incomplete.clear();
    let text = Format::Human.render(&report, quiet);
    assert!(text.contains("what it is: keysieve explain stripe.publishable-key\n"), "{text}");
    assert!(!text.contains("places ·"));
}

#[test]
fn held_back_matches_are_counted() {
    let mut report = sample::clean();
    report.below_threshold = 1;
    assert!(human(&report).ends_with("\n1 less certain match not shown; see --min-confidence low\n"));
}

#[test]
fn suppressed_findings_do_not_count() {
    let mut report = sample::clean();
    report.findings = sample::report().findings.split_off(5);
    assert_eq!(human(&report), "no secrets found · 1 suppressed by exceptions · 15,026 files, 188 MB in 0.5 s\n");
    let shown = Format::Human.render(&report, Style { show_suppressed: true, ..Style::default() });
    assert!(shown.ends_with("\n\nno secrets found · 1 suppressed by exceptions · 15,026 files, 188 MB in 0.5 s\n"));
    let why = "| suppressed: revoked 2024-05-01\\n::warning::x (keysieve.yaml:7, owner @org/team, until 2027-01-31)\n";
    assert!(shown.contains(why), "{shown}");
}

#[test]
fn secrets_are_shown_escaped_when_asked_and_snippets_stay_masked() {
    let report = sample::report();
    let text = Format::Human.render(&report, Style { show_secrets: true, ..Style::default() });
    let token = String::from_utf8_lossy(report.findings[0].secret.expose());
    assert_eq!(text.matches(&*token).count(), 1);
    assert!(text.contains(&format!("| secret: {token}\n")));
    assert!(text.contains("PRIVATE KEY-----\\n") && text.contains("\\xff\\x07\n"), "{text}");
}

#[test]
fn color_changes_nothing_but_color() {
    let report = sample::report();
    let colored = Format::Human.render(&report, Style { color: true, ..Style::default() });
    assert!(colored.starts_with("\x1b[1m\x1b[91mcritical\x1b[0m  github."), "{colored:?}");
    let plain: String = colored.split("\x1b[").map(|part| part.split_once('m').map_or(part, |(_, rest)| rest)).collect();
    assert_eq!(plain.len(), human(&report).len());
}
