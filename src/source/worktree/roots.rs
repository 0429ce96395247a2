//! The paths that the user named, made ready to walk: each thing once, and known to exist.
//!
//! Knows nothing of ignore rules.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

use super::{EntryKind, WorktreeEntry, shown};
use crate::coverage::Gap;
use crate::source::{Listed, SourceError};

/// A root that can be listed.
#[derive(Debug)]
pub(super) struct Root {
    /// As the user named it, without `./` and empty for `.`: what reported paths begin with.
    pub(super) path: PathBuf,
    /// Absolute and without links.
    pub(super) real: PathBuf,
    /// Whether it is a folder. Otherwise it is a regular file.
    pub(super) is_folder: bool,
}

impl Root {
    /// The entry of a root that is a file.
    pub(super) fn entry(&self) -> WorktreeEntry {
        WorktreeEntry { path: self.path.clone(), kind: EntryKind::NamedFile }
    }
}

/// Looks at every named path. A path that cannot be scanned is a gap, as long as another one can be.
///
/// # Errors
/// None of them can be scanned; the error is that of the first one.
pub(super) fn resolve<E>(named: &[PathBuf], each: &mut dyn FnMut(Listed<E>)) -> Result<Vec<Root>, SourceError> {
    let mut roots = Vec::with_capacity(named.len());
    let mut seen = HashSet::new();
    let mut failed = Vec::new();
    for path in named {
        match look_at(path) {
            Ok(root) if seen.insert(root.real.clone()) => roots.push(root),
            Ok(_) => {}
            Err(reason) => failed.push((path, reason)),
        }
    }
    if let (true, Some((path, reason))) = (roots.is_empty(), failed.first()) {
        return Err(SourceError::Path { path: shown(path), reason: reason.clone() });
    }
    for (path, reason) in failed {
        each(Listed::Gap(Gap::new(shown(path), reason, "check the path")));
    }
    Ok(roots)
}

fn look_at(path: &Path) -> Result<Root, String> {
    let meta = fs::metadata(path).map_err(|error| error.to_string())?;
    if !meta.is_dir() && !meta.is_file() {
        return Err("it is neither a file nor a folder; to scan what a program writes, use --stdin".into());
    }
    let real = path.canonicalize().map_err(|error| error.to_string())?;
    Ok(Root { path: cleaned(path), real, is_folder: meta.is_dir() })
}

/// The path without `.` parts and doubled or trailing separators. `..` stays: what it means depends on links.
pub(crate) fn cleaned(path: &Path) -> PathBuf {
    let path: PathBuf = path.components().collect();
    path.strip_prefix(".").map(Path::to_owned).unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn named_paths_lose_only_what_means_nothing() {
        for (given, expected) in
            [(".", ""), ("./", ""), ("./a", "a"), ("a/./b//c/", "a/b/c"), ("../a", "../a"), ("a/..", "a/.."), ("/", "/"), ("/a/", "/a")]
        {
            assert_eq!(cleaned(Path::new(given)), Path::new(expected), "{given}");
        }
    }
}
