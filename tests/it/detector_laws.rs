//! Laws that hold for the whole detector with all built-in rules, whatever the text: made of the pieces that rules and grammar look for.

use std::sync::LazyLock;

use keysieve::detect::prefilter::Workload;
use keysieve::detect::{Detector, Input};
use keysieve::rules::{RuleSet, example};
use proptest::prelude::*;

static SMALL: LazyLock<Detector> = LazyLock::new(|| Detector::new(RuleSet::builtin(), Workload::Small));
static LARGE: LazyLock<Detector> = LazyLock::new(|| Detector::new(RuleSet::builtin(), Workload::Large));

const PATHS: [&str; 8] = ["", "a.py", "a.yaml", ".env", "README.md", "package-lock.json", "de.strings", "aws/.npmrc"];

const PIECES: [&str; 72] = [
    "password",
    "passwd",
    "secret",
    "token",
    "key",
    "api_key",
    "auth",
    "credential",
    "name",
    "value",
    "value: ",
    "user",
    "PASSWORD",
    "IDENTIFIED BY ",
    "Bearer ",
    "Basic ",
    "://",
    "postgres://",
    "a:b@",
    "@",
    "host",
    "=",
    ":",
    ": ",
    " = ",
    ":=",
    "=>",
    "==",
    "!=",
    ",",
    ";",
    "&",
    "&sig=",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    "<",
    ">",
    "</",
    "/>",
    "\"",
    "'",
    "`",
    "\\\"",
    "&quot;",
    "\"\"\"",
    "|\n",
    ">-\r\n",
    "\n",
    "\r\n",
    "\n  ",
    "\t",
    " ",
    "--",
    "-",
    "//",
    "#",
    "$",
    "${",
    "%s",
    "xxxx",
    "é",
    "\u{202e}",
    "\0",
    "b\"",
    "Some(",
    "Tr0ub4dor3",
    "zavvfuco",
    "kty",
];

/// A piece of the grammar, or a part of an example of a rule.
fn piece() -> impl Strategy<Value = String> {
    let templates: Vec<String> = RuleSet::builtin()
        .iter()
        .flat_map(|(_, entry)| entry.rule.examples.positive.iter().chain(entry.rule.examples.negative.iter()))
        .map(ToString::to_string)
        .collect();
    let example = (prop::sample::select(templates), any::<u16>(), 0.0..1.0f64).prop_map(|(template, seed, part)| {
        let text = example::expand(&template, &seed.to_string()).expect("because the rules' own tests expand every example");
        text.chars().take((text.chars().count() as f64 * (0.5 + part)) as usize).collect()
    });
    prop_oneof![
        8 => prop::sample::select(&PIECES[..]).prop_map(str::to_owned),
        2 => "[ -~]{1,6}",
        2 => "[A-Za-z0-9+/_-]{8,48}",
        1 => example,
    ]
}

fn text() -> impl Strategy<Value = String> {
    prop::collection::vec(piece(), 0..80).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn matches_lie_in_the_text_in_order_and_apart(text in text(), path in prop::sample::select(&PATHS[..])) {
        let found = SMALL.scan(Input { bytes: text.as_bytes(), path: path.as_bytes() });
        for one in &found {
            prop_assert!(!one.secret.is_empty() && one.secret.end <= text.len() && one.cover.end <= text.len(), "{:?}", one);
            prop_assert!(one.cover.contains(one.secret) && one.public_prefix <= one.secret.len(), "{:?}", one);
        }
        for pair in found.windows(2) {
            prop_assert!(pair[0].secret.end <= pair[1].secret.start, "{:?}", pair);
        }
    }

    #[test]
    fn matches_depend_on_nothing_but_the_text(text in text(), path in prop::sample::select(&PATHS[..])) {
        let input = Input { bytes: text.as_bytes(), path: path.as_bytes() };
        let found = format!("{:?}", LARGE.scan(input));
        prop_assert_eq!(&format!("{:?}", LARGE.scan(input)), &found, "the second time");
        prop_assert_eq!(&format!("{:?}", SMALL.scan(input)), &found, "with the other automaton");
    }
}
