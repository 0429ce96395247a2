//! What is committed in a repository, and by whom: a file as a commit has it, who owns which file, who brought what stands in a file, who last
//! changed a line, who would commit now.
//!
//! Reads commits, trees, blobs and the configuration of git; never a working tree. Knows nothing of what the files mean.

mod author;
mod blame;
mod introduced;
mod user;

use std::path::Path;

use gix::ObjectId;
use gix::objs::{Kind, TreeRefIter};

pub use author::Author;
use author::Step;
pub use blame::{Blamed, Line, Seen};
pub use introduced::Introduced;
pub use user::users;

use super::SourceError;
use super::diff::LARGEST_TREE;
use super::range::{self, Wanted};
use super::repository::{GitEnvironment, ObjectError, Objects, Repository};
use crate::owners::{self, FILES, MAILMAP, Mailmap, Owners, Person};

/// The commits of a repository.
pub struct Committed {
    repository: Repository,
    objects: Objects,
    head: Option<ObjectId>,
    /// What counted before the commits that are looked at; why that is not known.
    base: Result<Option<ObjectId>, String>,
    users: Vec<Person>,
}

impl Committed {
    /// Opens the repository that `env` names or `start` lies in. Files are those of HEAD; if `wanted` names a range, those of the commit that it
    /// begins at.
    ///
    /// # Errors
    /// There is no repository, or HEAD cannot be read.
    pub fn open(start: &Path, env: &GitEnvironment, wanted: Option<&Wanted>) -> Result<Self, SourceError> {
        let repository = Repository::open(start, env)?;
        let objects = repository.objects();
        let head = repository.head()?;
        let base = match wanted {
            Some(wanted) => range::base(wanted, &repository, &objects).map(|base| base.or(head)),
            None => Ok(head),
        };
        let users = user::identities(Some(&repository), env);
        Ok(Self { repository, objects, head, base, users })
    }

    /// Top of its working tree; none in a bare repository.
    pub fn top(&self) -> Option<&Path> {
        self.repository.top()
    }

    /// Whoever would be the author of a commit made now, by all that git knows of them; empty if it knows no e-mail address.
    pub fn users(&self) -> &[Person] {
        &self.users
    }

    /// The text of the file at `path`, from the top of the repository; none if it is not there, or not a file.
    ///
    /// # Errors
    /// It cannot be read or is larger than `limit` bytes; the words say why.
    pub fn file(&self, path: &str, limit: u64) -> Result<Option<Vec<u8>>, String> {
        let Some(commit) = self.base.as_ref().map_err(Clone::clone)? else { return Ok(None) };
        let wrong = |error: ObjectError| format!("{path} in commit {} {error}", commit.to_hex_with_len(SHORT));
        let tree = self.objects.tree_of(commit).map_err(wrong)?;
        let Some(blob) = blob_at(&self.objects, tree, path.as_bytes()).map_err(wrong)? else { return Ok(None) };
        let mut buffer = Vec::new();
        self.objects.read(&blob, Kind::Blob, limit, &mut buffer).map(|bytes| Some(bytes.to_vec())).map_err(wrong)
    }

    /// Who owns which file, by the first file of those that say it; none if none of them is committed.
    ///
    /// # Errors
    /// It cannot be read; the words say why.
    pub fn owners(&self) -> Result<Option<Owners>, String> {
        for file in FILES {
            if let Some(text) = self.file(file, owners::LARGEST)? {
                return Owners::parse(file, &text).map(Some);
            }
        }
        Ok(None)
    }

    /// Who goes by several names.
    pub fn mailmap(&self) -> Mailmap {
        self.file(MAILMAP, LARGEST_MAILMAP).ok().flatten().map(|text| Mailmap::parse(&text)).unwrap_or_default()
    }

    /// Who made the commit with this id in hex; none if it is not in this repository.
    pub fn author_of(&self, commit: &str) -> Option<Author> {
        let id = ObjectId::from_hex(commit.as_bytes()).ok()?;
        Step::read(&self.objects, id).ok().map(|step| step.author)
    }

    /// Whose commits brought each of `count` things that stand in the file at one of `places`, paths from the top of the repository, at HEAD.
    /// `holds` says of a text of the file which of them stand in it; none if the text cannot be understood.
    pub fn introduced(&self, places: &[Vec<u8>], count: usize, holds: &dyn Fn(&[u8]) -> Option<Vec<bool>>) -> Vec<Introduced> {
        let shallow = match self.repository.shallow_commits() {
            Ok(shallow) => shallow,
            Err(error) => return vec![Introduced::Unknown(error.to_string()); count],
        };
        let Some(head) = self.head else { return vec![Introduced::Uncommitted; count] };
        introduced::Walk::new(&self.objects, &shallow, places, holds).run(head, count)
    }
}

/// Largest file with names of people that is read, in bytes.
const LARGEST_MAILMAP: u64 = 1 << 20;
/// Hex digits of a commit that name it to people.
const SHORT: usize = 10;

/// The files at `places` below `tree`, each as [`blob_at`] finds it; what lies at the top is found in one pass.
fn blobs_at(objects: &Objects, tree: ObjectId, places: &[Vec<u8>]) -> Result<Vec<Option<ObjectId>>, ObjectError> {
    let mut found = vec![None; places.len()];
    let mut buffer = Vec::new();
    let bytes = objects.read(&tree, Kind::Tree, LARGEST_TREE, &mut buffer)?;
    for entry in TreeRefIter::from_bytes(bytes, tree.kind()).map_while(Result::ok).filter(|entry| entry.mode.is_blob()) {
        if let Some(at) = places.iter().position(|path| entry.filename == path.as_slice()) {
            found[at] = Some(entry.oid.to_owned());
        }
    }
    for (path, found) in places.iter().zip(&mut found).filter(|(path, _)| path.contains(&b'/')) {
        *found = blob_at(objects, tree, path)?;
    }
    Ok(found)
}

/// The file at `path` below `tree`; none if there is no file.
fn blob_at(objects: &Objects, tree: ObjectId, path: &[u8]) -> Result<Option<ObjectId>, ObjectError> {
    let mut folder = tree;
    let mut buffer = Vec::new();
    let mut parts = path.split(|byte| *byte == b'/').peekable();
    while let Some(part) = parts.next() {
        let bytes = objects.read(&folder, Kind::Tree, LARGEST_TREE, &mut buffer)?;
        let mut entries = TreeRefIter::from_bytes(bytes, folder.kind()).map_while(Result::ok);
        let Some(entry) = entries.find(|entry| entry.filename == part) else { return Ok(None) };
        match parts.peek() {
            Some(_) if entry.mode.is_tree() => folder = entry.oid.to_owned(),
            None if entry.mode.is_blob() => return Ok(Some(entry.oid.to_owned())),
            _ => return Ok(None),
        }
    }
    Ok(None)
}
