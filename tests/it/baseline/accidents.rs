//! Files that are no whole baseline, and processes that get in each other's way.

use std::process::{Command, Stdio};

use crate::support::{Folder, Said, assigned, at, keysieve_in};

const FILE: &str = "keysieve-baseline.jsonl";

fn known() -> Folder {
    let folder = Folder::repository();
    folder.write("a.env", assigned("a")).write("b.env", assigned("b"));
    folder.keysieve(["baseline", "create"]).ends_with(0);
    folder
}

#[test]
fn what_is_no_whole_baseline_is_an_error_and_stays_as_it_is() {
    let folder = known();
    let good = folder.read(FILE);
    for (wrong, why) in [
        (String::new(), "it is no baseline"),
        ("a: yaml\n".to_owned(), "it is no baseline"),
        (good[..good.len() - 20].to_owned(), "it ends too early"),
        (good[..20].to_owned(), "it is no baseline"),
        (good.replacen("\"keysieve_baseline\":1", "\"keysieve_baseline\":2", 1), "format version 2, and this keysieve knows version 1"),
        (good.replace("\"rule\"", "\"role\""), "unknown field `role`"),
        ("\0".repeat(4096), "it is no baseline"),
    ] {
        folder.write(FILE, &wrong);
        for command in [&["scan", "."][..], &["scan", "--staged"], &["scan", "--stdin"], &["exceptions"]] {
            let said = folder.keysieve(command).ends_with(2);
            assert!(said.stderr.contains(FILE) && said.stderr.contains(why), "{command:?} {why}: {said:?}");
        }
        for command in ["update", "diff", "prune", "create"] {
            folder.keysieve(["baseline", command]).ends_with(2);
            assert_eq!(folder.read(FILE), wrong, "{command}");
        }
    }
    // Where it is not used, it does not matter.
    folder.scan([".", "--no-baseline"]).finds(&[&at("a.env"), &at("b.env")]);
}

#[test]
fn a_baseline_that_is_there_is_replaced_only_by_force() {
    let folder = known();
    let before = folder.read(FILE);
    let said = folder.keysieve(["baseline", "create"]).ends_with(2);
    assert!(said.stderr.contains("--force replaces it"), "{said:?}");
    assert_eq!(folder.read(FILE), before);
    folder.keysieve(["baseline", "create", "--force"]).ends_with(0);
    assert_ne!(folder.read(FILE), before);
}

#[test]
fn a_folder_or_a_device_in_its_place_is_an_error() {
    let folder = Folder::repository();
    std::fs::create_dir(folder.path.join(FILE)).expect("because the folder can be written");
    let said = folder.keysieve(["scan", "."]).ends_with(2);
    assert!(said.stderr.contains("not a regular file"), "{said:?}");
}

#[test]
fn processes_that_update_it_at_once_lose_nothing() {
    const PROCESSES: usize = 6;
    let folder = known();
    let other = |number: usize| {
        let other = Folder::repository();
        other.write("own.env", assigned(&format!("process {number}")));
        other
    };
    let others: Vec<Folder> = (0..PROCESSES).map(other).collect();
    let start = |own: &Folder| {
        let mut command = keysieve_in(&own.path);
        command.args(["baseline", "update", "--baseline"]).arg(folder.path.join(FILE));
        command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().expect("because the program was just built")
    };
    let running: Vec<_> = others.iter().map(start).collect();
    for child in running {
        let done = child.wait_with_output().expect("because the program ends");
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    }
    assert_eq!(folder.read(FILE).lines().count(), 1 + 2 + PROCESSES);
    let left: Vec<_> =
        std::fs::read_dir(&folder.path).expect("because it is there").filter_map(Result::ok).map(|entry| entry.file_name()).collect();
    assert!(left.iter().all(|name| !name.to_string_lossy().contains(".lock")), "{left:?}");
}

#[test]
fn what_was_not_scanned_is_not_taken_for_gone() {
    let folder = known();
    folder.write("a.env", "x".repeat(65 << 20));
    let before = folder.read(FILE);
    folder.keysieve(["baseline", "prune"]).ends_with(3);
    assert_eq!(folder.read(FILE), before);
}

#[cfg(unix)]
#[test]
fn where_nothing_can_be_written_the_old_file_stays() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = known();
    let before = folder.read(FILE);
    let mode = |mode| std::fs::set_permissions(&folder.path, std::fs::Permissions::from_mode(mode)).expect("because it is ours");
    folder.write("c.env", assigned("c"));
    mode(0o555);
    let can_write_all_the_same = std::fs::write(folder.path.join("probe"), "").is_ok();
    let said = folder.keysieve(["baseline", "update"]);
    mode(0o755);
    if !can_write_all_the_same {
        assert_eq!((said.code, folder.read(FILE)), (2, before), "{said:?}");
    }
}

#[cfg(unix)]
#[test]
fn a_disk_that_is_full_leaves_the_old_file() {
    let folder = known();
    let before = folder.read(FILE);
    let many: String = (0..40).map(|number| assigned(&format!("full {number}"))).collect();
    folder.write("c.env", many);
    // A limit of the shell stands for the disk: with the signal ignored, writing fails as it does there.
    for (command, code) in
        [("trap '' XFSZ; ulimit -f 2; exec \"$0\" baseline update", Some(2)), ("ulimit -f 2; exec \"$0\" baseline update", None)]
    {
        let said = Said::of(&mut shell_in(&keysieve_in(&folder.path), command));
        assert!(code.is_none_or(|code| said.code == code) && said.code != 0, "{said:?}");
        assert!(code.is_none() || said.stderr.contains("it is as it was: "), "{said:?}");
        assert_eq!(folder.read(FILE), before);
        let lock = folder.path.join("keysieve-baseline.jsonl.lock");
        assert_eq!(lock.exists(), code.is_none(), "a process that was killed leaves its lock, no other does");
        let _ = std::fs::remove_file(lock);
    }
    folder.keysieve(["baseline", "update"]).ends_with(0);
    assert_eq!(folder.read(FILE).lines().count(), 1 + 42);
}

/// A shell that runs `command`, in which `$0` is the program, where and with what `like` would run.
#[cfg(unix)]
fn shell_in(like: &Command, command: &str) -> Command {
    let mut shell = Command::new("/bin/sh");
    shell.env_clear().envs(like.get_envs().filter_map(|(name, value)| Some((name, value?)))).arg("-c").arg(command).arg(like.get_program());
    shell.current_dir(like.get_current_dir().expect("because it was set"));
    shell
}
