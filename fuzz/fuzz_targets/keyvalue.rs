//! The key/value grammar around every trigger word and around places where none stands: names and values lie in the text, apart from each
//! other.

#![no_main]

use keysieve::detect::keyvalue::{HEADER_TRIGGERS, TRIGGERS, header, name, score, syntax, value};
use keysieve::detect::role::FileRole;
use keysieve::location::ByteSpan;
use keysieve::rules::schema::GrammarClass;
use keysieve_fuzz::Given;
use libfuzzer_sys::{fuzz_mutator, fuzz_target};

fuzz_target!(|data: &[u8]| {
    let given = Given::from(data);
    let (text, role) = (given.text, FileRole::of(given.path));
    for start in 0..text.len() {
        let word = |list: &[&str]| list.iter().find(|word| starts_with(&text[start..], word)).map(|word| start + word.len());
        if let Some(end) = word(&TRIGGERS).or_else(|| start.is_multiple_of(16).then_some(start + 1)) {
            pair(text, ByteSpan::new(start, end), role);
        }
        if let Some(end) = word(&HEADER_TRIGGERS)
            && let Some((_, secret)) = header::credential_at(text, ByteSpan::new(start, end))
        {
            assert!(secret.start == end && secret.end <= text.len() && !secret.is_empty(), "{secret:?}");
        }
    }
});

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| { keysieve_fuzz::mutate(data, size, max_size, seed) });

fn starts_with(text: &[u8], word: &str) -> bool {
    text.len() >= word.len() && text[..word.len()].eq_ignore_ascii_case(word.as_bytes())
}

fn pair(text: &[u8], hit: ByteSpan, role: FileRole) {
    let Some(around) = syntax::name_around(text, hit) else { return };
    assert!(around.contains(hit) && around.end <= text.len(), "{around:?} does not hold {hit:?}");
    let Some(pair) = syntax::pair_of(text, around) else { return };
    assert!(pair.name.end <= pair.value.start && pair.value.end <= text.len() && !pair.value.is_empty(), "{pair:?}");
    assert!(pair.value.len() <= syntax::MAX_VALUE, "{pair:?}");
    let value = score::value_of(text, &pair);
    let name = pair.name.of(text);
    header::is_header_value(value.bytes);
    value::rejected(&value, name, GrammarClass::Password);
    value::shape(value.bytes);
    if let Some(judged) = name::judge(name) {
        let _ = score::decide(text, &pair, judged, &value, role);
    }
}
