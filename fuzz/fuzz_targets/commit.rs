//! Commits and annotated tags: whatever the bytes, their parts are parts of them, and what was read is what is kept.

#![no_main]

use keysieve::source::history::commits::{Commits, author, message, parse_commit, parse_tag, texts};
use keysieve::source::history::ids::Ids;
use libfuzzer_sys::{fuzz_mutator, fuzz_target, fuzzer_mutate};

/// Pieces that arbitrary bytes do not come to.
const PIECES: [&str; 9] = [
    "tree 0123456789012345678901234567890123456789\n",
    "parent abcdefabcdefabcdefabcdefabcdefabcdefabcd\n",
    "author A <a@example.org> 1700000000 +0000\n",
    "committer C <c@example.org> -1 +0000\n",
    "object 0123456789012345678901234567890123456789\n",
    "tagger T <t@example.org> 99999999999999999999 +0000\n",
    "gpgsig -----BEGIN\n author\n\n",
    "\n\n",
    "\r\n",
];

fuzz_target!(|data: &[u8]| {
    let texts = texts(data);
    assert_eq!(texts.message, message(data));
    assert!(data.ends_with(texts.message));
    for person in texts.people {
        assert!(!person.contains(&b'\n') && person.len() <= data.len());
    }
    let (name, mail) = author(data);
    assert!(name.len() + mail.len() <= texts.people[0].len());
    for width in [20, 32] {
        let _ = parse_tag(0, data, width);
        let Some(commit) = parse_commit(0, data, width) else { continue };
        // The tree is there, and the second of its parents.
        let known = [&vec![0; width][..], &commit.tree, commit.parents.get(1).map_or(&[][..], |id| id)].concat();
        let ids = Ids::new(known, width);
        let commits = Commits::new(vec![commit.clone()], &ids);
        let mut again: Vec<_> = commits.as_read(&ids).collect();
        let mut one = again.pop().expect("because there is one commit");
        one.parents.sort();
        let mut expected = commit;
        expected.parents.sort();
        assert_eq!((one, again.len()), (expected, 0));
    }
});

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    if !seed.is_multiple_of(4) {
        return fuzzer_mutate(data, size, max_size);
    }
    let piece = PIECES[(seed / 4) as usize % PIECES.len()];
    keysieve_fuzz::insert(data, size, max_size, piece.as_bytes(), seed)
});
