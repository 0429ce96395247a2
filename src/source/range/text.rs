//! What stands in a commit object, taken apart without trusting it.
//!
//! Bytes in, parts out: knows nothing of repositories. The form is that of `git help cat-file`: headers, an empty line, the message.

use gix::ObjectId;

/// The parts of a commit that matter here.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::source) struct CommitText<'a> {
    pub(in crate::source) tree: ObjectId,
    pub(in crate::source) parents: Vec<ObjectId>,
    /// Name and e-mail of the author and of the committer, as `Name <e-mail>`.
    pub(in crate::source) people: [&'a [u8]; 2],
    /// When the committer made it, in seconds since 1970-01-01 UTC; 0 if it does not say.
    pub(in crate::source) seconds: i64,
    /// Annotated tags that a merge took in, whole, each line but the first indented by a space. Empty for all other commits.
    pub(in crate::source) merged_tags: &'a [u8],
    pub(in crate::source) message: &'a [u8],
}

impl<'a> CommitText<'a> {
    /// Takes a commit of a repository with ids of that kind apart; none if it has no tree or a parent that is no id. As for git, parents
    /// are only those that stand right behind the tree: one that git does not see must not make content look old.
    pub(in crate::source) fn parse(bytes: &'a [u8], kind: gix::hash::Kind) -> Option<Self> {
        let end = memchr::memmem::find(bytes, b"\n\n").unwrap_or(bytes.len());
        let headers = &bytes[..end];
        let mut lines = headers.split(|&byte| byte == b'\n').peekable();
        let mut text = Self {
            tree: id(lines.next()?.strip_prefix(b"tree ")?, kind)?,
            parents: Vec::new(),
            people: [b"", b""],
            seconds: 0,
            merged_tags: headers_of(headers, b"mergetag "),
            message: bytes.get(end + 2..).unwrap_or_default(),
        };
        while let Some(parent) = lines.peek().and_then(|line| line.strip_prefix(b"parent ")) {
            text.parents.push(id(parent, kind)?);
            lines.next();
        }
        for line in lines {
            if let Some(author) = line.strip_prefix(b"author ").filter(|_| text.people[0].is_empty()) {
                text.people[0] = person(author).0;
            } else if let Some(committer) = line.strip_prefix(b"committer ").filter(|_| text.people[1].is_empty()) {
                (text.people[1], text.seconds) = person(committer);
            }
        }
        Some(text)
    }
}

/// The id in hex that is all of `hex`, if it is one of that kind.
fn id(hex: &[u8], kind: gix::hash::Kind) -> Option<ObjectId> {
    ObjectId::from_hex(hex).ok().filter(|id| id.kind() == kind)
}

/// What an annotated tag points to.
pub(super) fn target(bytes: &[u8], kind: gix::hash::Kind) -> Option<ObjectId> {
    id(bytes.strip_prefix(b"object ")?.split(|&byte| byte == b'\n').next()?, kind)
}

/// Name and e-mail of a tag's tagger, and its message.
pub(super) fn tag(bytes: &[u8]) -> (&[u8], &[u8]) {
    let end = memchr::memmem::find(bytes, b"\n\n").unwrap_or(bytes.len());
    let tagger = bytes[..end].split(|&byte| byte == b'\n').find_map(|line| line.strip_prefix(b"tagger "));
    (tagger.map_or(b"", |tagger| person(tagger).0), bytes.get(end + 2..).unwrap_or_default())
}

/// Name with e-mail, and the time behind it.
fn person(value: &[u8]) -> (&[u8], i64) {
    let end = memchr::memrchr(b'>', value).map_or(value.len(), |end| end + 1);
    let (person, time) = value.split_at(end);
    let seconds = std::str::from_utf8(time).ok().and_then(|time| time.split_ascii_whitespace().next()?.parse().ok());
    (person, seconds.unwrap_or(0))
}

/// Every header of that name with its further lines, from the first to the last.
fn headers_of<'a>(headers: &'a [u8], name: &[u8]) -> &'a [u8] {
    let is_start = |at: usize| at == 0 || headers[at - 1] == b'\n';
    let Some(first) = memchr::memmem::find_iter(headers, name).find(|&at| is_start(at)) else { return b"" };
    let mut end = first;
    for line in headers[first..].split_inclusive(|&byte| byte == b'\n') {
        if !line.starts_with(name) && !line.starts_with(b" ") {
            break;
        }
        end += line.len();
    }
    &headers[first..end]
}

#[cfg(test)]
mod tests {
    use super::*;

    const TREE: &str = "tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904\n";

    fn parse(text: &str) -> Option<CommitText<'_>> {
        CommitText::parse(text.as_bytes(), gix::hash::Kind::Sha1)
    }

    #[test]
    fn all_parts_are_found() {
        let parent = "parent 4b825dc642cb6eb9a060e54bf8d69288fbee4904\n";
        let text = format!(
            "{TREE}{parent}{parent}author A B <a@b> 1 +0000\ncommitter C <c@d> 1700000000 +0100\nmergetag object 1\n type commit\n \n x\nmergetag y\n z\ngpgsig -\n q\n\nsubject\n\nbody\n"
        );
        let commit = parse(&text).expect("because it is well-formed");
        assert_eq!((commit.parents.len(), commit.seconds, commit.message), (2, 1_700_000_000, &b"subject\n\nbody\n"[..]));
        assert_eq!(commit.people, [&b"A B <a@b>"[..], b"C <c@d>"]);
        assert_eq!(commit.merged_tags, b"mergetag object 1\n type commit\n \n x\nmergetag y\n z\n");
    }

    #[test]
    fn what_is_no_commit_is_refused_and_odd_commits_are_not() {
        assert_eq!(parse(""), None);
        assert_eq!(parse("tree 12\n\n"), None);
        assert_eq!(parse(&format!("{TREE}parent x\n\n")), None);
        assert_eq!(parse(&format!("{TREE}parent {}\n\n", "1".repeat(64))), None);
        let late = format!("{TREE}author A <a@b> 1 +0000\nparent {}\n\n", "1".repeat(40));
        assert_eq!(parse(&late).map(|commit| commit.parents.len()), Some(0));
        let odd = format!("{TREE}author nobody\ncommitter >> when\n");
        let commit = parse(&odd).expect("because it has a tree");
        assert_eq!((commit.people, commit.seconds, commit.message), ([&b"nobody"[..], b">>"], 0, &b""[..]));
    }
}
