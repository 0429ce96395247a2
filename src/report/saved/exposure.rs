//! Exposure as a saved report tells it: with its lists, or with their lengths only.

use super::finding::{Wrong, object_id};
use super::model;
use crate::finding::{CommitInfo, Exposure, RefName, Unlisted};

/// `exposure` as the program knows it.
pub fn exposure(exposure: model::Exposure) -> Result<Exposure, Wrong> {
    let size = |count: u64| usize::try_from(count).ok().filter(|_| count <= super::LARGEST_COUNT).ok_or("a number is too large");
    let counts = Unlisted {
        paths: size(exposure.path_count)?,
        held_by: size(exposure.held_by_count)?,
        reachable_from: size(exposure.reachable_from_count)?,
    };
    let is_listed = exposure.paths.is_some() && exposure.held_by.is_some() && exposure.reachable_from.is_some();
    let [commits, blobs, days] = [exposure.commits, exposure.blobs, exposure.days.unwrap_or_default()].map(size);
    Ok(Exposure {
        first: exposure.first.map(commit).transpose()?,
        last: exposure.last.map(commit).transpose()?,
        paths: exposure.paths.unwrap_or_default().into_iter().map(String::into_bytes).collect(),
        in_head: exposure.in_head,
        held_by: refs(exposure.held_by),
        reachable_from: refs(exposure.reachable_from),
        reach: exposure.reach,
        pushed: exposure.pushed,
        days: exposure.days.map(|_| days).transpose()?.map(|days| days as u64),
        commits: commits? as u64,
        blobs: blobs? as u64,
        unlisted: (!is_listed).then_some(counts),
    })
}

fn commit(commit: model::Commit) -> Result<CommitInfo, Wrong> {
    let model::Commit { id, author, email, seconds, subject } = commit;
    Ok(CommitInfo { id: object_id(id)?, author, email, seconds, subject })
}

fn refs(refs: Option<Vec<model::Ref>>) -> Vec<RefName> {
    refs.unwrap_or_default().into_iter().map(|name| RefName { kind: name.kind, name: name.name }).collect()
}
