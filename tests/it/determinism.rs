//! Promise 4: the same input gives the same report, byte for byte.

use crate::support::{Folder, expand, token};

const FILES: usize = 600;

/// Content of file `number`: most have nothing, some a secret of their own, some one that many share, some several on a line.
fn content(number: usize) -> String {
    let filler = format!("line {number}\n").repeat(number % 40);
    match number % 10 {
        1 | 4 => format!("{filler}T={}\n", token(&format!("own {number}"))),
        2 | 5 => format!("{filler}T={}\n{filler}U={}\n", token("shared"), token(&format!("group {}", number / 100))),
        3 => format!("{filler}a={} b={}\n", token("shared"), expand("{{npm}}", &number.to_string())),
        6 => format!("{filler}password = \"{}\"\n", expand("{{base62:16}}", &(number / 20).to_string())),
        7 => format!("{filler}{}\n", expand("{{pem:RSA PRIVATE KEY}}", &(number / 50).to_string())),
        _ => filler,
    }
}

fn path(number: usize) -> String {
    let suffix = ["env", "py", "json", "yaml", "log"][number % 5];
    format!("d{}/e{}/f{number}.{suffix}", number % 7, number % 3)
}

/// The same tree each time, written in the given order of its files: folders list their entries in the order of creation on some systems.
fn tree(order: impl Iterator<Item = usize>) -> Folder {
    let folder = Folder::repository();
    folder.write(".gitignore", "*.log\n");
    for number in order {
        folder.write(path(number), content(number));
    }
    for name in ["large-b.txt", "large-a.txt", "d1/large-c.txt"] {
        folder.write(name, "x".repeat(100_000));
    }
    folder
}

fn report(folder: &Folder, mode: &[&str], format: &str, threads: &str) -> String {
    let arguments = ["scan", "--format", format, "--threads", threads, "--max-file-size", "64KiB", "--min-confidence", "low"];
    let said = folder.keysieve(arguments.iter().chain(mode)).ends_with(1);
    assert!(said.stdout.contains("large-a.txt"));
    said.stdout
}

/// Fails with the first line that differs: whole reports are too long to compare by eye.
#[track_caller]
fn assert_same(what: &str, one: &str, other: &str) {
    let differing = one.lines().zip(other.lines()).position(|(one, other)| one != other);
    assert!(one == other, "{what}: the reports differ from line {:?} on", differing.map(|line| line + 1));
}

#[test]
fn the_number_of_threads_and_the_order_of_files_change_no_byte() {
    let (forwards, backwards) = (tree(0..FILES), tree((0..FILES).rev()));
    for format in ["json", "jsonl", "sarif"] {
        let expected = report(&forwards, &["."], format, "1");
        for threads in ["2", "8", "0"] {
            assert_same(&format!("{format}, {threads} threads"), &expected, &report(&forwards, &["."], format, threads));
        }
        assert_same(&format!("{format}, other order"), &expected, &report(&backwards, &["."], format, "8"));
    }
}

#[test]
fn the_order_of_named_paths_changes_nothing_but_the_named_paths() {
    let folder = tree(0..FILES);
    let findings = |paths: &[&str]| {
        let said = folder.scan(paths.iter().chain(&["--max-file-size", "64KiB"])).ends_with(1);
        let mut report = said.report();
        report.as_object_mut().and_then(|report| report.remove("scope")).expect("because it is there");
        report.to_string()
    };
    assert_same("other order", &findings(&["d1", "d2", "large-a.txt"]), &findings(&["large-a.txt", "d2", "d1"]));
}

#[test]
fn the_number_of_threads_changes_no_byte_of_a_staged_scan() {
    let folder = tree(0..FILES);
    folder.git(["add", "--all", "--force"]);
    let expected = report(&folder, &["--staged"], "json", "1");
    for threads in ["2", "8"] {
        assert_same(threads, &expected, &report(&folder, &["--staged"], "json", threads));
    }
}

#[test]
fn packing_changes_no_byte_of_a_staged_scan() {
    let folder = tree(0..FILES);
    folder.git(["add", "--all", "--force"]);
    folder.git(["reset", "--quiet", "--", "d0", "d1", "large-a.txt"]);
    folder.git(["commit", "--quiet", "--message=m"]);
    folder.git(["add", "--all", "--force"]);
    let loose = report(&folder, &["--staged"], "json", "0");
    folder.git(["repack", "--quiet", "-a", "-d"]);
    folder.git(["pack-refs", "--all"]);
    assert_same("packed", &loose, &report(&folder, &["--staged"], "json", "0"));
}
