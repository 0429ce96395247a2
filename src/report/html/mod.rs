//! A page to look at and to show: one file that needs no network, with search, filters, timelines and the steps of rotation.
//!
//! Everything of the report is data in JSON, and the page's own script puts it on the page as text, never as markup. A policy in the page lets
//! no script or style run but the page's own (by their hashes), no request leave, and no markup be made of strings.

mod data;
#[cfg(test)]
mod tests;

use sha2::{Digest as _, Sha256};

use super::{Report, Style, dates, escape, json_text, sentence};
use crate::finding::Subject;

const STYLE: &str = include_str!("page/style.css");
/// One script, in parts. Each uses only what stands in those before it when it is read.
const SCRIPT: [&str; 5] = [
    include_str!("page/base.js"),
    include_str!("page/timeline.js"),
    include_str!("page/overview.js"),
    include_str!("page/detail.js"),
    include_str!("page/main.js"),
];
const BODY: &str = include_str!("page/body.html");

pub(super) fn render(report: &Report, style: Style<'_>) -> String {
    let script = SCRIPT.concat();
    let title = title(report);
    let mut out = String::from("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
    out.push_str(&format!("<meta http-equiv=\"Content-Security-Policy\" content=\"{}\">\n", policy(&script)));
    out.push_str(
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<meta name=\"referrer\" content=\"no-referrer\">\n",
    );
    out.push_str("<meta name=\"robots\" content=\"noindex\">\n<link rel=\"icon\" href=\"data:,\">\n");
    out.push_str(&format!("<title>{}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n", markup(&format!("{title} – keysieve"))));
    let about: String = about(report, style).iter().map(|fact| format!("<span>{}</span>", markup(fact))).collect();
    let filled = BODY.replace("{title}", &markup(&title)).replace("{verdict}", &markup(&sentence::verdict(report)));
    out.push_str(&filled.replace("{footer}", &markup(&footer(report))).replace("{about}", &about));
    out.push_str(&format!("<script type=\"application/json\" id=\"data\">{}</script>\n", json_text::in_page(&data::page(report, style))));
    out.push_str(&format!("<script>{script}</script>\n</body>\n</html>\n"));
    out
}

/// The page may do nothing but show itself. Data in JSON is no script to a browser, so it needs no hash.
fn policy(script: &str) -> String {
    let hash = |text: &str| data_encoding::BASE64.encode(&Sha256::digest(text));
    format!(
        "default-src 'none'; script-src 'sha256-{}'; style-src 'sha256-{}'; img-src data:; base-uri 'none'; form-action 'none'; \
         require-trusted-types-for 'script'; trusted-types 'none'",
        hash(script),
        hash(STYLE)
    )
}

fn title(report: &Report) -> String {
    let counted = |subject: Subject, noun: &str, after: &str| {
        let count = report.open().filter(|finding| finding.subject == subject).count();
        (count > 0).then(|| super::numbers::counted(count as u64, noun) + after)
    };
    let exposed = [
        counted(Subject::Secret, "exposed secret", ""),
        counted(Subject::File, "file", " that git should not store"),
        counted(Subject::Sharing, "secret", " of several environments"),
    ];
    let exposed: Vec<String> = exposed.into_iter().flatten().collect();
    match (exposed.is_empty(), report.coverage.incomplete.is_empty()) {
        (false, _) => exposed.join(", "),
        (true, true) if report.coverage.items > 0 => "No exposed secrets".to_owned(),
        (true, true) => "Nothing was scanned".to_owned(),
        (true, false) => "Nothing found, but the scan is incomplete".to_owned(),
    }
}

/// What was scanned, and when.
fn about(report: &Report, style: Style<'_>) -> Vec<String> {
    let coverage = &report.coverage;
    let what = match report.scope.kind {
        super::ScopeKind::Worktree => "Files",
        super::ScopeKind::Staged => "Staged changes",
        super::ScopeKind::Stdin => "Standard input",
        super::ScopeKind::History => "Whole history",
        super::ScopeKind::Range => "Commits",
        super::ScopeKind::Merged => "Merged reports",
    };
    let target = report.scope.range.iter().chain(&report.scope.target).take(5).map(|text| escape::text(text)).collect::<Vec<_>>().join(" ");
    let size = format!("{}, {}", super::numbers::counted(coverage.items, "item"), super::numbers::size(coverage.bytes));
    let made = style.made_at.and_then(dates::time).map(|time| time.replace('T', " ").replace(":00Z", "Z").replace('Z', " UTC"));
    [format!("{what}: {target}"), size].into_iter().chain(made).collect()
}

fn footer(report: &Report) -> String {
    let ruleset = &report.tool.ruleset;
    let digest = ruleset.digest.get(..19).unwrap_or(&ruleset.digest);
    let held = match report.below_threshold {
        0 => String::new(),
        1 => " 1 less certain match is left out.".to_owned(),
        below => format!(" {} less certain matches are left out.", super::numbers::thousands(below)),
    };
    format!(
        "Made by keysieve {} with {} ({digest}…). Secrets are masked.{held} This page is as confidential as what it tells of.",
        report.tool.version,
        super::numbers::counted(ruleset.count as u64, "rule")
    )
}

/// `text` as a browser shows it, in an element or an attribute.
fn markup(text: &str) -> String {
    let text = escape::text(text).replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    text.replace('"', "&quot;").replace('\'', "&#39;").replace('{', "&#123;")
}
