//! What the targets share: how arbitrary bytes become a path and a text, and whole credentials for mutations that bytes alone never reach.

use std::sync::LazyLock;

use keysieve::rules::{RuleSet, example};

/// Arbitrary bytes taken apart.
pub struct Given<'a> {
    /// The first line; a path decides how values are written and which rules hold.
    pub path: &'a [u8],
    /// All that follows; everything if there is one line only.
    pub text: &'a [u8],
}

impl<'a> From<&'a [u8]> for Given<'a> {
    fn from(data: &'a [u8]) -> Self {
        let end = data.iter().position(|byte| *byte == b'\n');
        end.map_or(Self { path: b"", text: data }, |end| Self { path: &data[..end], text: &data[end + 1..] })
    }
}

/// One rule in two thousand placeholders is hard to hit by chance: every positive and negative example of every built-in rule.
static TEMPLATES: LazyLock<Vec<String>> = LazyLock::new(|| {
    let rules = RuleSet::builtin();
    let examples = rules.iter().map(|(_, entry)| &entry.rule.examples);
    examples.flat_map(|examples| examples.positive.iter().chain(examples.negative.iter())).map(ToString::to_string).collect()
});

/// An example of some built-in rule with characters that `seed` decides.
pub fn example(seed: u32) -> String {
    let template = &TEMPLATES[seed as usize % TEMPLATES.len()];
    example::expand(template, &seed.to_string()).unwrap_or_default()
}

/// Puts `piece` into the first `size` bytes of `data` at a place that `seed` decides, or over what stands there. Returns the new size, at
/// most `max_size`.
pub fn insert(data: &mut [u8], size: usize, max_size: usize, piece: &[u8], seed: u32) -> usize {
    let max_size = max_size.min(data.len());
    let at = (seed as usize / 7) % (size + 1);
    let tail = if seed.is_multiple_of(3) { (at + piece.len()).min(size) } else { at };
    let whole = [&data[..at], piece, &data[tail..size]].concat();
    let kept = whole.len().min(max_size);
    data[..kept].copy_from_slice(&whole[..kept]);
    kept
}

/// Mixes libFuzzer's own mutations with whole examples.
pub fn mutate(data: &mut [u8], size: usize, max_size: usize, seed: u32) -> usize {
    if seed.is_multiple_of(4) {
        return insert(data, size, max_size, example(seed / 4).as_bytes(), seed);
    }
    libfuzzer_sys::fuzzer_mutate(data, size, max_size)
}
