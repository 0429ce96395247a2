//! A place in words, for people: files by their path, everything else by the commit or tag it belongs to.

use crate::finding::{Exposure, Location, LocationKind, RefKind};
use crate::report::escape;

/// Hex digits of a shortened object id. Seven, the least that git shows, are ambiguous in large repositories; ten are not.
const ID_DIGITS: usize = 10;

/// The words for a place, escaped. Before the line number stands `name`, behind it `after`.
#[derive(Debug, PartialEq, Eq)]
pub struct Words {
    /// What it is: a path, `commit a1b2c3d4e5 message`, `author of a1b2c3d4e5`.
    pub name: String,
    /// Where that is, such as ` in a1b2c3d4e5`; often empty.
    pub after: String,
    /// Whether line and column tell something: a name has neither.
    pub has_lines: bool,
}

impl Words {
    /// The words for `place`.
    pub fn of(place: &Location) -> Self {
        let path = escape::path(&place.path);
        let (name, after, has_lines) = match (place.kind, place.commit.as_deref().map(short_id)) {
            (LocationKind::Stdin, _) if matches!(place.path.as_slice(), b"" | b"-") => ("(standard input)".to_owned(), None, true),
            (LocationKind::CommitMessage, Some(id)) => (format!("commit {id} message"), None, true),
            (LocationKind::TagMessage, Some(id)) => (format!("tag {} message", tag_name(&path).unwrap_or(id)), None, true),
            (LocationKind::CommitMessage, None) => (format!("commit message {path}").trim_end().to_owned(), None, true),
            (LocationKind::TagMessage, None) => (format!("tag message {path}").trim_end().to_owned(), None, true),
            (LocationKind::Person, Some(id)) => (format!("{} of {id}", role(&path)), None, false),
            (LocationKind::Person, None) => (role(&path).to_owned(), None, false),
            (LocationKind::Note, commit) => (note_name(&path), commit, true),
            (LocationKind::Blob, commit) if place.path.is_empty() => (blob_name(place), commit, true),
            (LocationKind::FileName, commit) => (format!("the name of {path}"), commit, false),
            (_, commit) => (path, commit, true),
        };
        let link = if place.kind == LocationKind::SymlinkTarget { " (where the link points)" } else { "" };
        let commit = after.map(|id| format!(" in {id}")).unwrap_or_default();
        let submodule = submodule(place).map(|path| format!(" in {}", escape::text(path))).unwrap_or_default();
        let encoded = if place.decoded_via.is_empty() { String::new() } else { format!(" (in {})", encodings(place)) };
        // Nothing in the file is meant, but the file.
        let is_whole = place.start == place.end && place.byte_range.is_empty();
        Self { name, after: format!("{commit}{link}{submodule}{encoded}"), has_lines: has_lines && !is_whole }
    }
}

/// `path:line:column in commit`, or what says the same of a place that is no file.
pub fn words(place: &Location) -> String {
    let Words { name, after, has_lines } = Words::of(place);
    if has_lines { format!("{name}:{}:{}{after}", place.start.line, place.start.column_utf16) } else { format!("{name}{after}") }
}

/// The encodings that the secret is written in, outermost first.
pub fn encodings(place: &Location) -> String {
    place.decoded_via.join(" > ")
}

/// The first digits of an object id.
pub fn short_id(id: &str) -> &str {
    id.get(..ID_DIGITS).unwrap_or(id)
}

/// The submodule of a place, where its path does not begin with it.
pub fn submodule(place: &Location) -> Option<&str> {
    place.submodule.as_deref().filter(|_| !is_in_tree(place.kind) || place.path.is_empty())
}

/// Whether such a place is a part of a tree, so that a commit on top can take it away.
pub fn is_in_tree(kind: LocationKind) -> bool {
    match kind {
        LocationKind::File
        | LocationKind::Staged
        | LocationKind::Stdin
        | LocationKind::SymlinkTarget
        | LocationKind::Blob
        | LocationKind::FileName => true,
        LocationKind::Note | LocationKind::CommitMessage | LocationKind::TagMessage | LocationKind::Person => false,
    }
}

/// Whether the stash and nothing else keeps it.
pub fn is_only_in_stash(exposure: &Exposure) -> bool {
    let refs = &exposure.reachable_from;
    !exposure.in_head && !refs.is_empty() && refs.iter().all(|name| name.kind == RefKind::Stash)
}

/// What a person did, where the path of the place says it.
pub fn role(path: &str) -> &'static str {
    ["author", "committer", "tagger"].into_iter().find(|role| path == *role).unwrap_or("author or committer")
}

fn tag_name(path: &str) -> Option<&str> {
    path.strip_prefix("refs/tags/").filter(|name| !name.is_empty())
}

/// A blob that no tree holds has no path.
fn blob_name(place: &Location) -> String {
    format!("blob {}", short_id(place.blob.as_deref().unwrap_or_default())).trim_end().to_owned()
}

/// The path of a note is the id of what it is about, perhaps with slashes in it.
fn note_name(path: &str) -> String {
    let id = path.replace('/', "");
    let is_id = matches!(id.len(), 40 | 64) && id.bytes().all(|byte| byte.is_ascii_hexdigit());
    if is_id { format!("note on {}", short_id(&id)) } else { format!("note {path}") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample;

    fn said(kind: LocationKind, path: &[u8], commit: Option<&str>) -> String {
        let mut place = sample::place(path, 3, "x", "****", "");
        place.kind = kind;
        place.commit = commit.map(str::to_owned);
        words(&place)
    }

    #[test]
    fn every_kind_of_place_has_its_words() {
        let id = Some("0123456789abcdef0123456789abcdef01234567");
        assert_eq!(said(LocationKind::File, b"a\n", None), "a\\n:3:2");
        assert_eq!(said(LocationKind::Stdin, b"-", None), "(standard input):3:2");
        assert_eq!(said(LocationKind::Blob, b"a/b", id), "a/b:3:2 in 0123456789");
        assert_eq!(said(LocationKind::Blob, b"", None), "blob:3:2");
        assert_eq!(said(LocationKind::SymlinkTarget, b"a", id), "a:3:2 in 0123456789 (where the link points)");
        assert_eq!(said(LocationKind::CommitMessage, b"", id), "commit 0123456789 message:3:2");
        assert_eq!(said(LocationKind::CommitMessage, b"", None), "commit message:3:2");
        assert_eq!(said(LocationKind::TagMessage, b"", id), "tag 0123456789 message:3:2");
        assert_eq!(said(LocationKind::TagMessage, b"refs/tags/v1", id), "tag v1 message:3:2");
        assert_eq!(said(LocationKind::Person, b"", id), "author or committer of 0123456789");
        assert_eq!(said(LocationKind::Person, b"tagger", id), "tagger of 0123456789");
        assert_eq!(said(LocationKind::FileName, b"a/\xff", id), "the name of a/\\xff in 0123456789");
        assert_eq!(said(LocationKind::Note, format!("ab/{}", "c".repeat(38)).as_bytes(), id), "note on abcccccccc:3:2 in 0123456789");
        assert_eq!(said(LocationKind::Note, b"x", None), "note x:3:2");
    }

    #[test]
    fn a_submodule_is_named_where_no_path_begins_with_it() {
        let mut place = sample::place(b"libs/a/x.env", 3, "x", "****", "");
        (place.kind, place.submodule) = (LocationKind::Blob, Some("libs/a".to_owned()));
        assert_eq!(words(&place), "libs/a/x.env:3:2");
        (place.kind, place.path) = (LocationKind::CommitMessage, Vec::new());
        place.commit = Some("0123456789abcdef".to_owned());
        assert_eq!(words(&place), "commit 0123456789 message:3:2 in libs/a");
        place.kind = LocationKind::Blob;
        assert_eq!(words(&place), "blob:3:2 in 0123456789 in libs/a");
    }
}
