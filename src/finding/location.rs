//! One place where a secret stands.

use std::sync::Arc;

use serde::{Deserialize, Serialize, Serializer};

use super::{ForeignMarker, Marker, Surroundings};
use crate::location::{ByteSpan, Position};

/// What kind of content holds the secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LocationKind {
    /// Content of a file in a working tree.
    File,
    /// Content of a file in the git index.
    Staged,
    /// Standard input.
    Stdin,
    /// The text a symbolic link points to.
    SymlinkTarget,
    /// Content of a file in the history of a repository.
    Blob,
    /// Content of a note (`git notes`).
    Note,
    /// The message of a commit.
    CommitMessage,
    /// The message of an annotated tag.
    TagMessage,
    /// Name and e-mail of a commit's author or committer, or of a tag's tagger.
    Person,
    /// The name of a file or folder itself.
    FileName,
}

/// One place where a secret stands.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Location {
    /// Path relative to the scanned root (for staged content: to the top of the worktree), `/` between parts, as raw bytes.
    #[serde(serialize_with = "lossy")]
    pub path: Vec<u8>,
    /// First byte of the secret.
    pub start: Position,
    /// One past the last byte of the secret.
    pub end: Position,
    /// The same in bytes from the start of the content, as it was before decoding.
    pub byte_range: ByteSpan,
    /// Through which encodings the secret was read, outermost first, such as `utf-16le` of a whole file or `base64` inside of one; lines and
    /// columns are those of the text of the file. Empty: as it stands.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub decoded_via: Vec<String>,
    /// What kind of content it is.
    pub kind: LocationKind,
    /// Object id of the blob in hex, where the content came from git.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub blob: Option<String>,
    /// Object id in hex of the commit (for a tag message: the tag) that first put the secret at this path, where the content came from a
    /// history.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub commit: Option<String>,
    /// Path of the submodule whose history holds it, `/` between parts; none in the repository that was scanned itself. In a tree it is the
    /// beginning of `path` as well.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub submodule: Option<String>,
    /// `primaryLocationLineHash` of the first line, where whoever made the report had the whole content at hand.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line_hash: Option<String>,
    /// Name of the environment that the place belongs to, where that is what the finding is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub environment: Option<String>,
    /// The line around it, with every secret masked.
    pub snippet: Snippet,
    /// What the line on which the secret begins, or a comment on the line before, says of exceptions; places on one line share it.
    #[serde(skip)]
    pub markers: Arc<[Marker]>,
    /// The same of comments for other scanners.
    #[serde(skip)]
    pub foreign: Arc<[ForeignMarker]>,
    /// What the text around it says of it. None: nothing.
    #[serde(skip)]
    pub surroundings: Option<Arc<Surroundings>>,
}

impl Location {
    /// The first line of the content at `path`, with nothing of it and nothing known of it; what is known goes beside `..`.
    pub fn new(path: Vec<u8>, kind: LocationKind) -> Self {
        let start = Position { line: 1, column_utf16: 1 };
        Self {
            path,
            start,
            end: start,
            byte_range: ByteSpan::new(0, 0),
            decoded_via: Vec::new(),
            kind,
            blob: None,
            commit: None,
            submodule: None,
            line_hash: None,
            environment: None,
            snippet: Snippet::default(),
            markers: Arc::default(),
            foreign: Arc::default(),
            surroundings: None,
        }
    }

    /// The path for people: bytes that are not UTF-8 become U+FFFD.
    pub fn path_lossy(&self) -> std::borrow::Cow<'_, str> {
        String::from_utf8_lossy(&self.path)
    }
}

/// The line on which a secret begins, cut to what a terminal can show, every secret in it masked, no control characters.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Snippet {
    /// The text. `…` at an end where it was cut.
    pub text: String,
    /// Where the masked secret begins in `text`, in characters from 0.
    pub mark_start_chars: usize,
    /// One past its last character.
    pub mark_end_chars: usize,
}

fn lossy<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&String::from_utf8_lossy(bytes))
}
