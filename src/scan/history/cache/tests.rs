use foldhash::quality::RandomState;

use proptest::prelude::*;

use super::*;
use crate::source::history::commits::Commits;
use crate::source::history::trees::{Builder, TreeIndex};

const KEY: &str = "1.2.3 rules 100";
const OBJECTS: u8 = 12;
/// Ids that objects name, among them some that are not there.
const NAMED: u8 = 16;

/// What a scan learned, in parts.
#[derive(Debug)]
struct Made {
    ids: Ids,
    sizes: Vec<Option<u32>>,
    graph: Graph,
    seen: Vec<KnownSeen>,
}

impl Made {
    fn encode(&self) -> Vec<u8> {
        Learned { ids: &self.ids, sizes: &self.sizes, graph: &self.graph, seen: &self.seen }.encode(KEY)
    }
}

fn id(number: u8, width: usize) -> Box<[u8]> {
    vec![number; width].into()
}

fn graph(ids: &Ids, trees: &[Vec<u8>], commits: Vec<(u8, Vec<u8>, i64)>, tags: &[u8]) -> Graph {
    let mut builder = Builder::new(ids, RandomState::default());
    for (object, entries) in (0..).zip(trees) {
        let entry = |number: &u8| [format!("100644 {}\0", number % 3).as_bytes(), &id(*number, ids.width())].concat();
        builder.add(object, &entries.iter().flat_map(entry).collect::<Vec<_>>());
    }
    let raw = (4..).zip(commits).map(|(object, (tree, parents, seconds))| RawCommit {
        object,
        tree: id(tree, ids.width()),
        parents: parents.into_iter().map(|parent| id(parent, ids.width())).collect(),
        seconds,
    });
    let mut graph =
        Graph { commits: Commits::new(raw.collect(), ids), trees: Trees::join(vec![builder.finish()], ids.len()), ..Graph::default() };
    for (tag, target) in (8..).zip(tags) {
        let target = id(*target, ids.width());
        match ids.find(&target) {
            Some(target) => drop(graph.tags.insert(tag, target)),
            None => graph.lost_tags.push((tag, target)),
        }
    }
    graph
}

fn holder(names: u32) -> impl Strategy<Value = Holder> {
    let name = prop::option::of((0..names.max(1)).prop_map(Name)).prop_map(move |name| name.filter(|_| names > 0));
    (0..u32::from(OBJECTS), prop::sample::select(PARTS.to_vec()), name).prop_map(|(object, part, name)| Holder { object, part, name })
}

fn seen(names: u32) -> impl Strategy<Value = KnownSeen> {
    let place = (holder(names), prop::sample::select(TEXTS.to_vec()), 0..900usize, 0..90usize, any::<bool>());
    let place = place.prop_map(|(holder, text, start, length, is_encoded)| {
        let span = ByteSpan::new(start, start + length);
        Place { holder, text, span, is_encoded }
    });
    let confidence = prop::sample::select(Confidence::ALL.to_vec());
    (any::<u16>(), confidence, place, prop::collection::vec(holder(names), 0..4)).prop_map(|(rule, confidence, best, holders)| KnownSeen {
        rule: RuleIndex(rule),
        confidence,
        best,
        holders,
    })
}

fn made() -> impl Strategy<Value = Made> {
    let ids = prop::sample::select(vec![20, 32usize])
        .prop_map(|width| Ids::new((0..OBJECTS).flat_map(|number| id(number, width)).collect(), width));
    let trees = prop::collection::vec(prop::collection::vec(0..NAMED, 0..6), 0..4);
    let commit = (0..NAMED, prop::collection::vec(0..NAMED, 0..3), any::<i64>());
    let commits = prop::collection::vec(commit, 0..4);
    let tags = prop::collection::vec(0..NAMED, 0..4);
    let sizes = prop::collection::vec(prop::option::of(0..u32::MAX), usize::from(OBJECTS));
    (ids, trees, commits, tags, sizes).prop_flat_map(|(ids, trees, commits, tags, sizes)| {
        let graph = graph(&ids, &trees, commits, &tags);
        let seen = prop::collection::vec(seen(graph.trees.names().len() as u32), 0..3);
        (Just(ids), Just(sizes), Just(graph), seen).prop_map(|(ids, sizes, graph, seen)| Made { ids, sizes, graph, seen })
    })
}

/// All that can be compared of trees.
fn entries(trees: &Trees) -> Vec<(u32, Vec<u8>)> {
    let chunks = (0..trees.len() as u32).flat_map(|tree| trees.chunks(TreeIndex(tree)));
    let entries = chunks.flat_map(|chunk| trees.entries(*chunk));
    entries.map(|entry| (entry.object, trees.names().get(entry.name).to_vec())).collect()
}

fn refused(bytes: &[u8]) -> Option<Unusable> {
    Known::decode(bytes, KEY).err()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn what_was_learned_is_known_again(made in made()) {
        let bytes = made.encode();
        let Ok(known) = Known::decode(&bytes, KEY) else { return Err(TestCaseError::fail("refused")) };
        prop_assert_eq!((&known.ids, &known.sizes, &known.seen), (&made.ids, &made.sizes, &made.seen));
        prop_assert_eq!(entries(&known.trees), entries(&made.graph.trees));
        prop_assert!(known.trees.missing().eq(made.graph.trees.missing()));
        prop_assert_eq!(known.commits, made.graph.commits.as_read(&made.ids).collect::<Vec<_>>());
        let Graph { tags, lost_tags, .. } = &made.graph;
        let tags = tags.iter().map(|(tag, target)| (*tag, made.ids.raw(*target))).chain(lost_tags.iter().map(|(tag, id)| (*tag, &**id)));
        prop_assert!(known.tags.iter().map(|tag| (tag.object, &*tag.target)).eq(tags));
        for key in ["", "1.2.3 rules 10", "1.2.3 rules 1000"] {
            prop_assert_eq!(Known::decode(&bytes, key).err(), Some(Unusable::Outdated));
        }
    }

    #[test]
    fn any_other_byte_is_refused(made in made(), change in 1..=255u8) {
        let mut bytes = made.encode();
        for at in 0..bytes.len() {
            bytes[at] ^= change;
            prop_assert_eq!(refused(&bytes), Some(Unusable::Damaged), "byte {}", at);
            bytes[at] ^= change;
        }
        prop_assert_eq!(refused(&bytes), None);
        for end in 0..bytes.len() {
            prop_assert_eq!(refused(&bytes[..end]), Some(Unusable::Damaged));
        }
        bytes.push(change);
        prop_assert_eq!(refused(&bytes), Some(Unusable::Damaged));
    }

    #[test]
    fn changes_with_a_checksum_that_fits_do_no_harm(made in made(), changes in prop::collection::vec(any::<(prop::sample::Index, u8)>(), 1..4)) {
        let mut bytes = made.encode();
        bytes.truncate(bytes.len() - 4);
        let start = MAGIC.len() + 4 + KEY.len();
        for (at, byte) in changes {
            let at = start + at.index(bytes.len() - start);
            bytes[at] = byte % 20;
        }
        let sum = crc32fast::hash(&bytes);
        if let Ok(known) = Known::decode(&[&bytes[..], &sum.to_le_bytes()].concat(), KEY) {
            entries(&known.trees);
            Commits::new(known.commits, &known.ids);
        }
    }

    #[test]
    fn arbitrary_bytes_are_refused(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        prop_assert_eq!(refused(&bytes), Some(Unusable::Damaged));
        let start = [&MAGIC[..], &(KEY.len() as u32).to_le_bytes(), KEY.as_bytes(), &20u32.to_le_bytes()].concat();
        for content in [[MAGIC, &bytes[..]].concat(), [&start[..], &bytes].concat()] {
            let sum = crc32fast::hash(&content);
            prop_assert!(Known::decode(&[&content[..], &sum.to_le_bytes()].concat(), KEY).is_err());
        }
    }
}
