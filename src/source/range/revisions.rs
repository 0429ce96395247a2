//! What the words of a user name: `A..B`, `A...B`, one revision, a branch.
//!
//! The meaning is that of `git help gitrevisions`, with two additions that CI needs: an id of zeros stands for "nothing was there before",
//! and an id that a shallow clone does not have leaves the range incomplete. Reads refs, tags and commits, never what they hold.

mod pushed;

use std::collections::HashSet;

use gix::objs::Kind;
use gix::revision::plumbing::Spec;
use gix::{ObjectId, oid};

use super::commits::{self, Ends};
use super::{SHALLOW_REMEDY, Wanted, refs};
use crate::coverage::Gap;
use crate::source::SourceError;
use crate::source::repository::{LARGEST_COMMIT, ObjectError, Objects, Repository};

pub use pushed::{Known, Pushed, Update};

/// Tags that point to tags are followed this many times.
const DEEPEST_TAG: usize = 32;

/// What is to be walked.
#[derive(Debug, Default)]
pub(super) struct Resolved {
    /// One walk, or two for the two sides of `A...B`.
    pub(super) walks: Vec<Ends>,
    /// Annotated tags by which tips were named.
    pub(super) tags: Vec<ObjectId>,
    /// What the words name and the repository does not have.
    pub(super) gaps: Vec<Gap>,
}

/// Finds out what `wanted` names.
///
/// # Errors
/// There is no such revision, or it names no commit.
pub(super) fn resolve(
    wanted: &Wanted,
    repository: &Repository,
    objects: &Objects,
    shallow: &HashSet<ObjectId>,
) -> Result<Resolved, SourceError> {
    let git = repository.refs()?;
    let mut resolver = Resolver { repository, git, objects, shallow, found: Resolved::default() };
    match (&wanted.pushed, &wanted.range, &wanted.branch) {
        (Some(pushed), ..) => resolver.pushed(pushed)?,
        (None, Some(range), _) => resolver.range(range)?,
        (None, None, Some(branch)) => resolver.branch(branch)?,
        (None, None, None) => resolver.range("HEAD")?,
    }
    Ok(resolver.found)
}

/// What one revision names.
enum Side {
    /// A commit.
    Commit(ObjectId),
    /// An id of zeros: git's way to say that there is nothing.
    Nothing,
    /// An id that the shallow clone does not have.
    Beyond,
}

struct Resolver<'a> {
    repository: &'a Repository,
    git: gix::Repository,
    objects: &'a Objects,
    shallow: &'a HashSet<ObjectId>,
    found: Resolved,
}

impl Resolver<'_> {
    fn range(&mut self, text: &str) -> Result<(), SourceError> {
        match split(text) {
            None => self.alone(text),
            Some((base, tip, symmetric)) => {
                let base_side = self.side(base)?;
                let from = self.found.tags.len();
                let tip_side = self.side(tip)?;
                // The base's tags are not part of what comes after it.
                if !symmetric {
                    self.found.tags.drain(..from);
                }
                match (base_side, tip_side) {
                    (_, Side::Beyond) => Err(self.unknown(tip, "this shallow clone does not have it")),
                    (_, Side::Nothing) => Ok(()),
                    (Side::Commit(one), Side::Commit(other)) if symmetric => {
                        self.walk(&[one], &[other]);
                        self.walk(&[other], &[one]);
                        Ok(())
                    }
                    (Side::Commit(base), Side::Commit(tip)) => {
                        self.walk(&[tip], &[base]);
                        Ok(())
                    }
                    (Side::Beyond, Side::Commit(tip)) => {
                        let why = "this shallow clone does not have it, so where the range begins is not known";
                        self.found.gaps.push(Gap::new(format!("commit {base}"), why, SHALLOW_REMEDY));
                        self.walk(&[tip], &[]);
                        Ok(())
                    }
                    (Side::Nothing, Side::Commit(tip)) => {
                        let known = refs::known_before(tip, &self.git, self.objects);
                        let known = if known.is_empty() { known } else { commits::without(tip, known, self.objects, self.shallow) };
                        self.walk(&[tip], &known);
                        Ok(())
                    }
                }
            }
        }
    }

    /// One revision, which may be a short form of a range such as `B^!`.
    fn alone(&mut self, text: &str) -> Result<(), SourceError> {
        match self.side(text) {
            Ok(Side::Commit(tip)) => self.walk(&[tip], &[]),
            Ok(Side::Nothing) => {}
            Ok(Side::Beyond) => return Err(self.unknown(text, "this shallow clone does not have it")),
            Err(error) => match self.git.rev_parse(text).map(|spec| spec.detach()) {
                Ok(Spec::ExcludeParents(commit)) => {
                    let commit = self.commit(text, commit)?;
                    let parents = self.parents(text, commit)?;
                    self.walk(&[commit], &parents);
                }
                Ok(Spec::IncludeOnlyParents(commit)) => {
                    let commit = self.commit(text, commit)?;
                    let parents = self.parents(text, commit)?;
                    self.walk(&parents, &[]);
                }
                Ok(Spec::Exclude(_)) => return Err(self.unknown(text, "it only leaves out; write A..B")),
                _ => return Err(error),
            },
        }
        Ok(())
    }

    fn branch(&mut self, name: &str) -> Result<(), SourceError> {
        let full = |folder: &str| format!("{folder}{name}");
        let places = [full("refs/heads/"), full("refs/remotes/"), name.to_owned()];
        let names = places.iter().filter(|place| place.starts_with("refs/"));
        let mut refs = names.filter_map(|name| self.git.try_find_reference(name.as_str()).ok().flatten());
        let Some(mut found) = refs.next() else { return Err(self.unknown(name, "there is no such branch in this repository")) };
        match found.follow_to_object() {
            Ok(id) => {
                let tip = self.commit(name, id.detach())?;
                self.walk(&[tip], &[]);
                Ok(())
            }
            Err(_) => Err(self.unknown(name, "the branch names no commit")),
        }
    }

    fn side(&mut self, text: &str) -> Result<Side, SourceError> {
        let text = if text.is_empty() { "HEAD" } else { text };
        if matches!(text.len(), 40 | 64) && text.bytes().all(|byte| byte == b'0') {
            return Ok(Side::Nothing);
        }
        // By its id an object is found in folders too that only the environment of a hook names.
        if let Some(id) = ObjectId::from_hex(text.as_bytes()).ok().filter(|id| id.kind() == self.repository.hash_kind()) {
            return match self.objects.kind(&id) {
                Err(ObjectError::Missing) if !self.shallow.is_empty() => Ok(Side::Beyond),
                Err(ObjectError::Missing) => Err(SourceError::Revision {
                    revision: format!("`{text}`"),
                    reason: "this repository has no such object".to_owned(),
                    remedy: "`git fetch` may bring it. After a force push it is gone: zeros in its place mean what no remote-tracking branch has".to_owned(),
                }),
                Err(error) => Err(self.unknown(text, &format!("the object {error}"))),
                Ok(_) => self.commit(text, id).map(Side::Commit),
            };
        }
        let parsed = self.git.rev_parse(text);
        match parsed.map_err(|error| is_ambiguous(&error)).map(|spec| spec.detach()) {
            Ok(Spec::Include(id)) => self.commit(text, id).map(Side::Commit),
            Err(true) => Err(self.unknown(text, "more than one object's id begins like this; write more digits")),
            _ if self.is_cut_off(text) => Ok(Side::Beyond),
            _ if text == "HEAD" => Err(self.unknown(text, "it has no commit yet")),
            _ => Err(self.unknown(text, "there is no such branch, tag or commit in this repository")),
        }
    }

    /// Whether `text` is the ancestor of a commit, as in `HEAD~3`, and can only be missing because a shallow clone ends before it.
    fn is_cut_off(&mut self, text: &str) -> bool {
        let Some(at) = text.find(['~', '^']).filter(|at| *at > 0 && !self.shallow.is_empty()) else { return false };
        let is_ancestry = text[at..].bytes().all(|byte| matches!(byte, b'~' | b'^') || byte.is_ascii_digit());
        is_ancestry && matches!(self.side(&text[..at]), Ok(Side::Commit(_)))
    }

    /// The commit that `id` is, or that the tag `id` points to.
    fn commit(&mut self, text: &str, id: ObjectId) -> Result<ObjectId, SourceError> {
        let mut id = id;
        for _ in 0..DEEPEST_TAG {
            match self.objects.kind(&id) {
                Ok(Kind::Commit) => return Ok(id),
                Ok(Kind::Tag) => {
                    self.found.tags.push(id);
                    id = self.target(&id).map_err(|error| self.unknown(text, &format!("the tag {id} {error}")))?;
                }
                Ok(kind) => return Err(self.unknown(text, &format!("it names a {kind}, not a commit"))),
                Err(error) => return Err(self.unknown(text, &format!("its object {id} {error}"))),
            }
        }
        Err(self.unknown(text, "it names a tag of a tag of a tag and so on"))
    }

    fn target(&self, tag: &oid) -> Result<ObjectId, ObjectError> {
        let mut buffer = Vec::new();
        let text = self.objects.read(tag, Kind::Tag, LARGEST_COMMIT, &mut buffer)?;
        super::text::target(text, tag.kind()).ok_or_else(|| ObjectError::Damaged("it does not read as a tag".to_owned()))
    }

    fn parents(&self, text: &str, commit: ObjectId) -> Result<Vec<ObjectId>, SourceError> {
        let mut buffer = Vec::new();
        let bytes = self.objects.read(&commit, Kind::Commit, LARGEST_COMMIT, &mut buffer);
        let bytes = bytes.map_err(|error| self.unknown(text, &format!("its commit {commit} {error}")))?;
        Ok(super::text::CommitText::parse(bytes, commit.kind()).map(|commit| commit.parents).unwrap_or_default())
    }

    fn walk(&mut self, tips: &[ObjectId], excluded: &[ObjectId]) {
        self.found.walks.push(Ends { tips: tips.to_vec(), excluded: excluded.to_vec() });
    }

    fn unknown(&self, text: &str, reason: &str) -> SourceError {
        let remedy = match refs::remote_tracking(text, &self.git) {
            Some(name) => format!("There is a remote-tracking branch `{name}`"),
            None if self.shallow.is_empty() => "`git fetch` brings what the remote has; `git branch --all` lists the branches".to_owned(),
            None => format!("This is a shallow clone: {SHALLOW_REMEDY}"),
        };
        SourceError::Revision { revision: format!("`{text}`"), reason: reason.to_owned(), remedy }
    }
}

fn is_ambiguous(error: &gix::Error) -> bool {
    use gix::revision::spec::parse::Error;
    matches!(error.downcast_any_ref::<Error>(), Some(Error::AmbiguousPrefix { .. } | Error::AmbiguousRefAndObject { .. }))
}

/// Takes `A..B` (or `A...B`, and then true) apart. Dots in braces, as in `HEAD^{/fix..}`, belong to a revision.
fn split(text: &str) -> Option<(&str, &str, bool)> {
    let mut braces = 0_usize;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'{' => braces += 1,
            b'}' => braces = braces.saturating_sub(1),
            b'.' if braces == 0 && text[at..].starts_with("...") => return Some((&text[..at], &text[at + 3..], true)),
            b'.' if braces == 0 && text[at..].starts_with("..") => return Some((&text[..at], &text[at + 2..], false)),
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_taken_apart_where_git_does_it() {
        assert_eq!(split("a..b"), Some(("a", "b", false)));
        assert_eq!(split("a...b"), Some(("a", "b", true)));
        assert_eq!((split(".."), split("v1.0..")), (Some(("", "", false)), Some(("v1.0", "", false))));
        assert_eq!((split("v1.0"), split("HEAD^{/a..b}")), (None, None));
        assert_eq!(split("é..HEAD@{1..}"), Some(("é", "HEAD@{1..}", false)));
    }
}
