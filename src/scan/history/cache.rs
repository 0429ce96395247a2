//! What a scan learned of a history, as bytes that the next scan can begin with.
//!
//! Holds ids, names, relations and places of secrets, never a secret: those are read again from the objects that hold them. Objects are
//! numbered as they were then; whoever reads this numbers them anew.

use crate::finding::Confidence;
use crate::location::ByteSpan;
use crate::rules::RuleIndex;
use crate::source::HistoryPart;
use crate::source::history::commits::{RawCommit, Tag};
use crate::source::history::graph::Graph;
use crate::source::history::ids::Ids;
use crate::source::history::names::Name;
use crate::source::history::trees::Trees;

use super::tally::{Holder, Place, TextOf};

/// Changes with the form of the bytes.
const MAGIC: &[u8; 8] = b"ksieve\x00\x02";
/// No number, no size.
const NONE: u32 = u32::MAX;

/// What was learned.
pub struct Known {
    /// All objects there were.
    pub ids: Ids,
    /// Size in bytes of each object that was looked at; [`None`] for others.
    pub sizes: Vec<Option<u32>>,
    /// All trees.
    pub trees: Trees,
    /// All commits.
    pub commits: Vec<RawCommit>,
    /// Tags and what they point to.
    pub tags: Vec<Tag>,
    /// Secrets, without themselves.
    pub seen: Vec<KnownSeen>,
}

/// What is to be kept.
pub struct Learned<'g> {
    /// All objects.
    pub ids: &'g Ids,
    /// Size in bytes of each object that was looked at with success; [`None`] for others.
    pub sizes: &'g [Option<u32>],
    /// Who holds what.
    pub graph: &'g Graph,
    /// Secrets, without themselves.
    pub seen: &'g [KnownSeen],
}

/// A secret as it is kept: where it was, not what it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownSeen {
    /// Which rule saw it.
    pub rule: RuleIndex,
    /// How sure.
    pub confidence: Confidence,
    /// Where it was surest.
    pub best: Place,
    /// Everything that held it, names aside.
    pub holders: Vec<Holder>,
}

/// Why bytes cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unusable {
    /// They were made by other rules, another version or with other limits.
    Outdated,
    /// They are not what was written.
    Damaged,
}

impl Learned<'_> {
    /// The bytes; `key` says what they depend on besides the repository.
    pub fn encode(&self, key: &str) -> Vec<u8> {
        let mut out = Writer(Vec::with_capacity(self.ids.as_bytes().len() * 4));
        out.0.extend_from_slice(MAGIC);
        out.bytes(key.as_bytes());
        out.number(self.ids.width() as u32);
        out.bytes(self.ids.as_bytes());
        out.numbers(self.sizes.iter().map(|size| size.unwrap_or(NONE)));
        self.graph.trees.encode(&mut |bytes| out.bytes(bytes));
        let commits = self.graph.commits.as_read(self.ids);
        out.number(commits.len() as u32);
        for commit in commits {
            out.number(commit.object);
            out.0.extend_from_slice(&commit.seconds.to_le_bytes());
            out.id(self.ids, &commit.tree);
            out.number(commit.parents.len() as u32);
            commit.parents.iter().for_each(|parent| out.id(self.ids, parent));
        }
        let Graph { tags, lost_tags, .. } = self.graph;
        out.number((tags.len() + lost_tags.len()) as u32);
        let all = tags.iter().map(|(tag, target)| (*tag, self.ids.raw(*target)));
        for (tag, target) in all.chain(lost_tags.iter().map(|(tag, id)| (*tag, &**id))) {
            out.number(tag);
            out.id(self.ids, target);
        }
        out.number(self.seen.len() as u32);
        self.seen.iter().for_each(|seen| out.seen(seen));
        let sum = crc32fast::hash(&out.0);
        out.number(sum);
        out.0
    }
}

impl Known {
    /// Reads what [`Learned::encode`] wrote with the same `key`.
    ///
    /// # Errors
    /// The bytes cannot be used.
    pub fn decode(bytes: &[u8], key: &str) -> Result<Self, Unusable> {
        let (content, sum) = bytes.split_last_chunk::<4>().ok_or(Unusable::Damaged)?;
        if crc32fast::hash(content) != u32::from_le_bytes(*sum) || !content.starts_with(MAGIC) {
            return Err(Unusable::Damaged);
        }
        let mut input = Reader(&content[MAGIC.len()..]);
        if input.bytes().ok_or(Unusable::Damaged)? != key.as_bytes() {
            return Err(Unusable::Outdated);
        }
        input.known().filter(|_| input.0.is_empty()).ok_or(Unusable::Damaged)
    }
}

struct Writer(Vec<u8>);

impl Writer {
    fn number(&mut self, number: u32) {
        self.0.extend_from_slice(&number.to_le_bytes());
    }

    fn bytes(&mut self, bytes: &[u8]) {
        self.number(bytes.len() as u32);
        self.0.extend_from_slice(bytes);
    }

    fn numbers(&mut self, numbers: impl ExactSizeIterator<Item = u32>) {
        self.number(numbers.len() as u32 * 4);
        numbers.for_each(|number| self.number(number));
    }

    /// An id by its number, if it has one.
    fn id(&mut self, ids: &Ids, id: &[u8]) {
        match ids.find(id) {
            Some(number) => self.number(number),
            None => {
                self.number(NONE);
                self.0.extend_from_slice(id);
            }
        }
    }

    fn holder(&mut self, holder: &Holder) {
        self.number(holder.object);
        self.0.push(part_code(holder.part));
        self.number(holder.name.map_or(NONE, |name| name.0));
    }

    fn seen(&mut self, seen: &KnownSeen) {
        self.number(u32::from(seen.rule.0));
        self.0.push(seen.confidence as u8);
        self.holder(&seen.best.holder);
        self.0.push(seen.best.text as u8 | if seen.best.is_encoded { ENCODED } else { 0 });
        self.number(seen.best.span.start as u32);
        self.number(seen.best.span.end as u32);
        self.number(seen.holders.len() as u32);
        seen.holders.iter().for_each(|holder| self.holder(holder));
    }
}

const PARTS: [HistoryPart; 7] = [
    HistoryPart::Blob,
    HistoryPart::SymlinkTarget,
    HistoryPart::Note,
    HistoryPart::CommitMessage,
    HistoryPart::TagMessage,
    HistoryPart::Person,
    HistoryPart::FileName,
];
const TEXTS: [TextOf; 6] = [TextOf::Whole, TextOf::Decoded, TextOf::Author, TextOf::Committer, TextOf::Message, TextOf::Header];

/// Marks a place where the secret is encoded.
const ENCODED: u8 = 0x80;

fn part_code(part: HistoryPart) -> u8 {
    PARTS.iter().position(|one| *one == part).unwrap_or(0) as u8
}

struct Reader<'b>(&'b [u8]);

impl<'b> Reader<'b> {
    fn take(&mut self, count: usize) -> Option<&'b [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    fn byte(&mut self) -> Option<u8> {
        self.take(1).map(|byte| byte[0])
    }

    fn number(&mut self) -> Option<u32> {
        self.take(4)?.first_chunk().map(|bytes| u32::from_le_bytes(*bytes))
    }

    fn bytes(&mut self) -> Option<&'b [u8]> {
        let length = self.number()? as usize;
        self.take(length)
    }

    /// How many of something follow: never more than bytes are left.
    fn count(&mut self) -> Option<usize> {
        self.number().map(|count| count as usize).filter(|count| *count <= self.0.len())
    }

    fn known(&mut self) -> Option<Known> {
        let width = self.number().filter(|width| matches!(width, 20 | 32))? as usize;
        let ids = Ids::new(self.bytes()?.to_vec(), width);
        let sizes: Vec<Option<u32>> = numbers(self.bytes()?).map(|size| (size != NONE).then_some(size)).collect();
        let trees = Trees::decode(&mut || self.bytes(), ids.len())?;
        if sizes.len() != ids.len() {
            return None;
        }
        let mut commits = Vec::new();
        for _ in 0..self.count()? {
            let object = self.object(&ids)?;
            let seconds = i64::from_le_bytes(*self.take(8)?.first_chunk()?);
            let tree = self.id(&ids)?;
            let parents = (0..self.count()?).map(|_| self.id(&ids)).collect::<Option<_>>()?;
            commits.push(RawCommit { object, tree, parents, seconds });
        }
        let mut tags = Vec::new();
        for _ in 0..self.count()? {
            tags.push(Tag { object: self.object(&ids)?, target: self.id(&ids)? });
        }
        let names = trees.names().len();
        let seen = (0..self.count()?).map(|_| self.seen(&ids, names)).collect::<Option<_>>()?;
        Some(Known { ids, sizes, trees, commits, tags, seen })
    }

    fn object(&mut self, ids: &Ids) -> Option<u32> {
        self.number().filter(|number| (*number as usize) < ids.len())
    }

    fn id(&mut self, ids: &Ids) -> Option<Box<[u8]>> {
        match self.number()? {
            NONE => self.take(ids.width()).map(Into::into),
            number if (number as usize) < ids.len() => Some(ids.raw(number).into()),
            _ => None,
        }
    }

    fn holder(&mut self, ids: &Ids, names: usize) -> Option<Holder> {
        let object = self.object(ids)?;
        let part = *PARTS.get(usize::from(self.byte()?))?;
        let name = match self.number()? {
            NONE => None,
            name if (name as usize) < names => Some(Name(name)),
            _ => return None,
        };
        Some(Holder { object, part, name })
    }

    fn seen(&mut self, ids: &Ids, names: usize) -> Option<KnownSeen> {
        let rule = RuleIndex(u16::try_from(self.number()?).ok()?);
        let confidence = *Confidence::ALL.get(usize::from(self.byte()?))?;
        let holder = self.holder(ids, names)?;
        let code = self.byte()?;
        let (text, is_encoded) = (*TEXTS.get(usize::from(code & !ENCODED))?, code & ENCODED != 0);
        let (start, end) = (self.number()? as usize, self.number()? as usize);
        let span = if start <= end { ByteSpan::new(start, end) } else { return None };
        let holders = (0..self.count()?).map(|_| self.holder(ids, names)).collect::<Option<_>>()?;
        Some(KnownSeen { rule, confidence, best: Place { holder, text, span, is_encoded }, holders })
    }
}

/// Numbers that stand side by side.
fn numbers(bytes: &[u8]) -> impl Iterator<Item = u32> + '_ {
    bytes.chunks_exact(4).map(|bytes| u32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]))
}

#[cfg(test)]
mod tests;
