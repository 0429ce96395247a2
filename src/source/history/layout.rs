//! How a repository lies on the disk, and what it refers to outside of itself: what a purge of its history has to take care of.
//!
//! Knows nothing of objects' content but two files at HEAD.

use std::path::{Path, PathBuf};

use gix::objs::Kind;

use super::History;
use crate::source::repository::Repository;

/// A repository on the disk.
#[derive(Clone, Debug, Default)]
pub struct Layout {
    /// Top of the worktree from which the repository was opened; none in a bare repository.
    pub top: Option<PathBuf>,
    /// Top of the main worktree, where the shared git folder stands in one.
    pub main_top: Option<PathBuf>,
    /// The git folder that all worktrees share.
    pub common_dir: PathBuf,
    /// The git folder of the worktree from which the repository was opened; often the same.
    pub git_dir: PathBuf,
    /// Tops of the linked worktrees, as git has them in its books; they may be gone.
    pub worktrees: Vec<PathBuf>,
    /// Folders of objects that belong to other repositories.
    pub alternates: Vec<PathBuf>,
    /// Packs that `git gc` leaves alone because a `.keep` file stands beside them.
    pub kept_packs: Vec<PathBuf>,
    /// Names of its remotes, sorted, and whether each is mirrored (`git clone --mirror`).
    pub remotes: Vec<(String, bool)>,
    /// Whether history was left out when it was cloned.
    pub is_shallow: bool,
    /// Whether objects were left out when it was cloned.
    pub is_partial: bool,
    /// Whether there is a stash.
    pub has_stash: bool,
    /// Whether objects are named by SHA-256.
    pub is_sha256: bool,
    /// Whether `.gitattributes` at the top of HEAD sends files to Git LFS.
    pub has_lfs: bool,
    /// Whether `.gitmodules` stands at the top of HEAD.
    pub has_submodules: bool,
}

/// Largest `.gitattributes` that is read, in bytes; git reads no larger one either.
const LARGEST_ATTRIBUTES: u64 = 100 << 20;

impl History {
    /// How the repository lies on the disk.
    pub fn layout(&self) -> Layout {
        let repository = &self.repository;
        // Seen from a linked worktree, it has `..` in it.
        let common_dir = absolute(&repository.common_dir().canonicalize().unwrap_or_else(|_| repository.common_dir().to_owned()));
        let folders = repository.object_folders().unwrap_or_default();
        let own = common_dir.join("objects");
        Layout {
            top: repository.top().map(absolute),
            main_top: common_dir.parent().filter(|_| common_dir.ends_with(".git")).map(Path::to_owned),
            git_dir: absolute(repository.local().git_dir()),
            worktrees: linked_worktrees(&common_dir),
            alternates: folders.iter().map(|folder| absolute(folder)).filter(|folder| !is_same(folder, &own)).collect(),
            kept_packs: kept_packs(&own.join("pack")),
            remotes: remotes(repository),
            is_shallow: !self.roots.shallow.is_empty(),
            is_partial: self.is_partial(),
            has_stash: self.roots.refs.iter().any(|root| root.name == "refs/stash"),
            is_sha256: self.store.ids.width() == 32,
            has_lfs: self.file_at_head(b".gitattributes").is_some_and(|text| memchr::memmem::find(&text, b"filter=lfs").is_some()),
            has_submodules: self.file_at_head(b".gitmodules").is_some(),
            common_dir,
        }
    }

    /// Content of a file at the top of HEAD's tree; none if there is none that can be read.
    fn file_at_head(&self, name: &[u8]) -> Option<Vec<u8>> {
        let head = self.repository.head().ok()??;
        let objects = self.repository.objects();
        let (mut buffer, mut content) = (Vec::new(), Vec::new());
        let tree = objects.tree_of(&head).ok()?;
        let bytes = objects.read(&tree, Kind::Tree, LARGEST_ATTRIBUTES, &mut buffer).ok()?;
        let mut entries = gix::objs::TreeRefIter::from_bytes(bytes, tree.kind()).filter_map(Result::ok);
        let entry = entries.find(|entry| entry.filename == name)?;
        objects.read(entry.oid, Kind::Blob, LARGEST_ATTRIBUTES, &mut content).ok().map(<[u8]>::to_vec)
    }
}

impl Layout {
    /// Every folder that belongs to the repository or that it reads objects from.
    pub fn folders(&self) -> impl Iterator<Item = &Path> {
        let own = [&self.common_dir, &self.git_dir];
        self.top.iter().chain(&self.main_top).chain(own).chain(&self.worktrees).chain(&self.alternates).map(PathBuf::as_path)
    }
}

fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}

fn is_same(a: &Path, b: &Path) -> bool {
    a == b || a.canonicalize().ok().is_some_and(|a| b.canonicalize().is_ok_and(|b| a == b))
}

/// Each folder in `worktrees` names the `.git` file of its worktree.
fn linked_worktrees(common: &Path) -> Vec<PathBuf> {
    const LONGEST: u64 = 1 << 16;
    let mut tops = Vec::new();
    for folder in listed(&common.join("worktrees")) {
        let file = folder.join("gitdir");
        if !std::fs::metadata(&file).is_ok_and(|meta| meta.is_file() && meta.len() <= LONGEST) {
            continue;
        }
        let Ok(text) = std::fs::read(&file) else { continue };
        let dot_git = folder.join(crate::source::names::path(text.trim_ascii_end()));
        tops.extend(dot_git.parent().map(Path::to_owned));
    }
    tops
}

fn kept_packs(folder: &Path) -> Vec<PathBuf> {
    listed(folder).into_iter().filter(|path| path.extension().is_some_and(|extension| extension == "keep")).collect()
}

fn listed(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let mut paths: Vec<_> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    paths.sort();
    paths
}

/// Without their addresses, in which a password may stand.
fn remotes(repository: &Repository) -> Vec<(String, bool)> {
    let git = repository.local();
    let config = git.config_snapshot();
    let sections = config.plumbing().sections_by_name("remote").into_iter().flatten();
    let named = sections.filter_map(|section| Some(section.header().subsection_name()?.to_string()));
    let mut names: Vec<String> = named.collect();
    names.sort();
    names.dedup();
    names
        .into_iter()
        .map(|name| {
            let is_mirror = config.boolean(format!("remote.{name}.mirror").as_str()) == Some(true);
            (name, is_mirror)
        })
        .collect()
}
