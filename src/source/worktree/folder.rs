//! One folder of a walk: its contents, and the absolute paths of what is in it.
//!
//! Knows nothing of rules or of what is listed.

use std::ffi::OsString;
use std::fs::{self, FileType};
use std::io;
use std::path::Path;

use super::ignored::RuleFiles;
use super::roots::Root;
use crate::source::names;

/// What a folder holds.
pub(super) struct Contents {
    /// Names and kinds, in the system's order.
    pub(super) entries: Vec<(OsString, FileType)>,
    /// Whether something is called `.git`.
    pub(super) has_git: bool,
    pub(super) rule_files: RuleFiles,
    /// Why the entries are not all.
    pub(super) failed: Option<io::Error>,
}

impl Contents {
    /// Reads a folder; the empty path is the current one. Kinds come with the names, without another look at every file.
    ///
    /// # Errors
    /// It cannot be opened.
    pub(super) fn of(folder: &Path) -> io::Result<Self> {
        let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
        let mut contents = Self { entries: Vec::new(), has_git: false, rule_files: RuleFiles::default(), failed: None };
        for entry in fs::read_dir(folder)? {
            match entry.and_then(|entry| Ok((entry.file_name(), entry.file_type()?))) {
                Ok((name, kind)) => {
                    contents.has_git |= name == ".git";
                    contents.rule_files.gitignore |= name == ".gitignore";
                    contents.rule_files.dot_ignore |= name == ".ignore";
                    contents.entries.push((name, kind));
                }
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => {
                    contents.failed = Some(error);
                    break;
                }
            }
        }
        Ok(contents)
    }
}

/// The absolute, link-free path of the entry that is looked at; its memory is used again for every entry.
pub(super) struct RealPath {
    bytes: Vec<u8>,
    /// Length of the root's part, with its last `/`.
    root: usize,
    /// Bytes of the root's path as it was named, with the `/` that follows it: what to cut off from a path to get below the root.
    named: usize,
}

impl RealPath {
    /// For what is below a root.
    pub(super) fn new(root: &Root) -> Self {
        let mut bytes = names::bytes(&root.real).into_owned();
        end_with_slash(&mut bytes);
        let mut named = names::bytes(&root.path).into_owned();
        if !named.is_empty() {
            end_with_slash(&mut named);
        }
        Self { root: bytes.len(), bytes, named: named.len() }
    }

    /// Length of the root's absolute path with its last `/`.
    pub(super) fn root_len(&self) -> usize {
        self.root
    }

    /// Goes to a folder by its path as it is reported; returns the length of its absolute path with its last `/`.
    pub(super) fn enter(&mut self, folder: &Path) -> usize {
        self.bytes.truncate(self.root);
        if let Some(below) = names::bytes(folder).get(self.named..).filter(|below| !below.is_empty()) {
            self.bytes.extend_from_slice(below);
            self.bytes.push(b'/');
        }
        self.bytes.len()
    }

    /// The absolute path of an entry in the folder last entered.
    pub(super) fn of(&mut self, folder: usize, name: &Path) -> &[u8] {
        self.bytes.truncate(folder);
        self.bytes.extend_from_slice(&names::bytes(name));
        &self.bytes
    }
}

fn end_with_slash(path: &mut Vec<u8>) {
    if path.last() != Some(&b'/') {
        path.push(b'/');
    }
}
