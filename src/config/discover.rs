//! Finds and reads the files of a configuration. Nothing but regular files of bounded size is read.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use super::problem::Problem;
use super::{Config, ConfigError, Entry, Setting, file, layers};
use crate::source;
use crate::source::repository::GitEnvironment;

/// What a configuration in a repository's root can be called.
pub const NAMES: [&str; 2] = ["keysieve.yaml", ".keysieve.yaml"];
/// Largest file that is read, in bytes.
pub const LARGEST: u64 = 1 << 20;

/// Where a configuration may come from.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    /// Root of what is scanned, without links; none where there is none, as in a bare repository.
    pub root: Option<PathBuf>,
    /// The user's own file; it need not exist.
    pub user: Option<PathBuf>,
    /// The file to read in place of the repository's.
    pub named: Option<PathBuf>,
    /// Read no file at all.
    pub without_files: bool,
    /// Environment variables that begin with `KEYSIEVE_`.
    pub variables: Vec<(String, OsString)>,
    /// Values of flags, and the flag's name.
    pub flags: Vec<(Setting, &'static str, String)>,
}

/// The folder whose `keysieve.yaml` counts for `path`, without links: the top of the working tree that it lies in; outside of repositories
/// the folder itself. None for a bare repository and for a lone file.
pub fn root_of(path: &Path, git: &GitEnvironment) -> Option<PathBuf> {
    let folder = if path.is_dir() { path } else { path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new(".")) };
    let real = folder.canonicalize().ok()?;
    let around = |git: &GitEnvironment| match source::repository::top_of(folder, git) {
        Some(Some(top)) => Some(top.canonicalize().ok().filter(|top| real.starts_with(top))),
        Some(None) => Some(None),
        None => None,
    };
    let named = git.git_dir.is_some().then(|| around(git).flatten()).flatten();
    match named {
        Some(top) => Some(top),
        None => around(&git.without_repository()).unwrap_or_else(|| path.is_dir().then_some(real.clone())),
    }
}

/// Top of the working tree of the repository that `git` names or `folder` lies in, without links; none for a bare one.
pub fn top_of(folder: &Path, git: &GitEnvironment) -> Option<PathBuf> {
    source::repository::top_of(folder, git)??.canonicalize().ok()
}

impl Config {
    /// Reads all layers.
    ///
    /// # Errors
    /// A file cannot be read, or something in it, in the environment or in a flag cannot be used.
    pub fn load(sources: &Sources) -> Result<Self, ConfigError> {
        let mut config = Self { entries: layers::defaults(), files: Vec::new(), root: None };
        if !sources.without_files {
            if let Some(user) = &sources.user {
                config.add_file(user, &user.display().to_string(), false, true)?;
            }
            match (&sources.named, &sources.root) {
                (Some(named), root) => {
                    let real = named.canonicalize().unwrap_or_else(|_| named.clone());
                    let is_inside = root.as_ref().is_some_and(|root| real.starts_with(root));
                    if !named.exists() {
                        return Err(Problem::of_file(&named.display().to_string(), "there is no such file", "--config names it").into());
                    }
                    config.add_file(named, &named.display().to_string(), is_inside, true)?;
                }
                (None, Some(root)) => {
                    if let Some(name) = in_root(root)? {
                        config.add_file(&root.join(name), name, true, false)?;
                    }
                }
                (None, None) => {}
            }
        }
        config.entries.extend(layers::sorted(layers::environment(&sources.variables)?));
        config.entries.extend(layers::sorted(layers::flags(&sources.flags)?));
        config.root.clone_from(&sources.root);
        Ok(config)
    }

    fn add_file(&mut self, path: &Path, name: &str, is_repository: bool, by_user: bool) -> Result<(), ConfigError> {
        let Some(bytes) = bytes(path, name, by_user)? else {
            // It may be gone since it was looked for, or the user has none.
            return Ok(());
        };
        self.entries.extend(layers::sorted(file::read(name, folder_of(path), &bytes, is_repository)?));
        self.files.push(path.to_owned());
        Ok(())
    }
}

/// Reads one file as if it was all there is.
///
/// # Errors
/// It cannot be read or something in it cannot be used.
pub fn read_file(path: &Path, is_repository: bool) -> Result<Vec<Entry>, ConfigError> {
    let name = path.display().to_string();
    match bytes(path, &name, true)? {
        Some(bytes) => file::read(&name, folder_of(path), &bytes, is_repository),
        None => Err(Problem::of_file(&name, "there is no such file", "").into()),
    }
}

/// The name of the configuration that stands in `root`.
fn in_root(root: &Path) -> Result<Option<&'static str>, ConfigError> {
    let [plain, hidden] = NAMES.map(|name| root.join(name).symlink_metadata().is_ok());
    match (plain, hidden) {
        (true, true) => {
            let message = format!("`{}` stands beside it, and only one of them can count", NAMES[1]);
            Err(Problem::of_file(NAMES[0], message, "remove one of them").into())
        }
        (true, false) => Ok(Some(NAMES[0])),
        (false, true) => Ok(Some(NAMES[1])),
        (false, false) => Ok(None),
    }
}

fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// What is in the file; none if it is not there. Foreign links are not followed: they lead to files of whoever scans.
fn bytes(path: &Path, name: &str, follow_links: bool) -> Result<Option<Vec<u8>>, ConfigError> {
    match source::read_bounded(path, follow_links, LARGEST) {
        Ok(bytes) => Ok(bytes),
        Err(reason) => Err(Problem::of_file(name, format!("cannot be used as a configuration: {reason}"), "").into()),
    }
}
