//! A defect inside the program costs the item it happens in, by name, and nothing else.

use keysieve::coverage::Gap;
use keysieve::detect::Detector;
use keysieve::detect::prefilter::Workload;
use keysieve::rules::RuleSet;
use keysieve::scan::{self, Counters};
use keysieve::source::{Item, Listed, Origin, Source, SourceError};

use crate::support::token;

/// Lists more items than can wait for a thread, and fails to read some of them as only a defect does.
struct Defective {
    items: usize,
    /// Every how many-th of them fails.
    every: usize,
}

impl Source for Defective {
    type Entry = usize;

    fn list(&self, each: &mut dyn FnMut(Listed<usize>)) -> Result<(), SourceError> {
        (0..self.items).for_each(|number| each(Listed::Entry(number)));
        Ok(())
    }

    fn name(&self, number: &usize) -> String {
        format!("item {number}")
    }

    fn read<'b>(&self, number: &usize, buffer: &'b mut Vec<u8>) -> Result<Option<Item<'b>>, Gap> {
        if number.is_multiple_of(self.every) {
            // As a panic, without its message on the terminal.
            std::panic::resume_unwind(Box::new("a defect"));
        }
        buffer.clear();
        buffer.extend_from_slice(token("defect").as_bytes());
        Ok(Some(Item { bytes: buffer, path: self.name(number).into_bytes(), origin: Origin::File, added_lines: None }))
    }
}

#[test]
fn an_item_that_cannot_be_read_for_a_defect_is_named_and_the_rest_is_scanned() {
    let detector = Detector::new(RuleSet::builtin(), Workload::Small);
    for (every, failing) in [(3_000, 4), (1, 10_000)] {
        for threads in [1, 4] {
            let source = Defective { items: 10_000, every };
            let scanned = scan::scan(&source, &detector, threads, &Counters::default()).expect("because it can be listed");
            let gaps = &scanned.coverage.incomplete;
            assert_eq!((gaps.len(), scanned.sightings.len(), scanned.coverage.items), (failing, 10_000 - failing, 10_000 - failing as u64));
            assert_eq!((gaps[0].what.as_str(), gaps[0].why.as_str()), ("item 0", "scanning it failed inside keysieve"));
        }
    }
}
