//! Laws that hold for every format.

use super::*;

fn all(report: &Report, style: Style<'_>) -> Vec<(Format, String)> {
    let full = Style { quiet: true, exposure: Some(ExposureDetail::Full), ..style };
    let styles = [style, Style { color: true, width: Some(60), exposure: Some(ExposureDetail::Brief), ..style }, full];
    Format::ALL.iter().flat_map(|format| styles.map(|style| (*format, format.render(report, style)))).collect()
}

/// What of a secret must not be seen: all but its public prefix, in pieces of eight bytes.
fn hidden_pieces(finding: &Finding) -> impl Iterator<Item = &[u8]> {
    const FIRST_AND_LAST_LINE_OF_A_KEY: (usize, usize) = (28, 26);
    let secret = finding.secret.expose();
    let public = finding.masked.find('*').unwrap_or_default();
    let key = finding.rule.id.starts_with("privatekey");
    let (start, end) = if key { FIRST_AND_LAST_LINE_OF_A_KEY } else { (public, 0) };
    secret[start..secret.len() - end].windows(8)
}

#[test]
fn no_format_shows_a_secret_in_a_history() {
    let mut report = sample::history();
    let token = String::from_utf8_lossy(report.findings[0].secret.expose()).into_owned();
    report.scope.range = Some(token.clone());
    for exposure in report.findings.iter_mut().filter_map(|finding| finding.exposure.as_mut()) {
        for commit in exposure.first.iter_mut().chain(&mut exposure.last) {
            commit.author.clone_from(&token);
            commit.email = format!("{token}@example.com");
            commit.subject = format!("Add {token}");
        }
        exposure.paths.push(token.clone().into_bytes());
        for name in exposure.held_by.iter_mut().chain(&mut exposure.reachable_from) {
            name.name.push_str(&token);
        }
    }
    for (format, text) in all(&report, Style::default()) {
        for piece in report.findings.iter().flat_map(hidden_pieces) {
            assert_eq!(memchr::memmem::find(text.as_bytes(), piece), None, "{} shows a secret", format.as_str());
        }
    }
}

#[test]
fn a_format_that_never_shows_secrets_does_not_show_them_in_names_either() {
    let mut report = sample::report();
    let token = report.findings[0].secret.expose().to_vec();
    report.findings[1].locations[0].path = [b"keys/", token.as_slice(), b".txt"].concat();
    for (format, text) in all(&report, Style { show_secrets: true, ..Style::default() }) {
        let shown = memchr::memmem::find(text.as_bytes(), &token).is_some();
        assert_eq!(shown, format.can_show_secrets(), "{}", format.as_str());
    }
}

#[test]
fn no_format_shows_a_secret_unless_asked() {
    let mut report = sample::report();
    let token = report.findings[0].secret.expose().to_vec();
    report.findings[1].locations[0].path = [b"keys/", token.as_slice(), b".txt"].concat();
    report.findings[2].locations[0].snippet.text = String::from_utf8_lossy(&token).into_owned();
    for (format, text) in all(&report, Style::default()) {
        for finding in &report.findings {
            for piece in hidden_pieces(finding) {
                let found = memchr::memmem::find(text.as_bytes(), piece);
                assert_eq!(found, None, "{} shows a secret of {}", format.as_str(), finding.rule.id);
            }
        }
    }
}

#[test]
fn only_formats_that_are_read_where_they_are_made_show_secrets_when_asked() {
    let report = sample::report();
    for (format, text) in all(&report, Style { show_secrets: true, ..Style::default() }) {
        let token = report.findings[0].secret.expose();
        let shown = memchr::memmem::find(text.as_bytes(), token).is_some();
        assert_eq!(shown, format.can_show_secrets(), "{}", format.as_str());
    }
}

#[test]
fn no_format_prints_what_a_terminal_or_a_build_service_obeys() {
    let style = Style { show_secrets: true, ..Style::default() };
    for (format, text) in all(&sample::report(), style).into_iter().chain(all(&sample::history(), style)) {
        let plain = strip_colors(&text);
        let hidden = plain.chars().find(|c| *c != '\n' && escape::is_hidden(*c));
        assert_eq!(hidden, None, "{} prints a hidden character", format.as_str());
        assert!(!plain.contains("##["), "{} prints a log command", format.as_str());
        let own = ["::error ", "::warning ", "::notice "];
        let is_own = |line: &str| format == Format::Github && own.iter().any(|word| line.starts_with(word));
        let forged = plain.lines().find(|line| line.trim_start().starts_with("::") && !is_own(line));
        assert_eq!(forged, None, "{} prints a workflow command", format.as_str());
    }
}

/// Takes away the only sequences that the human format writes: `ESC [ digits and ; m`.
fn strip_colors(text: &str) -> String {
    let mut parts = text.split("\x1b[");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |plain, part| {
        let (codes, rest) = part.split_once('m').expect("because a color ends with m");
        assert!(codes.bytes().all(|byte| byte.is_ascii_digit() || byte == b';'), "{codes:?} is no color");
        plain + rest
    })
}

#[test]
fn every_format_ends_with_one_line_feed_and_is_the_same_each_time() {
    for report in [sample::report(), sample::clean(), sample::history()] {
        let mut slower = report.clone();
        slower.seconds = Some(99.0);
        for format in Format::ALL {
            let text = format.render(&report, Style::default());
            assert!(text.ends_with('\n') && !text.ends_with("\n\n"), "{}", format.as_str());
            let same = text == format.render(&slower, Style::default());
            assert_eq!(same, format != Format::Human, "{} depends on the time a scan takes", format.as_str());
        }
    }
}

/// Compares `text` with the file `name` in `tests/fixtures/report`. With `UPDATE=1` in the environment the file is written instead.
pub fn check_golden(name: &str, text: &str) {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/report").join(name);
    if std::env::var_os("UPDATE").is_some_and(|value| value == "1") {
        std::fs::write(&path, text).expect("because the fixture folder is writable");
    }
    let expected = std::fs::read_to_string(&path).expect("because the fixture is checked in; UPDATE=1 writes it");
    assert!(text == expected, "{name} differs; UPDATE=1 cargo test rewrites it. Now:\n{text}");
}
