//! Everything that a repository stores: objects, refs, and who holds what.
//!
//! [`store`] numbers all objects and relates those in packs, [`pack`] walks from bases to what is derived from them, [`trees`], [`commits`] and
//! [`refs`] are what such a walk gathers, and [`graph`] says what reaches what. [`submodules`] finds the repositories inside. Knows nothing of
//! rules, findings or threads.

pub mod commits;
pub mod delta;
pub mod graph;
pub mod ids;
pub mod layout;
pub mod names;
pub mod pack;
pub mod refs;
pub mod store;
pub mod submodules;
pub mod trees;

use std::path::Path;

pub use gix::objs::Kind;

use self::refs::Roots;
use self::store::Store;
use super::SourceError;
use super::repository::{GitEnvironment, ObjectError, Objects, Repository};
use crate::coverage::Gap;

/// A repository's objects and refs, opened for reading.
pub struct History {
    repository: Repository,
    /// All objects.
    pub store: Store,
    /// Where walks begin.
    pub roots: Roots,
}

/// A reader of single objects for one thread.
pub struct Reader(Objects);

impl History {
    /// Finds the repository that `environment` names or that `start` lies in, and lists what it stores.
    ///
    /// # Errors
    /// There is none, or it cannot be listed at all.
    pub fn open(start: &Path, environment: &GitEnvironment) -> Result<Self, SourceError> {
        let repository = Repository::open(start, environment)?;
        let store = Store::open(&repository)?;
        let roots = refs::roots(&repository);
        Ok(Self { repository, store, roots })
    }

    /// Opens what holds objects that `is_needed`, by number.
    pub fn relate(&mut self, is_needed: &dyn Fn(u32) -> bool) {
        self.store.relate(&self.repository, is_needed);
    }

    /// A reader for one thread.
    pub fn reader(&self) -> Reader {
        Reader(self.repository.objects())
    }

    /// Where the repository is: the top of its worktree, or its git folder.
    pub fn place(&self) -> &Path {
        self.repository.top().unwrap_or_else(|| self.repository.common_dir())
    }

    /// The git folder that all of its worktrees share.
    pub fn git_folder(&self) -> &Path {
        self.repository.common_dir()
    }

    /// An object's id in hex.
    pub fn hex(&self, object: u32) -> String {
        data_encoding::HEXLOWER.encode(self.store.ids.raw(object))
    }

    /// Whether objects may be missing because they were left out when cloning.
    pub fn is_partial(&self) -> bool {
        self.repository.is_partial()
    }

    /// Whether git knows an object without storing it: the empty blob and the empty tree.
    pub fn is_built_in(&self, id: &[u8]) -> bool {
        gix::oid::try_from_bytes(id).is_ok_and(|id| id.is_empty_blob() || id.is_empty_tree())
    }

    /// The gap for an object that cannot be read.
    pub fn gap(&self, object: u32, why: &str) -> Gap {
        Gap::new(format!("object {}", self.hex(object)), why, store::FSCK)
    }
}

impl Reader {
    /// The same as [`Reader::read`] for an object of which one copy is known to be damaged: what is read must have the object's id.
    ///
    /// # Errors
    /// Why it cannot be read, in words.
    pub fn read_proven<'b>(
        &self,
        history: &History,
        object: u32,
        kind: Kind,
        limit: u64,
        buffer: &'b mut Vec<u8>,
    ) -> Result<&'b [u8], String> {
        let bytes = self.read(history, object, kind, limit, buffer)?;
        let id = history.store.ids.get(object);
        match gix::objs::compute_hash(id.kind(), kind, bytes) {
            Ok(actual) if actual == id => Ok(bytes),
            _ => Err("it is not what its id says".to_owned()),
        }
    }

    /// What kind of object it is, if that can be told.
    pub fn kind(&self, history: &History, object: u32) -> Option<Kind> {
        self.0.kind(&history.store.ids.get(object)).ok()
    }

    /// Reads a whole object of at most `limit` bytes. `buffer` is room to work in.
    ///
    /// # Errors
    /// Why it cannot be read, in words.
    pub fn read<'b>(&self, history: &History, object: u32, kind: Kind, limit: u64, buffer: &'b mut Vec<u8>) -> Result<&'b [u8], String> {
        self.0.read(&history.store.ids.get(object), kind, limit, buffer).map_err(|error| match error {
            ObjectError::TooLarge(size) => format!("it has {size} bytes, which is over the limit"),
            other => other.to_string(),
        })
    }
}
