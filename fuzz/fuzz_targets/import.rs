//! Configurations of other tools: whatever they hold, what is written can be read, and every rule is taken or left.

#![no_main]

use keysieve::import::gitleaks::{Tool, import};
use keysieve::rules::lint;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let Ok(imported) = import(text, Tool::Gitleaks) else { return };
    for draft in imported.drafts.iter().filter(|draft| draft.path.ends_with("imported.yaml")) {
        assert!(lint::parse("imported", &draft.text).is_ok(), "rules were written that cannot be used");
    }
    let told = imported.outcome.taken.iter().map(|one| &one.became).chain(imported.outcome.left.iter().map(|one| &one.why));
    told.for_each(|why| assert!(!why.is_empty(), "nothing is said of a part"));
});
