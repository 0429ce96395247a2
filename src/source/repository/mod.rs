//! Finding and opening a git repository for reading only.
//!
//! Opening takes nothing but the repository's own configuration, follows no includes and reads no environment but the one it is
//! given. Repositories that belong to other users are opened as well: nothing that a repository names is ever run (no filters,
//! hooks, fsmonitor, pagers or transports), which is what git's `safe.directory` guards against. Knows nothing of what is scanned.

mod environment;
mod message;
mod objects;

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use gix::bstr::ByteSlice;
use gix::discover::upwards::TrustPolicy;

pub use environment::GitEnvironment;
pub use message::{MessageSettings, message_settings};
pub(crate) use objects::{LARGEST_COMMIT, ObjectError, Objects};

use super::SourceError;

/// Upper bound in bytes for one object of any kind, and for every table of the index, so that a forged size cannot exhaust memory.
const ALLOCATION_LIMIT: usize = 2 << 30;

/// A repository with its parts where the environment says they are.
pub(crate) struct Repository {
    git: gix::ThreadSafeRepository,
    top: Option<PathBuf>,
    index_path: PathBuf,
    stores: Vec<objects::Store>,
}

impl Repository {
    /// Finds the repository that `env` names or that `start`, an existing folder, lies in.
    ///
    /// # Errors
    /// There is none, or it cannot be read.
    pub(crate) fn open(start: &Path, env: &GitEnvironment) -> Result<Self, SourceError> {
        let start = std::path::absolute(start).map_err(|error| not_a_repository(start, error))?;
        refuse_pipes(&start, env)?;
        let git = match &env.git_dir {
            Some(git_dir) => open_at(&start.join(git_dir), true).map_err(|error| not_a_repository(&start, reason(&error)))?,
            None => {
                let (path, as_is) = discover(&start, env).map_err(|error| not_a_repository(&start, reason(&error)))?;
                open_at(&path, as_is).map_err(|error| unusable(&path, reason(&error), "`git fsck` says what is wrong with it"))?
            }
        };
        let top = top(&git, &start, env);
        let index_path = index_path(&git, top.as_deref(), &start, env);
        let stores = objects::stores(&git, &start, env)?;
        let repository = Self { git, top, index_path, stores };
        repository.refuse_other_common_dir(&start, env)?;
        Ok(repository)
    }

    /// Top of the worktree; none in a bare repository.
    pub(crate) fn top(&self) -> Option<&Path> {
        self.top.as_deref()
    }

    /// Where the index is or would be.
    pub(crate) fn index_path(&self) -> &Path {
        &self.index_path
    }

    /// Where the objects and what all worktrees share are.
    pub(crate) fn common_dir(&self) -> &Path {
        self.git.common_dir.as_deref().unwrap_or_else(|| self.git.git_dir())
    }

    /// The folder with what belongs to this worktree alone.
    pub(crate) fn git_dir(&self) -> &Path {
        self.git.git_dir()
    }

    /// The value of a key in the repository's own configuration.
    pub(crate) fn config(&self, key: &str) -> Option<Vec<u8>> {
        self.git.to_thread_local().config_snapshot().string(key).map(|value| value.to_vec())
    }

    /// Whether a key of the repository's own configuration is there and true.
    pub(crate) fn config_is_true(&self, key: &str) -> bool {
        self.git.to_thread_local().config_snapshot().boolean(key) == Some(true)
    }

    /// How its objects are named.
    pub(crate) fn hash(&self) -> gix::hash::Kind {
        self.git.objects.object_hash()
    }

    /// The repository itself, for one thread.
    pub(crate) fn local(&self) -> gix::Repository {
        self.git.to_thread_local()
    }

    /// The folders that hold its objects, alternates included, in git's order.
    ///
    /// # Errors
    /// A list of alternates is damaged or goes round in a circle.
    pub(crate) fn object_folders(&self) -> Result<Vec<PathBuf>, SourceError> {
        objects::folders(&self.stores)
    }

    /// A reader of objects for one thread.
    pub(crate) fn objects(&self) -> Objects {
        Objects::new(&self.stores)
    }

    /// Decodes the index; none when there is no such file, which is how a new repository begins.
    ///
    /// # Errors
    /// The file is damaged, or of a kind that is not known.
    pub(crate) fn index(&self) -> Result<Option<gix::index::File>, SourceError> {
        self.index_at(&self.index_path)
    }

    /// Decodes the index at `path`, such as that of a linked worktree.
    ///
    /// # Errors
    /// As [`Repository::index`].
    pub(crate) fn index_at(&self, path: &Path) -> Result<Option<gix::index::File>, SourceError> {
        let options = gix::index::decode::Options {
            // The caller owns the threads.
            thread_limit: Some(1),
            alloc_limit_bytes: Some(ALLOCATION_LIMIT),
            ..Default::default()
        };
        match gix::index::File::at(path, self.git.objects.object_hash(), false, options) {
            Ok(index) => Ok(Some(index)),
            Err(error) if is_absent(&error, path) => Ok(None),
            Err(error) => Err(self.damaged_index(reason(&error))),
        }
    }

    /// The error for an index that cannot be used.
    pub(crate) fn damaged_index(&self, reason: impl Into<String>) -> SourceError {
        SourceError::Repository {
            what: format!("the index {}", self.index_path.display()),
            reason: reason.into(),
            remedy: "`git status` says whether git can still read it; without the file, `git reset` makes a new one from HEAD".into(),
        }
    }

    /// The commit that HEAD names, as an id; none when the branch has no commit yet.
    ///
    /// # Errors
    /// HEAD or the ref it names cannot be read.
    pub(crate) fn head(&self) -> Result<Option<gix::ObjectId>, SourceError> {
        self.refuse_other_ref_storage()?;
        let git = self.git.to_thread_local();
        let id = git.head().and_then(|head| if head.is_unborn() { Ok(None) } else { head.into_peeled_id().map(|id| Some(id.detach())) });
        id.map_err(|error| SourceError::Repository {
            what: format!("HEAD of {}", self.git.git_dir().display()),
            reason: reason(&error),
            remedy: "`git fsck` says what is wrong with it".into(),
        })
    }

    /// How object ids are made here.
    pub(crate) fn hash_kind(&self) -> gix::hash::Kind {
        self.git.objects.object_hash()
    }

    /// The repository for looking up refs and revisions. Its object lookup knows nothing of folders that only the environment names.
    ///
    /// # Errors
    /// Its refs are stored in a way that cannot be read.
    pub(crate) fn refs(&self) -> Result<gix::Repository, SourceError> {
        self.refuse_other_ref_storage()?;
        Ok(self.git.to_thread_local())
    }

    /// The commits whose parents were left out when the repository was cloned.
    ///
    /// # Errors
    /// The list is there and cannot be read.
    pub(crate) fn shallow_commits(&self) -> Result<HashSet<gix::ObjectId>, SourceError> {
        match self.git.to_thread_local().shallow_commits() {
            Ok(commits) => Ok(commits.iter().flat_map(|commits| commits.iter().copied()).collect()),
            Err(error) => Err(SourceError::Repository {
                what: format!("the file {}", self.common_dir().join("shallow").display()),
                reason: reason(&error),
                remedy: "It lists where a shallow clone ends; `git fetch --unshallow` makes it needless".into(),
            }),
        }
    }

    /// Whether the repository was cloned without some of its objects (`git clone --filter`).
    pub(crate) fn is_partial(&self) -> bool {
        let git = self.git.to_thread_local();
        let config = git.config_snapshot();
        let mut remotes = config.plumbing().sections_by_name("remote").into_iter().flatten();
        self.config("extensions.partialClone").is_some() || remotes.any(|remote| remote.value("promisor").is_some())
    }

    /// With another way to store refs HEAD looks as if it had no commit, and everything as if it were new.
    fn refuse_other_ref_storage(&self) -> Result<(), SourceError> {
        match self.config("extensions.refStorage") {
            Some(storage) if storage != b"files" => {
                let why = format!("its refs are stored as `{}`, and only `files` can be read", storage.as_bstr());
                Err(unusable(self.git.git_dir(), why, "`git refs migrate --ref-format=files` converts it"))
            }
            _ => Ok(()),
        }
    }

    /// gix takes the shared folder from the repository itself; an environment that names another one would be read wrongly.
    fn refuse_other_common_dir(&self, start: &Path, env: &GitEnvironment) -> Result<(), SourceError> {
        let Some(wanted) = &env.common_dir else { return Ok(()) };
        let real = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_owned());
        if real(&start.join(wanted)) == real(&start.join(self.common_dir())) {
            return Ok(());
        }
        let why = format!("GIT_COMMON_DIR names {}, which the repository itself does not", wanted.display());
        Err(unusable(self.git.git_dir(), why, "Unset GIT_COMMON_DIR"))
    }
}

/// The top of the working tree that `start` lies in: none of it where there is no repository that can be opened, [`None`] inside for a
/// bare one.
pub fn top_of(start: &Path, env: &GitEnvironment) -> Option<Option<PathBuf>> {
    Repository::open(start, env).ok().map(|repository| repository.top().map(Path::to_owned))
}

/// Files of a git folder that are read before anything is known of it.
const FIRST_FILES: [&str; 9] =
    ["HEAD", "config", "config.worktree", "commondir", "gitdir", "index", "packed-refs", "shallow", "objects/info/alternates"];

/// Whoever opens a pipe waits until somebody writes into it. No git folder has one, so one that does is not opened.
fn refuse_pipes(start: &Path, env: &GitEnvironment) -> Result<(), SourceError> {
    let mut folders: Vec<PathBuf> = env.git_dir.iter().map(|folder| start.join(folder)).collect();
    if folders.is_empty() {
        folders.extend(start.ancestors().flat_map(|folder| [folder.join(".git"), folder.to_owned()]));
    }
    let is_neither = |path: &Path| std::fs::metadata(path).is_ok_and(|meta| !meta.is_file() && !meta.is_dir());
    for folder in folders {
        // A `.git` file of a few hundred bytes names the folder.
        let named = if folder.is_file() { std::fs::read_to_string(&folder).ok() } else { None };
        let named = named.as_deref().and_then(|text| text.strip_prefix("gitdir: ")).map(|path| start.join(path.trim_end()));
        // Most folders on the way up are no git folders.
        for folder in std::iter::once(folder.clone()).chain(named).filter(|folder| folder.join("HEAD").exists() || is_neither(folder)) {
            let mut files = FIRST_FILES.iter().map(|name| folder.join(name)).chain([folder.clone()]);
            if let Some(file) = files.find(|file| is_neither(file)) {
                let why = "it is no file, and reading it might never end".to_owned();
                return Err(unusable(&file, why, "Remove it, or make it the file that git expects"));
            }
        }
    }
    Ok(())
}

/// Searches upwards; returns a path to open and whether it is the git folder itself.
fn discover(start: &Path, env: &GitEnvironment) -> gix::Result<(PathBuf, bool)> {
    let options = gix::discover::upwards::Options {
        trust: TrustPolicy::Assume(gix::sec::Trust::Full),
        ceiling_dirs: env.ceiling_directories.iter().map(|path| path.canonicalize().unwrap_or_else(|_| path.clone())).collect(),
        match_ceiling_dir_or_error: false,
        cross_fs: env.across_filesystems,
        ..Default::default()
    };
    let (found, _) = gix::discover::upwards_opts(start, options)?;
    Ok(match found {
        gix::discover::repository::Path::WorkTree(top) => (top, false),
        gix::discover::repository::Path::LinkedWorkTree { work_dir, .. } => (work_dir, false),
        gix::discover::repository::Path::Repository(git_dir) => (git_dir, true),
    })
}

fn open_at(path: &Path, as_is: bool) -> gix::Result<gix::ThreadSafeRepository> {
    gix::open::Options::isolated()
        .with(gix::sec::Trust::Full)
        .open_path_as_is(as_is)
        // What a commit holds is the object itself, whatever refs/replace shows in its place.
        .config_overrides(["core.useReplaceRefs=false".to_owned(), format!("gitoxide.objects.allocLimit={ALLOCATION_LIMIT}")])
        .open(path)
}

/// git's order: the environment, then configuration and where the git folder stands; with GIT_DIR alone the current directory.
fn top(git: &gix::ThreadSafeRepository, start: &Path, env: &GitEnvironment) -> Option<PathBuf> {
    let local = git.to_thread_local();
    let known = || local.workdir().map(|top| start.join(top));
    let assumed = || (env.git_dir.is_some() && !local.is_bare()).then(|| start.to_owned());
    env.work_tree.as_ref().map(|top| start.join(top)).or_else(known).or_else(assumed)
}

/// A relative GIT_INDEX_FILE is relative to the top of the worktree, where git is when it starts a hook; a hook may have gone on to
/// a subfolder, or mean the current directory.
fn index_path(git: &gix::ThreadSafeRepository, top: Option<&Path>, start: &Path, env: &GitEnvironment) -> PathBuf {
    let Some(named) = &env.index_file else { return start.join(git.git_dir()).join("index") };
    let from_top = top.unwrap_or(start).join(named);
    let from_start = start.join(named);
    if !from_top.exists() && from_start.exists() { from_start } else { from_top }
}

fn is_absent(error: &gix::Error, path: &Path) -> bool {
    error
        .downcast_any_ref::<gix::index::file::init::OpenError>()
        .is_some_and(|open| open.path == path && open.source.kind() == std::io::ErrorKind::NotFound)
}

fn not_a_repository(start: &Path, reason: impl ToString) -> SourceError {
    SourceError::NotARepository { path: start.display().to_string(), reason: reason.to_string() }
}

fn unusable(path: &Path, reason: String, remedy: &str) -> SourceError {
    SourceError::Repository { what: format!("the repository at {}", path.display()), reason, remedy: remedy.into() }
}

/// The words of an error and of its causes, without what they quote from files: only paths and ids stay.
pub(crate) fn reason(error: &gix::Error) -> String {
    const DEEPEST: usize = 6;
    let mut words: Vec<String> = Vec::new();
    let mut next: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(error) = next.filter(|_| words.len() < DEEPEST) {
        let said = error.to_string();
        let said = without_quotes(&said);
        // The last cause may be only the name of a class of errors.
        let is_class = !words.is_empty() && !said.contains(' ');
        if !said.is_empty() && !is_class && !words.iter().any(|known| known.contains(said)) {
            words.push(said.to_owned());
        }
        next = error.source();
    }
    words.join(": ")
}

/// gix puts offending input behind the words, as `, input="…"`, and what it could not parse of a configuration behind a colon.
fn without_quotes(said: &str) -> &str {
    let is_key =
        |text: &str| text.split_once('=').is_some_and(|(key, _)| key.bytes().all(|byte| byte == b'_' || byte.is_ascii_lowercase()));
    let end = said.match_indices(", ").find(|(at, _)| is_key(&said[at + 2..])).map_or(said.len(), |(at, _)| at);
    let end = said[..end].find(" while trying to parse").unwrap_or(end);
    said[..end].trim_end_matches('.')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::testing::Folder;

    #[test]
    fn errors_quote_nothing_from_the_files_they_are_about() {
        assert_eq!(without_quotes("Bad ref, input=\"hidden, a=b\", x=1"), "Bad ref");
        assert_eq!(without_quotes("The file a, b=c/d is missing."), "The file a");
        assert_eq!(
            without_quotes("Got an unexpected token on line 2 while trying to parse a value: 'hidden'"),
            "Got an unexpected token on line 2"
        );
        for (path, content) in [
            ("HEAD", "hidden\n"),
            ("HEAD", "ref: hidden\n"),
            ("config", "[a]\nb = hidden\nhidden hidden hidden\n[\n"),
            ("config", "[core]\nrepositoryformatversion = hidden\n"),
            ("config", "[core]\nrepositoryformatversion = 1\n[extensions]\nobjectFormat = hidden\n"),
            ("config", "[core]\nbare = hidden\nworktree = hidden\n"),
            ("objects/info/alternates", "\"hidden\n"),
            ("refs/heads/main", "hidden\n"),
            ("packed-refs", "hidden hidden\n"),
            ("index", "DIRChidden"),
        ] {
            let folder = Folder::repository();
            folder.write("a", "1").commit_all();
            if path == "packed-refs" {
                std::fs::remove_file(folder.path.join(".git/refs/heads/main")).expect("because git wrote it");
            }
            folder.write(Path::new(".git").join(path), content);
            let said = match Repository::open(&folder.path, &GitEnvironment::default()) {
                Ok(repository) => format!("{:?} {:?}", repository.head(), repository.index().err()),
                Err(error) => error.to_string(),
            };
            println!("{path} {content:?}: {said}");
            assert!(!said.contains("hidden"), "{path} with {content:?}: {said}");
        }
    }
}
