//! How fast the parts of a scan are, on one thread, over generated text.
//!
//! `cargo bench` runs all; `KEYSIEVE_BENCH_MIB=64 cargo bench -- detector` runs a part on a larger corpus. Numbers of different machines, or of
//! different sizes, do not compare.

mod corpus;
mod report;

use std::sync::LazyLock;

use corpus::random::Random;
use corpus::{Corpus, code, near};
use divan::Bencher;
use divan::counter::BytesCount;
use keysieve::rules::RuleSet;

const SEED: u64 = 1;
const DEFAULT_MIB: usize = 16;
/// Of the texts that are all of one kind.
const TEXT_BYTES: usize = 1 << 20;

static RULES: LazyLock<RuleSet> = LazyLock::new(RuleSet::builtin);
static CORPUS: LazyLock<Corpus> = LazyLock::new(|| Corpus::new(mebibytes() << 20, SEED, &RULES));

fn mebibytes() -> usize {
    std::env::var("KEYSIEVE_BENCH_MIB").ok().and_then(|value| value.parse().ok()).unwrap_or(DEFAULT_MIB)
}

fn main() {
    divan::main();
}

/// The floor: every byte is looked at once.
#[divan::bench(sample_count = 20)]
fn line_feeds(bencher: Bencher) {
    over_corpus(bencher, |bytes, _| memchr::memchr_iter(b'\n', bytes).count());
}

fn over_corpus(bencher: Bencher, scan: impl Fn(&[u8], &[u8]) -> usize + Sync) {
    let corpus = &*CORPUS;
    bencher
        .counter(BytesCount::new(corpus.bytes()))
        .bench(|| corpus.files.iter().map(|file| scan(divan::black_box(&file.bytes), file.path.as_bytes())).sum::<usize>());
}
