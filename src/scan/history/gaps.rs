//! Says what of a history could not be scanned.

use super::round::Trouble;
use super::{HistoryScan, Options};
use crate::coverage::{Gap, Skip};
use crate::scan::look;
use crate::source::history::History;
use crate::source::history::commits;
use crate::source::history::store::FSCK;
use crate::source::too_large;

/// Gaps of one kind that are named one by one; the rest is counted.
const NAMED_GAPS: usize = 200;

impl HistoryScan {
    /// Says what could not be scanned, unless only unreachable things want it and those were not asked for.
    pub(super) fn note_trouble(&mut self, history: &History, trouble: Trouble, options: &Options) {
        let counts = |object: u32| !options.reachable_only || self.by_refs.contains(object);
        let mut gaps = Vec::new();
        for broken in trouble.damaged.into_iter().chain(trouble.broken.into_iter().map(|(broken, _)| broken)) {
            if counts(broken.object) {
                match broken.size {
                    Some(_) => gaps.push(Gap::new(self.what(history, broken.object), broken.why, "raise --max-file-size")),
                    None => gaps.push(Gap { what: self.what(history, broken.object), ..history.gap(broken.object, &broken.why) }),
                }
            }
        }
        for object in trouble.too_large.into_iter().filter(|object| counts(*object)) {
            gaps.push(too_large(self.what(history, object), options.max_file_size));
        }
        for object in trouble.cut.into_iter().filter(|object| counts(*object)) {
            gaps.extend(look::Seen { is_cut: true, ..look::Seen::default() }.gaps(|| self.what(history, object)));
        }
        for object in trouble.limited.into_iter().filter(|object| counts(*object)) {
            gaps.extend(look::Seen { is_limited: true, ..look::Seen::default() }.gaps(|| self.what(history, object)));
        }
        for object in trouble.defects.into_iter().filter(|object| counts(*object)) {
            let remedy = "please report this as a bug, with the kind of file";
            gaps.push(Gap::new(
                format!("{} and what is derived from it", self.what(history, object)),
                "scanning it failed inside keysieve",
                remedy,
            ));
        }
        self.push_gaps(gaps, "objects");
    }

    /// An object as a gap names it: by its id, and a name if it has one.
    fn what(&self, history: &History, object: u32) -> String {
        format!("object {}", history.hex(object))
    }

    /// Says what is not there: the parents of a shallow clone's first commits, objects that were never fetched, objects that are lost.
    pub(super) fn note_missing(&mut self, history: &History) {
        let (why, remedy) = if history.is_partial() {
            ("it was never fetched: this is a partial clone", "clone it without --filter, or `git fetch --refetch` with the filter unset")
        } else {
            ("it is missing", FSCK)
        };
        let hex = |id: &[u8]| data_encoding::HEXLOWER.encode(id);
        let mut gaps = Vec::new();
        let mut unreached = 0u64;
        for (object, id) in self.graph.trees.missing().filter(|(_, id)| !history.is_built_in(id)) {
            if self.by_any.contains(object) {
                gaps.push(Gap::new(format!("object {}", hex(id)), why, remedy));
            } else {
                unreached += 1;
            }
        }
        let mut boundary = Vec::new();
        for commits::Missing { commit, id, .. } in self.graph.commits.missing.iter().filter(|missing| !history.is_built_in(&missing.id)) {
            let object = self.graph.commits.object(*commit);
            if history.roots.shallow.iter().any(|shallow| **shallow == *history.store.ids.raw(object)) {
                boundary.push(history.hex(object));
            } else if self.by_any.contains(object) {
                gaps.push(Gap::new(format!("object {}", hex(id)), why, remedy));
            } else {
                unreached += 1;
            }
        }
        for (tag, id) in &self.graph.lost_tags {
            if self.by_any.contains(*tag) {
                gaps.push(Gap::new(format!("object {}", hex(id)), why, remedy));
            } else {
                unreached += 1;
            }
        }
        for root in history.roots.refs.iter().filter(|root| history.store.ids.find(&root.id).is_none()) {
            gaps.push(Gap::new(format!("object {}, which {} names", hex(&root.id), root.name), why, remedy));
        }
        if unreached > 0 {
            let why = "only what nothing reaches names them: git may have removed them long ago";
            self.coverage.skip(Skip { what: "missing objects".to_owned(), why: why.to_owned(), count: unreached });
        }
        gaps.sort();
        gaps.dedup();
        self.push_gaps(gaps, "missing objects");
        boundary.sort();
        boundary.dedup();
        if let Some(first) = boundary.first() {
            let what = match boundary.len() {
                1 => format!("the history before commit {first}"),
                count => format!("the history before {count} commits, {first} among them"),
            };
            let why = "this is a shallow clone: what came before was not fetched";
            let remedy = "`git fetch --unshallow`; in a workflow, `fetch-depth: 0` for actions/checkout";
            self.coverage.incomplete.push(Gap::new(what, why, remedy));
        }
    }

    fn push_gaps(&mut self, mut gaps: Vec<Gap>, noun: &str) {
        gaps.sort();
        let more = gaps.len().saturating_sub(NAMED_GAPS);
        gaps.truncate(NAMED_GAPS);
        self.coverage.incomplete.extend(gaps);
        if more > 0 {
            let what = format!("{more} more {noun}");
            self.coverage.incomplete.push(Gap::new(what, "as with those named", FSCK));
        }
    }
}
