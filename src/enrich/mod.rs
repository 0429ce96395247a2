//! After scanning a history: since when and where each secret is exposed, and which of its places a report shows.
//!
//! Works from the blobs that hold a secret up through the trees that hold them to commits and refs, for 64 secrets at a time, one bit each. Reads
//! only the few commits that a report names.

mod files;
mod holding;
mod paths;
mod reaching;
mod refs;
#[cfg(test)]
mod testing;

use std::collections::{BTreeSet, HashMap};

pub use self::files::{ExposedFile, ExposedFiles, Follow, expose_files};
use self::holding::Holding;
use self::paths::Paths;
pub use self::reaching::reaching;
use self::refs::Refs;
use crate::finding::{CommitInfo, Exposure, Reach};
use crate::scan::history::{HistoryScan, Holder, Seen, Spot};
use crate::source::HistoryPart;
use crate::source::history::commits::{self, CommitIndex};
use crate::source::history::graph::Bits;
use crate::source::history::names::Name;
use crate::source::history::trees::EntryKind;
use crate::source::history::{History, Kind, Reader};

/// Places of one secret that a report shows; what is more is counted.
pub const MOST_SPOTS: usize = 200;
/// Secrets that are followed at once: one bit of a word for each.
const AT_ONCE: usize = 64;
/// Largest commit that is read for its author and subject, in bytes.
const LARGEST_COMMIT: u64 = 64 << 20;

/// What became known of one secret.
pub struct Exposed {
    /// Since when and where.
    pub exposure: Exposure,
    /// What to show.
    pub spots: Vec<Spot>,
}

/// Follows each of `seen` through the history, on as many threads as asked for. `now` is the time of the scan in seconds since 1970.
pub fn expose(history: &History, scan: &HistoryScan, seen: &[&Seen], threads: usize, now: i64) -> Vec<Exposed> {
    let refs = Refs::new(history, &scan.graph);
    let order = holding::children_first(&scan.graph.trees);
    let roots = paths::root_chunks(&scan.graph);
    let batches: Vec<&[&Seen]> = seen.chunks(AT_ONCE.min(seen.len().div_ceil(threads.max(1))).max(1)).collect();
    let exposed = crate::scan::on_threads(threads, &batches, |batch| {
        let holding = Holding::new(&scan.graph, &order, batch);
        let (mut known, reader) = (HashMap::new(), history.reader());
        let one = |(bit, seen): (usize, &&Seen)| {
            let commits = holding.commits_of(bit);
            let reader = &reader;
            let secret = One { history, scan, refs: &refs, roots: &roots, holding: &holding, seen, bit, commits, reader, is_file: false };
            secret.exposed(now, &mut known, |holding, last| secret.places(holding, last))
        };
        batch.iter().enumerate().map(one).collect::<Vec<_>>()
    });
    exposed.into_iter().flatten().collect()
}

/// One secret.
struct One<'s> {
    history: &'s History,
    scan: &'s HistoryScan,
    refs: &'s Refs,
    /// Chunks of the trees of commits.
    roots: &'s Bits,
    holding: &'s Holding,
    seen: &'s Seen,
    bit: usize,
    /// Every commit that holds it.
    commits: Vec<CommitIndex>,
    reader: &'s Reader,
    /// Whether it is a file, which only commits hold: its content may stand elsewhere as well.
    is_file: bool,
}

impl One<'_> {
    /// `places` finds every place, given the commits that hold it and the last of them.
    fn exposed(
        &self,
        now: i64,
        known: &mut HashMap<CommitIndex, CommitInfo>,
        places: impl FnOnce(&[CommitIndex], Option<CommitIndex>) -> Vec<Place>,
    ) -> Exposed {
        let graph = &self.scan.graph;
        let mut holding = self.commits.clone();
        holding.sort_by_key(|commit| graph.commits.age(*commit));
        let first = holding.iter().find(|commit| !self.holding.is_in_ancestor(**commit, self.bit)).or(holding.first()).copied();
        let last = holding.last().copied();
        let mut info = |commit: CommitIndex| known.entry(commit).or_insert_with(|| self.info(commit)).clone();
        let (held_by, reachable_from) = self.refs.holding(graph, self.holding, self.bit, &self.tags());
        let places = places(&holding, last);
        let blobs: BTreeSet<u32> = self.blobs().map(|holder| holder.object).collect();
        let exposure = Exposure {
            first: first.map(&mut info),
            last: last.map(&mut info),
            paths: self.paths(&places, first.is_some()),
            in_head: self.refs.head.is_some_and(|head| self.holding.holds(head, self.bit)),
            pushed: reachable_from.iter().any(|name| refs::is_shared(name.kind)),
            held_by,
            reach: self.reach(),
            reachable_from,
            days: first.map(|first| u64::try_from(now.saturating_sub(graph.commits.seconds(first)) / 86_400).unwrap_or(0)),
            commits: holding.len() as u64,
            blobs: blobs.len() as u64,
            unlisted: None,
        };
        let spots = self.spots(places, &exposure);
        Exposed { exposure, spots }
    }

    fn blobs(&self) -> impl Iterator<Item = &Holder> {
        self.seen.holders.iter().filter(|holder| holding::is_blob(holder.part))
    }

    /// Numbers of the tags whose own text holds the secret.
    fn tags(&self) -> Vec<u32> {
        let is_tag = |holder: &&Holder| {
            matches!(holder.part, HistoryPart::TagMessage | HistoryPart::Person)
                && self.scan.graph.commits.of_object(holder.object).is_none()
        };
        self.seen.holders.iter().filter(is_tag).map(|holder| holder.object).collect()
    }

    /// By what the best kept of its holders is kept.
    fn reach(&self) -> Reach {
        let is_held = |holder: &&Holder| holder.part != HistoryPart::FileName && !self.is_file;
        let objects = || self.seen.holders.iter().filter(is_held).map(|holder| holder.object);
        let commits = || self.commits.iter().map(|commit| self.scan.graph.commits.object(*commit));
        if objects().chain(commits()).any(|object| self.scan.by_refs.contains(object)) {
            Reach::Refs
        } else if objects().chain(commits()).any(|object| self.scan.by_any.contains(object)) {
            Reach::Reflog
        } else {
            Reach::Unreachable
        }
    }

    /// Every path, with the commit that first and the blob that last held the secret there.
    fn places(&self, holding: &[CommitIndex], last: Option<CommitIndex>) -> Vec<Place> {
        let graph = &self.scan.graph;
        let mut paths = Paths::new(graph, self.holding, self.bit);
        let mut places: Vec<Place> =
            paths.of(self.roots).into_iter().take(MOST_SPOTS).filter_map(|path| self.place(path, holding, last)).collect();
        places.sort_by(|a, b| (a.since, &a.path).cmp(&(b.since, &b.path)));
        places
    }

    fn place(&self, path: Vec<Name>, holding: &[CommitIndex], last: Option<CommitIndex>) -> Option<Place> {
        let graph = &self.scan.graph;
        let at = |commit: &CommitIndex| self.entry_at(&path, *commit);
        let (first, _) = holding.iter().find_map(|commit| Some((*commit, at(commit)?)))?;
        // What HEAD holds is what a person can look at.
        let newest = self.refs.head.iter().chain(&last).chain(holding.iter().rev());
        let (object, part) = newest.copied().filter(|commit| self.holding.holds(*commit, self.bit)).find_map(|commit| at(&commit))?;
        let names = graph.trees.names();
        let path = path.iter().map(|name| names.get(*name)).collect::<Vec<_>>().join(&b'/');
        Some(Place { since: graph.commits.age(first), path, object, part })
    }

    /// What stands at a path in a commit, if it holds the secret: the blob, or the name itself.
    fn entry_at(&self, path: &[Name], commit: CommitIndex) -> Option<(u32, HistoryPart)> {
        let graph = &self.scan.graph;
        let (name, folders) = path.split_last()?;
        let mut tree = graph.trees.of_object(graph.commits.tree(commit)?)?;
        for folder in folders {
            let entry = self.holding.find(&graph.trees, tree, *folder, self.bit)?;
            tree = graph.trees.of_object(entry.object).filter(|_| entry.kind == EntryKind::Tree)?;
        }
        let entry = self.holding.find(&graph.trees, tree, *name, self.bit)?;
        if self.holding.is_hit(entry.object, *name, self.bit) {
            let part = if entry.kind == EntryKind::Link { HistoryPart::SymlinkTarget } else { HistoryPart::Blob };
            return Some((entry.object, part));
        }
        self.holding.is_named(*name, self.bit).then_some((name.0, HistoryPart::FileName))
    }

    fn paths(&self, places: &[Place], is_in_commits: bool) -> Vec<Vec<u8>> {
        let mut paths: Vec<Vec<u8>> = places.iter().map(|place| place.path.clone()).collect();
        if !is_in_commits {
            // In no commit: what an index or a tree that no commit has says.
            let names = self.scan.graph.trees.names();
            paths = self.blobs().filter_map(|holder| Some(names.get(holder.name?).to_vec())).collect();
        }
        if let Some((_, rest)) = paths.split_first_mut() {
            rest.sort();
        }
        paths
    }

    fn spots(&self, places: Vec<Place>, exposure: &Exposure) -> Vec<Spot> {
        let graph = &self.scan.graph;
        let is_note =
            !exposure.reachable_from.is_empty() && exposure.reachable_from.iter().all(|name| name.kind == crate::finding::RefKind::Note);
        let part_of = |part: HistoryPart| if is_note && part == HistoryPart::Blob { HistoryPart::Note } else { part };
        let mut spots: Vec<Spot> = places
            .into_iter()
            .map(|place| {
                let commit = Some(self.history.hex(place.since.2));
                Spot { part: part_of(place.part), object: place.object, path: place.path, commit }
            })
            .collect();
        if spots.is_empty() {
            // No commit that is there holds these: they have a name at most.
            let names = graph.trees.names();
            spots.extend(self.seen.holders.iter().filter(|holder| is_loose_part(holder.part)).map(|holder| {
                let path = holder.name.map(|name| names.get(name).to_vec()).unwrap_or_default();
                Spot { part: holder.part, object: holder.object, path, commit: None }
            }));
        }
        let texts = self.seen.holders.iter().filter(|holder| !is_loose_part(holder.part));
        let mut texts: Vec<&Holder> = texts.collect();
        let age = |object: u32| graph.commits.of_object(object).map(|commit| graph.commits.age(commit));
        texts.sort_by_key(|holder| (holder.part, age(holder.object), holder.object));
        // A person has one name in thousands of commits: the first stands for all.
        texts.dedup_by(|a, b| a.part == HistoryPart::Person && b.part == HistoryPart::Person);
        spots.extend(texts.into_iter().map(|holder| {
            let commit = Some(self.history.hex(holder.object));
            Spot { part: holder.part, object: holder.object, path: self.title(holder), commit }
        }));
        spots.truncate(MOST_SPOTS);
        spots
    }

    /// What stands for a path where there is none: the role of a person, the name of a tag.
    fn title(&self, holder: &Holder) -> Vec<u8> {
        match holder.part {
            HistoryPart::Person => self.role(holder.object).as_bytes().to_vec(),
            HistoryPart::TagMessage => self.refs.name_of(holder.object).unwrap_or_default().as_bytes().to_vec(),
            _ => Vec::new(),
        }
    }

    /// As what a person stands in a commit or tag.
    fn role(&self, object: u32) -> &'static str {
        if self.scan.graph.commits.of_object(object).is_none() {
            return "tagger";
        }
        let mut buffer = Vec::new();
        let bytes = self.reader.read(self.history, object, Kind::Commit, LARGEST_COMMIT, &mut buffer).unwrap_or(b"");
        let secret = self.seen.secret.expose();
        let [author, _] = commits::texts(bytes).people;
        if author.windows(secret.len().max(1)).any(|part| part == secret) { "author" } else { "committer" }
    }

    /// Reads who made a commit and what it says of itself.
    fn info(&self, commit: CommitIndex) -> CommitInfo {
        let commits = &self.scan.graph.commits;
        let mut buffer = Vec::new();
        let bytes = self.reader.read(self.history, commits.object(commit), Kind::Commit, LARGEST_COMMIT, &mut buffer).unwrap_or(b"");
        let (author, email) = commits::author(bytes);
        let message = commits::message(bytes).trim_ascii_start();
        let subject = message.split(|byte| *byte == b'\n').next().unwrap_or_default();
        CommitInfo {
            id: self.history.hex(commits.object(commit)),
            author: plain(author),
            email: plain(email),
            seconds: commits.seconds(commit),
            subject: plain(subject),
        }
    }
}

/// Whether a holder is found through trees, or is a blob that no tree holds.
fn is_loose_part(part: HistoryPart) -> bool {
    holding::is_blob(part) || part == HistoryPart::FileName
}

/// A path that held a secret.
struct Place {
    /// Age of the first commit.
    since: (i64, u32, u32),
    path: Vec<u8>,
    /// The blob that held it last; for a name its number.
    object: u32,
    part: HistoryPart,
}

/// Text for a report: no control characters, cut to a line's length.
fn plain(text: &[u8]) -> String {
    const LONGEST: usize = 200;
    String::from_utf8_lossy(text).chars().filter(|c| !c.is_control()).take(LONGEST).collect::<String>().trim().to_owned()
}
