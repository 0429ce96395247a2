//! Exposure as the JSON report and the property bags of SARIF hold it.
//!
//! The counts are always there, the lists only in full: a reader of counts reads both the same way.

use std::borrow::Cow;

use serde::Serialize;

use crate::finding::{self, CommitInfo, Reach, RefName};
use crate::report::{ExposureDetail, dates};

/// Since when and where a secret is exposed.
#[derive(Serialize)]
pub struct Exposure<'r> {
    #[serde(skip_serializing_if = "Option::is_none")]
    first: Option<Commit<'r>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last: Option<Commit<'r>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    days: Option<u64>,
    in_head: bool,
    reach: Reach,
    pushed: bool,
    commits: u64,
    blobs: u64,
    path_count: usize,
    held_by_count: usize,
    reachable_from_count: usize,
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    lists: Option<Lists<'r>>,
}

#[derive(Serialize)]
struct Lists<'r> {
    paths: Vec<Cow<'r, str>>,
    held_by: &'r [RefName],
    reachable_from: &'r [RefName],
}

#[derive(Serialize)]
struct Commit<'r> {
    id: &'r str,
    author: &'r str,
    email: &'r str,
    #[serde(skip_serializing_if = "Option::is_none")]
    date: Option<String>,
    seconds: i64,
    subject: &'r str,
}

impl<'r> Exposure<'r> {
    /// `exposure` in so much `detail`.
    pub fn of(exposure: &'r finding::Exposure, detail: ExposureDetail) -> Option<Self> {
        if detail == ExposureDetail::None {
            return None;
        }
        let lists = || Lists {
            paths: exposure.paths.iter().map(|path| String::from_utf8_lossy(path)).collect(),
            held_by: &exposure.held_by,
            reachable_from: &exposure.reachable_from,
        };
        Some(Self {
            first: exposure.first.as_ref().map(Commit::of),
            last: exposure.last.as_ref().map(Commit::of),
            days: exposure.days,
            in_head: exposure.in_head,
            reach: exposure.reach,
            pushed: exposure.pushed,
            commits: exposure.commits,
            blobs: exposure.blobs,
            path_count: exposure.path_count(),
            held_by_count: exposure.held_by_count(),
            reachable_from_count: exposure.reachable_from_count(),
            lists: (detail == ExposureDetail::Full && exposure.unlisted.is_none()).then(lists),
        })
    }
}

impl<'r> Commit<'r> {
    fn of(commit: &'r CommitInfo) -> Self {
        let CommitInfo { id, author, email, seconds, subject } = commit;
        Self { id, author, email, date: dates::time(*seconds), seconds: *seconds, subject }
    }
}
