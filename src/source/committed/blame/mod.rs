//! Who last changed a line that stands in a file.
//!
//! As `git blame`, for many files in one walk: each commit's tree is compared with those of its parents once, however many files are asked
//! about. Follows a file that was moved. The library's own blame would need filters and attributes, which can start programs, and walks once
//! for each file. Bounded in commits and bytes: what lies behind a bound is unknown, and says why.

#[cfg(test)]
mod tests;
mod walk;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::path::Path;

use gix::ObjectId;
use gix::objs::{Kind, TreeRefIter};

use super::{Author, Committed};
use crate::source::diff::LARGEST_TREE;
use crate::source::diff::added_lines::{self, kept_lines};
use crate::source::file::{self, FileRead, Links};
use crate::source::names;
use crate::source::repository::{ObjectError, Objects};
use walk::{Thing, Walk};

/// A line of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Path from the top of the repository.
    pub path: Vec<u8>,
    /// From 1.
    pub number: u32,
    /// In which text it has this number.
    pub seen: Seen,
}

/// A text of a file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Seen {
    /// What lies in the working tree.
    File,
    /// The blob with this id, in hex.
    Blob(String),
}

/// Who last changed a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Blamed {
    /// Whoever made this commit.
    By(Author),
    /// HEAD has the file, and not this line; or it has no such file.
    NotInHead,
    /// That cannot be told, in words that follow "because".
    Unknown(String),
}

impl Committed {
    /// Who last changed each of `lines`, as HEAD has it.
    pub fn blame(&self, lines: &[Line]) -> Vec<Blamed> {
        let unknown = |why: String| vec![Blamed::Unknown(why); lines.len()];
        let Some(head) = self.head else { return vec![Blamed::NotInHead; lines.len()] };
        let shallow = match self.repository.shallow_commits() {
            Ok(shallow) => shallow,
            Err(error) => return unknown(error.to_string()),
        };
        let paths: BTreeSet<&[u8]> = lines.iter().map(|line| line.path.as_slice()).collect();
        let tree = match self.objects.tree_of(&head) {
            Ok(tree) => tree,
            Err(error) => return unknown(format!("commit {} {error}", head.to_hex_with_len(super::SHORT))),
        };
        let blobs = match files(&self.objects, tree, &paths) {
            Ok(blobs) => blobs,
            Err(error) => return unknown(format!("a folder of HEAD {error}")),
        };
        let mut found = vec![Blamed::NotInHead; lines.len()];
        let mut groups: BTreeMap<(&[u8], &Seen), Vec<usize>> = BTreeMap::new();
        for (at, line) in lines.iter().enumerate() {
            groups.entry((&line.path, &line.seen)).or_default().push(at);
        }
        let mut walk = Walk::new(&self.objects, &shallow);
        for ((path, seen), asked) in groups {
            let Some(blob) = blobs.get(path) else { continue };
            let numbers: Vec<u32> = asked.iter().map(|at| lines[*at].number).collect();
            match self.at_head(path, seen, *blob, &numbers) {
                Ok(numbers) => {
                    let things = asked.iter().zip(numbers).filter_map(|(at, line)| Some(Thing { at: *at, line: line? }));
                    walk.ask(head, path, *blob, things.collect());
                }
                Err(why) => asked.iter().for_each(|at| found[*at] = Blamed::Unknown(why.clone())),
            }
        }
        walk.run(&mut found);
        found
    }

    /// Which lines of HEAD's text those with these numbers in `seen` are.
    fn at_head(&self, path: &[u8], seen: &Seen, blob: ObjectId, numbers: &[u32]) -> Result<Vec<Option<u32>>, String> {
        // Paths are not told: a secret can stand in one.
        let wrong = |error: ObjectError| format!("its file in HEAD {error}");
        let same = || Ok(numbers.iter().copied().map(Some).collect());
        let mut text = Vec::new();
        match seen {
            Seen::Blob(id) if ObjectId::from_hex(id.as_bytes()).is_ok_and(|id| id == blob) => return same(),
            Seen::Blob(id) => {
                let id = ObjectId::from_hex(id.as_bytes()).map_err(|_| "the report names a blob by what is no id".to_owned())?;
                self.objects
                    .read(&id, Kind::Blob, added_lines::LARGEST, &mut text)
                    .map(drop)
                    .map_err(|error| format!("blob {id} {error}"))?;
            }
            Seen::File => match self.top().map(|top| read(&top.join(names::path(path)), &mut text)) {
                Some(Some(length)) => text.truncate(length),
                _ => return Ok(vec![None; numbers.len()]),
            },
        }
        let mut old = Vec::new();
        let head = self.objects.read(&blob, Kind::Blob, added_lines::LARGEST, &mut old).map_err(wrong)?;
        let kept = kept_lines(head, &text, numbers);
        // What has no lines is its last change as a whole.
        Ok(kept.unwrap_or_else(|| numbers.iter().map(|_| (head == text.as_slice()).then_some(1)).collect()))
    }
}

fn read(path: &Path, text: &mut Vec<u8>) -> Option<usize> {
    match file::read(path, Links::Refuse, added_lines::LARGEST, text) {
        Ok(FileRead::Whole(length)) => Some(length),
        _ => None,
    }
}

/// The files at `paths` below `tree`. Each folder is read once.
fn files(objects: &Objects, tree: ObjectId, paths: &BTreeSet<&[u8]>) -> Result<HashMap<Vec<u8>, ObjectId>, ObjectError> {
    let mut wanted: BTreeMap<&[u8], HashSet<&[u8]>> = BTreeMap::new();
    for path in paths {
        // Its own name in its folder, and the name of each folder in the one above.
        let mut rest: &[u8] = path;
        loop {
            let (folder, name) = memchr::memrchr(b'/', rest).map_or((&rest[..0], rest), |at| (&rest[..at], &rest[at + 1..]));
            if !wanted.entry(folder).or_default().insert(name) || folder.is_empty() {
                break;
            }
            rest = folder;
        }
    }
    let mut folders: HashMap<Vec<u8>, ObjectId> = HashMap::from([(Vec::new(), tree)]);
    let mut found = HashMap::new();
    let mut buffer = Vec::new();
    // A folder stands before what is below it.
    for (folder, names) in wanted {
        let Some(id) = folders.get(folder).copied() else { continue };
        let bytes = objects.read(&id, Kind::Tree, LARGEST_TREE, &mut buffer)?;
        for entry in TreeRefIter::from_bytes(bytes, id.kind()).map_while(Result::ok) {
            let name: &[u8] = entry.filename;
            if names.contains(name) {
                let path = if folder.is_empty() { name.to_vec() } else { [folder, name].join(&b'/') };
                match () {
                    () if entry.mode.is_tree() => drop(folders.insert(path, entry.oid.to_owned())),
                    () if entry.mode.is_blob() => drop(found.insert(path, entry.oid.to_owned())),
                    () => {}
                }
            }
        }
    }
    found.retain(|path, _| paths.contains(path.as_slice()));
    Ok(found)
}
