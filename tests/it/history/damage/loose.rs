//! Loose objects that are missing, empty, cut, or not what they say.

use std::path::PathBuf;

use super::packing::deflated;
use super::{assert_named, each, replace, scan};
use crate::history::repository::{Repository, UNCACHED};
use crate::support::{assigned, token};

/// Two commits; the second one has a token, unless `clean`, beside a file `broken`.
fn repository(clean: bool) -> Repository {
    let repository = Repository::new(&[]);
    repository.write("README", "first\n").commit("first");
    repository.write("folder/broken", "to be broken\n");
    if !clean {
        repository.write("a.env", assigned("whole"));
    }
    repository.commit("second");
    repository.write("README", "third\n").commit("third");
    repository
}

fn object_path(repository: &Repository, id: &str) -> PathBuf {
    repository.git_dir().join("objects").join(&id[..2]).join(&id[2..])
}

/// Breaks an object (as git names it) in both repositories; it must be named, and the token must be found where there is one.
#[track_caller]
fn assert_noticed(what: &str, object: &str, damage: impl Fn(&std::path::Path)) {
    for clean in [false, true] {
        let repository = repository(clean);
        let id = repository.git(&["rev-parse", object]);
        damage(&object_path(&repository, &id));
        let what = format!("{object}: {what}");
        let findings = scan(&what, &repository);
        assert_named(&what, &findings, &[id]);
        assert_eq!(findings.of_token(&token("whole")).is_some(), !clean, "{what}: {:#}", findings.0);
    }
}

const OBJECTS: [&str; 6] = ["HEAD:folder/broken", "HEAD:folder", "HEAD^{tree}", "HEAD~1^{tree}", "HEAD~1", "HEAD"];

/// Every object with every one of `parts`.
fn times<const N: usize>(parts: [usize; N]) -> impl Iterator<Item = (String, (&'static str, usize))> {
    OBJECTS.into_iter().flat_map(move |object| parts.map(|part| (format!("{object}, {part}"), (object, part))))
}

#[test]
fn a_missing_object_is_named() {
    each(OBJECTS.map(|object| (object.to_owned(), object)), |_, object| {
        assert_noticed("missing", object, |path| std::fs::remove_file(path).expect("because git wrote it"));
    });
}

#[test]
fn an_object_that_ends_early_is_named() {
    each(times([0, 1, 2, 3]), |_, (object, part)| {
        assert_noticed(&format!("{part} quarters of it"), object, |path| {
            let bytes = std::fs::read(path).expect("because git wrote it");
            replace(path, &bytes[..bytes.len() * part / 4]);
        });
    });
}

#[test]
fn an_object_that_is_not_what_it_says_is_named() {
    let headers: [(&str, &[u8]); 10] = [
        ("a size that is too large", b"blob 14\0to be broken\n"),
        ("a size that is too small", b"blob 12\0to be broken\n"),
        ("an enormous size", b"blob 99999999999999999\0to be broken\n"),
        ("a size beyond 64 bits", b"blob 99999999999999999999999999\0to be broken\n"),
        ("a negative size", b"blob -1\0to be broken\n"),
        ("no size", b"blob \0to be broken\n"),
        ("no end of the header", b"blob 13 to be broken\n"),
        ("an unknown type", b"blub 13\0to be broken\n"),
        ("a type of its own length", b"commit 13\0to be broken\n"),
        ("nothing", b""),
    ];
    each(headers.map(|(name, content)| (name.to_owned(), content)), |name, content| {
        assert_noticed(name, OBJECTS[0], |path| replace(path, &deflated(content)));
    });
    assert_noticed("garbage", OBJECTS[0], |path| replace(path, &b"garbage".repeat(50)));
    assert_noticed("no compression", OBJECTS[0], |path| replace(path, b"blob 13\0to be broken\n"));
}

#[test]
fn a_changed_byte_is_named() {
    each(times([0, 1, 2, 3, 4, 5]), |_, (object, place)| {
        assert_noticed(&format!("byte {place} of 6"), object, |path| {
            let mut bytes = std::fs::read(path).expect("because git wrote it");
            let at = 1 + (bytes.len() - 2) * place / 6;
            bytes[at] ^= 0x20;
            replace(path, &bytes);
        });
    });
}

#[cfg(unix)]
#[test]
fn what_is_no_file_is_not_waited_for() {
    let fifo = |path: &std::path::Path| {
        std::fs::remove_file(path).expect("because git wrote it");
        let made = std::process::Command::new("mkfifo").arg(path).status().expect("because every Unix has mkfifo");
        assert!(made.success());
    };
    assert_noticed("a pipe", OBJECTS[0], fifo);
    assert_noticed("a folder", OBJECTS[0], |path| {
        std::fs::remove_file(path).expect("because git wrote it");
        std::fs::create_dir(path).expect("because it is gone");
    });
}

#[test]
fn files_that_are_no_objects_do_no_harm() {
    let repository = repository(false);
    for name in ["ab/tmp_obj_x", "ab/short", "zz/file", "file", "info/packs", "pack/tmp_pack_x", "pack/pack-x.keep", "pack/notes.txt"] {
        repository.write(&format!(".git/objects/{name}"), "something");
    }
    let said = repository.scan(UNCACHED).ends_with(1);
    assert_eq!(said.gaps(), [""; 0]);
}
