//! Whether the one who approved an exception may: owns what it hides, and is not who wrote it down.
//!
//! Four eyes as far as a repository can tell: it knows who owns which file by `CODEOWNERS`, and who made which commit. That the approver did
//! agree is for the review of the file of exceptions to show. What is not known is no approval.

use std::fmt;
use std::sync::{Arc, OnceLock};

use crate::owners::{FILES, Mailmap, Owned, Owners, Person};

/// What is known of owners and authors, looked up when it is asked for: most scans meet no exception, and the commits that brought them may lie
/// far back.
#[derive(Clone, Default)]
pub struct Lookup {
    known: OnceLock<Approvals>,
    look: Option<Arc<dyn Fn() -> Approvals + Send + Sync>>,
}

impl Lookup {
    /// Asks `look` when the time has come, once.
    pub fn new(look: impl Fn() -> Approvals + Send + Sync + 'static) -> Self {
        Self { known: OnceLock::new(), look: Some(Arc::new(look)) }
    }

    /// What is known; none if there is nobody to ask.
    pub fn get(&self) -> Option<&Approvals> {
        let look = self.look.as_ref()?;
        Some(self.known.get_or_init(|| look()))
    }

    /// Whether to ask takes no time.
    pub(super) fn is_known(&self) -> bool {
        self.look.is_none() || self.known.get().is_some()
    }
}

impl fmt::Debug for Lookup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Lookup").field(&self.known.get()).finish()
    }
}

/// What is known of owners and authors.
#[derive(Clone, Debug)]
pub struct Approvals {
    /// Who owns which file; why that is not known, in words that follow "but".
    pub owners: Result<Owners, String>,
    /// Who goes by several names.
    pub mailmap: Mailmap,
    /// For each listed exception, who wrote it down.
    pub written: Vec<Written>,
}

/// Who wrote an exception down, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// Path of its file from the top of the repository.
    pub file: Vec<u8>,
    /// Who; why that is not known, in words that follow "but".
    pub by: Result<Vec<Hand>, String>,
}

/// One time that somebody wrote it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hand {
    /// The first digits of the commit's id; none for what is not committed.
    pub commit: Option<String>,
    /// Who made the commit, or would make it now.
    pub people: Vec<Person>,
}

/// Names of owners that are told.
const MOST_NAMES: usize = 5;
/// Characters of a name that are told.
const LONGEST_NAME: usize = 60;
/// Characters of a path that are told.
const LONGEST_PATH: usize = 300;

impl Approvals {
    /// What keeps `approver` from approving listed exception number `at` anywhere, in words that follow "it".
    pub(super) fn refusal(&self, at: usize, approver: &str) -> Option<String> {
        let unknown = |why: &str| format!("was approved by {}, but {why}", shown(approver));
        let Some(written) = self.written.get(at) else { return Some(unknown("nobody knows who wrote it down")) };
        let hands = match &written.by {
            Ok(hands) => hands,
            Err(why) => return Some(unknown(why)),
        };
        let own = hands.iter().find_map(|hand| {
            let person = hand.people.iter().find(|person| self.mailmap.is_same(approver, person))?;
            Some((hand, person))
        });
        if let Some((hand, person)) = own {
            let name = if person.name.is_empty() { &person.email } else { &person.name };
            let wrote = match &hand.commit {
                Some(commit) => format!("wrote it in commit {commit}"),
                None => "is writing it now".to_owned(),
            };
            let alias = if plain_eq(approver, name) { String::new() } else { format!(" ({})", shown(name)) };
            return Some(format!("was approved by {}{alias}, who {wrote}: somebody else has to approve it", shown(approver)));
        }
        self.owners.as_ref().err().map(|why| unknown(why))
    }

    /// The file whose owners can approve that listed exception number `at` hides what stands at `path`: that file. A place that is in no file,
    /// such as the message of a commit, belongs to the owners of the file of exceptions.
    pub(super) fn file_of<'a>(&'a self, at: usize, path: Option<&'a [u8]>) -> &'a [u8] {
        path.or_else(|| self.written.get(at).map(|written| written.file.as_slice())).unwrap_or_default()
    }

    /// What keeps `approver` from approving that something at `path` is hidden, in words that follow "it".
    pub(super) fn refusal_at(&self, approver: &str, path: &[u8], owned: &Owned<'_>) -> Option<String> {
        let Ok(owners) = &self.owners else { return None };
        if owned.has(approver.trim()) {
            return None;
        }
        let who = match (owned.line, owned.names.as_slice()) {
            (None, _) => format!("no line of {} is about that file", owners.file()),
            (Some(line), []) => format!("by {}:{line} nobody does", owners.file()),
            (Some(line), names) => {
                let told: Vec<String> = names.iter().take(MOST_NAMES).map(|name| shown(name)).collect();
                let more = if names.len() > MOST_NAMES { " and others" } else { "" };
                let does = if names.len() == 1 { "does" } else { "do" };
                format!("by {}:{line} {}{more} {does}", owners.file(), told.join(", "))
            }
        };
        Some(format!("was approved by {}, who does not own {}: {who}", shown(approver), cut(&String::from_utf8_lossy(path), LONGEST_PATH)))
    }

    /// Why owners are not known where no commit has a file that names them.
    pub fn without_owners() -> String {
        format!("nothing that is committed says who owns which file: commit one of {}", FILES.join(", "))
    }
}

fn plain_eq(approver: &str, name: &str) -> bool {
    approver.trim_start_matches('@').eq_ignore_ascii_case(name)
}

fn shown(name: &str) -> String {
    cut(name, LONGEST_NAME)
}

fn cut(text: &str, most: usize) -> String {
    if text.chars().count() <= most { text.to_owned() } else { text.chars().take(most).chain(['…']).collect() }
}
