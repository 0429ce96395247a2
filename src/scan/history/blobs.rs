//! Second round: the content of files.
//!
//! A blob that git stores as a change to another one is searched only where it differs; what calls for a closer look elsewhere is taken over.

use super::round::{Task, Trouble};
use super::tally::{Holder, Tally, TextOf};
use super::{Options, Titles};
use crate::decode;
use crate::detect::trigger::{Room, Triggers};
use crate::detect::{Detector, Input};
use crate::location::CopiedSpan;
use crate::scan::Counters;
use crate::scan::look::MOST_PLACES;
use crate::source::HistoryPart;
use crate::source::history::graph::Bits;
use crate::source::history::names::{Name, Names};
use crate::source::history::pack::{Broken, Visitor};
use crate::source::history::{History, Kind};

/// What all threads share.
pub struct Blobs<'s> {
    pub history: &'s History,
    pub detector: &'s Detector,
    pub counters: &'s Counters,
    pub options: &'s Options,
    pub titles: &'s Titles,
    pub names: &'s Names,
    /// Blobs that are to be scanned.
    pub wanted: &'s Bits,
}

/// One thread.
pub struct Look<'s> {
    shared: &'s Blobs<'s>,
    pack: Option<usize>,
    room: Room,
    pub tally: Tally,
    /// Blobs that were looked at, and their sizes in bytes.
    pub sizes: Vec<(u32, u32)>,
    pub trouble: Trouble,
}

impl<'s> Look<'s> {
    pub fn new(shared: &'s Blobs<'s>) -> Self {
        let (tally, sizes) = (Tally::default(), Vec::new());
        Self { shared, pack: None, room: Room::default(), tally, sizes, trouble: Trouble::default() }
    }

    fn is_wanted(&self, object: u32) -> bool {
        self.pack.is_none_or(|pack| self.shared.history.store.owns(pack, object)) && self.shared.wanted.contains(object)
    }

    fn scan(&mut self, object: u32, bytes: &[u8], triggers: &Triggers) {
        if !self.is_wanted(object) {
            return;
        }
        self.sizes.push((object, bytes.len() as u32));
        self.shared.counters.count(bytes.len() as u64);
        let decoded = decode::decode(bytes);
        if triggers.is_empty() && decoded.is_none() && !self.shared.detector.searches_in(bytes) {
            return;
        }
        let decoded = decoded.as_ref().map(|decoded| (decoded.text(), self.shared.detector.triggers(decoded.text())));
        let titles = self.shared.titles.of(object);
        if titles.is_empty() {
            self.scan_as(object, (bytes, TextOf::Whole), triggers, HistoryPart::Blob, None);
            if let Some((text, triggers)) = &decoded {
                self.scan_as(object, (text, TextOf::Decoded), triggers, HistoryPart::Blob, None);
            }
        }
        for title in titles {
            let name = Some(title.name);
            self.scan_as(object, (bytes, TextOf::Whole), triggers, title.part, name);
            if let Some((text, triggers)) = &decoded {
                self.scan_as(object, (text, TextOf::Decoded), triggers, title.part, name);
            }
        }
    }

    fn scan_as(&mut self, object: u32, (text, of): (&[u8], TextOf), triggers: &Triggers, part: HistoryPart, name: Option<Name>) {
        let path = name.map_or(&b""[..], |name| self.shared.names.get(name));
        let matches = self.shared.detector.scan_at(Input { bytes: text, path }, triggers, MOST_PLACES);
        for found in &matches.list {
            self.tally.add(found, text, Holder { object, part, name }, of, self.shared.history.store.ids.raw(object));
        }
        self.shared.counters.found.fetch_add(matches.list.len() as u64, std::sync::atomic::Ordering::Relaxed);
        if matches.cut {
            self.trouble.cut.push(object);
        }
        if matches.limited {
            self.trouble.limited.push(object);
        }
    }

    fn is_too_large(&mut self, object: u32, bytes: &[u8]) -> bool {
        let is_too_large = bytes.len() as u64 > self.shared.options.max_file_size;
        if is_too_large && self.is_wanted(object) {
            self.trouble.too_large.push(object);
        }
        is_too_large
    }
}

impl Task for Look<'_> {
    fn begin(&mut self, _kind: Kind, pack: Option<usize>) {
        self.pack = pack;
    }

    fn trouble(&mut self) -> &mut Trouble {
        &mut self.trouble
    }
}

impl Visitor for Look<'_> {
    /// None for what is too large to be looked at.
    type Kept = Option<Triggers>;

    fn whole(&mut self, object: u32, bytes: &[u8]) -> Self::Kept {
        if self.is_too_large(object, bytes) {
            return None;
        }
        let triggers = self.shared.detector.triggers(bytes);
        self.scan(object, bytes, &triggers);
        Some(triggers)
    }

    fn derived(&mut self, object: u32, bytes: &[u8], copies: &[CopiedSpan], base: &Self::Kept) -> Self::Kept {
        if self.is_too_large(object, bytes) {
            return None;
        }
        let detector = self.shared.detector;
        let triggers = match base {
            Some(base) if !self.shared.options.full_scan => detector.triggers_of_derived(bytes, copies, base, &mut self.room),
            _ => detector.triggers(bytes),
        };
        self.scan(object, bytes, &triggers);
        Some(triggers)
    }

    fn broken(&mut self, broken: Broken) {
        if self.is_wanted(broken.object) {
            self.trouble.broken.push((broken, Kind::Blob));
        }
    }
}
