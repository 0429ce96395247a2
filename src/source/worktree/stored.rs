//! Which files on disk git stores, asked for one file at a time.
//!
//! Only a few names of a tree call for the question, so a repository is looked for and its index read when the first of them comes.

use std::collections::HashMap;
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use gix::index::entry::Mode;

use super::tracked::gap;
use crate::coverage::Gap;
use crate::source::repository::{GitEnvironment, Repository};
use crate::source::{SourceError, names};

/// The repositories that files were found in so far. Clones share them.
#[derive(Clone, Default)]
pub struct StoredFiles(Arc<Mutex<HashMap<PathBuf, Around>>>);

/// The repository around a folder, if there is one.
type Around = Result<Option<Arc<Indexed>>, Gap>;

/// A repository's top, without links, and what it tracks.
struct Indexed {
    top: PathBuf,
    index: gix::index::File,
}

impl fmt::Debug for StoredFiles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StoredFiles").finish_non_exhaustive()
    }
}

impl StoredFiles {
    /// Path from the top of its repository of the file at `path`, if git tracks it as a regular file.
    ///
    /// # Errors
    /// There is a repository, and it does not say what it tracks.
    pub(super) fn path_of(&self, path: &Path, env: &GitEnvironment) -> Result<Option<Vec<u8>>, Gap> {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let (Ok(folder), Some(name)) = (folder.canonicalize(), path.file_name()) else { return Ok(None) };
        let Some(repository) = self.around(&folder, env)? else { return Ok(None) };
        let Ok(below) = folder.strip_prefix(&repository.top) else { return Ok(None) };
        let below = names::bytes(&below.join(name)).into_owned();
        Ok(repository.tracks(&below).then_some(below))
    }

    fn around(&self, folder: &Path, env: &GitEnvironment) -> Around {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let ceilings: Vec<PathBuf> = env.ceiling_directories.iter().filter_map(|path| path.canonicalize().ok()).collect();
        let mut passed = Vec::new();
        let mut found = Ok(None);
        for above in folder.ancestors() {
            if let Some(answer) = known.get(above) {
                found = answer.clone();
                break;
            }
            if above != folder && ceilings.iter().any(|ceiling| ceiling == above) {
                break;
            }
            passed.push(above.to_owned());
            if fs::symlink_metadata(above.join(".git")).is_ok() {
                found = opened(Repository::open(above, &env.without_repository()));
                break;
            }
        }
        if env.git_dir.is_some() && !passed.is_empty() {
            found = nearest(folder, found, opened(Repository::open(Path::new("."), env)));
        }
        known.extend(passed.into_iter().map(|folder| (folder, found.clone())));
        found
    }
}

/// The repository that the environment names counts where it is around the folder and no other one is nearer.
fn nearest(folder: &Path, found: Around, named: Around) -> Around {
    match (found, named) {
        (found, Ok(None)) => found,
        (found, Ok(Some(named))) if !folder.starts_with(&named.top) => found,
        (Ok(Some(found)), Ok(Some(named))) if found.top != named.top && found.top.starts_with(&named.top) => Ok(Some(found)),
        (_, named) => named,
    }
}

fn opened(repository: Result<Repository, SourceError>) -> Around {
    let repository = match repository {
        Ok(repository) => repository,
        Err(SourceError::NotARepository { .. }) => return Ok(None),
        Err(error) => return Err(gap(error)),
    };
    let Some(top) = repository.top().and_then(|top| top.canonicalize().ok()) else { return Ok(None) };
    let index = repository.index().map_err(gap)?;
    Ok(index.map(|index| Arc::new(Indexed { top, index })))
}

impl Indexed {
    fn tracks(&self, path: &[u8]) -> bool {
        let entries = self.index.entries();
        let at = entries.partition_point(|entry| &**entry.path(&self.index) < path);
        let same = entries[at..].iter().take_while(|entry| &**entry.path(&self.index) == path);
        same.into_iter().any(|entry| matches!(entry.mode, Mode::FILE | Mode::FILE_EXECUTABLE))
    }
}
