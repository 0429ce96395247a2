//! What only Unix has: links, FIFOs, permissions, names of any bytes.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::process::Command;

use super::*;
use crate::coverage::Skip;
use crate::source::testing::{Folder, Seen};

fn worktree(path: PathBuf) -> Worktree {
    Worktree {
        roots: vec![path],
        include_ignored: false,
        max_file_size: 1000,
        git: GitEnvironment::default(),
        stored: StoredFiles::default(),
    }
}

fn link(folder: &Folder, target: &str, name: &str) {
    symlink(target, folder.path.join(name)).expect("because the folder can be written");
}

fn fifo(path: &Path) {
    assert!(Command::new("mkfifo").arg(path).status().expect("because every Unix has mkfifo").success());
}

#[test]
fn links_are_items_and_are_not_followed() {
    let folder = Folder::new();
    folder.write("dir/a", "");
    for (target, name) in [("dir", "to-dir"), ("dir/a", "to-file"), ("nowhere", "broken"), ("loop", "loop"), ("..", "dir/up")] {
        link(&folder, target, name);
    }
    let seen = Seen::of(&worktree(folder.path.clone()));
    let links: Vec<_> = seen.items.iter().filter(|item| item.origin == Origin::SymlinkTarget).map(|item| item.text.as_str()).collect();
    assert_eq!((seen.items.len(), links), (6, vec!["nowhere", "..", "loop", "dir", "dir/a"]));
}

#[test]
fn a_link_that_the_user_named_is_followed() {
    let folder = Folder::new();
    folder.write("dir/a", "1").write("f", "2");
    link(&folder, "dir", "to-dir");
    link(&folder, "f", "to-file");
    link(&folder, "nowhere", "broken");
    let name = |name: &str| folder.path.join(name).display().to_string();
    assert_eq!(Seen::of(&worktree(folder.path.join("to-dir"))).paths(), [name("to-dir/a")]);
    let seen = Seen::of(&worktree(folder.path.join("to-file")));
    assert_eq!((seen.items[0].text.as_str(), &seen.items[0].origin), ("2", &Origin::File));
    assert!(worktree(folder.path.join("broken")).list(&mut |_| {}).is_err());
}

#[test]
fn special_files_are_counted_and_cannot_be_named() {
    let folder = Folder::new();
    folder.write("a", "");
    fifo(&folder.path.join("fifo"));
    let _socket = std::os::unix::net::UnixListener::bind(folder.path.join("socket")).expect("because the folder can be written");
    let seen = Seen::of(&worktree(folder.path.clone()));
    assert_eq!(seen.items.len(), 1);
    assert_eq!(seen.skips, [Skip { what: "special files".into(), why: "not regular files".into(), count: 2 }]);
    for named in [folder.path.join("fifo"), PathBuf::from("/dev/null")] {
        let error = worktree(named).list(&mut |_| {}).expect_err("because it is no file");
        assert!(error.to_string().contains("--stdin"), "{error}");
    }
}

#[test]
fn what_takes_the_place_of_a_file_is_neither_waited_for_nor_followed() {
    let folder = Folder::new();
    folder.write("elsewhere", "");
    let source = worktree(folder.path.clone());
    let read = |name: &str| {
        let entry = WorktreeEntry { path: folder.path.join(name), kind: EntryKind::File };
        source.read(&entry, &mut Vec::new()).map(|item| item.is_some()).map_err(|gap| gap.why)
    };
    let replaced = Err("was replaced by something that is not a regular file".to_owned());
    fifo(&folder.path.join("fifo"));
    link(&folder, "elsewhere", "link");
    let _socket = std::os::unix::net::UnixListener::bind(folder.path.join("socket")).expect("because the folder can be written");
    std::fs::create_dir(folder.path.join("folder")).expect("because the folder can be written");
    for name in ["fifo", "link", "socket", "folder"] {
        assert_eq!(read(name), replaced, "{name}");
    }
    assert_eq!(read("elsewhere/below"), Ok(false));
}

#[test]
fn what_may_not_be_read_is_a_gap() {
    let folder = Folder::new();
    folder.write("a", "").write("dir/b", "").write("c", "");
    for name in ["a", "dir"] {
        let closed = std::fs::Permissions::from_mode(0o000);
        std::fs::set_permissions(folder.path.join(name), closed).expect("because it is ours");
    }
    let seen = Seen::of(&worktree(folder.path.clone()));
    std::fs::set_permissions(folder.path.join("dir"), std::fs::Permissions::from_mode(0o755)).expect("because it is ours");
    // The superuser may read everything.
    if seen.items.len() < 3 {
        assert_eq!((seen.items.len(), seen.gaps.len()), (1, 2));
        assert!(seen.gaps[0].why.contains("Permission denied"), "{:?}", seen.gaps);
    }
}

#[test]
fn names_may_be_any_bytes() {
    let folder = Folder::repository();
    let name = OsStr::from_bytes(b"caf\xe9 \xff.txt");
    folder.write(".gitignore", b"*.\xe9\n*.log\n").write(name, "1").write(OsStr::from_bytes(b"\xfe.log"), "2").commit_all();
    let source = worktree(folder.path.clone());
    let mut paths = Vec::new();
    source
        .list(&mut |listed| {
            if let Listed::Entry(entry) = listed {
                let mut buffer = Vec::new();
                let item = source.read(&entry, &mut buffer).expect("because it can be read").expect("because it is there");
                paths.push(item.path[folder.path.as_os_str().len() + 1..].to_vec());
            }
        })
        .expect("because the folder is there");
    paths.sort();
    assert_eq!(paths, [b".gitignore".as_slice(), name.as_bytes(), b"\xfe.log"]);
}

#[test]
fn a_tracked_path_never_leads_through_a_link() {
    let folder = Folder::repository();
    let outside = Folder::new();
    outside.write("f", "outside");
    folder.write(".gitignore", "/made/\n").write("made/sub/f", "").commit_all();
    std::fs::remove_dir_all(folder.path.join("made/sub")).expect("because it was written");
    symlink(&outside.path, folder.path.join("made/sub")).expect("because the folder can be written");
    let seen = Seen::of(&worktree(folder.path.clone()));
    assert_eq!((seen.items.len(), seen.skips[0].count), (1, 1));
}
