//! A comparison as one JSON document.

use serde::Serialize;

use super::{Comparison, Shared};
use crate::finding::{Confidence, Severity};

/// Version of the document.
const VERSION: u32 = 1;

#[derive(Serialize)]
struct Document<'c> {
    version: u32,
    reports: Vec<Report<'c>>,
    shared: Vec<One<'c>>,
    excepted: usize,
    notes: &'c [String],
}

#[derive(Serialize)]
struct Report<'c> {
    file: &'c str,
    target: &'c [String],
    secrets: usize,
    only_here: usize,
}

#[derive(Serialize)]
struct One<'c> {
    fingerprint: &'c str,
    rule: Rule<'c>,
    severity: Severity,
    confidence: Confidence,
    masked: &'c str,
    reports: Vec<Of<'c>>,
}

#[derive(Serialize)]
struct Rule<'c> {
    id: &'c str,
    name: &'c str,
}

#[derive(Serialize)]
struct Of<'c> {
    file: &'c str,
    suppressed: bool,
    place_count: usize,
    places: Vec<Place<'c>>,
}

#[derive(Serialize)]
struct Place<'c> {
    path: &'c str,
    line: u32,
}

pub(super) fn text(comparison: &Comparison) -> String {
    let document = Document {
        version: VERSION,
        reports: comparison
            .reports
            .iter()
            .map(|own| Report { file: &own.file, target: &own.target, secrets: own.secrets, only_here: own.only_here })
            .collect(),
        shared: comparison.shared.iter().filter_map(|one| self::one(comparison, one)).collect(),
        excepted: comparison.excepted,
        notes: &comparison.notes,
    };
    serde_json::to_string_pretty(&document).map_or_else(|_| String::new(), |text| text + "\n")
}

fn one<'c>(comparison: &'c Comparison, shared: &'c Shared) -> Option<One<'c>> {
    let best = shared.best()?;
    let of = |(at, own): &'c (usize, super::ComparedSecret)| {
        let places = own.places.iter().map(|place| Place { path: &place.path, line: place.line }).collect();
        Some(Of { file: &comparison.reports.get(*at)?.file, suppressed: !own.is_open, place_count: own.place_count, places })
    };
    Some(One {
        fingerprint: &shared.fingerprint,
        rule: Rule { id: &best.rule, name: &best.name },
        severity: best.severity,
        confidence: best.confidence,
        masked: &best.masked,
        reports: shared.of.iter().filter_map(of).collect(),
    })
}
