//! Joins one source with one detector over a thread pool.
//!
//! One thread lists, all threads read and scan. The only module with threads; what it returns does not depend on their number. Knows
//! nothing of reports.

mod collate;
pub mod history;
mod look;
pub(crate) mod policy;
mod sighting;
mod snippet;
mod walk;

use std::cell::RefCell;
use std::panic::AssertUnwindSafe;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Mutex, PoisonError};

pub use collate::{Collated, about, collate, collate_seen, sort_findings};
pub use look::MOST_PLACES;
pub use sighting::Sighting;

use self::look::Seen;
use crate::coverage::{Coverage, Gap};
use crate::detect::Detector;
use crate::source::{Listed, Source, SourceError};

/// Entries that travel to a worker together: one at a time would cost more in locks than in reading.
const BATCH: usize = 32;
/// Batches that wait at most: bounds memory however large the tree is.
const QUEUE: usize = 128;
/// A buffer larger than this, in bytes, is given back after use, so that one large file does not cost its size for the whole run.
const KEPT_BUFFER: usize = 8 << 20;

/// How far a scan is, for whoever draws a progress bar.
#[derive(Debug, Default)]
pub struct Counters {
    /// Items scanned.
    pub items: AtomicU64,
    /// Bytes scanned.
    pub bytes: AtomicU64,
    /// Places found, of any confidence.
    pub found: AtomicU64,
    /// Items there are in all; 0 while that is not known.
    pub total: AtomicU64,
}

impl Counters {
    /// Counts one item of so many bytes.
    fn count(&self, bytes: u64) {
        self.items.fetch_add(1, Ordering::Relaxed);
        self.bytes.fetch_add(bytes, Ordering::Relaxed);
    }
}

/// What a scan saw.
#[derive(Debug, Default)]
pub struct Scanned {
    /// What was and was not looked at.
    pub coverage: Coverage,
    /// Every place of every secret, in no order.
    pub sightings: Vec<Sighting>,
}

/// Scans everything that `source` lists on `threads` threads (0: as many as there are cores).
///
/// # Errors
/// When the source cannot be listed at all, or no threads can be started.
pub fn scan<S: Source>(source: &S, detector: &Detector, threads: usize, counters: &Counters) -> Result<Scanned, SourceError> {
    let scanned = Mutex::new(Scanned::default());
    let worker = Worker { source, detector, counters, scanned: &scanned };
    let mut first = Lister::new(None);
    let listed = if threads == 1 {
        source.list(&mut |step| first.step(step, &mut |batch| worker.batch(batch)))
    } else {
        list_in_parallel(&worker, threads, &mut first)
    };
    worker.batch(first.rest());
    listed?;
    let mut scanned = scanned.into_inner().unwrap_or_else(PoisonError::into_inner);
    scanned.coverage.absorb(first.coverage);
    scanned.coverage.sort();
    Ok(scanned)
}

/// Does `work` for each of `items` on `threads` threads (0: as many as there are cores), or on this one if no more can be started. The results
/// are in the order of the items.
pub fn on_threads<T: Sync, R: Send>(threads: usize, items: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    use rayon::iter::{IntoParallelRefIterator as _, ParallelIterator as _};
    match rayon::ThreadPoolBuilder::new().num_threads(threads).build() {
        Ok(pool) if threads != 1 && items.len() > 1 => pool.install(|| items.par_iter().map(&work).collect()),
        _ => items.iter().map(work).collect(),
    }
}

/// How many threads `threads` means: 0 is as many as there are cores.
pub fn thread_count(threads: usize) -> usize {
    if threads > 0 { threads } else { std::thread::available_parallelism().map_or(1, std::num::NonZero::get) }
}

/// The pool is started with the first full batch, so that a hook that looks at two files starts no thread.
fn list_in_parallel<S: Source>(worker: &Worker<'_, S>, threads: usize, lister: &mut Lister<S::Entry>) -> Result<(), SourceError> {
    let (sender, receiver) = sync_channel(QUEUE);
    let receiver = Mutex::new(receiver);
    std::thread::scope(|scope| {
        let mut pool = None;
        lister.sender = Some(sender);
        let listed = worker.source.list(&mut |step| {
            let receiver = &receiver;
            lister.step(step, &mut |_| {
                pool.get_or_insert_with(|| scope.spawn(move || run_pool(worker, threads, receiver)));
            });
        });
        lister.sender = None;
        if let Some(pool) = pool {
            pool.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))?;
        }
        listed
    })
}

fn run_pool<S: Source>(worker: &Worker<'_, S>, threads: usize, receiver: &Mutex<Receiver<Vec<S::Entry>>>) -> Result<(), SourceError> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).thread_name(|n| format!("scan-{n}")).build();
    let pool = pool.map_err(|error| SourceError::Path { path: "threads".to_owned(), reason: error.to_string() })?;
    pool.broadcast(|_| {
        loop {
            let next = receiver.lock().unwrap_or_else(PoisonError::into_inner).recv();
            match next {
                Ok(batch) => worker.batch(batch),
                Err(_) => break,
            }
        }
    });
    Ok(())
}

/// Gathers listed entries into batches.
struct Lister<E> {
    coverage: Coverage,
    batch: Vec<E>,
    sender: Option<SyncSender<Vec<E>>>,
}

impl<E> Lister<E> {
    fn new(sender: Option<SyncSender<Vec<E>>>) -> Self {
        Self { coverage: Coverage::default(), batch: Vec::new(), sender }
    }

    /// Takes one step of the listing. A full batch goes to the sender, or to `full` if there is none; `full` is told in either case.
    fn step(&mut self, step: Listed<E>, full: &mut dyn FnMut(Vec<E>)) {
        match step {
            Listed::Entry(entry) => self.batch.push(entry),
            Listed::Skip(skip) => self.coverage.skip(skip),
            Listed::Gap(gap) => self.coverage.incomplete.push(gap),
        }
        if self.batch.len() < BATCH {
            return;
        }
        let batch = std::mem::replace(&mut self.batch, Vec::with_capacity(BATCH));
        match &self.sender {
            None => full(batch),
            Some(sender) => {
                full(Vec::new());
                // Fails only if all workers are gone, and then their panic is raised when they are joined.
                let _ = sender.send(batch);
            }
        }
    }

    fn rest(&mut self) -> Vec<E> {
        std::mem::take(&mut self.batch)
    }
}

/// What every thread needs.
struct Worker<'s, S> {
    source: &'s S,
    detector: &'s Detector,
    counters: &'s Counters,
    scanned: &'s Mutex<Scanned>,
}

impl<S: Source> Worker<'_, S> {
    fn batch(&self, entries: Vec<S::Entry>) {
        thread_local! {
            static BUFFER: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
        }
        let mut own = Scanned::default();
        BUFFER.with_borrow_mut(|buffer| {
            for entry in &entries {
                // A defect must cost one item, not the report, nor the threads that others wait for; the item is then named as not scanned.
                let scanned = std::panic::catch_unwind(AssertUnwindSafe(|| self.entry(entry, buffer)));
                match scanned.unwrap_or_else(|_| Err(self.defect(entry))) {
                    Ok(Some((bytes, seen, unknown))) => {
                        own.coverage.incomplete.extend(seen.gaps(|| self.source.name(entry)).chain(unknown));
                        self.count(bytes, seen.sightings, &mut own);
                    }
                    Ok(None) => {}
                    Err(gap) => own.coverage.incomplete.push(gap),
                }
                if buffer.capacity() > KEPT_BUFFER {
                    *buffer = Vec::new();
                }
            }
        });
        let mut all = self.scanned.lock().unwrap_or_else(PoisonError::into_inner);
        all.coverage.absorb(own.coverage);
        all.sightings.append(&mut own.sightings);
    }

    /// Reads and scans one entry; returns its length in bytes, what was seen in it, and what is not known of it. `None`: it is gone.
    fn entry(&self, entry: &S::Entry, buffer: &mut Vec<u8>) -> Result<Option<(u64, Seen, Option<Gap>)>, Gap> {
        let Some(mut item) = self.source.read(entry, buffer)? else { return Ok(None) };
        let mut seen = look::at(self.detector, &item);
        if !seen.sightings.is_empty() && item.added_lines.is_none() {
            item.added_lines = self.source.added_lines(entry, item.bytes);
            if item.added_lines.is_some() {
                seen = look::at(self.detector, &item);
            }
        }
        let file = policy::at(self.source, entry, self.detector, &item);
        let (file, unknown) = file.map_or_else(|gap| (None, Some(gap)), |file| (file, None));
        seen.sightings.extend(file);
        Ok(Some((item.bytes.len() as u64, seen, unknown)))
    }

    fn count(&self, bytes: u64, seen: Vec<Sighting>, own: &mut Scanned) {
        own.coverage.items += 1;
        own.coverage.bytes += bytes;
        self.counters.count(bytes);
        self.counters.found.fetch_add(seen.len() as u64, Ordering::Relaxed);
        own.sightings.extend(seen);
    }

    fn defect(&self, entry: &S::Entry) -> Gap {
        Gap::new(self.source.name(entry), "scanning it failed inside keysieve", "please report this as a bug, with the kind of file")
    }
}
