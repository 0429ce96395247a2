//! Owners and leakers of many secrets, looked up in one repository: each file, each commit and each line once.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use super::{Asked, Basis, Ownership, Ownerships, Place};
use crate::owners::{Mailmap, Owners, Person};
use crate::source::committed::{Author, Blamed, Committed, Line, Seen};
use crate::source::names;

/// Most lines of one secret whose last change is looked for.
const MOST_LINES: usize = 20;

/// How to look.
#[derive(Clone, Copy, Debug)]
pub struct How<'h> {
    /// The folder that paths of files in the working tree count from, absolute and without links; none if there is none. Those of what git stores
    /// count from the top of the repository.
    pub from: Option<&'h Path>,
    /// Whether to look who last changed a line, where nothing better says who owns it. Takes a walk through the history.
    pub with_blame: bool,
}

/// Who owns each of the secrets `asked`, as the commits of a repository say.
pub fn owners(committed: &Committed, asked: &[Asked], how: How<'_>) -> Ownerships {
    let mut look = Look {
        committed,
        owners: committed.owners(),
        mailmap: committed.mailmap(),
        top: committed.top().and_then(|top| top.canonicalize().ok()),
        authors: HashMap::new(),
        folders: HashMap::new(),
        owned: HashMap::new(),
    };
    let (mut all, mut lines) = (Vec::new(), Vec::new());
    for one in asked {
        let mut own = Ownership::default();
        let begin = lines.len();
        lines.extend(look.known(&mut own, one, how));
        all.push((own, begin..lines.len()));
    }
    let blamed = if lines.is_empty() { Vec::new() } else { committed.blame(&lines) };
    let mut found = HashMap::new();
    for (one, (mut own, range)) in asked.iter().zip(all) {
        blamed[range].iter().for_each(|blamed| look.blamed(&mut own, one, blamed));
        found.insert(one.fingerprint.clone(), own);
    }
    Ownerships(found)
}

struct Look<'l> {
    committed: &'l Committed,
    owners: Result<Option<Owners>, String>,
    mailmap: Mailmap,
    top: Option<PathBuf>,
    /// By commit.
    authors: HashMap<String, Option<Author>>,
    /// Folders of the working tree: their path from its top.
    folders: HashMap<PathBuf, Option<Vec<u8>>>,
    /// By path: who owns it, and the line that says so.
    owned: HashMap<Vec<u8>, (Vec<String>, Option<u32>)>,
}

impl Look<'_> {
    /// What commits and `CODEOWNERS` say; the lines whose last change is to be looked for as well.
    fn known(&mut self, own: &mut Ownership, asked: &Asked, how: How<'_>) -> Vec<Line> {
        let authors: Vec<Author> = asked.commits.iter().filter_map(|commit| self.author(commit)).collect();
        asked.first.iter().for_each(|person| self.leaker(own, person));
        if authors.is_empty() && !asked.commits.is_empty() {
            own.note("the repository has none of the commits that the report names");
            return Vec::new();
        }
        authors.iter().for_each(|author| self.leaked(own, author));
        let places: Vec<(Vec<u8>, &Place)> = asked.places.iter().filter_map(|place| Some((self.path(place, how)?, place))).collect();
        if places.is_empty() {
            own.note("it stands in no file of the repository");
            return Vec::new();
        }
        self.codeowners(own, places.iter().map(|(path, _)| path.as_slice()));
        let is_owned = own.owners.iter().any(|owner| !own.leakers.iter().any(|leaker| self.mailmap.is_same(&owner.name, &leaker.person())));
        if !how.with_blame || (is_owned && !authors.is_empty()) {
            return Vec::new();
        }
        let line = |(path, place): (Vec<u8>, &Place)| {
            let seen = place.blob.clone().map_or(Seen::File, Seen::Blob);
            Line { path, number: place.line, seen }
        };
        places.into_iter().take(MOST_LINES).map(line).collect()
    }

    /// What the last change of a line says. Where no report names a commit, that change counts as the leak.
    fn blamed(&self, own: &mut Ownership, asked: &Asked, blamed: &Blamed) {
        let is_leak = asked.commits.is_empty();
        match blamed {
            Blamed::By(author) => {
                if is_leak {
                    self.leaked(own, author);
                }
                let because = format!("last changed the line, commit {}", author.commit);
                let names = author.people.first().map(|person| self.mailmap.aliases(person.clone())).unwrap_or_default();
                names.iter().for_each(|person| own.owner(&person.email, Basis::Blame, &because));
            }
            Blamed::NotInHead if is_leak => {
                let users = self.committed.users();
                users.iter().for_each(|person| self.leaker(own, person));
                own.note(if users.is_empty() { "it is not committed, and git knows no user.email" } else { "it is not committed" });
            }
            Blamed::NotInHead => own.note("HEAD does not have the line any more"),
            Blamed::Unknown(why) => own.note(&format!("who last changed the line cannot be told: {why}")),
        }
    }

    fn codeowners<'p>(&mut self, own: &mut Ownership, paths: impl Iterator<Item = &'p [u8]>) {
        let owners = match &self.owners {
            Ok(Some(owners)) => owners,
            Ok(None) => return own.note("no CODEOWNERS is committed"),
            Err(why) => return own.note(why),
        };
        for path in paths {
            let (names, line) = self.owned.entry(path.to_vec()).or_insert_with(|| {
                let owned = owners.of(path);
                (owned.names.iter().map(|name| (*name).to_owned()).collect(), owned.line)
            });
            match line {
                Some(line) if !names.is_empty() => {
                    let because = format!("{}:{line}", owners.file());
                    names.iter().for_each(|name| own.owner(name, Basis::Codeowners, &because));
                }
                Some(line) => own.note(&format!("by {}:{line} nobody owns it", owners.file())),
                None => own.note(&format!("no line of {} is about it", owners.file())),
            }
        }
    }

    fn leaked(&self, own: &mut Ownership, author: &Author) {
        author.people.iter().chain([&author.committer]).for_each(|person| self.leaker(own, person));
    }

    /// Everybody who is this person.
    fn leaker(&self, own: &mut Ownership, person: &Person) {
        self.mailmap.aliases(person.clone()).iter().for_each(|person| own.leaker(person));
    }

    fn author(&mut self, commit: &str) -> Option<Author> {
        let committed = self.committed;
        self.authors.entry(commit.to_owned()).or_insert_with(|| committed.author_of(commit)).clone()
    }

    /// The path of a place from the top of the repository; none if it lies elsewhere.
    fn path(&mut self, place: &Place, how: How<'_>) -> Option<Vec<u8>> {
        if place.blob.is_some() {
            return Some(place.path.clone());
        }
        let from = how.from?;
        let top = self.top.as_ref()?;
        let path = from.join(names::path(&place.path));
        let (folder, name) = (path.parent()?, path.file_name()?);
        let below = self.folders.entry(folder.to_owned()).or_insert_with(|| {
            let real = folder.canonicalize().ok()?;
            Some(names::bytes(real.strip_prefix(top).ok()?).into_owned())
        });
        let name = names::bytes(Path::new(name)).into_owned();
        below.as_ref().map(|below| if below.is_empty() { name.clone() } else { [below, name.as_slice()].join(&b'/') })
    }
}
