//! Files as commits have them, each named by its commit and its path.
//!
//! Reads objects only, never a working tree. A file that cannot be read is a gap of its own. Knows nothing of why someone wants just these.

use std::borrow::Cow;
use std::path::{Path, PathBuf};

use gix::ObjectId;
use gix::objs::{Kind, TreeRefIter};

use super::repository::{GitEnvironment, ObjectError, Objects, Repository};
use super::{HistoryPart, Item, Listed, Origin, Source, SourceError, limit, names};
use crate::coverage::Gap;

/// Largest tree that is read, in bytes.
const LARGEST_TREE: u64 = 64 << 20;
/// Most folders in folders.
const DEEPEST: usize = 1_000;

/// A file of a commit.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CommitFile {
    /// Id of the commit, in full, in lower-case hex.
    pub commit: String,
    /// Path from the top, `/` between parts.
    pub path: Vec<u8>,
}

impl CommitFile {
    /// What gaps call it.
    pub fn name(&self) -> String {
        format!("{}:{}", self.commit, names::shown(&self.path))
    }
}

/// Files of commits of one repository.
pub struct CommitFiles {
    repository: Repository,
    files: Vec<CommitFile>,
    max_file_size: u64,
}

impl CommitFiles {
    /// `files` of the repository that `git` names or `cwd` lies in. Those of more than `max_file_size` bytes are reported and not read.
    ///
    /// # Errors
    /// There is no repository.
    pub fn open(cwd: &Path, git: &GitEnvironment, files: Vec<CommitFile>, max_file_size: u64) -> Result<Self, SourceError> {
        Ok(Self { repository: Repository::open(cwd, git)?, files, max_file_size })
    }

    /// Top of the worktree. In a bare repository the repository itself.
    pub fn root(&self) -> PathBuf {
        self.repository.top().unwrap_or_else(|| self.repository.common_dir()).to_owned()
    }

    /// The id of the blob at the path of `file`.
    fn blob(&self, objects: &Objects, file: &CommitFile) -> Result<ObjectId, String> {
        let commit = ObjectId::from_hex(file.commit.as_bytes()).map_err(|_| "its commit is no id".to_owned())?;
        let told = |what: &'static str| move |error: ObjectError| format!("its {what} {error}");
        let mut tree = objects.tree_of(&commit).map_err(told("commit"))?;
        let mut buffer = Vec::new();
        let parts: Vec<&[u8]> = file.path.split(|byte| *byte == b'/').take(DEEPEST).collect();
        for (at, part) in parts.iter().enumerate() {
            let bytes = objects.read(&tree, Kind::Tree, LARGEST_TREE, &mut buffer).map_err(told("folder"))?;
            let entry = TreeRefIter::from_bytes(bytes, tree.kind()).filter_map(Result::ok).find(|entry| entry.filename == *part);
            let is_last = at + 1 == parts.len();
            match entry {
                Some(entry) if is_last && entry.mode.is_blob() => return Ok(entry.oid.to_owned()),
                Some(entry) if !is_last && entry.mode.is_tree() => tree = entry.oid.to_owned(),
                _ => break,
            }
        }
        Err("the commit has no such file".to_owned())
    }
}

impl Source for CommitFiles {
    type Entry = CommitFile;

    fn list(&self, each: &mut dyn FnMut(Listed<CommitFile>)) -> Result<(), SourceError> {
        self.files.iter().for_each(|file| each(Listed::Entry(file.clone())));
        Ok(())
    }

    fn name(&self, file: &CommitFile) -> String {
        file.name()
    }

    fn path<'e>(&self, file: &'e CommitFile) -> Option<Cow<'e, [u8]>> {
        Some(Cow::Borrowed(&file.path))
    }

    fn read<'b>(&self, file: &CommitFile, buffer: &'b mut Vec<u8>) -> Result<Option<Item<'b>>, Gap> {
        let objects = self.repository.objects();
        let gap = |why: String| Gap::new(file.name(), why, "`git fetch --unshallow` or a clone of all branches may have it");
        let blob = self.blob(&objects, file).map_err(gap)?;
        let bytes = objects.read(&blob, Kind::Blob, self.max_file_size, buffer).map_err(|error| match error {
            ObjectError::TooLarge(_) => limit::too_large(file.name(), self.max_file_size),
            error => gap(format!("its content {error}")),
        })?;
        let origin = Origin::History { part: HistoryPart::Blob, blob: Some(blob.to_string()), commit: Some(file.commit.clone()) };
        Ok(Some(Item { bytes, path: file.path.clone(), origin, added_lines: None }))
    }
}
