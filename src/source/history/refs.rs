//! Where walks through a history begin: refs, reflogs, and what else git keeps objects for.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::coverage::Gap;
use crate::source::repository::{Repository, reason};

/// What a history is entered through.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Root {
    /// Full name of the ref, such as `refs/heads/main`; `stash@{1}` for older entries of the stash, `HEAD`, or `worktrees/x/HEAD`.
    pub name: String,
    /// Bytes of the id it names.
    pub id: Box<[u8]>,
}

/// All of them.
#[derive(Clone, Debug, Default)]
pub struct Roots {
    /// Refs, sorted by name.
    pub refs: Vec<Root>,
    /// The id that HEAD names, if it has a commit.
    pub head: Option<Box<[u8]>>,
    /// Ids that only reflogs, the index and files such as `ORIG_HEAD` name.
    pub fleeting: Vec<Box<[u8]>>,
    /// What the index of each worktree holds: ids and paths. Nothing else may keep these objects.
    pub staged: Vec<(Box<[u8]>, Vec<u8>)>,
    /// Ids of commits whose parents were left out on purpose, as `shallow` lists them.
    pub shallow: Vec<Box<[u8]>>,
    /// What could not be read.
    pub gaps: Vec<Gap>,
}

/// Files beside HEAD that git writes ids into and that keep objects alive or did so lately.
const PSEUDO_REFS: [&str; 8] =
    ["ORIG_HEAD", "FETCH_HEAD", "MERGE_HEAD", "CHERRY_PICK_HEAD", "REVERT_HEAD", "BISECT_HEAD", "REBASE_HEAD", "AUTO_MERGE"];
/// Longest reflog or such a file that is read, in bytes.
const LARGEST_FILE: u64 = 256 << 20;

/// Reads all roots of `repository`.
pub(crate) fn roots(repository: &Repository) -> Roots {
    let mut roots = Roots::default();
    let common = repository.common_dir().to_owned();
    let width = repository.hash().len_in_bytes();
    read_refs(repository, &mut roots);
    match repository.head() {
        Ok(head) => roots.head = head.map(|id| id.as_bytes().into()),
        Err(error) => roots.gaps.push(Gap::new("HEAD", error.to_string(), "`git fsck` says what is wrong with it")),
    }
    if let Some(head) = roots.head.clone() {
        roots.refs.push(Root { name: "HEAD".to_owned(), id: head });
    }
    let mut folders = vec![common.clone()];
    for name in listed(&common.join("worktrees")) {
        folders.push(common.join("worktrees").join(name));
    }
    for folder in &folders {
        let is_main = *folder == common;
        fleeting_of(folder, width, &mut roots);
        if !is_same(folder, repository.git_dir()) {
            let name = if is_main {
                Path::new("main-worktree/HEAD").to_owned()
            } else {
                folder.strip_prefix(&common).unwrap_or(folder).join("HEAD")
            };
            worktree_head(folder, &name, width, &mut roots);
        }
    }
    read_stash(&common, width, &mut roots);
    for id in ids_in(&read(&common.join("shallow"), &mut roots.gaps), width) {
        roots.shallow.push(id);
    }
    for folder in &folders {
        match repository.index_at(&folder.join("index")) {
            Ok(Some(index)) => {
                let entries = index.entries().iter().map(|entry| (entry.id.as_bytes().into(), entry.path(&index).to_vec()));
                roots.staged.extend(entries);
            }
            Ok(None) => {}
            Err(error) => roots.gaps.push(Gap::new("the index", error.to_string(), "what only it keeps is reported as unreachable")),
        }
    }
    roots.refs.sort();
    roots.refs.dedup();
    roots.staged.sort();
    roots.staged.dedup();
    roots.fleeting.sort();
    roots.fleeting.dedup();
    roots
}

fn read_refs(repository: &Repository, roots: &mut Roots) {
    let remedy = "`git fsck` says what is wrong with it; what only it reaches is reported as unreachable";
    let git = repository.local();
    let platform = match git.references() {
        Ok(platform) => platform,
        Err(error) => return roots.gaps.push(Gap::new("refs", reason(&error), remedy)),
    };
    let all = match platform.all() {
        Ok(all) => all,
        Err(error) => return roots.gaps.push(Gap::new("refs", reason(&error), remedy)),
    };
    for reference in all {
        match reference {
            Ok(reference) => {
                let name = String::from_utf8_lossy(reference.name().as_bstr()).into_owned();
                // A symbolic ref, such as `refs/remotes/origin/HEAD`, is another name for one that comes by itself.
                if let Some(id) = reference.target().try_id() {
                    roots.refs.push(Root { name, id: id.as_bytes().into() });
                }
            }
            Err(error) => roots.gaps.push(Gap::new("refs", error.to_string(), remedy)),
        }
    }
}

fn is_same(a: &Path, b: &Path) -> bool {
    let real = |path: &Path| std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    real(a) == real(b)
}

/// HEAD of another worktree: an id, or the name of a ref that is among the others.
fn worktree_head(folder: &Path, name: &Path, width: usize, roots: &mut Roots) {
    let text = read(&folder.join("HEAD"), &mut roots.gaps);
    let name = name.to_string_lossy().into_owned();
    roots.refs.extend(ids_in(&text, width).into_iter().take(1).map(|id| Root { name: name.clone(), id }));
}

/// Reflogs and pseudo refs of one git folder.
fn fleeting_of(folder: &Path, width: usize, roots: &mut Roots) {
    for name in PSEUDO_REFS {
        roots.fleeting.extend(ids_in(&read(&folder.join(name), &mut roots.gaps), width));
    }
    let mut waiting = vec![folder.join("logs")];
    let mut seen = 0u32;
    const MOST: u32 = 1_000_000;
    while let Some(path) = waiting.pop() {
        seen += 1;
        let is_link = std::fs::symlink_metadata(&path).is_ok_and(|meta| meta.is_symlink());
        if seen > MOST || is_link {
            continue;
        }
        if path.is_dir() {
            waiting.extend(listed(&path).into_iter().map(|name| path.join(name)));
        } else if path.is_file() {
            roots.fleeting.extend(ids_in(&read(&path, &mut roots.gaps), width));
        }
    }
}

/// The older entries of the stash are refs in all but name: nothing but its reflog keeps them, and they are meant to stay.
fn read_stash(common: &Path, width: usize, roots: &mut Roots) {
    let log = read(&common.join("logs/refs/stash"), &mut roots.gaps);
    let lines: Vec<&[u8]> = log.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()).collect();
    for (at, line) in lines.iter().rev().enumerate().skip(1) {
        // The second id of a line is what the stash became; the first entry of all has zeros before it.
        if let Some(id) = ids_in(line, width).into_iter().next_back() {
            roots.refs.push(Root { name: format!("stash@{{{at}}}"), id });
        }
    }
}

/// Every word of a line that is a whole id, the first two of each line.
fn ids_in(text: &[u8], width: usize) -> Vec<Box<[u8]>> {
    let mut found = BTreeMap::new();
    let mut list = Vec::new();
    for line in text.split(|byte| *byte == b'\n') {
        for word in line.split(|byte| matches!(byte, b' ' | b'\t')).take(2) {
            let id = if word.len() == 2 * width { data_encoding::HEXLOWER.decode(word).ok() } else { None };
            if let Some(id) = id.filter(|id| id.iter().any(|byte| *byte != 0)) {
                let id = id.into_boxed_slice();
                if found.insert(id.clone(), ()).is_none() {
                    list.push(id);
                }
            }
        }
    }
    list
}

/// The file's content; nothing if it is not there.
fn read(path: &Path, gaps: &mut Vec<Gap>) -> Vec<u8> {
    let content = std::fs::metadata(path).and_then(|meta| {
        if meta.is_file() && meta.len() <= LARGEST_FILE { std::fs::read(path) } else { Err(std::io::ErrorKind::FileTooLarge.into()) }
    });
    match content {
        Ok(content) => content,
        Err(error) if matches!(error.kind(), std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory) => Vec::new(),
        Err(error) => {
            gaps.push(Gap::new(path.display().to_string(), error.to_string(), "make it readable"));
            Vec::new()
        }
    }
}

fn listed(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let mut names: Vec<_> = entries.filter_map(|entry| Some(PathBuf::from(entry.ok()?.file_name()))).collect();
    names.sort();
    names
}
