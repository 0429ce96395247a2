//! Other layouts of the same objects and refs. None of them loses an object or an entry of a reflog, and each may follow any other, but for the
//! alternates: only the folder with the new objects is packed again.

use std::path::Path;

use crate::history::repository::Repository;

type Change = fn(&Repository);

/// Every layout by name.
pub const ALL: &[(&str, Change)] = &[
    ("git gc", gc),
    ("one pack", one_pack),
    ("short chains", short_chains),
    ("deep chains", deep_chains),
    ("three packs", three_packs),
    ("three packs and an index over them", multi_pack_index),
    ("loose", loose),
    ("packed refs", packed_refs),
    ("twice", twice),
    ("commit-graph and bitmap", graph_and_bitmap),
    ("alternates", alternates),
    ("alternates of alternates", alternates_twice),
];

/// What `git gc` makes; nothing is old enough to be thrown away.
fn gc(repository: &Repository) {
    let keep = ["gc.reflogExpire=never", "gc.reflogExpireUnreachable=never", "gc.pruneExpire=never", "gc.worktreePruneExpire=never"];
    let keep: Vec<&str> = keep.iter().flat_map(|setting| ["-c", setting]).collect();
    repository.git(&[&keep[..], &["gc", "--quiet"]].concat());
}

/// Everything in one pack.
pub fn one_pack(repository: &Repository) {
    repository.git(&["repack", "-q", "-a", "-d", "-f", "--keep-unreachable"]);
}

fn short_chains(repository: &Repository) {
    repository.git(&["repack", "-q", "-a", "-d", "-f", "--keep-unreachable", "--depth=1", "--window=2"]);
}

/// Chains as long as a file has versions.
pub fn deep_chains(repository: &Repository) {
    repository.git(&["repack", "-q", "-a", "-d", "-f", "--keep-unreachable", "--depth=250", "--window=60"]);
}

/// Every third object in a pack with those like it.
fn three_packs(repository: &Repository) {
    let objects = repository.objects();
    let olds = packs(repository);
    let mut packed_now: Vec<std::path::PathBuf> = Vec::new();
    for part in 0..3 {
        let ids: String = objects.iter().skip(part).step_by(3).map(|id| format!("{id}\n")).collect();
        let prefix = repository.git_dir().join("objects/pack/pack").display().to_string();
        let name = repository.git_with_input(&["pack-objects", "-q", &prefix], ids.as_bytes());
        packed_now.push(format!("{prefix}-{}.pack", String::from_utf8_lossy(&name).trim()).into());
    }
    for old in olds.iter().filter(|old| !packed_now.contains(old)) {
        remove_pack(old);
    }
    repository.git(&["prune-packed", "--quiet"]);
}

fn multi_pack_index(repository: &Repository) {
    three_packs(repository);
    repository.git(&["multi-pack-index", "write"]);
}

/// All objects in another folder, as a clone with `--shared` has them.
fn alternates(repository: &Repository) {
    let git_dir = repository.git_dir();
    let (objects, mut store) = (git_dir.join("objects"), git_dir.join("store"));
    while store.exists() {
        store.set_extension(format!("{}x", store.extension().unwrap_or_default().display()));
    }
    std::fs::rename(&objects, &store).expect("because both are in one folder");
    std::fs::create_dir_all(objects.join("info")).expect("because the folder can be written");
    std::fs::create_dir_all(objects.join("pack")).expect("because the folder can be written");
    std::fs::write(objects.join("info/alternates"), format!("{}\n", store.display())).expect("because the folder can be written");
}

fn alternates_twice(repository: &Repository) {
    alternates(repository);
    alternates(repository);
}

/// Every object in a file of its own.
fn loose(repository: &Repository) {
    let olds = packs(repository);
    for old in olds {
        let away = repository.git_dir().join("away.pack");
        std::fs::rename(&old, &away).expect("because both are in one folder");
        remove_pack(&old);
        let pack = std::fs::read(&away).expect("because it was just moved");
        repository.git_with_input(&["unpack-objects", "-q"], &pack);
        std::fs::remove_file(&away).expect("because it was just moved");
    }
}

fn packed_refs(repository: &Repository) {
    repository.git(&["pack-refs", "--all"]);
}

/// Every object in a pack, and still in a file of its own or another pack.
fn twice(repository: &Repository) {
    let ids: String = repository.objects().iter().map(|id| format!("{id}\n")).collect();
    let prefix = repository.git_dir().join("objects/pack/pack").display().to_string();
    repository.git_with_input(&["pack-objects", "-q", &prefix], ids.as_bytes());
}

fn graph_and_bitmap(repository: &Repository) {
    one_pack(repository);
    repository.git(&["repack", "-q", "-a", "-d", "--keep-unreachable", "--write-bitmap-index"]);
    repository.git(&["commit-graph", "write", "--reachable", "--changed-paths"]);
}

/// Paths of all packs, sorted.
pub fn packs(repository: &Repository) -> Vec<std::path::PathBuf> {
    let entries = std::fs::read_dir(repository.git_dir().join("objects/pack")).into_iter().flatten();
    let mut paths: Vec<_> = entries.map(|entry| entry.expect("because it is there").path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "pack"));
    paths.sort();
    paths
}

fn remove_pack(pack: &Path) {
    for extension in ["pack", "idx", "rev", "bitmap", "keep", "promisor"] {
        let _ = std::fs::remove_file(pack.with_extension(extension));
    }
    // It names the pack that is gone.
    let _ = std::fs::remove_file(pack.with_file_name("multi-pack-index"));
}
