//! A cache makes a scan faster and changes nothing, whatever has become of it.

use std::path::{Path, PathBuf};

use super::{assert_same, layout, report};
use crate::history::random::History;
use crate::history::repository::Repository;
use crate::support::{assigned, token};

type Damage = fn(Vec<u8>) -> Vec<u8>;

fn repository() -> Repository {
    let repository = History::new(2000, 60).repository();
    layout::one_pack(&repository);
    repository
}

/// All files below a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut pending = vec![folder.to_owned()];
    while let Some(path) = pending.pop() {
        if path.is_dir() {
            pending.extend(std::fs::read_dir(&path).expect("because it is a folder").flatten().map(|entry| entry.path()));
        } else {
            found.push(path);
        }
    }
    found.sort();
    found
}

#[test]
fn none_cold_and_warm_are_the_same() {
    assert_cache_changes_nothing(&repository());
}

#[test]
fn what_is_encoded_is_read_again_as_well() {
    let repository = History::encoded(2100, 60).repository();
    layout::one_pack(&repository);
    assert_cache_changes_nothing(&repository);
}

#[track_caller]
fn assert_cache_changes_nothing(repository: &Repository) {
    let expected = report(repository, &["--no-cache"]);
    assert!(files(&repository.cache.path).is_empty(), "--no-cache writes none");
    assert_same("cold", &expected, &report(repository, &[]));
    assert!(!files(&repository.cache.path).is_empty(), "a scan leaves a cache");
    assert_same("warm", &expected, &report(repository, &[]));
    assert_same("warm, -j 8", &expected, &report(repository, &["-j", "8"]));
    assert_same("not used", &expected, &report(repository, &["--no-cache"]));
}

#[test]
fn a_cache_holds_for_other_layouts() {
    let repository = repository();
    let expected = report(&repository, &[]);
    for (name, change) in layout::ALL {
        change(&repository);
        assert_same(name, &expected, &report(&repository, &[]));
    }
}

#[test]
fn a_cache_does_not_hide_what_came_later() {
    let repository = Repository::new(&[]);
    repository.write("a.env", assigned("before")).commit("before");
    repository.scan(&[]).ends_with(1);
    repository.write("b.env", assigned("after")).commit("after");
    assert_same("later commit", &report(&repository, &["--no-cache"]), &report(&repository, &[]));
    repository.git(&["mv", "a.env", "c.env"]);
    repository.commit("move");
    assert_same("later rename", &report(&repository, &["--no-cache"]), &report(&repository, &[]));
    repository.git(&["reset", "--quiet", "--hard", "HEAD~2"]);
    assert_same("reset", &report(&repository, &["--no-cache"]), &report(&repository, &[]));
}

#[test]
fn a_cache_holds_no_secret() {
    let repository = Repository::new(&[]);
    repository.write("a.env", assigned("cached")).commit("cached");
    repository.scan(&[]).ends_with(1);
    let token = token("cached");
    for file in files(&repository.cache.path) {
        let bytes = std::fs::read(&file).expect("because it is there");
        let shown = bytes.windows(token.len()).any(|window| window == token.as_bytes());
        assert!(!shown, "{} holds a secret", file.display());
    }
}

#[test]
fn a_corrupt_cache_is_discarded_with_a_note() {
    let repository = repository();
    let expected = report(&repository, &["--no-cache"]);
    let damages: [(&str, Damage); 6] = [
        ("empty", |_| Vec::new()),
        ("garbage", |_| b"garbage".repeat(1000)),
        ("half", |bytes| bytes[..bytes.len() / 2].to_vec()),
        ("one byte less", |bytes| bytes[..bytes.len().saturating_sub(1)].to_vec()),
        ("one byte changed", |mut bytes| {
            let middle = bytes.len() / 2;
            bytes.iter_mut().skip(middle).take(1).for_each(|byte| *byte ^= 0x10);
            bytes
        }),
        ("twice", |bytes| bytes.repeat(2)),
    ];
    for (name, damage) in damages {
        report(&repository, &[]);
        let files = files(&repository.cache.path);
        assert!(!files.is_empty(), "{name}: there is a cache to damage");
        for file in files {
            let bytes = std::fs::read(&file).expect("because it is there");
            std::fs::write(&file, damage(bytes)).expect("because it is ours");
        }
        let said = repository.scan(&[]).ends_with(1);
        assert_same(name, &expected, &super::Findings::of(&said).without_time());
        let said_so = said.stderr.contains("cache") || said.report()["coverage"].to_string().contains("cache");
        assert!(said_so, "{name}: nothing is said of the cache: {}", said.stderr);
        assert_same(&format!("{name}, after it"), &expected, &report(&repository, &[]));
    }
}

#[cfg(unix)]
#[test]
fn a_cache_that_cannot_be_written_changes_nothing() {
    let repository = repository();
    let expected = report(&repository, &["--no-cache"]);
    let cache = &repository.cache.path;
    std::fs::remove_dir(cache).expect("because nothing is in it");
    std::fs::write(cache, "no folder").expect("because the folder above can be written");
    assert_same("a file in its place", &expected, &report(&repository, &[]));
    std::fs::remove_file(cache).expect("because it was just written");
    std::fs::create_dir(cache).expect("because nothing is there");
}
