//! What the findings of a history are put together from.

use crate::finding::{CommitInfo, Exposure, Location, LocationKind, Reach, RefKind, RefName};

/// 2025-10-07T09:30:00Z.
const BEGIN_SECONDS: i64 = 1_759_829_400;
/// Seconds of a day.
pub const DAY_SECONDS: i64 = 86_400;
/// The day of the scan, counted from the begin.
pub const TODAY: i64 = 412;

/// Exposure of one version of one file in one commit since the begin; `reachable` is completed with `held`.
pub fn exposure(held: Vec<RefName>, reachable: Vec<RefName>) -> Exposure {
    let mut reachable_from = [held.clone(), reachable].concat();
    reachable_from.sort();
    reachable_from.dedup();
    Exposure {
        first: None,
        last: None,
        paths: vec![b"a".to_vec()],
        in_head: false,
        held_by: held,
        reachable_from,
        reach: Reach::Refs,
        pushed: false,
        days: u64::try_from(TODAY).ok(),
        commits: 1,
        blobs: 1,
        unlisted: None,
    }
}

/// A commit made so many days after the begin.
pub fn commit(number: u128, day: i64, author: &str, subject: &str) -> CommitInfo {
    let email = if author.is_empty() { String::new() } else { "someone@example.com".to_owned() };
    let seconds = BEGIN_SECONDS + day * DAY_SECONDS;
    CommitInfo { id: id(number), author: author.to_owned(), email, seconds, subject: subject.to_owned() }
}

pub fn refs(names: &[&str]) -> Vec<RefName> {
    names.iter().copied().map(name).collect()
}

pub fn name(full: &str) -> RefName {
    let folders = [
        ("refs/heads/", RefKind::Branch),
        ("refs/remotes/", RefKind::Remote),
        ("refs/tags/", RefKind::Tag),
        ("refs/pull/", RefKind::Pull),
        ("refs/notes/", RefKind::Note),
        ("stash@", RefKind::Stash),
    ];
    let kind = folders.iter().find(|(folder, _)| full.starts_with(folder)).map_or(RefKind::Head, |(_, kind)| *kind);
    RefName { kind, name: full.to_owned() }
}

/// An object id, always the same for the same number.
pub fn id(number: u128) -> String {
    format!("{:032x}{number:08x}", number.wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835))
}

pub fn blob(location: Location, number: u128) -> Location {
    Location { blob: Some(id(number + 1_000)), ..at(LocationKind::Blob, location, number) }
}

pub fn at(kind: LocationKind, location: Location, number: u128) -> Location {
    Location { kind, commit: Some(id(number)), ..location }
}
