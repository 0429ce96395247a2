//! Every offline check on arbitrary bytes: none panics, answers differently the second time, or gives the token back as a fact about it.

#![no_main]

use keysieve::detect::check;
use libfuzzer_sys::{fuzz_mutator, fuzz_target, fuzzer_mutate};

/// Shorter ones are words.
const SHORTEST_SECRET: usize = 16;

fuzz_target!(|data: &[u8]| {
    for check in check::ALL {
        let checked = (check.run)(data);
        let again = (check.run)(data);
        assert_eq!(format!("{checked:?}"), format!("{again:?}"), "{}", check.name);
        let facts = checked.identity.iter().map(|(_, fact)| fact).chain(checked.evidence.iter().map(|reason| reason.note.as_str()));
        for fact in facts {
            assert!(!fact.chars().any(char::is_control), "{}: {fact:?}", check.name);
            let token = String::from_utf8_lossy(data);
            assert!(data.len() < SHORTEST_SECRET || !fact.contains(&*token), "{}: {fact:?}", check.name);
        }
    }
});

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    if !seed.is_multiple_of(8) {
        return fuzzer_mutate(data, size, max_size);
    }
    let example = keysieve_fuzz::example(seed / 8);
    let is_end = |c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '=' | ',' | ';' | '<' | '>');
    let block = example.find("-----BEGIN").map(|start| &example[start..]);
    let token = block.or_else(|| example.split(is_end).max_by_key(|part| part.len())).unwrap_or_default();
    let kept = token.len().min(max_size);
    data[..kept].copy_from_slice(&token.as_bytes()[..kept]);
    kept
});
