//! What only Unix has in a tree: links, FIFOs, names of any bytes.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::symlink;
use std::process::Command;

use crate::support::{Folder, assigned, at, text, token};

fn link(folder: &Folder, target: impl AsRef<OsStr>, name: &str) {
    symlink(target.as_ref(), folder.path.join(name)).expect("because the folder can be written");
}

#[test]
fn the_target_of_a_link_is_scanned_as_text_and_not_followed() {
    let (folder, outside) = (Folder::new(), Folder::new());
    outside.write("secret.env", assigned("outside"));
    link(&folder, &outside.path, "to-folder");
    link(&folder, outside.path.join("secret.env"), "to-file");
    link(&folder, format!("https://{}@github.com", token("target")), "to-text");
    let said = folder.scan(["."]).finds(&[&at("to-text")]);
    assert_eq!(text(&said.report()["findings"][0]["locations"][0]["kind"]), "symlink-target");
    let said = folder.keysieve(["scan"]).ends_with(1);
    assert!(said.stdout.contains("to-text:1:9 (where the link points)"), "{said:?}");
}

#[test]
fn a_link_that_is_named_is_followed() {
    let (folder, outside) = (Folder::new(), Folder::new());
    outside.write("sub/secret.env", assigned("outside"));
    link(&folder, outside.path.join("sub"), "to-folder");
    folder.scan(["to-folder"]).finds(&[&at("to-folder/secret.env")]);
}

#[test]
fn loops_and_broken_links_end() {
    let folder = Folder::new();
    folder.write("dir/a.env", assigned("loop"));
    for (target, name) in [(".", "self"), ("..", "dir/up"), ("loop", "loop"), ("nowhere", "broken"), ("b", "a"), ("a", "b")] {
        link(&folder, target, name);
    }
    let said = folder.scan(["."]).finds(&[&at("dir/a.env")]);
    assert!(said.gaps().is_empty());
    let said = folder.scan(["broken"]).ends_with(2);
    assert!(said.stderr.contains("cannot scan broken: No such file"), "{said:?}");
    assert!(folder.scan(["loop"]).ends_with(2).stderr.contains("cannot scan loop: "));
}

#[test]
fn a_fifo_is_left_out_and_not_waited_for() {
    let folder = Folder::new();
    folder.write("a.env", assigned("fifo"));
    assert!(Command::new("mkfifo").arg(folder.path.join("pipe")).status().expect("because every Unix has mkfifo").success());
    let said = folder.scan(["."]).finds(&[&at("a.env")]);
    assert_eq!(text(&said.report()["coverage"]["skipped"][0]["what"]), "special files");
    for named in ["pipe", "/dev/null"] {
        let said = folder.scan([named]).ends_with(2);
        assert!(said.stderr.contains(&format!("cannot scan {named}: it is neither a file nor a folder")), "{said:?}");
        assert_eq!(folder.scan(["a.env", named]).finds(&[&at("a.env")]).gaps(), [named]);
    }
}

#[test]
fn a_path_that_is_no_text_is_scanned_and_reported() {
    let folder = Folder::new();
    folder.write(OsStr::from_bytes(b"caf\xe9/k\xff.env"), assigned("bytes"));
    let said = folder.scan(["."]).finds(&[&at("caf\u{fffd}/k\u{fffd}.env")]);
    assert_eq!(text(&said.report()["findings"][0]["locations"][0]["path_base64"]), "Y2Fm6S9r/y5lbnY=");
    let said = folder.keysieve(["scan"]).ends_with(1);
    assert!(said.stdout.contains(r"caf\xe9/k\xff.env:1:3"), "{said:?}");
    let said = folder.scan([OsStr::from_bytes(b"caf\xe9")]).ends_with(1);
    assert_eq!(said.places().len(), 1);
}
