//! Rule files that a user brings: an accepted one can be compiled and run, a refused one says where.

#![no_main]

use keysieve::detect::prefilter::Workload;
use keysieve::detect::{Detector, prove};
use keysieve::rules::{RuleSet, lint};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let stem = text.lines().find_map(|line| line.trim().strip_prefix("slug:")).map_or("x", str::trim);
    match lint::parse(stem, text) {
        Err(problems) => {
            assert!(!problems.is_empty(), "refused without a reason");
            // YAML ends a line at a lone CR as well.
            let lines = text.chars().filter(|c| matches!(c, '\n' | '\r')).count() as u32 + 1;
            for problem in problems {
                assert!((1..=lines).contains(&problem.line) && !problem.message.is_empty(), "{problem:?}");
            }
        }
        Ok(file) => {
            if lint::across_files(std::iter::once(&file)).is_empty() {
                let detector = Detector::new(RuleSet::builtin().with_files(vec![file]), Workload::Small);
                let (index, entry) = detector.rules().iter().find(|(_, entry)| entry.provider.slug == stem).expect("because it has a rule");
                prove::examples(&detector, index, entry);
            }
        }
    }
});
