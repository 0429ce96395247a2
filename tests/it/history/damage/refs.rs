//! Refs, packed refs and reflogs that are broken. What they lead to stays to be found: every object is scanned, named by a ref or not.

use super::{each, scan};
use crate::history::findings::Findings;
use crate::history::repository::{Repository, UNCACHED};
use crate::support::{assigned, token};

const MISSING: &str = "0123456789abcdef0123456789abcdef01234567";

fn repository() -> Repository {
    let repository = Repository::new(&[]);
    repository.write("a.env", assigned("ref")).commit("first");
    repository.git(&["branch", "other"]);
    repository
}

/// After the damage, the token is found and `name` stands among what could not be read.
#[track_caller]
fn assert_named(what: &str, name: &str, repository: &Repository) {
    let findings = scan(what, repository);
    assert!(findings.of_token(&token("ref")).is_some(), "{what}: {:#}", findings.0);
    assert!(findings.names(name), "{what}: {name} is not named: {:?}", findings.gaps());
}

#[test]
fn a_ref_that_is_none_is_named() {
    let contents = [
        ("garbage", "garbage\n".to_owned()),
        ("nothing", String::new()),
        ("bytes that are no text", "\u{0}\u{1}\u{2}\n".to_owned()),
        ("an id that is too short", "0123456789abcdef\n".to_owned()),
        ("an id that is nowhere", format!("{MISSING}\n")),
        ("a link out of refs", "ref: ../../../etc/passwd\n".to_owned()),
        ("a long line", "f".repeat(1_000_000)),
    ];
    each(contents.map(|(name, content)| (name.to_owned(), content)), |name, content| {
        let repository = repository();
        repository.write(".git/refs/heads/broken", content);
        assert_named(name, "refs/heads/broken", &repository);
    });
}

/// A link to a branch that is gone is no damage, and neither leads a circle to anything that could be lost.
#[test]
fn refs_that_link_to_each_other_are_not_followed_for_ever() {
    let repository = repository();
    repository.write(".git/refs/heads/one", "ref: refs/heads/two\n").write(".git/refs/heads/two", "ref: refs/heads/one\n");
    repository.write(".git/refs/heads/self", "ref: refs/heads/self\n").write(".git/refs/heads/gone", "ref: refs/heads/no-more\n");
    let findings = scan("circles", &repository);
    assert!(findings.of_token(&token("ref")).is_some(), "{:#}", findings.0);
}

#[test]
fn packed_refs_that_are_none_are_named() {
    let contents = [
        ("garbage", "garbage\n".repeat(20)),
        ("one wrong line", format!("# pack-refs with: peeled fully-peeled sorted \n{MISSING} refs/heads/a\nwrong line\n")),
        ("a cut line", "# pack-refs with: peeled fully-peeled sorted \n0123456789ab".to_owned()),
        ("a peeled line without its ref", format!("^{MISSING}\n")),
    ];
    each(contents.map(|(name, content)| (name.to_owned(), content)), |name, content| {
        let repository = repository();
        repository.write(".git/packed-refs", content);
        assert_named(name, "nvalid packed reference", &repository);
    });
}

#[test]
fn a_packed_ref_to_what_is_nowhere_is_named() {
    let repository = repository();
    repository.write(".git/packed-refs", format!("# pack-refs with: peeled fully-peeled sorted \n{MISSING} refs/heads/lost\n"));
    assert_named("packed", "refs/heads/lost", &repository);
}

/// Without a HEAD that can be read, git knows no repository there; so either that is said, or what is there is scanned.
#[test]
fn a_head_that_is_none_is_not_clean() {
    let contents = ["garbage\n".to_owned(), String::new(), "ref: \n".to_owned(), format!("{MISSING}\n"), "ref: HEAD\n".to_owned()];
    each(contents.map(|content| (format!("{content:?}"), content)), |what, content| {
        let repository = repository();
        repository.write(".git/HEAD", &content);
        let said = repository.scan(UNCACHED);
        assert_ne!(said.code, 0, "{what}: {said:#?}");
        if said.code != 2 {
            assert_named(what, "HEAD", &repository);
        }
    });
}

/// Entries of a reflog outlive what they name: after `git gc`, this is no damage.
#[test]
fn a_reflog_that_is_none_hides_nothing() {
    for content in ["garbage\n".repeat(30), format!("{MISSING} {MISSING} C <c@example.org> 1 +0000\tmessage\n"), "\0".repeat(5000)] {
        let repository = repository();
        repository.write(".git/logs/HEAD", &content).write(".git/logs/refs/heads/other", &content).write(".git/logs/refs/stash", &content);
        let said = repository.scan(UNCACHED).ends_with(1);
        assert!(Findings::of(&said).of_token(&token("ref")).is_some(), "{content:?}");
    }
}

#[test]
fn an_index_that_is_none_is_named() {
    let repository = repository();
    repository.write(".git/index", "DIRC and then nothing of sense");
    assert_named("index", "index", &repository);
}

#[test]
fn alternates_that_lead_nowhere_or_in_a_circle_are_not_followed_for_ever() {
    let repository = repository();
    let objects = repository.git_dir().join("objects").display().to_string();
    repository.write(".git/objects/info/alternates", format!("{objects}\n"));
    let said = repository.scan(UNCACHED).ends_with(2);
    assert!(said.stderr.contains("Alternates form a cycle"), "{said:?}");
    repository.write(".git/objects/info/alternates", "/no/such/folder\n");
    assert_named("nowhere", "/no/such/folder", &repository);
}
