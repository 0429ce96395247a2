//! Where a place is, as SARIF puts it.
//!
//! Code scanning refuses a whole file over one result without a physical location, or with a URI of another scheme than `file`. A commit
//! message is no file, so it gets a path below `.git/`, where no commit can have a file of its own, and a logical location that says what it
//! really is.

use super::SOURCE_ROOT;
use super::model::{ArtifactLocation, Location, LogicalLocation, PhysicalLocation, Region};
use super::uri;
use crate::finding::{self, LocationKind};
use crate::report::place::{self, Words, short_id};

/// The location of `place`, without id and message.
pub fn location(place: &finding::Location) -> Location {
    let physical_location = PhysicalLocation { artifact_location: artifact(place), region: region(place) };
    Location { id: None, physical_location, logical_locations: logical(place).into_iter().collect(), message: None }
}

/// What a result's place is in, where that is more than a file: `the message of commit a1b2c3d4e5`.
pub fn stands_in(place: &finding::Location) -> Option<String> {
    let commit = place.commit.as_deref().map(short_id);
    let of = |object: &str| commit.as_ref().map(|id| format!(" of {object} {id}")).unwrap_or_default();
    let within = commit.as_ref().map(|id| format!(", in commit {id}")).unwrap_or_default();
    match place.kind {
        LocationKind::File | LocationKind::Staged | LocationKind::Stdin => None,
        LocationKind::Blob if place.path.is_empty() => Some("a blob that no tree holds".to_owned()),
        LocationKind::Blob => commit.map(|id| format!("commit {id}")),
        LocationKind::SymlinkTarget => Some(format!("the target of a symbolic link{within}")),
        LocationKind::Note => Some(format!("a note{within}")),
        LocationKind::CommitMessage => Some(format!("the message{}", of("commit"))),
        LocationKind::TagMessage => Some(format!("the message{}", of("tag"))),
        LocationKind::Person => {
            let role = place::role(&place.path_lossy());
            Some(format!("the name or e-mail of the {role}{}", of(if role == "tagger" { "tag" } else { "commit" })))
        }
        LocationKind::FileName => Some(format!("the name of this file or folder{within}")),
    }
}

/// A relative path hangs on the root of the sources; an absolute one must not.
fn artifact(place: &finding::Location) -> ArtifactLocation {
    if let Some(uri) = below_git(place) {
        return ArtifactLocation { uri, uri_base_id: None };
    }
    match place.path.as_slice() {
        b"" | b"-" if place.kind == LocationKind::Stdin => ArtifactLocation { uri: "stdin".to_owned(), uri_base_id: None },
        path if path.starts_with(b"/") => ArtifactLocation { uri: format!("file://{}", uri::encode(path)), uri_base_id: None },
        path => ArtifactLocation { uri: uri::encode(path), uri_base_id: Some(SOURCE_ROOT) },
    }
}

/// A URI for what is no file.
fn below_git(place: &finding::Location) -> Option<String> {
    let object = uri::encode(place.commit.as_deref().unwrap_or("unknown").as_bytes());
    match place.kind {
        LocationKind::CommitMessage => Some(format!(".git/commits/{object}/message")),
        LocationKind::TagMessage => Some(format!(".git/tags/{object}/message")),
        LocationKind::Person => Some(format!(".git/objects/{object}/person")),
        LocationKind::Note => Some(format!(".git/notes/{}", uri::encode(&place.path))),
        LocationKind::Blob if place.path.is_empty() => {
            Some(format!(".git/objects/{}/content", uri::encode(place.blob.as_deref().unwrap_or("unknown").as_bytes())))
        }
        _ => None,
    }
}

fn logical(place: &finding::Location) -> Option<LogicalLocation> {
    let named = matches!(place.kind, LocationKind::FileName) || below_git(place).is_some();
    let Words { name, after, .. } = Words::of(place);
    named.then(|| LogicalLocation { fully_qualified_name: name + &after, kind: place.kind })
}

/// A file's name does not stand on its first line, but there is nothing else to point at.
fn region(place: &finding::Location) -> Region {
    if place.kind == LocationKind::FileName {
        return Region { start_line: 1, start_column: 1, end_line: 1, end_column: 1 };
    }
    Region {
        start_line: place.start.line,
        start_column: place.start.column_utf16,
        end_line: place.end.line,
        end_column: place.end.column_utf16,
    }
}
