//! What is excepted in a scan: what the configuration lists, and the baseline of the repository.

use std::path::PathBuf;

use anyhow::bail;

use keysieve::exceptions::Exceptions;
use keysieve::exceptions::baseline::DEFAULT_FILE;

use super::args::KnownArgs;
use super::baseline::file;

/// The exceptions that a configuration `listed`, and the baseline that counts for `roots`.
///
/// # Errors
/// A baseline that was named is not there, one that is there cannot be used, or it is not clear which one counts.
pub fn load(args: &KnownArgs, listed: Exceptions, roots: &[PathBuf]) -> anyhow::Result<Exceptions> {
    let baseline = match &args.baseline {
        _ if args.no_baseline => None,
        Some(named) => Some((file::read(named)?, named.to_string_lossy().into_owned())),
        None => match default(roots)? {
            Some(path) => Some((file::read(&path)?, DEFAULT_FILE.to_owned())),
            None => None,
        },
    };
    Ok(Exceptions { baseline, honor_foreign: args.honor_foreign_allow, ..listed })
}

/// The baseline that stands in the root. One of several repositories must not hide what another one holds.
fn default(roots: &[PathBuf]) -> anyhow::Result<Option<PathBuf>> {
    let mut there = roots.iter().map(|root| root.join(DEFAULT_FILE)).filter(|path| path.symlink_metadata().is_ok());
    match (there.next(), roots.len()) {
        (Some(path), 2..) => bail!(
            "the paths lie in several repositories, and {} is there: scan them one by one, or say with --baseline or --no-baseline what counts",
            path.display()
        ),
        (first, _) => Ok(first),
    }
}
