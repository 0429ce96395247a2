//! How fast the parts of a scan are, on one thread, over generated text.
//!
//! `cargo bench` runs all; `KEYSIEVE_BENCH_MIB=64 cargo bench -- detector` runs some, on a larger corpus. Numbers of different machines, or
//! of different sizes, do not compare.

mod corpus;
mod report;

use std::sync::LazyLock;

use corpus::random::Random;
use corpus::{Corpus, code, near};
use divan::counter::BytesCount;
use divan::{Bencher, black_box};
use keysieve::detect::prefilter::{Prefilter, Workload};
use keysieve::detect::{Detector, Input};
use keysieve::rules::RuleSet;

const SEED: u64 = 1;
const DEFAULT_MIB: usize = 16;
/// Of the texts that are all of one kind.
const TEXT_BYTES: usize = 1 << 20;

static CORPUS: LazyLock<Corpus> = LazyLock::new(|| Corpus::new(mebibytes() << 20, SEED, &RuleSet::builtin()));
static DETECTOR: LazyLock<Detector> = LazyLock::new(|| Detector::new(RuleSet::builtin(), Workload::Large));

fn main() {
    divan::main();
}

/// What a run pays before the first byte, by the amount of work it expects.
#[divan::bench(args = [Workload::Small, Workload::Large])]
fn start_up(workload: Workload) -> Detector {
    Detector::new(RuleSet::builtin(), workload)
}

/// The floor: every byte is looked at once.
#[divan::bench(sample_count = 20)]
fn line_feeds(bencher: Bencher) {
    over_corpus(bencher, |input| memchr::memchr_iter(b'\n', input.bytes).count());
}

#[divan::bench(args = [Workload::Small, Workload::Large], sample_count = 20)]
fn prefilter(bencher: Bencher, workload: Workload) {
    let prefilter = Prefilter::new(&RuleSet::builtin(), workload);
    over_corpus(bencher, |input| {
        let mut hits = 0;
        prefilter.hits(input.bytes, |_| hits += 1);
        hits
    });
}

#[divan::bench(sample_count = 20)]
fn detector(bencher: Bencher) {
    let missed = CORPUS.missed(&DETECTOR);
    assert!(missed.is_empty(), "a detector that misses examples is not worth measuring: {}", missed.join(", "));
    over_corpus(bencher, |input| DETECTOR.scan(input).len());
}

/// Nothing but assignments to names that say credential, with values that are none.
#[divan::bench(sample_count = 20)]
fn assignments(bencher: Bencher) {
    over_text(bencher, &code::assignments(&mut Random::new(SEED), TEXT_BYTES));
}

/// A token's literal in every line, and never a token behind it.
#[divan::bench(sample_count = 20)]
fn near_misses(bencher: Bencher) {
    over_text(bencher, &near::misses(&mut Random::new(SEED), TEXT_BYTES, DETECTOR.rules()));
}

fn over_corpus(bencher: Bencher, scan: impl Fn(Input<'_>) -> usize + Sync) {
    let corpus = &*CORPUS;
    bencher.counter(BytesCount::new(corpus.bytes())).bench(|| corpus.inputs().map(|input| scan(black_box(input))).sum::<usize>());
}

fn over_text(bencher: Bencher, text: &str) {
    let input = Input { bytes: text.as_bytes(), path: b"src/example.py" };
    bencher.counter(BytesCount::of_str(text)).bench(|| DETECTOR.scan(black_box(input)).len());
}

fn mebibytes() -> usize {
    std::env::var("KEYSIEVE_BENCH_MIB").ok().and_then(|value| value.parse().ok()).unwrap_or(DEFAULT_MIB)
}
