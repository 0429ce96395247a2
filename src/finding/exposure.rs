//! Since when a secret stands in a repository's history, where it still is, and who put it there.

use serde::{Deserialize, Serialize};

/// A commit in the words that a timeline needs.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct CommitInfo {
    /// Object id in hex.
    pub id: String,
    /// Name of its author, without control characters.
    pub author: String,
    /// E-mail of its author, without control characters.
    pub email: String,
    /// When the committer made it, in seconds since 1970-01-01 UTC.
    pub seconds: i64,
    /// First line of its message, cut to 200 characters, without control characters.
    pub subject: String,
}

/// What kind of ref a name is, by its folder under `refs/`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RefKind {
    /// `HEAD` itself, or that of a linked worktree, where no branch has its commit checked out.
    Head,
    /// `refs/heads/`.
    Branch,
    /// `refs/remotes/`: what was pushed to or fetched from there.
    Remote,
    /// `refs/tags/`.
    Tag,
    /// `refs/pull/` and `refs/merge-requests/`: kept by the host, out of reach of a push.
    Pull,
    /// `refs/notes/`.
    Note,
    /// `refs/stash` and the older entries of its reflog.
    Stash,
    /// Any other.
    Other,
}

/// A ref by name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct RefName {
    /// What kind of ref.
    pub kind: RefKind,
    /// Its full name, such as `refs/heads/main` or `stash@{2}`.
    pub name: String,
}

/// By what an object is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reach {
    /// Some ref reaches it.
    Refs,
    /// Only a reflog or the index reaches it: it goes when that expires or changes.
    Reflog,
    /// Nothing reaches it: it goes with the next `git gc --prune=now`, and until then anyone with the repository can read it.
    Unreachable,
}

/// Since when and where a secret is exposed in a repository.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Exposure {
    /// The first commit that holds it. None if no commit does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first: Option<CommitInfo>,
    /// The last commit that holds it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last: Option<CommitInfo>,
    /// Every path that held it, the first one first, the others sorted.
    #[serde(serialize_with = "lossy_list")]
    pub paths: Vec<Vec<u8>>,
    /// Whether the commit that HEAD names holds it.
    pub in_head: bool,
    /// Refs whose own commit still holds it, sorted.
    pub held_by: Vec<RefName>,
    /// Refs through whose history it can be reached, sorted; those of `held_by` among them.
    pub reachable_from: Vec<RefName>,
    /// By what it is kept.
    pub reach: Reach,
    /// Whether a remote-tracking ref reaches it, so that it left this machine for sure.
    pub pushed: bool,
    /// Whole days from the first commit until the scan.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub days: Option<u64>,
    /// Number of commits that hold it.
    pub commits: u64,
    /// Number of different blobs that hold it.
    pub blobs: u64,
    /// The lengths of the lists, where a saved report told them without the lists.
    #[serde(skip)]
    pub unlisted: Option<Unlisted>,
}

/// How many paths and refs there are, where they are not known by name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Unlisted {
    /// Of [`Exposure::paths`].
    pub paths: usize,
    /// Of [`Exposure::held_by`].
    pub held_by: usize,
    /// Of [`Exposure::reachable_from`].
    pub reachable_from: usize,
}

impl Exposure {
    /// Number of paths that held it.
    pub fn path_count(&self) -> usize {
        self.unlisted.map_or(self.paths.len(), |counts| counts.paths)
    }

    /// Number of refs whose own commit still holds it.
    pub fn held_by_count(&self) -> usize {
        self.unlisted.map_or(self.held_by.len(), |counts| counts.held_by)
    }

    /// Number of refs through whose history it can be reached.
    pub fn reachable_from_count(&self) -> usize {
        self.unlisted.map_or(self.reachable_from.len(), |counts| counts.reachable_from)
    }

    /// Takes in what another repository says of the same secret: the first and the last of all commits, every ref and path, and the worse of
    /// both where only one thing can be said.
    pub fn join(&mut self, other: Self) {
        let other_counts =
            Unlisted { paths: other.path_count(), held_by: other.held_by_count(), reachable_from: other.reachable_from_count() };
        let age = |commit: &CommitInfo| (commit.seconds, commit.id.clone());
        let is_earlier = match (&self.first, &other.first) {
            (Some(own), Some(other)) => age(other) < age(own),
            (own, _) => own.is_none(),
        };
        let (earlier, later) =
            if is_earlier { (other.paths, std::mem::take(&mut self.paths)) } else { (std::mem::take(&mut self.paths), other.paths) };
        self.paths = join_paths(earlier, later);
        self.first = self.first.take().into_iter().chain(other.first).min_by_key(age);
        self.last = self.last.take().into_iter().chain(other.last).max_by_key(age);
        self.in_head |= other.in_head;
        self.pushed |= other.pushed;
        if self.unlisted.is_some() || other.unlisted.is_some() {
            // The same names may be in both; at least as many as in the one that has more.
            self.unlisted = Some(Unlisted {
                paths: self.path_count().max(other_counts.paths),
                held_by: self.held_by_count().max(other_counts.held_by),
                reachable_from: self.reachable_from_count().max(other_counts.reachable_from),
            });
        }
        for (own, other) in [(&mut self.held_by, other.held_by), (&mut self.reachable_from, other.reachable_from)] {
            own.extend(other);
            own.sort();
            own.dedup();
        }
        self.reach = self.reach.min(other.reach);
        self.days = self.days.max(other.days);
        self.commits = self.commits.saturating_add(other.commits);
        self.blobs = self.blobs.saturating_add(other.blobs);
    }
}

/// The first of `earlier` stays the first, all others are sorted.
fn join_paths(earlier: Vec<Vec<u8>>, later: Vec<Vec<u8>>) -> Vec<Vec<u8>> {
    let mut paths = earlier.into_iter().chain(later);
    let Some(first) = paths.next() else { return Vec::new() };
    let rest: std::collections::BTreeSet<Vec<u8>> = paths.filter(|path| *path != first).collect();
    std::iter::once(first).chain(rest).collect()
}

fn lossy_list<S: serde::Serializer>(paths: &[Vec<u8>], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(paths.iter().map(|path| String::from_utf8_lossy(path)))
}
