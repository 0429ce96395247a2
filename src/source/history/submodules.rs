//! The submodules of a repository: which of their repositories are here, under which paths, and which are not.
//!
//! Takes a repository's word for names and paths only. URLs are never read, links are never followed, and a path that leaves the folder of the
//! outermost repository counts for nothing. Knows nothing of what the submodules hold.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Component, Path, PathBuf};

use gix::bstr::ByteSlice;
use gix::objs::{Kind, TreeRefIter};

use super::History;
use crate::coverage::Gap;
use crate::source::SourceError;
use crate::source::file::{self, FileRead, Links};
use crate::source::names;
use crate::source::repository::{GitEnvironment, Objects, Repository};

/// Submodules in submodules that are followed.
const DEEPEST: u32 = 32;
/// Submodules of one repository that are followed.
const MOST: usize = 10_000;
/// Folders that are looked through for absorbed repositories.
const MOST_FOLDERS: usize = 100_000;
/// Largest `.gitmodules` and largest tree that is read, in bytes.
const LARGEST_FILE: u64 = 16 << 20;

/// A repository among submodules: the outermost one, or one in it.
#[derive(Clone, Debug)]
pub struct Place {
    /// Its path from the outermost repository's top, `/` between parts; empty for that one itself.
    path: Vec<u8>,
    /// Its git folder.
    git_folder: PathBuf,
    /// Where its files would be, below the outermost repository's top.
    worktree: Option<PathBuf>,
    /// How many repositories it lies in.
    depth: u32,
}

/// What there is of a repository's submodules.
#[derive(Debug, Default)]
pub struct Submodules {
    /// Those whose repositories are here, sorted by path.
    pub here: Vec<Place>,
    /// Those that are registered and not here, and what could not be looked through.
    pub absent: Vec<Gap>,
}

impl Place {
    /// The outermost repository.
    pub fn outermost(history: &History) -> Self {
        let worktree = history.repository.top().and_then(|top| top.canonicalize().ok());
        Self { path: Vec::new(), git_folder: real(history.git_folder()), worktree, depth: 0 }
    }

    /// Its path from the outermost repository's top as people read it; empty for that one itself.
    pub fn shown(&self) -> String {
        String::from_utf8_lossy(&self.path).into_owned()
    }

    /// The same as bytes.
    pub fn path(&self) -> &[u8] {
        &self.path
    }

    /// Its git folder.
    pub fn git_folder(&self) -> &Path {
        &self.git_folder
    }

    /// Opens it and lists what it stores.
    ///
    /// # Errors
    /// As [`History::open`].
    pub fn open(&self, environment: &GitEnvironment) -> Result<History, SourceError> {
        // Named outright: a search would go on to the repository around a damaged one.
        let environment = GitEnvironment { git_dir: Some(self.git_folder.clone()), ..environment.without_repository() };
        History::open(self.git_folder.parent().unwrap_or(&self.git_folder), &environment)
    }

    fn below(&self, path: &[u8], git_folder: PathBuf) -> Self {
        let worktree = self.worktree.as_deref().map(|worktree| worktree.join(names::path(path)));
        Self { path: self.joined(path), git_folder, worktree, depth: self.depth + 1 }
    }

    fn joined(&self, path: &[u8]) -> Vec<u8> {
        if self.path.is_empty() { path.to_vec() } else { [&self.path, &b"/"[..], path].concat() }
    }

    /// Where the file or folder `name` of the submodule at `path` is (of this repository itself if that is empty), if it is there and no link
    /// leads to it. The way to it begins at a top without links.
    fn in_worktree(&self, path: &[u8], name: &str) -> Option<PathBuf> {
        let folder = self.worktree.as_deref()?.join(names::path(path));
        let found = folder.join(name);
        (folder.canonicalize().ok()? == folder && found.symlink_metadata().is_ok()).then_some(found)
    }
}

/// The submodules of `history`, which stands at `place`.
pub fn of(history: &History, place: &Place) -> Submodules {
    let mut found = Submodules::default();
    let registered = registered(&history.repository, place);
    let absorbed = absorbed(place, &mut found.absent);
    let checked_out = checked_out(&registered, place);
    let paths = paths_of(&absorbed, &registered, &checked_out, place);
    let here: BTreeSet<&[u8]> = paths.values().map(Vec::as_slice).collect();
    for (path, name) in registered.iter().filter(|(path, _)| !here.contains(path.as_slice())) {
        // As git did it before it absorbed them.
        let own = place.in_worktree(path, ".git").filter(|dot_git| is_folder(dot_git));
        if let Some(own) = own {
            found.here.push(place.below(path, own));
        } else if checked_out.values().any(|named| named == path) {
            let why = "its repository lies elsewhere: its `.git` is a file that names another folder";
            found.absent.push(Gap::new(what(place, path), why, "name its folder to scan it by itself"));
        } else {
            let is_bare = history.repository.top().is_none();
            found.absent.push(absent(place, path, name.is_some(), is_bare));
        }
    }
    found.here.extend(paths.iter().map(|(folder, path)| place.below(path, folder.clone())));
    found.here.sort_by(|a, b| (&a.path, &a.git_folder).cmp(&(&b.path, &b.git_folder)));
    let is_too_deep = place.depth >= DEEPEST && !found.here.is_empty();
    if is_too_deep || found.here.len() > MOST {
        let why = format!("more than {MOST} of them, or {DEEPEST} in each other, are not followed");
        found.absent.push(Gap::new(format!("submodules of {}", place.git_folder.display()), why, "scan them by themselves"));
        found.here.truncate(if is_too_deep { 0 } else { MOST });
    }
    found
}

fn what(place: &Place, path: &[u8]) -> String {
    format!("submodule {}", String::from_utf8_lossy(&place.joined(path)))
}

fn absent(place: &Place, path: &[u8], is_named: bool, is_bare: bool) -> Gap {
    let (why, remedy) = match (is_named, is_bare) {
        (true, false) => ("it is registered, and its repository is not here", "`git submodule update --init --recursive`"),
        (true, true) => (
            "it is registered, and a bare repository has no submodules",
            "scan a clone of `git clone --recurse-submodules` instead, or the submodule's own repository",
        ),
        (false, _) => ("its repository is not here, and no .gitmodules tells where it is", "clone it to that path"),
    };
    Gap::new(what(place, path), why, remedy)
}

/// The paths of all submodules, and their names where `.gitmodules` has one.
fn registered(repository: &Repository, place: &Place) -> BTreeMap<Vec<u8>, Option<Vec<u8>>> {
    let head = Head::new(repository);
    let mut named: BTreeMap<Vec<u8>, Vec<u8>> = BTreeMap::new();
    let in_worktree = place.in_worktree(b"", ".gitmodules");
    // What is checked out is newer than what HEAD has.
    for text in [head.gitmodules(), in_worktree.and_then(|file| read(&file))].into_iter().flatten() {
        named.extend(gitmodules(&text));
    }
    let links: Vec<Vec<u8>> = match repository.index() {
        Ok(Some(index)) => {
            let entries = index.entries().iter().filter(|entry| entry.mode == gix::index::entry::Mode::COMMIT);
            entries.map(|entry| entry.path(&index).to_vec()).filter(|path| is_plain(path)).collect()
        }
        // A damaged index is a gap of the history itself.
        Ok(None) | Err(_) => named.keys().filter(|path| head.has_link(path)).cloned().collect(),
    };
    links.into_iter().take(MOST + 1).map(|path| (path.clone(), named.get(&path).cloned())).collect()
}

/// The git folder that the `.git` file of each submodule names, without links, and the submodule's path.
fn checked_out(registered: &BTreeMap<Vec<u8>, Option<Vec<u8>>>, place: &Place) -> BTreeMap<PathBuf, Vec<u8>> {
    let folders = registered.keys().filter_map(|path| {
        let dot_git = place.in_worktree(path, ".git")?;
        let text = read(&dot_git)?;
        let named = names::path(text.strip_prefix(b"gitdir: ")?.trim_end()).into_owned();
        Some((dot_git.parent()?.join(named).canonicalize().ok()?, path.clone()))
    });
    folders.collect()
}

/// `path to name` of every section of a `.gitmodules`; nothing of one that cannot be read as such.
fn gitmodules(text: &[u8]) -> Vec<(Vec<u8>, Vec<u8>)> {
    let meta = gix::config::file::Metadata::from(gix::config::Source::Local);
    let Ok(config) = gix::config::File::from_bytes_no_includes(text, meta, gix::config::file::init::Options::default()) else {
        return Vec::new();
    };
    let sections = config.sections_by_name("submodule").into_iter().flatten();
    let named = sections.filter_map(|section| {
        let name = section.header().subsection_name()?.to_vec();
        let path = section.value("path")?.to_vec();
        let path = path.strip_suffix(b"/").unwrap_or(&path).to_vec();
        is_plain(&path).then_some((path, name))
    });
    named.take(MOST).collect()
}

/// Whether a path only goes down, and not into a git folder.
fn is_plain(path: &[u8]) -> bool {
    let is_part = |part: &[u8]| !matches!(part, b"" | b"." | b"..") && !part.eq_ignore_ascii_case(b".git");
    !path.contains(&0) && path.split(|byte| *byte == b'/').all(is_part) && names::path(path).is_relative()
}

/// The tree of the commit that HEAD names.
struct Head {
    objects: Objects,
    tree: Option<gix::ObjectId>,
}

impl Head {
    fn new(repository: &Repository) -> Self {
        let objects = repository.objects();
        // What is wrong with HEAD is a gap of the history itself.
        let tree = repository.head().ok().flatten().and_then(|head| objects.tree_of(&head).ok());
        Self { objects, tree }
    }

    fn gitmodules(&self) -> Option<Vec<u8>> {
        let (id, mode) = self.entry(b".gitmodules")?;
        let mut buffer = Vec::new();
        let blob = mode.is_blob().then(|| self.objects.read(&id, Kind::Blob, LARGEST_FILE, &mut buffer).ok())??;
        Some(blob.to_vec())
    }

    fn has_link(&self, path: &[u8]) -> bool {
        self.entry(path).is_some_and(|(_, mode)| mode.is_commit())
    }

    fn entry(&self, path: &[u8]) -> Option<(gix::ObjectId, gix::objs::tree::EntryMode)> {
        let mut parts = path.split(|byte| *byte == b'/').peekable();
        let mut tree = self.tree?;
        let mut buffer = Vec::new();
        while let Some(part) = parts.next() {
            let data = self.objects.read(&tree, Kind::Tree, LARGEST_FILE, &mut buffer).ok()?;
            let mut entries = TreeRefIter::from_bytes(data, tree.kind()).map_while(Result::ok);
            let entry = entries.find(|entry| entry.filename.as_bytes() == part)?;
            let found = (entry.oid.to_owned(), entry.mode);
            match parts.peek() {
                None => return Some(found),
                Some(_) if found.1.is_tree() => tree = found.0,
                Some(_) => return None,
            }
        }
        None
    }
}

/// A submodule's repository inside of the git folder around it.
struct Absorbed {
    git_folder: PathBuf,
    /// Its path below `modules`, which is its name.
    name: Vec<u8>,
    /// Its path below the git folder around it.
    place: Vec<u8>,
}

/// Everything below `modules` that is a git folder, also of linked worktrees, which have such a folder each.
fn absorbed(place: &Place, gaps: &mut Vec<Gap>) -> Vec<Absorbed> {
    let mut starts = vec![PathBuf::from("modules")];
    let worktrees = listed(&place.git_folder.join("worktrees"));
    starts.extend(worktrees.into_iter().map(|name| Path::new("worktrees").join(name).join("modules")));
    let mut found = Vec::new();
    let mut seen = 0;
    for start in starts {
        let mut waiting = vec![PathBuf::new()];
        while let Some(name) = waiting.pop() {
            let folder = place.git_folder.join(&start).join(&name);
            if !is_folder(&folder) {
                continue;
            }
            seen += 1;
            if seen > MOST_FOLDERS {
                let why = format!("more than {MOST_FOLDERS} folders are not looked through");
                gaps.push(Gap::new(place.git_folder.join(&start).display().to_string(), why, "scan its repositories by themselves"));
                return found;
            }
            if is_git_folder(&folder) {
                found.push(Absorbed { git_folder: folder, name: bytes(&name), place: bytes(&start.join(&name)) });
            } else {
                match std::fs::read_dir(&folder) {
                    Ok(_) => waiting.extend(listed(&folder).into_iter().rev().map(|below| name.join(below))),
                    Err(error) => gaps.push(Gap::new(folder.display().to_string(), error.to_string(), "check its permissions")),
                }
            }
        }
    }
    found
}

/// Also a damaged one: opening it says what is wrong.
fn is_git_folder(folder: &Path) -> bool {
    folder.join("HEAD").symlink_metadata().is_ok_and(|meta| !meta.is_dir())
        || (is_folder(&folder.join("objects")) && is_folder(&folder.join("refs")))
}

/// The path of each absorbed repository: where its files are, else as `.gitmodules` has it, else as its own configuration has it, else where it lies.
fn paths_of(
    absorbed: &[Absorbed],
    registered: &BTreeMap<Vec<u8>, Option<Vec<u8>>>,
    checked_out: &BTreeMap<PathBuf, Vec<u8>>,
    place: &Place,
) -> BTreeMap<PathBuf, Vec<u8>> {
    let by_name: BTreeMap<&[u8], &Vec<u8>> = registered.iter().filter_map(|(path, name)| Some((name.as_deref()?, path))).collect();
    let mut taken = BTreeSet::new();
    let mut paths = BTreeMap::new();
    let in_worktree = place.worktree.as_deref().and_then(|worktree| Some(bytes(place.git_folder.strip_prefix(worktree).ok()?)));
    for one in absorbed {
        let told = checked_out.get(&one.git_folder).or_else(|| by_name.get(one.name.as_slice()).copied());
        let path = told.cloned().or_else(|| configured(one, place)).filter(|path| taken.insert(path.clone()));
        let lies_at = || in_worktree.iter().chain([&one.place]).map(Vec::as_slice).collect::<Vec<_>>().join(&b'/');
        paths.insert(one.git_folder.clone(), path.unwrap_or_else(lies_at));
    }
    paths
}

/// Where `core.worktree` says that the files are, if that is below the worktree of the repository around it.
fn configured(one: &Absorbed, place: &Place) -> Option<Vec<u8>> {
    let text = read(&one.git_folder.join("config"))?;
    let meta = gix::config::file::Metadata::from(gix::config::Source::Local);
    let config = gix::config::File::from_bytes_no_includes(&text, meta, gix::config::file::init::Options::default()).ok()?;
    let value = config.string("core.worktree")?.to_vec();
    let mut path = PathBuf::new();
    for part in one.git_folder.join(names::path(&value)).components() {
        match part {
            Component::ParentDir => {
                path.pop();
            }
            Component::CurDir => {}
            other => path.push(other),
        }
    }
    let path = bytes(path.strip_prefix(place.worktree.as_deref()?).ok()?);
    is_plain(&path).then_some(path)
}

/// The content of a small regular file.
fn read(path: &Path) -> Option<Vec<u8>> {
    let mut buffer = Vec::new();
    match file::read(path, Links::Refuse, LARGEST_FILE, &mut buffer) {
        Ok(FileRead::Whole(length)) => {
            buffer.truncate(length);
            Some(buffer)
        }
        _ => None,
    }
}

fn is_folder(path: &Path) -> bool {
    path.symlink_metadata().is_ok_and(|meta| meta.is_dir())
}

/// The names in a folder, sorted.
fn listed(folder: &Path) -> Vec<std::ffi::OsString> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let mut names: Vec<_> = entries.filter_map(|entry| Some(entry.ok()?.file_name())).take(MOST_FOLDERS).collect();
    names.sort();
    names
}

fn bytes(path: &Path) -> Vec<u8> {
    names::bytes(path).into_owned()
}

fn real(path: &Path) -> PathBuf {
    path.canonicalize().unwrap_or_else(|_| path.to_owned())
}
