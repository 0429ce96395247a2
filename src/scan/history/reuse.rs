//! Begins a scan with what the last one learned: what is still there and means the same needs no second look.

use super::Options;
use super::cache::{Known, KnownSeen};
use super::tally::{Holder, Seen, TextOf};
use super::titles::Titles;
use crate::decode;
use crate::detect::{Detector, Input};
use crate::finding::Identity;
use crate::scan::look::MOST_PLACES;
use crate::secret::Secret;
use crate::source::history::commits::{self, RawCommit, Tag};
use crate::source::history::graph::Bits;
use crate::source::history::names::Names;
use crate::source::history::trees::{Entry, Trees};
use crate::source::history::{History, Kind, Reader};

/// What is known of the objects that are still there, numbered as they are now.
pub struct Start {
    /// Objects that were looked at.
    pub looked: Bits,
    /// Their sizes in bytes.
    pub sizes: Vec<(u32, u32)>,
    /// Trees, if there were any.
    pub trees: Option<Trees>,
    /// Commits.
    pub commits: Vec<RawCommit>,
    /// Tags.
    pub tags: Vec<Tag>,
    /// Secrets; those of which a part is gone have [`Reused::gone`] set.
    pub seen: Vec<Reused>,
    /// The names that blobs had, until it is known that they still have them.
    pub titles: Option<Titles>,
    /// Blobs that only an index held.
    staged: Vec<Entry>,
    /// Whether all trees are still there.
    is_whole: bool,
}

/// A secret that is known from before.
pub struct Reused {
    seen: KnownSeen,
    /// Something that held it is not there any more, so where it is surest is not known.
    gone: bool,
}

impl Start {
    /// Nothing is known.
    pub fn empty(history: &History) -> Self {
        let looked = Bits::new(history.store.ids.len());
        Self {
            looked,
            sizes: Vec::new(),
            trees: None,
            commits: Vec::new(),
            tags: Vec::new(),
            seen: Vec::new(),
            titles: None,
            staged: Vec::new(),
            is_whole: true,
        }
    }

    /// Numbers what is known anew.
    pub fn new(history: &History, known: Known) -> Self {
        let ids = &history.store.ids;
        let numbers = ids.numbers_of(&known.ids);
        let mut start = Self::empty(history);
        for (number, size) in numbers.iter().zip(&known.sizes) {
            if let (Some(number), Some(size)) = (number, size) {
                start.looked.insert(*number);
                start.sizes.push((*number, *size));
            }
        }
        let now = |object: u32| numbers.get(object as usize).copied().flatten();
        let commits = known.commits.into_iter().filter_map(|commit| Some(RawCommit { object: now(commit.object)?, ..commit }));
        start.commits = commits.collect();
        start.tags = known.tags.into_iter().filter_map(|tag| Some(Tag { object: now(tag.object)?, ..tag })).collect();
        let holder_now = |holder: &Holder| Some(Holder { object: now(holder.object)?, ..*holder });
        start.seen.extend(known.seen.into_iter().filter_map(|mut seen| {
            let before = seen.holders.len();
            seen.holders = seen.holders.iter().filter_map(holder_now).collect();
            let best = holder_now(&seen.best.holder);
            let gone = best.is_none() || seen.holders.len() < before;
            seen.best.holder = best.or_else(|| seen.holders.first().copied())?;
            Some(Reused { seen, gone })
        }));
        let before = known.trees.len();
        let trees = known.trees.renumbered(&numbers, &known.ids, ids);
        start.is_whole = trees.len() == before;
        start.staged = trees.staged().to_vec();
        start.trees = Some(trees);
        start
    }

    /// Whether anything is known.
    pub fn is_empty(&self) -> bool {
        self.sizes.is_empty()
    }

    /// Notes the names that blobs had, before `more` trees give some of them others.
    pub fn note_titles(&mut self, more: &[Trees], objects: usize) {
        if let Some(trees) = &self.trees
            && (!self.is_whole || more.iter().any(|trees| !trees.is_empty()))
        {
            self.titles = Some(Titles::new(trees, &self.staged, objects));
        }
    }

    /// The same where only what an index holds can have changed. `trees` are all there are now.
    pub fn note_staged(&mut self, trees: &Trees, objects: usize) {
        if self.titles.is_none() && !self.is_empty() && self.staged != trees.staged() {
            self.titles = Some(Titles::new(trees, &self.staged, objects));
        }
    }

    /// Takes the secrets out that still hold, with themselves read again, and tells which objects need a second look: those whose names are
    /// not what they were, and all that hold a secret of which something cannot be told without a second look.
    pub fn settle(
        &mut self,
        history: &History,
        detector: &Detector,
        titles: &Titles,
        names: &Names,
        options: &Options,
    ) -> (Vec<Seen>, Bits) {
        let mut again = Bits::new(history.store.ids.len());
        if let Some(old) = &self.titles {
            for (object, _) in self.sizes.iter().filter(|(object, _)| old.of(*object) != titles.of(*object)) {
                again.insert(*object);
            }
        }
        let mut reader = Secrets { history, detector, names, options, reader: history.reader(), buffer: Vec::new() };
        self.seen.sort_by_key(|one| one.seen.best.holder);
        let mut waiting: Vec<(KnownSeen, Option<Seen>)> = Vec::new();
        for one in std::mem::take(&mut self.seen) {
            let read = if one.gone { None } else { reader.read(&one.seen) };
            waiting.push((one.seen, read));
        }
        // A second look at one object can concern further secrets, whose objects then need one, too.
        loop {
            let is_open = |(known, read): &(KnownSeen, Option<Seen>), again: &Bits| {
                read.is_none() || known.holders.iter().any(|holder| again.contains(holder.object))
            };
            let (open, settled): (Vec<_>, Vec<_>) = waiting.into_iter().partition(|one| is_open(one, &again));
            waiting = settled;
            if open.is_empty() {
                break;
            }
            for holder in open.iter().flat_map(|(known, _)| &known.holders) {
                again.insert(holder.object);
            }
        }
        (waiting.into_iter().filter_map(|(_, read)| read).collect(), again)
    }
}

/// Reads secrets where they are known to stand.
struct Secrets<'s> {
    history: &'s History,
    detector: &'s Detector,
    names: &'s Names,
    options: &'s Options,
    reader: Reader,
    buffer: Vec<u8>,
}

impl Secrets<'_> {
    fn read(&mut self, known: &KnownSeen) -> Option<Seen> {
        let best = known.best;
        let limit = self.options.max_file_size;
        let kind = match best.text {
            TextOf::Whole | TextOf::Decoded => Kind::Blob,
            TextOf::Author | TextOf::Committer | TextOf::Message | TextOf::Header => self.reader.kind(self.history, best.holder.object)?,
        };
        let bytes = self.reader.read(self.history, best.holder.object, kind, limit, &mut self.buffer).ok()?;
        let decoded;
        let text = match best.text {
            TextOf::Whole => bytes,
            TextOf::Decoded => {
                decoded = decode::decode(bytes)?;
                decoded.text()
            }
            TextOf::Author => commits::texts(bytes).people[0],
            TextOf::Committer => commits::texts(bytes).people[1],
            TextOf::Message => commits::texts(bytes).message,
            TextOf::Header => commits::texts(bytes).further,
        };
        // What is encoded is read again below.
        let secret = Secret::new(text.get(best.span.start..best.span.end)?);
        let mut seen = Seen {
            rule: known.rule,
            masked: secret.masked(0),
            secret,
            confidence: known.confidence,
            evidence: Vec::new(),
            identity: Identity::default(),
            best: (self.history.store.ids.raw(best.holder.object).to_vec(), best),
            holders: known.holders.clone(),
        };
        // What is not shown needs no reasons.
        if known.confidence >= self.options.min_confidence || best.is_encoded {
            let path = best.holder.name.map_or(&b""[..], |name| self.names.get(name));
            let matches = self.detector.scan_up_to(Input { bytes: text, path }, MOST_PLACES);
            let found = matches.list.into_iter().find(|found| found.rule == known.rule && found.secret == best.span)?;
            seen.secret = Secret::new(found.secret_in(text));
            seen.masked = seen.secret.masked(found.public_prefix);
            (seen.evidence, seen.identity) = (found.evidence, found.identity);
        }
        Some(seen)
    }
}
