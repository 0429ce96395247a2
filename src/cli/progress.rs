//! A progress line on standard error, for scans that take long enough to wonder.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use indicatif::{HumanCount, ProgressBar, ProgressDrawTarget, ProgressStyle};

use keysieve::scan::Counters;

/// Seconds before anything is drawn.
const PATIENCE: Duration = Duration::from_millis(500);
/// Seconds between two updates.
const TICK: Duration = Duration::from_millis(100);

/// What is drawn.
#[derive(Clone, Copy)]
pub struct Shown<'c> {
    /// How far the scan is.
    pub counters: &'c Counters,
    /// What it counts, in the plural.
    pub noun: &'c str,
}

impl<'c> Shown<'c> {
    /// A scan of a repository's objects.
    pub fn objects(counters: &'c Counters) -> Self {
        Self { counters, noun: "objects" }
    }
}

/// Runs `work` and draws how far it is, if standard error is a terminal and `quiet` is not set.
pub fn scoped<T>(shown: &Shown<'_>, quiet: bool, work: impl FnOnce() -> T) -> T {
    use std::io::IsTerminal as _;
    if quiet || !std::io::stderr().is_terminal() {
        return work();
    }
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        let drawer = scope.spawn(|| draw(*shown, &done));
        // Also when `work` panics: the scope would wait for the drawer forever.
        let _end = Ends { done: &done, drawer: drawer.thread().clone() };
        work()
    })
}

struct Ends<'a> {
    done: &'a AtomicBool,
    drawer: thread::Thread,
}

impl Drop for Ends<'_> {
    fn drop(&mut self) {
        self.done.store(true, Ordering::Release);
        self.drawer.unpark();
    }
}

fn draw(shown: Shown<'_>, done: &AtomicBool) {
    let began = Instant::now();
    thread::park_timeout(PATIENCE);
    if done.load(Ordering::Acquire) {
        return;
    }
    let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
    bar.set_style(ProgressStyle::with_template("{spinner} {msg}").expect("because the template is a constant that the tests draw"));
    while !done.load(Ordering::Acquire) {
        bar.set_message(message(shown, began.elapsed()));
        bar.tick();
        thread::park_timeout(TICK);
    }
    bar.finish_and_clear();
}

/// `12,345 of 94,856 objects (13 %), 1.2 GiB, 640 MiB/s, 3 found`; without the total where nobody knows it.
fn message(shown: Shown<'_>, elapsed: Duration) -> String {
    let Shown { counters, noun } = shown;
    let read = |counter: &std::sync::atomic::AtomicU64| counter.load(Ordering::Relaxed);
    let (items, bytes, found) = (read(&counters.items), read(&counters.bytes), read(&counters.found));
    let so_far = match read(&counters.total) {
        0 => format!("{} {noun}", HumanCount(items)),
        total => {
            // An object that is read a second time is counted a second time.
            let items = items.min(total);
            format!("{} of {} {noun} ({} %)", HumanCount(items), HumanCount(total), u128::from(items) * 100 / u128::from(total))
        }
    };
    let rate = u128::from(bytes) * 1_000 / elapsed.as_millis().max(1);
    let rate = size(u64::try_from(rate).unwrap_or(u64::MAX));
    format!("{so_far}, {}, {rate}/s, {} found", size(bytes), HumanCount(found))
}

/// A number of bytes with two or three digits and a unit.
fn size(bytes: u64) -> String {
    const UNITS: [&str; 6] = ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];
    let mut value = bytes as f64;
    let mut unit = "B";
    for larger in UNITS {
        // What would be rounded to 1024 is one of the next unit.
        if value < 1_023.5 {
            break;
        }
        value /= 1_024.0;
        unit = larger;
    }
    if unit == "B" || value >= 9.95 { format!("{value:.0} {unit}") } else { format!("{value:.1} {unit}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(items: u64, total: u64, bytes: u64) -> String {
        let counters = Counters::default();
        counters.items.store(items, Ordering::Relaxed);
        counters.total.store(total, Ordering::Relaxed);
        counters.bytes.store(bytes, Ordering::Relaxed);
        counters.found.store(3, Ordering::Relaxed);
        message(Shown { counters: &counters, noun: "objects" }, Duration::from_secs(2))
    }

    #[test]
    fn the_message_counts() {
        let counters = Counters::default();
        counters.items.store(1_234, Ordering::Relaxed);
        counters.bytes.store(2 << 20, Ordering::Relaxed);
        let shown = Shown { counters: &counters, noun: "files" };
        assert_eq!(message(shown, Duration::from_millis(500)), "1,234 files, 2.0 MiB, 4.0 MiB/s, 0 found");
    }

    #[test]
    fn a_known_total_is_named() {
        assert_eq!(said(12_345, 94_856, 1280 << 20), "12,345 of 94,856 objects (13 %), 1.2 GiB, 640 MiB/s, 3 found");
        assert_eq!(said(94_900, 94_856, 1280 << 20), "94,856 of 94,856 objects (100 %), 1.2 GiB, 640 MiB/s, 3 found");
        assert_eq!(said(0, 94_856, 0), "0 of 94,856 objects (0 %), 0 B, 0 B/s, 3 found");
    }

    #[test]
    fn a_moment_is_no_division_by_zero() {
        assert!(message(Shown { counters: &Counters::default(), noun: "files" }, Duration::ZERO).contains("0 B/s"));
        let counters = Counters::default();
        counters.bytes.store(u64::MAX, Ordering::Relaxed);
        assert!(message(Shown { counters: &counters, noun: "files" }, Duration::ZERO).contains("16 EiB"));
    }

    #[test]
    fn sizes_have_few_digits() {
        for (bytes, expected) in [
            (1_023, "1023 B"),
            (1_024, "1.0 KiB"),
            (10_189, "10 KiB"),
            (1_048_000, "1023 KiB"),
            (1_048_570, "1.0 MiB"),
            (1 << 63, "8.0 EiB"),
        ] {
            assert_eq!(size(bytes), expected, "{bytes}");
        }
    }

    #[test]
    fn drawing_ends_with_the_work() {
        let (counters, done) = (Counters::default(), AtomicBool::new(true));
        draw(Shown { counters: &counters, noun: "files" }, &done);
    }
}
