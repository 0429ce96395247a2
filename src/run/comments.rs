//! Lists the comments that except something in what is scanned, whether or not something was found beside them.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::{Mutex, PoisonError};

use crate::coverage::Gap;
use crate::exceptions::inline::{self, Comment};
use crate::rules::RuleSet;
use crate::source::{Item, Listed, Source, SourceError, Stored};

/// Most comments that are listed.
const MOST: usize = 100_000;

/// A source whose texts are searched for comments on their way, if that is asked for.
pub(super) struct Noted<S> {
    source: S,
    comments: Option<Mutex<BTreeSet<Comment>>>,
}

impl<S> Noted<S> {
    pub(super) fn new(source: S, is_asked: bool) -> Self {
        Self { source, comments: is_asked.then(Mutex::default) }
    }

    /// What was met, but for what names no rule and does not look like the name of one: an explanation, not an exception.
    pub(super) fn into_comments(self, rules: &RuleSet) -> Vec<Comment> {
        let comments = self.comments.map(|found| found.into_inner().unwrap_or_else(PoisonError::into_inner)).unwrap_or_default();
        comments.into_iter().filter(|comment| comment.marker.rule.contains('.') || rules.find(&comment.marker.rule).is_some()).collect()
    }
}

impl<S: Source> Source for Noted<S> {
    type Entry = S::Entry;

    fn list(&self, each: &mut dyn FnMut(Listed<S::Entry>)) -> Result<(), SourceError> {
        self.source.list(each)
    }

    fn name(&self, entry: &S::Entry) -> String {
        self.source.name(entry)
    }

    fn path<'e>(&self, entry: &'e S::Entry) -> Option<Cow<'e, [u8]>> {
        self.source.path(entry)
    }

    fn read<'b>(&self, entry: &S::Entry, buffer: &'b mut Vec<u8>) -> Result<Option<Item<'b>>, Gap> {
        let item = self.source.read(entry, buffer)?;
        if let (Some(comments), Some(item)) = (&self.comments, &item) {
            let met = inline::all(item.bytes);
            if !met.is_empty() {
                let mut comments = comments.lock().unwrap_or_else(PoisonError::into_inner);
                let room = MOST.saturating_sub(comments.len());
                comments.extend(met.into_iter().take(room).map(|marker| Comment { path: item.path.clone(), marker }));
            }
        }
        Ok(item)
    }

    fn added_lines(&self, entry: &S::Entry, bytes: &[u8]) -> Option<Vec<Range<u32>>> {
        self.source.added_lines(entry, bytes)
    }

    fn stored(&self, entry: &S::Entry) -> Result<Option<Stored>, Gap> {
        self.source.stored(entry)
    }
}
