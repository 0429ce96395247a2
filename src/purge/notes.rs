//! What a plan has to say about one repository and not about others.

use crate::finding::{RefKind, RefName};
use crate::source::history::layout::Layout;

/// What is special about a repository, one sentence each. `refs` are those that reach a secret.
pub(super) fn notes(layout: &Layout, refs: &[RefName], has_secret_name: bool) -> Vec<String> {
    let mut notes = Vec::new();
    let mut note = |is_so: bool, text: &str| {
        if is_so {
            notes.push(text.to_owned())
        }
    };
    let has = |kind: RefKind| refs.iter().any(|name| name.kind == kind);
    let is_mirror = layout.remotes.iter().any(|(_, is_mirror)| *is_mirror);
    note(!layout.remotes.is_empty() && !is_mirror, NOT_A_MIRROR);
    note(layout.remotes.is_empty(), "The repository has no remote: there is nothing to push.");
    note(has_secret_name, "A ref has a secret in its name: rename or delete it, here and at the host.");
    note(has(RefKind::Pull), "Refs of pull or merge requests hold a secret. A push cannot change them: ask the host, see below.");
    note(has(RefKind::Note), NOTES);
    note(has(RefKind::Stash), STASH);
    note(!layout.worktrees.is_empty(), WORKTREES);
    note(!layout.kept_packs.is_empty(), "Packs with a `.keep` file beside them are not cleaned up by git: remove these files first.");
    note(
        !layout.alternates.is_empty(),
        "Objects are borrowed from another repository (alternates): purge that one too, or `git repack -a -d` here and remove `objects/info/alternates`.",
    );
    note(layout.has_lfs, LFS);
    note(layout.has_submodules, "There are submodules: each is a repository of its own and is not part of this plan.");
    note(layout.is_sha256, "The repository names objects by SHA-256, which git-filter-repo cannot read (version 2.47).");
    note(layout.is_shallow, "This is a shallow clone: what came before is at the host. Make the plan in a full clone.");
    note(layout.is_partial, "This is a partial clone: objects that were never fetched were not searched. Make the plan in a full clone.");
    notes
}

const NOT_A_MIRROR: &str = "This is not a mirror of its remote: the host may have branches, notes and pull refs that are not here. Best make a fresh \
`git clone --mirror` and the plan for that. It also leaves your working copy alone until the purge is proven.";
const NOTES: &str = "Notes hold a secret. git-filter-repo rewrites their content, but they stay attached to the ids of the old commits.";
const STASH: &str = "The stash holds a secret. git-filter-repo rewrites it, and leaves its subject lines in `logs/refs/stash` as they are: \
`git stash list` shows them. `git stash clear` before the rewrite is simpler.";
const WORKTREES: &str =
    "There are linked worktrees. Their HEAD and index keep old objects: `git worktree list`, and `git worktree remove` each first.";
const LFS: &str = "Files are stored in Git LFS. Their content is not in git and was not searched; git-filter-repo lists LFS objects that nothing names any more.";
