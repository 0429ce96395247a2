//! Branches as a hint at what others have already.
//!
//! A ref that cannot be read excludes nothing, and so hides nothing.

use gix::ObjectId;
use gix::objs::Kind;

use super::revisions::Known;
use crate::source::repository::Objects;

const REMOTES: &str = "refs/remotes/";
const BRANCHES: &str = "refs/heads/";

/// What the other side of a new branch may have had before `tip`: all remote-tracking branches. A bare repository is that other side,
/// and has branches instead.
pub(super) fn known_before(tip: ObjectId, git: &gix::Repository, objects: &Objects) -> Vec<ObjectId> {
    let folders = [REMOTES, BRANCHES];
    let folders = if git.is_bare() { &folders[..] } else { &folders[..1] };
    let mut tips: Vec<ObjectId> = folders.iter().flat_map(|folder| below(folder, git)).map(|(_, id)| id).collect();
    tips.retain(|id| *id != tip && objects.kind(id).is_ok_and(|kind| kind == Kind::Commit));
    tips.sort_unstable();
    tips.dedup();
    tips
}

/// The commits that the receiving side of a push is known to have.
pub(super) fn known(known: Known, git: &gix::Repository, objects: &Objects) -> Vec<ObjectId> {
    let mut tips: Vec<ObjectId> = match known {
        Known::RemoteTracking => below(REMOTES, git).into_iter().map(|(_, id)| id).collect(),
        Known::AllRefs => everywhere(git),
    };
    tips.sort_unstable();
    tips.dedup();
    tips.retain(|id| objects.kind(id).is_ok_and(|kind| kind == Kind::Commit));
    tips
}

/// What every ref names, tags followed to what they tag.
fn everywhere(git: &gix::Repository) -> Vec<ObjectId> {
    let Ok(platform) = git.references() else { return Vec::new() };
    let Ok(refs) = platform.all() else { return Vec::new() };
    refs.filter_map(Result::ok).filter_map(|mut found| Some(found.peel_to_id().ok()?.detach())).collect()
}

/// The remote-tracking branch of some remote that is called `name` there.
pub(super) fn remote_tracking(name: &str, git: &gix::Repository) -> Option<String> {
    let suffix = format!("/{name}");
    below(REMOTES, git).into_iter().map(|(name, _)| name).find(|name| name.ends_with(&suffix))
}

/// Short name and id of every ref below a folder that is not the name of another ref.
fn below(folder: &str, git: &gix::Repository) -> Vec<(String, ObjectId)> {
    let Ok(platform) = git.references() else { return Vec::new() };
    let Ok(refs) = platform.prefixed(folder) else { return Vec::new() };
    let refs = refs.filter_map(Result::ok);
    refs.filter_map(|found| Some((found.name().shorten().to_string(), found.try_id()?.detach()))).collect()
}
