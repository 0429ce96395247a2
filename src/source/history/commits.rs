//! Commits and annotated tags of a history, as far as walking needs them, in a few bytes each.

use super::ids::Ids;

/// Position of a commit among all commits, which are sorted by the numbers of their objects.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CommitIndex(pub u32);

/// One commit as it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RawCommit {
    /// Number of the object.
    pub object: u32,
    /// Id of its tree.
    pub tree: Box<[u8]>,
    /// Ids of its parents.
    pub parents: Vec<Box<[u8]>>,
    /// When the committer made it, in seconds since 1970.
    pub seconds: i64,
}

/// One annotated tag.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tag {
    /// Number of the object.
    pub object: u32,
    /// Id of what it points to.
    pub target: Box<[u8]>,
}

/// The texts of a commit or tag in which a credential can stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Texts<'t> {
    /// What stands behind `author`, `committer` or `tagger`, up to the end of the e-mail.
    pub people: [&'t [u8]; 2],
    /// The header from the first line on that is none of those that every commit or tag has: signatures, merged tags, encodings,
    /// and whatever else somebody wrote there. Where no empty line ends the header, that is the message, too.
    pub further: &'t [u8],
    /// The message.
    pub message: &'t [u8],
}

/// All commits and their relations.
#[derive(Clone, Debug, Default)]
pub struct Commits {
    /// Numbers of the objects, rising.
    objects: Vec<u32>,
    trees: Vec<u32>,
    seconds: Vec<i64>,
    /// Where each commit's parents end in `parents`.
    parent_ends: Vec<u32>,
    parents: Vec<u32>,
    /// All commits, parents before children.
    order: Vec<u32>,
    /// Longest way from each commit to one without parents.
    generations: Vec<u32>,
    /// Objects that commits name and that are not there, by commit.
    pub missing: Vec<Missing>,
}

/// An object that a commit names and that is not there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Missing {
    /// The commit.
    pub commit: CommitIndex,
    /// The id.
    pub id: Box<[u8]>,
    /// Whether it is the commit's tree; else it is a parent.
    pub is_tree: bool,
}

const NONE: u32 = u32::MAX;

impl Commits {
    /// Puts what was read in order. A commit that names objects that are not there keeps the others.
    pub fn new(mut raw: Vec<RawCommit>, ids: &Ids) -> Self {
        raw.sort_unstable_by_key(|commit| commit.object);
        raw.dedup_by_key(|commit| commit.object);
        let mut all = Self { objects: raw.iter().map(|commit| commit.object).collect(), ..Self::default() };
        for (at, commit) in raw.iter().enumerate() {
            let index = CommitIndex(at as u32);
            let tree = ids.find(&commit.tree);
            if tree.is_none() {
                all.missing.push(Missing { commit: index, id: commit.tree.clone(), is_tree: true });
            }
            all.trees.push(tree.unwrap_or(NONE));
            all.seconds.push(commit.seconds);
            for parent in &commit.parents {
                match ids.find(parent).and_then(|object| all.of_object(object)) {
                    Some(parent) => all.parents.push(parent.0),
                    None => all.missing.push(Missing { commit: index, id: parent.clone(), is_tree: false }),
                }
            }
            all.parent_ends.push(all.parents.len() as u32);
        }
        all.order = all.topological();
        all.generations = vec![0; all.len()];
        for commit in all.order.clone().into_iter().map(CommitIndex) {
            let before = all.parents(commit).map(|parent| all.generations[parent.0 as usize]).max().unwrap_or(0);
            all.generations[commit.0 as usize] = before + 1;
        }
        all
    }

    /// Parents before children. Ids make circles impossible; in a forged repository their members come last.
    fn topological(&self) -> Vec<u32> {
        let count = self.objects.len();
        let mut waiting: Vec<u32> = (0..count).map(|at| self.parents(CommitIndex(at as u32)).len() as u32).collect();
        let mut child_ends = vec![0u32; count + 1];
        for parent in &self.parents {
            child_ends[*parent as usize + 1] += 1;
        }
        for at in 1..=count {
            child_ends[at] += child_ends[at - 1];
        }
        let mut filled = child_ends.clone();
        let mut children = vec![0u32; self.parents.len()];
        for at in 0..count {
            for parent in self.parents(CommitIndex(at as u32)) {
                children[filled[parent.0 as usize] as usize] = at as u32;
                filled[parent.0 as usize] += 1;
            }
        }
        let mut order: Vec<u32> = (0..count as u32).filter(|at| waiting[*at as usize] == 0).collect();
        let mut next = 0;
        while let Some(&at) = order.get(next) {
            next += 1;
            for child in &children[child_ends[at as usize] as usize..child_ends[at as usize + 1] as usize] {
                waiting[*child as usize] -= 1;
                if waiting[*child as usize] == 0 {
                    order.push(*child);
                }
            }
        }
        if order.len() < count {
            order.extend((0..count as u32).filter(|at| waiting[*at as usize] > 0));
        }
        order
    }

    /// All commits as they were read, by object number.
    pub fn as_read<'c>(&'c self, ids: &'c Ids) -> impl ExactSizeIterator<Item = RawCommit> + 'c {
        (0..self.objects.len()).map(move |at| {
            let commit = CommitIndex(at as u32);
            let first = self.missing.partition_point(|missing| missing.commit < commit);
            let mut parents: Vec<Box<[u8]>> = self.parents(commit).map(|parent| ids.raw(self.object(parent)).into()).collect();
            let mut tree: Box<[u8]> = self.tree(commit).map(|tree| ids.raw(tree).into()).unwrap_or_default();
            for missing in self.missing[first..].iter().take_while(|missing| missing.commit == commit) {
                if missing.is_tree { tree = missing.id.clone() } else { parents.push(missing.id.clone()) }
            }
            RawCommit { object: self.object(commit), tree, parents, seconds: self.seconds(commit) }
        })
    }

    /// How many.
    pub fn len(&self) -> usize {
        self.objects.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.objects.is_empty()
    }

    /// All commits, parents before children.
    pub fn in_order(&self) -> impl DoubleEndedIterator<Item = CommitIndex> + '_ {
        self.order.iter().map(|at| CommitIndex(*at))
    }

    /// The commit that an object is.
    pub fn of_object(&self, object: u32) -> Option<CommitIndex> {
        self.objects.binary_search(&object).ok().map(|at| CommitIndex(at as u32))
    }

    /// Number of a commit's object.
    pub fn object(&self, commit: CommitIndex) -> u32 {
        self.objects[commit.0 as usize]
    }

    /// Number of a commit's tree, if it is there.
    pub fn tree(&self, commit: CommitIndex) -> Option<u32> {
        Some(self.trees[commit.0 as usize]).filter(|tree| *tree != NONE)
    }

    /// When a commit was made, in seconds since 1970.
    pub fn seconds(&self, commit: CommitIndex) -> i64 {
        self.seconds[commit.0 as usize]
    }

    /// What commits are sorted by to tell them as a story: time, then parents before children, then id. The same in every clone.
    pub fn age(&self, commit: CommitIndex) -> (i64, u32, u32) {
        (self.seconds(commit), self.generations[commit.0 as usize], self.object(commit))
    }

    /// A commit's parents, as far as they are there.
    pub fn parents(&self, commit: CommitIndex) -> impl ExactSizeIterator<Item = CommitIndex> + '_ {
        let at = commit.0 as usize;
        let start = if at == 0 { 0 } else { self.parent_ends[at - 1] };
        self.parents[start as usize..self.parent_ends[at] as usize].iter().map(|parent| CommitIndex(*parent))
    }
}

/// Reads a commit's header. `None`: these bytes are no commit.
pub fn parse_commit(object: u32, bytes: &[u8], width: usize) -> Option<RawCommit> {
    let mut lines = header(bytes);
    let tree = id(lines.next()?.strip_prefix(b"tree ")?, width)?;
    let mut commit = RawCommit { object, tree, parents: Vec::new(), seconds: 0 };
    for line in lines {
        if let Some(parent) = line.strip_prefix(b"parent ") {
            commit.parents.push(id(parent, width)?);
        } else if let Some(person) = line.strip_prefix(b"committer ") {
            commit.seconds = seconds(person);
            break;
        }
    }
    Some(commit)
}

/// Reads a tag's header. `None`: these bytes are no tag.
pub fn parse_tag(object: u32, bytes: &[u8], width: usize) -> Option<Tag> {
    let target = id(header(bytes).next()?.strip_prefix(b"object ")?, width)?;
    Some(Tag { object, target })
}

/// The texts of a commit or tag.
pub fn texts(bytes: &[u8]) -> Texts<'_> {
    let end = memchr::memmem::find(bytes, b"\n\n").unwrap_or(bytes.len());
    let mut texts = Texts { people: [b"", b""], further: b"", message: message(bytes) };
    let mut start = 0;
    for line in header(bytes) {
        let first = line.strip_prefix(b"author ").or_else(|| line.strip_prefix(b"tagger ")).filter(|_| texts.people[0].is_empty());
        let second = line.strip_prefix(b"committer ").filter(|_| texts.people[1].is_empty());
        let is_id =
            [&b"tree "[..], b"parent ", b"object ", b"type "].iter().any(|word| line.starts_with(word) && line.len() < LONGEST_PLAIN);
        // A tag's name is that of a ref.
        let is_plain = is_id || line.starts_with(b"tag ");
        match (first.and_then(name_and_mail), second.and_then(name_and_mail)) {
            (Some(person), _) => texts.people[0] = person,
            (_, Some(person)) => texts.people[1] = person,
            _ if is_plain => {}
            _ => {
                texts.further = &bytes[start.min(end)..end];
                break;
            }
        }
        start += line.len() + 1;
    }
    texts
}

/// Name and e-mail of a commit's author, as they are written.
pub fn author(bytes: &[u8]) -> (&[u8], &[u8]) {
    let [person, _] = texts(bytes).people;
    let Some(open) = memchr::memchr(b'<', person) else { return (person.trim_ascii(), b"") };
    let mail = &person[open + 1..];
    (person[..open].trim_ascii(), &mail[..memchr::memchr(b'>', mail).unwrap_or(mail.len())])
}

/// What a commit or tag says behind its header.
pub fn message(bytes: &[u8]) -> &[u8] {
    memchr::memmem::find(bytes, b"\n\n").map_or(b"", |at| &bytes[at + 2..])
}

fn header(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    let end = memchr::memmem::find(bytes, b"\n\n").unwrap_or(bytes.len());
    bytes[..end].split(|byte| *byte == b'\n')
}

fn id(hex: &[u8], width: usize) -> Option<Box<[u8]>> {
    let hex = hex.get(..2 * width)?;
    data_encoding::HEXLOWER.decode(hex).ok().map(Vec::into_boxed_slice)
}

/// Longest line with an id in it, in bytes.
const LONGEST_PLAIN: usize = 80;

/// Without the time behind it. `None`: something else stands there.
fn name_and_mail(person: &[u8]) -> Option<&[u8]> {
    let end = memchr::memrchr(b'>', person).map_or(person.len(), |at| at + 1);
    let is_time = |byte: &u8| byte.is_ascii_digit() || matches!(byte, b' ' | b'+' | b'-' | b'\r');
    person[end..].iter().all(is_time).then_some(&person[..end])
}

/// The time behind a name and e-mail, seconds since 1970.
fn seconds(person: &[u8]) -> i64 {
    let behind = memchr::memrchr(b'>', person).map_or(person, |at| &person[at + 1..]);
    let word = behind.trim_ascii_start().split(|byte| *byte == b' ').next().unwrap_or_default();
    std::str::from_utf8(word).ok().and_then(|word| word.parse().ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests;
