//! Starts git, for the commands that set hooks up and try them. No scan ever does.
//!
//! Only asks git what it is configured to do; never anything that makes it read content with the repository's filters.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, bail};

/// git, to be started in `folder`, with messages in English and nothing to ask.
pub fn command(folder: &Path) -> Command {
    let mut command = Command::new("git");
    command.current_dir(folder).env("LC_ALL", "C").env("GIT_TERMINAL_PROMPT", "0").stdin(Stdio::null());
    command.args(["-c", "core.fsmonitor=false"]);
    command
}

/// What git prints, without the last line feed; none if it fails.
///
/// # Errors
/// There is no git.
pub fn asked<S: AsRef<OsStr>>(folder: &Path, arguments: impl IntoIterator<Item = S>) -> anyhow::Result<Option<String>> {
    let output = command(folder).args(arguments).output().context("cannot start git, which must be on the PATH")?;
    let text = String::from_utf8(output.stdout).ok().map(|text| text.strip_suffix('\n').unwrap_or(&text).to_owned());
    Ok(text.filter(|_| output.status.success()))
}

/// Runs git for what it does.
///
/// # Errors
/// It fails, with its own words.
pub fn run<S: AsRef<OsStr>>(folder: &Path, arguments: impl IntoIterator<Item = S>) -> anyhow::Result<()> {
    let output = command(folder).args(arguments).output().context("cannot start git, which must be on the PATH")?;
    if !output.status.success() {
        bail!("git failed: {}", String::from_utf8_lossy(&output.stderr).trim());
    }
    Ok(())
}

/// A repository as git sees it from a folder.
#[derive(Clone, Debug)]
pub struct Repository {
    /// Top of the working tree; none of a bare one, nor where git is asked inside of the git folder.
    pub top: Option<PathBuf>,
    /// Whether it has no working tree at all.
    pub is_bare: bool,
    /// The folder that all worktrees share.
    pub common_dir: PathBuf,
    /// `core.hooksPath` with the scope that sets it (`local`, `worktree`, `global`, `system`, `command`), if it is set.
    pub hooks_path: Option<(String, PathBuf)>,
}

impl Repository {
    /// Asks git about `folder`.
    ///
    /// # Errors
    /// There is no git, or no repository.
    pub fn find(folder: &Path) -> anyhow::Result<Self> {
        let output =
            command(folder).args(["rev-parse", "--git-common-dir"]).output().context("cannot start git, which must be on the PATH")?;
        let common = String::from_utf8(output.stdout).ok().filter(|_| output.status.success());
        let Some(common) = common.as_deref().and_then(|common| common.strip_suffix('\n')) else {
            let words = String::from_utf8_lossy(&output.stderr).trim().trim_start_matches("fatal: ").to_owned();
            bail!("no git repository can be used in {}: {}", folder.display(), keysieve::report::escaped(&words));
        };
        let is_bare = asked(folder, ["rev-parse", "--is-bare-repository"])?.is_some_and(|said| said == "true");
        let top = asked(folder, ["rev-parse", "--show-toplevel"])?.filter(|_| !is_bare).map(PathBuf::from);
        let common_dir = folder.join(common);
        let common_dir = common_dir.canonicalize().with_context(|| format!("cannot read {}", common_dir.display()))?;
        let base = top.clone().unwrap_or_else(|| common_dir.clone());
        let hooks_path = hooks_path(folder)?.map(|(scope, path)| (scope, if path.as_os_str().is_empty() { path } else { base.join(path) }));
        Ok(Self { top, is_bare, common_dir, hooks_path })
    }

    /// Where git looks for hooks.
    pub fn hooks(&self) -> PathBuf {
        self.hooks_path.as_ref().map_or_else(|| self.common_dir.join("hooks"), |(_, path)| path.clone())
    }
}

/// `core.hooksPath` as it counts in `folder`, and its scope.
pub fn hooks_path(folder: &Path) -> anyhow::Result<Option<(String, PathBuf)>> {
    let said = asked(folder, ["config", "--show-scope", "--type=path", "--get", "core.hooksPath"])?;
    Ok(said.and_then(|said| said.split_once('\t').map(|(scope, path)| (scope.to_owned(), PathBuf::from(path)))))
}
