//! A comparison for people: each shared secret with where it stands, then the reports in numbers.

use std::fmt::Write as _;

use super::{ComparedSecret, Comparison, Place, Shared};
use crate::finding::{Confidence, Severity};
use crate::report::escaped;

/// Places of one report that are named.
const NAMED_PLACES: usize = 3;
/// Widest column of file names, in characters.
const WIDEST: usize = 40;

pub(super) fn text(comparison: &Comparison, color: bool) -> String {
    let width = comparison.reports.iter().map(|own| escaped(&own.file).chars().count()).max().unwrap_or(0).min(WIDEST);
    let mut out = String::new();
    for shared in &comparison.shared {
        block(&mut out, comparison, shared, Layout { width, color });
    }
    let (reports, shared) = (comparison.reports.len(), comparison.shared.len());
    let of = if reports == 2 { "both reports".to_owned() } else { format!("more than one of {reports} reports") };
    let _ = match shared {
        0 => writeln!(out, "no secret is in {of}"),
        1 => writeln!(out, "1 secret is in {of}"),
        _ => writeln!(out, "{shared} secrets are in {of}"),
    };
    if comparison.excepted > 0 {
        let (word, are) = if comparison.excepted == 1 { ("other", "is") } else { ("others", "are") };
        let _ = writeln!(out, "{} {word} {are}, and every report that has them excepts them", comparison.excepted);
    }
    for own in &comparison.reports {
        let noun = if own.secrets == 1 { "secret" } else { "secrets" };
        let _ = writeln!(out, "  {:<width$}  {} {noun}, {} only there", escaped(&own.file), own.secrets, own.only_here);
    }
    out
}

#[derive(Clone, Copy)]
struct Layout {
    width: usize,
    color: bool,
}

fn block(out: &mut String, comparison: &Comparison, shared: &Shared, Layout { width, color }: Layout) {
    let Some(best) = shared.best() else { return };
    let style = match best.severity {
        Severity::Critical | Severity::High => anstyle::AnsiColor::Red.on_default().bold(),
        Severity::Medium => anstyle::AnsiColor::Yellow.on_default().bold(),
        Severity::Low => anstyle::AnsiColor::Cyan.on_default(),
    };
    let style = if color { style } else { anstyle::Style::new() };
    let sure = if best.confidence == Confidence::High { String::new() } else { format!("  {} confidence", best.confidence.as_str()) };
    let _ = writeln!(out, "{style}{}{style:#}  {}  {}{sure}", best.severity.as_str(), escaped(&best.rule), escaped(&best.masked));
    let _ = writeln!(out, "      | {}", shared.fingerprint);
    for (at, own) in &shared.of {
        let file = comparison.reports.get(*at).map_or("", |own| own.file.as_str());
        let _ = writeln!(out, "      | {:<width$}  {}", escaped(file), places(own));
    }
    out.push('\n');
}

fn places(own: &ComparedSecret) -> String {
    let named: Vec<String> = own.places.iter().take(NAMED_PLACES).map(place).collect();
    let more = own.place_count.saturating_sub(named.len());
    let more = match more {
        0 => String::new(),
        1 => " and 1 more place".to_owned(),
        _ => format!(" and {more} more places"),
    };
    let excepted = if own.is_open { "" } else { " (excepted there)" };
    format!("{}{more}{excepted}", named.join(", "))
}

fn place(place: &Place) -> String {
    format!("{}:{}", escaped(&place.path), place.line)
}
