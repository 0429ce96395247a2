//! Encoded runs in a text: each lies in it, what it stands for is no longer than it, and every decoded byte leads back into it, in order.

#![no_main]

use keysieve::decode::embedded::{Run, Zones, literals, runs_in, whole};
use keysieve::location::ByteSpan;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let all = vec![ByteSpan::new(0, data.len())];
    let mut found = Vec::new();
    runs_in(data, &Zones { lines: all.clone(), marks: all }, |run| found.push(run));
    for at in (0..data.len()).step_by(7) {
        found.extend(literals::joined_at(data, at, literals::plain_end(data, at)));
    }
    found.iter().for_each(|run| check(data, run));
    let half = data.len() / 2;
    let zone = vec![ByteSpan::new(half / 2, half)];
    runs_in(data, &Zones { lines: zone.clone(), marks: zone }, |run| assert!(found.contains(&run), "only in a part: {run:?}"));
    if let Some((_, decoded)) = whole(data) {
        assert!(decoded.len() <= data.len(), "{} bytes of {}", decoded.len(), data.len());
    }
});

fn check(data: &[u8], run: &Run) {
    assert!(!run.span.is_empty() && run.span.end <= data.len(), "outside of the text: {run:?}");
    let Some(plain) = run.decode(data) else { return };
    let length = plain.text().len();
    let spans: Vec<ByteSpan> = (0..length).map(|at| ByteSpan::new(at, at + 1)).collect();
    let originals = run.originals(data, &plain, &spans);
    assert!(originals.iter().all(|span| run.span.contains(*span)), "outside of the run: {run:?}");
    assert!(originals.is_sorted_by_key(|span| span.start), "not in order: {run:?}");
}
