//! Tests of the module above.

use proptest::prelude::*;

use super::*;

fn salt() -> Salt {
    Salt::new([7; 32])
}

fn hash(number: usize) -> String {
    format!("{number:032x}")
}

/// A baseline with an entry for each number, at these paths and with this reason.
fn of(entries: &[(usize, &[&str], Option<&str>)]) -> Baseline {
    let mut baseline = Baseline::new(salt(), Scope::Worktree);
    for (number, paths, reason) in entries {
        let terms = Terms { reason: reason.map(str::to_owned), ..Terms::default() };
        let entry = Entry { paths: paths.iter().map(|path| (*path).to_owned()).collect(), terms, line: 0 };
        baseline.entries.insert((hash(*number), "aws.key".to_owned()), entry);
    }
    baseline
}

fn again(baseline: &Baseline) -> Baseline {
    let mut read = Baseline::parse(baseline.to_text().as_bytes()).expect("because it was just written");
    read.entries.values_mut().for_each(|entry| entry.line = 0);
    read
}

#[test]
fn what_is_written_is_read_again() {
    let baseline = of(&[(2, &["b", "a \"quoted\"\n"], Some("why")), (1, &[], None)]);
    assert_eq!(again(&baseline), baseline);
    let text = baseline.to_text();
    assert_eq!(text.lines().count(), 3);
    assert!(text.lines().nth(1).is_some_and(|line| line.contains(&hash(1))), "sorted by hash: {text}");
    let crlf = text.replace('\n', "\r\n");
    assert!(Baseline::parse(crlf.as_bytes()).is_ok_and(|read| read.len() == 2));
}

#[test]
fn what_is_no_whole_baseline_is_an_error() {
    let text = of(&[(1, &["a"], None), (2, &["b"], None)]).to_text();
    for (wrong, why) in [
        (String::new(), "no baseline"),
        ("{}\n".to_owned(), "no baseline"),
        ("not JSON\n".to_owned(), "no baseline"),
        ("\0\0\0\0".to_owned(), "no baseline"),
        (text.replace("\"keysieve_baseline\":1", "\"keysieve_baseline\":2"), "format version 2"),
        (text.replace("\"keysieve_baseline\":1", "\"keysieve_baseline\":2,\"more\":{}"), "format version 2"),
        (text.replace("0707", "07"), "no baseline"),
        (text[..text.len() - 12].to_owned(), "line 3 is no entry (it ends too early)"),
        (text.replace("\"paths\":[\"b\"]", "\"paths\":[\"b\"],\"expire\":\"2027-01-01\""), "unknown field `expire`"),
        (text.replace("\"paths\":[\"b\"]", "\"paths\":[\"b\"],\"expires\":\"soon\""), "expected a day"),
        (text.replace(&hash(2), "2"), "32 hex digits"),
        (text.replace('[', "<"), "it is not JSON"),
        (format!("{text}<<<<<<< HEAD\n"), "line 4 is a conflict marker"),
    ] {
        let error = Baseline::parse(wrong.as_bytes()).expect_err("because it is wrong").to_string();
        assert!(error.contains(why), "{error}: {wrong}");
    }
}

#[test]
fn two_entries_for_one_secret_are_one_with_the_sooner_end() {
    let mut text = of(&[(1, &["a"], None)]).to_text();
    text.push_str(&format!("{{\"hash\":\"{}\",\"rule\":\"aws.key\",\"paths\":[\"b\"],\"expires\":\"2027-01-01\"}}\n", hash(1)));
    text.push_str(&format!("{{\"hash\":\"{}\",\"rule\":\"aws.key\",\"paths\":[],\"expires\":\"2026-01-01\",\"reason\":\"x\"}}\n", hash(1)));
    let baseline = Baseline::parse(text.as_bytes()).expect("because it is whole");
    let view: Vec<_> = baseline.entries("f").collect();
    assert_eq!((view.len(), &view[0].paths), (1, &vec!["a", "b"]));
    assert_eq!(
        (view[0].terms.expires.map(|day| day.to_string()).as_deref(), view[0].terms.reason.as_deref()),
        (Some("2026-01-01"), Some("x"))
    );
}

#[test]
fn a_hash_is_made_of_salt_rule_and_secret() {
    let secret = Secret::new(b"one");
    let base = of(&[]).hash("aws.key", &secret);
    assert_eq!((base.len(), &base), (32, &of(&[]).hash("aws.key", &secret)));
    assert_ne!(base, Baseline::new(Salt::new([8; 32]), Scope::Worktree).hash("aws.key", &secret));
    assert_ne!(base, of(&[]).hash("aws.other", &secret));
    assert_ne!(base, of(&[]).hash("aws.key", &Secret::new(b"two")));
}

#[test]
fn each_side_of_a_merge_keeps_what_it_did() {
    let base = of(&[(1, &["a"], None), (2, &["b"], None), (3, &["c"], None), (4, &["d"], None)]);
    let ours = of(&[(1, &["a", "x"], None), (2, &["b"], Some("why")), (4, &["d"], None), (5, &["new"], None)]);
    let theirs = of(&[(1, &["a", "y"], None), (2, &["b"], None), (3, &["c"], None), (6, &["other"], None)]);
    let merged = merge(Some(&base), &ours, &theirs).expect("because nothing was changed twice");
    assert_eq!(merged, of(&[(1, &["a", "x", "y"], None), (2, &["b"], Some("why")), (5, &["new"], None), (6, &["other"], None)]));
    // Dropped on one side, changed on the other.
    let changed = of(&[(1, &["a"], Some("kept"))]);
    assert_eq!(merge(Some(&of(&[(1, &["a"], None)])), &of(&[]), &changed).as_ref(), Ok(&changed));
}

#[test]
fn what_a_person_must_decide_is_a_conflict() {
    let (base, ours, theirs) = (of(&[(1, &["a"], None)]), of(&[(1, &["a"], Some("one"))]), of(&[(1, &["a"], Some("two"))]));
    let conflicts = merge(Some(&base), &ours, &theirs).expect_err("because both gave a reason");
    assert_eq!(conflicts, [Conflict::Field { field: "reason", rule: "aws.key".to_owned(), hash: hash(1) }]);
    let other = Baseline::new(Salt::new([8; 32]), Scope::Worktree);
    assert_eq!(merge(None, &ours, &other), Err(vec![Conflict::Salts]));
}

fn any_baseline() -> impl Strategy<Value = Baseline> {
    let paths: Vec<&'static [&'static str]> = vec![&["a"], &["a", "b"], &["c"]];
    prop::collection::btree_map(0..12usize, prop::sample::select(paths), 0..8)
        .prop_map(|entries| of(&entries.into_iter().map(|(number, paths)| (number, paths, None)).collect::<Vec<_>>()))
}

proptest! {
    #[test]
    fn merging_is_the_same_from_both_sides_and_a_side_that_did_nothing_follows(base in any_baseline(), ours in any_baseline(), theirs in any_baseline()) {
        let merged = merge(Some(&base), &ours, &theirs).expect("because nobody gave a reason");
        prop_assert_eq!(&merged, &merge(Some(&base), &theirs, &ours).expect("because nobody gave a reason"));
        prop_assert_eq!(&merge(Some(&base), &base, &theirs).expect("because one side did nothing"), &theirs);
        for key in merged.entries.keys() {
            prop_assert!(ours.entries.contains_key(key) || theirs.entries.contains_key(key));
        }
        prop_assert_eq!(&again(&merged), &merged);
    }

    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..200), cut in 0..400usize) {
        let _ = Baseline::parse(&bytes);
        let text = of(&[(1, &["a"], Some("why"))]).to_text();
        let _ = Baseline::parse(&[&text.as_bytes()[..cut.min(text.len())], &bytes[..]].concat());
    }
}
