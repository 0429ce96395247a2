//! The whole detector with all built-in rules: what it finds lies in the text, in order, and does not depend on the run or the automaton.

#![no_main]

use std::sync::LazyLock;

use keysieve::detect::prefilter::Workload;
use keysieve::detect::{Detector, Input, Match};
use keysieve::rules::RuleSet;
use keysieve_fuzz::Given;
use libfuzzer_sys::{fuzz_mutator, fuzz_target};

static SMALL: LazyLock<Detector> = LazyLock::new(|| Detector::new(RuleSet::builtin(), Workload::Small));
static LARGE: LazyLock<Detector> = LazyLock::new(|| Detector::new(RuleSet::builtin(), Workload::Large));

fuzz_target!(|data: &[u8]| {
    let given = Given::from(data);
    let input = Input { bytes: given.text, path: given.path };
    let found = SMALL.scan(input);
    for one in &found {
        assert!(one.secret.start < one.secret.end && one.secret.end <= given.text.len(), "outside of the text: {one:?}");
        assert!(one.cover.contains(one.secret) && one.cover.end <= given.text.len(), "not covered: {one:?}");
        assert!(one.public_prefix <= one.secret.len(), "more public than there is: {one:?}");
    }
    for pair in found.windows(2) {
        assert!(pair[0].secret.end <= pair[1].secret.start, "overlapping or out of order: {pair:?}");
    }
    assert_eq!(SMALL.file(input), LARGE.file(input), "what a file is told by its name");
    assert_same(&found, &SMALL.scan(input), "twice");
    assert_same(&found, &LARGE.scan(input), "with the other automaton");
});

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| { keysieve_fuzz::mutate(data, size, max_size, seed) });

fn assert_same(one: &[Match], other: &[Match], how: &str) {
    let (one, other) = (format!("{one:?}"), format!("{other:?}"));
    assert!(one == other, "not the same {how}:\n{one}\n{other}");
}
