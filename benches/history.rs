//! What each step of a history scan costs on a repository: `cargo bench --bench history -- REPOSITORY [ROUNDS]`. With `gix` in place of the rounds it
//! decodes everything once with gix and says nothing, for comparing with other programs.
//!
//! Decoding alone, by gix and by the own walk, is the limit that nothing which looks at every object can beat. The steps take turns in every
//! round, because machines are noisy; the median of each counts.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Instant;

use gix::odb::pack;
use keysieve::detect::Detector;
use keysieve::detect::prefilter::Workload;
use keysieve::finding::Confidence;
use keysieve::location::CopiedSpan;
use keysieve::rules::RuleSet;
use keysieve::scan::Counters;
use keysieve::scan::history::{Options, scan};
use keysieve::source::history::History;
use keysieve::source::history::pack::{Broken, Limits, Room, Visitor};
use keysieve::source::repository::GitEnvironment;

struct Nothing;

impl Visitor for Nothing {
    type Kept = ();

    fn whole(&mut self, _object: u32, bytes: &[u8]) {
        std::hint::black_box(bytes);
    }

    fn derived(&mut self, _object: u32, bytes: &[u8], _copies: &[CopiedSpan], _base: &()) {
        std::hint::black_box(bytes);
    }

    fn broken(&mut self, broken: Broken) {
        panic!("the benchmark needs a sound repository: {broken:?}");
    }
}

fn open(path: &std::path::Path) -> History {
    History::open(path, &GitEnvironment::default()).expect("because the path is a repository")
}

fn threads() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZero::get)
}

fn own_decoding(path: &std::path::Path) {
    let mut history = open(path);
    history.relate(&|_| true);
    let roots: Vec<_> = history.store.packs.iter().flatten().flat_map(|pack| pack.roots().iter().map(move |root| (pack, *root))).collect();
    let next = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..threads() {
            scope.spawn(|| {
                let (mut room, limits) = (Room::default(), Limits { object: 1 << 30, held: 64 << 20 });
                while let Some((pack, root)) = roots.get(next.fetch_add(1, Ordering::Relaxed)) {
                    pack.walk(root.entry, limits, &mut room, &mut Nothing);
                }
            });
        }
    });
}

fn gix_decoding(path: &std::path::Path) {
    let folder = open(path).git_folder().join("objects/pack");
    for entry in std::fs::read_dir(folder).expect("because a repository has the folder").flatten() {
        let index = entry.path();
        if index.extension().is_none_or(|extension| extension != "idx") {
            continue;
        }
        let kind = gix::hash::Kind::Sha1;
        let data = pack::data::File::at(index.with_extension("pack"), kind).expect("because the pack is sound");
        let index = pack::index::File::at(&index, kind).expect("because the index is sound");
        let look = |_: gix::objs::Kind, bytes: &[u8], _: &pack::index::Entry, _: &dyn gix::progress::Progress| {
            std::hint::black_box(bytes);
            Ok(())
        };
        let options = pack::index::traverse::with_index::Options {
            check: pack::index::traverse::SafetyCheck::SkipFileAndObjectChecksumVerificationAndNoAbortOnDecodeError,
            ..Default::default()
        };
        index
            .traverse_with_index(&data, look, &mut gix::progress::Discard, &AtomicBool::new(false), options)
            .expect("because the pack is sound");
    }
}

fn scanning(path: &std::path::Path, full_scan: bool, learned: Option<&[u8]>) -> Option<Vec<u8>> {
    let detector = Detector::new(RuleSet::builtin(), Workload::Large);
    let options = Options {
        threads: 0,
        full_scan,
        reachable_only: false,
        max_file_size: 64 << 20,
        memory: 128 << 20,
        min_confidence: Confidence::Medium,
    };
    let scanned = scan(&mut open(path), &detector, &options, learned, &Counters::default());
    scanned.expect("because threads can be started").learned
}

fn main() {
    let mut arguments = std::env::args().skip(1).filter(|argument| !argument.starts_with("--"));
    let Some(path) = arguments.next().map(PathBuf::from) else {
        // `cargo test --benches` and the like run this without a repository.
        println!("name a repository: cargo bench --bench history -- REPOSITORY [ROUNDS]");
        return;
    };
    let how = arguments.next();
    if how.as_deref() == Some("gix") {
        return gix_decoding(&path);
    }
    let rounds = how.and_then(|rounds| rounds.parse().ok()).unwrap_or(5);
    let learned = scanning(&path, false, None);
    let steps: [(&str, &dyn Fn()); 5] = [
        ("decoding, gix", &|| gix_decoding(&path)),
        ("decoding, own walk", &|| own_decoding(&path)),
        ("scanning what differs", &|| drop(scanning(&path, false, None))),
        ("scanning every byte", &|| drop(scanning(&path, true, None))),
        ("scanning again, with what was learned", &|| drop(scanning(&path, false, learned.as_deref()))),
    ];
    let mut seconds = vec![Vec::new(); steps.len()];
    for _ in 0..rounds {
        for ((_, step), seconds) in steps.iter().zip(&mut seconds) {
            let began = Instant::now();
            step();
            seconds.push(began.elapsed().as_secs_f64());
        }
    }
    for times in &mut seconds {
        times.sort_by(f64::total_cmp);
    }
    let median = |times: &[f64]| times[times.len() / 2];
    println!("| step | seconds | against decoding, gix |\n|---|---|---|");
    for ((name, _), times) in steps.iter().zip(&seconds) {
        println!("| {name} | {:.2} | {:.2} |", median(times), median(times) / median(&seconds[0]));
    }
}
