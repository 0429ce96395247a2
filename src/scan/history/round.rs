//! Walks packs and loose objects of some kinds on all threads.

use std::panic::AssertUnwindSafe;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::source::history::pack::{Broken, Limits, Room, Root, Visitor};
use crate::source::history::{History, Kind};

/// What one thread does with objects.
pub trait Task: Visitor + Send {
    /// What follows is of one kind, and stands in the pack at that position or in files of their own.
    fn begin(&mut self, kind: Kind, pack: Option<usize>);

    /// Where to note what went wrong.
    fn trouble(&mut self) -> &mut Trouble;
}

/// What went wrong with objects, by their numbers.
#[derive(Debug, Default)]
pub struct Trouble {
    /// They could not be read where they stand.
    pub broken: Vec<(Broken, Kind)>,
    /// They could be read and not understood.
    pub damaged: Vec<Broken>,
    /// They are over the limit for files.
    pub too_large: Vec<u32>,
    /// They hold more places than are recorded.
    pub cut: Vec<u32>,
    /// In them, encodings stand in each other deeper or at more length than is decoded.
    pub limited: Vec<u32>,
    /// Looking at them or at what is derived from them failed inside this program.
    pub defects: Vec<u32>,
}

impl Trouble {
    /// Takes in what another thread noted.
    pub fn absorb(&mut self, other: Self) {
        self.broken.extend(other.broken);
        self.damaged.extend(other.damaged);
        self.too_large.extend(other.too_large);
        self.cut.extend(other.cut);
        self.limited.extend(other.limited);
        self.defects.extend(other.defects);
    }
}

/// Something to walk.
#[derive(Clone, Copy)]
enum Work {
    Packed { pack: usize, root: Root },
    Loose { object: u32, kind: Kind },
}

impl Work {
    fn weight(&self) -> u32 {
        match self {
            Self::Packed { root, .. } => root.weight,
            Self::Loose { .. } => 1,
        }
    }
}

/// Visits every object of `kinds` that `needs` names, with one task for each thread of `pool`. Returns the tasks.
pub fn run<T: Task>(
    pool: &rayon::ThreadPool,
    history: &History,
    limits: Limits,
    kinds: &[Kind],
    needs: &(dyn Fn(u32) -> bool + Sync),
    task: impl Fn() -> T + Sync,
) -> Vec<T> {
    let mut works = works(history, kinds, needs);
    // The heaviest first, so that no thread is left with one when the others are done.
    works.sort_by_key(|work| std::cmp::Reverse(work.weight()));
    let next = AtomicUsize::new(0);
    /// Light ones are taken several at a time.
    const AT_ONCE: usize = 16;
    pool.broadcast(|_| {
        let (mut task, mut room, mut buffer, reader) = (task(), Room::default(), Vec::new(), history.reader());
        loop {
            let first = next.fetch_add(AT_ONCE, Ordering::Relaxed);
            let Some(batch) = works.get(first..works.len().min(first + AT_ONCE)).filter(|batch| !batch.is_empty()) else { break };
            for work in batch {
                let done = std::panic::catch_unwind(AssertUnwindSafe(|| match *work {
                    Work::Packed { pack, root } => {
                        task.begin(root.kind, Some(pack));
                        if let Some(packed) = &history.store.packs[pack] {
                            packed.walk(root.entry, limits, &mut room, &mut task);
                        }
                    }
                    Work::Loose { object, kind } => {
                        task.begin(kind, None);
                        match reader.read(history, object, kind, limits.object, &mut buffer) {
                            Ok(bytes) => {
                                task.whole(object, bytes);
                            }
                            Err(why) => task.broken(Broken { object, why, size: None }),
                        }
                    }
                }));
                if done.is_err() {
                    let object = match *work {
                        Work::Packed { pack, root } => history.store.packs[pack].as_ref().map(|packed| packed.object(root.entry)),
                        Work::Loose { object, .. } => Some(object),
                    };
                    task.trouble().defects.extend(object);
                }
            }
        }
        task
    })
}

fn works(history: &History, kinds: &[Kind], needs: &(dyn Fn(u32) -> bool + Sync)) -> Vec<Work> {
    let store = &history.store;
    let mut works = Vec::new();
    for (pack, one) in store.packs.iter().enumerate().filter_map(|(pack, one)| Some((pack, one.as_ref()?))) {
        let is_needed = |root: &Root| kinds.contains(&root.kind) && one.descendants(root.entry).any(|entry| needs(one.object(entry)));
        works.extend(one.roots().iter().copied().filter(is_needed).map(|root| Work::Packed { pack, root }));
    }
    let loose = store.loose.iter().filter(|(object, kind)| kinds.contains(kind) && needs(*object));
    works.extend(loose.map(|(object, kind)| Work::Loose { object: *object, kind: *kind }));
    works
}

/// Damage that large is not mended by another copy; looking for one object after the other takes long.
pub const MOST_MENDED: usize = 10_000;

/// Looks at single objects, wherever a copy of them that is what its id says can be found; at `most` of them. Returns what is lost. For what
/// could not be read where it was looked for: another pack or file may have it.
pub fn retry<T: Task>(history: &History, limits: Limits, wanted: Vec<(Broken, Kind)>, most: usize, task: &mut T) -> Vec<Broken> {
    let (reader, mut buffer) = (history.reader(), Vec::new());
    let mut lost = Vec::new();
    for (at, (one, kind)) in wanted.into_iter().enumerate() {
        let mut read = None;
        if at < most && one.size.is_none() {
            read = reader.read_proven(history, one.object, kind, limits.object, &mut buffer).ok();
        }
        match read {
            Some(bytes) => {
                task.begin(kind, None);
                task.whole(one.object, bytes);
            }
            None => lost.push(one),
        }
    }
    lost
}
