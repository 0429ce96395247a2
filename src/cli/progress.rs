//! A progress line on standard error, for scans that take long enough to wonder.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use indicatif::{HumanBytes, HumanCount, ProgressBar, ProgressDrawTarget, ProgressStyle};

use keysieve::scan::Counters;

/// Seconds before anything is drawn.
const PATIENCE: Duration = Duration::from_millis(500);
/// Seconds between two updates.
const TICK: Duration = Duration::from_millis(100);

/// Runs `work` and draws how far `counters` are, if standard error is a terminal and `quiet` is not set.
pub fn scoped<T>(counters: &Counters, quiet: bool, work: impl FnOnce() -> T) -> T {
    use std::io::IsTerminal as _;
    if quiet || !std::io::stderr().is_terminal() {
        return work();
    }
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        let drawer = scope.spawn(|| draw(counters, &done));
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

fn draw(counters: &Counters, done: &AtomicBool) {
    thread::park_timeout(PATIENCE);
    if done.load(Ordering::Acquire) {
        return;
    }
    let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
    bar.set_style(ProgressStyle::with_template("{spinner} {msg}").expect("because the template is a constant that the tests draw"));
    while !done.load(Ordering::Acquire) {
        bar.set_message(message(counters));
        bar.tick();
        thread::park_timeout(TICK);
    }
    bar.finish_and_clear();
}

fn message(counters: &Counters) -> String {
    let read = |counter: &std::sync::atomic::AtomicU64| counter.load(Ordering::Relaxed);
    format!(
        "{} files, {}, {} found",
        HumanCount(read(&counters.items)),
        HumanBytes(read(&counters.bytes)),
        HumanCount(read(&counters.found))
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_message_counts() {
        let counters = Counters::default();
        counters.items.store(1_234, Ordering::Relaxed);
        counters.bytes.store(2 << 20, Ordering::Relaxed);
        assert_eq!(message(&counters), "1,234 files, 2.00 MiB, 0 found");
    }

    #[test]
    fn drawing_ends_with_the_work() {
        let (counters, done) = (Counters::default(), AtomicBool::new(true));
        draw(&counters, &done);
    }
}
