use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;

const WIDTH: usize = 20;
/// Commits have numbers below this one, trees numbers behind it.
const COMMITS: u8 = 12;

fn hex(number: u8) -> String {
    format!("{number:02x}").repeat(WIDTH)
}

fn table(numbers: impl Iterator<Item = u8>) -> Ids {
    Ids::new(numbers.flat_map(|number| [number; WIDTH]).collect(), WIDTH)
}

/// A commit's tree, parents and time.
type Made = (u8, Vec<u8>, i64);

fn text((tree, parents, seconds): &Made) -> String {
    let parents: String = parents.iter().map(|parent| format!("parent {}\n", hex(*parent))).collect();
    let tree = hex(*tree);
    format!("tree {tree}\n{parents}author A <a@example.org> 5 +0000\ncommitter C <c@example.org> {seconds} +0100\n\nmessage\n")
}

/// Commits of which each has parents before it, among those that are there and those that are not.
fn history() -> impl Strategy<Value = Vec<Made>> {
    let one = (COMMITS..COMMITS + 4, prop::collection::vec(any::<prop::sample::Index>(), 0..4), -3..9i64);
    prop::collection::vec(one, 1..usize::from(COMMITS)).prop_map(|commits| {
        let before = |at: usize, parents: Vec<prop::sample::Index>| {
            let parents: BTreeSet<u8> = parents.iter().filter(|_| at > 0).map(|parent| parent.index(at) as u8).collect();
            parents.into_iter().rev().collect()
        };
        commits.into_iter().enumerate().map(|(at, (tree, parents, seconds))| (tree, before(at, parents), seconds)).collect()
    })
}

proptest! {
    #[test]
    fn commits_are_read_and_kept_and_in_order(made in history(), lost in prop::collection::btree_set(0..COMMITS + 4, 0..5), rotation in 0..20usize) {
        // Numbers of objects say nothing of who came first.
        let place = |number: u8| if number < COMMITS { (number * 7 + 3) % 12 } else { number };
        let made: Vec<Made> = made.into_iter().map(|(tree, parents, seconds)| (tree, parents.into_iter().map(place).collect(), seconds)).collect();
        let there: BTreeSet<u8> = (0..made.len() as u8).map(place).chain(COMMITS..COMMITS + 4).filter(|number| !lost.contains(number)).collect();
        let ids = table(there.iter().copied());
        let object = |number: u8| ids.find(&[number; WIDTH]);
        let left: Vec<(u32, &Made)> = made.iter().enumerate().filter_map(|(at, made)| Some((object(place(at as u8))?, made))).collect();
        let mut raw: Vec<RawCommit> = left.iter().filter_map(|(object, made)| parse_commit(*object, text(made).as_bytes(), WIDTH)).collect();
        prop_assert_eq!(raw.len(), left.len());
        let turn = rotation % raw.len().max(1);
        raw.rotate_left(turn);
        let commits = Commits::new(raw.clone(), &ids);
        raw.sort_by_key(|commit| commit.object);
        let mut again: Vec<RawCommit> = commits.as_read(&ids).collect();
        // Parents that are not there come last.
        for commit in raw.iter_mut().chain(&mut again) {
            commit.parents.sort();
        }
        prop_assert_eq!(again, raw);

        for (object_of, (tree, parents, seconds)) in &left {
            let commit = commits.of_object(*object_of).expect("because it was read");
            prop_assert_eq!(commits.object(commit), *object_of);
            prop_assert_eq!(commits.tree(commit), object(*tree));
            prop_assert_eq!(commits.seconds(commit), *seconds);
            let told: Vec<u32> = commits.parents(commit).map(|parent| commits.object(parent)).collect();
            prop_assert_eq!(told, parents.iter().filter_map(|parent| object(*parent)).collect::<Vec<_>>());
            let mut lost: Vec<(bool, Vec<u8>)> = parents.iter().filter(|parent| object(**parent).is_none()).map(|parent| (false, vec![*parent; WIDTH])).collect();
            lost.extend(object(*tree).is_none().then(|| (true, vec![*tree; WIDTH])));
            let mut missing: Vec<(bool, Vec<u8>)> = commits.missing.iter().filter(|one| one.commit == commit).map(|one| (one.is_tree, one.id.to_vec())).collect();
            lost.sort();
            missing.sort();
            prop_assert_eq!(missing, lost);
        }
        let mut seen = BTreeSet::new();
        for commit in commits.in_order() {
            prop_assert!(commits.parents(commit).all(|parent| seen.contains(&parent)), "a child before its parent");
            let longest = commits.parents(commit).map(|parent| commits.age(parent).1).max().unwrap_or(0);
            prop_assert_eq!(commits.age(commit), (commits.seconds(commit), longest + 1, commits.object(commit)));
            prop_assert!(seen.insert(commit), "twice");
        }
        prop_assert_eq!(seen.len(), commits.len());
    }

    #[test]
    fn circles_end(parents in prop::collection::vec(prop::collection::vec(0..6u8, 0..3), 6)) {
        let ids = table(0..7);
        let raw = parents.iter().enumerate().map(|(object, parents)| RawCommit {
            object: object as u32,
            tree: Box::new([6; WIDTH]),
            parents: parents.iter().map(|parent| vec![*parent; WIDTH].into_boxed_slice()).collect(),
            seconds: 0,
        });
        let commits = Commits::new(raw.collect(), &ids);
        prop_assert_eq!(commits.in_order().collect::<BTreeSet<_>>().len(), 6);
        prop_assert_eq!(commits.in_order().count(), 6);
    }

    #[test]
    fn arbitrary_bytes_do_no_harm(start in prop::sample::select(vec!["", "tree ", "object ", "author ", "tree 0000000000000000000000000000000000000000\n"]), rest in prop::collection::vec(any::<u8>(), 0..80)) {
        let bytes = [start.as_bytes(), &rest].concat();
        parse_commit(0, &bytes, WIDTH);
        parse_tag(0, &bytes, WIDTH);
        author(&bytes);
        prop_assert!(bytes.ends_with(texts(&bytes).message));
    }
}

/// Name, e-mail, the two people, the message.
fn read(text: &str) -> [&str; 5] {
    let text_of = |bytes| std::str::from_utf8(bytes).expect("because all of it is");
    let (name, mail) = author(text.as_bytes());
    let Texts { people: [first, second], message, .. } = texts(text.as_bytes());
    [name, mail, first, second, message].map(text_of)
}

#[test]
fn nothing_that_somebody_wrote_is_left_out() {
    let tree = format!("tree {}\n", hex(1));
    for (text, further) in [
        (format!("{tree}{PEOPLE}gpgsig x\n y\n\nmessage"), "gpgsig x\n y"),
        (format!("{tree}{PEOPLE}author D <d@d> 1 +0000\n\nmessage"), "author D <d@d> 1 +0000"),
        (format!("{tree}author A <a@b> 5 +0000 more\n\nmessage"), "author A <a@b> 5 +0000 more"),
        (format!("{tree}{PEOPLE}\r\nmessage\r\n"), "\r\nmessage\r\n"),
        (format!("{tree}note {PEOPLE}\n\nmessage"), "note author A B <a@b> 5 +0000\ncommitter C <c@d> 6 +0000"),
        (format!("object {}\ntype commit\ntag v1\ntagger A <a@b> 5 +0000\n\nmessage", hex(1)), ""),
        (format!("{tree}{PEOPLE}\nmessage"), ""),
    ] {
        assert_eq!(String::from_utf8_lossy(texts(text.as_bytes()).further), further, "{text}");
    }
}

const PEOPLE: &str = "author A B <a@b> 5 +0000\ncommitter C <c@d> 6 +0000\n";

#[test]
fn texts_of_ordinary_commits() {
    let tree = format!("tree {}\n", hex(1));
    let expected = ["A B", "a@b", "A B <a@b>", "C <c@d>", "one\n\ntwo\n"];
    let signature = "gpgsig -----BEGIN PGP SIGNATURE-----\n \n author X <x@y> 1 +0000\n -----END PGP SIGNATURE-----\n";
    let tag = format!("mergetag object {}\n type commit\n tag v1\n tagger X <x@y> 1 +0000\n \n parent of all\n", hex(2));
    for header in ["", "encoding ISO-8859-1\n", signature, &tag] {
        let text = format!("{tree}{PEOPLE}{header}\none\n\ntwo\n");
        assert_eq!(read(&text), expected, "{header}");
        let commit = parse_commit(3, text.as_bytes(), WIDTH).expect("because it is one");
        assert_eq!((commit.parents.len(), commit.seconds), (0, 6), "{header}");
    }
}

#[test]
fn texts_of_odd_commits() {
    assert_eq!(read(PEOPLE), ["A B", "a@b", "A B <a@b>", "C <c@d>", ""]);
    assert_eq!(read("tree 1\n\nmessage"), ["", "", "", "", "message"]);
    assert_eq!(read("\n\nmessage\n\n"), ["", "", "", "", "message\n\n"]);
    assert_eq!(read("author nobody\n\n"), ["nobody", "", "nobody", "", ""]);
    assert_eq!(read("author <a@b\ncommitter > <\n\nm"), ["", "a@b", "<a@b", "", "m"]);
    assert_eq!(read("author A> <a@b> 1 +0000\n\nm"), ["A>", "a@b", "A> <a@b>", "", "m"]);
    assert_eq!(read("object 1\ntype commit\ntag v1\ntagger T <t@u> 7 +0000\n\nm"), ["T", "t@u", "T <t@u>", "", "m"]);
}

#[test]
fn headers_that_are_none() {
    let tree = hex(1);
    let seconds = |time: &str| parse_commit(0, format!("tree {tree}\ncommitter C <c>{time}").as_bytes(), WIDTH).map(|one| one.seconds);
    assert_eq!(seconds(" 12 +0000"), Some(12));
    assert_eq!(seconds(" -12 +0000\n"), Some(-12));
    for time in ["", " ", " x", " 99999999999999999999 +0000", "\n\n12"] {
        assert_eq!(seconds(time), Some(0), "{time}");
    }
    for text in ["", "\n", "tree", "tree 01", &format!("Tree {tree}"), &format!(" tree {tree}"), &format!("tree {tree}\nparent 1")] {
        assert_eq!(parse_commit(0, text.as_bytes(), WIDTH), None, "{text}");
        assert_eq!(parse_tag(0, text.as_bytes(), WIDTH), None, "{text}");
    }
    assert_eq!(parse_tag(4, format!("object {tree}\n").as_bytes(), WIDTH).map(|tag| tag.target), Some(Box::from([1; WIDTH])));
    assert_eq!(parse_commit(0, format!("tree {tree}").as_bytes(), 32), None);
}
