//! A git index as whoever can write the repository left it: reading staged content ends with items or with an error.

#![no_main]

use std::path::PathBuf;
use std::process::Command;
use std::sync::LazyLock;

use keysieve::source::repository::GitEnvironment;
use keysieve::source::staged::Staged;
use keysieve::source::{Listed, Source};
use libfuzzer_sys::{fuzz_mutator, fuzz_target, fuzzer_mutate};
use sha1::{Digest, Sha1};
use tempfile::TempDir;

const MAX_FILE_SIZE: u64 = 1 << 20;
/// Bytes of the checksum at the end of an index.
const CHECKSUM: usize = 20;

/// A repository with a commit and something staged.
struct Repository {
    folder: TempDir,
    index: Vec<u8>,
}

static REPOSITORY: LazyLock<Repository> = LazyLock::new(|| {
    let folder = tempfile::tempdir().expect("because the temporary folder can be written");
    let git = |arguments: &[&str]| {
        let done = Command::new("git").current_dir(folder.path()).env("GIT_CONFIG_GLOBAL", "/dev/null").args(arguments).status();
        assert!(done.expect("because git is installed").success());
    };
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).expect("because the folder was just made");
    git(&["init", "--quiet", "."]);
    write("a.txt", "one\ntwo\n");
    write("b.txt", "one\n");
    git(&["add", "."]);
    git(&["-c", "user.name=A", "-c", "user.email=a@example.org", "commit", "--quiet", "--message=all"]);
    write("a.txt", "one\nthree\ntwo\n");
    write("c.txt", "new\n");
    git(&["add", "."]);
    let index = std::fs::read(folder.path().join(".git/index")).expect("because git wrote it");
    Repository { folder, index }
});

fuzz_target!(|data: &[u8]| {
    let top = REPOSITORY.folder.path();
    let index: PathBuf = top.join("index.fuzz");
    // Without the checksum nearly everything would be refused at once.
    let whole = [data, Sha1::digest(data).as_slice()].concat();
    std::fs::write(&index, whole).expect("because the folder can be written");
    let environment = GitEnvironment { index_file: Some(index), ..GitEnvironment::default() };
    let Ok(staged) = Staged::open(top, &environment, MAX_FILE_SIZE) else { return };
    let mut entries = Vec::new();
    let listed = staged.list(&mut |listed| {
        if let Listed::Entry(entry) = listed {
            entries.push(entry);
        }
    });
    listed.expect("because it was opened");
    let mut buffer = Vec::new();
    for entry in entries {
        if let Ok(Some(item)) = staged.read(&entry, &mut buffer)
            && let Some(added) = item.added_lines
        {
            assert!(added.iter().all(|range| range.start < range.end) && added.windows(2).all(|pair| pair[0].end < pair[1].start));
        }
    }
});

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    if size > 12 && !seed.is_multiple_of(64) {
        return fuzzer_mutate(data, size, max_size);
    }
    let index = &REPOSITORY.index[..REPOSITORY.index.len() - CHECKSUM];
    let kept = index.len().min(max_size);
    data[..kept].copy_from_slice(&index[..kept]);
    kept
});
