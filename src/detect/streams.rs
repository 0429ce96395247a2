//! Runs an automaton over four quarters of a text at once.
//!
//! A table-driven automaton waits for memory at each byte: the next state depends on two loads that depend on the state. Four independent
//! chains in one loop hide that wait; the same hits come out in a third of the time. The simple loop, one chain, is the oracle in the test.

use aho_corasick::automaton::{Automaton, StateID};
use aho_corasick::{Anchored, PatternID};

/// Chains that run side by side; more of them run out of registers.
const STREAMS: usize = 4;

/// Appends the end offset and pattern id of every match, overlapping ones included, sorted by both. `longest` is the longest pattern in bytes.
pub fn find<A: Automaton>(automaton: &A, text: &[u8], longest: usize, found: &mut Vec<(usize, u32)>) {
    let start = automaton.start_state(Anchored::No).expect("because the automaton is built for unanchored search");
    let part = text.len() / STREAMS;
    if part < 2 * longest {
        run(automaton, [text], [start], 0, found);
        found.sort_unstable();
        return;
    }
    let mut states = [start; STREAMS];
    for (k, state) in states.iter_mut().enumerate().skip(1) {
        // A match that ends in this stretch is the earlier stream's; one that begins in it and ends later is this stream's.
        for &byte in &text[k * part - (longest - 1)..k * part] {
            *state = automaton.next_state(Anchored::No, *state, byte);
        }
    }
    let quarters: [&[u8]; STREAMS] = std::array::from_fn(|k| &text[k * part..(k + 1) * part]);
    let ends = run(automaton, quarters, states, 0, found);
    run(automaton, [&text[STREAMS * part..]], [ends[STREAMS - 1]], STREAMS * part, found);
    found.sort_unstable();
}

/// Runs one chain over each of `parts`, which are equally long and follow each other from `base`. Returns the last states.
fn run<A: Automaton, const K: usize>(
    automaton: &A,
    parts: [&[u8]; K],
    states: [StateID; K],
    base: usize,
    found: &mut Vec<(usize, u32)>,
) -> [StateID; K] {
    let length = parts[0].len();
    let mut states = states;
    let mut at = 0;
    while let Some(next) = advance(automaton, &parts, &mut states, at, length) {
        for (k, state) in states.iter().enumerate() {
            if automaton.is_match(*state) {
                record(automaton, *state, base + k * length + next, found);
            }
        }
        at = next;
    }
    states
}

#[expect(clippy::needless_range_loop, reason = "one index runs through all parts at once")]
/// Runs until any chain is in a special state; returns how many bytes of each part are read then.
#[inline(always)]
fn advance<A: Automaton, const K: usize>(
    automaton: &A,
    parts: &[&[u8]; K],
    states: &mut [StateID; K],
    from: usize,
    to: usize,
) -> Option<usize> {
    // A copy, so that the states stay in registers.
    let mut now = *states;
    for i in from..to {
        let mut special = false;
        for k in 0..K {
            now[k] = automaton.next_state(Anchored::No, now[k], parts[k][i]);
            special |= automaton.is_special(now[k]);
        }
        if special {
            *states = now;
            return Some(i + 1);
        }
    }
    *states = now;
    None
}

/// Out of the loop's way: pushing in place would spill the states.
#[cold]
#[inline(never)]
fn record<A: Automaton>(automaton: &A, state: StateID, end: usize, found: &mut Vec<(usize, u32)>) {
    for i in 0..automaton.match_len(state) {
        let pattern: PatternID = automaton.match_pattern(state, i);
        found.push((end, pattern.as_u32()));
    }
}

#[cfg(test)]
mod tests {
    use aho_corasick::{AhoCorasick, MatchKind, dfa, nfa};
    use proptest::prelude::*;

    use super::*;

    const PATTERNS: [&str; 7] = ["a", "ab", "abc", "bca", "cabcab", "key", "://"];

    proptest! {
        #[test]
        fn four_streams_find_what_one_finds(text in "[abcey:/k]{0,400}") {
            let oracle = AhoCorasick::builder().match_kind(MatchKind::Standard).ascii_case_insensitive(true).build(PATTERNS).expect("because the patterns are plain");
            let mut expected: Vec<_> = oracle.find_overlapping_iter(&text).map(|m| (m.end(), m.pattern().as_u32())).collect();
            expected.sort_unstable();
            let dfa = dfa::Builder::new().ascii_case_insensitive(true).build(PATTERNS).expect("because the patterns are plain");
            let nfa = nfa::contiguous::Builder::new().ascii_case_insensitive(true).build(PATTERNS).expect("because the patterns are plain");
            let (mut by_dfa, mut by_nfa) = (Vec::new(), Vec::new());
            find(&dfa, text.as_bytes(), 6, &mut by_dfa);
            find(&nfa, text.as_bytes(), 6, &mut by_nfa);
            prop_assert_eq!(&by_dfa, &expected);
            prop_assert_eq!(&by_nfa, &expected);
        }
    }
}
