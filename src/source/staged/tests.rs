//! Each test scripts one repository with git itself, described by its first lines, and looks at what would be committed.

use std::ffi::OsStr;
use std::process::Command;

use super::*;
use crate::source::testing::{Folder, Seen, git_command, git_in};

const MAX: u64 = 1 << 20;

fn open(folder: &Folder) -> Staged {
    Staged::open(&folder.path, &GitEnvironment::default(), MAX).expect("because the repository is sound")
}

fn see(folder: &Folder) -> Seen {
    Seen::of(&open(folder))
}

/// A repository with one commit of ten lines in `a`, and a folder with more.
fn committed() -> Folder {
    let folder = Folder::repository();
    folder.write("a", "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n").write("dir/b", "b\n").write("dir/deep/c", "c\n").write("z", "z\n");
    folder.commit_all();
    folder
}

/// Turns what a hook recorded of its environment into what `Staged` is given in such a hook.
fn hook_environment(recorded: &str) -> GitEnvironment {
    GitEnvironment::from_env(|name| {
        let value = recorded.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix('='))?;
        Some(value.into())
    })
}

/// What is seen by a hook that git starts for `commit` with `arguments`.
///
/// A real hook runs: it copies its environment and waits until the test has looked, so that the temporary index is still there.
fn see_in_hook(folder: &Folder, cwd: &Path, arguments: &[&str]) -> Seen {
    let hooks = folder.path.join("hooks-of-test");
    std::fs::create_dir_all(&hooks).expect("because the folder can be written");
    let hook = hooks.join("pre-commit");
    let script = format!(
        "#!/bin/sh\nenv > '{0}/env.new'\npwd > '{0}/cwd'\nmv '{0}/env.new' '{0}/env'\nwhile [ -e '{0}/env' ]; do sleep 0.01; done\nexit 1\n",
        hooks.display()
    );
    std::fs::write(&hook, script).expect("because the folder can be written");
    make_executable(&hook);
    let mut command: Command = git_command(cwd);
    command.arg("-c").arg(format!("core.hooksPath={}", hooks.display())).args(["commit", "--quiet", "--message=hooked"]).args(arguments);
    let mut child = command.spawn().expect("because git is installed where tests run");
    let env = hooks.join("env");
    while !env.exists() {
        assert!(child.try_wait().expect("because the child is ours").is_none(), "git ended without calling the hook");
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    let recorded = std::fs::read_to_string(&env).expect("because the hook wrote it");
    let hook_cwd = std::fs::read_to_string(hooks.join("cwd")).expect("because the hook wrote it");
    let staged = Staged::open(Path::new(hook_cwd.trim_end()), &hook_environment(&recorded), MAX);
    let seen = staged.map(|staged| Seen::of(&staged));
    std::fs::remove_file(&env).expect("because the hook wrote it");
    child.wait().expect("because the child is ours");
    seen.expect("because the repository is sound")
}

#[cfg(unix)]
fn make_executable(path: &Path) {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).expect("because the file is ours");
}

#[cfg(not(unix))]
fn make_executable(_: &Path) {}

#[test]
fn nothing_staged_is_nothing_to_scan() {
    let folder = committed();
    folder.write("a", "changed in the worktree only\n").write("untracked", "u\n");
    let staged = open(&folder);
    assert_eq!((staged.changed_paths(), staged.top()), (0, folder.path.as_path()));
    assert_eq!(Seen::of(&staged).paths(), [""; 0]);
}

#[test]
fn added_and_changed_files_count_with_their_new_lines() {
    let folder = committed();
    folder.write("a", "1\n2\nnew\n3\n4\n5\n6\n7\n8\n9\nten\n").write("new file\nwith newline", "x\n").write("dir/deep/d", "d\n");
    folder.git(["add", "--all"]);
    folder.write("a", "clean again\n");
    let seen = see(&folder);
    assert_eq!(seen.paths(), ["a", "dir/deep/d", "new file\nwith newline"]);
    assert_eq!(seen.item("a").added(), Some(vec![(3, 4), (11, 12)]));
    assert!(seen.item("a").text.ends_with("ten\n"));
    assert_eq!(seen.item("dir/deep/d").added(), None);
    let blob = folder.git(["rev-parse", ":a"]);
    assert_eq!(seen.item("a").origin, Origin::Staged { blob });
    assert_eq!(open(&folder).changed_paths(), 3);
}

#[test]
fn before_the_first_commit_everything_counts() {
    let folder = Folder::repository();
    assert_eq!(open(&folder).changed_paths(), 0);
    folder.write("a", "1\n").write("b/c", "2\n").git(["add", "--all"]);
    let seen = see(&folder);
    assert_eq!(seen.paths(), ["a", "b/c"]);
    assert!(seen.items.iter().all(|item| item.added_lines.is_none()));
    assert_eq!(see_in_hook(&folder, &folder.path, &[]).paths(), ["a", "b/c"]);
}

#[test]
fn commit_all_shows_the_temporary_index() {
    let folder = committed();
    folder.write("a", "secret\n");
    assert_eq!(see(&folder).paths(), [""; 0]);
    assert_eq!(see_in_hook(&folder, &folder.path, &["--all"]).paths(), ["a"]);
}

#[test]
fn commit_of_one_path_shows_that_path_only() {
    let folder = committed();
    folder.write("a", "staged\n").git(["add", "a"]);
    folder.write("z", "not staged\n");
    assert_eq!(see_in_hook(&folder, &folder.path, &["--only", "z"]).paths(), ["z"]);
    assert_eq!(see(&folder).paths(), ["a"]);
    assert_eq!(see_in_hook(&folder, &folder.path.join("dir"), &[]).paths(), ["a"]);
}

#[test]
fn a_linked_worktree_has_its_own_index() {
    let folder = committed();
    folder.git(["worktree", "add", "--quiet", "-b", "other", "linked"]);
    let linked = folder.path.join("linked");
    std::fs::write(linked.join("z"), "linked\n").expect("because the folder can be written");
    git_in(&linked, ["add", "z"]);
    let staged = Staged::open(&linked, &GitEnvironment::default(), MAX).expect("because the worktree is sound");
    assert_eq!((Seen::of(&staged).paths(), staged.top()), (vec!["z"], linked.as_path()));
    assert_eq!(see(&folder).paths(), [""; 0]);
    assert_eq!(see_in_hook(&folder, &linked, &[]).paths(), ["z"]);
    assert_eq!(see_in_hook(&folder, &linked, &["--all"]).paths(), ["z"]);
}

#[test]
fn a_submodule_is_a_repository_of_its_own_and_no_content_of_the_outer_one() {
    let inner = committed();
    let folder = committed();
    folder.git([OsStr::new("submodule"), OsStr::new("--quiet"), OsStr::new("add"), inner.path.as_os_str(), OsStr::new("sub")]);
    assert_eq!(see(&folder).paths(), [".gitmodules"]);
    let sub = folder.path.join("sub");
    std::fs::write(sub.join("z"), "in sub\n").expect("because the folder can be written");
    git_in(&sub, ["add", "z"]);
    let staged = Staged::open(&sub, &GitEnvironment::default(), MAX).expect("because the submodule is sound");
    assert_eq!((Seen::of(&staged).paths(), staged.top()), (vec!["z"], sub.as_path()));
    assert_eq!(see_in_hook(&folder, &sub, &[]).paths(), ["z"]);
}

#[test]
fn a_merge_counts_what_came_from_the_other_side() {
    let folder = committed();
    folder.git(["checkout", "--quiet", "-b", "other"]);
    folder.write("a", "1\nother\n3\n4\n5\n6\n7\n8\n9\n10\n").write("theirs", "t\n").commit_all();
    folder.git(["checkout", "--quiet", "main"]);
    folder.write("z", "zz\n").commit_all();
    folder.git(["merge", "--quiet", "--no-commit", "--no-ff", "other"]);
    let seen = see(&folder);
    assert_eq!(seen.paths(), ["a", "theirs"]);
    assert_eq!(seen.item("a").added(), Some(vec![(2, 3)]));
    assert_eq!(see_in_hook(&folder, &folder.path, &[]).paths(), ["a", "theirs"]);
}

#[test]
fn both_sides_of_a_conflict_count() {
    let folder = committed();
    folder.git(["checkout", "--quiet", "-b", "other"]);
    folder.write("z", "theirs\n").commit_all();
    folder.git(["checkout", "--quiet", "main"]);
    folder.write("z", "ours\n").commit_all();
    assert!(!git_command(&folder.path).args(["merge", "--quiet", "other"]).output().expect("because git runs").status.success());
    let seen = see(&folder);
    // Ours is what HEAD has.
    assert_eq!(seen.items.iter().map(|item| item.text.as_str()).collect::<Vec<_>>(), ["theirs\n"]);
}

#[test]
fn a_file_that_was_only_moved_is_not_listed() {
    let folder = committed();
    folder.git(["mv", "a", "moved"]);
    folder.git(["mv", "dir", "elsewhere"]);
    let staged = open(&folder);
    let seen = Seen::of(&staged);
    assert_eq!((seen.paths(), staged.changed_paths()), (vec![], 3));
    assert_eq!(seen.skips.iter().map(|skip| (skip.what.as_str(), skip.count)).collect::<Vec<_>>(), [("moved files", 3)]);
    // A copy is new content at a second place.
    folder.git(["reset", "--quiet", "--hard"]);
    folder.write("copy", "z\n").git(["add", "copy"]);
    assert_eq!(see(&folder).paths(), ["copy"]);
}

#[test]
fn a_file_that_was_moved_and_edited_counts_with_its_new_lines() {
    let folder = committed();
    folder.git(["mv", "a", "dir/a"]);
    folder.write("dir/a", "1\n2\n3\nsame name\n4\n5\n6\n7\n8\n9\n10\n").git(["add", "--all"]);
    assert_eq!(see(&folder).item("dir/a").added(), Some(vec![(4, 5)]));
    folder.git(["reset", "--quiet", "--hard"]);
    folder.git(["mv", "a", "q"]);
    folder.write("q", "1\n2\n3\nmost alike\n4\n5\n6\n7\n8\n9\n10\n").git(["rm", "--quiet", "dir/b"]);
    folder.git(["add", "--all"]);
    assert_eq!(see(&folder).item("q").added(), Some(vec![(4, 5)]));
    folder.git(["reset", "--quiet", "--hard"]);
    folder.git(["rm", "--quiet", "a"]);
    folder.write("q", "1\n2\nsomething else altogether\n").git(["add", "--all"]);
    assert_eq!(see(&folder).item("q").added(), None);
}

#[test]
fn an_announced_file_holds_nothing_and_a_link_holds_its_target() {
    let folder = committed();
    folder.write("announced", "not added\n").git(["add", "--intent-to-add", "announced"]);
    assert_eq!(see(&folder).paths(), [""; 0]);
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("https://user@host/", folder.path.join("link")).expect("because the folder can be written");
        folder.git(["add", "link"]);
        assert_eq!(see(&folder).item("link").text, "https://user@host/");
    }
}

#[test]
fn a_folder_in_place_of_a_file_and_the_other_way_around() {
    let folder = committed();
    folder.git(["rm", "-r", "--quiet", "a", "dir"]);
    folder.write("a/x", "ax\n").write("dir", "no folder\n").git(["add", "--all"]);
    let seen = see(&folder);
    assert_eq!(seen.paths(), ["a/x", "dir"]);
}

#[test]
fn names_that_sort_around_the_slash_are_told_apart() {
    let folder = Folder::repository();
    for path in ["a-b", "a.c", "a/x", "a0", "a/-", "ab/a", "ab-/a"] {
        folder.write(path, path);
    }
    folder.commit_all();
    folder.write("a/x", "1").write("a0", "2").write("ab-/a", "3").git(["add", "--all"]);
    assert_eq!(see(&folder).paths(), ["a/x", "a0", "ab-/a"]);
    // Without the trees that the index remembers the walk goes through all folders, and finds the same.
    folder.git(["read-tree", "--empty"]);
    folder.git(["add", "--all"]);
    assert_eq!(see(&folder).paths(), ["a/x", "a0", "ab-/a"]);
}

#[test]
fn repositories_with_sha256_split_or_sparse_index_work() {
    let folder = Folder::new();
    folder.git(["init", "--quiet", "--object-format=sha256"]);
    folder.write("a", "1\n").write("b/c", "2\n").commit_all();
    folder.write("b/c", "2\n3\n").git(["add", "--all"]);
    assert_eq!(see(&folder).item("b/c").added(), Some(vec![(2, 3)]));

    let folder = committed();
    folder.git(["update-index", "--split-index"]);
    folder.write("dir/b", "split\n").write("dir/n", "n\n").git(["add", "--all"]);
    folder.git(["rm", "--quiet", "z"]);
    assert_eq!(see(&folder).paths(), ["dir/b", "dir/n"]);

    let folder = committed();
    folder.write("other/o", "o\n").commit_all();
    folder.git(["sparse-checkout", "set", "--cone", "--sparse-index", "dir"]);
    folder.write("dir/b", "sparse\n").git(["add", "dir/b"]);
    assert!(folder.git(["ls-files", "--sparse"]).contains("other/"));
    let seen = see(&folder);
    assert_eq!((seen.paths(), seen.gaps.len()), (vec!["dir/b"], 0));
    folder.git(["reset", "--quiet", "--soft", "HEAD~1"]);
    let gaps = see(&folder).gaps;
    assert!(gaps.iter().any(|gap| gap.what == "other/"), "{gaps:?}");
}

#[test]
fn missing_damaged_and_large_blobs_are_gaps() {
    let folder = committed();
    folder.write("gone", "gone\n").write("broken", "broken\n").write("large", vec![b'x'; 2 << 20]).write("fine", "fine\n");
    folder.git(["add", "--all"]);
    let object = |path: &str| {
        let id = folder.git(["rev-parse", &format!(":{path}")]);
        (folder.path.join(".git/objects").join(&id[..2]).join(&id[2..]), id)
    };
    let (gone, gone_id) = object("gone");
    std::fs::remove_file(gone).expect("because git wrote it");
    let (broken, _) = object("broken");
    std::fs::remove_file(&broken).expect("because git wrote it");
    std::fs::write(&broken, b"x\x9c never zlib").expect("because the folder can be written");
    let seen = see(&folder);
    assert_eq!(seen.paths(), ["fine"]);
    let whats: Vec<&str> = seen.gaps.iter().map(|gap| gap.what.as_str()).collect();
    assert_eq!(whats, ["broken", "gone", "large"]);
    assert_eq!(seen.gaps[1].why, format!("its staged blob {gone_id} is missing"));
    assert_eq!(seen.gaps[2].why, "larger than the limit of 1 MiB");
}

#[test]
fn what_cannot_be_compared_is_an_error_that_names_it() {
    let error = |folder: &Folder, env: &GitEnvironment| {
        let error = Staged::open(&folder.path, env, MAX).expect_err("because it is unusable");
        println!("{error}");
        error
    };
    let plain = Folder::new();
    assert!(matches!(error(&plain, &GitEnvironment::default()), SourceError::NotARepository { .. }));

    let bare = Folder::new();
    bare.git(["init", "--quiet", "--bare"]);
    assert!(error(&bare, &GitEnvironment::default()).to_string().contains("bare repository"));

    let folder = committed();
    let named = GitEnvironment { index_file: Some("nowhere".into()), ..GitEnvironment::default() };
    assert!(error(&folder, &named).to_string().contains("nowhere"));
    let index = folder.path.join(".git/index");
    let sound = std::fs::read(&index).expect("because git wrote it");
    let mut damaged = sound.clone();
    damaged[100] ^= 1;
    for bytes in [&damaged[..], &sound[..sound.len() / 2], b"", b"DIRC"] {
        std::fs::write(&index, bytes).expect("because the folder can be written");
        let said = error(&folder, &GitEnvironment::default()).to_string();
        assert!(said.contains(&index.display().to_string()), "{said}");
    }
    std::fs::write(&index, sound).expect("because the folder can be written");
    std::fs::write(folder.path.join(".git/refs/heads/main"), format!("{}\n", "1".repeat(40))).expect("because it can be written");
    assert!(error(&folder, &GitEnvironment::default()).to_string().contains("HEAD"));
}

#[test]
fn the_environment_names_git_folder_worktree_index_and_objects() {
    let folder = committed();
    let work = Folder::new();
    work.write("a", "1\n");
    let git_dir = folder.path.join(".git");
    let copy = folder.path.join("copied-index");
    folder.write("z", "env\n").git(["add", "z"]);
    std::fs::copy(git_dir.join("index"), &copy).expect("because git wrote it");
    folder.git(["reset", "--quiet", "--hard"]);
    let env = GitEnvironment {
        git_dir: Some(git_dir.clone()),
        work_tree: Some(work.path.clone()),
        index_file: Some(copy.clone()),
        ..GitEnvironment::default()
    };
    let staged = Staged::open(&work.path, &env, MAX).expect("because the environment is sound");
    assert_eq!((Seen::of(&staged).paths(), staged.top()), (vec!["z"], work.path.as_path()));
    // A relative index file is relative to the top, even from below it.
    let env = GitEnvironment { index_file: Some("copied-index".into()), ..GitEnvironment::default() };
    let staged = Staged::open(&folder.path.join("dir"), &env, MAX).expect("because the environment is sound");
    assert_eq!(Seen::of(&staged).paths(), ["z"]);
    // Objects elsewhere, with the repository's own as alternates: how git keeps a push apart until it is accepted.
    let quarantine = Folder::new();
    let mut add = git_command(&folder.path);
    add.env("GIT_OBJECT_DIRECTORY", &quarantine.path).env("GIT_ALTERNATE_OBJECT_DIRECTORIES", git_dir.join("objects"));
    folder.write("quarantined", "q\n");
    assert!(add.args(["add", "quarantined"]).status().expect("because git runs").success());
    assert_eq!(see(&folder).gaps.len(), 1);
    let env = GitEnvironment { object_directory: Some(quarantine.path.clone()), ..GitEnvironment::default() };
    let seen = Seen::of(&Staged::open(&folder.path, &env, MAX).expect("because the environment is sound"));
    assert_eq!((seen.paths(), seen.gaps.len()), (vec!["quarantined"], 0));
}

#[test]
fn refs_that_cannot_be_read_are_no_missing_commit() {
    for (path, content) in [
        ("refs/heads/main", ""),
        ("refs/heads/main", "garbage\n"),
        ("HEAD", "ref: refs/heads/"),
        ("HEAD", "0000\n"),
        ("packed-refs", "# pack-refs with: peeled sorted\ngarbage\n"),
    ] {
        let folder = committed();
        let path_in_git = folder.path.join(".git").join(path);
        if path == "packed-refs" {
            std::fs::remove_file(folder.path.join(".git/refs/heads/main")).expect("because git wrote it");
        }
        std::fs::write(&path_in_git, content).expect("because the folder can be written");
        let opened = Staged::open(&folder.path, &GitEnvironment::default(), MAX);
        println!("{path} {content:?}: {:?}", opened.as_ref().map_err(ToString::to_string));
        assert!(opened.is_err(), "{path} with {content:?}");
    }
}

#[test]
fn a_missing_tree_counts_all_below_it_as_new_and_says_so() {
    let folder = committed();
    folder.write("dir/b", "b\nmore\n").write("a", "1\n").git(["add", "--all"]);
    let tree = folder.git(["rev-parse", "HEAD:dir"]);
    std::fs::remove_file(folder.path.join(".git/objects").join(&tree[..2]).join(&tree[2..])).expect("because git wrote it");
    let seen = see(&folder);
    assert_eq!(seen.paths(), ["a", "dir/b", "dir/deep/c"]);
    assert_eq!(seen.item("dir/b").added(), None);
    assert_eq!((seen.gaps.len(), &seen.gaps[0].what), (1, &format!("tree {tree} of HEAD")));
    let tree = folder.git(["rev-parse", "HEAD^{tree}"]);
    std::fs::remove_file(folder.path.join(".git/objects").join(&tree[..2]).join(&tree[2..])).expect("because git wrote it");
    let error = Staged::open(&folder.path, &GitEnvironment::default(), MAX).expect_err("because HEAD has no tree");
    assert!(error.to_string().contains(&tree), "{error}");
}

#[test]
fn commits_without_files_and_files_without_bytes_work() {
    let folder = Folder::repository();
    folder.git(["commit", "--quiet", "--allow-empty", "--message=empty"]);
    folder.write("empty", "").write("a", "1\n").git(["add", "--all"]);
    let seen = see(&folder);
    assert_eq!((seen.paths(), seen.gaps.len()), (vec!["a", "empty"], 0));
}

#[cfg(unix)]
#[test]
fn the_repository_of_another_user_is_read() {
    let folder = committed();
    folder.write("a", "new\n").git(["add", "--all"]);
    let mut pending = vec![folder.path.clone()];
    while let Some(path) = pending.pop() {
        if std::os::unix::fs::lchown(&path, Some(65534), Some(65534)).is_err() {
            // Only the superuser can give files away.
            return;
        }
        if path.is_dir() {
            pending.extend(std::fs::read_dir(&path).expect("because it is ours").map(|entry| entry.expect("because it is ours").path()));
        }
    }
    assert_eq!(see(&folder).paths(), ["a"]);
}

/// An index is read before anything proves it sound, and git can write one without a checksum.
#[test]
fn no_damage_to_an_index_ends_in_a_panic() {
    let folder = committed();
    folder.write("dir/n", "n\n").git(["-c", "index.skipHash=true", "add", "--all"]);
    let index = folder.path.join(".git/index");
    let mut sound = std::fs::read(&index).expect("because git wrote it");
    let end = sound.len() - 20;
    sound[end..].fill(0);
    let mut opened = 0;
    for at in 0..end {
        for value in [sound[at] ^ 1, !sound[at]] {
            let mut damaged = sound.clone();
            damaged[at] = value;
            std::fs::write(&index, &damaged).expect("because the folder can be written");
            if let Ok(staged) = Staged::open(&folder.path, &GitEnvironment::default(), MAX) {
                opened += 1;
                let _ = Seen::of(&staged);
            }
        }
    }
    assert!(opened > end / 2, "most damage is to times and sizes, which do not matter");
}

#[test]
#[ignore = "a measurement"]
fn how_long_a_large_repository_takes() {
    let folder = Folder::repository();
    let files: usize = std::env::var("FILES").ok().and_then(|files| files.parse().ok()).unwrap_or(100_000);
    for file in 0..files {
        folder.write(format!("d{}/e{}/f{file}.txt", file % 97, file % 13), format!("{file}\n"));
    }
    folder.commit_all();
    folder.git(["gc", "--quiet"]);
    folder.write("d5/e3/f5.txt", "changed\n").write("d7/new", "n\n").git(["add", "d5/e3/f5.txt", "d7/new"]);
    for _ in 0..3 {
        let start = std::time::Instant::now();
        folder.git(["diff", "--cached", "--stat"]);
        let git = start.elapsed();
        let start = std::time::Instant::now();
        let repository = Repository::open(&folder.path, &GitEnvironment::default()).expect("because it is sound");
        let opened = start.elapsed();
        let index = repository.index().expect("because it is sound").expect("because it is there");
        let read = start.elapsed();
        refuse_disorder(&repository, &index).expect("because git wrote it");
        let checked = start.elapsed();
        let staged = open(&folder);
        let second = start.elapsed();
        let seen = Seen::of(&staged);
        println!(
            "git {git:?}; open {opened:?}, index {:?}, order {:?}, all {:?}, read {:?}: {:?}",
            read - opened,
            checked - read,
            second - checked,
            start.elapsed() - second,
            seen.paths()
        );
    }
}
