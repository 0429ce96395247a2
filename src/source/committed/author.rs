//! Who made a commit.

use gix::ObjectId;
use gix::objs::Kind;

use super::SHORT;
use crate::owners::Person;
use crate::source::range::CommitText;
use crate::source::repository::{LARGEST_COMMIT, ObjectError, Objects};

/// Most people that a commit names.
const MOST_PEOPLE: usize = 20;

/// A commit and who made it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Author {
    /// The first digits of its id.
    pub commit: String,
    /// Its author, and those whom its message names as co-authors.
    pub people: Vec<Person>,
    /// Who put it into the repository.
    pub committer: Person,
}

impl Author {
    fn of(commit: ObjectId, text: &CommitText<'_>) -> Self {
        Self { commit: commit.to_hex_with_len(SHORT).to_string(), people: people(text), committer: person(text.people[1]) }
    }
}

/// What a walk through commits needs to know of one.
pub(super) struct Step {
    /// Who made it.
    pub(super) author: Author,
    /// When it was put into the repository, in seconds since 1970.
    pub(super) seconds: i64,
    /// The commits before it.
    pub(super) parents: Vec<ObjectId>,
    /// Its files.
    pub(super) tree: ObjectId,
}

impl Step {
    /// Reads `commit`.
    ///
    /// # Errors
    /// It is not there, damaged or too large; names it.
    pub(super) fn read(objects: &Objects, commit: ObjectId) -> Result<Self, String> {
        let wrong = |error: ObjectError| format!("commit {} {error}", commit.to_hex_with_len(SHORT));
        let mut buffer = Vec::new();
        let bytes = objects.read(&commit, Kind::Commit, LARGEST_COMMIT, &mut buffer).map_err(wrong)?;
        let unclear = || wrong(ObjectError::Damaged("it does not read as a commit".to_owned()));
        let text = CommitText::parse(bytes, commit.kind()).ok_or_else(unclear)?;
        Ok(Self { author: Author::of(commit, &text), seconds: text.seconds, parents: text.parents, tree: text.tree })
    }
}

/// The author of a commit, and those whom its message names as such.
fn people(text: &CommitText<'_>) -> Vec<Person> {
    const TRAILER: &[u8] = b"co-authored-by:";
    let is_trailer = |line: &&[u8]| line.get(..TRAILER.len()).is_some_and(|start| start.eq_ignore_ascii_case(TRAILER));
    let others = text.message.split(|byte| *byte == b'\n').filter(is_trailer).map(|line| person(&line[TRAILER.len()..]));
    std::iter::once(person(text.people[0])).chain(others.take(MOST_PEOPLE)).collect()
}

/// `Name <a@b>`.
fn person(text: &[u8]) -> Person {
    let text = String::from_utf8_lossy(text);
    let (name, rest) = text.split_once('<').unwrap_or((&text, ""));
    Person { name: name.trim().to_owned(), email: rest.split('>').next().unwrap_or(rest).trim().to_owned() }
}
