//! Goes through folders on one thread and lists what is in them.
//!
//! Never follows a link below a root and never reads a file, except for the rules of ignored files.

use std::collections::HashSet;
use std::fs::FileType;
use std::io;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use super::folder::{Contents, RealPath};
use super::ignored::{RuleFiles, Rules, UserRules};
use super::roots::Root;
use super::tracked::{self, Tracked};
use super::{EntryKind, Worktree, WorktreeEntry, shown, unreadable};
use crate::coverage::{Gap, Skip};
use crate::source::repository::Repository;
use crate::source::{Listed, SourceError, names};

/// Folders nested deeper than this below a root are not entered. git itself stops at 2,048. In tests it is less: some file systems
/// take seconds to remove a thousand nested folders.
const DEEPEST: u32 = if cfg!(test) { 16 } else { 1024 };
/// Entries of ignored folders that are counted before the counting gives up.
const MOST_COUNTED: u64 = 1_000_000;

/// One listing.
pub(super) struct Walk<'w> {
    worktree: &'w Worktree,
    roots: &'w [Root],
    each: &'w mut dyn FnMut(Listed<WorktreeEntry>),
    /// Real paths of all roots, when there are several: one that lies in another one is listed once, by itself.
    separate: HashSet<Vec<u8>>,
    user: UserRules,
    repositories: Vec<Tracked>,
    pending: Vec<Folder>,
    ignored: u64,
    /// Entries looked at only to count them.
    counted: u64,
    special: u64,
}

/// A folder to list.
struct Folder {
    path: PathBuf,
    depth: u32,
    rules: Option<Rc<Rules>>,
}

impl<'w> Walk<'w> {
    pub(super) fn new(worktree: &'w Worktree, roots: &'w [Root], each: &'w mut dyn FnMut(Listed<WorktreeEntry>)) -> Self {
        let several = roots.len() > 1;
        let separate = roots.iter().filter(|_| several).map(|root| names::bytes(&root.real).into_owned()).collect();
        let user = UserRules::read(&worktree.git);
        Self { worktree, roots, each, separate, user, repositories: Vec::new(), pending: Vec::new(), ignored: 0, counted: 0, special: 0 }
    }

    /// Lists everything below all roots.
    pub(super) fn run(mut self) {
        for root in self.roots {
            if root.is_folder {
                self.list_root(root);
            } else {
                (self.each)(Listed::Entry(root.entry()));
            }
        }
        self.list_tracked();
        self.list_skips();
    }

    fn list_root(&mut self, root: &Root) {
        let mut real = RealPath::new(root);
        let rules = (!self.worktree.include_ignored).then(|| self.rules_above(root, &real));
        self.pending.push(Folder { path: root.path.clone(), depth: 0, rules });
        while let Some(folder) = self.pending.pop() {
            self.list_folder(folder, &mut real);
        }
    }

    fn list_folder(&mut self, folder: Folder, real: &mut RealPath) {
        let contents = match Contents::of(&folder.path) {
            Ok(contents) => contents,
            Err(error) => return self.folder_failed(&folder.path, &error),
        };
        let here = real.enter(&folder.path);
        let rules = folder.rules.as_ref().map(|above| self.rules_of(&folder, above, &contents, here));
        for (name, kind) in contents.entries {
            if name == ".git" {
                continue;
            }
            let path = folder.path.join(&name);
            if rules.is_some() || !self.separate.is_empty() {
                let absolute = real.of(here, Path::new(&name));
                if self.separate.contains(absolute) {
                    continue;
                }
                if let Some(rules) = rules.as_ref().filter(|rules| rules.ignores(absolute, kind.is_dir())) {
                    self.leave_out(rules, absolute, &path, kind);
                    continue;
                }
            }
            self.list_entry(path, kind, folder.depth, rules.as_ref());
        }
        if let Some(error) = contents.failed {
            (self.each)(Listed::Gap(unreadable(&folder.path, &error)));
        }
    }

    fn list_entry(&mut self, path: PathBuf, kind: FileType, depth: u32, rules: Option<&Rc<Rules>>) {
        if kind.is_dir() {
            if depth >= DEEPEST {
                let why = format!("more than {DEEPEST} folders deep");
                return (self.each)(Listed::Gap(Gap::new(shown(&path), why, "name the folder itself as a path to scan")));
            }
            self.pending.push(Folder { path, depth: depth + 1, rules: rules.cloned() });
        } else if kind.is_file() {
            (self.each)(Listed::Entry(WorktreeEntry { path, kind: EntryKind::File }));
        } else if kind.is_symlink() {
            (self.each)(Listed::Entry(WorktreeEntry { path, kind: EntryKind::Symlink }));
        } else {
            self.special += 1;
        }
    }

    /// Notes what is ignored: its number of files, and its path, for what git tracks in spite of it.
    fn leave_out(&mut self, rules: &Rules, absolute: &[u8], path: &Path, kind: FileType) {
        if let Some((repository, offset)) = rules.repository() {
            self.repositories[repository].ignored(&absolute[offset..], kind.is_dir());
        }
        if kind.is_dir() {
            self.count_ignored(path.to_owned(), absolute.to_vec());
        } else {
            self.ignored += 1;
        }
    }

    fn count_ignored(&mut self, path: PathBuf, absolute: Vec<u8>) {
        let mut pending = vec![(path, absolute, 0_u32)];
        while let Some((path, absolute, depth)) = pending.pop() {
            // What cannot be read or is too deep is ignored all the same, it only cannot be counted.
            let Ok(contents) = Contents::of(&path) else { continue };
            for (name, kind) in contents.entries.into_iter().filter(|(name, _)| name != ".git") {
                self.counted += 1;
                if self.counted > MOST_COUNTED {
                    return;
                }
                let mut below = absolute.clone();
                below.push(b'/');
                below.extend_from_slice(&names::bytes(Path::new(&name)));
                if self.separate.contains(&below) {
                    continue;
                }
                if kind.is_dir() && depth < DEEPEST {
                    pending.push((path.join(&name), below, depth + 1));
                } else {
                    self.ignored += 1;
                }
            }
        }
    }

    /// The rules for a root that come from outside of it: those of its repository and of the folders between.
    fn rules_above(&mut self, root: &Root, real: &RealPath) -> Rc<Rules> {
        let Some((repository, top)) = self.repository_around(root) else {
            return Rules::top(None, real.root_len(), &self.user, None);
        };
        let below_top = root.real.strip_prefix(&top).map(Path::to_owned).unwrap_or_default();
        let mut at = RealPath::new(&Root { path: PathBuf::new(), real: top.clone(), is_folder: true });
        let number = self.repositories.len();
        let mut rules = Rules::top(None, at.root_len(), &self.user, Some((number, &repository)));
        let mut folder = PathBuf::new();
        for part in below_top.components() {
            let offset = at.enter(&folder);
            rules = Rules::with_folder(&rules, &top.join(&folder), offset, RuleFiles { dot_ignore: true, gitignore: true });
            folder.push(part);
        }
        self.repositories.push(Tracked::new(repository, &below_top, root.path.clone()));
        rules
    }

    /// The repository that a root lies in, with its top without links. That of the environment counts when it is around the root,
    /// and there is no nearer one.
    fn repository_around(&mut self, root: &Root) -> Option<(Repository, PathBuf)> {
        let env = &self.worktree.git;
        let contains = |repository: Repository| {
            let top = repository.top()?.canonicalize().ok()?;
            root.real.starts_with(&top).then_some((repository, top))
        };
        let named = env.git_dir.as_ref().and_then(|_| Repository::open(Path::new("."), env).ok()).and_then(contains);
        let found = self.open_repository(&root.real).and_then(contains);
        match (named, found) {
            (Some(named), Some(found)) if found.1.starts_with(&named.1) && found.1 != named.1 => Some(found),
            (named, found) => named.or(found),
        }
    }

    /// The repository that a folder lies in. One that is there and cannot be opened is a gap: what it tracks stays unknown.
    fn open_repository(&mut self, folder: &Path) -> Option<Repository> {
        match Repository::open(folder, &self.worktree.git.without_repository()) {
            Ok(repository) => Some(repository),
            Err(SourceError::NotARepository { .. }) => None,
            Err(error) => {
                (self.each)(Listed::Gap(tracked::gap(error)));
                None
            }
        }
    }

    /// The rules in a folder: those of its own files, on top of a repository's when it is one.
    fn rules_of(&mut self, folder: &Folder, above: &Rc<Rules>, contents: &Contents, offset: usize) -> Rc<Rules> {
        let mut above = above.clone();
        // Whether the root itself is a repository was looked at before.
        if contents.has_git
            && folder.depth > 0
            && let Some(repository) = self.open_repository(&folder.path).filter(|repository| is_top(repository, &folder.path))
        {
            let number = self.repositories.len();
            above = Rules::top(Some(above), offset, &self.user, Some((number, &repository)));
            self.repositories.push(Tracked::new(repository, Path::new(""), folder.path.clone()));
        }
        Rules::with_folder(&above, &folder.path, offset, contents.rule_files)
    }

    /// Lists what git tracks although rules ignore it.
    fn list_tracked(&mut self) {
        for tracked in std::mem::take(&mut self.repositories) {
            let found = tracked.list(&self.separate, self.each);
            self.ignored = self.ignored.saturating_sub(found);
        }
    }

    fn list_skips(&mut self) {
        let mut skip = |what: &str, why: &str, count: u64| {
            if count > 0 {
                (self.each)(Listed::Skip(Skip { what: what.into(), why: why.into(), count }));
            }
        };
        let why = if self.counted > MOST_COUNTED {
            ".gitignore and friends; --include-ignored takes them in; there are more than were counted"
        } else {
            ".gitignore and friends; --include-ignored takes them in"
        };
        skip("ignored files", why, self.ignored);
        skip("special files", "not regular files", self.special);
    }

    fn folder_failed(&mut self, path: &Path, error: &io::Error) {
        // A folder that is gone holds nothing to scan.
        if error.kind() != io::ErrorKind::NotFound {
            (self.each)(Listed::Gap(unreadable(path, error)));
        }
    }
}

/// Whether the folder is the top of the repository, and not only somewhere in it.
fn is_top(repository: &Repository, folder: &Path) -> bool {
    let real = |path: &Path| path.canonicalize().ok();
    repository.top().and_then(real).is_some_and(|top| Some(top) == real(folder))
}
