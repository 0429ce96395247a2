//! Where in a text something calls for a closer look, whatever the text's path: all that a scan takes from most of a text's bytes.
//!
//! Encoded runs, such as base64, are decoded to see whether what they stand for holds such places.
//!
//! The list for a text that was made from another one, as git stores the versions of a file, is made from the other's list: only bytes that
//! are new, and those beside them, are searched. The law that this rests on: whether a literal calls for a look is told by its own line within
//! [`REACH`] bytes and a few bytes before that, so the middle of a copied stretch has what the original has.

use super::embedded::{self, EncodedRun};
use super::keyvalue::syntax;
use super::prefilter::{Hit, Prefilter, Trigger};
use crate::decode::embedded::{Calm, Zones};
use crate::location::{ByteSpan, CopiedSpan};

/// Most bytes on either side of a literal that tell whether it calls for a look.
const REACH: usize = 260;
const _: () = assert!(REACH >= syntax::JOINT_REACH + syntax::LOOK_BACK);
/// A byte that stands in no literal.
const SEPARATOR: u8 = 0xff;

/// The literals of one text that call for a closer look, and its encoded runs in which such literals stand.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Triggers {
    /// End offset in bytes and literal, by rising end.
    places: Vec<(u32, u32)>,
    /// By rising start.
    runs: Vec<EncodedRun>,
}

impl Triggers {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.places.len() + self.runs.len()
    }

    /// Whether nothing calls for a look: no rule finds anything then.
    pub fn is_empty(&self) -> bool {
        self.places.is_empty() && self.runs.is_empty()
    }

    /// The hits, as the prefilter gives them.
    pub(super) fn hits<'p>(&'p self, prefilter: &'p Prefilter) -> impl Iterator<Item = Hit<'p>> {
        self.places.iter().map(|(end, pattern)| prefilter.hit(*end as usize, *pattern))
    }

    /// The encoded runs in which something calls for a look.
    pub(super) fn runs(&self) -> &[EncodedRun] {
        &self.runs
    }

    /// Sorts the runs. Some were both taken over and found, or found from two sides.
    fn settle_runs(&mut self) {
        self.runs.sort_unstable();
        self.runs.dedup();
    }

    fn push(&mut self, hit: &Hit<'_>) {
        // Items are far smaller than 4 GiB; what lies behind that is not seen, and sources say so.
        if let Ok(end) = u32::try_from(hit.end) {
            self.places.push((end, hit.pattern));
        }
    }
}

/// Searches all of `text`.
pub fn of(prefilter: &Prefilter, text: &[u8]) -> Triggers {
    let mut triggers = Triggers::default();
    let mut marks = Vec::new();
    prefilter.hits(text, |hit| {
        if calls(text, &hit) {
            triggers.push(&hit);
        }
        if is_mark(&hit) {
            marks.push(hit.start);
        }
    });
    embedded::search(prefilter, text, &marks, |run| triggers.runs.push(run));
    triggers.settle_runs();
    triggers
}

/// Whether the hit calls for a look.
pub(super) fn calls(text: &[u8], hit: &Hit<'_>) -> bool {
    hit.triggers.iter().any(|trigger| match trigger {
        Trigger::Token(token) => token.fits(text, hit),
        Trigger::Word => syntax::is_joined(text, ByteSpan::new(hit.start, hit.end)),
        Trigger::Url | Trigger::Header | Trigger::Command => true,
        Trigger::Mark => false,
    })
}

/// Whether an encoded character may stand at the hit.
pub(super) fn is_mark(hit: &Hit<'_>) -> bool {
    hit.triggers.last() == Some(&Trigger::Mark)
}

/// The same as [`of`] for a text of which `copies`, by rising place, are taken over from a text that has the triggers `base`.
pub fn of_derived(prefilter: &Prefilter, text: &[u8], copies: &[CopiedSpan], base: &Triggers, room: &mut Room) -> Triggers {
    let Room { dirty, gathered, zones } = room;
    dirty.clear();
    gathered.clear();
    zones.lines.clear();
    zones.marks.clear();
    let margin = prefilter.longest().saturating_sub(1);
    let mut triggers = Triggers::default();
    let (mut at, mut lines, mut marks) = (0, 0, 0);
    for copy in copies {
        let own = Calm::of(text, copy.target());
        zones.lines.push(ByteSpan::new(lines, own.lines.start));
        zones.marks.push(ByteSpan::new(marks, own.marks.start));
        (lines, marks) = (own.lines.end, own.marks.end);
        triggers.inherit_runs(&own, *copy, base);
        let calm = calm(text, copy.target());
        if calm.len() <= 2 * margin {
            continue;
        }
        // A literal that begins or ends outside of the calm stretch must be searched for, so some of its bytes are, too.
        dirty.push(ByteSpan::new(at, calm.start + margin));
        at = calm.end - margin;
        triggers.inherit(prefilter, calm, *copy, base);
    }
    dirty.push(ByteSpan::new(at, text.len()));
    zones.lines.push(ByteSpan::new(lines, text.len()));
    zones.marks.push(ByteSpan::new(marks, text.len()));
    embedded::search_in(prefilter, text, zones, |run| triggers.runs.push(run));
    triggers.settle_runs();
    search(prefilter, text, room, &mut triggers);
    triggers
}

/// Room to work in, reused from text to text.
#[derive(Debug, Default)]
pub struct Room {
    dirty: Vec<ByteSpan>,
    gathered: Vec<u8>,
    zones: Zones,
}

/// The middle of a copied stretch, in which literals call for a look exactly where they do in the original.
fn calm(text: &[u8], copied: ByteSpan) -> ByteSpan {
    let first = (copied.start + syntax::LOOK_BACK - 1).min(copied.end);
    let head = &text[first..copied.end.min(first + REACH)];
    let start = memchr::memchr(b'\n', head).map_or(first + head.len(), |at| first + at + 1);
    let low = copied.end.saturating_sub(REACH).max(copied.start);
    let end = memchr::memrchr(b'\n', &text[low..copied.end]).map_or(low, |at| low + at);
    ByteSpan::new(start, end.max(start))
}

impl Triggers {
    /// Takes over what stands in the calm stretch of a copy.
    fn inherit(&mut self, prefilter: &Prefilter, calm: ByteSpan, copy: CopiedSpan, base: &Self) {
        let original = ByteSpan::new(calm.start - copy.to + copy.from, calm.end - copy.to + copy.from);
        let first = base.places.partition_point(|(end, _)| (*end as usize) < original.start);
        for (end, pattern) in &base.places[first..] {
            let hit = prefilter.hit(*end as usize, *pattern);
            if hit.end > original.end {
                break;
            }
            if hit.start >= original.start {
                self.push(&prefilter.hit(hit.end - original.start + calm.start, hit.pattern));
            }
        }
    }
}

impl Triggers {
    /// Takes over the runs that lie in the calm stretch of a copy. Any other shares a byte with what is searched.
    fn inherit_runs(&mut self, calm: &Calm, copy: CopiedSpan, base: &Self) {
        let first = base.runs.partition_point(|run| run.run.span.start < copy.from);
        let inside = base.runs[first..].iter().take_while(|run| run.run.span.start < copy.from + copy.length);
        let inside = inside.filter(|run| run.run.span.end <= copy.from + copy.length);
        self.runs.extend(inside.map(|run| run.moved(copy.from, copy.to)).filter(|run| calm.contains(&run.run)));
    }
}

/// Searches the dirty stretches, all at once: an automaton that runs over one long text is several times faster than over many short ones.
fn search(prefilter: &Prefilter, text: &[u8], room: &mut Room, triggers: &mut Triggers) {
    for span in &room.dirty {
        room.gathered.extend_from_slice(span.of(text));
        room.gathered.push(SEPARATOR);
    }
    let mut spans = room.dirty.iter();
    let mut current = spans.next();
    // Where the current stretch begins in what was gathered.
    let mut base = 0;
    prefilter.hits(&room.gathered, |hit| {
        while let Some(span) = current
            && hit.end > base + span.len()
        {
            base += span.len() + 1;
            current = spans.next();
        }
        let Some(span) = current else { return };
        let found = prefilter.hit(hit.end - base + span.start, hit.pattern);
        if calls(text, &found) {
            triggers.push(&found);
        }
    });
    triggers.places.sort_unstable();
    // What lies wholly in the margin of a calm stretch was both taken over and found.
    triggers.places.dedup();
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::detect::prefilter::Workload;
    use crate::rules::RuleSet;

    /// Bytes that mean something to the grammar, words, blanks, a token's beginning.
    fn parts() -> impl Strategy<Value = Vec<u8>> {
        let samples: Vec<&[u8]> = vec![
            b"password",
            b"key",
            b"secret_",
            b"=",
            b" = ",
            b": ",
            b"\"",
            b"'",
            b"\n",
            b"\n",
            b"name",
            b"value",
            b"-",
            b"--",
            b"(",
            b",",
            b"ghp_",
            b"://",
            b"@",
            b"bearer ",
            b"identified by",
            b" ",
            b"          ",
            b"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
            b"\xff",
            b"a",
            b";",
            b"<",
            b">",
            b"]",
            b"                                                                                ",
        ];
        let mut samples: Vec<Vec<u8>> = samples.into_iter().map(<[u8]>::to_vec).collect();
        samples.extend(encoded());
        prop::collection::vec(prop::sample::select(samples), 0..160).prop_map(|parts| parts.concat())
    }

    /// Runs in every encoding in which something calls for a look, whole and in part, and what separates them.
    fn encoded() -> Vec<Vec<u8>> {
        let plain = "a = 'password: some text' ://b@c ghp_0 ".repeat(9);
        let base64 = data_encoding::BASE64.encode(plain.as_bytes()).into_bytes();
        let percent: String = plain.bytes().map(|byte| format!("%{byte:02x}")).collect();
        let escaped: String = plain.bytes().map(|byte| format!("\\x{byte:02x}")).collect();
        let references: String = plain.bytes().map(|byte| format!("&#{byte};")).collect();
        let lines = base64.chunks(64).collect::<Vec<_>>().join(&b"\n  "[..]);
        let mut all = vec![base64[..64].to_vec(), base64[64..128].to_vec(), base64, lines];
        all.push(data_encoding::HEXLOWER.encode(plain.as_bytes()).into_bytes());
        all.extend([percent, escaped, references].map(String::into_bytes));
        all.extend([b"\\n".to_vec(), b"\" +\n \"".to_vec(), b"/".to_vec(), vec![b' '; 700], vec![b'a'; 700]]);
        all
    }

    #[derive(Clone, Debug)]
    enum Edit {
        Copy(usize, usize),
        Insert(Vec<u8>),
    }

    fn edits() -> impl Strategy<Value = Vec<Edit>> {
        let copy = (any::<prop::sample::Index>(), 1..6000usize).prop_map(|(from, length)| Edit::Copy(from.index(8000), length));
        let insert = prop::sample::select(vec![&b"pass"[..], b"word", b"=", b" ", b"k", b"name: ", b"\n"])
            .prop_map(|text| Edit::Insert(text.to_vec()));
        prop::collection::vec(prop_oneof![copy, insert], 0..12)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(400))]

        #[test]
        fn a_derived_text_has_the_triggers_that_a_search_of_it_finds(base in parts(), edits in edits()) {
            let prefilter = Prefilter::new(&RuleSet::builtin(), Workload::Small);
            let (mut text, mut copies) = (Vec::new(), Vec::new());
            for edit in edits {
                match edit {
                    Edit::Insert(bytes) => text.extend(bytes),
                    Edit::Copy(from, length) if from < base.len() => {
                        let length = length.min(base.len() - from);
                        copies.push(CopiedSpan { from, to: text.len(), length });
                        text.extend_from_slice(&base[from..from + length]);
                    }
                    Edit::Copy(..) => {}
                }
            }
            let derived = of_derived(&prefilter, &text, &copies, &of(&prefilter, &base), &mut Room::default());
            prop_assert_eq!(derived, of(&prefilter, &text), "{:?}", String::from_utf8_lossy(&text));
        }
    }
}
