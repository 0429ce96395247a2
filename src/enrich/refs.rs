//! Refs as a person knows them, and which of them hold a secret.

use super::holding::Holding;
use crate::finding::{RefKind, RefName};
use crate::source::history::History;
use crate::source::history::commits::CommitIndex;
use crate::source::history::graph::Graph;
use crate::source::history::trees::TreeIndex;

/// All refs of a repository.
pub struct Refs {
    /// The commit that HEAD names.
    pub head: Option<CommitIndex>,
    all: Vec<One>,
}

struct One {
    name: RefName,
    /// Number of the object that it names.
    object: u32,
    target: Target,
}

/// What a ref names, tags followed.
#[derive(Clone, Copy)]
enum Target {
    Commit(CommitIndex),
    Tree(TreeIndex),
    Blob(u32),
}

impl Target {
    fn of(graph: &Graph, object: u32) -> Self {
        let peeled = graph.peeled(object);
        match (graph.commits.of_object(peeled), graph.trees.of_object(peeled)) {
            (Some(commit), _) => Self::Commit(commit),
            (None, Some(tree)) => Self::Tree(tree),
            (None, None) => Self::Blob(peeled),
        }
    }
}

/// Whether a ref of this kind shows that something left this machine.
pub fn is_shared(kind: RefKind) -> bool {
    kind == RefKind::Remote
}

/// What kind of ref a full name is of.
pub fn kind_of(name: &str) -> RefKind {
    let begins = |folders: &[&str]| folders.iter().any(|folder| name.starts_with(folder));
    match name {
        _ if name == "HEAD" || name.ends_with("/HEAD") && begins(&["worktrees/", "main-worktree/"]) => RefKind::Head,
        _ if begins(&["refs/heads/"]) => RefKind::Branch,
        _ if begins(&["refs/remotes/"]) => RefKind::Remote,
        _ if begins(&["refs/tags/"]) => RefKind::Tag,
        _ if begins(&["refs/pull/", "refs/merge-requests/"]) => RefKind::Pull,
        _ if begins(&["refs/notes/"]) => RefKind::Note,
        _ if name == "refs/stash" || name.starts_with("stash@") => RefKind::Stash,
        _ => RefKind::Other,
    }
}

impl Refs {
    /// Reads nothing: the history has them.
    pub fn new(history: &History, graph: &Graph) -> Self {
        let ids = &history.store.ids;
        let head = history.roots.head.as_ref().and_then(|id| graph.commit_of(ids, id));
        let named = history.roots.refs.iter().filter_map(|root| Some((root, ids.find(&root.id)?)));
        let all = named.map(|(root, object)| One {
            name: RefName { kind: kind_of(&root.name), name: root.name.clone() },
            object,
            target: Target::of(graph, object),
        });
        let mut all: Vec<One> = all.collect();
        all.sort_by(|a, b| a.name.cmp(&b.name));
        // HEAD is one more name for a branch, unless it is detached.
        let is_detached = !all
            .iter()
            .any(|one| one.name.kind == RefKind::Branch && head.is_some_and(|head| graph.commits.of_object(one.object) == Some(head)));
        all.retain(|one| one.name.name != "HEAD" || is_detached);
        Self { head, all }
    }

    /// The first ref that names an object.
    pub fn name_of(&self, object: u32) -> Option<&str> {
        self.all.iter().find(|one| one.object == object).map(|one| one.name.name.as_str())
    }

    /// The refs whose own commit holds a secret, and those whose history does. `tags` are tags whose text holds it.
    pub fn holding(&self, graph: &Graph, holding: &Holding, bit: usize, tags: &[u32]) -> (Vec<RefName>, Vec<RefName>) {
        let (mut held_by, mut reachable_from) = (Vec::new(), Vec::new());
        for one in &self.all {
            let own = !tags.is_empty() && chain(graph, one.object).any(|tag| tags.contains(&tag));
            let (now, ever) = match one.target {
                Target::Commit(commit) => (holding.holds(commit, bit), holding.holds_in_history(commit, bit)),
                Target::Tree(tree) => (holding.is_in_tree(tree, bit), holding.is_in_tree(tree, bit)),
                Target::Blob(blob) => (holding.is_blob_hit(blob, bit), holding.is_blob_hit(blob, bit)),
            };
            if now || own {
                held_by.push(one.name.clone());
            }
            if ever || own {
                reachable_from.push(one.name.clone());
            }
        }
        (held_by, reachable_from)
    }
}

/// An object and what it points to, tag by tag.
pub(super) fn chain(graph: &Graph, object: u32) -> impl Iterator<Item = u32> + '_ {
    std::iter::successors(Some(object), |at| graph.tags.get(at).copied()).take(graph.tags.len() + 1)
}
