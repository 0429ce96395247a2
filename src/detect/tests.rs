//! The law that scanning what changed rests on, for whole scans: where a version's triggers come from makes no difference to what is found.

use std::sync::LazyLock;

use proptest::prelude::*;
use proptest::sample::Index;

use super::*;
use crate::rules::example::expand;

static DETECTOR: LazyLock<Detector> = LazyLock::new(|| Detector::new(RuleSet::builtin(), Workload::Large));

/// Every credential that a built-in rule shows.
static EXAMPLES: LazyLock<Vec<String>> = LazyLock::new(|| {
    let rules = RuleSet::builtin();
    let templates = rules.iter().flat_map(|(_, entry)| entry.rule.examples.positive.iter());
    templates.map(|template| filled(template)).collect()
});

fn filled(template: &str) -> String {
    expand(template, "derived").expect("because the template is well formed")
}

/// Templates of what stands around credentials, and of credentials that only the grammar knows.
const FILLERS: [&str; 16] = [
    "\n",
    "\n",
    "\r\n",
    " ",
    "= ",
    "\"",
    "://",
    ": Bearer ",
    "password=",
    "  \"api_key\": \"",
    "user:pw@example.org/path\n",
    "postgres://user:{{base62:14}}@db.example.org/x\n",
    "Authorization: Basic {{base62:24}}\n",
    "secret_token: '{{base62:20}}'\n",
    "<value>",
    "\0",
];

/// An example in an encoding.
fn encoded() -> impl Strategy<Value = Vec<u8>> {
    (any::<Index>(), 0..7usize).prop_map(|(at, how)| {
        let text = at.get(&EXAMPLES).as_bytes();
        let marked = |write: fn(u8) -> String| text.iter().map(|byte| write(*byte)).collect::<String>().into_bytes();
        match how {
            0 => data_encoding::BASE64.encode(text).into_bytes(),
            1 => data_encoding::BASE64.encode(text).as_bytes().chunks(64).collect::<Vec<_>>().join(&b"\n  "[..]),
            2 => data_encoding::BASE64URL_NOPAD.encode(data_encoding::BASE64.encode(text).as_bytes()).into_bytes(),
            3 => data_encoding::HEXLOWER.encode(text).into_bytes(),
            4 => marked(|byte| format!("%{byte:02X}")),
            5 => marked(|byte| format!("\\u{byte:04x}")),
            _ => marked(|byte| format!("&#{byte};")),
        }
    })
}

/// An example or some filler; long runs reach as far as anything looks.
fn piece() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        3 => any::<Index>().prop_map(|at| at.get(&EXAMPLES).clone().into_bytes()),
        4 => prop::sample::select(FILLERS.to_vec()).prop_map(|template| filled(template).into_bytes()),
        2 => encoded(),
        1 => (prop::sample::select(vec![b' ', b'a', b'9', b'-']), 1..1500usize).prop_map(|(byte, count)| vec![byte; count]),
        1 => ("[A-Za-z0-9+/_.=-]{1,80}").prop_map(String::into_bytes),
    ]
}

/// What the next version has in place of a stretch: a part of a piece, or of the version before from another place.
#[derive(Clone, Debug)]
enum Change {
    Write(Vec<u8>, Index, Index),
    Move(Index, Index),
}

/// Stretches that go, and what comes for each.
type Edit = Vec<(Index, Index, Change)>;

fn edit() -> impl Strategy<Value = Edit> {
    let write = (piece(), any::<Index>(), any::<Index>()).prop_map(|(piece, start, end)| Change::Write(piece, start, end));
    let change = prop_oneof![3 => write, 1 => any::<(Index, Index)>().prop_map(|(start, end)| Change::Move(start, end))];
    prop::collection::vec((any::<Index>(), any::<Index>(), change), 1..5)
}

/// A stretch of `length` bytes.
fn stretch(length: usize, start: Index, end: Index) -> ByteSpan {
    let (start, end) = (start.index(length + 1), end.index(length + 1));
    ByteSpan::new(start.min(end), start.max(end))
}

/// The next version, and what it took over.
fn edited(text: &[u8], edit: &Edit) -> (Vec<u8>, Vec<CopiedSpan>) {
    const MOST_GONE: usize = 40;
    let (mut next, mut copies) = (Vec::new(), Vec::new());
    let mut copy = |next: &mut Vec<u8>, span: ByteSpan| {
        if span.start < span.end {
            copies.push(CopiedSpan { from: span.start, to: next.len(), length: span.len() });
            next.extend_from_slice(span.of(text));
        }
    };
    let mut changes: Vec<_> = edit.iter().map(|(at, gone, change)| (at.index(text.len() + 1), gone.index(MOST_GONE), change)).collect();
    changes.sort_by_key(|(at, ..)| *at);
    let mut done = 0;
    for (at, gone, change) in changes {
        copy(&mut next, ByteSpan::new(done.min(at), at));
        done = (at + gone).clamp(done, text.len());
        match change {
            Change::Write(piece, start, end) => next.extend_from_slice(stretch(piece.len(), *start, *end).of(piece)),
            Change::Move(start, end) => copy(&mut next, stretch(text.len(), *start, *end)),
        }
    }
    copy(&mut next, ByteSpan::new(done, text.len()));
    (next, copies)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn a_version_is_found_to_hold_what_a_search_of_all_of_it_finds(
        pieces in prop::collection::vec(piece(), 0..24),
        edits in prop::collection::vec(edit(), 1..5),
        path in prop::sample::select(vec!["", "src/main.py", ".env", "config.json", "a.yaml", ".npmrc", "README.md"]),
    ) {
        let mut text = pieces.concat();
        let mut triggers = DETECTOR.triggers(&text);
        let mut room = trigger::Room::default();
        for edit in edits {
            let (next, copies) = edited(&text, &edit);
            triggers = DETECTOR.triggers_of_derived(&next, &copies, &triggers, &mut room);
            text = next;
            prop_assert_eq!(&triggers, &DETECTOR.triggers(&text));
            let input = Input { bytes: &text, path: path.as_bytes() };
            let told = |matches: &[Match]| format!("{matches:?}");
            prop_assert_eq!(told(&DETECTOR.scan_at(input, &triggers, usize::MAX).list), told(&DETECTOR.scan(input)));
            let (few, expected) = (DETECTOR.scan_at(input, &triggers, 2), DETECTOR.scan_up_to(input, 2));
            prop_assert_eq!((told(&few.list), few.cut), (told(&expected.list), expected.cut));
        }
    }
}

/// Ids of the rules that find something in `text`.
fn found_by(text: &str) -> Vec<String> {
    let matches = DETECTOR.scan(Input { bytes: text.as_bytes(), path: b"notes.txt" });
    matches.iter().map(|found| DETECTOR.rules().get(found.rule).rule.id.to_string()).collect()
}

#[test]
fn a_token_that_its_checksum_proves_is_found_in_front_of_a_word() {
    for (template, rule) in [
        ("{{github:ghp_}}", "github.personal-access-token"),
        ("{{npm}}", "npm.access-token"),
        ("{{grafana}}", "grafana.service-account-token"),
        ("{{nkey}}", "nkeyseed.seed"),
    ] {
        let token = filled(template);
        for behind in ["x", "_next", "9", ""] {
            let found = found_by(&format!("see {token}{behind} there"));
            assert_eq!(found, [rule], "{template}{behind}");
        }
        let last = if token.ends_with('2') { '3' } else { '2' };
        let wrong = format!("see {}{last}x there", &token[..token.len() - 1]);
        assert!(!found_by(&wrong).contains(&rule.to_owned()), "{template}");
    }
}
