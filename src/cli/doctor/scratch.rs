//! A folder of scratch repositories, and git in them.
//!
//! Nothing of the user's repository, hooks or git configuration comes in but the scripts that keysieve itself wrote.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::SystemTime;

use anyhow::{Context as _, bail};

use keysieve::rules::example;

use crate::cli::install::files;

/// What the planted token is: a form with a checksum, so that it is found without doubt.
pub const RULE: &str = "github.personal-access-token";

/// A folder for this run alone; it is removed at the end.
pub struct Scratch {
    root: PathBuf,
    keeps: bool,
}

impl Scratch {
    /// Makes it among the system's temporary files.
    ///
    /// # Errors
    /// It cannot be made.
    pub fn new(keeps: bool) -> anyhow::Result<Self> {
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_or(0, |now| now.as_nanos());
        let above = std::env::temp_dir();
        let above = above.canonicalize().unwrap_or(above);
        let root = above.join(format!("keysieve-doctor-{}-{now}", std::process::id()));
        let builder = fs::DirBuilder::new();
        #[cfg(unix)]
        let builder = {
            use std::os::unix::fs::DirBuilderExt as _;
            let mut builder = builder;
            builder.mode(0o700);
            builder
        };
        builder.create(&root).with_context(|| format!("cannot make the scratch folder {}", root.display()))?;
        let scratch = Self { root, keeps };
        fs::create_dir(scratch.hooks()).context("cannot make a folder for hooks in the scratch folder")?;
        Ok(scratch)
    }

    /// Where it is.
    pub fn root(&self) -> &Path {
        &self.root
    }

    fn hooks(&self) -> PathBuf {
        self.root.join("hooks")
    }

    /// Makes `text` the hook of that name in all scratch repositories.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn hook(&self, name: &str, text: &str) -> anyhow::Result<()> {
        files::write(&self.hooks().join(name), text)
    }

    /// A new repository without a commit.
    ///
    /// # Errors
    /// git or the file system fails.
    pub fn empty(&self, name: &str, is_bare: bool) -> anyhow::Result<Folder<'_>> {
        let path = self.root.join(name);
        fs::create_dir(&path).context("cannot make a folder in the scratch folder")?;
        let folder = Folder { scratch: self, path };
        folder.done(&["init", "--quiet", "--template=", if is_bare { "--bare" } else { "--no-bare" }])?;
        Ok(folder)
    }

    /// A new repository with a commit that holds `README`.
    ///
    /// # Errors
    /// git or the file system fails.
    pub fn repository(&self, name: &str) -> anyhow::Result<Folder<'_>> {
        let folder = self.empty(name, false)?;
        folder.write("README", "first\n")?;
        folder.done(&["add", "README"])?;
        folder.committed("first")?;
        Ok(folder)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        if !self.keeps {
            // What is left lies among temporary files.
            let _ = fs::remove_dir_all(&self.root);
        }
    }
}

/// A folder of a scratch repository.
pub struct Folder<'s> {
    scratch: &'s Scratch,
    /// Its path.
    pub path: PathBuf,
}

impl<'s> Folder<'s> {
    /// Another folder, such as a linked worktree.
    pub fn other(&self, name: &str) -> Folder<'s> {
        Folder { scratch: self.scratch, path: self.scratch.root.join(name) }
    }

    /// git in this folder, to be started.
    pub fn git(&self) -> Command {
        let mut command = Command::new("git");
        for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("GIT_")) {
            command.env_remove(name);
        }
        let nothing = if cfg!(windows) { "NUL" } else { "/dev/null" };
        let identity = [("NAME", "keysieve doctor"), ("EMAIL", "doctor@example.org"), ("DATE", "2020-01-01T00:00:00Z")];
        for (name, value) in identity {
            command.env(format!("GIT_AUTHOR_{name}"), value).env(format!("GIT_COMMITTER_{name}"), value);
        }
        command
            .current_dir(&self.path)
            .envs([("GIT_CONFIG_GLOBAL", nothing), ("GIT_CONFIG_NOSYSTEM", "1"), ("GIT_TERMINAL_PROMPT", "0"), ("LC_ALL", "C")])
            .env("GIT_CEILING_DIRECTORIES", &self.scratch.root)
            .env_remove("PRE_COMMIT")
            .stdin(Stdio::null())
            .args(["-c", "init.defaultBranch=main", "-c", "core.autocrlf=false", "-c", "gc.auto=0", "-c", "maintenance.auto=false"])
            .args(["-c".to_owned(), format!("core.hooksPath={}", self.scratch.hooks().display())]);
        command
    }

    /// Runs git, which must succeed.
    ///
    /// # Errors
    /// It does not.
    pub fn done(&self, arguments: &[&str]) -> anyhow::Result<()> {
        let output = self.tried(arguments)?;
        if !output.status.success() {
            let words = String::from_utf8_lossy(&output.stderr).trim().to_owned();
            bail!("git {} failed in a scratch repository: {words}", arguments.first().copied().unwrap_or_default());
        }
        Ok(())
    }

    /// Runs git, whatever comes of it.
    ///
    /// # Errors
    /// It cannot be started.
    pub fn tried(&self, arguments: &[&str]) -> anyhow::Result<Output> {
        self.git().args(arguments).output().context("cannot start git, which must be on the PATH")
    }

    /// Commits what is staged without asking a hook.
    ///
    /// # Errors
    /// git fails.
    pub fn committed(&self, message: &str) -> anyhow::Result<()> {
        self.done(&["commit", "--quiet", "--no-verify", "--allow-empty", "--message", message])
    }

    /// Writes a file.
    ///
    /// # Errors
    /// The file system fails.
    pub fn write(&self, name: &str, text: &str) -> anyhow::Result<()> {
        fs::write(self.path.join(name), text).with_context(|| format!("cannot write {name} in a scratch repository"))
    }
}

/// A line with a token that was never issued: it is made here and now, of the text `seed`.
///
/// # Errors
/// Never, unless the form of templates has changed.
pub fn planted(seed: &str) -> anyhow::Result<String> {
    let token = example::expand("{{github:ghp_}}", seed).map_err(|error| anyhow::anyhow!("cannot make a token to plant: {error:?}"))?;
    Ok(format!("TOKEN = \"{token}\"\n"))
}
