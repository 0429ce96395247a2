//! Reading objects by id, with an upper bound for their size.
//!
//! Knows nothing of paths or of what an object is for.

use std::path::Path;
use std::sync::Arc;

use gix::objs::{Find as _, Kind};
use gix::odb::Header as _;
use gix::{ObjectId, oid};

use super::{GitEnvironment, SourceError, reason};

/// Largest commit or tag that is read, in bytes.
pub(crate) const LARGEST_COMMIT: u64 = 64 << 20;

/// One folder of objects with everything it refers to, shared by all threads.
pub(super) type Store = Arc<gix::odb::Store>;

type Handle = gix::odb::store::Handle<Store>;

/// A reader of objects for one thread. Making one is cheap.
pub(crate) struct Objects {
    handles: Vec<Handle>,
}

/// Why an object cannot be read.
#[derive(Debug)]
pub(crate) enum ObjectError {
    /// It is in none of the stores.
    Missing,
    /// It is larger than the limit; its size in bytes.
    TooLarge(u64),
    /// It is there and is something else.
    WrongKind(Kind),
    /// It cannot be decoded; the words of the reader.
    Damaged(String),
}

impl std::fmt::Display for ObjectError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Missing => f.write_str("is missing"),
            Self::TooLarge(size) => write!(f, "has {size} bytes, which is too large"),
            Self::WrongKind(kind) => write!(f, "is a {kind}"),
            Self::Damaged(words) => write!(f, "is damaged: {words}"),
        }
    }
}

/// The stores to look in, in git's order: the named one, the alternates, and the repository's own.
pub(super) fn stores(git: &gix::ThreadSafeRepository, start: &Path, env: &GitEnvironment) -> Result<Vec<Store>, SourceError> {
    let mut stores = Vec::new();
    for folder in env.object_directory.iter().chain(&env.alternate_object_directories) {
        let folder = start.join(folder);
        // git goes on without a folder that is not there; an object that only it holds will be missed by its id.
        if !folder.is_dir() || folder == git.objects.path() {
            continue;
        }
        let options = gix::odb::store::init::Options { alloc_limit_bytes: Some(super::ALLOCATION_LIMIT), ..Default::default() };
        let store = gix::odb::Store::at_opts(folder.clone(), git.objects.object_hash(), &mut std::iter::empty(), options);
        let store = store.map_err(|error| SourceError::Repository {
            what: format!("the object folder {}", folder.display()),
            reason: error.to_string(),
            remedy: "It is named by GIT_OBJECT_DIRECTORY or GIT_ALTERNATE_OBJECT_DIRECTORIES".into(),
        })?;
        stores.push(Arc::new(store));
    }
    stores.push(git.objects.clone());
    Ok(stores)
}

/// The folders of `stores` and their alternates.
pub(super) fn folders(stores: &[Store]) -> Result<Vec<std::path::PathBuf>, SourceError> {
    let mut folders: Vec<std::path::PathBuf> = Vec::new();
    for store in stores {
        let alternates = store.alternate_db_paths().map_err(|error| SourceError::Repository {
            what: format!("the alternates of {}", store.path().display()),
            reason: reason(&error),
            remedy: "They are listed in its `info/alternates`".into(),
        })?;
        for folder in std::iter::once(store.path().to_owned()).chain(alternates) {
            if !folders.contains(&folder) {
                folders.push(folder);
            }
        }
    }
    Ok(folders)
}

impl Objects {
    pub(super) fn new(stores: &[Store]) -> Self {
        Self { handles: stores.iter().map(|store| store.to_handle_arc()).collect() }
    }

    /// Size in bytes of the object, without its content.
    ///
    /// # Errors
    /// As [`Objects::read`].
    pub(crate) fn size(&self, id: &oid) -> Result<u64, ObjectError> {
        self.find(id).map(|(_, header)| header.size())
    }

    /// What the object is, without its content.
    ///
    /// # Errors
    /// As [`Objects::read`].
    pub(crate) fn kind(&self, id: &oid) -> Result<Kind, ObjectError> {
        self.find(id).map(|(_, header)| header.kind())
    }

    /// Reads a whole object of the kind `kind` and of at most `limit` bytes. `buffer` is room to work in.
    ///
    /// # Errors
    /// It is missing, of another kind, too large or damaged. The first store that has it decides.
    pub(crate) fn read<'b>(&self, id: &oid, kind: Kind, limit: u64, buffer: &'b mut Vec<u8>) -> Result<&'b [u8], ObjectError> {
        // git knows the empty objects without storing them.
        if (kind == Kind::Blob && id.is_empty_blob()) || (kind == Kind::Tree && id.is_empty_tree()) {
            return Ok(&[]);
        }
        let (handle, header) = self.find(id)?;
        if header.kind() != kind {
            return Err(ObjectError::WrongKind(header.kind()));
        }
        if header.size() > limit {
            return Err(ObjectError::TooLarge(header.size()));
        }
        match handle.try_find(id, buffer) {
            Ok(Some(object)) => Ok(object.data),
            Ok(None) => Err(ObjectError::Missing),
            Err(error) => Err(ObjectError::Damaged(reason(&error))),
        }
    }

    /// The tree of a commit.
    ///
    /// # Errors
    /// As [`Objects::read`].
    pub(crate) fn tree_of(&self, commit: &oid) -> Result<ObjectId, ObjectError> {
        let mut buffer = Vec::new();
        let text = self.read(commit, Kind::Commit, LARGEST_COMMIT, &mut buffer)?;
        gix::objs::CommitRefIter::from_bytes(text, commit.kind()).tree_id().map_err(|error| ObjectError::Damaged(reason(&error)))
    }

    fn find(&self, id: &oid) -> Result<(&Handle, gix::odb::find::Header), ObjectError> {
        for handle in &self.handles {
            match handle.try_header(id) {
                Ok(Some(header)) => return Ok((handle, header)),
                Ok(None) => {}
                Err(error) => return Err(ObjectError::Damaged(reason(&error))),
            }
        }
        Err(ObjectError::Missing)
    }
}
