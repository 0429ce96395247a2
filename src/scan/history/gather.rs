//! First round: trees, commits and tags. Who holds what is gathered, and the texts of commits and tags are scanned.

use foldhash::quality::RandomState;

use super::round::{Task, Trouble};
use super::tally::{Holder, Tally, TextOf};
use crate::detect::{Detector, Input};
use crate::location::CopiedSpan;
use crate::scan::Counters;
use crate::scan::look::MOST_PLACES;
use crate::source::HistoryPart;
use crate::source::history::commits::{self, RawCommit, Tag};
use crate::source::history::graph::Bits;
use crate::source::history::pack::{Broken, Visitor};
use crate::source::history::trees::{Builder, Trees};
use crate::source::history::{History, Kind};

/// What one thread gathers.
pub struct Gather<'s> {
    history: &'s History,
    detector: &'s Detector,
    counters: &'s Counters,
    /// Objects that need no look.
    known: &'s Bits,
    kind: Kind,
    pack: Option<usize>,
    trees: Builder<'s>,
    /// Name and e-mail looked at last: one person often makes many commits in a row.
    person: Vec<u8>,
    pub gathered: Gathered,
}

/// What was gathered.
#[derive(Default)]
pub struct Gathered {
    pub commits: Vec<RawCommit>,
    pub tags: Vec<Tag>,
    pub tally: Tally,
    /// Objects that were looked at, and their sizes in bytes.
    pub sizes: Vec<(u32, u32)>,
    pub trouble: Trouble,
}

impl Gathered {
    /// Takes in what another thread gathered.
    pub fn absorb(&mut self, other: Self) {
        self.commits.extend(other.commits);
        self.tags.extend(other.tags);
        self.tally.absorb(other.tally);
        self.sizes.extend(other.sizes);
        self.trouble.absorb(other.trouble);
    }
}

impl<'s> Gather<'s> {
    pub fn new(history: &'s History, detector: &'s Detector, counters: &'s Counters, known: &'s Bits, hasher: RandomState) -> Self {
        let trees = Builder::new(&history.store.ids, hasher);
        Self { history, detector, counters, known, kind: Kind::Blob, pack: None, trees, person: Vec::new(), gathered: Gathered::default() }
    }

    pub fn finish(self) -> (Trees, Gathered) {
        (self.trees.finish(), self.gathered)
    }

    fn is_wanted(&self, object: u32) -> bool {
        self.pack.is_none_or(|pack| self.history.store.owns(pack, object)) && !self.known.contains(object)
    }

    fn object(&mut self, object: u32, bytes: &[u8]) {
        if !self.is_wanted(object) {
            return;
        }
        self.gathered.sizes.push((object, bytes.len() as u32));
        self.counters.count(bytes.len() as u64);
        let width = self.history.store.ids.width();
        let is_sound = match self.kind {
            Kind::Tree => self.trees.add(object, bytes),
            Kind::Commit => {
                let commit = commits::parse_commit(object, bytes, width);
                self.texts(object, bytes, HistoryPart::CommitMessage);
                let is_sound = commit.is_some();
                self.gathered.commits.extend(commit);
                is_sound
            }
            Kind::Tag => {
                let tag = commits::parse_tag(object, bytes, width);
                self.texts(object, bytes, HistoryPart::TagMessage);
                let is_sound = tag.is_some();
                self.gathered.tags.extend(tag);
                is_sound
            }
            Kind::Blob => true,
        };
        if !is_sound {
            self.gathered.trouble.damaged.push(Broken { object, why: format!("it is no {}", self.kind), size: None });
        }
    }

    fn texts(&mut self, object: u32, bytes: &[u8], message: HistoryPart) {
        let texts = commits::texts(bytes);
        for (person, of) in texts.people.into_iter().zip([TextOf::Author, TextOf::Committer]) {
            if person.is_empty() || person == self.person {
                continue;
            }
            self.person.clear();
            // A person in whose name something stands is looked at in every commit: each of them holds it.
            if !self.text(object, person, of, HistoryPart::Person) {
                self.person.extend_from_slice(person);
            }
        }
        self.text(object, texts.further, TextOf::Header, message);
        self.text(object, texts.message, TextOf::Message, message);
    }

    /// Says whether something was found.
    fn text(&mut self, object: u32, text: &[u8], of: TextOf, part: HistoryPart) -> bool {
        let matches = self.detector.scan_up_to(Input { bytes: text, path: b"" }, MOST_PLACES);
        let holder = Holder { object, part, name: None };
        for found in &matches.list {
            self.gathered.tally.add(found, text, holder, of, self.history.store.ids.raw(object));
        }
        if matches.cut {
            self.gathered.trouble.cut.push(object);
        }
        if matches.limited {
            self.gathered.trouble.limited.push(object);
        }
        !matches.list.is_empty()
    }
}

impl Task for Gather<'_> {
    fn begin(&mut self, kind: Kind, pack: Option<usize>) {
        (self.kind, self.pack) = (kind, pack);
    }

    fn trouble(&mut self) -> &mut Trouble {
        &mut self.gathered.trouble
    }
}

impl Visitor for Gather<'_> {
    type Kept = ();

    fn whole(&mut self, object: u32, bytes: &[u8]) {
        self.object(object, bytes);
    }

    fn derived(&mut self, object: u32, bytes: &[u8], _copies: &[CopiedSpan], _base: &()) {
        self.object(object, bytes);
    }

    fn broken(&mut self, broken: Broken) {
        if self.is_wanted(broken.object) {
            self.gathered.trouble.broken.push((broken, self.kind));
        }
    }
}
