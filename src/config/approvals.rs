//! Who wrote the exceptions of a repository's file down, and who owns what they hide: what approvals are held against.

use std::collections::{BTreeMap, HashSet};
use std::path::Path;

use super::{Config, NAMES, Origin, Value, file};
use crate::exceptions::{Approvals, Exception, Hand, Written};
use crate::owners::Mailmap;
use crate::source::SourceError;
use crate::source::committed::{Committed, Introduced};
use crate::source::range::Wanted;
use crate::source::repository::GitEnvironment;

/// An exception's number among all, and where it is written: the file's path from the root, none if it lies elsewhere.
type Numbered<'c> = (usize, Option<Vec<u8>>, &'c Exception);

impl Config {
    /// Looks up who wrote the exceptions of this configuration, and who owns what. In a range, which `wanted` names, owners are those of the
    /// commit that it begins at.
    pub fn approvals(&self, git: &GitEnvironment, wanted: Option<&Wanted>) -> Approvals {
        let numbered = self.numbered();
        match self.committed(git, wanted) {
            Ok(committed) => Approvals {
                owners: committed.owners().and_then(|owners| owners.ok_or_else(Approvals::without_owners)),
                mailmap: committed.mailmap(),
                written: written(&numbered, &committed),
            },
            Err(why) => {
                let by = || Written { file: Vec::new(), by: Err(why.clone()) };
                Approvals { owners: Err(why.clone()), mailmap: Mailmap::default(), written: numbered.iter().map(|_| by()).collect() }
            }
        }
    }

    /// The repository whose root counts.
    fn committed(&self, git: &GitEnvironment, wanted: Option<&Wanted>) -> Result<Committed, String> {
        let nowhere = || "there is no git repository here in which it could be committed".to_owned();
        let root = self.root.as_deref().ok_or_else(nowhere)?;
        let is_this = |committed: &Committed| committed.top().and_then(|top| top.canonicalize().ok()).is_some_and(|top| top == root);
        let words = |error: SourceError| match error {
            SourceError::NotARepository { .. } => nowhere(),
            other => other.to_string(),
        };
        // What git says to a hook counts from where the hook runs.
        let named = git.git_dir.is_some().then(|| Committed::open(Path::new("."), git, wanted).ok()).flatten();
        match named.filter(is_this) {
            Some(committed) => Ok(committed),
            None => Committed::open(root, &git.without_repository(), wanted).map_err(words),
        }
    }

    /// All exceptions, in the order in which they are listed.
    fn numbered(&self) -> Vec<Numbered<'_>> {
        let mut real: BTreeMap<&Path, Option<Vec<u8>>> = BTreeMap::new();
        let mut numbered = Vec::new();
        for entry in &self.entries {
            let Value::Exception(own) = &entry.value else { continue };
            let place = match &entry.origin {
                Origin::File { text, is_repository: true, .. } => {
                    let name = Path::new(&text.path).file_name().map(Path::new).unwrap_or(Path::new(""));
                    let folder = real.entry(&text.folder).or_insert_with(|| self.below_root(&text.folder));
                    folder.as_ref().map(|folder| {
                        let name = name.to_string_lossy();
                        if folder.is_empty() { name.as_bytes().to_vec() } else { [folder, name.as_bytes()].join(&b'/') }
                    })
                }
                _ => None,
            };
            numbered.push((numbered.len(), place, &own.exception));
        }
        numbered
    }

    /// The path of a folder from the root.
    fn below_root(&self, folder: &Path) -> Option<Vec<u8>> {
        let real = folder.canonicalize().ok()?;
        let below = real.strip_prefix(self.root.as_ref()?).ok()?;
        let parts: Vec<_> = below.components().map(|part| part.as_os_str().to_string_lossy().into_owned()).collect();
        Some(parts.join("/").into_bytes())
    }
}

fn written(numbered: &[Numbered<'_>], committed: &Committed) -> Vec<Written> {
    let outside = || Err("its file is not in this repository, so no commit says who wrote it down".to_owned());
    let mut all: Vec<Written> =
        numbered.iter().map(|(_, file, _)| Written { file: file.clone().unwrap_or_default(), by: outside() }).collect();
    let mut by_file: BTreeMap<&[u8], Vec<(usize, &Exception)>> = BTreeMap::new();
    for (at, file, exception) in numbered {
        if let Some(file) = file {
            by_file.entry(file).or_default().push((*at, exception));
        }
    }
    for (file, own) in by_file {
        // It may have had the other name before.
        let names = NAMES.map(|name| name.as_bytes().to_vec());
        let others = names.iter().filter(|name| names.iter().any(|name| name == file) && name.as_slice() != file);
        let places: Vec<Vec<u8>> = std::iter::once(file.to_vec()).chain(others.cloned()).collect();
        let holds = |text: &[u8]| held(text, &own);
        for ((at, _), introduced) in own.iter().zip(committed.introduced(&places, own.len(), &holds)) {
            all[*at].by = hands(introduced, committed);
        }
    }
    all
}

/// Which of `own` stand in a file with this text: bound to the same, whatever else is said of them. Who adds a reason or the name of the one
/// who approves did not add the exception.
fn held(text: &[u8], own: &[(usize, &Exception)]) -> Option<Vec<bool>> {
    let entries = file::read(NAMES[0], Path::new(""), text, true).ok()?;
    let bound: HashSet<_> = entries
        .iter()
        .filter_map(|entry| match &entry.value {
            Value::Exception(own) => Some(own.exception.binding()),
            _ => None,
        })
        .collect();
    Some(own.iter().map(|(_, exception)| bound.contains(&exception.binding())).collect())
}

fn hands(introduced: Introduced, committed: &Committed) -> Result<Vec<Hand>, String> {
    match introduced {
        Introduced::Uncommitted if committed.users().is_empty() => {
            Err("it is not committed, and git knows no user.email that says who is writing it".to_owned())
        }
        Introduced::Uncommitted => Ok(vec![Hand { commit: None, people: committed.users().to_vec() }]),
        Introduced::By(authors) => {
            let is_nobody = |hand: &Hand| hand.people.iter().all(|person| person.name.is_empty() && person.email.is_empty());
            let hands: Vec<Hand> = authors.into_iter().map(|author| Hand { commit: Some(author.commit), people: author.people }).collect();
            match hands.iter().find(|hand| is_nobody(hand)) {
                Some(hand) => Err(format!("commit {}, which added it, names no author", hand.commit.as_deref().unwrap_or_default())),
                None if hands.is_empty() => Err("no commit that added it was found".to_owned()),
                None => Ok(hands),
            }
        }
        Introduced::Unknown(why) => Err(format!("who wrote it down cannot be told: {why}")),
    }
}
