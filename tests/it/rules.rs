//! Laws that hold for every built-in rule.

use keysieve::detect::prefilter::Workload;
use keysieve::detect::{Detector, prove};
use keysieve::rules::RuleSet;

#[test]
fn every_example_is_found_or_not_found_through_the_whole_detector() {
    let detector = Detector::new(RuleSet::builtin(), Workload::Small);
    let failures = prove::all(&detector);
    let lines: Vec<_> = failures.iter().map(|failure| format!("{}: {}", failure.rule, failure.message)).collect();
    assert!(lines.is_empty(), "{} examples fail:\n{}", lines.len(), lines.join("\n"));
}
