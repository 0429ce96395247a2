//! Reads what is excepted: the baseline of the repository that is scanned.

use std::path::{Path, PathBuf};

use keysieve::exceptions::Exceptions;
use keysieve::exceptions::baseline::DEFAULT_FILE;
use keysieve::source::repository::{GitEnvironment, top_of};

use super::args::KnownArgs;
use super::baseline::file;

/// What is excepted, and where its paths begin.
pub struct Known {
    /// Findings that do not count.
    pub exceptions: Exceptions,
    /// Top of the repository.
    pub root: Option<PathBuf>,
}

/// What counts for a scan that begins at `start`.
///
/// # Errors
/// A baseline that was named is not there, or one that is there cannot be used.
pub fn load(args: &KnownArgs, start: &Path, git: &GitEnvironment) -> anyhow::Result<Known> {
    let root = top_of(start, git);
    let mut exceptions = Exceptions::default();
    let default = root.as_ref().map(|root| root.join(DEFAULT_FILE)).filter(|path| path.symlink_metadata().is_ok());
    let (path, name) = match (&args.baseline, default) {
        _ if args.no_baseline => (None, String::new()),
        (Some(named), _) => (Some(named.clone()), named.to_string_lossy().into_owned()),
        (None, default) => (default, DEFAULT_FILE.to_owned()),
    };
    if let Some(path) = path {
        exceptions.baseline = Some((file::read(&path)?, name));
    }
    Ok(Known { exceptions, root })
}
