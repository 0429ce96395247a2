//! How well rotation goes, in numbers: as JSON, and as OpenMetrics text for a monitoring system. Pure functions of what is in an outbox.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::Serialize;

use super::outbox::{Counts, ExposureRow, Outbox, OutboxError, State, TargetRow};
use super::time::SECOND_MS;

/// The numbers at one time.
#[derive(Clone, Debug, Serialize)]
pub struct Metrics {
    /// Exposures ever detected.
    pub exposures: u64,
    /// Of those, how many are in which state, by severity.
    pub states: BTreeMap<String, BTreeMap<State, u64>>,
    /// Exposures that still have to be rotated.
    pub open: u64,
    /// Of those, how many are past their deadline, by severity.
    pub overdue: BTreeMap<String, u64>,
    /// Rotated exposures as a part of all that are not rejected; none where there are none.
    pub completeness: Option<f64>,
    /// Seconds from one step to another.
    pub times: BTreeMap<&'static str, Times>,
    /// Events by what became of them.
    pub events: BTreeMap<&'static str, u64>,
    /// Answers of each target.
    pub targets: BTreeMap<String, Deliveries>,
}

/// Lengths of time in seconds.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Times {
    /// How many there are.
    pub count: u64,
    /// Half of them are at most as long.
    pub median: i64,
    /// Nine of ten are at most as long.
    pub p90: i64,
    /// The longest one.
    pub max: i64,
}

/// What came of calling a target.
#[derive(Clone, Debug, Serialize)]
pub struct Deliveries {
    /// Events that it took.
    pub delivered: u64,
    /// Attempts that failed.
    pub failed: u64,
    /// Whether it is not called any more.
    pub disabled: bool,
}

impl Times {
    fn of(mut seconds: Vec<i64>) -> Self {
        seconds.sort_unstable();
        let at = |part: usize| seconds.get((seconds.len() * part).div_ceil(100).saturating_sub(1)).copied().unwrap_or_default();
        Self { count: seconds.len() as u64, median: at(50), p90: at(90), max: at(100) }
    }
}

/// From which step to which, by name.
type Step = fn(&ExposureRow) -> Option<(i64, i64)>;

const STEPS: [(&str, &str, Step); 5] = [
    ("detect", "first commit to detection", |row| row.leaked_ms.map(|leaked| (leaked, row.detected_ms))),
    ("notify", "detection to the first delivery", |row| row.notified_ms.map(|notified| (row.detected_ms, notified))),
    ("acknowledge", "detection to somebody who sees to it", |row| row.acknowledged_ms.map(|time| (row.detected_ms, time))),
    ("rotate", "detection to rotation", |row| row.rotated_ms.map(|rotated| (row.detected_ms, rotated))),
    ("purge", "detection to a history without it", |row| row.purged_ms.map(|purged| (row.detected_ms, purged))),
];

impl Metrics {
    /// Counts what is in `outbox`.
    ///
    /// # Errors
    /// The state file cannot be read.
    pub fn of(outbox: &Outbox, now_ms: i64) -> Result<Self, OutboxError> {
        let mut tally = Tally::default();
        outbox.exposures(|row| {
            tally.add(&row, now_ms);
            true
        })?;
        Ok(tally.finish(outbox.counts()?, outbox.targets()?))
    }

    /// The numbers as JSON.
    pub fn json(&self) -> String {
        let mut text = serde_json::to_string_pretty(self).unwrap_or_default();
        text.push('\n');
        text
    }

    /// The numbers as OpenMetrics 1.0 text.
    pub fn open_metrics(&self) -> String {
        let mut text = String::new();
        let mut family = |name: &str, kind: &str, help: &str, samples: Vec<(String, String)>| {
            let _ = writeln!(text, "# TYPE keysieve_{name} {kind}\n# HELP keysieve_{name} {help}");
            let suffix = if kind == "counter" { "_total" } else { "" };
            for (labels, value) in samples {
                let _ = writeln!(text, "keysieve_{name}{suffix}{labels} {value}");
            }
        };
        let states = self.states.iter().flat_map(|(severity, states)| {
            states.iter().map(move |(state, count)| (labels(&[("severity", severity), ("state", state.as_str())]), count.to_string()))
        });
        family("exposures", "gauge", "Exposed secrets by how far their rotation is.", states.collect());
        let overdue = self.overdue.iter().map(|(severity, count)| (labels(&[("severity", severity)]), count.to_string()));
        family("exposures_overdue", "gauge", "Exposed secrets past their deadline that are not rotated.", overdue.collect());
        let ratio = self.completeness.map(|ratio| (String::new(), ratio.to_string()));
        family("rotation_completeness_ratio", "gauge", "Rotated secrets as a part of all.", ratio.into_iter().collect());
        for (name, help, _) in STEPS {
            let times = self.times.get(name).cloned().unwrap_or_default();
            let quantiles = [("0.5", times.median), ("0.9", times.p90), ("1", times.max)];
            let samples = quantiles.iter().filter(|_| times.count > 0);
            let samples = samples.map(|(quantile, value)| (labels(&[("quantile", quantile)]), value.to_string())).collect();
            family(&format!("time_to_{name}_seconds"), "gauge", &format!("Seconds from {help}."), samples);
        }
        let events = self.events.iter().map(|(status, count)| (labels(&[("status", status)]), count.to_string()));
        family("events", "gauge", "Events by what became of them.", events.collect());
        let deliveries = self.targets.iter().flat_map(|(name, own)| {
            [("delivered", own.delivered), ("failed", own.failed)]
                .map(|(result, count)| (labels(&[("target", name), ("result", result)]), count.to_string()))
        });
        family("deliveries", "counter", "Attempts to deliver an event.", deliveries.collect());
        text.push_str("# EOF\n");
        text
    }
}

fn labels(pairs: &[(&str, &str)]) -> String {
    let escaped = |value: &str| value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
    let pairs: Vec<_> = pairs.iter().map(|(name, value)| format!("{name}=\"{}\"", escaped(value))).collect();
    format!("{{{}}}", pairs.join(","))
}

#[derive(Default)]
struct Tally {
    states: BTreeMap<String, BTreeMap<State, u64>>,
    overdue: BTreeMap<String, u64>,
    times: [Vec<i64>; STEPS.len()],
    exposures: u64,
    open: u64,
    rotated: u64,
    rejected: u64,
}

impl Tally {
    fn add(&mut self, row: &ExposureRow, now_ms: i64) {
        let state = row.state();
        self.exposures += 1;
        *self.states.entry(row.severity.clone()).or_default().entry(state).or_default() += 1;
        self.rejected += u64::from(state == State::Rejected);
        self.rotated += u64::from(row.rotated_ms.is_some() && state != State::Rejected);
        if !state.is_settled() {
            self.open += 1;
            *self.overdue.entry(row.severity.clone()).or_default() += u64::from(row.deadline_ms < now_ms);
        }
        for ((_, _, step), times) in STEPS.iter().zip(&mut self.times) {
            times.extend(step(row).map(|(from, to)| (to - from).max(0) / SECOND_MS));
        }
    }

    fn finish(self, counts: Counts, targets: Vec<TargetRow>) -> Metrics {
        let all = self.exposures - self.rejected;
        #[expect(clippy::cast_precision_loss, reason = "a ratio needs no more digits")]
        let completeness = (all > 0).then(|| self.rotated as f64 / all as f64);
        let deliveries = |row: TargetRow| {
            let own = Deliveries { delivered: row.delivered, failed: row.failed, disabled: row.disabled_ms.is_some() };
            (row.name, own)
        };
        Metrics {
            exposures: self.exposures,
            states: self.states,
            open: self.open,
            overdue: self.overdue,
            completeness,
            times: STEPS.iter().zip(self.times).map(|((name, ..), seconds)| (*name, Times::of(seconds))).collect(),
            events: BTreeMap::from([
                ("pending", counts.pending),
                ("held", counts.held),
                ("delivered", counts.delivered),
                ("dead", counts.dead),
                ("skipped", counts.skipped),
                ("rejected", counts.rejected),
            ]),
            targets: targets.into_iter().map(deliveries).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_values_that_are_there() {
        assert_eq!(Times::of((1..=10).rev().collect()), Times { count: 10, median: 5, p90: 9, max: 10 });
        assert_eq!(Times::of(vec![7]), Times { count: 1, median: 7, p90: 7, max: 7 });
        assert_eq!(Times::of(Vec::new()), Times::default());
    }

    #[test]
    fn an_empty_outbox_has_numbers_too() {
        let folder = tempfile::tempdir().expect("because the temporary folder can be written");
        let outbox = Outbox::open(&folder.path().join("state")).expect("because it can be made");
        let metrics = Metrics::of(&outbox, 0).expect("because it can be read");
        assert!(metrics.open_metrics().ends_with("# EOF\n") && metrics.json().contains("\"exposures\": 0"));
        assert_eq!(labels(&[("target", "a\"b\\")]), r#"{target="a\"b\\"}"#);
    }
}
